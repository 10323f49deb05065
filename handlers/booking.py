"""Books places: asks what is missing, says what would be done, and does it once the resident says yes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from handlers import bookings as booked
from handlers import participants, planning
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking_parts import (
    MINE,
    aliases,
    booked_view,
    cancel_by,
    chance_of,
    drawing_of,
    family_of,
    held_of,
    shown,
    slot_of,
)
from handlers.booking_search import activity_for, lacking_in, said_so, sessions_for
from handlers.bookings import Refused
from handlers.cards import place_of, short_name
from handlers.cases import judged
from handlers.codes import short_code
from handlers.eligible import Fact, Fit, Told, fits
from handlers.may_book import No
from handlers.misses import APPEAL
from handlers.notices import office_of
from handlers.participants import Person
from handlers.wish_booking import AGE
from handlers.world import Outcome, Scene, World
from messages.booking_rules import Audience, read_rules
from messages.directory import Activity
from messages.view_parts import Choice
from messages.views_booking import (
    AskForWhom,
    AskHowOld,
    AskWhichSession,
    BookingProposed,
    Held,
    NotBookable,
    Slot,
)
from storage import bookings, families
from storage.bookings import Wish
from storage.families import Participant
from storage.sessions import Session

BOOK = "book"
# So many dates are shown to choose from.
DATES = 2
GRADES = range(1, 7)


async def book(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A proposal to say yes to, or the question whose answer is missing for one."""
    activity = await activity_for(ask, dialogue, world, scene)
    if isinstance(activity, Outcome):
        return activity
    ask = replace(
        ask,
        intent=BOOK,
        activities=(activity.id,),
        centres=(activity.centre_id,),
        around=False,
        lacking=lacking_in(ask, activity, world),
    )
    spoken_of = Ask("activity_card", activities=ask.activities, centres=ask.centres)
    near = dialogue.near or place_of(world.directory.centres[activity.centre_id])
    kept = replace(dialogue.settled, near=near, last=spoken_of, shown=1)
    return said_so(await _next_card(ask, activity, kept, world, scene), ask.lacking, world)


async def _next_card(ask: Ask, activity: Activity, kept: Dialogue, world: World, scene: Scene) -> Outcome:
    if not read_rules(activity).is_bookable:
        return Outcome(refused(No("by_phone"), activity, None, world), kept)
    sessions = await sessions_for(ask, activity, world, scene)
    if not sessions:
        return await _no_session(ask, activity, kept, world, scene)
    activity = world.directory.as_on(activity, sessions[0].held_on)
    if len(sessions) > 1 and not (ask.session or ask.spread or ask.when):
        return which_session(ask, activity, sessions, kept, world)
    family = await family_of(scene.tx, await families.of_conversation(scene.tx, scene.conversation_id))
    people = _people(ask, family, read_rules(activity).audience, sessions[0], world)
    if not people:
        return _for_whom(ask, activity, family, kept, world)
    return await _judged(ask, activity, sessions, people, kept, world, scene)


def _people(
    ask: Ask, family: Sequence[Person], audience: Audience, session: Session, world: World
) -> tuple[Person, ...]:
    """For whom, with what was told of their ages; nobody when that has to be asked."""
    on = session.starts_at.astimezone(world.now.tzinfo).date()
    adults = fits(audience, Told(is_child=False), on).fit is Fit.FITS
    children = fits(audience, Told(is_child=True), on).fit in (Fit.FITS, Fit.NOT_KNOWN)
    people = participants.chosen(ask.who, family, for_children=children, for_adults=adults)
    ages = dict(ask.ages)
    if len(people) == 1 and participants.ANYBODY in ages:
        ages[people[0].alias] = ages[participants.ANYBODY]
    today = world.now.date()
    return tuple(participants.with_age(person, ages.get(person.alias, ""), today) for person in people)


async def _no_session(ask: Ask, activity: Activity, kept: Dialogue, world: World, scene: Scene) -> Outcome:
    """Nothing on the days that were asked for: the next ones that there are, or why there are none."""
    anyhow = replace(ask, when=None, spread=None, session=None)
    others = await sessions_for(anyhow, activity, world, scene)
    choices = tuple(_date_choice(each, world) for each in others[:DATES])
    why = "not_then" if others else "over" if activity.ends_on < world.now.date() else "no_date"
    view = refused(No(why), activity, None, world, choices=choices)
    waiting = replace(kept, pending=anyhow, wants="date") if others else kept
    return Outcome(view, waiting)


def which_session(
    ask: Ask,
    activity: Activity,
    sessions: Sequence[Session],
    kept: Dialogue,
    world: World,
    *,
    instead_of: Held | None = None,
) -> Outcome:
    """The next dates, and all of them at once; for an exchange one more date instead."""
    dates = sessions[: DATES + bool(instead_of)]
    every = Choice("@whole_term", f"/book_all {activity.id}")
    choices = tuple(_date_choice(each, world) for each in dates)
    slots = tuple(slot_of(each, world.now) for each in dates)
    view = AskWhichSession(
        shown(activity, world), slots, instead_of, choices if instead_of else (*choices, every)
    )
    return Outcome(view, replace(kept, pending=ask, wants="date"))


