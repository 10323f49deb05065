"""The storm over Telegram of `make soak` at a small fixed size; what is lost or doubled is noticed."""

from pathlib import Path

import pytest

from storage.database import Database
from storage.statements import statement
from tests.engines import opened
from tests.sample import Sample
from tests.soak.broadcast import broadcast
from tests.soak.telegram_judge import arrived_in_order
from tests.soak.telegram_residents import SENTENCES, sentences
from tests.soak.telegram_storm import Size, TelegramStorm, Way, rage

SEED = 20261126
SMALL = Size(updates=100, people=12, kills=2)
FIRST = "conversation_id = (SELECT MIN(conversation_id) FROM inbox) AND number = 1"
LOSES = statement("test.loses_effect", f"DELETE FROM inbox WHERE {FIRST}")
DOUBLES = statement(
    "test.doubles_effect",
    "INSERT INTO inbox (conversation_id, message_id, number, said, intent, slots, received_at)"
    f" SELECT conversation_id, 'again', 1000, said, intent, slots, received_at FROM inbox WHERE {FIRST}",
)


async def test_every_update_has_one_effect_though_processes_are_killed(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    """Each engine in one way; `make soak` does both on both."""
    way: Way = "polling" if sample_url.startswith("sqlite") else "webhook"
    async with opened(sample_url, busy_deadline_s=30) as database:
        storm = await rage(sample_url, database, sample, tmp_path, seed=SEED, size=SMALL, way=way)
        assert storm.problems == []
        assert storm.killed == SMALL.kills
        assert set(storm.residents.kinds) == {"text", "press", "start", "location", "edit", "duplicate"}
        await _loses_and_doubles(storm, database)


async def _loses_and_doubles(storm: TelegramStorm, database: Database) -> None:
    """The control: what is lost or comes twice is noticed, of effects and of answers."""

    async def found() -> list[str]:
        storm.problems.clear()
        await storm.verify(database)
        return storm.problems

    chat = next(chat for chat, texts in storm.received.items() if len(texts) > 2)
    lost = storm.received[chat].pop()
    assert any(f"chat {chat}: its answers did not all come" in each for each in await found())
    storm.received[chat] += [lost] * 50
    assert any(f"chat {chat}: " in each and "came twice" in each for each in await found())
    storm.listen()
    assert await found() == []

    await database.write(lambda tx: tx.run(DOUBLES))
    assert any("again was never sent, and had an effect" in each for each in await found())
    await database.write(lambda tx: tx.run(LOSES))
    assert any("had no effect" in each for each in await found())


@pytest.mark.parametrize(
    ("received", "is_so"),
    [
        ("abcd", True),
        ("abcbcd", True),  # the second answer began anew before it was done
        ("abcdcd", False),
        ("ababcd", False),
        ("abc", False),
        ("acbd", False),
        ("abcdd", True),
        ("aabcd", True),
    ],
)
def test_answers_come_in_order_though_one_may_begin_anew(received: str, is_so: bool) -> None:
    assert arrived_in_order(["a", "bc", "d"], list(received)) is is_so


def test_residents_know_two_hundred_sentences(sample: Sample) -> None:
    assert len(set(sentences(sample.directory))) == SENTENCES


async def test_a_broadcast_is_received_by_all_once_and_nothing_is_refused(
    sample_url: str, tmp_path: Path
) -> None:
    async with opened(sample_url, busy_deadline_s=30) as database:
        sent = await broadcast(sample_url, database, tmp_path, messages=120, times=100)
        assert (sent.messages, sent.refused) == (120, 0)
