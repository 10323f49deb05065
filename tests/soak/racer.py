"""One process of a race: `python -m tests.soak.racer URL NAME OF` plays its share of the actors.

It reads orders, `{"seed", "first", "many"}`, and prints for each a line: what was answered, to whom.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import partial

from handlers import bookings as booked
from handlers.bookings import Answer, News, Office
from handlers.line import LineTerms
from storage import bookings, families
from storage.bookings import Booking, Wish
from storage.database import ConstraintError, Database, connect
from storage.transaction import Transaction
from tests.soak.race_plan import SESSIONS, SIZE, WINDOW, Act, Actor, schedule, starts_at

DEADLINE_S = 60.0


@dataclass
class Report:
    """What was answered. `is_in`: bookings with places; `ended`: bookings that a family gave up; `erased`:
    families; `off`: sessions; `spans`: schedule, begin and end of each operation in seconds."""

    operations: int = 0
    is_in: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    spans: list[tuple[int, float, float]] = field(default_factory=list)


Work = Callable[[Transaction, Office], Awaitable[Answer]]


class Player:
    """Does what an actor does, step by step, each time after the answer to the step before."""

    def __init__(self, database: Database, report: Report, number: int, actor: Actor) -> None:
        self._database = database
        self._report = report
        self._number = number
        self._actor = actor
        self._made = 0
        self._key = actor.name.partition("-")[0]

    async def play(self) -> None:
        for act in self._actor.acts:
            began = time.monotonic()
            try:
                await (
                    self._office(act) if self._actor.family is None else self._family(act, self._actor.family)
                )
            except Exception as error:  # whatever it is: nobody may be left without an answer
                self._report.problems.append(
                    f"{self._actor.name} {act.does}: {type(error).__name__}: {error}"
                )
            self._report.operations += 1
            self._report.spans.append((self._number, began, time.monotonic()))

    async def _told(self, act: Act, work: Callable[[Transaction, Office], Awaitable[object]]) -> object:
        """The work with an office whose news count when it is committed, and not when it is tried."""
        told: list[tuple[str, News]] = []

        async def tell(tx: Transaction, booking: Booking, news: News) -> None:
            told.append((booking.id, news))

        async def anew(tx: Transaction) -> object:
            told.clear()
            return await work(tx, Office(act.at, tell, LineTerms(window=WINDOW)))

        result = await self._database.write(anew)
        self._report.offered += [booking for booking, news in told if news is News.OFFERED]
        self._report.lapsed += [booking for booking, news in told if news is News.LAPSED]
        return result

    async def _answered(self, act: Act, work: Work) -> None:
        answer = await self._told(act, work)
        assert isinstance(answer, Answer)
        if answer.refused or not answer.booking:
            return
        {
            "booked": self._report.is_in,
            "waiting": self._report.waits,
            "offered": self._report.waits,
            "let_go": self._report.ended,
        }[answer.booking.state].append(answer.booking.id)

    async def _family(self, act: Act, family: str) -> None:
        async with self._database.read(snapshot=False) as tx:
            mine = await bookings.of_family(tx, family, act.at)
        offers = [each for each in mine if each.state == "offered"]
        places = [each for each in mine if each.state == "booked"]
        match act.does:
            case "answer" if offers:
                offer = offers[0].id
                await self._answered(act, lambda tx, office: booked.accept(tx, office, offer, family))
            case "decline" | "decline_keep" if offers:
                offer, keep = offers[0].id, act.does == "decline_keep"
                await self._answered(
                    act, lambda tx, office: booked.decline(tx, office, offer, family, keep=keep)
                )
            case "cancel" | "one_leaves" | "decline" if mine:
                await self._give_up(act, family, act.chance.choice(mine), one=act.does == "one_leaves")
            case "change" if places:
                await self._change(act, family, places[0])
            case "erase":
                await self._erase(act, family, one=act.chance.random() < 0.3)
            case "take":
                await self._take(act, family, [each for each in mine if each.state != "booked"])
            case _:
                await self._ask(act, family)

    def _wish(self, act: Act, family: str, session: str | None = None) -> Wish:
        self._made += 1
        session = session or act.chance.choices("stu", (8, 3, 1))[0]
        first = act.chance.randint(1, SIZE)
        people = tuple(f"{family}{n}" for n in range(first, act.chance.randint(first, SIZE) + 1))
        key = f"{self._actor.name}-{self._made}"
        return Wish(key, key, f"{self._key}{session}", family, people)

    async def _ask(self, act: Act, family: str) -> None:
        wish = self._wish(act, family)

        async def work(tx: Transaction, office: Office) -> Answer:
            await families.hold(tx, family)
            return await booked.ask_for(tx, office, wish)

        await self._answered(act, work)

    async def _take(self, act: Act, family: str, asked: list[Booking]) -> None:
        """The fast way: for what the family waits for or is offered, if there is such a thing."""
        wish = self._wish(act, family)
        if asked:
            async with self._database.read(snapshot=False) as tx:
                people = tuple(who.id for who in await bookings.who(tx, asked[0].id))
            if people:
                wish = replace(wish, session_id=asked[0].session_id, participants=people)
        try:
            taken = await bookings.take_place(self._database, wish, act.at)
        except ConstraintError:
            return  # one of them waits there already
        if taken:
            self._report.is_in.append(wish.id)

    async def _give_up(self, act: Act, family: str, booking: Booking, *, one: bool) -> None:
        async with self._database.read(snapshot=False) as tx:
            people = await bookings.who(tx, booking.id)
        only = act.chance.choice(people).id if one and people else None
        await self._answered(
            act, lambda tx, office: booked.give_up(tx, office, booking.id, family, only=only)
        )

    async def _change(self, act: Act, family: str, booking: Booking) -> None:
        wish = self._wish(act, family, act.chance.choice(list(SESSIONS)))
        answer = await self._told(act, lambda tx, office: booked.change(tx, office, booking.id, wish))
        assert isinstance(answer, Answer)
        if answer.booking and not answer.refused:
            self._report.is_in.append(answer.booking.id)
            self._report.ended.append(booking.id)

    async def _erase(self, act: Act, family: str, *, one: bool) -> None:
        only = f"{family}1" if one else None
        await self._told(act, lambda tx, office: booked.erase(tx, office, family, only))
        self._report.erased.append(family)

    async def _office(self, act: Act) -> None:
        session = f"{self._key}s"
        match act.does:
            case "lapse":
                await self._lapse(act)
            case "resize":
                places = act.chance.randint(1, 5)
                await self._told(act, lambda tx, office: booked.resize(tx, office, session, places))
            case "move":
                at = starts_at("u") + timedelta(hours=act.chance.choice((0, 3)))
                meetings = [(at, at + timedelta(hours=1))]
                await self._told(
                    act, lambda tx, office: booked.move(tx, office, session, meetings, by_manager=True)
                )
            case "call_off":
                self._report.off.append(session)
                await self._told(act, lambda tx, office: booked.call_off(tx, office, session, "typhoon"))

    async def _lapse(self, act: Act) -> None:
        async with self._database.read(snapshot=False) as tx:
            offers = [
                each.id for each in await bookings.of_session(tx, f"{self._key}s") if each.state == "offered"
            ]
        for offer in offers or [f"{self._key}a0"]:
            await self._told(act, partial(_lapsed, offer))


async def _lapsed(offer: str, tx: Transaction, office: Office) -> bool:
    return await booked.lapse(tx, office, offer)


async def race(database: Database, name: int, of: int, seed: int, first: int, many: int) -> Report:
    """The actors of this process in the schedules from `first`, all at once."""
    report = Report()
    async with asyncio.TaskGroup() as group:
        for number in range(first, first + many):
            for place, actor in enumerate(schedule(seed, number).actors):
                if (number + place) % of == name:
                    group.create_task(Player(database, report, number, actor).play())
    return report


async def main(url: str, name: int, of: int) -> None:
    database = await connect(url, busy_deadline_s=DEADLINE_S)

    async def obey(order: dict[str, int]) -> None:
        report = await race(database, name, of, order["seed"], order["first"], order["many"])
        sys.stdout.write(json.dumps({"first": order["first"]} | asdict(report)) + "\n")
        sys.stdout.flush()

    try:
        async with asyncio.TaskGroup() as group:
            while line := await asyncio.to_thread(sys.stdin.readline):
                group.create_task(obey(json.loads(line)))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
