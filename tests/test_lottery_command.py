"""`linli lottery verify`: a resident draws again from the published list."""

from pathlib import Path

import pytest

from tests.cli import Here
from tests.test_lottery import HASH, PUBLISHED, VALUE

PRINTED = f"""\
session FZ002-0917-20261107: 6 places, 6 families
hash    {HASH}
value   {VALUE} (上证指数 2026年11月6日收盘点位，写两位小数)
    1  B3HN-8WPA  1  has places
    2  R2VX-6FNB  2  has places
    3  K7QM-2TXD  2  has places
    4  ZC5R-4JVE  3  number 1 in line, passed over 1 of 3 times
    5  04GT-MM6S  2  number 2 in line, passed over 1 of 3 times
    6  H9DY-7KQC  1  has places
0 places are left
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_bytes(PUBLISHED.encode())
    return path


def test_the_draw_is_printed_family_by_family_and_no_database_is_needed(
    here: Here, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "linli.db").unlink()
    assert here("lottery", "verify", file, "--value", VALUE) == (0, PRINTED, "")
    assert [path.name for path in tmp_path.iterdir()] == ["list.txt"]


def test_a_family_reads_where_it_stands(here: Here, file: Path) -> None:
    code, out, _ = here("lottery", "verify", file, "--value", VALUE, "--receipt", " 04gt-mm6s ")
    assert code == 0
    assert out == f"{PRINTED}04GT-MM6S: number 2 in line, passed over 1 of 3 times\n"
    assert here("lottery", "verify", file, "--value", VALUE, "--receipt", "H9DY-7KQC")[1].endswith(
        "H9DY-7KQC: has places\n"
    )


def test_a_receipt_that_is_not_in_the_list_is_a_problem(here: Here, file: Path) -> None:
    code, out, err = here("lottery", "verify", file, "--value", VALUE, "--receipt", "XXXX-0000")
    assert (code, out) == (1, PRINTED)
    assert err == "no family with the receipt XXXX-0000 is in this list\n"


def test_a_list_with_another_hash_than_was_made_known_is_a_problem(here: Here, file: Path) -> None:
    known = ("--value", VALUE, "--hash", f" {HASH.upper()}")
    assert here("lottery", "verify", file, *known) == (0, PRINTED, "")
    file.write_text(PUBLISHED.replace("places: 6", "places: 7"), "utf-8")
    code, _, err = here("lottery", "verify", file, *known)
    assert (code, err) == (1, "this is not the list whose hash was made known before the draw\n")


@pytest.mark.parametrize(
    ("content", "value", "said"),
    [
        (PUBLISHED.replace("R2VX-6FNB 2", "R2VX-6FNB two").encode(), VALUE, "line 11: expected a receipt"),
        (PUBLISHED.encode("utf-16"), VALUE, "line 1: this is not UTF-8 text"),
        (b"", VALUE, "line 1: expected"),
        (PUBLISHED.encode(), " ", "the public value must be one line of text"),
    ],
)
def test_what_cannot_be_drawn_from_is_told_in_a_line(
    here: Here, file: Path, content: bytes, value: str, said: str
) -> None:
    file.write_bytes(content)
    code, out, err = here("lottery", "verify", file, "--value", value)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(here: Here, tmp_path: Path) -> None:
    code, _, err = here("lottery", "verify", tmp_path / "none.txt", "--value", VALUE)
    assert (code, err) == (2, f"{tmp_path}/none.txt: No such file or directory\n")
