"""The digest of those who have several centres: what is late, whom to praise or to speak with, how far on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from handlers import desk_deserts, desk_topics
from handlers.case_news import line_of
from handlers.case_states import ANSWERED, State
from handlers.desk_ratings import GROUP
from handlers.digest import ASKED_FROM, ASKED_WITHIN, QUESTIONS, Found, figures_of
from handlers.digest_periods import Period, compared, fresh_weeks
from handlers.star_board import ranked
from handlers.world import World
from messages.directory import CentreStatus
from messages.view_parts import Choice
from messages.views_digest import CasesCount, Coverage, DistrictDigestShown, Figure
from storage import case_files, counted, questions
from storage.case_files import CaseFile
from storage.counted import Counted
from storage.transaction import Transaction

LATE_SHOWN, TOPICS_SHOWN, DESERTS_SHOWN = 5, 3, 3
ALL = "district"
CHOICES = (
    Choice("@desk_stars", "/desk_stars"),
    Choice("@desk_cases", "/desk_cases"),
    Choice("@desk_deserts", "/desk_deserts"),
)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What all centres together had in a period; and, of those alone that were counted in all periods, what
    they had in it and before. A centre that opened meanwhile is no change of the others."""

    now: Counted
    like: Found


async def district_digest(
    tx: Transaction, subdistrict: str | None, period: Period, world: World
) -> DistrictDigestShown:
    """Of the open centres of a subdistrict, or of the district where none is named."""
    ours = {
        each.id
        for each in world.directory.centres.values()
        if subdistrict in (None, each.subdistrict) and each.status is CentreStatus.OPEN
    }
    sums = await _sums(tx, ours, period)
    board = await ranked(tx, subdistrict, world)
    late = [each for each in await _open_cases(tx, ours, subdistrict, world) if _is_late(each, world)]
    asked = await questions.most_asked(tx, world.now.date() - ASKED_WITHIN, QUESTIONS)
    missed = await desk_deserts.found_in(tx, subdistrict, world)
    fresh = await counted.fresh(tx, fresh_weeks(period, world), period.span(world).until_at, GROUP)
    now = sums.now
    return DistrictDigestShown(
        of=subdistrict or ALL,
        cadence=period.cadence,
        first_on=period.first,
        last_on=period.until - timedelta(days=1),
        centres=len(ours),
        numbers=board.numbers,
        praised=board.praised,
        spoken_with=board.spoken_with,
        late=tuple(line_of(each, world) for each in late[:LATE_SHOWN]),
        cases=CasesCount(now.opened, now.closed, now.in_silence, now.still_open, now.overdue),
        figures=tuple(_figures(sums, period, world)),
        coverage=tuple(_coverage(subdistrict, period, world)),
        coverage_by=world.policy.coverage_by,
        topics=() if subdistrict else await desk_topics.lines_of(tx, TOPICS_SHOWN, world),
        questions=tuple(each.shown for each in asked if each.times >= ASKED_FROM),
        is_again=False,
        choices=CHOICES,
        deserts=tuple(desk_deserts.name_of(each, world) for each in missed[:DESERTS_SHOWN]),
        fresh=sum(number for centre_id, number in fresh.items() if centre_id in ours),
    )


async def _open_cases(
    tx: Transaction, ours: set[str], subdistrict: str | None, world: World
) -> list[CaseFile]:
    """The first due first; what a centre left behind that is in the directory no more is the district's."""
    listed = world.directory.centres
    return [
        each
        for each in await case_files.open_ones(tx)
        if each.centre_id in ours or (subdistrict is None and each.centre_id not in listed)
    ]


async def _sums(tx: Transaction, ours: set[str], period: Period) -> _Sums:
    found = await counted.of_all(tx, period.cadence, compared(period)[-1].first, period.first)
    by_period: dict[date, dict[str, Counted]] = {period.first: {}}
    for each in found:
        if each.centre_id in ours:
            by_period.setdefault(each.first_on, {})[each.centre_id] = each
    always = set.intersection(*map(set, by_period.values()))
    like = {first: _added(period, (of[each] for each in sorted(always))) for first, of in by_period.items()}
    now = like.pop(period.first)
    return _Sums(
        _added(period, by_period[period.first].values()), Found(now, tuple(like.values()) if always else ())
    )


def _figures(sums: _Sums, period: Period, world: World) -> Iterator[Figure]:
    """What all had, compared by those that were there all the time."""
    of_all = figures_of(Found(sums.now), period, world.now)
    for figure, like in zip(of_all, figures_of(sums.like, period, world.now), strict=True):
        yield replace(figure, before=like.before, moved=like.moved)


NUMBERS = tuple(each.name for each in fields(Counted) if each.name not in ("centre_id", "first_on"))


def _added(period: Period, several: Iterable[Counted]) -> Counted:
    """All of them together; who went to two centres counts twice."""
    rows = list(several)
    sums = {name: sum(getattr(each, name) for each in rows) for name in NUMBERS}
    return Counted(ALL, rows[0].first_on if rows else period.first, **sums)


def _is_late(case: CaseFile, world: World) -> bool:
    return case.due_at < world.now and State(case.state) not in ANSWERED | {State.APPEALED}


def _coverage(subdistrict: str | None, period: Period, world: World) -> Iterable[Coverage]:
    centres, by = world.directory.centres, world.policy.coverage_by
    is_over = by is not None and by < period.until
    for name, ids in sorted(world.directory.subdistricts.items()):
        if subdistrict in (None, name):
            opened = sum(centres[each].status is CentreStatus.OPEN for each in ids)
            yield Coverage(name, opened, len(ids), len(ids) - opened if is_over else 0)
