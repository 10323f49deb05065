"""The facts of a centre or a service as a card: open or not and why, how far, what it takes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from handlers.asks import Ask, Near, When
from handlers.nearby import walk
from handlers.opening import DayPlan, Moment, plan_day
from handlers.world import World
from messages.directory import Category, Centre, CentreStatus, Service
from messages.geo import distance_m
from messages.hours_types import Span
from messages.understand.terms import stem
from messages.view_parts import CentreName, Choice, Days, Opening, Spot
from messages.views import CentreCard, ServiceCard

MOST_DAYS = 14
# More than so many choices are too many.
MOST_CHOICES = 3
# "Before five" is judged so many minutes earlier: at five itself the place may be shut, or only just open.
JUST_BEFORE = 15
# Minutes after midnight: the evening begins, and what opens from then on may be called one.
EVENING, LATE_AFTERNOON = 18 * 60, 16 * 60


def centre_name(centre: Centre) -> CentreName:
    return CentreName(centre.id, centre.name, centre.subdistrict, centre.status.value)


def short_name(centre: Centre) -> str:
    """How a centre is called on a button: its community, or its name without the ending."""
    return centre.community or stem(centre.name, "centre")


def place_of(centre: Centre) -> Near:
    """A resident who names a centre looks around there."""
    return Near(centre.latitude, centre.longitude, short_name(centre))


def spot_of(centre: Centre, near: Near | None, world: World, *, address: str | None = None) -> Spot:
    """Where it is, and the walk from `near` when the resident's place is known."""
    where = address or centre.address
    if near is None:
        return Spot(where, centre.latitude, centre.longitude)
    straight = distance_m((near.latitude, near.longitude), (centre.latitude, centre.longitude))
    minutes, metres = walk(straight, detour=world.policy.detour, metres_per_minute=world.policy.pace)
    return Spot(where, centre.latitude, centre.longitude, metres, minutes)


def moment_of(when: When | None, now: datetime) -> datetime:
    """The instant a question is about: the clock time it names, on its day, else now."""
    if when is None or not when.has_clock:
        return now
    midnight = datetime.combine(when.first or now.date(), time.min, now.tzinfo)
    start = (when.end or 0) - JUST_BEFORE if when.start is None else when.start
    said = midnight + timedelta(minutes=start)
    # 'This evening', said in the evening, is now.
    is_under_way = when.end is not None and said <= now < midnight + timedelta(minutes=when.end)
    return now if is_under_way else said


def opening_of(
    hours_text: str, centre: Centre, when: When | None, world: World, *, service: Service | None = None
) -> Opening | None:
    """Open or not at the moment asked about; None when the written hours cannot be read."""
    at = moment_of(when, world.now)
    service_id = service.id if service else None

    def judged(at: datetime) -> Moment | None:
        return world.directory.opening(hours_text, centre, at, service_id=service_id, own=service is None)

    moment = judged(at)
    if moment and when and (later := _opens_within(when, at, moment)):
        at, moment = later, judged(later)
    if moment is None or centre.status is not CentreStatus.OPEN or _only_other_days(when, world):
        return None
    today = _days(moment.plan, world.now.date())
    minute = at.replace(second=0, microsecond=0)
    return Opening(minute, moment.is_open, moment.closes_at, moment.opens_at, today, at == world.now)


