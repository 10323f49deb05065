"""Intervals for shares and counts in closed form, so that anybody can work them out again in a spreadsheet.

Both are score intervals: the ends are the values that the count is just not too far from, by `z` standard
deviations of the value itself. Unlike the plain "estimate plus or minus" they stay inside what is possible
and hold what they promise in small samples too.

- Share: E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
  American Statistical Association 22 (1927) 209-212.
- Count: Wilson's construction for a count of mean m and variance m + (spread * m)^2; without spread this is
  the score interval of a Poisson mean.
"""

from dataclasses import dataclass
from math import ceil, sqrt


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate that is never shown without its ends."""

    low: float
    middle: float
    high: float

    def at_most(self, full: float) -> "Interval":
        """The same where nothing above `full` counts."""
        return Interval(min(self.low, full), min(self.middle, full), min(self.high, full))


def share_interval(good: float, total: float, z: float) -> Interval:
    """Wilson's interval of a share; `good` of `total` > 0, either may be a sum of weights."""
    share, z2 = good / total, z * z
    centre = (good + z2 / 2) / (total + z2)
    half = z * sqrt(total) / (total + z2) * sqrt(max(share * (1 - share), 0.0) + z2 / (4 * total))
    return Interval(max(centre - half, 0.0), share, min(centre + half, 1.0))


def ratio_interval(count: float, typical: float, spread: float, z: float) -> Interval:
    """A count as a ratio to a typical one > 0, which is known but for a relative error `spread` < 1/z."""
    lead, sum_ = 1 - (z * spread) ** 2, 2 * count + z * z
    root = sqrt(max(sum_ * sum_ - 4 * lead * count * count, 0.0))
    # Of the two ways to write the smaller root this one does not subtract what is nearly the same.
    low, high = 2 * count * count / (sum_ + root) if count else 0.0, (sum_ + root) / (2 * lead)
    return Interval(low / typical, count / typical, high / typical)


def more_good(good: float, total: float, bar: float, z: float) -> int:
    """The fewest further good ones after which the low end of the share is at or above `bar` < 1."""
    bad = 1 - bar
    step = z * sqrt(bar * bad)
    root = (step + sqrt(max(step * step + 4 * bad * (total - good), 0.0))) / (2 * bad)
    more = max(ceil(root * root - total) - 1, 0)
    while share_interval(good + more, total + more, z).low < bar:
        more += 1
    return more


def more_mended(good: float, total: float, bar: float, z: float) -> int:
    """The fewest of those that are not good that must become so, for the low end to be at or above `bar`."""
    more = max(ceil(total * bar + z * sqrt(total * bar * (1 - bar)) - good) - 1, 0)
    while good + more < total and share_interval(good + more, total, z).low < bar:
        more += 1
    return more


def more_counted(count: int, typical: float, spread: float, bar: float, z: float) -> int:
    """The fewest that must be added to a count for the low end of its ratio to be at or above `bar`."""
    wanted = bar * typical
    more = max(ceil(wanted + z * sqrt(wanted + (spread * wanted) ** 2) - count) - 1, 0)
    while ratio_interval(count + more, typical, spread, z).low < bar:
        more += 1
    return more
