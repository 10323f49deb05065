"""Recovery codes: easy to write down and to type, and worth nothing to whoever reads the database."""

import pytest

from bot.web.codes import Codes
from handlers.codes import LENGTH, LETTERS
from tests.web_visitor import SETTINGS

CODES = Codes(SETTINGS.key)
LOOKALIKES = ("0OD", "1IL", "2Z", "5S", "8B", "UV")


def test_a_code_is_two_groups_of_four_and_no_two_are_alike() -> None:
    made = [CODES.new()[0] for _ in range(200)]
    assert len(set(made)) == len(made)
    assert all(len(code) == LENGTH + 1 and code[4] == "-" for code in made)


@pytest.mark.parametrize("alike", LOOKALIKES)
def test_of_letters_that_look_alike_codes_have_one_at_most(alike: str) -> None:
    assert len(set(alike) & set(LETTERS)) <= 1


@pytest.mark.parametrize(
    "typed", ["K7MW4PXA", "k7mw-4pxa", " K7MW 4PXA ", "Ｋ７ＭＷ－４ＰＸＡ", "K7MW—4PXA", "k7-mw-4p-xa"]
)
def test_a_code_may_be_typed_in_many_ways(typed: str) -> None:
    assert CODES.hash_of(typed) == CODES.hash_of("K7MW-4PXA")


def test_the_hash_is_that_of_the_code_as_it_is_shown() -> None:
    code, code_hash = CODES.new()
    assert CODES.hash_of(code) == code_hash
    assert code.replace("-", "") not in code_hash


@pytest.mark.parametrize(
    "typed", ["", "K7MW", "K7MW-4PX", "K7MW-4PXAA", "K7MW-4PX0", "482-109-3755", "邻里" * 50]
)
def test_what_can_be_no_code_is_known_without_looking(typed: str) -> None:
    assert CODES.hash_of(typed) is None


def test_without_the_servers_key_a_hash_can_not_be_tried_out() -> None:
    assert Codes(b"another key of the same length").hash_of("K7MW-4PXA") != CODES.hash_of("K7MW-4PXA")
