"""Opening hours as people write them: understood, or refused with the part that was not."""

from functools import lru_cache

from messages.hours_clauses import read_clauses
from messages.hours_lexer import tokens
from messages.hours_meaning import make_hours
from messages.hours_osm import to_osm
from messages.hours_stream import Stream
from messages.hours_types import Day, Days, Hours, HoursError, Rule, Said, Season, Span, Special

__all__ = [
    "Day",
    "Days",
    "Hours",
    "HoursError",
    "Rule",
    "Said",
    "Season",
    "Span",
    "Special",
    "parse_hours",
    "to_osm",
]


@lru_cache(maxsize=4096)
def parse_hours(text: str) -> Hours:
    """What a text of opening hours says, all of it. HoursError names what was not understood."""
    read = tokens(text)
    if not read:
        raise HoursError(text, text, "says nothing about when")
    return make_hours(text, read_clauses(Stream(text, read)))
