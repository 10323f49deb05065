"""What a sentence or a button wishes of bookings, beside what it asks of the directory."""

from dataclasses import replace

from handlers.asks import Ask, Dialogue
from handlers.focus import ABOUT_A_THING, FACETS, SHORT
from handlers.participants import ANYBODY, CHILDREN, SELF, WE
from handlers.snapshot import Directory
from handlers.when import when_in
from messages.understand.booking import OLDEST, YOUNGEST, BookingTalk
from messages.understand.lexicon import THINGS
from messages.understand.understand import Command, Understanding
from messages.words import words

BOOK = "book"
# How old somebody is was asked; whose age it is follows.
AGE = "age:"
CHANGE = "change_booking"
APPEAL = "appeal"

# What is asked of one's own bookings, by the act that was understood.
OWN = {
    "mine": "my_bookings",
    "cancel": "cancel_booking",
    "leave_line": "cancel_booking",
    "change": CHANGE,
    "accept": "accept",
    "decline": "decline",
}
# What a sentence may have been taken for when it speaks of one's own bookings after all.
NOTHING_ELSE = frozenset(
    (
        "activity_card",
        "booking",
        "find_centres",
        "list_activities",
        "my_bookings",
        "no",
        "out_of_scope",
        "unknown",
    )
)
# What somebody may have been taken to ask who wants a place in it.
OF_ACTIVITIES = frozenset(("activity_card", "booking", "list_activities"))
# What somebody wants to know before they want a place.
ASKED_FIRST = frozenset(("price", "who", "bring", "teacher"))
# Acts that a question beside them makes doubtful.
TAKEN_BACK = frozenset(("cancel", "leave_line", "decline"))
NO_WISH = frozenset(("find_centres", "my_bookings", "unknown"))


def commanded(command: Command, dialogue: Dialogue, directory: Directory) -> Ask | None:
    """What a button of a booking means; None for another's, and for one that fits nothing that is there."""
    value = command.arguments[0] if command.arguments else ""
    pending = dialogue.pending if dialogue.pending and dialogue.pending.intent in (BOOK, CHANGE) else None
    match command.name:
        case "yes" | "no":
            return Ask(command.name, kind=value)
        case "bookings":
            return Ask("my_bookings")
        case "booking" | "accept" | "decline" | "wait_on" | "there" | "not_coming":
            return Ask(command.name, booking=value)
        case "cancel" | "change":
            return Ask(f"{command.name}_booking", booking=value)
        case "appeal" if value in directory.centres:
            return Ask("callback", kind=APPEAL, centres=(value,))
        case "book" | "dates" | "book_all" if value in directory.activities:
            known = pending or Ask(BOOK)
            spread = "term" if command.name == "book_all" else None
            meant = (value,)
            return replace(
                known, intent=BOOK, activities=meant, when=None, session=None, spread=spread, booking=None
            )
        case "session" if value:
            known = pending or Ask(BOOK)
            return replace(known, session=value, when=None, spread=None)
        case "who" if pending and value:
            return replace(pending, who=(value,))
        case "age" if pending and value[:1] == "g" and value[1:].isdecimal():
            return _aged(pending, _asked_of(dialogue), value)
    return None


def answered(meant: Understanding, dialogue: Dialogue) -> Ask | None:
    """A yes or a no to what waits for one, or what was missing for a booking; None for anything else."""
    talk, first = meant.booking, dialogue.choices[0].say if dialogue.choices else ""
    if dialogue.draft and (talk.yes or talk.no):
        return Ask("yes", kind=dialogue.draft.token) if talk.yes else Ask("no")
    if talk.yes and first.startswith("/accept "):
        return Ask("accept", booking=first.removeprefix("/accept "))
    pending = dialogue.pending
    if pending is None or pending.intent not in (BOOK, CHANGE) or dialogue.wants is None:
        return None
    if talk.no:
        return Ask("no")
    if meant.things is not None and meant.hits:
        return None  # something is named: that is another question
    return _filled(pending, meant, dialogue)


def _filled(pending: Ask, meant: Understanding, dialogue: Dialogue) -> Ask | None:
    talk, age, wants = meant.booking, age_said(meant.booking), dialogue.wants or ""
    if wants.startswith(AGE):
        is_number = is_age(meant, dialogue)
        if is_number and YOUNGEST < (meant.pick or 0) < OLDEST:
            age = f"y{meant.pick}"
        # Nobody is 200: the booking stays, and it is asked again.
        return _aged(pending, _asked_of(dialogue), age) if age or is_number else None
    who = talk.who or pending.who
    told = _aged(replace(pending, who=who), who[0] if len(who) == 1 else ANYBODY, age)
    if wants == "who":
        return told if talk.who else None
    if wants != "date":
        return None
    if talk.spread or meant.times:
        return replace(told, when=when_in(meant), spread=talk.spread, session=None)
    return told if told != pending and _tells_no_more(meant) else None


def is_age(meant: Understanding, dialogue: Dialogue) -> bool:
    """Whether a mere number answers how old somebody is."""
    return (dialogue.wants or "").startswith(AGE) and meant.text.isdecimal()


