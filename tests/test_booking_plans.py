"""How both engines find what is asked of bookings, cases, messages and stars: by an index, however many."""

from datetime import date
from typing import Any

import pytest

from storage import (
    announcements,
    arrivals,
    attendance,
    attended,
    booked_dates,
    bookings,
    call_list,
    case_files,
    children,
    counted,
    digests,
    families,
    follows,
    handover,
    ledger,
    links,
    lotteries,
    misses,
    outbox,
    ratings,
    revivals,
    sessions,
    staff,
    stars,
)
from storage.database import Database
from storage.statements import Query, statement
from storage.transaction import Transaction
from tests.booking_rows import NOW

MODULES = (
    announcements, arrivals, attendance, attended, booked_dates, bookings, call_list, case_files, children,
    counted, digests, families, follows, handover, ledger, links, lotteries, misses, outbox, ratings,
    revivals, sessions, staff, stars,
)  # fmt: skip
# Tables of the offices, with a row for each key or member of staff, are read whole; of sessions all that were
# changed by hand, of cases all that are open and of messages all that have not arrived, which an index holds;
# of the ledger the end, from behind; and whoever verifies the ledger reads everything.
WHOLE = {
    "children.keys", "children.expired_keys", "sessions.changed", "staff.everybody", "staff.invitations",
    "staff.open_invitations", "case_files.staff_of", "case_files.open_ones", "case_files.steps_of_open",
    "ledger.last_before", "ledger.roots", "case_files.not_in_ledger", "ratings.not_in_ledger",
    "digests.readers", "stars.overdue", "counted.cases", "outbox.lease_due", "outbox.expire", "outbox.depth",
}  # fmt: skip
# What only adds a row looks for none.
STATEMENTS = {
    query.name: query
    for module in MODULES
    for query in module.SQL.values()
    if query.name not in WHOLE and (not query.sql.lstrip().startswith("INSERT") or "SELECT" in query.sql)
}
NUMBERS = {
    "size", "in_line", "most", "times", "taken", "offered", "waiting", "places", "grade", "grade_year",
    "drawn_number", "passed_over", "tier", "version", "number", "after_number", "least", "weekday", "minute",
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
            explain = statement(f"explain {query.name}", f"EXPLAIN {query.sql}")
        else:
            explain = statement(f"explain {query.name}", f"EXPLAIN QUERY PLAN {query.sql}")
        return [str(list(row.values())[-1]) for row in await tx.rows(explain, params)]

    return await database.write(work)


def scans(plan: list[str]) -> list[str]:
    """Lines that read a table whole; what a statement has found itself it may go through."""
    found = {line.split()[1] for line in plan if line.startswith(("CO-ROUTINE", "MATERIALIZE"))}
    return [
        line
        for line in plan
        if (line.startswith("SCAN") and line.removeprefix("SCAN ") not in found) or "Seq Scan" in line
    ]


async def test_no_statement_looks_at_every_row(database: Database) -> None:
    plans = {name: await plan_of(database, query) for name, query in STATEMENTS.items()}
    assert all(plans.values())
    assert {name: found for name, plan in plans.items() if (found := scans(plan))} == {}


async def test_a_statement_that_looks_at_every_row_is_noticed(database: Database) -> None:
    every = statement("test.every", "SELECT id FROM booking WHERE made_by = :made_by")
    assert scans(await plan_of(database, every)) != []


OF_OPEN_CASES = (stars.SQL["overdue"], counted.SQL["cases"], case_files.SQL["open_ones"])
EVERY_CASE = statement(
    "test.every_case",
    "SELECT centre_id, COUNT(*) AS n FROM case_file WHERE closed_at IS NULL GROUP BY centre_id",
)


def reads_open_cases_alone(plan: list[str]) -> bool:
    """As SQLite says it, which reads what an index holds as it would the table."""
    return any("case_by_due" in line for line in plan) and not any("case_by_centre" in line for line in plan)


@pytest.mark.parametrize("query", OF_OPEN_CASES, ids=lambda query: query.name)
async def test_what_is_asked_of_open_cases_reads_no_others(sqlite_database: Database, query: Query) -> None:
    assert reads_open_cases_alone(await plan_of(sqlite_database, query))


OF_ONE_TALK = ("lease_due", "lease_next", "take_back")
LESS = statement("test.less", "DROP INDEX outbox_unsent")


def reads_unsent_alone(plan: list[str]) -> bool:
    """Not what has arrived in the conversation: an index of all its messages would lead there."""
    every = ("outbox_conversation_id_number_key", "sqlite_autoindex_outbox_3")
    return any("outbox_unsent" in line for line in plan) and not any(
        name in line for line in plan for name in every
    )


@pytest.mark.parametrize("name", OF_ONE_TALK)
async def test_what_has_not_arrived_is_found_among_what_has(database: Database, name: str) -> None:
    assert reads_unsent_alone(await plan_of(database, outbox.SQL[name]))
    await database.write(lambda tx: tx.run(LESS, {}))
    anew = statement(f"test.{name}", f"{outbox.SQL[name].sql} ")  # SQLite keeps the plan of the same words
    assert not reads_unsent_alone(await plan_of(database, anew))


OF_ONE_CENTRE = (
    (counted.SQL["of_centre"], "centre_id=? AND cadence=? AND first_on>? AND first_on<?"),
    (attended.SQL["without_list"], "starts_at=? AND booking_id=?"),
    (stars.SQL["of_centre"], "centre_id=? AND day_on<?"),
)


@pytest.mark.parametrize(("query", "by"), OF_ONE_CENTRE, ids=lambda each: getattr(each, "name", ""))
async def test_what_is_asked_of_one_centre_reads_no_others(
    sqlite_database: Database, query: Query, by: str
) -> None:
    """A digest of each of 10,000 centres asks this."""
    assert any(by in line for line in await plan_of(sqlite_database, query))


async def test_a_statement_that_reads_closed_cases_too_is_noticed(sqlite_database: Database) -> None:
    """In the order of centres SQLite takes the index of all of them."""
    assert not reads_open_cases_alone(await plan_of(sqlite_database, EVERY_CASE))
