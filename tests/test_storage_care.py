"""Checks find what is wrong and name it; backups are whole while others write."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from storage import bookings, care, conversations, directory, outbox
from storage.care import INVARIANTS, BackupError
from storage.database import Database, Transaction, connect
from storage.migrate import migrate
from tests.booking_rows import Desk
from tests.storage_rows import LATER, NOW, activity, centre, kiosk, service
from tests.test_storage_conversations import answer, turn


@pytest.fixture
async def lived_in(database: Database) -> Database:
    """A directory, a conversation of one turn, two sessions at one time and a place in the first."""

    async def work(tx: Transaction) -> conversations.Conversation:
        await directory.put_centres(tx, [centre("FZ-01"), centre("FZ-02")])
        await directory.put_services(tx, [service("s")])
        await directory.put_activities(tx, [activity("a"), activity("FZ-A1")])
        await directory.put_kiosks(tx, [kiosk("k")])
        await directory.bump_version(tx, NOW)
        return await conversations.create(tx, "c", "web", "of c", "{}", NOW)

    assert await turn(database, await database.write(work), answer(1)) == 1
    desk = Desk(database)
    await desk.found("f", size=1)
    await desk.session("s")
    await desk.session("t")
    assert await bookings.take_place(database, desk.wish("f"), NOW)
    return database


async def test_a_database_in_order_has_no_problems(lived_in: Database) -> None:
    assert await care.check(lived_in) == []


DISTRICTS = "'c', NULL, 'district', '', '2026-11-25', '2026-11-26'"
PROMISE = """
    INSERT INTO callback (
        conversation_id, centre_id, owner, topic, asked_at, due_at, id, code, phone, state
    ) VALUES"""

OPEN = f"{PROMISE} ({DISTRICTS}, 'one', 'H-1', NULL, 'open')"

AT = "'2026-11-25T00:00:00.000000+00:00'"
SECOND_PLACE = f"""
    INSERT INTO booking (
        id, code, session_id, family_id, size, state, passed_over, made_by, made_at, booked_at, version
    ) VALUES ('b2', '2', 't', 'f', 1, 'booked', 0, 'family', {AT}, {AT}, 0);
    INSERT INTO place VALUES ('b2', 'f1', 't', TRUE);
    UPDATE session SET taken = 1 WHERE id = 't'
"""

# A post that nobody was invited to.
UNINVITED = f"""
    INSERT INTO invitation (id, code_hash, role, centre_id, made_by, made_at, expires_at)
    VALUES ('I-0001', 'h', 'centre_staff', 'FZ-01', 'shell', {AT}, '2026-12-25T00:00:00.000000+00:00');
    INSERT INTO staff (id, role, centre_id, conversation_id, channel, address, invitation_id, since_at)
    VALUES ('S-0001', 'centre_manager', 'FZ-01', 'c', 'web', 'of c', 'I-0001', {AT})
