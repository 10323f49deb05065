"""A child that is not there, and one that nobody fetches: the guardian is asked, then staff are told."""

from datetime import datetime, timedelta

import pytest

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli
from handlers.arrivals import watch
from messages.calendar import SHANGHAI
from storage import arrivals, attendance, bookings, conversations
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import message

STARTS = datetime(2026, 11, 26, 16, 0, tzinfo=SHANGHAI)
SCHOOL = "FZ040"
SAID = ("华城社区", "帮三年级的孩子报明天的四点半课堂", "好的")
INVITED = statement(
    "test.invited",
    "INSERT INTO invitation (id, code_hash, role, centre_id, made_by, made_at, expires_at, used_at)"
    " VALUES ('i', 'h', 'centre_manager', :centre_id, 'shell', :now_at, :later_at, :now_at)",
)
STAFF = statement(
    "test.staff",
    "INSERT INTO staff (id, role, centre_id, conversation_id, channel, address, invitation_id, since_at)"
    " VALUES ('s', 'centre_manager', :centre_id, 'c', 'web', 'boss', 'i', :now_at)",
)


def minutes(number: int) -> datetime:
    return STARTS + timedelta(minutes=number)


async def round_at(linli: Linli, at: datetime) -> int:
    return await watch(linli.database, linli.world(at), new_id)


async def heard(linli: Linli, who: str) -> str:
    lines = await linli.lines("web", who, after=0)
    return "\n".join(line.rendered.text for line in lines if line.said is None)


@pytest.fixture
async def booked(linli: Linli) -> Linli:
    """One child has a place in tomorrow's class after school, of a centre with one member of staff."""
    replies = [await linli.hear(message(said)) for said in SAID]
    assert replies[-1].view == "Booked"

    async def hire(tx: Transaction) -> None:
        await conversations.create(tx, "c", "web", "boss", "{}", STARTS)
        later = STARTS + timedelta(days=1)
        await tx.run(INVITED, {"centre_id": SCHOOL, "now_at": STARTS, "later_at": later})
        await tx.run(STAFF, {"centre_id": SCHOOL, "now_at": STARTS})

    await linli.database.write(hire)
    return linli


async def only_booking(linli: Linli) -> tuple[str, str]:
    """Its id and its participant's."""
    async with linli.database.read() as tx:
        [booking] = await bookings.of_session(tx, await session_of(tx))
        [who] = await bookings.who(tx, booking.id)
    return booking.id, who.id


async def session_of(tx: Transaction) -> str:
    found = await tx.value(statement("test.session", "SELECT session_id FROM booking WHERE state = 'booked'"))
    return str(found)


async def test_the_guardian_is_asked_once_after_a_quarter_of_an_hour(booked: Linli) -> None:
    assert await round_at(booked, minutes(14)) == 0
    assert await round_at(booked, minutes(15)) == 1
    assert await round_at(booked, minutes(16)) == 0
    assert "孩子还没有签到，到了吗" in await heard(booked, "ding")
    assert await heard(booked, "boss") == ""


async def test_staff_are_told_when_nobody_answers(booked: Linli) -> None:
    await round_at(booked, minutes(15))
    assert await round_at(booked, minutes(25)) == 1
    assert await round_at(booked, minutes(26)) == 0
    assert "家长也没有回复" in await heard(booked, "boss")


@pytest.mark.parametrize(("answer", "says"), [("到了", "孩子已经到了"), ("今天不来", "不算缺席")])
async def test_an_answer_of_the_guardian_ends_it(booked: Linli, answer: str, says: str) -> None:
    await round_at(booked, minutes(15))
    there = booked.over(booked.database, fixed_clock(minutes(17)))
    reply = await there.hear(message(answer))
    assert (reply.view, says in reply.rendered.text) == ("ArrivalNoted", True)
    assert await round_at(booked, minutes(25)) == 0
    assert await heard(booked, "boss") == ""


async def test_what_staff_noted_stands(booked: Linli) -> None:
    booking, child = await only_booking(booked)
    await booked.database.write(
        lambda tx: attendance.note(
            tx, booking, child, STARTS, arrived_at=minutes(2), left_at=None, is_missed=False, noted_by="s"
        )
    )
    assert await round_at(booked, minutes(15)) == 0
    assert not await booked.database.write(lambda tx: arrivals.note_told(tx, booking, child, STARTS, None))


async def test_a_child_that_nobody_fetches_is_noticed(booked: Linli) -> None:
    booking, child = await only_booking(booked)

    async def note(left_at: datetime | None) -> None:
        await booked.database.write(
            lambda tx: attendance.note(
                tx,
                booking,
                child,
                STARTS,
                arrived_at=minutes(2),
                left_at=left_at,
                is_missed=False,
                noted_by="s",
            )
        )

    await note(None)
    assert await round_at(booked, minutes(120 + 29)) == 0
    assert await round_at(booked, minutes(120 + 30)) == 1
    assert "还在中心等您接" in await heard(booked, "ding")
    assert await round_at(booked, minutes(120 + 40)) == 1
    assert "还没有人接走" in await heard(booked, "boss")
    await note(minutes(120 + 41))
    assert await round_at(booked, minutes(120 + 50)) == 0


async def test_a_class_that_children_come_to_alone_is_not_watched(linli: Linli) -> None:
    for said in ("浔美社区", "我想报周四的太极", "1"):
        await linli.hear(message(said))
    assert await round_at(linli, datetime(2026, 11, 26, 7, 15, tzinfo=SHANGHAI)) == 0


async def test_an_answer_without_a_question_notes_nothing(booked: Linli) -> None:
    for said in ("/there ABCD", "/not_coming ABCD"):
        reply = await booked.hear(message(said))
        assert "不用记了" in reply.rendered.text
    there = booked.over(booked.database, fixed_clock(minutes(-300)))
    async with booked.database.read() as tx:
        [booking] = await bookings.of_session(tx, await session_of(tx))
    reply = await there.hear(message(f"/there {booking.code}"))
    assert "不用记了" in reply.rendered.text
