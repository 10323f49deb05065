"""Families, sessions and an office for tests of bookings: one centre, one activity, plain ids."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from handlers.bookings import News, Office
from handlers.line import LineTerms
from handlers.lottery import new_receipt
from storage import bookings, care, directory, families, sessions
from storage.bookings import Booking, Wish
from storage.database import Database
from storage.families import Participant
from storage.sessions import Session
from storage.transaction import Transaction
from tests.storage_rows import activity, centre

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
STARTS = datetime(2026, 11, 28, 9, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@dataclass
class Told:
    """Keeps what families were told, and says it to nobody."""

    news: list[tuple[str, News]] = field(default_factory=list)

    async def __call__(self, tx: Transaction, booking: Booking, news: News) -> None:
        self.news.append((booking.family_id, news))


@dataclass
class Desk:
    """Asks for places as families do; each family has as many participants as it ever names."""

    database: Database
    now: datetime = NOW
    terms: LineTerms = field(default_factory=LineTerms)
    told: Told = field(default_factory=Told)
    numbers: Iterable[int] = field(default_factory=lambda: count(1))
    receipt: Callable[[], str] = new_receipt

    @property
    def office(self) -> Office:
        return Office(self.now, self.told, self.terms, receipt=self.receipt)

    def later(self, pause: timedelta) -> "Desk":
        return replace(self, now=self.now + pause)

    def wish(self, family: str, session: str = "s", size: int = 1) -> Wish:
        number = next(iter(self.numbers))
        people = tuple(f"{family}{n}" for n in range(1, size + 1))
        return Wish(f"b{number}", f"{number:04}", session, family, people)

    async def session(
        self, session_id: str = "s", places: int = 2, starts_at: datetime = STARTS, long: timedelta = HOUR
    ) -> None:
        meetings = [(starts_at, starts_at + long)]

        async def work(tx: Transaction) -> None:
            await sessions.add(
                tx, session_id, "FZ-A1", "FZ-01",
                held_on=starts_at.date(), last_on=starts_at.date(), meetings=meetings, places=places,
            )  # fmt: skip

        await self.database.write(work)

    async def found(self, *names: str, size: int = 3) -> None:
        """Families with these names as ids; their participants are name1, name2 …"""

        async def work(tx: Transaction) -> None:
            for name in names:
                await families.found(tx, name, self.now)
                for n in range(1, size + 1):
                    who = Participant(f"{name}{n}", name, "child", f"child{n}")
                    await families.add_participant(tx, who, self.now)

        await self.database.write(work)

    async def state(self, booking_id: str) -> str:
        async with self.database.read() as tx:
            booking = await bookings.of_id(tx, booking_id)
        assert booking
        return booking.ended or booking.state

    async def counters(self, session_id: str = "s") -> Session:
        async with self.database.read() as tx:
            session = await sessions.of_id(tx, session_id)
        assert session
        return session

    async def problems(self) -> list[str]:
        return await care.check(self.database)


async def opened_desk(database: Database, *names: str) -> Desk:
    """A directory with one centre and one activity, and families."""

    async def work(tx: Transaction) -> None:
        await directory.bump_version(tx, NOW)
        await directory.put_centres(tx, [centre("FZ-01")])
        await directory.put_activities(tx, [activity("FZ-A1")])

    await database.write(work)
    desk = Desk(database)
    await desk.found(*names)
    return desk
