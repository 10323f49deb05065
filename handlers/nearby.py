"""Finds the nearest points of some kinds, however large the directory, and says how far the walk is.

The points of one kind are packed into buckets of neighbours (sort-tile-recursive packing: slabs from west to
east, each cut from south to north), so a bucket is small where the town is dense and wide in the country.
A query compares itself with the box around every bucket in one numpy step, looks into the nearest few, and
then only into those whose box is nearer than the worst answer so far. Nothing depends on the shape of the
area: duplicates, a wrong coordinate a thousand kilometres away or a query from abroad cost at most one look
at every point of the kind.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG); distances run along this sphere, within 0.6 % of those along the ellipsoid."""

DETOUR_FACTOR = 1.3
"""Streets against the straight line: a usual figure for walks in towns (1.2 to 1.4), on the careful side."""

PACE_M_PER_MINUTE = 70.0
"""4.2 km/h: slower than the 4.8 km/h of route planners, for many who ask are old or push a pram."""

BUCKET = 32
"""Points packed together. Fewer make more boxes to compare, more make more points to look at."""

_EARLY = (4, 32)  # nearest buckets looked into first: five answers when all is open, then when little is
_FEW_BUCKETS = 24  # so many are looked into at once; above it, it pays to sort out first what is closed
_FEW_POINTS = 2048  # so many points are compared directly, wherever they lie
_WITHIN = np.arange(BUCKET)
_NONE = np.zeros(0, np.int64)
_STEP = 64  # else buckets at a time, four times as many each time

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Keep = Callable[[int], bool] | Flags


@dataclass(frozen=True, slots=True)
class Point:
    """A thing at a place, degrees. A `group` is open at the same times; `item` is your own number, >= 0."""

    kind: str
    group: int
    latitude: float
    longitude: float
    item: int


class Near(NamedTuple):
    item: int
    metres: float


class Walk(NamedTuple):
    """What to tell a resident: whole minutes, and metres along the streets, rounded."""

    minutes: int
    metres: int


def walk(
    metres: float, *, detour: float = DETOUR_FACTOR, metres_per_minute: float = PACE_M_PER_MINUTE
) -> Walk:
    """The honest walk for a straight line of `metres`, never sounding shorter than it is.

    Both figures are rounded up: a walk that turns out shorter annoys nobody. Minutes are whole and at least
    one, because a position from a phone is not better than that. Metres go up to the next 10 below 100, 50
    below 1,000 and 100 above, as exact as an estimate from a straight line can honestly be.
    """
    along_streets = metres * detour
    step = 10 if along_streets <= 100 else 50 if along_streets <= 1000 else 100
    minutes = _up(along_streets / metres_per_minute)
    return Walk(minutes=max(1, minutes), metres=max(1, _up(along_streets / step)) * step)


def _up(value: float) -> int:
    """`value` rounded up, but not because of the last binary digit (100 * 1.3 is 130.00000000000003)."""
    return math.ceil(round(value, 6))


