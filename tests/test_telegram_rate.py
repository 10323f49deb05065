"""Who writes and presses too fast on Telegram, and who only seems to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.linli import Linli
from tests.sample import Sample, linli_over, settings_for
from tests.telegram_town import LIN, Call, Town, town_of

TOO_FAST = "发得有点快了"


@pytest.fixture
async def hasty(sqlite_linli: Linli, sample: Sample, tmp_path: Path) -> AsyncIterator[Town]:
    """Two a minute are taken of each resident."""
    settings = settings_for(sqlite_linli.settings.database_url, tmp_path, turns_per_minute=2)
    async with town_of(linli_over(sqlite_linli.database, sample, settings)) as town:
        yield town


def told(town: Town) -> list[bool]:
    """Of each message that was sent, whether it asks to write slower."""
    return [text.startswith(TOO_FAST) for text in town.fake.texts]


def written(town: Town, times: int, *, apart_s: int) -> list[Call]:
    raws = []
    for _ in range(times):
        raws.append(town.updates.message(text="你好"))
        town.time.now += apart_s
    return raws


async def test_who_writes_too_fast_is_told_so_once(hasty: Town) -> None:
    for raw in written(hasty, 6, apart_s=1):
        await hasty.take(raw)
    assert told(hasty) == [False, False, True]
    hasty.time.now += 60
    assert await hasty.say("你好")
    assert await hasty.say("你好", LIN)
    assert told(hasty)[3:] == [False, False]


async def test_what_was_written_while_nobody_ran_was_not_written_too_fast(hasty: Town) -> None:
    for raw in written(hasty, 6, apart_s=30):
        await hasty.take(raw)
    assert told(hasty) == [False] * 6


async def test_what_is_pushed_again_was_not_written_again(hasty: Town) -> None:
    raw = hasty.updates.message(text="你好")
    for _ in range(5):
        await hasty.take(raw)
    assert await hasty.say("东湖社区几点开门")
    assert told(hasty) == [False, False]


async def test_who_presses_too_fast_is_told_so_once(hasty: Town) -> None:
    for _ in range(6):
        await hasty.take(hasty.updates.press("v1|1|1|abcdef"))
    assert told(hasty) == [False, False, True]
