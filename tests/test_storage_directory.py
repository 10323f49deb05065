"""The directory in the database: put, withdrawn, come back, in the office's order, with its version."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from storage import directory
from storage.database import ConstraintError, Database, Transaction
from storage.directory import CentreRow, RowKey, Table
from storage.statements import statement
from tests.storage_rows import CENTRE, LATER, NOW, activity, centre, kiosk, service

KINDS = [
    ("centre", directory.centres, directory.put_centres, directory.withdraw_centres, centre),
    ("service", directory.services, directory.put_services, directory.withdraw_services, service),
    ("activity", directory.activities, directory.put_activities, directory.withdraw_activities, activity),
    ("kiosk", directory.kiosks, directory.put_kiosks, directory.withdraw_kiosks, kiosk),
]
every_kind = pytest.mark.parametrize(
    ("table", "read", "put", "withdraw", "row"), KINDS, ids=[k[0] for k in KINDS]
)


async def put_a_centre(database: Database) -> None:
    await database.write(lambda tx: directory.put_centres(tx, [centre("FZ-01", position=9)]))


@every_kind
async def test_rows_come_back_as_they_were_put_in_the_offices_order(
    database: Database, table: str, read: Any, put: Any, withdraw: Any, row: Any
) -> None:
    await put_a_centre(database)
    rows = [row("b", position=2), row("c", position=1), row("a", position=2)]

    async def work(tx: Transaction) -> list[Any]:
        await put(tx, rows)
        return [each for each in await read(tx) if each.id != "FZ-01"]

    assert await database.write(work) == [rows[1], rows[2], rows[0]]


@every_kind
async def test_a_record_has_the_columns_of_its_table(
    database: Database, table: str, read: Any, put: Any, withdraw: Any, row: Any
) -> None:
    await put_a_centre(database)
    await database.write(lambda tx: put(tx, [row("a")]))
    async with database.read() as tx:
        columns = list((await tx.one(statement("all", f"SELECT * FROM {table}")) or {}).keys())
    assert [field.name for field in fields(row("a"))] == columns


@every_kind
async def test_a_withdrawn_row_is_hidden_kept_and_comes_back(
    database: Database, table: str, read: Any, put: Any, withdraw: Any, row: Any
) -> None:
    await put_a_centre(database)
    await database.write(lambda tx: put(tx, [row("a"), row("b")]))

    async def gone(tx: Transaction) -> None:
        await withdraw(tx, ["a", "nobody"], NOW)
        await withdraw(tx, ["a"], LATER)

    await database.write(gone)
    async with database.read() as tx:
        assert "a" not in {each.id for each in await read(tx)}
        everything = {each.id: each.withdrawn_at for each in await read(tx, with_withdrawn=True)}
        assert (everything["a"], everything["b"]) == (NOW, None)
        keys = await directory.row_keys(tx, Table(table), "FZ")
        assert (keys["a"], keys["b"]) == (RowKey("a", "h", True), RowKey("b", "h", False))
        assert await directory.row_keys(tx, Table(table), "LJ") == {}
    await database.write(lambda tx: put(tx, [row("a", row_hash="new")]))
    async with database.read() as tx:
        assert row("a", row_hash="new") in await read(tx)


async def test_services_of_a_centre_may_swap_their_names(database: Database) -> None:
    await put_a_centre(database)
    swapped = [service("a", name="b"), service("b", name="a")]
    await database.write(lambda tx: directory.put_services(tx, [service("a"), service("b")]))
    await database.write(lambda tx: directory.put_services(tx, swapped))
    async with database.read() as tx:
        assert await directory.services(tx) == swapped


async def test_a_withdrawn_service_leaves_its_name_to_another(database: Database) -> None:
    await put_a_centre(database)
    await database.write(lambda tx: directory.put_services(tx, [service("old", name="理发")]))

    async def renumbered(tx: Transaction) -> None:
        await directory.withdraw_services(tx, ["old"], NOW)
        await directory.put_services(tx, [service("new", name="理发")])

    await database.write(renumbered)
    async with database.read() as tx:
        assert [row.id for row in await directory.services(tx)] == ["new"]


async def test_two_services_of_a_centre_cannot_have_one_name(database: Database) -> None:
    await put_a_centre(database)
    twins = [service("a", name="理发"), service("b", name="理发")]
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: directory.put_services(tx, twins))


@pytest.mark.parametrize(
    ("put", "row"),
    [
        (directory.put_centres, centre("a", kind="shop")),
        (directory.put_centres, centre("a", status="closed")),
        (directory.put_services, service("a", centre_id="nobody")),
        (directory.put_activities, activity("a", ends_on=date(2026, 11, 24))),
        (directory.put_activities, activity("a", places=0)),
        (directory.put_kiosks, kiosk("a", centre_id="nobody")),
    ],
)
async def test_the_schema_refuses_what_cannot_be(database: Database, put: Any, row: Any) -> None:
    await put_a_centre(database)
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: put(tx, [row]))


async def test_the_version_grows_with_every_change(database: Database) -> None:
    async with database.read() as tx:
        assert await directory.version(tx) == 0
    assert await database.write(lambda tx: directory.bump_version(tx, NOW)) == 1
    assert await database.write(lambda tx: directory.bump_version(tx, LATER)) == 2
    async with database.read() as tx:
        assert await directory.version(tx) == 2


async def test_many_thousand_rows_go_through_a_generator_in_bounded_memory(
    sqlite_database: Database,
) -> None:
    """A list of the rows alone would take several times as much."""

    def rows() -> Iterator[CentreRow]:
        for n in range(5_000):
            yield replace(CENTRE, id=str(n), position=n)

    tracemalloc.start()
    try:
        await sqlite_database.write(lambda tx: directory.put_centres(tx, rows()))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 500_000
    async with sqlite_database.read() as tx:
        found = await directory.centres(tx)
    assert (len(found), found[4_999].id) == (5_000, "4999")
