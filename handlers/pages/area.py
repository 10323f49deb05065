"""A subdistrict or the whole district: how its centres stand, what is late, what is missed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers import desk_deserts
from handlers.cards import short_name
from handlers.case_news import line_of
from handlers.case_parties import is_ours
from handlers.case_states import State
from handlers.deserts import LEAST, WALK_M
from handlers.desk_cases import WAITS
from handlers.desk_site import Area
from handlers.digest import stars_line
from handlers.star_board import MANY_OVERDUE, Judged, judged_of
from handlers.world import World
from messages.directory import CentreStatus
from messages.views_cases import CaseLine
from messages.views_deserts import DesertLine
from messages.views_stars import RankedLine, StarsLine
from storage import case_files as files
from storage.case_files import CaseFile

# Of cases elsewhere; whoever reads more than these reads them at the centre.
LISTED = 100
# How the table of centres can be put in order; the first is the usual one.
ORDERS = ("stars", "satisfaction", "overdue", "open_cases", "name")


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre among others; `line` None where no stars were reckoned yet."""

    id: str
    name: str
    subdistrict: str
    status: str
    line: RankedLine | None
    open_cases: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A centre that the rules propose, with what they looked at: its stars `four` and `eight` weeks before,
    and what would change it: `next` is what is missing for the next star, `to_close` so many overdue cases.
    `beside` is the centre in the middle of its subdistrict by satisfaction, to compare it with."""

    row: CentreRow
    four: int | None
    eight: int | None
    next: StarsLine
    to_close: int
    beside: CentreRow | None


@dataclass(frozen=True, slots=True)
class Covered:
    """How many centres of a subdistrict are open, of how many."""

    subdistrict: str
    open: int
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """`on` is the day of the stars, None before the first; `by`: when every centre is to be open."""

    rows: tuple[CentreRow, ...]
    order: str
    orders: tuple[str, ...]
    on: date | None
    praised: tuple[Candidate, ...]
    spoken_with: tuple[Candidate, ...]
    coverage: tuple[Covered, ...]
    by: date | None
    today: date


async def overview(area: Area, asked: Mapping[str, str]) -> Overview:
    """All centres of the area, in the order that is asked for."""
    tx, world = area.scene.tx, area.world
    found, on = await judged_of(tx, area.subdistrict, world)
    judged = {each.line.centre.id: each for each in found}
    cases: dict[str, list[CaseFile]] = {}
    for each in await files.open_ones(tx):
        cases.setdefault(each.centre_id, []).append(each)
    rows = [
        _row(centre_id, judged.get(centre_id), cases.get(centre_id, []), world)
        for centre_id in world.directory.centres
        if area.has(centre_id)
    ]
    order = asked.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    rows.sort(key=lambda row: _place_of(row, order))
    named = [each for each in rows if each.line and each.line.because]
    praised, spoken_with = (
        tuple(_candidate(each, judged[each.id], rows) for each in named if _is_praised(each) is wanted)
        for wanted in (True, False)
    )
    return Overview(
        tuple(rows),
        order,
        ORDERS,
        on,
        praised,
        spoken_with,
        tuple(_covered(area)),
        world.policy.coverage_by,
        world.now.date(),
    )


def _is_praised(row: CentreRow) -> bool:
    return row.line is not None and "praised" in row.line.because


def _candidate(row: CentreRow, judged: Judged, rows: list[CentreRow]) -> Candidate:
    near = [each for each in rows if each.subdistrict == row.subdistrict and each.line and each.line.n]
    near.sort(key=lambda each: (each.line.middle if each.line else 0.0, each.id))
    middle = near[len(near) // 2] if near else None
    beside = middle if middle and middle.id != row.id else None
    to_close = max(judged.line.overdue - MANY_OVERDUE + 1, 0)
    return Candidate(row, judged.four, judged.eight, stars_line(judged.of, None), to_close, beside)


def _row(centre_id: str, judged: Judged | None, cases: list[CaseFile], world: World) -> CentreRow:
    centre = world.directory.centres[centre_id]
    waits = [each for each in cases if each.state in (*WAITS, State.APPEALED)]
    late = sum(each.due_at < world.now for each in waits)
    status = centre.status.value
    line = judged.line if judged else None
    return CentreRow(centre_id, short_name(centre), centre.subdistrict, status, line, len(waits), late)


def _place_of(row: CentreRow, order: str) -> tuple[object, ...]:
    """Those that are open come first, of them the first by the order."""
    stars = row.line.stars if row.line and row.line.stars else 0
    low = row.line.low if row.line else 0.0
    by = {
        "stars": (-stars, -low),
        "satisfaction": (-low,),
        "overdue": (-row.overdue, -row.open_cases),
        "open_cases": (-row.open_cases,),
        "name": (row.subdistrict,),
    }[order]
    return (row.status != CentreStatus.OPEN, *by, row.id)


def _covered(area: Area) -> list[Covered]:
    centres = area.world.directory.centres
    return [
        Covered(name, sum(centres[each].status is CentreStatus.OPEN for each in ids), len(ids))
        for name, ids in sorted(area.world.directory.subdistricts.items())
        if area.subdistrict in (None, name)
    ]


@dataclass(frozen=True, slots=True)
class AreaCases:
    """`ours` wait for whoever looks; `others` are open at the centres, the first due first, and `more` of
    them are not listed."""

    ours: tuple[CaseLine, ...]
    others: tuple[CaseLine, ...]
    more: int
    overdue: int


async def cases(area: Area, _: Mapping[str, str]) -> AreaCases:
    found = [each for each in await files.open_ones(area.scene.tx) if area.has(each.centre_id)]
    ours = [each for each in found if is_ours(each, area.post) and each.state in (*WAITS, State.APPEALED)]
    known = {each.id for each in ours}
    others = [each for each in found if each.id not in known]
    shown, rest = (tuple(line_of(each, area.world) for each in listed) for listed in (ours, others[:LISTED]))
    return AreaCases(shown, rest, len(others) - len(rest), sum(_is_late(each, area.world) for each in found))


def _is_late(case: CaseFile, world: World) -> bool:
    """Past its time, and its owner has yet to answer."""
    return case.due_at < world.now and case.state in (*WAITS, State.APPEALED)


@dataclass(frozen=True, slots=True)
class Missed:
    """What is wished for and not near; `picture` is its map's address, None where nothing is drawn."""

    lines: tuple[DesertLine, ...]
    picture: str | None
    least: int
    walk: int


async def missed(area: Area, asked: Mapping[str, str]) -> Missed:
    found = await desk_deserts.found_in(area.scene.tx, area.subdistrict, area.world)
    language = asked.get("language", "zh")
    address = desk_deserts.address_of(area.subdistrict, language, area.world, area.scene.safe)
    path = address[address.index("/deserts/") :] if found else None
    lines = desk_deserts.lines_of(found, area.world)
    return Missed(lines, path, LEAST, WALK_M)
