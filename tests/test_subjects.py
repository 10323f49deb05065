"""What a sentence is about by the way it is told: from a model, against words, and after an answer."""

from dataclasses import replace

import numpy as np
import pytest

from handlers.asks import Ask, Dialogue
from handlers.focus import focus_of, is_about_it, of_it
from handlers.subjects import CERTAIN, LIKELY, Told, chosen, known_as, told_in
from handlers.things import Things
from messages.understand.intents import SUBJECTS, IntentModel, Ranked
from messages.understand.lexicon import Hit, Kind
from messages.understand.subjects import ELSE, IT, PLACE
from messages.understand.understand import Understanding
from messages.views_unable import NothingToRepeat
from messages.words import LANGUAGES, words
from tests.sample import Sample

BYTES = 1_000_000
CANTEEN, HAIRCUT, MEDIATION, DAY_CARE = "长者食堂", "便民理发", "夕阳红调解室", "日间照料室"
CENTRE = "FZ002"
SHOWN = Ask("find_service", services=(DAY_CARE,), centres=(CENTRE,))
AFTER = Dialogue(last=SHOWN, focus=SHOWN)
NOTHING = Ask("unknown")


def about(
    *subjects: tuple[str, float], text: str = "一句没有名字的很长的话", cues: str = ""
) -> Understanding:
    return Understanding(text, "zh", frozenset(cues.split()), subjects=subjects)


def word(name: str, text: str, rank: int = 1) -> Hit:
    return Hit(Kind.SERVICE, (name,), text, 0, len(text), rank)


def test_the_model_is_small_and_knows_every_subject_of_every_language() -> None:
    model = IntentModel.load(SUBJECTS)
    assert SUBJECTS.stat().st_size < BYTES
    with np.load(SUBJECTS, allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)
    for language in LANGUAGES:
        assert set(words(language, "subjects")) - {"by_the_way"} | {PLACE, ELSE} == set(model.names)


def test_every_subject_is_something_of_the_sample(sample: Sample) -> None:
    for subject in words("zh", "subjects").keys() - {IT, "by_the_way"}:
        assert known_as(subject, sample.directory), subject


TOLD: list[tuple[str, Understanding, float, bool]] = [
    ("likely", about(("调解", 0.6)), LIKELY, True),
    ("not likely", about(("调解", 0.4)), LIKELY, False),
    ("not as likely as it must be", about(("调解", 0.6)), CERTAIN, False),
    ("no subject of a directory", about((IT, 0.9)), LIKELY, False),
    ("all that is on", about(("调解", 0.6), cues="activities"), LIKELY, False),
    ("all that is on, and yet", about(("调解", 0.96), cues="activities"), LIKELY, True),
    ("another matter", replace(about(("调解", 0.6)), other=0.7), LIKELY, False),
    ("a name of something else", replace(about(("调解", 0.6)), wanted="药店"), LIKELY, False),
    ("refused", replace(about(("调解", 0.6)), without=(word(MEDIATION, "调解"),)), LIKELY, False),
    ("nothing weighed", about(), LIKELY, False),
]


@pytest.mark.parametrize(("meant", "least", "is_told"), [case[1:] for case in TOLD], ids=[c[0] for c in TOLD])
def test_what_is_told_is_believed_unless_something_speaks_against_it(
    meant: Understanding, least: float, is_told: bool, sample: Sample
) -> None:
    assert bool(told_in(meant, frozenset(), sample.directory, least=least)) is is_told


def test_of_the_activities_of_a_centre_only_its_own_are_told(sample: Sample) -> None:
    meant = about(("太极晨练", 0.99))
    assert told_in(meant, frozenset(), sample.directory, least=LIKELY)
    assert not told_in(meant, frozenset({(Kind.SERVICE, CANTEEN)}), sample.directory, least=LIKELY)
    assert told_in(meant, frozenset({(Kind.ACTIVITY, "太极晨练")}), sample.directory, least=LIKELY)


def test_of_what_one_word_stands_for_a_centre_tells_what_it_has(sample: Sample) -> None:
    meant, own = about(("周末乐园", 0.99)), frozenset({(Kind.ACTIVITY, "周末乐园")})
    everywhere = told_in(meant, frozenset(), sample.directory, least=LIKELY).things
    assert everywhere == Things(("同心圆儿童之家",), ("周末乐园",))
    assert told_in(meant, own, sample.directory, least=LIKELY).things == Things((), ("周末乐园",))


