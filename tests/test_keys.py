"""Keys: one for each centre and term, its owner's alone; lost, damaged and destroyed ones open nothing."""

import os
import stat
from pathlib import Path

import pytest

from bot.keys import KeyRing, PassingKeys
from handlers.safe import KeyLost, KeyName

HERE = KeyName("FZ002", "2026-2027 first")
ELSEWHERE = KeyName("FZ003", "2026-2027 first")
LATER = KeyName("FZ002", "2026-12")
ABOUT = ("row", "participant")
NAME = "林晓雨"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_name_that_was_sealed_is_read_again(ring: KeyRing) -> None:
    ring.make(HERE)
    sealed = ring.seal(HERE, NAME, ABOUT)
    assert NAME.encode() not in sealed
    assert ring.opened(HERE, sealed, ABOUT) == NAME
    assert ring.seal(HERE, NAME, ABOUT) != sealed


def test_neither_length_nor_likeness_of_names_shows(ring: KeyRing) -> None:
    ring.make(HERE)
    assert len({len(ring.seal(HERE, name, ABOUT)) for name in ("李", NAME, "Anna Maria Lindqvist")}) == 1


@pytest.mark.parametrize("about", [("row", "another"), ("another", "participant"), ("row",), ()])
def test_a_sealed_name_opens_in_its_own_row_only(ring: KeyRing, about: tuple[str, ...]) -> None:
    ring.make(HERE)
    sealed = ring.seal(HERE, NAME, ABOUT)
    with pytest.raises(KeyLost, match="was not sealed with the key that is there"):
        ring.opened(HERE, sealed, about)


@pytest.mark.parametrize("other", [ELSEWHERE, LATER])
def test_the_key_of_another_centre_or_term_opens_nothing(ring: KeyRing, other: KeyName) -> None:
    ring.make(HERE)
    ring.make(other)
    sealed = ring.seal(HERE, NAME, ABOUT)
    with pytest.raises(KeyLost):
        ring.opened(other, sealed, ABOUT)


@pytest.mark.parametrize("changed", [0, 1, 20, -1])
def test_a_changed_byte_is_noticed(ring: KeyRing, changed: int) -> None:
    ring.make(HERE)
    sealed = bytearray(ring.seal(HERE, NAME, ABOUT))
    sealed[changed] ^= 1
    with pytest.raises(KeyLost):
        ring.opened(HERE, bytes(sealed), ABOUT)


def test_folder_and_files_are_their_owners_alone(ring: KeyRing, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ring.make(HERE)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "keys") == 0o700
    assert [mode_of(each) for each in (tmp_path / "keys").iterdir()] == [0o600]


def test_a_key_is_made_once(ring: KeyRing) -> None:
    ring.make(HERE)
    sealed = ring.seal(HERE, NAME, ABOUT)
    ring.make(HERE)
    assert ring.opened(HERE, sealed, ABOUT) == NAME
    assert ring.has(HERE)
    assert not ring.has(LATER)


def test_whatever_ids_hold_the_files_lie_in_the_folder(ring: KeyRing, tmp_path: Path) -> None:
    for name in (KeyName("../up", "a/b"), KeyName("a", "b.c"), KeyName("a.b", "c")):
        ring.make(name)
        assert ring.path_of(name).parent == tmp_path / "keys"
    assert len(list((tmp_path / "keys").iterdir())) == 3


def lose(path: Path) -> None:
    path.unlink()


def let_others_read(path: Path) -> None:
    path.chmod(0o640)


def let_others_in(path: Path) -> None:
    path.parent.chmod(0o755)


def shorten(path: Path) -> None:
    path.write_text("00ff\n")


def mistype(path: Path) -> None:
    path.write_text("no key at all\n")


def scribble(path: Path) -> None:
    path.write_bytes(b"\xff" * 65)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lose, "missing.*bring it back from where you keep copies"),
        (let_others_read, "others may read .*run: chmod 600"),
        (let_others_in, "others may enter .*run: chmod 700"),
        (shorten, "is damaged"),
        (mistype, "is damaged"),
        (scribble, "cannot be read"),
    ],
)
def test_a_key_that_is_lost_open_to_others_or_damaged_says_what_to_do(
    ring: KeyRing, harm: object, why: str
) -> None:
    ring.make(HERE)
    sealed = ring.seal(HERE, NAME, ABOUT)
    assert callable(harm)
    harm(ring.path_of(HERE))
    with pytest.raises(KeyLost, match=f"LINLI_KEYS_DIR: .*{why}") as raised:
        ring.opened(HERE, sealed, ABOUT)
    assert NAME not in str(raised.value)


def test_not_even_the_first_key_is_made_where_others_may_enter(ring: KeyRing, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    with pytest.raises(KeyLost, match="chmod 700"):
        ring.make(HERE)


def test_without_its_folder_a_key_is_lost(ring: KeyRing) -> None:
    with pytest.raises(KeyLost, match="missing"):
        ring.seal(HERE, NAME, ABOUT)


def test_a_destroyed_key_is_overwritten_and_gone(ring: KeyRing, tmp_path: Path) -> None:
    ring.make(HERE)
    sealed = ring.seal(HERE, NAME, ABOUT)
    path = ring.path_of(HERE)
    key, kept = path.read_bytes(), tmp_path / "the same file"
    kept.hardlink_to(path)
    assert ring.destroy(HERE)
    assert not path.exists()
    assert kept.read_bytes() == b"\x00" * len(key)
    with pytest.raises(KeyLost):
        ring.opened(HERE, sealed, ABOUT)
    assert not ring.destroy(HERE)


def test_keys_of_dialogues_that_leave_nothing_behind_do_the_same() -> None:
    keys = PassingKeys()
    with pytest.raises(KeyLost):
        keys.seal(HERE, NAME, ABOUT)
    keys.make(HERE)
    sealed = keys.seal(HERE, NAME, ABOUT)
    keys.make(HERE)
    assert keys.opened(HERE, sealed, ABOUT) == NAME
    assert keys.has(HERE)
    assert keys.destroy(HERE)
    assert not keys.destroy(HERE)
