"""Buttons and answers of a booking that is under way, and what else a word of booking may mean."""

from dataclasses import replace

import pytest

from handlers.asks import Ask, Dialogue
from handlers.wish_booking import answered, booking_in, commanded, is_age
from messages.understand.booking import BookingTalk
from messages.understand.understand import Command, Understanding
from messages.view_parts import Choice
from tests.sample import Sample
from tests.wish_rules import CANTEEN, CENTRE, CLASS, NEW, NOTHING

WISH = Ask("book", activities=(CLASS,), centres=(CENTRE,))
WHO, DATE, AGE = (Dialogue(pending=WISH, wants=wants) for wants in ("who", "date", "age:child"))


def talks(talk: BookingTalk, text: str = "三年级") -> Understanding:
    return replace(NOTHING, text=text, booking=talk)


def test_a_button_says_who_goes_while_that_is_asked(sample: Sample) -> None:
    pressed = Command("who", ("son",))
    assert commanded(pressed, WHO, sample.directory) == replace(WISH, who=("son",))
    assert commanded(pressed, NEW, sample.directory) is None


ANSWERS: list[tuple[str, BookingTalk, Dialogue, Ask | None]] = [
    ("who it is", BookingTalk(who=("son",)), WHO, replace(WISH, who=("son",))),
    (
        "who it is, and how old",
        BookingTalk(who=("son",), grade=2),
        WHO,
        replace(WISH, who=("son",), ages=(("son", "g2"),)),
    ),
    (
        "two of one age",
        BookingTalk(who=("son", "daughter"), grade=2),
        WHO,
        replace(WISH, who=("son", "daughter"), ages=(("anybody", "g2"),)),
    ),
    ("a no", BookingTalk(no=True), WHO, Ask("no")),
    ("nobody", BookingTalk(), WHO, None),
    ("how old", BookingTalk(grade=2), AGE, replace(WISH, ages=(("child", "g2"),))),
    ("no age", BookingTalk(), AGE, None),
    ("all of a term", BookingTalk(spread="term"), DATE, replace(WISH, spread="term")),
    ("no date", BookingTalk(), DATE, None),
    (
        "how old, while the date is asked",
        BookingTalk(grade=3),
        DATE,
        replace(WISH, ages=(("anybody", "g3"),)),
    ),
    ("who, while the date is asked", BookingTalk(who=("son",)), DATE, replace(WISH, who=("son",))),
    ("nothing is asked", BookingTalk(who=("son",)), NEW, None),
]


@pytest.mark.parametrize(
    ("talk", "dialogue", "ask"), [case[1:] for case in ANSWERS], ids=[c[0] for c in ANSWERS]
)
def test_what_was_missing_is_filled_in(talk: BookingTalk, dialogue: Dialogue, ask: Ask | None) -> None:
    found = answered(talks(talk), dialogue)
    assert (found and replace(found, ages=())) == (ask and replace(ask, ages=()))
    assert (found and [age for _, age in found.ages]) == (ask and [age for _, age in ask.ages])


@pytest.mark.parametrize(("number", "ages"), [(8, (("child", "y8"),)), (200, None), (0, None)])
def test_a_mere_number_is_an_age_where_one_is_asked(
    number: int, ages: tuple[tuple[str, str], ...] | None
) -> None:
    said = replace(talks(BookingTalk(), str(number)), pick=number)
    found = answered(said, AGE)
    assert (found and found.ages) == ages
    assert is_age(said, AGE) is bool(ages)
    assert not is_age(said, DATE)
    assert not is_age(replace(said, text="第8个"), AGE)


def test_a_long_sentence_about_a_child_is_no_answer_to_when() -> None:
    assert answered(talks(BookingTalk(grade=3), "三年级的孩子放了寒假都去哪里玩呢"), DATE) is None


def test_a_yes_takes_the_place_that_is_offered() -> None:
    offered = Dialogue(choices=(Choice("x", "/accept LIN1"),))
    assert answered(talks(BookingTalk(yes=True)), offered) == Ask("accept", booking="LIN1")


CANTEEN_ASKED = Ask("find_service", services=(CANTEEN,))
AFTER_CLASS = Dialogue(last=Ask("list_activities", activities=(CLASS,), centres=(CENTRE,)))
MEANT: list[tuple[str, BookingTalk, Ask, Dialogue, Ask]] = [
    ("that class, in words that name nothing", BookingTalk("book"), Ask("unknown"), AFTER_CLASS, WISH),
    ("nothing was shown", BookingTalk("book"), Ask("unknown"), NEW, Ask("unknown")),
    ("a place is asked for", BookingTalk("book"), Ask("coverage"), AFTER_CLASS, Ask("coverage")),
    ("what is on", BookingTalk("book"), replace(WISH, intent="list_activities"), NEW, WISH),
    ("a service", BookingTalk("book"), CANTEEN_ASKED, AFTER_CLASS, CANTEEN_ASKED),
    ("only a question", BookingTalk("book", only_asks=True), Ask("unknown"), AFTER_CLASS, Ask("unknown")),
    ("one's own, of a canteen", BookingTalk("mine"), CANTEEN_ASKED, NEW, CANTEEN_ASKED),
    ("one's own", BookingTalk("mine"), Ask("unknown"), NEW, Ask("my_bookings")),
]


@pytest.mark.parametrize(
    ("talk", "ask", "dialogue", "meant"), [case[1:] for case in MEANT], ids=[c[0] for c in MEANT]
)
def test_what_a_word_of_booking_means_beside_a_wish(
    talk: BookingTalk, ask: Ask, dialogue: Dialogue, meant: Ask
) -> None:
    assert booking_in(talks(talk), ask, dialogue) == meant
