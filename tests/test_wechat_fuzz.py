"""Whatever is sent to WeChat's address is refused or validly answered: never a 500, no failure in the log."""

import json
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.channels.wechat.gate import Mode
from bot.channels.wechat.route import NOTHING, PATH
from bot.linli import Linli
from storage import care
from tests.engines import opened
from tests.odd_requests import METHODS, SECRET_WORD, TEXTS, failures, headers, near, queries, whole_app
from tests.raw_http import Answer, asked
from tests.sample import Sample, acting, linli_over, settings_for
from tests.test_logs import stream
from tests.test_wechat_seal import encrypted, padded
from tests.wechat_follower import APPID, AT, KEY, SEAL, TOKEN, following, route_over, signed, xml
from tests.wechat_odd import HOSTILE, LESS, PUSHES, RECORDED

__all__ = ["stream"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

MODES: tuple[Mode, ...] = ("plain", "safe")
NAMES = sorted({name for push in PUSHES for name in push})


@st.composite
def pushes(draw: st.DrawFn) -> bytes:
    """What WeChat might push one day: some fields otherwise, in one of its forms."""
    push = draw(st.sampled_from([*PUSHES, *LESS]))
    push = push | draw(st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=2))
    if "MsgId" in push and draw(st.booleans()):
        push |= {"MsgId": str(draw(st.integers(0, 10**18)))}
    return json.dumps(push).encode() if draw(st.booleans()) else xml(push).encode()


BODIES = pushes() | near(RECORDED) | near(HOSTILE) | st.binary(max_size=100)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def linli(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Linli]:
    folder = tmp_path_factory.mktemp("wechat_fuzz")
    url = sample.copy_to(folder / "linli.db")
    async with opened(url) as database:
        yield linli_over(database, sample, settings_for(url, folder, turns_per_minute=1_000_000))
        assert await care.check(database) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def apps(linli: Linli) -> dict[str, Starlette]:
    return {mode: whole_app(linli, route_over(linli, mode).routes()) for mode in MODES}


def query(nonce: str, encrypted: str = "") -> bytes:
    """As WeChat signs it."""
    given = {"timestamp": str(AT), "nonce": nonce}
    if not encrypted:
        return urlencode(given | {"signature": signed(TOKEN, str(AT), nonce)}).encode()
    sealed = {"encrypt_type": "aes", "msg_signature": signed(TOKEN, str(AT), nonce, encrypted)}
    return urlencode(given | sealed).encode()


def is_valid(answer: Answer, *, is_sealed: bool) -> bool:
    """Whether WeChat would take it: nothing at all, or one text that is neither empty nor too long."""
    if answer.status != 200 or answer.content == NOTHING.encode():
        return answer.status in {200, 403, 413}
    fields = {child.tag: child.text or "" for child in fromstring(answer.content)}
    if is_sealed:
        fields = {child.tag: child.text or "" for child in fromstring(SEAL.opened(fields["Encrypt"]))}
    return fields["MsgType"] == "text" and 0 < len(fields["Content"].encode()) <= 2047


@fuzz
@given(
    method=METHODS,
    mode=st.sampled_from(MODES),
    query=queries("timestamp", "nonce", "signature", "msg_signature", "encrypt_type", "echostr"),
    headers=headers(),
    body=BODIES,
)
@example(method="PUT", mode="plain", query=b"\x80", headers=[], body=b"")
async def test_any_request_is_answered_or_refused(
    apps: dict[str, Starlette],
    stream: StringIO,
    method: str,
    mode: str,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
) -> None:
    answer = await asked(apps[mode], method, PATH, query=query, headers=headers, body=body)
    assert answer.status in {403, 405, 413}
    assert failures(answer, stream) == []


@fuzz
@given(body=BODIES, nonce=TEXTS, piece=st.integers(1, 9_000))
async def test_any_body_that_is_signed_is_answered_validly(
    apps: dict[str, Starlette], stream: StringIO, body: bytes, nonce: str, piece: int
) -> None:
    answer = await asked(apps["plain"], "POST", PATH, query=query(nonce), body=body, piece=piece)
    assert is_valid(answer, is_sealed=False)
    assert failures(answer, stream) == []


@fuzz
@given(
    inner=BODIES,
    head=st.binary(max_size=20) | st.just(b"r" * 16),
    length=st.none() | st.integers(0, 2**32 - 1),
    appid=st.sampled_from([APPID.encode(), b"", b"wx0000000000000000"]) | st.binary(max_size=20),
    nonce=TEXTS,
)
async def test_whatever_is_sealed_is_answered_validly(
    apps: dict[str, Starlette],
    stream: StringIO,
    inner: bytes,
    head: bytes,
    length: int | None,
    appid: bytes,
    nonce: str,
) -> None:
    said = (len(inner) if length is None else length).to_bytes(4, "big")
    sealed = encrypted(padded(head + said + inner + appid), KEY)
    body = xml({"Encrypt": sealed}).encode()
    answer = await asked(apps["safe"], "POST", PATH, query=query(nonce, sealed), body=body)
    assert is_valid(answer, is_sealed=True)
    assert failures(answer, stream) == []


@fuzz
@given(nonce=TEXTS, echo=TEXTS)
async def test_the_console_gets_any_word_back(
    apps: dict[str, Starlette], stream: StringIO, nonce: str, echo: str
) -> None:
    asks = query(nonce) + b"&" + urlencode({"echostr": echo}).encode()
    answer = await asked(apps["safe"], "GET", PATH, query=asks)
    assert (answer.status, answer.content.decode()) == (200, echo)
    assert failures(answer, stream) == []


@pytest.mark.parametrize("mode", MODES)
async def test_the_control_what_really_comes_is_answered(linli: Linli, mode: Mode) -> None:
    async with following(route_over(linli, mode), mode, "oWang") as wang:
        assert "东湖" in await wang.say("东湖社区几点开门")


async def test_the_control_failures_are_noticed(sample: Sample, tmp_path: Path, stream: StringIO) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    async with opened(url) as database:
        failing = linli_over(database, sample, settings_for(url, tmp_path), intents=acting(fails=True))
        app = whole_app(failing, route_over(failing).routes())
        greeting = xml(PUSHES[0] | {"Content": "你好"}).encode()
        answer = await asked(app, "POST", PATH, query=query("1"), body=greeting)
    assert is_valid(answer, is_sealed=False)
    assert failures(answer, stream) != []
    assert failures(Answer(500, b""), stream) != []
    stream.write(json.dumps({"level": "info", "event": SECRET_WORD}))
    assert failures(answer, stream) != []
    assert failures(answer, stream) == []
