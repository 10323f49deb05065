"""What a transaction can do, the same on both engines, and the errors of the database."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from storage.statements import Params, Query, Row

Record = TypeVar("Record")
NO_PARAMS: Params = {}
Step = tuple[Query, Params]


class DatabaseError(Exception):
    """Something about the database that its operator can act upon; the text says what."""


class Busy(DatabaseError):
    """The database stayed busy until the deadline; nothing was changed."""


class Interrupted(DatabaseError):
    """Another transaction went first, or the connection was lost, before anything was committed."""


class Damaged(DatabaseError):
    """The database's own structure is broken."""


class ConstraintError(DatabaseError):
    """A rule of the schema refused a row. The text names the rule, never the row's values."""


class TransactionOver(DatabaseError):
    """A statement was sent through a transaction that has ended or failed."""


class Transaction(ABC):
    """Statements that happen together or not at all.

    As PostgreSQL has it, a transaction is lost once a statement in it has failed: on both engines
    further statements raise TransactionOver, and catching the error does not save the rest.
    """

    def __init__(self) -> None:
        self.failure: BaseException | None = None
        self._is_over = False

    async def rows(self, query: Query, params: Params = NO_PARAMS) -> list[Row]:
        """Every row of the result, as name -> value."""
        columns, values = await self._sent(query, params)
        return [dict(zip(columns, row, strict=True)) for row in values]

    async def one(self, query: Query, params: Params = NO_PARAMS) -> Row | None:
        """The first row of the result, or None."""
        columns, values = await self._sent(query, params)
        return dict(zip(columns, values[0], strict=True)) if values else None

    async def records(self, record: type[Record], query: Query, params: Params = NO_PARAMS) -> list[Record]:
        """Every row as a dataclass whose fields are the columns in order."""
        columns, values = await self._sent(query, params)
        if values:
            query.fits(record, columns)
        return [record(*row) for row in values]

    async def record(self, record: type[Record], query: Query, params: Params = NO_PARAMS) -> Record | None:
        """The first row as a dataclass whose fields are the columns in order, or None."""
        columns, values = await self._sent(query, params)
        if not values:
            return None
        query.fits(record, columns)
        return record(*values[0])

    async def value(self, query: Query, params: Params = NO_PARAMS) -> Any:
        """The first column of the first row, or None when there is no row."""
        _, values = await self._sent(query, params)
        return values[0][0] if values else None

    async def run(self, query: Query, params: Params = NO_PARAMS) -> None:
        """The statement for its effect."""
        await self._sent(query, params)

    async def many(self, query: Query, params: Iterable[Params]) -> None:
        """The statement once for each of `params`, which may be a generator."""
        self._check_open()
        try:
            await self._send_many(query, params)
        except BaseException as error:
            self.failure = error
            raise

    async def chain(self, steps: Sequence[Step]) -> list[Any] | None:
        """Statements one after the other, each with the value in its first row and column.

        The first that returns no row ends the chain: None then, and the work has to raise, so that
        nothing stays of what went before.
        """
        values = []
        for query, params in steps:
            _, rows = await self._sent(query, params)
            if not rows:
                self.failure = TransactionOver("a chain of statements stopped, and its work did not raise")
                return None
            values.append(rows[0][0])
        return values

    async def script(self, text: str) -> None:
        """Statements of a schema change, divided by semicolons, without parameters."""
        self._check_open()
        try:
            await self._send_script(text)
        except BaseException as error:
            self.failure = error
            raise

    async def _sent(self, query: Query, params: Params) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
        self._check_open()
        try:
            return await self._send(query, params)
        except BaseException as error:
            self.failure = error
            raise

    def _check_open(self) -> None:
        if self._is_over:
            raise TransactionOver("a statement was sent after its transaction had ended")
        if self.failure is not None:
            raise TransactionOver("a statement was sent after another one of its transaction had failed")

    def end(self) -> None:
        """Take no more statements."""
        self._is_over = True

    @abstractmethod
    async def _send(self, query: Query, params: Params) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
        """The columns' names, which may be () when there are no rows, and the rows."""

    @abstractmethod
    async def _send_many(self, query: Query, params: Iterable[Params]) -> None: ...

    @abstractmethod
    async def _send_script(self, text: str) -> None: ...

    @abstractmethod
    async def has_table(self, name: str) -> bool:
        """Whether the schema has a table of this name."""

    @abstractmethod
    async def lock_schema(self) -> None:
        """Wait until no other process changes the schema; held until the end of the transaction."""

    @abstractmethod
    async def wait_turn(self, name: str) -> None:
        """Wait behind those who asked for `name` before, in their order; held until the end of the
        transaction. Of those who wait for a row alone, one may be overtaken again and again."""

    @abstractmethod
    async def damage(self) -> list[str]:
        """What the engine itself finds wrong with its pages, indexes and references, in words."""
