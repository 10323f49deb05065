"""Whether numbers moved by more than chance: as others compute it, and as seldom wrong as promised."""

import numpy as np
import pytest
from scipy import stats

from handlers.chance import DOWN, NOISE, UP, Z, count_moved, difference_interval, share_moved


def newcombe(
    good: int, total: int, good_before: int, total_before: int, confidence: float
) -> tuple[float, float]:
    """Newcombe's method 10, written down anew from his paper, with the intervals of scipy."""
    now, before = (
        stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
        for k, n in ((good, total), (good_before, total_before))
    )
    share, share_before = good / total, good_before / total_before
    low = share - share_before - np.sqrt((share - now.low) ** 2 + (before.high - share_before) ** 2)
    high = share - share_before + np.sqrt((now.high - share) ** 2 + (share_before - before.low) ** 2)
    return float(low), float(high)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe 1998, table II: 95 % by method 10.
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_that_of_the_paper(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    ends = difference_interval(*counts, float(stats.norm.ppf(0.975)))
    assert (ends.low, ends.high) == pytest.approx((low, high), abs=5e-5)
    assert (ends.low, ends.high) == pytest.approx(newcombe(*counts, 0.95), abs=1e-12)


def test_z_is_that_of_99_per_cent() -> None:
    assert pytest.approx(float(stats.norm.ppf(0.995)), abs=1e-4) == Z


@pytest.mark.parametrize(
    ("now", "before", "moved"),
    [
        ((18, 20), (72, 80), NOISE),
        ((2, 20), (72, 80), DOWN),
        ((20, 20), (30, 80), UP),
        ((1, 1), (0, 1), NOISE),  # one resident is no change
        ((3, 3), (0, 0), None),
        ((0, 0), (3, 3), None),
    ],
)
def test_a_share_has_moved_when_chance_does_not_explain_it(
    now: tuple[int, int], before: tuple[int, int], moved: str | None
) -> None:
    assert share_moved(*now, *before) == moved


@pytest.mark.parametrize(
    ("count", "before", "periods", "moved"),
    [
        (10, 40, 4, NOISE), (14, 40, 4, NOISE), (25, 40, 4, UP), (1, 40, 4, DOWN), (0, 0, 4, NOISE),
        (0, 3, 4, NOISE), (12, 0, 4, UP), (5, 0, 0, None),
    ],
)  # fmt: skip
def test_a_count_has_moved_when_chance_does_not_explain_it(
    count: int, before: int, periods: int, moved: str | None
) -> None:
    assert count_moved(count, before, periods) == moved


def test_a_count_moves_where_scipy_says_so() -> None:
    """The same share of the sum, with the score interval of scipy."""
    for count in range(40):
        theirs = stats.binomtest(count, count + 60).proportion_ci(0.99, method="wilson")
        said = UP if theirs.low > 1 / 5 else DOWN if theirs.high < 1 / 5 else NOISE
        assert count_moved(count, 60, 4) == said


def false_alarms(z: float) -> float:
    """How often a digest of a centre at which nothing changes says of one of five numbers that it did."""
    chance = np.random.default_rng(3)
    alarms = 0
    for _ in range(4_000):
        counts = chance.poisson(np.outer([9, 120], [1, 4]))
        good = chance.binomial([[25, 100], [180, 720], [150, 600]], [[0.85], [0.7], [0.1]])
        told = [count_moved(int(now), int(before), 4, z) for now, before in counts]
        told += [
            share_moved(int(now), total, int(before), 4 * total, z)
            for (now, before), total in zip(good, (25, 180, 150), strict=True)
        ]
        alarms += any(each != NOISE for each in told)
    return alarms / 4_000


def test_at_most_one_digest_in_twenty_cries_wolf() -> None:
    assert false_alarms(Z) < 0.06


def test_at_95_per_cent_it_would_be_one_in_five() -> None:
    """The control."""
    assert false_alarms(1.96) > 0.15
