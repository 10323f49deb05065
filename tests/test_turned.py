"""Which other thing a talk turns to, and which of two is meant: by age, by what it costs, by where it is."""

from dataclasses import replace
from datetime import date

import pytest

from handlers.alike import answer_to, told_apart
from handlers.asks import Ask, Dialogue
from handlers.cheaper import cheaper_in
from handlers.dialogue import decide
from handlers.focus import elsewhere, is_only_there, returned_to
from handlers.places import Places, places_of
from handlers.subjects import Told, chosen, is_misheard
from handlers.suits import suits_age
from handlers.things import Things
from handlers.turned import fitting, free_one, is_turned, paid_one, turned_to
from handlers.when import days_refused
from handlers.wish_rating import rating_in
from messages.understand.going_on import GoingOn
from messages.understand.intents import Ranked
from messages.understand.lexicon import Hit, Kind
from messages.understand.matters import OTHER
from messages.understand.rating import RatingTalk
from messages.understand.subjects import IT
from messages.understand.time import TimeExpr
from messages.understand.understand import Command, Understanding
from messages.view_parts import Choice
from storage.staff import Post
from tests.sample import Sample
from tests.wish_rules import CANTEEN, FOOD, HAIRCUT, NEW, NOTHING, PLACE, named, says

MEDIATION, FREE_HAIRCUT, NURSERY, EARLY = "夕阳红调解室", "邻里义剪", "普惠托育园", "早教基地"
BOTH_HERE = "FZ007"  # a nursery and the mornings with parents
XIAMEI = ("FZ043", "FZ078")  # two communities of one name
IN_DONGHU = ("FZ002", "FZ004")
HAIR_SHOWN = Ask("find_service", services=(HAIRCUT,), centres=("FZ002",))
AFTER_HAIR = Dialogue(last=HAIR_SHOWN, focus=HAIR_SHOWN)
NOTHING_ASKED = Ask("unknown")
FREE_SHOWN = replace(HAIR_SHOWN, services=(FREE_HAIRCUT,))


def goes_on(on: GoingOn, *subjects: tuple[str, float]) -> Understanding:
    return replace(NOTHING, on=on, subjects=subjects)


TURNS = GoingOn(turns=True)
TAKEN_UP: list[tuple[str, Understanding, Told]] = [
    ("likeliest of all things", goes_on(TURNS, (IT, 0.6), ("调解", 0.3)), Told(Things((MEDIATION,)), 1.0)),
    ("too unlikely", goes_on(TURNS, (IT, 0.9), ("调解", 0.03)), Told()),
    ("as likely as others", goes_on(TURNS, ("调解", 0.1), ("吃饭", 0.1), ("日托", 0.1)), Told()),
    ("nothing taken up", goes_on(GoingOn(), ("调解", 0.3)), Told()),
    ("no thing at all", goes_on(TURNS, (IT, 0.9)), Told()),
]


@pytest.mark.parametrize(("meant", "told"), [case[1:] for case in TAKEN_UP], ids=[c[0] for c in TAKEN_UP])
def test_another_thing_is_taken_up_where_one_is_by_far_the_likeliest(
    meant: Understanding, told: Told, sample: Sample
) -> None:
    assert turned_to(meant, sample.directory) == told


OF_TWO, AFTER_TEN = GoingOn(age=2), GoingOn(age=10)
FIT: list[tuple[str, Understanding, str, tuple[str, ...]]] = [
    ("the likelier of both", goes_on(OF_TWO, ("托班", 0.6), ("早教", 0.2)), BOTH_HERE, (NURSERY,)),
    ("both alike", goes_on(OF_TWO, ("托班", 0.4), ("早教", 0.35)), BOTH_HERE, ()),
    (
        "the one for that age",
        goes_on(AFTER_TEN, ("托班", 0.3), ("儿童之家", 0.3)),
        "FZ061",
        ("同心圆儿童之家",),
    ),
    ("none for that age", goes_on(AFTER_TEN, ("托班", 0.4), ("早教", 0.35)), BOTH_HERE, ()),
    ("too unlikely", goes_on(OF_TWO, ("托班", 0.2), ("早教", 0.2)), BOTH_HERE, ()),
    ("one alone", goes_on(OF_TWO, ("托班", 0.4), ("早教", 0.1)), BOTH_HERE, ()),
    ("no age", goes_on(GoingOn(), ("托班", 0.6), ("早教", 0.2)), BOTH_HERE, ()),
]


