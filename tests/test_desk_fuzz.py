"""Ids of other centres, of nobody and of nothing: a manager reaches their own centre and no other."""

import random
from datetime import timedelta
from itertools import product

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.asks import Draft, dialogue_from_json, dialogue_to_json
from handlers.desk import ERRANDS
from handlers.permissions import SHELL_CHANNEL, Role
from storage import conversations
from storage.transaction import Transaction
from tests.desk import SATURDAY, STARTS, House
from tests.sample import NOW, rows_of

THEIRS = "FZ004-01@2026-11-28"
TABLES = (
    "session", "meeting", "booking", "place", "attendance", "closure", "activity", "directory_change",
    "audit", "undo",
)  # fmt: skip
NAMES = ("东凤社区", "东凤社区党建+邻里中心", "圣湖社区", "华城社区")
ORDERS = (
    "{}明天停电闭馆",
    "{}开放时间改成每天 9:00-18:00",
    "{}电话改成0595-22123456",
    "取消{}周六的少儿书法班",
    "{}的今日名单",
    "{}周六少儿书法班名额改成30",
    "停办{}的少儿书法班",
    "代办{}周六的少儿书法班",
)


@pytest_asyncio.fixture
async def house(sqlite_linli: Linli) -> House:
    """A session of the own centre and one of another, each with a family in it."""
    house = House(sqlite_linli)
    await house.session(places=5)
    await house.session(THEIRS, STARTS, places=5)
    await house.book("lin")
    await house.book("chen", session=THEIRS)
    return house


@pytest.mark.parametrize(("name", "said"), list(product(NAMES, ORDERS)))
async def test_another_centre_by_name_is_refused(house: House, name: str, said: str) -> None:
    before = await rows_of(house.linli.database, *TABLES)
    reply = await house.manager(said.format(name))
    assert reply.view in {"DeskRefused", "AskWhichCentre"}, reply.rendered.text
    await house.manager("是")
    assert await rows_of(house.linli.database, *TABLES) == before


async def test_another_centres_ids_are_as_unknown_as_nobodys(house: House) -> None:
    chance = random.Random(4)
    ids = [
        THEIRS,
        "FZ004-01@2026-12-05",
        "FZ004",
        "FZ999-01@2026-11-28",
        "x",
        "FZ002-01",
        "FZ002-01@x",
        "'; --",
        "0",
    ]
    ids += ["".join(chance.choices("FZ0123456789-@abcdef", k=chance.randint(1, 24))) for _ in range(60)]
    before = await rows_of(house.linli.database, *TABLES)
    answers = set()
    for each in ids:
        roster = await house.manager(f"/desk_roster {each}")
        undo = await house.manager(f"/desk_undo {each}")
        await house.manager("取消少儿书法班")  # asks which
        chosen = await house.manager(f"/desk_session {each}")
        answers |= {(roster.view, undo.view, chosen.view)}
        await house.manager("是")
    assert answers == {("DeskRefused", "DeskRefused", "DeskRefused")}
    assert await rows_of(house.linli.database, *TABLES) == before


async def test_the_control_the_own_ids_are_known(house: House) -> None:
    assert (await house.manager(f"/desk_roster {SATURDAY}")).view == "RosterShown"
    await house.manager("取消少儿书法班")
    assert (await house.manager(f"/desk_session {SATURDAY}")).view == "DeskProposed"
    assert (await house.manager("是")).view == "DeskDone"


OF_ONES_OWN = {"desk_close", "desk_phone", "desk_hours", "desk_publish", "desk_announce"}


@pytest.mark.parametrize("action", ERRANDS)
@pytest.mark.parametrize("ids", [("FZ004", THEIRS), ("FZ002", THEIRS), ("FZ999", THEIRS)])
async def test_a_draft_about_another_centre_is_not_done(
    house: House, action: str, ids: tuple[str, ...]
) -> None:
    """Were one ever remembered: the yes looks again at who may do what."""
    await house.manager("管理")

    async def forge(tx: Transaction) -> None:
        talk = await conversations.find(tx, SHELL_CHANNEL, "manager:FZ002")
        assert talk is not None
        begins = int(STARTS.timestamp()) // 60
        numbers = {
            "desk_move": (begins + 60, begins + 120),
            "desk_check_in": (begins,),
            "desk_resize": (30,),
            "desk_book": (1,),
        }.get(action, (NOW.toordinal(), NOW.toordinal(), 0, 1440))
        draft = Draft(action, "AAAA", ids=ids, numbers=(*numbers, 0, 0, 0, 0), text="power")
        dialogue = dialogue_from_json(await conversations.state_of(tx, talk.id))
        forged = type(dialogue)(draft=draft)
        await conversations.remember(tx, talk.id, dialogue_to_json(forged))

    await house.linli.database.write(forge)
    before = await rows_of(house.linli.database, "booking", "closure", "audit", "session")
    reply = await house.manager("/yes AAAA")
    if ids[0] == "FZ002" and action in {
        "desk_close",
        "desk_phone",
        "desk_hours",
        "desk_publish",
        "desk_announce",
    }:
        return  # these need no session: a draft about the own centre is the manager's own
    assert reply.view == "DeskRefused"
    assert await rows_of(house.linli.database, "booking", "closure", "audit", "session") == before


@pytest.mark.parametrize(
    ("role", "area", "allowed"),
    [(Role.SUBDISTRICT, "东湖街道", True), (Role.SUBDISTRICT, "清源街道", False), (Role.DISTRICT, None, True),
     (Role.OPERATOR, None, False)],
)  # fmt: skip
async def test_from_afar_a_centre_is_closed_where_the_role_reaches(
    house: House, role: Role, area: str | None, allowed: bool
) -> None:
    await house.join("far", role, None, area)
    asked = await house.say("明天停电闭馆", "far")
    assert asked.view == "DeskRefused"
    assert ("哪个中心" in asked.rendered.text) is (role is not Role.OPERATOR)
    reply = await house.say("东湖社区", "far") if role is not Role.OPERATOR else asked
    assert (reply.view == "DeskProposed") is allowed
    reply = await house.say("是", "far")
    assert (reply.view == "DeskDone") is allowed
    assert (await house.say("东湖社区的今日名单", "far")).view == "DeskRefused"
    if allowed:
        assert (await house.say("撤销", "far")).view == "DeskUndone"


async def test_every_write_of_staff_has_its_row(house: House) -> None:
    """And none that changed nothing has one."""
    saturday = house.at(STARTS - timedelta(minutes=10))
    said = {
        "周六少儿书法班名额改成9": "resize",
        "把周六的少儿书法班挪到周六10点": "move",
        "取消12月5日的少儿书法班": "call_off",
        "12月12日停电闭馆": "close",
        "开放时间改成每天 9:00-18:00": "hours",
        "电话改成0595-22123456": "phone",
        "代办12月12日的少儿书法班": None,
        "代办12月5日的老年智能手机班": None,
        "停办老年智能手机班": "stop",
        "发布活动：亲子阅读，每周日 15:00-16:00，20人，12月6日到1月31日": "publish",
    }
    expected = []
    for order, what in said.items():
        await house.manager(order, "是")
        expected += [what] if what else []
    await saturday.manager("少儿书法班签到 1", "是")
    expected.append("check_in")
    assert [entry.what for entry in await house.audit()] == expected
    assert {(entry.who, entry.centre_id) for entry in await house.audit()} == {("shell", "FZ002")}
    kept = str([(entry.subjects, entry.was, entry.became) for entry in await house.audit()])
    assert "child1" not in kept
