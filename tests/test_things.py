"""Which services and activities a sentence is about: by name, by likeness, and by whom they suit."""

from dataclasses import replace

import pytest

from handlers.places import Places
from handlers.suits import is_free, suits
from handlers.things import Things, for_nothing, guessed_in, named_in, offered_in
from messages.understand.intents import Ranked
from messages.understand.lexicon import Hit, Kind, Topic
from messages.understand.understand import Understanding
from messages.understand.vectors import By, Fit, Ranking
from tests.sample import Sample

SAID = Understanding("哪里有人帮忙", "zh", frozenset())
FIND: Ranked = (("find_service", 0.9), ("greet", 0.1))
ANYWHERE = Places()
HERE = Places(("FZ002",))

CANTEEN, HAIRCUT, NURSERY = "长者食堂", "便民理发", "普惠托育园"
CLASS, FIGHTING, CHOIR = "少儿书法班", "少儿武术班", "社区合唱团"
FREE_HAIRCUT = "邻里义剪"


def ranking(*scores: tuple[Topic, float], fit: Fit = Fit.SURE, by: By = By.MEANING) -> Ranking[Topic]:
    return Ranking(tuple(scores), fit, by)


def service(name: str, score: float) -> tuple[Topic, float]:
    return (Kind.SERVICE, name), score


def activity(name: str, score: float) -> tuple[Topic, float]:
    return (Kind.ACTIVITY, name), score


MACHINES: tuple[Topic, float] = ((Kind.KIOSK, ""), 0.9)


def guessed(
    sample: Sample, found: Ranking[Topic] | None, *, intents: Ranked = FIND, places: Places = ANYWHERE
) -> Things:
    return guessed_in(replace(SAID, intents=intents, things=found), places, sample.directory)


def test_what_is_named_is_taken_by_its_kind() -> None:
    hits = (
        Hit(Kind.SERVICE, (CANTEEN,), "食堂", 0, 2, 1),
        Hit(Kind.ACTIVITY, (CLASS,), "书法班", 3, 6, 1),
        Hit(Kind.CATEGORY, ("elder",), "养老", 7, 9, 1),
        Hit(Kind.CENTRE, ("FZ002",), "东湖", 9, 11, 0),
    )
    found = named_in(replace(SAID, hits=hits))
    assert found == Things((CANTEEN,), (CLASS,), "elder", said="食堂", is_by_the_way=True)
    assert found
    assert not named_in(SAID)
    assert named_in(replace(SAID, hits=hits[3:])) == Things()


def test_a_full_name_beats_words_that_stand_for_others() -> None:
    full = Hit(Kind.SERVICE, (FREE_HAIRCUT,), FREE_HAIRCUT, 0, 4, 2)
    word = Hit(Kind.SERVICE, (HAIRCUT,), "理发", 5, 7, 1)
    assert named_in(replace(SAID, hits=(full, word))).services == (FREE_HAIRCUT,)
    assert named_in(replace(SAID, hits=(word, replace(full, rank=1)))).services == (HAIRCUT, FREE_HAIRCUT)


def test_words_of_a_story_stand_by_the_way_and_full_names_do_not() -> None:
    word = Hit(Kind.SERVICE, (HAIRCUT,), "理发", 0, 2, 1)
    assert named_in(replace(SAID, hits=(word,))).is_by_the_way
    assert not named_in(replace(SAID, hits=(replace(word, rank=2),))).is_by_the_way
    assert not named_in(replace(SAID, hits=(replace(word, heard=True),))).is_by_the_way
    assert not named_in(SAID).is_by_the_way


def test_what_is_faintly_heard_is_not_named_but_counts_beside_the_meaning(sample: Sample) -> None:
    faint = Hit(Kind.SERVICE, (HAIRCUT,), "立华", 0, 2, -1, heard=True)
    assert not named_in(replace(SAID, hits=(faint,)))
    close = ranking(service(CANTEEN, 0.9), service(HAIRCUT, 0.89))
    meant = replace(SAID, intents=FIND, things=close)
    assert guessed_in(meant, ANYWHERE, sample.directory).services == (CANTEEN,)
    assert guessed_in(replace(meant, hits=(faint,)), ANYWHERE, sample.directory).services == (HAIRCUT,)


