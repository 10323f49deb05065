"""Staff close the centre for some days or hours: what falls into them is called off, everybody told once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pydantic_core

from handlers import bookings as booked
from handlers import planning
from handlers.asks import Ask
from handlers.desk_news import tell_closed, tell_held
from handlers.desk_revive import Was, as_it_is, from_text, give_back, hold, to_text
from handlers.desk_site import (
    LISTED,
    Done,
    Errand,
    Plan,
    Site,
    Undone,
    affected_by,
    desk_session,
    sessions_between,
)
from handlers.notices import Gathered
from handlers.opening import plan_day
from handlers.permissions import Act
from messages.views import View
from messages.views_staff import Deed
from messages.words import words
from storage import closures, revivals, sessions
from storage import directory as directory_store
from storage.audit import Entry
from storage.closures import Closure
from storage.sessions import Meeting, Session

MOST_DAYS = 60
DAY = 24 * 60
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Pause:
    """What is closed: days, both included; hours of one day in minutes after midnight, or all day."""

    first: date
    last: date
    start: int = 0
    end: int = DAY

    @property
    def is_whole(self) -> bool:
        return (self.start, self.end) == (0, DAY)

    def covers(self, meeting: Meeting, zone: datetime) -> bool:
        """Whether a meeting would be held, in part at least, while it is closed."""
        begins, ends = (at.astimezone(zone.tzinfo) for at in meeting)
        if not self.first <= begins.date() <= self.last:
            return False
        midnight = datetime.combine(begins.date(), time.min, zone.tzinfo)
        opens, shuts = (midnight + timedelta(minutes=minute) for minute in (self.start, self.end))
        return begins < shuts and opens < ends


def _pause(plan: Plan) -> Pause:
    first, last, start, end = plan.numbers
    return Pause(date.fromordinal(first), date.fromordinal(last), start, end)


async def make_close(ask: Ask, site: Site) -> Plan | View:
    when, today = ask.when, site.now.date()
    if when is None or not (when.first or when.is_now or when.has_clock) or when.weekdays:
        return site.no("no_day", Act.CLOSE)
    first = when.first or today
    last = when.last or first
    if last < today or last < first:
        return site.no("past", Act.CLOSE)
    if (last - first).days >= MOST_DAYS:
        return site.no("too_long", Act.CLOSE)
    start, end = (when.start or 0, when.end or DAY) if first == last and not when.is_now else (0, DAY)
    return Plan(
        numbers=(max(first, today).toordinal(), last.toordinal(), start, min(end, DAY)),
        text=ask.kind or CLOSED,
    )


async def look_close(plan: Plan, site: Site) -> Deed | View:
    pause = _pause(plan)
    hit = await _hit(site, pause)
    return replace(
        site.deed(Act.CLOSE),
        sessions=tuple(desk_session(each, site) for each in hit[:LISTED]),
        more=max(0, len(hit) - LISTED),
        affected=await affected_by(site, tuple(each.id for each in hit)),
        because=plan.text,
        first=pause.first,
        last=pause.last,
        becomes=_hours_left(site, pause) or None,
        was=_said(plan.text),
    )


def _said(because: str) -> str:
    """A reason as residents read it."""
    return str(words("zh", "staff")["closing"][because])


async def _hit(site: Site, pause: Pause) -> list[Session]:
    """Sessions that have not begun and of which something falls into the pause."""
    coming = await sessions_between(site, pause.first, pause.last)
    return [
        each
        for each in coming
        if any(
            at > site.now and pause.covers((at, until), site.now)
            for at, until in await planning.meetings_of(site.scene.tx, site.world.directory, each)
        )
    ]


def _hours_left(site: Site, pause: Pause) -> str:
    """What remains of a day's hours; empty when it is closed for all of it."""
    hours = site.world.directory.hours.get(site.centre.hours_text)
    if pause.is_whole or hours is None:
        return ""
    spans = plan_day(hours, pause.first, site.world.directory.calendar).spans
    left: list[tuple[int, int]] = []
    for span in spans:
        left += [(span.start, min(span.end, pause.start)), (max(span.start, pause.end), span.end)]
    return " ".join(
        f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}" for start, end in left if start < end
    )


async def do_close(plan: Plan, site: Site) -> Done:
    tx, pause = site.scene.tx, _pause(plan)
    hit = [each.id for each in await _hit(site, pause) if await sessions.of_id(tx, each.id)]
    for session_id in sorted(hit):
        await sessions.hold(tx, session_id)
    gathered = Gathered()
    quiet = replace(site.office, tell=gathered)
    called_off: list[Was] = []
    moved: list[tuple[str, list[Meeting], bool]] = []
    for session_id in sorted(hit):
        meetings = await sessions.meetings(tx, session_id)
        rest = [each for each in meetings if not pause.covers(each, site.now)]
        if rest:  # a camp goes on without these days
            session = await sessions.of_id(tx, session_id)
            moved.append((session_id, meetings, bool(session and session.is_edited)))
            await booked.move(tx, quiet, session_id, rest, by_manager=True)
        else:
            called_off.append(await as_it_is(site, session_id))
            await booked.call_off(tx, quiet, session_id, plan.text)
    closure_id = str(site.scene.new_id())
    await closures.add(
        tx,
        Closure(
            closure_id,
            site.centre.id,
            None,
            pause.first,
            pause.last,
            _hours_left(site, pause),
            _said(plan.text),
            site.now,
        ),
    )
    await directory_store.bump_version(tx, site.now)
    await tell_closed(site, closure_id, pause.first, pause.last, plan.text, gathered.touched.values())
    return Done((closure_id, *sorted(hit)), was=_kept(plan, called_off, moved), became=plan.text)


def _kept(plan: Plan, called_off: list[Was], moved: Iterable[tuple[str, list[Meeting], bool]]) -> str:
    camps = [
        [session_id, [[int(at.timestamp()), int(until.timestamp())] for at, until in meetings], was_edited]
        for session_id, meetings, was_edited in moved
    ]
    return pydantic_core.to_json([list(plan.numbers), to_text(called_off), camps]).decode()


async def undo_close(entry: Entry, site: Site) -> Undone | View:
    """Open after all: what was called off and has not begun is held, and who had something has it again."""
    tx, closure_id = site.scene.tx, entry.subjects.split()[0]
    numbers, called_off, camps = pydantic_core.from_json(entry.was)
    if not await closures.remove(tx, closure_id):
        return site.no("no_undo", Act.CLOSE)
    was = from_text(called_off)
    await hold(site, was)
    for session_id, meetings, was_edited in camps:
        await _whole_again(site, session_id, meetings, was_edited=was_edited)
    revived = await give_back(site, was)
    await tell_held(site, entry.id, revived.bookings)
    await directory_store.bump_version(tx, site.now)
    deed = await look_close(Plan(numbers=tuple(numbers), text=entry.became), site)
    return Undone(deed, revived.lost) if isinstance(deed, Deed) else deed


async def _whole_again(site: Site, session_id: str, meetings: list[list[int]], *, was_edited: bool) -> None:
    zone = site.now.tzinfo
    times = [(datetime.fromtimestamp(a, zone), datetime.fromtimestamp(b, zone)) for a, b in meetings]
    await booked.move(site.scene.tx, site.office, session_id, times, by_manager=True)
    await revivals.mark(site.scene.tx, session_id, was_edited)


CLOSE = Errand(Act.CLOSE, make_close, look_close, do_close, undo_close)
