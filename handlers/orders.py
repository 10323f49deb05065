"""Decides what staff order, from what was understood and what the conversation remembers; pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from handlers.asks import Ask, Dialogue, When
from handlers.directory_changes import AUDIENCE, FEE, PLACES, TIMES, is_readable
from handlers.snapshot import Directory
from handlers.when import one_time, when_in
from handlers.wish_booking import age_said
from messages.phones import phone_among
from messages.understand import lexicon
from messages.understand.announce_orders import announce_order_of
from messages.understand.case_orders import case_order_of
from messages.understand.digest_orders import digest_order_of
from messages.understand.fetch_codes import fetch_code_in
from messages.understand.lexicon import Hit, Kind
from messages.understand.orders import Order, OrderWords, order_of
from messages.understand.time import TimeExpr
from messages.understand.topic_orders import asks_for_deserts, topic_order_of
from messages.understand.understand import Command, Understanding
from messages.words import words
from storage.staff import Post

HAND_OVER = "desk_hand_over"
# What an order to hand a child over goes by: a code that stands in the message alone.
BY_CODE = "code"
EDIT = "desk_edit"
# The intent of each order of the word lists; how somebody stands is told beside it.
INTENTS = {
    "undo": "desk_undo",
    "help": "desk_help",
    "names": "desk_names",
    "pages": "desk_door",
    "calls": "desk_calls",
    "roster": "desk_roster",
    "arrived": "desk_check_in",
    "missed": "desk_check_in",
    "left": "desk_check_in",
    "hand_over": HAND_OVER,
    "certify": "desk_certify",
    "walk_in": "desk_walk_in",
    "phone": "desk_phone",
    "hours": "desk_hours",
    "resize": "desk_resize",
    "publish": "desk_publish",
    "stop": "desk_stop",
    "book": "desk_book",
    "times": EDIT,
    "ages": EDIT,
    "fee": EDIT,
    "close": "desk_close",
    "move": "desk_move",
    "call_off": "desk_call_off",
}
# What an order changes of an activity.
FIELDS = {"times": TIMES, "ages": AUDIENCE, "fee": FEE}
# A number as it is written; what is none is left out.
PHONE = re.compile(r"\+?\d[\d()\- ]{4,18}\d(?![\da-z])")
MARKS = frozenset(("arrived", "missed", "left"))
# What is not ordered without a word more: who says 'called off' may speak of an own booking.
NEEDS_ACTIVITY = frozenset(("call_off", "move", "resize", "stop", "book", "times", "ages", "fee"))
EVERYONE = "everyone"
# No camp has more days.
MOST_DAYS = 100
HOUR = 60


# What is only shown, by the act of the word lists; everything else moves a case.
SHOWS_CASES = {"show": "desk_case", "list": "desk_cases", "call_back": "desk_cases", "photos": "desk_photos"}


def case_in(meant: Understanding) -> Ask | None:
    """What staff order of a case. It comes before all else: what they write to a resident may be anything."""
    order = None if meant.command else case_order_of(meant.text)
    if order is None:
        return None
    return Ask(SHOWS_CASES.get(order.act, "desk_case_move"), case=order.code, kind=order.act)


TOPICS = {"list": "desk_topics", "show": "desk_topic", "fix": "desk_topic_fix"}


def topic_in(meant: Understanding) -> Ask | None:
    """What the district says of topics and service deserts; what was done about a topic stands in the message
    alone."""
    if not meant.command and asks_for_deserts(meant.text):
        return Ask("desk_deserts")
    order = None if meant.command else topic_order_of(meant.text)
    return Ask(TOPICS[order.act], said=order.code) if order else None


def announce_in(meant: Understanding) -> Ask | None:
    """What a manager announces, which stands in the message alone; until the day that is said before it."""
    order = None if meant.command else announce_order_of(meant.text)
    if order is None:
        return None
    named = [hit for hit in meant.hits if hit.kind is Kind.CENTRE and hit.text in order.whom]
    centres = _centre(tuple(named))
    days = [time for time in meant.times if time.first and time.span[0] < len(meant.text) - len(order.said)]
    when = one_time(days[0]) if order.until and days else None
    return Ask("desk_announce", centres=centres, unclear=len(centres) > 1, when=when)


# What staff read, by the act of the word lists; everything else is when a digest comes.
READS = {"stars": "desk_stars", "ratings": "desk_ratings", "show": "desk_digest"}


def digest_in(meant: Understanding) -> Ask | None:
    """What staff say of digests and stars; the names of centres are taken out before it is read."""
    if meant.command:
        return None
    text, places = meant.text, [hit for hit in meant.hits if hit.kind in lexicon.PLACES]
    for hit in sorted(places, key=lambda each: -each.start):
        text = text[: hit.start] + text[hit.end :]
    order = digest_order_of(text)
    if order is None:
        return None
    intent = READS.get(order.act, "desk_digest_wish")
    kind = "none" if order.act == "stop" else order.cadence
    return Ask(intent, centres=_centre(tuple(meant.hits))[:1], kind=kind, when=when_in(meant))


def order_in(meant: Understanding, dialogue: Dialogue, post: Post, directory: Directory) -> Ask | None:
    """The order in a sentence or button of staff; None for what a resident might have said as well."""
    if meant.command:
        return _commanded(meant.command, dialogue)
    if fetch_code_in(meant.text):
        return Ask(HAND_OVER, kind=BY_CODE)
    hits = (*meant.hits, *meant.without)
    names = [
        (hit.start, hit.end) for hit in hits if hit.kind in (*lexicon.PLACES, Kind.ACTIVITY, Kind.SERVICE)
    ]
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
        when=when_in(meant),
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
            sized = replace(ask, numbers=(order.number, order.step) if order.number is not None else ())
            return _of_all(sized, spoken, meant)
        case "times" | "ages" | "fee":
            return replace(_changed(ask, spoken, meant), kind=FIELDS[order.act])
        case "hand_over":
            return replace(ask, said=_tokens(meant.text, hits) or None, when=None)
        case "certify":
            return replace(ask, said=EVERYONE if order.is_everyone else _tokens(meant.text, hits) or None)
        case "arrived" | "missed" | "left":
            return replace(ask, said=EVERYONE if order.is_everyone else _tokens(meant.text, hits), when=None)
        case "walk_in":
            people = spoken.people_in(meant.text)
            return replace(ask, numbers=(people,) if people else (), when=None)
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
    """The time before the word says which session, those behind it where to."""
    begins, ends = order.shift_at
    times = [
        part
        for time in meant.times
        if not (time.span[0] < ends and begins < time.span[1])
        for part in _parted(time, order.end)
    ]
    before = [time for time in times if order.shift or time.span[0] < order.end]
    behind = [time for time in times if time not in before]
    when = one_time(before[-1]) if before else None
    return replace(ask, when=when, numbers=_numbers(behind, order.shift) if behind or order.shift else ())


def _parted(time: TimeExpr, at: int) -> tuple[TimeExpr, ...]:
    """'Saturday to Sunday 15:00' are two where the word that parts them is the order's."""
    if not (time.span[0] < at < time.span[1] and time.first and time.last and time.first < time.last):
        return (time,)
    which = replace(time, last=time.first, start=None, end=None, span=(time.span[0], at))
    return which, replace(time, first=time.last, span=(at, time.span[1]))


