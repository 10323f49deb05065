"""Service deserts at the desk: who sees them, where the picture is, and the line in the digest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import fixed_clock
from bot.linli import Linli, Reply
from handlers.desk_deserts import GOOD_FOR
from handlers.digest_periods import WEEK, last_over
from handlers.district_digest import district_digest
from handlers.permissions import Role
from messages.render import Renderer
from messages.understand.topic_orders import asks_for_deserts
from tests.desert_rows import wished
from tests.desk import House
from tests.sample import NOW, message
from tests.test_web_pages import visible
from tests.web_visitor import Site, site, visiting

# The canteen is 1,147 m from FZ002 (Donghu), day care 2,057 m from FZ030 (Qingyuan).
AREA = "东湖街道"
PATH = "/deserts/good.svg"


async def asked(linli: Linli, role: Role, area: str | None = None, said: str = "服务空白") -> Reply:
    house = House(linli)
    await house.join("xu", role, area=area)
    return await house.say(said, "xu")


async def missing(linli: Linli) -> None:
    await wished(linli, "长者食堂", "FZ002", 4)
    await wished(linli, "日间照料室", "FZ030", 5)
    await wished(linli, "游泳", "FZ002", 2)
    await wished(linli, "宠物", "FZ002", 2)
    await wished(linli, "宠物", "FZ030", 1)


async def test_the_district_reads_what_is_missed_most_and_where(linli: Linli) -> None:
    await missing(linli)
    reply = await asked(linli, Role.DISTRICT)
    assert reply.view == "DesertsShown"
    assert reply.rendered.text.splitlines()[:4] == [
        "全区服务空白（9月7日（周一）起，居民想要、走路1.0公里内没有的）：",
        "1. 日间照料室：5次，环山社区附近5次，最近的要走2.1公里",
        "2. 宠物：3次，分散在各处",
        "3. 长者食堂：4次，东湖社区附近4次，最近的要走1.2公里",
    ]
    assert "游泳" not in reply.rendered.text
    assert [link.label for link in reply.rendered.links] == ["看服务空白图"]


async def test_a_subdistrict_reads_its_own_centres_only(linli: Linli) -> None:
    await missing(linli)
    reply = await asked(linli, Role.SUBDISTRICT, AREA)
    assert "东湖街道服务空白" in reply.rendered.text
    assert "长者食堂：4次" in reply.rendered.text
    for other in ("日间照料室", "环山", "宠物"):
        assert other not in reply.rendered.text
    drawn = await linli.desert_map(token(reply))
    assert drawn
    assert "环山" not in drawn
    assert "清源街道" not in drawn


async def test_managers_are_refused_and_residents_are_not_understood_so(linli: Linli) -> None:
    await missing(linli)
    assert (await House(linli).manager("服务空白")).view == "DeskRefused"
    assert (await House(linli).manager("/desk_deserts")).view == "DeskRefused"
    for said in ("服务空白", "/desk_deserts"):
        reply = await linli.hear(message(said))
        assert reply.view != "DesertsShown"
        assert "日间照料室" not in reply.rendered.text


async def test_where_nothing_is_missed_there_is_no_picture(linli: Linli) -> None:
    reply = await asked(linli, Role.DISTRICT)
    assert "还没有看出服务空白" in reply.rendered.text
    assert reply.rendered.links == ()


@pytest.mark.parametrize(
    ("said", "asks"),
    [("服务空白", True), ("哪里缺服务", True), ("看看全区的服务空白", True), ("缺什么服务？", True),
     ("Service gaps", True), ("where are services missing?", True), ("有什么服务", False),
     ("服务空白 T-0001", False), ("哪里有服务", False)],
)  # fmt: skip
def test_what_asks_for_it(said: str, asks: bool) -> None:
    assert asks_for_deserts(said) is asks


def token(reply: Reply) -> str:
    [link] = reply.rendered.links
    return link.url.rpartition("/")[2].removesuffix(".svg")


async def test_the_picture_is_at_an_address_that_ends_and_shows_what_is_missed_then(linli: Linli) -> None:
    await missing(linli)
    good = token(await asked(linli, Role.DISTRICT))
    drawn = await linli.desert_map(good)
    assert drawn
    assert all(each in drawn for each in ("服务空白图：全区", "环山社区", "宠物"))
    assert "游泳" not in drawn
    await wished(linli, "游泳", "FZ002", 1)
    assert "游泳" in (await linli.desert_map(good) or "")
    for pause, is_there in ((GOOD_FOR - timedelta(seconds=1), True), (GOOD_FOR, False)):
        later = linli.over(linli.database, fixed_clock(NOW + pause), safe=linli.safe)
        assert (await later.desert_map(good) is not None) is is_there


async def test_nobody_gets_one_without_an_address_of_ours(sqlite_linli: Linli) -> None:
    await missing(sqlite_linli)
    good = token(await asked(sqlite_linli, Role.DISTRICT))
    for bad in ("", "x", good[:-1], good.replace("all", "FZ002")):
        assert await sqlite_linli.desert_map(bad) is None
    until = NOW + GOOD_FOR
    for about in (("digest", "all", "zh"), ("deserts", "FZ999", "zh"), ("deserts", "all")):
        assert await sqlite_linli.desert_map(sqlite_linli.safe.addresses.make(about, until)) is None
    assert await sqlite_linli.certificate(good) is None
    assert await sqlite_linli.digest_file(good, "png") is None


async def test_the_weekly_digest_names_the_first_three(linli: Linli) -> None:
    await missing(linli)
    for thing in ("健身瑜伽", "游泳"):
        await wished(linli, thing, "FZ002", 5)
    world = linli.world(NOW)
    async with linli.database.read() as tx:
        all_of_it = await district_digest(tx, None, last_over(WEEK, NOW.date()), world)
        one = await district_digest(tx, AREA, last_over(WEEK, NOW.date()), world)
    assert all_of_it.deserts == ("游泳", "健身瑜伽", "日间照料室")
    assert one.deserts == ("游泳", "健身瑜伽", "长者食堂")
    assert "\n服务空白：游泳、健身瑜伽、日间照料室。\n" in Renderer().render(all_of_it, "zh").text
    assert "服务空白" not in Renderer().render(replace(all_of_it, deserts=()), "zh").text


async def test_it_is_opened_without_a_cookie_and_kept_by_nobody() -> None:
    async with visiting(Site()) as stranger:
        drawn = await stranger.http.get(PATH)
        bad = await stranger.http.get("/deserts/bad.svg")
    assert drawn.status_code == 200
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.headers["x-robots-tag"] == "noindex"
    assert "no-store" in drawn.headers["cache-control"]
    assert "default-src 'none'" in drawn.headers["content-security-policy"]
    assert "服务空白图" in drawn.text
    assert bad.status_code == 404
    assert "链接过期了" in visible(bad.text)


async def test_it_is_not_asked_for_without_end() -> None:
    async with visiting(site(turns_per_minute=2)) as stranger:
        asked = [(await stranger.http.get(PATH)).status_code for _ in range(3)]
    assert asked == [200, 200, 429]
