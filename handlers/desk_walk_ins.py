"""Staff take in who just came, without a name, where a session that runs or soon begins has free places."""

from dataclasses import replace
from datetime import timedelta

from handlers import bookings as booked
from handlers.asks import Ask
from handlers.codes import short_code
from handlers.desk_book import is_for_children
from handlers.desk_roster import meeting_on
from handlers.desk_sessions import ensured, held_here
from handlers.desk_site import (
    Done,
    Errand,
    Plan,
    Site,
    Undone,
    desk_session,
    named_here,
    session_here,
    sessions_between,
    which_of,
)
from handlers.permissions import Act
from messages.booking_rules import read_rules
from messages.views import View
from messages.views_staff import Deed
from messages.words import words
from storage import attendance, bookings, families
from storage.audit import Entry
from storage.bookings import Wish
from storage.families import Participant
from storage.sessions import Session

# Who comes so long before the beginning is taken in; others book.
EARLY = timedelta(hours=1)
MOST = 20


async def make_walk_in(ask: Ask, site: Site) -> Plan | View:
    size = ask.numbers[0] if ask.numbers else 1
    if not 1 <= size <= MOST:
        return site.no("too_many_at_once", Act.WALK_IN)
    found = await _running(ask, site)
    if not found:
        return site.no("nothing_runs", Act.WALK_IN)
    if len(found) > 1:
        return which_of(found, Act.WALK_IN, site)
    return Plan((found[0].id,), (size,))


async def _running(ask: Ask, site: Site) -> list[Session]:
    """Today's sessions of one day that one can come to now."""
    if ask.session:
        session = await session_here(ask.session, site)
        return [session] if session else []
    today, named = site.now.date(), named_here(ask, site)
    return [
        each
        for each in await sessions_between(site, today, today)
        if can_come(each, site) and (not named or each.activity_id in named)
    ]


def can_come(session: Session, site: Site) -> bool:
    """A camp is booked as a whole: nobody comes to it by the way."""
    is_now = session.starts_at - EARLY <= site.now < session.ends_at
    return is_now and session.held_on == session.last_on


async def look_walk_in(plan: Plan, site: Site) -> Deed | View:
    session, size = await session_here(plan.ids[0], site), plan.numbers[0]
    if session is None:
        return site.no("no_session", Act.WALK_IN)
    if session.state != "planned":
        return site.no("called_off", Act.WALK_IN)
    if not can_come(session, site):
        return site.no("nothing_runs", Act.WALK_IN)
    is_kept = session.has_draw or (session.waiting > 0 and session.starts_at > site.now)
    if session.free < size or is_kept:
        return site.no("kept" if is_kept and session.free >= size else "no_room", Act.WALK_IN)
    return replace(site.deed(Act.WALK_IN), sessions=(desk_session(session, site),), number=size)


async def do_walk_in(plan: Plan, site: Site) -> Done:
    """The places are taken last; whoever was faster is noticed by looking again."""
    tx, scene, size = site.scene.tx, site.scene, plan.numbers[0]
    session = await ensured(plan.ids[0], site)
    family_id, booking_id = str(scene.new_id()), str(scene.new_id())
    await families.found(tx, family_id, site.now)
    await families.hold(tx, family_id)
    rules = read_rules(site.world.directory.activities[session.activity_id])
    kind, guest = "child" if is_for_children(rules) else "adult", str(words("zh", "staff")["guest"])
    ids = tuple(sorted(str(scene.new_id()) for _ in range(size)))  # lists are in the order of ids
    people = [
        Participant(who_id, family_id, kind, guest.format(number=number))
        for number, who_id in enumerate(ids, 1)
    ]
    for who in people:
        await families.add_participant(tx, who, site.now)
    code = short_code(scene.new_id())
    await bookings.walk_in(
        tx, Wish(booking_id, code, session.id, family_id, ids, made_by=site.post.id), site.now
    )
    begins = await meeting_on(session, site.now.date(), site)
    for who_id in ids:
        await attendance.note(
            tx,
            booking_id,
            who_id,
            begins,
            arrived_at=site.now,
            left_at=None,
            is_missed=False,
            noted_by=site.post.id,
        )
    fresh = await session_here(session.id, site)
    deed = replace(
        site.deed(Act.WALK_IN), sessions=(desk_session(fresh or session, site),), number=size, becomes=code
    )
    return Done((booking_id, session.id, family_id), became=str(size), deed=deed)


async def undo_walk_in(entry: Entry, site: Site) -> Undone | View:
    """They were never there, and their places are free; not once one of them has left."""
    tx, (booking_id, session_id, family_id) = site.scene.tx, entry.subjects.split()
    await families.hold(tx, family_id)
    session = await held_here(session_id, site)
    begins = await meeting_on(session, site.now.date(), site)
    theirs = [who for who in await attendance.roster(tx, session_id, begins) if who.booking_id == booking_id]
    if session.state != "planned" or any(who.left_at for who in theirs):
        return site.no("no_undo", Act.WALK_IN)
    for who in theirs:
        await attendance.forget(tx, booking_id, who.participant_id, begins)
    answer = await booked.give_up(tx, site.office, booking_id, family_id)
    if answer.refused:
        return site.no("no_undo", Act.WALK_IN)
    fresh = await session_here(session_id, site)
    return Undone(replace(site.deed(Act.WALK_IN), sessions=(desk_session(fresh or session, site),)))


WALK_IN = Errand(Act.WALK_IN, make_walk_in, look_walk_in, do_walk_in, undo_walk_in)
