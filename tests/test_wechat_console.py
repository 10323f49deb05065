"""What an operator is told of the account, and the menu that is made for it."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.wechat.console import check, make_menu
from bot.channels.wechat.incoming import CHANNEL
from bot.channels.wechat.menu import menu
from bot.channels.wechat.wording import asks_for_result
from bot.linli import Linli
from bot.settings import Settings
from handlers.message import Message
from tests.cli import Here
from tests.wechat_api import APPID, SECRET, FakeApi, serving_api
from tests.wechat_follower import KEY, TOKEN

WHOLE = {
    "wechat_token": TOKEN,
    "wechat_aes_key": KEY,
    "wechat_appid": APPID,
    "wechat_secret": SECRET,
    "wechat_can": ("customer_service", "menu"),
    "public_url": "https://linli.example",
}


def account(fake: FakeApi | None = None, **changed: object) -> Settings:
    url = {"wechat_api": fake.url} if fake else {}
    given = WHOLE | url | changed
    return Settings.model_validate({name: value for name, value in given.items() if value is not None})


def buttons() -> list[dict[str, str]]:
    return [button for top in menu()["button"] for button in top["sub_button"]]


async def test_a_whole_account_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        assert await check(account(fake), Namespace()) == 0
    out, err = capsys.readouterr()
    assert err == ""
    parts = ("https://linli.example/wechat", "mode safe", "customer_service: on", "menu: on", "qr: off")
    for part in (*parts, "a token"):
        assert part in out
    assert not any(secret in out for secret in (TOKEN, KEY, SECRET))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"wechat_token": None}, "LINLI_WECHAT_TOKEN"),
        ({"wechat_aes_key": None}, "LINLI_WECHAT_AES_KEY"),
        ({"wechat_secret": None}, "LINLI_WECHAT_CAN"),
        ({"public_url": None}, "LINLI_PUBLIC_URL"),
    ],
)
async def test_what_is_missing_is_named(
    changed: dict[str, Any], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        assert await check(account(fake, **changed), Namespace()) == 1
    assert named in capsys.readouterr().err


async def test_which_news_have_a_template_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "templates.yaml"
    path.write_text(
        "template: {offered: {id: a, thing1: activity}, moved: {id: b, thing1: activity}}\n", "utf-8"
    )
    fake = FakeApi()
    async with serving_api(fake):
        assert await check(account(fake, wechat_templates=path), Namespace()) == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert "template: offered, moved" in out
        assert "subscription: none" in out
        path.write_text("template: {offered: {id: a, thing1: x}}", "utf-8")
        assert await check(account(fake, wechat_templates=path), Namespace()) == 1
        out, err = capsys.readouterr()
        assert "template.offered.thing1: must be" in err
        assert await check(account(fake), Namespace()) == 0
    assert "LINLI_WECHAT_TEMPLATES" in capsys.readouterr().out


async def test_templates_need_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.yaml").write_text("template: {offered: {id: a, thing1: activity}}", "utf-8")
    bare = account(wechat_secret=None, wechat_can=(), wechat_templates=tmp_path / "t.yaml")
    assert await check(bare, Namespace()) == 1
    assert "LINLI_WECHAT_TEMPLATES needs LINLI_WECHAT_APPID" in capsys.readouterr().err


async def test_an_account_that_only_answers_needs_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    bare = account(wechat_secret=None, wechat_can=())
    assert await check(bare, Namespace()) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "customer_service: off" in out
    assert "was not asked" in out


@pytest.mark.parametrize(
    ("code", "meaning"), [(40164, "white list"), (40125, "AppSecret"), (40243, "frozen"), (99999, "99999")]
)
async def test_why_wechat_gives_no_token_is_said(
    code: int, meaning: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeApi(token_answers=[{"errcode": code, "errmsg": f"{SECRET} rid: 6a"}])
    async with serving_api(fake):
        assert await check(account(fake), Namespace()) == 1
    err = capsys.readouterr().err
    assert meaning in err
    assert "6a" in err
    assert SECRET not in err


async def test_the_menu_is_made_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        assert await make_menu(account(fake), Namespace()) == 0
    assert fake.asked == [("menu/create", "T1", menu())]
    assert "查服务".encode() in fake.bodies[0]
    assert "five minutes" in capsys.readouterr().out


@pytest.mark.parametrize("changed", [{"wechat_can": ("customer_service",)}, {"wechat_secret": None}])
async def test_an_account_that_may_not_makes_no_menu(
    changed: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await make_menu(account(**changed), Namespace()) == 2
    assert "LINLI_WECHAT_" in capsys.readouterr().err


async def test_a_menu_that_wechat_refuses_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    fake = FakeApi(answers=[{"errcode": 48001, "errmsg": "api unauthorized"}])
    async with serving_api(fake):
        assert await make_menu(account(fake), Namespace()) == 1
    assert "not authorised" in capsys.readouterr().err


def test_the_menu_keeps_the_limits_of_wechat() -> None:
    tops = menu()["button"]
    assert 1 <= len(tops) <= 3
    assert all(1 <= len(top["sub_button"]) <= 5 for top in tops)
    assert all(len(top["name"]) <= 4 for top in tops)
    assert all(len(button["name"]) <= 7 for button in buttons())
    assert all(0 < len(button["key"].encode()) <= 128 for button in buttons())


@pytest.mark.parametrize("button", buttons(), ids=lambda button: str(button["key"]))
async def test_every_button_of_the_menu_is_understood(sqlite_linli: Linli, button: dict[str, str]) -> None:
    if asks_for_result(button["key"]):
        return
    reply = await sqlite_linli.hear(Message(CHANNEL, "oDing", "1", button["key"], tapped=True))
    assert reply.number == 1
    assert reply.view not in {"NotUnderstood", "NotReadable", "ChoiceGone", "OutOfScope", "WentWrong"}


def test_the_commands_are_there_and_say_what_is_missing(here: Here, tmp_path: Path) -> None:
    code, _, err = here("wechat", "check")
    assert (code, "LINLI_WECHAT_TOKEN" in err) == (1, True)
    assert here("wechat", "menu")[0] == 2
