"""The nearest index against a search that looks at everything, and the walk that is told to residents."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.nearby import EARTH_RADIUS_M, Near, NearestIndex, Point, walk

KINDS = ("haircut", "canteen", "library")
TOWN = (24.9, 118.6)
Shape = Literal["town", "country", "two towns", "one place", "grid", "date line"]


def dice(seed: int) -> random.Random:
    return random.Random(seed)


@dataclass(frozen=True, slots=True)
class Scene:
    """A directory and a question, made from a seed so that failures can be repeated."""

    seed: int
    size: int
    shape: Shape
    count: int
    open_share: float | None
    keep_share: float | None
    keep_as_flags: bool
    within_m: float | None

    def points(self) -> list[Point]:
        chance = dice(self.seed)
        groups = chance.choice((1, 7, 60))
        items = list(range(self.size))
        chance.shuffle(items)
        return [
            Point(chance.choice(KINDS), chance.randrange(groups), *self._place(chance), item)
            for item in items
        ]

    def asked(self) -> tuple[float, float]:
        chance = dice(self.seed + 1)
        return (
            self._place(chance)
            if chance.random() < 0.7
            else (chance.uniform(-90, 90), chance.uniform(-180, 180))
        )

    def _place(self, chance: random.Random) -> tuple[float, float]:
        match self.shape:
            case "town":
                return chance.gauss(TOWN[0], 0.05), chance.gauss(TOWN[1], 0.05)
            case "country":
                return chance.uniform(18, 53), chance.uniform(73, 135)
            case "two towns":
                far = chance.random() < 0.02
                return chance.gauss(45 if far else TOWN[0], 0.01), chance.gauss(85 if far else TOWN[1], 0.01)
            case "one place":
                return TOWN
            case "grid":
                return TOWN[0] + chance.randrange(8) / 100, TOWN[1] + chance.randrange(8) / 100
            case "date line":
                longitude = chance.gauss(180, 1)
                return chance.uniform(-90, 90), longitude if longitude <= 180 else longitude - 360


scenes = st.builds(
    Scene,
    seed=st.integers(0, 2**32),
    size=st.sampled_from((0, 1, 2, 31, 32, 33, 500, 3000, 9000)),
    shape=st.sampled_from(("town", "country", "two towns", "one place", "grid", "date line")),
    count=st.sampled_from((1, 3, 5, 40)),
    open_share=st.sampled_from((None, 0.0, 0.05, 0.5, 1.0)),
    keep_share=st.sampled_from((None, 0.0, 0.001, 0.7)),
    keep_as_flags=st.booleans(),
    within_m=st.sampled_from((None, 0.0, 900.5, 123456.5)),
)
SHAPES: tuple[Shape, ...] = ("town", "country", "two towns", "grid", "date line")
HARD = [
    Scene(seed, 9000, shape, 5, open_share, keep_share, True, None)
    for seed, shape in enumerate(SHAPES)
    for open_share in (None, 0.05, 0.5)
    for keep_share in (None, 0.001, 0.7)
]


def haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres, by the textbook and not by the way of the index."""
    phi, other = math.radians(a[0]), math.radians(b[0])
    half = math.sin((phi - other) / 2) ** 2
    half += math.cos(phi) * math.cos(other) * math.sin(math.radians(a[1] - b[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def check(scene: Scene, spoil: Callable[[NearestIndex], NearestIndex] = lambda index: index) -> None:
    """Ask an index and compare every answer with what looking at every point gives."""
    points = scene.points()
    chance = dice(scene.seed + 2)
    kinds = chance.sample(KINDS, chance.randrange(1, 4))
    opened = {group for group in range(60) if chance.random() < (scene.open_share or 0)}
    kept = {item for item in range(scene.size) if chance.random() < (scene.keep_share or 0)}
    asked: list[int] = []

    def is_open(group: int) -> bool:
        asked.append(group)
        return group in opened

    index = spoil(NearestIndex.build(points))
    keep = index.flags(kept.__contains__) if scene.keep_as_flags else kept.__contains__
    latitude, longitude = scene.asked()
    found = index.nearest(
        kinds,
        latitude,
        longitude,
        count=scene.count,
        open_groups=None if scene.open_share is None else is_open,
        keep=None if scene.keep_share is None else keep,
        within_m=scene.within_m,
    )
    allowed = {
        point.item: haversine((latitude, longitude), (point.latitude, point.longitude))
        for point in points
        if point.kind in kinds
        and (scene.open_share is None or point.group in opened)
        and (scene.keep_share is None or point.item in kept)
    }
    limit = math.inf if scene.within_m is None else scene.within_m
    expected = sorted((metres, item) for item, metres in allowed.items() if metres <= limit)[: scene.count]
    assert len(found) == len(expected), "as many as there are"
    assert len({near.item for near in found}) == len(found), "each once"
    assert found == sorted(found, key=lambda near: (near.metres, near.item)), "by distance, then item"
    for near, (metres, _) in zip(found, expected, strict=True):
        assert near.item in allowed, "nothing that is closed, refused or of another kind"
        assert same(near.metres, allowed[near.item]), "with its own distance"
        assert same(near.metres, metres), "and none nearer left out"
    assert len(asked) <= 60 * len(kinds), "each group asked about once"


def same(metres: float, other: float) -> bool:
    """Near the far side of the Earth the formula of the test is itself good to decimetres only."""
    return abs(metres - other) < (1e-4 if other < 15_000_000 else 1.0)


@settings(max_examples=150, deadline=None)
@given(scenes)
def test_the_index_finds_what_looking_at_every_point_finds(scene: Scene) -> None:
    check(scene)


@pytest.mark.no_cover
@pytest.mark.parametrize("scene", HARD, ids=str)
def test_the_index_finds_the_same_where_the_search_must_go_far(scene: Scene) -> None:
    check(scene)


def boxes_too_small(index: NearestIndex) -> NearestIndex:
    """As if the boxes around the buckets were wrong: some neighbours would be thought too far away."""
    return NearestIndex(
        {
            kind: replace(pack, low=(pack.low + pack.high) / 2, high=(pack.low + pack.high) / 2)
            for kind, pack in index.packs.items()
        }
    )


def first_bucket_only(index: NearestIndex) -> NearestIndex:
    """As if the search stopped after the buckets that come first."""
    spoilt = {}
    for kind, pack in index.packs.items():
        low, high = pack.low.copy(), pack.high.copy()
        low[:, 4:] = high[:, 4:] = np.inf
        spoilt[kind] = replace(pack, low=low, high=high)
    return NearestIndex(spoilt)


@pytest.mark.no_cover
@pytest.mark.parametrize("spoil", [boxes_too_small, first_bucket_only])
def test_the_comparison_notices_a_search_that_skips_buckets(
    spoil: Callable[[NearestIndex], NearestIndex],
) -> None:
    missed = 0
    for scene in HARD:
        try:
            check(scene, spoil)
        except AssertionError:
            missed += 1
    assert missed >= len(HARD) / 10


def test_thousands_at_one_address_are_answered_in_order_of_their_items() -> None:
    points = [Point("haircut", 0, *TOWN, item) for item in dice(1).sample(range(9000), 9000)]
    index = NearestIndex.build(points)
    for place in (TOWN, (25.0, 118.6), (53.0, 80.0)):
        assert [near.item for near in index.nearest(["haircut"], *place, count=4)] == [0, 1, 2, 3]
    refused = index.flags(lambda item: item > 6)
    assert [n.item for n in index.nearest(["haircut"], *TOWN, count=2, keep=refused)] == [7, 8]


def test_a_place_on_the_spot_is_no_distance_away() -> None:
    index = NearestIndex.build([Point("haircut", 0, *TOWN, 5)])
    assert index.nearest(["haircut"], *TOWN, count=3) == [Near(5, 0.0)]
    assert index.nearest(["haircut"], *TOWN, count=3, within_m=0) == [Near(5, 0.0)]


def test_one_degree_to_the_north_is_a_hundred_and_eleven_kilometres() -> None:
    index = NearestIndex.build([Point("haircut", 0, TOWN[0] + 1, TOWN[1], 5)])
    [near] = index.nearest(["haircut"], *TOWN, count=1)
    assert near.metres == pytest.approx(111_195.08, abs=0.01)


@pytest.mark.parametrize("middle", [(90.0, 0.0), (-90.0, 0.0)])
def test_points_around_a_pole_or_all_around_the_earth_are_found(middle: tuple[float, float]) -> None:
    around = [Point("haircut", 0, middle[0] * 0.99, longitude, longitude) for longitude in range(0, 180, 20)]
    opposite = [replace(point, latitude=-point.latitude, item=point.item + 200) for point in around]
    index = NearestIndex.build(around + opposite)
    assert [near.item for near in index.nearest(["haircut"], middle[0] * 0.9, 40, count=1)] == [40]


def test_when_nothing_is_open_every_group_is_asked_about_once_and_nothing_found() -> None:
    points = [Point("haircut", item % 300, TOWN[0] + item / 1e5, TOWN[1], item) for item in range(9000)]
    asked: list[int] = []

    def is_open(group: int) -> bool:
        asked.append(group)
        return False

    index = NearestIndex.build(points)
    assert index.nearest(["haircut"], *TOWN, count=5, open_groups=is_open) == []
    assert sorted(asked) == list(range(300))


def test_when_all_is_open_only_groups_close_by_are_asked_about() -> None:
    points = [Point("haircut", item // 30, TOWN[0] + item / 1e5, TOWN[1], item) for item in range(9000)]
    asked: list[int] = []

    def is_open(group: int) -> bool:
        asked.append(group)
        return True

    assert len(NearestIndex.build(points).nearest(["haircut"], *TOWN, count=5, open_groups=is_open)) == 5
    assert len(asked) < 30


def test_an_empty_directory_and_an_unknown_kind_hold_nothing() -> None:
    empty = NearestIndex.build([])
    assert empty.nearest(KINDS, *TOWN, count=5, keep=empty.flags(bool)) == []
    assert NearestIndex.build([Point("haircut", 0, *TOWN, 1)]).nearest(["swimming"], *TOWN, count=5) == []


@pytest.mark.parametrize(
    "point",
    [
        Point("haircut", 0, math.nan, 118.6, 1),
        Point("haircut", 0, 24.9, math.inf, 1),
        Point("haircut", 0, 118.6, 24.9, 1),
        Point("haircut", 0, 24.9, 118.6, -1),
    ],
)
def test_a_point_that_is_no_place_is_refused_by_name(point: Point) -> None:
    with pytest.raises(ValueError, match="haircut"):
        NearestIndex.build([point])


@pytest.mark.parametrize(("place", "count"), [((math.nan, 118.6), 1), ((24.9, 181.0), 1), (TOWN, 0)])
def test_a_question_from_nowhere_or_for_nothing_is_refused(place: tuple[float, float], count: int) -> None:
    with pytest.raises(ValueError, match="position"):
        NearestIndex.build([]).nearest(KINDS, *place, count=count)


@pytest.mark.parametrize(
    ("metres", "minutes", "told"),
    [
        (0, 1, 10),  # a phone does not know better
        (1, 1, 10),
        (54, 2, 80),  # 70.2 m along the streets: more than one minute
        (100, 2, 150),  # 130
        (700, 13, 950),  # 910
        (1000, 19, 1300),
        (1001, 19, 1400),
    ],
)
def test_a_walk_never_sounds_shorter_than_it_is(metres: float, minutes: int, told: int) -> None:
    assert walk(metres) == (minutes, told)


@given(st.floats(0, 50_000), st.floats(1, 2), st.floats(30, 120))
def test_a_walk_is_rounded_up_by_less_than_one_step(metres: float, detour: float, pace: float) -> None:
    told = walk(metres, detour=detour, metres_per_minute=pace)
    along = metres * detour
    step = 10 if told.metres <= 100 else 50 if told.metres <= 1000 else 100
    assert told.metres % step == 0
    assert -1e-6 <= told.metres - along < step or told.metres == 10
    assert -1e-6 <= told.minutes - along / pace < 1 or told.minutes == 1
