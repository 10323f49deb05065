"""Pages that are read on with 0, and news that comes along with the next answer."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ids import new_id
from bot.linli import Linli
from handlers.asks import Ask, Dialogue, dialogue_to_json
from handlers.intents import INTENTS, Intent
from handlers.saying import say
from handlers.world import Outcome, World
from messages.view_parts import Choice
from messages.views import Greeted, PlaceNoted, View
from storage import care, conversations, erasing, wechat
from storage.database import Transaction
from tests.engines import opened
from tests.sample import NOW, Sample, linli_over, rows_of, settings_for
from tests.wechat_follower import Follower, following, route_over

MANY = tuple(Choice(f"第{n}个" + "选" * 70, "/help") for n in range(1, 10))
NEXT = "回复 0 看下一页"
HERE = PlaceNoted("东湖社区", (Choice("看活动", "/help"),))


def greet_at_length(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(Greeted(MANY), dialogue)


@pytest.fixture
async def wordy(sample_url: str, sample: Sample, tmp_path: Path) -> AsyncIterator[Linli]:
    """A Linli whose greeting has more choices than a page holds."""
    intents = {**INTENTS, "greet": Intent(greet_at_length)}
    async with opened(sample_url) as database:
        yield linli_over(database, sample, settings_for(sample_url, tmp_path), intents=intents)


@pytest.fixture
async def ding(wordy: Linli) -> AsyncIterator[Follower]:
    async with following(route_over(wordy)) as follower:
        yield follower


async def tell(
    linli: Linli, *, to: str = "oDing", due: datetime = NOW, times: int = 1, view: View = HERE
) -> None:
    """News of Linli's own accord."""

    async def work(tx: Transaction) -> None:
        talk = await conversations.create(tx, f"talk-{to}", "wechat", to, dialogue_to_json(Dialogue()), NOW)
        for _ in range(times):
            row = str(new_id())
            await say(tx, talk.id, view, key=row, now=due, new_id=row, within=timedelta(days=1))

    await linli.database.write(work)


async def waiting(linli: Linli) -> int:
    rows = (await rows_of(linli.database, "outbox"))["outbox"]
    return sum("'waiting'" in row for row in rows)


def plain(text: str) -> str:
    """Without what differs from one answer to the next."""
    return re.sub(r"msgmenuid=[0-9.]+", "", text)


@pytest.mark.parametrize("zero", ["0", "０", " 0 "])
async def test_zero_reads_on_and_is_no_message_to_linli(wordy: Linli, ding: Follower, zero: str) -> None:
    first = await ding.say("你好")
    assert NEXT in first
    second = await ding.say(zero)
    assert "9. " in second
    assert NEXT not in second
    assert "1. " not in second
    assert len((await rows_of(wordy.database, "inbox"))["inbox"]) == 1


async def test_a_page_that_is_asked_for_again_is_the_same(ding: Follower) -> None:
    await ding.say("你好")
    second = await ding.say("0", id="7")
    assert await ding.say("0", id="7") == second


async def test_the_first_page_that_is_pushed_again_is_the_first(ding: Follower) -> None:
    first = await ding.say("你好", id="7")
    await ding.say("0")
    assert await ding.say("你好", id="7") == first


async def test_behind_the_last_page_zero_is_what_it_is_anywhere(wordy: Linli, ding: Follower) -> None:
    await ding.say("你好")
    second = await ding.say("0")
    third = await ding.say("0")
    async with following(route_over(wordy), openid="oLin") as lin:
        assert plain(third) == plain(await lin.say("0")) != plain(second)
    assert len((await rows_of(wordy.database, "inbox"))["inbox"]) == 3


async def test_after_another_answer_zero_does_not_go_back(ding: Follower) -> None:
    await ding.say("你好")
    await ding.say("东湖社区几点开门")
    assert "9. " not in await ding.say("0")


async def test_the_link_to_the_next_page_is_good_while_it_stands(wordy: Linli, ding: Follower) -> None:
    await ding.say("你好")
    second = await ding.say("0", bizmsgmenuid="1.1.0")
    assert "9. " in second
    gone = await ding.say("0", bizmsgmenuid="1.1.0")
    assert "12345" in gone
    await ding.say("你好")
    assert "9. " not in await ding.say("0", bizmsgmenuid="1.1.0")
    assert "'gone'" in "".join((await rows_of(wordy.database, "inbox"))["inbox"])


async def test_a_choice_of_the_second_page_can_be_typed(ding: Follower) -> None:
    await ding.say("你好")
    await ding.say("0")
    answer = await ding.say("9")
    assert "选选" not in answer
    assert plain(answer) == plain(await ding.say("/help"))


