"""Who fits an activity on the day it is held, by the little that a family has told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.eligible import Fact, Fit, Judgement, Told, fits, school_year
from messages.booking_audience import read_audience

CHILD, ADULT = Told(is_child=True), Told(is_child=False)
ON = date(2026, 11, 25)


def born(text: str, *, is_child: bool = True) -> Told:
    return Told(is_child=is_child, born_in=date.fromisoformat(f"{text}-01"))


def in_grade(grade: int, year: int = 2026) -> Told:
    return Told(is_child=True, grade=grade, grade_year=year)


def judged(audience: str, told: Told, on: date = ON) -> Fit:
    return fits(read_audience(audience), told, on).fit


@pytest.mark.parametrize(
    ("on", "fit"),
    [
        (date(2026, 10, 31), Fit.TOO_YOUNG),
        (date(2026, 11, 1), Fit.FITS),  # within the birth month, for the family
        (date(2026, 11, 30), Fit.FITS),
        (date(2033, 12, 31), Fit.FITS),
        (date(2034, 11, 1), Fit.FITS),  # may still be fourteen
        (date(2034, 11, 30), Fit.FITS),
        (date(2034, 12, 1), Fit.TOO_OLD),
    ],
)
def test_an_age_is_certain_but_for_the_month_of_birth(on: date, fit: Fit) -> None:
    assert judged("7-14岁", born("2019-11"), on) is fit


@pytest.mark.parametrize(
    ("on", "fit"),
    [
        (date(2027, 1, 31), Fit.TOO_YOUNG),
        (date(2027, 2, 1), Fit.FITS),
        (date(2027, 2, 28), Fit.FITS),
        (date(2027, 3, 1), Fit.FITS),
    ],
)
def test_a_child_of_29_february_is_seven_by_march_in_a_year_without_that_day(on: date, fit: Fit) -> None:
    assert judged("7-14岁", born("2020-02"), on) is fit


def test_the_age_is_that_of_the_sessions_day_also_across_the_new_year() -> None:
    told = born("2020-01")
    assert judged("7-14岁", told, date(2026, 12, 31)) is Fit.TOO_YOUNG
    assert judged("7-14岁", told, date(2027, 1, 1)) is Fit.FITS


def test_a_child_not_born_yet_is_too_young_for_any_age() -> None:
    assert judged("0-3岁", born("2027-01")) is Fit.TOO_YOUNG


@pytest.mark.parametrize(
    ("on", "fit"),
    [
        (date(2026, 8, 31), Fit.TOO_YOUNG),
        (date(2026, 9, 1), Fit.FITS),
        (date(2027, 8, 31), Fit.FITS),
        (date(2027, 9, 1), Fit.TOO_OLD),
    ],
)
def test_a_grade_rises_every_first_of_september(on: date, fit: Fit) -> None:
    assert judged("三年级", in_grade(3), on) is fit


def test_a_grade_goes_on_from_kindergarten_to_school_and_out_of_it() -> None:
    assert judged("小学1-6年级", in_grade(0, 2025)) is Fit.FITS
    assert judged("小学1-6年级", in_grade(0, 2026)) is Fit.TOO_YOUNG
    assert judged("初一", in_grade(6, 2025)) is Fit.FITS
    assert judged("高中", in_grade(12, 2025)) is Fit.TOO_OLD


@pytest.mark.parametrize(
    ("month", "fit"),
    [
        ("2021-09", Fit.TOO_YOUNG),  # grade 1 in 2028; even a year early it is 2027
        ("2021-08", Fit.FITS),  # grade 1 in 2027, a year early in 2026
        ("2020-09", Fit.FITS),
        ("2020-08", Fit.FITS),  # grade 1 in 2026
        ("2014-09", Fit.FITS),  # grade 6 in 2026
        ("2014-08", Fit.FITS),  # grade 7 in 2026; entered a year later, grade 6
        ("2013-09", Fit.FITS),
        ("2013-08", Fit.TOO_OLD),
    ],
)
def test_a_grade_by_the_birth_month_allows_for_a_year_of_difference(month: str, fit: Fit) -> None:
    assert judged("小学1-6年级", born(month)) is fit


def test_the_grade_that_was_told_counts_more_than_the_one_reckoned() -> None:
    told = Told(is_child=True, born_in=date(2020, 8, 1), grade=0, grade_year=2026)
    assert judged("小学1-6年级", told) is Fit.TOO_YOUNG


@pytest.mark.parametrize(
    ("grade", "fit"),
    [(0, Fit.FITS), (-1, Fit.TOO_YOUNG), (1, Fit.FITS), (9, Fit.FITS), (10, Fit.FITS), (11, Fit.TOO_OLD)],
)
def test_with_a_grade_alone_an_age_fits_where_it_is_possible(grade: int, fit: Fit) -> None:
    # The first grade is six or seven; with a year of difference five to eight.
    assert judged("7-14岁", in_grade(grade)) is fit


@given(
    st.dates(date(2010, 1, 1), date(2023, 12, 31)),
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    st.integers(0, 18),
)
def test_a_grade_never_excludes_what_the_birthday_itself_allows(birthday: date, on: date, age: int) -> None:
    enters = birthday.year + 6 + (birthday.month >= 9)
    told = Told(is_child=True, grade=school_year(on) - enters + 1, grade_year=school_year(on))
    truly = on.year - birthday.year - ((on.month, on.day) < (birthday.month, birthday.day))
    if truly == age:
        assert judged(f"{age}-{age}岁", told, on) is Fit.FITS
        assert judged(f"{age}-{age}岁", born(f"{birthday:%Y-%m}"), on) is Fit.FITS


@given(st.dates(date(2010, 1, 1), date(2023, 12, 31)), st.integers(0, 3000), st.integers(0, 60))
def test_nobody_grows_younger(birthday: date, first: int, later: int) -> None:
    order = [Fit.TOO_YOUNG, Fit.FITS, Fit.TOO_OLD]
    told = born(f"{birthday:%Y-%m}")
    days = [date(2024, 1, 1) + timedelta(days=n) for n in (first, first + later)]
    for audience in ("7-14岁", "小学1-6年级"):
        before, after = (order.index(judged(audience, told, on)) for on in days)
        assert before <= after


def test_a_child_of_whom_nothing_is_told_is_asked_for_what_counts() -> None:
    nothing = {
        "不限": Judgement(Fit.FITS),
        "7-14岁": Judgement(Fit.NOT_KNOWN, Fact.BIRTH_MONTH),
        "小学1-6年级": Judgement(Fit.NOT_KNOWN, Fact.GRADE),
        "55岁以上": Judgement(Fit.TOO_YOUNG),
    }
    assert {text: fits(read_audience(text), CHILD, ON) for text in nothing} == nothing


def test_where_one_fact_excludes_the_other_is_not_asked_for() -> None:
    both = read_audience("6-12岁，小学1-6年级")
    assert fits(both, in_grade(8), ON) == Judgement(Fit.TOO_OLD)
    assert fits(both, in_grade(2), ON) == Judgement(Fit.FITS)
    assert fits(both, born("2021-12"), ON) == Judgement(Fit.TOO_YOUNG)


def test_adults_are_believed_and_too_old_for_what_is_for_children() -> None:
    assert judged("55岁以上", ADULT) is Fit.FITS
    assert judged("18-45岁", ADULT) is Fit.FITS
    assert judged("7-14岁", ADULT) is Fit.TOO_OLD
    assert judged("小学1-6年级", ADULT) is Fit.TOO_OLD
    assert judged("不限", ADULT) is Fit.FITS


def test_an_adult_who_told_the_birth_month_is_judged_by_it() -> None:
    assert judged("55岁以上", born("1990-05", is_child=False)) is Fit.TOO_YOUNG
    assert judged("小学1-6年级", born("1990-05", is_child=False)) is Fit.TOO_OLD


@pytest.mark.parametrize(("grade", "year"), [(3, None), (None, 2026)])
def test_a_grade_without_its_year_is_refused(grade: int | None, year: int | None) -> None:
    with pytest.raises(ValueError, match="school year"):
        Told(is_child=True, grade=grade, grade_year=year)
