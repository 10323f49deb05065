"""The day at a centre: what is held, who came, and what waits for somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from handlers import call_list
from handlers.callbacks import owned_by
from handlers.case_states import CENTRE
from handlers.desk_cases import WAITS
from handlers.desk_roster import EARLY, LATE
from handlers.desk_site import Site, desk_session, sessions_between
from handlers.pages.dates import read_day
from handlers.permissions import Act
from messages.views_staff import DeskSession
from storage import case_files, day
from storage.day import Came
from storage.sessions import Session

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the day; `came` is None where nobody booked. `is_now`: people come to it or are there."""

    session: DeskSession
    came: Came | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits: cases (`overdue` of them late), families to call, and residents to call back (`late` of
    them). None: not for this post."""

    cases: int | None = None
    overdue: int = 0
    calls: int | None = None
    callbacks: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Today:
    """`closed`: the hours that hold instead today, empty when the centre is closed; None as on any day."""

    on: date
    before: date
    after: date
    is_today: bool
    lines: tuple[Line, ...]
    waits: Waits
    closed: str | None


async def show(site: Site, asked: Mapping[str, str]) -> Today:
    """The day that is asked for, else today."""
    today = site.now.date()
    on = day_of(asked.get("on", ""), today)
    begins = datetime.combine(on, time(), site.now.tzinfo)
    counted = {
        each.session_id: each
        for each in await day.came(site.scene.tx, site.centre.id, begins, begins + A_DAY)
    }
    lines = tuple(_line(each, counted.get(each.id), site) for each in await sessions_between(site, on, on))
    return Today(on, on - A_DAY, on + A_DAY, on == today, lines, await _waits(site), _closed(site, on))


def day_of(said: str, today: date) -> date:
    """A day as an address gives it; today where it gives none."""
    return read_day(said) or today


def _line(session: Session, came: Came | None, site: Site) -> Line:
    shown = desk_session(session, site)
    begins = came.starts_at if came else shown.starts_at
    is_now = begins - EARLY <= site.now <= begins + (shown.ends_at - shown.starts_at) + LATE
    return Line(shown, came, is_now)


async def _waits(site: Site) -> Waits:
    tx, centre_id = site.scene.tx, site.centre.id
    asked_back = await owned_by(tx, centre_id)
    late = sum(each.due_at < site.now for each in asked_back)
    waits = Waits(callbacks=len(asked_back), late=late)
    if site.may(Act.CASES):
        owned = await case_files.owned(tx, CENTRE, centre_id, WAITS)
        overdue = sum(each.due_at < site.now for each in owned)
        waits = replace(waits, cases=len(owned), overdue=overdue)
    if site.may(Act.CALLS):
        waits = replace(waits, calls=len(await call_list.unheard(tx, centre_id, site.world)))
    return waits


def _closed(site: Site, on: date) -> str | None:
    for each in site.world.directory.closures(site.centre.id):
        if each.first_on <= on <= each.last_on:
            return each.hours.text if each.hours else ""
    return None
