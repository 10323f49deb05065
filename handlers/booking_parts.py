"""What views say of activities, sessions and bookings, made from the rows of the database."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from handlers import participants as people_of
from handlers.cards import centre_name
from handlers.line import chance
from handlers.participants import Person
from handlers.world import World
from messages.booking_rules import read_rules
from messages.directory import Activity, Centre
from messages.view_parts import Choice
from messages.views_booking import Activity as Shown
from messages.views_booking import Booked, Drawing, Held, Slot
from storage import bookings, families, lotteries, sessions
from storage.bookings import Booking
from storage.lotteries import Lottery
from storage.sessions import Session
from storage.transaction import Transaction

MINE = Choice("@my_bookings", "/bookings")


def shown(activity: Activity, world: World) -> Shown:
    return shown_at(activity, world.directory.centres[activity.centre_id], world)


def shown_at(activity: Activity, centre: Centre, world: World) -> Shown:
    """The same where the centre may not be in the directory any more."""
    return Shown(
        id=activity.id,
        name=activity.name,
        centre=centre_name(centre),
        time_text=activity.time_text,
        room=activity.room,
        fee=activity.fee,
        audience=activity.audience,
        phone=centre.phone,
        is_sample=world.directory.is_sample(centre.phone),
    )


def slot_of(session: Session, now: datetime, *, counted: bool = True) -> Slot:
    """A session as it is told. A camp's first meeting ends at the clock at which its last one does."""
    zone = now.tzinfo
    starts, last = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    is_camp = session.last_on != session.held_on
    ends = datetime.combine(starts.date(), last.timetz()) if is_camp else last
    return Slot(
        id=session.id,
        starts_at=starts,
        ends_at=ends,
        last_at=last if is_camp else None,
        is_provisional=session.is_provisional,
        free=session.free if counted else None,
        line=session.waiting if counted else None,
        other_year=starts.year != now.year,
        has_draw=session.has_draw,
    )


def cancel_by(
    activity: Activity, session: Session, now: datetime, booking: Booking | None = None
) -> datetime | None:
    """Until when one may cancel, in the zone of `now`; None: not at all. What nobody can read restricts
    nothing: such an activity is not booked here anyway. Whose `booking` was moved since may leave until it
    begins."""
    if booking and session.moved_at and booking.made_at < session.moved_at:
        return session.starts_at.astimezone(now.tzinfo)
    return cancel_until(activity, session.starts_at, now)


def cancel_until(activity: Activity, starts_at: datetime, now: datetime) -> datetime | None:
    """The same for a session of which only the beginning is at hand."""
    cancelling = read_rules(activity).cancelling
    by = cancelling.cancel_by(starts_at) if cancelling.is_readable else starts_at
    return by.astimezone(now.tzinfo) if by else None


async def held_of(tx: Transaction, booking: Booking, world: World) -> Held | None:
    """A booking as it is told; None when its activity is not in the directory any more."""
    session = await sessions.of_id(tx, booking.session_id)
    activity = world.directory.on(session.activity_id, session.held_on) if session else None
    if session is None or activity is None:
        return None
    return await held_in(tx, booking, session, shown(activity, world), world.now)


async def held_in(tx: Transaction, booking: Booking, session: Session, what: Shown, now: datetime) -> Held:
    """The same, of a session and an activity that are at hand."""
    waits = booking.state == "waiting"
    entry = await lotteries.entry_of(tx, booking.id) if booking.state == "entered" else None
    until = booking.offer_until_at
    return Held(
        code=booking.code,
        activity=what,
        slot=slot_of(session, now, counted=False),
        people=tuple(each.alias for each in await bookings.who(tx, booking.id, with_left=True)),
        state=booking.state,
        place=await bookings.place_in_line(tx, booking) if waits else None,
        until=until.astimezone(now.tzinfo) if until else None,
        receipt=entry.receipt if entry else None,
    )


def booked_view(held: tuple[Held, ...], found: tuple[Activity, Session] | None, world: World) -> Booked:
    """What a family has now; `found` is what the first of it is about, None when it left the directory."""
    rules = read_rules(found[0]) if found else None
    leave = "@leave_draw" if held[0].state == "entered" else "@cancel_booking"
    return Booked(
        activity=held[0].activity,
        held=held,
        refused=(),
        with_guardian=bool(rules and rules.needs_guardian),
        fetched=bool(rules and rules.note.is_fetched),
        cancel_by=cancel_by(*found, world.now) if found else None,
        chance=None,
        choices=(MINE, Choice(leave, f"/cancel {held[0].code}")),
    )


async def drawing_of(tx: Transaction, asked: Sequence[Session], world: World) -> Drawing | None:
    """The draw that is to come for the first of the sessions that has one."""
    session = next((each for each in asked if each.has_draw), None)
    lottery = await lotteries.of_session(tx, session.id) if session else None
    return drawing(lottery, world) if lottery else None


def drawing(lottery: Lottery, world: World) -> Drawing:
    """A draw as it is told, with the address of its list."""
    return Drawing(
        closes_at=lottery.closes_at.astimezone(world.now.tzinfo),
        value_name=lottery.value_name,
        address=f"{world.policy.page or ''}/lottery/{quote(lottery.session_id, safe='@')}.txt",
        list_hash=lottery.list_hash,
        value=lottery.public_value,
    )


async def chance_of(tx: Transaction, activity_id: str, place: int, now: datetime) -> int | None:
    """How often, of a hundred, this place in the activity's lines was served in the end."""
    return chance(await bookings.served_in_line(tx, activity_id, now), place)


async def family_of(tx: Transaction, family_id: str | None) -> list[Person]:
    """Everybody that is entered; nobody while there is no family."""
    rows = await families.participants(tx, family_id) if family_id else []
    return [people_of.known(row) for row in rows]


def aliases(people: Sequence[Person]) -> tuple[str, ...]:
    return tuple(person.alias for person in people)
