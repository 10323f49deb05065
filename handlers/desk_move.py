"""Staff move a session to another time: one meeting, or all those of a camp together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from handlers import bookings as booked
from handlers import planning
from handlers.asks import Ask
from handlers.desk_sessions import about, changeable, held_here, session_meant
from handlers.desk_site import Done, Errand, Plan, Site, Undone, desk_session, session_here
from handlers.permissions import Act
from messages.views import View
from messages.views_staff import Deed
from storage import directory, revivals
from storage.audit import Entry
from storage.sessions import Meeting, Session

MINUTE = 60


async def make_move(ask: Ask, site: Site) -> Plan | View:
    """`ask.numbers`: the clock (begin and end in minutes, -1 where not said), by how many days, and to which
    days (their ordinals)."""
    if not ask.numbers:
        return site.no("no_time", Act.MOVE)
    session = await session_meant(ask, site, Act.MOVE)
    if not isinstance(session, Session):
        return session
    now = await _meetings(session, site)
    moved = _moved(now, ask.numbers)
    if moved is None:
        return site.no("camp", Act.MOVE, count=len(_days(now)))
    return Plan((session.id,), _flat(moved))


async def _meetings(session: Session, site: Site) -> list[Meeting]:
    """In the zone of the centre."""
    meetings = await planning.meetings_of(site.scene.tx, site.world.directory, session)
    zone = site.now.tzinfo
    return [(begins.astimezone(zone), ends.astimezone(zone)) for begins, ends in meetings]


def _days(meetings: Sequence[Meeting]) -> list[date]:
    return sorted({begins.date() for begins, _ in meetings})


def _moved(meetings: Sequence[Meeting], said: Sequence[int]) -> list[Meeting] | None:
    """None where what was said does not tell a day and a time for each meeting."""
    (start, end, shift), days = said[:3], [date.fromordinal(each) for each in said[3:]]
    was = _days(meetings)
    to = _new_days(was, shift, days)
    if to is None or (start >= 0 and len(was) != len(meetings)):
        return None
    found = []
    for begins, ends in meetings:
        midnight = datetime.combine(to[begins.date()], time.min, begins.tzinfo)
        clock = (
            timedelta(minutes=start) if start >= 0 else timedelta(hours=begins.hour, minutes=begins.minute)
        )
        lasts = timedelta(minutes=end - start) if end >= 0 and start >= 0 else ends - begins
        found.append((midnight + clock, midnight + clock + lasts))
    return found


def _new_days(was: Sequence[date], shift: int, days: Sequence[date]) -> Mapping[date, date] | None:
    """Where each day goes: all by as many days, from another first day on, or each to one of those named."""
    if not shift and len(days) > 1 and len(was) > 1 and days[-1] - days[0] != was[-1] - was[0]:
        return dict(zip(was, days, strict=True)) if len(days) == len(was) else None
    by = timedelta(days=shift) if shift or not days else days[0] - was[0]
    return {day: day + by for day in was}


def _flat(meetings: Sequence[Meeting]) -> tuple[int, ...]:
    """In minutes since 1970."""
    return tuple(int(at.timestamp()) // MINUTE for meeting in meetings for at in meeting)


def _paired(numbers: Sequence[int], site: Site) -> list[Meeting]:
    moments = [datetime.fromtimestamp(number * MINUTE, site.now.tzinfo) for number in numbers]
    return list(zip(moments[::2], moments[1::2], strict=True))


async def look_move(plan: Plan, site: Site) -> Deed | View:
    session = await changeable(plan.ids[0], site, Act.MOVE)
    if not isinstance(session, Session):
        return session
    meetings = _paired(plan.numbers, site)
    (begins, _), (_, ends) = meetings[0], meetings[-1]
    if meetings == await _meetings(session, site):
        return site.no("same", Act.MOVE)
    if begins <= site.now or any(until <= at for at, until in meetings):
        return site.no("past", Act.MOVE)
    if abs(begins - session.starts_at) > planning.MOVED_BY:
        return site.no("too_far", Act.MOVE, count=planning.MOVED_BY.days)
    if clash := await in_the_way(session, meetings, site):
        return clash
    days = _days(meetings)
    there = replace(session, starts_at=begins, ends_at=ends, held_on=days[0], last_on=days[-1])
    deed = await about(session, site, Act.MOVE)
    return replace(deed, moved=desk_session(there, site), days=tuple(days) if len(days) > 1 else ())


async def in_the_way(session: Session, meetings: Sequence[Meeting], site: Site) -> View | None:
    """How many people have to be elsewhere, and when the first of them."""
    tx = site.scene.tx
    clashes = [(at, await revivals.elsewhere(tx, session.id, at, until)) for at, until in meetings]
    people = {who for _, found in clashes for who in found}
    if not people:
        return None
    first = next(at for at, found in clashes if found).astimezone(site.now.tzinfo)
    return site.no("clash", Act.MOVE, count=len(people), at=first)


async def do_move(plan: Plan, site: Site) -> Done:
    session = await held_here(plan.ids[0], site)
    was = _flat(await _meetings(session, site))
    await booked.move(site.scene.tx, site.office, session.id, _paired(plan.numbers, site), by_manager=True)
    await directory.bump_version(site.scene.tx, site.now)
    kept = " ".join(map(str, (*was, int(session.is_edited))))
    return Done((session.id,), was=kept, became=" ".join(map(str, plan.numbers)))


async def undo_move(entry: Entry, site: Site) -> Undone | View:
    *numbers, was_edited = map(int, entry.was.split())
    plan = Plan((entry.subjects,), tuple(numbers))
    moved = await session_here(entry.subjects, site)
    if moved and " ".join(map(str, _flat(await _meetings(moved, site)))) != entry.became:
        return site.no("no_undo", Act.MOVE)
    deed = await look_move(plan, site)
    if not isinstance(deed, Deed):
        return deed
    await do_move(plan, site)
    await revivals.mark(site.scene.tx, entry.subjects, bool(was_edited))
    session = await held_here(entry.subjects, site)
    return Undone(await about(session, site, Act.MOVE))


MOVE = Errand(Act.MOVE, make_move, look_move, do_move, undo_move)
