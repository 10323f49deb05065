"""What staff do at the door on the desk's pages: handing over, who came without a booking, certificates, and
what today says cannot wait."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from defusedxml.ElementTree import fromstring

from bot.linli import Linli
from handlers.desk_handover import MOST_TRIES
from handlers.pages.alerts import Alert, of_counts, of_sessions
from handlers.permissions import Role
from messages.views_staff import DeskSession
from storage.statements import statement
from tests.case_talk import opened
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, SATURDAY, STARTS, House
from tests.family_talk import FETCHER, Parent, named
from tests.test_certificates import CAMP, DAYS, LAST, came, camp
from tests.test_desk_handover import ENDS, SCHOOL, UNKNOWN, code_of, handed, heard
from tests.test_desk_handover import STARTS as SCHOOL_STARTS
from tests.web_visitor import visiting

AT, AT_SCHOOL = f"/desk/centre/{CENTRE}", f"/desk/centre/{SCHOOL}"
TRIED = statement("test.tried", "SELECT id FROM wrong_fetch")


@pytest_asyncio.fixture
async def school(linli: Linli) -> House:
    """The end of a school day: one child is there, whose guardian has named an aunt."""
    parent = await named(linli)
    await parent.say("/fetcher", "3", "同意", FETCHER)
    house = House(linli)
    await house.join("li", Role.CENTRE_STAFF, SCHOOL)
    await house.at(SCHOOL_STARTS).manager("签到 1", "是", of=SCHOOL)
    return house.at(ENDS)


async def tries(house: House) -> int:
    async with house.linli.database.read() as tx:
        return len(await tx.rows(TRIED))


# Handing over


async def test_a_typed_code_shows_the_child_first_and_hands_it_over_after_a_yes(school: House) -> None:
    code = await code_of(school)
    async with at_the_desk(school, "li") as li:
        await li.open(f"{AT_SCHOOL}/fetch")
        assert "还在的孩子" in li.text
        await li.press("查一下", code=code.lower().replace("-", " "))
        for part in ("请核对", "儿子", "凭接送码", "请当面核对来接的人"):
            assert part in li.text
        assert (await handed(school))["left_at"] is None
        await li.press("确定")
        assert "已经通知家长" in li.text
        assert (await handed(school))["handed_to"] == "code"
        assert len(await heard(school)) == 1
        await li.press("撤销")
        assert (await handed(school))["left_at"] is None
        await li.open(f"{AT_SCHOOL}/fetch")
        assert "儿子" in li.text


async def test_a_code_that_is_scanned_stands_in_the_form_and_is_tried_by_a_button_alone(
    school: House,
) -> None:
    code = await code_of(school)
    async with at_the_desk(school, "li") as li:
        await li.open(f"/desk/fetch/{UNKNOWN}")
        assert f'value="{UNKNOWN}"' in li.html
        assert await tries(school) == 0
        await li.open(f"/desk/fetch/{code}")
        await li.press("查一下", code=code)
        assert "请核对" in li.text


async def test_the_link_beside_a_code_shows_it_and_says_nothing_else(school: House) -> None:
    shown = await Parent(school.linli).say("接送码")
    [link] = shown.rendered.links
    assert link.label == "出示接送二维码：儿子，四点半课堂"
    assert link.file is None
    code = link.url.removeprefix("/desk/fetch/")
    assert code in shown.rendered.text
    async with visiting(desk_site(school.linli)) as visitor:
        page = await visitor.http.get(link.url)
        assert code in page.text
        assert not any(part in page.text for part in ("儿子", "四点半", SCHOOL))
        assert (await visitor.http.get(f"{link.url}.svg")).status_code == 200


async def test_wrong_codes_are_counted_as_in_the_chat_and_then_none_is_looked_at(school: House) -> None:
    code = await code_of(school)
    async with at_the_desk(school, "li") as li:
        for number in range(MOST_TRIES):
            said = await school.say(UNKNOWN, "li") if number % 2 else None
            if said is None:
                await li.open(f"{AT_SCHOOL}/fetch")
                await li.press("查一下", code=UNKNOWN)
                assert "没有这个接送码" in li.text
        assert await tries(school) == MOST_TRIES
        await li.open(f"{AT_SCHOOL}/fetch")
        await li.press("查一下", code=code)
        assert "先不看码" in li.text
        assert (await handed(school))["left_at"] is None


async def test_a_child_is_handed_to_whom_the_guardian_named(school: House) -> None:
    async with at_the_desk(school, "li") as li:
        await li.open(f"{AT_SCHOOL}/fetch")
        [button] = [each for form in li.forms() for each in form.buttons if each.startswith("儿子")]
        assert FETCHER not in li.text
        await li.press(button)
        assert "请核对" in li.text
        assert FETCHER not in li.text
        await li.press("确定")
        assert (await handed(school))["left_at"] == ENDS
        await li.open(f"{AT_SCHOOL}/fetch")
        assert "现在没有等着接的孩子" in li.text


@pytest.mark.parametrize(
    "changed", [{"who": "x:y"}, {"by": "nobody"}, {"session": SATURDAY}, {"meeting": "1"}, {"who": "x"}]
)
async def test_a_child_is_handed_to_nobody_else(school: House, changed: dict[str, str]) -> None:
    async with at_the_desk(school, "li") as li:
        await li.open(f"{AT_SCHOOL}/fetch")
        form = next(form for form in li.forms() if "to_adult" in form.action)
        [(name, value)] = form.buttons.values()
        await li.send(form.action, **(form.fields | {name: value} | changed))
        assert li.page
        assert li.page.status_code in (400, 409)
    assert (await handed(school))["left_at"] is None


async def test_staff_who_chat_abroad_hand_over_on_the_page_and_not_there(school: House) -> None:
    code = await code_of(school)
    invited = await school.invited(Role.CENTRE_STAFF, SCHOOL)
    assert (await school.say(f"管理码 {invited}", "hu", "telegram")).view == "StaffWelcomed"
    refused = await school.say(f"接走 {code}", "hu", "telegram")
    assert (refused.view, "境外" in refused.rendered.text) == ("DeskRefused", True)
    async with at_the_desk(school, "hu", channel="telegram") as hu:
        await hu.open(f"{AT_SCHOOL}/fetch")
        await hu.press("查一下", code=code)
        assert "请核对" in hu.text


async def test_who_looked_at_the_children_is_written_down(school: House) -> None:
    before = await school.audit()
    async with at_the_desk(school, "li") as li:
        await li.open(f"{AT_SCHOOL}/fetch")
    assert [entry.what for entry in (await school.audit())[len(before) :]] == ["sign_in", "roster"]


async def test_today_says_who_was_not_fetched_and_when_that_is_late(school: House) -> None:
    for later, counted, alerts in ((0, 1, 0), (31, 1, 1)):
        now = school.later(timedelta(minutes=later))
        async with at_the_desk(now, "li") as li:
            assert (li.text.count("没接走 1"), li.text.count("还没接走")) == (counted, alerts)
            assert "儿子" not in li.text
    await school.manager("接走 1", "1", "是", of=SCHOOL)
    async with at_the_desk(school.later(timedelta(hours=1)), "li") as li:
        assert "没接走" not in li.text


# Who came without a booking


@pytest_asyncio.fixture
async def saturday(linli: Linli) -> House:
    """A quarter of an hour before a class with five places, two of them taken."""
    house = House(linli)
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await house.session(places=5)
    await house.book("lin", size=2)
    return house.at(STARTS - timedelta(minutes=15))


@pytest.mark.parametrize("page", ["today", f"session?session={SATURDAY}"])
async def test_who_came_without_a_booking_is_taken_in(saturday: House, page: str) -> None:
    async with at_the_desk(saturday, "wang") as wang:
        await wang.open(f"{AT}/{page}")
        await wang.press("加进来", size="2")
        assert "现场加入" in wang.text
        assert (await saturday.row()).taken == 2
        await wang.press("确定")
        assert (await saturday.row()).taken == 4
        await wang.open(f"{AT}/today")
        assert "到了 2/4" in wang.text
        await wang.open(f"{AT}/{page}")
        await wang.press("加进来", size="2")
        assert "没有这么多空位" in wang.text
        await wang.open(f"{AT}/{page}")
        await wang.press("加进来", size="1")
        await wang.press("确定")
        await wang.press("撤销")
        assert (await saturday.row()).taken == 4


@pytest.mark.parametrize("pause", [-timedelta(hours=2), timedelta(hours=2)])
async def test_before_and_after_it_nobody_is_taken_in(saturday: House, pause: timedelta) -> None:
    async with at_the_desk(saturday.later(pause), "wang") as wang:
        for page in ("today", f"session?session={SATURDAY}"):
            await wang.open(f"{AT}/{page}")
            assert not [form for form in wang.forms() if "walk_in" in form.action]


# The line


async def test_a_session_says_how_many_wait_and_until_when(saturday: House) -> None:
    await saturday.manager("周六书法班名额改到2个", "是")
    await saturday.book("chen", "zhou", size=2)
    day_before = saturday.at(STARTS - timedelta(days=1))
    async with at_the_desk(day_before, "mei") as mei:
        await mei.open(f"{AT}/session?session={SATURDAY}")
        assert "2家排队（4人）" in mei.text
        await mei.press("改名额", places="4")
        await mei.press("确定")
        await mei.open(f"{AT}/session?session={SATURDAY}")
        assert "1家待答复（2人） 1家排队（2人）" in mei.text
        assert "请在" not in mei.text
        assert "CHE2" in mei.text
        assert 'href="#form-resize"' in mei.html
        assert 'id="form-resize"' in mei.html


# Certificates


@pytest_asyncio.fixture
async def last_day(linli: Linli) -> House:
    """A camp of four days on its last afternoon: ann's first came on three, her other never."""
    house = House(linli)
    await camp(house, CAMP, DAYS)
    await house.book("ann", session=CAMP, size=2)
    await came(house, "ann", "ann1", DAYS[:3])
    await house.join("li", Role.CENTRE_STAFF, CENTRE)
    await house.join("hu", Role.CENTRE_MANAGER, "FZ004")
    return house.at(LAST)


