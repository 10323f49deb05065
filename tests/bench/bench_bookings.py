"""Places that everybody wants: a rush, and the fast way in beside the same driver.

Rounds take turns, so that a busy moment hits both; durability, clients and connections are the same for both.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiosqlite
import asyncpg

from handlers import bookings as booked
from handlers.bookings import Answer
from storage import bookings, families
from storage.bookings import Wish
from storage.database import Database
from storage.engine_postgresql import CONNECTIONS
from storage.statements import statement
from storage.transaction import Transaction
from tests.bench.figures import Figure, against, at_most, percentile, plain
from tests.booking_rows import NOW, Desk, opened_desk
from tests.engines import Postgres, make_template, opened, postgres_database, postgres_server

PARENTS = 2_000
PLACES = 30
CLIENTS = 32
TAKEN = 320
ROUNDS = 15
PATIENCE_S = 120.0
LEAST = {"sqlite": 0.4, "postgresql": 0.5}

FAMILIES = statement(
    "bench.families",
    """
    INSERT INTO family (id, turns, created_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)
    SELECT 'f' || i, 0, :begins_at FROM n
    """,
)
PARTICIPANTS = statement(
    "bench.participants",
    """
    INSERT INTO participant (id, family_id, kind, alias, created_at)
    SELECT id || '1', id, 'child', 'child1', :begins_at FROM family
    """,
)
LINE = statement(
    "bench.line", "SELECT family_id, in_line FROM booking WHERE state = 'waiting' ORDER BY in_line"
)

INSERT = """
    INSERT INTO booking (
        id, code, session_id, family_id, size, state, passed_over, made_by, made_at, booked_at, version
    ) VALUES ({0}, {0}, 'reference', {1}, 1, 'booked', 0, 'family', {2}, {2}, 0)
"""
UPDATE = """
    UPDATE session SET taken = taken + 1, version = version + 1
    WHERE id = 'reference' AND state = 'planned' AND taken + offered + 1 <= capacity
    RETURNING taken
"""
Take = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def durable_postgres() -> AsyncIterator[Postgres]:
    """A server that waits for the disk, as in service; the tests' own does not."""
    with postgres_server() as server:
        server.server.psql("ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();")
        await make_template(server)
        yield server


async def filled(database: Database, families: int) -> Desk:
    desk = await opened_desk(database)

    async def work(tx: Transaction) -> None:
        await tx.run(FAMILIES, {"many": families, "begins_at": NOW})
        await tx.run(PARTICIPANTS, {"begins_at": NOW})

    await database.write(work)
    return desk


def wish_of(number: int, session: str = "s") -> Wish:
    return Wish(f"b{number}", f"{number}", session, f"f{number}", (f"f{number}1",))


# The rush


@dataclass
class Rush:
    """`order`: by how many places anybody's number differs from when they came to the line."""

    seconds: float
    answers: list[float]
    booked: int
    waiting: int
    order: int


async def rush(database: Database) -> Rush:
    """All at once, in the order of their numbers."""
    desk = await filled(database, PARENTS)
    await desk.session("s", places=PLACES)

    arrivals, came_as = count(), dict[str, int]()

    async def ask(number: int) -> tuple[str, float]:
        began = time.perf_counter()
        wish = wish_of(number)
        office = desk.later(timedelta(microseconds=number)).office
        if await bookings.take_place(database, wish, office.now):
            return "booked", time.perf_counter() - began

        came = next(arrivals)

        async def join(tx: Transaction) -> Answer:
            await families.hold(tx, wish.family_id)
            return await booked.ask_for(tx, office, wish)

        answer = await database.write(join)
        came_as[wish.family_id] = came
        return answer.booking.state if answer.booking else "none", time.perf_counter() - began

    began = time.perf_counter()
    answers = await asyncio.gather(*(ask(number) for number in range(1, PARENTS + 1)))
    seconds = time.perf_counter() - began
    async with database.read() as tx:
        line = await tx.rows(LINE)
    numbers = [came_as[row["family_id"]] for row in line]
    ranks = {number: rank for rank, number in enumerate(sorted(numbers))}
    states = [state for state, _ in answers]
    counters = await desk.counters()
    return Rush(
        seconds,
        [each for _, each in answers],
        counters.taken if states.count("booked") == counters.taken else -1,
        len(line) if [row["in_line"] for row in line] == list(range(1, len(line) + 1)) else -1,
        max(abs(rank - ranks[number]) for rank, number in enumerate(numbers)),
    )


