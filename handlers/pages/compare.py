"""Two or three centres side by side, with how surely one can tell them apart.

What the stars are made of is compared by its intervals (80 %): where they overlap, the difference may be
chance. Shares are compared at 99 % as in the digest (handlers/chance.py), the highest with the lowest; of too
few nothing is said. All numbers were counted by the jobs, but the cases, which are those of now.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

from handlers.cards import short_name
from handlers.chance import NOISE, share_moved
from handlers.desk_cases import WAITS
from handlers.desk_site import Area
from handlers.digest import stars_line
from handlers.digest_periods import WEEK, Period, last_over
from handlers.intervals import Interval, share_interval
from handlers.star_board import indicated, ranked_line
from handlers.star_rounds import read_stars
from handlers.stars import FORMULA, Stars
from messages.directory import Category, Centre
from messages.views_stars import Indicated, RankedLine, StarsLine
from storage import case_files, counted, stars
from storage.counted import Counted

NAMES = ("a", "b", "c")
WEEKS = 12
# Of fewer nothing is said of a share.
LEAST = 10
MIN_SIDES = 2


@dataclass(frozen=True, slots=True)
class Share:
    """So much of `of` with its interval (80 %); None of nothing."""

    part: float
    of: int

    @property
    def is_few(self) -> bool:
        return self.of < LEAST

    @property
    def ends(self) -> Interval | None:
        return share_interval(self.part, self.of, FORMULA.z) if self.of else None


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared. `line` and `stars` are None where none were reckoned; `numbers` are the
    sums of the `weeks` that were counted, `in_time` of cases opened since."""

    id: str
    name: str
    subdistrict: str
    status: str
    opened_on: date | None
    hours: str
    line: RankedLine | None
    stars: StarsLine | None
    indicated: tuple[Indicated, ...]
    weeks: int
    numbers: Counted
    in_time: Share
    waits: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Row:
    """A share or an indicator of each side; `verdict`: 'overlap' or 'apart' of intervals, 'chance' or 'more'
    of shares, 'few' where it is not to be told."""

    name: str
    cells: tuple[Share | Indicated | None, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What of one kind each side offers."""

    category: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """`there` are all one may choose from, by their subdistricts; nothing is compared with fewer than two
    `sides`. Numbers are of the weeks since `since`."""

    there: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    chosen: tuple[str, ...]
    sides: tuple[Side, ...]
    rows: tuple[Row, ...]
    offered: tuple[Offered, ...]
    since: date
    on: date | None


async def show(area: Area, asked: Mapping[str, str]) -> Compared:
    """Those of the area that are asked for; any other id is as if it had not been said."""
    world = area.world
    wanted = dict.fromkeys(asked.get(name, "") for name in NAMES)
    chosen = tuple(each for each in wanted if each in world.directory.centres and area.has(each))
    last = last_over(WEEK, world.now.date())
    since = last.first - timedelta(weeks=WEEKS - 1)
    on = await stars.last_day(area.scene.tx, world.now.date())
    sides = (
        [await _side(each, since, last.first, area) for each in chosen] if len(chosen) >= MIN_SIDES else []
    )
    rows = tuple(_rows(sides)) if sides else ()
    return Compared(_there(area), chosen, tuple(sides), rows, tuple(_offered(sides, area)), since, on)


def _there(area: Area) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    centres = area.world.directory.centres
    return tuple(
        (name, tuple((each, short_name(centres[each])) for each in ids))
        for name, ids in sorted(area.world.directory.subdistricts.items())
        if area.subdistrict in (None, name)
    )


async def _side(centre_id: str, since: date, last: date, area: Area) -> Side:
    tx, world = area.scene.tx, area.world
    centre: Centre = world.directory.centres[centre_id]
    row = await stars.of_centre(tx, centre_id, world.now.date())
    of: Stars | None = read_stars(row) if row else None
    weeks = await counted.of_centre(tx, centre_id, WEEK, since, last)
    cases = await case_files.open_of_centre(tx, centre_id)
    waits = [each for each in cases if each.state in WAITS]
    begins = Period(WEEK, since).span(world).first_at
    in_time = await case_files.kept_time(tx, centre_id, begins, world.now)
    overdue = sum(each.due_at < world.now for each in waits)
    return Side(
        centre_id,
        short_name(centre),
        centre.subdistrict,
        centre.status.value,
        centre.opened_on,
        centre.hours_text,
        ranked_line(of, overdue, world) if of else None,
        stars_line(of, None) if of else None,
        tuple(indicated(of)) if of else (),
        len(weeks),
        _added(centre_id, since, weeks),
        Share(*in_time),
        len(waits),
        overdue,
    )


SUMMED = tuple(each.name for each in fields(Counted) if each.name not in ("centre_id", "first_on"))


def _added(centre_id: str, since: date, weeks: Sequence[Counted]) -> Counted:
    sums = {name: sum(getattr(each, name) for each in weeks) for name in SUMMED}
    return Counted(centre_id, since, **sums)


SHARES: Mapping[str, Callable[[Side], Share]] = {
    "filled": lambda side: Share(side.numbers.taken, side.numbers.places),
    "missed": lambda side: Share(side.numbers.missed, side.numbers.missed + side.numbers.arrived),
    "in_time": lambda side: side.in_time,
}
INDICATORS = ("satisfaction", "activities", "people")


def _rows(sides: Sequence[Side]) -> Iterator[Row]:
    for name in INDICATORS:
        cells = tuple(next((one for one in side.indicated if one.indicator == name), None) for side in sides)
        yield Row(name, cells, overlap(cells))
    for name, of in SHARES.items():
        shares = tuple(map(of, sides))
        yield Row(name, shares, told_apart(shares))


def overlap(cells: Sequence[Indicated | None]) -> str:
    """Whether the intervals of the highest and the lowest have something in common, of those known."""
    known = [each for each in cells if each]
    if len(known) < MIN_SIDES:
        return "few"
    return "overlap" if max(each.low for each in known) <= min(each.high for each in known) else "apart"


def told_apart(shares: Sequence[Share]) -> str:
    """Whether the highest share differs from the lowest by more than chance, of those that are of enough."""
    enough = [each for each in shares if not each.is_few]
    if len(enough) < MIN_SIDES:
        return "few"
    high, low = (best(enough, key=lambda each: each.part / each.of) for best in (max, min))
    moved = share_moved(high.part, high.of, low.part, low.of)
    return "chance" if moved in (None, NOISE) else "more"


def _offered(sides: Sequence[Side], area: Area) -> Iterator[Offered]:
    services = area.world.directory.services_of
    for category in Category:
        cells = tuple(
            tuple(each.name for each in services.get(side.id, ()) if each.category is category)
            for side in sides
        )
        if any(cells):
            yield Offered(category.value, cells)