async def test_a_certificate_is_opened_from_the_camp_and_written_down(last_day: House) -> None:
    async with at_the_desk(last_day, "li") as li:
        await li.open(f"{AT}/session?session={CAMP}")
        assert f"certificates?session={CAMP}" in li.html
        await li.open(f"{AT}/certificates?session={CAMP}")
        assert "天数 3/4" in li.text or "3/4" in li.text
        [path] = addresses(li)
        drawing = await li.visitor.http.get(path)
        said = [each.text or "" for each in fromstring(drawing.text).iter() if each.text]
        assert "共举办4天，参加3天" in said
        assert drawing.headers["cache-control"] == "private, no-store"
    entry = (await last_day.audit())[-1]
    assert (entry.what, entry.subjects) == ("certify", f"{CAMP} ann:{CAMP} ann1")


async def test_nobody_else_opens_it_and_nobody_gets_one_for_no_day(last_day: House) -> None:
    site = desk_site(last_day.linli)
    async with at_the_desk(last_day, "li", site) as li, at_the_desk(last_day, "hu", site) as hu:
        await li.open(f"{AT}/certificates?session={CAMP}")
        [path] = addresses(li)
        before = await last_day.audit()
        for clerk, address in (
            (hu, path),
            (hu, path.replace(CENTRE, "FZ004", 1)),
            (li, path.replace("ann1", "ann2")),
            (li, path.replace("ann1", "nobody")),
        ):
            assert (await clerk.visitor.http.get(address)).status_code == 404
        assert await last_day.audit() == before


