"""The draw: the same for everybody, even, bound to the published list, and fair to families in line."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from handlers.lottery import (
    Draw,
    Entrant,
    EntrantList,
    InLine,
    LotteryError,
    draw,
    entrants_hash,
    list_text,
    read_list,
    text_of,
    verify,
)

# An invented list, as it is published; the figures below were computed once by a program in JavaScript too.
PUBLISHED = """\
linli lottery 1
session: FZ002-0917-20261107
places: 6
passes: 3
value: 上证指数 2026年11月6日收盘点位，写两位小数
entrants: 6
04GT-MM6S 2
B3HN-8WPA 1
H9DY-7KQC 1
K7QM-2TXD 2
R2VX-6FNB 2
ZC5R-4JVE 3
"""
VALUE = "4012.57"
HASH = "ac46a5aa32c2b31257e802395648f76baffe36d725065e5b70a7bf528b7ba3c8"
ORDER = "B3HN-8WPA R2VX-6FNB K7QM-2TXD ZC5R-4JVE 04GT-MM6S H9DY-7KQC"


def listed_of(*sizes: int, places: int = 6, passes: int = 3) -> EntrantList:
    """Families A000, B000, ... of these sizes."""
    entrants = (Entrant(f"{chr(65 + n)}000", size) for n, size in enumerate(sizes))
    return EntrantList("S", places, passes, "a number of tomorrow", tuple(entrants))


def drawn_as(letters: str, listed: EntrantList) -> Draw:
    """The draw that happens to come out in this order; some value brings it about."""
    wanted = [f"{letter}000" for letter in letters]
    values = (draw(listed, str(n)) for n in range(20_000))
    return next(drawn for drawn in values if receipts(drawn) == wanted)


def receipts(drawn: Draw) -> list[str]:
    return [each.receipt for each in drawn.order]


def standing(drawn: Draw) -> tuple[str, str, int]:
    """Who has places, who waits in which order, how many places are free."""
    served = "".join(each.receipt[0] for each in drawn.served)
    return served, "".join(each.receipt[0] for each in drawn.line), drawn.free


def bits_of(block: int, list_hash: str, value: str) -> str:
    digest = hashlib.sha256(b"%d\n%s\n%s" % (block, list_hash.encode(), value.encode())).hexdigest()
    return f"{int(digest, 16):0256b}"


def by_hand(published: str, value: str, *, fold: bool = False) -> list[str]:
    """The order from the module's words in another style: text, bits and lists that shrink.

    With `fold`, a number that is too high is folded back instead of thrown away: the mistake to be noticed.
    """
    lines = published.splitlines()
    left = sorted(line.split()[0] for line in lines[6:])
    list_hash = hashlib.sha256(
        "".join(line + "\n" for line in lines[:6] + sorted(lines[6:])).encode()
    ).hexdigest()
    bits, block, ends = "", 0, []
    while len(left) > 1:
        if not bits:
            bits, block = bits_of(block, list_hash, value), block + 1
        number, bits = bits[:32], bits[32:]
        choice = int(number[-len(f"{len(left) - 1:b}") :], 2)
        if choice >= len(left) and not fold:
            continue
        choice %= len(left)
        left[choice], left[-1] = left[-1], left[choice]
        ends.append(left.pop())
    return left + ends[::-1]


def chi_square(counts: Counter[tuple[str, ...]], *, outcomes: int) -> float:
    expected = counts.total() / outcomes
    missing = (outcomes - len(counts)) * expected
    return missing + sum((seen - expected) ** 2 / expected for seen in counts.values())


def test_a_list_and_a_value_give_this_hash_and_this_order() -> None:
    drawn = verify(PUBLISHED, VALUE)
    assert drawn.list_hash == HASH
    assert " ".join(receipts(drawn)) == ORDER
    assert by_hand(PUBLISHED, VALUE) == receipts(drawn)


def test_the_file_is_its_own_text_so_that_any_program_can_compute_the_hash() -> None:
    assert hashlib.sha256(PUBLISHED.encode()).hexdigest() == HASH
    listed = read_list(PUBLISHED)
    assert list_text(listed) == PUBLISHED
    assert entrants_hash(listed) == HASH


def test_who_draws_and_who_verifies_get_the_same() -> None:
    assert draw(read_list(PUBLISHED), VALUE) == verify(PUBLISHED, VALUE)


def test_another_program_draws_the_same_from_lists_of_any_length() -> None:
    for families in (0, 1, 2, 3, 5, 8, 9, 17, 300):
        entrants = tuple(Entrant(f"{n:04X}", 1 + n % 3) for n in range(families))
        listed = EntrantList("S", 30, 3, "v", entrants)
        for value in ("0", "七 3", "x" * 100):
            assert receipts(draw(listed, value)) == by_hand(list_text(listed), value)


def orders(*, fold: bool | None) -> Counter[tuple[str, ...]]:
    """How often each order of four families comes out for 4,800 values; None: by Linli itself."""
    listed = listed_of(1, 1, 1, 1)
    text = list_text(listed)
    values = map(str, range(4_800))
    if fold is None:
        return Counter(tuple(receipts(draw(listed, value))) for value in values)
    return Counter(tuple(by_hand(text, value, fold=fold)) for value in values)


# 23 degrees of freedom: one even shuffle in a thousand goes beyond it.
BEYOND = 49.73


def test_every_order_is_equally_likely() -> None:
    assert set(orders(fold=None)) == set(permutations(["A000", "B000", "C000", "D000"]))
    assert chi_square(orders(fold=None), outcomes=24) < BEYOND


def test_the_test_of_evenness_notices_numbers_that_are_folded_back() -> None:
    assert chi_square(orders(fold=True), outcomes=24) > 2 * BEYOND
    assert chi_square(orders(fold=False), outcomes=24) < BEYOND


def test_the_test_of_evenness_notices_a_shuffle_that_swaps_with_any_position() -> None:
    chance = random.Random(4)
    seen: Counter[tuple[str, ...]] = Counter()
    for _ in range(4_800):
        order = list("ABCD")
        for at in range(4):
            other = chance.randrange(4)
            order[at], order[other] = order[other], order[at]
        seen[tuple(order)] += 1
    assert chi_square(seen, outcomes=24) > BEYOND


def test_a_number_that_is_too_high_is_thrown_away_and_not_folded_back() -> None:
    listed = listed_of(1, 1, 1)
    text = list_text(listed)

    def first_number(value: str) -> int:
        return int(bits_of(0, entrants_hash(listed), value)[30:32], 2)

    crafted = next(str(n) for n in range(1_000) if first_number(str(n)) == 3)
    plain = next(str(n) for n in range(1_000) if first_number(str(n)) < 3)
    assert receipts(draw(listed, crafted)) == by_hand(text, crafted) != by_hand(text, crafted, fold=True)
    assert receipts(draw(listed, plain)) == by_hand(text, plain) == by_hand(text, plain, fold=True)


def changes(text: str) -> Iterator[bytes]:
    """The text with one byte changed, in each place, to neighbours and to what means something here."""
    data = text.encode()
    for at, byte in enumerate(data):
        for other in {byte ^ 1, byte ^ 32, byte ^ 128, *b"0 9AZ-\n\r\t\x00"} - {byte}:
            yield data[:at] + bytes([other]) + data[at + 1 :]


def test_any_changed_byte_changes_the_hash_or_is_no_list() -> None:
    refused = taken = 0
    for changed in changes(PUBLISHED):
        try:
            drawn = verify(text_of(changed), VALUE)
        except LotteryError:
            refused += 1
            continue
        taken += 1
        assert drawn.list_hash != HASH
    assert refused > 1_000
    assert taken > 100


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": "FZ002-0917-20261114"},
        {"places": 7},
        {"passes": 2},
        {"value_name": "another"},
        {"entrants": read_list(PUBLISHED).entrants[1:]},
    ],
)
def test_everything_that_decides_is_bound_by_the_hash(change: dict[str, object]) -> None:
    assert entrants_hash(replace(read_list(PUBLISHED), **change)) != HASH  # type: ignore[arg-type]


def test_the_order_of_entrants_and_the_way_lines_end_make_no_difference() -> None:
    lines = PUBLISHED.splitlines()
    turned = "\n".join(lines[:6] + lines[:5:-1])
    for text in (turned, turned + "\n", "\ufeff" + PUBLISHED.replace("\n", "\r\n")):
        assert verify(text, VALUE) == verify(PUBLISHED, VALUE)
    listed = read_list(PUBLISHED)
    assert list_text(replace(listed, entrants=listed.entrants[::-1])) == PUBLISHED


def test_blanks_around_the_value_do_not_count_and_nothing_else_is_made_equal() -> None:
    assert verify(PUBLISHED, f"\u3000 {VALUE}\r\n") == verify(PUBLISHED, VALUE)
    listed = listed_of(*[1] * 26)
    values = ("03 07", "03  07", "3 7", "０３ ０７", "03,07")
    assert len({tuple(receipts(draw(listed, value))) for value in values}) == len(values)


@pytest.mark.parametrize("value", ["", " \n", "1\n2", "1\u20282", "\udcff"])
def test_what_is_no_value_is_refused(value: str) -> None:
    with pytest.raises(LotteryError, match="the public value must be one line"):
        verify(PUBLISHED, value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lottery 1", "lottery 2", "line 1: expected `linli lottery 1`"),
        ("session", "Session", "line 2: expected `session:`"),
        ("session: FZ002-0917-20261107", "session: ", "line 2: what follows `session:` must be one line"),
        ("places: 6", "places: 06", "line 3: expected a number"),
        ("places: 6", "places: 1234567", "line 3: expected a number"),
        ("passes: 3", "passes: -1", "line 4: expected a number"),
        ("value: ", "value:  ", "line 5: what follows `value:` must be one line"),
        ("entrants: 6", "entrants: six", "line 6: expected a number"),
        ("entrants: 6", "entrants: 7", "line 6: 7 entrants are announced, 6 follow"),
        ("B3HN-8WPA 1", "b3hn-8wpa 1", "line 8: expected a receipt"),
        ("B3HN-8WPA 1", "B3HN-8WPA", "line 8: expected a receipt"),
        ("B3HN-8WPA 1", "B3HN-8WPA 0", "line 8: expected a receipt"),
        ("B3HN-8WPA 1", "B3HN-8WPA  1", "line 8: expected a receipt"),
        ("B3HN-8WPA 1", "B3HN-8WPA １", "line 8: expected a receipt"),
        ("B3HN-8WPA 1\n", "\n", "line 8: expected a receipt"),
        ("ZC5R-4JVE 3", "B3HN-8WPA 3", "line 12: the receipt B3HN-8WPA stands in line 8 already"),
        ("ZC5R-4JVE 3", "ZC5R-4JVE 3\n", "line 13: expected a receipt"),
    ],
)
def test_a_malformed_list_is_refused_and_the_line_is_named(old: str, new: str, said: str) -> None:
    assert PUBLISHED.count(old) == 1
    with pytest.raises(LotteryError) as refused:
        verify(PUBLISHED.replace(old, new), VALUE)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("lines", range(6))
def test_a_list_that_breaks_off_is_refused_at_the_line_that_is_missing(lines: int) -> None:
    text = "".join(PUBLISHED.splitlines(keepends=True)[:lines])
    with pytest.raises(LotteryError, match=f"line {lines + 1}: expected"):
        read_list(text)


def test_what_is_not_text_is_refused_and_the_line_is_named() -> None:
    assert text_of(PUBLISHED.encode()) == PUBLISHED
    with pytest.raises(LotteryError, match="line 5: this is not UTF-8 text"):
        text_of(PUBLISHED.encode("gbk"))


@pytest.mark.parametrize(
    "change",
    [
        {"entrants": (Entrant("A000", 1), Entrant("A000", 2))},
        {"entrants": (Entrant("lower", 1),)},
        {"entrants": (Entrant("A000", 0),)},
        {"session_id": "one\ntwo"},
        {"value_name": " "},
        {"places": -1},
    ],
)
def test_what_could_not_be_read_again_is_not_published(change: dict[str, object]) -> None:
    with pytest.raises(LotteryError):
        list_text(replace(listed_of(1, 1), **change))  # type: ignore[arg-type]


def test_places_are_given_in_the_order_of_the_draw_to_whole_families() -> None:
    listed = listed_of(2, 3, 1, 2, places=6)
    assert standing(drawn_as("ABCD", listed)) == ("ABC", "D", 0)
    assert standing(drawn_as("DCBA", listed)) == ("DCB", "A", 0)


def test_a_family_that_does_not_fit_waits_in_its_drawn_order_and_a_smaller_one_goes_first() -> None:
    drawn = drawn_as("BADC", listed_of(2, 3, 1, 2, places=4))
    assert standing(drawn) == ("BC", "AD", 0)
    assert drawn.line == (InLine("A000", 2, 1), InLine("D000", 2, 1))


def test_a_family_passed_over_as_often_as_may_be_has_the_free_places_kept_for_it() -> None:
    # 5 places, drawn: 4 people, then 2 who do not fit, then one person.
    assert standing(drawn_as("ABC", listed_of(4, 2, 1, places=5, passes=1))) == ("AC", "B", 0)
    assert standing(drawn_as("ABC", listed_of(4, 2, 1, places=5, passes=0))) == ("A", "BC", 1)
    drawn = drawn_as("ABCDE", listed_of(3, 4, 1, 1, 1, places=6, passes=2))
    assert standing(drawn) == ("ACD", "BE", 1)
    assert drawn.line == (InLine("B000", 4, 2), InLine("E000", 1, 0))


def test_no_place_is_kept_for_a_family_larger_than_all_places() -> None:
    assert standing(drawn_as("ABC", listed_of(5, 1, 1, places=2, passes=0))) == ("BC", "A", 0)


def test_nobody_is_lost_and_nothing_is_oversold_in_any_draw() -> None:
    chance = random.Random(2026)
    for value in range(300):
        sizes = [chance.choice((1, 1, 2, 3, 4, 9)) for _ in range(chance.randrange(27))]
        listed = listed_of(*sizes, places=chance.randrange(20), passes=chance.randrange(4))
        drawn = draw(listed, str(value))
        waiting = [Entrant(each.receipt, each.size) for each in drawn.line]
        assert sorted(receipts(drawn)) == [each.receipt for each in listed.entrants]
        assert Counter([*drawn.served, *waiting]) == Counter(drawn.order)
        assert [each for each in drawn.order if each in waiting] == waiting
        assert sum(each.size for each in drawn.served) + drawn.free == listed.places
        for each in drawn.line:
            after = receipts(drawn)[receipts(drawn).index(each.receipt) :]
            assert each.passed_over == sum(other.receipt in after for other in drawn.served)
            assert each.passed_over <= listed.passes or each.size > listed.places
        could = [each for each in drawn.line if each.size <= drawn.free]
        assert not could or any(each.passed_over == listed.passes for each in drawn.line)
