"""The address that WeChat pushes to: who may, what is answered, and that it always is."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.wechat.fields import BODY_BYTES
from bot.channels.wechat.gate import Mode
from bot.channels.wechat.languages import Languages
from bot.channels.wechat.route import WeChatRoute
from bot.linli import Linli
from bot.web.rates import MANY
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS, Intent
from handlers.talk import greet
from handlers.world import Outcome, Scene, World
from storage import care
from tests.engines import opened
from tests.sample import Sample, acting, linli_over, rows_of, settings_for
from tests.web_visitor import until
from tests.wechat_follower import AT, TOKEN, Follower, following, route_over, signed, xml

MODES: tuple[Mode, ...] = ("plain", "compat", "safe")
TAP = re.compile(r'msgmenucontent=(\d)&msgmenuid=([0-9.]+)">([^<]*)</a>')


@pytest.fixture
async def ding(linli: Linli) -> AsyncIterator[Follower]:
    async with following(route_over(linli)) as follower:
        yield follower


def taps(text: str) -> dict[str, dict[str, str]]:
    """What each link sends when it is tapped, by its label."""
    return {label: {"text": said, "bizmsgmenuid": carried} for said, carried, label in TAP.findall(text)}


async def counted(linli: Linli, table: str) -> int:
    return len((await rows_of(linli.database, table))[table])


@pytest.mark.parametrize("mode", MODES)
async def test_a_question_is_answered_in_the_request_itself(sqlite_linli: Linli, mode: Mode) -> None:
    async with following(route_over(sqlite_linli, mode), mode) as ding:
        text = await ding.say("东湖社区几点开门")
    assert "东湖" in text
    assert re.search(r"\d{1,2}:\d\d", text)
    assert await counted(sqlite_linli, "inbox") == 1
    assert await care.check(sqlite_linli.database) == []


@pytest.mark.parametrize("mode", MODES)
async def test_the_console_gets_its_raw_word_back(sqlite_linli: Linli, mode: Mode) -> None:
    async with following(route_over(sqlite_linli, mode), mode) as ding:
        plain = {
            "timestamp": str(AT),
            "nonce": "1",
            "signature": signed(TOKEN, str(AT), "1"),
            "echostr": "42<&",
        }
        answer = await ding.http.get("/wechat", params=plain)
        assert (answer.status_code, answer.text) == (200, "42<&")
        assert answer.headers["content-type"].startswith("text/plain")
        answer = await ding.http.get("/wechat", params=plain | {"nonce": "2"})
        assert (answer.status_code, answer.text) == (403, "")


@pytest.mark.parametrize("mode", MODES)
async def test_who_is_not_wechat_is_refused_and_nothing_is_done(sqlite_linli: Linli, mode: Mode) -> None:
    async with following(route_over(sqlite_linli, mode), mode) as ding:
        good = await ding.send("text", Content="你好", MsgId="1")
        assert good.status_code == 200
        for name in ("signature", "msg_signature", "timestamp", "nonce"):
            request = good.request
            params = dict(request.url.params)
            if name not in params or (name == "signature" and mode != "plain"):
                continue
            first = params[name][0]
            params[name] = ("0" if first != "0" else "1") + params[name][1:]
            answer = await ding.http.post("/wechat", params=params, content=request.content)
            assert (answer.status_code, answer.text) == (403, "")
        assert (await ding.http.post("/wechat", content=good.request.content)).status_code == 403
    assert await counted(sqlite_linli, "inbox") == 1


async def test_a_plain_push_opens_no_sealed_account(sqlite_linli: Linli) -> None:
    async with following(route_over(sqlite_linli, "safe")) as forger:
        assert (await forger.send("text", Content="你好", MsgId="1")).status_code == 403
    assert await counted(sqlite_linli, "conversation") == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 403),
        (b"<!DOCTYPE xml [<!ENTITY a 'b'>]><xml><Content>&a;</Content></xml>", 403),
        (b"<xml>" + b"x" * BODY_BYTES, 413),
        (xml({"MsgType": "text", "Content": "x"}).encode(), 200),
        (xml({"FromUserName": "o1", "ToUserName": "gh_1", "CreateTime": "1"}).encode(), 200),
    ],
)
async def test_what_is_no_push_is_never_an_error_of_ours(
    sqlite_linli: Linli, body: bytes, status: int
) -> None:
    async with following(route_over(sqlite_linli)) as ding:
        answer = await ding.http.post("/wechat", params=ding.query(), content=body)
    assert answer.status_code == status


async def test_a_message_that_comes_three_times_is_heard_once_and_answered_alike(
    linli: Linli, ding: Follower
) -> None:
    answers = {await ding.say("附近哪里能理发", id="77") for _ in range(3)}
    assert len(answers) == 1
    assert await counted(linli, "inbox") == 1
    answers = set(await asyncio.gather(*(ding.say("有什么活动", id="78") for _ in range(3))))
    assert len(answers) == 1
    assert await counted(linli, "inbox") == 2
    assert await counted(linli, "outbox") == 2


async def test_an_event_that_comes_twice_is_heard_once(linli: Linli, ding: Follower) -> None:
    answers = {await ding.event("CLICK", EventKey="/help", MsgId=number) for number in ("", "9")}
    assert len(answers) == 1
    assert await counted(linli, "inbox") == 1


async def test_who_follows_is_welcomed_and_who_leaves_is_not_spoken_to(linli: Linli, ding: Follower) -> None:
    assert "邻里" in await ding.event("subscribe", EventKey="")
    assert await ding.event("unsubscribe", EventKey="") == ""
    for name in ("VIEW", "LOCATION", "debug_demo", "TEMPLATESENDJOBFINISH"):
        assert await ding.event(name, EventKey="x") == ""
    assert await counted(linli, "inbox") == 1


async def test_a_number_and_a_tap_mean_the_same_choice(ding: Follower) -> None:
    shown = await ding.say("你好")
    label, tap = next(iter(taps(shown).items()))
    typed = await ding.say(tap["text"])
    await ding.say("你好")
    tapped = await ding.say(**tap)
    assert typed != shown
    assert re.sub(TAP, "", typed) == re.sub(TAP, "", tapped)
    assert "1. <a " in shown
    assert label in shown


async def test_a_link_of_an_older_answer_still_means_what_it_showed(ding: Follower) -> None:
    """A number would mean the newest answer; what the link carries does not."""
    tap = next(iter(taps(await ding.say("东湖社区几点开门")).values()))
    straight = re.sub(TAP, "", await ding.say(**tap))
    assert taps(await ding.say("你好"))
    assert re.sub(TAP, "", await ding.say(**tap)) == straight
    await ding.say("你好")
    assert re.sub(TAP, "", await ding.say(tap["text"])) != straight


@pytest.mark.parametrize("carried", ["1.99.1", "1.1.9", "1.99.0"])
async def test_a_link_that_means_nothing_any_more_is_answered_kindly(linli: Linli, carried: str) -> None:
    async with following(route_over(linli)) as ding:
        await ding.say("你好")
        assert "12345" in await ding.say("1", bizmsgmenuid=carried)
    rows = (await rows_of(linli.database, "inbox"))["inbox"]
    assert sum("'gone'" in row for row in rows) == 1


async def test_what_somebody_elses_menu_carried_is_read_as_text(ding: Follower) -> None:
    straight = await ding.say("有什么活动")
    assert re.sub(TAP, "", await ding.say("有什么活动", bizmsgmenuid="101")) == re.sub(TAP, "", straight)


async def test_a_place_is_found_from_a_shared_location(ding: Follower) -> None:
    await ding.say("附近哪里能理发")
    place = await ding.push(
        "location", Location_X="24.8894", Location_Y="118.6061", Scale="15", Label="x", MsgId="5"
    )
    assert "米" in place or "公里" in place


async def test_conversations_of_several_go_side_by_side(linli: Linli) -> None:
    route = route_over(linli)
    async with following(route, openid="oA") as first, following(route, openid="oB") as second:
        followers = [Follower(first.http, "plain", f"o{n}") for n in range(20)]
        answers = await asyncio.gather(
            *(f.say("你好" if n % 2 else "东湖社区几点开门") for n, f in enumerate(followers))
        )
        assert await second.say("你好") == answers[1]
    assert {("东湖" in text and ":" in text) for text in answers[::2]} == {True}
    assert await counted(linli, "conversation") == 21


class Gated:
    """A greeting that takes as long as the test wants."""

    def __init__(self) -> None:
        self.go, self.began, self.times = asyncio.Event(), asyncio.Event(), 0

    async def act(self, ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
        self.times += 1
        self.began.set()
        await self.go.wait()
        return greet(ask, dialogue, world)

    async def ends(self, route: WeChatRoute) -> None:
        """The greeting is done, and nobody waited for it; whoever pushes from now on has time."""
        self.go.set()
        await route.waiting.finish()
        route.waiting.patience_s = 20


@pytest.fixture
def gated() -> Gated:
    return Gated()


@pytest.fixture
async def slow(sample_url: str, sample: Sample, tmp_path: Path, gated: Gated) -> AsyncIterator[Linli]:
    intents = {**INTENTS, "greet": Intent(act=gated.act)}
    async with opened(sample_url) as database:
        yield linli_over(database, sample, settings_for(sample_url, tmp_path), intents=intents)


async def test_an_answer_that_takes_too_long_is_fetched_later(slow: Linli, gated: Gated) -> None:
    route = route_over(slow, patience_s=0)
    async with following(route) as ding:
        assert "查询结果" in await ding.say("你好", id="1")
        await gated.ends(route)
        result = await ding.say("查询结果", id="2")
        assert "邻里" in result
        assert taps(result)
        assert await ding.say("查询结果", id="2") == result
        assert "邻里" in await ding.say("查询结果", id="3")
        assert gated.times == 1
    assert await counted(slow, "inbox") == 1
    assert await care.check(slow.database) == []


async def test_an_answer_that_takes_too_long_comes_with_the_next_one(slow: Linli, gated: Gated) -> None:
    route = route_over(slow, patience_s=0)
    async with following(route) as ding:
        await ding.say("你好", id="1")
        await gated.ends(route)
        both = await ding.say("东湖社区几点开门", id="2")
        assert both.index("小助手") < both.index("东湖社区")
        assert TAP.findall(both)[0][1] == "1.1.1"
        assert await ding.say("东湖社区几点开门", id="2") == both
        alone = await ding.say("东湖社区几点开门", id="3")
        assert "1.1.1" not in alone


async def test_whoever_asks_for_the_result_too_early_waits_for_it(slow: Linli, gated: Gated) -> None:
    route = route_over(slow, patience_s=0)
    async with following(route) as ding:
        await ding.say("你好", id="1")
        assert "正在查" in await ding.say("查询结果", id="2")
        route.waiting.patience_s = 20
        asks = asyncio.create_task(ding.say("查询结果", id="3"))
        await until(lambda: route.waiting.has("oDing", "3"))
        await gated.ends(route)
        assert "小助手" in await asks
        assert gated.times == 1


async def test_a_message_that_comes_again_while_the_first_runs_gets_its_answer(
    slow: Linli, gated: Gated
) -> None:
    route = route_over(slow, patience_s=20)
    async with following(route) as ding:
        pushes = [asyncio.create_task(ding.say("你好", id="1")) for _ in range(3)]
        await gated.began.wait()
        gated.go.set()
        assert len(set(await asyncio.gather(*pushes))) == 1
    assert gated.times == 1
    assert await counted(slow, "outbox") == 1
    assert (await rows_of(slow.database, "wechat_shown"))["wechat_shown"] == []


async def test_where_late_answers_are_pushed_nothing_is_said_meanwhile(slow: Linli, gated: Gated) -> None:
    route = route_over(slow, patience_s=0.05, can_push=lambda: True)
    async with following(route) as ding:
        assert (await ding.send("text", Content="你好", MsgId="1")).text == "success"
        await gated.ends(route)
    [row] = (await rows_of(slow.database, "outbox"))["outbox"]
    assert "'waiting'" in row


async def test_a_late_answer_that_is_asked_for_again_is_not_told_twice(slow: Linli, gated: Gated) -> None:
    route = route_over(slow, patience_s=0)
    async with following(route) as ding:
        await ding.say("你好", id="1")
        await gated.ends(route)
        again = await ding.say("你好", id="1")
        assert again.count("小助手") == 1
        assert len(TAP.findall(await ding.say("有什么活动", id="2"))) <= 9
    assert "'waiting'" not in "".join((await rows_of(slow.database, "outbox"))["outbox"])


async def test_a_failing_handler_is_answered_with_a_phone_number(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with opened(sample_url) as database:
        settings = settings_for(sample_url, tmp_path)
        failing = linli_over(database, sample, settings, intents=acting(fails=True))
        async with following(route_over(failing)) as ding:
            assert "12345" in await ding.say("你好")


async def test_without_a_database_a_phone_number_is_said(sqlite_linli: Linli) -> None:
    async with following(route_over(sqlite_linli)) as ding:
        await sqlite_linli.database.close()
        assert "12345" in await ding.say("你好")


async def test_who_writes_too_fast_is_asked_to_wait_and_heard_again_later(sqlite_linli: Linli) -> None:
    now = [0.0]
    async with following(route_over(sqlite_linli, seconds=lambda: now[0])) as ding:
        texts = [await ding.say("你好") for _ in range(sqlite_linli.settings.turns_per_minute + 1)]
        assert "快" in texts[-1]
        assert "a little fast" in await ding.say("where can I get a haircut")
        assert "快" in await ding.event("CLICK", EventKey="/help")
        assert "快" not in texts[-2]
        lin = Follower(ding.http, "plain", "oLin")
        assert "快" not in await lin.say("你好")
        now[0] = 60.0
        assert "快" not in await ding.say("你好")


async def test_what_has_no_words_is_asked_to_wait_in_the_language_of_the_answer_before(
    sqlite_linli: Linli,
) -> None:
    now = [0.0]
    async with following(route_over(sqlite_linli, seconds=lambda: now[0])) as ding:
        for said, waits in (("where can I get a haircut", "a little fast"), ("东湖社区几点开门", "快")):
            for _ in range(sqlite_linli.settings.turns_per_minute):
                await ding.say(said)
            assert waits in await ding.say("1")
            assert waits in await ding.push("image", MsgId="7", PicUrl="x")
            now[0] += 60.0


async def test_an_answer_that_takes_too_long_is_promised_in_the_language_of_the_one_before(
    slow: Linli, gated: Gated
) -> None:
    route = route_over(slow)
    async with following(route) as ding:
        gated.go.set()
        await ding.say("hello there, what can you do")
        gated.go.clear()
        route.waiting.patience_s = 0
        assert "still looking" in await ding.say("1")
        assert "正在查" in await ding.say("你好")
        await gated.ends(route)


def test_languages_are_known_of_many_who_were_answered_last() -> None:
    known = Languages()
    known.note("first", "en")
    for each in range(MANY):
        known.note("again", "zh")
        known.note(str(each), None if each == 7 else "zh")
    assert [known.of(each) for each in ("first", "0", "again", "7")] == [None, "zh", "zh", None]


async def test_words_of_the_channel_follow_the_message(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with opened(sample_url) as database:
        settings = settings_for(sample_url, tmp_path, traditional="on")
        async with following(route_over(linli_over(database, sample, settings))) as ding:
            assert "There is nothing new" in await ding.say("result")
            assert "現在沒有新的消息" in await ding.say("查詢結果")
            assert "现在没有新的消息" in await ding.say("查询结果")
            await database.close()
            assert "對不起" in await ding.say("東湖社區幾點開門")
            assert "Sorry" in await ding.say("result")
