"""The day at a centre: what is held, who came, and what waits for somebody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from handlers import call_list
from handlers.case_states import CENTRE
from handlers.desk_cases import WAITS
from handlers.desk_roster import EARLY, LATE
from handlers.desk_site import Site, desk_session, sessions_between
from handlers.desk_walk_ins import can_come
from handlers.pages.alerts import Alert, of_counts, of_sessions
from handlers.pages.dates import read_day
from handlers.pages.fetch import A_DAY, is_late, midnight, still_there
from handlers.permissions import Act
from messages.views_staff import DeskSession
from storage import callbacks, case_files, day
from storage.day import Came
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the day; `came` is None where nobody booked. `is_now`: people come to it or are there;
    `unfetched` children are there after its end; `walks_in`: whoever comes now can be taken in."""

    session: DeskSession
    came: Came | None
    is_now: bool
    unfetched: int
    walks_in: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits: cases (`overdue` of them late, `due` to be answered today), families to call, and residents
    to call back (`late` of them, `promised` for today or before). None: not for this post."""

    cases: int | None = None
    overdue: int = 0
    calls: int | None = None
    callbacks: int = 0
    late: int = 0
    due: int = 0
    promised: int = 0


@dataclass(frozen=True, slots=True)
class Today:
    """`closed`: the hours that hold instead today, empty when the centre is closed; None as on any day.
    `alerts` are of today alone; `hands_over`: children may be handed over by this post."""

    on: date
    before: date
    after: date
    is_today: bool
    lines: tuple[Line, ...]
    waits: Waits
    closed: str | None
    alerts: tuple[Alert, ...]
    hands_over: bool


async def show(site: Site, asked: Mapping[str, str]) -> Today:
    """The day that is asked for, else today."""
    today = site.now.date()
    on = day_of(asked.get("on", ""), today)
    begins = datetime.combine(on, time(), site.now.tzinfo)
    counted = {
        each.session_id: each
        for each in await day.came(site.scene.tx, site.centre.id, begins, begins + A_DAY)
    }
    hands_over = on == today and site.may(Act.HAND_OVER)
    there = [each for each in await still_there(site) if each.ends_at <= site.now] if hands_over else []
    left = Counter(each.session_id for each in there)
    held = await sessions_between(site, on, on)
    lines = tuple(_line(each, counted.get(each.id), left[each.id], site) for each in held)
    waits = await _waits(site)
    alerts = _alerts(lines, waits, sum(is_late(each, site) for each in there), site) if on == today else ()
    closed = _closed(site, on)
    return Today(on, on - A_DAY, on + A_DAY, on == today, lines, waits, closed, alerts, hands_over)


def _alerts(lines: Iterable[Line], waits: Waits, unfetched: int, site: Site) -> tuple[Alert, ...]:
    counted = of_counts(unfetched=unfetched, due=waits.due, calls=waits.calls, callbacks=waits.promised)
    return (*counted, *of_sessions((each.session for each in lines), site.now))


def day_of(said: str, today: date) -> date:
    """A day as an address gives it; today where it gives none."""
    return read_day(said) or today


def _line(session: Session, came: Came | None, unfetched: int, site: Site) -> Line:
    shown = desk_session(session, site)
    begins = came.starts_at if came else shown.starts_at
    is_now = begins - EARLY <= site.now <= begins + (shown.ends_at - shown.starts_at) + LATE
    walks_in = can_come(session, site) and site.may(Act.WALK_IN)
    return Line(shown, came, is_now, unfetched, walks_in)


async def _waits(site: Site) -> Waits:
    tx, centre_id = site.scene.tx, site.centre.id
    asked_back = await callbacks.owned(tx, centre_id)
    late = sum(each.due_at < site.now for each in asked_back)
    tomorrow = midnight(site) + A_DAY
    promised = sum(each.due_at < tomorrow for each in asked_back)
    waits = Waits(callbacks=len(asked_back), late=late, promised=promised)
    if site.may(Act.CASES):
        owned = await case_files.owned(tx, CENTRE, centre_id, WAITS)
        overdue = sum(each.due_at < site.now for each in owned)
        due = sum(site.now <= each.due_at < tomorrow for each in owned)
        waits = replace(waits, cases=len(owned), overdue=overdue, due=due)
    if site.may(Act.CALLS):
        waits = replace(waits, calls=len(await call_list.unheard(tx, centre_id, site.world)))
    return waits


def _closed(site: Site, on: date) -> str | None:
    for each in site.world.directory.closures(site.centre.id):
        if each.first_on <= on <= each.last_on:
            return each.hours.text if each.hours else ""
    return None
