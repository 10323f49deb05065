"""Codes that bring a conversation elsewhere: kept as a hash, used once, by one device, until they expire."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import conversations, recovery
from storage.conversations import Conversation
from storage.database import ConstraintError, Database
from storage.recovery import Moved, Relink
from storage.statements import statement
from tests.storage_rows import LATER, NOW
from tests.test_storage_conversations import answer, started, turn, turns

END = LATER + timedelta(days=180)


async def offer(database: Database, conversation_id: str, code_hash: str) -> None:
    await database.write(lambda tx: recovery.offer(tx, conversation_id, code_hash, NOW, END))


async def take(database: Database, code_hash: str, address: str = "new") -> Moved | None:
    return await database.write(lambda tx: recovery.take_over(tx, code_hash, "web", address, LATER))


async def found(database: Database, address: str) -> Conversation | None:
    async with database.read() as tx:
        return await conversations.find(tx, "web", address)


async def test_a_code_brings_the_conversation_to_a_new_address_and_the_old_one_starts_empty(
    database: Database,
) -> None:
    await turns(database, 2)
    await offer(database, "c", "hash")
    assert await take(database, "hash") == Moved("c", 3, "state")
    moved = await found(database, "new")
    assert moved is not None
    assert (moved.id, moved.last_number) == ("c", 3)
    assert await found(database, "of c") is None


async def test_a_used_code_is_gone(database: Database) -> None:
    await started(database)
    await offer(database, "c", "hash")
    assert await take(database, "hash") is not None
    assert await take(database, "hash", "third") is None
    assert await found(database, "third") is None


async def test_asking_again_replaces_the_code(database: Database) -> None:
    await started(database)
    await offer(database, "c", "first")
    await offer(database, "c", "second")
    assert await take(database, "first") is None
    assert await take(database, "second") is not None


async def test_a_code_is_good_until_its_end_and_not_at_it(database: Database) -> None:
    await started(database)
    await database.write(lambda tx: recovery.offer(tx, "c", "hash", NOW, LATER))
    assert await take(database, "hash") is None
    async with database.read() as tx:
        assert await recovery.kept_at(tx, "hash", LATER) is None
        assert await recovery.kept_at(tx, "hash", LATER - timedelta(seconds=1)) == ("web", "of c")
    assert await database.write(lambda tx: recovery.forget_expired(tx, LATER - timedelta(seconds=1))) == 0
    assert await database.write(lambda tx: recovery.forget_expired(tx, LATER)) == 1


async def test_what_stood_at_the_new_address_is_set_aside_and_loses_nothing(database: Database) -> None:
    await turns(database, 1)
    other = await started(database, "other")
    assert await turn(database, other, answer(7)) == 1
    await offer(database, "c", "hash")
    await take(database, "hash", "of other")
    here, aside = await found(database, "of other"), await found(database, "left other")
    assert here is not None
    assert here.id == "c"
    assert aside is not None
    async with database.read() as tx:
        assert [line.said for line in await conversations.transcript(tx, aside.id, 0, 50)] == ["said 7"]


async def test_a_turn_that_began_before_the_move_is_taken_back(database: Database) -> None:
    before = await turns(database, 1)
    await offer(database, "c", "hash")
    await take(database, "hash")
    assert await turn(database, before, answer(2)) is None
    assert await turn(database, replace(before, version=2), answer(2)) == 3


async def test_of_ten_devices_with_one_code_exactly_one_gets_the_conversation(database: Database) -> None:
    await started(database)
    await offer(database, "c", "hash")
    taken = await asyncio.gather(*(take(database, "hash", f"new {n}") for n in range(10)))
    assert len([moved for moved in taken if moved]) == 1


async def test_control_a_code_that_is_only_looked_at_brings_it_to_all_ten(database: Database) -> None:
    careless = statement("careless", "SELECT conversation_id FROM recovery_code WHERE code_hash = :code_hash")
    await started(database)
    await offer(database, "c", "hash")

    async def take_carelessly(address: str) -> Moved:
        async with database.read() as tx:
            key = await tx.value(careless, {"code_hash": "hash"})
        return await database.write(lambda tx: recovery.move(tx, key, "web", address))

    assert len(await asyncio.gather(*(take_carelessly(f"new {n}") for n in range(10)))) == 10


async def test_two_conversations_never_have_one_code(database: Database) -> None:
    await started(database)
    await started(database, "other")
    await offer(database, "c", "hash")
    with pytest.raises(ConstraintError):
        await offer(database, "other", "hash")


async def test_a_conversation_nobody_knows_is_not_moved(database: Database) -> None:
    with pytest.raises(LookupError, match="no conversation nobody"):
        await database.write(lambda tx: recovery.move(tx, "nobody", "web", "new"))


async def test_devices_are_found_whether_they_talked_or_showed_their_code(database: Database) -> None:
    await started(database, "talked")
    await database.write(lambda tx: recovery.note_device(tx, "web", "of shown", NOW))
    await database.write(lambda tx: recovery.note_device(tx, "web", "of shown", LATER))
    await database.write(lambda tx: recovery.note_device(tx, "web", "of talked", NOW))
    async with database.read() as tx:
        assert await recovery.addresses_between(tx, "web", "of", "og") == ["of shown", "of talked"]
        assert await recovery.addresses_between(tx, "web", "of shown", "of t") == ["of shown"]
        assert await recovery.addresses_between(tx, "wechat", "of", "og") == []
    assert await database.write(lambda tx: recovery.forget_devices(tx, LATER)) == 1
    async with database.read() as tx:
        assert await recovery.addresses_between(tx, "web", "of shown", "of t") == ["of shown"]


async def test_a_move_by_staff_is_written_down(database: Database) -> None:
    await started(database)
    row = Relink("r", "c", "of c", "new", "Lin", None, NOW)
    await database.write(lambda tx: recovery.note_relink(tx, row))
    async with database.read() as tx:
        assert await recovery.relinks(tx) == [row]
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: recovery.note_relink(tx, replace(row, id="s", done_by="")))
