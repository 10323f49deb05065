"""What stars are made of, counted over a period, and the stars of each day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("stars")


Levels = tuple[int, int, int, int, int]
SORTS = ("verified", "door", "flagged")


@dataclass(frozen=True, slots=True)
class LevelsOf:
    """How many ratings a centre has of each level from 1 to 5: verified ones, others, and flagged ones of
    either sort."""

    verified: Levels
    door: Levels
    flagged: Levels


@dataclass(frozen=True, slots=True)
class Star:
    """The stars of a centre on a day. `said` is the result with its explanation as JSON."""

    centre_id: str
    day_on: date
    formula: str
    stars: int | None
    earned: int | None
    said: str


async def levels(
    tx: Transaction, quarters: tuple[date, date, date, date], until_at: datetime
) -> dict[str, LevelsOf]:
    """By centre: ratings of visits from the first day of the first quarter on, given before `until_at`; of
    one person the last of each quarter that counts."""
    first, second, third, fourth = quarters
    params = {
        "first_on": first,
        "second_on": second,
        "third_on": third,
        "fourth_on": fourth,
        "until_at": until_at,
    }
    found: dict[str, dict[str, list[int]]] = {}
    for row in await tx.rows(SQL["levels"], params):
        of_centre = found.setdefault(row["centre_id"], {sort: [0] * 5 for sort in SORTS})
        of_centre[row["sort"]][row["level"] - 1] = row["number"]
    return {each: LevelsOf(*(_levels(sorts[sort]) for sort in SORTS)) for each, sorts in found.items()}


def _levels(numbers: Sequence[int]) -> Levels:
    one, two, three, four, five = numbers
    return one, two, three, four, five


async def overdue(tx: Transaction, now: datetime) -> dict[str, tuple[str, ...]]:
    """By centre: the codes of its overdue cases, the oldest first."""
    found: dict[str, tuple[str, ...]] = {}
    for row in await tx.rows(SQL["overdue"], {"now_at": now}):
        found[row["centre_id"]] = (*found.get(row["centre_id"], ()), row["code"])
    return found


async def put(tx: Transaction, stars: Iterable[Star]) -> None:
    """Write stars down, in place of those of the same day."""
    await tx.many(
        SQL["put"],
        (
            {
                "centre_id": each.centre_id,
                "day_on": each.day_on,
                "formula": each.formula,
                "stars": each.stars,
                "earned": each.earned,
                "said": each.said,
            }
            for each in stars
        ),
    )


async def last_day(tx: Transaction, day: date) -> date | None:
    """The last day up to this one for which stars were reckoned."""
    found: date | None = await tx.value(SQL["last_day"], {"day_on": day})
    return found


async def of_day(tx: Transaction, day: date) -> list[Star]:
    return await tx.records(Star, SQL["of_day"], {"day_on": day})


async def numbers(tx: Transaction, day: date) -> dict[str, int | None]:
    """By centre: how many stars it had on a day."""
    return {row["centre_id"]: row["stars"] for row in await tx.rows(SQL["numbers"], {"day_on": day})}


async def of_centre(tx: Transaction, centre_id: str, day: date) -> Star | None:
    """The last ones of a centre up to a day."""
    return await tx.record(Star, SQL["of_centre"], {"centre_id": centre_id, "day_on": day})


async def since(tx: Transaction, centre_id: str, day: date) -> list[Star]:
    """Those of a centre from a day on, without their explanations."""
    return await tx.records(Star, SQL["changes"], {"centre_id": centre_id, "since_on": day})


async def steps(tx: Transaction, centre_id: str, day: date) -> list[Star]:
    """Of those the first, and each that differs from the one before, with their explanations."""
    return await tx.records(Star, SQL["steps"], {"centre_id": centre_id, "since_on": day})


async def forget(tx: Transaction, days: Iterable[date]) -> None:
    await tx.many(SQL["forget"], [{"day_on": day} for day in days])
