"""What is typical of a centre like this one, by what it is for and how many people live around it.

A ridge regression over the district (Hoerl and Kennard, Technometrics 12 (1970) 55-67) on the kind of centre,
its functions and the logarithm of the population. Patient mix in hospital stars is taken into account in
the same way (CMS, HCAHPS). For each centre it is worked out from the others alone, so that nobody moves the
yardstick by which one is measured; leaving one out has a closed form for a ridge with a fixed penalty. How
far the centres are from what is typical of them says how well it is known.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from messages.directory import Category, CentreKind

Numbers = NDArray[np.float64]

# The six functions and X. What leads (PARTY) is the same everywhere and tells no centre from another.
FUNCTIONS = (
    Category.ELDER,
    Category.CHILD,
    Category.MEDICAL,
    Category.CULTURE,
    Category.LIFE,
    Category.ADMIN,
    Category.SPECIAL,
)
# Against this population others are taken; it makes no difference to the outcome.
POPULATION = 5_000
COLUMNS = 2 + len(FUNCTIONS) + 1
# To begin with, values may be so many times further from the median than in the end from what is typical.
ROUGHLY, ROUNDS = 3, 3


@dataclass(frozen=True, slots=True)
class Site:
    """What makes centres alike; `population` is who lives around it, at least 1."""

    kind: CentreKind
    functions: frozenset[Category]
    population: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """`typical` and `error` hold a row for each of the centres it was made of, without that centre itself."""

    typical: Numbers
    error: Numbers
    _slopes: Numbers
    _inverse: Numbers
    _residual: Numbers

    def of(self, site: Site) -> tuple[Numbers, Numbers]:
        """For a centre that was not among them: the typical values and their standard errors."""
        row = np.array(described(site))
        return row @ self._slopes, self._residual * np.sqrt(row @ self._inverse @ row)


def described(site: Site) -> tuple[float, ...]:
    """The row of a centre: a constant, the kind, each function, the population."""
    has = (float(each in site.functions) for each in FUNCTIONS)
    return (1.0, float(site.kind is CentreKind.PARK), *has, log(site.population / POPULATION))


def likeness(rows: Numbers, values: Numbers, penalty: float) -> Likeness:
    """Of two centres or more: `rows` as `described`, and for each a row of values. It is as if `penalty`
    centres said that kind, functions and population make no difference."""
    inverse = _inverse_of(rows, penalty)
    slopes = inverse @ rows.T @ values
    weight = np.einsum("ij,jk,ik->i", rows, inverse, rows)[:, None]
    without = (rows @ slopes - weight * values) / (1 - weight)
    residual = np.sqrt(np.mean((values - without) ** 2, axis=0))
    return Likeness(without, residual * np.sqrt(weight / (1 - weight)), slopes, inverse, residual)


def tempered(rows: Numbers, values: Numbers, penalty: float, most: float) -> Numbers:
    """The values, each no further than `most` from what is typical: an outlier counts, but for no more.

    What is typical hangs on the outliers in turn, so it is fitted again, beginning near the medians.
    """
    to_slopes = _inverse_of(rows, penalty) @ rows.T
    kept = _near(np.median(values, axis=0), values, ROUGHLY * most)
    for _ in range(ROUNDS):
        kept = _near(rows @ (to_slopes @ kept), values, most)
    return kept


def _near(middle: Numbers, values: Numbers, most: float) -> Numbers:
    return np.clip(values, middle - most, middle + most)


def _inverse_of(rows: Numbers, penalty: float) -> Numbers:
    ridge = penalty * np.eye(COLUMNS)
    ridge[0, 0] = 0.0  # the level itself is not shrunk
    return np.asarray(np.linalg.inv(rows.T @ rows + ridge), dtype=np.float64)
