"""Staff change the directory: opening hours from a day on, the phone, an activity that ends or is new."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pydantic_core

from handlers import bookings as booked
from handlers.activity_news import Stopped, tell_stopped
from handlers.asks import Ask
from handlers.desk_news import herald_of, tell_held
from handlers.desk_revive import Revived, as_it_is, from_text, give_back, hold, to_text
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
from handlers.directory_changes import ENDS, HOURS, PHONE, PUBLISHED, alike, is_readable
from handlers.notices import Gathered
from handlers.permissions import Act
from messages.directory import Activity, Category
from messages.views import View
from messages.views_staff import Deed
from storage import changes, sessions
from storage import directory as directory_store
from storage.audit import Entry
from storage.changes import Change
from storage.directory import ActivityRow, CentreRow, ServiceRow
from storage.sessions import Session

LONGEST_HOURS = 100
STOPPED = "stopped"
ONE_DAY = timedelta(days=1)


async def change_to(
    site: Site, kind: str, row_id: str, field: str, value: str, since: date
) -> tuple[str, list[str]]:
    """Let a change hold: its id, and those that give way."""
    change = Change(
        id=await changes.next_id(site.scene.tx),
        kind=kind,
        row_id=row_id,
        centre_id=site.centre.id,
        field=field,
        value=value,
        since_on=since,
        made_by=site.post.id,
        made_at=site.now,
        applied_at=site.now if since <= site.now.date() else None,
    )
    replaced = await changes.add(site.scene.tx, change)
    await directory_store.bump_version(site.scene.tx, site.now)
    return change.id, replaced


async def changed_back(site: Site, entry: Entry) -> bool:
    """Whether the change was still there to be taken back; those it had replaced hold again."""
    if await changes.settle(site.scene.tx, entry.became, "undone", site.now) is None:
        return False
    for change_id in entry.was.split():
        await changes.unsettle(site.scene.tx, change_id)
    await directory_store.bump_version(site.scene.tx, site.now)
    return True


# Opening hours


async def make_hours(ask: Ask, site: Site) -> Plan | View:
    text = (ask.said or "").strip()
    if not text:
        return site.no("no_hours", Act.HOURS)
    if len(text) > LONGEST_HOURS or not is_readable(text):
        return site.no("unreadable_hours", Act.HOURS)
    since = (ask.when.first if ask.when else None) or site.now.date()
    if since < site.now.date():
        return site.no("past", Act.HOURS)
    services = [s for s in site.world.directory.services_of.get(site.centre.id, ()) if s.name in ask.services]
    if ask.services and not services:
        return site.no("no_service", Act.HOURS)
    row_id = services[0].id if services else site.centre.id
    return Plan((row_id,), (since.toordinal(),), text)


async def look_hours(plan: Plan, site: Site) -> Deed | View:
    service = site.world.directory.services.get(plan.ids[0])
    since = date.fromordinal(plan.numbers[0])
    was = await as_it_stands(site, "service" if service else "centre", plan.ids[0], HOURS, since) or ""
    if alike(was) == alike(plan.text):
        return site.no("same", Act.HOURS)
    name = service.name if service else None
    return replace(site.deed(Act.HOURS), name=name, was=was, becomes=plan.text, first=since)


async def do_hours(plan: Plan, site: Site) -> Done:
    kind = "service" if plan.ids[0] in site.world.directory.services else "centre"
    since = date.fromordinal(plan.numbers[0])
    change_id, replaced = await change_to(site, kind, plan.ids[0], HOURS, plan.text, since)
    return Done((plan.ids[0],), was=" ".join(replaced), became=change_id)


async def undo_hours(entry: Entry, site: Site) -> Undone | View:
    if not await changed_back(site, entry):
        return site.no("no_undo", Act.HOURS)
    service = site.world.directory.services.get(entry.subjects)
    name = service.name if service else None
    was = await as_it_stands(site, "service" if service else "centre", entry.subjects, HOURS, site.now.date())
    return Undone(replace(site.deed(Act.HOURS), name=name, was=was))


async def as_it_stands(site: Site, kind: str, row_id: str, field: str, on: date) -> str | None:
    """A field's value on a day: what a manager set by then, else what the office's file says."""
    tx = site.scene.tx
    held = [
        each.value
        for each in await changes.unsettled(tx)
        if (each.kind, each.row_id, each.field) == (kind, row_id, field) and each.since_on <= on
    ]
    if held:
        return held[-1]
    rows: list[CentreRow] | list[ServiceRow] | list[ActivityRow]
    match kind:
        case "centre":
            rows = await directory_store.centres(tx)
        case "service":
            rows = await directory_store.services(tx)
        case _:
            rows = await directory_store.activities(tx)
    row = next((each for each in rows if each.id == row_id), None)
    return str(getattr(row, field) or "") if row else None


# The phone


async def make_phone(ask: Ask, site: Site) -> Plan | View:
    return Plan(text=ask.said) if ask.said else site.no("no_phone", Act.PHONE)


async def look_phone(plan: Plan, site: Site) -> Deed | View:
    if alike(site.centre.phone or "") == alike(plan.text):
        return site.no("same", Act.PHONE)
    return replace(site.deed(Act.PHONE), was=site.centre.phone, becomes=plan.text)


async def do_phone(plan: Plan, site: Site) -> Done:
    centre_id = site.centre.id
    change_id, replaced = await change_to(site, "centre", centre_id, PHONE, plan.text, site.now.date())
    return Done((centre_id,), was=" ".join(replaced), became=change_id)


async def undo_phone(entry: Entry, site: Site) -> Undone | View:
    if not await changed_back(site, entry):
        return site.no("no_undo", Act.PHONE)
    was = await as_it_stands(site, "centre", site.centre.id, PHONE, site.now.date())
    return Undone(replace(site.deed(Act.PHONE), was=was))


# An activity that ends


async def make_stop(ask: Ask, site: Site) -> Plan | View:
    ours = offered_here(ask, site)
    if len(ours) != 1:
        return site.no("no_activity", Act.STOP)
    on = (ask.when.first if ask.when else None) or site.now.date()
    return Plan((ours[0],), (max(on, site.now.date()).toordinal(),))


async def look_stop(plan: Plan, site: Site) -> Deed | View:
    activity = site.world.directory.activities.get(plan.ids[0])
    if activity is None or activity.centre_id != site.centre.id:
        return site.no("no_activity", Act.STOP)
    on = date.fromordinal(plan.numbers[0])
    if activity.ends_on < on:
        return site.no("same", Act.STOP)
    affected = await coming(site, activity.id, on)
    return replace(
        site.deed(Act.STOP),
        name=activity.name,
        sessions=tuple(desk_session(each, site) for each in affected[:LISTED]),
        more=max(0, len(affected) - LISTED),
        affected=await affected_by(site, tuple(each.id for each in affected)),
        first=on,
    )


async def coming(site: Site, activity_id: str, on: date) -> list[Session]:
    """What somebody asked for: the sessions in the database that begin from that day on."""
    rows = await sessions.of_activity(site.scene.tx, activity_id, on, date.max)
    return [
        each for each in rows if each.state == "planned" and each.starts_at > site.now and each.held_on >= on
    ]


async def do_stop(plan: Plan, site: Site) -> Done:
    activity_id, on = plan.ids[0], date.fromordinal(plan.numbers[0])
    off = sorted(each.id for each in await coming(site, activity_id, on))
    for session_id in off:
        await sessions.hold(site.scene.tx, session_id)
    gathered = Gathered()
    quiet = replace(site.office, tell=gathered)
    was = []
    for session_id in off:
        was.append(await as_it_is(site, session_id))
        await booked.call_off(site.scene.tx, quiet, session_id, STOPPED)
    last = (on - ONE_DAY).isoformat()
    change_id, replaced = await change_to(site, "activity", activity_id, ENDS, last, site.now.date())
    stopped = Stopped(site.world.directory.activities[activity_id], site.centre, f"stopped {change_id}")
    await tell_stopped(site.scene.tx, herald_of(site), stopped, gathered.touched.values())
    kept = pydantic_core.to_json([replaced, to_text(was)]).decode()
    return Done((activity_id, *off), was=kept, became=change_id)


async def undo_stop(entry: Entry, site: Site) -> Undone | View:
    revived = await given_back(entry, site)
    if revived is None:
        return site.no("no_undo", Act.STOP)
    activity = site.world.directory.activities.get(entry.subjects.split()[0])
    name = activity.name if activity else None
    return Undone(replace(site.deed(Act.STOP), name=name), revived.lost)


async def given_back(entry: Entry, site: Site) -> Revived | None:
    """Take a change back with the sessions that were called off for it; None when it has changed since."""
    replaced, called_off = pydantic_core.from_json(entry.was)
    if not await changed_back(site, replace(entry, was=" ".join(replaced))):
        return None
    was = from_text(called_off)
    await hold(site, was)
    revived = await give_back(site, was)
    await tell_held(site, entry.id, revived.bookings)
    return revived


# A new activity


async def make_publish(ask: Ask, site: Site) -> Plan | View:
    """Name, times, places and dates, as `handlers.orders` parted them."""
    parts = (ask.said or "").split("\n")
    if len(parts) != 2 or len(ask.numbers) != 3:
        return site.no("unreadable_activity", Act.PUBLISH)
    (name, times), (places, first, last) = parts, ask.numbers
    is_good = name and is_readable(times) and 0 < places <= MOST_PLACES and first <= last
    if not is_good or last < site.now.date().toordinal():
        return site.no("unreadable_activity", Act.PUBLISH)
    return Plan(numbers=(places, first, last), text=f"{name}\n{times}")


async def look_publish(plan: Plan, site: Site) -> Deed | View:
    name, times = plan.text.split("\n")
    here = site.world.directory.activities_of.get(site.centre.id, ())
    if any(each.name == name and each.ends_on >= site.now.date() for each in here):
        return site.no("same", Act.PUBLISH)
    places, first, last = plan.numbers
    return replace(
        site.deed(Act.PUBLISH),
        name=name,
        becomes=times,
        number=places,
        first=date.fromordinal(first),
        last=date.fromordinal(last),
    )


async def do_publish(plan: Plan, site: Site) -> Done:
    tx, (name, times), (places, first, last) = site.scene.tx, plan.text.split("\n"), plan.numbers
    known = await directory_store.activities(tx, with_withdrawn=True)
    own = re.compile(re.escape(site.centre.id) + r"-M(\d+)")
    taken = [int(found[1]) for row in known if (found := own.fullmatch(row.id))]
    row = ActivityRow(
        id=f"{site.centre.id}-M{max(taken, default=0) + 1:02}",
        centre_id=site.centre.id,
        position=max((row.position for row in known), default=0) + 1,
        name=name,
        category=_category(name, site),
        time_text=times,
        starts_on=date.fromordinal(first),
        ends_on=date.fromordinal(last),
        places=places,
        audience=None,
        fee=None,
        room=None,
        teacher=None,
        opens_text=None,
        cancel_text=None,
        note=None,
        row_hash="",
        updated_on=site.now.date(),
        withdrawn_at=None,
    )
    await directory_store.put_activities(tx, [row])
    change_id, replaced = await change_to(site, "activity", row.id, PUBLISHED, row.id, site.now.date())
    return Done((row.id,), was=" ".join(replaced), became=change_id)


def _category(name: str, site: Site) -> str:
    """That of an activity of the same name elsewhere."""
    known: tuple[Activity, ...] = site.world.directory.activities_named.get(name, ())
    return (known[0].category if known else Category.SPECIAL).value


async def undo_publish(entry: Entry, site: Site) -> Undone | View:
    """Only while nobody booked it: after that it is stopped, and the families are told."""
    tx, activity = site.scene.tx, site.world.directory.activities.get(entry.subjects)
    stored = await sessions.of_activity(tx, entry.subjects, site.now.date(), date.max)
    if (await affected_by(site, tuple(each.id for each in stored))).families:
        return site.no("no_undo", Act.PUBLISH)
    if not await changed_back(site, entry):
        return site.no("no_undo", Act.PUBLISH)
    await directory_store.withdraw_activities(tx, [entry.subjects], site.now)
    return Undone(replace(site.deed(Act.PUBLISH), name=activity.name if activity else None))


HOURS_ERRAND = Errand(Act.HOURS, make_hours, look_hours, do_hours, undo_hours)
PHONE_ERRAND = Errand(Act.PHONE, make_phone, look_phone, do_phone, undo_phone)
STOP_ERRAND = Errand(Act.STOP, make_stop, look_stop, do_stop, undo_stop)
PUBLISH_ERRAND = Errand(Act.PUBLISH, make_publish, look_publish, do_publish, undo_publish)
