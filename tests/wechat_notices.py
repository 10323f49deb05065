"""Notices of WeChat in tests: who has been silent for days, the API, and what WeChat reports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels.wechat.notices import Notices
from bot.channels.wechat.pushes import Pushes
from bot.channels.wechat.templates import Template, Templates
from bot.linli import Linli
from messages.views import View
from messages.views_booking import PlaceOffered, SessionMoved
from tests.sample import rows_of
from tests.test_wechat_pages import tell, wordy
from tests.test_wechat_pushes import Town
from tests.test_wechat_reports import CHANGE, POPUP
from tests.test_wechat_templates import held
from tests.wechat_api import FakeApi, serving_api
from tests.wechat_follower import following, route_over

__all__ = ["wordy"]
CUSTOM, BIZ, TEMPLATE = "message/custom/send", "message/subscribe/bizsend", "message/template/send"
OFFER: View = PlaceOffered(held("offered"), ())
MOVED: View = SessionMoved(held(), ())
FIELDS = {"thing1": "activity", "time3": "starts"}
TEMPLATES: Templates = {
    ("subscription", "offered"): Template("SUB", FIELDS),
    ("template", "offered"): Template("TPL", FIELDS),
    ("template", "moved"): Template("MOV", FIELDS),
}
LASTING: Templates = {("subscription", "offered"): Template("SUB", FIELDS, is_lasting=True)}


@asynccontextmanager
async def town_over(linli: Linli, templates: Templates, **more: Any) -> AsyncIterator[Town]:
    fake = FakeApi()
    async with serving_api(fake) as api:
        pushes = Pushes(linli, api, notices=Notices(linli, api, templates), **more)
        async with following(route_over(linli, can_push=lambda: pushes.is_on)) as ding:
            yield Town(linli, fake, pushes, ding)


@pytest.fixture
async def town(wordy: Linli) -> AsyncIterator[Town]:
    """Nobody has written for three days: no window is open."""
    async with town_over(wordy, TEMPLATES) as made:
        await silent(made)
        yield made


@pytest.fixture
async def lasting(wordy: Linli) -> AsyncIterator[Town]:
    async with town_over(wordy, LASTING) as made:
        await silent(made)
        yield made


def at(town: Town, when: datetime) -> None:
    """It is then, for WeChat as well."""
    town.now, town.ding.at = when, int(when.timestamp())


async def silent(town: Town) -> None:
    await town.ding.say("东湖社区几点开门")
    at(town, town.now + timedelta(days=3))


async def news(town: Town, view: View = OFFER, times: int = 1) -> None:
    await tell(town.linli, due=town.now, view=view, times=times)


async def asked(town: Town, name: str, template: str, answer: str) -> None:
    """WeChat tells what somebody answered: `name` of its event."""
    events = {POPUP: "subscribe_msg_popup_event", CHANGE: "subscribe_msg_change_event"}
    fields = tags(TemplateId=template, SubscribeStatusString=answer)
    await event(town, events[name], f"<{name}><List>{fields}")


def tags(**fields: str) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())


async def event(town: Town, name: str, body: str) -> None:
    """An event whose fields are nested; what is opened in `body` is closed here."""
    closes = "</List></" + body[1 : body.index(">")] + ">" if "<List>" in body else ""
    ding = town.ding
    parties = tags(ToUserName="gh_1", FromUserName=ding.openid, CreateTime=str(ding.at))
    whole = f"<xml>{parties}{tags(MsgType='event', Event=name)}{body}{closes}</xml>"
    answer = await ding.http.post("/wechat", params=ding.query(), content=whole.encode())
    assert answer.text == "success"


async def finished(town: Town, number: str, status: str) -> None:
    await event(town, "TEMPLATESENDJOBFINISH", tags(MsgID=number, Status=status))


def paths(town: Town) -> list[str]:
    return [path for path, _, _ in town.fake.asked]


async def kept(town: Town) -> list[str]:
    rows = (await rows_of(town.linli.database, "wechat_notice"))["wechat_notice"]
    states = ("sending", "sent", "arrived", "failed")
    return [state for state in states for row in rows if f"'{state}'" in row]


def counted(town: Town, outcome: str) -> bool:
    text = town.linli.metrics.text().decode()
    return f'linli_pushes_total{{channel="wechat",outcome="{outcome}"}} 1.0' in text
