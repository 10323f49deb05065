"""What the district says of topics: the list of them, one by its number, and that one was put right; and of
service deserts."""

import re
from dataclasses import dataclass
from functools import cache

from messages.understand.normalise import clean
from messages.words import LANGUAGES, words

CODE = re.compile(r"[tT\uff34\uff54]\s*[-\u2013\u2014\uff0d]\s*0*(\d{1,8})(?!\d)|[tT](\d{4,8})(?!\d)")


@dataclass(frozen=True, slots=True)
class TopicOrder:
    """`act`: 'list', 'show' or 'fix', with what was `said` of it."""

    act: str
    code: str | None = None
    said: str | None = None


@cache
def _spoken() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    listed = (words(language, "staff")["topics"] for language in LANGUAGES)
    return tuple(
        (re.compile(each["list"], re.IGNORECASE), re.compile(each["fix"], re.IGNORECASE)) for each in listed
    )


def topic_order_of(said: str) -> TopicOrder | None:
    """The order in what was written; None for what speaks of no topic."""
    text = clean(said)
    if any(listing.fullmatch(text) for listing, _ in _spoken()):
        return TopicOrder("list")
    found = CODE.match(text)
    if found is None:
        return None
    code, rest = f"T-{int(found[1] or found[2]):04}", text[found.end() :].strip()
    for _, fix in _spoken():
        if done := fix.fullmatch(rest):
            return TopicOrder("fix", code, done["words"].strip() or None)
    return TopicOrder("show", code)


@cache
def _of_deserts() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(words(each, "staff")["deserts"], re.IGNORECASE) for each in LANGUAGES)


def asks_for_deserts(said: str) -> bool:
    """Whether it asks where which services are missing, and nothing else."""
    return any(asking.fullmatch(clean(said)) for asking in _of_deserts())
