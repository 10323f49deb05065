"""Where the lines of a drawing break."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.lettering import fitted, width_em, wrapped


def test_a_line_breaks_between_characters_but_not_before_a_comma_or_after_a_bracket() -> None:
    assert wrapped("书法国画，武术", 4.5) == ["书法国", "画，武术"]
    assert wrapped("书法国（画）", 4.5) == ["书法国", "（画）"]


def test_a_line_breaks_between_words_and_inside_only_those_longer_than_a_line() -> None:
    assert wrapped("summer camp", 5) == ["summer", "camp"]
    assert "".join(wrapped("w" * 20, 5)) == "w" * 20
    assert len(wrapped("w" * 20, 5)) == 5


def test_marks_stay_with_the_letter_they_stand_on() -> None:
    assert wrapped("课e\u0301\u0301课", 1.2) == ["课", "e\u0301\u0301", "课"]


def test_no_text_is_one_empty_line() -> None:
    assert wrapped("", 5) == [""]


def test_the_type_becomes_smaller_until_the_text_fits_and_no_smaller_than_can_be_read() -> None:
    size, lines = fitted("四点钟课堂", size=100, least=30, width=1000, most_lines=1)
    assert (size, lines) == (100, ["四点钟课堂"])
    size, lines = fitted("四点钟课堂" * 3, size=100, least=30, width=1000, most_lines=1)
    assert 30 <= size < 100
    assert width_em(lines[0]) * size <= 1000
    with pytest.raises(ValueError, match="too long"):
        fitted("四点钟课堂" * 30, size=100, least=30, width=1000, most_lines=1)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"])), st.floats(3, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, ems: float) -> None:
    lines = wrapped(text, ems)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_em(line) <= ems for line in lines)
