"""Whatever is sent to Telegram's address is answered: never a 500, never a failure in the log."""

import json
from collections.abc import AsyncIterator
from io import StringIO
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from telegram import Update

from bot.channels.telegram.intake import PATH, SECRET_HEADER, InOrder, Webhook
from bot.channels.telegram.wording import PAYLOAD_BYTES, tapped_of
from storage import care
from tests.engines import opened
from tests.odd_requests import METHODS, TEXTS, failures, headers, near, queries, whole_app
from tests.photos import jpeg
from tests.raw_http import Answer, asked
from tests.sample import Sample, linli_over, settings_for
from tests.telegram_odd import ODD, paths, recorded, swapped, without
from tests.telegram_town import Town, town_of
from tests.test_logs import stream

__all__ = ["stream"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SECRET = "s3cret-of-the-webhook"
OURS = [(SECRET_HEADER.encode(), SECRET.encode())]
NOT_READ = "a push cannot be read", "an update cannot be read"
NEW = count(1_000)
"""People who have said nothing yet: the numbers of their answers begin at 1."""
GONE = "这个选项现在用不了了"

JSON = st.recursive(
    st.sampled_from(ODD) | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text"]), inner),
    max_leaves=5,
)


@st.composite
def updates(draw: st.DrawFn) -> Any:
    """What Telegram sends, with something else in some places, and some of it missing."""
    raw: Any = draw(st.sampled_from(recorded()))
    raw = raw | {"update_id": draw(st.integers(1, 10**9))}
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from(list(paths(raw))))
        is_less = draw(st.booleans())
        raw = without(raw, path) if path and is_less else swapped(raw, path, draw(JSON))
    return raw


@st.composite
def messages(draw: st.DrawFn) -> Any:
    """A message of its own, in which any words may stand."""
    raw = draw(st.sampled_from([each for each in recorded() if "message" in each]))
    words = {draw(st.sampled_from(["text", "caption"])): draw(TEXTS)}
    return raw | {"message": raw["message"] | words | {"message_id": draw(st.integers(1, 2**31))}}


RECORDED = [json.dumps(each).encode() for each in recorded()]
BODIES = (updates() | messages()).map(json.dumps).map(str.encode) | near(RECORDED) | st.binary(max_size=60)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("telegram_fuzz")
    url = sample.copy_to(folder / "linli.db")
    async with opened(url) as database:
        linli = linli_over(database, sample, settings_for(url, folder, turns_per_minute=1_000_000))
        async with town_of(linli) as town:
            town.fake.files["photo"] = jpeg()
            yield town
        assert await care.check(database) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(town: Town) -> Starlette:
    return whole_app(town.linli, Webhook(town.in_order, SECRET).routes())


@fuzz
@given(method=METHODS, query=queries("x"), headers=headers(SECRET_HEADER.encode()), body=BODIES)
@example(method="GET", query=b"\x80", headers=[], body=b"")
async def test_any_request_is_answered_or_refused(
    app: Starlette,
    stream: StringIO,
    method: str,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
) -> None:
    answer = await asked(app, method, PATH, query=query, headers=headers, body=body)
    assert answer.status == (403 if method == "POST" else 405)
    assert failures(answer, stream) == []


@fuzz
@given(body=BODIES, piece=st.integers(1, 9_000), more=headers())
@example(body=b"[" * 100_000, piece=9_000, more=[])
@example(body=b'{"update_id":1,"message":' * 9_000, piece=9_000, more=[])
@example(body=json.dumps(recorded()[0]).encode("utf-32"), piece=9_000, more=[])
async def test_whatever_is_pushed_is_answered(
    app: Starlette, stream: StringIO, body: bytes, piece: int, more: list[tuple[bytes, bytes]]
) -> None:
    answer = await asked(app, "POST", PATH, headers=OURS + more, body=body, piece=piece)
    assert (answer.status, answer.content) == (200, b"")
    assert failures(answer, stream, *NOT_READ) == []


def damaged(own: str, at: int, size: int, new: str) -> str:
    """A button's data with something else in one place, and not longer than Telegram lets it be."""
    at %= len(own) + 1
    return (own[:at] + new + own[at + size :]).encode()[:PAYLOAD_BYTES].decode(errors="ignore")


@fuzz
@given(
    which=st.integers(0, 9),
    at=st.integers(0, PAYLOAD_BYTES),
    size=st.sampled_from([0, 1, PAYLOAD_BYTES]),
    new=st.sampled_from(["", "0", "|", "9", "f", "é", "\x00", "/yes"]) | st.text(max_size=PAYLOAD_BYTES),
)
async def test_what_no_button_of_ours_carries_chooses_nothing(
    town: Town, stream: StringIO, which: int, at: int, size: int, new: str
) -> None:
    chat = next(NEW)
    await town.say("我要投诉", chat)
    own = [each["callback_data"] for each in town.fake.buttons()]
    said = damaged(own[which % len(own)], at, size, new)
    answers = await town.answers_to(town.updates.press(said, chat))
    assert [each.startswith(GONE) for each in answers] == [tapped_of(said) not in map(tapped_of, own)]
    assert failures(Answer(200, b""), stream) == []


@pytest.mark.parametrize("raw", recorded())
async def test_the_control_what_really_comes_is_read(app: Starlette, stream: StringIO, raw: Any) -> None:
    answer = await asked(app, "POST", PATH, headers=OURS, body=json.dumps(raw).encode())
    assert (answer.status, failures(answer, stream)) == (200, [])


async def test_after_all_that_people_are_answered(town: Town) -> None:
    [answer] = await town.say("东湖社区几点开门", next(NEW))
    assert "东湖" in answer


async def test_what_fails_as_nobody_foresaw_is_given_up(stream: StringIO, town: Town) -> None:
    class Failing:
        async def take(self, update: Update) -> None:
            raise LookupError(str(update))

    app = whole_app(town.linli, Webhook(InOrder(Failing()), SECRET).routes())  # type: ignore[arg-type]
    answer = await asked(app, "POST", PATH, headers=OURS, body=RECORDED[0])
    assert answer.status == 200
    [told] = failures(answer, stream)
    assert "an update was given up" in str(told)
