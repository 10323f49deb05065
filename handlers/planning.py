"""Keeps the sessions of the database with the directory and the calendar: planned ahead, and again when
either changes. What a manager changed is left as it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from handlers import bookings as booked
from handlers.bookings import Office
from handlers.sessions import PlannedSession, sessions_of
from handlers.snapshot import Directory
from messages.booking_rules import read_rules
from messages.directory import Activity, CentreStatus
from storage import revivals, sessions
from storage.sessions import Meeting, Session
from storage.transaction import Transaction

# A session may have been moved by so much from where it was planned.
MOVED_BY = timedelta(days=60)
ONE_DAY = timedelta(days=1)
# Why a session is called off that the directory or the calendar do not have any more.
NOT_PLANNED = "not_planned"
# The version of a session that is planned and not in the database yet.
NOT_STORED = -1


def planned(directory: Directory, activity: Activity, first: date, last: date) -> tuple[PlannedSession, ...]:
    """The sessions that the directory and the calendar give an activity of an open centre, each as the
    activity is on its day; what is sold as a whole is as on its first day."""
    pieces = _pieces(directory, activity, first, last)
    return tuple(session for each in pieces for session in planned_as(directory, *each))


def held(directory: Directory, activity: Activity, first: date, last: date) -> tuple[PlannedSession, ...]:
    """The same whether it is booked here or not."""
    calendar, closures = directory.calendar, directory.closures(activity.centre_id)
    pieces = _pieces(directory, activity, first, last)
    return tuple(
        session
        for piece, begins, ends in pieces
        for session in sessions_of(piece, calendar, begins, ends, closures=closures)
    )


def _pieces(
    directory: Directory, activity: Activity, first: date, last: date
) -> Iterator[tuple[Activity, date, date]]:
    """The activity as it is from day to day, each with the first and the last day on which it is so."""
    if read_rules(activity).note.is_sold_whole:
        yield directory.as_on(activity, activity.starts_on), first, last
        return
    turns = [day for day in directory.turns(activity.id) if first < day <= last]
    for begins, until in pairwise([first, *turns, last + ONE_DAY]):
        yield directory.as_on(activity, begins), begins, until - ONE_DAY


def planned_as(
    directory: Directory, activity: Activity, first: date, last: date
) -> tuple[PlannedSession, ...]:
    """The same for an activity that is the same on all days."""
    centre = directory.centres[activity.centre_id]
    if centre.status is not CentreStatus.OPEN or not read_rules(activity).is_bookable:
        return ()
    closures = directory.closures(centre.id)
    return sessions_of(activity, directory.calendar, first, last, closures=closures)


def is_held(directory: Directory, activity_id: str) -> bool:
    """Whether the directory has the activity, at a centre that is open."""
    activity = directory.activities.get(activity_id)
    return activity is not None and directory.centres[activity.centre_id].status is CentreStatus.OPEN


def as_session(plan: PlannedSession) -> Session:
    """What a planned session is before anybody asked for it."""
    return Session(
        id=plan.id,
        activity_id=plan.activity_id,
        centre_id=plan.centre_id,
        held_on=plan.held_on,
        last_on=plan.last_on,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        places=plan.places,
        capacity=plan.places,
        taken=0,
        offered=0,
        waiting=0,
        state="planned",
        because=None,
        is_provisional=plan.is_provisional,
        is_edited=False,
        has_draw=False,
        version=NOT_STORED,
        moved_at=None,
    )


async def upcoming(
    tx: Transaction, directory: Directory, activity: Activity, now: datetime, first: date, last: date
) -> list[Session]:
    """The sessions that begin between two days and after `now`, in order, those called off left out.

    Those that nobody asked for yet may not be in the database: `ensure` puts one there.
    """
    stored = await sessions.of_activity(tx, activity.id, first - MOVED_BY, last + MOVED_BY)
    rows = {row.id: row for row in stored}
    plans = planned(directory, activity, first, last)
    found = {plan.id: rows.get(plan.id) or as_session(plan) for plan in plans}
    found |= {row.id: row for row in stored if row.is_edited}
    zone = now.tzinfo
    listed = (
        each
        for each in found.values()
        if each.state == "planned"
        and each.starts_at > now
        and first <= each.last_on
        and each.starts_at.astimezone(zone).date() <= last
    )
    return sorted(listed, key=lambda each: (each.starts_at, each.id))


async def find(tx: Transaction, directory: Directory, session_id: str) -> tuple[Activity, Session] | None:
    """A session by its id, stored or only planned, with its activity as it is on that day; None when there is
    no such thing."""
    stored = await sessions.of_id(tx, session_id)
    activity = directory.activities.get(stored.activity_id if stored else session_id.partition("@")[0])
    if activity is None:
        return None
    if stored:
        return directory.as_on(activity, stored.held_on), stored
    plans = planned(directory, activity, activity.starts_on, activity.ends_on)
    plan = next((each for each in plans if each.id == session_id), None)
    return (directory.as_on(activity, plan.held_on), as_session(plan)) if plan else None


async def ensure(tx: Transaction, directory: Directory, session: Session) -> None:
    """Put a planned session into the database, unless it is there."""
    if session.version == NOT_STORED:
        await _add(tx, _plan_of(directory, session))


def _plan_of(directory: Directory, session: Session) -> PlannedSession:
    activity = directory.activities[session.activity_id]
    plans = planned(directory, activity, session.held_on, session.last_on)
    return next(each for each in plans if each.id == session.id)


async def meetings_of(tx: Transaction, directory: Directory, session: Session) -> list[Meeting]:
    """When one has to be there, of a session that is stored or only planned."""
    return await sessions.meetings(tx, session.id) or list(_plan_of(directory, session).meetings)


async def _add(tx: Transaction, plan: PlannedSession) -> bool:
    return await sessions.add(
        tx,
        plan.id,
        plan.activity_id,
        plan.centre_id,
        held_on=plan.held_on,
        last_on=plan.last_on,
        meetings=plan.meetings,
        places=plan.places,
        is_provisional=plan.is_provisional,
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning an activity again did, in sessions; `kept` are those a manager changed and the
    directory or the calendar would have otherwise."""

    added: int = 0
    moved: int = 0
    resized: int = 0
    called_off: int = 0
    removed: int = 0
    kept: tuple[str, ...] = ()

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(
            self.added + other.added,
            self.moved + other.moved,
            self.resized + other.resized,
            self.called_off + other.called_off,
            self.removed + other.removed,
            self.kept + other.kept,
        )


