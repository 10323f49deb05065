"""What 'it' is: what the last answer showed is what one more question speaks of."""

from dataclasses import replace

from handlers.asks import Ask, Dialogue, When
from handlers.homes import LOOKS
from handlers.snapshot import Directory
from handlers.subjects import Told, share_about
from handlers.things import Things
from handlers.turned import goes_on_with, is_turned
from messages.understand.lexicon import THINGS, Kind
from messages.understand.subjects import IT
from messages.understand.understand import Understanding
from messages.views import ActivityCard, CentreCard, ServiceCard, View
from messages.views_booking import Booked, BookingShown, Held

# The order in which a card tells what was asked.
FACETS = ("price", "bring", "how", "who", "phone", "access", "where", "teacher", "hours")
# What does not depend on the day that was asked about before.
TIMELESS = frozenset(FACETS) - {"hours"}

# After a centre's card or list, what is asked without a place is asked about that centre.
ABOUT_A_CENTRE = (
    "centre_card",
    "list_services",
    "list_activities",
    "activity_card",
    "service_card",
    "find_service",
    "kiosks",
    "several",
)
ABOUT_A_THING = ("find_service", "service_card", "list_activities", "activity_card", "kiosks", "several")

# What is never asked about the place or the thing that was spoken of.
NOT_ABOUT_IT = frozenset(
    (
        "activities",
        "any_service",
        "around",
        "callback",
        "complain",
        "coverage",
        "human",
        "kiosk",
        "more",
        "nearest",
    )
)
# Of these not even where the whole sentence sounds like another question about it.
NEVER_ABOUT_IT = frozenset(
    (
        "abuse",
        "callback",
        "callback_cancel",
        "complaint",
        "coverage",
        "elsewhere",
        "english",
        "help",
        "human",
        "more",
        "private",
    )
)
# With these it is not the same thing at another place that is looked for.
NOT_ELSEWHERE = frozenset(("activities", "any_service", "callback", "complaint", "coverage", "human"))
# With these a thing that is named is looked for anew.
LOOKS_AROUND = ("around", "nearest", "open_now", "kiosk")
# A sentence as short as this goes on about what was spoken of.
SHORT = 9
LONGER = 14
# For a sentence to be taken for another question about it: less than elsewhere, as most sentences that
# follow an answer are one; more against what it names.
LIKELY = 0.33
AGAINST_A_NAME = 0.8
# So many cards are remembered beside the last one.
REMEMBERED = 3
# From here on another matter may be meant, or danger.
OTHERS = 0.45
# For a sentence to be taken for danger, or for the next one of a list.
SURE = 0.8


def focus_of(view: View) -> Ask | None:
    """The question that shows the one thing on this card again."""
    match view:
        case ServiceCard(name=name, centre=centre):
            return Ask("find_service", services=(name,), centres=(centre.id,))
        case ActivityCard(line=line):
            return Ask("list_activities", activities=(line.name,), centres=(line.centre.id,))
        case Booked(activity=booked) | BookingShown(held=Held(activity=booked)):
            return Ask("list_activities", activities=(booked.name,), centres=(booked.centre.id,))
        case CentreCard(centre=centre):
            return Ask("centre_card", centres=(centre.id,))
        case _:
            return None


def earlier_of(dialogue: Dialogue, focus: Ask | None) -> tuple[Ask, ...]:
    """What the cards before the last one showed, the last of them first."""
    before = dialogue.focus
    if before is None or before == focus or not before.names:
        return dialogue.earlier
    return (before, *(each for each in dialogue.earlier if each != before))[:REMEMBERED]


def returned_to(
    meant: Understanding, base: Ask, things: Things, dialogue: Dialogue, directory: Directory
) -> Ask | None:
    """What was shown before the last card, where somebody comes back to it without its name."""
    if not meant.on.back or base.centres or base.subdistrict:
        return None
    named = set(things.names) if things else None
    earlier = [each for each in dialogue.earlier if _is_another(each, dialogue.focus, named)]
    if not earlier:
        return None
    return again(max(earlier, key=lambda each: share_about(each.names, meant, directory)), base)


def _is_another(earlier: Ask, shown: Ask | None, named: set[str] | None) -> bool:
    """Whether it is the one that is named, or else not what the last card shows: another thing, or the same
    at another place."""
    if named is not None:
        return not named.isdisjoint(earlier.names)
    return shown is None or (earlier.names, earlier.centres) != (shown.names, shown.centres)


