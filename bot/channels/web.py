"""The web chat as a channel: what a page sends becomes a message, what Linli says becomes JSON."""

import json
import math
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from bot.linli import Line, Reply
from handlers.message import Location, Message
from messages.geo import Datum
from messages.page import calendar_path, code_path
from messages.render import Rendered

CHANNEL = "web"
BODY_BYTES = 64 * 1024
"""The most that one request may carry; the page's own input field stays far below."""
TEXT_CHARACTERS = 20_000
"""The longest answer a page shows well; templates stay far below."""
CHOICES = 9
"""The most buttons of one answer: each is numbered, and a number is one digit."""

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PHOTO = re.compile(r"/photo (?:case|rating) [A-Za-z0-9-]{1,64}")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class PayloadError(ValueError):
    """The payload is not what a page sends. `part` names the field, never its content."""

    def __init__(self, part: str) -> None:
        super().__init__(f"the payload's {part} is not what the page sends")
        self.part = part


def message_from_json(
    body: bytes,
    address: str,
    language: str | None = None,
    *,
    origin: str | None = None,
    is_public: bool = False,
) -> Message:
    """The message in `{"id", "text", "tapped"?, "location"?: {"lat", "lon"}}`, degrees in WGS-84.

    `language` is the page's; `origin` and `is_public` are those of a Message.
    """
    try:
        payload = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise PayloadError("body") from None
    if not isinstance(payload, dict):
        raise PayloadError("body")
    text, tapped = payload.get("text", ""), payload.get("tapped", False)
    if not isinstance(text, str):
        raise PayloadError("text")
    if not isinstance(tapped, bool):
        raise PayloadError("tapped")
    return Message(
        channel=CHANNEL,
        address=address,
        id=_id(payload.get("id")),
        text=_whole_characters(text),
        location=_location(payload.get("location")),
        tapped=tapped,
        language=language,
        origin=origin,
        is_public=is_public,
    )


def message_from_form(
    fields: Mapping[str, str],
    address: str,
    language: str | None = None,
    *,
    origin: str | None = None,
    is_public: bool = False,
) -> Message | None:
    """The message in a plain form: `say` of a pressed button or the `text` field; None when empty.

    The page writes one `id` into its forms. What was said goes into the message's id, so that a form
    sent twice is answered once, and another button of the same page is another message.
    """
    tapped = "say" in fields
    text = _whole_characters(fields["say"] if tapped else fields.get("text", ""))
    if not text.strip():
        return None
    page = _id(fields.get("id"))
    digest = sha256(f"{page} {tapped} {text}".encode()).hexdigest()
    return Message(
        channel=CHANNEL,
        address=address,
        id=digest[:32],
        text=text,
        tapped=tapped,
        language=language,
        origin=origin,
        is_public=is_public,
    )


def photo_message(
    fields: Mapping[str, str], content: bytes, address: str, language: str | None = None, *, is_form: bool
) -> Message:
    """The message of a photo button, without the photo. In a plain form, as above, the file goes into the
    message's id."""
    said, page = fields.get("say", ""), _id(fields.get("id"))
    if not _PHOTO.fullmatch(said):
        raise PayloadError("say")
    digest = sha256(f"{page} {said} ".encode() + content).hexdigest()[:32]
    return Message(
        channel=CHANNEL,
        address=address,
        id=digest if is_form else page,
        text=said,
        tapped=True,
        language=language,
    )


def reply_payload(reply: Reply) -> dict[str, object]:
    """What the page shows as the answer to the message it sent."""
    return {"number": reply.number} | _rendered_payload(reply.rendered)


def line_payload(line: Line) -> dict[str, object]:
    """What the page shows as one step: what was said (null for news), and the answer."""
    step = {"number": line.number, "id": line.message_id, "said": line.said, "at": line.at.isoformat()}
    return step | _rendered_payload(line.rendered)


def _rendered_payload(rendered: Rendered) -> dict[str, object]:
    link, codes = rendered.map, rendered.calendar
    return {
        "language": rendered.language,
        "text": rendered.text,
        "choices": [{"label": choice.label, "say": choice.say} for choice in rendered.choices],
        "map": {"label": link.label, "url": link.url} if link else None,
        "asks_location": rendered.asks_location,
        "keeps": rendered.keeps,
        "calendar": {"file": calendar_path(codes), "code": code_path(codes)} if codes else None,
        "links": [{"label": each.label, "url": each.url} for each in rendered.links],
        "photo": rendered.photo,
    }


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise PayloadError("id")
    return value


def _location(value: object) -> Location | None:
    match value:
        case None:
            return None
        case {"lat": latitude, "lon": longitude}:
            return Location(_degrees(latitude, 90), _degrees(longitude, 180), Datum.WGS84)
        case _:
            raise PayloadError("location")


def _degrees(value: object, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PayloadError("location")
    if not -most <= value <= most or not math.isfinite(value):
        raise PayloadError("location")
    return float(value)


def _whole_characters(text: str) -> str:
    """`text` without halves of characters, which no database or answer can hold."""
    return _HALF_A_CHARACTER.sub("", text)


def _refuse(constant: str) -> Any:
    """NaN and Infinity are no JSON, though Python's reader takes them."""
    raise ValueError(constant)
