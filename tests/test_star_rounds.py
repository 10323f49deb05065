"""What stars are counted from, and that they are reckoned and kept day by day, on both engines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from bot.jobs import reckon_stars
from bot.linli import Linli
from handlers import star_rounds
from handlers.likeness import POPULATION
from handlers.stars import FORMULA, Ratings
from handlers.world import World
from storage import conversations
from storage import stars as rows
from storage.directory import bump_version
from storage.stars import Star
from storage.statements import statement
from storage.transaction import Transaction
from tests.case_talk import talk_of
from tests.desk import SATURDAY, House
from tests.sample import NOW

CENTRE = "FZ002"
TODAY = NOW.date()
# Whatever was given from this Monday on does not count yet.
UNTIL = date(2026, 11, 16)
PUT_RATING = statement(
    "test.put_rating",
    "INSERT INTO rating (id, receipt, visit, centre_id, conversation_id, booking_id, level, how, is_verified,"
    " rated_on, made_at, is_current, excluded_at, excluded_by)"
    " VALUES (:id, :id, :id, :centre_id, CAST(:conversation_id AS TEXT), CAST(:booking_id AS TEXT), :level,"
    " :how, :is_verified, :rated_on, :made_at, :is_current, :excluded_at, CAST(:excluded_by AS TEXT))",
)
PEOPLE = statement("test.people", "UPDATE centre SET population = :number WHERE id = :id")
PUT_FLAG = statement("test.put_flag", "INSERT INTO rating_flag (rating_id, flag) VALUES (:id, 'burst')")


async def rated(
    tx: Transaction,
    level: int,
    on: date,
    *,
    who: str | None = None,
    how: str = "attended",
    of: str | None = None,
    at: int = 0,
    is_current: bool = True,
    is_flagged: bool = False,
    is_excluded: bool = False,
) -> None:
    """A rating as the database has it; `of` is a booking, `at` orders those of one day."""
    made_at = datetime.combine(on, NOW.timetz()) + timedelta(minutes=at)
    rating_id = str(uuid4())
    await tx.run(
        PUT_RATING,
        {
            "id": rating_id,
            "centre_id": CENTRE,
            "conversation_id": who,
            "booking_id": of,
            "level": level,
            "how": how,
            "is_verified": how == "attended",
            "rated_on": on,
            "made_at": made_at,
            "is_current": is_current,
            "excluded_at": made_at if is_excluded else None,
            "excluded_by": "S-0001" if is_excluded else None,
        },
    )
    if is_flagged:
        await tx.run(PUT_FLAG, {"id": rating_id})


async def ratings_of(linli: Linli, world: World) -> Ratings:
    async with linli.database.read() as tx:
        records = await star_rounds.counted(tx, world)
    return next(each.ratings for each in records if each.centre_id == CENTRE)


async def test_nothing_counts_for_a_centre_of_which_nothing_is_known(linli: Linli) -> None:
    async with linli.database.read() as tx:
        records = await star_rounds.counted(tx, linli.world(NOW))
    opened = [each for each in linli.world(NOW).directory.centres.values() if each.status == "open"]
    assert {each.centre_id for each in records} == {each.id for each in opened}
    assert {each.ratings for each in records} == {Ratings()}


async def test_each_rating_counts_in_its_sort_and_what_does_not_count_in_none(linli: Linli) -> None:
    async def work(tx: Transaction) -> None:
        await rated(tx, 5, UNTIL - timedelta(days=1))
        await rated(tx, 1, UNTIL - timedelta(days=2))
        await rated(tx, 4, UNTIL - timedelta(days=3), how="said")
        await rated(tx, 3, UNTIL - timedelta(days=3), how="door")
        await rated(tx, 5, UNTIL - timedelta(days=4), is_flagged=True)
        await rated(tx, 2, UNTIL - timedelta(days=4), how="door", is_flagged=True)
        await rated(tx, 1, UNTIL - timedelta(days=5), is_current=False)
        await rated(tx, 1, UNTIL - timedelta(days=5), is_excluded=True)
        await rated(tx, 1, TODAY)
        await rated(tx, 1, UNTIL)
        await rated(tx, 1, UNTIL - timedelta(days=1), at=24 * 60)  # of a visit the day before, given late
        await rated(tx, 1, TODAY - timedelta(days=FORMULA.period + 1))
        await rated(tx, 4, TODAY - timedelta(days=FORMULA.period))

    await linli.database.write(work)
    assert await ratings_of(linli, linli.world(NOW)) == Ratings(
        verified=(1, 0, 0, 1, 1), door=(0, 0, 1, 1, 0), flagged=(0, 1, 0, 0, 1)
    )


async def test_of_the_last_two_weeks_no_day_tells_what_was_rated_on_it(linli: Linli) -> None:
    """Whole weeks come at once, when seven days or more lie between."""

    async def work(tx: Transaction) -> None:
        for ago in range(21):
            await rated(tx, 5, TODAY - timedelta(days=ago))

    await linli.database.write(work)
    found = [
        (await ratings_of(linli, linli.world(NOW + timedelta(days=ahead)))).verified[4] for ahead in range(20)
    ]
    # From this Wednesday to Sunday those before the 16th, then one week more on each Monday.
    assert found == [11] * 5 + [18] * 7 + [21] * 8


async def test_of_one_person_the_last_of_a_quarter_counts(linli: Linli) -> None:
    yesterday = UNTIL - timedelta(days=1)

    async def work(tx: Transaction) -> None:
        for who in ("lin", "chen"):
            await conversations.create(tx, who, "web", f"of {who}", "{}", NOW)
        await rated(tx, 1, yesterday, who="lin")
        await rated(tx, 4, yesterday, who="lin", at=1)  # this one
        await rated(tx, 5, yesterday - timedelta(days=30), who="lin")
        await rated(tx, 2, yesterday - timedelta(days=100), who="lin")  # and that of the quarter before
        await rated(tx, 3, yesterday, who="lin", how="said", at=2)  # and what was said without a visit
        await rated(tx, 5, yesterday, who="chen")
        for _ in range(3):
            await rated(tx, 3, yesterday)  # of nobody known any more: each for itself

    await linli.database.write(work)
    assert await ratings_of(linli, linli.world(NOW)) == Ratings(
        verified=(0, 1, 3, 1, 1), door=(0, 0, 1, 0, 0)
    )


async def test_who_has_everything_erased_does_not_count_for_more(linli: Linli) -> None:
    """What was said of visits stays what one family said."""
    house = House(linli)
    await house.session()
    await house.book("lin")
    talk = await talk_of(house, "lin")

    async def work(tx: Transaction) -> None:
        for number in range(3):
            await rated(tx, 5, UNTIL - timedelta(days=1), who=talk, at=number, of=f"lin:{SATURDAY}")
        await rated(tx, 1, UNTIL - timedelta(days=1), who=talk, how="door")

    await linli.database.write(work)
    before = await ratings_of(linli, linli.world(NOW))
    assert before == Ratings(verified=(0, 0, 0, 0, 1), door=(1, 0, 0, 0, 0))
    card = await house.say("删除我的数据", "lin")
    await house.say(next(each.say for each in card.rendered.choices if each.label == "确认删除"), "lin")
    assert await house.state("lin") == "erased"
    assert await ratings_of(linli, linli.world(NOW)) == before


async def test_stars_are_reckoned_once_a_day_and_kept(linli: Linli) -> None:
    tomorrow = NOW + timedelta(days=1)
    assert (await reckon_stars(linli, NOW)).startswith("starred")
    for _ in range(2):
        await reckon_stars(linli, tomorrow)
    async with linli.database.read() as tx:
        assert await rows.last_day(tx, TODAY + timedelta(days=9)) == tomorrow.date()
        today, next_day = [await rows.of_day(tx, each.date()) for each in (NOW, tomorrow)]
    assert len(today) == len(next_day) == len({each.centre_id for each in next_day})
    assert star_rounds.read_stars(today[0]).centre_id == today[0].centre_id


async def test_a_star_of_another_formula_is_no_hysteresis(linli: Linli) -> None:
    await reckon_stars(linli, NOW)

    async def work(tx: Transaction) -> list[Star]:
        [first, second, *_] = await rows.of_day(tx, TODAY)
        changed = [replace(first, formula="0", stars=3, earned=3), replace(second, stars=4, earned=4)]
        await rows.put(tx, changed)
        return changed

    old, same = await linli.database.write(work)
    async with linli.database.read() as tx:
        earned = await star_rounds.earned_before(tx, TODAY + timedelta(days=1))
    assert old.centre_id not in earned
    assert earned[same.centre_id] == 4


@pytest.mark.parametrize("nights", [range(8), (7,)], ids=["every night", "some were left out"])
async def test_after_two_months_mondays_alone_are_kept(linli: Linli, nights: Sequence[int]) -> None:
    first = date(2026, 9, 21)  # a Monday
    star = Star(CENTRE, first, FORMULA.version, None, None, "{}")

    async def work(tx: Transaction) -> None:
        await rows.put(tx, [replace(star, day_on=first + timedelta(days=n)) for n in range(8)])

    await linli.database.write(work)
    for n in nights:
        await reckon_stars(linli, NOW.replace(year=2026, month=11, day=20) + timedelta(days=n))
    async with linli.database.read() as tx:
        kept = [each.day_on for each in await rows.since(tx, CENTRE, first)]
    assert kept[:2] == [first, first + timedelta(days=7)]
    assert kept[2] == date(2026, 11, 20) + timedelta(days=nights[0])


async def test_a_centre_is_compared_by_its_kind_its_functions_and_who_lives_around_it(linli: Linli) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(PEOPLE, {"id": CENTRE, "number": 12_000})
        await bump_version(tx, NOW)

    await linli.database.write(work)
    await linli.take_up_directory()
    world = linli.world(NOW)
    assert star_rounds.site_of(CENTRE, world).population == 12_000
    assert star_rounds.site_of("FZ004", world).population == POPULATION
    offered = {each.category for each in world.directory.services_of[CENTRE]}
    assert star_rounds.site_of(CENTRE, world).functions == offered
