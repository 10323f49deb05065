"""What was counted of each centre in a day, a week or a month: counted once, kept for good."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("counted")


@dataclass(frozen=True, slots=True)
class Span:
    """A period: its first day, the moment at which that begins, and the one at which it is over."""

    first_on: date
    first_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class RatedWeek:
    """A week in which ratings were given, from one moment to the other; from `old_at` on those that no group
    of it is full of are seen as well."""

    first_at: datetime
    until_at: datetime
    old_at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """Of a centre in a period: verified ratings that came into sight in it by level and the unverified ones,
    activities held, different people, places of sessions and how many were taken, who came and who did not,
    who waits for a place now and for whom none became free, cases opened, closed by residents, closed in
    silence, open and overdue."""

    centre_id: str
    first_on: date
    very_bad: int = 0
    bad: int = 0
    fair: int = 0
    good: int = 0
    very_good: int = 0
    unverified: int = 0
    activities: int = 0
    people: int = 0
    places: int = 0
    taken: int = 0
    arrived: int = 0
    missed: int = 0
    waiting: int = 0
    unserved: int = 0
    opened: int = 0
    closed: int = 0
    in_silence: int = 0
    still_open: int = 0
    overdue: int = 0

    @property
    def ratings(self) -> int:
        """Verified ones."""
        return self.very_bad + self.bad + self.fair + self.good + self.very_good


async def activities(tx: Transaction, first_at: datetime, until_at: datetime, least: int) -> dict[str, int]:
    """By centre: meetings in that time at which at least so many people were checked in."""
    params = {"first_at": first_at, "until_at": until_at, "least": least}
    return {row["centre_id"]: row["activities"] for row in await tx.rows(SQL["activities"], params)}


async def people(tx: Transaction, first_at: datetime, until_at: datetime) -> dict[str, int]:
    """By centre: different people who were checked in in that time."""
    params = {"first_at": first_at, "until_at": until_at}
    return {row["centre_id"]: row["people"] for row in await tx.rows(SQL["arrivals"], params)}


async def count(
    tx: Transaction,
    centres: Iterable[str],
    span: Span,
    weeks: Iterable[RatedWeek],
    now: datetime,
    *,
    least: int,
    size: int,
) -> list[Counted]:
    """Count a period anew for each of the centres; an activity is one to which `least` people came. `weeks`
    are those of which ratings come into sight in it, in groups of `size`."""
    at: dict[str, Any] = {"first_at": span.first_at, "until_at": span.until_at}
    found: dict[str, Counter[str]] = {each: Counter() for each in centres}
    for name, params in (
        *(("levels", at | _of_week(each) | {"size": size}) for each in weeks),
        ("activities", at | {"least": least}),
        ("arrivals", at),
        ("misses", at),
        ("places", at),
        ("waiting", {"now_at": now}),
        ("unserved", at),
        ("cases", at | {"now_at": now}),
    ):
        _add(found, await tx.rows(SQL[name], params))
    return [Counted(centre_id, span.first_on, **of) for centre_id, of in found.items()]


async def fresh(tx: Transaction, weeks: Iterable[RatedWeek], until_at: datetime, size: int) -> dict[str, int]:
    """By centre: verified ratings of these weeks that no group is full of before a moment."""
    found: Counter[str] = Counter()
    for week in weeks:
        params = {"week_at": week.first_at, "until_at": min(week.until_at, until_at), "size": size}
        found.update({row["centre_id"]: row["fresh"] for row in await tx.rows(SQL["fresh"], params)})
    return dict(found)


async def fresh_of(
    tx: Transaction, centre_id: str, weeks: Iterable[RatedWeek], until_at: datetime, size: int
) -> int:
    """The same of one centre."""
    number = 0
    for week in weeks:
        params = {"week_at": week.first_at, "until_at": min(week.until_at, until_at), "size": size}
        number += await tx.value(SQL["fresh_of"], {"centre_id": centre_id, **params})
    return number


def _of_week(week: RatedWeek) -> dict[str, Any]:
    return {"week_at": week.first_at, "next_week_at": week.until_at, "old_at": week.old_at}


def _add(found: Mapping[str, Counter[str]], rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        if row["centre_id"] in found:
            # Sums of bigint are numeric for PostgreSQL.
            numbers = {name: int(value) for name, value in row.items() if name != "centre_id"}
            found[row["centre_id"]].update(numbers)


async def put(tx: Transaction, cadence: str, counted: Iterable[Counted]) -> None:
    """Write down what has not been written before."""
    await tx.many(SQL["put"], (asdict(each) | {"cadence": cadence} for each in counted))


async def periods(tx: Transaction, cadence: str, since: date) -> set[date]:
    """Which periods are written down from a day on, by their first days."""
    params = {"cadence": cadence, "since_on": since}
    return {row["first_on"] for row in await tx.rows(SQL["periods"], params)}


async def of_centre(tx: Transaction, centre_id: str, cadence: str, since: date, last: date) -> list[Counted]:
    """The periods of a centre that begin from one day to the other, in order."""
    params = {"centre_id": centre_id, "cadence": cadence, "since_on": since, "last_on": last}
    return await tx.records(Counted, SQL["of_centre"], params)


async def of_all(tx: Transaction, cadence: str, since: date, last: date) -> list[Counted]:
    """The same of all centres, the earliest period first."""
    params = {"cadence": cadence, "since_on": since, "last_on": last}
    return await tx.records(Counted, SQL["of_all"], params)
