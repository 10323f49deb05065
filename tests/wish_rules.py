"""Understandings made by hand, and the wish that each is: the rules of handlers/wish.py as tables."""

from dataclasses import replace

from handlers.asks import Ask, Dialogue, Near
from messages.understand.intents import Ranked
from messages.understand.lexicon import Hit, Kind, Topic
from messages.understand.understand import Understanding
from messages.understand.vectors import By, Fit, Ranking

# Longer than what goes on about something by its length alone.
LONG_TEXT = "这是一句足够长的话没有别的意思"
NOTHING = Understanding(LONG_TEXT, "zh", frozenset())

CENTRE, OTHER = "FZ002", "FZ004"
CANTEEN, HAIRCUT, OFFICE, CLASS = "长者食堂", "便民理发", "便民服务大厅", "少儿书法班"

NEW = Dialogue()
HERE = Near(24.907, 118.602)
ASKED = Ask("find_service", services=(CANTEEN,), centres=(OTHER,), said="食堂")
AFTER_CANTEEN = Dialogue(last=ASKED)
AFTER_CENTRE = Dialogue(last=Ask("centre_card", centres=(OTHER,)))
AFTER_TALK = Dialogue(last=Ask("coverage"))


def named(kind: Kind, name: str, start: int = 0, length: int = 2) -> Hit:
    return Hit(kind, (name,), LONG_TEXT[start : start + length], start, start + length, 1)


def likely(intent: str, chance: float = 0.9, second: str = "unlikely") -> Ranked:
    return ((intent, chance), (second, 1 - chance))


def near_to(*topics: Topic, lead: float = 0.02, fit: Fit = Fit.SURE) -> Ranking[Topic]:
    """By meaning, each so far behind the one before."""
    matches = tuple((topic, 0.9 - place * lead) for place, topic in enumerate(topics))
    return Ranking(matches, fit, By.MEANING)


PLACE = named(Kind.CENTRE, CENTRE)
AREA = named(Kind.SUBDISTRICT, "东湖街道")
FOOD = named(Kind.SERVICE, CANTEEN, 3)
HAIR = named(Kind.SERVICE, HAIRCUT, 6)
PAPERS = named(Kind.SERVICE, OFFICE, 3)
LESSON = named(Kind.ACTIVITY, CLASS, 3)
ELDERS = named(Kind.CATEGORY, "elder", 3)
MACHINE = named(Kind.KIOSK, "打印", 3)
A_MEAL = near_to((Kind.SERVICE, CANTEEN))


def says(
    *hits: Hit,
    cues: str = "",
    intents: Ranked = (),
    things: Ranking[Topic] | None = None,
    text: str = LONG_TEXT,
    wanted: str | None = None,
    other: float = 0.0,
) -> Understanding:
    return replace(
        NOTHING,
        text=text,
        hits=hits,
        cues=frozenset(cues.split()),
        intents=intents,
        things=things,
        wanted=wanted,
        other=other,
    )


