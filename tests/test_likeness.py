"""What is typical of like centres: as another program fits it, without the centre itself, and robust."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from handlers.likeness import FUNCTIONS, Numbers, Site, described, likeness, tempered
from messages.directory import Category, CentreKind

PENALTY, NOISE = 3.0, 1 / 3


def some(number: int, seed: int = 5) -> tuple[list[Site], Numbers]:
    """Centres of all sorts, and two figures of each that hang on what it is for and on its population."""
    chance = np.random.default_rng(seed)
    sites = [
        Site(
            CentreKind.PARK if chance.random() < 0.2 else CentreKind.COMMUNITY,
            frozenset(each for each in FUNCTIONS if chance.random() < 0.6),
            int(chance.integers(1_500, 25_000)),
        )
        for _ in range(number)
    ]
    rows = np.array([described(site) for site in sites])
    slopes = chance.normal(size=(rows.shape[1], 2))
    return sites, np.asarray(rows @ slopes + NOISE * chance.normal(size=(number, 2)))


def table(sites: list[Site]) -> Numbers:
    return np.array([described(site) for site in sites])


def test_it_is_the_regression_that_scikit_learn_fits() -> None:
    sites, values = some(60)
    theirs = Ridge(alpha=PENALTY).fit(table(sites)[:, 1:], values)
    alike = likeness(table(sites), values, PENALTY)
    for new in some(10, seed=6)[0]:
        assert alike.of(new)[0] == pytest.approx(theirs.predict([described(new)[1:]])[0])


def test_what_is_typical_of_a_centre_is_worked_out_without_it() -> None:
    sites, values = some(30)
    alike = likeness(table(sites), values, PENALTY)
    for at, site in enumerate(sites):
        others = [each for number, each in enumerate(sites) if number != at]
        without = likeness(table(others), np.delete(values, at, axis=0), PENALTY)
        assert alike.typical[at] == pytest.approx(without.of(site)[0])


def test_a_yardstick_with_the_centre_itself_would_be_noticed() -> None:
    sites, values = some(30)
    alike = likeness(table(sites), values, PENALTY)
    assert alike.typical[0] != pytest.approx(alike.of(sites[0])[0], rel=1e-3)


def test_the_error_of_what_is_typical_is_as_large_as_it_says() -> None:
    """Centres are off by it and by their own chance (a third, see `some`): as often far as often near."""
    off = []
    for seed in range(100):
        sites, values = some(40, seed=seed)
        alike = likeness(table(sites), values, 0.5)
        off.append(np.mean((values - alike.typical) ** 2 / (alike.error**2 + NOISE**2)))
    assert np.mean(off) == pytest.approx(1.0, abs=0.1)


def test_more_centres_make_it_better_known() -> None:
    few, many = (likeness(table(sites), values, PENALTY) for sites, values in (some(20), some(400)))
    site = Site(CentreKind.COMMUNITY, frozenset({Category.ELDER, Category.LIFE}), 8_000)
    assert (many.of(site)[1] < few.of(site)[1] / 2).all()


def test_an_outlier_is_brought_near_to_what_is_typical_and_the_others_are_left_alone() -> None:
    sites, values = some(60)
    farmed = values.copy()
    farmed[7, 0] += 50.0
    kept, plain = (tempered(table(sites), each, PENALTY, 2.0) for each in (farmed, values))
    assert kept[7, 0] < values[7, 0] + 4.0
    assert np.delete(kept, 7, axis=0) == pytest.approx(np.delete(values, 7, axis=0))
    assert plain == pytest.approx(values)


def test_what_leads_is_everywhere_and_tells_no_centre_from_another() -> None:
    plain = Site(CentreKind.COMMUNITY, frozenset({Category.ELDER}), 8_000)
    led = Site(CentreKind.COMMUNITY, frozenset({Category.ELDER, Category.PARTY}), 8_000)
    assert described(plain) == described(led)
