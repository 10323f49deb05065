"""What holds of the star rating whatever was counted."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from handlers.stars import FORMULA, Levels, Ratings, Record, Stars, all_stars, earned_of, yardstick
from handlers.stars_simulated import YEAR
from tests.star_records import COMMON, DISTRICT, SITE, lifted, low, rated

UNHURRIED = settings(deadline=None)  # on a busy computer

counts = st.integers(0, 120)
some_levels: st.SearchStrategy[Levels] = st.tuples(counts, counts, counts, counts, counts)
stars_before = st.none() | st.integers(1, 5)
cases = st.lists(st.integers(1, 9_999), max_size=4, unique=True).map(
    lambda numbers: tuple(f"G-{number:04}" for number in numbers)
)
records = st.builds(
    Record,
    centre_id=st.just("NEW"),
    site=st.just(SITE),
    days=st.integers(91, YEAR),
    ratings=st.builds(Ratings, some_levels, some_levels, some_levels),
    activities=st.integers(0, 600),
    people=st.integers(0, 2_000),
    overdue=cases,
)
good, bad = st.sampled_from([4, 5]), st.sampled_from([1, 2])
sorts = st.sampled_from(["verified", "door", "flagged"])


def plus(each: Record, sort: str, level: int, number: int) -> Record:
    added = list(getattr(each.ratings, sort))
    added[level - 1] += number
    one, two, three, four, five = added
    return replace(each, ratings=replace(each.ratings, **{sort: (one, two, three, four, five)}))


@UNHURRIED
@given(each=records, level=good, sort=sorts, number=st.integers(1, 50))
def test_more_good_ratings_of_whatever_sort_never_lower_the_bound(
    each: Record, level: int, sort: str, number: int
) -> None:
    assert low(plus(each, sort, level, number)) >= low(each) - 1e-12


@UNHURRIED
@given(each=records, level=bad, sort=sorts, number=st.integers(1, 50))
def test_more_bad_ratings_of_whatever_sort_never_raise_the_bound(
    each: Record, level: int, sort: str, number: int
) -> None:
    assert low(plus(each, sort, level, number)) <= low(each) + 1e-12


@UNHURRIED
@given(each=records, level=st.sampled_from([1, 2, 4, 5]))
def test_a_rating_from_the_door_counts_for_less_than_a_verified_one(each: Record, level: int) -> None:
    assume(low(each) > 0.01)
    verified, door = (abs(low(plus(each, sort, level, 1)) - low(each)) for sort in ("verified", "door"))
    assert door < verified


@UNHURRIED
@given(each=records, previous=stars_before, level=good, number=st.integers(1, 50))
def test_more_verified_good_ratings_never_cost_a_star(
    each: Record, previous: int | None, level: int, number: int
) -> None:
    now, then = (
        earned_of(record, COMMON, previous) for record in (each, plus(each, "verified", level, number))
    )
    assert (then or 0) >= (now or 0)


@UNHURRIED
@given(each=records, previous=stars_before, more=st.integers(1, 500))
def test_more_activities_never_cost_a_star(each: Record, previous: int | None, more: int) -> None:
    now, then = (
        earned_of(record, COMMON, previous)
        for record in (each, replace(each, activities=each.activities + more))
    )
    assert (then or 0) >= (now or 0)


@UNHURRIED
@given(each=records, previous=stars_before)
def test_below_the_least_number_of_ratings_there_is_no_star(each: Record, previous: int | None) -> None:
    stars, needed = (
        rated(each, previous),
        max(FORMULA.least, min(each.people / FORMULA.one_in, FORMULA.least_most)),
    )
    if stars.stars is not None:
        assert stars.n >= (needed if previous is None else FORMULA.kept_from * needed)
    else:
        assert stars.n < needed


@UNHURRIED
@given(each=records, previous=stars_before)
def test_no_five_stars_with_an_overdue_case(each: Record, previous: int | None) -> None:
    stars = rated(each, previous)
    assert not (stars.stars == 5 and each.overdue)
    assert stars.stars is None or stars.earned is None or stars.stars <= stars.earned


@UNHURRIED
@given(each=records, previous=stars_before)
def test_looking_again_at_the_same_changes_nothing(each: Record, previous: int | None) -> None:
    stars = rated(each, previous)
    if stars.earned is not None:
        assert rated(each, stars.earned) == stars


@UNHURRIED
@given(each=records, previous=stars_before, swings=st.lists(st.integers(-2, 2), min_size=8, max_size=20))
def test_stars_never_flip_back_and_forth_on_data_at_the_border(
    each: Record, previous: int | None, swings: Sequence[int]
) -> None:
    """Two good ratings more or less in turn, which no interval of enough ratings is narrower than."""
    verified = each.ratings.verified
    assume(verified[4] >= 2 and sum(verified) >= 60)
    earned, moves = previous, list[tuple[int | None, int | None]]()
    for swing in swings:
        now = earned_of(plus(each, "verified", 5, swing), COMMON, earned)
        if earned is not None and now != earned:
            moves.append((earned, now))
        earned = now
    ups = {now > before for before, now in moves if now and before}
    assert len(ups) <= 1


def test_without_hysteresis_they_would_flip() -> None:
    formula, found = replace(FORMULA, has_hysteresis=False), set()
    for middling in range(100):
        each = Record("NEW", SITE, YEAR, Ratings((20, 0, middling, 0, 160)), 600, 2_000)
        found |= {
            earned_of(plus(each, "verified", 5, swing), COMMON, 5, formula)
            != earned_of(each, COMMON, 5, formula)
            for swing in (-2, 2)
        }
    assert found == {True, False}


@UNHURRIED
@given(each=records, previous=stars_before)
def test_doing_what_is_missing_brings_the_star(each: Record, previous: int | None) -> None:
    stars = rated(each, previous)
    if stars.missing is None:
        assert stars.stars == 5
        return
    after = rated(lifted(each, stars), stars.earned)
    if stars.missing.star is None:
        assert after.stars is not None
    else:
        assert stars.stars is not None
        assert after.stars == stars.missing.star == stars.stars + 1


@UNHURRIED
@given(each=records, previous=stars_before)
def test_who_has_the_next_star_within_reach_is_held_by_what_is_missing(
    each: Record, previous: int | None
) -> None:
    stars = rated(each, previous)
    if stars.missing is None or stars.missing.star is None or stars.is_floored:
        return
    lacks = [stars.missing.ratings > 0, stars.missing.activities > 0, stars.missing.people > 0]
    held = [measured.indicator in stars.held_by for measured in stars.measured]
    assert lacks[1:] == held[1:]
    assert lacks[0] >= held[0]  # more people may ask for more ratings


@UNHURRIED
@given(order=st.permutations(range(len(DISTRICT))))
def test_the_order_of_the_centres_makes_no_difference(order: Sequence[int]) -> None:
    assert by_id(all_stars([DISTRICT[at] for at in order], {})) == EXPECTED


def by_id(stars: object) -> dict[str, Stars]:
    assert hasattr(stars, "__iter__")
    return {each.centre_id: each for each in stars}


EXPECTED = by_id(all_stars(DISTRICT, {}))


@UNHURRIED
@given(at=st.integers(0, len(DISTRICT) - 1), levels=some_levels)
def test_no_centre_moves_the_satisfaction_that_it_is_drawn_to(at: int, levels: Levels) -> None:
    assume(sum(levels) >= FORMULA.least)
    mine = DISTRICT[at]
    assume(sum(mine.ratings.verified) >= FORMULA.least)
    other = replace(mine, ratings=replace(mine.ratings, verified=levels))
    changed = [*DISTRICT[:at], other, *DISTRICT[at + 1 :]]
    before, after = COMMON.typical(mine), yardstick(changed).typical(other)
    assert before
    assert after
    assert abs(before.share - after.share) < 1e-9
