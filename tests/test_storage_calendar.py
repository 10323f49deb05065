"""Official years, school terms and closures as the database keeps them."""

from datetime import date, timedelta

import pytest

from storage import calendar, closures, directory
from storage.calendar import DayRow, TermRow, YearRow
from storage.closures import Closure
from storage.database import ConstraintError, Database, Transaction
from tests.storage_rows import NOW, TODAY, centre, service


def day(text: str, source: str = "notice", kind: str = "off", holiday: str = "new_year") -> DayRow:
    return DayRow(date.fromisoformat(text), kind, holiday, source)


async def replaced(database: Database, year: int, source: str, *days: DayRow) -> list[DayRow]:
    await database.write(lambda tx: calendar.replace_year(tx, year, source, days))
    async with database.read() as tx:
        return await calendar.days(tx)


async def test_a_year_is_what_its_last_notice_says(database: Database) -> None:
    await replaced(database, 2026, "draft", day("2026-01-01", "draft"), day("2026-01-04", "draft", "work"))
    new = [day("2026-01-01"), day("2026-01-02")]
    assert await replaced(database, 2026, "notice", *new) == new
    async with database.read() as tx:
        assert await calendar.years(tx) == [YearRow(2026, "notice")]


async def test_the_days_a_notice_sets_in_the_year_before_go_and_stay_with_it(database: Database) -> None:
    eve = day("2026-12-31", "notice 2027")
    await replaced(database, 2026, "notice 2026", day("2026-01-01", "notice 2026"))
    await replaced(database, 2027, "notice 2027", eve, day("2027-01-01", "notice 2027"))
    kept = await replaced(database, 2026, "notice 2026", day("2026-10-01", "notice 2026"))
    assert kept == [day("2026-10-01", "notice 2026"), eve, day("2027-01-01", "notice 2027")]
    later = await replaced(database, 2027, "notice 2027", day("2027-01-01", "notice 2027"))
    assert eve not in later


async def test_years_of_one_source_are_kept_apart_by_their_dates(database: Database) -> None:
    await replaced(database, 2025, "package", day("2025-10-01", "package"))
    await replaced(database, 2026, "package", day("2026-10-01", "package"), day("2026-10-02", "package"))
    assert await replaced(database, 2026, "package", day("2026-10-01", "package")) == [
        day("2025-10-01", "package"),
        day("2026-10-01", "package"),
    ]


async def test_terms_are_added_and_replaced_by_id(database: Database) -> None:
    autumn = TermRow("a", "秋", date(2026, 9, 1), date(2027, 1, 20), "school", is_invented=False)
    spring = TermRow("b", "春", date(2027, 2, 20), date(2027, 7, 1), "nobody", is_invented=True)
    later = TermRow("a", "秋", date(2026, 9, 2), date(2027, 1, 20), "school", is_invented=False)
    await database.write(lambda tx: calendar.put_terms(tx, [spring, autumn]))
    await database.write(lambda tx: calendar.put_terms(tx, [later]))
    async with database.read() as tx:
        assert await calendar.terms(tx) == [later, spring]


@pytest.mark.parametrize("kind", ["", "holiday"])
async def test_a_day_is_off_or_work(database: Database, kind: str) -> None:
    with pytest.raises(ConstraintError):
        await replaced(database, 2026, "notice", day("2026-01-01", kind=kind))


def closed(key: str, last_on: date, *, service_id: str | None = None, centre_id: str = "FZ-01") -> Closure:
    return Closure(key, centre_id, service_id, last_on - timedelta(days=1), last_on, "", "台风", NOW)


@pytest.fixture
async def filled(database: Database) -> Database:
    async def work(tx: Transaction) -> None:
        await directory.put_centres(tx, [centre("FZ-01")])
        await directory.put_services(tx, [service("s")])

    await database.write(work)
    return database


async def test_closures_of_the_last_400_days_and_to_come_are_current(filled: Database) -> None:
    old = closed("old", TODAY - timedelta(days=401))
    edge = closed("edge", TODAY - timedelta(days=400))
    coming = closed("coming", TODAY + timedelta(days=30), service_id="s")

    async def work(tx: Transaction) -> None:
        for each in (coming, old, edge):
            await closures.add(tx, each)

    await filled.write(work)
    async with filled.read() as tx:
        assert await closures.current(tx, TODAY) == [edge, coming]
        assert await closures.everything(tx) == [old, edge, coming]


async def test_a_closure_is_taken_back_once(filled: Database) -> None:
    await filled.write(lambda tx: closures.add(tx, closed("a", TODAY)))
    assert await filled.write(lambda tx: closures.remove(tx, "a"))
    assert not await filled.write(lambda tx: closures.remove(tx, "a"))


@pytest.mark.parametrize("wrong", [{"centre_id": "nobody"}, {"service_id": "nobody"}])
async def test_a_closure_is_of_a_centre_or_service_that_exists(
    filled: Database, wrong: dict[str, str]
) -> None:
    with pytest.raises(ConstraintError):
        await filled.write(lambda tx: closures.add(tx, closed("a", TODAY, **wrong)))
