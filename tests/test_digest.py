"""What a digest says of a week: what comes first, what has changed, and what is not shown."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.linli import Linli
from handlers.digest import Found, digest_of, stars_line
from handlers.digest_periods import DAY, MONTH, WEEK, Period, compared, last_over, period_of, weeks_shown
from handlers.stars import Indicator, Lack, Missing, Stars
from messages.view_parts import Choice
from messages.views_digest import DigestShown
from storage.case_files import CaseFile
from storage.counted import Counted
from storage.sessions import Session
from tests.sample import NOW

CENTRE = "FZ002"
ACTIVITY = "FZ002-01"
WEEK_BEFORE = Period(WEEK, date(2026, 11, 16))
USUAL = Counted(CENTRE, WEEK_BEFORE.first, good=10, very_good=30, fair=4, bad=1, activities=12, people=200,
                places=300, taken=210, arrived=190, missed=20)  # fmt: skip
BEFORE = tuple(replace(USUAL, first_on=WEEK_BEFORE.first - timedelta(weeks=n)) for n in range(4, 0, -1))


def case(number: int, *, hours: float, **changes: Any) -> CaseFile:
    """Due in so many hours."""
    plain = CaseFile(
        f"c{number}", f"G-{number:04}", "complaint", None, CENTRE, None, None, None, None, 1, CENTRE,
        "accepted", NOW - timedelta(days=3), NOW + timedelta(hours=hours), None, None, None, 0,
    )  # fmt: skip
    return replace(plain, **changes)


def session(*, waiting: int = 0, taken: int = 9, hours: float = 30, **changes: Any) -> Session:
    starts = NOW + timedelta(hours=hours)
    plain = Session(
        "s", ACTIVITY, CENTRE, starts.date(), starts.date(), starts, starts + timedelta(hours=1), 12, 12,
        taken, 0, waiting, "planned", None, False, False, False, None, 0,
    )  # fmt: skip
    return replace(plain, **changes)


@pytest.fixture
def week(sqlite_linli: Linli) -> Any:
    """The digest of a week, of what is found beside the usual numbers."""

    def made(**found: Any) -> DigestShown:
        base = Found(now=USUAL, before=BEFORE, weeks=(*BEFORE, USUAL))
        return digest_of(CENTRE, WEEK_BEFORE, replace(base, **found), sqlite_linli.world(NOW))

    return made


def test_periods_are_whole_days_weeks_and_months() -> None:
    assert last_over(WEEK, date(2026, 11, 25)) == WEEK_BEFORE
    assert last_over(WEEK, date(2026, 11, 23)) == WEEK_BEFORE
    assert last_over(WEEK, date(2026, 11, 22)).first == date(2026, 11, 9)
    assert last_over(DAY, date(2026, 3, 1)).first == date(2026, 2, 28)
    february = last_over(MONTH, date(2028, 3, 31))
    assert (february.first, february.until) == (date(2028, 2, 1), date(2028, 3, 1))
    assert period_of(MONTH, date(2026, 12, 31)).until == date(2027, 1, 1)


def test_a_week_is_compared_with_four_and_shown_among_eight() -> None:
    assert [each.first for each in compared(WEEK_BEFORE)] == [
        date(2026, 11, 16), date(2026, 11, 9), date(2026, 11, 2), date(2026, 10, 26), date(2026, 10, 19)
    ]  # fmt: skip
    assert weeks_shown(WEEK_BEFORE)[0] == WEEK_BEFORE
    assert len(weeks_shown(WEEK_BEFORE)) == 8
    assert compared(Period(DAY, date(2026, 11, 24))) == [Period(DAY, date(2026, 11, 24))]
    assert weeks_shown(Period(DAY, date(2026, 11, 24)))[0] == WEEK_BEFORE


def test_what_comes_first_comes_first(week: Any) -> None:
    everything: dict[str, Any] = {
        "cases": [
            case(1, hours=100), case(2, hours=30), case(3, hours=-5), case(4, hours=2, kind="urgent"),
            case(5, hours=-50), case(6, hours=-9, state="rectified"), case(7, hours=-9, state="appealed"),
        ],
        "coming": [session(waiting=4)],
        "without_list": 2,
        "asked": [("有没有游泳课", 7)],
    }  # fmt: skip
    kinds = []
    while (shown := week(**everything)).todo:
        kinds.append((shown.todo[0].kind, shown.todo[0].what, shown.todo[0].count))
        match shown.todo[0].kind:
            case "overdue" | "urgent" | "due" | "open":
                first = shown.todo[0].what
                everything["cases"] = [each for each in everything["cases"] if each.code != first]
            case "no_list":
                everything["without_list"] = 0
            case "waiting":
                everything["coming"] = []
            case "question":
                everything["asked"] = []
        assert len(shown.todo) <= 3
        assert len(shown.choices) <= 3
    name = week(coming=[session(waiting=4)]).todo[0].what
    assert kinds == [
        ("overdue", "G-0005", 2), ("overdue", "G-0003", 1), ("urgent", "G-0004", 1), ("due", "G-0002", 1),
        ("open", "G-0001", 1), ("no_list", None, 2), ("waiting", name, 4), ("question", "有没有游泳课", 7),
    ]  # fmt: skip


def test_one_tap_opens_what_has_to_be_done(week: Any) -> None:
    shown = week(cases=[case(3, hours=-5)], without_list=1)
    assert Choice("G-0003", "/desk_case G-0003") in shown.choices
    assert Choice("@desk_roster", "/desk_roster") in shown.choices


@pytest.mark.parametrize(
    ("changes", "is_named"),
    [
        ({"taken": 2}, True), ({"taken": 3}, False), ({"taken": 2, "state": "cancelled"}, False),
        ({"taken": 2, "has_draw": True}, False), ({"taken": 2, "hours": -1}, False),
    ],
)  # fmt: skip
def test_a_session_that_is_nearly_empty_is_named(week: Any, changes: dict[str, Any], is_named: bool) -> None:
    shown = week(coming=[session(**changes)])
    assert [each.kind for each in shown.todo] == ["empty"] * is_named
    if is_named:
        assert shown.todo[0].count == 10


def figures(shown: DigestShown) -> dict[str, Any]:
    return {each.name: (each.value, each.n, each.moved) for each in shown.figures}


def test_a_week_as_usual_is_said_to_be_one(week: Any) -> None:
    assert {moved for _, _, moved in figures(week()).values()} == {"noise", None}
    assert figures(week())["satisfied"] == (pytest.approx(42 / 45), 45, "noise")
    assert figures(week())["filled"] == (pytest.approx(0.7), 300, "noise")


def test_what_moved_by_more_than_chance_is_said(week: Any) -> None:
    now = replace(USUAL, people=90, missed=90, arrived=120, very_bad=25)
    shown = figures(week(now=now))
    assert {name: moved for name, (_, _, moved) in shown.items()} == {
        "satisfied": "down", "filled": "noise", "missed": "up", "activities": "noise", "people": "down",
        "waiting": None,
    }  # fmt: skip


def test_the_first_week_is_compared_with_nothing(week: Any) -> None:
    assert {moved for _, _, moved in figures(week(before=())).values()} == {None}


def test_a_share_is_never_without_its_interval(week: Any) -> None:
    for each in week().figures:
        if each.name in ("satisfied", "filled", "missed"):
            assert each.low < each.value < each.high


def test_of_so_few_ratings_only_their_number_is_shown_as_long_as_they_are_fresh(week: Any) -> None:
    few = replace(USUAL, good=0, very_good=3, fair=0, bad=1)
    shown = week(now=few, weeks=(*BEFORE, few))
    assert figures(shown)["satisfied"] == (None, 4, None)
    assert (shown.weeks[-1].satisfied, shown.weeks[-1].ratings) == (None, 4)
    five = replace(few, very_good=4)
    assert figures(week(now=five))["satisfied"][0] == pytest.approx(4 / 5)
    older = replace(few, first_on=BEFORE[-1].first_on)
    assert week(weeks=(older, USUAL)).weeks[0].satisfied == pytest.approx(3 / 4)


def test_stars_say_what_is_missing(week: Any) -> None:
    missing = Missing(4, ratings=12, mended=2, activities=3, people=0, cases=("G-0007",))
    of = Stars(CENTRE, "1", 3, 3, None, 80, (), (Indicator.SATISFACTION,), missing=missing)
    line = stars_line(of, 4)
    assert (line.stars, line.before, line.next_star, line.ratings, line.mended) == (3, 4, 4, 12, 2)
    assert line.cases == ("G-0007",)
    none = Stars(CENTRE, "1", None, None, Lack.RATINGS, 3, (), missing=Missing(None, 27, None))
    assert (stars_line(none, None).lack, stars_line(none, None).ratings) == ("ratings", 27)
    assert week(stars=of).stars == stars_line(of, None)
    five = Stars(CENTRE, "1", 5, 5, None, 300, ())
    assert stars_line(five, 5).next_star is None


def test_holidays_of_the_days_to_come_are_named(sqlite_linli: Linli) -> None:
    before_new_year = NOW + timedelta(days=32)
    shown = digest_of(CENTRE, WEEK_BEFORE, Found(USUAL), sqlite_linli.world(before_new_year))
    assert shown.next_off == ("new_year",)
