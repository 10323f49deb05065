"""From the fields of a push to what Linli hears: one table for messages, one for events."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from bot.channels.wechat.reports import Report, reports_of
from bot.channels.wechat.seal import Refused
from handlers.message import Location, Message
from messages.geo import Datum

CHANNEL = "wechat"
Fields = Mapping[str, str]
Opens = Literal["message", "touch"]

_NAME = re.compile(r"[A-Za-z0-9_@.-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,32}")
SCENE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a code holds that we made; of others it means nothing to us."""
_OF_FOLLOWING = "qrscene_"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A push of one follower. `address` is the openid, `account` ours; `message` is None where nothing
    is to be answered. `tapped` is what a link of ours carried. `opens`: which pushing back it allows.
    `reports` tell of notices, as the event `id`.
    """

    address: str
    account: str
    message: Message | None
    tapped: str | None = None
    opens: Opens | None = None
    leaves: bool = False
    reports: tuple[Report, ...] = ()
    id: str = ""


def incoming(fields: Fields) -> Incoming:
    """Raises Refused for what lacks sender, receiver or time. An unknown kind of message cannot be read, an
    unknown event is not answered."""
    address, account = _known(fields, "FromUserName", _NAME), _known(fields, "ToUserName", _NAME)
    at, kind = _known(fields, "CreateTime", _NUMBER), fields.get("MsgType", "").lower()
    heard = Message(CHANNEL, address, "", "")
    if kind != "event":
        said = _SAID.get(kind, _other)(heard, fields)
        number = fields.get("MsgId", "")
        message_id = number if _NUMBER.fullmatch(number) else f"{at}.{kind[:16]}"
        tapped = fields.get("bizmsgmenuid") if kind == "text" else None
        return Incoming(address, account, replace(said, id=message_id), tapped or None, "message")
    event = fields.get("Event", "").lower()
    event_id = _event_id(at, event, fields)
    if event not in _DONE:
        leaves, reports = event == "unsubscribe", reports_of(event, fields)
        return Incoming(address, account, None, leaves=leaves, reports=reports, id=event_id)
    done = replace(_DONE[event](heard, fields), id=event_id)
    return Incoming(address, account, done, opens="touch", id=event_id)


def _event_id(at: str, event: str, fields: Fields) -> str:
    """An event has no MsgId: it is known by its time and what it is, whatever else it brings."""
    key = sha256(fields.get("EventKey", "").encode()).hexdigest()[:12]
    return f"{at}.{event}.{key}"


def _known(fields: Fields, name: str, form: re.Pattern[str]) -> str:
    value = fields.get(name, "")
    if not form.fullmatch(value):
        raise Refused(name)
    return value


def _text(heard: Message, fields: Fields) -> Message:
    return replace(heard, text=fields.get("Content", ""))


def _voice(heard: Message, fields: Fields) -> Message:
    """What WeChat understood, where the account lets it; otherwise nobody has listened."""
    words = fields.get("Recognition", "")
    return replace(heard, text=words) if words else replace(heard, unread="voice")


def _location(heard: Message, fields: Fields) -> Message:
    """`Location_X` is the latitude. Tencent's map, so GCJ-02."""
    latitude, longitude = _degrees(fields, "Location_X", 90), _degrees(fields, "Location_Y", 180)
    if latitude is None or longitude is None:
        return _other(heard, fields)
    return replace(heard, location=Location(latitude, longitude, Datum.GCJ02))


def _degrees(fields: Fields, name: str, most: float) -> float | None:
    try:
        value = float(fields.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def _unread(what: str) -> Callable[[Message, Fields], Message]:
    return lambda heard, _: replace(heard, unread=what)


_other = _unread("other")
_SAID: Mapping[str, Callable[[Message, Fields], Message]] = {
    "text": _text,
    "voice": _voice,
    "location": _location,
    "image": _unread("picture"),
    "video": _unread("video"),
    "shortvideo": _unread("video"),
    "link": _unread("link"),
}


def _started(heard: Message, fields: Fields) -> Message:
    """Followed, or a code was scanned: what the code holds is a start payload (handlers/starts.py)."""
    scene = fields.get("EventKey", "").removeprefix(_OF_FOLLOWING)
    return replace(heard, text=f"/start {scene}" if SCENE.fullmatch(scene) else "/start")


def _clicked(heard: Message, fields: Fields) -> Message:
    """The key of a menu's button is what it says to Linli."""
    return replace(heard, text=fields.get("EventKey", ""), tapped=True)


# What else happens is not answered: a page that was opened (VIEW), a place that WeChat reports by itself
# (LOCATION: nobody asked for it, and it is not kept), what is new or being tried out, results of notices
# (reports.py).
_DONE: Mapping[str, Callable[[Message, Fields], Message]] = {
    "subscribe": _started,
    "scan": _started,
    "click": _clicked,
}
