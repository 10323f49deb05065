"""What a resident is shown, read off a page, messages of Telegram and texts of WeChat without their dress.

The dress is what a channel adds to say the same in its own way, and this is all of it:

- everywhere: indented lines, which the page indents by its style, and empty lines between parts;
- web: HTML; choices are buttons of a form with their number in front;
- Telegram: HTML and its escapes; choices are buttons that begin with their number; what to open are lines
  that are links; the question for the place is a message of its own; very long answers are several messages;
- WeChat: choices are lines with a number and a link, below a heading; what to open is a line that is a link
  or ends with an address; the question for the place is a line; long answers are pages;
- Telegram and WeChat: a booking's card brings the address that is scanned at the door, which the page shows
  on a page of its own (tests/test_desk_scans.py).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from bot.channels.telegram import wording as telegram
from bot.channels.wechat import wording as wechat
from handlers.codes import LETTERS
from messages.words import LANGUAGES, TRADITIONAL_TAG
from tests.telegram_chats import Sent, plain

PUBLIC_URL = "https://linli.example"
AT_THE_DOOR = "/desk/arrive/"
TONGUES = (*LANGUAGES, TRADITIONAL_TAG)
Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer: its text, the labels of its choices, what it opens (label and address), and by name what
    else is offered with it. `pages`: in how many pieces it came; where two of them meet a line may end."""

    text: str
    choices: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    extras: frozenset[str] = frozenset()
    pages: int = 1

    def told(self) -> "Shown":
        """The same for comparing with one that came in other pieces."""
        return replace(self, text="".join(self.text.split()), pages=1)


Turn = tuple[Shown, ...]
"""All that is shown for one thing that was said; one answer, where all is well."""
Transcript = tuple[Turn, ...]

_CODE = re.compile(f"(?<![0-9A-Za-z-])[{LETTERS}]{{4}}(?:-[{LETTERS}]{{4}})?(?![0-9A-Za-z-])")


def masked(transcript: Transcript) -> Transcript:
    """Codes are made by chance: each becomes its number in the order in which they are shown."""
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"<{len(known) + 1}>")

    def clear(text: str) -> str:
        return _CODE.sub(number, text)

    return tuple(
        tuple(replace(each, text=clear(each.text), choices=tuple(map(clear, each.choices))) for each in turn)
        for turn in transcript
    )


def _text(lines: Iterable[str]) -> str:
    return "\n".join(stripped for line in lines if (stripped := line.strip()))


def _link(label: str, url: str) -> Link:
    return label, url.removeprefix(PUBLIC_URL)