# What is said, what was said before, and the wish; slots that the wish leaves open are not compared.
NAMED = [
    ("a service", says(FOOD), NEW, Ask("find_service", services=(CANTEEN,))),
    ("at a place", says(PLACE, FOOD), NEW, Ask("find_service", services=(CANTEEN,), centres=(CENTRE,))),
    ("an activity", says(LESSON), NEW, Ask("list_activities", activities=(CLASS,))),
    (
        "an activity and a service",
        says(LESSON, HAIR),
        NEW,
        Ask("find_service", services=(HAIRCUT,), activities=(CLASS,)),
    ),
    (
        "an activity and a service, but activities are meant",
        says(LESSON, HAIR, intents=likely("list_activities")),
        NEW,
        Ask("list_activities", services=(HAIRCUT,), activities=(CLASS,)),
    ),
    ("a function", says(ELDERS), NEW, Ask("find_service", category="elder")),
    ("a machine's errand", says(MACHINE), NEW, Ask("kiosks", kind="kiosk")),
    ("a machine by its name", says(cues="kiosk"), NEW, Ask("kiosks")),
    (
        "paperwork at night",
        says(PAPERS, cues="errand", intents=likely("kiosks", 0.4)),
        NEW,
        Ask("kiosks", services=(OFFICE,)),
    ),
    ("paperwork", says(PAPERS, cues="errand"), NEW, Ask("find_service", services=(OFFICE,))),
    ("no paperwork", says(FOOD, intents=likely("kiosks")), NEW, Ask("find_service", services=(CANTEEN,))),
    ("what is on", says(cues="activities"), NEW, Ask("list_activities")),
    ("what is on, by likeness", says(intents=likely("list_activities")), NEW, Ask("list_activities")),
    ("how far the district is", says(cues="coverage"), NEW, Ask("coverage")),
    ("how far, by likeness", says(intents=likely("coverage")), NEW, Ask("coverage")),
    ("whether one centre is built", says(PLACE, cues="coverage"), NEW, Ask("centre_card", centres=(CENTRE,))),
    ("a centre", says(PLACE), NEW, Ask("centre_card", centres=(CENTRE,))),
    (
        "a centre's services",
        says(PLACE, cues="any_service"),
        NEW,
        Ask("list_services", centres=(CENTRE,)),
    ),
    (
        "a centre's services, by likeness",
        says(PLACE, intents=likely("list_services")),
        NEW,
        Ask("list_services", centres=(CENTRE,)),
    ),
    ("an area", says(AREA), NEW, Ask("find_centres", subdistrict="东湖街道")),
    ("an area's services", says(AREA, cues="any_service"), NEW, Ask("find_centres", subdistrict="东湖街道")),
    ("the nearest", says(cues="nearest"), NEW, Ask("find_centres", nearest=True)),
    ("around", says(cues="around"), NEW, Ask("find_centres", around=True)),
    (
        "centres, by likeness, in other words",
        says(intents=likely("find_centres"), wanted="中心"),
        NEW,
        Ask("find_centres"),
    ),
    ("centres, by likeness", says(intents=likely("find_centres")), NEW, Ask("find_centres")),
    ("nothing", says(), NEW, Ask("unknown")),
]
APART = [
    ("danger", says(intents=likely("emergency")), NEW, Ask("emergency", kind="any")),
    ("perhaps danger", says(intents=likely("emergency", 0.4)), NEW, Ask("unknown")),
    ("a calm question", says(cues="where", intents=likely("emergency", 0.7)), NEW, Ask("unknown")),
    (
        "an urgent question",
        says(cues="where", intents=likely("emergency")),
        NEW,
        Ask("emergency", kind="any"),
    ),
    (
        "danger in a sentence that a service comes near to",
        says(intents=likely("emergency", 0.7), things=near_to((Kind.SERVICE, CANTEEN))),
        NEW,
        Ask("emergency", kind="any"),
    ),
    ("no call-back", says(cues="callback_cancel callback"), NEW, Ask("callback_cancel")),
    ("a call-back", says(PLACE, cues="callback"), NEW, Ask("callback", centres=(CENTRE,))),
    ("a call-back to complain", says(cues="callback complain"), NEW, Ask("callback", kind="complaint")),
    ("a person", says(cues="human"), NEW, Ask("human")),
    ("a person, but coverage is meant", says(cues="human", intents=likely("coverage")), NEW, Ask("coverage")),
    ("a complaint", says(cues="complain"), NEW, Ask("human", kind="complaint")),
    (
        "a complaint about what is named, by likeness",
        says(FOOD, intents=likely("complain", 0.85)),
        NEW,
        Ask("human", kind="complaint"),
    ),
    (
        "hardly a complaint about what is named",
        says(FOOD, cues="complain", intents=likely("complain", 0.7)),
        NEW,
        Ask("find_service", services=(CANTEEN,)),
    ),
    ("a hard word", says(cues="abuse"), NEW, Ask("abuse")),
    ("a hard word and a wish", says(FOOD, cues="abuse"), NEW, Ask("find_service", services=(CANTEEN,))),
    ("impatience alone", says(cues="heat"), NEW, Ask("abuse")),
    ("impatience and a wish", says(FOOD, cues="heat"), NEW, Ask("find_service", services=(CANTEEN,))),
    (
        "a question that sounds like a hard word",
        says(cues="price", intents=likely("abuse", 0.85)),
        NEW,
        Ask("unknown", facets=("price",)),
    ),
    ("like a hard word", says(intents=likely("abuse", 0.55)), NEW, Ask("unknown")),
    ("more like a hard word", says(intents=likely("abuse", 0.65)), NEW, Ask("abuse")),
    ("very like a hard word", says(intents=likely("abuse", 0.85)), NEW, Ask("abuse")),
    ("somebody else's affairs", says(cues="private"), NEW, Ask("out_of_scope")),
    ("a trick", says(cues="trick"), NEW, Ask("out_of_scope")),
    ("a trick beside a wish", says(FOOD, cues="trick"), NEW, Ask("find_service", services=(CANTEEN,))),
    ("another matter", says(other=0.45), NEW, Ask("out_of_scope")),
    ("hardly another matter", says(other=0.35), NEW, Ask("unknown")),
    (
        "chatter that nothing is near to",
        says(intents=likely("out_of_scope", 0.7), other=0.2),
        NEW,
        Ask("out_of_scope"),
    ),
    (
        "what is hardly chatter",
        says(intents=likely("out_of_scope", 0.55), other=0.2),
        NEW,
        Ask("unknown"),
    ),
    (
        "surely no wish of ours, with a name",
        says(FOOD, intents=likely("out_of_scope"), other=0.65),
        NEW,
        Ask("out_of_scope"),
    ),
    ("another matter at a place", says(PLACE, other=0.65), NEW, Ask("out_of_scope", centres=(CENTRE,))),
    ("hardly another matter at a place", says(PLACE, other=0.55), NEW, Ask("centre_card", centres=(CENTRE,))),
    (
        "another matter with a name",
        says(FOOD, other=0.7),
        NEW,
        Ask("find_service", services=(CANTEEN,)),
    ),
    ("surely another matter, with a name", says(FOOD, other=0.85), NEW, Ask("out_of_scope")),
    (
        "another matter's story with a question",
        says(cues="hours", text=LONG_TEXT * 2, other=0.7),
        NEW,
        Ask("unknown"),
    ),
    ("a mere question for the time", says(cues="hours", text="几点开", other=0.7), NEW, Ask("centre_card")),
    ("where, of which centre nobody says", says(cues="where", text="在哪条路上"), NEW, Ask("centre_card")),
    ("another matter's words", replace(says(), out_of_scope=True), NEW, Ask("out_of_scope")),
    ("hello", says(cues="greet"), NEW, Ask("greet")),
    ("hello and a wish", says(FOOD, cues="greet"), NEW, Ask("find_service", services=(CANTEEN,))),
    ("thanks before hello", says(cues="greet thanks"), NEW, Ask("thanks")),
    ("help, by likeness", says(intents=likely("help")), NEW, Ask("help")),
    (
        "thanks that sound like another matter",
        says(cues="thanks", intents=likely("out_of_scope", 0.7)),
        NEW,
        Ask("thanks"),
    ),
    (
        "thanks in another matter",
        says(cues="thanks", intents=likely("out_of_scope", 0.9), other=0.9),
        NEW,
        Ask("out_of_scope"),
    ),
    ("what is elsewhere", says(cues="elsewhere"), NEW, Ask("out_of_scope")),
    (
        "elsewhere, but a place of ours",
        says(PLACE, cues="elsewhere"),
        NEW,
        Ask("centre_card", centres=(CENTRE,)),
    ),
    (
        "perhaps another matter, where a question goes on",
        says(cues="hours", other=0.7),
        AFTER_TALK,
        Ask("coverage", facets=("hours",)),
    ),
    (
        "the nearest of those that are open",
        says(cues="coverage nearest"),
        NEW,
        Ask("find_centres", nearest=True),
    ),
    ("English", says(cues="english"), NEW, Ask("language", kind="en")),
    ("Chinese", says(cues="simplify"), NEW, Ask("language", kind="zh")),
    ("a language, by likeness", says(intents=likely("language")), NEW, Ask("language", kind="zh")),
    (
        "a language, by likeness, in English",
        replace(says(intents=likely("language")), language="en"),
        NEW,
        Ask("language", kind="en"),
    ),
    ("more of nothing", says(cues="more"), NEW, Ask("unknown")),
    ("more", says(cues="more"), AFTER_CANTEEN, replace(ASKED, centres=(), skip=1)),
    ("more, by likeness", says(intents=likely("more")), AFTER_CANTEEN, replace(ASKED, centres=(), skip=1)),
    ("farther", says(cues="farther"), replace(AFTER_CANTEEN, shown=3), replace(ASKED, centres=(), skip=1)),
]
GUESSED = [
    (
        "far ahead of all others",
        says(
            intents=likely("find_service"), things=near_to((Kind.SERVICE, CANTEEN), (Kind.SERVICE, HAIRCUT))
        ),
        NEW,
        Ask("find_service", services=(CANTEEN,), perhaps=(HAIRCUT,)),
    ),
    (
        "close to another, and much like a wish",
        says(
            intents=likely("find_service"),
            things=near_to((Kind.SERVICE, CANTEEN), (Kind.SERVICE, HAIRCUT), lead=0.001),
        ),
        NEW,
        Ask("find_service", services=(CANTEEN,), perhaps=(HAIRCUT,)),
    ),
    (
        "close to another, and nobody knows where",
        says(
            intents=likely("find_service", 0.6),
            things=near_to((Kind.SERVICE, CANTEEN), (Kind.SERVICE, HAIRCUT), lead=0.001),
        ),
        NEW,
        Ask("which_service", services=(CANTEEN, HAIRCUT)),
    ),
    (
        "close to another, near a place",
        says(
            intents=likely("find_service", 0.6),
            things=near_to((Kind.SERVICE, CANTEEN), (Kind.SERVICE, HAIRCUT), lead=0.001),
        ),
        replace(NEW, near=HERE),
        Ask("find_service", services=(CANTEEN,), perhaps=(HAIRCUT,)),
    ),
    (
        "not one activity but what there is",
        says(
            intents=likely("list_activities"),
            things=near_to((Kind.ACTIVITY, CLASS), (Kind.ACTIVITY, "少儿武术班"), lead=0.001),
        ),
        NEW,
        Ask("list_activities"),
    ),
    (
        "the word for activities",
        says(cues="activities", intents=likely("find_service"), things=near_to((Kind.SERVICE, CANTEEN))),
        NEW,
        Ask("list_activities"),
    ),
    (
        "named in other words that are not in the directory",
        says(
            PLACE,
            intents=likely("find_service"),
            things=near_to((Kind.SERVICE, CANTEEN), (Kind.SERVICE, "普惠托育园"), lead=0.001),
            wanted="游泳池",
        ),
        NEW,
        Ask("find_service", services=(CANTEEN,), centres=(CENTRE,), said="游泳池"),
    ),
    (
        "the next question about what was spoken of",
        says(
            cues="price",
            intents=likely("find_service"),
            things=near_to((Kind.SERVICE, HAIRCUT), (Kind.SERVICE, OFFICE), lead=0.001),
        ),
        AFTER_CANTEEN,
        replace(ASKED, facets=("price",), nearest=True),
    ),
    (
        "in other words, and nothing comes near",
        says(PLACE, intents=likely("find_service"), wanted="游泳池"),
        NEW,
        Ask("unknown", centres=(CENTRE,), said="游泳池"),
    ),
    (
        "a story that names a thing by the way",
        says(
            FOOD,
            intents=likely("find_service"),
            things=near_to((Kind.SERVICE, HAIRCUT), (Kind.SERVICE, CANTEEN), lead=0.04),
            text=LONG_TEXT * 2,
        ),
        NEW,
        Ask("find_service", services=(HAIRCUT,)),
    ),
    (
        "a story that nothing else comes near",
        says(FOOD, intents=likely("find_service"), text=LONG_TEXT * 2),
        NEW,
        Ask("find_service", services=(CANTEEN,)),
    ),
    (
        "another thing after what was spoken of, when it is certain",
        says(
            cues="price",
            intents=likely("find_service"),
            things=near_to((Kind.SERVICE, HAIRCUT), (Kind.SERVICE, OFFICE), lead=0.03),
        ),
        AFTER_CANTEEN,
        Ask("find_service", services=(HAIRCUT,), centres=(OTHER,), facets=("price",)),
    ),
    ("a machine", says(intents=likely("kiosks"), things=near_to((Kind.KIOSK, ""))), NEW, Ask("kiosks")),
    (
        "a place itself",
        says(PLACE, cues="any_service", intents=likely("find_service"), things=A_MEAL),
        NEW,
        Ask("list_services", centres=(CENTRE,)),
    ),
    (
        "the one place and not the other",
        replace(
            says(
                PLACE,
                intents=likely("find_service"),
                things=A_MEAL,
                text="不是那里是这里",
            ),
            without=(named(Kind.CENTRE, OTHER, 3),),
        ),
        NEW,
        Ask("centre_card", centres=(CENTRE,)),
    ),
    (
        "a place and a thing",
        says(PLACE, intents=likely("find_service"), things=A_MEAL),
        NEW,
        Ask("find_service", services=(CANTEEN,), centres=(CENTRE,)),
    ),
]
