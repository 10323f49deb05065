"""The line for a session: who is offered what became free, until when, and how likely it still is.

The rule, which `linli check` and the tests hold: places go to parties in the order of their numbers, to each
whole or not at all. A party that does not fit into what is free is passed over, by at most so many parties
as the setting says; then what is free is kept for it until there is enough. Nobody takes a free place past
the line: who comes new gets the last number first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.night import last_night
from storage import bookings
from storage.bookings import Booking
from storage.sessions import Session
from storage.transaction import Transaction

SHORTEST = timedelta(minutes=30)
# An offer leaves this much of the time until the start to whoever comes after.
SHARE = 4


@dataclass(frozen=True, slots=True)
class LineTerms:
    """Settings: how long an offer stands, and by how many parties one may be passed over."""

    window: timedelta = timedelta(hours=12)
    bound: int = 3


USUAL_TERMS = LineTerms()


@dataclass(frozen=True, slots=True)
class Served:
    """Parties whose turn it is, in order, and how often each of the others is passed over by that."""

    parties: tuple[Booking, ...]
    passed: dict[str, int]


def next_served(free: int, line: Sequence[Booking], bound: int, places: int) -> Served:
    """Who gets `free` of all `places`: `line` is in order, nobody is passed over more than `bound` times.

    For a party that is more than all places together, because these became fewer, nothing is kept.
    """
    parties: list[Booking] = []
    behind: dict[str, int] = {party.id: party.passed_over for party in line}
    skipped: list[str] = []
    for party in line:
        if not free or any(behind[each] >= bound for each in skipped):
            break
        if party.size > places:
            continue
        if party.size > free:
            skipped.append(party.id)
            continue
        parties.append(party)
        free -= party.size
        for each in skipped:
            behind[each] += 1
    before = {party.id: party.passed_over for party in line}
    passed = {each: times for each in skipped if (times := behind[each] - before[each])}
    return Served(tuple(parties), passed)


def offer_until(now: datetime, starts_at: datetime, window: timedelta) -> datetime:
    """When an offer made at `now` ends: after `window`, or a quarter of the time until the start if that is
    less, half an hour at least; never at night, but the next morning, or the evening before where the
    morning would be too late; and at the start at the latest. All in the zone of `now`, Asia/Shanghai."""
    starts = starts_at.astimezone(now.tzinfo)
    until = min(now + max(SHORTEST, min(window, (starts - now) / SHARE)), starts)
    evening, morning = last_night(until)
    if not evening < until < morning:
        return until
    if morning + SHORTEST <= starts - SHORTEST:
        return morning + SHORTEST
    return evening if evening >= now + SHORTEST else starts


async def serve_line(
    tx: Transaction,
    session: Session,
    now: datetime,
    bound: int,
    until: Callable[[Booking, Session], datetime],
    *,
    newcomer: str | None = None,
    but_not: str | None = None,
) -> list[Booking]:
    """Offer what is free to those whose turn it is: the bookings that were served, as they were before.

    The session is held by the caller, who read it since. The party with the id `newcomer` is there to
    answer and is given its places at once; `but_not` has just declined what is free; `until` tells when an
    offer ends.
    """
    if session.state != "planned" or session.starts_at <= now or session.has_draw or session.free <= 0:
        return []
    line = [party for party in await bookings.line(tx, session.id) if party.id != but_not]
    served = next_served(session.free, line, bound, session.capacity)
    for party in served.parties:
        if party.id == newcomer:
            await bookings.serve(tx, party, now)
        else:
            await bookings.offer(tx, party, now, until(party, session))
    for booking_id, times in served.passed.items():
        await bookings.pass_over(tx, booking_id, times)
    return list(served.parties)


# Sessions with a line that are needed before anything is said of chances.
FEWEST = 8


def chance(served: Sequence[int], place: int) -> int | None:
    """Of the activity's sessions that had a line, in how many of a hundred its `place`-th party was served.

    `served`: for each such session how many of its line got places. None when there are too few to say.
    """
    if len(served) < FEWEST:
        return None
    return round(100 * sum(each >= place for each in served) / len(served))
