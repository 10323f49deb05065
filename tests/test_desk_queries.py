"""No page of the desk asks the database more often because there is more in it, on both engines."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.linli import Linli
from storage import staff
from storage.database import Database
from storage.transaction import Transaction
from tests.desk_tour import addresses, staffed
from tests.sample import NOW
from tests.year import Size, write_year

ASKS = frozenset(("rows", "one", "records", "record", "value", "run", "many", "chain"))
FEW, MORE = Size(850, 850, 170), Size(2_550, 2_550, 510, seed=2)
MOST = 25


class Counted:
    """A transaction that counts what is asked of it."""

    def __init__(self, tx: Transaction, asked: list[str]) -> None:
        self._tx, self._asked = tx, asked

    def __getattr__(self, name: str) -> Any:
        if name in ASKS:
            self._asked.append(name)
        return getattr(self._tx, name)


class Counting:
    """A database whose transactions count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def read(self, *, snapshot: bool = True) -> AsyncIterator[Any]:
        async with self._database.read(snapshot=snapshot) as tx:
            yield Counted(tx, self.asked)

    async def write(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        return await self._database.write(lambda tx: work(Counted(tx, self.asked)))


async def counts(linli: Linli, listed: list[tuple[str, str]]) -> dict[str, int]:
    """How often each page asks."""
    counting = Counting(linli.database)
    over = linli.over(counting, linli.clock)  # type: ignore[arg-type]  # it is one, as far as pages see
    found = {}
    async with staffed(over) as clerks:
        for who, address in listed:
            counting.asked.clear()
            answer = await clerks[who].visitor.http.get(address)
            assert answer.status_code == 200, address
            found[address] = len(counting.asked)
    return found


async def test_pages_ask_as_often_however_much_there_is(linli: Linli) -> None:
    await write_year(linli.database, NOW, FEW)
    listed = await addresses(linli)
    few = await counts(linli, listed)
    assert all(0 < number <= MOST for number in few.values()), few
    await write_year(linli.database, NOW, MORE)
    many = await counts(linli, listed)
    grown = {address: (few[address], many[address]) for address in few if many[address] > few[address]}
    assert grown == {}


async def test_the_count_would_notice_a_page_that_asks_for_each_row(linli: Linli) -> None:
    """The control."""
    counting = Counting(linli.database)
    async with counting.read() as tx:
        for member in ("S-0001", "S-0002", "S-0003"):
            await tx.rows(staff.SQL["colleagues"], {"centre_id": member})
    assert len(counting.asked) == 3