def _date_choice(session: Session, world: World) -> Choice:
    starts = session.starts_at.astimezone(world.now.tzinfo)
    return Choice(f"@on {starts:%Y-%m-%dT%H:%M}", f"/session {session.id}")


def _for_whom(
    ask: Ask, activity: Activity, family: Sequence[Person], kept: Dialogue, world: World
) -> Outcome:
    known = [person.alias for person in family]
    others = [each for each in (participants.CHILD, participants.SELF) if each not in known]
    choices = tuple(Choice(f"@who_{alias}", f"/who {alias}") for alias in (*known, *others)[:3])
    view = AskForWhom(shown(activity, world), choices)
    return Outcome(view, replace(kept, pending=ask, wants="who"))


def _how_old(ask: Ask, activity: Activity, no: No, kept: Dialogue, world: World) -> Outcome:
    who = no.who.alias if no.who else participants.CHILD
    is_grade = no.fact is Fact.GRADE
    choices = tuple(Choice(f"@grade_{n}", f"/age g{n}") for n in GRADES) if is_grade else ()
    view = AskHowOld(shown(activity, world), who, no.fact.value if no.fact else "", choices)
    return Outcome(view, replace(kept, pending=ask, wants=f"{AGE}{who}"))


async def _judged(
    ask: Ask,
    activity: Activity,
    sessions: Sequence[Session],
    people: tuple[Person, ...],
    kept: Dialogue,
    world: World,
    scene: Scene,
) -> Outcome:
    """The rules of each session: those that allow it are proposed, else the first reason is told."""
    answers = await judged(scene.tx, activity, sessions, people, world)
    allowed = [session for session, no in answers if no is None]
    if not allowed:
        session, no = answers[0]
        if no and no.fact:
            return _how_old(ask, activity, no, kept, world)
        return Outcome(refused(no or No("no_date"), activity, session, world), kept)
    not_yet = sum(no is not None and no.reason == "not_open_yet" for _, no in answers)
    return await _proposed(activity, allowed, people, kept, world, scene, not_yet=not_yet)


async def _proposed(
    activity: Activity,
    sessions: Sequence[Session],
    people: tuple[Person, ...],
    kept: Dialogue,
    world: World,
    scene: Scene,
    *,
    not_yet: int,
) -> Outcome:
    rules = read_rules(activity)
    token = token_of(scene)
    full = [each for each in sessions if each.waiting or each.free < len(people)]
    slots = tuple(slot_of(each, world.now) for each in sessions if each not in full)
    place = full[0].waiting + 1 if full else 0
    view = BookingProposed(
        activity=shown(activity, world),
        slots=slots,
        full=tuple(slot_of(each, world.now) for each in full),
        people=aliases(people),
        new_child=any(person.is_child and person.id is None for person in people),
        with_guardian=rules.needs_guardian,
        fetched=rules.note.is_fetched,
        cancel_by=cancel_by(activity, sessions[0], world.now),
        chance=await chance_of(scene.tx, activity.id, place, world.now) if full else None,
        can_be_told=scene.channel in world.policy.push,
        choices=(
            Choice(_confirm(slots), f"/yes {token}"),
            Choice("@other_dates", f"/dates {activity.id}"),
            Choice("@do_not", f"/no {token}"),
        ),
        not_yet=not_yet,
        draw=await drawing_of(scene.tx, sessions, world),
    )
    ids = tuple(session.id for session in sessions)
    draft = Draft(BOOK, token, ids=ids, who=tuple(person.key for person in people))
    return Outcome(view, replace(kept, draft=draft))


def _confirm(slots: Sequence[Slot]) -> str:
    if not slots:
        return "@join_line"
    return "@enter_draw" if all(slot.has_draw for slot in slots) else "@confirm"


def token_of(scene: Scene) -> str:
    """Random enough that an old card's button is not taken for a new one's."""
    return short_code(scene.new_id())