def _opens_within(when: When, at: datetime, moment: Moment) -> datetime | None:
    """When it opens, if it is closed at the beginning of the part of the day that was asked about."""
    if moment.is_open or when.start is None or when.end is None:
        return None
    midnight = datetime.combine(at.date(), time.min, at.tzinfo)
    if moment.opens_at and moment.opens_at < midnight + timedelta(minutes=when.end):
        return moment.opens_at
    evening = evening_in(moment.plan.spans, (at - midnight) // timedelta(minutes=1))
    return midnight + timedelta(minutes=evening.start) if evening else None


def evening_in(spans: Iterable[Span], start: int) -> Span | None:
    """What is meant by the evening of a place that is shut before it begins: supper is served before six."""
    return next((span for span in spans if start == EVENING and span.start >= LATE_AFTERNOON), None)


def _only_other_days(when: When | None, world: World) -> bool:
    """Whether whole days were asked about and today is none of them: then 'now' is beside the point."""
    if when is None or when.has_clock or when.is_now:
        return False
    days = dates_of(when, world.now.date())
    return bool(days) and world.now.date() not in days


def days_asked(
    hours_text: str, centre: Centre, when: When | None, world: World, *, service: Service | None = None
) -> tuple[Days, ...]:
    """The hours on the days that were asked about, alike days together; today has its own line."""
    hours = world.directory.hours.get(hours_text)
    if hours is None or when is None or when.is_now or centre.status is not CentreStatus.OPEN:
        return ()
    centre_hours = world.directory.hours.get(centre.hours_text) if service else None
    closures = world.directory.closures(centre.id, service.id if service else None)
    dates = dates_of(when, world.now.date())
    if dates == [world.now.date()]:
        return ()
    plans = (
        plan_day(hours, day, world.directory.calendar, closures=closures, centre_hours=centre_hours)
        for day in dates
    )
    return _together(plans, world.now.date())


def opens_again(
    hours_text: str, centre: Centre, asked: Sequence[Days], world: World, *, service: Service | None = None
) -> datetime | None:
    """When it opens after the days that were asked about, if it is closed on the last of them."""
    if not asked or asked[-1].spans:
        return None
    after = datetime.combine(asked[-1].last + timedelta(days=1), time.min, world.now.tzinfo)
    service_id = service.id if service else None
    moment = world.directory.opening(hours_text, centre, after, service_id=service_id, own=service is None)
    if moment is None or moment.is_opening_unconfirmed or moment.is_open is None:
        return None
    return after if moment.is_open else moment.opens_at


def dates_of(when: When, today: date) -> list[date]:
    """The civil dates a question is about, at most MOST_DAYS; a recurring day means its next date."""
    if when.first is None:
        if not when.weekdays:
            return []
        week = (today + timedelta(days=ahead) for ahead in range(7))
        return [day for day in week if day.isoweekday() in when.weekdays]
    last = min(when.last or when.first, when.first + timedelta(days=MOST_DAYS - 1))
    span = (when.first + timedelta(days=ahead) for ahead in range((last - when.first).days + 1))
    return [day for day in span if not when.weekdays or day.isoweekday() in when.weekdays]


def _days(plan: DayPlan, today: date) -> Days:
    return Days(
        plan.on,
        plan.on,
        tuple((span.start, span.end) for span in plan.spans),
        plan.because.code,
        plan.because.holiday.value if plan.because.holiday else None,
        plan.because.text,
        plan.certainty == "unconfirmed",
        plan.year_known,
        plan.on.year != today.year,
    )


def _together(plans: Iterable[DayPlan], today: date) -> tuple[Days, ...]:
    """Neighbouring days with the same hours for the same reason become one line."""
    lines: list[Days] = []
    for plan in plans:
        new = _days(plan, today)
        if lines and _alike(lines[-1], new):
            lines[-1] = replace(lines[-1], last=new.last)
        else:
            lines.append(new)
    return tuple(lines)


def _alike(one: Days, other: Days) -> bool:
    """Whether the next day can stand in the same line."""
    follows = other.first == one.last + timedelta(days=1)
    return follows and replace(other, first=one.first) == replace(one, last=other.last)


def centre_card(centre: Centre, ask: Ask, near: Near | None, world: World) -> CentreCard:
    directory = world.directory
    asked = days_asked(centre.hours_text, centre, ask.when, world)
    return CentreCard(
        centre=centre_name(centre),
        kind=centre.kind.value,
        spot=spot_of(centre, near, world),
        phone=centre.phone,
        is_sample=directory.is_sample(centre.phone),
        hours_text=centre.hours_text,
        hours_readable=directory.hours.get(centre.hours_text) is not None,
        opening=opening_of(centre.hours_text, centre, ask.when, world),
        asked=asked,
        opened_on=centre.opened_on,
        accessibility=centre.accessibility,
        transport=centre.transport,
        note=centre.note,
        updated_on=centre.updated_on,
        facets=ask.facets,
        choices=_centre_choices(centre, world),
        coming=centre.coming,
        reported=directory.reported(centre.id),
        opens_again=opens_again(centre.hours_text, centre, asked, world),
    )


def _centre_choices(centre: Centre, world: World) -> tuple[Choice, ...]:
    directory = world.directory
    choices = []
    if directory.services_of.get(centre.id):
        choices.append(Choice("@services", f"/services {centre.id}"))
    if directory.activities_of.get(centre.id):
        choices.append(Choice("@activities", f"/activities {centre.id}"))
    if directory.kiosks_of.get(centre.id):
        choices.append(Choice("@kiosk", f"/kiosks {centre.id}"))
    if not choices:
        return (Choice("@coverage", "/coverage"), Choice("@human", "/human"))
    return with_report(choices, centre)


def with_report(choices: Sequence[Choice], centre: Centre) -> tuple[Choice, ...]:
    """The first ways on from a card, and the last one: to say that something of it is not true."""
    return (*choices[: MOST_CHOICES - 1], Choice("@report_wrong", f"/wrong {centre.id}"))


def service_card(
    service: Service,
    ask: Ask,
    near: Near | None,
    world: World,
    *,
    relaxed: tuple[str, ...] = (),
    choices: tuple[Choice, ...],
) -> ServiceCard:
    """`choices`: the ways on, the first ones of which have room; another one is `with_report`'s."""
    directory = world.directory
    centre = directory.centres[service.centre_id]
    opening = opening_of(service.hours_text, centre, ask.when, world, service=service)
    asked = days_asked(service.hours_text, centre, ask.when, world, service=service)
    is_shut = opening is None or not opening.is_open
    return ServiceCard(
        name=service.name,
        centre=centre_name(centre),
        spot=spot_of(centre, near, world),
        phone=centre.phone,
        is_sample=directory.is_sample(centre.phone),
        hours_text=service.hours_text,
        hours_readable=directory.hours.get(service.hours_text) is not None,
        opening=opening,
        asked=asked,
        fee=service.fee,
        audience=service.audience,
        bring=service.bring,
        how=service.how,
        note=service.note,
        accessibility=centre.accessibility,
        transport=centre.transport,
        updated_on=service.updated_on,
        facets=ask.facets,
        relaxed=relaxed,
        choices=with_report(choices, centre),
        reported=directory.reported(centre.id),
        opens_again=opens_again(service.hours_text, centre, asked, world, service=service),
        is_urgent=ask.is_ill and is_shut and service.category is Category.MEDICAL,
    )
