"""Whether an activity is for somebody, on the day it is held, by what a family has told of them.

Nobody shows papers here, so where what is told leaves room, it is used for the family:

- Age: of a birth only the month is known. Before and after that month the age is certain; within it the
  birthday may have been or not, and either age will do. So will it for those born on 29 February.
- Grade: a grade is told for a school year and rises each 1 September, from kindergarten to the end of school.
- Grade from a birth month: a child that is six by 31 August enters the first grade (Compulsory Education
  Law, art. 11, with the cut-off of the schools). Some enter a year later, a few a year earlier, and some
  repeat a year: a grade one above or below will do.
- Age from a grade: the ages that a child of that grade can have by the same rule, a year more or less.
- Of a child nothing is told: it is asked for the birth month where ages count and for the grade where grades
  do. What begins at 18 is not for children, and nothing need be asked.
- Adults are believed: nobody asks an elder for papers. Without a birth month an adult fits what is for
  adults, and is too old for what ends before 18 or speaks of grades.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from messages.booking_rules import Audience

ADULT = 18
SCHOOL_AGE = 6
NEW_GRADE = 9  # September
YEAR_OF_DIFFERENCE = 1


class Fit(StrEnum):
    FITS = "fits"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    NOT_KNOWN = "not_known"


class Fact(StrEnum):
    """What a family can be asked to tell of a child."""

    BIRTH_MONTH = "birth_month"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a participant; `born_in` is the first day of the birth month.

    `grade` is 1 to 12, or -2 to 0 in kindergarten, in the school year that begins in September of
    `grade_year`: both are told or neither.
    """

    is_child: bool
    born_in: date | None = None
    grade: int | None = None
    grade_year: int | None = None

    def __post_init__(self) -> None:
        if (self.grade is None) != (self.grade_year is None):
            raise ValueError("a grade without its school year, or the other way round, tells nothing")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`missing` is what to ask for when the fit is not known."""

    fit: Fit
    missing: Fact | None = None


@dataclass(frozen=True, slots=True)
class _Range:
    """The least and the greatest that is possible, both included."""

    least: int
    most: int

    def within(self, low: int | None, high: int | None) -> Fit:
        """FITS when any of it may lie there."""
        if low is not None and self.most < low:
            return Fit.TOO_YOUNG
        if high is not None and self.least > high:
            return Fit.TOO_OLD
        return Fit.FITS


def fits(audience: Audience, told: Told, on: date) -> Judgement:
    """Whether the participant fits on that day, which is the session's, not the booking's.

    An audience that could not be read stops nobody here: its activity cannot be booked in the chat at all.
    """
    by_age = _by_age(audience, told, on)
    by_grade = _by_grade(audience, told, on)
    judged = [by_age, by_grade]
    certain = [each for each in judged if each.fit in {Fit.TOO_YOUNG, Fit.TOO_OLD}]
    unknown = [each for each in judged if each.fit is Fit.NOT_KNOWN]
    return next(iter(certain + unknown), Judgement(Fit.FITS))


def school_year(on: date) -> int:
    """The year in whose September the school year of that day began."""
    return on.year if on.month >= NEW_GRADE else on.year - 1


def _by_age(audience: Audience, told: Told, on: date) -> Judgement:
    least, most = audience.least_age, audience.most_age
    if least is None and most is None:
        return Judgement(Fit.FITS)
    if told.born_in is not None:
        return Judgement(_ages(told.born_in, on).within(least, most))
    if not told.is_child:
        return Judgement(Fit.TOO_OLD if most is not None and most < ADULT else Fit.FITS)
    grade = _told_grade(told, on)
    if grade is not None:
        return Judgement(_ages_in_grade(grade).within(least, most))
    if least is not None and least >= ADULT:
        return Judgement(Fit.TOO_YOUNG)
    return Judgement(Fit.NOT_KNOWN, Fact.BIRTH_MONTH)


def _by_grade(audience: Audience, told: Told, on: date) -> Judgement:
    if audience.grades is None:
        return Judgement(Fit.FITS)
    low, high = audience.grades.low, audience.grades.high
    grade = _told_grade(told, on)
    if told.is_child and grade is not None:
        return Judgement(_Range(grade, grade).within(low, high))
    if told.born_in is not None:
        usual = _usual_grade(told.born_in, on)
        return Judgement(_Range(usual - YEAR_OF_DIFFERENCE, usual + YEAR_OF_DIFFERENCE).within(low, high))
    return Judgement(Fit.NOT_KNOWN, Fact.GRADE) if told.is_child else Judgement(Fit.TOO_OLD)


def _ages(born_in: date, on: date) -> _Range:
    years = on.year - born_in.year
    return _Range(years - (on.month <= born_in.month), years - (on.month < born_in.month))


def _told_grade(told: Told, on: date) -> int | None:
    if told.grade is None or told.grade_year is None:
        return None
    return told.grade + school_year(on) - told.grade_year


def _usual_grade(born_in: date, on: date) -> int:
    """Born from September on, a child is six by the 31 August after the next."""
    cohort = born_in.year + (born_in.month >= NEW_GRADE)
    return school_year(on) - cohort - SCHOOL_AGE + 1


def _ages_in_grade(grade: int) -> _Range:
    """All through a school year the youngest of the first grade are six, the oldest seven."""
    youngest = grade + SCHOOL_AGE - 1
    return _Range(youngest - YEAR_OF_DIFFERENCE, youngest + 1 + YEAR_OF_DIFFERENCE)
