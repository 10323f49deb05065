"""Bookings, on both engines: places are taken, waited for, offered and given back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import bookings as booked
from handlers.bookings import Answer, News, Refused
from storage import bookings, families, sessions
from storage.bookings import Wish
from storage.database import ConstraintError, Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_rows import HOUR, NOW, STARTS, Desk, opened_desk

OVERSOLD = statement("test.oversold", "UPDATE session SET taken = capacity + 1 WHERE id = :id")
TWICE = statement("test.twice", "UPDATE place SET is_active = TRUE")


async def ask(desk: Desk, wish: Wish) -> Answer:
    async def work(tx: Transaction) -> Answer:
        await families.hold(tx, wish.family_id)
        return await booked.ask_for(tx, desk.office, wish)

    return await desk.database.write(work)


async def done(desk: Desk, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    return await desk.database.write(work)


async def cancelled(desk: Desk, booking: str, family: str, only: str | None = None) -> Answer:
    return await done(desk, lambda tx: booked.give_up(tx, desk.office, booking, family, only=only))


async def test_places_are_taken_while_there_are_some_and_then_there_is_a_line(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c", "d")
    await desk.session(places=2)
    answers = [await ask(desk, desk.wish(family)) for family in "abcd"]
    assert [each.booking and each.booking.state for each in answers] == [
        "booked",
        "booked",
        "waiting",
        "waiting",
    ]
    assert [each.place for each in answers] == [None, None, 1, 2]
    counters = await desk.counters()
    assert (counters.taken, counters.offered, counters.waiting, counters.free) == (2, 0, 2, 0)
    assert await desk.problems() == []


async def test_a_cancelled_place_goes_to_the_next_family_at_once(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c")
    await desk.session(places=1)
    first, second, third = [desk.wish(family) for family in "abc"]
    for wish in (first, second, third):
        await ask(desk, wish)
    await cancelled(desk, first.id, "a")
    assert await desk.state(first.id) == "cancelled"
    assert await desk.state(second.id) == "offered"
    assert desk.told.news == [("b", News.OFFERED)]
    counters = await desk.counters()
    assert (counters.taken, counters.offered, counters.waiting) == (0, 1, 1)
    await done(desk, lambda tx: booked.accept(tx, desk.office, second.id, "b"))
    assert await desk.state(second.id) == "booked"
    assert await desk.problems() == []


async def test_an_offer_that_is_not_answered_goes_on_and_never_comes_back(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c")
    await desk.session(places=1)
    wishes = [desk.wish(family) for family in "abc"]
    for wish in wishes:
        await ask(desk, wish)
    await cancelled(desk, wishes[0].id, "a")
    later = desk.later(timedelta(days=1))
    assert await database.write(lambda tx: booked.lapse(tx, desk.office, wishes[1].id)) is False
    assert await database.write(lambda tx: booked.lapse(tx, later.office, wishes[1].id)) is True
    assert await desk.state(wishes[1].id) == "lapsed"
    assert await desk.state(wishes[2].id) == "offered"
    assert desk.told.news == [("b", News.OFFERED), ("b", News.LAPSED), ("c", News.OFFERED)]
    gone = await done(later, lambda tx: booked.accept(tx, later.office, wishes[1].id, "b"))
    assert gone.refused is Refused.GONE
    assert await desk.problems() == []


async def test_an_offer_past_its_time_can_not_be_taken_even_before_the_job_runs(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    wishes = [desk.wish(family) for family in "ab"]
    for wish in wishes:
        await ask(desk, wish)
    await cancelled(desk, wishes[0].id, "a")
    later = desk.later(timedelta(days=1))
    late = await done(later, lambda tx: booked.accept(tx, later.office, wishes[1].id, "b"))
    assert late.refused is Refused.GONE
    assert await desk.state(wishes[1].id) == "offered"


async def test_who_declines_and_stays_waits_behind_all_others(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c")
    await desk.session(places=1)
    wishes = [desk.wish(family) for family in "abc"]
    for wish in wishes:
        await ask(desk, wish)
    await cancelled(desk, wishes[0].id, "a")
    kept = await done(desk, lambda tx: booked.decline(tx, desk.office, wishes[1].id, "b", keep=True))
    assert kept.booking
    assert (kept.booking.state, kept.place) == ("waiting", 1)
    assert await desk.state(wishes[2].id) == "offered"
    assert await desk.problems() == []


async def test_who_declines_what_nobody_else_waits_for_leaves_it_open_to_all(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c")
    await desk.session(places=1)
    wishes = [desk.wish(family) for family in "ab"]
    for wish in wishes:
        await ask(desk, wish)
    await cancelled(desk, wishes[0].id, "a")
    await done(desk, lambda tx: booked.decline(tx, desk.office, wishes[1].id, "b", keep=True))
    assert await desk.state(wishes[1].id) == "declined"
    newcomer = await ask(desk, desk.wish("c"))
    assert newcomer.booking
    assert newcomer.booking.state == "booked"


async def test_a_family_gets_all_of_its_places_or_waits_for_all(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=3)
    await ask(desk, desk.wish("a", size=2))
    waits = await ask(desk, desk.wish("b", size=2))
    assert waits.booking
    assert waits.booking.state == "waiting"
    assert (await desk.counters()).free == 1


async def test_a_small_family_may_pass_a_big_one_three_times_and_no_more(database: Database) -> None:
    desk = await opened_desk(database, "a", "big", "c", "d", "e", "f")
    await desk.session(places=6)
    await ask(desk, desk.wish("a", size=3))
    big = desk.wish("big", size=3)
    await ask(desk, desk.wish("c", size=1))  # two are left
    await ask(desk, big)
    passing = [await ask(desk, desk.wish(family)) for family in "de"]
    assert [each.booking and each.booking.state for each in passing] == ["booked", "booked"]
    await cancelled(desk, "b3", "c")
    third = await ask(desk, desk.wish("f"))
    assert third.booking
    assert third.booking.state == "booked"
    await cancelled(desk, "b4", "d")
    held_back = await ask(desk, desk.wish("c"))
    assert held_back.booking
    assert (held_back.booking.state, held_back.place) == ("waiting", 2)
    assert (await desk.counters()).free == 1
    await cancelled(desk, "b5", "e")
    assert await desk.state(big.id) == "waiting"
    await cancelled(desk, "b6", "f")
    assert await desk.state(big.id) == "offered"
    assert await desk.problems() == []


async def test_nobody_is_in_two_places_at_one_time(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("t", starts_at=STARTS + HOUR / 2)
    await desk.session("u", starts_at=STARTS + HOUR)
    await ask(desk, desk.wish("a", "s"))
    clash = await ask(desk, desk.wish("a", "t"))
    assert (clash.refused, clash.clash) == (Refused.CLASH, "s")
    assert (await ask(desk, desk.wish("a", "u"))).refused is None
    again = await ask(desk, desk.wish("a", "s"))
    assert again.refused is Refused.ALREADY


async def test_an_offer_is_not_taken_where_one_has_to_be_elsewhere_by_now(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session("s", places=1)
    await desk.session("t", starts_at=STARTS + HOUR / 2)
    wishes = [desk.wish("a", "s"), desk.wish("b", "s"), desk.wish("b", "t")]
    for wish in wishes:
        await ask(desk, wish)
    await cancelled(desk, wishes[0].id, "a")
    clash = await done(desk, lambda tx: booked.accept(tx, desk.office, wishes[1].id, "b"))
    assert (clash.refused, clash.clash) == (Refused.CLASH, "t")


@pytest.mark.parametrize(
    ("session", "size", "minutes", "refused"),
    [("nowhere", 1, 0, Refused.UNKNOWN), ("s", 3, 0, Refused.TOO_MANY), ("s", 1, 5_000, Refused.BEGUN)],
)
async def test_what_can_not_be_booked_is_refused_with_its_reason(
    database: Database, session: str, size: int, minutes: int, refused: Refused
) -> None:
    desk = (await opened_desk(database, "a")).later(timedelta(minutes=minutes))
    await desk.session(places=2)
    assert (await ask(desk, desk.wish("a", session, size))).refused is refused
    assert (await desk.counters()).taken == 0


async def test_a_session_that_is_called_off_tells_everybody_once(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c", "d")
    await desk.session(places=2)
    wishes = [desk.wish(family) for family in "abc"]
    for wish in wishes:
        await ask(desk, wish)
    await cancelled(desk, wishes[0].id, "a")
    off = await database.write(lambda tx: booked.call_off(tx, desk.office, "s", "typhoon"))
    assert [each.family_id for each in off or ()] == ["b", "c"]
    assert await database.write(lambda tx: booked.call_off(tx, desk.office, "s", "typhoon")) is None
    assert desk.told.news == [("c", News.OFFERED), ("b", News.CALLED_OFF), ("c", News.CALLED_OFF)]
    assert (await ask(desk, desk.wish("d"))).refused is Refused.CALLED_OFF
    counters = await desk.counters()
    assert (counters.taken, counters.offered, counters.waiting, counters.because) == (0, 0, 0, "typhoon")
    assert await desk.problems() == []


async def test_fewer_places_throw_nobody_out_and_are_not_filled_again(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c", "d")
    await desk.session(places=3)
    wishes = [desk.wish(family) for family in "abcd"]
    for wish in wishes:
        await ask(desk, wish)
    await database.write(lambda tx: booked.resize(tx, desk.office, "s", 2))
    counters = await desk.counters()
    assert (counters.places, counters.capacity, counters.taken) == (2, 3, 3)
    await cancelled(desk, wishes[0].id, "a")
    counters = await desk.counters()
    assert (counters.capacity, counters.taken, counters.waiting) == (2, 2, 1)
    await database.write(lambda tx: booked.resize(tx, desk.office, "s", 5))
    assert await desk.state(wishes[3].id) == "offered"
    assert await desk.problems() == []


async def test_a_session_that_is_moved_keeps_everybody_and_tells_them(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    for family in "ab":
        await ask(desk, desk.wish(family))
    at = STARTS + 3 * HOUR
    await database.write(lambda tx: booked.move(tx, desk.office, "s", [(at, at + HOUR)], by_manager=True))
    assert desk.told.news == [("a", News.MOVED), ("b", News.MOVED)]
    counters = await desk.counters()
    assert (counters.starts_at, counters.taken, counters.waiting, counters.is_edited) == (at, 1, 1, True)


async def test_one_of_two_children_leaves_and_the_other_stays(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=2)
    wish = desk.wish("a", size=2)
    await ask(desk, wish)
    waits = desk.wish("b")
    await ask(desk, waits)
    await cancelled(desk, wish.id, "a", only="a1")
    assert await desk.state(wish.id) == "booked"
    assert await desk.state(waits.id) == "offered"
    strange = await cancelled(desk, wish.id, "a", only="a1")
    assert strange.refused is Refused.UNKNOWN
    await cancelled(desk, wish.id, "a", only="a2")
    assert await desk.state(wish.id) == "cancelled"
    assert await desk.problems() == []


async def test_nobody_touches_the_booking_of_another_family(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session()
    wish = desk.wish("a")
    await ask(desk, wish)
    assert (await cancelled(desk, wish.id, "b")).refused is Refused.UNKNOWN
    assert (await done(desk, lambda tx: booked.accept(tx, desk.office, wish.id, "b"))).refused
    assert (await done(desk, lambda tx: booked.decline(tx, desk.office, wish.id, "b", keep=False))).refused
    assert (await done(desk, lambda tx: booked.change(tx, desk.office, wish.id, desk.wish("b")))).refused
    assert await desk.state(wish.id) == "booked"


async def test_another_date_is_taken_before_the_first_is_given_up(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c")
    await desk.session("s", places=1)
    await desk.session("t", places=1, starts_at=STARTS + HOUR / 2)
    await desk.session("u", places=1, starts_at=STARTS + 5 * HOUR)
    mine, other, waits = desk.wish("a", "s"), desk.wish("b", "u"), desk.wish("c", "s")
    for wish in (mine, other, waits):
        await ask(desk, wish)
    full = await done(desk, lambda tx: booked.change(tx, desk.office, mine.id, desk.wish("a", "u")))
    assert full.refused is Refused.FULL
    assert await desk.state(mine.id) == "booked"
    # The times overlap, but the first is given up for the second.
    moved = await done(desk, lambda tx: booked.change(tx, desk.office, mine.id, desk.wish("a", "t")))
    assert moved.booking
    assert (moved.booking.state, moved.booking.session_id) == ("booked", "t")
    assert await desk.state(waits.id) == "offered"
    assert await desk.problems() == []


async def test_when_it_begins_who_still_waits_is_told(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    for family in "ab":
        await ask(desk, desk.wish(family))
    assert await database.write(lambda tx: booked.close_line(tx, desk.office, "s")) == 0
    later = desk.later(STARTS - NOW)
    assert await database.write(lambda tx: booked.close_line(tx, later.office, "s")) == 1
    assert desk.told.news == [("b", News.NOT_SERVED)]
    assert await desk.problems() == []


async def test_a_family_that_is_erased_gives_its_places_to_the_line(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session("s", places=2)
    mine, waits = desk.wish("a", size=2), desk.wish("b", size=2)
    await ask(desk, mine)
    await ask(desk, waits)
    assert await database.write(lambda tx: booked.erase(tx, desk.office, "a", only="a2")) == 1
    assert await desk.state(mine.id) == "booked"
    assert await database.write(lambda tx: booked.erase(tx, desk.office, "a")) == 1
    assert await desk.state(waits.id) == "offered"
    assert await desk.problems() == []


async def test_take_place_takes_it_or_changes_nothing(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    wish, late = desk.wish("a"), desk.wish("b")
    assert await bookings.take_place(database, wish, NOW)
    assert not await bookings.take_place(database, late, NOW)
    async with database.read() as tx:
        assert await bookings.of_id(tx, late.id) is None
        assert [who.id for who in await bookings.who(tx, wish.id)] == ["a1"]
    assert await desk.problems() == []


async def test_a_code_that_the_session_has_already_is_changed_for_another(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=2)
    first = desk.wish("a")
    await ask(desk, first)
    tries = [replace(desk.wish("b"), code=first.code), desk.wish("b")]
    assert not await bookings.take_place(database, tries[0], NOW)
    left = iter(tries)
    answer = await database.write(lambda tx: booked.ask_for(tx, desk.office, next(left)))
    assert answer.booking is not None
    assert (answer.booking.state, answer.booking.code) == ("booked", tries[1].code)
    assert await desk.problems() == []


async def test_the_schema_refuses_an_oversold_session(database: Database) -> None:
    """The control: what the application forgets, the database holds."""
    desk = await opened_desk(database, "a")
    await desk.session()
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: tx.run(OVERSOLD, {"id": "s"}))


async def test_the_schema_refuses_one_participant_twice_in_a_session(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session()
    first = desk.wish("a")
    await ask(desk, first)
    await cancelled(desk, first.id, "a")
    await ask(desk, desk.wish("a"))
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: tx.run(TWICE))


async def test_a_number_to_call_is_kept_only_while_somebody_waits(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    first, second = desk.wish("a"), desk.wish("b")
    await ask(desk, first)
    await ask(desk, second)
    assert not await database.write(lambda tx: bookings.note_phone(tx, first.id, "0595-00000000"))
    assert await database.write(lambda tx: bookings.note_phone(tx, second.id, "0595-00000000"))
    await cancelled(desk, second.id, "b")
    async with database.read() as tx:
        booking = await bookings.of_id(tx, second.id)
    assert booking
    assert booking.phone is None


async def test_a_session_that_nobody_booked_goes_without_a_trace(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("t", starts_at=STARTS + HOUR)
    await ask(desk, desk.wish("a", "s"))
    assert not await database.write(lambda tx: sessions.remove(tx, "s"))
    assert await database.write(lambda tx: sessions.remove(tx, "t"))
