"""A million bookings: the next one, and what is asked of them, beside a table of a fiftieth.

Each family has ten of its own in both.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from storage import bookings
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.bench.bench_bookings import PATIENCE_S, durable_postgres, filled, wish_of
from tests.bench.figures import Figure, against
from tests.booking_rows import NOW, Desk
from tests.engines import opened, postgres_database

BOOKINGS = 1_000_000
FEW = 20_000
OF_ONE = 10
"""So many bookings has each family already."""
IN_ONE = 50
"""So many bookings has each session."""
FIRST, TIMES = 1_000, 600
MOST = 1.5

SESSIONS = statement(
    "growth.sessions",
    """
    INSERT INTO session (
        id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
        waiting, last_in_line, state, is_provisional, is_edited, has_draw, version
    )
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :many - 1)
    SELECT
        'old' || i, 'FZ-A1', 'FZ-01', :held_on, :held_on, :starts_at, :ends_at, :size, :size, :size, 0,
        0, 0, 'planned', FALSE, FALSE, FALSE, 0
    FROM n
    """,
)
MEETINGS = statement(
    "growth.meetings",
    "INSERT INTO meeting (session_id, starts_at, ends_at) SELECT id, starts_at, ends_at FROM session",
)
PAST = statement(
    "growth.bookings",
    """
    INSERT INTO booking (
        id, code, session_id, family_id, size, state, passed_over, made_by, made_at, booked_at, version
    )
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :many - 1)
    SELECT
        'old' || i, 'c' || i, 'old' || (i / :size), 'f' || (i % :families + 1), 1, 'booked', 0, 'family',
        :begins_at, :begins_at, 0
    FROM n
    """,
)
PLACES = statement(
    "growth.places",
    """
    INSERT INTO place (booking_id, participant_id, session_id, is_active)
    SELECT id, family_id || '1', session_id, TRUE FROM booking
    """,
)
ANALYZE = statement("growth.analyze", "ANALYZE")

Asked = Callable[[Transaction, int], Awaitable[Any]]


async def grown(database: Database, many: int) -> Desk:
    """So many bookings of last year, and sessions to come."""
    desk = await filled(database, many // OF_ONE)
    then = NOW - timedelta(days=300)

    async def work(tx: Transaction) -> None:
        hour = timedelta(hours=1)
        day = {"held_on": then.date(), "starts_at": then, "ends_at": then + hour}
        await tx.run(SESSIONS, {"many": many // IN_ONE, "size": IN_ONE, **day})
        await tx.run(MEETINGS)
        sizes = {"many": many, "size": IN_ONE, "families": many // OF_ONE}
        await tx.run(PAST, {**sizes, "begins_at": then})
        await tx.run(PLACES)
        await tx.run(ANALYZE)

    await database.write(work)
    await desk.session("s", places=10**6)
    await desk.session("full", places=0)
    return desk


Spans = list[tuple[float, float]]


async def _taken(young: Database, old: Database) -> Spans:
    """Milliseconds of `take_place`, in turns, so that a busy moment hits both."""

    async def taken(database: Database, number: int) -> None:
        if not await bookings.take_place(database, wish_of(number), NOW):
            raise LookupError("there are no places left")

    return [
        (await _timed(taken(young, number)), await _timed(taken(old, number)))
        for number in range(FIRST, FIRST + TIMES)
    ]


async def _asked(young: Database, old: Database, ask: Asked) -> Spans:
    async with young.read() as here, old.read() as there:
        return [
            (await _timed(ask(here, number)), await _timed(ask(there, number)))
            for number in range(FIRST, FIRST + TIMES)
        ]


async def _timed(work: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await work
    return 1000 * (time.perf_counter() - began)


IN_LINE = bookings.Booking(
    "w", "w", "full", "f1", 1, "waiting", None, 50, 0, "family", None, NOW, None, None, None, None, 0
)
ASKED: dict[str, Asked] = {
    "of_family": lambda tx, n: bookings.of_family(tx, f"f{n}", NOW),
    "active_in": lambda tx, n: bookings.active_in(tx, "s", f"f{n}"),
    "clashes": lambda tx, n: bookings.clashes(tx, f"f{n}1", "s"),
    "line": lambda tx, n: bookings.line(tx, "full"),
    "place_in_line": lambda tx, n: bookings.place_in_line(tx, IN_LINE),
}


async def _wait(database: Database) -> None:
    """A line that is the same in both."""

    async def work(tx: Transaction) -> None:
        for number in range(1, 101):
            wish = replace(wish_of(number, "full"), id=f"w{number}", code=f"w{number}")
            await bookings.book(tx, wish, NOW)

    await database.write(work)


async def compared(young: Database, old: Database) -> list[Figure]:
    for database, many in ((young, FEW), (old, BOOKINGS)):
        await grown(database, many)
        await _wait(database)
    figures = [_beside(f"take_place, {old.engine}, among {BOOKINGS:,} bookings", await _taken(young, old))]
    return figures + [_beside(f"  {name}", await _asked(young, old, ask)) for name, ask in ASKED.items()]


def _beside(name: str, spans: Spans) -> Figure:
    young, old = (median(each) for each in zip(*spans, strict=True))
    return against(name, old, "ms", young, most=MOST)


@asynccontextmanager
async def _sqlite() -> AsyncIterator[tuple[Database, Database]]:
    with TemporaryDirectory() as folder:
        async with (
            opened(f"sqlite:///{Path(folder) / 'young.db'}", busy_deadline_s=PATIENCE_S) as young,
            opened(f"sqlite:///{Path(folder) / 'old.db'}", busy_deadline_s=PATIENCE_S) as old,
        ):
            yield young, old


@asynccontextmanager
async def _postgres() -> AsyncIterator[tuple[Database, Database]]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(durable_postgres())
        urls = [await stack.enter_async_context(postgres_database(server)) for _ in range(2)]
        young, old = [
            await stack.enter_async_context(opened(url, busy_deadline_s=PATIENCE_S)) for url in urls
        ]
        yield young, old


async def run() -> list[Figure]:
    figures = []
    for engine in (_sqlite, _postgres):
        async with engine() as (young, old):
            figures += await compared(young, old)
    return figures
