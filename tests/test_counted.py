"""What is counted of a period as soon as it is over, before any job has looked at it, on both engines."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest_asyncio

from bot.ids import new_id
from bot.linli import Linli
from handlers import digest_periods
from handlers.digest_periods import DAY, WEEK, Period
from handlers.district_digest import district_digest
from handlers.misses import note_misses
from messages.directory import CentreStatus
from messages.views_digest import Figure
from storage import attendance, counted
from storage.counted import Counted
from storage.transaction import Transaction
from tests.desk import CENTRE, SATURDAY, STARTS, House

DAY_OF_CLASS = Period(DAY, STARTS.date())
WEEK_OF_CLASS = Period(WEEK, date(2026, 11, 23))
# The digest of a day may be wished for before anybody was told of a miss.
MORNING_AFTER = datetime(2026, 11, 29, 0, 30, tzinfo=STARTS.tzinfo)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A class with one family that comes and one that does not."""
    there = House(linli)
    await there.session()
    await there.book("comes", "stays", size=2)
    return there


async def noted(
    house: House, who: str, *, came: bool, missed: bool = False, starts_at: datetime = STARTS
) -> None:
    """What staff note of the first of a family."""

    async def work(tx: Transaction) -> None:
        await attendance.note(
            tx, f"{who}:{SATURDAY}", f"{who}1", starts_at,
            arrived_at=starts_at if came else None, left_at=None, is_missed=missed, noted_by="S-0001",
        )  # fmt: skip

    await house.linli.database.write(work)


async def count(house: House, period: Period = DAY_OF_CLASS, now: datetime = MORNING_AFTER) -> Counted:
    async with house.linli.database.read() as tx:
        found = await digest_periods.count(tx, period, house.linli.world(now))
    return next(each for each in found if each.centre_id == CENTRE)


async def test_who_did_not_come_is_counted_before_the_misses_are_noted(house: House) -> None:
    await noted(house, "comes", came=True)
    early = await count(house)
    assert (early.arrived, early.missed) == (1, 3)
    world = house.linli.world(MORNING_AFTER.replace(hour=9))
    assert await note_misses(house.linli.database, world, new_id) == 3
    assert await count(house) == early
    assert await count(house, WEEK_OF_CLASS) == replace(early, first_on=WEEK_OF_CLASS.first)


async def test_where_no_list_was_kept_nobody_is_missed(house: House) -> None:
    assert (await count(house)).missed == 0


async def test_where_staff_note_a_miss_the_list_was_kept_though_nobody_came(house: House) -> None:
    await noted(house, "stays", came=False, missed=True)
    assert (await count(house)).missed == 4


async def test_what_staff_take_back_is_no_miss(house: House) -> None:
    await noted(house, "comes", came=True)
    await noted(house, "stays", came=False)
    assert (await count(house)).missed == 2


async def test_who_booked_once_it_had_begun_missed_nothing(house: House) -> None:
    await noted(house, "comes", came=True)
    await house.at(STARTS + timedelta(minutes=20)).book("late")
    assert (await count(house)).missed == 3


def open_ones(linli: Linli) -> list[str]:
    return [each.id for each in linli.directory.centres.values() if each.status is CentreStatus.OPEN]


async def test_centres_that_were_not_there_all_the_time_are_no_change_of_the_others(linli: Linli) -> None:
    """Two had as many activities each week; in the last a third comes along."""
    world = linli.world(MORNING_AFTER + timedelta(days=2))
    weeks = digest_periods.compared(WEEK_OF_CLASS)
    first, second, third = open_ones(linli)[:3]

    async def work(tx: Transaction) -> None:
        for week in weeks:
            rows = [
                Counted(each, week.first, activities=20, places=100, taken=80) for each in (first, second)
            ]
            new = [Counted(third, week.first, activities=30, places=300, taken=30)]
            await counted.put(tx, WEEK, rows + (new if week == WEEK_OF_CLASS else []))

    async def figures() -> dict[str, Figure]:
        async with linli.database.read() as tx:
            shown = await district_digest(tx, None, WEEK_OF_CLASS, world)
        return {each.name: each for each in shown.figures}

    await linli.database.write(work)
    found = await figures()
    assert (found["activities"].value, found["activities"].before) == (70, 40)
    assert (found["filled"].n, found["filled"].before) == (500, 0.8)
    assert found["activities"].moved == found["filled"].moved == "noise"


async def test_without_a_centre_that_was_there_all_the_time_nothing_is_compared(linli: Linli) -> None:
    world = linli.world(MORNING_AFTER + timedelta(days=2))
    first, second = open_ones(linli)[:2]

    async def work(tx: Transaction) -> None:
        await counted.put(tx, WEEK, [Counted(first, WEEK_OF_CLASS.before.first, activities=9)])
        await counted.put(tx, WEEK, [Counted(second, WEEK_OF_CLASS.first, activities=9)])

    await linli.database.write(work)
    async with linli.database.read() as tx:
        shown = await district_digest(tx, None, WEEK_OF_CLASS, world)
    assert {each.moved for each in shown.figures} == {None}
    assert next(each.value for each in shown.figures if each.name == "activities") == 9
