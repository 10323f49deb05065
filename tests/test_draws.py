"""A draw from its plan to the line after it, on both engines, and drawn again from the published list."""

import asyncio
import random
from datetime import timedelta
from itertools import count

import pytest

from handlers import bookings as booked
from handlers.bookings import News, Refused
from handlers.draws import DrawError
from handlers.lottery import read_list, verify
from storage import bookings, lotteries
from storage.database import Database
from storage.lotteries import Lottery
from tests.booking_rows import HOUR, NOW, opened_desk
from tests.draw_rows import (
    CLOSES,
    DAY,
    VALUE,
    draw,
    entered,
    erase,
    give_up,
    of_receipts,
    plan,
    publish,
)
from tests.test_booking_moves import ask


async def test_the_draw_gives_what_anybody_gets_who_draws_again_from_the_list(database: Database) -> None:
    desk, _ = await entered(database, 1, 1, 1, 1, 1)
    assert (await desk.counters()).free == 2
    later = desk.later(DAY)
    listed = await publish(later)
    drawn = await draw(later)
    assert listed.list_text
    assert drawn == verify(listed.list_text, VALUE)
    assert drawn.list_hash == listed.list_hash
    found = await of_receipts(desk, listed)
    assert [found[each.receipt].state for each in drawn.order] == ["booked"] * 2 + ["waiting"] * 3
    assert [found[each.receipt].in_line for each in drawn.line] == [1, 2, 3]
    told = [(found[each.receipt].family_id, News.DRAWN) for each in drawn.order]
    assert [each for each in desk.told.news if each[1] is News.DRAWN] == told
    counters = await desk.counters()
    assert (counters.taken, counters.offered, counters.waiting, counters.has_draw) == (2, 0, 3, False)
    assert await desk.problems() == []


@pytest.mark.parametrize("seed", range(6))
async def test_families_stand_in_line_after_the_draw_as_the_list_and_the_value_have_it(
    database: Database, seed: int
) -> None:
    """Who was passed over stays passed over, and nobody is offered what the draw keeps."""
    chance = random.Random(seed)
    desk, _ = await entered(database, *(chance.randint(1, 3) for _ in range(9)), places=chance.randint(3, 9))
    later = desk.later(DAY)
    listed = await publish(later)
    drawn = await draw(later, f"value {seed}")
    found = await of_receipts(desk, listed)
    assert {each.receipt for each in drawn.served} == {r for r, b in found.items() if b.state == "booked"}
    async with database.read() as tx:
        line = await bookings.line(tx, "s")
    assert [(b.id, b.passed_over) for b in line] == [
        (found[each.receipt].id, each.passed_over) for each in drawn.line
    ]
    assert (await desk.counters()).free == drawn.free
    assert {news for _, news in desk.told.news} == {News.LIST_PUBLISHED, News.DRAWN}
    assert await desk.problems() == []


async def test_after_the_draw_the_usual_line_goes_on(database: Database) -> None:
    desk, _ = await entered(database, 1, 1, 1)
    await desk.found("new")
    later = desk.later(DAY)
    found = await of_receipts(desk, await publish(later))
    drawn = await draw(later)
    newcomer = await ask(later, desk.wish("new"))
    assert newcomer.place == 2
    first = found[drawn.served[0].receipt]
    await give_up(later, first.id, first.family_id)
    assert await desk.state(found[drawn.line[0].receipt].id) == "offered"
    assert await desk.problems() == []


async def test_fewer_entrants_than_places_are_all_in_and_the_rest_is_open_to_all(database: Database) -> None:
    desk, ids = await entered(database, 1, 2, places=4)
    await desk.found("new")
    later = desk.later(DAY)
    await publish(later)
    drawn = await draw(later)
    assert [await desk.state(each) for each in ids] == ["booked", "booked"]
    assert drawn.free == 1
    answer = await ask(later, desk.wish("new"))
    assert answer.booking
    assert answer.booking.state == "booked"
    assert await desk.problems() == []


async def test_a_draw_that_nobody_entered_leaves_the_session_open_to_all(database: Database) -> None:
    desk, _ = await entered(database)
    await desk.found("new")
    later = desk.later(DAY)
    await publish(later)
    assert (await draw(later)).order == ()
    assert (await ask(later, desk.wish("new"))).place is None
    assert await desk.problems() == []


