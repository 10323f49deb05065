"""The course of a draw for a session: planned, its list published, drawn; who enters does it by booking.

Registration ends at its hour, whether or not anything runs then. The list is published once, and from then on
the text alone counts: a family that is erased after that keeps its line in it, and what the draw gives to its
receipt goes to the line.
"""

from handlers.bookings import News, Office, serve_after
from handlers.lottery import Draw, Entrant, EntrantList, entrants_hash, list_text, verify
from storage import bookings, families, lotteries, sessions
from storage.bookings import Booking
from storage.lotteries import Lottery, Plan
from storage.sessions import Session
from storage.transaction import Transaction


class DrawError(ValueError):
    """A step of a draw that can't be taken now; the text says why, for the operator."""


async def plan(tx: Transaction, office: Office, planned: Plan) -> Session:
    """Let a draw decide over a session in which nobody is; planned again, the other times count.

    Raises DrawError and LotteryError.
    """
    session = await _held(tx, office, planned.session_id)
    if await bookings.of_session(tx, session.id):
        raise DrawError(f"somebody is in session {session.id} already, or waits for it")
    if planned.closes_at <= max(planned.opens_at, office.now):
        raise DrawError("registration must end after it begins, and not in the past")
    if planned.closes_at >= session.starts_at:
        raise DrawError(f"registration must end before session {session.id} begins")
    _listed(session, planned, [])
    if not await lotteries.plan(tx, planned):
        raise DrawError(f"the list of session {session.id} is published already")
    return session


async def publish(tx: Transaction, office: Office, session_id: str) -> Lottery:
    """The list of who entered, drawn up once when registration is over, and every family told of it;
    afterwards it is the same again.

    Raises DrawError.
    """
    known = await lotteries.of_session(tx, session_id)
    if known and known.published_at:
        return known
    session = await _held(tx, office, session_id)
    lottery = await _lottery(tx, session.id)  # again: the row is held now
    if lottery.published_at:
        return lottery
    if lottery.closes_at > office.now:
        closes = lottery.closes_at.astimezone(office.now.tzinfo)
        raise DrawError(f"registration for session {session.id} ends at {closes:%Y-%m-%d %H:%M}")
    sizes = {each.id: each.size for each in await bookings.of_session(tx, session.id)}
    entered = await lotteries.entries(tx, session.id)
    listed = _listed(session, lottery, [Entrant(each.receipt, sizes[each.booking_id]) for each in entered])
    text, text_hash = list_text(listed), entrants_hash(listed)
    await lotteries.publish(tx, session.id, text, text_hash, office.now)
    for _, booking in sorted((await _entered(tx, session.id)).items()):
        await office.tell(tx, booking, News.LIST_PUBLISHED)
    return await _lottery(tx, session.id)


def _listed(session: Session, planned: Plan | Lottery, entrants: list[Entrant]) -> EntrantList:
    """Raises LotteryError for what could not be published."""
    listed = EntrantList(session.id, session.capacity, planned.passes, planned.value_name, tuple(entrants))
    list_text(listed)
    return listed


async def draw(tx: Transaction, office: Office, session_id: str, public_value: str, by: str) -> Draw:
    """Draw from the list as it was published, give the places, put the others into the line, tell everybody.

    With the same value again nothing is changed, and the same comes of it. Raises DrawError, also for another
    value than it was drawn with, and LotteryError for what is no value.
    """
    lottery = await _lottery(tx, session_id)
    if lottery.list_text is None:
        raise DrawError(f"the list of session {session_id} is not published yet")
    drawn = verify(lottery.list_text, public_value)
    if lottery.drawn_at:
        return _drawn_before(lottery, drawn)
    for family in sorted({each.family_id for each in (await _entered(tx, session_id)).values()}):
        await families.hold(tx, family)
    session = await _held(tx, office, session_id)
    lottery = await _lottery(tx, session_id)
    if lottery.drawn_at:  # somebody else drew while this waited for the row
        return _drawn_before(lottery, drawn)
    entered = await _entered(tx, session_id)  # again: nobody is erased from now on
    order = [each.receipt for each in drawn.order]
    await lotteries.mark_drawn(tx, session_id, drawn.public_value, order, at=office.now, by=by)
    for each in drawn.served:
        if booking := entered.get(each.receipt):
            await _give(tx, office, session, booking)
    for waits in drawn.line:
        if booking := entered.get(waits.receipt):
            await lotteries.into_line(tx, booking, waits.passed_over)
    for receipt in order:
        if booking := entered.get(receipt):
            await office.tell(tx, booking, News.DRAWN)
    await serve_after(tx, office, session_id)
    return drawn


def _drawn_before(lottery: Lottery, drawn: Draw) -> Draw:
    if lottery.public_value != drawn.public_value:
        raise DrawError(
            f"session {lottery.session_id} was drawn already, with the value {lottery.public_value}; "
            "nothing was changed"
        )
    return drawn


async def _entered(tx: Transaction, session_id: str) -> dict[str, Booking]:
    """Who takes part, by receipt."""
    known = {each.id: each for each in await bookings.of_session(tx, session_id)}
    return {each.receipt: known[each.booking_id] for each in await lotteries.entries(tx, session_id)}


async def _give(tx: Transaction, office: Office, session: Session, booking: Booking) -> None:
    """The places, at once; who got a place elsewhere at that time since is asked which of the two it is."""
    for who in await bookings.who(tx, booking.id):
        if await bookings.clashes(tx, who.id, session.id):
            await lotteries.offer(tx, booking, office.now, office.until(booking, session))
            return
    await lotteries.give(tx, booking, office.now)


async def _held(tx: Transaction, office: Office, session_id: str) -> Session:
    session = await sessions.hold(tx, session_id)
    if session is None:
        raise DrawError(f"there is no session {session_id}")
    if session.state != "planned":
        raise DrawError(f"session {session_id} is called off")
    if session.starts_at <= office.now:
        raise DrawError(f"session {session_id} has begun")
    return session


async def _lottery(tx: Transaction, session_id: str) -> Lottery:
    lottery = await lotteries.of_session(tx, session_id)
    if lottery is None:
        raise DrawError(f"no draw is planned for session {session_id}")
    return lottery