def _numbered(found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Labels, each behind its number."""
    assert [number for number, _ in found] == [str(at) for at in range(1, len(found) + 1)]
    return tuple(label for _, label in found)


# Web: the page, and what its script is told.

_STEP = re.compile(r'<div class="step" data-number="(\d+)"(.*?)(?=<div class="step"|</main>)', re.DOTALL)
_ROW = re.compile(r'<span class="row[^"]*">(.*?)</span>', re.DOTALL)
BUTTON = re.compile(
    r'name="say" value="([^"]*)" class="choice"><span class="number">(\d*)</span><span class="label">(.*?)<'
)
_OPENS = re.compile(r'<a class="map([^"]*)" href="([^"]*)"[^>]*><span class="label">(.*?)</span>')
_PAGE_EXTRAS = {
    "place": 'class="place choose"',
    "calendar": 'class="map taken calendar"',
    "code": 'class="map taken check-in"',
    "photo": '<details class="photo">',
    "keep": 'class="choice keep"',
}


def steps_of(page: str, after: int) -> list[tuple[int, str]]:
    """The steps of the conversation behind a number, each as HTML."""
    return [(int(number), html) for number, html in _STEP.findall(page) if int(number) > after]


def shown_in_step(html: str) -> Shown:
    opened = [(kind, unescape(url), unescape(label)) for kind, url, label in _OPENS.findall(html)]
    return Shown(
        _text(unescape(row) for row in _ROW.findall(html)),
        _numbered([(number, unescape(label)) for _, number, label in BUTTON.findall(html)]),
        tuple(_link(label, url) for kind, url, label in opened if kind in ("", " taken link")),
        frozenset(name for name, mark in _PAGE_EXTRAS.items() if mark in html),
    )


def shown_in_payload(payload: dict[str, Any]) -> Shown:
    opened = [payload["map"], *payload["links"]] if payload["map"] else payload["links"]
    calendar = payload["calendar"] or {}
    offered = {
        "place": payload["asks_location"],
        "calendar": calendar.get("file"),
        "code": calendar.get("code"),
        "photo": payload["photo"],
        "keep": payload["keeps"],
    }
    return Shown(
        _text(payload["text"].split("\n")),
        tuple(choice["label"] for choice in payload["choices"]),
        tuple(_link(each["label"], each["url"]) for each in opened),
        frozenset(name for name, is_offered in offered.items() if is_offered),
    )


# Telegram and WeChat: lines of text, of which some are dress.


@dataclass(frozen=True, slots=True)
class Dress:
    """What some lines of a channel are: words around an answer by what they offer, words that offer nothing,
    and how a line says what it opens."""

    offers: dict[str, str]
    around: frozenset[str]
    opens: re.Pattern[str]

    def taken_off(self, lines: Iterable[str], clean: Callable[[str], str]) -> Shown:
        text, links, extras = [], [], set()
        for line in lines:
            if found := self.opens.fullmatch(line):
                parts = found.groupdict()
                link = _link(clean(parts["a"] or parts["b"]), unescape(parts["url"] or parts["at"]))
                links += [] if link[1].startswith(AT_THE_DOOR) else [link]
            elif line in self.offers:
                extras.add(self.offers[line])
            elif line not in self.around:
                text.append(clean(line))
        return Shown(_text(text), (), tuple(links), frozenset(extras))


_ANCHOR = r'<a href="(?P<url>https?://[^"]*)">(?P<a>.*?)</a>'
_SAYS = "\uff1a|: "
TELEGRAM = Dress(
    {telegram.said_in(tongue, "send_photo"): "photo" for tongue in TONGUES},
    frozenset(),
    re.compile(rf"{_ANCHOR}(?P<b>)(?P<at>)"),
)
WECHAT = Dress(
    {wechat.said_in(tongue, "share_place"): "place" for tongue in TONGUES},
    frozenset(wechat.said_in(tongue, name) for tongue in TONGUES for name in ("choose", "tap")),
    re.compile(rf"{_ANCHOR}|(?P<b>.+?)(?:{_SAYS})(?P<at>{re.escape(PUBLIC_URL)}/\S+)"),
)
_PLACE_ASKED = {telegram.said_in(tongue, "share_place") for tongue in TONGUES}
_FILE_BUTTONS = {telegram.said_in(tongue, "calendar") for tongue in TONGUES}


def shown_in_messages(sent: Sequence[Sent]) -> Turn:
    """Messages are one answer where one message could not have held them."""
    answers: list[Shown] = []
    for each in sent:
        if any(button.get("request_location") for button in each.buttons):
            assert each.plain in _PLACE_ASKED
            answers[-1] = replace(answers[-1], extras=answers[-1].extras | {"place"})
        elif answers and not answers[-1].choices and _units(answers[-1].text) + _units(each.text) > 4096:
            answers[-1] = _joined(answers[-1], _shown_in_message(each))
        else:
            answers.append(_shown_in_message(each))
    return tuple(answers)


def _shown_in_message(sent: Sent) -> Shown:
    """Below a message stand its choices and, without a number, the button that sends a file."""
    labels = [button["text"] for button in sent.buttons]
    numbered = [label.split(". ", 1) for label in labels if label not in _FILE_BUTTONS]
    shown = TELEGRAM.taken_off(sent.text.split("\n"), plain)
    extras = shown.extras | ({"calendar"} if _FILE_BUTTONS & {*labels} else set())
    choices = _numbered([(number, label) for number, label in numbered])
    return replace(shown, choices=choices, extras=extras)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _joined(first: Shown, second: Shown) -> Shown:
    return replace(
        second,
        text=f"{first.text}\n{second.text}",
        links=first.links + second.links,
        extras=first.extras | second.extras,
        pages=first.pages + second.pages,
    )


_TAP = re.compile(
    r'(?:(?P<number>\d)\. )?<a href="weixin://bizmsgmenu\?msgmenucontent=(?P<says>\d)&msgmenuid=(?P<id>[\d.]+)">'
    r"(?P<label>.*?)</a>"
)


def taps_of(text: str) -> dict[str, str]:
    """What the links of a text carry, by what they say: a choice's number, 0 for the next page."""
    return {found["says"]: found["id"] for found in _TAP.finditer(text)}


def shown_in_texts(pages: Sequence[str]) -> Turn:
    """The pages of one answer; none where nothing was answered."""
    lines = [line for page in pages for line in page.split("\n")]
    tapped = [_TAP.fullmatch(line) for line in lines]
    shown = WECHAT.taken_off([line for line, tap in zip(lines, tapped, strict=True) if not tap], str)
    choices = [tap for tap in tapped if tap and tap["says"] != "0"]
    assert all(tap["number"] == tap["says"] for tap in choices)
    numbered = _numbered([(tap["number"], tap["label"]) for tap in choices])
    return (replace(shown, choices=numbered, pages=len(pages)),) if pages else ()
