"""The digest of a centre: what to do first, what changed by more than chance, the numbers, what comes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.cards import centre_name
from handlers.case_clock import URGENT
from handlers.case_states import ANSWERED, CENTRE, State
from handlers.chance import count_moved, share_moved
from handlers.desk_ratings import GROUP
from handlers.desk_site import ROSTER
from handlers.digest_periods import WEEK, Period, compared, fresh_weeks, weeks_shown
from handlers.intervals import share_interval
from handlers.star_rounds import read_stars
from handlers.stars import FORMULA, Stars
from handlers.world import World
from messages.view_parts import Choice
from messages.views_digest import CasesCount, DigestShown, Figure, ToDo, WeekPoint
from messages.views_stars import StarsLine
from storage import attended, case_files, counted, questions, sessions, stars
from storage.case_files import CaseFile
from storage.counted import Counted
from storage.sessions import Session
from storage.transaction import Transaction

# Of fewer ratings the centre sees only that there are some, as long as the period has just passed: who came
# that week is known there.
LEAST_RATINGS, JUST_PASSED = 5, timedelta(days=7)
TO_DO = 3
QUESTIONS, ASKED_FROM, ASKED_WITHIN = 3, 3, timedelta(days=28)
SOON, AHEAD = timedelta(days=2), timedelta(days=7)
# A session is nearly empty with less than a quarter of its places taken.
EMPTY = 0.25
STARS = Choice("@desk_stars", "/desk_stars")


@dataclass(frozen=True, slots=True)
class Found:
    """What the digest of a centre is made of: its period, those before, the weeks of the chart (the first
    first), its open cases, its sessions of the days to come, how many of the period nobody kept the list of,
    what residents asked and how often, stars now and a week before, how many ratings are still to count."""

    now: Counted
    before: Sequence[Counted] = ()
    weeks: Sequence[Counted] = ()
    cases: Sequence[CaseFile] = ()
    coming: Sequence[Session] = ()
    without_list: int = 0
    asked: Sequence[tuple[str, int]] = ()
    stars: Stars | None = None
    stars_before: int | None = None
    fresh: int = 0


async def find(tx: Transaction, centre_id: str, period: Period, world: World) -> Found:
    """Read what is needed for a centre. Of what was not counted there is nothing."""
    today, span = world.now.date(), period.span(world)
    weeks, earlier = weeks_shown(period), compared(period)
    own = await counted.of_centre(tx, centre_id, period.cadence, earlier[-1].first, period.first)
    star = await stars.of_centre(tx, centre_id, today)
    star_before = await stars.of_centre(tx, centre_id, today - timedelta(days=7))
    asked = await questions.most_asked(tx, today - ASKED_WITHIN, QUESTIONS)
    return Found(
        now=next((each for each in own if each.first_on == period.first), Counted(centre_id, period.first)),
        before=[each for each in own if each.first_on < period.first],
        weeks=await counted.of_centre(tx, centre_id, WEEK, weeks[-1].first, weeks[0].first),
        cases=await case_files.open_of_centre(tx, centre_id),
        coming=await sessions.of_centre(tx, centre_id, today, today + AHEAD),
        without_list=await attended.without_list(tx, centre_id, span.first_at, span.until_at),
        asked=[(each.shown, each.times) for each in asked if each.times >= ASKED_FROM],
        stars=read_stars(star) if star else None,
        stars_before=star_before.stars if star_before else None,
        fresh=await counted.fresh_of(tx, centre_id, fresh_weeks(period, world), span.until_at, GROUP),
    )


def digest_of(centre_id: str, period: Period, found: Found, world: World) -> DigestShown:
    """The digest, from what was read; pure."""
    now = found.now
    coming = [each for each in found.coming if each.state == "planned" and each.starts_at > world.now]
    todo = tuple(_first_things(found, coming, world))[:TO_DO]
    return DigestShown(
        centre=centre_name(world.directory.centres[centre_id]),
        cadence=period.cadence,
        first_on=period.first,
        last_on=period.until - timedelta(days=1),
        todo=todo,
        figures=tuple(figures_of(found, period, world.now)),
        cases=CasesCount(now.opened, now.closed, now.in_silence, now.still_open, now.overdue),
        stars=stars_line(found.stars, found.stars_before) if found.stars else None,
        weeks=tuple(_point(each, period, world.now) for each in found.weeks),
        questions=tuple(shown for shown, _ in found.asked),
        next_sessions=len(coming),
        next_booked=sum(each.taken for each in coming),
        next_off=tuple(_holidays(world)),
        quote=None,
        is_again=False,
        chart=None,
        workbook=None,
        choices=tuple(dict.fromkeys((*(_choice(each) for each in todo), STARS)))[:TO_DO],
        fresh=found.fresh,
    )


def satisfied_of(of: Counted) -> float:
    """As in the stars: a 3 counts as half."""
    return of.good + of.very_good + of.fair / 2


# Each share: its name, how many, of how many.
Part = Callable[[Counted], float]
SHARES: tuple[tuple[str, Part, Part], ...] = (
    ("satisfied", satisfied_of, lambda of: of.ratings),
    ("filled", lambda of: of.taken, lambda of: of.places),
    ("missed", lambda of: of.missed, lambda of: of.arrived + of.missed),
)
COUNTS: tuple[tuple[str, Callable[[Counted], int]], ...] = (
    ("activities", lambda of: of.activities),
    ("people", lambda of: of.people),
)


def figures_of(found: Found, period: Period, now: datetime) -> Iterator[Figure]:
    for name, part, whole in SHARES:
        if name == "satisfied" and is_too_new(found.now, period, now):
            yield Figure(name, None, found.now.ratings)
        else:
            yield _share(name, part, whole, found)
    for name, of in COUNTS:
        value, earlier = of(found.now), sum(map(of, found.before))
        average = earlier / len(found.before) if found.before else None
        moved = count_moved(value, earlier, len(found.before))
        yield Figure(name, value, value, before=average, moved=moved)
    yield Figure("waiting", found.now.waiting, found.now.unserved)


def _share(name: str, part: Part, whole: Part, found: Found) -> Figure:
    good, total = part(found.now), whole(found.now)
    earlier, of = sum(map(part, found.before)), sum(map(whole, found.before))
    before = earlier / of if of else None
    if not total:
        return Figure(name, None, 0, before=before)
    ends = share_interval(good, total, FORMULA.z)
    moved = share_moved(good, total, earlier, of)
    return Figure(name, ends.middle, round(total), ends.low, ends.high, before, moved)


def is_too_new(of: Counted, period: Period, now: datetime) -> bool:
    """Whether so few have rated, and so lately, that it could be guessed who it was."""
    return 0 < of.ratings < LEAST_RATINGS and now.date() - period.until < JUST_PASSED


def _point(of: Counted, period: Period, now: datetime) -> WeekPoint:
    week = Period(WEEK, of.first_on)
    if not of.ratings or is_too_new(of, week, now):
        return WeekPoint(of.first_on, None, None, None, of.ratings, of.activities, of.people)
    ends = share_interval(satisfied_of(of), of.ratings, FORMULA.z)
    return WeekPoint(of.first_on, ends.middle, ends.low, ends.high, of.ratings, of.activities, of.people)


def stars_line(of: Stars, before: int | None) -> StarsLine:
    """The stars with what is missing for the next."""
    missing, lack = of.missing, of.lack.value if of.lack else None
    if missing is None:
        return StarsLine(of.stars, before, lack, of.n)
    return StarsLine(
        of.stars, before, lack, of.n, missing.star, missing.ratings, missing.mended, missing.activities,
        missing.people, missing.days, missing.cases,
    )  # fmt: skip


def _first_things(found: Found, coming: Sequence[Session], world: World) -> Iterator[ToDo]:
    """What would help most, in this order: what is late, dangerous, soon due, or open; lists that nobody
    kept; long lines; what residents ask for in vain; sessions to which hardly anybody comes."""
    waits = [each for each in found.cases if State(each.state) not in ANSWERED | {State.APPEALED}]
    late = [each for each in waits if each.due_at < world.now]
    soon = [each for each in waits if each.due_at >= world.now and each.tier == CENTRE]
    yield from _cases("overdue", late, world)
    yield from _cases("urgent", [each for each in soon if each.kind == URGENT], world)
    close = world.now + SOON
    yield from _cases("due", [each for each in soon if each.kind != URGENT and each.due_at < close], world)
    yield from _cases("open", [each for each in soon if each.kind != URGENT and each.due_at >= close], world)
    if found.without_list:
        yield ToDo("no_list", count=found.without_list)
    if line := max(coming, key=lambda each: each.waiting, default=None):
        yield from _session("waiting", line, line.waiting, world)
    if found.asked:
        yield ToDo("question", *found.asked[0])
    if empty := next((each for each in coming if _is_empty(each)), None):
        yield from _session("empty", empty, empty.places - empty.taken, world)


def _cases(kind: str, cases: Sequence[CaseFile], world: World) -> Iterator[ToDo]:
    """The one that is due first, and how many there are."""
    if cases:
        first = min(cases, key=lambda each: each.due_at)
        yield ToDo(kind, first.code, len(cases), first.due_at.astimezone(world.now.tzinfo))


def _session(kind: str, of: Session, count: int, world: World) -> Iterator[ToDo]:
    activity = world.directory.activities.get(of.activity_id)
    if activity and count:
        yield ToDo(kind, activity.name, count, of.starts_at.astimezone(world.now.tzinfo))


def _is_empty(of: Session) -> bool:
    return of.taken < of.places * EMPTY and not of.has_draw


def _choice(todo: ToDo) -> Choice:
    """What one tap does about it."""
    if todo.kind in ("overdue", "urgent", "due", "open") and todo.what:
        return Choice(todo.what, f"/desk_case {todo.what}")
    return ROSTER if todo.kind == "no_list" else STARS


def _holidays(world: World) -> Iterator[str]:
    days = (world.now.date() + timedelta(days=ahead) for ahead in range(AHEAD.days))
    off = (world.directory.calendar.holiday_on(day) for day in days)
    yield from dict.fromkeys(each.value for each in off if each)
