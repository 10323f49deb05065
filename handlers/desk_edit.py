"""Staff change what the directory says of an activity: its times, places, ages or fee, from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import pydantic_core

from handlers import bookings as booked
from handlers import planning
from handlers.activity_news import Stopped, tell_stopped
from handlers.asks import Ask
from handlers.desk_directory import as_it_stands, change_to, coming, given_back
from handlers.desk_move import in_the_way
from handlers.desk_news import herald_of
from handlers.desk_revive import as_it_is, to_text
from handlers.desk_sessions import MOST_PLACES
from handlers.desk_site import (
    LISTED,
    Done,
    Errand,
    Plan,
    Site,
    Undone,
    affected_by,
    desk_session,
    offered_here,
)
from handlers.directory_changes import AUDIENCE, FEE, PLACES, TIMES, alike, is_readable
from handlers.notices import Gathered
from handlers.permissions import Act
from handlers.planning import NOT_PLANNED
from messages.booking_rules import read_audience, read_rules
from messages.directory import Activity
from messages.views import View
from messages.views_staff import Deed
from storage import sessions
from storage.audit import Entry
from storage.sessions import Meeting, Session

LONGEST_TEXT = 60


async def make_edit(ask: Ask, site: Site) -> Plan | View:
    """`ask.kind` is the field; what it becomes was said, or a number with how it is meant."""
    ours, field = offered_here(ask, site), ask.kind or ""
    if len(ours) != 1:
        return site.no("no_activity", Act.EDIT)
    since = (ask.when.first if ask.when else None) or site.now.date()
    if since < site.now.date():
        return site.no("past", Act.EDIT)
    activity = site.world.directory.activities[ours[0]]
    value = _counted(ask, activity) if field == PLACES else (ask.said or "").strip()
    if why := _unfit(field, value, activity):
        return site.no(why, Act.EDIT)
    return Plan((activity.id, field), (since.toordinal(),), value)


def _counted(ask: Ask, activity: Activity) -> str:
    if not ask.numbers:
        return ""
    number, step = ask.numbers
    return str(activity.places + step * number if step else number)


def _unfit(field: str, value: str, activity: Activity) -> str | None:
    """Why it cannot be that; None when it can."""
    match field:
        case "places":
            return None if value and 1 <= int(value) <= MOST_PLACES else "no_number"
        case "time_text" if read_rules(activity).note.is_sold_whole:
            return "camp_times"
        case "time_text":
            return None if value and len(value) <= LONGEST_TEXT and is_readable(value) else "unreadable_hours"
        case "audience":
            is_good = value and len(value) <= LONGEST_TEXT and read_audience(value).is_readable
            return None if is_good else "unreadable_ages"
        case "fee":
            return None if 0 < len(value) <= LONGEST_TEXT else "no_fee"
        case _:
            return "no_activity"


@dataclass(frozen=True, slots=True)
class _Touched:
    """Sessions that somebody may be in: of other times, and not held any more."""

    moved: tuple[tuple[Session, tuple[Meeting, ...]], ...] = ()
    off: tuple[Session, ...] = ()
    kept: tuple[Session, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in (*self.off, *(row for row, _ in self.moved), *self.kept))


async def _touched(activity: Activity, plan: Plan, site: Site) -> _Touched:
    """What a manager changed of single sessions stays as it is."""
    since = date.fromordinal(plan.numbers[0])
    rows = await coming(site, activity.id, since)
    if plan.ids[1] != TIMES:
        return _Touched(kept=tuple(rows))
    rows = [each for each in rows if not each.is_edited]
    last = max([since, *(each.held_on for each in rows)])
    directory, other = site.world.directory, replace(activity, time_text=plan.text)
    plans = {each.id: each for each in planning.planned_as(directory, other, since, last)}
    moved = [
        (row, plans[row.id].meetings)
        for row in rows
        if row.id in plans
        and (row.starts_at, row.ends_at) != (plans[row.id].starts_at, plans[row.id].ends_at)
    ]
    return _Touched(tuple(moved), tuple(each for each in rows if each.id not in plans))


async def look_edit(plan: Plan, site: Site) -> Deed | View:
    activity_id, field = plan.ids[0], plan.ids[-1]
    since = date.fromordinal(plan.numbers[0])
    activity = site.world.directory.on(activity_id, since)
    if activity is None or activity.centre_id != site.centre.id:
        return site.no("no_activity", Act.EDIT)
    was = _said(activity, field)
    if alike(was or "") == alike(plan.text):
        return site.no("same", Act.EDIT)
    touched = await _touched(activity, plan, site)
    for session, meetings in touched.moved:
        if clash := await in_the_way(session, meetings, site):
            return clash
    off = await _with_somebody(touched.off, site)
    return replace(
        site.deed(Act.EDIT),
        name=activity.name,
        field=field,
        was=was,
        becomes=plan.text,
        first=since,
        sessions=tuple(desk_session(each, site) for each in off[:LISTED]),
        more=max(0, len(off) - LISTED),
        affected=await affected_by(site, touched.ids),
    )


def _said(activity: Activity, field: str) -> str | None:
    value = {
        TIMES: activity.time_text,
        PLACES: str(activity.places),
        AUDIENCE: activity.audience,
        FEE: activity.fee,
    }
    return value[field]


async def _with_somebody(rows: Iterable[Session], site: Site) -> list[Session]:
    return [each for each in rows if (await affected_by(site, (each.id,))).families]


async def do_edit(plan: Plan, site: Site) -> Done:
    """What is not held any more is called off at once, so that it can be given back; the rest is planned anew
    when the directory is taken up."""
    tx, (activity_id, field) = site.scene.tx, plan.ids
    since = date.fromordinal(plan.numbers[0])
    activity = site.world.directory.on(activity_id, since)
    if activity is None:
        raise LookupError(f"there is no activity {activity_id}")
    gathered, was = Gathered(), []
    off = sorted(each.id for each in (await _touched(activity, plan, site)).off)
    for session_id in off:
        await sessions.hold(tx, session_id)
    for session_id in off:
        was.append(await as_it_is(site, session_id))
        await booked.call_off(tx, replace(site.office, tell=gathered), session_id, NOT_PLANNED)
    change_id, replaced = await change_to(site, "activity", activity_id, field, plan.text, since)
    stopped = Stopped(activity, site.centre, f"edited {change_id}", plan.text, since)
    await tell_stopped(tx, herald_of(site), stopped, gathered.touched.values())
    kept = pydantic_core.to_json([replaced, to_text(was)]).decode()
    return Done((activity_id, field, *off), was=kept, became=change_id)


async def undo_edit(entry: Entry, site: Site) -> Undone | View:
    activity_id, field, *_ = entry.subjects.split()
    revived = await given_back(entry, site)
    if revived is None:
        return site.no("no_undo", Act.EDIT)
    activity = site.world.directory.activities.get(activity_id)
    was = await as_it_stands(site, "activity", activity_id, field, site.now.date())
    name = activity.name if activity else None
    return Undone(replace(site.deed(Act.EDIT), name=name, field=field, was=was), revived.lost)


EDIT = Errand(Act.EDIT, make_edit, look_edit, do_edit, undo_edit)
