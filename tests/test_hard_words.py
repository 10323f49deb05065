"""Danger to life is heard however it is said, harmless words are not taken for it; insults are told apart."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from bot.clock import SHANGHAI
from messages.understand.abuse import Swearing
from messages.understand.normalise import normalise
from messages.understand.understand import Reader, Understanding
from messages.words import words
from tests.sample import Sample

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
SWEARING = Swearing()
# Sentences by what they are, for anybody to add to.
SAID: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "hard_words.yaml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def read(reader: Reader, sample: Sample, said: str) -> Understanding:
    directory = sample.directory
    return reader.read(
        said,
        lexicon=directory.lexicon,
        now=NOW,
        calendar=directory.calendar,
        opens=lambda hits: None,
        language="zh",
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [(kind, said) for kind in ("despair", "medical", "fire", "police") for said in SAID[kind]],
)
def test_danger_to_life_is_heard(reader: Reader, sample: Sample, kind: str, said: str) -> None:
    assert read(reader, sample, said).emergency == kind


@pytest.mark.parametrize("said", SAID["harmless"])
def test_what_only_sounds_like_danger_is_let_pass(reader: Reader, sample: Sample, said: str) -> None:
    assert read(reader, sample, said).emergency is None


@pytest.mark.parametrize("said", SAID["abuse"])
def test_insults_are_found_in_disguise_too(reader: Reader, sample: Sample, said: str) -> None:
    assert SWEARING.is_in(normalise(said))
    assert "abuse" in read(reader, sample, said).cues


@pytest.mark.parametrize("said", SAID["civil"])
def test_civil_words_are_not_taken_for_insults(said: str) -> None:
    assert not SWEARING.is_in(normalise(said))


def test_the_list_of_insults_is_long_enough_and_every_line_is_another() -> None:
    listed = words("zh", "abuse")
    assert len(listed["words"]) + len(listed["letters"]) >= 60
    assert len(set(listed["words"])) == len(listed["words"])


@pytest.mark.parametrize("said", SAID["callback"])
def test_a_wish_for_a_call_back_is_heard(reader: Reader, sample: Sample, said: str) -> None:
    cues = read(reader, sample, said).cues
    assert "callback" in cues
    assert "callback_cancel" not in cues


@pytest.mark.parametrize("said", SAID["taken_back"])
def test_a_call_back_is_taken_back_in_many_words(reader: Reader, sample: Sample, said: str) -> None:
    assert "callback_cancel" in read(reader, sample, said).cues


@pytest.mark.parametrize("said", SAID["no_callback"])
def test_what_is_no_wish_for_a_call_back_is_not_taken_for_one(
    reader: Reader, sample: Sample, said: str
) -> None:
    assert not read(reader, sample, said).cues & {"callback", "callback_cancel"}
