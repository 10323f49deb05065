"""The official calendar as announced: which years are known, their days off and on, school terms.

The caller bumps the directory's version, see storage/directory.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("calendar")


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year whose notice is known, and where it was announced."""

    year: int
    source: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day that is not what its weekday says; `kind` is 'off' or 'work'."""

    day_on: date
    kind: str
    holiday: str
    source: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """A school term, both days included; `is_invented` ones only serve to try things out."""

    id: str
    name: str
    starts_on: date
    ends_on: date
    source: str
    is_invented: bool


async def years(tx: Transaction) -> list[YearRow]:
    return await tx.records(YearRow, SQL["years"])


async def days(tx: Transaction) -> list[DayRow]:
    return await tx.records(DayRow, SQL["days"])


async def terms(tx: Transaction) -> list[TermRow]:
    return await tx.records(TermRow, SQL["terms"])


async def replace_year(tx: Transaction, year: int, source: str, days: Iterable[DayRow]) -> None:
    """Make a year what its notice says.

    A notice may set days of the years beside it, such as a 31 December: they go and come with it as
    long as its `source` is its own.
    """
    span = {"first_on": date(year, 1, 1), "last_on": date(year, 12, 31)}
    await tx.run(SQL["clear_year"], {"year": year} | span)
    await tx.run(SQL["put_year"], {"year": year, "source": source})
    await tx.many(SQL["put_day"], map(params_of, days))


async def put_terms(tx: Transaction, terms: Iterable[TermRow]) -> None:
    """Add terms, or replace those of the same id."""
    await tx.many(SQL["put_term"], map(params_of, terms))