def _tells_no_more(meant: Understanding) -> bool:
    """Whether it only tells who takes part and how old they are, before that is asked. Whether somebody of
    that age may come is said when the day is."""
    if len(meant.text) > SHORT or meant.booking.act or not meant.cues.isdisjoint(FACETS):
        return False
    ends = tuple(words(meant.language or "zh", "asking")["question_ends"])
    asks = "asks" in meant.cues or meant.text.endswith(ends)
    return age_said(meant.booking) is not None or not asks


def _asked_of(dialogue: Dialogue) -> str:
    return (dialogue.wants or "").removeprefix(AGE) or ANYBODY


def _aged(pending: Ask, who: str, age: str | None) -> Ask:
    """The wish with the age that was told of somebody, if one was."""
    return replace(pending, ages=tuple({**dict(pending.ages), who: age}.items())) if age else pending


def booking_in(meant: Understanding, ask: Ask, dialogue: Dialogue) -> Ask:
    """What was understood, or the booking that the sentence wishes instead."""
    talk = meant.booking
    # A centre may offer help with appeals, and there are appeals elsewhere.
    if talk.act == APPEAL and not (ask.services or meant.out_of_scope):
        return Ask("callback", kind=APPEAL, centres=ask.centres)
    if talk.when_booked and not talk.asks_for_it and ask.intent in OF_ACTIVITIES:
        return replace(ask, when=None, not_on=())  # its card says so; what was said of days is of the asking
    if talk.only_asks:
        return ask
    is_named = any(hit.kind in THINGS for hit in meant.hits)
    if talk.act in ("cancel", "change") and _asks_for_other_days(meant, dialogue):
        return ask
    if talk.act in TAKEN_BACK and not talk.takes_back and _asks_something(meant, ask):
        return ask
    if talk.act in OWN and talk.is_own and not is_named:
        return Ask(OWN[talk.act or ""], when=when_in(meant, also_refused=True))
    if talk.act in OWN and talk.act != "mine" and not _is_of_ones_own(talk, ask, dialogue):
        return ask
    if talk.act in OWN:
        listed = talk.act == "mine" and ask.intent not in ("find_service", "service_card")
        if listed or ask.intent in NOTHING_ELSE:
            when = when_in(meant, also_refused=True) if meant.on.refused else ask.when
            return replace(ask, intent=OWN[talk.act or ""], booking=None, when=when)
        return ask
    last = dialogue.last
    same = last if last and last.activities and not is_named else None
    if talk.act == BOOK and talk.who and same and not ask.centres:  # 'one for my wife, too'
        session = None if ask.when or talk.spread else same.session
        return _wished(replace(same, when=ask.when, session=session), talk)
    if talk.act != BOOK or ask.services or _only_asks_of_it(ask, talk):
        return ask
    if ask.intent in OF_ACTIVITIES:
        return _wished(ask, talk)
    if ask.intent in NO_WISH and same:
        return _wished(replace(same, when=ask.when, session=None), talk)
    return ask


def _asks_something(meant: Understanding, ask: Ask) -> bool:
    """'Then I do without; what time do they open on Monday?': only a reason stands before the question."""
    looks = ask.nearest or ask.around or ask.free or ask.open_only
    return "asks" in meant.cues or bool(ask.facets or looks or meant.wanted)


def _asks_for_other_days(meant: Understanding, dialogue: Dialogue) -> bool:
    """Who gives a reason for not being free after a card was shown wants another day of that thing: nothing
    of their own was spoken of."""
    return meant.on.gives_reason and dialogue.last is not None and dialogue.last.intent in ABOUT_A_THING


def _only_asks_of_it(ask: Ask, talk: BookingTalk) -> bool:
    """Whether what it costs or who may come is asked, and nobody is told to book: the card says that."""
    return not (talk.asks_for_it or ASKED_FIRST.isdisjoint(ask.facets)) and bool(ask.activities)


def _is_of_ones_own(talk: BookingTalk, ask: Ask, dialogue: Dialogue) -> bool:
    """'Change it to Saturday' speaks of a booking only where one was just spoken of."""
    if ask.intent not in NOTHING_ELSE:
        return False
    was_own = dialogue.last is not None and dialogue.last.intent in ("booking", "my_bookings")
    return was_own or talk.act != "change"


def _wished(ask: Ask, talk: BookingTalk) -> Ask:
    """Whom it is for is said in the family's words; 'I want' beside somebody else is the speaker's own
    wish for them, and 'my wife and I' are two."""
    others = tuple(each for each in talk.who if each not in (SELF, WE))
    who = ((SELF, *others) if WE in talk.who else others) or talk.who
    age = age_said(talk)
    named = next((each for each in who if each in CHILDREN), ANYBODY)
    return replace(
        ask,
        intent=BOOK,
        facets=(),
        booking=None,
        skip=0,
        who=who,
        ages=((named, age),) if age else (),
        spread=talk.spread,
    )


def age_said(talk: BookingTalk) -> str | None:
    """What was told of an age, as `participants.with_age` reads it."""
    if talk.grade is not None:
        return f"g{talk.grade}"
    if talk.born is not None:
        return f"b{talk.born:%Y-%m}"
    return None if talk.age is None else f"y{talk.age}"
