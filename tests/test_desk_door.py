"""Signing in to the desk on both engines: by a code that is good once, for a working day at most."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.forgetting import forget_sign_ins
from bot.linli import Linli
from bot.web.desk.gate import PER_MINUTE
from bot.web.visitors import DESK_COOKIE
from handlers import sign_in, staff
from handlers.permissions import SHELL_CHANNEL, Role
from messages.calendar import SHANGHAI
from storage import staff as staff_rows
from storage.statements import statement
from tests.clerk import Clerk, Form, at_the_desk, code_of, desk_site
from tests.desk import CENTRE, House
from tests.web_visitor import Site, visiting

TODAY = f"/desk/centre/{CENTRE}/today"
SIGN_INS = statement("test.sign_ins", "SELECT COUNT(*) FROM sign_in")
KEPT = statement("test.kept", "SELECT token_hash, browser FROM sign_in")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    return there


@pytest.fixture
def here(house: House) -> Site:
    return desk_site(house.linli)


@pytest_asyncio.fixture
async def browser(here: Site) -> AsyncIterator[Clerk]:
    async with visiting(here) as visitor:
        yield Clerk(visitor)


async def entered(browser: Clerk, code: str) -> bool:
    await browser.open(f"/desk/in/{code}")
    await browser.press("进入")
    return browser.page is not None and "场次" in browser.text


async def test_a_code_of_the_chat_lets_in_once(house: House, browser: Clerk) -> None:
    code = await code_of(house, "wang")
    assert await entered(browser, code)
    assert "工作人员" in browser.text
    assert not await entered(browser, code)
    assert "用过了" in browser.text


async def test_a_code_is_typed_in_any_way_at_another_device(house: House, browser: Clerk) -> None:
    code = await code_of(house, "wang")
    await browser.open("/desk")
    assert "工作人员对话里说“管理端”" in browser.text
    await browser.press("进入", code=code.lower().replace("-", " "))
    assert "场次" in browser.text


async def test_whoever_only_looks_at_the_link_uses_nothing_up(
    house: House, browser: Clerk, here: Site
) -> None:
    """Chats fetch addresses to show a preview."""
    code = await code_of(house, "wang")
    async with visiting(here) as preview:
        assert (await preview.http.get(f"/desk/in/{code}")).status_code == 200
    assert await entered(browser, code)


async def test_a_code_that_is_old_or_was_replaced_lets_nobody_in(
    house: House, browser: Clerk, here: Site
) -> None:
    first, second = await code_of(house, "wang"), await code_of(house, "wang")
    assert not await entered(browser, first)
    later = house.later(sign_in.CODE_GOOD)
    async with visiting(desk_site(later.linli)) as visitor:
        assert not await entered(Clerk(visitor), second)
    assert await entered(browser, second)


@pytest.mark.parametrize("code", ["", "ACDE-3467", "没有码", "x" * 5_000, "../../in"])
async def test_what_is_no_code_lets_nobody_in(browser: Clerk, code: str) -> None:
    await browser.open("/desk/in")
    await browser.press("进入", code=code)
    assert browser.page
    assert browser.page.status_code == 422
    assert "这个码不对" in browser.text
    assert DESK_COOKIE not in browser.visitor.http.cookies


async def test_residents_are_shown_no_way_in(house: House) -> None:
    assert (await house.say("管理端", "lin")).view != "DeskDoor"
    assert (await house.say("/desk_door", "lin")).view != "DeskDoor"


async def test_the_shell_is_no_post_to_sign_in_with(house: House) -> None:
    reply = await house.say("管理端", f"manager:{CENTRE}", SHELL_CHANNEL)
    assert reply.view == "DeskRefused"


async def test_the_code_of_an_invitation_makes_staff_and_lets_in(house: House, browser: Clerk) -> None:
    code = await house.invited(Role.CENTRE_MANAGER, CENTRE)
    assert await entered(browser, code)
    assert "管理员" in browser.text
    assert not await entered(browser, code)
    assert [entry.what for entry in await house.audit()][-3:] == ["invite", "join", "sign_in"]


async def test_where_many_use_the_device_nobody_is_let_in(house: House, browser: Clerk) -> None:
    await browser.visitor.open()
    await browser.visitor.send("/public", public="1")
    code = await code_of(house, "wang")
    await browser.open(f"/desk/in/{code}")
    await browser.press("进入")
    assert "公用" in browser.text
    assert DESK_COOKIE not in browser.visitor.http.cookies


async def test_the_cookie_is_for_the_desk_alone_and_only_a_hash_is_kept(house: House, browser: Clerk) -> None:
    code = await code_of(house, "wang")
    await browser.open(f"/desk/in/{code}")
    form = browser.form("进入")
    answer = await browser.visitor.http.post(form.action, data=form.fields)
    [set_cookie] = [each for each in answer.headers.get_list("set-cookie") if each.startswith(DESK_COOKIE)]
    for part in ("HttpOnly", "Path=/desk", "SameSite=lax", "Max-Age=28800"):
        assert part in set_cookie
    token = browser.visitor.http.cookies[DESK_COOKIE]
    async with house.linli.database.read() as tx:
        [kept] = await tx.rows(KEPT)
    assert token not in kept["token_hash"]
    assert kept["browser"] == "computer other"


async def test_a_sign_in_ends_after_a_working_day_whatever_is_done(house: House, here: Site) -> None:
    async with at_the_desk(house, "wang", here) as wang:
        late = desk_site(house.later(sign_in.SIGNED_IN - timedelta(seconds=1)).linli)
        over = desk_site(house.later(sign_in.SIGNED_IN).linli)
        for site, is_in in ((late, True), (over, False)):
            async with visiting(site) as visitor:
                visitor.http.cookies = wang.visitor.http.cookies
                found = await Clerk(visitor).open(TODAY)
                assert ("场次" in found.text) is is_in


async def test_with_the_post_ends_every_sign_in_at_once(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        async with house.linli.database.read() as tx:
            [member] = await staff_rows.everybody(tx)
        await staff.revoke(
            house.linli.database, member.id, entry_id="e", line_id="l", now=house.linli.clock()
        )
        await wang.open(TODAY)
        assert "进入管理端" in wang.text
        assert "场次" not in wang.text


async def test_a_conversation_that_goes_to_another_device_takes_the_desk_along(house: House) -> None:
    """Who has the old browser is staff no more."""
    moved = statement("test.moved", "UPDATE conversation SET address = 'new' WHERE address = 'wang'")
    async with at_the_desk(house, "wang") as wang:
        await house.linli.database.write(lambda tx: tx.run(moved))
        await wang.open(TODAY)
        assert "场次" not in wang.text


async def test_signing_out_here_there_and_everywhere(house: House, here: Site) -> None:
    async with at_the_desk(house, "wang", here) as phone, at_the_desk(house, "wang", here) as computer:
        await phone.open("/desk/sign-ins")
        assert phone.text.count("其他浏览器") == 2
        ends_at = (house.linli.clock() + sign_in.SIGNED_IN).astimezone(SHANGHAI)
        assert f"{ends_at.hour}:{ends_at:%M}" in phone.text
        [other] = [each for each in phone.forms() if each.action == "/desk/out" and _row(each) != "here"][1:2]
        await phone.send(other.action, **other.fields, which=_row(other))
        await computer.open(TODAY)
        assert "场次" not in computer.text
        await phone.open(TODAY)
        assert "场次" in phone.text
        await phone.press("退出")
        assert DESK_COOKIE not in phone.visitor.http.cookies
        await phone.open(TODAY)
        assert "场次" not in phone.text
    async with at_the_desk(house, "wang", here) as one, at_the_desk(house, "wang", here) as two:
        await one.open("/desk/sign-ins")
        await one.press("全部退出")
        for each in (one, two):
            await each.open(TODAY)
            assert "场次" not in each.text


def _row(form: Form) -> str:
    [(_, value)] = form.buttons.values()
    return value


async def test_nobody_ends_the_sign_in_of_another(house: House, here: Site) -> None:
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    async with at_the_desk(house, "wang", here) as wang, at_the_desk(house, "mei", here) as mei:
        await wang.open("/desk/sign-ins")
        [its] = [_row(each) for each in wang.forms() if _row(each) not in ("here", "everywhere")]
        await mei.send("/desk/out", csrf=mei.form("退出").fields["csrf"], which=its)
        assert mei.page
        assert mei.page.status_code == 404
        await wang.open(TODAY)
        assert "场次" in wang.text


@pytest.mark.parametrize("csrf", ["", "x", "丰泽"])
async def test_a_form_that_is_not_ours_changes_nothing(house: House, csrf: str) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.send("/desk/out", csrf=csrf, which="everywhere")
        assert wang.page
        assert wang.page.status_code == 403
        await wang.open(TODAY)
        assert "场次" in wang.text


async def test_another_sign_in_s_form_is_none_of_ours(house: House, here: Site) -> None:
    async with at_the_desk(house, "wang", here) as one, at_the_desk(house, "wang", here) as two:
        await one.send("/desk/out", csrf=two.form("退出").fields["csrf"], which="here")
        assert one.page
        assert one.page.status_code == 403


async def test_too_many_looks_are_asked_to_wait(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        for _ in range(PER_MINUTE):
            await wang.open(TODAY)
        assert wang.page
        assert wang.page.status_code == 429
        assert int(wang.page.headers["retry-after"]) > 0


@pytest.mark.parametrize("cookie", ["", "x", "0" * 32, "丰泽".encode().decode("latin-1")])
async def test_an_invented_cookie_leads_to_the_entry(browser: Clerk, cookie: str) -> None:
    header = [(b"cookie", f"{DESK_COOKIE}={cookie}".encode("latin-1"))]
    answer = await browser.visitor.http.get(TODAY, headers=header)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/in")


async def test_pages_are_kept_by_no_browser(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        assert wang.page
        assert wang.page.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in wang.page.headers["content-security-policy"]


async def test_sign_ins_are_forgotten_after_a_while(house: House) -> None:
    async with at_the_desk(house, "wang"):
        pass
    for later, kept in ((sign_in.KEPT, 1), (sign_in.KEPT + sign_in.SIGNED_IN + timedelta(hours=1), 0)):
        await forget_sign_ins(house.linli, house.linli.clock() + later)
        async with house.linli.database.read() as tx:
            assert await tx.value(SIGN_INS) == kept
