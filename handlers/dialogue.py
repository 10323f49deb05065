"""Decides what a resident wants from what was understood and what the conversation remembers.

Pure: it reads the understanding, the dialogue and the directory, and changes nothing.
"""

from dataclasses import replace

from handlers.asks import Ask, Dialogue, When
from handlers.places import Places, places_in
from handlers.snapshot import Directory
from messages.understand.lexicon import Kind
from messages.understand.time import TimeExpr
from messages.understand.understand import Command, Understanding

# The first cue that fits is what is said first on the card.
FACETS = ("price", "bring", "how", "who", "phone", "access", "where", "hours")

# What does not depend on the day that was asked about before.
TIMELESS = ("price", "bring", "how", "who", "phone", "access", "where")

# After a centre's card or list, what is asked without a place is asked about that centre.
ABOUT_A_CENTRE = ("centre_card", "list_services", "list_activities", "activity_card")

# What a sentence is about that names a place and nothing else.
ONLY_A_PLACE = ("centre_card", "find_centres")

# Small talk is what a sentence is about only when it names nothing of the directory.
SMALL_TALK = ("repeat", "thanks", "greet", "help")

# A button's name, the intent it stands for, and the slot its argument fills.
COMMANDS: dict[str, tuple[str, str | None]] = {
    "centre": ("centre_card", "centres"),
    "which": ("which", "centres"),
    "area": ("which", "subdistrict"),
    "service": ("service_card", "service"),
    "kind": ("find_service", "kind"),
    "category": ("find_service", "category"),
    "services": ("list_services", "centres"),
    "activities": ("list_activities", "centres"),
    "activity": ("activity_card", "activity"),
    "kiosks": ("kiosks", "centres"),
    "centres": ("find_centres", None),
    "coverage": ("coverage", None),
    "more": ("more", None),
    "again": ("repeat", None),
    "human": ("human", None),
    "callback": ("callback", "because"),
    "callback_cancel": ("callback_cancel", None),
    "help": ("help", None),
    "start": ("greet", None),
    "language": ("language", "language"),
}


def decide(meant: Understanding, dialogue: Dialogue, directory: Directory) -> Ask:
    """The one wish that this message stands for."""
    if meant.command:
        return _commanded(meant.command, dialogue, directory)
    if meant.emergency:
        return Ask("emergency", kind=meant.emergency)
    places = places_in(meant.hits, directory)
    fresh = _fresh(meant, places, dialogue)
    if dialogue.pending and _answers(fresh):
        return _filled(dialogue.pending, _narrowed(dialogue.pending, fresh, directory))
    return fresh


def _commanded(command: Command, dialogue: Dialogue, directory: Directory) -> Ask:
    """What a button means; 'gone' when it names nothing that is there."""
    intent, slot = COMMANDS.get(command.name, ("gone", None))
    value = command.arguments[0] if command.arguments else ""
    match slot:
        case "centres" if value in directory.centres:
            ask = Ask(intent, centres=(value,))
        case "subdistrict" if value in directory.subdistricts:
            ask = Ask(intent, subdistrict=value)
        case "service" | "kind" if value in directory.services:
            service = directory.services[value]
            here = (service.centre_id,) if slot == "service" else ()
            ask = Ask(intent, said=service.name, services=(service.name,), centres=here, nearest=not here)
        case "activity" if value in directory.activities:
            activity = directory.activities[value]
            ask = Ask(intent, activities=(activity.id,), centres=(activity.centre_id,))
        case "category" if value in directory.categories:
            ask = Ask(intent, category=value)
        case "language" if value in ("zh", "en"):
            ask = Ask(intent, kind=value)
        case "because" if value in ("", "complaint"):
            ask = Ask(intent, kind=value or None)
        case None if intent != "gone":
            ask = Ask(intent)
        case _:
            return Ask("gone")
    if intent == "more":
        return _onward(dialogue)
    if intent == "which":
        pending = dialogue.pending or Ask("centre_card")
        return _filled(pending, ask)
    if len(command.arguments) > 1 and command.arguments[1].isdecimal():
        return replace(ask, skip=int(command.arguments[1][:4]))
    return ask


