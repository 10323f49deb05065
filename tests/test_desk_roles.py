"""Every page and form of the desk against every role, at one's own place and at all others."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import quote

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.linli import Linli
from bot.web.desk.table import ROOMS
from handlers.pages.forms import FORMS
from handlers.permissions import INVITES, Act, Role, may
from storage.staff import Post
from tests.case_talk import opened
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, SATURDAY, House

NOBODYS = "FZ999"
OF_A_CENTRE = (Role.CENTRE_STAFF, Role.CENTRE_MANAGER)
ENTERED = {"invite", "join", "sign_in"}
AT = f"/desk/centre/{CENTRE}"
FIELDS = {
    "call_off": {"session": SATURDAY, "because": "teacher"},
    "resize": {"session": SATURDAY, "places": "20"},
    "move": {"session": SATURDAY, "day": "2026-11-29", "clock": "10:00"},
    "book": {"session": SATURDAY, "size": "1"},
    "close": {"first": "2026-11-28", "last": "2026-11-28", "because": "power"},
    "hours": {"text": "每天 8:00-20:00", "since": "2026-12-01"},
    "phone": {"phone": "0595-22001234"},
    "edit": {"activity": "少儿书法班", "field": "fee", "value": "免费", "since": "2026-12-01"},
    "stop": {"activity": "少儿书法班", "since": "2026-12-01"},
    "publish": {
        "name": "太极班", "times": "每周日 8:00-9:00", "first": "2026-12-01", "last": "2027-01-31",
        "places": "12",
    },
    "invite": {"role": "centre_staff"},
    "end_post": {"who": "S-0001"},
    "deputy": {"who": "S-0001", "last": "2026-12-01"},
    "called": {"news": "x 1"},
    "answer": {"code": "C-0001", "words": "好的", "by": "王老师"},
    "case": {"case": "x", "act": "accept", "version": "1"},
    "check_in": {"session": SATURDAY, "meeting": "1", "mark": "arrived", "who": "x:y"},
    "all_there": {"session": SATURDAY},
    "digest": {"cadence": "month", "weekday": "1", "clock": "09:00"},
    "word": {"service": "便民理发", "word": "推头"},
    "announce": {"words": "周六上午停水，热水供应改到下午", "last": "2026-11-28"},
}  # fmt: skip
# Names of record are of classes that need them: tests/test_desk_names.py.
LISTED = [room for room in ROOMS if room.act is not Act.NAMES]
REFUSALS = ("这不是您管的中心", "您的身份不能办这件事")


@pytest_asyncio.fixture
async def house(sqlite_linli: Linli) -> House:
    there = House(sqlite_linli)
    await there.session()
    await there.say("你好", "lin")
    await opened(there)
    return there


Clerks = dict[Role, Clerk]


@pytest_asyncio.fixture
async def clerks(house: House) -> AsyncIterator[Clerks]:
    """One of each role, all of them at one place as far as the role has one."""
    site = desk_site(house.linli)
    async with AsyncExitStack() as stack:
        found = {}
        for role in Role:
            post = post_of(house, role)
            await house.join(role, role, post.centre_id, post.subdistrict)
            found[role] = await stack.enter_async_context(at_the_desk(house, role, site))
        yield found


def post_of(house: House, role: Role) -> Post:
    area = house.linli.directory.centres[CENTRE].subdistrict
    post = Post("S", role, CENTRE if role in OF_A_CENTRE else None)
    return replace(post, subdistrict=area) if role is Role.SUBDISTRICT else post


def allowed(house: House, role: Role, act: Act, centre_id: str) -> bool:
    """What the table of permissions says."""
    centre = house.linli.directory.centres.get(centre_id)
    return centre is not None and may(post_of(house, role), act, centre_id, centre.subdistrict)


def role_for(role: Role) -> str:
    """To which post somebody invites, if to any."""
    return next(iter(INVITES.get(role, ())), "centre_staff")


def places(house: House) -> list[str]:
    """One's own centre, one of the same subdistrict, one of another, and nobody's."""
    directory = house.linli.directory
    own = directory.centres[CENTRE].subdistrict
    near = next(each for each in directory.subdistricts[own] if each != CENTRE)
    far = next(each.id for each in directory.centres.values() if each.subdistrict != own)
    return [CENTRE, near, far, NOBODYS]


async def test_every_page_is_open_to_whom_the_table_names_and_to_nobody_else(
    house: House, clerks: Clerks
) -> None:
    seen = set()
    for role, clerk in clerks.items():
        for room in LISTED:
            for centre_id in places(house):
                about = f"?session={SATURDAY}&code=G-0001" if centre_id == CENTRE else ""
                await clerk.open(f"/desk/centre/{centre_id}/{room.name}{about}")
                assert clerk.page
                is_allowed = allowed(house, role, room.act, centre_id)
                # Of a page that is about one session or case there is none where none is named.
                expected = {200, 404} if is_allowed and not about else {200 if is_allowed else 404}
                assert clerk.page.status_code in expected, (role, room.name, centre_id)
                if clerk.page.status_code == 200:
                    seen.add(room.name)
    assert seen == {room.name for room in LISTED}


async def test_what_is_not_theirs_and_what_is_nowhere_look_alike(house: House, clerks: Clerks) -> None:
    clerk = clerks[Role.CENTRE_MANAGER]
    _, near, far, nowhere = places(house)
    texts = {(await clerk.open(f"/desk/centre/{each}/today")).text for each in (near, far, nowhere)}
    assert len(texts) == 1


async def test_every_form_is_read_back_to_whom_the_table_names_and_to_nobody_else(
    house: House, clerks: Clerks
) -> None:
    for role, clerk in clerks.items():
        csrf = clerk.form("退出").fields["csrf"]
        for name, form in FORMS.items():
            for centre_id in places(house):
                fields = FIELDS[name] | ({"role": role_for(role)} if name == "invite" else {})
                await clerk.send(f"/desk/centre/{centre_id}/ask/{name}", csrf=csrf, **fields)
                refused = any(words in clerk.text for words in REFUSALS)
                is_allowed = allowed(house, role, form.errand.act, centre_id)
                assert refused is not is_allowed, (role, name, centre_id)
    assert {entry.what for entry in await house.audit()} == ENTERED


@pytest.mark.parametrize("change", ["centre", "form", "order", "sign_in"])
async def test_what_was_read_back_is_done_as_it_was_read(clerks: Clerks, house: House, change: str) -> None:
    clerk = clerks[Role.CENTRE_MANAGER]
    csrf = clerk.form("退出").fields["csrf"]
    await clerk.send(f"{AT}/ask/resize", csrf=csrf, session=SATURDAY, places="20")
    form = clerk.form("确定")
    order = form.fields["order"]
    path = {"centre": "/desk/centre/FZ001/do/resize", "form": f"{AT}/do/call_off"}.get(change, form.action)
    if change == "sign_in":
        async with at_the_desk(house, Role.CENTRE_MANAGER, desk_site(house.linli)) as other:
            await other.send(path, csrf=other.form("退出").fields["csrf"], order=order)
            assert other.page
            assert other.page.status_code == 403
    else:
        changed = order.replace("20", "30") if change == "order" else order
        await clerk.send(path, csrf=csrf, order=changed)
        assert clerk.page
        assert clerk.page.status_code == 403
    assert (await house.row()).places == 15
    await clerk.send(form.action, **form.fields)
    assert "办好了" in clerk.text
    assert (await house.row()).places == 20


@given(centre_id=st.text(min_size=1, max_size=12), session=st.text(max_size=30))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_no_made_up_address_opens_or_breaks_anything(
    house: House, clerks: Clerks, centre_id: str, session: str
) -> None:
    http = clerks[Role.CENTRE_MANAGER].visitor.http
    for room in ROOMS:
        path = f"/desk/centre/{quote(centre_id, safe='')}x/{room.name}"
        answer = await http.get(path, params={"session": session, "on": session, "done": session})
        assert answer.status_code in (404, 429)


def test_the_walk_would_notice_a_table_that_reaches_too_far(house: House) -> None:
    """The control: what another table would allow differs from what this one does."""
    _, near, far, _ = places(house)
    for role in OF_A_CENTRE:
        assert not allowed(house, role, Act.ROSTER, near)
    assert not allowed(house, Role.SUBDISTRICT, Act.HOURS, far)
    assert allowed(house, Role.SUBDISTRICT, Act.HOURS, near)
    assert allowed(house, Role.DISTRICT, Act.HOURS, far)
    of_centres = (act for act in Act if act is not Act.MACHINE)
    assert not any(allowed(house, Role.OPERATOR, act, CENTRE) for act in of_centres)