async def test_nobody_enters_before_registration_begins_or_after_it_ended(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session()
    await plan(desk, opens_at=NOW + HOUR)
    for at in (NOW, CLOSES, CLOSES + HOUR):
        early_or_late = desk.later(at - NOW)
        assert (await ask(early_or_late, desk.wish("a"))).refused is Refused.DRAW_CLOSED
    last = desk.later(CLOSES - NOW - timedelta(seconds=1))
    answer = await ask(last, desk.wish("a"))
    assert answer.booking
    assert answer.booking.state == "entered"
    assert await desk.problems() == []


async def test_who_withdraws_in_time_is_not_on_the_list_and_may_enter_again(database: Database) -> None:
    desk, ids = await entered(database, 1, 1)
    first = await give_up(desk, ids[0], "a")
    assert first.booking
    assert first.booking.ended == "left_line"
    assert (await ask(desk, desk.wish("a", size=2))).booking
    listed = await publish(desk.later(DAY))
    assert listed.list_text
    assert sorted(each.size for each in read_list(listed.list_text).entrants) == [1, 2]


async def test_whose_receipt_is_on_the_published_list_stays_until_the_draw(database: Database) -> None:
    desk, ids = await entered(database, 1, 1, 1)
    later = desk.later(DAY)
    assert (await give_up(later, ids[2], "c")).refused is None
    await publish(later)
    assert (await give_up(later, ids[0], "a")).refused is Refused.LIST_PUBLISHED
    await draw(later)
    assert (await give_up(later, ids[0], "a")).refused is None
    assert await desk.problems() == []


async def test_who_is_erased_before_the_list_is_published_is_not_on_it(database: Database) -> None:
    desk, ids = await entered(database, 1, 1)
    assert await erase(desk, "a") == 1
    listed = await publish(desk.later(DAY))
    assert listed.list_text
    async with database.read() as tx:
        entry = await lotteries.entry_of(tx, ids[0])
    assert entry
    assert entry.receipt not in listed.list_text
    assert await desk.problems() == []


async def test_who_is_erased_after_that_stays_on_it_as_a_receipt_and_the_place_goes_to_the_line(
    database: Database,
) -> None:
    desk, _ = await entered(database, 1, 1, 1, places=1)
    later = desk.later(DAY)
    listed = await publish(later)
    assert listed.list_text
    found = await of_receipts(desk, listed)
    would = verify(listed.list_text, VALUE)
    winner, next_in_line = found[would.served[0].receipt], found[would.line[0].receipt]
    assert await erase(later, winner.family_id) == 1
    assert await draw(later) == would
    assert await desk.state(winner.id) == "erased"
    assert await desk.state(next_in_line.id) == "offered"
    assert [family for family, news in desk.told.news if news is News.OFFERED] == [next_in_line.family_id]
    assert (winner.family_id, News.DRAWN) not in desk.told.news
    assert (await publish(later)).list_text == listed.list_text
    assert await desk.problems() == []


async def test_one_child_of_two_that_is_erased_gives_one_place_back(database: Database) -> None:
    desk, ids = await entered(database, 2, 1, places=2)
    later = desk.later(DAY)
    await publish(later)
    assert await erase(later, "a", only="a2") == 1
    drawn = await draw(later, _value_by_which_comes_first(2, await publish(later)))
    assert [each.size for each in drawn.served] == [2]
    assert [await desk.state(each) for each in ids] == ["booked", "offered"]
    assert await desk.problems() == []


def _value_by_which_comes_first(size: int, listed: Lottery) -> str:
    text = listed.list_text or ""
    return next(v for v in map(str, count()) if verify(text, v).order[0].size == size)


async def test_a_second_draw_changes_nothing_and_one_with_another_value_is_refused(
    database: Database,
) -> None:
    desk, _ = await entered(database, 1, 1, 1)
    later = desk.later(DAY)
    await publish(later)
    first, told = await draw(later), list(desk.told.news)
    before = await desk.counters()
    assert await draw(later, f" {VALUE} ") == first
    with pytest.raises(DrawError, match="was drawn already"):
        await draw(later, "another value")
    assert desk.told.news == told
    assert await desk.counters() == before


async def test_two_who_draw_at_once_draw_once(database: Database) -> None:
    desk, _ = await entered(database, *[1] * 8, places=3)
    later = desk.later(DAY)
    await publish(later)
    one, two = await asyncio.gather(draw(later), draw(later))
    assert one == two
    counters = await desk.counters()
    assert (counters.taken, counters.waiting) == (3, 5)
    assert await desk.problems() == []
    with pytest.raises(DrawError, match="was drawn already"):
        await draw(later, "another value")


async def test_a_list_is_published_once_and_the_same_ever_after(database: Database) -> None:
    desk, _ = await entered(database, 1, 1)
    with pytest.raises(DrawError, match="ends at 2026-11-26 09:30"):
        await publish(desk)
    listed = await publish(desk.later(DAY))
    assert await publish(desk.later(2 * DAY)) == listed
    with pytest.raises(LookupError):
        await database.write(lambda tx: lotteries.publish(tx, "s", "another", "hash", CLOSES))


async def test_who_got_a_place_elsewhere_since_is_asked_which_of_the_two_it_is(database: Database) -> None:
    desk, ids = await entered(database, 1, places=1)
    await desk.session("t")
    elsewhere = desk.wish("a", "t")
    await ask(desk, elsewhere)
    later = desk.later(DAY)
    await publish(later)
    await draw(later)
    assert await desk.state(ids[0]) == "offered"
    accepted = await database.write(lambda tx: booked.accept(tx, later.office, ids[0], "a"))
    assert accepted.refused is Refused.CLASH
    await give_up(later, elsewhere.id, "a")
    accepted = await database.write(lambda tx: booked.accept(tx, later.office, ids[0], "a"))
    assert accepted.refused is None
    assert await desk.problems() == []


async def test_places_that_became_fewer_after_the_list_was_published_are_given_as_it_says(
    database: Database,
) -> None:
    desk, _ = await entered(database, 1, 1, 1)
    later = desk.later(DAY)
    await publish(later)
    await database.write(lambda tx: booked.resize(tx, later.office, "s", 1))
    await draw(later)
    counters = await desk.counters()
    assert (counters.places, counters.capacity, counters.taken, counters.waiting) == (1, 2, 2, 1)
    assert await desk.problems() == []