@dataclass(frozen=True, slots=True)
class NearestIndex:
    """An immutable index; build a new one when the directory changes."""

    packs: Mapping[str, "_Pack"]

    @classmethod
    def build(cls, points: Iterable[Point]) -> "NearestIndex":
        """Index `points`. ValueError for a coordinate that is no place on Earth or a negative item."""
        by_kind: dict[str, list[Point]] = {}
        for point in points:
            if not (abs(point.latitude) <= 90 and abs(point.longitude) <= 180 and point.item >= 0):
                raise ValueError(f"not a point that can be found again: {point}")
            by_kind.setdefault(point.kind, []).append(point)
        return cls({kind: _Pack.build(listed) for kind, listed in by_kind.items()})

    def flags(self, keep: Callable[[int], bool]) -> Flags:
        """Ask `keep` about every item once; the flags serve every later query of this index."""
        known = np.unique(np.concatenate([pack.items for pack in self.packs.values()] or [_NONE]))
        flags = np.zeros(int(known[-1]) + 1 if known.size else 0, np.bool_)
        for item in known.tolist():
            flags[item] = keep(item)
        return flags

    def nearest(
        self,
        kinds: Collection[str],
        latitude: float,
        longitude: float,
        *,
        count: int,
        open_groups: Callable[[int], bool] | None = None,
        keep: Keep | None = None,
        within_m: float | None = None,
    ) -> list[Near]:
        """The `count` nearest points of `kinds`, by distance, then item.

        `open_groups` is asked at most once per group and kind, and mostly for groups close by only.
        `keep` as flags indexed by item is read for many points at once and is the form for what is known
        before (accessible, free; see `flags`); as a function it is asked one by one from the nearest on until
        enough are found, which is slow (0.3 us a point) when it refuses nearly everything.
        `within_m` is a straight line, inclusive. Unknown kinds hold nothing.
        """
        if count < 1 or not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise ValueError("count must be positive and the position a place on Earth")
        ask, flags = (keep, None) if callable(keep) else (None, keep)
        found = _Found(count, ask, _squared_chord(math.inf if within_m is None else within_m))
        place = _on_sphere(np.array([latitude]), np.array([longitude]))
        for kind in sorted(set(kinds) & self.packs.keys()):
            pack = self.packs[kind]
            pack.search(place, found, _Filter(pack.groups, open_groups, flags))
        return [Near(item, _arc(squared)) for squared, item in found.best]


class _Filter:
    """Which points of a pack may be offered in one query; asks about a group only when it matters."""

    __slots__ = ("_ask", "_flags", "_ids", "_states")

    def __init__(self, ids: list[int], ask: Callable[[int], bool] | None, flags: Flags | None) -> None:
        self._ids = ids
        self._ask = ask
        self._flags = flags
        self._states = np.full(len(ids), -1, np.int8)  # unknown; then 0 closed, 1 open

    def allows(self, items: Numbers, group: NDArray[np.int32]) -> Flags:
        """Flags for points given by their items and the positions of their groups."""
        allowed = np.ones(items.shape, np.bool_) if self._flags is None else self._flags[items]
        return allowed if self._ask is None else allowed & self._are_open(group, self._ask)

    def open_groups(self) -> list[int] | None:
        """The positions of all open groups, None when nobody asks; asks about all that are still unknown."""
        if self._ask is None:
            return None
        states = self._are_open(np.arange(len(self._ids), dtype=np.int32), self._ask)
        return [position for position, is_open in enumerate(states.tolist()) if is_open]

    def _are_open(self, group: NDArray[np.int32], ask: Callable[[int], bool]) -> Flags:
        states = self._states[group]
        unknown = group[states < 0]
        if unknown.size:
            for position in set(unknown.tolist()):
                self._states[position] = ask(self._ids[position])
            states = self._states[group]
        return np.equal(states, 1)


class _Found:
    """The best answers so far as (squared chord in m^2, item), and how near another one must be."""

    __slots__ = ("_ask", "best", "count", "limit")

    def __init__(self, count: int, ask: Callable[[int], bool] | None, limit: float) -> None:
        self.count = count
        self.limit = limit
        self.best: list[tuple[float, int]] = []
        self._ask = ask

    @property
    def is_full(self) -> bool:
        return len(self.best) == self.count

    def wants(self, squared: float, item: int) -> bool:
        """Whether a point at least so far and of at least this item can still be an answer."""
        return (squared, item) < self.best[-1] if self.is_full else squared <= self.limit

    def offer(self, squared: Floats, items: Numbers) -> None:
        """Take the best of these points, all of them within `limit`."""
        better = _nearest(squared, items, self.count) if self._ask is None else self._asked(squared, items)
        if better:
            self.best = sorted({*self.best, *better})[: self.count]  # a point may be offered twice
            if self.is_full:
                self.limit = self.best[-1][0]

    def _asked(self, squared: Floats, items: Numbers) -> list[tuple[float, int]]:
        accepted: list[tuple[float, int]] = []
        order = np.lexsort((items, squared))
        for distance, item in zip(squared[order].tolist(), items[order].tolist(), strict=True):
            if len(accepted) == self.count:
                break
            if self._ask is None or self._ask(item):
                accepted.append((distance, item))
        return accepted


