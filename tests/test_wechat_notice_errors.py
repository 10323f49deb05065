"""What becomes of a notice that WeChat refuses, of which nobody knows, or of which it reports later."""

import asyncio
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from messages.calendar import SHANGHAI
from tests.sample import rows_of
from tests.test_logs import lines, stream
from tests.test_wechat_mishaps import flaky
from tests.test_wechat_pages import waiting, wordy
from tests.test_wechat_pushes import Town
from tests.test_wechat_reports import POPUP, SENT
from tests.wechat_follower import Follower
from tests.wechat_notices import (
    BIZ,
    TEMPLATE,
    asked,
    at,
    counted,
    event,
    finished,
    kept,
    lasting,
    news,
    paths,
    tags,
    town,
)

__all__ = ["lasting", "stream", "town", "wordy"]


@pytest.mark.parametrize("answer", ["<html>", {"errcode": -1}, {"errcode": 40164}])
async def test_what_nobody_knows_of_is_sent_again_as_the_same_message(town: Town, answer: Any) -> None:
    town.fake.answers = [answer]
    await news(town)
    await town.deliver(1)
    assert await kept(town) == (["sending"] if answer == "<html>" else [])
    at(town, town.now + timedelta(minutes=1))
    await town.deliver(1)
    first, second = [body for _, _, body in town.fake.asked]
    assert first == second
    assert len(first["client_msg_id"]) == 32
    assert await kept(town) == ["sent"]


async def test_of_a_notice_that_may_have_gone_out_no_second_one_follows_on_another_route(town: Town) -> None:
    await asked(town, POPUP, "SUB", "accept")
    town.fake.answers = ["<html>"]
    await news(town)
    await town.deliver(1)
    assert paths(town) == [BIZ]


async def test_a_lasting_notice_of_which_nobody_knows_is_left_alone_for_ten_minutes(lasting: Town) -> None:
    """WeChat reports it in that time, if it was sent."""
    await asked(lasting, POPUP, "SUB", "accept")
    lasting.fake.answers = ["<html>"] * 9
    await news(lasting)
    for minutes, times in ((0, 1), (2, 1), (7, 1), (2, 2)):
        at(lasting, lasting.now + timedelta(minutes=minutes))
        await lasting.deliver(1)
        assert paths(lasting) == [BIZ] * times
    body = f"<{SENT}><List>{tags(TemplateId='SUB', MsgID='5', ErrorCode='0', ErrorStatus='x')}"
    await event(lasting, "subscribe_msg_sent_event", body)
    at(lasting, lasting.now + timedelta(minutes=20))
    await lasting.deliver(1)
    assert len(paths(lasting)) == 2


async def test_a_lasting_notice_that_was_refused_for_now_is_tried_soon(lasting: Town) -> None:
    """The control of the one above: of this one it is known that it did not go out."""
    await asked(lasting, POPUP, "SUB", "accept")
    lasting.fake.answers = [{"errcode": -1, "errmsg": "busy"}]
    await news(lasting)
    for _ in range(2):
        await lasting.deliver(1)
        at(lasting, lasting.now + timedelta(minutes=1))
    assert paths(lasting) == [BIZ, BIZ]


async def test_who_left_is_told_of_nothing_they_had_agreed_to(lasting: Town) -> None:
    await asked(lasting, POPUP, "SUB", "accept")
    lasting.fake.answers = ["<html>"]
    await news(lasting)
    await lasting.deliver(1)
    assert paths(lasting) == [BIZ]
    await lasting.ding.event("unsubscribe")
    await news(lasting)
    for _ in range(3):
        at(lasting, lasting.now + timedelta(minutes=15))
        await lasting.deliver(2)
    assert paths(lasting) == [BIZ]


async def test_who_left_is_told_by_no_template_until_they_follow_and_write_again(town: Town) -> None:
    await town.ding.event("unsubscribe")
    await news(town)
    await town.deliver(1)
    assert paths(town) == []
    await town.ding.say("你好")
    at(town, town.now + timedelta(days=3))
    await news(town)
    await town.deliver(1)
    assert paths(town) == [TEMPLATE]


async def test_who_waits_too_long_for_wechat_tries_again(town: Town) -> None:
    never = asyncio.Event()

    async def hangs() -> None:
        await never.wait()

    await news(town)
    town.fake.meanwhile = hangs
    assert await town.deliver(1, patience_s=0.2) == 0
    never.set()
    assert await kept(town) == ["sending"]
    at(town, town.now + timedelta(minutes=1))
    await town.deliver(1)
    assert await kept(town) == ["sent"]


