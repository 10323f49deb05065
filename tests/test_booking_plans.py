"""How both engines find what is asked of bookings: by an index, however many there are."""

from datetime import date
from typing import Any

import pytest

from storage import bookings, families, sessions
from storage.database import Database
from storage.statements import Query, statement
from storage.transaction import Transaction
from tests.booking_rows import NOW

# What only adds a row looks for none.
STATEMENTS = {
    query.name: query
    for module in (bookings, families, sessions)
    for query in module.SQL.values()
    if not query.sql.lstrip().startswith("INSERT") or "SELECT" in query.sql
}
NUMBERS = {
    "size", "in_line", "most", "times", "taken", "offered", "waiting", "places", "grade", "grade_year",
}  # fmt: skip
NO_SCANS = statement("test.no_scans", "SET LOCAL enable_seqscan = off")


def example(name: str) -> Any:
    if name.endswith("_at"):
        return NOW
    if name.endswith("_on"):
        return date(2026, 11, 28)
    if name.startswith(("is_", "has_")):
        return True
    return 1 if name in NUMBERS else "x"


async def plan_of(database: Database, query: Query) -> list[str]:
    params = {name: example(name) for name, _ in query.kinds}

    async def work(tx: Transaction) -> list[str]:
        if database.engine == "postgresql":
            await tx.run(NO_SCANS)
            explain = statement("test.explain", f"EXPLAIN {query.sql}")
        else:
            explain = statement("test.explain", f"EXPLAIN QUERY PLAN {query.sql}")
        return [str(list(row.values())[-1]) for row in await tx.rows(explain, params)]

    return await database.write(work)


def scans(plan: list[str]) -> list[str]:
    return [line for line in plan if line.startswith("SCAN") or "Seq Scan" in line]


@pytest.mark.parametrize("name", STATEMENTS)
async def test_no_statement_looks_at_every_row(database: Database, name: str) -> None:
    plan = await plan_of(database, STATEMENTS[name])
    assert plan
    assert scans(plan) == []


async def test_a_statement_that_looks_at_every_row_is_noticed(database: Database) -> None:
    every = statement("test.every", "SELECT id FROM booking WHERE made_by = :made_by")
    assert scans(await plan_of(database, every)) != []
