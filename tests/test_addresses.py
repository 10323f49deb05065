"""Addresses that nobody guesses: only what was signed here is read, and only until its time."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.addresses import SignedAddresses, passing_addresses

NOW = datetime(2027, 2, 3, 12, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=7)
ABOUT = ("0199-b", "0199-p", "zh-Hant", "20270203")
OURS = SignedAddresses(lambda: b"a key that only tests know")


def test_an_address_says_what_it_is_about_until_its_time_is_over() -> None:
    token = OURS.make(ABOUT, UNTIL)
    assert OURS.read(token, NOW) == ABOUT
    assert OURS.read(token, UNTIL - timedelta(seconds=1)) == ABOUT
    assert OURS.read(token, UNTIL) is None


@pytest.mark.parametrize("other", ["", ".", "x", "a.b.c", "0199-b.0199-p.zh.20270203.ffffffff", "\ud800.é"])
def test_what_was_not_signed_here_is_nobodys(other: str) -> None:
    assert OURS.read(other, NOW) is None


def test_another_word_another_end_and_another_key_make_another_address() -> None:
    token = OURS.make(ABOUT, UNTIL)
    said, _, mac = token.rpartition(".")
    longer = said[: said.rindex(".")] + f".{int((UNTIL + timedelta(days=1)).timestamp()):x}"
    assert OURS.read(f"{longer}.{mac}", NOW) is None
    assert OURS.read(token.replace("0199-b", "0199-c"), NOW) is None
    assert OURS.read(token[:-1], NOW) is None
    assert passing_addresses().read(token, NOW) is None
    assert len(mac) == 32
