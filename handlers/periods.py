"""The term that a day belongs to: names are sealed for one, and their key is destroyed some time after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from storage.calendar import TermRow

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A school term or, between terms and where none is known, a month. `name` is None for a month."""

    id: str
    name: str | None
    starts_on: date
    ends_on: date


def period_of(terms: Iterable[TermRow], on: date) -> Period:
    """Of several terms that hold the day, the one that begins first."""
    for term in sorted(terms, key=lambda each: (each.starts_on, each.id)):
        if term.starts_on <= on <= term.ends_on:
            return Period(term.id, term.name, term.starts_on, term.ends_on)
    next_month = (on.replace(day=1) + timedelta(days=31)).replace(day=1)
    return Period(f"{on:%Y-%m}", None, on.replace(day=1), next_month - _DAY)
