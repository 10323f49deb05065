"""Several processes at the same sessions, at a small fixed size; `make soak` plays the full one."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.database import Database, connect
from storage.migrate import migrate
from tests.doctored import Cut, doctored
from tests.engines import BORN, Postgres, opened, postgres_database
from tests.soak.race import Race, run
from tests.soak.race_plan import schedule

pytestmark = pytest.mark.no_cover
SEED = 20261125
PATIENCE_S = 60.0

TAKE = Cut(
    "storage/sql/sessions.sql",
    "    AND taken + offered + :size <= capacity\nRETURNING taken;",
    "RETURNING taken;",
)
OVERSOLD = Cut(
    "storage/migrations/0004_bookings.sql",
    "    CONSTRAINT session_not_oversold CHECK (taken + offered <= capacity),\n",
)
HOLD_FAMILY = Cut(
    "storage/sql/families.sql",
    "UPDATE family SET turns = turns + 1 WHERE id = :id RETURNING turns;",
    "SELECT turns FROM family WHERE id = :id;",
)
HOLD_SESSION = (
    Cut(
        "storage/sql/sessions.sql",
        "UPDATE session SET version = version + 1 WHERE id = :id\nRETURNING\n",
        "SELECT\n",
    ),
    Cut("storage/sql/sessions.sql", "moved_at, version;", "moved_at, version FROM session WHERE id = :id;"),
)
PLACE_ONCE = Cut(
    "storage/migrations/0004_bookings.sql",
    "CREATE UNIQUE INDEX place_once ON",
    "CREATE INDEX place_once ON",
)


def test_a_schedule_is_drawn_from_its_seed_and_number_alone() -> None:
    drawn = [schedule(SEED, number) for number in range(300)]
    again = [schedule(SEED, number) for number in range(300)]
    for one, two in zip(drawn, again, strict=True):
        assert (one.key, one.places, one.before) == (two.key, two.places, two.before)
        assert [[(act.does, act.at) for act in actor.acts] for actor in one.actors] == [
            [(act.does, act.at) for act in actor.acts] for actor in two.actors
        ]
    assert min(each.operations for each in drawn) >= 6
    assert min(len(each.actors) for each in drawn) >= 3
    assert len({repr([[act.does for act in actor.acts] for actor in each.actors]) for each in drawn}) > 290


async def test_no_interleaving_oversells_double_books_or_loses_a_place(
    database: Database, database_url: str
) -> None:
    async with opened(database_url, busy_deadline_s=PATIENCE_S) as patient:
        race = await run(database_url, patient, seed=SEED, schedules=150)
    assert race.problems == []
    assert race.schedules == 150
    assert race.overlapped > 75, "the processes really were at one session at one moment"


@asynccontextmanager
async def without(
    engine: str, cuts: Sequence[Cut], folder: Path, postgres: Postgres
) -> AsyncIterator[tuple[str, Path]]:
    """A copy of Linli without these guards, and a database that it made."""
    code = doctored(folder / "copy", cuts)
    if engine == "sqlite":
        yield f"sqlite:///{folder}/race.db", code
        return
    async with postgres_database(postgres, "template0") as url:
        yield url, code


async def raced(url: str, code: Path, noticed: str) -> Race:
    database = await connect(url, busy_deadline_s=PATIENCE_S)
    try:
        await migrate(database, BORN, folder=code / "storage" / "migrations")
        return await run(url, database, seed=SEED, schedules=2_000, code=code, until=noticed)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("engine", "cuts", "noticed"),
    [
        ("sqlite", [TAKE, OVERSOLD], " of 1 places, 1 wanted"),
        ("postgresql", [TAKE, OVERSOLD], " of 1 places, 1 wanted"),
        # One writes at a time on SQLite: there these have nothing to keep apart.
        ("postgresql", [PLACE_ONCE], "twice in"),
        ("postgresql", [HOLD_FAMILY], "at one time"),
        ("postgresql", HOLD_SESSION, "LookupError"),
    ],
)
async def test_a_guard_that_is_missing_is_noticed(
    engine: str, cuts: Sequence[Cut], noticed: str, tmp_path: Path, postgres: Postgres
) -> None:
    """The control: the race happens, and the judge sees what comes of it."""
    async with without(engine, cuts, tmp_path, postgres) as (url, code):
        race = await raced(url, code, noticed)
    assert any(noticed in problem for problem in race.problems)
