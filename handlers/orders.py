"""Decides what staff order, from what was understood and what the conversation remembers; pure."""

import re
from dataclasses import replace

from handlers.asks import Ask, Dialogue, When
from handlers.snapshot import Directory
from handlers.wish import one_time, when_said
from handlers.wish_booking import age_said
from messages.phones import phone_among
from messages.understand.case_orders import case_order_of
from messages.understand.lexicon import PLACES, Hit, Kind
from messages.understand.orders import Order, OrderWords, order_of
from messages.understand.time import TimeExpr
from messages.understand.understand import Command, Understanding
from storage.staff import Post

# The intent of each order of the word lists; how somebody stands is told beside it.
INTENTS = {
    "undo": "desk_undo",
    "help": "desk_help",
    "roster": "desk_roster",
    "arrived": "desk_check_in",
    "missed": "desk_check_in",
    "left": "desk_check_in",
    "phone": "desk_phone",
    "hours": "desk_hours",
    "resize": "desk_resize",
    "publish": "desk_publish",
    "stop": "desk_stop",
    "book": "desk_book",
    "close": "desk_close",
    "move": "desk_move",
    "call_off": "desk_call_off",
}
# A number as it is written; what is none is left out.
PHONE = re.compile(r"\+?\d[\d()\- ]{4,18}\d(?![\da-z])")
MARKS = frozenset(("arrived", "missed", "left"))
# What is not ordered without a word more: who says 'called off' may speak of an own booking.
NEEDS_ACTIVITY = frozenset(("call_off", "move", "resize", "stop", "book"))
EVERYONE = "everyone"


# What is only shown, by the act of the word lists; everything else moves a case.
SHOWS_CASES = {"show": "desk_case", "list": "desk_cases", "call_back": "desk_cases"}


def case_in(meant: Understanding) -> Ask | None:
    """What staff order of a case. It comes before all else: what they write to a resident may be anything."""
    order = None if meant.command else case_order_of(meant.text)
    if order is None:
        return None
    return Ask(SHOWS_CASES.get(order.act, "desk_case_move"), case=order.code, kind=order.act)


def order_in(meant: Understanding, dialogue: Dialogue, post: Post, directory: Directory) -> Ask | None:
    """The order in a sentence or button of staff; None for what a resident might have said as well."""
    if meant.command:
        return _commanded(meant.command, dialogue)
    hits = (*meant.hits, *meant.without)
    names = [(hit.start, hit.end) for hit in hits if hit.kind in (*PLACES, Kind.ACTIVITY, Kind.SERVICE)]
    found = order_of(meant.text, names)
    if found is None:
        return None
    order, spoken = found
    activities = tuple(dict.fromkeys(name for hit in hits if hit.kind is Kind.ACTIVITY for name in hit.ids))
    if order.act in NEEDS_ACTIVITY and not activities:
        return None
    centres = _centre(hits)
    ask = Ask(
        INTENTS[order.act],
        activities=activities[:1],
        centres=centres,
        unclear=len(centres) > 1,
        when=when_said(meant),
        kind=order.act if order.act in MARKS else order.because,
    )
    return _filled(ask, order, spoken, meant, hits)


def _centre(hits: tuple[Hit, ...]) -> tuple[str, ...]:
    named = [hit for hit in hits if hit.kind is Kind.CENTRE]
    best = max(named, key=lambda hit: (hit.rank, -hit.start), default=None)
    return best.ids if best else ()


def _filled(ask: Ask, order: Order, spoken: OrderWords, meant: Understanding, hits: tuple[Hit, ...]) -> Ask:
    """The order with what its act needs besides."""
    match order.act:
        case "resize":
            return replace(ask, numbers=(order.number, order.step) if order.number is not None else ())
        case "arrived" | "missed" | "left":
            return replace(ask, said=EVERYONE if order.is_everyone else _tokens(meant.text, hits), when=None)
        case "close" if ask.when and not spoken.every.search(meant.text):
            # 'Friday to Sunday' is the next ones; a closing of every week belongs into the hours.
            return replace(ask, when=replace(ask.when, weekdays=()))
        case "move":
            return _moved(ask, order, meant)
        case "phone":
            number = next((each for each in PHONE.findall(meant.text) if phone_among(each)), None)
            return replace(ask, said=number, when=None)
        case "hours":
            return _hours(ask, spoken, meant, hits)
        case "publish":
            return _published(ask, order, spoken, meant)
        case "book":
            found = spoken.seats.search(meant.text)
            numbers = (int(found[1]),) if found and int(found[1]) else ()
            return replace(ask, numbers=numbers, said=age_said(meant.booking), kind=None)
        case _:
            return ask