def _numbers(to: Sequence[TimeExpr], shift: int) -> tuple[int, ...]:
    """The clock in minutes after midnight (-1 where not said), by how many days, and the days as ordinals."""
    clock = next(((each.start, each.end) for each in reversed(to) if each.start is not None), (None, None))
    start, end = (-1 if minute is None else minute for minute in clock)
    days: list[date] = []
    for each in to:
        if each.first:
            listed = range(each.first.toordinal(), (each.last or each.first).toordinal() + 1)
            days += _behind(days, [date.fromordinal(day) for day in listed[:MOST_DAYS]], each.text)
    return start, end, shift, *(day.toordinal() for day in sorted(set(days))[:MOST_DAYS])


def _behind(before: Sequence[date], days: Sequence[date], said: str) -> list[date]:
    """Of days that are listed, those that were said without their month are the next of their numbers."""
    numbers = {int(each) for each in re.findall(r"\d+", said)}
    if not before or days[0] > before[-1] or not numbers <= {day.day for day in days}:
        return list(days)
    coming = (before[-1] + timedelta(days=ahead) for ahead in range(1, MOST_DAYS))
    first = next(day for day in coming if day.day == days[0].day)
    return [first + (day - days[0]) for day in days]


def _of_all(ask: Ask, spoken: OrderWords, meant: Understanding) -> Ask:
    """The places of one session, or of all from a day on."""
    changed = _changed(ask, spoken, meant)
    if changed.when is None and not spoken.always.search(meant.text):
        return ask
    return replace(changed, intent=EDIT, kind=PLACES, said=None)


