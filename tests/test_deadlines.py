"""By when a person answers: counted in hours in which the one who answers is surely there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from handlers.deadlines import due_at_centre, due_at_district
from handlers.opening import Closure
from handlers.snapshot import Contents, Directory
from handlers.world import Policy, World
from messages.calendar import SHANGHAI
from messages.directory import Centre, CentreStatus
from tests.calendars import OFFICIAL
from tests.sample import PREFIX, Sample

WEEK = "周一至周六 8:30-12:00，14:00-20:00"
CLOSES = "周一至周五 8:30-12:00，14:30-17:30；法定节假日休息"
UNSTATED = "周一至周五 9:00-17:00"
NIGHT = "周五 20:00-次日4:00"
LONG_NIGHT = "周五 20:00-次日10:00；周六 9:00-12:00"
SHORT = "周六 9:00-10:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def world_at(now: str, hours: int, *centres: Centre, closed: Mapping[str, Closure] | None = None) -> World:
    closures = tuple((centre_id, None, closure) for centre_id, closure in (closed or {}).items())
    directory = Directory(Contents(1, centres=centres, closures=closures), OFFICIAL, sample_prefix=PREFIX)
    return World(directory, at(now), Policy("12345", callback_hours=hours))


@pytest.fixture
def centre(sample: Sample) -> Centre:
    return sample.directory.centres["FZ002"]


@pytest.mark.parametrize(
    ("hours_text", "now", "hours", "due"),
    [
        (WEEK, "2026-11-25T10:00", 8, "2026-11-25T20:00"),  # two hours at noon do not count
        (WEEK, "2026-11-25T10:01", 8, "2026-11-26T08:31"),
        (WEEK, "2026-11-25T10:00:01", 8, "2026-11-26T08:31"),  # to the full minute, never too early
        (WEEK, "2026-11-25T21:00", 1, "2026-11-26T09:30"),
        (WEEK, "2026-11-28T19:00", 2, "2026-11-30T09:30"),  # nobody is there on Sunday
        (CLOSES, "2026-09-30T17:00", 1, "2026-10-08T09:00"),  # a week of holidays lies between
        (UNSTATED, "2026-09-30T16:00", 2, "2026-10-08T10:00"),  # what nobody knows is not promised
        ("24小时", "2026-11-25T22:00", 8, "2026-11-26T06:00"),
        (NIGHT, "2026-11-28T01:00", 2, "2026-11-28T03:00"),  # yesterday's hours reach into today
        (LONG_NIGHT, "2026-11-28T08:00", 3, "2026-11-28T11:00"),  # an hour in two spans counts once
        (SHORT, "2026-10-28T10:00", 4, "2026-11-21T10:00"),  # the fourth Saturday, on the 24th day
    ],
)
def test_a_centre_answers_after_so_many_of_its_hours(
    centre: Centre, hours_text: str, now: str, hours: int, due: str
) -> None:
    world = world_at(now, hours, replace(centre, hours_text=hours_text))
    assert due_at_centre(world.directory.centres[centre.id], world) == at(due)


def test_days_on_which_the_centre_is_closed_do_not_count(centre: Centre) -> None:
    repairs = Closure(date(2026, 11, 26), date(2026, 11, 27), None, "停电检修")
    world = world_at("2026-11-25T20:00", 1, replace(centre, hours_text=WEEK), closed={centre.id: repairs})
    assert due_at_centre(world.directory.centres[centre.id], world) == at("2026-11-28T09:30")


@pytest.mark.parametrize(
    ("hours_text", "status"),
    [
        (WEEK, CentreStatus.BUILDING),
        ("以门口通知为准", CentreStatus.OPEN),
        ("周六 9:00-9:10", CentreStatus.OPEN),
        ("周六 9:00-10:30", CentreStatus.OPEN),  # eight hours only on the sixth Saturday
    ],
)
def test_a_centre_that_is_hardly_ever_there_promises_nothing(
    centre: Centre, hours_text: str, status: CentreStatus
) -> None:
    world = world_at("2026-11-25T10:00", 8, replace(centre, hours_text=hours_text, status=status))
    assert due_at_centre(world.directory.centres[centre.id], world) is None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-25T09:00", "2026-11-25T17:00"),
        ("2026-11-27T16:00", "2026-11-30T16:00"),  # Friday to Monday
        ("2026-10-09T16:00", "2026-10-10T16:00"),  # a Saturday that is made up
        ("2026-09-30T16:00", "2026-10-08T16:00"),
        ("2027-12-31T16:00", "2028-01-05T17:00"),  # days that a missing notice may turn are not counted
    ],
)
def test_the_districts_office_answers_on_working_days(now: str, due: str) -> None:
    assert due_at_district(world_at(now, 8)) == at(due)