CANTEENS, QUARRELS = Things((CANTEEN,)), Told(Things((MEDIATION,)), 0.9)
TWINS = Told(Things((CANTEEN, HAIRCUT)), 0.9)
CHOSEN: list[tuple[str, Things, Told, Ranked, int, Things]] = [
    ("nothing named", Things(), QUARRELS, (), 1, QUARRELS.things),
    ("a mere word", CANTEENS, QUARRELS, (("调解", 0.97), ("吃饭", 0.02)), 1, QUARRELS.things),
    ("what no example knows", CANTEENS, QUARRELS, (("调解", 0.97),), 1, CANTEENS),
    ("a full name", CANTEENS, QUARRELS, (), 2, CANTEENS),
    ("about it a little, too", CANTEENS, QUARRELS, (("调解", 0.9), ("吃饭", 0.1)), 1, CANTEENS),
    ("not likely enough", CANTEENS, replace(QUARRELS, chance=0.6), (), 1, CANTEENS),
    ("one of two named", Things((CANTEEN, MEDIATION)), QUARRELS, (), 1, QUARRELS.things),
    ("its twin besides", CANTEENS, TWINS, (), 1, TWINS.things),
    (
        "one of two, and another",
        Things((CANTEEN, MEDIATION)),
        Told(Things((CANTEEN, HAIRCUT)), 0.9),
        (),
        1,
        CANTEENS,
    ),
]


@pytest.mark.parametrize(
    ("named", "told", "subjects", "rank", "wish"), [case[1:] for case in CHOSEN], ids=[c[0] for c in CHOSEN]
)
def test_what_is_told_against_what_is_named(
    named: Things, told: Told, subjects: Ranked, rank: int, wish: Things, sample: Sample
) -> None:
    meant = replace(about(*subjects), hits=(word(CANTEEN, "食堂", rank),))
    assert chosen(named, told, meant, sample.directory) == wish


def test_a_plain_word_means_the_plain_service_and_not_the_free_one(sample: Sample) -> None:
    meant = replace(about(("义务理发", 0.99)), hits=(word(HAIRCUT, "剪头发"),))
    named, free = Things((HAIRCUT,)), Told(Things(("邻里义剪",)), 0.99)
    assert chosen(named, free, meant, sample.directory) == named


IT_IS: list[tuple[str, Understanding, Things, Dialogue, bool]] = [
    ("it", about((IT, 0.5)), Things(), AFTER, True),
    ("it, after nothing", about((IT, 0.9)), Things(), Dialogue(), False),
    ("not it", about((ELSE, 0.9)), Things(), AFTER, False),
    ("its own subject", about(("日托", 0.6)), Things(), AFTER, True),
    ("a person", about((IT, 0.9), cues="human"), Things(), AFTER, False),
    ("danger", replace(about((IT, 0.9)), intents=(("emergency", 0.9),)), Things(), AFTER, False),
    ("the next one", replace(about((IT, 0.9)), intents=(("more", 0.9),)), Things(), AFTER, False),
    ("nothing of ours", replace(about((IT, 0.9)), out_of_scope=True), Things(), AFTER, False),
    ("a correction", replace(about((IT, 0.9)), without=(word(DAY_CARE, "日托"),)), Things(), AFTER, False),
    ("something named", replace(about((IT, 0.5)), hits=(word(CANTEEN, "食堂"),)), CANTEENS, AFTER, False),
    ("what its card says", replace(about((IT, 0.5)), hits=(word(CANTEEN, "体检"),)), CANTEENS, AFTER, True),
    ("around here", about((IT, 0.9), cues="around"), CANTEENS, AFTER, False),
    ("after a talk", about((IT, 0.9)), Things(), Dialogue(last=Ask("coverage")), False),
]


@pytest.mark.parametrize(
    ("meant", "named", "dialogue", "is_it"), [case[1:] for case in IT_IS], ids=[c[0] for c in IT_IS]
)
def test_when_a_sentence_is_about_what_was_shown(
    meant: Understanding, named: Things, dialogue: Dialogue, is_it: bool, sample: Sample
) -> None:
    assert is_about_it(meant, NOTHING, named, Told(), dialogue, sample.directory) is is_it


def test_it_is_what_was_shown_and_a_new_wish_asks_the_last_question_again() -> None:
    last = Ask("find_service", services=(HAIRCUT,), nearest=True)
    dialogue = Dialogue(last=last, focus=SHOWN)
    price = replace(NOTHING, facets=("price",))
    assert of_it(dialogue, price) == replace(SHOWN, facets=("price",), nearest=True)
    assert of_it(dialogue, replace(NOTHING, open_only=True)) == replace(last, open_only=True)
    assert of_it(replace(dialogue, focus=None), price) == replace(last, facets=("price",))


def test_a_list_or_a_talk_shows_no_one_thing() -> None:
    assert focus_of(NothingToRepeat("12345", ())) is None
