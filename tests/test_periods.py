"""Which term a day belongs to: that of the calendar, or its month."""

from datetime import date

import pytest

from handlers.periods import period_of
from storage.calendar import TermRow

FIRST = TermRow("first", "2026-2027 first term", date(2026, 9, 1), date(2027, 1, 22), "office", False)
SECOND = TermRow("second", "2026-2027 second term", date(2027, 2, 22), date(2027, 6, 30), "office", False)
ALIKE = TermRow("again", "the same, entered twice", date(2026, 9, 1), date(2027, 1, 25), "office", False)


@pytest.mark.parametrize(
    ("on", "period", "ends_on"),
    [
        (date(2026, 9, 1), "first", date(2027, 1, 22)),
        (date(2027, 1, 22), "first", date(2027, 1, 22)),
        (date(2027, 1, 23), "2027-01", date(2027, 1, 31)),
        (date(2027, 2, 21), "2027-02", date(2027, 2, 28)),
        (date(2027, 2, 22), "second", date(2027, 6, 30)),
        (date(2027, 12, 31), "2027-12", date(2027, 12, 31)),
        (date(2028, 2, 29), "2028-02", date(2028, 2, 29)),
    ],
)
def test_a_day_belongs_to_its_term_or_to_its_month(on: date, period: str, ends_on: date) -> None:
    found = period_of([SECOND, FIRST], on)
    assert (found.id, found.ends_on) == (period, ends_on)
    assert found.starts_on <= on <= found.ends_on
    assert (found.name is None) is (period[0] == "2")


def test_of_two_terms_the_choice_does_not_depend_on_their_order() -> None:
    day = date(2026, 11, 25)
    assert {period_of(terms, day).id for terms in ([FIRST, ALIKE], [ALIKE, FIRST])} == {"again"}
