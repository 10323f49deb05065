"""The ledger: a chain in which nothing can be lost or changed without being noticed, on both engines."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.linli import Linli
from handlers import ledger
from handlers.ledger import BEGINNING, commitment_of, faults
from handlers.ledger_check import check
from messages.calendar import SHANGHAI
from storage import ledger as rows
from storage.database import Database
from storage.ledger import Entry
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import message

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
RAISED = statement("test.raised", "UPDATE rating SET level = 5 WHERE level < 5")
LOST = statement("test.lost", "DELETE FROM ledger_salt WHERE number = :number")
LOST_ENTRY = statement("test.lost_entry", "DELETE FROM ledger WHERE number = :number")
RETOLD = statement("test.retold", "UPDATE case_words SET said = 'all well'")
MOVED = statement("test.moved", "UPDATE case_step SET became = 'closed' WHERE number = 1")
REWRITTEN = statement("test.rewritten", "UPDATE rating_words SET said = 'all well'")
REPUBLISHED = statement("test.republished", "UPDATE ledger_root SET entry_hash = '0'")
UNSALTED = statement("test.unsalted", "DELETE FROM ledger_salt WHERE number = 1")
FORGOTTEN_STEP = statement("test.forgotten", "UPDATE ledger SET kind = 'reason' WHERE number = 5")
UNWRITTEN = statement("test.unwritten", "UPDATE ledger SET subject_id = 'another' WHERE number = 1")


async def written(database: Database, many: int) -> list[Entry]:
    async def work(tx: Transaction) -> list[Entry]:
        for number in range(many):
            await ledger.append(tx, "rating", f"r{number}", ("a", str(number)), NOW)
        return await rows.entries(tx, 0, many)

    return await database.write(work)


def test_no_two_contents_have_the_same_commitment() -> None:
    contents = [("ab", "c"), ("a", "bc"), ("abc",), ("a\nb", "c"), ("a", "b\nc"), ()]
    assert len({commitment_of("salt", each) for each in contents}) == len(contents)
    assert commitment_of("salt", ("a",)) != commitment_of("other", ("a",))


async def test_a_chain_that_nobody_touched_holds(database: Database) -> None:
    entries = await written(database, 5)
    assert faults(entries) == []
    assert faults(entries[2:], 2, entries[1].entry_hash) == []
    assert [each.number for each in entries] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "touched",
    [
        lambda each: replace(each, commitment="0" * 64),
        lambda each: replace(each, kind="step"),
        lambda each: replace(each, subject_id="r9"),
        lambda each: replace(each, made_at=each.made_at + timedelta(microseconds=1)),
        lambda each: replace(each, entry_hash="0" * 64),
    ],
)
async def test_whatever_is_changed_in_an_entry_is_noticed(database: Database, touched) -> None:  # type: ignore[no-untyped-def]
    entries = await written(database, 4)
    entries[1] = touched(entries[1])
    assert faults(entries) != []


async def test_an_entry_that_is_missing_is_noticed(database: Database) -> None:
    entries = await written(database, 4)
    assert faults([*entries[:1], *entries[2:]]) != []
    assert faults(entries[1:]) != []
    assert faults(entries, 0, "1" * 64) != []


async def test_a_rewritten_chain_differs_from_what_was_published(database: Database) -> None:
    """Whoever can write the whole database can make another chain: the published hash tells."""
    entries = await written(database, 3)
    await database.write(lambda tx: rows.publish(tx, date(2026, 11, 25), NOW + timedelta(1), NOW))
    forged, before = [], BEGINNING
    for entry in entries:
        other = replace(entry, commitment=commitment_of("x", ("b",)))
        forged.append(replace(other, entry_hash=ledger.hash_of(other, before)))
        before = forged[-1].entry_hash
    assert faults(forged) == []
    async with database.read() as tx:
        [root] = await rows.roots(tx, 9)
    assert root.number == 3
    assert root.entry_hash == entries[-1].entry_hash != forged[-1].entry_hash


async def test_a_day_is_published_once_with_what_it_held(database: Database) -> None:
    await database.write(lambda tx: rows.publish(tx, date(2026, 11, 24), NOW, NOW))
    async with database.read() as tx:
        assert await rows.roots(tx, 9) == []
    await written(database, 2)
    later = NOW + timedelta(days=1)
    await database.write(lambda tx: rows.publish(tx, date(2026, 11, 25), later, later))
    await database.write(lambda tx: ledger.append(tx, "rating", "late", (), NOW))
    await database.write(lambda tx: rows.publish(tx, date(2026, 11, 25), later, later))
    async with database.read() as tx:
        assert [root.number for root in await rows.roots(tx, 9)] == [2]


async def rated(linli: Linli) -> None:
    """A bad rating with a reason and some words."""
    for said in ("给东湖社区打一星", "态度差", "写几句", "门口的人很凶"):
        reply = await linli.hear(message(said))
        assert reply.number, said


async def test_ratings_reasons_and_words_are_what_the_ledger_commits_to(linli: Linli) -> None:
    await rated(linli)
    checked = await check(linli.database)
    assert checked.faults == ()
    assert checked.entries == 5


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (RAISED, "entry 1: rating"),
        (REWRITTEN, "entry 4: words"),
        (RETOLD, "entry 5: step"),
        (MOVED, "entry 2: step"),
        (UNWRITTEN, "is not in the ledger"),
        (UNSALTED, "entry 1: rating"),
        (FORGOTTEN_STEP, "steps of case"),
    ],
)
async def test_what_is_changed_behind_the_ledger_s_back_is_told(linli: Linli, deed, told: str) -> None:  # type: ignore[no-untyped-def]
    await rated(linli)
    await linli.database.write(lambda tx: tx.run(deed))
    checked = await check(linli.database)
    assert any(told in fault for fault in checked.faults), checked.faults


async def test_what_was_erased_is_gone_and_the_chain_holds(linli: Linli) -> None:
    await rated(linli)
    await linli.hear(message("把我的资料都删掉"))
    reply = await linli.hear(message("确认删除"))
    assert reply.view == "DataErased"
    checked = await check(linli.database)
    assert checked.faults == ()
    assert checked.entries == 5
    async with linli.database.read() as tx:
        entries = await rows.entries(tx, 0, 9)
    assert [each.salt for each in entries] == [None] * 5


async def test_a_published_hash_that_differs_is_told(linli: Linli) -> None:
    await rated(linli)
    later = NOW + timedelta(days=1)
    await linli.database.write(lambda tx: rows.publish(tx, date(2026, 11, 25), later, later))
    assert (await check(linli.database)).faults == ()
    await linli.database.write(lambda tx: tx.run(REPUBLISHED))
    [fault] = (await check(linli.database)).faults
    assert "is not what was published for 2026-11-25" in fault


async def test_nothing_is_chained_to_an_entry_that_is_missing(database: Database) -> None:
    await written(database, 1)

    async def lose(tx: Transaction) -> None:
        await tx.run(LOST, {"number": 1})
        await tx.run(LOST_ENTRY, {"number": 1})

    await database.write(lose)
    with pytest.raises(LookupError, match="entry 1 of the ledger is missing"):
        await database.write(lambda tx: ledger.append(tx, "rating", "late", (), NOW))