def _tokens(text: str, hits: tuple[Hit, ...]) -> str:
    """Numbers of a list and codes of bookings, as they were said."""
    letters = list(text)
    for hit in hits:
        letters[hit.start : hit.end] = " " * (hit.end - hit.start)
    return " ".join(re.findall("[0-9a-z]+", "".join(letters)))


def _moved(ask: Ask, order: Order, meant: Understanding) -> Ask:
    """The time before the word says which session, the one behind it where to."""
    before = [time for time in meant.times if time.span[0] < order.start]
    behind = [time for time in meant.times if time.span[0] >= order.start]
    when = one_time(before[-1]) if before else None
    return replace(ask, when=when, numbers=_numbers(behind[-1]) if behind else ())


def _numbers(to: TimeExpr) -> tuple[int, ...]:
    """A day as its ordinal (0 for the session's own), and minutes after midnight, -1 where not said."""
    day = to.first.toordinal() if to.first else 0
    return day, -1 if to.start is None else to.start, -1 if to.end is None else to.end


def _hours(ask: Ask, spoken: OrderWords, meant: Understanding, hits: tuple[Hit, ...]) -> Ask:
    """What the hours become, and from which day on."""
    services = tuple(name for hit in hits if hit.kind is Kind.SERVICE for name in hit.ids)
    text, since = meant.text, spoken.since.search(meant.text)
    when: When | None = None
    if since:
        days = [time for time in meant.times if since.start(1) <= time.span[0] < since.end(1)]
        when = one_time(days[0]) if days and days[0].first else None
    if since and when:
        text = f"{text[: since.start()]} {text[since.end() :]}"
    begins = spoken.becomes.search(text)
    said = text[begins.end() :].strip(" ,.;:\u3002\uff0c\uff1b\uff1a") if begins else None
    return replace(ask, services=services[:1], when=when, said=said or None)


def _published(ask: Ask, order: Order, spoken: OrderWords, meant: Understanding) -> Ask:
    """Name, times, places and dates of a new activity, which stand between commas."""
    text = meant.text[order.end :].lstrip(" :\uff1a")
    parts = [part.strip() for part in spoken.between.split(text) if part.strip()]
    seats = next((found for part in parts if (found := spoken.seats.fullmatch(part))), None)
    dates = next((each for each in meant.times if each.weekdays is None and each.first and each.last), None)
    times = next((part for part in parts[1:] if re.search(r"\d:\d\d", part)), None)
    if not (parts and seats and dates and dates.first and dates.last and times):
        return replace(ask, activities=(), when=None)
    numbers = (int(seats[1]), dates.first.toordinal(), dates.last.toordinal())
    return replace(ask, activities=(), when=None, said=f"{parts[0]}\n{times}", numbers=numbers)


def _commanded(command: Command, dialogue: Dialogue) -> Ask | None:
    value = command.arguments[0] if command.arguments else ""
    match command.name:
        case "desk_help":
            return Ask("desk_help")
        case "desk_roster":
            return Ask("desk_roster", session=value or None)
        case "desk_session" if value and dialogue.pending and dialogue.pending.intent.startswith("desk_"):
            return replace(dialogue.pending, session=value, when=None)
        case "desk_undo":
            return Ask("desk_undo", said=value or None)
        case "desk_cases":
            return Ask("desk_cases")
        case "desk_case" if len(command.arguments) > 1:
            return Ask("desk_case_move", case=value, kind=command.arguments[1])
        case "desk_case":
            return Ask("desk_case", case=value)
        case _:
            return None