def _fresh(meant: Understanding, places: Places, dialogue: Dialogue) -> Ask:
    """What the sentence asks by itself, with what it leaves out taken from what was asked before."""
    cues = meant.cues
    named = _named(meant, Kind.SERVICE), _named(meant, Kind.ACTIVITY), _named(meant, Kind.CATEGORY)
    services, activities, categories = named
    anything = bool(services or activities or categories or places)
    base = Ask(
        "unknown",
        said=_said(meant),
        services=services,
        activities=activities,
        category=categories[0] if categories else None,
        centres=places.centres,
        subdistrict=places.subdistrict,
        unclear=places.unclear,
        around="around" in cues,
        when=_when(meant),
        facet=next((facet for facet in FACETS if facet in cues), None),
        open_only=bool(cues & {"open_now"}),
        accessible="accessible" in cues,
        nearest="nearest" in cues,
        kind="kiosk" if _named(meant, Kind.KIOSK) and not services else None,
    )
    if "callback_cancel" in cues:
        return Ask("callback_cancel")
    if "callback" in cues:
        # The digits of a phone number may read like a time, and must not be remembered as one.
        return replace(base, intent="callback", kind="complaint" if "complain" in cues else None, when=None)
    if "human" in cues or "complain" in cues:
        return replace(base, intent="human", kind="complaint" if "complain" in cues else None)
    if is_only_abuse(meant.cues, _intent(base, cues, places)):
        return Ask("abuse")
    if not anything:
        for intent in SMALL_TALK:
            if intent in cues:
                return Ask(intent)
        if cues & {"english", "simplify"}:
            return Ask("language", kind="en" if "english" in cues else "zh")
        if cues & {"more", "farther"} and dialogue.last:
            return _onward(dialogue)
        if meant.out_of_scope:
            return Ask("out_of_scope")
    intent = _intent(base, cues, places)
    if meant.wanted and _is_only_a_place(base, intent, cues):
        return replace(base, said=meant.wanted)
    if intent != "unknown":
        return _continued(replace(base, intent=intent), dialogue, cues)
    if meant.out_of_scope:
        return Ask("out_of_scope")
    if dialogue.last and (base.when or base.facet or "elliptic" in cues):
        return _again(dialogue.last, base)
    return base


def is_only_abuse(cues: frozenset[str], intent: str) -> bool:
    """Whether there is nothing to answer beside the abuse; a place that is only insulted is no question."""
    return "abuse" in cues and (intent == "unknown" or (intent in ONLY_A_PLACE and cues == {"abuse"}))


def _intent(ask: Ask, cues: frozenset[str], places: Places) -> str:
    """Which kind of question a sentence with these names and cues is."""
    if "kiosk" in cues or ask.kind == "kiosk":
        return "kiosks"
    if ask.activities and not ask.services:
        return "list_activities"
    if ask.services:
        return "find_service"
    if "activities" in cues:
        return "list_activities"
    if "coverage" in cues and (len(places.centres) != 1 or places.unclear):
        return "coverage"
    if ask.category:
        return "find_service"
    if places:
        if "any_service" in cues:
            return "list_services" if places.centres else "find_centres"
        return "centre_card" if places.centres else "find_centres"
    if cues & {"nearest", "around", "centres", "any_service"}:
        return "find_centres"
    return "unknown"


def _continued(ask: Ask, dialogue: Dialogue, cues: frozenset[str]) -> Ask:
    """A sentence that only names another place (what about such-and-such?) asks the last question there."""
    last = dialogue.last
    if last and _goes_on_there(ask, last, cues):
        return replace(ask, centres=last.centres)
    only_place = ask.intent in ("centre_card", "find_centres") and not ask.facet and not ask.when
    if last and only_place and "elliptic" in cues and (ask.centres or ask.subdistrict):
        return replace(last, centres=ask.centres, subdistrict=ask.subdistrict, skip=0)
    if (
        last
        and ask.centres
        and ask.intent == "centre_card"
        and (ask.facet or ask.when)
        and "elliptic" in cues
    ):
        return replace(_again(last, ask), centres=ask.centres)
    return ask


