"""When a centre is open: what is written, and what that comes to on the days of a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.desk_site import Site
from handlers.opening import DayPlan, plan_day
from handlers.pages.today import day_of
from handlers.permissions import Act

# What may be changed here, each by a form of the same name.
CHANGES = {"close": Act.CLOSE, "hours": Act.HOURS, "phone": Act.PHONE}
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month. `plan` None: the written hours cannot be read. `holiday` and `makeup` are codes."""

    on: date
    plan: DayPlan | None
    holiday: str | None
    makeup: str | None
    closed: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """Hours as they are written, of the centre (no name) or one of its services."""

    name: str | None
    hours: str


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Monday on; days of other months are None. `is_official`: the year's notice is known."""

    first: date
    before: date
    after: date
    today: date
    weeks: tuple[tuple[Day | None, ...], ...]
    written: tuple[Written, ...]
    phone: str | None
    is_official: bool
    changes: tuple[str, ...]


async def show(site: Site, asked: Mapping[str, str]) -> Month:
    """The month of the day that is asked for, else of today."""
    today = site.now.date()
    first = day_of(asked.get("on", ""), today).replace(day=1)
    after = (first + 31 * A_DAY).replace(day=1)
    days: list[Day | None] = [None] * first.weekday()
    days += [_day(first + number * A_DAY, site) for number in range((after - first).days)]
    days += [None] * (-len(days) % 7)
    weeks = tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7))
    services = site.world.directory.services_of.get(site.centre.id, ())
    own = [Written(each.name, each.hours_text) for each in services if each.hours_text]
    return Month(
        first,
        (first - A_DAY).replace(day=1),
        after,
        today,
        weeks,
        (Written(None, site.centre.hours_text), *own),
        site.centre.phone,
        site.world.directory.calendar.is_official(first.year),
        tuple(name for name, act in CHANGES.items() if site.may(act)),
    )


def _day(on: date, site: Site) -> Day:
    directory = site.world.directory
    hours, calendar = directory.hours.get(site.centre.hours_text), directory.calendar
    closures = directory.closures(site.centre.id)
    plan = plan_day(hours, on, calendar, closures=closures) if hours else None
    closed = next((each.reason for each in closures if each.first_on <= on <= each.last_on), None)
    holiday, makeup = calendar.holiday_on(on), calendar.makeup_for(on)
    return Day(on, plan, holiday.value if holiday else None, makeup.value if makeup else None, closed)
