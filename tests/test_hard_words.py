"""Danger to life is heard however it is said, harmless words are not taken for it; insults are told apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from messages.understand.abuse import Swearing
from messages.understand.normalise import normalise
from messages.understand.understand import Understanding
from messages.words import words
from tests.sample import Sample, read_by

Read = Callable[[str], Understanding]

SWEARING = Swearing()
# Sentences by what they are, for anybody to add to.
SAID: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "hard_words.yaml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def read(sample: Sample) -> Read:
    return read_by(sample.reader, sample.directory)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(kind, said) for kind in ("despair", "medical", "fire", "police", "cry") for said in SAID[kind]],
)
def test_danger_to_life_is_heard(read: Read, kind: str, said: str) -> None:
    assert read(said).emergency == kind


@pytest.mark.parametrize("said", SAID["harmless"])
def test_what_only_sounds_like_danger_is_let_pass(read: Read, said: str) -> None:
    assert read(said).emergency is None


@pytest.mark.parametrize("said", SAID["abuse"])
def test_insults_are_found_in_disguise_too(read: Read, said: str) -> None:
    assert SWEARING.is_in(normalise(said))
    assert "abuse" in read(said).cues


@pytest.mark.parametrize("said", SAID["civil"])
def test_civil_words_are_not_taken_for_insults(said: str) -> None:
    assert not SWEARING.is_in(normalise(said))


def test_the_list_of_insults_is_long_enough_and_every_line_is_another() -> None:
    listed = words("zh", "abuse")
    assert len(listed["words"]) + len(listed["letters"]) >= 60
    assert len(set(listed["words"])) == len(listed["words"])


@pytest.mark.parametrize("said", SAID["callback"])
def test_a_wish_for_a_call_back_is_heard(read: Read, said: str) -> None:
    cues = read(said).cues
    assert "callback" in cues
    assert "callback_cancel" not in cues


@pytest.mark.parametrize("said", SAID["taken_back"])
def test_a_call_back_is_taken_back_in_many_words(read: Read, said: str) -> None:
    assert "callback_cancel" in read(said).cues


@pytest.mark.parametrize("said", SAID["no_callback"])
def test_what_is_no_wish_for_a_call_back_is_not_taken_for_one(read: Read, said: str) -> None:
    assert not read(said).cues & {"callback", "callback_cancel"}