def of_it(dialogue: Dialogue, new: Ask) -> Ask:
    """The question `new` about what was shown; a new wish asks the last question again."""
    last = dialogue.last or Ask("unknown")
    asks_what_is_on = last.intent == "list_activities" and not last.activities and bool(new.when)
    is_wish = new.open_only or new.free or new.nearest or (new.accessible and "access" not in new.facets)
    if dialogue.focus is None or is_wish or asks_what_is_on:
        is_of_first = dialogue.focus is None and bool(new.facets) and not (new.when or is_wish)
        return replace(again(last, new), skip=last.skip if is_of_first else 0)
    when = None if new.not_on else last.when
    focus = replace(dialogue.focus, when=when, not_on=last.not_on, age=last.age, audience=last.audience)
    return replace(again(focus, new), around=new.around)


def is_about_it(
    meant: Understanding, base: Ask, things: Things, told: Told, dialogue: Dialogue, directory: Directory
) -> bool:
    """Whether the sentence only asks something else about what was just spoken of."""
    if dialogue.last is None or base.centres or base.subdistrict:
        return False
    if not things and (meant.on.other_time or (dialogue.focus and _asks_of_nothing_else(meant, base))):
        return True
    card = _card_text(dialogue.focus, directory) if dialogue.focus else ""
    if is_turned(meant, things, told, dialogue, directory, card):
        return False
    if not things and _is_brief(meant, base):
        return True
    if dialogue.last.intent not in (*ABOUT_A_THING, *ABOUT_A_CENTRE) or meant.cues & NEVER_ABOUT_IT:
        return False
    if (
        meant.out_of_scope
        or meant.without
        or meant.chance("emergency") >= SURE
        or meant.chance("more") >= SURE
    ):
        return False
    if things and not meant.cues.isdisjoint(LOOKS_AROUND):
        return False
    machine = [hit for hit in meant.hits if hit.kind is Kind.KIOSK and hit.text not in card]
    if things.is_kiosk and machine and dialogue.last.intent != "kiosks":
        return False  # what only the machines do
    share = meant.about(IT)
    if dialogue.focus:
        share += share_about(dialogue.focus.names, meant, directory)
    least = AGAINST_A_NAME if things and not _stands_on_it(meant, dialogue, directory) else LIKELY
    return share >= least and share >= told.chance


def _is_brief(meant: Understanding, base: Ask) -> bool:
    most = LONGER if "phone" in base.facets else SHORT
    is_short = len(meant.text) <= most or "elliptic" in meant.cues or bool(base.not_on)
    asks_more = bool(base.when or base.not_on or base.facets or base.accessible)
    return is_short and asks_more and not meant.cues & NOT_ABOUT_IT


def _asks_of_nothing_else(meant: Understanding, base: Ask) -> bool:
    """Whether no word of the sentence could be another thing: 'she is 81, what would she pay?'"""
    asks = bool(base.when or base.not_on or base.facets or base.accessible or base.age is not None)
    beside = meant.without or meant.out_of_scope or meant.cues & (NOT_ABOUT_IT | NEVER_ABOUT_IT)
    is_for_less = base.free or meant.on.free_one or meant.on.cheaper
    return asks and meant.on.names_nothing and not (beside or is_for_less)


def _stands_on_it(meant: Understanding, dialogue: Dialogue, directory: Directory) -> bool:
    """Whether every thing that is named stands on the card itself: its conditions name other things."""
    text = _card_text(dialogue.focus, directory) if dialogue.focus else ""
    return all(hit.text in text for hit in meant.hits if hit.kind in THINGS)


def _card_text(focus: Ask, directory: Directory) -> str:
    centre = focus.centres[0]
    services = (s for s in directory.services_of.get(centre, ()) if s.name in focus.services)
    activities = (a for a in directory.activities_of.get(centre, ()) if a.name in focus.activities)
    of_services = ((s.fee, s.audience, s.bring, s.how, s.note) for s in services)
    of_activities = ((a.fee, a.audience, a.cancel_text, a.note) for a in activities)
    return " ".join(text or "" for texts in (*of_services, *of_activities) for text in texts)


def continued(ask: Ask, meant: Understanding, dialogue: Dialogue, directory: Directory) -> Ask:
    """A sentence that only names another place (what about such-and-such?) asks the last question there."""
    last, cues = dialogue.last, meant.cues
    if last is None:
        return ask
    if _goes_on_there(ask, last, cues):
        age = last.age if ask.age is None else ask.age
        whose = (last.audience, ask.audience) if "corrects" in cues else (ask.audience, last.audience)
        return replace(ask, centres=last.centres, age=age, audience=whose[0] or whose[1])
    if ask.intent == "find_centres" and "centres" not in cues and not ask.subdistrict:
        if last.intent in ABOUT_A_THING:
            return replace(again(last, ask), centres=(), around=True, nearest=True)
        return ask
    if ask.intent not in ("centre_card", "find_centres") or not (ask.centres or ask.subdistrict):
        return ask
    if last.intent not in ABOUT_A_THING or "centres" in cues:
        return ask
    goes_on = meant.on.only_there or meant.on.nearly_there or _is_moved(meant, ask)
    goes_on = goes_on or goes_on_with(meant, last, directory)
    if cues.isdisjoint(("elliptic", "nearest")) and not goes_on:
        return ask
    return replace(
        again(last, ask),
        centres=ask.centres,
        subdistrict=ask.subdistrict,
        unclear=ask.unclear,
        nearest=last.nearest or ask.nearest or bool(ask.facets),
    )


