"""One process of a storm of bookings: `python -m tests.soak.booking_worker URL SEED RUN`, until it is killed.

It prints a line for every answer that is committed, `{"booking", "state"}`. Each answer and each word to
another family is written into the outbox in the transaction that it tells of.
"""

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

from handlers import bookings as booked
from handlers.bookings import Answer, News, Office
from storage import bookings, conversations, families, outbox
from storage.bookings import Booking, Wish
from storage.database import Database, connect
from storage.transaction import Transaction
from tests.soak.race_plan import BEGINS

AT_ONCE = 8
FAMILIES = 40
SESSIONS = 12


def conversation_of(family: str) -> str:
    return f"talk of {family}"


async def say(tx: Transaction, booking: Booking, what: str) -> None:
    """Into the family's outbox; the key names the booking as it was when it was offered, or is now."""
    talk = conversation_of(booking.family_id)
    number = await conversations.next_number(tx, talk)
    key = f"{booking.id} {what} {booking.version}"
    await outbox.add(
        tx, key, talk, number,
        unique_key=key, view="{}", due_at=BEGINS, expires_at=BEGINS + timedelta(days=30), created_at=BEGINS,
    )  # fmt: skip


async def tell(tx: Transaction, booking: Booking, news: News) -> None:
    await say(tx, booking, news.value)


class Parent:
    def __init__(self, database: Database, run: str, seed: int) -> None:
        self._database = database
        self._run = run
        self._chance = random.Random(f"{seed} {run}")
        self._count = 0
        self._office = Office(BEGINS, tell)

    async def go_on(self) -> None:
        while True:
            family = f"f{self._chance.randrange(FAMILIES)}"
            answer = await self._database.write(self._act(family))
            if answer.booking and not answer.refused:
                state = answer.booking.ended or answer.booking.state
                line = json.dumps({"booking": answer.booking.id, "state": state})
                sys.stdout.write(line + "\n")
                sys.stdout.flush()

    def _act(self, family: str) -> Callable[[Transaction], Awaitable[Answer]]:
        """Chosen once; `write` may try it more than once."""
        self._count += 1
        key = f"{self._run}-{self._count}"
        people = tuple(f"{family}{n}" for n in range(1, self._chance.randint(1, 2) + 1))
        wish = Wish(key, key, f"s{self._chance.randrange(SESSIONS)}", family, people)
        gives_up, keep, place = (
            self._chance.random() < 0.55,
            self._chance.random() < 0.3,
            self._chance.random(),
        )

        async def work(tx: Transaction) -> Answer:
            await families.hold(tx, family)
            mine = await bookings.of_family(tx, family, BEGINS)
            one = mine[int(place * len(mine))] if mine else None
            if one is None or not gives_up:
                answer = await booked.ask_for(tx, self._office, wish)
            elif one.state == "offered" and keep:
                answer = await booked.decline(tx, self._office, one.id, family, keep=True)
            elif one.state == "offered":
                answer = await booked.accept(tx, self._office, one.id, family)
            else:
                answer = await booked.give_up(tx, self._office, one.id, family)
            if answer.booking and not answer.refused:
                await say(tx, answer.booking, "answer")
            return answer

        return work


async def main(url: str, seed: int, run: str) -> None:
    database = await connect(url, busy_deadline_s=30)
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(Parent(database, f"{run}-{number}", seed).go_on())
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
