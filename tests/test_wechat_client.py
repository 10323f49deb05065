"""Calls to WeChat's API: one token for all, a refused one replaced once, errors without secrets."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.errors import OUTCOMES, Outcome, outcome_of
from tests.wechat_api import SECRET, FakeApi, client, serving_api

BODY = {"touser": "oDing", "msgtype": "text", "text": {"content": "四点钟课堂😀"}}
EXPIRED = {"errcode": 42001, "errmsg": "access_token expired rid: 6a-1b"}


@pytest.fixture
def fake() -> FakeApi:
    return FakeApi()


@pytest.fixture
async def api(fake: FakeApi) -> AsyncIterator[WeChatApi]:
    async with serving_api(fake) as served:
        yield served


async def test_a_call_goes_out_as_plain_utf_8_with_the_token(fake: FakeApi, api: WeChatApi) -> None:
    assert await api.call("message/custom/send", BODY) == {"errcode": 0, "errmsg": "ok"}
    assert fake.asked == [("message/custom/send", "T1", BODY)]
    assert "四点钟课堂😀".encode() in fake.bodies[0]
    assert b"\\u" not in fake.bodies[0]


async def test_many_calls_at_once_fetch_one_token(fake: FakeApi, api: WeChatApi) -> None:
    await asyncio.gather(*(api.call("message/custom/send", BODY) for _ in range(20)))
    assert fake.tokens == 1
    assert {token for _, token, _ in fake.asked} == {"T1"}


@pytest.mark.parametrize(("at", "tokens"), [(6899.0, 1), (6900.0, 2)])
async def test_a_token_is_renewed_five_minutes_early(
    fake: FakeApi, api: WeChatApi, at: float, tokens: int
) -> None:
    await api.token()
    fake.now = at
    await api.token()
    assert fake.tokens == tokens


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_replaced_once_and_the_call_replayed(
    fake: FakeApi, api: WeChatApi, code: int
) -> None:
    fake.answers = [{"errcode": code, "errmsg": "x"}]
    await api.call("message/custom/send", BODY)
    assert [token for _, token, _ in fake.asked] == ["T1", "T2"]
    assert fake.forced == 0


async def test_a_token_that_is_refused_again_is_told(fake: FakeApi, api: WeChatApi) -> None:
    fake.answers = [EXPIRED, EXPIRED, EXPIRED]
    with pytest.raises(CallFailed, match=r"^42001 6a-1b$"):
        await api.call("message/custom/send", BODY)
    assert len(fake.asked) == 2


async def test_where_the_same_token_is_given_again_a_new_one_is_forced(fake: FakeApi, api: WeChatApi) -> None:
    fake.token_answers = [{"access_token": "T1", "expires_in": 7200}] * 2
    fake.tokens = 1
    fake.answers = [EXPIRED]
    await api.call("message/custom/send", BODY)
    assert [token for _, token, _ in fake.asked] == ["T1", "T2"]
    assert fake.forced == 1


async def test_many_that_are_refused_at_once_fetch_one_token(fake: FakeApi, api: WeChatApi) -> None:
    fake.answers = [EXPIRED] * 5
    await asyncio.gather(*(api.call("message/custom/send", BODY) for _ in range(5)))
    assert fake.tokens == 2


@pytest.mark.parametrize("code", [-1, 45015, 45047, 40003, 48001, 12345])
async def test_another_error_is_told_and_nothing_is_replayed(
    fake: FakeApi, api: WeChatApi, code: int
) -> None:
    fake.answers = [{"errcode": code, "errmsg": f"oDing said 13800138000 {SECRET}"}]
    with pytest.raises(CallFailed) as raised:
        await api.call("message/custom/send", BODY)
    assert str(raised.value) == str(code)
    assert len(fake.asked) == 1


@pytest.mark.parametrize("answer", ["<html>502</html>", "", "[]"])
async def test_what_cannot_be_read_is_no_answer(fake: FakeApi, api: WeChatApi, answer: str) -> None:
    fake.answers = [answer]
    with pytest.raises(NoAnswer):
        await api.call("message/custom/send", BODY)


async def test_a_wrong_secret_is_told_without_it(fake: FakeApi, api: WeChatApi) -> None:
    fake.token_answers = [{"errcode": 40125, "errmsg": f"invalid appsecret {SECRET}"}]
    with pytest.raises(CallFailed, match="^40125$"):
        await api.call("message/custom/send", BODY)
    assert fake.asked == []


async def test_a_host_that_is_not_there_is_no_answer_and_no_secret_is_told() -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1") as http:
        with pytest.raises(NoAnswer) as raised:
            await client(http, lambda: 0.0).call("message/custom/send", BODY)
    assert str(raised.value) == "ConnectError"
    assert raised.value.__cause__ is None


def test_every_code_that_must_be_known_is() -> None:
    """Those of the channel's reference that concern us."""
    known = {-1, 40001, 40014, 42001, 40003, 43004, 43019, 40033, 40164, 61004, 89503, 40200, 40243}
    known |= {45002, 45009, 45011, 45015, 45047, 48001, 48002, 43101, 43116, 40037, 47003}
    assert known <= set(OUTCOMES)
    assert outcome_of(99999) is Outcome.OPERATOR
