"""Pages of several centres and of the machine, on both engines."""

import pytest
import pytest_asyncio

from bot.linli import Linli
from bot.web.desk.table import CELLARS, HALLS
from handlers.permissions import Reach, Role, reach_of
from storage.statements import statement
from tests.case_talk import AREA, LATE, opened, staffed
from tests.clerk import at_the_desk, desk_site
from tests.desert_rows import wished
from tests.desk import CENTRE, House

DEAD = statement("test.dead", "UPDATE outbox SET state = 'dead', last_error = 'Forbidden' WHERE id = :id")
PEOPLE = {
    "wang": Role.CENTRE_MANAGER,
    "zhao": Role.SUBDISTRICT,
    "sun": Role.DISTRICT,
    "op": Role.OPERATOR,
}
ANY = statement("test.any", "SELECT id FROM outbox ORDER BY id LIMIT 1")
STATE = statement("test.state", "SELECT state FROM outbox WHERE id = :id")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = await staffed(linli)
    await there.join("op", Role.OPERATOR)
    await opened(there)
    return there


async def test_the_district_sees_every_centre_and_a_subdistrict_its_own(house: House) -> None:
    centres = house.linli.directory.centres
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "zhao") as zhao:
        assert all(f"/desk/centre/{each}/cases" in sun.html for each in centres)
        own = {each.id for each in centres.values() if each.subdistrict == AREA}
        seen = {each for each in centres if f"/desk/centre/{each}/cases" in zhao.html}
        assert seen == own
        assert "全区" in sun.text
        assert AREA in zhao.text


@pytest.mark.parametrize("order", ["stars", "satisfaction", "overdue", "open_cases", "name", "x", ""])
async def test_centres_are_put_in_any_order(house: House, order: str) -> None:
    async with at_the_desk(house.at(LATE), "sun") as sun:
        await sun.open(f"/desk/area/overview?order={order}")
        assert sun.page
        assert sun.page.status_code == 200
        rows = [each for each in house.linli.directory.centres if f"centre/{each}/" in sun.html]
        places = sorted(rows, key=lambda each: sun.html.index(f"centre/{each}/"))
        assert len(places) == len(house.linli.directory.centres)
        assert (places[0] == CENTRE) is (order != "name")  # the one with a case, else by subdistrict


async def test_late_cases_are_seen_from_above_and_opened_there(house: House) -> None:
    async with at_the_desk(house.at(LATE), "sun") as sun:
        await sun.open("/desk/area/all_cases")
        assert "其中1个已过期" in sun.text
        assert "G-0001" in sun.text
        await sun.open(f"/desk/centre/{CENTRE}/case?code=G-0001")
        assert "桌子坏了" in sun.text
        assert "各中心" in sun.text  # the way back


async def test_what_is_missed_is_drawn_and_listed(house: House) -> None:
    await wished(house.linli, "长者食堂", CENTRE, 4)
    await wished(house.linli, "宠物", CENTRE, 2)
    await wished(house.linli, "宠物", "FZ030", 1)
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/missed")
        assert "长者食堂 4 东湖社区 4次" in sun.text
        assert "宠物 3 分散在各处" in sun.text
        address = sun.html.partition('<img class="drawing" src="')[2].partition('"')[0]
        drawn = await sun.visitor.http.get(address)
        assert drawn.headers["content-type"].startswith("image/svg")


async def test_each_page_is_open_to_whom_the_table_names(house: House) -> None:
    site = desk_site(house.linli)
    for who, role in PEOPLE.items():
        async with at_the_desk(house, who, site) as clerk:
            for hall in HALLS:
                await clerk.open(f"/desk/area/{hall.name}")
                assert clerk.page
                is_open = reach_of(role, hall.act) in (Reach.SUBDISTRICT, Reach.EVERYWHERE)
                assert (clerk.page.status_code == 200) is is_open, (who, hall.name)
            for cellar in CELLARS:
                await clerk.open(f"/desk/machine/{cellar.name}")
                assert clerk.page
                assert (clerk.page.status_code == 200) is (role is Role.OPERATOR), (who, cellar.name)


async def test_what_nobody_took_is_sent_again_by_the_operator_alone(house: House) -> None:
    async with house.linli.database.read() as tx:
        message = await tx.value(ANY)
    await house.linli.database.write(lambda tx: tx.run(DEAD, {"id": message}))
    async with at_the_desk(house, "sun") as sun:
        await sun.send("/desk/machine/again", csrf=sun.form("退出").fields["csrf"], message=message)
        assert sun.page
        assert sun.page.status_code == 404
    async with at_the_desk(house, "op") as op:
        await op.open("/desk/machine/post")
        assert "Forbidden" in op.text
        await op.press(f"再发一次 {message}")
        assert "Forbidden" not in op.text
    async with house.linli.database.read() as tx:
        assert await tx.value(STATE, {"id": message}) == "waiting"
    assert (await house.audit())[-1].what == "try_again"


async def test_no_secret_and_nothing_said_is_on_the_operator_s_pages(house: House) -> None:
    async with at_the_desk(house, "op") as op:
        for cellar in CELLARS:
            await op.open(f"/desk/machine/{cellar.name}")
            for private in ("桌子坏了", "林金鹂", house.linli.settings.secret_file.read_text().strip()):
                assert private not in op.text
        await op.open("/desk/machine/settings")
        assert "LINLI_HELP_LINE" in op.text
        await op.open("/desk/machine/jobs")
        assert "digests" in op.text


async def test_these_pages_speak_english(house: House) -> None:
    for who, paths in (
        ("sun", [f"area/{hall.name}" for hall in HALLS]),
        ("op", [f"machine/{cellar.name}" for cellar in CELLARS]),
    ):
        async with at_the_desk(house, who) as clerk:
            clerk.visitor.http.cookies.set("linli_language", "en")
            for path in paths:
                await clerk.open(f"/desk/{path}")
                assert "Sign out" in clerk.text
                assert "管理" not in clerk.text
