"""A family's bookings in its calendar, on both engines: what stands there, and what changes it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bot.clock import fixed_clock
from bot.linli import Linli
from handlers import bookings as booked
from handlers import calendars
from handlers.bookings import Office
from handlers.calendars import KEPT
from messages.ics import BookedEvent
from storage import directory as directory_store
from storage import sessions
from storage.booked_dates import SQL
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_rows import SHANGHAI, Told
from tests.sample import NOW, message

STARTS = datetime(2026, 11, 26, 7, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Lin:
    """A resident who has booked the morning exercise of the next day, and what happens to it later."""

    linli: Linli

    @classmethod
    async def booked(cls, linli: Linli) -> "Lin":
        lin = cls(linli)
        assert await lin.say("浔美社区", "我想报周四的太极", "1") == "Booked"
        return lin

    def at(self, now: datetime) -> "Lin":
        return Lin(self.linli.over(self.linli.database, fixed_clock(now)))

    @property
    def now(self) -> datetime:
        return self.linli.clock()

    async def say(self, *sentences: str) -> str:
        view = ""
        for said in sentences:
            view = (await self.linli.hear(message(said))).view
        return view

    async def family(self) -> str:
        family_id = await self.linli.calendar_family("web", "ding")
        assert family_id
        return family_id

    async def events(self) -> tuple[BookedEvent, ...]:
        world = self.linli.world(self.now)
        family_id = await self._family_id()
        async with self.linli.database.read() as tx:
            found = await calendars.of_family(tx, family_id, world)
        assert found
        return found.events

    async def event(self) -> BookedEvent:
        [event] = await self.events()
        return event

    async def feed(self) -> list[Any]:
        file = await self.linli.calendar_feed(await self._family_id())
        assert file
        return entries(file)

    async def office(self, work: Callable[[Transaction, Office, str], Awaitable[Any]]) -> Any:
        """Something the centre does with the session."""
        office = Office(self.now, Told())
        session_id = await self._one("SELECT session_id FROM booking ORDER BY made_at DESC, id")
        return await self.linli.database.write(lambda tx: work(tx, office, session_id))

    async def code(self) -> str:
        return str(await self._one("SELECT code FROM booking WHERE state = 'booked'"))

    async def _family_id(self) -> str:
        return str(await self._one("SELECT family_id FROM conversation WHERE family_id IS NOT NULL"))

    async def _one(self, sql: str) -> Any:
        async with self.linli.database.read() as tx:
            return await tx.value(statement("test.one", sql))


def entries(file: bytes) -> list[Any]:
    calendar = Calendar.from_ical(file)
    assert isinstance(calendar, Calendar)
    return list(calendar.events)


# What stands there


async def test_a_booking_is_an_entry_with_place_time_and_deadline_and_without_a_name(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    event = await lin.event()
    assert (event.activity, event.room is not None) == ("太极晨练", True)
    assert "浔美" in event.centre
    [meeting] = event.meetings
    assert (meeting.key, meeting.starts_at, meeting.ends_at) == ("1", STARTS, STARTS + HOUR)
    assert event.cancel_by == datetime(2026, 11, 26, 6, 0, tzinfo=SHANGHAI)
    assert (event.is_cancelled, event.is_provisional) == (False, False)
    assert event.changed_at == NOW
    assert event.phone is None  # the sample's numbers are invented
    [entry] = await lin.feed()
    assert (entry["STATUS"], entry["DTSTART"].dt) == ("CONFIRMED", STARTS)
    assert "2026年11月26日6:00前取消" in entry["DESCRIPTION"]


async def test_nobody_who_takes_part_is_named_in_a_file(linli: Linli) -> None:
    lin = Lin(linli)
    assert await lin.say("浔美社区", "帮孩子报明天的四点钟课堂", "三年级", "1") == "Booked"
    await linli.database.write(lambda tx: tx.script("UPDATE participant SET alias = 'Canary'"))
    code = await lin.code()
    place = await linli.place("web", "ding", code)
    assert place
    held, _ = place
    assert held.people == ("Canary",)  # the control: elsewhere the family reads it
    files = [await linli.calendar_feed(await lin.family()), await linli.calendar_file("web", "ding", [code])]
    for file in files:
        assert file
        text = file.replace(b"\r\n ", b"").decode()
        assert "SUMMARY:四点半课堂" in text
        assert not re.search("Canary|孩子|child|三年级|ding", text)


async def test_who_waits_or_has_an_offer_has_nothing_in_the_calendar_yet(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    waits = "UPDATE booking SET state = 'waiting', in_line = 1, booked_at = NULL"
    await lin.linli.database.write(lambda tx: tx.script(waits))
    assert await lin.events() == ()
    assert await lin.linli.calendar_family("web", "ding") is None
    assert await lin.feed() == []


async def test_a_camp_is_an_entry_for_each_of_its_days(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    days = [(STARTS + timedelta(days=n), STARTS + timedelta(days=n) + HOUR) for n in range(3)]
    await lin.office(lambda tx, office, session: booked.move(tx, office, session, days, by_manager=True))
    event = await lin.event()
    assert [(each.key, each.starts_at) for each in event.meetings] == [
        (str(n), start) for n, (start, _) in enumerate(days, 1)
    ]
    assert len({entry["UID"] for entry in await lin.feed()}) == 3


async def test_what_the_office_took_out_of_the_directory_has_no_name_any_more(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    activity = await lin._one("SELECT activity_id FROM session WHERE taken = 1")

    async def work(tx: Transaction) -> None:
        await directory_store.withdraw_activities(tx, [activity], NOW)
        await directory_store.bump_version(tx, NOW)

    await linli.database.write(work)
    assert await lin.events() != ()
    assert await linli.take_up_directory()
    assert await lin.events() == ()
    assert await linli.calendar_family("web", "ding") is None
    assert await linli.calendar_file("web", "ding", [await lin.code()]) is None


# What changes it


async def test_each_change_is_a_higher_revision_of_the_same_entry(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    seen, keys = [await lin.event()], {await lin.family()}
    later = STARTS + timedelta(days=1)
    changes: list[Callable[[Transaction, Office, str], Awaitable[Any]]] = [
        lambda tx, office, session: booked.move(
            tx, office, session, [(later, later + HOUR)], by_manager=False
        ),
        lambda tx, office, session: sessions.settle(tx, session, True, office.now),
        lambda tx, office, session: sessions.settle(tx, session, False, office.now),
        lambda tx, office, session: booked.move(
            tx, office, session, [(STARTS, STARTS + HOUR)], by_manager=True, is_provisional=True
        ),
        lambda tx, office, session: booked.call_off(tx, office, session, "storm"),
    ]
    for number, change in enumerate(changes, 1):
        then = lin.at(NOW + number * MINUTE)
        assert await then.office(change) != []
        event = await then.event()
        assert event.changed_at == then.now
        seen.append(event)
    assert [each.revision for each in seen] == sorted({each.revision for each in seen})
    assert {each.booking_id for each in seen} == {seen[0].booking_id}
    assert {each.meetings[0].key for each in seen} == {"1"}
    assert [each.meetings[0].starts_at for each in seen] == [STARTS, later, later, later, STARTS, STARTS]
    assert [each.is_provisional for each in seen[:5]] == [False, False, True, False, True]
    assert [each.is_cancelled for each in seen] == [False] * 5 + [True]
    assert keys == {await lin.family()}


async def test_changes_within_one_second_count_as_well(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    before = await lin.event()
    assert await lin.say("取消预约", "1") == "Cancelled"
    after = await lin.event()
    assert (before.is_cancelled, after.is_cancelled) == (False, True)
    assert after.changed_at == before.changed_at
    assert after.revision > before.revision


async def test_what_others_do_to_the_session_changes_not_one_byte_of_the_feed(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    family = await lin.family()
    first = await linli.calendar_feed(family)
    for said in ("浔美社区", "我想报周四的太极", "1", "取消预约", "1"):
        await lin.at(NOW + HOUR).linli.hear(message(said, address="wang"))
    assert await lin.at(NOW + 2 * HOUR).linli.calendar_feed(family) == first


async def test_another_date_is_another_entry_and_the_first_says_that_it_is_off(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    first = await lin.event()
    assert await lin.at(NOW + HOUR).say("改期", "1", "1") == "Booked"
    [was, now] = await lin.at(NOW + HOUR).events()
    assert (was.booking_id, was.is_cancelled, now.is_cancelled) == (first.booking_id, True, False)
    assert was.revision > first.revision
    assert [entry["STATUS"] for entry in await lin.feed()] == ["CANCELLED", "CONFIRMED"]


async def test_what_was_cancelled_or_is_over_stays_four_weeks(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    over = STARTS + HOUR + KEPT
    assert len(await lin.at(over - MINUTE).events()) == 1
    assert await lin.at(over).events() == ()
    await lin.at(NOW + HOUR).say("取消预约", "1")
    off = NOW + HOUR + KEPT
    [event] = await lin.at(off - MINUTE).events()
    assert event.is_cancelled
    assert await lin.at(off).events() == ()
    assert await lin.at(off).linli.calendar_family("web", "ding") is None


@pytest.mark.parametrize(("ended", "is_told"), [("late", True), ("erased", False), ("declined", False)])
async def test_only_what_was_cancelled_or_called_off_is_told_after_its_end(
    linli: Linli, ended: str, is_told: bool
) -> None:
    lin = await Lin.booked(linli)
    await lin.say("取消预约", "1")
    await linli.database.write(lambda tx: tx.script(f"UPDATE booking SET ended = '{ended}'"))
    assert [event.is_cancelled for event in await lin.events()] == [True] * is_told


# Whose it is


async def test_a_file_holds_the_bookings_of_these_codes_of_this_resident_and_no_others(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    code = await lin.code()
    file = await linli.calendar_file("web", "ding", [code, "none"])
    assert file
    assert [entry["SUMMARY"] for entry in entries(file)] == ["太极晨练"]
    assert await linli.calendar_file("web", "ding", ["none"]) is None
    await linli.hear(message("你好", address="wang"))
    for address in ("wang", "nobody"):
        assert await linli.calendar_file("web", address, [code]) is None
        assert await linli.calendar_family("web", address) is None
        assert await linli.place("web", address, code) is None


async def test_the_file_of_a_cancelled_booking_takes_it_out_of_the_calendar(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    code = await lin.code()
    await lin.say("取消预约", "1")
    file = await linli.calendar_file("web", "ding", [code])
    assert file
    assert b"METHOD:CANCEL\r\n" in file


async def test_a_code_can_be_held_out_while_there_is_a_place(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    code = await lin.code()
    place = await linli.place("web", "ding", code)
    assert place
    held, path = place
    assert path.startswith("/desk/arrive/")
    assert (held.code, held.activity.name, held.slot.starts_at) == (code, "太极晨练", STARTS)
    assert await linli.place("web", "ding", "none") is None
    assert await lin.at(STARTS + HOUR).linli.place("web", "ding", code) is None
    await lin.say("取消预约", "1")
    assert await linli.place("web", "ding", code) is None


async def test_a_feed_is_gone_with_the_family_and_unknown_to_begin_with(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    family = await lin.family()
    assert await linli.calendar_feed("nobody") is None
    assert await linli.calendar_feed(family)
    await linli.database.write(lambda tx: tx.script("UPDATE conversation SET family_id = NULL"))
    assert await linli.calendar_feed(family) is None


async def test_a_feed_speaks_as_its_family_did_last(linli: Linli) -> None:
    lin = await Lin.booked(linli)
    assert "太极晨练" in [entry["SUMMARY"] for entry in await lin.feed()]
    await lin.at(NOW + HOUR).say("/language en")
    assert "please cancel before" in (await lin.feed())[0]["DESCRIPTION"]
    file = await linli.calendar_file("web", "ding", [await lin.code()])
    assert file
    assert "please cancel before" in entries(file)[0]["DESCRIPTION"]


async def test_the_links_stand_below_what_is_booked_alone(linli: Linli) -> None:
    for said in ("浔美社区", "我想报周四的太极"):
        assert (await linli.hear(message(said))).rendered.calendar == ()
    done = await linli.hear(message("1"))
    code = await Lin(linli).code()
    assert done.rendered.calendar == (code,)
    assert (await linli.hear(message("我的预约"))).rendered.calendar == (code,)
    assert (await linli.hear(message("取消预约"))).rendered.calendar == ()
    assert (await linli.hear(message("1"))).rendered.calendar == ()


async def test_both_halves_of_the_search_have_an_index(sqlite_database: Database) -> None:
    plan = statement("plan", f"EXPLAIN QUERY PLAN {SQL['of_family'].sql}")
    params = {"family_id": "f", "since_at": datetime(2026, 11, 25, tzinfo=UTC)}
    async with sqlite_database.read() as tx:
        steps = "\n".join(row["detail"] for row in await tx.rows(plan, params))
    assert "booking_by_family" in steps
    assert "booking_gone_by_family" in steps
    assert "SCAN b" not in steps