def _goes_on_there(ask: Ask, last: Ask, cues: frozenset[str]) -> bool:
    """'What is on?' after a centre's card asks about that centre, unless the resident looks around."""
    placeless = not (ask.centres or ask.subdistrict or cues & {"nearest", "around", "open_now", "accessible"})
    asks_of_it = ask.intent in ("list_activities", "list_services", "find_service", "kiosks")
    return (
        placeless and not ask.around and asks_of_it and last.intent in ABOUT_A_CENTRE and bool(last.centres)
    )


def again(last: Ask, new: Ask) -> Ask:
    """The last question with another day or another point of interest."""
    return replace(
        last,
        when=_then(new.when, last.when) or (None if TIMELESS.intersection(new.facets) else last.when),
        facets=new.facets or last.facets,
        nearest=last.nearest or bool(new.facets),
        open_only=new.open_only or last.open_only,
        # A question about steps is no wish for another place.
        accessible=last.accessible or (new.accessible and "access" not in new.facets),
        without=(*last.without, *new.without),
        skip=0,
        not_on=tuple(dict.fromkeys((*last.not_on, *new.not_on))),
        age=last.age if new.age is None else new.age,
        audience=new.audience or last.audience,
    )


def _then(new: When | None, last: When | None) -> When | None:
    """A time of day that is said after a day is one of that day."""
    if new is None or last is None or new.first or new.weekdays or not new.has_clock:
        return new
    return replace(last, text=new.text, start=new.start, end=new.end, is_now=False)


def is_only_there(meant: Understanding, base: Ask, things: Things, dialogue: Dialogue) -> bool:
    """Whether somebody only says, in a talk about a thing, where they or who it is for live by now."""
    if not (dialogue.last and dialogue.last.intent in ABOUT_A_THING):
        return False
    beside = bool(things) or bool(meant.cues & (NOT_ABOUT_IT | NEVER_ABOUT_IT) - LOOKS)
    if meant.on.only_there or (_is_moved(meant, base) and not beside):
        return True
    asks = bool(things or base.facets or meant.wanted or meant.without or meant.on.leaves)
    if asks or not meant.on.nearly_there or meant.cues & (NOT_ABOUT_IT | NEVER_ABOUT_IT):
        return False
    return meant.chance("emergency") < LIKELY and meant.other < OTHERS


def _is_moved(meant: Understanding, ask: Ask) -> bool:
    """Whether another place is said for the same thing: where they are now, or one instead of the last."""
    looks = meant.on.another_place or not meant.cues.isdisjoint(LOOKS)
    is_told = "corrects" in meant.cues or meant.on.lives or looks or bool(ask.subdistrict and not ask.facets)
    return meant.on.names_nothing and is_told


def elsewhere(meant: Understanding, base: Ask, things: Things, dialogue: Dialogue) -> Ask | None:
    """What was just shown, at another place than the one where somebody will not go: 'is there another one,
    I quarrelled with them'."""
    last, focus = dialogue.last, dialogue.focus
    looks = meant.on.another_place or (meant.on.leaves and not meant.cues.isdisjoint(LOOKS))
    if not (last and looks) or last.intent not in ABOUT_A_THING or meant.cues & NOT_ELSEWHERE:
        return None
    shown = focus or last
    if base.centres or base.subdistrict or not shown.names:
        return None
    is_heard = all(hit.heard for hit in meant.hits if hit.kind in THINGS)  # what only sounds like a thing
    if things and not is_heard and set(things.names).isdisjoint(shown.names):
        return None
    if focus is None:
        return onward(dialogue, step=1)  # of a list the first is the one that is spoken of
    base = replace(base, without=tuple(dict.fromkeys((*base.without, *focus.centres))))
    return replace(again(last, base), centres=(), around=True, nearest=True, skip=0)


def onward(dialogue: Dialogue, *, step: int = 0) -> Ask:
    """The next ones of the last list; with a `step`, so many further on."""
    if not dialogue.last:
        return Ask("repeat")
    return replace(
        dialogue.last,
        skip=dialogue.last.skip + (step or dialogue.shown),
        centres=_wider(dialogue.last),
        facets=(),
    )


def _wider(last: Ask) -> tuple[str, ...]:
    """'Anything else?' after a place with the service looks around that place, not only inside it."""
    return () if last.intent in ("find_service", "service_card") else last.centres