def addresses(clerk: Clerk) -> list[str]:
    return [
        part.split('"')[0] for part in clerk.html.split('href="')[1:] if "/certificate/" in part.split('"')[0]
    ]


# What cannot wait

NOW = STARTS - timedelta(minutes=30)
CLASS = DeskSession("s", "书法", STARTS, STARTS + timedelta(hours=1), None, 9, 3, 0, 0)


@pytest.mark.parametrize(
    ("session", "now", "what"),
    [
        (CLASS, NOW, []),
        (replace(CLASS, taken=2), NOW, ["few"]),
        (replace(CLASS, taken=2), NOW - timedelta(hours=1), []),
        (replace(CLASS, taken=2), STARTS, []),
        (replace(CLASS, taken=9, offered=1), NOW, ["over"]),
        (replace(CLASS, taken=10), NOW - timedelta(hours=8), ["over"]),
        (replace(CLASS, taken=10), CLASS.ends_at, []),
        (replace(CLASS, taken=9), NOW, []),
    ],
)
def test_a_session_with_few_people_or_too_many_is_told_in_time(
    session: DeskSession, now: datetime, what: list[str]
) -> None:
    assert [alert.what for alert in of_sessions([session], now)] == what


def test_of_nothing_and_of_what_is_not_for_this_post_there_is_no_alert() -> None:
    assert of_counts(unfetched=0, due=None, calls=2) == [Alert("calls", 2, "reach")]


async def test_today_tells_of_what_cannot_wait_and_where_it_is_seen_to(saturday: House) -> None:
    await saturday.manager("周六书法班名额改到1个", "是")
    await opened(saturday, who="lin")
    for said in ("东湖社区邻里中心", "人工", "请回电"):
        await saturday.say(said, "wu")
    later = saturday.later(timedelta(days=1))
    async with at_the_desk(saturday, "mei") as mei:
        assert "少儿书法班9:00：1个名额，报了2人" in mei.text
        assert f'href="session?session={SATURDAY}"' in mei.html
    async with at_the_desk(later, "mei") as mei:
        assert "位居民今天要给答复" in mei.text
        await mei.open(f"{AT}/today?on={STARTS:%Y-%m-%d}")
        assert "现在要办" not in mei.text  # of another day nothing waits


async def test_nobody_is_checked_in_to_a_meeting_that_is_none(saturday: House) -> None:
    async with at_the_desk(saturday, "wang") as wang:
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        form = next(form for form in wang.forms() if "ask/check_in" in form.action)
        for meeting, status in (("1", 409), (form.fields["meeting"], 200)):
            await wang.send(form.action, **(form.fields | {"mark": "arrived", "meeting": meeting}))
            assert wang.page
            assert wang.page.status_code == status
