"""Phone numbers are found however they are typed, nothing else is taken for one, and they are said masked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.phones import is_phone, masked, phone_among, without_phone


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000。", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("0086 138 0013 8000", "008613800138000"),
        ("86 199 0013 8000", "8619900138000"),
        ("0595-22123456", "059522123456"),
        ("021-6212 3456", "02162123456"),
        ("0595-212 3456", "05952123456"),
        ("212 3456", "2123456"),
        ("(0595) 2212-3456", "059522123456"),
        ("2212 3456", "22123456"),
        ("+63 917 123 4567", "+639171234567"),
        ("我的电话是13800138000", "13800138000"),
        ("手机号：138 0013 8000", "13800138000"),
        ("my number is 13800138000", "13800138000"),
        ("13800138000，22123456", "13800138000"),
    ],
)
def test_a_message_that_is_a_number_is_known_as_one(said: str, number: str) -> None:
    assert is_phone(said)
    assert phone_among(said) == number


@pytest.mark.parametrize(
    "said",
    ["", "1", "110", "12345", "12345678901", "20261125", "2026-11-25", "9:30-11:30", "8点30到11点30",
     "350503199001011234", "400-800-1234", "0595-00000002", "24.9069,118.6023", "我的电话", "电话多少"],
)  # fmt: skip
def test_what_is_no_number_to_call_is_not_taken_for_one(said: str) -> None:
    assert not is_phone(said)
    assert phone_among(said) is None
    assert without_phone(said) == said


@pytest.mark.parametrize(
    "said", ["call me at 13800138000", "13800138000找我", "叫人回我电话13800138000", "东湖社区 13800138000"]
)
def test_a_number_in_a_sentence_is_found_and_masked(said: str) -> None:
    assert not is_phone(said)
    assert phone_among(said) == "13800138000"
    assert "13800138" not in without_phone(said)
    assert "*********00" in without_phone(said)


@settings(deadline=None)
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.lists(st.sampled_from(" -"), max_size=3))
def test_of_any_mobile_number_only_the_last_two_digits_are_said(number: str, signs: list[str]) -> None:
    typed = number
    for place, sign in zip((3, 8, 5), signs, strict=False):
        typed = typed[:place] + sign + typed[place:]
    assert phone_among(typed) == number
    assert masked(number) == "*" * 9 + number[-2:]
    assert [c for c in without_phone(typed) if c.isdigit()] == list(number[-2:])
