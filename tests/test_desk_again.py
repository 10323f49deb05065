"""Acts of the desk that others overtook: what was changed again is not taken back. On one engine."""

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.desk import ERRANDS
from handlers.permissions import Role
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, SATURDAY, House

AT = f"/desk/centre/{CENTRE}"
SESSION = f"{AT}/session?session={SATURDAY}"
CLASS = "FZ002-01"
SINCE = "2026-12-05"


@pytest_asyncio.fixture
async def house(sqlite_linli: Linli) -> House:
    there = House(sqlite_linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.session()
    await there.book("lin", "chen")
    return there


async def ordered(clerk: Clerk, form: str, fields: dict[str, str]) -> Clerk:
    """Sent from any page, as its form would be."""
    csrf = clerk.form("退出").fields["csrf"]
    return await clerk.send(f"{AT}/ask/{form}", csrf=csrf, back="today", **fields)


AGAIN = (
    ("phone", {"phone": "0595-22123456"}, {"phone": "0595-22654321"}),
    (
        "hours",
        {"service": "", "text": "每天 8:00-20:00", "since": SINCE},
        {"service": "", "text": "每天 9:00-21:00", "since": SINCE},
    ),
    (
        "edit",
        {"activity": CLASS, "field": "fee", "value": "每期80元", "since": SINCE},
        {"activity": CLASS, "field": "fee", "value": "每期100元", "since": SINCE},
    ),
    ("stop", {"activity": CLASS, "since": "2026-12-05"}, {"activity": CLASS, "since": "2026-11-28"}),
    ("resize", {"session": SATURDAY, "places": "20"}, {"session": SATURDAY, "places": "25"}),
    (
        "move",
        {"session": SATURDAY, "day": "2026-11-29", "clock": "15:00"},
        {"session": SATURDAY, "day": "2026-11-29", "clock": "16:00"},
    ),
)


@pytest.mark.parametrize(("form", "first", "second"), AGAIN)
async def test_what_another_has_changed_again_is_not_taken_back(
    house: House, form: str, first: dict[str, str], second: dict[str, str]
) -> None:
    site = desk_site(house.linli)
    async with at_the_desk(house, "mei", site) as one, at_the_desk(house, "mei", site) as two:
        for clerk, fields in ((one, first), (two, second)):
            await ordered(clerk, form, fields)
            await clerk.press("确定")
            assert "办好了" in clerk.text, clerk.text
        await one.press("撤销")
        assert one.page
        assert one.page.status_code == 409
        assert "后来又变了" in one.text


async def test_a_booking_that_was_given_up_is_not_taken_back(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await ordered(mei, "book", {"session": SATURDAY, "size": "1"})
        await mei.press("确定")
        undo = mei.form("撤销")
        await ordered(mei, "call_off", {"session": SATURDAY, "because": "power"})
        await mei.press("确定")
        name, value = undo.buttons["撤销"]
        await mei.send(undo.action, **undo.fields, **{name: value})
        assert mei.page
        assert mei.page.status_code == 409


CANNOT = (
    ("hours", {"service": "", "text": "每天 8:00-20:00", "since": "2026-11-24"}, "已经过去"),
    ("hours", {"service": "", "text": "", "since": SINCE}, "请说改成什么时间"),
    ("stop", {"activity": "FZ002-99", "since": SINCE}, "没听出"),
    ("edit", {"activity": "FZ002-99", "field": "fee", "value": "免费", "since": SINCE}, "没听出"),
    ("edit", {"activity": CLASS, "field": "room", "value": "201", "since": SINCE}, "没听出"),
    ("edit", {"activity": CLASS, "field": "places", "value": "", "since": SINCE}, "请说改成几个"),
    ("edit", {"activity": CLASS, "field": "fee", "value": "免费", "since": "2026-11-24"}, "已经过去"),
    ("resize", {"session": "FZ002-99@2026-11-28", "places": "20"}, "没有找到这一场"),
    ("move", {"session": "nothing", "day": "2026-11-29", "clock": "15:00"}, "没有找到这一场"),
    ("call_off", {"session": "nothing", "because": "power"}, "没有找到这一场"),
    ("book", {"session": "nothing", "size": "1"}, "没有找到这一场"),
    ("case", {"case": "nothing", "act": "accept", "version": "1"}, "没有这个工单"),
)


@pytest.mark.parametrize(("form", "fields", "why"), CANNOT)
async def test_what_is_past_or_nowhere_is_refused_in_words(
    house: House, form: str, fields: dict[str, str], why: str
) -> None:
    async with at_the_desk(house, "mei") as mei:
        await ordered(mei, form, fields)
        assert mei.page
        assert mei.page.status_code == 409, mei.text
        assert why in mei.text


async def test_a_phone_that_is_theirs_already_is_not_changed(house: House) -> None:
    phone = house.linli.directory.centres[CENTRE].phone or ""
    async with at_the_desk(house, "mei") as mei:
        await ordered(mei, "phone", {"phone": phone})
        assert "本来就是这样" in mei.text


NOWHERE = (
    "certificates?session=nothing",
    "roster?session=x",
    "session?session=x",
    "case",
    "case?code=G-9999",
)


@pytest.mark.parametrize("path", NOWHERE)
async def test_a_page_of_what_is_nowhere_is_none(house: House, path: str) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/{path}")
        assert mei.page
        assert mei.page.status_code == 404


STAFFS = (
    *ERRANDS, "desk_help", "desk_roster", "desk_names", "desk_certify", "desk_undo", "desk_ratings",
    "desk_calls", "desk_called", "desk_cases", "desk_case", "desk_digest", "desk_topics", "desk_topic",
    "desk_deserts", "desk_door",
)  # fmt: skip


@pytest.mark.parametrize("command", STAFFS)
async def test_a_resident_orders_nothing_of_staff(house: House, command: str) -> None:
    before = await house.audit()
    reply = await house.say(f"/{command} {SATURDAY}", "lin")
    assert not reply.view.startswith("Desk"), reply.view
    assert await house.audit() == before