def test_of_several_that_are_named_only_what_the_centre_has_is_meant() -> None:
    both = Hit(Kind.SERVICE, (HAIRCUT, FREE_HAIRCUT), "理发", 0, 2, 1)
    lesson = Hit(Kind.ACTIVITY, (CLASS,), "书法", 3, 5, 1)
    meant = replace(SAID, hits=(both, lesson))
    here: frozenset[Topic] = frozenset({(Kind.SERVICE, FREE_HAIRCUT)})
    found = named_in(meant, here)
    assert (found.services, found.activities) == ((FREE_HAIRCUT,), ())
    elsewhere: frozenset[Topic] = frozenset({(Kind.SERVICE, CANTEEN)})
    found = named_in(meant, elsewhere)
    assert (found.services, found.activities) == ((HAIRCUT, FREE_HAIRCUT), (CLASS,))


def test_another_one_than_that_is_another_one_of_its_kind() -> None:
    refused = Hit(Kind.SERVICE, (HAIRCUT,), "理发", 0, 2, 1)
    meant = replace(SAID, without=(refused,))
    assert not named_in(meant)
    assert named_in(replace(meant, cues=frozenset({"more"}))).services == (HAIRCUT,)


def test_the_machines_are_meant_only_when_no_service_is_named() -> None:
    errand = Hit(Kind.KIOSK, ("打印",), "打印", 0, 2, 1)
    assert named_in(replace(SAID, hits=(errand,))).is_kiosk
    office = Hit(Kind.SERVICE, ("便民服务大厅",), "办事", 3, 5, 1)
    assert not named_in(replace(SAID, hits=(errand, office))).is_kiosk


def test_the_nearest_is_taken_and_the_next_services_are_kept_as_perhaps_meant(sample: Sample) -> None:
    found = guessed(
        sample,
        ranking(service(CANTEEN, 0.9), activity(CLASS, 0.85), service(HAIRCUT, 0.84), service(NURSERY, 0.83)),
    )
    assert replace(found, lead=0.0) == Things((CANTEEN,), perhaps=(HAIRCUT, NURSERY), is_sure=True)
    assert found.lead == pytest.approx(0.9 - 0.84)


def test_one_that_does_not_lead_is_not_sure(sample: Sample) -> None:
    assert not guessed(sample, ranking(service(CANTEEN, 0.9), service(HAIRCUT, 0.895))).is_sure
    assert guessed(sample, ranking(service(CANTEEN, 0.9), service(HAIRCUT, 0.89))).is_sure
    assert guessed(sample, ranking(service(CANTEEN, 0.9))).is_sure
    by_words = ranking(service(CANTEEN, 5.0), service(HAIRCUT, 4.5), by=By.WORDS)
    assert not guessed(sample, by_words).is_sure


@pytest.mark.parametrize(
    ("found", "intents"),
    [
        (None, FIND),
        (ranking(service(CANTEEN, 0.9), fit=Fit.NONE), FIND),
        (ranking(service(CANTEEN, 0.9)), (("greet", 0.9), ("find_service", 0.1))),
        (ranking(service(CANTEEN, 0.9)), ()),
        (ranking(), FIND),
    ],
)
def test_nothing_is_guessed_without_a_match_or_a_wish(
    found: Ranking[Topic] | None, intents: Ranked, sample: Sample
) -> None:
    assert guessed(sample, found, intents=intents) == Things()


def test_the_likelier_wish_decides_between_a_service_and_an_activity(sample: Sample) -> None:
    close = ranking(service(CANTEEN, 0.9), activity(CHOIR, 0.895))
    assert guessed(sample, close).services == (CANTEEN,)
    assert guessed(sample, close, intents=(("list_activities", 0.9),)).activities == (CHOIR,)


def test_what_the_centre_has_is_rather_meant(sample: Sample) -> None:
    offered = {name for kind, name in offered_in(HERE, sample.directory) if kind is Kind.SERVICE}
    assert HAIRCUT in offered
    assert NURSERY not in offered
    close = ranking(service(NURSERY, 0.9), service(HAIRCUT, 0.89))
    assert guessed(sample, close).services == (NURSERY,)
    assert guessed(sample, close, places=HERE).services == (HAIRCUT,)


