"""Slips of the pen and the finger at the desk, on both engines: what is far off, of another day, too much."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from bot.web.visitors import DESK_COOKIE
from handlers.permissions import Role
from messages.words import LANGUAGES, words
from storage.statements import statement
from tests.case_talk import opened, withdraw
from tests.clerk import at_the_desk, desk_site
from tests.desk import CENTRE, SATURDAY, STARTS, House

AT = f"/desk/centre/{CENTRE}"
SESSION = f"{AT}/session?session={SATURDAY}"
ROSTER = f"{AT}/roster?session={SATURDAY}"
AFTER_SCHOOL = "FZ004-01@2026-11-25"  # children are fetched from it
FETCHED = statement("test.fetched", "SELECT COUNT(*) FROM attendance WHERE left_at IS NOT NULL")
NOTED = statement("test.noted", "SELECT COUNT(*) FROM attendance")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.session()
    await there.book("lin", "chen")
    return there.at(STARTS - timedelta(days=1))


FAR = ("0001-01-01", "9999-12-31")


async def count(house: House, what: str) -> int:
    async with house.linli.database.read() as tx:
        found: int = await tx.value({"left": FETCHED, "noted": NOTED}[what])
    return found


async def test_that_a_child_was_fetched_is_read_back_before_the_guardian_hears(house: House) -> None:
    begins = STARTS - timedelta(days=3) + timedelta(hours=7)
    await house.join("hu", Role.CENTRE_STAFF, AFTER_SCHOOL[:5])
    await house.session(AFTER_SCHOOL, begins)
    await house.at(begins - timedelta(hours=4)).book("zhao", session=AFTER_SCHOOL)
    there = house.at(begins + timedelta(minutes=80))
    async with at_the_desk(there, "hu") as hu:
        await hu.open(f"/desk/centre/{AFTER_SCHOOL[:5]}/roster?session={AFTER_SCHOOL}")
        await hu.press("1 child1 ZHA1: 到了")
        form = next(form for form in hu.forms() if "1 child1 ZHA1: 接走" in form.buttons)
        await hu.send(form.action, **form.fields, mark="left")
        assert "请核对" in hu.text
        assert await count(there, "left") == 0
        await hu.press("确定")
        assert await count(there, "left") == 1


async def test_who_goes_home_alone_is_not_fetched(house: House) -> None:
    async with at_the_desk(house.at(STARTS), "wang") as wang:
        await wang.open(ROSTER)
        await wang.press("2 child1 LIN1: 到了")
        assert "接走" not in "".join(label for form in wang.forms() for label in form.buttons)


@pytest.mark.parametrize("off", [timedelta(days=-7), timedelta(days=1), timedelta(minutes=1)])
async def test_attendance_is_noted_of_meetings_that_are_held_and_on_their_day(
    house: House, off: timedelta
) -> None:
    morning = house.at(STARTS - timedelta(minutes=15))
    async with at_the_desk(morning, "wang") as wang:
        await wang.open(ROSTER)
        form = next(form for form in wang.forms() if "2 child1 LIN1: 到了" in form.buttons)
        meeting = int(form.fields["meeting"]) + off // timedelta(minutes=1)
        await wang.send(form.action, **form.fields | {"meeting": str(meeting)}, mark="arrived")
        assert wang.page
        assert wang.page.status_code == 409
    async with at_the_desk(house.at(STARTS + timedelta(days=1)), "wang") as late:
        csrf = late.form("退出").fields["csrf"]
        await late.send(form.action, **form.fields | {"csrf": csrf}, mark="missed")
        assert late.page
        assert late.page.status_code == 409
    assert await count(house, "noted") == 0


async def test_when_everybody_is_there_nobody_is_left_to_check_in(house: House) -> None:
    async with at_the_desk(house.at(STARTS), "wang") as wang:
        await wang.open(ROSTER)
        await wang.press("没到的都签到")
        await wang.press("确定")
        await wang.open(ROSTER)
        form = next(form for form in wang.forms() if "all_there" in form.action)
        await wang.send(form.action, **form.fields)
        assert "没有还没签到的人" in wang.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"{room}?on={on}"
            for room in ("today", "sessions", "hours")
            for on in ("0001-01-01", "9999-12-31")
        ),
        f"roster?session={SATURDAY}&on=9999-12-31",
        f"session?session={SATURDAY}",
    ],
)
async def test_a_day_that_nobody_means_is_today(house: House, path: str) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/{path}")
        assert mei.page
        assert mei.page.status_code == 200


SLIPS = (
    ("book", {"session": SATURDAY, "size": "1000000"}),
    ("book", {"session": SATURDAY, "size": "999999999999"}),
    ("move", {"session": SATURDAY, "day": "2026-11-29", "clock": "²:00"}),
    ("move", {"session": SATURDAY, "day": "9999-12-31", "clock": "9:00"}),
    ("close", {"first": "9999-12-31", "last": "9999-12-31", "because": "power"}),
    ("called", {"news": "x " + "1" * 5000}),
    ("check_in", {"session": SATURDAY, "who": "x:y", "mark": "arrived", "meeting": "999999999999"}),
    (
        "publish",
        {"name": "太极", "times": "每周日 15:00-16:00", "places": "999999999999", "first": "2026-12-06",
         "last": "2027-01-31"},
    ),
    (
        "publish",
        {"name": "太极", "times": "每周日 15:00-16:00", "places": "20", "first": "2026-12-06",
         "last": "9999-12-31"},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("form", "fields"), SLIPS)
async def test_what_is_far_too_much_is_refused_at_once(
    house: House, form: str, fields: dict[str, str]
) -> None:
    async with at_the_desk(house, "mei") as mei:
        csrf = mei.form("退出").fields["csrf"]
        await mei.send(f"{AT}/ask/{form}", csrf=csrf, back="today", **fields)
        assert mei.page
        assert mei.page.status_code in (400, 409)


async def test_a_year_that_is_not_this_one_is_read_back(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/activities")
        fields = {"name": "太极", "times": "每周日 15:00-16:00", "places": "20", "first": "2026-12-06"}
        await mei.press("发布活动", **fields, last="2062-12-27")
        assert "12月6日（周日）至2062年12月27日" in mei.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_closing_has_words_for_residents(language: str) -> None:
    assert set(words(language, "staff")["closing"]) >= set(words("zh", "labels")["reasons"])


async def test_a_closing_is_read_back_as_residents_will_read_it(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/hours")
        await mei.press("临时闭馆", first="2026-11-30", last="2026-11-30", start="", end="", because="other")
        assert "居民会看到：临时通知：临时有安排" in mei.text
        await mei.press("确定")
    reply = await house.say("东湖社区邻里中心周一开门吗", "lin")
    assert "临时有安排" in reply.rendered.text


@pytest.mark.parametrize("path", ["/public", "/leave"])
async def test_a_device_that_many_use_or_that_is_left_is_at_no_desk(house: House, path: str) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.visitor.open()
        cookie = mei.visitor.http.cookies[DESK_COOKIE]
        await mei.visitor.send(path, public="1")
        assert DESK_COOKIE not in mei.visitor.http.cookies
        if path == "/public":  # nor with a cookie that was kept
            mei.visitor.http.cookies.set(DESK_COOKIE, cookie)
        await mei.open(f"{AT}/people")
        assert "邀请同事" not in mei.text


async def test_deputies_do_not_keep_each_other_in_office(house: House) -> None:
    last = (house.linli.clock() + timedelta(days=3)).date().isoformat()
    await house.join("li", Role.CENTRE_STAFF, CENTRE)
    site = desk_site(house.linli)
    async with at_the_desk(house, "mei", site) as mei, at_the_desk(house, "wang", site) as wang:
        await mei.open(f"{AT}/people")
        await mei.press("代理管理员", who="S-0002", last=last)
        await mei.press("确定")
        await wang.open(f"{AT}/people")
        assert "代理管理员" not in [label for form in wang.forms() for label in form.buttons]
        fields = {"csrf": wang.form("退出").fields["csrf"], "who": "S-0003", "last": last, "back": "people"}
        await wang.send(f"{AT}/ask/deputy", **fields)
        assert "不能办这件事" in wang.text


async def test_undoing_a_prolongation_leaves_the_deputy_what_they_had(house: House) -> None:
    first, later = ((house.linli.clock() + timedelta(days=days)).date() for days in (3, 20))
    async with at_the_desk(house, "mei") as mei:
        for last in (first, later):
            await mei.open(f"{AT}/people")
            await mei.press("代理管理员", who="S-0002", last=last.isoformat())
            await mei.press("确定")
        await mei.press("撤销")
        await mei.open(f"{AT}/people")
        assert f"{first.month}月{first.day}日" in mei.text
        assert f"{later.month}月{later.day}日" not in mei.text


async def test_a_final_act_offers_no_way_to_take_it_back(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/people")
        await mei.press("结束职务")
        await mei.press("确定")
        assert "马上生效，不能撤销" in mei.text
        assert "撤销" not in [label for form in mei.forms() for label in form.buttons]


async def test_whoever_is_lost_finds_the_way_back_to_the_desk(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        for path in ("/desk/sign-ins", f"{AT}/nothing", "/desk/nothing"):
            await mei.open(path)
            assert 'href="/desk"' in mei.html, path
        assert "回到对话" not in mei.text


async def test_what_is_open_of_a_centre_that_left_the_directory_can_be_opened(house: House) -> None:
    await house.join("sun", Role.DISTRICT)
    await house.say("你好", "lin")
    await opened(house)
    await withdraw(house.linli, CENTRE)
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/all_cases")
        await sun.open(f"{AT}/case?code=G-0001")
        assert sun.page
        assert sun.page.status_code == 200
        assert "桌子坏了" in sun.text
        await sun.open(f"{AT}/today")
        assert sun.page.status_code == 404