def _nearest(squared: Floats, items: Numbers, count: int) -> list[tuple[float, int]]:
    """The `count` nearest, in any order; of those equally far (thousands at one address) the lowest items."""
    if squared.size > count:
        last = np.partition(squared, count - 1)[count - 1]
        under = np.flatnonzero(squared < last)
        tied = items[squared == last]
        wanted = count - under.size
        if tied.size > wanted:
            tied = np.partition(tied, wanted - 1)[:wanted]
        items = np.concatenate((items[under], tied))
        squared = np.concatenate((squared[under], np.full(wanted, last)))
    return list(zip(squared.tolist(), items.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Pack:
    """The points of one kind, N of them in B buckets of 32 (padded), in metres along the kind's own axes.

    `axes` (3, 3) are east, north and up where the kind is; with them a box around a bucket is as flat as the
    town. `xyz` (3, N) is padded with infinity, which is never within any distance. `items` and `group` (N),
    the latter positions in `groups`; `members` are the points of each group. `low` and `high` (3, B) are the
    boxes, `lowest` (B) the lowest item in each.
    """

    axes: Floats
    xyz: Floats
    items: Numbers
    group: NDArray[np.int32]
    groups: list[int]
    members: list[Places]
    low: Floats
    high: Floats
    lowest: Numbers

    @classmethod
    def build(cls, points: list[Point]) -> "_Pack":
        degrees = np.array([(point.latitude, point.longitude) for point in points])
        sphere = _on_sphere(degrees[:, 0], degrees[:, 1])
        axes = _axes(sphere.mean(axis=1))
        xyz = _turn(axes, sphere)
        items = np.array([point.item for point in points], np.int64)
        order = _packed(xyz, items)
        xyz, items = np.ascontiguousarray(xyz[:, order]), items[order]
        groups, group = np.unique(np.array([point.group for point in points])[order], return_inverse=True)
        by_group = np.argsort(group, kind="stable")
        starts = np.arange(0, len(points), BUCKET)
        padding = (0, len(starts) * BUCKET - len(points))
        return cls(
            axes=axes,
            xyz=np.ascontiguousarray(np.pad(xyz, ((0, 0), padding), constant_values=np.inf)),
            items=np.pad(items, padding, mode="edge"),
            group=np.pad(group.astype(np.int32), padding),
            groups=groups.tolist(),
            members=np.split(by_group, np.cumsum(np.bincount(group))[:-1]),
            low=np.minimum.reduceat(xyz, starts, axis=1),
            high=np.maximum.reduceat(xyz, starts, axis=1),
            lowest=np.minimum.reduceat(items, starts),
        )

    def search(self, sphere: Floats, found: _Found, chosen: _Filter) -> None:
        """Offer to `found` every point that belongs into it. `sphere` (3, 1) is the place asked about."""
        place = _turn(self.axes, sphere)
        far = self.to_boxes(place)
        for early in _EARLY:
            left = self._left(far, found)
            if left.size <= _FEW_BUCKETS:
                self._offer(place, found, chosen, _points_in(left))
                return
            near = left if left.size <= early else np.argpartition(far, early)[:early]
            self._offer(place, found, chosen, _points_in(near))
            far[near] = np.inf  # done
        left = self._left(far, found)
        if left.size <= _FEW_BUCKETS:
            self._offer(place, found, chosen, _points_in(left))
        else:
            self._search_on(place, found, chosen, far)

    def to_boxes(self, place: Floats) -> Floats:
        """Squared distances in m^2 (B) from `place` (3, 1) to the boxes; 0 inside."""
        gaps = np.maximum(self.low - place, place - self.high)
        np.maximum(gaps, 0, out=gaps)
        return _squares(gaps)

    def _left(self, far: Floats, found: _Found) -> Places:
        """The buckets that can still improve the answer: nearer, or equally far with a lower item."""
        left = np.flatnonzero(far <= found.limit)
        if left.size > _FEW_BUCKETS and found.is_full:
            left = left[(far[left] < found.limit) | (self.lowest[left] < found.best[-1][1])]
        return left

    def _search_on(self, place: Floats, found: _Found, chosen: _Filter, far: Floats) -> None:
        """The rare case that many buckets are left, because little is open or much is equally far."""
        positions = chosen.open_groups()
        if positions == []:
            return
        if positions and sum(len(self.members[position]) for position in positions) <= _FEW_POINTS:
            points = np.concatenate([self.members[position] for position in positions])
            self._offer(place, found, chosen, points)
            return
        allowed = chosen.allows(self.items, self.group)
        points = np.flatnonzero(allowed)
        if points.size <= _FEW_POINTS:
            self._offer(place, found, chosen, points)
            return
        far[~allowed.reshape(-1, BUCKET).any(axis=1)] = np.inf
        left = self._left(far, found)
        left = left[np.lexsort((self.lowest[left], far[left]))]
        start, step = 0, _STEP
        while start < left.size and found.wants(far[left[start]], self.lowest[left[start]]):
            self._offer(place, found, chosen, _points_in(left[start : start + step]))
            start, step = start + step, step * 4

    def _offer(self, place: Floats, found: _Found, chosen: _Filter, points: Places) -> None:
        squared = _squares(self.xyz.take(points, axis=1) - place)
        near = np.flatnonzero(squared <= found.limit)
        if near.size:
            points = points[near]
            items = self.items[points]
            allowed = chosen.allows(items, self.group[points])
            found.offer(squared[near][allowed], items[allowed])


def _points_in(buckets: Places) -> Places:
    return np.add.outer(buckets * BUCKET, _WITHIN).ravel()


def _packed(xyz: Floats, items: Numbers) -> Places:
    """The order of the points in which every 32 following ones are neighbours, by item at one place."""
    count = xyz.shape[1]
    slabs = max(1, round(math.sqrt(count / BUCKET)))
    eastward = np.lexsort((items, xyz[1], xyz[0]))
    slab = np.arange(count) // (-(-count // (slabs * BUCKET)) * BUCKET)
    return eastward[np.lexsort((items[eastward], xyz[1][eastward], slab))]


def _on_sphere(latitude: Floats, longitude: Floats) -> Floats:
    """Earth-centred coordinates in metres, (3, n), of n positions in degrees."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return EARTH_RADIUS_M * np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def _axes(middle: Floats) -> Floats:
    """East, north and up, one a row, where `middle` (3) points; anything upright at a pole or the centre."""
    length = float(np.linalg.norm(middle))
    up = middle / length if length > 1 else np.array([1.0, 0.0, 0.0])
    east = np.array([-up[1], up[0], 0.0]) if math.hypot(up[0], up[1]) > 1e-6 else np.array([1.0, 0.0, 0.0])
    east = east - up * np.dot(east, up)
    east /= np.linalg.norm(east)
    return np.stack((east, np.cross(up, east), up))


def _turn(axes: Floats, sphere: Floats) -> Floats:
    """`sphere` (3, n) along `axes`. Written out: a matrix product may round equal places differently."""
    x, y, z = sphere
    return np.stack([a * x + b * y + c * z for a, b, c in axes.tolist()])


def _squares(differences: Floats) -> Floats:
    """The squared length of differences (3, ...)."""
    differences *= differences
    squared: Floats = differences[0] + differences[1] + differences[2]
    return squared


def _squared_chord(metres: float) -> float:
    """The squared straight line (m^2) under an arc of `metres`, a hair more: the limit is inclusive."""
    half = min(metres / EARTH_RADIUS_M, math.pi) / 2
    return float((2 * EARTH_RADIUS_M * math.sin(half)) ** 2 * (1 + 1e-12))


def _arc(squared_chord: float) -> float:
    """Metres along the sphere; the chord is exact near zero, where the cosine of the angle is not."""
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(squared_chord) / (2 * EARTH_RADIUS_M)))
