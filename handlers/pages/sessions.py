"""What a centre holds in the coming weeks, and one session with what can be changed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.desk_site import Site, desk_session, session_here, sessions_between
from handlers.desk_walk_ins import can_come
from handlers.pages.today import day_of
from handlers.permissions import Act
from messages.views_staff import DeskSession
from storage import bookings
from storage.bookings import Booking

A_WEEK = timedelta(weeks=1)
# What may be done with a session that is to come, each by a form of the same name.
CHANGES = {"resize": Act.RESIZE, "move": Act.MOVE, "call_off": Act.CALL_OFF}
# In line, in the order in which they are served; who was offered a place comes first.
WAITS = ("offered", "waiting", "entered")


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    sessions: tuple[DeskSession, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The days of a week, those without sessions left out."""

    first: date
    last: date
    before: date
    after: date
    days: tuple[Day, ...]


async def show(site: Site, asked: Mapping[str, str]) -> Week:
    """The week of the day that is asked for, else of today."""
    on = day_of(asked.get("on", ""), site.now.date())
    first = on - timedelta(days=on.weekday())
    last = first + A_WEEK - timedelta(days=1)
    held: dict[date, list[DeskSession]] = {}
    for each in await sessions_between(site, first, last):
        shown = desk_session(each, site)
        held.setdefault(max(shown.starts_at.date(), first), []).append(shown)
    days = tuple(Day(day, tuple(held[day])) for day in sorted(held))
    return Week(first, last, first - A_WEEK, first + A_WEEK, days)


@dataclass(frozen=True, slots=True)
class InLine:
    """Who waits for a place. `state` is 'offered', 'waiting' or 'entered' (into a draw)."""

    code: str
    size: int
    state: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OneSession:
    """`changes` are the forms that may be used; `state` is 'planned', 'cancelled' or 'begun'. `walks_in`:
    whoever comes now can be taken in; `certifies`: of a camp that has begun there are certificates."""

    session: DeskSession
    state: str
    because: str | None
    has_draw: bool
    line: tuple[InLine, ...]
    changes: tuple[str, ...]
    books: bool
    walks_in: bool
    certifies: bool


async def show_one(site: Site, asked: Mapping[str, str]) -> OneSession | None:
    """None where this centre has no such session."""
    session = await session_here(asked.get("session", ""), site)
    if session is None:
        return None
    booked = await bookings.of_session(site.scene.tx, session.id)
    line = [_in_line(each, site) for each in booked if each.state in WAITS]
    is_open = session.state == "planned" and session.starts_at > site.now
    state = "begun" if session.state == "planned" and not is_open else session.state
    changes = tuple(name for name, act in CHANGES.items() if is_open and site.may(act))
    return OneSession(
        desk_session(session, site),
        state,
        session.because,
        session.has_draw,
        tuple(sorted(line, key=lambda each: WAITS.index(each.state))),
        changes,
        is_open and site.may(Act.BOOK),
        session.state == "planned" and can_come(session, site) and site.may(Act.WALK_IN),
        state == "begun" and session.last_on > session.held_on and site.may(Act.CERTIFY),
    )


def _in_line(booking: Booking, site: Site) -> InLine:
    zone = site.now.tzinfo
    until = booking.offer_until_at.astimezone(zone) if booking.offer_until_at else None
    return InLine(booking.code, booking.size, booking.state, booking.made_at.astimezone(zone), until)
