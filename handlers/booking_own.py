"""What a family has booked: shown, given back, exchanged for another date, and offers answered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from handlers import bookings as booked
from handlers import planning
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import is_over_the_cap, refused, token_of, which_session
from handlers.booking_parts import MINE, booked_view, cancel_by, chance_of, drawing_of, held_of, slot_of
from handlers.bookings import Answer, Refused
from handlers.callbacks import take_phone as take_callers_phone
from handlers.cards import dates_of
from handlers.cases import judged
from handlers.codes import short_code
from handlers.door_codes import link_for
from handlers.may_book import No
from handlers.notices import offer_choices, office_of
from handlers.participants import known
from handlers.world import Outcome, Scene, World, suggestions
from messages.booking_rules import read_rules
from messages.phones import masked, phone_among
from messages.view_parts import Choice
from messages.views import View
from messages.views_booking import (
    BookingShown,
    BookingsListed,
    Cancelled,
    CancelProposed,
    ChangeProposed,
    Held,
    NoBookings,
    NothingDone,
    NumberNoted,
    OfferOver,
    Today,
)
from storage import attendance, bookings, families, sessions
from storage.bookings import Booking, Wish

CANCEL = "cancel"
CHANGE = "change"
LISTED = 3


async def mine(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What the family has, the next date first, three at a time."""
    own = await _own(world, scene)
    if not own[ask.skip :]:  # what was spoken of before goes on
        return Outcome(_none(world, dialogue), dialogue.settled)
    kept = replace(dialogue.settled, last=Ask("my_bookings", skip=ask.skip))
    if len(own) == 1:
        return await _shown(own[0], kept, world, scene)
    listed = own[ask.skip : ask.skip + LISTED]
    held = [each for booking in listed if (each := await held_of(scene.tx, booking, world))]
    choices = tuple(Choice(_label(each), f"/booking {each.code}") for each in held)
    view = BookingsListed(tuple(held), len(own) - ask.skip - len(listed), choices)
    return Outcome(view, replace(kept, shown=LISTED))


def _label(held: Held) -> str:
    return f"{held.activity.name} {held.code}"


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    kept = dialogue.settled
    booking = _coded(ask.booking, await _own(world, scene))
    if booking is None:
        return Outcome(_none(world, dialogue, gone=True), kept)
    return await _shown(booking, kept, world, scene)


async def _shown(booking: Booking, kept: Dialogue, world: World, scene: Scene) -> Outcome:
    held = await held_of(scene.tx, booking, world)
    found = await planning.find(scene.tx, world.directory, booking.session_id)
    if held is None or found is None:
        return Outcome(_none(world, kept, gone=True), kept)
    activity, session = found
    rules, by = read_rules(activity), cancel_by(activity, session, world.now, booking)
    change = Choice("@change_date", f"/change {held.code}")
    draw = await drawing_of(scene.tx, [session], world)
    withdraw = (Choice("@leave_draw", f"/cancel {held.code}"), MINE)
    ways = {
        "booked": (Choice("@cancel_booking", f"/cancel {held.code}"), change, MINE),
        "offered": offer_choices(held),
        "entered": (MINE,) if draw and draw.list_hash else withdraw,
    }
    leave = (Choice("@leave_line", f"/cancel {held.code}"), MINE)
    view = BookingShown(
        held=held,
        with_guardian=rules.needs_guardian,
        fetched=rules.note.is_fetched,
        cancel_by=by,
        is_late=by is None or by <= world.now,
        chance=await chance_of(scene.tx, activity.id, held.place, world.now) if held.place else None,
        choices=ways.get(held.state, leave),
        draw=draw if held.state == "entered" else None,
        today=await _today(booking, world, scene),
        door=link_for(booking, session, world, scene),
    )
    spoken_of = Ask(
        "booking",
        booking=held.code,
        activities=(activity.id,),
        centres=(activity.centre_id,),
        session=booking.session_id,
    )
    return Outcome(view, replace(kept, last=spoken_of, shown=1))


async def _today(booking: Booking, world: World, scene: Scene) -> tuple[Today, ...]:
    zone = world.now.tzinfo
    midnight = datetime.combine(world.now.date(), time.min, zone)
    noted = await attendance.of_booking(scene.tx, booking.id, midnight, midnight + timedelta(days=1))
    return tuple(
        Today(
            each.alias,
            each.arrived_at.astimezone(zone) if each.arrived_at else None,
            each.left_at.astimezone(zone) if each.left_at else None,
            each.is_missed,
        )
        for each in noted
    )