def refused(
    no: No,
    activity: Activity | None,
    session: Session | None,
    world: World,
    *,
    other: str | None = None,
    count: int | None = None,
    choices: tuple[Choice, ...] = (),
) -> NotBookable:
    """Why not, and a way on."""
    centre = world.directory.centres[activity.centre_id] if activity else None
    appeal = (Choice(APPEAL, f"/appeal {no.pause.missed[-1].centre_id}"),) if no.pause else ()
    elsewhere = (Choice("@activities", f"/activities {centre.id}"),) if centre else ()
    ways_on = (*appeal, *choices, *elsewhere, MINE)
    return NotBookable(
        reason=no.reason,
        activity=shown(activity, world) if activity else None,
        slot=slot_of(session, world.now, counted=False) if session else None,
        who=no.who.alias if no.who else None,
        at=no.at,
        other=other,
        count=count,
        help_line=world.policy.help_line,
        choices=ways_on[:3],
        missed=tuple(each.on for each in no.pause.missed) if no.pause else (),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of one session of a draft."""

    held: Held | None
    slot: Slot
    no: No | None
    other: str | None = None


async def confirm(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Book what was proposed. What changed since is judged again; each session is booked for all or none."""
    kept = replace(dialogue, draft=None)
    family_id = await family_here(world, scene)
    await families.hold(scene.tx, family_id)
    family = await family_of(scene.tx, family_id)
    people = [participants.from_key(key, family, world.now.date()) for key in draft.who]
    found = [await planning.find(scene.tx, world.directory, each) for each in sorted(draft.ids)]
    asked = [each for each in found if each is not None]
    if not asked or None in people:
        return Outcome(refused(No("gone"), None, None, world), kept)
    entered = await _entered(family_id, [each for each in people if each], world, scene)
    activity = asked[0][0]
    made = [await _made(activity, session, entered, family_id, world, scene) for _, session in asked]
    held = tuple(each.held for each in sorted(made, key=lambda each: each.slot.starts_at) if each.held)
    if not held:
        first = made[0]
        view = refused(
            first.no or No("gone"), activity, asked[0][1], world,
            other=first.other, count=world.policy.places_a_week,
        )  # fmt: skip
        return Outcome(view, kept)
    waits = next((each.place for each in held if each.place), None)
    booking = replace(
        booked_view(held, (activity, _of(asked, held[0].slot.id)), world),
        refused=tuple((each.slot, each.no.reason) for each in made if each.no),
        chance=await chance_of(scene.tx, activity.id, waits, world.now) if waits else None,
        draw=await drawing_of(scene.tx, [session for _, session in asked], world),
    )
    spoken_of = Ask(
        "booking",
        booking=held[0].code,
        activities=(activity.id,),
        centres=(activity.centre_id,),
        session=held[0].slot.id if len(held) == 1 else None,
    )
    return Outcome(booking, replace(kept, last=spoken_of))


def _of(asked: Sequence[tuple[Activity, Session]], session_id: str) -> Session:
    return next(session for _, session in asked if session.id == session_id)


async def family_here(world: World, scene: Scene) -> str:
    """The conversation's family, which is founded when there is something to keep of it."""
    known = await families.of_conversation(scene.tx, scene.conversation_id)
    if known:
        return known
    family_id = str(scene.new_id())
    await families.found(scene.tx, family_id, world.now)
    if not await families.join(scene.tx, scene.conversation_id, family_id):
        raise LookupError("the conversation got a family while this turn was under way")
    return family_id


async def _entered(family_id: str, people: Sequence[Person], world: World, scene: Scene) -> list[Person]:
    """The participants, those who are new put down, and what was told of ages kept."""
    entered = []
    for person in people:
        who = Participant(
            person.id or str(scene.new_id()), family_id, person.kind, person.alias,
            person.born_on, person.grade, person.grade_year,
        )  # fmt: skip
        if person.id is None:
            await families.add_participant(scene.tx, who, world.now)
        elif person.born_on or person.grade is not None:
            await families.describe(
                scene.tx, person.id, family_id,
                born_on=person.born_on, grade=person.grade, grade_year=person.grade_year,
            )  # fmt: skip
        entered.append(replace(person, id=who.id))
    return entered


async def _made(
    activity: Activity,
    session: Session,
    people: Sequence[Person],
    family_id: str,
    world: World,
    scene: Scene,
) -> _Made:
    slot = slot_of(session, world.now, counted=False)
    [(_, no)] = await judged(scene.tx, activity, [session], people, world)
    if no is None and await is_over_the_cap(family_id, session, len(people), world, scene):
        no = No("cap")
    if no:
        return _Made(None, slot, no)
    await planning.ensure(scene.tx, world.directory, session)
    number = scene.new_id()
    wish = Wish(
        id=str(number),
        code=short_code(number),
        session_id=session.id,
        family_id=family_id,
        participants=tuple(person.id for person in people if person.id),
    )
    office = office_of(world, scene.new_id, scene.conversation_id)
    answer = await booked.ask_for(scene.tx, office, wish)
    if answer.booking is None:
        other = await _name_of(answer.clash, world, scene)
        return _Made(None, slot, No((answer.refused or Refused.GONE).value), other)
    return _Made(await held_of(scene.tx, answer.booking, world), slot, None)


async def is_over_the_cap(
    family_id: str, session: Session, size: int, world: World, scene: Scene, *, leaves: Session | None = None
) -> bool:
    """Whether the family would have more places in the week of the session than the setting allows; `leaves`
    is the one that it would give up for it."""
    starts = session.starts_at.astimezone(world.now.tzinfo)
    monday = starts.date() - timedelta(days=starts.isoweekday() - 1)
    begins = datetime.combine(monday, time.min, starts.tzinfo)
    ends = begins + timedelta(days=7)
    has = await bookings.places_between(scene.tx, family_id, begins, ends)
    given_up = size if leaves and begins <= leaves.starts_at < ends else 0
    return has - given_up + size > world.policy.places_a_week


async def _name_of(session_id: str | None, world: World, scene: Scene) -> str | None:
    """What is in the way, by name and place."""
    found = await planning.find(scene.tx, world.directory, session_id) if session_id else None
    if found is None:
        return None
    activity, _ = found
    return f"{short_name(world.directory.centres[activity.centre_id])} {activity.name}"
