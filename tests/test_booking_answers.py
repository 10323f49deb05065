"""Buttons and answers of a booking that is under way, and what else a word of booking may mean."""

from dataclasses import replace

import pytest

from handlers.asks import Ask, Dialogue
from handlers.participants import ANYBODY
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
        replace(WISH, who=("son", "daughter"), ages=((ANYBODY, "g2"),)),
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
        replace(WISH, ages=((ANYBODY, "g3"),)),
    ),
    ("who, while the date is asked", BookingTalk(who=("son",)), DATE, replace(WISH, who=("son",))),
    ("nothing is asked", BookingTalk(who=("son",)), NEW, None),
]


@pytest.mark.parametrize(
    ("talk", "dialogue", "ask"), [case[1:] for case in ANSWERS], ids=[c[0] for c in ANSWERS]
)
def test_what_was_missing_is_filled_in(talk: BookingTalk, dialogue: Dialogue, ask: Ask | None) -> None:
    assert answered(talks(talk), dialogue) == ask


@pytest.mark.parametrize(("number", "ages"), [(8, (("child", "y8"),)), (200, ()), (0, ())])
def test_a_mere_number_is_an_age_where_one_is_asked(number: int, ages: tuple[tuple[str, str], ...]) -> None:
    """The booking stays as it is when nobody is as old as that: it is asked again."""
    said = replace(talks(BookingTalk(), str(number)), pick=number)
    assert answered(said, AGE) == replace(WISH, ages=ages)
    assert is_age(said, AGE)
    assert not is_age(said, DATE)
    assert not is_age(replace(said, text="第8个"), AGE)


def test_the_last_age_that_is_told_of_somebody_counts_beside_those_of_others() -> None:
    known = replace(WISH, ages=(("child", "g1"), ("son", "g5")))
    again = answered(talks(BookingTalk(grade=2)), replace(AGE, pending=known))
    assert again == replace(WISH, ages=(("child", "g2"), ("son", "g5")))


def test_whether_somebody_of_that_age_may_come_is_said_with_the_day() -> None:
    may_she = talks(BookingTalk(who=("daughter",), age=8), "女儿8岁可以吗")
    assert answered(may_she, DATE) == replace(WISH, who=("daughter",), ages=(("daughter", "y8"),))


ASKED_MEANWHILE = [
    talks(BookingTalk(grade=3), "三年级的孩子放了寒假都去哪里玩呢"),
    replace(talks(BookingTalk(who=("daughter",)), "女儿要带什么"), cues=frozenset({"bring"})),
    replace(talks(BookingTalk(who=("daughter",)), "女儿能去吗"), cues=frozenset({"asks"})),
    talks(BookingTalk("mine", who=("son",)), "儿子的预约"),
    talks(BookingTalk("book", who=("son",)), "再给儿子报一个"),
    talks(BookingTalk(who=("son",)), "我儿子报了吗"),
    replace(talks(BookingTalk(who=("son",)), "my son?"), language="en"),
]


@pytest.mark.parametrize("meant", ASKED_MEANWHILE)
def test_what_is_asked_meanwhile_is_no_answer_to_when(meant: Understanding) -> None:
    assert answered(meant, DATE) is None


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