"""

CASE = f"""
    INSERT INTO case_file (id, code, kind, centre_id, tier, owner, state, opened_at, due_at, version)
    VALUES ('g', 'G-1', 'rating', 'FZ-01', 1, 'FZ-01', 'received', {AT}, {AT}, 0);
    INSERT INTO case_step (case_id, number, who, was, became, made_at)
    VALUES ('g', 1, 'resident', '', 'received', {AT});"""
BY_THE_CENTRE = f"""{CASE}
    INSERT INTO case_step (case_id, number, who, was, became, made_at)
    VALUES ('g', 2, 'S-0001', 'received', 'closed', {AT});
    UPDATE case_file SET state = 'closed', closed_at = {AT}"""

BREACHES = {
    "cases_have_owners": (f"{CASE} UPDATE case_file SET tier = 2", "case G-1: its owner FZ-01"),
    "closed_cases_have_a_verdict": (BY_THE_CENTRE, "case G-1: closed, when, and who said so"),
    "cases_end_in_time": (f"{CASE} UPDATE case_file SET state = 'explained'", "case G-1: answered"),
    "staff_came_by_invitation": (UNINVITED, "staff S-0001: its invitation I-0001"),
    "directory_version_is_there": ("DELETE FROM directory_version", "no version"),
    "numbers_are_counted": ("UPDATE conversation SET last_number = 0, version = 0", "higher number"),
    "turns_are_counted": ("UPDATE conversation SET version = 9", "more turns"),
    "messages_have_answers": ("DELETE FROM outbox", "answer to a message is missing"),
    "sent_messages_have_a_time": ("UPDATE outbox SET state = 'sent'", "outbox answer 1: sent and sent_at"),
    "leases_have_holders": ("UPDATE outbox SET state = 'leased'", "outbox answer 1: leased"),
    "services_have_open_centres": (
        "UPDATE centre SET withdrawn_at = '2026-11-25T00:00:00.000000+00:00' WHERE id = 'FZ-01'",
        "service s: its centre FZ-01 is withdrawn",
    ),
    "activities_have_open_centres": (
        "UPDATE centre SET withdrawn_at = '2026-11-25T00:00:00.000000+00:00' WHERE id = 'FZ-01'",
        "activity a: its centre FZ-01 is withdrawn",
    ),
    "kiosks_have_open_centres": (
        "UPDATE centre SET withdrawn_at = '2026-11-25T00:00:00.000000+00:00' WHERE id = 'FZ-01'",
        "kiosk k: its centre FZ-01 is withdrawn",
    ),
    "closures_are_of_one_centre": (
        "INSERT INTO closure VALUES ('x', 'FZ-02', 's', '2026-11-25', '2026-11-25', '', 'r', '2026-11-25')",
        "closure x: its service s belongs to another centre",
    ),
    "jobs_end_after_they_start": (
        "INSERT INTO job_claim VALUES ('backup', 'p', 'h', '2026-11-25T00:00:00.000000+00:00', NULL, 'done')",
        "job backup p: finished and its outcome",
    ),
    "conversations_wait_for_one_callback": (
        "DROP INDEX callback_open;" + OPEN + ";" + OPEN.replace("'one', 'H-1'", "'two', 'H-2'"),
        "conversation c: it has more than one open call-back",
    ),
    "callbacks_have_owners": (
        f"{OPEN}; UPDATE callback SET owner = 'FZ-01'",
        "call-back H-1: its owner is neither",
    ),
    "callbacks_are_answered_by_somebody": (
        f"PRAGMA ignore_check_constraints = ON; {PROMISE} ({DISTRICTS}, '1', 'H-1', NULL, 'answered')",
        "call-back H-1: answered, by whom",
    ),
    "closed_callbacks_keep_no_phone": (
        f"PRAGMA ignore_check_constraints = ON; {PROMISE} ({DISTRICTS}, '1', 'H-1', '22123456', 'cancelled')",
        "call-back H-1: it is closed and still keeps",
    ),
    "places_add_up": (
        "UPDATE session SET waiting = 1 WHERE id = 's'",
        "session s: it counts 1 taken, 0 offered, 1 in line; its bookings say 1, 0, 0",
    ),
    "nobody_is_oversold": (
        "UPDATE session SET capacity = 3 WHERE id = 's'",
        "session s: 1 taken and 0 offered of 3 places",
    ),
    "bookings_have_their_people": (
        "UPDATE place SET is_active = FALSE",
        "booking b1: it is for 1 and has places for 0",
    ),
    "places_are_of_the_family": (
        f"""INSERT INTO family (id, turns, created_at) VALUES ('g', 0, {AT});
        UPDATE booking SET family_id = 'g'""",
        "booking b1: a place is for somebody of another family",
    ),
    "entrants_have_receipts": (
        "UPDATE booking SET state = 'entered', booked_at = NULL; UPDATE session SET taken = 0",
        "booking b1: it waits for a draw and has no receipt",
    ),
    "nobody_is_in_two_places": (SECOND_PLACE, "participant f1: places in s and in t at one time"),
    # The schema refuses such a row: the invariant is for databases that were repaired by hand.
    "activities_end_after_they_start": (
        "PRAGMA ignore_check_constraints = ON; UPDATE activity SET ends_on = '2020-01-01'",
        "activity a: it ends before it starts",
    ),
}


def test_every_invariant_has_a_breach_to_find() -> None:
    assert set(BREACHES) == set(INVARIANTS)


@pytest.mark.parametrize("invariant", BREACHES)
async def test_a_breach_is_found_and_named(lived_in: Database, invariant: str) -> None:
    damage, words = BREACHES[invariant]
    if "PRAGMA" in damage and lived_in.engine != "sqlite":
        return  # PostgreSQL's checks cannot be switched off, so there is nothing to find
    await lived_in.write(lambda tx: tx.script(damage))
    assert any(words in problem for problem in await care.check(lived_in))


async def test_a_reference_into_nothing_is_found(lived_in: Database) -> None:
    if lived_in.sqlite is None:
        return  # PostgreSQL's references cannot be switched off, so there is nothing to find
    await lived_in.sqlite._writer.call(
        lambda connection: connection.executescript(
            "PRAGMA foreign_keys = OFF; DELETE FROM service; DELETE FROM centre; PRAGMA foreign_keys = ON;"
        )
    )
    problems = await care.check(lived_in)
    assert "integrity: a activity refers to a centre that is missing" in problems
    assert "integrity: a kiosk refers to a centre that is missing" in problems


@pytest.mark.parametrize(("place", "words"), [(0, "damaged"), (5, "integrity: ")])
async def test_damaged_pages_are_found(
    sqlite_database: Database, tmp_path: Path, place: int, words: str
) -> None:
    """A page whose kind is unknown stops SQLite; one that only counts wrongly is reported by its check."""
    await sqlite_database.write(
        lambda tx: directory.put_centres(tx, (centre(f"{n:04}", note="x" * 300) for n in range(500)))
    )
    await care.backup(sqlite_database, tmp_path / "damaged.db")
    pages = bytearray((tmp_path / "damaged.db").read_bytes())
    page = len(pages) - 20 * 4096  # what was written last: rows, not the schema
    pages[page + place : page + place + 2] = b"\xff\xff"
    (tmp_path / "damaged.db").write_bytes(pages)
    damaged = await connect(f"sqlite:///{tmp_path}/damaged.db")
    try:
        assert any(words in problem for problem in await care.check(damaged))
    finally:
        await damaged.close()


async def test_a_schema_that_is_behind_or_ahead_is_told(database: Database) -> None:
    await database.write(lambda tx: tx.script("UPDATE schema_migration SET checksum = 'x' WHERE version = 1"))
    assert "was changed after" in (await care.check(database))[0]
    await database.write(lambda tx: tx.script("DELETE FROM schema_migration"))
    assert "0001_foundation" in (await care.check(database))[0]


async def test_a_backup_is_whole_while_others_write(sqlite_database: Database, tmp_path: Path) -> None:
    """Centre and version are written together, so a torn copy would show two different numbers."""

    async def step(n: int) -> None:
        async def work(tx: Transaction) -> None:
            await directory.put_centres(tx, [centre(f"{n:03}")])
            await directory.bump_version(tx, NOW)

        await sqlite_database.write(work)

    async def copy(n: int) -> Path:
        await care.backup(sqlite_database, tmp_path / f"{n}.db")
        return tmp_path / f"{n}.db"

    *_, first, second, third = await asyncio.gather(*map(step, range(100)), *map(copy, range(3)))
    for path in (first, second, third):
        assert isinstance(path, Path)
        copied = await connect(f"sqlite:///{path}")
        try:
            assert await migrate(copied, LATER) >= 1
            assert await care.check(copied) == []
            async with copied.read() as tx:
                assert len(await directory.centres(tx)) == await directory.version(tx)
        finally:
            await copied.close()


async def test_a_backup_never_overwrites(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_bytes(b"mine")
    with pytest.raises(BackupError, match=r"there\.db exists already"):
        await care.backup(sqlite_database, tmp_path / "there.db")
    assert (tmp_path / "there.db").read_bytes() == b"mine"
    with pytest.raises(BackupError, match="cannot be written: No such file or directory"):
        await care.backup(sqlite_database, tmp_path / "nowhere" / "x.db")


async def test_a_backup_that_fails_leaves_no_file(sqlite_database: Database, tmp_path: Path) -> None:
    """Its connection is closed under it: nothing can be copied."""
    engine = sqlite_database.sqlite
    assert engine is not None
    for link in engine._free:
        await link.call(sqlite3.Connection.close)
    with pytest.raises(sqlite3.ProgrammingError):
        await care.backup(sqlite_database, tmp_path / "x.db")
    assert not (tmp_path / "x.db").exists()


async def test_a_database_in_memory_can_be_backed_up(tmp_path: Path) -> None:
    database = await connect("sqlite:///:memory:")
    try:
        await migrate(database, NOW)
        await care.backup(database, tmp_path / "x.db")
    finally:
        await database.close()
    assert sqlite3.connect(tmp_path / "x.db").execute("SELECT COUNT(*) FROM centre").fetchone() == (0,)


async def test_postgresql_is_left_to_pg_dump(database: Database, tmp_path: Path) -> None:
    if database.engine == "postgresql":
        with pytest.raises(BackupError, match=r"pg_dump --format=custom --file=.*x\.db DATABASE_URL"):
            await care.backup(database, tmp_path / "x.db")
    else:
        await care.backup(database, tmp_path / "x.db")


async def test_what_the_outbox_itself_writes_is_in_order(lived_in: Database) -> None:
    """Every way a message can go leaves a row that the invariants accept."""

    async def work(tx: Transaction) -> None:
        for name in ("sent", "dead", "waiting", "expired", "leased"):
            made = await conversations.create(tx, name, "web", name, "{}", NOW)
            number = await conversations.next_number(tx, made.id)
            await outbox.add(
                tx, name, made.id, number,
                unique_key=name, view="{}", due_at=NOW, created_at=NOW,
                expires_at=LATER if name == "expired" else None,
            )  # fmt: skip
        await outbox.lease_due(tx, NOW, LATER, "me", 50)
        await outbox.mark_sent(tx, "sent", "me", NOW)
        await outbox.mark_dead(tx, "dead", "me", "gone")
        await outbox.retry_later(tx, "waiting", "me", LATER, "timeout")
        await outbox.expire(tx, LATER)

    await lived_in.write(work)
    assert await care.check(lived_in) == []


async def test_a_clash_that_a_move_made_is_no_breach(lived_in: Database) -> None:
    """Its families were told and decide; nobody could book it."""
    await lived_in.write(lambda tx: tx.script(SECOND_PLACE))
    later = "'2026-11-25T05:00:00.000000+00:00'"
    await lived_in.write(lambda tx: tx.script(f"UPDATE session SET moved_at = {later} WHERE id = 't'"))
    assert await care.check(lived_in) == []
