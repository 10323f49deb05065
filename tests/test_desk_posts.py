"""Posts beyond one centre, on a page of the district: invited, ended, written down, on both engines."""

import re

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.pages.forms import AREA_FORMS
from handlers.permissions import Act, Reach, Role, reach_of
from tests.case_talk import AREA
from tests.clerk import CODE, Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, House

AT = "/desk/area/posts"
FIELDS = {
    "appoint": {"post": "district"},
    "dismiss": {"who": "S-0002"},
    "promised": {"code": "H-0001", "words": "来吧", "by": "孙"},
}


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("sun", Role.DISTRICT)
    return there


async def appointed(clerk: Clerk, post: str) -> str:
    """The code that the page shows once."""
    await clerk.open(AT)
    await clerk.press("邀请同事", post=post)
    assert not CODE.search(clerk.text)
    await clerk.press("确定")
    found = CODE.search(clerk.text)
    assert found, clerk.text
    return found[0]


@pytest.mark.parametrize(
    ("post", "told"), [("district", "全区，区管理员"), (f"subdistrict {AREA}", f"{AREA}，街道管理员")]
)
async def test_somebody_is_invited_beyond_one_centre(house: House, post: str, told: str) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        await sun.press("邀请同事", post=post)
        assert f"邀请：{told}" in sun.text
        assert len(await house.audit()) == 3
        code = await appointed(sun, post)
        await sun.open(AT)
        assert "I-0002" in sun.text
        assert code not in sun.html
    assert (await house.say(f"管理码 {code}", "zhao")).view == "StaffWelcomed"
    async with at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        assert "I-0002" not in sun.text
        assert re.search(rf"S-0002 · ({AREA} · 街道管理员|区管理员)", sun.text)
    entry = next(each for each in await house.audit() if each.what == "appoint")
    role = post.partition(" ")[0]
    assert (entry.who, entry.subjects, entry.became, entry.centre_id) == ("S-0001", "I-0002", role, None)
    assert code.replace("-", "") not in str(await house.audit())


@pytest.mark.parametrize(
    "post", ["subdistrict", "subdistrict 别处街道", "operator", "centre_manager", "district x"]
)
async def test_nobody_is_invited_to_what_is_not_the_districts_to_give(house: House, post: str) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        await sun.press("邀请同事", post=post)
        assert sun.page
        assert sun.page.status_code == 409
        await sun.open(AT)
        assert "I-0002" not in sun.text


async def test_an_invitation_is_taken_back_on_the_page_and_in_the_chat(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        code = await appointed(sun, "district")
        await sun.press("撤销")
        assert sun.page
        assert str(sun.page.url).endswith(AT)
        assert "I-0002" not in sun.text
        other = await appointed(sun, "district")
        assert (await house.say("撤销", "sun")).view == "DeskUndone"
        await sun.press("撤销")
        assert sun.page.status_code == 409
    for each in (code, other):
        assert (await house.say(f"管理码 {each}", "zhao")).view == "StaffCodeRefused"


async def test_a_post_ends_at_once_with_its_sign_ins(house: House) -> None:
    await house.join("zhao", Role.SUBDISTRICT, area=AREA)
    async with at_the_desk(house, "zhao") as zhao, at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        await sun.press("结束职务", who="S-0002")
        assert f"结束 S-0002 的职务（{AREA}，街道管理员）" in sun.text
        await sun.press("确定")
        assert "办好了" in sun.text
        assert "撤销" not in [label for form in sun.forms() for label in form.buttons]
        await zhao.open("/desk/area/overview")
        assert "/desk/in" in str(zhao.page.url if zhao.page else "")
        await sun.open(AT)
        assert "S-0002" not in sun.text
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.subjects, entry.was) == (
        "S-0001",
        "dismiss",
        "S-0002",
        "subdistrict",
    )


async def test_the_last_of_the_district_stays(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        assert "您是唯一的区管理员" in sun.text
        csrf = sun.form("退出").fields["csrf"]
        await sun.send("/desk/area/ask/dismiss", csrf=csrf, who="S-0001")
        assert "这是唯一的区管理员，不能结束" in sun.text
        await house.join("qian", Role.DISTRICT)
        await sun.send("/desk/area/ask/dismiss", csrf=csrf, who="S-0001")
        form = sun.form("确定")
        async with at_the_desk(house, "qian") as qian:  # each of the two ends their own
            other = qian.form("退出").fields["csrf"]
            await qian.send("/desk/area/ask/dismiss", csrf=other, who="S-0002")
            await qian.press("确定")
            assert "办好了" in qian.text
        await sun.send(form.action, **form.fields)
        assert "这是唯一的区管理员，不能结束" in sun.text
    assert (await house.say("管理端", "sun")).view == "DeskDoor"


@pytest.mark.parametrize("who", ["S-0002", "S-0009", "", "x"])
async def test_posts_of_centres_and_of_nobody_are_not_ended_here(house: House, who: str) -> None:
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    async with at_the_desk(house, "sun") as sun:
        await sun.send("/desk/area/ask/dismiss", csrf=sun.form("退出").fields["csrf"], who=who)
        assert "没有这个职务" in sun.text


async def test_forms_of_the_district_are_the_districts_alone(house: House) -> None:
    """Every role, every form; and no plan of one form is good for another."""
    await house.join("zhao", Role.SUBDISTRICT, area=AREA)
    for role in Role:
        centre = CENTRE if role in (Role.CENTRE_STAFF, Role.CENTRE_MANAGER) else None
        await house.join(role, role, centre, AREA if role is Role.SUBDISTRICT else None)
    await house.say("/callback", "lin")
    before = len(await house.audit())
    site = desk_site(house.linli)
    for role in Role:
        async with at_the_desk(house, role, site) as clerk:
            csrf = clerk.form("退出").fields["csrf"]
            for name, form in AREA_FORMS.items():
                await clerk.send(f"/desk/area/ask/{name}", csrf=csrf, **FIELDS[name])
                assert clerk.page
                is_allowed = reach_of(role, form.errand.act) is Reach.EVERYWHERE
                assert clerk.page.status_code == (200 if is_allowed else 409), (role, name)
                if is_allowed:
                    order = clerk.form("确定").fields["order"]
                    for path in (
                        "/desk/area/do/appoint",
                        "/desk/area/do/dismiss",
                        f"/desk/centre/{CENTRE}/do/invite",
                    ):
                        if not path.endswith(name):
                            await clerk.send(path, csrf=csrf, order=order)
                            assert clerk.page.status_code == 403
                await clerk.send(f"/desk/area/ask/{name}", csrf="x", **FIELDS[name])
                assert clerk.page.status_code == 403
            await clerk.send("/desk/area/ask/call_off", csrf=csrf)
            assert clerk.page
            assert clerk.page.status_code == 404
            await clerk.open(AT)
            assert (clerk.page.status_code == 200) is (reach_of(role, Act.OFFICE) is Reach.EVERYWHERE)
    assert {each.what for each in (await house.audit())[before:]} <= {"sign_in"}


async def test_the_page_speaks_english(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        sun.visitor.http.cookies.set("linli_language", "en")
        await sun.open(AT)
        await sun.press("Invite somebody", post=f"subdistrict {AREA}")
        assert f"Invitation: a manager of {AREA}" in sun.text
        await sun.press("Yes, do it")
        assert "staff code" in sun.text
