"""Residents' words for services, which staff add at the desk: understood at once, and kept over files."""

from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.linli import Linli
from bot.wiring import SAMPLE
from handlers.directory_import import import_directory
from handlers.export import export
from handlers.permissions import Role
from messages.directory import Service
from messages.understand.own_words import LONGEST, unfit
from messages.workbook import ServiceEntry, WorkbookRead, read_workbook
from tests.clerk import Clerk, at_the_desk
from tests.desk import CENTRE, House
from tests.sample import NOW, Sample

NAME, WORD, OTHER = "便民理发", "嘎嘎头", "推平头"
ASKED = f"东湖社区哪里可以{WORD}"
ROOM = f"/desk/centre/{CENTRE}/services"
ADD = "加居民叫法"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    return there


async def add(clerk: Clerk, word: str, service: str = NAME) -> None:
    """Read back only."""
    await clerk.open(ROOM)
    await clerk.press(ADD, service=service, word=word)


async def added(house: House, *words: str) -> None:
    async with at_the_desk(house, "mei") as mei:
        for word in words:
            await add(mei, word)
            await mei.press("确定")
            assert "办好了" in mei.text


def service(house: House) -> Service:
    here = house.linli.directory.services_of[CENTRE]
    return next(each for each in here if each.name == NAME)


async def asked(house: House, said: str = ASKED) -> str:
    return (await house.say(said, "resident")).rendered.text


async def test_a_word_is_understood_at_once_and_no_more_when_it_is_taken_back(house: House) -> None:
    before = service(house).words
    assert NAME not in await asked(house)
    async with at_the_desk(house, "mei") as mei:
        await add(mei, WORD)
        assert f"{NAME}，居民也叫：{WORD}" in mei.text
        assert before == service(house).words
        await mei.press("确定")
        assert NAME in await asked(house)
        assert service(house).words == (*before, WORD)
        await mei.open(ROOM)
        assert f"本中心加的 {WORD}" in mei.text
        await add(mei, WORD)
        assert "本来就是这样" in mei.text
        await add(mei, OTHER)
        await mei.press("确定")
        await mei.press("撤销")
        assert service(house).words == (*before, WORD)
        assert f"本中心加的 {WORD}" in mei.text
    [*_, done, last, _] = await house.audit()
    assert [(each.what, each.who, each.subjects) for each in (done, last)] == [
        ("words", done.who, service(house).id)
    ] * 2
    assert await house.problems() == []


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("量血压", "指的是“健康小屋”"),
        ("东湖社区", "指的是“东湖"),
        ("剪", "一个字太短"),
        ("头" * (LONGEST + 1), "太长了"),
        ("剪头2次", "不能有数字"),
        ("剪头２次", "不能有数字"),
        ("剪头 洗头", "只写一个词"),
        ("剪头、洗头", "只写一个词"),
        ("***剪头", "只写一个词"),
        ("王小明", "像是人的名字"),
        ("谢谢", "已经有别的意思"),
        ("养老", "已经有别的意思"),
    ],
)
async def test_what_cannot_be_a_word_is_refused_and_says_why(
    sqlite_linli: Linli, word: str, why: str
) -> None:
    house = House(sqlite_linli)
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    async with at_the_desk(house, "mei") as mei:
        await add(mei, word)
        assert mei.page
        assert mei.page.status_code == 409
        assert why in mei.text
    assert "words" not in {entry.what for entry in await house.audit()}


async def test_of_another_centres_service_there_is_none_here(house: House) -> None:
    here = {each.name for each in house.linli.directory.services_of[CENTRE]}
    elsewhere = next(name for name in house.linli.directory.named if name not in here)
    async with at_the_desk(house, "mei") as mei:
        await add(mei, WORD, elsewhere)
        assert "本中心没有这项服务" in mei.text


def test_nearly_all_words_of_the_sample_could_be_added(sample: Sample) -> None:
    """The control: what the office wrote itself is no name, number or sentence to us."""
    listed = {word for each in sample.directory.services.values() for word in each.words}
    assert len(listed) > 80
    refused = {word: why for word in listed if (why := unfit(word))}
    assert len(refused) < len(listed) / 20, refused


# Against the office's file


@pytest.fixture(scope="module")
def read() -> WorkbookRead:
    return read_workbook(SAMPLE)


def with_words(read: WorkbookRead, words: str) -> WorkbookRead:
    def other(each: ServiceEntry) -> ServiceEntry:
        return replace(each, words=words) if (each.centre_id, each.name) == (CENTRE, NAME) else each

    return replace(read, services=tuple(map(other, read.services)))


async def take(house: House, read: WorkbookRead, *ids: str) -> list[str]:
    """The columns of what is reported."""
    report = await import_directory(house.linli.database, read, now=NOW, take_file=ids, entry_id="import")
    await house.linli.take_up_directory()
    return [each.column for each in report.conflicts]


async def test_a_file_without_the_word_is_reported_and_its_new_words_are_taken(
    house: House, read: WorkbookRead
) -> None:
    await added(house, WORD)
    assert await take(house, with_words(read, OTHER)) == ["居民叫法"]
    assert service(house).words == (OTHER, WORD)


async def test_a_file_that_has_the_words_confirms_them(house: House, read: WorkbookRead) -> None:
    await added(house, WORD, OTHER)
    assert await take(house, with_words(read, f"{OTHER}、剃头匠，{WORD}")) == []
    assert service(house).words == (OTHER, "剃头匠", WORD)
    assert await take(house, with_words(read, "剃头匠")) == []
    assert service(house).words == ("剃头匠",)


async def test_the_office_may_decide_against_a_word(house: House, read: WorkbookRead) -> None:
    before = service(house).words
    await added(house, WORD)
    assert await take(house, read, "M-0001") == []
    assert service(house).words == before


async def test_an_export_has_the_words(house: House, tmp_path: Path) -> None:
    await added(house, WORD)
    await export(house.linli.database, tmp_path / "all.xlsx", NOW.date())
    rows = read_workbook(tmp_path / "all.xlsx").services
    [row] = [each for each in rows if (each.centre_id, each.name) == (CENTRE, NAME)]
    assert WORD in (row.words or "").split("、")