def _goes_on_there(ask: Ask, last: Ask, cues: frozenset[str]) -> bool:
    """'What is on?' after a centre's card asks about that centre, unless the resident looks around."""
    placeless = not (ask.centres or ask.subdistrict or cues & {"nearest", "around", "open_now", "accessible"})
    asks_of_it = ask.intent in ("list_activities", "list_services", "find_service")
    return placeless and asks_of_it and last.intent in ABOUT_A_CENTRE and bool(last.centres)


def _is_only_a_place(ask: Ask, intent: str, cues: frozenset[str]) -> bool:
    """Whether a place was understood and what is wanted there was not."""
    if intent == "centre_card":
        return not ask.facet
    return intent == "find_centres" and "centres" not in cues and "any_service" not in cues


def _again(last: Ask, new: Ask) -> Ask:
    """The last question with another day or another point of interest."""
    return replace(
        last,
        when=new.when or (None if new.facet in TIMELESS else last.when),
        facet=new.facet or last.facet,
        nearest=last.nearest or new.facet is not None,
        open_only=new.open_only or last.open_only,
        accessible=new.accessible or last.accessible,
    )


def _onward(dialogue: Dialogue) -> Ask:
    """The next ones of the last list."""
    if not dialogue.last:
        return Ask("repeat")
    return replace(
        dialogue.last, skip=dialogue.last.skip + dialogue.shown, centres=_wider(dialogue.last), facet=None
    )


def _wider(last: Ask) -> tuple[str, ...]:
    """'Anything else?' after a place with the service looks around that place, not only inside it."""
    return () if last.intent in ("find_service", "service_card") else last.centres


def _answers(fresh: Ask) -> bool:
    """Whether the message is the missing piece that was asked for and nothing more."""
    names_only_a_place = fresh.intent in ("centre_card", "find_centres", "unknown")
    return bool(names_only_a_place and (fresh.centres or fresh.subdistrict) and not fresh.services)


def _filled(pending: Ask, answer: Ask) -> Ask:
    """The waiting question with the place that was asked for."""
    if pending.unclear:
        return replace(pending, unclear=False, centres=answer.centres, subdistrict=answer.subdistrict)
    return replace(
        pending, centres=answer.centres, subdistrict=answer.subdistrict, unclear=answer.unclear, around=True
    )


def _narrowed(pending: Ask, answer: Ask, directory: Directory) -> Ask:
    """'The one in that subdistrict' picks among the candidates that were offered."""
    if not (pending.unclear and answer.subdistrict and not answer.centres):
        return answer
    inside = tuple(i for i in pending.centres if directory.centres[i].subdistrict == answer.subdistrict)
    return replace(answer, centres=inside, subdistrict=None if inside else answer.subdistrict)


def _named(meant: Understanding, kind: Kind) -> tuple[str, ...]:
    """Names of this kind in the sentence; a fuller name beats a mere word for it."""
    hits = [hit for hit in meant.hits if hit.kind is kind]
    return tuple(dict.fromkeys(name for hit in hits for name in hit.ids))


def _said(meant: Understanding) -> str | None:
    """The words in which the thing was named, to say them back."""
    kinds = (Kind.SERVICE, Kind.ACTIVITY, Kind.CATEGORY)
    return next((hit.text for hit in meant.hits if hit.kind in kinds), None)


def _when(meant: Understanding) -> When | None:
    """All times of the sentence as one: days from one expression, clock time from another."""
    when: When | None = None
    for time in meant.times:
        new = _one_time(time)
        if when is None:
            when = new
        elif when.first is None and new.first is not None:
            when = replace(
                new, start=new.start if new.start is not None else when.start, end=new.end or when.end
            )
        elif when.start is None and new.start is not None:
            when = replace(when, start=new.start, end=new.end)
    return when


def _one_time(time: TimeExpr) -> When:
    return When(
        text=time.text,
        first=time.first,
        last=time.last,
        start=time.start,
        end=time.end,
        weekdays=tuple(sorted(time.weekdays or ())),
        holiday=time.holiday,
        is_now=time.is_now,
    )
