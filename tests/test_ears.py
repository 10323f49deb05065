"""Pages hear of news in their conversation, whichever process wrote it."""

import asyncio
from dataclasses import dataclass

from bot.ears import Ear, Ears
from bot.linli import Linli
from bot.settings import Settings
from tests.sample import Sample, message, second_process

LONG = 60.0
KEY = ("web", "ding")


@dataclass
class Newest:
    """The last number of a conversation, as the database would give it."""

    number: int = 0
    looks: int = 0

    async def __call__(self) -> int:
        self.looks += 1
        return self.number


async def test_a_ring_is_heard_at_once() -> None:
    newest = Newest()
    ear = Ear(newest, LONG)
    waiting = asyncio.create_task(ear.heard(LONG))
    await asyncio.sleep(0)
    ear.ring()
    async with asyncio.timeout(10):
        assert await waiting


async def test_a_ring_before_anybody_listens_is_kept() -> None:
    ear = Ear(Newest(), LONG)
    ear.ring()
    async with asyncio.timeout(10):
        assert await ear.heard(LONG)
    assert not await ear.heard(0)


async def test_a_ring_while_the_ear_looks_is_heard_the_next_time() -> None:
    ears: list[Ear] = []
    looks = 0

    async def rings_while_looking() -> int:
        nonlocal looks
        looks += 1
        if looks == 1:
            ears[0].ring()  # a turn is committed just after this look read the database
        return 0

    ears.append(Ear(rings_while_looking, LONG))
    ears[0].ring()
    async with asyncio.timeout(10):
        assert await ears[0].heard(LONG)
        assert await ears[0].heard(LONG)


async def test_what_another_process_wrote_is_noticed_by_looking() -> None:
    newest = Newest()
    ear = Ear(newest, 0.001)
    assert not await ear.heard(0)
    newest.number = 3
    async with asyncio.timeout(10):
        assert await ear.heard(LONG)
    assert not await ear.heard(0)


async def test_nothing_new_ends_at_the_given_time() -> None:
    newest = Newest()
    assert not await Ear(newest, 0.001).heard(0.01)
    assert newest.looks >= 1


async def test_a_page_that_left_is_not_rung() -> None:
    ears = Ears()
    with ears.listening(KEY, Ear(Newest(), LONG)):
        with ears.listening(KEY, Ear(Newest(), LONG)):
            assert ears.ring(*KEY)
        assert ears.ring(*KEY)
        assert not ears.ring("web", "lin")
    assert not ears.ring(*KEY)


async def test_every_page_of_a_conversation_is_rung() -> None:
    ears, one, two = Ears(), Ear(Newest(), LONG), Ear(Newest(), LONG)
    with ears.listening(KEY, one), ears.listening(KEY, two):
        ears.ring(*KEY)
        assert await one.heard(0)
        assert await two.heard(0)


async def test_a_page_hears_of_a_turn_of_its_own_process(linli: Linli) -> None:
    async with linli.listening(*KEY) as ear:
        assert not await ear.heard(0)
        await linli.hear(message("你好"))
        assert await ear.heard(0)
        assert not await ear.heard(0)


async def test_a_page_hears_of_a_turn_of_another_process(linli: Linli, sample: Sample) -> None:
    async with second_process(linli, sample) as other, linli.listening(*KEY) as ear:
        assert not await ear.heard(0)
        await other.hear(message("你好"))
        assert await ear.heard(0)
        assert [line.number for line in await linli.lines(*KEY, after=0)] == [1]


def test_other_processes_are_looked_after_at_least_once_a_second() -> None:
    assert Settings.model_fields["refresh_s"].default <= 1


async def test_a_page_that_connects_later_is_told_of_what_is_there(linli: Linli) -> None:
    await linli.hear(message("你好"))
    async with linli.listening(*KEY) as ear:
        assert await ear.heard(0)
        assert not await ear.heard(0)
