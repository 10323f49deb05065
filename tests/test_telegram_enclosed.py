"""Files to a Telegram by other hands: pictures that it can read, captions that it takes, and its refusals."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from handlers.permissions import Role
from tests.desk import CENTRE, House
from tests.telegram_chats import Sent
from tests.telegram_refusals import BAD_GATEWAY, Refusal
from tests.test_desk_deserts import missing
from tests.test_telegram_run import DING, Street, peer, street
from tests.web_visitor import until

__all__ = ["peer", "street"]
TOO_LARGE = Refusal(413, "Request Entity Too Large")
BROKEN = Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")


@pytest.fixture
async def manager(street: Street) -> Street:
    """Ding manages Donghu."""
    code = await House(street.linli).invited(Role.CENTRE_MANAGER, CENTRE)
    await street.say(f"管理码 {code}")
    return street


async def test_a_manager_who_asks_for_the_digest_gets_its_chart_and_its_workbook(manager: Street) -> None:
    manager.peer.say(DING, "周报")
    chart, workbook = await manager.answers(DING, 2)
    assert (chart.method, workbook.method) == ("sendPhoto", "sendDocument")
    assert "东湖社区" in chart.plain
    assert chart.json["photo"][0]["width"] == 1000
    assert workbook.json["document"]["file_name"].endswith(".xlsx")
    assert workbook.plain == "下载表格（xlsx）"
    assert manager.peer.api.unknown == []


async def test_the_district_gets_the_map_of_what_is_missed(street: Street) -> None:
    await missing(street.linli)
    code = await House(street.linli).invited(Role.DISTRICT)
    await street.say(f"管理码 {code}")
    card = await street.say("服务空白")
    assert (card.method, card.json["photo"][0]["width"]) == ("sendPhoto", 1980)
    assert "日间照料室：5次" in card.plain


async def test_whoever_asks_for_the_code_at_a_door_can_scan_it(street: Street) -> None:
    card = await street.say("东湖社区门口的二维码")
    assert card.method == "sendPhoto"
    name = street.peer.api.rules.bot()["username"]
    [read] = zxingcpp.read_barcodes(Image.open(BytesIO(card.data)).convert("L"))
    assert read.text == f"https://t.me/{name}?start=door_FZ002"
    street.peer.start(DING, "door_FZ002")
    [asked] = await street.answers(DING)
    assert "东湖社区" in asked.plain


async def test_a_button_below_a_chart_is_put_away_in_its_caption(manager: Street) -> None:
    manager.peer.say(DING, "周报")
    chart, _ = await manager.answers(DING, 2)
    label = chart.buttons[0]["text"]
    manager.peer.press(DING, chart, label)
    await until(lambda: bool(manager.peer.called("editMessageCaption")))
    await manager.answers(DING)
    await until(lambda: one(manager, chart).edits == 1)
    assert one(manager, chart).buttons == []
    assert one(manager, chart).plain.endswith(label.partition(". ")[2])


def one(street: Street, sent: Sent) -> Sent:
    return next(each for each in street.peer.sent_to(DING) if each.message_id == sent.message_id)


async def test_a_chart_that_telegram_cannot_read_leaves_the_words_with_its_link(manager: Street) -> None:
    manager.peer.faults.plan(BROKEN, "sendPhoto", times=10)
    manager.peer.say(DING, "周报")
    words, workbook = await manager.answers(DING, 2)
    assert (words.method, workbook.method) == ("sendMessage", "sendDocument")
    assert 'href="https://linli.example/digest/' in words.text


@pytest.mark.parametrize("fault", [BAD_GATEWAY, TOO_LARGE])
async def test_a_chart_that_fails_once_comes_after_the_words(manager: Street, fault: Refusal) -> None:
    manager.peer.faults.plan(fault, "sendPhoto")
    manager.peer.say(DING, "周报")
    words, chart, workbook = await manager.answers(DING, 3)
    assert [each.method for each in (words, chart, workbook)] == ["sendMessage", "sendPhoto", "sendDocument"]
    assert chart.plain == "看图表"
