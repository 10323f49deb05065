"""Databases to play in: the directory is there, residents are not, and nothing of it remains."""

import asyncio
from pathlib import Path

import pytest

from storage import calendar, changes, closures, conversations, directory, scratch, vectors
from storage.changes import Change
from storage.closures import Closure
from storage.database import Busy, Database, DatabaseError, Transaction, connect
from storage.migrate import schema_version
from storage.scratch import IN_MEMORY, TABLES
from storage.statements import statement
from tests.storage_rows import NOW, TODAY, activity, centre, kiosk, service

PRIVATE = {
    "conversation", "inbox", "outbox", "job_claim", "schema_migration",
    "callback", "code_count", "unknown_question", "desk_code", "sign_in",
    "recovery_code", "device", "relink", "link_code", "wrong_link",
    "follow", "announcement", "announced",
    "family", "participant", "session", "meeting", "booking", "place", "attendance",
    "invitation", "staff", "wrong_code", "wrong_fetch", "audit", "undo", "kept_phone",
    "consent", "name_key", "sealed_name", "participant_care", "pickup_code", "view_log", "erasure",
    "lottery", "lottery_receipt",
    "rating",
    "rating_ask",
    "rating_reason",
    "rating_flag",
    "rating_trace",
    "rating_words",
    "case_file",
    "case_step",
    "case_words",
    "ledger",
    "ledger_salt",
    "ledger_root",
    "counted", "digest", "digest_sent", "digest_wish", "job_run", "photo", "rating_quote", "star",
    "topic", "topic_case", "wish", "family_news",
    "wechat_shown",
    "wechat_window",
    "wechat_notice",
    "wechat_credit",
}  # fmt: skip


@pytest.fixture
async def filled(database: Database) -> Database:
    async def work(tx: Transaction) -> None:
        await directory.put_centres(tx, [centre("FZ-01"), centre("FZ-02", withdrawn_at=NOW)])
        await directory.put_services(tx, [service("s")])
        await directory.put_activities(tx, [activity("a")])
        await directory.put_kiosks(tx, [kiosk("k")])
        await closures.add(tx, Closure("x", "FZ-01", "s", TODAY, TODAY, "", "台风", NOW))
        await calendar.replace_year(tx, 2026, "notice", [calendar.DayRow(TODAY, "off", "national", "notice")])
        await calendar.put_terms(tx, [calendar.TermRow("t", "秋", TODAY, TODAY, "x", is_invented=True)])
        await vectors.save(tx, "m", {"h": b"\x00\x01"})
        await directory.bump_version(tx, NOW)
        change = Change("m", "centre", "FZ-01", "FZ-01", "phone", "12345678", TODAY, "shell", NOW, NOW)
        await changes.add(tx, change)
        await conversations.create(tx, "c", "web", "a", "{}", NOW)

    await database.write(work)
    return database


async def contents(database: Database) -> dict[str, list[dict[str, object]]]:
    async with database.read() as tx:
        return {
            table: sorted(await tx.rows(statement(table, f"SELECT * FROM {table}")), key=repr)
            for table in TABLES
        }


async def tables(database: Database) -> set[str]:
    async with database.read() as tx:
        rows = await tx.rows(statement("tables", "SELECT name FROM sqlite_master WHERE type = 'table'"))
    return {row["name"] for row in rows}


async def test_a_template_holds_the_directory_and_no_resident(filled: Database) -> None:
    template = await scratch.template_of(filled)
    try:
        assert await contents(template) == await contents(filled)
        assert all((await contents(template)).values())
        assert await schema_version(template) == await schema_version(filled)
        assert await tables(template) == set(TABLES) | PRIVATE
        async with template.read() as tx:
            assert await conversations.find(tx, "web", "a") is None
    finally:
        await template.close()


async def test_what_happens_in_a_clone_stays_there(filled: Database) -> None:
    template = await scratch.template_of(filled)
    first, second = await scratch.clone(template), await scratch.clone(template)
    try:
        await first.write(lambda tx: conversations.create(tx, "p", "ask", "p", "{}", NOW))
        await first.write(lambda tx: directory.withdraw_services(tx, ["s"], NOW))
        for other in (second, template, filled):
            async with other.read() as tx:
                assert await conversations.find(tx, "ask", "p") is None
                assert [row.id for row in await directory.services(tx)] == ["s"]
    finally:
        for each in (first, second, template):
            await each.close()


async def test_a_clone_keeps_the_rules_of_the_schema(filled: Database) -> None:
    template = await scratch.template_of(filled)
    playing = await scratch.clone(template)
    try:
        with pytest.raises(DatabaseError, match="FOREIGN KEY"):
            await playing.write(lambda tx: directory.put_kiosks(tx, [kiosk("z", centre_id="nobody")]))
    finally:
        await playing.close()
        await template.close()


async def test_hundreds_of_clones_at_once_are_no_trouble(filled: Database) -> None:
    template = await scratch.template_of(filled)

    async def play(n: int) -> int:
        playing = await scratch.clone(template)
        try:
            for _ in range(n % 3):
                await playing.write(lambda tx: directory.bump_version(tx, NOW))
            async with playing.read() as tx:
                return await directory.version(tx)
        finally:
            await playing.close()

    try:
        assert await asyncio.gather(*(play(n) for n in range(200))) == [1 + n % 3 for n in range(200)]
    finally:
        await template.close()


async def test_only_a_database_in_memory_is_cloned(database: Database) -> None:
    with pytest.raises(ValueError, match="in memory"):
        await scratch.clone(database)


async def test_a_template_that_is_in_use_can_be_busy() -> None:
    template = await connect(IN_MEMORY, busy_deadline_s=0.05)
    try:
        async with template.read():
            with pytest.raises(Busy):
                await scratch.clone(template)
    finally:
        await template.close()


async def test_a_database_without_a_schema_has_no_template(tmp_path: Path) -> None:
    empty = await connect(f"sqlite:///{tmp_path}/empty.db")
    try:
        with pytest.raises(DatabaseError, match="no schema yet"):
            await scratch.template_of(empty)
    finally:
        await empty.close()


async def test_a_template_that_cannot_be_filled_is_closed(filled: Database) -> None:
    await filled.write(lambda tx: tx.script("ALTER TABLE kiosk ADD COLUMN extra TEXT"))
    with pytest.raises(Exception, match="extra"):
        await scratch.template_of(filled)
