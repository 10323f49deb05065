"""Who came to a camp gets a certificate at an address that ends: from the desk, or from the family's chat."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from defusedxml.ElementTree import fromstring

from bot.linli import Linli, Reply
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from storage import attendance, sessions
from storage.transaction import Transaction
from tests.desk import House
from tests.family_talk import Parent
from tests.sample import rows_of

CAMP = "FZ002-03@2027-01-25"
DAYS = [datetime(2027, 1, 25, 8, 30, tzinfo=SHANGHAI) + timedelta(days=n) for n in (0, 1, 2, 3)]
LAST = DAYS[-1] + timedelta(hours=8)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A camp of four days on its last afternoon: ann's first came on three, her other never, bob's on all."""
    house = House(linli)
    await camp(house, CAMP, DAYS)
    await house.book("ann", session=CAMP, size=2)
    await house.book("bob", session=CAMP)
    await came(house, "ann", "ann1", DAYS[:3])
    await came(house, "bob", "bob1", DAYS)
    await house.join("li", Role.CENTRE_STAFF, "FZ002")
    return house.at(LAST)


async def camp(house: House, session_id: str, days: list[datetime]) -> None:
    meetings = [(day, day + timedelta(hours=9)) for day in days]

    async def work(tx: Transaction) -> None:
        await sessions.add(
            tx, session_id, session_id[:8], session_id[:5],
            held_on=days[0].date(), last_on=days[-1].date(), meetings=meetings, places=9,
        )  # fmt: skip

    await house.linli.database.write(work)


async def came(house: House, family: str, who: str, days: list[datetime], session: str = CAMP) -> None:
    async def work(tx: Transaction) -> None:
        for day in days:
            await attendance.note(
                tx,
                f"{family}:{session}",
                who,
                day,
                arrived_at=day,
                left_at=None,
                is_missed=False,
                noted_by="s",
            )

    await house.linli.database.write(work)


def with_the_same_key(house: House, pause: timedelta) -> House:
    linli, then = house.linli, house.linli.clock() + pause
    return House(linli.over(linli.database, lambda: then, safe=linli.safe))


async def drawn(house: House, reply: Reply, number: int = 0) -> list[str] | None:
    """What stands on the certificate behind a link of an answer."""
    path = reply.rendered.links[number].url
    assert path.startswith("/certificate/")
    svg = await house.linli.certificate(path.removeprefix("/certificate/").removesuffix(".svg"))
    return [each.text or "" for each in fromstring(svg).iter() if each.text] if svg else None


async def test_staff_see_who_came_how_often_and_print_for_one(house: House) -> None:
    record = await house.say("出证明", "li")
    assert record.view == "CampAttended"
    for line in ("1. child1（ANN1）：3/4天", "2. child2（ANN1）：0/4天", "3. child1（BOB2）：4/4天"):
        assert line in record.rendered.text
    assert [choice.label for choice in record.rendered.choices] == ["1. ANN1", "3. BOB2", "今日名单"]
    ready = await house.say("2", "li")
    assert ready.view == "CertificatesReady"
    assert [link.label for link in ready.rendered.links] == ["打开证明：child1，寒假冬令营"]
    said = await drawn(house, ready)
    assert said
    for part in ("寒假冬令营", "共举办4天，参加4天", "证明编号：FZ002-03-20270125-BOB2", "2027年1月28日"):
        assert part in said
    assert "（姓名由家长手写；报名时的称呼：child1）" in said
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.subjects) == ("S-0001", "certify", f"{CAMP} bob:{CAMP} bob1")


async def test_several_and_all_are_printed_at_once_and_nobody_who_never_came(house: House) -> None:
    both = await house.say("寒假冬令营出证明 1 3", "li")
    assert len(both.rendered.links) == 2
    assert "FZ002-03-20270125-ANN1-1" in str(await drawn(house, both))
    assert len((await house.say("全部出证明", "li")).rendered.links) == 2
    before = await rows_of(house.linli.database, "audit")
    assert "一天也没有签到" in (await house.say("出证明 2", "li")).rendered.text
    assert "没有这个号码" in (await house.say("出证明 9", "li")).rendered.text
    assert await rows_of(house.linli.database, "audit") == before


async def test_before_the_last_day_there_is_none(house: House) -> None:
    early = house.at(DAYS[2] + timedelta(hours=8))
    assert "要到最后一天" in (await early.say("出证明", "li")).rendered.text
    assert (await early.say("我的证书", "bob")).view == "NoCertificates"
    before = house.at(DAYS[0] - timedelta(days=1))
    assert "没有找到开过的营" in (await before.say("出证明", "li")).rendered.text


async def test_a_family_gets_its_own_and_nobody_elses(house: House) -> None:
    own = await house.say("我的证明", "ann")
    assert own.view == "CertificatesReady"
    assert "child1：寒假冬令营，东湖社区" in own.rendered.text
    assert "参加3/4天" in own.rendered.text
    assert len(own.rendered.links) == 1
    assert "共举办4天，参加3天" in str(await drawn(house, own))
    assert (await house.say("冬令营的证书", "carl")).view == "NoCertificates"
    english = await house.say("my certificates please", "bob")
    assert "Days attended: 4 of 4" in str(await drawn(house, english))


async def test_an_address_ends_after_a_week_and_with_the_childs_data(house: House) -> None:
    own = await house.say("我的证书", "bob")
    assert await drawn(with_the_same_key(house, timedelta(days=6)), own)
    assert await drawn(with_the_same_key(house, timedelta(days=7)), own) is None
    assert await drawn(house.later(timedelta(days=1)), own) is None, "another key made it"
    await Parent(house.linli, "bob").say("删除我的数据", "好的")
    assert await drawn(house, own) is None
    assert (await house.say("我的证书", "bob")).view == "NoCertificates"


async def test_of_several_camps_one_is_asked_for(house: House) -> None:
    other = "FZ002-03@2027-01-26"
    await camp(house, other, DAYS[1:])
    await house.at(DAYS[0] - timedelta(days=1)).book("carl", session=other)
    await came(house, "carl", "carl1", DAYS[1:], other)
    asked = await house.say("出证明", "li")
    assert (asked.view, len(asked.rendered.choices)) == ("AskWhichOfOurs", 2)
    assert "CAR1）：3/3天" in (await house.say("1", "li")).rendered.text


async def test_another_centre_certifies_nothing_of_it(house: House) -> None:
    assert "没有找到" in (await house.manager("出证明", of="FZ004")).rendered.text
    assert (await house.manager(f"/desk_certificate {CAMP} bob1", of="FZ004")).view == "DeskRefused"
    assert (await house.manager("东湖社区出证明", of="FZ004")).view == "DeskRefused"
    await house.join("far", Role.DISTRICT)
    assert "不能办这件事" in (await house.say("出证明", "far")).rendered.text


@pytest.mark.parametrize("said", ["出证明", "全部出证明", f"/desk_certificate {CAMP} bob1"])
async def test_a_resident_certifies_nobody(house: House, said: str) -> None:
    assert (await house.say(said, "resident")).view not in {
        "CampAttended",
        "CertificatesReady",
        "DeskRefused",
    }


@pytest.mark.parametrize("token", ["", "x", "a.b.c.d.e.f", "bob.bob1.zh.20270128.7fffffff.00"])
async def test_an_address_that_was_not_made_here_shows_nothing(house: House, token: str) -> None:
    assert await house.linli.certificate(token) is None