def _hours(ask: Ask, spoken: OrderWords, meant: Understanding, hits: tuple[Hit, ...]) -> Ask:
    services = tuple(name for hit in hits if hit.kind is Kind.SERVICE for name in hit.ids)
    return replace(_changed(ask, spoken, meant), services=services[:1])


def _changed(ask: Ask, spoken: OrderWords, meant: Understanding) -> Ask:
    """What something becomes, and from which day on."""
    text, since = meant.text, spoken.since.search(meant.text)
    when: When | None = None
    if since:
        days = [time for time in meant.times if since.start(1) <= time.span[0] < since.end(1)]
        when = one_time(days[0]) if days and days[0].first else None
    if since and when:
        text = f"{text[: since.start()]} {text[since.end() :]}"
    begins = spoken.becomes.search(text)
    said = text[begins.end() :].strip(" ,.;:\u3002\uff0c\uff1b\uff1a") if begins else None
    return replace(ask, when=when, said=_written(said, meant) if said else None)


def _written(said: str, meant: Understanding) -> str:
    """Days and clock as the office writes them, where they were said in another language."""
    time = next((each for each in meant.times if each.text == said and each.weekdays), None)
    if time is None or time.weekdays is None or time.start is None or time.end is None or is_readable(said):
        return said
    weekly = words("zh", "staff")["weekly"]
    names = [weekly["days"][day - 1] for day in sorted(time.weekdays)]
    days = weekly["every_day"] if len(names) == len(weekly["days"]) else weekly["joint"].join(names)
    start, end = (f"{minute // HOUR}:{minute % HOUR:02}" for minute in (time.start, time.end))
    return f"{days} {start}-{end}"


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
    written = _written(times, meant)
    return replace(ask, activities=(), when=None, said=f"{parts[0]}\n{written}", numbers=numbers)


def _commanded(command: Command, dialogue: Dialogue) -> Ask | None:
    value = command.arguments[0] if command.arguments else ""
    match command.name:
        case "desk_help":
            return Ask("desk_help")
        case "desk_roster":
            return Ask("desk_roster", session=value or None)
        case "desk_session" if value and dialogue.pending and dialogue.pending.intent.startswith("desk_"):
            return replace(dialogue.pending, session=value, when=None)
        case "desk_fetch":
            return Ask(HAND_OVER, who=command.arguments[:1], kind="".join(command.arguments[1:2]) or None)
        case "desk_certificate" if value:
            return Ask("desk_certify", session=value, who=command.arguments[1:2])
        case "desk_undo":
            return Ask("desk_undo", said=value or None)
        case "desk_cases" | "desk_stars" | "desk_ratings" | "desk_topics" | "desk_deserts":
            return Ask(command.name)
        case "desk_calls" | "desk_door":
            return Ask(command.name)
        case "desk_called" if len(command.arguments) == len(("centre", "booking", "number")):
            centre_id, booking_id, number = command.arguments
            numbers = (int(number),) if number.isascii() and number.isdigit() else ()
            return Ask("desk_called", centres=(centre_id,), booking=booking_id, numbers=numbers)
        case "desk_topic":
            return Ask("desk_topic", said=value or None)
        case "desk_digest":
            return Ask("desk_digest", kind=value or None)
        case "desk_case" if len(command.arguments) > 1:
            return Ask("desk_case_move", case=value, kind=command.arguments[1])
        case "desk_case":
            return Ask("desk_case", case=value)
        case _:
            return None
