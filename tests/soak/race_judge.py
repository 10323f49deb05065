"""What must hold of a schedule that is over, judged from its rows and from what families were told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.soak.race_plan import Schedule

Rows = list[dict[str, Any]]

# The rule of the line: by how many parties one may be passed over.
BOUND = 3


@dataclass
class Heard:
    """What all processes answered about a number of schedules."""

    is_in: set[str] = field(default_factory=set)
    waits: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    off: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    lapsed: set[str] = field(default_factory=set)

    def add(self, report: dict[str, Any]) -> None:
        for name, known in vars(self).items():
            known.update(report[name])


def judged(
    schedules: Sequence[Schedule], sessions: Rows, bookings: Rows, places: Rows, heard: Heard
) -> list[str]:
    """Every breach, named by the ids of what it is about."""
    of_session: dict[str, Rows] = {each["id"]: [] for each in sessions}
    for booking in bookings:
        of_session[booking["session_id"]].append(booking)
    people: dict[str, Rows] = {}
    for place in places:
        people.setdefault(place["booking_id"], []).append(place)
    smallest = {f"{each.key}s": each.places["s"] for each in schedules if _keeps_its_size(each)}
    problems: list[str] = []
    for session in sessions:
        here = of_session[session["id"]]
        problems += _counters(session, here, people)
        problems += _line(session, here, people, smallest)
    problems += _people(bookings, people)
    problems += _twice(sessions, bookings, people)
    problems += _told(schedules, bookings, heard)
    return problems


def _keeps_its_size(drawn: Schedule) -> bool:
    return drawn.places["s"] > 1 and not any(
        act.does == "resize" for actor in drawn.actors for act in actor.acts
    )


def _active(people: Rows) -> int:
    return sum(place["is_active"] for place in people)


def _counters(session: dict[str, Any], here: Rows, people: dict[str, Rows]) -> Iterator[str]:
    """Counted from the places themselves: people, one by one."""
    seats = {"booked": 0, "offered": 0, "waiting": 0, "let_go": 0}
    for booking in here:
        seats[booking["state"]] += _active(people.get(booking["id"], []))
    line = sum(booking["state"] == "waiting" for booking in here)
    counted = session["taken"], session["offered"], session["waiting"]
    if counted != (seats["booked"], seats["offered"], line):
        yield f"{session['id']}: counts {counted}, has {seats['booked'], seats['offered'], line}"
    given = seats["booked"] + seats["offered"]
    if given > session["capacity"] or session["capacity"] != max(session["places"], given):
        yield f"{session['id']}: {given} of {session['capacity']} places, {session['places']} wanted"
    if session["state"] == "cancelled" and (given or line):
        yield f"{session['id']}: called off, with {given} people in it and {line} parties in line"


def _line(
    session: dict[str, Any], here: Rows, people: dict[str, Rows], smallest: dict[str, int]
) -> Iterator[str]:
    """Nobody waits for a place that is free and fits, and nobody was served past one who waits."""
    line = sorted((b for b in here if b["state"] == "waiting"), key=lambda booking: booking["in_line"])
    free = session["capacity"] - session["taken"] - session["offered"]
    for booking in line:
        if booking["size"] > session["capacity"]:
            continue
        if booking["size"] <= free:
            if booking["offered_at"] is None:  # who let an offer go and stayed is not offered it again
                yield f"{booking['id']}: waits, and {free} are free in {session['id']}"
        elif booking["passed_over"] >= BOUND:
            break
    served = [b["in_line"] for b in here if b["state"] in ("offered", "booked") and b["in_line"] is not None]
    for booking in line:
        passed = sum(number > booking["in_line"] for number in served)
        alone = len(people.get(booking["id"], [])) == 1
        always_fits = session["id"] in smallest
        most = 0 if alone else booking["passed_over"] if always_fits else passed
        if booking["passed_over"] > BOUND or passed > most:
            yield f"{booking['id']}: {passed} behind it were served, it says {booking['passed_over']}"


def _people(bookings: Rows, people: dict[str, Rows]) -> Iterator[str]:
    for booking in bookings:
        active = _active(people.get(booking["id"], []))
        if active != (0 if booking["state"] == "let_go" else booking["size"]):
            yield f"{booking['id']}: {booking['state']} for {booking['size']}, with {active} places"


def _twice(sessions: Rows, bookings: Rows, people: dict[str, Rows]) -> Iterator[str]:
    """Nobody is twice in a session, nor in two at one time unless one of them was moved there."""
    at = {each["id"]: each for each in sessions}
    states = {booking["id"]: booking["state"] for booking in bookings}
    mine: dict[str, list[dict[str, Any]]] = {}
    for places in people.values():
        for place in places:
            if place["is_active"]:
                mine.setdefault(place["participant_id"], []).append(place)
    for who, places in mine.items():
        for one, two in ((a, b) for i, a in enumerate(places) for b in places[i + 1 :]):
            here, there = at[one["session_id"]], at[two["session_id"]]
            if here is there:
                yield f"{who}: twice in {here['id']}"
            elif (
                states[one["booking_id"]] == states[two["booking_id"]] == "booked"
                and here["starts_at"] < there["ends_at"]
                and there["starts_at"] < here["ends_at"]
                and not (here["is_edited"] or there["is_edited"])
            ):
                yield f"{who}: in {here['id']} and in {there['id']} at one time"


def _told(schedules: Sequence[Schedule], bookings: Rows, heard: Heard) -> Iterator[str]:
    """Every answer has its booking, and every booking its answer."""
    before = {each.id: each for drawn in schedules for each in drawn.before}
    known = {booking["id"] for booking in bookings}
    for missing in sorted((heard.is_in | heard.waits) - known):
        yield f"{missing}: answered, and not there"
    for booking in bookings:
        key, state = booking["id"], booking["state"]
        was = before[key].state if key in before else None
        match state:
            case "booked":
                fine = key in heard.is_in or was == "booked"
            case "waiting":
                fine = key in heard.waits or was == "waiting"
            case "offered":
                fine = key in heard.offered
            case _:
                fine = {
                    "called_off": booking["session_id"] in heard.off,
                    "lapsed": key in heard.lapsed,
                    "erased": booking["family_id"] in heard.erased,
                }.get(booking["ended"], key in heard.ended)
        if not fine:
            yield f"{key}: {booking['ended'] or state}, of which nobody heard"