def rush_figures(engine: str, rushed: Rush, most: int) -> list[Figure]:
    exactly = Figure(
        f"rush, {engine}: {PARENTS:,} parents at once for {PLACES} places: are in",
        rushed.booked, "", required=f"= {PLACES}", ok=rushed.booked == PLACES,
    )  # fmt: skip
    left = PARENTS - PLACES
    return [
        exactly,
        Figure(
            "  in line, numbered without a gap", rushed.waiting, "", required=f"= {left}",
            ok=rushed.waiting == left,
        ),
        at_most("  most by which a number differs from when one came to the line", rushed.order, "", most),
        plain("  answered", PARENTS / rushed.seconds, "1/s"),
        plain("  answered, p99", 1000 * percentile(rushed.answers, 99), "ms"),
    ]  # fmt: skip


# Beside the driver


async def rate(take: Take, first: int) -> float:
    """Transactions a second of so many clients at once."""
    numbers = iter(range(first, first + TAKEN))

    async def client() -> None:
        for number in numbers:
            await take(number)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return TAKEN / (time.perf_counter() - began)


@asynccontextmanager
async def bare_sqlite(path: Path) -> AsyncIterator[Take]:
    """One connection that writes, as Linli has; its clients take turns."""
    async with aiosqlite.connect(path, isolation_level=None, cached_statements=256) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            await connection.execute(f"PRAGMA {pragma}")
        turn = asyncio.Lock()
        at = NOW.isoformat()

        async def take(number: int) -> None:
            async with turn:
                await connection.execute("BEGIN IMMEDIATE")
                await connection.execute(INSERT.format("?1", "?2", "?3"), (f"r{number}", f"f{number}", at))
                cursor = await connection.execute(UPDATE)
                if not await cursor.fetchall():
                    raise LookupError("the reference has no places left")
                await connection.execute("COMMIT")

        yield take


async def _keep(_connection: object) -> None:
    """Nothing is reset when a connection goes back, as with Linli."""


@asynccontextmanager
async def bare_postgres(url: str) -> AsyncIterator[Take]:
    """As many connections as Linli has."""
    async with asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS, reset=_keep) as pool:

        async def take(number: int) -> None:
            async with pool.acquire() as connection:
                await connection.execute("BEGIN")
                await connection.execute(INSERT.format("$1", "$2", "$3"), f"r{number}", f"f{number}", NOW)
                if not await connection.fetch(UPDATE):
                    raise LookupError("the reference has no places left")
                await connection.execute("COMMIT")

        yield take


async def compared(database: Database, bare: Take) -> Figure:
    desk = await filled(database, (ROUNDS + 1) * TAKEN)
    for session in ("s", "reference"):
        await desk.session(session, places=10**6)

    async def take(number: int) -> None:
        if not await bookings.take_place(database, wish_of(number), NOW):
            raise LookupError("there are no places left")

    ours, theirs = [], []
    for turn in range(ROUNDS + 1):
        ours.append(await rate(take, turn * TAKEN + 1))
        theirs.append(await rate(bare, turn * TAKEN + 1))
    return against(
        f"bookings.take_place, {database.engine}, {CLIENTS} at once for one session",
        median(ours[1:]), "1/s", median(theirs[1:]), least=LEAST[database.engine],
    )  # fmt: skip


async def run() -> list[Figure]:
    figures = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "beside.db"
        async with (
            opened(f"sqlite:///{path}", busy_deadline_s=PATIENCE_S) as database,
            bare_sqlite(path) as bare,
        ):
            figures.append(await compared(database, bare))
        async with opened(f"sqlite:///{folder}/rush.db", busy_deadline_s=PATIENCE_S) as database:
            figures += rush_figures("sqlite", await rush(database), 0)
    async with durable_postgres() as postgres:
        async with (
            postgres_database(postgres) as url,
            opened(url, busy_deadline_s=PATIENCE_S) as database,
            bare_postgres(url) as bare,
        ):
            figures.append(await compared(database, bare))
        async with postgres_database(postgres) as url, opened(url, busy_deadline_s=PATIENCE_S) as database:
            # So many are on their way at once; who of them comes first is decided by the database.
            figures += rush_figures("postgresql", await rush(database), CONNECTIONS)
    return figures
