"""Draws who gets the places when more families ask than there is room, so that anybody can draw it again.

Before the draw the list of entrants is published with its hash and the name of a public value that nobody
knows yet; the list and that value decide everything. In any language it is done like this:

1. The list is UTF-8 text, each line ended by one line feed (U+000A): `linli lottery 1`; `session: ` and its
   id; `places: ` and how many there are to give; `passes: ` and how often a family may be passed over;
   `value: ` and the name of the public value; `entrants: ` and how many follow; then an entrant a line,
   receipt, blank, number of people, sorted by the receipts' bytes. Numbers are decimal, without zeros in
   front. The hash is the SHA-256 of this text, in 64 small hexadecimal digits.
2. The public value is taken without blanks at its two ends, and otherwise as it is.
3. For the blocks 0, 1, 2, ...: the SHA-256 of the block's number in decimal, a line feed, the hash, a line
   feed, the value in UTF-8. Each block gives eight numbers of four bytes, the most significant byte first.
4. The entrants in the order of the list are shuffled (Fisher-Yates): for `last` from their number less one
   down to 1, take the next number's lowest bits, as many as `last` has in binary; while they make more than
   `last`, throw the number away and take the next (folding it back would favour some). The entrants at
   that position and at `last`, both counted from 0, change places.
5. The order of the draw is the order of the line, and the line is served by its usual rule: a family gets
   its places, for all of its people or for none, when they are free; who needs more than are free waits.
   Every family that was drawn later and gets places passes over it; after so many as `passes` says, the
   free places are kept for it. None are kept for a family larger than all the places.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

HEADER = ("session", "places", "passes", "value", "entrants")

# Letters and digits that are not taken for each other, and how they stand in a receipt: 40 random bits.
RECEIPT_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_FORM = (4, 4)

_FIRST_LINE = "linli lottery 1"
_RECEIPT = r"[0-9A-Z][0-9A-Z-]{3,63}"
_ENTRANT = re.compile(rf"({_RECEIPT}) ([1-9][0-9]{{0,5}})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,5}")
# Nothing that ends a line somewhere, and no half characters, which have no UTF-8.
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class LotteryError(ValueError):
    """A list or a value that cannot be drawn from; the text says which line is wrong, and how."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A family by the random receipt it got when it entered, and for how many people it asks."""

    receipt: str
    size: int


@dataclass(frozen=True, slots=True)
class EntrantList:
    """All that is published before the draw."""

    session_id: str
    places: int
    passes: int
    value_name: str
    entrants: tuple[Entrant, ...]


@dataclass(frozen=True, slots=True)
class InLine:
    """A family that waits, and how many were served before it that were drawn after it."""

    receipt: str
    size: int
    passed_over: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What came of a draw: `order` is as drawn, `free` the places that are left or kept."""

    listed: EntrantList
    list_hash: str
    public_value: str
    order: tuple[Entrant, ...]
    served: tuple[Entrant, ...]
    line: tuple[InLine, ...]
    free: int


def new_receipt(choose: Callable[[str], str] = secrets.choice) -> str:
    """A random receipt; `choose` takes one of the letters."""
    return "-".join("".join(choose(RECEIPT_LETTERS) for _ in range(part)) for part in RECEIPT_FORM)


def verify(published: str, public_value: str) -> Draw:
    """Draw from a published list. Linli's own draw is this function too; the module says the steps in words.

    Raises LotteryError for what is no list or no value.
    """
    listed = read_list(published)
    list_hash = entrants_hash(listed)
    value = _one_line("the public value", public_value.strip())

    def numbers() -> Iterator[int]:
        for block in count():
            digest = sha256(f"{block}\n{list_hash}\n{value}".encode()).digest()
            for start in range(0, 32, 4):
                yield int.from_bytes(digest[start : start + 4], "big")

    dice = numbers()
    order = list(listed.entrants)
    for last in range(len(order) - 1, 0, -1):
        while (pick := next(dice) % 2 ** last.bit_length()) > last:
            pass
        order[last], order[pick] = order[pick], order[last]

    free, served, waiting = listed.places, list[Entrant](), list[tuple[Entrant, int]]()
    served_then: int | None = None  # when the first of those began to wait who can be served at all
    for entrant in order:
        is_kept = served_then is not None and len(served) - served_then >= listed.passes
        if entrant.size <= free and not is_kept:
            free -= entrant.size
            served.append(entrant)
        else:
            waiting.append((entrant, len(served)))
            if served_then is None and entrant.size <= listed.places:
                served_then = len(served)

    line = tuple(InLine(each.receipt, each.size, len(served) - before) for each, before in waiting)
    return Draw(listed, list_hash, value, tuple(order), tuple(served), line, free)


def draw(listed: EntrantList, public_value: str) -> Draw:
    """Draw as everybody else will: from the text that was published."""
    return verify(list_text(listed), public_value)


def entrants_hash(listed: EntrantList) -> str:
    """What is made known before the public value is: the SHA-256 of the list's text, in hexadecimal."""
    return sha256(list_text(listed).encode()).hexdigest()