@pytest.mark.parametrize(("meant", "centre", "names"), [case[1:] for case in FIT], ids=[c[0] for c in FIT])
def test_of_two_likely_things_the_one_that_the_place_has_for_that_age(
    meant: Understanding, centre: str, names: tuple[str, ...], sample: Sample
) -> None:
    assert fitting(meant, Places((centre,)), NEW, sample.directory).things.services == names
    there = Dialogue(last=Ask("centre_card", centres=(centre,)))
    assert fitting(meant, Places(), there, sample.directory).things.services == names
    assert not fitting(meant, Places(), NEW, sample.directory)


AGES = [
    ("6个月-3岁", 1, True),
    ("6个月-3岁", 5, False),
    ("65岁以上、残疾人", 70, True),
    ("65岁以上、残疾人", 40, False),
    ("2至6岁，须有大人陪", 4, True),
    ("2至6岁，须有大人陪", 1, False),
    ("居民", 40, True),
    ("居民", 4, False),
]


@pytest.mark.parametrize(("audience", "age", "suits"), AGES)
def test_whom_a_service_suits(audience: str, age: int, suits: bool) -> None:
    assert suits_age(audience, age) is suits


def test_the_free_one_is_the_one_most_like_it_that_costs_nothing(sample: Sample) -> None:
    free = goes_on(GoingOn(free_one=True))
    assert free_one(free, AFTER_HAIR, sample.directory).things == Things((FREE_HAIRCUT,))
    assert not free_one(free, NEW, sample.directory)
    assert not free_one(free, Dialogue(last=FREE_SHOWN), sample.directory)
    assert not free_one(NOTHING, AFTER_HAIR, sample.directory)


def test_the_paid_one_is_the_one_most_like_it_that_costs_something(sample: Sample) -> None:
    paid, told = goes_on(GoingOn(paid_one=True)), Told(Things((FREE_HAIRCUT,)), 0.9)
    assert paid_one(paid, told, sample.directory).things == Things((HAIRCUT,))
    refused = replace(paid, without=(named(Kind.SERVICE, FREE_HAIRCUT),))
    assert paid_one(refused, Told(), sample.directory).things == Things((HAIRCUT,))
    dear = Told(Things((HAIRCUT,)), 0.9)
    assert paid_one(paid, dear, sample.directory) == dear
    assert paid_one(NOTHING, told, sample.directory) == told


TOLD = Told(Things((MEDIATION,)), 0.7)
TURNED: list[tuple[str, Understanding, Told, bool]] = [
    ("likelier than what was shown", goes_on(GoingOn(), ("调解", 0.7), (IT, 0.2)), TOLD, True),
    ("less likely", goes_on(GoingOn(), ("调解", 0.3), (IT, 0.6)), replace(TOLD, chance=0.3), False),
    ("said to be another", goes_on(TURNS, ("调解", 0.3), (IT, 0.6)), replace(TOLD, chance=0.3), True),
    ("in few letters", replace(goes_on(GoingOn(), ("调解", 0.7)), text="评评理"), TOLD, False),
    ("the same", NOTHING, Told(Things((HAIRCUT,)), 0.9), False),
    ("nothing", NOTHING, Told(), False),
]


@pytest.mark.parametrize(
    ("meant", "told", "turns"), [case[1:] for case in TURNED], ids=[c[0] for c in TURNED]
)
def test_when_a_talk_turns_to_what_is_told_of(
    meant: Understanding, told: Told, turns: bool, sample: Sample
) -> None:
    assert is_turned(meant, Things(), told, AFTER_HAIR, sample.directory, "") is turns


def test_only_what_was_shown_before_is_come_back_to(sample: Sample) -> None:
    back, canteen = goes_on(GoingOn(back=True)), Ask("find_service", services=(CANTEEN,), centres=("FZ004",))
    dialogue = replace(AFTER_HAIR, earlier=(canteen,))
    found = returned_to(back, NOTHING_ASKED, Things(), dialogue, sample.directory)
    assert found is not None
    assert found.services == (CANTEEN,)
    assert returned_to(back, NOTHING_ASKED, Things((MEDIATION,)), dialogue, sample.directory) is None
    assert returned_to(NOTHING, NOTHING_ASKED, Things(), dialogue, sample.directory) is None


