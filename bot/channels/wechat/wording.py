"""From what Linli says to the text of WeChat: choices as numbers and links, pages of at most 2,047 bytes.

Of HTML, WeChat shows `<a href>` alone. A link to `weixin://bizmsgmenu` makes whoever taps it send its
content, with its id beside it; where a client does not know such links, the number in front does the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.channels.pieces import filled, sentences
from bot.channels.wechat.fields import without_odd
from messages.render import Rendered
from messages.understand.normalise import normalise
from messages.understand.scripts import traditional
from messages.words import LANGUAGES, TRADITIONAL_TAG, words

TEXT_BYTES = 2047
"""What a text answer holds in UTF-8; from one more on, WeChat tells the resident that the service failed."""
NEXT = 0
"""The choice that is the next page."""
_URL_BYTES, _LABEL = 1000, 80

_VERSION = "1"
_PAYLOAD = re.compile(_VERSION + r"\.([0-9]{1,9})\.([0-9])")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that Linli said. Digits that are typed mean the choices of the `newest` alone."""

    number: int
    rendered: Rendered
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Tapped:
    """What a link of ours carried: the choice, from 1, of what Linli said as `number`; 0 is the next page."""

    number: int
    choice: int


def payload(number: int, choice: int) -> str:
    return f"{_VERSION}.{number}.{choice}"


def tapped_of(carried: str | None) -> Tapped | None:
    """None for what is not ours, or of a version that is not known."""
    found = _PAYLOAD.fullmatch(carried or "")
    return Tapped(int(found[1]), int(found[2])) if found else None


def said_in(language: str, name: str, **given: str) -> str:
    """Words of ours around an answer."""
    text = str(_words(language)[name]).format(**given)
    return traditional(text) if language == TRADITIONAL_TAG else text


def _words(language: str) -> dict[str, Any]:
    return words("zh" if language == TRADITIONAL_TAG else language, "wechat")


@cache
def _pulls() -> frozenset[str]:
    return frozenset(normalise(said) for language in LANGUAGES for said in words(language, "wechat")["pull"])


def asks_for_result(text: str) -> bool:
    """Whether somebody asks for the answer that took too long."""
    return re.sub(r"\W+$", "", normalise(text)) in _pulls()


def pages_of(spoken: Sequence[Spoken], public_url: str | None) -> list[str]:
    """The texts to send, one for each page, each of at most TEXT_BYTES of UTF-8."""
    last = spoken[-1]
    units = [unit for each in spoken for unit in (*_units(each, public_url), "\n")]
    whole = "".join(units).strip()
    if _size(whole) <= TEXT_BYTES:
        return [whole]
    more = "\n\n" + _choice_link(last.number, NEXT, said_in(last.rendered.language, "next_page"))
    pages = filled(units, TEXT_BYTES - _size(more), _size)
    return [page + more for page in pages[:-1]] + pages[-1:]


def _units(spoken: Spoken, public_url: str | None) -> list[str]:
    """What no page need divide: sentences, a line for each choice and link, with the breaks behind it."""
    rendered = spoken.rendered
    language = rendered.language
    units = [*sentences(_plain(rendered.text)), "\n"]
    if rendered.asks_location:
        units += [said_in(language, "share_place"), "\n"]
    units += [f"{_choice_line(spoken, at)}\n" for at in range(len(rendered.choices) + 1) if rendered.choices]
    if rendered.map:
        units.append(_link(rendered.map.label, rendered.map.url) + "\n")
    for link in rendered.links:
        if url := _full(link.url, public_url):
            units.append(said_in(language, "link", label=_plain(link.label), url=url) + "\n")
    return units


def _choice_line(spoken: Spoken, at: int) -> str:
    """The heading, or the choice with its number, where typing that number means it."""
    if at == 0:
        return "\n" + said_in(spoken.rendered.language, "choose" if spoken.newest else "tap")
    link = _choice_link(spoken.number, at, spoken.rendered.choices[at - 1].label)
    return f"{at}. {link}" if spoken.newest else link


def _choice_link(number: int, choice: int, label: str) -> str:
    return _link(label, f"weixin://bizmsgmenu?msgmenucontent={choice}&msgmenuid={payload(number, choice)}")


def _link(label: str, url: str) -> str:
    shown = _plain(label)[:_LABEL]
    is_safe = not re.search(r"[\s\"<>]", url) and _size(url) <= _URL_BYTES
    return f'<a href="{url}">{shown}</a>' if is_safe else shown


def _full(url: str, public_url: str | None) -> str | None:
    """Where the outside finds it; None for a path while nobody told our address."""
    if not url.startswith("/"):
        return url
    return public_url.rstrip("/") + url if public_url else None


def _plain(text: str) -> str:
    """What XML can hold, and nothing that becomes a link of somebody else's: its `<` is the wide one."""
    return without_odd(text).replace("<", "\uff1c")


def _size(text: str) -> int:
    return len(text.encode())