async def test_what_erasing_emptied_is_not_shown_again(wordy: Linli, ding: Follower) -> None:
    await ding.say("你好")
    await ding.say("0", id="7")
    async with wordy.database.read() as tx:
        talk = await wechat.thread(tx, "wechat", "oDing")
    assert talk
    await wordy.database.write(lambda tx: tx.run(erasing.SQL["empty_outbox"], {"conversation_id": talk.id}))
    assert "选选" not in await ding.say("0", id="7")
    assert "选选" not in await ding.say("查询结果")


async def test_news_comes_before_the_next_answer_and_once(wordy: Linli, ding: Follower) -> None:
    await tell(wordy)
    first = await ding.say("东湖社区几点开门", id="7")
    assert first.startswith("好，我记住")
    assert await ding.say("东湖社区几点开门", id="7") == first
    assert await waiting(wordy) == 0
    assert not (await ding.say("东湖社区几点开门", id="8")).startswith("好，我记住")
    assert await care.check(wordy.database) == []


async def test_news_is_fetched_without_a_question(wordy: Linli, ding: Follower) -> None:
    await tell(wordy)
    news = await ding.say("查询结果")
    assert news.startswith("好，我记住")
    assert "1. " in news
    assert (await rows_of(wordy.database, "inbox"))["inbox"] == []


async def test_who_has_nothing_to_fetch_is_told_so(wordy: Linli, ding: Follower) -> None:
    assert "没有新的消息" in await ding.say("查询结果")
    await tell(wordy, due=NOW + timedelta(hours=1))
    assert "没有新的消息" in await ding.say("查询结果")


async def test_news_for_later_waits_for_later(wordy: Linli, ding: Follower) -> None:
    await tell(wordy, due=NOW + timedelta(hours=1))
    assert not (await ding.say("东湖社区几点开门")).startswith("好，我记住")
    assert await waiting(wordy) == 1


async def test_a_lot_of_news_comes_in_portions(wordy: Linli, ding: Follower) -> None:
    await tell(wordy, times=7)
    text = await ding.say("你好")
    while NEXT in text:
        text = await ding.say("0")
    assert await waiting(wordy) == 2
    await ding.say("查询结果")
    assert await waiting(wordy) == 0


async def test_news_of_one_is_not_told_to_another(wordy: Linli, ding: Follower) -> None:
    await tell(wordy, to="oLin")
    assert not (await ding.say("东湖社区几点开门")).startswith("好，我记住")
    assert await waiting(wordy) == 1


async def test_a_digit_means_what_was_shown_not_unseen_news(wordy: Linli, ding: Follower) -> None:
    """Linli takes a digit for the newest it said; the resident has not seen that yet."""
    opened_at = await ding.say("东湖社区几点开门")
    meant = plain(await ding.say("1"))
    assert "1. " in opened_at
    await ding.say("东湖社区几点开门")
    await tell(wordy, due=NOW + timedelta(hours=1))
    assert plain(await ding.say("1")) == meant
    await ding.say("东湖社区几点开门")
    await tell(wordy)
    assert plain(await ding.say("1")).endswith(meant)


async def test_a_digit_that_was_not_offered_is_left_to_linli(wordy: Linli, ding: Follower) -> None:
    await ding.say("东湖社区几点开门")
    await tell(wordy, due=NOW + timedelta(hours=1))
    assert "12345" in await ding.say("9")


@pytest.mark.parametrize("pick", ["1", "1.", "第一个", "选1", "option 1"])
async def test_however_a_choice_is_picked_unseen_news_is_not_meant(
    wordy: Linli, ding: Follower, pick: str
) -> None:
    await ding.say("你好")
    meant = plain(await ding.say("1"))
    await ding.say("东湖社区几点开门")
    about = plain(await ding.say("1"))
    assert about != meant
    await ding.say("东湖社区几点开门")
    await tell(wordy, due=NOW + timedelta(hours=1))
    assert plain(await ding.say(pick)) == about


@pytest.mark.parametrize("pick", ["1", "第一个"])
async def test_who_was_shown_nothing_yet_picks_no_choice_of_unseen_news(
    wordy: Linli, ding: Follower, pick: str
) -> None:
    await tell(wordy, due=NOW + timedelta(hours=1))
    await ding.say(pick)
    assert "'gone'" in "".join((await rows_of(wordy.database, "inbox"))["inbox"])


async def test_a_choice_that_was_not_offered_is_not_taken_from_unseen_news(
    wordy: Linli, ding: Follower
) -> None:
    await ding.say("0")
    await ding.say("/help")
    for pick in ("9", "第九个"):
        await tell(wordy, due=NOW + timedelta(hours=1), view=Greeted(MANY))
        await ding.say(pick)
    rows = (await rows_of(wordy.database, "inbox"))["inbox"]
    assert sum("'gone'" in row for row in rows) == 2
