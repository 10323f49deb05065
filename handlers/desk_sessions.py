"""Staff change one session: call it off, give it more or fewer places."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from handlers import bookings as booked
from handlers import planning
from handlers.asks import Ask, When
from handlers.desk_news import tell_held
from handlers.desk_revive import as_it_is, from_text, give_back, hold, to_text
from handlers.desk_site import (
    Done,
    Errand,
    Plan,
    Site,
    Undone,
    affected_by,
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
from storage import directory, revivals, sessions
from storage.audit import Entry
from storage.sessions import Session

AHEAD = timedelta(weeks=8)
MOST_PLACES = 5_000
OTHER = "other"


async def session_meant(ask: Ask, site: Site, act: Act) -> Session | View:
    """The session that an order names, or the question which of several, or why none."""
    if ask.session:
        session = await session_here(ask.session, site)
        return session or site.no("no_session", act)
    today = site.now.date()
    first = ask.when.first if ask.when and ask.when.first else today
    ours = named_here(ask, site)
    if not ours:
        return site.no("no_activity", act)
    last = (ask.when.last if ask.when else None) or (
        first if ask.when and ask.when.first else _ahead(ours, site)
    )
    coming = [
        each
        for each in await sessions_between(site, first, last)
        if each.activity_id in ours and each.starts_at > site.now and _at_the_clock(each, ask.when, site)
    ]
    if not coming:
        return site.no("no_session", act)
    if len(coming) == 1:
        return coming[0]
    return which_of(coming, act, site, on_days=True)


def _ahead(ours: Iterable[str], site: Site) -> date:
    """A camp may be further away than classes are looked for."""
    named = (site.world.directory.activities[each] for each in ours)
    camps = [each.ends_on for each in named if read_rules(each).note.is_sold_whole]
    return max([site.now.date() + AHEAD, *camps])


def _at_the_clock(session: Session, when: When | None, site: Site) -> bool:
    """A clock time that was said picks among the sessions of a day; a part of the day holds its begin."""
    if when is None or when.start is None:
        return True
    starts = session.starts_at.astimezone(site.now.tzinfo)
    minute = starts.hour * 60 + starts.minute
    return minute == when.start if when.end is None else when.start <= minute < when.end


async def changeable(session_id: str, site: Site, act: Act) -> Session | View:
    """A session of this centre that is to come and not off."""
    session = await session_here(session_id, site)
    if session is None:
        return site.no("no_session", act)
    if session.state != "planned":
        return site.no("called_off", act)
    return session if session.starts_at > site.now else site.no("begun", act)


async def ensured(session_id: str, site: Site) -> Session:
    """The session, in the database now. Raises LookupError when there is none."""
    session = await session_here(session_id, site)
    if session is None:
        raise LookupError(f"there is no session {session_id}")
    await planning.ensure(site.scene.tx, site.world.directory, session)
    return session


async def held_here(session_id: str, site: Site) -> Session:
    """The session, in the database and held. Raises LookupError when there is none."""
    session = await ensured(session_id, site)
    return await sessions.hold(site.scene.tx, session_id) or session


async def about(session: Session, site: Site, act: Act) -> Deed:
    affected = await affected_by(site, (session.id,))
    return replace(site.deed(act), sessions=(desk_session(session, site),), affected=affected)


# Calling off


async def make_call_off(ask: Ask, site: Site) -> Plan | View:
    session = await session_meant(ask, site, Act.CALL_OFF)
    return Plan((session.id,), text=ask.kind or OTHER) if isinstance(session, Session) else session


async def look_call_off(plan: Plan, site: Site) -> Deed | View:
    session = await changeable(plan.ids[0], site, Act.CALL_OFF)
    if not isinstance(session, Session):
        return session
    return replace(await about(session, site, Act.CALL_OFF), because=plan.text)


async def do_call_off(plan: Plan, site: Site) -> Done:
    session = await held_here(plan.ids[0], site)
    was = await as_it_is(site, session.id)
    await booked.call_off(site.scene.tx, site.office, session.id, plan.text)
    await directory.bump_version(site.scene.tx, site.now)
    return Done((session.id,), was=to_text([was]), became=plan.text)


async def undo_call_off(entry: Entry, site: Site) -> Undone | View:
    """Everybody who had something in it has it again, if nothing came between."""
    was = from_text(entry.was)
    await hold(site, was)
    session = await session_here(was[0].session_id, site)
    if session is None or session.starts_at <= site.now or session.state == "planned":
        return site.no("begun", Act.CALL_OFF)
    revived = await give_back(site, was)
    await directory.bump_version(site.scene.tx, site.now)
    await tell_held(site, entry.id, revived.bookings)
    fresh = await session_here(session.id, site)
    return Undone(await about(fresh or session, site, Act.CALL_OFF), revived.lost)


# Places


async def make_resize(ask: Ask, site: Site) -> Plan | View:
    if not ask.numbers:
        return site.no("no_number", Act.RESIZE)
    session = await session_meant(ask, site, Act.RESIZE)
    if not isinstance(session, Session):
        return session
    number, step = ask.numbers
    places = session.places + step * number if step else number
    return Plan((session.id,), (places,)) if 1 <= places <= MOST_PLACES else site.no("no_number", Act.RESIZE)


async def look_resize(plan: Plan, site: Site) -> Deed | View:
    session = await changeable(plan.ids[0], site, Act.RESIZE)
    if not isinstance(session, Session):
        return session
    if session.places == plan.numbers[0]:
        return site.no("same", Act.RESIZE)
    return replace(await about(session, site, Act.RESIZE), number=plan.numbers[0])


async def do_resize(plan: Plan, site: Site) -> Done:
    session = await held_here(plan.ids[0], site)
    await booked.resize(site.scene.tx, site.office, session.id, plan.numbers[0])
    await sessions.mark_edited(site.scene.tx, session.id)
    return Done((session.id,), was=f"{session.places} {int(session.is_edited)}", became=str(plan.numbers[0]))


async def undo_resize(entry: Entry, site: Site) -> Undone | View:
    """Who was offered a place or took one meanwhile keeps it."""
    session = await changeable(entry.subjects, site, Act.RESIZE)
    if not isinstance(session, Session):
        return session
    if str(session.places) != entry.became:
        return site.no("no_undo", Act.RESIZE)
    places, was_edited = map(int, entry.was.split())
    await booked.resize(site.scene.tx, site.office, session.id, places)
    await revivals.mark(site.scene.tx, session.id, bool(was_edited))
    return Undone(replace(await about(session, site, Act.RESIZE), number=places))


CALL_OFF = Errand(Act.CALL_OFF, make_call_off, look_call_off, do_call_off, undo_call_off)
RESIZE = Errand(Act.RESIZE, make_resize, look_resize, do_resize, undo_resize)
