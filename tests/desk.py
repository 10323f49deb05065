"""A manager's desk for tests: staff and families who talk to one Linli, over the sample directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.ids import new_id
from bot.linli import Linli, Reply, staff_codes
from handlers import staff
from handlers.message import Message
from handlers.permissions import SHELL_CHANNEL, Role
from messages.calendar import SHANGHAI
from storage import audit, bookings, care, conversations, families, sessions
from storage.audit import Entry
from storage.bookings import Wish
from storage.families import Participant
from storage.sessions import Session
from storage.transaction import Transaction

CENTRE = "FZ002"
# The sample's class of Saturdays, 15 places from nine to half past ten, and the one of Wednesdays.
SATURDAY, WEDNESDAY = "FZ002-01@2026-11-28", "FZ002-02@2026-11-25"
STARTS = datetime(2026, 11, 28, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class House:
    """Everybody who speaks to one Linli."""

    linli: Linli

    def at(self, when: datetime) -> "House":
        """The same at another time."""
        return House(self.linli.over(self.linli.database, lambda: when))

    def later(self, pause: timedelta) -> "House":
        return self.at(self.linli.clock() + pause)

    async def say(self, text: str, who: str, channel: str = "web") -> Reply:
        reply = await self.linli.hear(Message(channel, who, str(uuid4()), text))
        await self.linli.take_up_directory()
        return reply

    async def manager(self, *texts: str, of: str = CENTRE) -> Reply:
        """What the manager hears last."""
        replies = [await self.say(text, f"manager:{of}", SHELL_CHANNEL) for text in texts]
        return replies[-1]

    async def join(self, who: str, role: Role, centre: str | None = None, area: str | None = None) -> None:
        code = await self.invited(role, centre, area)
        assert (await self.say(f"管理码 {code}", who)).view == "StaffWelcomed"

    async def invited(self, role: Role, centre: str | None = None, area: str | None = None) -> str:
        """The code of an invitation."""
        code, code_hash = staff_codes(self.linli.settings).new()
        await staff.invite(
            self.linli.database, code_hash, role,
            centre_id=centre, subdistrict=area, days=7, entry_id=str(new_id()), now=self.linli.clock(),
        )  # fmt: skip
        return code

    async def session(
        self, session_id: str = SATURDAY, starts_at: datetime = STARTS, places: int = 15, hours: float = 1.5
    ) -> None:
        """A session of the activity that its id begins with."""
        activity = session_id.partition("@")[0]
        meetings = [(starts_at, starts_at + timedelta(hours=hours))]

        async def work(tx: Transaction) -> None:
            await sessions.add(
                tx, session_id, activity, activity[:5],
                held_on=starts_at.date(), last_on=starts_at.date(), meetings=meetings, places=places,
            )  # fmt: skip

        await self.linli.database.write(work)

    async def book(self, *names: str, session: str = SATURDAY, size: int = 1) -> None:
        """Families with these names, who talk at addresses of these names; one booking each, the id of which
        is name:session, in the line when there is no place."""
        for name in names:
            await self.say("你好", name)
            await self._book(name, session, size)

    async def _book(self, name: str, session: str, size: int) -> None:
        async def work(tx: Transaction) -> None:
            await self._booked(tx, name, session, size)

        await self.linli.database.write(work)

    async def _booked(self, tx: Transaction, name: str, session: str, size: int) -> None:
        now = self.linli.clock()
        if not await families.participants(tx, name):
            await families.found(tx, name, now)
            for number in range(1, 4):
                who = Participant(f"{name}{number}", name, "child", f"child{number}")
                await families.add_participant(tx, who, now)
            talk = await conversations.find(tx, "web", name)
            assert talk is not None
            await families.join(tx, talk.id, name)
        await families.hold(tx, name)
        people = tuple(f"{name}{number}" for number in range(1, size + 1))
        code = f"{name[:3].upper():X<3}{len(await bookings.of_session(tx, session)) + 1}"
        await bookings.book(tx, Wish(f"{name}:{session}", code, session, name, people), now)

    async def told(self, name: str) -> list[str]:
        """What the family read without having asked, oldest first."""
        lines = await self.linli.lines("web", name, after=0)
        return [line.rendered.text for line in lines if line.message_id is None]

    async def state(self, name: str, session: str = SATURDAY) -> str:
        async with self.linli.database.read() as tx:
            booking = await bookings.of_id(tx, f"{name}:{session}")
        assert booking
        return booking.ended or booking.state

    async def row(self, session_id: str = SATURDAY) -> Session:
        async with self.linli.database.read() as tx:
            session = await sessions.of_id(tx, session_id)
        assert session
        return session

    async def audit(self) -> Sequence[Entry]:
        async with self.linli.database.read() as tx:
            return await audit.everything(tx)

    async def problems(self) -> list[str]:
        return await care.check(self.linli.database)
