"""What is answered when the directory is empty or holds what cannot be read."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from handlers.asks import Ask, Dialogue, Near, When
from handlers.dialogue import recalled
from handlers.find import find_centres, find_kiosks, find_service
from handlers.lists import held_among, list_activities, list_services, show_centre
from handlers.snapshot import Contents, Directory
from handlers.talk import place_noted
from handlers.world import Policy, World
from messages.calendar import SHANGHAI, Calendar
from messages.directory import Activity, Category, Centre, CentreKind, CentreStatus, Service
from messages.views import ActivityCard, CentreCard, NothingFound, PlaceNoted, PlacesFound, ServiceCard

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
HERE = Dialogue(near=Near(24.9, 118.6))
DAY = date(2026, 11, 25)
UNREADABLE = "看情况"

CENTRE = Centre(
    "FZ1", "FZ", "东湖社区党建+邻里中心", "东湖街道", "东湖社区", CentreKind.COMMUNITY, CentreStatus.OPEN,
    None, "一号", 24.9, 118.6, "0595-22221111", UNREADABLE, None, None, None, DAY, None,
)  # fmt: skip
SERVICE = Service(
    "FZ1.a", "FZ1", "书吧", Category.CULTURE, UNREADABLE, None, None, None, None, ("看书",), None, DAY
)
ACTIVITY = Activity(
    "FZ1-01", "FZ1", "书法班", Category.CULTURE, UNREADABLE, DAY, DAY, 10,
    None, None, None, None, None, None, None, DAY,
)  # fmt: skip


def world(contents: Contents) -> World:
    return World(Directory(contents, Calendar(), sample_prefix=""), NOW, Policy("12345"))


EMPTY = world(Contents(1))
ODD = world(Contents(1, (CENTRE,), (SERVICE,), (ACTIVITY,)))


@pytest.mark.parametrize("find", [find_service, find_centres, find_kiosks, list_activities])
def test_an_empty_directory_says_that_it_holds_no_such_thing(find: object) -> None:
    assert callable(find)
    assert isinstance(find(Ask("x", services=("书吧",)), HERE, EMPTY).view, NothingFound)


@pytest.mark.parametrize("show", [show_centre, list_services])
def test_a_question_about_a_centre_that_is_not_named_looks_around(show: object) -> None:
    assert callable(show)
    assert isinstance(show(Ask("x"), HERE, ODD).view, PlacesFound)


def test_hours_that_cannot_be_read_are_shown_as_written_and_never_count_as_open() -> None:
    card = show_centre(Ask("x", centres=("FZ1",)), HERE, ODD).view
    assert isinstance(card, CentreCard)
    assert (card.opening, card.hours_text, card.hours_readable) == (None, UNREADABLE, False)
    found = find_service(
        Ask("x", services=("书吧",), open_only=True, around=True, centres=("FZ1",)), HERE, ODD
    ).view
    assert isinstance(found, ServiceCard)
    assert (found.opening, found.relaxed) == (None, ("open",))


def test_a_time_that_cannot_be_read_puts_no_meeting_on_a_day() -> None:
    assert not held_among(ACTIVITY, (DAY, DAY + timedelta(days=1)), ODD.directory)
    when = When("今天", DAY, DAY)
    then, ever = (list_activities(Ask("x", when=each), HERE, ODD).view for each in (when, None))
    assert isinstance(then, ActivityCard)
    assert isinstance(ever, ActivityCard)
    assert (then.not_then, ever.not_then) == (True, False)


def test_activities_are_told_by_function_and_by_time_that_is_left() -> None:
    assert isinstance(list_activities(Ask("x", category="child"), HERE, ODD).view, NothingFound)
    later = replace(ODD, now=datetime(2026, 12, 25, 10, 0, tzinfo=SHANGHAI))
    assert isinstance(list_activities(Ask("x"), HERE, later).view, NothingFound)


def test_a_place_is_noted_with_the_name_it_was_given() -> None:
    view = place_noted(Ask("place_noted"), Dialogue(near=Near(1, 2, "东湖社区")), ODD).view
    assert isinstance(view, PlaceNoted)
    assert view.near == "东湖社区"


@pytest.mark.parametrize(
    "gone",
    [
        Ask("activity_card", activities=("FZ9-01",), centres=("FZ1",)),
        Ask("centre_card", centres=("FZ9",)),
        Ask("find_service", services=("食堂",)),
        Ask("find_centres", subdistrict="北峰街道"),
    ],
)
def test_what_the_directory_has_lost_is_not_gone_on_about(gone: Ask) -> None:
    here = Ask("list_activities", activities=("书法班",), centres=("FZ1",), subdistrict="东湖街道")
    for last, pending in ((gone, None), (here, gone), (gone, gone)):
        kept = recalled(Dialogue(last=last, pending=pending, wants="place"), ODD.directory)
        assert (kept.last, kept.pending) == (None if last is gone else here, None)
        assert kept.wants is None or pending is None
    still = Dialogue(last=here, pending=here, wants="place")
    assert recalled(still, ODD.directory) is still