ANOTHER = goes_on(GoingOn(another_place=True))


def test_another_place_is_looked_for_only_for_what_was_shown(sample: Sample) -> None:
    found = elsewhere(ANOTHER, NOTHING_ASKED, Things(), AFTER_HAIR)
    assert found is not None
    assert (found.services, found.without, found.around) == ((HAIRCUT,), ("FZ002",), True)
    assert elsewhere(ANOTHER, replace(NOTHING_ASKED, centres=("FZ004",)), Things(), AFTER_HAIR) is None
    of_else = replace(ANOTHER, hits=(FOOD,))
    assert elsewhere(of_else, NOTHING_ASKED, Things((CANTEEN,)), AFTER_HAIR) is None


@pytest.mark.parametrize(
    ("intents", "other", "is_told"),
    [((), 0.0, True), ((("emergency", 0.5),), 0.0, False), ((), 0.5, False)],
)
def test_hardly_more_than_a_place_says_where_somebody_is_unless_it_may_be_danger_or_another_matter(
    intents: Ranked, other: float, is_told: bool
) -> None:
    meant = replace(goes_on(GoingOn(nearly_there=True)), intents=intents, other=other)
    assert is_only_there(meant, replace(NOTHING_ASKED, centres=("FZ004",)), Things(), AFTER_HAIR) is is_told


def area(name: str, start: int = 0) -> Hit:
    return named(Kind.SUBDISTRICT, name, start, 4)


def test_where_it_is_tells_two_places_of_one_name_apart(sample: Sample) -> None:
    both = Hit(Kind.CENTRE, XIAMEI, "霞美社区", 5, 9, 1)
    said = replace(says(both, area("城东街道"), area("北峰街道", 10), cues="corrects"), on=GoingOn())
    assert told_apart(said, sample.directory) == (XIAMEI[1:], "霞美社区")
    assert told_apart(says(both), sample.directory) == ((), "")


CHENGDONG = Ask("find_service", services=(CANTEEN,), centres=("FZ034",), subdistrict="城东街道", unclear=True)
WHICH = [
    ("街道那个", Ask("centre_card", subdistrict="城东街道")),
    ("社区", Ask("centre_card", centres=("FZ034",))),
    ("社区还是街道", None),
    ("随便哪个", None),
    ("我说的是街道那一带的某个地方", None),
]


@pytest.mark.parametrize(("text", "answer"), WHICH)
def test_a_subdistrict_and_a_community_of_one_name_are_told_apart_by_the_word(
    text: str, answer: Ask | None, sample: Sample
) -> None:
    meant = Understanding(text, "zh", frozenset(), plain=text)
    assert answer_to(meant, CHENGDONG, sample.directory) == answer
    of_two = answer_to(meant, replace(CHENGDONG, centres=XIAMEI), sample.directory)
    assert of_two == (None if text == "社区" else answer)


def test_an_area_leaves_the_candidates_that_lie_in_it(sample: Sample) -> None:
    pending = Ask("find_service", services=(CANTEEN,), centres=(*IN_DONGHU, "FZ043"), unclear=True)
    dialogue = Dialogue(pending=pending)
    inside = decide(says(area("东湖街道"), text="东湖街道"), dialogue, sample.directory)
    assert inside.centres == IN_DONGHU
    outside = decide(says(area("北峰街道"), text="北峰街道"), dialogue, sample.directory)
    assert (outside.centres, outside.subdistrict) == ((), "北峰街道")


def test_the_second_of_a_list_is_a_thing_of_it_and_no_other_button(sample: Sample) -> None:
    second = replace(NOTHING, on=GoingOn(nth=2), cues=frozenset({"price"}))
    listed = Dialogue(choices=(Choice("x", "/more"), Choice("y", "/centre FZ002")))
    assert decide(second, listed, sample.directory).centres == ("FZ002",)
    other = replace(listed, choices=listed.choices[::-1])
    assert decide(second, other, sample.directory).centres == ()


def test_one_who_pays_less_for_an_age_asks_for_nothing_cheaper(sample: Sample) -> None:
    dear = goes_on(GoingOn(cheaper=True))
    found = cheaper_in(dear, AFTER_HAIR, sample.directory)
    assert found is not None
    assert (found.services, found.below) == ((HAIRCUT,), 12.0)
    assert cheaper_in(goes_on(GoingOn(cheaper=True, age=84)), AFTER_HAIR, sample.directory) is None
    assert cheaper_in(dear, NEW, sample.directory) is None