async def cancel(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What would be given back: what was named, what is on the day that was said, or the only one."""
    kept = dialogue.settled
    chosen = await _meant(ask, dialogue, world, scene)
    if chosen is None and ask.when and not ask.booking:
        return await mine(Ask("my_bookings"), dialogue, world, scene)  # not then, but perhaps on another day
    if chosen is None:
        return Outcome(_none(world, dialogue, gone=bool(ask.booking)), kept)
    if len(chosen) != 1 and not (ask.when and chosen):
        return await mine(Ask("my_bookings"), dialogue, world, scene)
    held = [each for booking in chosen if (each := await held_of(scene.tx, booking, world))]
    found = await planning.find(scene.tx, world.directory, chosen[0].session_id)
    if not held or found is None:
        return Outcome(_none(world, dialogue, gone=True), kept)
    draw = await drawing_of(scene.tx, [found[1]], world)
    if draw and draw.list_hash and chosen[0].state == "entered":
        return Outcome(refused(No("list_published"), *found, world), kept)
    by, token = cancel_by(*found, world.now, chosen[0]), token_of(scene)
    is_late = chosen[0].state == "booked" and (by is None or by <= world.now)
    choices = (Choice("@confirm_cancel", f"/yes {token}"), Choice("@keep_it", f"/no {token}"))
    view = CancelProposed(tuple(held), is_late, by, choices)
    draft = Draft(CANCEL, token, ids=tuple(booking.id for booking in chosen))
    return Outcome(view, replace(kept, draft=draft))


async def confirm_cancel(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    kept = replace(dialogue, draft=None, last=Ask("my_bookings"))
    own = {booking.id: booking for booking in await _own(world, scene)}
    office, given, late = office_of(world, scene.new_id, scene.conversation_id), [], False
    for booking in sorted((own[i] for i in draft.ids if i in own), key=lambda each: each.session_id):
        found = await planning.find(scene.tx, world.directory, booking.session_id)
        by = cancel_by(*found, world.now, booking) if found else None
        is_late = booking.state == "booked" and (by is None or by <= world.now)
        answer = await booked.give_up(scene.tx, office, booking.id, booking.family_id, late=is_late)
        held = await held_of(scene.tx, answer.booking, world) if answer.booking else None
        if held and not answer.refused:
            given.append(held)
            late = late or is_late
        elif found and answer.refused is Refused.LIST_PUBLISHED:
            return Outcome(refused(No("list_published"), *found, world), kept)
    if not given:
        return Outcome(_none(world, dialogue, gone=True), kept)
    again = Choice("@other_dates", f"/dates {given[0].activity.id}")
    return Outcome(Cancelled(tuple(given), late, (again, MINE)), kept)


async def change(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Another date of the same activity: which, or what would be exchanged."""
    kept = dialogue.settled
    aimed = replace(ask, when=None)  # the day that is said is the new one
    chosen = await _meant(aimed, dialogue, world, scene) or []
    held_places = [booking for booking in chosen if booking.state == "booked"]
    if len(held_places) != 1:
        return await mine(Ask("my_bookings"), dialogue, world, scene)
    booking = held_places[0]
    held = await held_of(scene.tx, booking, world)
    found = await planning.find(scene.tx, world.directory, booking.session_id)
    if held is None or found is None:
        return Outcome(_none(world, dialogue, gone=True), kept)
    activity, _ = found
    today = world.now.date()
    last = today + timedelta(weeks=world.policy.weeks_ahead)
    coming = await planning.upcoming(scene.tx, world.directory, activity, world.now, today, last)
    size = len(held.people)
    others = [
        each
        for each in coming
        if each.id != booking.session_id and each.free >= size and not (each.waiting or each.has_draw)
    ]
    days = dates_of(ask.when, today) if ask.when else []
    wanted = [each for each in others if each.id == ask.session or each.held_on in days]
    if not wanted and (others and not ask.session):
        return which_session(_to(ask, held), activity, others, kept, world, instead_of=held)
    if not wanted:
        return Outcome(refused(No("full"), activity, None, world), kept)
    token = token_of(scene)
    choices = (Choice("@confirm_change", f"/yes {token}"), Choice("@keep_date", f"/no {token}"))
    view = ChangeProposed(held, slot_of(wanted[0], world.now), choices)
    return Outcome(view, replace(kept, draft=Draft(CHANGE, token, ids=(booking.id, wanted[0].id))))


def _to(ask: Ask, held: Held) -> Ask:
    return replace(ask, intent="change_booking", booking=held.code)


async def confirm_change(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    kept = replace(dialogue, draft=None)
    booking_id, session_id = draft.ids
    own = next((each for each in await _own(world, scene) if each.id == booking_id), None)
    found = await planning.find(scene.tx, world.directory, session_id)
    if own is None or found is None:
        return Outcome(_none(world, dialogue, gone=True), kept)
    activity, session = found
    await planning.ensure(scene.tx, world.directory, session)
    people = [known(each) for each in await bookings.who(scene.tx, own.id)]
    number, ids = scene.new_id(), tuple(each.id for each in people if each.id)
    wish = Wish(str(number), short_code(number), session_id, own.family_id, ids, own.made_by)
    [(_, no)] = await judged(scene.tx, activity, [session], people, world, is_exchange=True)
    leaves = await sessions.of_id(scene.tx, own.session_id)
    if no is None and await is_over_the_cap(own.family_id, session, len(people), world, scene, leaves=leaves):
        no = No("cap")
    office = office_of(world, scene.new_id, scene.conversation_id)
    answer = Answer() if no else await booked.change(scene.tx, office, own.id, wish)
    held = await held_of(scene.tx, answer.booking, world) if answer.booking and not answer.refused else None
    if held is None:
        why = no or No((answer.refused or Refused.GONE).value)
        view = refused(why, activity, session, world, count=world.policy.places_a_week)
        return Outcome(view, kept)
    return Outcome(booked_view((held,), found, world), kept)


async def accept(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Take a place that is kept for the family."""
    return await _answered("accept", ask, dialogue, world, scene)


async def decline(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Let it go to the next, and leave the line."""
    return await _answered("decline", ask, dialogue, world, scene)


async def wait_on(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Let it go to the next, and wait behind the others."""
    return await _answered("wait_on", ask, dialogue, world, scene)


async def _answered(how: str, ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    kept = dialogue.settled
    own = await _own(world, scene)
    offers = [booking for booking in own if booking.state == "offered"]
    booking = _coded(ask.booking, own) if ask.booking else offers[0] if len(offers) == 1 else None
    if booking is None:
        return await mine(Ask("my_bookings"), dialogue, world, scene)
    office, tx = office_of(world, scene.new_id, scene.conversation_id), scene.tx
    if how == "accept":
        answer = await booked.accept(tx, office, booking.id, booking.family_id)
    else:
        keep = how == "wait_on"
        answer = await booked.decline(tx, office, booking.id, booking.family_id, keep=keep)
    held = await held_of(tx, answer.booking or booking, world)
    found = await planning.find(tx, world.directory, booking.session_id)
    if held is None or found is None:
        return Outcome(_none(world, dialogue, gone=True), kept)
    return Outcome(await _answer_view(how, answer, held, booking, world, scene), kept)


async def _answer_view(
    how: str, answer: Answer, held: Held, booking: Booking, world: World, scene: Scene
) -> View:
    again = Choice("@other_dates", f"/dates {held.activity.id}")
    if answer.refused is Refused.CLASH and answer.clash:
        found = await planning.find(scene.tx, world.directory, booking.session_id)
        other = await planning.find(scene.tx, world.directory, answer.clash)
        if found:
            name = other[0].name if other else None
            return refused(No("clash"), *found, world, other=name, choices=(MINE,))
    if answer.refused:
        return OfferOver("gone", held, (again, MINE))
    if how != "accept":
        return OfferOver("kept" if held.state == "waiting" else "declined", held, (again, MINE))
    found = await planning.find(scene.tx, world.directory, booking.session_id)
    return booked_view((held,), found, world)


async def take_phone(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A number that is sent while the family waits in line, and no call-back is open, is for the line."""
    waiting = [each for each in await _own(world, scene) if each.state in ("waiting", "offered")]
    number = phone_among(scene.text)
    has_callback = await take_callers_phone(ask, dialogue, world, scene)
    if not waiting or number is None or type(has_callback.view).__name__ != "NoCallback":
        return has_callback
    for booking in waiting:
        await bookings.note_phone(scene.tx, booking.id, number)
    held = [each for booking in waiting if (each := await held_of(scene.tx, booking, world))]
    return Outcome(NumberNoted(masked(number), tuple(held), (MINE,)), dialogue)


def do_nothing(dialogue: Dialogue) -> Outcome:
    view = NothingDone((MINE, *suggestions(dialogue.language)[:2]))
    return Outcome(view, dialogue.settled)


async def _own(world: World, scene: Scene) -> list[Booking]:
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    return await bookings.of_family(scene.tx, family_id, world.now) if family_id else []


def _coded(code: str | None, own: Sequence[Booking]) -> Booking | None:
    return next((booking for booking in own if booking.code == code), None)


async def _meant(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> list[Booking] | None:
    """The bookings a sentence speaks of; None when there are none of the kind."""
    own = await _own(world, scene)
    spoken_of = dialogue.last.booking if dialogue.last and not (ask.when or ask.activities) else None
    if code := ask.booking or spoken_of:
        found = _coded(code, own)
        return [found] if found else None if ask.booking else own or None
    days = dates_of(ask.when, world.now.date()) if ask.when else []
    fitting = []
    for booking in own:
        held = await held_of(scene.tx, booking, world)
        if held is None:
            continue
        on = held.slot.starts_at.date()
        is_named = not ask.activities or {held.activity.id, held.activity.name} & set(ask.activities)
        if is_named and (not days or on in days):
            fitting.append(booking)
    return fitting or None


def _none(world: World, dialogue: Dialogue, *, gone: bool = False) -> NoBookings:
    ways_on = suggestions(dialogue.language)[:2]
    return NoBookings(gone, world.policy.help_line, (*((MINE,) if gone else ()), *ways_on))
