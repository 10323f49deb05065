"""Cases on the desk's pages, on both engines: what is shown to whom, what is done, photos of evidence."""

import re

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from tests.case_talk import LATE, now_of, opened, staffed
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, House
from tests.photos import jpeg

AT = f"/desk/centre/{CENTRE}"
CASE = f"{AT}/case?code=G-0001"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = await staffed(linli)
    await opened(there)
    return there


async def test_the_manager_sees_what_waits_and_until_when(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/cases")
        assert "G-0001 投诉，东湖社区" in wang.text
        assert "最晚" in wang.text
        await wang.open(CASE)
        assert "桌子坏了" in wang.text
        for private in ("林金鹂", "13800138000", "lin "):
            assert private not in wang.html
        await wang.open(f"{AT}/today")
        assert "1 个工单" in wang.text
    async with at_the_desk(house.at(LATE), "wang") as wang:
        await wang.open(f"{AT}/cases")
        assert "已超期" in wang.text


async def test_what_is_done_is_read_back_and_told_to_the_resident(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(CASE)
        await wang.press("受理")
        assert "请核对" in wang.text
        assert (await now_of(house)).state == "received"
        await wang.press("确定")
        assert "办好了" in wang.text
        assert (await now_of(house)).state == "accepted"
        await wang.open(CASE)
        assert "受理" not in [label for form in wang.forms() for label in form.buttons]
        await wang.press("已整改", words="桌子换了新的，我叫林金鹂")
        await wang.press("确定")
    assert (await now_of(house)).state == "rectified"
    told = "".join(await house.told("lin"))
    assert "桌子换了新的" in told
    assert "林金鹂" not in told


async def test_more_time_is_asked_for_with_a_reason(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        was = (await now_of(house)).due_at
        await wang.open(CASE)
        await wang.press("申请延期", days="2", words="桌子要订做")
        await wang.press("确定")
        assert "办好了" in wang.text
    assert (await now_of(house)).due_at > was


WRONG = (
    ("已整改", {"words": ""}, 409), ("申请延期", {"days": "0", "words": "要订做"}, 409),
    ("申请延期", {"days": "x", "words": "要订做"}, 400),
    ("申请延期", {"days": "400", "words": "要订做"}, 409),
    ("和另一件重复", {"other": "G-0001"}, 409), ("和另一件重复", {"other": "没有"}, 409),
    ("受理", {"act": "uphold", "words": "成立"}, 409), ("受理", {"act": "close"}, 400),
    ("受理", {"version": "999"}, 409), ("受理", {"case": "x"}, 409),
)  # fmt: skip


@pytest.mark.parametrize(("button", "fields", "status"), WRONG)
async def test_what_may_not_be_done_is_refused(
    house: House, button: str, fields: dict[str, str], status: int
) -> None:
    before = await now_of(house)
    async with at_the_desk(house, "wang") as wang:
        await wang.open(CASE)
        await wang.press(button, **fields)
        assert wang.page
        assert wang.page.status_code == status, wang.text
    assert await now_of(house) == before


async def test_two_who_answer_at_once_are_not_both_heard(house: House) -> None:
    site = desk_site(house.linli)
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    async with at_the_desk(house, "wang", site) as wang, at_the_desk(house, "mei", site) as mei:
        for clerk, words in ((wang, "换了桌子"), (mei, "修了桌子")):
            await clerk.open(CASE)
            await clerk.press("说明情况", words=words)
        await wang.press("确定")
        await mei.press("确定")
        assert "没有办" in mei.text
    told = "".join(await house.told("lin"))
    assert "换了桌子" in told
    assert "修了桌子" not in told


async def test_an_appeal_is_the_district_s_to_decide(house: House) -> None:
    async with at_the_desk(house, "wang") as wang, at_the_desk(house, "sun") as sun:
        await wang.open(CASE)
        await wang.press("申诉", words="桌子没有坏")
        await wang.press("确定")
        await wang.open(CASE)
        assert not wang.text.count("申诉成立")
        await sun.open(CASE)
        await sun.press("申诉不成立", words="桌子坏了，有照片")
        await sun.press("确定")
        assert "办好了" in sun.text
    assert (await now_of(house)).state == "in_progress"


async def picture(clerk: Clerk, content: bytes, **fields: str) -> None:
    form = clerk.form("加照片")
    clerk.page = await clerk.visitor.http.post(
        form.action, data=form.fields | fields, files={"photo": ("x.jpg", content, "image/jpeg")}
    )


async def test_evidence_is_added_and_seen_by_who_has_the_case(house: House) -> None:
    async with at_the_desk(house, "wang") as wang, at_the_desk(house, "sun") as sun:
        await wang.open(CASE)
        await picture(wang, jpeg())
        assert wang.page
        assert wang.page.status_code == 200, wang.text
        await wang.open(CASE)
        [address] = re.findall(r'<img src="(/desk/photo/[^"]*)"', wang.html)
        seen = await wang.visitor.http.get(address)
        assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
        assert seen.headers["cache-control"] == "private, no-store"
        assert (await sun.visitor.http.get(address)).status_code == 404
        await sun.open(CASE)
        assert re.search(r'<img src="/desk/photo/', sun.html)


@pytest.mark.parametrize("fields", [{"csrf": "x"}, {"say": "/erase"}, {"id": "x"}])
async def test_a_photo_of_no_form_of_ours_is_refused(house: House, fields: dict[str, str]) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(CASE)
        await picture(wang, jpeg(), **fields)
        assert wang.page
        assert wang.page.status_code in (400, 403)
        await wang.open(CASE)
        assert "<img" not in wang.html


async def test_a_case_of_another_centre_is_as_unknown_as_none(house: House) -> None:
    await house.join("li", Role.CENTRE_MANAGER, "FZ001")
    async with at_the_desk(house, "li") as li:
        for code in ("G-0001", "G-9999", ""):
            await li.open(f"/desk/centre/FZ001/case?code={code}")
            assert li.page
            assert li.page.status_code == 404