async def test_what_was_sent_and_cannot_be_noted_is_sent_as_the_same_message(town: Town) -> None:
    database = flaky(town.linli)

    async def breaks() -> None:
        database.is_busy = True

    await news(town)
    town.fake.meanwhile = breaks
    await town.deliver(1)
    database.is_busy = False
    at(town, town.now + timedelta(minutes=1))
    await town.deliver(1)
    bodies = [body for _, _, body in town.fake.asked]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    ("code", "outcome", "state", "told"),
    [
        (40037, "fault", "failed", 1),
        (47003, "fault", "failed", 1),
        (43116, "fault", "failed", 1),
        (43004, "unreachable", "failed", 0),
        (40003, "unreachable", "failed", 0),
        (45009, "quota", None, 1),
        (48001, "not allowed", None, 1),
        (99999, "operator", None, 1),
        (-1, "later", None, 0),
    ],
)
async def test_each_error_of_a_notice_has_its_end(
    town: Town, stream: StringIO, code: int, outcome: str, state: str | None, told: int
) -> None:
    town.fake.answers = [{"errcode": code, "errmsg": "课堂 rid: 6a-7b"}]
    await news(town)
    await town.deliver(1)
    assert (await kept(town), counted(town, f"template: {outcome}")) == ([state] if state else [], True)
    assert await town.states() == ["waiting"]
    logged = [line for line in lines(stream) if line["event"] == "WeChat did not take a notice"]
    assert [(line["outcome"], line["answered"]) for line in logged] == [(outcome, f"{code} 6a-7b")] * told
    assert "课堂" not in stream.getvalue()
    at(town, town.now + timedelta(minutes=10))
    await town.deliver(1)
    again = code in (99999, -1)
    assert len(paths(town)) == 1 + again


async def test_one_route_that_is_stopped_does_not_stop_the_other(town: Town) -> None:
    await asked(town, POPUP, "SUB", "accept")
    town.fake.answers = [{"errcode": 48001, "errmsg": "x"}]
    await news(town, times=2)
    await town.deliver(1)
    assert paths(town) == [BIZ, TEMPLATE, TEMPLATE]


async def test_when_the_quota_is_used_up_it_goes_on_the_next_day(town: Town) -> None:
    at(town, datetime(2026, 11, 27, 20, 0, tzinfo=SHANGHAI))
    town.fake.answers = [{"errcode": 45009, "errmsg": "x"}]
    await news(town)
    for hours in (0, 1, 12.5):
        at(town, datetime(2026, 11, 27, 20, 0, tzinfo=SHANGHAI) + timedelta(hours=hours))
        await town.deliver(1)
    assert len(paths(town)) == 2
    assert await kept(town) == ["sent"]


async def test_what_wechat_reports_is_noted(town: Town) -> None:
    town.fake.answers = [{"errcode": 0, "errmsg": "ok", "msgid": 200163836}]
    await news(town)
    await town.deliver(1)
    await finished(town, "999", "success")
    assert await kept(town) == ["sent"]
    await finished(town, "200163836", "success")
    await finished(town, "200163836", "success")
    assert (await kept(town), counted(town, "template: arrived")) == (["arrived"], True)


async def test_what_did_not_arrive_is_not_sent_again_and_waits(town: Town) -> None:
    town.fake.answers = [{"errcode": 0, "errmsg": "ok", "msgid": 7}]
    await news(town)
    await town.deliver(1)
    await finished(town, "7", "failed:user block")
    assert (await kept(town), counted(town, "template: failed")) == (["failed"], True)
    at(town, town.now + timedelta(minutes=10))
    await town.deliver(1)
    assert len(paths(town)) == 1
    assert await waiting(town.linli) == 1


async def test_a_subscription_notice_that_did_not_arrive_is_followed_by_a_template(town: Town) -> None:
    await asked(town, POPUP, "SUB", "accept")
    await news(town)
    await town.deliver(1)
    body = f"<{SENT}><List>{tags(TemplateId='SUB', MsgID='5', ErrorCode='20001', ErrorStatus='x')}"
    await event(town, "subscribe_msg_sent_event", body)
    at(town, town.now + timedelta(minutes=10))
    await town.deliver(1)
    assert paths(town) == [BIZ, TEMPLATE]


async def test_a_report_before_the_answer_is_not_lost(town: Town) -> None:
    async def reports() -> None:
        town.fake.meanwhile = nothing
        await finished(town, "7", "failed: system failed")

    async def nothing() -> None:
        """The next answer comes as always."""

    town.fake.answers = [{"errcode": 0, "errmsg": "ok", "msgid": 7}]
    town.fake.meanwhile = reports
    await news(town)
    await town.deliver(1)
    assert await kept(town) == ["failed"]


async def test_of_strangers_nothing_is_kept(town: Town) -> None:
    town.ding = Follower(town.ding.http, "plain", "oStranger", town.ding.at)
    await asked(town, POPUP, "SUB", "accept")
    await finished(town, "7", "success")
    rows = await rows_of(town.linli.database, "wechat_credit", "wechat_notice", "conversation")
    assert (rows["wechat_credit"], rows["wechat_notice"]) == ([], [])
    assert len(rows["conversation"]) == 1
