"""What a manager says to announce something to those who follow the centre, and what cannot be announced."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from messages.names import tells_name, tells_whose_child
from messages.phones import phones_in
from messages.understand.normalise import clean, has_words
from messages.understand.scripts import simplified
from messages.words import LANGUAGES, words

# As much as is read in one look on a phone, with who announces it and how to follow it no more.
LONGEST = 200
# A phone number without its area code.
SHORTEST_PHONE = 7
# Addresses of pages, mailboxes and machines, and names of accounts.
_ADDRESS = re.compile(
    r"https?:|www\.|[a-z0-9_-]{2,}\.[a-z]{2,}|\d{1,3}(?:\.\d{1,3}){3}|@[a-z0-9]", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class AnnounceOrder:
    """`said` is what is to be announced, as it was written. `whom` stands between 'who follows' and 'them',
    `until` is the last day: both in words, empty where nothing is said."""

    said: str
    whom: str = ""
    until: str = ""


@cache
def _spoken() -> tuple[tuple[re.Pattern[str], ...], ...]:
    return tuple(
        tuple(re.compile(each, re.IGNORECASE) for each in words(language, "staff")["announce"]["orders"])
        for language in LANGUAGES
    )


def announce_order_of(typed: str) -> AnnounceOrder | None:
    """The order in what was typed; None for what orders nothing of the kind."""
    text = clean(typed)
    plain = simplified(text)
    if len(plain) != len(text):
        plain = text  # its parts could not be found again
    for pattern in (each for patterns in _spoken() for each in patterns):
        if found := pattern.match(plain):
            parts = found.groupdict(default="")
            return AnnounceOrder(text[found.end() :].strip(), parts.get("whom", ""), parts.get("until", ""))
    return None


def unfit(said: str, own_phone: str | None) -> str | None:
    """Why `said` is not announced, as a code of DeskRefused; None when it may be. News that many read and
    nobody asked for just now leads nowhere else: no page, no account, no phone but the centre's own."""
    text = unicodedata.normalize("NFKC", said).translate(_digits())
    if not has_words(text):
        return "announce_empty"
    if len(said) > LONGEST:
        return "announce_long"
    if _ADDRESS.search(text) or any(pattern.search(text) for pattern in _accounts()):
        return "announce_link"
    if not all(_is_own(phone, own_phone) for phone in phones_in(text)):
        return "announce_phone"
    return "announce_name" if tells_name(said) or tells_whose_child(said) else None


def _is_own(phone: str, own: str | None) -> bool:
    digits = re.sub(r"\D", "", phone)
    return len(digits) >= SHORTEST_PHONE and re.sub(r"\D", "", own or "").endswith(digits)


@cache
def _accounts() -> tuple[re.Pattern[str], ...]:
    listed: list[dict[str, Any]] = [words(language, "staff")["announce"] for language in LANGUAGES]
    return tuple(re.compile(each["accounts"], re.IGNORECASE) for each in listed)


@cache
def _digits() -> dict[int, str]:
    """Numbers in words, as somebody writes a phone number that is not to be found."""
    spoken: dict[str, int] = words("zh", "staff")["announce"]["digits"]
    return {ord(character): str(digit) for character, digit in spoken.items()}
