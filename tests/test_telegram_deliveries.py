"""From the outbox to Telegram: in order, once, and every error has its end."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import httpx
import pytest
from telegram.error import BadRequest, NetworkError, TimedOut

from bot.channels.telegram.answers import FEW
from bot.channels.telegram.deliveries import no_bot
from bot.channels.telegram.errors import Outcome, outcome_of
from bot.channels.telegram.wording import Letter
from bot.dispatch import NotNow, Parcel
from bot.ids import new_id
from bot.linli import Linli
from handlers.saying import say
from messages.view_codec import to_json
from messages.views import PlaceNoted
from storage import conversations
from storage.database import Transaction
from storage.statements import statement
from tests.sample import NOW, rows_of
from tests.telegram_town import DING, LIN, TOKEN, Fault, Town, VirtualTime, refused, town, town_of
from tests.test_logs import lines, stream

__all__ = ["stream", "town"]
TOLD = "东湖社区"
LONG = timedelta(days=1)
WAITING = statement("test.waiting", "SELECT view FROM outbox WHERE state = 'waiting' ORDER BY number")
DUE = statement("test.due", "SELECT due_at FROM outbox WHERE state = 'waiting' ORDER BY number")


async def tell(town: Town, chat: int = DING, times: int = 1) -> None:
    """Linli says something of its own accord, each time of another place."""
    async with town.linli.database.read() as tx:
        thread = await conversations.find(tx, "telegram", str(chat))
    assert thread

    async def work(tx: Transaction) -> None:
        for at in range(times):
            number, view = str(new_id()), PlaceNoted(f"{TOLD}{at}号", ())
            await say(tx, thread.id, view, key=f"news {number}", now=NOW, new_id=number, within=LONG)

    await town.linli.database.write(work)


async def test_news_is_delivered_as_it_was_said(town: Town) -> None:
    await town.say("你好")
    await tell(town, times=2)
    assert await town.deliver() == 2
    assert len(town.fake.texts) == 3
    assert TOLD in town.fake.texts[-1]
    assert await town.states() == []


@pytest.mark.parametrize(
    ("fault", "state", "outcome"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), "dead", "unreachable"),
        (refused(403, "Forbidden: user is deactivated"), "dead", "unreachable"),
        (refused(400, "Bad Request: chat not found"), "dead", "unreachable"),
        (refused(400, "Bad Request: can't parse entities: 东湖"), "dead", "fault"),
        (refused(400, "Bad Request: message is too long"), "dead", "fault"),
        (refused(401, "Unauthorized"), "waiting", "operator"),
        (refused(409, "Conflict: x"), "waiting", "operator"),
        (refused(429, "Too Many Requests: retry after 35", retry_after=35), "waiting", "flood"),
        (refused(500, "Internal Server Error"), "waiting", "later"),
        (refused(502, "Bad Gateway"), "waiting", "later"),
        (httpx.ReadTimeout("x"), "waiting", "later"),
        (httpx.ConnectError("x"), "waiting", "later"),
    ],
)
async def test_each_error_has_its_end(town: Town, fault: Fault, state: str, outcome: str) -> None:
    await town.say("你好")
    await tell(town)
    town.fake.faults["sendMessage"] = [fault]
    assert await town.deliver(1) == 0
    assert await town.states() == [state]
    figures = town.linli.metrics.text().decode()
    assert f'linli_pushes_total{{channel="telegram",outcome="{outcome}"}} 1.0' in figures


async def test_a_flood_silences_everything_for_as_long_as_it_says_and_nothing_is_lost(town: Town) -> None:
    await town.say("你好", DING)
    await town.say("你好", LIN)
    await tell(town, DING)
    town.fake.faults["sendMessage"] = [refused(429, "Too Many Requests", retry_after=35)]
    assert await town.deliver(1) == 0
    assert (await due(town)) == [timedelta(seconds=35)]
    calls = len(town.fake.named("sendMessage"))
    await tell(town, LIN)
    assert await town.deliver(1) == 0
    assert await town.say("东湖社区几点开门", LIN) == []
    assert len(town.fake.named("sendMessage")) == calls
    town.later(seconds=36)
    town.time.now += 36
    assert await town.deliver() == 3
    assert await town.states() == []


async def due(town: Town) -> list[timedelta]:
    async with town.linli.database.read() as tx:
        rows = await tx.rows(DUE)
    return [row["due_at"] - NOW for row in rows]


async def test_who_blocked_the_bot_is_tried_once_for_all_that_waits(town: Town) -> None:
    await town.say("你好")
    await tell(town, times=5)
    before = len(town.fake.texts)
    town.fake.faults["sendMessage"] = [refused(403, "Forbidden: bot was blocked by the user")]
    assert await town.deliver(6) == 0
    assert len(town.fake.texts) - before == 1
    assert await town.states() == ["dead"] * 5
    assert await town.say("你好")


async def test_a_group_that_became_another_chat_is_followed(town: Town) -> None:
    await town.say("你好")
    await tell(town)
    town.fake.faults["sendMessage"] = [refused(400, "Bad Request: upgraded", migrate_to_chat_id=-2002)]
    assert await town.deliver() == 1
    assert [given["chat_id"] for given in town.fake.named("sendMessage")][-2:] == [str(DING), "-2002"]


async def test_an_answer_whose_sending_failed_goes_out_with_the_next_beat(town: Town) -> None:
    town.fake.faults["sendMessage"] = [refused(502, "Bad Gateway")]
    await town.say("东湖社区几点开门")
    assert await town.states() == ["waiting"]
    town.later(minutes=1)
    assert await town.deliver() == 1
    assert TOLD in town.fake.texts[-1]


async def test_an_answer_of_which_nobody_knows_whether_it_arrived_is_sent_again_and_done_once(
    town: Town,
) -> None:
    """It stands there twice rather than never; what it tells of happened once."""
    for said in ("浔美社区", "我想报太极", "1"):
        await town.say(said)
    town.fake.faults["sendMessage"] = [httpx.ReadTimeout("no answer")]
    await town.say("1")
    town.later(minutes=1)
    assert await town.deliver() == 1
    assert town.fake.texts[-1] == town.fake.texts[-2]
    assert len((await rows_of(town.linli.database, "booking"))["booking"]) == 1


async def test_an_answer_is_not_lost_with_the_process_that_committed_it(town: Town) -> None:
    """It dies between commit and sending: what it leased is sent by the next when the lease has run out."""
    town.fake.faults["sendMessage"] = [asyncio.CancelledError()]
    taking = asyncio.create_task(town.say("东湖社区几点开门"))
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert await town.states() == ["leased"]
    async with town_of(town.linli) as again:
        again.later(minutes=1)
        assert await again.deliver() == 1
        assert TOLD in again.fake.texts[-1]


async def test_whoever_writes_again_is_not_kept_waiting_for_the_pause_of_a_failure(town: Town) -> None:
    town.fake.faults["sendMessage"] = [refused(502, "Bad Gateway")]
    assert len(await town.say("东湖社区几点开门")) == 1
    sent = await town.say("你好")
    assert len(sent) == 2
    assert TOLD in sent[0]


async def test_much_news_before_an_answer_is_left_to_the_beat_and_so_is_the_answer(town: Town) -> None:
    await town.say("你好")
    await tell(town, times=FEW - 1)
    assert len(await town.say("东湖社区几点开门")) == FEW
    await tell(town, times=FEW + 2)
    assert len(await town.say("电话多少")) == FEW
    assert await town.states() == ["waiting"] * 3
    assert await town.deliver() == 3
    assert "电话" in town.fake.texts[-1]


async def test_what_of_a_long_answer_arrived_is_not_sent_again_with_the_rest(town: Town) -> None:
    *_, last = await town.say("最近的老年食堂")
    assert len(town.fake.texts) == 2
    async with town_of(town.linli) as other:
        fault = refused(502, "Bad Gateway")

        async def second_fails(method: str) -> None:
            if (
                method == "sendMessage"
                and len(other.fake.texts) == 2
                and "sendMessage" not in other.fake.faults
            ):
                other.fake.faults["sendMessage"] = [fault]

        other.fake.meanwhile = second_fails
        await other.say("最近的老年食堂", LIN)
        assert len(other.fake.texts) == 2
        assert await other.states() == ["waiting"]
        other.later(minutes=1)
        assert await other.deliver() == 1
        assert other.fake.texts[1:] == [last, last]
        assert other.fake.texts.count(other.fake.texts[0]) == 1


def arrived(town: Town) -> list[int]:
    """Which of four places was told when; of what failed and was sent again, the last time counts."""
    told = [re.search(rf"{TOLD}([0-9])号", text) for text in town.fake.texts]
    numbers = [int(each[1]) for each in told if each]
    return list(dict.fromkeys(reversed(numbers)))[::-1]


@pytest.mark.parametrize("fails_after", [0, 1, 3])
async def test_messages_of_a_chat_arrive_in_their_order_whatever_fails(town: Town, fails_after: int) -> None:
    await town.say("你好")
    await tell(town, times=4)
    await town.deliver(fails_after)
    town.fake.faults["sendMessage"] = [refused(502, "x"), refused(500, "x")]
    for _ in range(12):
        await town.deliver(1)
        town.later(minutes=1)
    assert await town.states() == []
    assert arrived(town) == [0, 1, 2, 3]


async def test_control_a_worker_that_goes_on_behind_a_failure_is_noticed(town: Town) -> None:
    await town.say("你好")
    await tell(town, times=4)
    async with town.linli.database.read() as tx:
        waiting = await tx.rows(WAITING)
    parcels = [Parcel(str(n), "telegram", str(DING), n, str(row["view"])) for n, row in enumerate(waiting)]
    town.fake.faults["sendMessage"] = [refused(502, "x")]
    with pytest.raises(NotNow):
        await town.deliveries.deliver(parcels[0])
    for parcel in (*parcels[1:], parcels[0]):
        await town.deliveries.deliver(parcel)
    assert arrived(town) == [1, 2, 3, 0]


async def test_an_edit_keeps_its_distance_in_a_chat_like_a_message(sqlite_linli: Linli) -> None:
    time = VirtualTime()
    async with town_of(sqlite_linli, time) as town:
        called: list[tuple[str, float]] = []

        async def note(method: str) -> None:
            called.append((method, time.now - 1_000))

        town.fake.meanwhile = note
        sending = [town.outgoing.send(DING, Letter("a")), town.outgoing.replace(DING, 1_001, Letter("b"))]
        await time.pass_while(asyncio.gather(*sending, town.outgoing.send(DING, Letter("c"))))
    assert [method for method, _ in called] == ["sendMessage", "editMessageText", "sendMessage"]
    assert [at for _, at in called] == pytest.approx([0, 1, 2], abs=0.1)


async def test_each_letter_of_a_message_says_when_its_turn_has_come(sqlite_linli: Linli) -> None:
    """The second waits a second, in which its call has not begun."""
    time = VirtualTime()
    begun: list[float] = []
    async with town_of(sqlite_linli, time) as town:
        long = replace(parcel(DING), view=to_json(PlaceNoted("好。" * 3000, ()), "zh"))
        sending = town.deliveries.deliver(replace(long, begins=lambda: begun.append(time.now - 1_000)))
        await time.pass_while(sending)
    assert begun == pytest.approx([0, 1], abs=0.1)


async def test_danger_overtakes_news_that_already_waits_for_its_turn(sqlite_linli: Linli) -> None:
    """News to 90 chats takes three seconds; an answer, or danger, comes in the first."""
    time = VirtualTime()
    async with town_of(sqlite_linli, time) as town:
        news = [parcel(chat) for chat in range(100, 190)]
        sending = [asyncio.create_task(town.deliveries.deliver(each)) for each in news]

        async def danger() -> float:
            await time.wait(0.1)
            await town.deliveries.deliver(replace(parcel(DING), is_urgent=True))
            return time.now - 1_000

        last = asyncio.create_task(danger())
        await time.pass_while(asyncio.gather(last, *sending))
        assert await last < 0.5
        assert time.now - 1_000 > 2.5


def parcel(chat: int) -> Parcel:
    return Parcel(f"to {chat}", "telegram", str(chat), 1, to_json(PlaceNoted(TOLD, ()), "zh"))


async def test_a_beat_that_is_cut_off_keeps_its_message(town: Town) -> None:
    await town.say("你好")
    await tell(town)
    never = asyncio.Event()

    async def hangs(method: str) -> None:
        await never.wait()

    town.fake.meanwhile = hangs
    assert await town.deliver(1, patience_s=0.05) == 0
    assert await town.states() == ["waiting"]
    never.set()


async def test_nothing_of_a_message_or_the_token_stands_in_the_log(town: Town, stream: StringIO) -> None:
    await town.say("你好")
    await tell(town)
    town.fake.faults["sendMessage"] = [
        refused(400, f"Bad Request: can't parse entities: {TOLD}"),
        refused(401, "Unauthorized"),
    ]
    await town.deliver(1)
    await tell(town)
    await town.deliver(1)
    told = [line for line in lines(stream) if line["event"] == "Telegram did not take a message"]
    assert [line["outcome"] for line in told] == ["fault", "operator"]
    assert TOLD not in stream.getvalue()
    assert TOKEN not in stream.getvalue()


async def test_without_a_bot_what_waits_waits_on() -> None:
    with pytest.raises(NotNow):
        await no_bot(Parcel("1", "telegram", "7", 1, "{}"))


def test_errors_are_known_by_what_telegram_says() -> None:
    assert outcome_of(BadRequest("Message is not modified: x")) is Outcome.MOOT
    assert outcome_of(BadRequest("Query is too old and response timeout expired")) is Outcome.MOOT
    assert outcome_of(BadRequest("Whatever is new")) is Outcome.FAULT
    assert outcome_of(TimedOut()) is Outcome.LATER
    assert outcome_of(NetworkError("x")) is Outcome.LATER
