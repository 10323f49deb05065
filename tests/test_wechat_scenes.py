"""Codes at the doors of centres: drawn here, read by somebody else's reader, answered as a door's link is."""

import json
from argparse import Namespace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from defusedxml.ElementTree import fromstring
from PIL import Image

from bot.channels.wechat.incoming import SCENE
from bot.channels.wechat.scenes import address_of, asked, make_codes
from bot.linli import Linli
from bot.settings import Settings
from handlers.starts import payload_of_door
from messages.qr import qr_png, qr_svg
from tests.cli import Here
from tests.sample import Sample, message
from tests.test_wechat_console import account
from tests.test_wechat_pages import plain
from tests.wechat_api import FakeApi, serving_api
from tests.wechat_follower import following, route_over

BODIES = json.loads((Path(__file__).parent / "data" / "wechat_bodies.json").read_text("utf-8"))
NOT_AUTHORISED = {"errcode": 48001, "errmsg": "api unauthorized rid: 6a-1b"}
BUSY = {"errcode": -1, "errmsg": "system error"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "posters"
    made.mkdir()
    return made


@pytest.fixture
def set_up(sample: Sample, tmp_path: Path) -> Settings:
    return Settings.model_validate({"database_url": sample.copy_to(tmp_path / "linli.db")})


async def codes(set_up: Settings, fake: FakeApi, folder: Path, *centres: str, **changed: object) -> int:
    given: dict[str, Any] = {"wechat_can": ("qr",), "database_url": set_up.database_url, **changed}
    return await make_codes(account(fake, **given), Namespace(centre=list(centres), folder=folder))


def scanned(path: Path) -> list[str]:
    pixels = np.asarray(Image.open(BytesIO(path.read_bytes())).convert("L"))
    return [found.text for found in zxingcpp.read_barcodes(pixels)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_each_centre_that_is_named_has_its_code(
    set_up: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeApi()
    async with serving_api(fake) as api:
        assert await codes(set_up, fake, folder, "FZ003", "FZ002", "FZ003") == 0
        address = await address_of(api, "door_FZ002")
    assert [body for _, _, body in fake.asked[:2]] == [asked("door_FZ003"), asked("door_FZ002")]
    assert names(folder) == ["FZ002-wechat.png", "FZ002-wechat.svg", "FZ003-wechat.png", "FZ003-wechat.svg"]
    assert scanned(folder / "FZ002-wechat.png") == [address]
    assert "FZ002-wechat.svg" in capsys.readouterr().out
    drawn = (folder / "FZ002-wechat.svg").read_text("utf-8")
    assert "东湖" in (fromstring(drawn)[0].text or "")
    paths = [part for part in drawn.split('"') if part.startswith("M")]
    assert max(paths, key=len) in qr_svg(address, title="x")


async def test_all_centres_where_none_is_named(set_up: Settings, folder: Path, sample: Sample) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        assert await codes(set_up, fake, folder) == 0
    assert len(names(folder)) == 2 * len(sample.directory.centres)
    addresses = {*scanned(folder / "FZ001-wechat.png"), *scanned(folder / "FZ002-wechat.png")}
    assert len(addresses) == 2
    assert len(fake.asked) == len(sample.directory.centres)


async def test_a_code_that_is_made_again_is_the_same(set_up: Settings, folder: Path) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        assert await codes(set_up, fake, folder, "FZ002") == 0
        before = {name: (folder / name).read_bytes() for name in names(folder)}
        assert await codes(set_up, fake, folder, "FZ002") == 0
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before


@pytest.mark.parametrize(
    ("answer", "why"),
    [(BUSY, "-1"), ("<html>", "reached"), ({"ticket": "t"}, "no address"), ({"errcode": 40053}, "the scene")],
)
async def test_which_centre_failed_and_why_is_said_and_the_others_are_drawn(
    set_up: Settings, folder: Path, answer: Any, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeApi(answers=[answer])
    async with serving_api(fake):
        assert await codes(set_up, fake, folder, "FZ001", "FZ002") == 1
    err = capsys.readouterr().err
    assert "FZ001: " in err
    assert why in err
    assert "FZ002" not in err
    assert names(folder) == ["FZ002-wechat.png", "FZ002-wechat.svg"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (NOT_AUTHORISED, "not authorised"),
        ({"errcode": 45029, "errmsg": "x"}, "all the codes"),
        ({"errcode": 45009, "errmsg": "x"}, "quota"),
        ({"errcode": 40164, "errmsg": "x"}, "white list"),
    ],
)
async def test_what_holds_for_all_is_asked_once(
    set_up: Settings, folder: Path, answer: Any, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeApi(answers=[answer])
    async with serving_api(fake):
        assert await codes(set_up, fake, folder, "FZ001", "FZ002", "FZ003") == 1
    first, left = capsys.readouterr().err.splitlines()
    assert first.startswith("FZ001: ")
    assert why in first
    assert left.endswith("FZ002, FZ003")
    assert len(fake.asked) == 1
    assert names(folder) == []


@pytest.mark.parametrize(
    ("centres", "changed", "named"),
    [
        (("FZ002", "FZ999"), {}, "FZ999"),
        (("FZ002",), {"wechat_can": ("menu",)}, "LINLI_WECHAT_CAN"),
        (("FZ002",), {"wechat_secret": None}, "LINLI_WECHAT_SECRET"),
    ],
)
async def test_nothing_is_asked_of_wechat_for_what_cannot_be(
    set_up: Settings,
    folder: Path,
    centres: tuple[str, ...],
    changed: dict[str, Any],
    named: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake = FakeApi()
    async with serving_api(fake):
        assert await codes(set_up, fake, folder, *centres, **changed) == 2
    assert named in capsys.readouterr().err
    assert (fake.asked, names(folder)) == ([], [])


def test_the_folder_is_named_last_and_must_be_there(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_WECHAT_CAN", "qr")
    code, _, err = here("wechat", "qr", "FZ001", "FZ002")
    assert code == 2
    assert "FZ002: there is no such folder" in err


async def test_a_scene_that_would_mean_nothing_is_not_asked_for() -> None:
    fake = FakeApi()
    async with serving_api(fake) as api:
        for scene in ("door_东湖", "door_" + "X" * 60):
            with pytest.raises(ValueError, match="letters, digits"):
                await address_of(api, scene)
    assert fake.asked == []


def test_every_centre_of_the_sample_can_stand_in_a_code(sample: Sample) -> None:
    assert all(SCENE.fullmatch(payload_of_door(centre_id)) for centre_id in sample.directory.centres)


def test_what_is_asked_is_what_other_clients_ask() -> None:
    theirs = [each for each in BODIES if each["path"] == "qrcode/create"]
    assert [each["by"] for each in theirs] == ["wechatpy 1.8.18", "co-wechat-api 3.11.0"]
    assert all(each["body"] == asked("door_FZ002") for each in theirs)


def test_pixels_say_the_same_as_the_drawing(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(qr_png("http://weixin.qq.com/q/东湖"))
    assert scanned(path) == ["http://weixin.qq.com/q/东湖"]
    with pytest.raises(ValueError, match="300"):
        qr_png("x" * 301)


@pytest.mark.parametrize(
    ("event", "key"), [("subscribe", "qrscene_door_FZ002"), ("SCAN", "door_FZ002"), ("scan", "door_FZ002")]
)
async def test_who_scans_the_code_is_asked_what_telegram_s_link_asks(
    linli: Linli, event: str, key: str
) -> None:
    link = await linli.hear(message("/start door_FZ002", channel="telegram"))
    async with following(route_over(linli)) as ding:
        shown = await ding.event(event, EventKey=key, Ticket="t")
        assert shown.startswith(link.rendered.text)
        assert all(choice.label in shown for choice in link.rendered.choices)
        assert "非常满意" in await ding.say("1")


@pytest.mark.parametrize("key", ["door_FZ999", "act_1", "1001", "last_trade_no_400", "门口", "door_FZ002 x"])
async def test_a_scene_that_is_unknown_or_old_is_a_plain_greeting(linli: Linli, key: str) -> None:
    async with following(route_over(linli)) as ding:
        greeting = plain(await ding.event("subscribe"))
        for event, sent in (("subscribe", f"qrscene_{key}"), ("SCAN", key)):
            assert plain(await ding.event(event, EventKey=sent, Ticket="t")) == greeting
    assert "小助手" in greeting