async def plan_again(
    tx: Transaction, office: Office, directory: Directory, activity_id: str, last: date
) -> Planned:
    """Bring an activity's sessions that have not begun to what is planned now, up to `last`.

    Everybody affected is told by the office. An activity that is gone has no sessions any more, not even
    those that a manager changed, and a camp of it that runs is over.
    """
    today = office.now.date()
    activity = directory.activities.get(activity_id)
    stored = await sessions.of_activity(tx, activity_id, today, date.max)
    last = max([last, *(row.held_on for row in stored)])  # somebody may have booked further ahead
    plans = planned(directory, activity, today, last) if activity else ()
    wanted = {plan.id: plan for plan in plans if plan.starts_at > office.now}
    is_gone = not is_held(directory, activity_id)
    rows = {row.id: row for row in stored if (row.ends_at if is_gone else row.starts_at) > office.now}
    result = Planned()
    for session_id in sorted({*wanted, *rows}):
        plan, row = wanted.get(session_id), rows.get(session_id)
        if row is None:
            result += Planned(added=int(await _add(tx, plan))) if plan else Planned()
        elif plan is None:
            result += await _unplanned(tx, office, row, is_gone=is_gone)
        else:
            result += await _replanned(tx, office, row, plan)
    return result


async def _unplanned(tx: Transaction, office: Office, row: Session, *, is_gone: bool) -> Planned:
    if row.state != "planned":
        return Planned()
    if row.is_edited and not is_gone:
        return Planned(kept=(row.id,))
    if row.is_edited:  # should the activity come back, it is held as the directory says then
        await revivals.mark(tx, row.id, is_edited=False)
    if await sessions.remove(tx, row.id):
        return Planned(removed=1)
    await booked.call_off(tx, office, row.id, NOT_PLANNED)
    return Planned(called_off=1)


async def _replanned(tx: Transaction, office: Office, row: Session, plan: PlannedSession) -> Planned:
    is_moved = (row.starts_at, row.ends_at) != (plan.starts_at, plan.ends_at)
    is_other = is_moved or row.places != plan.places or row.state != "planned"
    if row.is_edited:
        return Planned(kept=(row.id,)) if is_other else Planned()
    if row.state != "planned":
        if row.because != NOT_PLANNED:
            return Planned()
        await sessions.call_on(tx, row.id)
    if is_moved:
        await booked.move(
            tx, office, row.id, plan.meetings, by_manager=False, is_provisional=plan.is_provisional
        )
    elif row.is_provisional != plan.is_provisional:
        await sessions.settle(tx, row.id, plan.is_provisional, office.now)
    if row.places != plan.places:
        await booked.resize(tx, office, row.id, plan.places)
    return Planned(moved=int(is_moved), resized=int(row.places != plan.places))


def activities_to_plan(directory: Directory, stored: Iterable[str]) -> list[str]:
    """Every activity that has, or should have, sessions."""
    return sorted({*directory.activities, *stored})
