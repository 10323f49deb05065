"""A sentence is read once a minute, and again when anything changed that its meaning hangs on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio

from bot.linli import Linli
from messages.understand.understand import Reader, Surroundings, Understanding
from storage.statements import statement
from storage.transaction import Transaction
from tests.engines import opened
from tests.sample import NOW, Sample, linli_over, message, settings_for
from tests.test_directory_change import NAME, WORD, import_with_the_corner

SAID = "东湖社区的书吧几点关门"


class Counting(Reader):
    """Reads as Linli does, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.read_texts: list[str] = []

    def read(self, said: str, around: Surroundings) -> Understanding:
        self.read_texts.append(said)
        return super().read(said, around)


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest_asyncio.fixture
async def counted(sample: Sample, tmp_path: Path) -> AsyncIterator[tuple[Linli, Counting, Hand]]:
    url = sample.copy_to(tmp_path / "linli.db")
    reader, clock = Counting(), Hand()
    async with opened(url) as database:
        counting = replace(sample, reader=reader)
        yield linli_over(database, counting, settings_for(url, tmp_path), clock=clock), reader, clock


async def test_what_many_ask_within_a_minute_is_read_once(counted: tuple[Linli, Counting, Hand]) -> None:
    linli, reader, clock = counted
    first = await linli.hear(message(SAID, address="a"))
    clock.now += timedelta(seconds=29)
    assert (await linli.hear(message(SAID, address="b"))).rendered == first.rendered
    assert reader.read_texts == [SAID]


async def test_the_next_minute_it_is_read_again(counted: tuple[Linli, Counting, Hand]) -> None:
    linli, reader, clock = counted
    await linli.hear(message("过两个小时东湖社区的书吧开吗", address="a"))
    clock.now += timedelta(hours=12)
    later = await linli.hear(message("过两个小时东湖社区的书吧开吗", address="b"))
    assert len(reader.read_texts) == 2
    assert "23:30不开" in later.rendered.text


async def test_in_another_language_it_is_read_for_itself(counted: tuple[Linli, Counting, Hand]) -> None:
    linli, reader, _ = counted
    for address, begins in (("a", "你好"), ("b", "hello there"), ("c", "谢谢")):
        await linli.hear(message(begins, address=address))
        await linli.hear(message("16:30", address=address))
    assert reader.read_texts.count("16:30") == 2


async def test_after_another_thing_was_spoken_of_it_is_read_for_itself(
    counted: tuple[Linli, Counting, Hand],
) -> None:
    linli, reader, _ = counted
    await linli.hear(message("东湖社区的书吧", address="a"))
    await linli.hear(message("4点呢", address="a"))
    await linli.hear(message("4点呢", address="b"))
    assert reader.read_texts.count("4点呢") == 2


async def test_a_changed_directory_is_read_with_its_own_names(
    counted: tuple[Linli, Counting, Hand],
) -> None:
    linli, reader, _ = counted
    said = f"东湖社区有没有{WORD}"
    before = await linli.hear(message(said, address="a"))
    assert NAME not in before.rendered.text
    await import_with_the_corner(linli.settings.database_url)
    assert await linli.take_up_directory()
    after = await linli.hear(message(said, address="b"))
    assert NAME in after.rendered.text
    assert reader.read_texts == [said, said]


HOURS = statement("test.hours", "UPDATE service SET hours_text = '每天 6:00-21:00' WHERE name = '党建书吧'")
CHANGED = statement("test.changed", "UPDATE directory_version SET version = version + 1")


async def changed(tx: Transaction) -> None:
    await tx.run(CHANGED)


async def test_where_the_names_stay_the_lexicon_does_and_a_sentence_is_read_anew(
    counted: tuple[Linli, Counting, Hand],
) -> None:
    """Whether "at seven" is in the morning hangs on when it opens."""
    linli, reader, _ = counted
    await linli.database.write(changed)
    assert await linli.take_up_directory()  # others may have read directories of theirs meanwhile
    said, before = "东湖社区的党建书吧7点开吗", linli.directory
    first = await linli.hear(message(said, address="a"))

    async def work(tx: Transaction) -> None:
        await tx.run(HOURS)
        await changed(tx)

    await linli.database.write(work)
    assert await linli.take_up_directory()
    assert linli.directory is not before
    assert linli.directory.lexicon is before.lexicon
    second = await linli.hear(message(said, address="b"))
    assert reader.read_texts == [said, said]
    assert ["19:00" in each.rendered.text for each in (first, second)] == [True, False]