def test_what_was_paid_somewhere_tells_what_for(sample: Sample) -> None:
    paid = replace(goes_on(GoingOn(less_than=12.0)), without=(replace(PLACE, ids=("FZ002",)),))
    found = cheaper_in(paid, NEW, sample.directory)
    assert found is not None
    assert HAIRCUT in found.services


def test_days_of_every_week_are_refused_as_days_are() -> None:
    tuesdays = TimeExpr("每周二", (0, 3), weekdays=frozenset({2}))
    sunday = TimeExpr("周日", (0, 2), date(2026, 11, 29), date(2026, 11, 29))
    every = TimeExpr("每天", (0, 2), weekdays=frozenset(range(1, 8)))
    meant = goes_on(GoingOn(refused=(tuesdays, sunday, every)))
    assert days_refused(meant) == (2, 7)


def test_two_letters_that_only_sound_like_a_thing_are_other_words_in_a_long_sentence(sample: Sample) -> None:
    heard = replace(named(Kind.SERVICE, CANTEEN, 3), heard=True)
    long = replace(says(heard, text="很长的一句话" * 4), subjects=(("调解", 0.7), ("吃饭", 0.01)))
    assert is_misheard(Things((CANTEEN,)), long, sample.directory, long=20)
    about_it = replace(long, subjects=(("调解", 0.7), ("吃饭", 0.2)))
    assert not is_misheard(Things((CANTEEN,)), about_it, sample.directory, long=20)
    assert decide(long, NEW, sample.directory).services == (MEDIATION,)


def test_a_word_for_all_of_a_kind_stands_for_the_one_that_the_sentence_tells_of(sample: Sample) -> None:
    elders, told = Things(category="elder"), Told(Things((CANTEEN,)), 0.6)
    assert chosen(elders, told, NOTHING, sample.directory) == told.things
    assert chosen(elders, TOLD, NOTHING, sample.directory) == elders


def test_what_no_example_would_know_keeps_its_word(sample: Sample) -> None:
    about = replace(says(FOOD), subjects=(("调解", 0.97),), intents=((OTHER, 0.6),))
    assert chosen(Things((CANTEEN,)), replace(TOLD, chance=0.97), about, sample.directory) == Things(
        (CANTEEN,)
    )


def test_half_a_name_is_left_to_those_that_it_may_be(sample: Sample) -> None:
    half = places_of(replace(NOTHING, half=("霞", "")), sample.directory)
    assert half.unclear
    assert set(XIAMEI) <= set(half.centres)


def test_other_days_of_an_activity_are_all_but_its_own(sample: Sample) -> None:
    shown = Ask("list_activities", activities=("少儿书法班",), centres=("FZ002",))
    dialogue = Dialogue(last=shown, focus=shown)
    asked = decide(replace(goes_on(GoingOn(other_days=True)), text="别的日子"), dialogue, sample.directory)
    assert asked.activities == shown.activities
    assert len(asked.not_on) == 7


MANAGER = Post("S-0001", "centre_manager", "FZ002")


@pytest.mark.parametrize("name", ["desk_calls", "desk_door", "desk_cases"])
def test_a_button_of_staff_is_theirs_alone(name: str, sample: Sample) -> None:
    pressed = replace(NOTHING, command=Command(name, ()))
    assert decide(pressed, NEW, sample.directory, MANAGER) == Ask(name)
    assert decide(pressed, NEW, sample.directory) == Ask("gone")


def test_ones_ratings_are_a_button(sample: Sample) -> None:
    assert decide(replace(NOTHING, command=Command("ratings", ())), NEW, sample.directory) == Ask(
        "my_ratings"
    )


def test_whose_stars_are_asked_for_is_a_centre_and_no_thing_of_it() -> None:
    stars, ask = RatingTalk(only_asks=True), Ask("centre_card", centres=PLACE.ids)
    assert rating_in(replace(says(PLACE), rating=stars), ask, NEW) == Ask("stars", centres=PLACE.ids)
    assert rating_in(replace(says(PLACE, FOOD), rating=stars), ask, NEW) is None
