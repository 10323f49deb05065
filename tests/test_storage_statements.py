"""House rules of one SQL text on two engines: what names promise, what is refused, how text is ordered."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, Transaction
from storage.statements import FOLDER, Query, load_queries, params_of, statement
from storage.vectors import LOAD
from tests.engines import Postgres, opened, postgres_database

MOMENT = datetime(2026, 11, 25, 9, 30, 0, 1, tzinfo=timezone(timedelta(hours=8)))
DAY = date(2026, 11, 25)

TABLE = """
CREATE TABLE thing (
    id TEXT PRIMARY KEY, name TEXT, amount BIGINT, share DOUBLE PRECISION, blob BYTEA,
    seen_at TIMESTAMPTZ, born_on DATE, is_open BOOLEAN
);
"""
PUT = statement(
    "put",
    "INSERT INTO thing (id, name, amount, share, blob, seen_at, born_on, is_open)"
    " VALUES (:id, :name, :amount, :share, :blob, :seen_at, :born_on, :is_open)",
)
GET = statement("get", "SELECT * FROM thing ORDER BY id")
NOTHING: dict[str, Any] = dict.fromkeys(("name", "amount", "share", "blob", "seen_at", "born_on", "is_open"))


async def _make(database: Database, *rows: dict[str, Any]) -> None:
    async def work(tx: Transaction) -> None:
        await tx.script(TABLE)
        for row in rows:
            await tx.run(PUT, NOTHING | row)

    await database.write(work)


async def _row(database: Database, query: Query) -> dict[str, Any] | None:
    async with database.read() as tx:
        return await tx.one(query)


async def test_values_come_back_as_they_went_in(database: Database) -> None:
    row = {
        "id": "a", "name": "社区'\"\\ 🙂", "amount": 2**63 - 1, "share": 0.1, "blob": b"\x00\xff",
        "seen_at": MOMENT, "born_on": DAY, "is_open": True,
    }  # fmt: skip
    await _make(database, row)
    assert await _row(database, GET) == row


async def test_nothing_comes_back_as_nothing(database: Database) -> None:
    await _make(database, {"id": "a"})
    assert await _row(database, GET) == {"id": "a", **NOTHING}


async def test_the_name_of_a_column_decides_through_max_and_coalesce(database: Database) -> None:
    await _make(database, {"id": "a", "seen_at": MOMENT, "born_on": DAY, "is_open": False})
    found = await _row(
        database,
        statement(
            "most",
            "SELECT MAX(seen_at) AS last_at, COALESCE(MIN(seen_at), MAX(seen_at)) AS first_at,"
            " MAX(born_on) AS youngest_on, COUNT(*) > 0 AS has_any, COUNT(*) AS things FROM thing",
        ),
    )
    assert found == {
        "last_at": MOMENT, "first_at": MOMENT, "youngest_on": DAY, "has_any": True, "things": 1
    }  # fmt: skip
    assert found["last_at"].tzinfo == UTC
    assert type(found["has_any"]) is bool
    assert type(found["things"]) is int


async def test_instants_are_ordered_and_compared_as_time(database: Database) -> None:
    moments = [MOMENT, MOMENT + timedelta(microseconds=1), (MOMENT - timedelta(hours=9)).astimezone(UTC)]
    await _make(database, *({"id": str(n), "seen_at": moment} for n, moment in enumerate(moments)))
    late = statement("late", "SELECT id FROM thing WHERE seen_at >= :since_at ORDER BY seen_at")
    async with database.read() as tx:
        assert [row["id"] for row in await tx.rows(late, {"since_at": MOMENT})] == ["0", "1"]
        assert [row["id"] for row in await tx.rows(late, {"since_at": MOMENT.astimezone(UTC)})] == ["0", "1"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("seen_at", datetime(2026, 11, 25, 9, 30)),
        ("seen_at", DAY),
        ("seen_at", "2026-11-25T09:30:00+08:00"),
        ("born_on", MOMENT),
        ("born_on", "2026-11-25"),
        ("is_open", 1),
        ("is_open", "true"),
        ("amount", True),
        ("amount", MOMENT),
        ("amount", 2**63),
        ("share", float("nan")),
        ("name", False),
        ("name", DAY),
        ("name", ["a"]),
        ("name", "NUL \x00 inside"),
        ("name", "half of a pair \ud83d"),
    ],
)
async def test_a_value_of_the_wrong_type_is_refused_without_being_quoted(
    database: Database, column: str, value: Any
) -> None:
    await _make(database)

    async def work(tx: Transaction) -> None:
        await tx.run(PUT, NOTHING | {"id": "a", column: value})

    with pytest.raises(TypeError) as caught:
        await database.write(work)
    assert "2026" not in str(caught.value)
    assert "inside" not in str(caught.value)
    assert await _row(database, GET) is None


async def test_many_rows_are_checked_like_one(database: Database) -> None:
    await _make(database)

    async def work(tx: Transaction) -> None:
        await tx.many(PUT, ({**NOTHING, "id": str(n), "is_open": n == 7 or True} for n in range(10)))
        await tx.many(PUT, ({**NOTHING, "id": f"x{n}", "is_open": 1 if n == 7 else None} for n in range(10)))

    with pytest.raises(TypeError, match="is_open must be True or False, not int"):
        await database.write(work)
    assert await _row(database, GET) is None


@pytest.mark.parametrize("params", [{}, {"id": "a", "name": "b"}, {"other": "a"}])
async def test_missing_and_unknown_parameters_are_named(database: Database, params: dict[str, Any]) -> None:
    await _make(database)
    async with database.read() as tx:
        with pytest.raises(TypeError, match="id"):
            await tx.one(statement("by_id", "SELECT * FROM thing WHERE id = :id"), params)


async def test_a_nullable_parameter_is_cast(database: Database) -> None:
    await _make(database, {"id": "a", "name": "x"}, {"id": "b"})
    query = statement(
        "same", "SELECT id FROM thing WHERE COALESCE(name, '-') = COALESCE(CAST(:name AS TEXT), '-')"
    )
    async with database.read() as tx:
        assert await tx.value(query, {"name": "x"}) == "a"
        assert await tx.value(query, {"name": None}) == "b"
        assert await tx.value(query, {"name": "y"}) is None


async def test_colons_in_strings_and_casts_are_no_parameters() -> None:
    query = statement("colons", "SELECT ':a' || x::text AS \"b:c\" FROM y WHERE z = :z AND w = :z OR v = :v")
    assert query.numbered == "SELECT ':a' || x::text AS \"b:c\" FROM y WHERE z = $1 AND w = $1 OR v = $2"
    assert [name for name, _ in query.kinds] == ["z", "v"]


MIXED = ["Z", "a", "中心", "B", "é", "社区", "", "10", "9", "_", "城东街道", "城东社区"]


async def test_text_is_ordered_by_code_point_on_both_engines(database: Database) -> None:
    await _make(database, *({"id": name} for name in MIXED))
    async with database.read() as tx:
        assert [row["id"] for row in await tx.rows(GET)] == sorted(MIXED)
        assert await tx.value(statement("max", "SELECT MAX(id) AS id FROM thing WHERE id < 'a'")) == "_"


async def test_the_locale_of_a_postgresql_server_orders_no_column(postgres: Postgres) -> None:
    """Servers come with all sorts of locales. A column made past the migrations shows that it is noticed."""
    uncollated = statement(
        "uncollated",
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        " AND table_name <> 'schema_migration'",
    )

    async def work(tx: Transaction) -> None:
        await tx.script("CREATE TABLE control (id TEXT)")

    async with postgres_database(postgres) as url, opened(url) as database:
        async with database.read() as tx:
            assert await tx.rows(uncollated) == []
        await database.write(work)
        async with database.read() as tx:
            assert await tx.rows(uncollated) == [{"table_name": "control"}]


NUMBERS = frozenset(
    (
        "activities", "after_number", "allowed", "arrived", "bad", "closed", "drawn_number", "earned",
        "fair", "good", "grade", "grade_year", "height", "in_line", "in_silence", "least", "level",
        "minute", "missed", "most", "newest", "number", "offered", "opened", "overdue", "page", "passed_over",
        "passes", "people", "places", "population", "position", "size", "stars", "still_open", "taken",
        "text_version", "tier", "times", "unserved", "unverified", "version", "very_bad", "very_good",
        "waiting", "weekday", "width", "year",
    )
)  # fmt: skip


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
async def test_every_statement_is_understood_by_both_engines(database: Database, path: Path) -> None:
    """Each is explained, not run: names, columns and types of parameters are all looked up."""
    queries = load_queries(path.stem)
    assert queries
    sample: dict[str, Any] = {"another datetime": MOMENT}
    for query in queries.values():
        if query.sql.startswith("CREATE"):
            continue
        explained = statement(f"explained {query.name}", f"EXPLAIN {query.sql}")
        for name, kind in explained.kinds:
            sample[name] = {"T": True, "a": MOMENT}.get(kind.wanted[0], "x")
            if name.endswith("_on"):
                sample[name] = DAY
            if name in NUMBERS:
                sample[name] = 1
            if name in {"latitude", "longitude"}:
                sample[name] = 1.0
            if name in {"content", "sealed", "vector"}:
                sample[name] = b""

        async def work(tx: Transaction, explained: Query = explained) -> None:
            await tx.rows(explained, {name: sample[name] for name, _ in explained.kinds})

        await database.write(work)


async def test_the_columns_of_a_record_must_fit(database: Database) -> None:
    await _make(database, {"id": "a"})
    async with database.read() as tx:
        with pytest.raises(TypeError, match=r"returns .*Query has"):
            await tx.records(Query, GET)
        with pytest.raises(TypeError, match=r"returns .*Query has"):
            await tx.record(Query, GET)


def test_a_record_becomes_parameters_of_its_names() -> None:
    assert params_of(LOAD)["name"] == "vectors.load"