def test_of_a_centres_activities_only_its_own_are_meant(sample: Sample) -> None:
    own = {name for kind, name in offered_in(HERE, sample.directory) if kind is Kind.ACTIVITY}
    assert own
    foreign = next(name for name in sample.directory.activities_named if name not in own)
    listed = ranking(activity(foreign, 0.95), activity(min(own), 0.85))
    intents: Ranked = (("list_activities", 0.9),)
    assert guessed(sample, listed, intents=intents).activities == (foreign,)
    assert guessed(sample, listed, intents=intents, places=HERE).activities == (min(own),)


def test_twins_among_activities_are_taken_together(sample: Sample) -> None:
    intents: Ranked = (("list_activities", 0.9),)
    twins = ranking(activity(CLASS, 0.9), activity(FIGHTING, 0.898), activity(CHOIR, 0.85))
    assert guessed(sample, twins, intents=intents).activities == (CLASS, FIGHTING)
    single = ranking(activity(CLASS, 0.9), activity(FIGHTING, 0.89))
    assert guessed(sample, single, intents=intents).activities == (CLASS,)


def test_the_machines_can_be_nearest(sample: Sample) -> None:
    found = guessed(sample, ranking(MACHINES), intents=(("kiosks", 0.9),))
    assert replace(found, lead=0.0) == Things(is_kiosk=True)


def test_what_was_refused_is_not_guessed(sample: Sample) -> None:
    refused = Hit(Kind.SERVICE, (CANTEEN,), "食堂", 0, 2, 1)
    both = ranking(service(CANTEEN, 0.9), service(HAIRCUT, 0.85))
    meant = replace(SAID, intents=FIND, things=both, without=(refused,))
    assert guessed_in(meant, ANYWHERE, sample.directory).services == (HAIRCUT,)
    alone = replace(meant, things=ranking(service(CANTEEN, 0.9)))
    assert guessed_in(alone, ANYWHERE, sample.directory) == Things()


def test_a_centre_offers_its_services_activities_and_machine(sample: Sample) -> None:
    offered = offered_in(HERE, sample.directory)
    assert {kind for kind, _ in offered} == {Kind.SERVICE, Kind.ACTIVITY, Kind.KIOSK}
    without = next(c for c in sample.directory.centres if not sample.directory.kiosks_of.get(c))
    assert (Kind.KIOSK, "") not in offered_in(Places((without,)), sample.directory)
    assert offered_in(ANYWHERE, sample.directory) == frozenset()
    assert offered_in(Places(("FZ002", "FZ004"), unclear=True), sample.directory) == frozenset()


def test_what_costs_everywhere_gives_way_to_the_nearest_that_is_free(sample: Sample) -> None:
    wanted = Things(services=(HAIRCUT,))
    matches = ranking(service(HAIRCUT, 0.9), activity(CLASS, 0.89), service(FREE_HAIRCUT, 0.88))
    meant = replace(SAID, things=matches)
    assert for_nothing(wanted, meant, sample.directory).services == (FREE_HAIRCUT,)
    assert for_nothing(Things(), meant, sample.directory) == Things()
    free = Things(services=(FREE_HAIRCUT,))
    assert for_nothing(free, meant, sample.directory) is free
    assert for_nothing(wanted, SAID, sample.directory) is wanted
    assert for_nothing(wanted, replace(SAID, things=ranking()), sample.directory) is wanted


@pytest.mark.parametrize(
    ("audience", "for_child", "for_elder"),
    [
        (None, False, True),
        ("不限", False, True),
        ("小学生", True, False),
        ("7-14岁", True, False),
        ("60岁以上", False, True),
        ("18岁以上", False, False),
        ("亲子，家长陪同", True, False),
        ("45岁以上", False, True),
    ],
)
def test_whom_it_suits_by_the_offices_words(audience: str | None, for_child: bool, for_elder: bool) -> None:
    assert suits(audience, "child") is for_child
    assert suits(audience, "elder") is for_elder


@pytest.mark.parametrize(("fee", "free"), [(None, False), ("", False), ("免费", True), ("10元", False)])
def test_what_costs_nothing_says_so(fee: str | None, free: bool) -> None:
    assert is_free(fee) is free
