"""Whether a number that has changed has changed by more than chance, at 99 %.

A digest compares a handful of numbers; at 99 % of twenty digests of a centre where nothing changes one says
that something has.

- Shares: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics
  in Medicine 17 (1998) 873-890, method 10: the interval of a difference, made of two of Wilson's.
- Counts: of a count and an earlier one over `periods` times the time, the share of the first in their sum is
  1 / (1 + periods) when nothing changes (J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323); it
  is compared with Wilson's interval of that share.
"""

from math import hypot

from handlers.intervals import Interval, share_interval

Z = 2.5758
UP, DOWN, NOISE = "up", "down", "noise"


def difference_interval(
    good: float, total: float, good_before: float, total_before: float, z: float
) -> Interval:
    """How much larger the first share is than the second; both of a total > 0."""
    now, before = share_interval(good, total, z), share_interval(good_before, total_before, z)
    middle = now.middle - before.middle
    low = middle - hypot(now.middle - now.low, before.high - before.middle)
    return Interval(low, middle, middle + hypot(now.high - now.middle, before.middle - before.low))


def share_moved(
    good: float, total: float, good_before: float, total_before: float, z: float = Z
) -> str | None:
    """'up', 'down' or 'noise'; None where one of the totals is nothing."""
    if not total or not total_before:
        return None
    return _moved(difference_interval(good, total, good_before, total_before, z), 0.0)


def count_moved(count: int, before: int, periods: int, z: float = Z) -> str | None:
    """The same of a count, compared with what was counted in so many `periods` before; None without any."""
    if not periods:
        return None
    if not count + before:
        return NOISE
    return _moved(share_interval(count, count + before, z), 1 / (1 + periods))


def _moved(interval: Interval, unchanged: float) -> str:
    if interval.low > unchanged:
        return UP
    return DOWN if interval.high < unchanged else NOISE
