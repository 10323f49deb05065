"""From what Linli says to messages of Telegram: HTML of at most 4,096 UTF-16 units, buttons below the last.

A button carries the number of the answer, that of the choice and a mark of what it says: `v1|7|2|9f86d0`.
What it says is looked up in the answer as it is kept, so that it always fits and nobody can make one up.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from bot.channels.pieces import filled, sentences
from messages.page import calendar_path
from messages.render import Link, Rendered
from messages.understand.scripts import traditional
from messages.view_parts import Choice
from messages.words import TRADITIONAL_TAG, words

TEXT_UNITS = 4096
"""What a message holds. Telegram counts what is shown; we count the HTML, which is never shorter."""
CAPTION_UNITS = 1024
"""What stands below a file."""
PAYLOAD_BYTES = 64
FILE = 0
"""The button that is no choice: it asks for the calendar file."""

_PAYLOAD = re.compile(r"v1\|([0-9]{1,9})\|([0-9]{1,2})\|([0-9a-f]{6})")
# What no message can hold: control characters and halves of characters.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: HTML, buttons below it, one a row, or what the button reads that sends one's place."""

    html: str
    buttons: tuple[Button, ...] = ()
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Tapped:
    """What a button of ours carried: the choice, from 1, of what Linli said as `number`, and its mark."""

    number: int
    choice: int
    mark: str


def payload(number: int, choice: int, say: str) -> str:
    return f"v1|{number}|{choice}|{_mark(say)}"


def tapped_of(data: str) -> Tapped | None:
    """None for what is not ours, or of a version that is not known."""
    found = _PAYLOAD.fullmatch(data)
    return Tapped(int(found[1]), int(found[2]), found[3]) if found else None


def chosen(rendered: Rendered, tapped: Tapped) -> Choice | None:
    """The choice that was pressed; None when what stands there now is another one, or none."""
    if not 1 <= tapped.choice <= len(rendered.choices):
        return None
    choice = rendered.choices[tapped.choice - 1]
    return choice if _mark(choice.say) == tapped.mark else None


def asks_for_file(rendered: Rendered, tapped: Tapped) -> bool:
    return tapped.choice == FILE and bool(rendered.calendar) and _mark(_file_of(rendered)) == tapped.mark


def _file_of(rendered: Rendered) -> str:
    return calendar_path(rendered.calendar)


def _mark(say: str) -> str:
    return sha256(say.encode(errors="surrogatepass")).hexdigest()[:6]


def said_in(language: str, name: str, **given: str) -> str:
    """Words of ours around an answer, plain."""
    text = str(_words(language)[name]).format(**given)
    return traditional(text) if language == TRADITIONAL_TAG else text


def _words(language: str) -> dict[str, Any]:
    return words("zh" if language == TRADITIONAL_TAG else language, "telegram")


def letters_of(number: int, rendered: Rendered, public_url: str | None) -> list[Letter]:
    """The messages to send, in order. The choices stand below the last but the one that asks for the place:
    Telegram shows one kind of buttons below a message."""
    letters = [Letter(html) for html in _texts(rendered, public_url)]
    buttons = tuple(_buttons(number, rendered))
    letters[-1] = Letter(letters[-1].html, buttons)
    if rendered.asks_location:
        button = said_in(rendered.language, "place_button")
        letters.append(Letter(_html(said_in(rendered.language, "share_place")), place=button))
    return letters


def is_caption(letters: Sequence[Letter]) -> bool:
    """Whether there is room for all of it below a file."""
    return len(letters) == 1 and _units(letters[0].html) <= CAPTION_UNITS


def answered(letter: Letter, choice: Choice, language: str, most: int = TEXT_UNITS) -> Letter:
    """The same without its choices, and with what was chosen where there is room in `most` to say it."""
    told = f"{letter.html}\n\n" + _html(said_in(language, "chosen", label=_clean(choice.label)))
    kept = tuple(each for each in letter.buttons if is_for_file(each))
    return Letter(told if _units(told) <= most else letter.html, kept)


def is_for_file(button: Button) -> bool:
    tapped = tapped_of(button.data)
    return tapped is not None and tapped.choice == FILE


def with_choices(number: int, rendered: Rendered, public_url: str | None) -> Letter:
    """The message below which the choices of an answer stand."""
    return next(each for each in letters_of(number, rendered, public_url) if each.buttons)


def plain(text: str) -> Letter:
    """Words of ours alone."""
    return Letter(_html(text))


def linked(text: str, label: str, url: str) -> Letter:
    return Letter(f"{_html(text)}\n{_link(label, url)}")


def _buttons(number: int, rendered: Rendered) -> Iterable[Button]:
    for at, choice in enumerate(rendered.choices, 1):
        yield Button(f"{at}. {_clean(choice.label)}", payload(number, at, choice.say))
    if rendered.calendar:
        label = said_in(rendered.language, "calendar")
        yield Button(label, payload(number, FILE, _file_of(rendered)))


def _texts(rendered: Rendered, public_url: str | None) -> list[str]:
    """The text in HTML, divided between sentences, and a line for each thing to open."""
    pages = filled(sentences(_clean(rendered.text)), TEXT_UNITS, lambda text: _units(_html(text)))
    texts = [_html(page) for page in pages] or ["…"]
    for line in _lines(rendered, public_url):
        longer = f"{texts[-1]}\n{line}"
        if _units(longer) <= TEXT_UNITS:
            texts[-1] = longer
        elif _units(line) <= TEXT_UNITS:
            texts.append(line)
    return texts


def _lines(rendered: Rendered, public_url: str | None) -> Iterable[str]:
    if rendered.photo:
        yield _html(said_in(rendered.language, "send_photo"))
    if rendered.map:
        yield _link(rendered.map.label, rendered.map.url)
    for link in rendered.links:
        if address := address_of(link, public_url):
            yield _link(link.label, address)


def address_of(link: Link, public_url: str | None) -> str | None:
    """Where it leads, seen from outside; None where nobody told our address."""
    if not link.url.startswith("/"):
        return link.url
    return public_url.rstrip("/") + link.url if public_url else None


def _link(label: str, url: str) -> str:
    return f'<a href="{escape(url)}">{_html(_clean(label))}</a>'


def _html(text: str) -> str:
    return escape(text, quote=False)


def _clean(text: str) -> str:
    return _ODD.sub("", text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
