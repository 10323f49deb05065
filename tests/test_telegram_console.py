"""What an operator is told of the bot, and what Telegram is told once."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.telegram.account import way_of
from bot.channels.telegram.commands import listed, says_of
from bot.channels.telegram.console import check, set_up
from bot.channels.telegram.incoming import CHANNEL
from bot.linli import Linli
from bot.policy import policy_of
from bot.settings import Settings, SettingsError
from bot.web.server import make_server
from handlers.message import Message
from messages.words import LANGUAGES
from tests.cli import Here
from tests.telegram_town import TOKEN, FakeTelegram, refused
from tests.web_visitor import until

SECRET = "s3cret-of-the-webhook"
PAGE = "https://linli.example"
PUSHED = {"telegram_secret": SECRET, "public_url": PAGE}


@dataclass
class Served:
    url: str
    fake: FakeTelegram = field(default_factory=FakeTelegram)

    def settings(self, **given: object) -> Settings:
        told = {"telegram_token": TOKEN, "telegram_api": self.url, "public_url": PAGE} | given
        return Settings.model_validate({name: value for name, value in told.items() if value is not None})


@asynccontextmanager
async def serving(fake: FakeTelegram) -> AsyncIterator[Served]:
    server = make_server(fake.app(), host="127.0.0.1", port=0)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or running.done())
        yield Served(server.url(), fake)
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving(FakeTelegram()) as served:
        yield served


@pytest.mark.parametrize(
    ("given", "way"), [({}, "polling"), (PUSHED, "webhook"), ({"telegram_token": None}, None)]
)
def test_updates_come_as_the_settings_say(given: dict[str, Any], way: str | None) -> None:
    assert way_of(Served("http://x.example").settings(**given)) == way


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"public_url": None}, "LINLI_PUBLIC_URL"),
        ({"public_url": "http://linli.example"}, "LINLI_PUBLIC_URL"),
        ({"telegram_secret": "short"}, "16"),
        ({"telegram_times": 2, "telegram_api": "https://api.telegram.org"}, "LINLI_TELEGRAM_TIMES"),
        ({"telegram_secret": "with blanks and more of them"}, "LINLI_TELEGRAM_SECRET"),
    ],
)
async def test_a_webhook_that_could_not_work_is_named(
    given: dict[str, Any], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Served("http://x.example").settings(**PUSHED | given)
    with pytest.raises(SettingsError, match=named):
        way_of(wrong)
    assert await check(wrong, Namespace()) == 1
    assert named in capsys.readouterr().err


def test_news_reach_telegram_where_there_is_a_bot() -> None:
    assert policy_of(Served("http://x.example").settings()).push == {"telegram"}
    assert policy_of(Settings()).push == set()


async def test_a_bot_in_order_is_called_so(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.fake.info = {
        "url": f"{PAGE}/telegram",
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }
    assert await check(served.settings(**PUSHED), Namespace()) == 0
    served.fake.info = {"url": ""}
    assert await check(served.settings(), Namespace()) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "https://t.me/linli_bot" in out
    assert TOKEN not in out


@pytest.mark.parametrize(
    ("given", "info", "named"),
    [
        ({}, {"url": "https://elsewhere.example/"}, "set-up"),
        (PUSHED, {"url": ""}, "set-up"),
        (PUSHED, {"url": f"{PAGE}/telegram", "allowed_updates": ["message"]}, "set-up"),
        ({"public_url": None}, {"url": ""}, "LINLI_PUBLIC_URL"),
    ],
)
async def test_what_is_not_in_order_is_named(
    served: Served,
    given: dict[str, Any],
    info: dict[str, Any],
    named: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served.fake.info = info
    assert await check(served.settings(**given), Namespace()) == 1
    assert named in capsys.readouterr().err


async def test_what_telegram_could_not_push_is_told(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.fake.info = {
        "url": f"{PAGE}/telegram",
        "last_error_date": 1_800_000_000,
        "last_error_message": "Connection refused",
        "pending_update_count": 3,
    }
    assert await check(served.settings(**PUSHED), Namespace()) == 0
    out = capsys.readouterr().out
    assert "Connection refused" in out
    assert "3 updates wait" in out


@pytest.mark.parametrize("work", [check, set_up])
async def test_a_wrong_token_and_a_telegram_that_is_away_are_told(
    served: Served, work: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = TOKEN.replace("aB", "xx")
    assert await work(served.settings(telegram_token=wrong), Namespace()) == 1
    assert await work(served.settings(telegram_api="http://127.0.0.1:9"), Namespace()) == 1
    err = capsys.readouterr().err
    assert "LINLI_TELEGRAM_TOKEN is wrong" in err
    assert "LINLI_TELEGRAM_API" in err
    assert TOKEN not in err
    assert wrong not in err


async def test_telegram_is_told_where_to_push_and_drops_nothing(served: Served) -> None:
    assert await set_up(served.settings(**PUSHED), Namespace()) == 0
    [told] = served.fake.named("setWebhook")
    assert told["url"] == f"{PAGE}/telegram"
    assert told["secret_token"] == SECRET
    assert told["allowed_updates"] == ["message", "callback_query", "my_chat_member"]
    assert told.get("drop_pending_updates", "false") == "false"


async def test_a_bot_that_fetches_is_pushed_nothing(served: Served) -> None:
    assert await set_up(served.settings(), Namespace()) == 0
    [told] = served.fake.named("deleteWebhook")
    assert told.get("drop_pending_updates", "false") == "false"
    assert served.fake.named("setWebhook") == []


async def test_commands_are_listed_by_language_and_where_others_read_along(served: Served) -> None:
    assert await set_up(served.settings(), Namespace()) == 0
    told = {
        (each["scope"]["type"], each.get("language_code", "")): [one["command"] for one in each["commands"]]
        for each in served.fake.named("setMyCommands")
    }
    assert told["all_private_chats", ""] == told["all_private_chats", "zh"]
    assert "bookings" in told["all_private_chats", "en"]
    assert {told_in[1] for told_in in told} == {"", *LANGUAGES}
    assert told["all_group_chats", "en"] == ["start"]
    [button] = served.fake.named("setChatMenuButton")
    assert button["menu_button"] == {"type": "commands"}


async def test_what_telegram_refuses_is_told(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.fake.faults["setMyCommands"] = [refused(400, "Bad Request: BOT_COMMAND_INVALID")]
    assert await set_up(served.settings(), Namespace()) == 1
    assert "BadRequest" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_keep_the_limits_of_telegram(language: str) -> None:
    commands = listed(language)
    assert 1 <= len(commands) <= 100
    assert len(dict(commands)) == len(commands)
    for name, description in commands:
        assert name.isascii()
        assert name == name.lower()
        assert 1 <= len(name) <= 32
        assert 1 <= len(description) <= 256


@pytest.mark.parametrize(
    ("language", "said"), [(language, said) for language in LANGUAGES for said in says_of(language).values()]
)
async def test_every_command_is_understood(sqlite_linli: Linli, language: str, said: str) -> None:
    reply = await sqlite_linli.hear(Message(CHANNEL, "7", "1", said, language=language))
    assert reply.number == 1
    assert reply.view not in {"NotUnderstood", "NotReadable", "ChoiceGone", "OutOfScope", "WentWrong"}


def test_the_commands_are_there_and_say_what_is_missing(here: Here) -> None:
    code, _, err = here("telegram", "check")
    assert (code, "LINLI_TELEGRAM_TOKEN" in err) == (1, True)
    code, _, err = here("telegram", "set-up")
    assert (code, "LINLI_TELEGRAM_TOKEN" in err) == (2, True)
