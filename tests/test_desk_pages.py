"""The pages of a centre's desk on both engines: what they show, and what their forms do."""

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, SATURDAY, STARTS, House

AT = f"/desk/centre/{CENTRE}"
SESSION = f"{AT}/session?session={quote(SATURDAY)}"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A class with two families, the day before it."""
    there = House(linli)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.session()
    await there.book("lin", "chen")
    return there.at(STARTS - timedelta(days=1))


@pytest.fixture
def morning(house: House) -> House:
    return house.at(STARTS - timedelta(minutes=15))


async def test_today_shows_what_is_held_and_who_came(morning: House) -> None:
    async with at_the_desk(morning, "wang") as wang:
        assert "11月28日（周六）" in wang.text
        assert "9:00–10:30" in wang.text
        assert "已报 2/15" in wang.text
        assert "到了 0" in wang.text
        assert "个工单" not in wang.text  # those are the manager's


async def test_a_person_is_checked_in_by_one_press_and_that_can_be_taken_back(morning: House) -> None:
    async with at_the_desk(morning, "wang") as wang:
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        assert "未到" in wang.text
        await wang.press("2 child1 LIN1: 到了")
        assert "已经记下了" in wang.text
        assert "在场 1" in wang.text
        await wang.press("撤销")
        assert "在场 0" in wang.text
    written = [entry.what for entry in await morning.audit()]
    assert written[-5:] == ["roster", "check_in", "roster", "undo_check_in", "roster"]


async def test_all_who_are_not_there_are_checked_in_after_a_yes(morning: House) -> None:
    async with at_the_desk(morning, "wang") as wang:
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        await wang.press("没到的都签到")
        assert "请核对" in wang.text
        await wang.press("确定")
        assert "办好了" in wang.text
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        assert "在场 2" in wang.text


async def test_nobody_is_checked_in_on_another_day(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        assert "未到" in wang.text
        assert not [form for form in wang.forms() if "check_in" in form.action]


FORMS = (
    (SESSION, "改名额", {"places": "20"}, "改成20个（原来15个）"),
    (SESSION, "挪时间", {"day": "2026-11-29", "clock": "15:00"}, "15:00–16:30"),
    (SESSION, "取消这一场", {"because": "teacher"}, "他们会马上收到通知"),
    (SESSION, "代办报名", {"size": "1"}, "1人"),
    (
        f"{AT}/hours", "临时闭馆",
        {"first": "2026-11-28", "last": "2026-11-28", "start": "", "end": "", "because": "power"}, "停电停水",
    ),
    (f"{AT}/hours", "改开放时间", {"text": "周一至周日 8:00-21:00", "since": "2026-12-01"}, "8:00-21:00"),
    (f"{AT}/hours", "改电话", {"phone": "0595-22001234"}, "0595-22001234"),
    (f"{AT}/activities", "发布活动",
     {"name": "太极班", "times": "每周日 8:00-9:00", "first": "2026-12-01", "last": "2027-01-31",
      "places": "12"},
     "太极班"),
    (f"{AT}/activities", "改活动", {"field": "fee", "value": "每期100元", "since": "2026-12-01"},
     "每期100元"),
    (f"{AT}/activities", "停办", {"since": "2026-12-01"}, "停办"),
)  # fmt: skip


@pytest.mark.parametrize(("page", "button", "fields", "says"), FORMS, ids=[each[1] for each in FORMS])
async def test_a_form_is_read_back_done_and_taken_back(
    house: House, page: str, button: str, fields: dict[str, str], says: str
) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(page)
        before = len(await house.audit())
        await mei.press(button, **fields)
        assert "请核对" in mei.text
        assert says in mei.text
        assert len(await house.audit()) == before  # nothing was done
        await mei.press("确定")
        assert "办好了" in mei.text
        await mei.press("撤销")
        assert mei.page
        assert str(mei.page.url).endswith(page)
    done, undone = (await house.audit())[before:]
    assert undone.what == f"undo_{done.what}"


async def test_who_changes_their_mind_has_changed_nothing(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(SESSION)
        await mei.press("改名额", places="20")
        assert f'href="{SESSION}"' in mei.html
    assert (await house.row()).places == 15


WRONG = (
    ("改名额", {"places": ""}, 400), ("改名额", {"places": "-3"}, 400),
    ("改名额", {"places": "9999999"}, 409), ("改名额", {"places": "15"}, 409),
    ("挪时间", {"day": "29.11.2026", "clock": "15:00"}, 400),
    ("挪时间", {"day": "2026-11-29", "clock": "25:00"}, 400),
    ("挪时间", {"day": "2020-01-01", "clock": "15:00"}, 409),
    ("取消这一场", {"because": "林晓鹂病了"}, 400), ("代办报名", {"size": "0"}, 400),
    ("改名额", {"session": "FZ001-01@2026-11-28", "places": "20"}, 409),
)  # fmt: skip


@pytest.mark.parametrize(("button", "fields", "status"), WRONG)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    house: House, button: str, fields: dict[str, str], status: int
) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(SESSION)
        before = await house.audit()
        await mei.press(button, **fields)
        assert mei.page
        assert mei.page.status_code == status, mei.text
        assert len(mei.text) < 400
    assert await house.audit() == before


async def test_what_somebody_changed_meanwhile_is_read_back_again(house: House) -> None:
    site = desk_site(house.linli)
    async with at_the_desk(house, "mei", site) as one, at_the_desk(house, "mei", site) as two:
        for clerk, places in ((one, "20"), (two, "25")):
            await clerk.open(SESSION)
            await clerk.press("改名额", places=places)
        await one.press("确定")
        await two.press("确定")
        assert "刚刚情况有变" in two.text
        assert "改成25个（原来20个）" in two.text
        assert (await house.row()).places == 20
        await two.press("确定")
        assert (await house.row()).places == 25


MANAGERS = 20


async def test_of_twenty_who_save_at_once_one_does_and_the_others_are_told(house: House) -> None:
    """Every save that was said to be done is in the audit with what was there before it: none was lost."""
    site = desk_site(house.linli)
    async with AsyncExitStack() as stack:
        clerks: list[Clerk] = []
        for number in range(MANAGERS):
            await house.join(f"m{number}", Role.CENTRE_MANAGER, CENTRE)
            clerks.append(await stack.enter_async_context(at_the_desk(house, f"m{number}", site)))
        for number, clerk in enumerate(clerks):
            await clerk.open(SESSION)
            await clerk.press("改名额", places=str(30 + number))
        while clerks:
            await asyncio.gather(*(clerk.press("确定") for clerk in clerks))
            told = [clerk for clerk in clerks if "刚刚情况有变" in clerk.text]
            assert len(clerks) - len(told) == 1
            clerks = told
    entries = [entry for entry in await house.audit() if entry.what == "resize"]
    became = {entry.was.split()[0]: entry.became for entry in entries}
    chain = ["15"]
    while chain[-1] in became:
        chain.append(became[chain[-1]])
    assert len(chain) - 1 == len(entries) == MANAGERS
    assert str((await house.row()).places) == chain[-1]


@pytest.mark.parametrize(
    ("button", "first", "second"),
    [
        ("改电话", {"phone": "0595-22123456"}, {"phone": "0595-22654321"}),
        (
            "改开放时间",
            {"service": "", "text": "每天 8:00-20:00", "since": "2026-12-01"},
            {"service": "", "text": "每天 9:00-21:00", "since": "2026-12-01"},
        ),
    ],
)
async def test_what_stands_in_the_directory_is_not_saved_over_either(
    house: House, button: str, first: dict[str, str], second: dict[str, str]
) -> None:
    """The picture of the directory in memory is older than what another has just saved."""
    site = desk_site(house.linli)
    async with at_the_desk(house, "mei", site) as one, at_the_desk(house, "mei", site) as two:
        for clerk, fields in ((one, first), (two, second)):
            await clerk.open(f"{AT}/hours")
            await clerk.press(button, **fields)
            assert "请核对" in clerk.text, clerk.text
        await asyncio.gather(one.press("确定"), two.press("确定"))
        told = [clerk for clerk in (one, two) if "刚刚情况有变" in clerk.text]
        assert len(told) == 1, (one.text, two.text)
        was = second if told == [one] else first
        assert f"原来{was.get('phone') or was['text']}" in told[0].text.replace("：", "")


async def test_an_activity_that_two_publish_at_once_is_published_once(house: House) -> None:
    site = desk_site(house.linli)
    fields = {
        "name": "太极班",
        "times": "每周日 15:00-16:00",
        "places": "20",
        "first": "2026-12-06",
        "last": "2027-01-31",
    }
    async with at_the_desk(house, "mei", site) as one, at_the_desk(house, "mei", site) as two:
        for clerk in (one, two):
            await clerk.open(f"{AT}/activities")
            await clerk.press("发布活动", **fields)
        await asyncio.gather(one.press("确定"), two.press("确定"))
        assert sorted("办好了" in clerk.text for clerk in (one, two)) == [False, True]
    await house.linli.take_up_directory()
    assert [a.name for a in house.linli.directory.activities.values()].count("太极班") == 1


async def test_a_course_with_the_name_of_one_that_is_over_is_changed_alone(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/activities")
        await mei.send(f"{AT}/ask/stop", **mei.form("停办").fields, since="2026-11-27")
        name = "少儿书法班"
        await mei.press("确定")
        assert "办好了" in mei.text
        await mei.open(f"{AT}/activities")
        await mei.press(
            "发布活动",
            name=name,
            times="每周日 9:00-10:00",
            places="9",
            first="2026-12-06",
            last="2027-01-31",
        )
        await mei.press("确定")
        assert "办好了" in mei.text
        await mei.open(f"{AT}/activities")
        [new] = [
            form
            for form in mei.forms()
            if "-M01" in form.fields.get("activity", "") and "ask/edit" in form.action
        ]
        await mei.send(new.action, **new.fields, field="places", value="12", since="2026-12-06")
        assert "改成：12" in mei.text, mei.text


async def test_hours_of_a_service_that_is_not_here_are_not_those_of_the_centre(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/hours")
        await mei.press("改开放时间", service="没有的服务", text="每天 8:00-20:00", since="2026-12-01")
        assert "没有这项服务" in mei.text


async def test_a_yes_that_is_sent_twice_is_done_once(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(SESSION)
        await wang.press("代办报名", size="1")
        form = wang.form("确定")
        await wang.send(form.action, **form.fields)
        assert "办好了" in wang.text
        await wang.send(form.action, **form.fields)
        assert "已经办过一次" in wang.text
        assert (await house.row()).taken == 3


async def test_who_would_have_to_wait_by_now_is_asked_again(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(SESSION)
        await mei.press("改名额", places="3")
        await mei.press("确定")
    async with at_the_desk(house, "wang") as wang:
        await wang.open(SESSION)
        await wang.press("代办报名", size="1")
        await house.book("zhao")
        await wang.press("确定")
        assert "刚刚情况有变" in wang.text
        assert "排队" in wang.text


async def test_the_chat_and_the_desk_do_not_save_over_each_other(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        assert "确定吗" in (await house.say("周六书法班的名额改到18个", "mei")).rendered.text
        await mei.open(SESSION)
        await mei.press("改名额", places="20")
        await mei.press("确定")
        again = await house.say("是", "mei")
        assert "刚刚情况有变" in again.rendered.text
        assert (await house.row()).places == 20


async def test_undoing_says_who_could_not_be_given_back_what_they_had(house: House) -> None:
    """One of the families has booked something else for that time."""
    async with at_the_desk(house, "mei") as mei:
        await mei.open(SESSION)
        await mei.press("取消这一场", because="teacher")
        await mei.press("确定")
        await house.session("FZ002-02@2026-11-28", STARTS)
        await house.book("lin", session="FZ002-02@2026-11-28")
        await mei.press("撤销")
        assert "有1个家庭" in mei.text, mei.text


async def test_what_was_done_can_be_taken_back_from_where_the_form_stood(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(SESSION)
        await mei.press("改名额", places="20")
        await mei.press("确定")
        [back] = re.findall(r'href="([^"]*)">返回', mei.html)
        await mei.open(unescape(back))
        await mei.press("撤销")
        assert (await house.row()).places == 15


async def test_the_month_shows_closings_and_holidays(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/hours?on=2026-10-01")
        assert "国庆节" in mei.text
        assert "补班" in mei.text
        await mei.open(f"{AT}/hours")
        await mei.press("临时闭馆", first="2026-11-29", last="2026-11-30", start="", end="", because="power")
        await mei.press("确定")
        await mei.open(f"{AT}/hours")
        assert mei.text.count("停电停水") >= 2


async def test_the_desk_speaks_english(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        mei.visitor.http.cookies.set("linli_language", "en")
        for path in ("today", "sessions", f"session?session={SATURDAY}", "activities", "hours"):
            await mei.open(f"{AT}/{path}")
            assert "Sign out" in mei.text
            assert "管理" not in mei.text
