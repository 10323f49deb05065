"""The account as the settings describe it: what is missing is said, what is secret is not."""

from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.wechat.account import gate_of, open_wechat
from bot.dispatch import NotNow, Parcel
from bot.linli import Linli
from bot.policy import policy_of
from bot.settings import Settings, SettingsError, shown
from bot.web.app import make_app
from tests.sample import Sample, linli_over, rows_of, settings_for
from tests.web_visitor import SETTINGS, all_well
from tests.wechat_api import SECRET, FakeApi, serving_api
from tests.wechat_follower import APPID, AT, KEY, TOKEN, Follower, signed

WHOLE = {"wechat_token": TOKEN, "wechat_aes_key": KEY, "wechat_appid": APPID}


def settings(**given: str) -> Settings:
    return Settings.model_validate(given)


def test_without_a_token_there_is_no_account() -> None:
    assert gate_of(settings()) is None
    assert gate_of(settings(wechat_aes_key=KEY, wechat_appid=APPID)) is None


@pytest.mark.parametrize("mode", ["plain", "compat", "safe"])
def test_a_whole_account_has_its_gate_in_every_mode(mode: str) -> None:
    assert gate_of(settings(**WHOLE, wechat_mode=mode)) is not None


def test_plain_needs_the_token_alone_and_sealing_is_the_rule() -> None:
    assert gate_of(settings(wechat_token=TOKEN, wechat_mode="plain")) is not None
    assert settings().wechat_mode == "safe"


@pytest.mark.parametrize("mode", ["compat", "safe"])
@pytest.mark.parametrize(
    "wrong", [{"wechat_aes_key": "A" * 42}, {"wechat_aes_key": None}, {"wechat_appid": None}]
)
def test_what_is_missing_to_seal_is_named_without_a_secret(mode: str, wrong: dict[str, str | None]) -> None:
    given = {name: value for name, value in (WHOLE | wrong).items() if value}
    with pytest.raises(SettingsError) as raised:
        gate_of(settings(**given, wechat_mode=mode))
    assert "LINLI_WECHAT_AES_KEY" in str(raised.value)
    assert not any(secret in str(raised.value) for secret in (TOKEN, KEY, "A" * 42))


def test_secrets_are_never_shown() -> None:
    whole = settings(**WHOLE)
    for text in (repr(whole), shown(whole.wechat_token), shown(whole.wechat_aes_key)):
        assert TOKEN not in text
        assert KEY not in text
    assert shown(whole.wechat_appid) == APPID


async def test_the_web_server_answers_wechat_once_there_is_an_account(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path
) -> None:
    whole = settings_for(sqlite_linli.settings.database_url, tmp_path, **WHOLE)
    query = {"timestamp": str(AT), "nonce": "1", "echostr": "42", "signature": signed(TOKEN, str(AT), "1")}
    for given, status in ((sqlite_linli.settings, 404), (whole, 200)):
        linli = linli_over(sqlite_linli.database, sample, given)
        async with open_wechat(linli) as account:
            app = make_app(linli, SETTINGS, all_well, figures=lambda: b"", channels=account.routes)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://linli.example") as http:
            assert (await http.get("/wechat", params=query)).status_code == status
            if status == 200:
                assert (await http.post("/wechat", params=query, content=b"x" * 70_000)).status_code == 413


@pytest.mark.parametrize("missing", ["wechat_can", "wechat_appid", "wechat_secret"])
def test_news_reach_wechat_where_the_account_may_push_alone(missing: str) -> None:
    may = {"wechat_can": "customer_service", "wechat_appid": APPID, "wechat_secret": "s"}
    assert policy_of(settings(**may)).push == {"wechat"}
    assert policy_of(settings(**{name: may[name] for name in may if name != missing})).push == set()
    assert policy_of(settings(**may | {"wechat_can": "menu"})).push == set()


@pytest.mark.parametrize(("can", "windows", "asked"), [("customer_service", 1, 1), ("menu", 0, 0)])
async def test_where_nothing_may_be_pushed_no_window_opens(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path, can: str, windows: int, asked: int
) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        url = sqlite_linli.settings.database_url
        may = {"wechat_can": can, "wechat_secret": SECRET, "wechat_api": fake.url, "wechat_mode": "plain"}
        linli = linli_over(sqlite_linli.database, sample, settings_for(url, tmp_path, **WHOLE | may))
        async with open_wechat(linli) as account:
            transport = httpx.ASGITransport(Starlette(routes=account.routes))
            async with httpx.AsyncClient(transport=transport, base_url="http://linli.example") as http:
                await Follower(http).say("你好")
            with suppress(NotNow):
                await account.deliver(Parcel("1", "wechat", "oDing", 2, "{}"))
        assert len((await rows_of(linli.database, "wechat_window"))["wechat_window"]) == windows
        assert len(fake.asked) == asked
