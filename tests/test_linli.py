"""Linli, wired: replies, transcripts, and a directory that changes while residents are answered."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest

from bot.clock import system_clock
from bot.jobs import forget_codes
from bot.linli import Linli
from bot.secret import secret_of
from bot.serve import look
from bot.wiring import open_linli
from handlers import closing
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS, Intent
from handlers.keeping import Taken
from handlers.message import Location, Message
from handlers.world import Outcome, World
from messages.geo import Datum
from messages.views import Greeted, View
from storage import conversations, outbox
from storage.database import Transaction
from tests.sample import NOW, Sample, linli_over, message, second_process, settings_for


async def test_a_reply_says_what_was_understood(linli: Linli) -> None:
    reply = await linli.hear(message("最近的老年食堂"))
    assert (reply.number, reply.intent, reply.view) == (1, "find_service", "AskWhere")
    assert reply.rendered.asks_location
    assert reply.slots["nearest"] is True


async def test_a_conversation_is_read_on_from_any_number(linli: Linli) -> None:
    said = ["你好", "帮助", "谢谢", "再见"]
    for text in said:
        await linli.hear(message(text))
    lines = await linli.lines("web", "ding", after=0)
    assert [(line.number, line.said) for line in lines] == list(enumerate(said, 1))
    assert [line.number for line in await linli.lines("web", "ding", after=2)] == [3, 4]
    assert [line.number for line in await linli.lines("web", "ding", after=0, limit=2)] == [3, 4]
    assert all(line.at == NOW for line in lines)


async def test_a_kept_conversation_goes_on_elsewhere_within_its_days(linli: Linli) -> None:
    assert await linli.keep("web", "ding", "hash") is None
    await linli.hear(message("你好"))
    assert await linli.keep("web", "ding", "hash") == NOW + timedelta(days=180)
    assert await linli.take_over("web", "new", "wrong") is Taken.UNKNOWN
    assert await linli.take_over("web", "new", "hash") is Taken.MOVED
    assert [line.said for line in await linli.lines("web", "new", after=0)] == ["你好", None]


async def test_every_community_can_be_chosen_and_is_remembered(linli: Linli) -> None:
    communities = linli.communities()
    assert len(communities) == len(linli.directory.centres)
    assert {each.subdistrict for each in communities} == set(linli.directory.subdistricts)
    await linli.hear(message("最近的老年食堂"))
    found = await linli.hear(message(communities[0].say))
    assert (found.intent, found.slots["centres"]) == ("find_service", [communities[0].say.split()[1]])
    alone = await linli.hear(message(communities[0].say, address="other"))
    assert alone.view == "CentreCard"
    assert (await linli.hear(message("最近的一体机", address="other"))).view == "KiosksFound"


async def test_a_conversation_begins_in_the_language_of_its_page(linli: Linli) -> None:
    place = Location(24.8741, 118.6757, Datum.WGS84)
    for language in ("en", "zh", None):
        shared = Message("web", f"in {language}", "1", "", place, language=language)
        assert (await linli.hear(shared)).rendered.language == (language or "zh")
    later = Message("web", "in zh", "2", "", place, language="en")
    assert (await linli.hear(later)).rendered.language == "zh"


async def test_old_codes_and_devices_are_forgotten(linli: Linli) -> None:
    await linli.hear(message("你好"))
    await linli.keep("web", "ding", "hash")
    await linli.note_device("web", "ding")
    assert await forget_codes(linli, NOW + timedelta(days=29)) == "forgot 0 codes and 0 devices"
    assert await forget_codes(linli, NOW + timedelta(days=31)) == "forgot 0 codes and 1 devices"
    assert await forget_codes(linli, NOW + timedelta(days=181)) == "forgot 1 codes and 0 devices"


async def test_a_conversation_nobody_began_has_no_lines(linli: Linli) -> None:
    assert await linli.lines("web", "nobody", after=0) == []


async def test_what_linli_says_of_its_own_accord_stands_in_the_conversation(linli: Linli) -> None:
    await linli.hear(message("你好"))

    async def news(tx: Transaction) -> None:
        thread = await conversations.find(tx, "web", "ding")
        assert thread
        number = await conversations.next_number(tx, thread.id)
        await outbox.add(
            tx,
            str(uuid4()),
            thread.id,
            number,
            unique_key="news",
            view=(await outbox.after(tx, thread.id, 0, 1))[0].view,
            due_at=NOW,
            expires_at=None,
            created_at=NOW,
        )

    await linli.database.write(news)
    assert (await linli.hear(message("帮助"))).number == 3
    lines = await linli.lines("web", "ding", after=0)
    assert [(line.number, line.said) for line in lines] == [(1, "你好"), (2, None), (3, "帮助")]


async def test_a_view_that_cannot_be_kept_is_a_failure_that_is_answered(
    sqlite_linli: Linli, sample: Sample
) -> None:
    def no_view(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
        return Outcome(cast(View, object()), dialogue)

    intents = {**INTENTS, "greet": Intent(no_view)}
    broken = linli_over(sqlite_linli.database, sample, sqlite_linli.settings, intents=intents)
    reply = await broken.hear(message("你好"))
    assert (reply.number, reply.view) == (0, "WentWrong")
    assert "12345" in reply.rendered.text
    assert (await sqlite_linli.hear(message("你好"))).number == 1


async def test_a_committed_answer_that_no_template_can_say_hides_nothing_beside_it(
    sqlite_linli: Linli, sample: Sample
) -> None:
    def in_french(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
        """As a version with one more language would have left it behind."""
        return Outcome(Greeted(()), replace(dialogue, language="fr"))

    intents = {**INTENTS, "greet": Intent(in_french)}
    linli = linli_over(sqlite_linli.database, sample, sqlite_linli.settings, intents=intents)
    reply = await linli.hear(message("你好"))
    assert reply.number == 1
    assert reply.rendered.choices
    await linli.hear(message("帮助"))
    assert [line.number for line in await linli.lines("web", "ding", after=0)] == [1, 2]


async def test_a_closed_database_is_answered_with_a_phone_number(sqlite_linli: Linli) -> None:
    await sqlite_linli.database.close()
    reply = await sqlite_linli.hear(message("你好"))
    assert (reply.number, reply.view) == (0, "WentWrong")


@pytest.mark.parametrize(
    ("text", "language"),
    [("你好", "zh"), ("hello there", "en"), ("/centre FZ001", "zh"), ("123", "zh"), ("\ud800", "zh")],
)
async def test_a_failure_is_told_in_the_language_of_the_message(
    sqlite_linli: Linli, text: str, language: str
) -> None:
    await sqlite_linli.database.close()
    assert (await sqlite_linli.hear(message(text))).rendered.language == language


async def test_a_directory_that_was_saved_is_answered_from_at_once(linli: Linli, sample: Sample) -> None:
    centre = next(each for each in linli.directory.centres.values() if each.status == "open")
    before = linli.directory
    assert not await linli.take_up_directory()
    async with second_process(linli, sample) as other:
        today = NOW.date()
        await closing.close_for_days(
            other.database, str(uuid4()), centre.id, today, today, reason="台风停课", hours_text="", now=NOW
        )
    assert await linli.take_up_directory()
    assert linli.directory is not before
    assert linli.directory.version > before.version
    assert "台风停课" in (await linli.hear(message(f"/centre {centre.id}"))).rendered.text
    assert f"linli_directory_version {float(linli.directory.version)}" in linli.metrics.text().decode()


async def test_the_directory_is_made_findable_by_meaning_once(linli: Linli) -> None:
    assert await linli.embed_directory()
    assert not await linli.embed_directory()
    assert linli.meaning.by_words_because
    assert "LINLI_VECTORS" in linli.meaning.by_words_because


async def test_an_operator_is_told_what_is_there(linli: Linli) -> None:
    probes = {probe.name: probe for probe in await look(linli)}
    assert list(probes) == ["database", "migrations", "directory", "vectors"]
    assert all(probe.ok for name, probe in probes.items() if name != "vectors")
    assert not probes["vectors"].required
    await linli.database.close()
    [gone] = await look(linli)
    assert (gone.name, gone.ok) == ("database", False)


async def test_a_new_database_gets_its_folder_its_schema_and_the_official_calendar(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/down/linli.db"
    async with open_linli(settings_for(url, tmp_path), system_clock) as linli:
        assert linli.directory.centres == {}
        assert linli.directory.calendar.is_official(2026)
        assert (await linli.hear(message("你好"))).number == 1


def test_the_key_for_cookies_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    key = secret_of(path)
    assert len(key) >= 32
    assert secret_of(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_of(tmp_path / "another") != key
