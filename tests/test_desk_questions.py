"""What nobody could answer, at the desk: masked, asked often, and gone once its word is understood."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.digest import ASKED_FROM, ASKED_WITHIN
from handlers.pages.questions import LISTED
from handlers.permissions import Role
from messages.understand.own_words import LONGEST, asked_for
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House
from tests.sample import Sample

ROOM = f"/desk/centre/{CENTRE}/questions"
ASKED, WORD = "东湖社区有宠物洗澡吗", "宠物洗澡"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return await staffed(linli)


async def staffed(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    return there


async def ask(house: House, said: str, times: int = ASKED_FROM) -> None:
    for number in range(times):
        await house.say(said, f"resident{number}")


async def test_a_question_becomes_a_word_of_a_service_and_is_listed_no_more(house: House) -> None:
    await ask(house, ASKED)
    async with at_the_desk(house, "mei") as mei:
        await mei.open(ROOM)
        assert f"{ASKED} 问过{ASKED_FROM}次" in mei.text
        assert f'value="{WORD}"' in mei.html
        await mei.press("就是这项服务", word=WORD, service="便民理发")
        await mei.press("确定")
        assert "办好了" in mei.text
        await mei.open(ROOM)
        assert ASKED not in mei.text
        assert "便民理发" in (await house.say(ASKED, "resident0")).rendered.text
        await mei.open(f"{ROOM}?done={(await house.audit())[-1].id}")
        await mei.press("撤销")
        assert ASKED in mei.text


async def test_only_what_was_asked_often_and_lately_is_listed(house: House) -> None:
    await ask(house, ASKED, ASKED_FROM - 1)
    await ask(house, "明天天气怎么样")  # no service
    async with at_the_desk(house, "mei") as mei:
        assert "没有。" in (await mei.open(ROOM)).text
        await ask(house, ASKED, 1)
        assert ASKED in (await mei.open(ROOM)).text
    later = house.later(ASKED_WITHIN + timedelta(days=1))
    async with at_the_desk(later, "mei") as mei:
        assert "没有。" in (await mei.open(ROOM)).text


async def test_nothing_of_who_asked_stands_there(sqlite_linli: Linli) -> None:
    house = await staffed(sqlite_linli)
    for said in ("电话13800138000", "wang.xm@qq.com", "住幸福小区3号楼402室", "我叫王小明"):
        await ask(house, f"{ASKED}，{said}")
    async with at_the_desk(house, "mei") as mei:
        await mei.open(ROOM)
        assert mei.text.count(ASKED) == 3  # a real name is not even counted
        for personal in ("王小明", "138", "wang", "幸福", "402"):
            assert personal not in mei.text


async def test_no_more_are_shown_than_can_be_read(sqlite_linli: Linli) -> None:
    house = await staffed(sqlite_linli)
    for letter in "乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天":
        await ask(house, f"阿巴{letter}阿巴")
    async with at_the_desk(house, "mei") as mei:
        await mei.open(ROOM)
        assert mei.html.count(f'action="/desk/centre/{CENTRE}/ask/word"') == LISTED


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (ASKED, WORD),
        ("附近能不能配老花镜", "配老花镜"),
        ("阿巴阿巴", "阿巴阿巴"),
        ("我叫***阿巴洗狗", "阿巴洗狗"),
        ("9号楼", "号楼"),
        ("***", ""),
        ("东湖社区", ""),
        ("阿" * 60, "阿" * LONGEST),
    ],
)
def test_what_is_asked_for_is_left_of_a_question(sample: Sample, question: str, word: str) -> None:
    assert asked_for(question, sample.directory.lexicon) == word
