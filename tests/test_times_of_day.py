"""Which meetings are held at the time of day that was asked about."""

from datetime import date

import pytest

from handlers.asks import When
from handlers.lists import held_among
from tests.sample import Sample

SATURDAY = date(2026, 11, 28)
NAME, CENTRE = "少儿武术班", "沉洲社区"  # Saturdays from 15:00 to 16:30


@pytest.mark.parametrize(
    ("start", "end", "is_held"),
    [
        (None, None, True),
        (12 * 60, 18 * 60, True),
        (6 * 60, 10 * 60, False),
        (18 * 60, 22 * 60, False),
        (15 * 60 + 30, 18 * 60, True),  # most of it
        (16 * 60, 18 * 60, False),  # only the end of it
        (16 * 60, None, True),  # it is on
        (16 * 60 + 30, None, False),
        (9 * 60, None, True),  # later on that day
        (None, 15 * 60, False),
        (None, 15 * 60 + 1, True),
    ],
)
def test_a_meeting_counts_that_begins_then_or_lies_mostly_in_it(
    sample: Sample, start: int | None, end: int | None, is_held: bool
) -> None:
    directory = sample.directory
    activity = next(
        each
        for each in directory.activities_named[NAME]
        if directory.centres[each.centre_id].community == CENTRE
    )
    when = When("then", SATURDAY, SATURDAY, start, end)
    assert held_among(activity, (SATURDAY,), directory, when) == ({SATURDAY} if is_held else set())
