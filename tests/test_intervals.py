"""Intervals of shares and counts: as others compute them, as wide as promised; the fewest to reach a bar."""

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq

from handlers.intervals import more_counted, more_good, more_mended, ratio_interval, share_interval

Z80, Z95 = float(stats.norm.ppf(0.9)), float(stats.norm.ppf(0.975))
SIZES = (1, 2, 3, 10, 30, 50, 100, 200, 1_000)

UNHURRIED = settings(deadline=None)  # on a busy computer

goods = st.floats(0, 500, allow_subnormal=False)
bads = st.floats(0, 500, allow_subnormal=False)
bars = st.floats(0.05, 0.97)
spreads = st.floats(0, 0.5)


def plain(good: float, total: float, z: float) -> tuple[float, float]:
    """The interval of the textbook, without Wilson's care: the mistake to be noticed."""
    half = z * sqrt(good / total * (1 - good / total) / total)
    return good / total - half, good / total + half


def covered(total: int, share: float) -> float:
    """How often the 80 % interval of so many holds the true share: summed over all that can be counted."""
    ends = [share_interval(good, total, Z80) for good in range(total + 1)]
    return sum(
        float(stats.binom.pmf(good, total, share))
        for good, end in enumerate(ends)
        if end.low <= share <= end.high
    )


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("total", SIZES)
def test_the_interval_of_a_share_is_the_one_that_scipy_computes(total: int, confidence: float) -> None:
    z = float(stats.norm.ppf((1 + confidence) / 2))
    for good in sorted({0, 1, total // 3, total // 2, total - 1, total}):
        ends = share_interval(good, total, z)
        theirs = stats.binomtest(good, total).proportion_ci(confidence, method="wilson")
        assert (ends.low, ends.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
        assert ends.middle == good / total


def test_another_interval_would_be_noticed() -> None:
    theirs = stats.binomtest(9, 10).proportion_ci(0.8, method="wilson")
    assert plain(9, 10, Z80) != pytest.approx((theirs.low, theirs.high), abs=0.01)


@pytest.mark.parametrize(
    ("good", "total", "low"),
    [(3, 3, 0.44), (10, 10, 0.72), (45, 50, 0.79), (95, 100, 0.89), (190, 200, 0.91)],
)
def test_three_of_three_is_worth_less_than_95_of_a_hundred(good: int, total: int, low: float) -> None:
    assert round(share_interval(good, total, Z95).low, 2) == low


@UNHURRIED
@given(good=st.floats(0.5, 300), bad=st.floats(0.5, 300))
def test_weights_that_are_no_whole_numbers_have_the_ends_that_solve_wilsons_equation(
    good: float, bad: float
) -> None:
    total = good + bad
    share = good / total

    def off(value: float) -> float:
        return (share - value) ** 2 - Z80**2 * value * (1 - value) / total

    ends = share_interval(good, total, Z80)
    assert ends.low == pytest.approx(brentq(off, 0, share, xtol=1e-13), abs=1e-9)
    assert ends.high == pytest.approx(brentq(off, share, 1, xtol=1e-13), abs=1e-9)


@pytest.mark.parametrize("total", [30, 80, 200])
def test_the_true_share_lies_within_as_often_as_promised(total: int) -> None:
    shares = [0.5 + 0.005 * step for step in range(94)]
    assert sum(covered(total, share) for share in shares) / len(shares) == pytest.approx(0.8, abs=0.015)


def test_with_a_prior_it_is_nearly_the_interval_that_bayes_gives() -> None:
    """The weights of ratings and prior as a Beta distribution, for whom quantiles of one are dear."""
    for total in (50, 70, 120, 220):
        for share in (0.5, 0.7, 0.8, 0.9, 0.95):
            good = share * total
            ends, posterior = share_interval(good, total, Z80), stats.beta(good, total - good)
            assert ends.middle == pytest.approx(float(posterior.mean()), abs=1e-12)
            assert ends.low == pytest.approx(float(posterior.ppf(0.1)), abs=0.015)
            assert ends.high == pytest.approx(float(posterior.ppf(0.9)), abs=0.015)
            assert ends.low < posterior.ppf(0.1) + 0.002  # if anything, it is more careful


@UNHURRIED
@given(good=goods, bad=bads, more=st.floats(0.01, 50))
def test_more_good_ones_raise_both_ends_and_more_bad_ones_lower_them(
    good: float, bad: float, more: float
) -> None:
    total = good + bad + 1
    now, better, worse = (
        share_interval(each, size, Z80)
        for each, size in ((good, total), (good + more, total + more), (good, total + more))
    )
    assert worse.low - 1e-12 <= now.low <= better.low + 1e-12
    assert worse.high - 1e-12 <= now.high <= better.high + 1e-12


@UNHURRIED
@given(count=st.integers(0, 3_000), typical=st.floats(1, 2_000), spread=spreads)
def test_the_ends_of_a_ratio_are_the_means_from_which_the_count_is_just_not_too_far(
    count: int, typical: float, spread: float
) -> None:
    def off(mean: float) -> float:
        return (count - mean) ** 2 - Z80**2 * (mean + (spread * mean) ** 2)

    ends = ratio_interval(count, typical, spread, Z80)
    assert ends.middle == count / typical
    assert ends.high * typical == pytest.approx(brentq(off, count + 1e-9, 20 * count + 50), rel=1e-6)
    low = brentq(off, 0, count) if count else 0.0
    assert ends.low * typical == pytest.approx(low, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("count", [5, 20, 80, 300, 1_000])
def test_without_spread_it_is_nearly_the_interval_of_a_poisson_mean_that_bayes_gives(count: int) -> None:
    ends, posterior = ratio_interval(count, 1.0, 0.0, Z80), stats.gamma(count + 0.5)
    assert ends.low == pytest.approx(float(posterior.ppf(0.1)), rel=0.03)
    assert ends.high == pytest.approx(float(posterior.ppf(0.9)), rel=0.03)


def test_what_is_not_known_of_the_typical_widens_a_ratio() -> None:
    sharp, blurred = (ratio_interval(100, 100, spread, Z80) for spread in (0.0, 0.2))
    assert blurred.low < sharp.low < sharp.high < blurred.high


def test_nothing_above_what_is_full_counts() -> None:
    ends = ratio_interval(300, 100, 0.1, Z80).at_most(1.0)
    assert (ends.low, ends.middle, ends.high) == (1.0, 1.0, 1.0)


@UNHURRIED
@given(good=goods, bad=bads, bar=bars)
def test_the_fewest_further_good_ones_that_reach_a_bar_are_found(good: float, bad: float, bar: float) -> None:
    total = good + bad + 1
    more = more_good(good, total, bar, Z80)
    assert share_interval(good + more, total + more, Z80).low >= bar
    assert more == 0 or share_interval(good + more - 1, total + more - 1, Z80).low < bar


@UNHURRIED
@given(good=goods, bad=st.floats(30, 500), bar=bars)
def test_the_fewest_bad_ones_that_must_be_mended_are_found(good: float, bad: float, bar: float) -> None:
    total = good + bad
    more = more_mended(good, total, bar, Z80)
    reached = good + more < total and share_interval(good + more, total, Z80).low >= bar
    assert reached or good + more >= total
    assert more == 0 or share_interval(good + more - 1, total, Z80).low < bar


@UNHURRIED
@given(count=st.integers(0, 2_000), typical=st.floats(1, 2_000), spread=spreads, bar=st.floats(0.1, 1))
def test_the_fewest_that_must_be_added_to_a_count_are_found(
    count: int, typical: float, spread: float, bar: float
) -> None:
    more = more_counted(count, typical, spread, bar, Z80)
    assert ratio_interval(count + more, typical, spread, Z80).low >= bar
    assert more == 0 or ratio_interval(count + more - 1, typical, spread, Z80).low < bar
