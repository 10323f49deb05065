"""Holidays and terms on a page of the district: a file is read back, taken after a yes, written down."""

from datetime import date

import pytest
import pytest_asyncio

from bot.linli import Linli
from bot.office import TRAYS
from handlers.calendar_import import read_calendar, save_calendar
from handlers.permissions import Role
from tests.clerk import Clerk, at_the_desk
from tests.desk import House
from tests.office import hand_in
from tests.test_calendar_files import NOTICE

AT = "/desk/area/calendar"
YES = "确定采用"
SOURCE = "Notice 2026/99 of the State Council"
# Nine lines of which each is nine of the one before.
ALIASES = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)
)
TERM = "terms:\n  - {name: 2026-2027 first term, from: 2026-09-01, to: 2027-01-29, source: Quanzhou}\n"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("sun", Role.DISTRICT)
    return there


def is_offered(clerk: Clerk) -> bool:
    return any(YES in form.buttons for form in clerk.forms())


async def test_years_are_told_with_what_is_certain_of_them(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        assert "2027 暂定：还没有国务院的通知" in sun.text
        assert "2026 正式：chinesecalendar" in sun.text
        assert "国庆节 10月1日（周四）–10月7日（周三） 9月20日（周日）、10月10日（周六）" in sun.text
        assert "2026-2027 first term 2026年9月1日到2027年1月22日 (示例，不是真的) sample" in sun.text
        assert not is_offered(sun)


async def test_a_notice_is_taken_after_a_yes(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, NOTICE.encode(), "2027.yaml", at=AT)
        assert f"来源：（空） → {SOURCE}" in sun.text
        assert (
            "春节 放假 2月5日（周五）–2月8日（周一） 放假 2月5日（周五）–2月12日（周五） 调休上班 2月14日"
            in sun.text
        )
        assert not house.linli.directory.calendar.is_official(2027)
        await sun.press(YES)
        assert "办好了" in sun.text
        assert f"2027 正式：{SOURCE}" in sun.text
        assert house.linli.directory.calendar.is_makeup(date(2027, 2, 14))
        await hand_in(sun, NOTICE.encode(), at=AT)
        assert "没有要改的" in sun.text
        assert not is_offered(sun)
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.subjects) == ("S-0001", "calendar", "2027")
    assert entry.became == "days:29 terms:1"


async def test_terms_alone_change_terms_alone(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, TERM.encode(), at=AT)
        assert (
            "2026年9月1日到2027年1月22日 (示例，不是真的) · sample 2026年9月1日到2027年1月29日 · Quanzhou"
            in sun.text
        )
        await sun.press(YES)
    assert any(each.ends_on == date(2027, 1, 29) for each in house.linli.directory.calendar.terms)
    assert not house.linli.directory.calendar.is_official(2027)


async def test_what_is_not_as_it_was_read_back_is_read_back_again(house: House) -> None:
    other = read_calendar("other", NOTICE.replace("2026/99", "2026/98").encode())
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, NOTICE.encode(), at=AT)
        await save_calendar(house.linli.database, other, house.linli.clock())
        await sun.press(YES)
        assert "什么都没有改" in sun.text
        assert f"来源：Notice 2026/98 of the State Council → {SOURCE}" in sun.text
        await sun.press(YES)
        assert "办好了" in sun.text


async def test_what_is_wrong_is_told_entry_by_entry_and_nothing_is_taken(house: House) -> None:
    wrong = NOTICE.replace("qingming", "easter").replace("on: 2027-02-14", "on: 2027-02-15")
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, wrong.encode(), at=AT)
        assert "off 第3项 holiday 应该是其中之一：new_year" in sun.text
        assert "2027-02-15 调休上班的日子应该是周六或周日" in sun.text
        assert not is_offered(sun)
        sun.visitor.http.cookies.set("linli_language", "en")
        await sun.open(AT)
        assert "off entry 3 holiday must be one of new_year" in sun.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "没有收到文件"),
        (b"\xff\xfe\x00", "读不出来"),
        (b"- 2027", "读不出来"),
        (b"[" * 5_000, "读不出来"),
        (ALIASES.encode(), "读不出来"),
        (b"year: !!python/object/apply:os.getcwd []", "读不出来"),
        (b"#" * (TRAYS["calendar"].most_bytes + 1), "文件太大"),
    ],
    ids=["none", "no text", "no mapping", "deep", "aliases", "objects", "large"],
)
async def test_what_is_no_notice_is_told_at_once(house: House, content: bytes, told: str) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, content, at=AT)
        assert sun.page
        assert sun.page.status_code in (413, 422)
        assert told in sun.text
        await sun.open(AT)
        assert not is_offered(sun)
