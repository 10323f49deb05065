"""Every way of writing opening hours that is promised, and every one that is refused by name."""

import pytest

from messages.hours import HoursError, parse_hours, to_osm
from tests.hours_cases import OTHERS, REFUSED, SAMPLE, texts_of_the_workbook


@pytest.mark.parametrize(("text", "osm"), [*SAMPLE.items(), *OTHERS.items()])
def test_hours_mean_what_people_mean(text: str, osm: str) -> None:
    assert to_osm(parse_hours(text)) == osm


@pytest.mark.parametrize(("text", "what"), REFUSED.items())
def test_what_is_not_understood_is_named_and_not_guessed(text: str, what: str) -> None:
    with pytest.raises(HoursError) as refused:
        parse_hours(text)
    assert refused.value.what == what
    assert refused.value.text == text


def test_the_table_holds_every_form_of_the_workbook() -> None:
    assert set(texts_of_the_workbook()) == set(SAMPLE)


@pytest.mark.parametrize("text", SAMPLE)
def test_the_original_text_stays_and_hours_can_be_keys(text: str) -> None:
    hours = parse_hours(text)
    assert hours.text == text
    assert {hours: 1}[parse_hours(text)] == 1


@pytest.mark.parametrize("dash", ["-", "—", "–", "～", "~", "至", "到", "——", " - ", "－", "〜"])
@pytest.mark.parametrize("between", ["、", "，", ",", "；", ";", "/", "\n", " ", "和"])
def test_dashes_and_separators_may_be_any_that_people_type(dash: str, between: str) -> None:
    text = f"周一{dash.strip()}周五 8:30{dash}12:00{between}14:30{dash}17:30"
    assert to_osm(parse_hours(text)) == "Mo-Fr 08:30-12:00,14:30-17:30"


def test_hours_that_are_too_long_are_refused_at_once() -> None:
    with pytest.raises(HoursError, match="400"):
        parse_hours("每天 9:00-10:00；" * 1000)


def test_the_first_minute_is_the_earliest_of_all_rules() -> None:
    assert parse_hours("周一至周五 15:30-18:30；周末 9:00-17:00").first_minute() == 540
    assert parse_hours("暂停开放").first_minute() is None


def test_only_what_is_open_day_and_night_on_every_day_is_always_open() -> None:
    assert parse_hours("24小时").is_always
    assert not parse_hours("24小时，节假日休息").is_always
    assert not parse_hours("周一至周五 24小时").is_always
    assert not parse_hours("24小时，周一休息").is_always
    assert not parse_hours("每天 8:00-20:00").is_always
