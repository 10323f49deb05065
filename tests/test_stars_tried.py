"""The trial of the star rating: the same for the same seed, as README shows it, and worse without a rule."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from handlers.stars import FORMULA, Formula, Indicator, Record
from handlers.stars_simulated import (
    CHEATS,
    district,
    honest_year,
    rated_as,
)
from handlers.stars_tried import FirstStars, Gain, YearLater, first_stars, mean_of, year_later
from tests.cli import ROOT, Here, command, environment

README = ROOT / "README.md"
TRIED = first_stars(3, 3)


@pytest.fixture(scope="module")
def later() -> YearLater:
    return year_later(3, 3)


def gain(tried: FirstStars, cheat: str) -> Gain:
    return next(each for each in tried.gains if each.cheat == cheat)


def judged_by(formula: Formula) -> FirstStars:
    """The same districts, judged otherwise: the truth stays the truth."""
    return first_stars(3, 3, formula)


def right(tried: FirstStars) -> float:
    """The share of first stars that are the true ones."""
    return tried.rightness[0].right.middle


def test_the_table_that_readme_shows_is_what_the_command_prints(tmp_path: Path) -> None:
    [shown] = re.findall(r"```\n(formula .*?)```", README.read_text("utf-8"), re.DOTALL)
    env = environment(f"sqlite:///{tmp_path}/linli.db", tmp_path)
    printed = subprocess.run(command("stars", "simulate"), env=env, cwd=ROOT, capture_output=True, check=True)
    assert printed.stdout.decode() == shown
    assert list(tmp_path.iterdir()) == []  # no database is needed


def test_the_bars_that_readme_shows_are_those_of_the_formula() -> None:
    rows = re.findall(
        r"^\| ([2-5]) \| (\.\d+) \| (\.\d+) \| (\.\d+) \|$", README.read_text("utf-8"), re.MULTILINE
    )
    shown = {int(row[0]): tuple(map(float, row[1:])) for row in rows}
    assert shown == {star: tuple(FORMULA.bars[each][star - 1] for each in Indicator) for star in range(2, 6)}


def test_another_seed_makes_other_districts_and_the_same_seed_the_same() -> None:
    assert first_stars(3, 3) == TRIED
    assert first_stars(4, 3) != TRIED


@pytest.mark.parametrize("districts", ["2", "many", "-3"])
def test_two_districts_are_too_few_for_an_interval(here: Here, districts: str) -> None:
    with pytest.raises(SystemExit):
        here("stars", "simulate", "--districts", districts)


def test_stars_are_mostly_right_and_hardly_ever_further_off_than_one() -> None:
    for each in TRIED.rightness:
        shares = [part.middle for part in (each.right, each.one_off, each.wrong, each.none)]
        assert sum(shares) == pytest.approx(1.0)
    assert right(TRIED) > 0.6
    assert TRIED.rightness[0].wrong.middle < 0.03


def test_cheating_gains_no_more_than_half_a_star_unless_all_of_it_is_done_together(later: YearLater) -> None:
    assert list(later.kept_up) == list(CHEATS)
    assert [cheat for cheat, gained in later.kept_up.items() if gained.middle > 0.5] == [
        "all of these together"
    ]


def test_after_a_year_stars_are_as_right_as_the_first_ones(later: YearLater) -> None:
    assert later.rightness.right.high > right(TRIED) - 0.05
    assert later.rightness.wrong.middle < 0.03


def test_a_real_fall_shows_in_most_centres_and_without_hysteresis_in_nearly_all(later: YearLater) -> None:
    kept, moving = later.moves
    assert 0.4 < kept.noticed.middle < moving.noticed.middle


def test_without_the_weights_of_the_door_bombing_costs_more() -> None:
    bombed = "bombed by a rival"
    trusting = judged_by(replace(FORMULA, door=1.0, door_most=1e9))
    assert gain(trusting, bombed).first.high < gain(TRIED, bombed).first.low


def test_without_the_weights_of_what_is_flagged_ratings_in_one_go_gain_more() -> None:
    in_one_go = "ratings in one go at check-in"
    trusting = judged_by(replace(FORMULA, flagged=1.0, flagged_most=1e9))
    assert gain(trusting, in_one_go).first.low > gain(TRIED, in_one_go).first.high


def test_without_flags_ratings_in_one_go_gain_more() -> None:
    in_one_go = gain(TRIED, "ratings in one go at check-in")
    assert in_one_go.unnoticed.low > in_one_go.first.high


def test_without_hysteresis_stars_move_for_nothing(later: YearLater) -> None:
    kept, moving = later.moves
    assert kept.a_year.high < 0.3 < 1.0 < moving.a_year.low


def test_without_case_mix_fewer_stars_are_right() -> None:
    assert right(judged_by(replace(FORMULA, penalty=1e9))) < right(TRIED) - 0.03


def test_without_a_least_number_all_get_stars_and_more_are_far_off() -> None:
    hasty = judged_by(replace(FORMULA, least=1, one_in=10**9, prior=0.001))
    assert hasty.rightness[0].none.middle == 0 < TRIED.rightness[0].none.middle


def test_without_floors_fewer_stars_are_right() -> None:
    assert right(judged_by(replace(FORMULA, floors=()))) < right(TRIED) - 0.01


def test_bars_that_are_elsewhere_are_noticed_as_wrong_stars() -> None:
    bars = {**FORMULA.bars, Indicator.SATISFACTION: (0.0, 0.3, 0.5, 0.7, 0.83)}
    assert right(judged_by(replace(FORMULA, bars=bars))) < right(TRIED) - 0.1


def test_ratings_come_as_satisfied_as_the_centre_is() -> None:
    for share in (0.3, 0.7, 0.95):
        likely = rated_as(share)
        assert sum(likely) == pytest.approx(1.0)
        assert min(likely) >= 0
        worth = sum(value * each for value, each in zip(FORMULA.worth, likely, strict=True))
        assert worth == pytest.approx(share)


def some_records(number: int) -> list[Record]:
    chance = np.random.default_rng(2)
    return [honest_year(each, chance) for each in district(chance, centres=number)]


@pytest.mark.parametrize("cheat", [name for name in CHEATS if name != "bombed by a rival"])
def test_each_way_to_cheat_changes_what_is_counted_and_never_the_truth(cheat: str) -> None:
    chance = np.random.default_rng(4)
    records = some_records(20)
    given = [CHEATS[cheat](each, chance, 1.0) for each in records]
    assert given != records
    assert [each.site for each in given] == [each.site for each in records]
    assert [each.overdue for each in given] == [each.overdue for each in records]


def test_what_is_noticed_is_flagged_and_what_is_not_is_not() -> None:
    for noticed, flagged in ((1.0, True), (0.0, False)):
        each = some_records(1)[0]
        given = CHEATS["ratings in one go at check-in"](each, np.random.default_rng(4), noticed)
        assert (sum(given.ratings.flagged) > sum(each.ratings.flagged)) is flagged


@pytest.mark.parametrize("number", [3, 5, 10, 40])
def test_a_mean_of_districts_has_the_interval_that_scipy_gives_it(number: int) -> None:
    values = np.random.default_rng(number).normal(3.0, 2.0, number)
    ends = mean_of(values.tolist())
    theirs = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert ends.middle == pytest.approx(values.mean())
    assert ends.high - ends.low == pytest.approx(theirs.high - theirs.low, rel=0.04)
