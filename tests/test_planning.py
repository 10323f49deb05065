"""Sessions are planned from the directory and the calendar, and again when either changes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli
from handlers import bookings as booked
from handlers.bookings import Office
from handlers.planning import NOT_PLANNED, Planned, find, plan_again, upcoming
from handlers.rounds import plan_ahead, plan_stored
from handlers.snapshot import Contents, Directory
from handlers.world import World
from messages.calendar import SHANGHAI, Calendar, DayKind, Holiday, SpecialDay
from messages.directory import Activity, CentreStatus
from storage import care, sessions
from storage.sessions import Session
from tests.booking_rows import HOUR
from tests.calendars import SPECIAL, TERMS, YEARS
from tests.sample import NOW, PREFIX, Sample, linli_over, message

AFTER_SCHOOL = "4点钟课堂"
NOTICE_2027 = (
    SpecialDay(date(2027, 1, 1), DayKind.OFF, Holiday.NEW_YEAR, "notice"),
    SpecialDay(date(2027, 1, 4), DayKind.OFF, Holiday.NEW_YEAR, "notice"),
    SpecialDay(date(2027, 1, 9), DayKind.WORK, Holiday.NEW_YEAR, "notice"),
)


def changed(
    directory: Directory, activity: Activity, *, calendar: Calendar | None = None, is_gone: bool = False
) -> Directory:
    """The directory with this activity instead of the one with its id, or without it."""
    others = tuple(each for each in directory.activities.values() if each.id != activity.id)
    contents = Contents(
        directory.version + 1,
        tuple(directory.centres.values()),
        tuple(directory.services.values()),
        others if is_gone else (*others, activity),
        tuple(directory.kiosks.values()),
    )
    return Directory(contents, calendar or directory.calendar, sample_prefix=PREFIX)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


async def silence(*told: object) -> None:
    """Nobody is told in tests that look at sessions alone."""


def world_of(linli: Linli, directory: Directory, now: datetime = NOW) -> World:
    return World(directory, now, linli.policy)


async def planned(
    linli: Linli, directory: Directory, activity: Activity, last: date, now: datetime = NOW
) -> Planned:
    office = Office(now, silence)
    return await linli.database.write(lambda tx: plan_again(tx, office, directory, activity.id, last))


async def stored(linli: Linli, activity: Activity) -> dict[date, Session]:
    async with linli.database.read() as tx:
        rows = await sessions.of_activity(tx, activity.id, date(2026, 1, 1), date(2028, 1, 1))
    return {row.held_on: row for row in rows}


@pytest.fixture
def lesson(sample: Sample) -> Activity:
    """The after-school class of one centre, 30 places, bookable seven days before or earlier."""
    named = sample.directory.activities_named[AFTER_SCHOOL]
    return replace(named[0], opens_text="随时")


def days(rows: Iterable[date], month: int) -> list[int]:
    return sorted(day.day for day in rows if day.month == month and day.year >= 2026)


async def test_planning_again_changes_nothing(linli: Linli, sample: Sample, lesson: Activity) -> None:
    first = await planned(linli, sample.directory, lesson, date(2026, 12, 11))
    assert first == Planned(added=13)
    assert await planned(linli, sample.directory, lesson, date(2026, 12, 11)) == Planned()
    assert days(await stored(linli, lesson), 11) == [25, 26, 27, 30]


async def talked(linli: Linli, sample: Sample, directory: Directory, now: datetime, *said: str) -> list[str]:
    """What one resident is answered, sentence by sentence, over another directory at another time."""
    there = linli_over(
        linli.database, replace(sample, directory=directory), linli.settings, clock=fixed_clock(now)
    )
    replies = [await there.hear(message(each)) for each in said]
    assert all(reply.number for reply in replies)
    return [reply.rendered.text for reply in replies]


async def heard(linli: Linli) -> list[str]:
    """All that the resident was told, in order."""
    return [line.rendered.text for line in await linli.lines("web", "ding", after=0)]


async def booked_on(
    linli: Linli, sample: Sample, directory: Directory, day: date, lesson: Activity, now: datetime
) -> None:
    session = f"/session {lesson.id}@{day:%Y-%m-%d}"
    answers = await talked(linli, sample, directory, now, session, "三年级", "好的")
    assert "报好了" in answers[-1]


async def test_a_notice_that_comes_late_removes_and_creates_sessions_and_tells_who_booked(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    now, last = at(date(2026, 12, 20)), date(2027, 1, 15)
    before = changed(sample.directory, lesson)
    await planned(linli, before, lesson, last, now)
    rows = await stored(linli, lesson)
    assert all(row.is_provisional is (day.year == 2027) for day, row in rows.items())
    assert date(2027, 1, 4) in rows
    assert date(2027, 1, 9) not in rows
    await booked_on(linli, sample, before, date(2027, 1, 4), lesson, now)

    notice = Calendar((*SPECIAL, *NOTICE_2027), (*YEARS, 2027), TERMS)
    after = changed(sample.directory, lesson, calendar=notice)
    result = await plan_stored(linli.database, world_of(linli, after, now), new_id)
    assert (result.called_off, result.removed) == (1, 0)
    rows = await stored(linli, lesson)
    assert (rows[date(2027, 1, 4)].state, rows[date(2027, 1, 4)].because) == ("cancelled", NOT_PLANNED)
    assert rows[date(2027, 1, 9)].held_on.isoweekday() == 6
    assert not any(row.is_provisional for row in rows.values() if row.state == "planned")
    assert "这一场取消了" in (await heard(linli))[-1]
    assert await plan_stored(linli.database, world_of(linli, after, now), new_id) == Planned()
    assert await care.check(linli.database) == []


async def test_a_day_that_is_a_school_day_after_all_is_held_again(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    now, last = at(date(2026, 12, 20)), date(2027, 1, 15)
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, last, now)
    await booked_on(linli, sample, plain, date(2027, 1, 4), lesson, now)
    notice = Calendar((*SPECIAL, *NOTICE_2027), (*YEARS, 2027), TERMS)
    await planned(linli, changed(sample.directory, lesson, calendar=notice), lesson, last, now)
    await planned(linli, plain, lesson, last, now)
    row = (await stored(linli, lesson))[date(2027, 1, 4)]
    assert (row.state, row.taken) == ("planned", 0)


async def test_other_times_in_the_directory_move_sessions_and_tell_who_booked(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 12, 11))
    await booked_on(linli, sample, plain, date(2026, 11, 27), lesson, NOW)
    later = replace(lesson, time_text="上学日 周一至周五 16:30-18:00")
    result = await plan_stored(linli.database, world_of(linli, changed(plain, later)), new_id)
    assert result.moved == 13
    text = (await heard(linli))[-1]
    assert "时间改了，您的预约还在" in text
    assert "11月27日（周五）16:30–18:00" in text
    assert sum("时间改了" in each for each in await heard(linli)) == 1


async def test_more_and_fewer_places_in_the_directory_resize_sessions(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 11, 27))
    await booked_on(linli, sample, plain, date(2026, 11, 27), lesson, NOW)
    fewer = replace(lesson, places=1)
    assert await planned(linli, changed(plain, fewer), fewer, date(2026, 11, 27)) == Planned(resized=3)
    row = (await stored(linli, lesson))[date(2026, 11, 27)]
    assert (row.places, row.capacity, row.taken) == (1, 1, 1)


async def test_an_activity_that_is_withdrawn_has_no_sessions_any_more(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 12, 11))
    await booked_on(linli, sample, plain, date(2026, 11, 27), lesson, NOW)
    gone = changed(plain, lesson, is_gone=True)
    result = await plan_stored(linli.database, world_of(linli, gone), new_id)
    assert (result.removed, result.called_off) == (12, 1)
    assert [row.state for row in (await stored(linli, lesson)).values()] == ["cancelled"]


async def test_a_family_of_a_withdrawn_activity_is_told_once_with_what_there_is_instead(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 12, 11))
    for day in (26, 27):
        await booked_on(linli, sample, plain, date(2026, 11, day), lesson, NOW)
    gone = changed(plain, lesson, is_gone=True)
    result = await plan_stored(linli.database, world_of(linli, gone), new_id)
    assert (result.removed, result.called_off) == (11, 2)
    [told] = [each for each in await heard(linli) if "停办了" in each]
    for part in (
        lesson.name,
        "11月26日（周四）",
        "11月27日（周五）",
        "不算缺席",
        "可以改报：\n4点钟课堂，迎津",
    ):
        assert part in told
    assert all((row.taken, row.state) == (0, "cancelled") for row in (await stored(linli, lesson)).values())
    assert await plan_stored(linli.database, world_of(linli, gone), new_id) == Planned()
    assert sum("停办了" in each for each in await heard(linli)) == 1
    answers = await talked(linli, sample, gone, NOW, "我的预约")
    assert "没有" in answers[0]
    assert await care.check(linli.database) == []


async def test_what_a_manager_moved_goes_with_its_activity_and_comes_back_with_it(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 11, 27))
    await booked_on(linli, sample, plain, date(2026, 11, 27), lesson, NOW)
    office, begins = Office(NOW, silence), at(date(2026, 11, 28), 10)
    moved = f"{lesson.id}@2026-11-27"
    await linli.database.write(
        lambda tx: booked.move(tx, office, moved, [(begins, begins + HOUR)], by_manager=True)
    )
    gone = changed(plain, lesson, is_gone=True)
    result = await plan_stored(linli.database, world_of(linli, gone), new_id)
    assert (result.called_off, result.kept) == (1, ())
    assert "11月28日（周六）10:00" in (await heard(linli))[-1]
    await plan_stored(linli.database, world_of(linli, plain), new_id)
    row = (await stored(linli, lesson))[date(2026, 11, 27)]
    assert (row.state, row.taken, row.is_edited) == ("planned", 0, False)


async def test_a_camp_that_runs_ends_with_its_activity(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    camp = replace(lesson, time_text="2026-11-25至2026-11-29 8:30-17:30", note="按期报名，不单日报名")
    camp = replace(camp, starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 29), cancel_text=None)
    plain, early = changed(sample.directory, camp), at(date(2026, 11, 24))
    await booked_on(linli, sample, plain, date(2026, 11, 25), camp, early)
    gone = changed(plain, camp, is_gone=True)
    result = await plan_stored(linli.database, world_of(linli, gone, at(date(2026, 11, 27))), new_id)
    assert result.called_off == 1
    assert "停办了" in (await heard(linli))[-1]


async def test_what_a_centre_that_closes_for_good_had_is_told_once(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 12, 11))
    for day in (26, 27):
        await booked_on(linli, sample, plain, date(2026, 11, day), lesson, NOW)
    centres = tuple(
        replace(each, status=CentreStatus.PREPARING) if each.id == lesson.centre_id else each
        for each in plain.centres.values()
    )
    contents = Contents(plain.version + 1, centres, (), tuple(plain.activities.values()), ())
    shut = Directory(contents, plain.calendar, sample_prefix=PREFIX)
    await plan_stored(linli.database, world_of(linli, shut), new_id)
    assert sum("停办了" in each for each in await heard(linli)) == 1


async def test_what_a_manager_changed_is_left_and_named(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 11, 27))
    office, begins = Office(NOW, silence), at(date(2026, 11, 27), 10)
    moved = f"{lesson.id}@2026-11-27"
    await linli.database.write(
        lambda tx: booked.move(tx, office, moved, [(begins, begins + HOUR)], by_manager=True)
    )
    assert await planned(linli, plain, lesson, date(2026, 11, 27)) == Planned(kept=(moved,))
    other = replace(lesson, time_text="每周六 9:00-10:00")
    assert (await planned(linli, changed(plain, other), other, date(2026, 11, 27))).kept == (moved,)
    await planned(linli, plain, lesson, date(2026, 11, 27))
    async with linli.database.read() as tx:
        coming = await upcoming(tx, plain, lesson, NOW, NOW.date(), date(2026, 11, 27))
    assert [each.starts_at.astimezone(SHANGHAI).hour for each in coming] == [16, 16, 10]


async def test_what_a_manager_called_off_is_not_held_again_by_planning(
    linli: Linli, sample: Sample, lesson: Activity
) -> None:
    plain = changed(sample.directory, lesson)
    await planned(linli, plain, lesson, date(2026, 11, 27))
    off = f"{lesson.id}@2026-11-27"
    await linli.database.write(lambda tx: booked.call_off(tx, Office(NOW, silence), off, "teacher"))
    assert await planned(linli, plain, lesson, date(2026, 11, 27)) == Planned()
    async with linli.database.read() as tx:
        coming = await upcoming(tx, plain, lesson, NOW, NOW.date(), date(2026, 11, 27))
        found = await find(tx, plain, off)
    assert [each.held_on.day for each in coming] == [25, 26]
    assert found
    assert found[1].state == "cancelled"


async def test_all_activities_are_planned_ahead_by_the_job(sqlite_linli: Linli, sample: Sample) -> None:
    world = world_of(sqlite_linli, sample.directory)
    result = await plan_ahead(sqlite_linli.database, world, new_id)
    assert result.added > 2_000
    assert await plan_ahead(sqlite_linli.database, world, new_id) == Planned()
    assert await care.check(sqlite_linli.database) == []


async def test_there_is_no_session_of_what_nobody_knows(linli: Linli, sample: Sample) -> None:
    async with linli.database.read() as tx:
        for unknown in ("nothing", "nothing@2026-11-27", "FZ002-01@2026-11-27", "FZ002-01@x"):
            assert await find(tx, sample.directory, unknown) is None
