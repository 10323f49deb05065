"""Tells families what became of their bookings: one message each, in the transaction that changed them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from uuid import UUID

from handlers.booking_parts import MINE, drawing, held_of
from handlers.bookings import News, Office
from handlers.deadlines import after_open_minutes
from handlers.linked import reached
from handlers.lottery import read_list
from handlers.saying import say
from handlers.world import World
from messages.view_parts import Choice
from messages.views import View
from messages.views_booking import (
    EntryClosed,
    Held,
    LotDrawn,
    NotServed,
    OfferOver,
    PlaceOffered,
    SessionCalledOff,
    SessionMoved,
    SessionsChanged,
)
from storage import bookings, call_list, families, lotteries, sessions
from storage.bookings import Booking
from storage.sessions import Session
from storage.transaction import Transaction

# News that nobody read by then are old.
SENT_WITHIN = timedelta(days=14)
# What a family has to hear in time; see handlers/call_list.py.
WEIGHTY = frozenset((News.OFFERED, News.CALLED_OFF, News.MOVED))
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Herald:
    """Says news of bookings to families. `own` is the conversation of the turn under way, if there is one."""

    world: World
    new_id: Callable[[], UUID]
    own: str | None = None

    async def __call__(self, tx: Transaction, booking: Booking, news: News) -> None:
        fresh = await bookings.of_id(tx, booking.id)
        session = await sessions.of_id(tx, booking.session_id)
        held = await held_of(tx, fresh, self.world) if fresh else None
        if fresh is None or session is None or held is None:
            return  # of what left the directory handlers/activity_news.py tells
        key = f"{news} {booking.id} {fresh.version} {session.version}"
        view = _view(news, held, session) or await self._of_draw(tx, fresh, held, news)
        is_offered = news is News.DRAWN and fresh.state == "offered"
        weighty = News.OFFERED if is_offered else news
        heard = {booking.id: weighty.value} if weighty in WEIGHTY else NOTHING
        within = _within(held, self.world.now)
        await self.say(tx, booking.family_id, view, key=key, within=within, heard=heard)

    async def _of_draw(self, tx: Transaction, booking: Booking, held: Held, news: News) -> View:
        lottery = await lotteries.of_session(tx, booking.session_id)
        entry = await lotteries.entry_of(tx, booking.id)
        if news is News.LIST_PUBLISHED and lottery and entry:
            return EntryClosed(held, entry.receipt, drawing(lottery, self.world), (MINE,))
        if lottery is None or lottery.list_text is None or entry is None or entry.drawn_number is None:
            raise LookupError(f"booking {booking.id} was not drawn")
        return LotDrawn(
            held=held,
            receipt=entry.receipt,
            number=entry.drawn_number,
            entrants=len(read_list(lottery.list_text).entrants),
            draw=drawing(lottery, self.world),
            choices=_after_the_draw(held),
        )

    async def say(
        self,
        tx: Transaction,
        family_id: str,
        view: View,
        *,
        key: str,
        within: timedelta = SENT_WITHIN,
        heard: Mapping[str, str] = NOTHING,
    ) -> None:
        """To the conversation that news reach, else to the one used last. `heard`: what they have to hear in
        time, by the ids of their bookings; whom no message reaches is called."""
        best = reached(await families.conversations(tx, family_id), self.world.policy.push)
        is_read = best is not None and not best.is_left and not best.is_gone
        for booking_id, news in heard.items():
            await call_list.note(tx, booking_id, news, key if is_read else None, self.world.now)
        if best is None:
            return
        talk = best.id
        await say(
            tx,
            talk,
            view,
            key=key,
            now=self.world.now,
            new_id=str(self.new_id()),
            within=within,
            is_own=talk == self.own,
            whose=family_id,
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """Tells nobody, and keeps whom a change touched, so that each family is told of all of it at once."""

    touched: dict[str, Booking] = field(default_factory=dict)

    async def __call__(self, _tx: Transaction, booking: Booking, _news: News) -> None:
        self.touched[booking.id] = booking


@dataclass(frozen=True, slots=True)
class Once:
    """Tells of what is moved and called off when all is done: a family with several bookings in one
    message."""

    herald: Herald
    kept: list[tuple[Booking, News]] = field(default_factory=list)

    async def __call__(self, tx: Transaction, booking: Booking, news: News) -> None:
        if news in (News.MOVED, News.CALLED_OFF):
            self.kept.append((booking, news))
        else:
            await self.herald(tx, booking, news)

    async def tell(self, tx: Transaction) -> None:
        for family_id, mine in by_family(booking for booking, _ in self.kept).items():
            if len(mine) == 1:
                [told] = [each for each in self.kept if each[0].family_id == family_id]
                await self.herald(tx, *told)
            else:
                await self._all_of(tx, family_id, mine)

    async def _all_of(self, tx: Transaction, family_id: str, mine: Iterable[Booking]) -> None:
        world, fresh = self.herald.world, [await bookings.of_id(tx, each.id) for each in mine]
        told = [await held_of(tx, booking, world) for booking in fresh if booking]
        held = sorted((each for each in told if each), key=lambda each: each.slot.starts_at)
        if not held:
            return
        moved = tuple(each for each in held if each.state != "let_go")
        view = SessionsChanged(
            activity=held[0].activity,
            moved=moved,
            off=tuple(each for each in held if each.state == "let_go"),
            choices=(Choice("@other_dates", f"/book {held[0].activity.id}"), MINE),
        )
        versions = " ".join(f"{each.id} {each.version}" for each in fresh if each)
        sessions_now = [await sessions.of_id(tx, each.session_id) for each in fresh if each]
        seen = " ".join(str(each.version) for each in sessions_now if each)
        key = sha256(f"{versions} {seen}".encode()).hexdigest()
        heard = {each.id: told.value for each, told in self.kept if each.family_id == family_id}
        await self.herald.say(tx, family_id, view, key=f"changed {key}", heard=heard)


def by_family(affected: Iterable[Booking]) -> dict[str, list[Booking]]:
    found: dict[str, list[Booking]] = {}
    for booking in affected:
        found.setdefault(booking.family_id, []).append(booking)
    return dict(sorted(found.items()))


def office_of(world: World, new_id: Callable[[], UUID], own: str | None = None) -> Office:
    """An office that tells families in their conversations."""
    window = round(world.policy.line.window.total_seconds() / 60)

    def by_phone(session: Session) -> datetime | None:
        """Whom staff have to call is called within open hours."""
        centre = world.directory.centres.get(session.centre_id)
        return after_open_minutes(centre, world, window) if centre else None

    return Office(world.now, Herald(world, new_id, own), world.policy.line, by_phone)


def _within(held: Held, now: datetime) -> timedelta:
    """An offer that is over is not worth sending any more."""
    return max(held.until - now, timedelta(minutes=1)) if held.until else SENT_WITHIN


def _view(news: News, held: Held, session: Session) -> View | None:
    """None for what a draw brought: more has to be looked up for that."""
    again = Choice("@other_dates", f"/book {held.activity.id}")
    match news:
        case News.OFFERED:
            return PlaceOffered(held, offer_choices(held))
        case News.LAPSED:
            return OfferOver("lapsed", held, (again, MINE))
        case News.CALLED_OFF:
            return SessionCalledOff(held, session.because or "", (again, MINE))
        case News.MOVED:
            cancel = (Choice("@cancel_booking", f"/cancel {held.code}"),) if held.state == "booked" else ()
            return SessionMoved(held, (Choice("@booking", f"/booking {held.code}"), *cancel, MINE))
        case News.NOT_SERVED:
            return NotServed(held, (again, MINE))
        case News.LIST_PUBLISHED | News.DRAWN:
            return None


def _after_the_draw(held: Held) -> tuple[Choice, ...]:
    leave = {"booked": "@cancel_booking", "waiting": "@leave_line"}
    if held.state in leave:
        return (MINE, Choice(leave[held.state], f"/cancel {held.code}"))
    return offer_choices(held)


def offer_choices(held: Held) -> tuple[Choice, ...]:
    """Each in one tap."""
    return (
        Choice("@accept", f"/accept {held.code}"),
        Choice("@decline", f"/decline {held.code}"),
        Choice("@wait_on", f"/wait_on {held.code}"),
    )
