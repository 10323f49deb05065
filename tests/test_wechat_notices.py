"""Beside the conversation: the window first, then what was agreed to, then a template, then the call list."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.wechat.account import open_wechat
from bot.channels.wechat.templates import Template
from bot.dispatch import Dispatcher, NotNow, Parcel
from bot.linli import Linli
from bot.policy import policy_of
from bot.settings import Settings, SettingsError
from messages.calendar import SHANGHAI
from messages.views import View
from tests.sample import Sample, linli_over, rows_of, settings_for
from tests.test_wechat_pages import tell, waiting, wordy
from tests.test_wechat_pushes import TOLD, Town
from tests.test_wechat_reports import CHANGE, POPUP
from tests.wechat_api import APPID, SECRET
from tests.wechat_notices import (
    BIZ,
    CUSTOM,
    MOVED,
    TEMPLATE,
    TEMPLATES,
    asked,
    at,
    counted,
    kept,
    lasting,
    news,
    paths,
    silent,
    town,
    town_over,
)

__all__ = ["lasting", "town", "wordy"]
BODIES = json.loads((Path(__file__).parent / "data" / "wechat_bodies.json").read_text("utf-8"))


async def test_while_the_window_is_open_the_message_itself_is_pushed(town: Town) -> None:
    await town.ding.say("你好")
    await news(town)
    assert await town.deliver() == 1
    assert paths(town) == [CUSTOM]


async def test_outside_it_a_template_tells_of_it_once_and_the_message_waits(town: Town) -> None:
    await news(town)
    assert await town.deliver(1) == 0
    at(town, town.now + timedelta(minutes=10))
    assert await town.deliver(3) == 0
    assert paths(town) == [TEMPLATE]
    assert await waiting(town.linli) == 1
    assert (await kept(town), counted(town, "template: sent")) == (["sent"], True)
    shown = await town.ding.say("东湖社区几点开门")
    assert "四点钟课堂" in shown.split("\n")[0] + shown.split("\n")[1]
    assert await waiting(town.linli) == 0


async def test_the_window_that_closes_too_early_is_followed_by_a_template_at_once(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": 45015, "errmsg": "x"}]
    await news(town)
    assert await town.deliver(1) == 0
    assert paths(town) == [CUSTOM, TEMPLATE]


@pytest.mark.parametrize(
    ("code", "then"), [(45047, [TEMPLATE]), (45009, [TEMPLATE]), (48001, [TEMPLATE]), (-1, []), (40164, [])]
)
async def test_only_where_customer_service_takes_nothing_is_a_template_sent(
    town: Town, code: int, then: list[str]
) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": code, "errmsg": "x"}]
    await news(town)
    await town.deliver(1)
    assert paths(town) == [CUSTOM, *then]


async def test_what_somebody_agreed_to_comes_first_and_once(town: Town) -> None:
    await asked(town, POPUP, "SUB", "accept")
    await asked(town, POPUP, "SUB", "accept")  # the same event, pushed again
    await news(town, times=2)
    await town.deliver(1)
    assert paths(town) == [BIZ, TEMPLATE]
    assert counted(town, "subscription: sent")


@pytest.mark.parametrize("answer", ["reject", "ban", ""])
async def test_who_does_not_agree_is_sent_no_subscription_notice(town: Town, answer: str) -> None:
    await asked(town, POPUP, "SUB", answer)
    await news(town)
    await town.deliver(1)
    assert paths(town) == [TEMPLATE]


async def test_a_lasting_yes_holds_until_it_is_taken_back(lasting: Town) -> None:
    await asked(lasting, POPUP, "SUB", "accept")
    await news(lasting, times=2)
    await lasting.deliver(1)
    assert paths(lasting) == [BIZ, BIZ]
    await asked(lasting, CHANGE, "SUB", "reject")
    await news(lasting)
    at(lasting, lasting.now + timedelta(minutes=10))
    await lasting.deliver(1)
    assert len(paths(lasting)) == 2


async def test_a_yes_that_wechat_does_not_know_of_is_no_credit_any_more(town: Town) -> None:
    await asked(town, POPUP, "SUB", "accept")
    town.fake.answers = [{"errcode": 43101, "errmsg": "user refuse to accept the msg"}]
    await news(town, times=2)
    await town.deliver(1)
    assert paths(town) == [BIZ, TEMPLATE, TEMPLATE]
    assert (await kept(town), counted(town, "subscription: declined")) == (["sent", "sent", "failed"], True)


@pytest.mark.parametrize("view", [None, MOVED])
async def test_news_behind_something_that_waits_is_told_of_as_well(town: Town, view: View | None) -> None:
    """What waits in a conversation is delivered in its order, and the oldest may have no template."""
    await (news(town, view) if view else tell(town.linli, due=town.now))
    await news(town)
    await town.deliver(1)
    told = [body["template_id"] for _, _, body in town.fake.asked]
    assert told == (["MOV", "TPL"] if view else ["TPL"])


async def test_what_may_be_left_until_the_morning_is_not_told_of_at_night(town: Town) -> None:
    night = datetime(2026, 11, 28, 22, 0, tzinfo=SHANGHAI)
    at(town, night)
    await news(town)
    parcel = await leased(town)
    with pytest.raises(NotNow):
        await town.pushes.deliver(parcel)
    assert paths(town) == []
    at(town, night + timedelta(hours=10))
    with pytest.raises(NotNow):
        await town.pushes.deliver(parcel)
    assert paths(town) == [TEMPLATE]


async def leased(town: Town) -> Parcel:
    """What a worker would be given, without its looking at the clock."""
    given: list[Parcel] = []

    async def keep(parcel: Parcel) -> None:
        given.append(parcel)
        raise NotNow("later")

    await Dispatcher(town.linli.database, {"wechat": keep}, chance=lambda: 0.5).run(town.now)
    return given[0]


async def test_what_is_asked_is_what_other_clients_ask(wordy: Linli) -> None:
    wordy.settings = wordy.settings.model_copy(update={"public_url": "https://linli.example"})
    same = Template("TPL", {"thing1": "四点钟课堂😀", "time3": "2026年11月28日 14:30"})
    theirs = [(each["path"], each["body"]) for each in BODIES if each["path"] in (BIZ, TEMPLATE)]
    assert len(theirs) == 3
    both = {(route, "offered"): same for route in ("subscription", "template")}
    async with town_over(wordy, both) as quiet:
        await silent(quiet)
        await asked(quiet, POPUP, "TPL", "accept")
        await news(quiet, times=2)
        await quiet.deliver(1)
        asks = [(path, body) for path, _, body in quiet.fake.asked]
        assert [path for path, _ in asks] == [BIZ, TEMPLATE]
        assert "四点钟课堂😀".encode() in quiet.fake.bodies[0]
        number = asks[1][1].pop("client_msg_id")
        assert number in "".join((await rows_of(wordy.database, "outbox"))["outbox"]).replace("-", "")
        assert all(each in asks for each in theirs)
        assert all(each in theirs for each in asks)


async def test_without_a_public_address_nothing_can_be_tapped(town: Town) -> None:
    await asked(town, POPUP, "SUB", "accept")
    await news(town, times=2)
    await town.deliver(1)
    assert [set(body) for _, _, body in town.fake.asked] == [
        {"touser", "template_id", "data"},
        {"touser", "template_id", "client_msg_id", "data"},
    ]


async def test_where_nothing_else_may_be_pushed_templates_are_all_there_is(wordy: Linli) -> None:
    async with town_over(wordy, TEMPLATES, is_on=False) as quiet:
        await quiet.ding.say("你好")
        await news(quiet)
        await quiet.deliver(1)
        assert paths(quiet) == [TEMPLATE]
        assert "四点钟课堂" in await quiet.ding.say("东湖社区几点开门")


async def test_with_no_templates_everything_is_as_ever(wordy: Linli) -> None:
    async with town_over(wordy, {}) as quiet:
        await silent(quiet)
        await news(quiet)
        await quiet.deliver(3)
        assert paths(quiet) == []
        assert (await rows_of(wordy.database, "wechat_notice"))["wechat_notice"] == []
        assert (await quiet.ding.say("东湖社区几点开门")).count("四点钟课堂") >= 1


async def test_nobody_is_told_who_is_not_there(town: Town) -> None:
    await tell(town.linli, to="oLin", due=town.now)
    await town.deliver(1)
    assert TOLD not in str(town.fake.asked)
    assert paths(town) == []


@pytest.mark.parametrize(
    ("given", "carries"),
    [
        ({"wechat_can": ("customer_service",)}, True),
        ({"wechat_templates": "t.yaml"}, True),
        ({"wechat_templates": "t.yaml", "wechat_secret": None}, False),
        ({}, False),
    ],
)
def test_news_goes_to_wechat_where_it_can_be_told_of(given: dict[str, Any], carries: bool) -> None:
    whole: dict[str, Any] = {"wechat_appid": APPID, "wechat_secret": SECRET, **given}
    settings = Settings.model_validate({name: value for name, value in whole.items() if value is not None})
    assert ("wechat" in policy_of(settings).push) == carries


async def test_a_server_is_not_started_with_templates_that_cannot_be_read(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("template: {offered: {id: T, thing1: what_is_it}}", "utf-8")
    changed = {"wechat_templates": bad, "wechat_appid": APPID, "wechat_secret": SECRET}
    settings = settings_for(sqlite_linli.settings.database_url, tmp_path, **changed)
    linli = linli_over(sqlite_linli.database, sample, settings)
    with pytest.raises(SettingsError, match="what_is_it|thing1"):
        async with open_wechat(linli):
            pass
    bad.write_text("template: {offered: {id: T, thing1: activity}}", "utf-8")
    async with open_wechat(linli) as account:
        assert account.routes == ()