def list_text(listed: EntrantList) -> str:
    """The text to publish; the order in which the entrants are handed in does not matter.

    Raises LotteryError for what could not be read again.
    """
    entrants = sorted(listed.entrants, key=lambda each: each.receipt)
    told = (listed.session_id, listed.places, listed.passes, listed.value_name, len(entrants))
    header = (f"{key}: {what}" for key, what in zip(HEADER, told, strict=True))
    lines = (_FIRST_LINE, *header, *(f"{each.receipt} {each.size}" for each in entrants))
    _read_lines(lines)
    return "".join(f"{line}\n" for line in lines)


def read_list(published: str) -> EntrantList:
    """Read a published list; how lines end, and in which order the entrants stand, makes no difference.

    Raises LotteryError for the first line that is wrong.
    """
    text = published.removeprefix("\ufeff").replace("\r\n", "\n")
    return _read_lines(tuple(text.removesuffix("\n").split("\n")))


def text_of(file: bytes) -> str:
    """The text of a published file. Raises LotteryError for the line that is not UTF-8."""
    try:
        return file.decode("utf-8")
    except UnicodeDecodeError as error:
        line = file.count(b"\n", 0, error.start) + 1
        raise LotteryError(f"line {line}: this is not UTF-8 text") from None


def _read_lines(lines: tuple[str, ...]) -> EntrantList:
    if lines[0] != _FIRST_LINE:
        raise LotteryError(f"line 1: expected `{_FIRST_LINE}`")
    told = [_header(lines, line, key) for line, key in enumerate(HEADER, 2)]
    session_id, value_name = told[0], told[3]
    places, passes, announced = (_number(line, told[line - 2]) for line in (3, 4, 6))
    found: dict[str, int] = {}
    entrants = []
    for line, text in enumerate(lines[6:], 7):
        matched = _ENTRANT.fullmatch(text)
        if matched is None:
            raise LotteryError(
                f"line {line}: expected a receipt of A-Z, 0-9 and hyphens, one blank, and how many people"
            )
        receipt, size = matched.groups()
        if receipt in found:
            raise LotteryError(f"line {line}: the receipt {receipt} stands in line {found[receipt]} already")
        found[receipt] = line
        entrants.append(Entrant(receipt, int(size)))
    if len(entrants) != announced:
        raise LotteryError(f"line 6: {announced} entrants are announced, {len(entrants)} follow")
    entrants.sort(key=lambda each: each.receipt)
    return EntrantList(session_id, places, passes, value_name, tuple(entrants))


def _header(lines: tuple[str, ...], line: int, key: str) -> str:
    start = f"{key}: "
    if len(lines) < line or not lines[line - 1].startswith(start):
        raise LotteryError(f"line {line}: expected `{key}:`, one blank, and what it is")
    return _one_line(f"line {line}: what follows `{key}:`", lines[line - 1].removeprefix(start))


def _number(line: int, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise LotteryError(f"line {line}: expected a number of at most six digits, without zeros in front")
    return int(text)


def _one_line(what: str, text: str) -> str:
    if not text or text != text.strip() or _NOT_IN_A_LINE.search(text):
        raise LotteryError(f"{what} must be one line of text, without blanks at its ends")
    return text
