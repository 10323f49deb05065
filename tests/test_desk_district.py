"""The district's pages of appeals and calls, of what many complain of, and of the ledger, on both engines."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.linli import Linli
from bot.web.desk.table import ROOMS
from handlers.case_rounds import is_in_sample
from handlers.ledger_check import check, note_check
from handlers.pages.ledger import receipt_in
from handlers.permissions import Role
from storage import callbacks
from storage import ledger as rows
from storage.callbacks import DISTRICT
from storage.statements import statement
from storage.transaction import Transaction
from tests.case_talk import AREA, opened, ordered, staffed, withdraw
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House
from tests.sample import NOW
from tests.test_star_board import kept, star
from tests.test_topics import complained, looked

QUIET = statement(
    "test.quiet",
    "UPDATE case_file SET state = 'closed_provisionally', closed_at = :closed_at WHERE code = :code"
    " RETURNING id",
)
MERGED = statement("test.merged", "UPDATE case_file SET conversation_id = :talk WHERE code = :code")
TALK = statement("test.talk", "SELECT conversation_id FROM case_file WHERE code = :code")
FORGED = statement("test.forged", "UPDATE rating SET level = 5")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return await staffed(linli)


def neighbours(house: House) -> tuple[str, str]:
    """Another open centre of the subdistrict, and one of another."""
    centres = house.linli.directory.centres.values()
    open_ones = [each for each in centres if each.status == "open" and each.id != CENTRE]
    near = next(each.id for each in open_ones if each.subdistrict == AREA)
    return near, next(each.id for each in open_ones if each.subdistrict != AREA)


# Appeals, and whom the district calls


async def appealed(house: House) -> None:
    reply = await house.say("给东湖社区打一星", "lin")
    assert reply.number
    assert await ordered(house, "wang", "G-0001 申诉：那天闭馆") == "DeskDone"


async def test_the_district_decides_about_an_appeal_from_its_page(house: House) -> None:
    await appealed(house)
    async with at_the_desk(house, "zhao") as zhao:
        await zhao.open("/desk/area/appeals")
        assert "G-0001" in zhao.text
        assert "由区里决定，这里只看" in zhao.text
        await zhao.open(f"/desk/centre/{CENTRE}/case?code=G-0001")
        assert "那天闭馆" in zhao.text
        assert "申诉成立" not in zhao.text
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/appeals")
        await sun.open(sun.html.partition('<th scope="row"><a href="')[2].partition('"')[0])
        assert "那天闭馆" in sun.text
        await sun.press("申诉成立", words="那天确实闭馆")
        await sun.press("确定")
        await sun.open("/desk/area/appeals")
        assert "G-0001" not in sun.text


async def test_an_appeal_of_a_centre_that_left_the_directory_is_decided_there_too(house: House) -> None:
    await appealed(house)
    await withdraw(house.linli, CENTRE)
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/appeals")
        await sun.open(sun.html.partition('<th scope="row"><a href="')[2].partition('"')[0])
        assert "那天闭馆" in sun.text
        await sun.press("申诉不成立", words="那天没有闭馆")
        await sun.press("确定")
        assert "办好了" in sun.text
        await sun.open("/desk/area/appeals")
        assert "G-0001" not in sun.text


async def test_of_a_centre_that_left_nothing_but_its_cases_is_there_and_for_the_district_alone(
    house: House,
) -> None:
    await appealed(house)
    await withdraw(house.linli, CENTRE)
    open_for = {"sun": {"cases", "case"}, "zhao": set[str]()}
    for who, theirs in open_for.items():
        async with at_the_desk(house, who) as clerk:
            for room in ROOMS:
                await clerk.open(f"/desk/centre/{CENTRE}/{room.name}?code=G-0001")
                assert clerk.page
                assert (clerk.page.status_code == 200) is (room.name in theirs), (who, room.name)


async def quiet(house: House, *codes: str) -> dict[str, str]:
    """These cases were closed in silence; their ids."""

    async def work(tx: Transaction) -> dict[str, str]:
        return {code: await tx.value(QUIET, {"code": code, "closed_at": NOW}) for code in codes}

    return await house.linli.database.write(work)


async def test_the_district_alone_sees_whom_it_is_to_call(house: House) -> None:
    codes = [(await opened(house, f"灯坏了{number}")).code for number in range(25)]
    ids = await quiet(house, *codes)
    percent = house.linli.world(NOW).policy.cases.sample
    drawn = {code for code, case_id in ids.items() if is_in_sample(case_id, percent)}
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "zhao") as zhao:
        await sun.open("/desk/area/appeals")
        assert {code for code in codes if f"?code={code}" in sun.html} == drawn
        assert f"固定抽{percent}%" in sun.text
        await zhao.open("/desk/area/appeals")
        assert "要回访的" not in zhao.text
        assert not any(code in zhao.text for code in codes)
    async with at_the_desk(house.later(timedelta(days=31)), "sun") as later:
        await later.open("/desk/area/appeals")
        assert not any(code in later.text for code in codes)


async def promised(house: House, number: int, owner: str, topic: str, due_at: datetime) -> None:
    who = f"resident {number}"
    await house.say("你好", who)

    async def work(tx: Transaction) -> None:
        talk = await tx.value(
            statement("test.of", "SELECT id FROM conversation WHERE address = :address"), {"address": who}
        )
        centre = None if owner == DISTRICT else owner
        assert await callbacks.promise(
            tx, who, talk, centre_id=centre, owner=owner, topic=topic, asked_at=NOW, due_at=due_at
        )

    await house.linli.database.write(work)


async def test_appeals_of_residents_are_counted_where_they_wait(house: House) -> None:
    near, far = neighbours(house)
    soon, past = NOW + timedelta(hours=3), NOW - timedelta(hours=3)
    for number, (owner, topic, due_at) in enumerate(
        [
            (near, f"appeal {near}", soon), (near, f"appeal {near}", past), (far, f"appeal {far}", soon),
            (DISTRICT, "place | appeal", soon), (CENTRE, f"complaint {CENTRE}", soon),
        ]
    ):  # fmt: skip
        await promised(house, number, owner, topic, due_at)
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "zhao") as zhao:
        await sun.open("/desk/area/appeals")
        await zhao.open("/desk/area/appeals")
        all_, own = sun.table("asking"), zhao.table("asking")
    assert sorted((cells[0], cells[2]) for cells in all_.values()) == [("1", "0"), ("1", "0"), ("2", "1")]
    assert "区办公室" in all_
    assert [(cells[0], cells[2]) for cells in own.values()] == [("2", "1")]
    assert "区办公室" not in own


# What many complain of


@pytest_asyncio.fixture
async def cold(house: House) -> House:
    """Three residents of two centres complain of the cold, two weeks apart."""
    linli = house.linli
    await complained(linli, "lin", "东湖社区邻里中心", "活动室空调太冷", NOW - timedelta(days=14))
    await complained(linli, "chen", "东湖社区邻里中心", "教室里冷得发抖")
    await complained(linli, "wu", "华城社区邻里中心", "冷气开得太足，很冷")
    assert await looked(linli) == (1, 3)
    return house


async def test_topics_come_with_centres_and_weeks(cold: House) -> None:
    async with at_the_desk(cold, "sun") as sun:
        await sun.open("/desk/area/topics")
        assert "T-0001 活动室空调太冷" in sun.text
        assert "3件，3位居民，还有3件没答复" in sun.text
        assert "东湖社区 2 华城社区 1" in sun.text
        assert re.search(r"11月9日[^0-9]* 1 11月23日[^0-9]* 2", sun.text), sun.text
        assert sun.html.count("/case?code=G-000") == 3
        assert "教室里冷得发抖" not in sun.text


async def test_of_fewer_residents_than_a_topic_takes_nobody_is_quoted(cold: House) -> None:
    """Two of them turned out to be one."""
    async with cold.linli.database.read() as tx:
        talk = await tx.value(TALK, {"code": "G-0001"})
    await cold.linli.database.write(lambda tx: tx.run(MERGED, {"talk": talk, "code": "G-0002"}))
    async with at_the_desk(cold, "sun") as sun:
        await sun.open("/desk/area/topics")
        assert "3件，2位居民" in sun.text
        assert "太冷" not in sun.text
    for said in ("共性问题", "T-0001"):
        text = (await cold.say(said, "sun")).rendered.text
        assert "T-0001：3件" in text
        assert "太冷" not in text


async def test_a_subdistrict_has_no_page_of_topics(cold: House) -> None:
    async with at_the_desk(cold, "zhao") as zhao:
        await zhao.open("/desk/area/topics")
        assert zhao.page
        assert zhao.page.status_code == 404


# The ledger


async def receipt_of(house: House, who: str, text: str = "给东湖社区打一星") -> str:
    found = re.search(r"回执([0-9A-Z]{4}-[0-9A-Z]{4})", (await house.say(text, who)).rendered.text)
    assert found
    return found[1]


async def test_the_page_of_the_ledger_says_how_far_it_goes_and_what_was_published(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/ledger")
        assert "条数 0 " in sun.text
        assert "还没有核对过" in sun.text
        assert "还没有公布过" in sun.text
    await receipt_of(house, "lin")
    tomorrow = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    await house.linli.database.write(lambda tx: rows.publish(tx, NOW.date(), tomorrow, tomorrow))
    async with house.linli.database.read() as tx:
        [root] = await rows.roots(tx, 9)
    async with at_the_desk(house.later(timedelta(days=1)), "zhao") as zhao:
        await zhao.open("/desk/area/ledger")
        assert root.entry_hash in zhao.text
        assert f"条数 {root.number} " in zhao.text
        assert "没有公布指纹" not in zhao.text
        assert "linli ledger verify" in zhao.text
    async with at_the_desk(house.later(timedelta(days=4)), "sun") as sun:
        await sun.open("/desk/area/ledger")
        assert "最近两天没有公布指纹" in sun.text


@pytest.mark.parametrize("typed", [str, str.lower, lambda receipt: f" {receipt.replace('-', ' ')} "])
async def test_a_receipt_is_looked_up_without_what_was_rated(
    house: House, typed: Callable[[str], str]
) -> None:
    receipt = await receipt_of(house, "lin")
    asked = urlencode({"receipt": typed(receipt)})
    async with at_the_desk(house, "zhao") as zhao:
        await zhao.open(f"/desk/area/ledger?{asked}")
        assert f"回执{receipt}在账本里" in zhao.text
        assert "第1条（评价）" in zhao.text
        assert "东湖社区" not in zhao.text
        assert "星" not in zhao.text.partition(f"回执{receipt}在账本里")[2].partition("公布的指纹 谁")[0]
        await zhao.open("/desk/area/ledger?receipt=AAAA-AAAA")
        assert "没有哪条评价的回执是AAAA-AAAA" in zhao.text


async def test_a_rating_that_was_changed_behind_the_ledger_is_seen(house: House) -> None:
    receipt = await receipt_of(house, "lin")
    await house.linli.database.write(lambda tx: tx.run(FORGED))
    async with at_the_desk(house, "sun") as sun:
        await sun.open(f"/desk/area/ledger?receipt={receipt}")
        assert "账本可能被人动过" in sun.text


async def test_what_verifying_came_to_stands_on_the_page(house: House) -> None:
    await receipt_of(house, "lin")
    for is_forged in (False, True):
        if is_forged:
            await house.linli.database.write(lambda tx: tx.run(FORGED))
        checked = await check(house.linli.database)
        await house.linli.database.write(lambda tx, of=checked: note_check(tx, of, NOW))  # type: ignore[misc]
        async with at_the_desk(house, "sun") as sun:
            await sun.open("/desk/area/ledger")
            assert (f"核对了{checked.entries}条，一条没少" in sun.text) is not is_forged
            assert ("有1处对不上" in sun.text) is is_forged


@pytest.mark.parametrize(
    ("said", "receipt"), [("7k2m9qxt", "7K2M-9QXT"), ("", ""), ("——", ""), ("x" * 99, "XXXX-XXXX")]
)
def test_a_receipt_is_read_however_it_is_typed(said: str, receipt: str) -> None:
    assert receipt_in(said) == receipt


async def test_these_pages_speak_english(cold: House) -> None:
    near, _ = neighbours(cold)
    await kept(cold.linli, star(CENTRE, 5), star(CENTRE, 5, ago=56), star(near, 2), star(near, 4, ago=28))
    receipt = await receipt_of(cold, "lin")
    async with at_the_desk(cold, "sun") as sun:
        sun.visitor.http.cookies.set("linli_language", "en")
        for path in (
            f"compare?a={CENTRE}&b={near}", "appeals", "topics", f"ledger?receipt={receipt}", "overview",
        ):  # fmt: skip
            await sun.open(f"/desk/area/{path}")
            assert "Sign out" in sun.text
            said = ("管理", "比较", "申诉", "回执", "账本", "指纹", "评价", "星级", "满意", "没有", "个中心")
            assert [each for each in said if each in sun.text] == []


@given(
    asked=st.dictionaries(st.sampled_from(["a", "b", "c", "order", "receipt", "x"]), st.text(max_size=30)),
    hall=st.sampled_from(["compare", "appeals", "topics", "ledger", "overview"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_whatever_is_asked_for_is_answered(
    sqlite_linli: Linli, asked: dict[str, str], hall: str
) -> None:
    house = House(sqlite_linli)
    if not await house.audit():
        await house.join("sun", Role.DISTRICT)
    async with at_the_desk(house, "sun") as sun:
        await sun.open(f"/desk/area/{hall}?{urlencode(asked)}")
        assert sun.page
        assert sun.page.status_code == 200
