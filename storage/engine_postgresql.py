"""PostgreSQL: a pool of connections, READ COMMITTED for writing, one snapshot for reading."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import asyncpg

from storage.statements import Params, Query, statement
from storage.transaction import (
    Busy,
    ConstraintError,
    DatabaseError,
    Interrupted,
    Transaction,
    TransactionOver,
)

T = TypeVar("T")

CONNECTIONS = 10
CLOSE_S = 10.0
# Any number will do as long as no other program takes it; this one spells "linli".
SCHEMA_LOCK = 0x6C696E6C69

BEGIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

HAS_TABLE = statement("has_table", "SELECT to_regclass(CAST(:name AS TEXT)) IS NOT NULL AS is_there")
LOCK_SCHEMA = statement("lock_schema", "SELECT pg_advisory_xact_lock(CAST(:key AS BIGINT))")
WAIT_TURN = statement("wait_turn", "SELECT pg_advisory_xact_lock(hashtextextended(CAST(:name AS TEXT), 0))")

# The connection is gone, or the server is going or not there yet.
LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
# The server gave the way to another transaction, or the schema was changed under a prepared statement.
YIELDED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,
)


def _is_gone(connection: Any) -> bool:
    """The pool takes a lost connection back at once; then it cannot even be asked whether it is closed."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


@contextmanager
def _told_alike(name: str, connection: Any) -> Iterator[None]:
    """The errors of statement `name` as both engines tell them; PostgreSQL's would quote values."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise ConstraintError(f"{name}: {error.args[0]}") from None
    except asyncpg.DataError as error:
        raise TypeError(f"{name}: PostgreSQL refused a value ({type(error).__name__})") from None
    except asyncpg.ReadOnlySQLTransactionError as error:
        raise DatabaseError(f"{name}: it writes, and this transaction only reads") from error
    except LOST + YIELDED as error:
        raise Interrupted(f"{name}: {type(error).__name__}") from error
    except asyncpg.InterfaceError as error:
        if _is_gone(connection):
            raise Interrupted(f"{name}: the connection is closed") from error
        raise


class PostgresTransaction(Transaction):
    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection

    async def _send(self, query: Query, params: Params) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
        values = query.for_postgresql(params)
        with _told_alike(query.name, self._connection):
            found = await self._connection.fetch(query.numbered, *values)
        return (tuple(found[0].keys()) if found else ()), [tuple(row) for row in found]

    async def _send_many(self, query: Query, params: Iterable[Params]) -> None:
        with _told_alike(query.name, self._connection):
            await self._connection.executemany(query.numbered, map(query.for_postgresql, params))

    async def _send_script(self, text: str) -> None:
        with _told_alike("script", self._connection):
            await self._connection.execute(text)

    async def has_table(self, name: str) -> bool:
        return bool(await self.value(HAS_TABLE, {"name": name}))

    async def lock_schema(self) -> None:
        await self.run(LOCK_SCHEMA, {"key": SCHEMA_LOCK})

    async def wait_turn(self, name: str) -> None:
        await self.run(WAIT_TURN, {"name": name})

    async def damage(self) -> list[str]:
        """PostgreSQL verifies its pages itself."""
        return []


async def _keep(_connection: Any) -> None:
    """Each transaction leaves its connection clean, so nothing is reset when it goes back."""


class PostgresEngine:
    name = "postgresql"

    def __init__(self, url: str, *, wait_s: float) -> None:
        self._url = url
        self._wait_s = wait_s
        self._pool: Any = None
        # First come, first served: who waits in the pool itself may be overtaken again and again.
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def open(self) -> None:
        """Raises DatabaseError when there is no such server or database, or it lets nobody in."""
        settings = {
            "application_name": "linli",
            # Only `attempt` opens transactions that may write.
            "default_transaction_read_only": "on",
            "lock_timeout": str(max(1, round(self._wait_s * 1000))),
        }
        try:
            self._pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=CONNECTIONS, reset=_keep, server_settings=settings
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise DatabaseError(
                f"the PostgreSQL database cannot be reached: {type(error).__name__}: {error}; "
                "check the host, the database's name and the password in the database URL"
            ) from error

    async def attempt(self, work: Callable[[Transaction], Awaitable[T]], deadline: float) -> T:
        """Run `work` in a transaction that has ended, one way or the other, when this returns."""
        async with self._connected(deadline) as connection:
            tx = PostgresTransaction(connection)
            try:
                await _execute(connection, BEGIN_WRITE)
                result = await work(tx)
                if tx.failure is not None:
                    raise TransactionOver("a statement failed and its error was swallowed") from tx.failure
                tx.end()
                await _commit(connection)
                return result
            except BaseException:
                tx.end()
                await _roll_back(connection)
                raise

    @asynccontextmanager
    async def read(self, deadline: float, *, snapshot: bool) -> AsyncIterator[Transaction]:
        async with self._connected(deadline) as connection:
            tx = PostgresTransaction(connection)
            try:
                if snapshot:
                    await _execute(connection, BEGIN_READ)
                yield tx
            finally:
                tx.end()
                await _roll_back(connection)

    @asynccontextmanager
    async def _connected(self, deadline: float) -> AsyncIterator[Any]:
        try:
            async with asyncio.timeout_at(deadline):
                await self._free.acquire()
        except TimeoutError:
            raise Busy("all connections to PostgreSQL stayed in use") from None
        try:
            connection = await self._acquired(deadline)
            try:
                yield connection
            finally:
                await self._pool.release(connection)
        finally:
            self._free.release()

    async def _acquired(self, deadline: float) -> Any:
        left = deadline - asyncio.get_running_loop().time()
        try:
            return await self._pool.acquire(timeout=max(left, 0.001))
        except TimeoutError:
            raise Busy("PostgreSQL did not answer in time") from None
        except LOST as error:
            raise Interrupted(f"connecting: {type(error).__name__}") from error

    async def close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def _execute(connection: Any, command: str) -> None:
    with _told_alike(command, connection):
        await connection.execute(command)


async def _commit(connection: Any) -> None:
    try:
        await connection.execute("COMMIT")
    except YIELDED as error:
        raise Interrupted(f"COMMIT: {type(error).__name__}") from error
    except (*LOST, asyncpg.InterfaceError) as error:
        # It may have been committed: trying again could do the work twice.
        raise DatabaseError("the connection to PostgreSQL was lost while committing") from error


async def _roll_back(connection: Any) -> None:
    """End the transaction, if there is one; a connection that cannot do even that is thrown away."""
    if _is_gone(connection):
        return
    try:
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except (*LOST, asyncpg.InterfaceError):
        if not _is_gone(connection):
            connection.terminate()
