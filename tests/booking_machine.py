"""Whatever may happen to bookings, step by step in any order, in a database and in a model of it.

`python -m tests.booking_machine EXAMPLES CHANCE` plays it on SQLite and ends with 1 when the two differ.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handlers import bookings as booked
from handlers.bookings import Answer
from storage import families
from storage.bookings import Wish
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_model import BOUND, Hall, Model, Party
from tests.booking_rows import HOUR, STARTS, Desk, opened_desk
from tests.engines import opened

FAMILIES = ("a", "b", "c", "d", "e")
# The second lies over the first and the third.
HALLS = {
    "s": (3, STARTS, HOUR),
    "t": (2, STARTS + HOUR / 2, 2 * HOUR),
    "u": (2, STARTS + 2 * HOUR, HOUR),
}

STARTED_OVER = "".join(
    f"DELETE FROM {table};"
    for table in ("attendance", "place", "booking", "meeting", "session", "participant", "family")
)
SESSIONS = statement(
    "test.sessions",
    "SELECT id, places, capacity, taken, offered, waiting, state, starts_at FROM session ORDER BY id",
)
PARTIES = statement(
    "test.parties",
    """
    SELECT
        b.id, b.session_id, b.size, COALESCE(b.ended, b.state) AS state, b.in_line, b.passed_over,
        b.offer_until_at, COUNT(p.participant_id) AS people
    FROM booking AS b LEFT JOIN place AS p ON p.booking_id = b.id AND p.is_active
    GROUP BY b.id ORDER BY b.id
    """,
)
SERVED = (("waiting", "offered"), ("waiting", "booked"))

family = st.sampled_from(FAMILIES)
session = st.sampled_from(("s", "s", "s", "t", "u"))
people = st.sampled_from(("1", "1", "2", "12", "13", "123"))
pick = st.integers(0, 11)


@dataclass(frozen=True, slots=True)
class Ground:
    """A database that is used again and again, and the loop it lives in."""

    loop: asyncio.Runner
    database: Database


def outcome(answer: Answer) -> str:
    if answer.refused:
        return answer.refused.value
    assert answer.booking
    return answer.booking.ended or answer.booking.state


class Bookings(RuleBasedStateMachine):
    """Every rule does one thing to both and compares what each says of it."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self._run = ground.loop.run
        self._ids: Iterator[int] = count(1)
        self.model = Model({n: Hall(n, places, at, at + long) for n, (places, at, long) in HALLS.items()})
        self.before: dict[str, dict[str, Any]] = {}
        self.jumped: dict[str, int] = {}
        self.desk = Desk(ground.database)
        self._run(self._started())

    async def _started(self) -> None:
        await self.desk.database.write(lambda tx: tx.script(STARTED_OVER))
        await self.desk.found(*FAMILIES)
        for name, (places, at, long) in HALLS.items():
            await self.desk.session(name, places, at, long)

    @property
    def now(self) -> datetime:
        return self.desk.now

    def written(self, work: Any) -> Any:
        return self._run(self.desk.database.write(work))

    def party(self, pick: int, *states: str) -> Party | None:
        found = [p for p in self.model.parties.values() if not states or p.state in states]
        return found[pick % len(found)] if found else None

    def has(self, *states: str) -> bool:
        return self.party(0, *states) is not None

    def wish(self, family: str, session: str, people: Sequence[str]) -> tuple[Wish, Party]:
        number = next(self._ids)
        who = [f"{family}{each}" for each in people]
        wish = Wish(f"b{number:03}", f"{number:04}", session, family, tuple(who))
        return wish, Party(wish.id, family, session, who, "new")

    @initialize(wishes=st.lists(st.tuples(family, session, people), min_size=4, max_size=8))
    def fill(self, wishes: list[tuple[str, str, str]]) -> None:
        for wish in wishes:
            self._ask(*wish)

    @rule(wishes=st.lists(st.tuples(family, session, people), min_size=1, max_size=3))
    def ask(self, wishes: list[tuple[str, str, str]]) -> None:
        for wish in wishes:
            self._ask(*wish)

    def _ask(self, family: str, session: str, people: str) -> None:
        wish, party = self.wish(family, session, people)

        async def work(tx: Transaction) -> Answer:
            await families.hold(tx, family)
            return await booked.ask_for(tx, self.desk.office, wish)

        assert outcome(self.written(work)) == self.model.ask(party, self.now)

    @precondition(lambda self: self.has("offered"))
    @rule(pick=pick)
    def accept(self, pick: int) -> None:
        party = self.party(pick, "offered")
        assert party
        answer = self.written(lambda tx: booked.accept(tx, self.desk.office, party.id, party.family))
        assert outcome(answer) == self.model.accept(party, self.now)

    @precondition(lambda self: self.has("offered"))
    @rule(pick=pick, keep=st.booleans())
    def decline(self, pick: int, keep: bool) -> None:
        party = self.party(pick, "offered")
        assert party
        answer = self.written(
            lambda tx: booked.decline(tx, self.desk.office, party.id, party.family, keep=keep)
        )
        assert outcome(answer) == self.model.decline(party, self.now, keep=keep)

    @precondition(lambda self: self.has("booked", "offered", "waiting"))
    @rule(pick=pick, late=st.booleans(), one=st.booleans())
    def give_up(self, pick: int, late: bool, one: bool) -> None:
        party = self.party(pick, "booked", "offered", "waiting")
        assert party
        only = party.people[pick % party.size] if one else None
        answer = self.written(
            lambda tx: booked.give_up(tx, self.desk.office, party.id, party.family, late=late, only=only)
        )
        assert outcome(answer) == self.model.give_up(party, self.now, late=late, only=only)

    @precondition(lambda self: self.has())
    @rule(pick=pick)
    def touch_what_may_be_over(self, pick: int) -> None:
        """Two taps on the same button, or one on an old message."""
        party = self.party(pick)
        assert party
        answer = self.written(lambda tx: booked.accept(tx, self.desk.office, party.id, party.family))
        assert outcome(answer) == self.model.accept(party, self.now)

    @precondition(lambda self: self.has("booked"))
    @rule(pick=pick, session=session)
    def change(self, pick: int, session: str) -> None:
        party = self.party(pick, "booked")
        assert party
        wish, new = self.wish(party.family, session, [who[1:] for who in party.people])
        answer = self.written(lambda tx: booked.change(tx, self.desk.office, party.id, wish))
        assert outcome(answer) == self.model.change(party, new, self.now)

    @rule(minutes=st.sampled_from((5, 60, 60, 60, 13 * 60)))
    def time_passes(self, minutes: int) -> None:
        """And what is due then is done by the jobs, the first due first."""
        self.desk = self.desk.later(timedelta(minutes=minutes))
        due = [p for p in self.model.parties.values() if p.until and p.until <= self.now]
        for party in sorted(due, key=lambda each: (each.until, each.id)):
            done = self.written(lambda tx, party=party: booked.lapse(tx, self.desk.office, party.id))
            assert done == self.model.lapse(party, self.now)

    @precondition(lambda self: any(hall.starts <= self.now for hall in self.model.halls.values()))
    @rule(session=session)
    def close_line(self, session: str) -> None:
        closed = self.written(lambda tx: booked.close_line(tx, self.desk.office, session))
        assert closed == self.model.close_line(session, self.now)

    @rule(session=session, places=st.integers(0, 5))
    def resize(self, session: str, places: int) -> None:
        self.written(lambda tx: booked.resize(tx, self.desk.office, session, places))
        self.model.resize(session, places, self.now)

    @rule(session=session, to=st.sampled_from(("begun", "soon", "s", "t", "u", "u")))
    def move(self, session: str, to: str) -> None:
        soon = {"begun": self.now - HOUR, "soon": self.now + 2 * HOUR}
        starts = soon[to] if to in soon else HALLS[to][1]
        meetings = [(starts, starts + HALLS[session][2])]
        affected = self.written(
            lambda tx: booked.move(tx, self.desk.office, session, meetings, by_manager=True)
        )
        moved = self.model.move(session, starts, self.now)
        assert (None if affected is None else len(affected)) == moved

    @rule(session=session, sure=st.integers(0, 9))
    def call_off(self, session: str, sure: int) -> None:
        if sure != 9:
            return  # seldom: afterwards there is little left to play with
        affected = self.written(lambda tx: booked.call_off(tx, self.desk.office, session, "typhoon"))
        assert (None if affected is None else len(affected)) == self.model.call_off(session)

    @rule(family=family, one=st.booleans())
    def erase(self, family: str, one: bool) -> None:
        only = f"{family}1" if one else None
        given = self.written(lambda tx: booked.erase(tx, self.desk.office, family, only))
        assert given == self.model.erase(family, only, self.now)

    @invariant()
    def database_and_model_are_alike(self) -> None:
        sessions, rows = self._run(self._seen())
        assert sessions == [
            {
                "id": name,
                "places": hall.places,
                "capacity": self.model.capacity(name),
                "taken": self.model.people_in(name, "booked"),
                "offered": self.model.people_in(name, "offered"),
                "waiting": len(self.model.line(name)),
                "state": "cancelled" if hall.is_off else "planned",
                "starts_at": hall.starts,
            }
            for name, hall in sorted(self.model.halls.items())
        ]
        assert rows == {
            party.id: {
                "id": party.id,
                "session_id": party.session,
                "size": party.size,
                "state": party.state,
                "in_line": party.number,
                "passed_over": party.passed,
                "offer_until_at": party.until,
                "people": party.size if party.is_active else 0,
            }
            for party in self.model.parties.values()
        }
        assert sorted(self.desk.told.news) == sorted(self.model.news)
        for each in sessions:
            self._free_places_are_given(each, rows)
        self._order_is_kept({each["id"]: each["places"] for each in sessions}, rows)

    @invariant()
    def check_finds_nothing(self) -> None:
        assert self._run(self.desk.problems()) == []

    async def _seen(self) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
        async with self.desk.database.read() as tx:
            return await tx.rows(SESSIONS), {row["id"]: row for row in await tx.rows(PARTIES)}

    def _free_places_are_given(self, session: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
        """Of the database alone: nothing is sold twice, nobody who is next waits for what is free."""
        free = session["capacity"] - session["taken"] - session["offered"]
        assert free >= 0
        waits = [r for r in rows.values() if r["session_id"] == session["id"] and r["state"] == "waiting"]
        if waits and session["starts_at"] > self.now:
            assert min(waits, key=lambda row: row["in_line"])["size"] > free

    def _order_is_kept(self, places: dict[str, int], rows: dict[str, dict[str, Any]]) -> None:
        """Of the database alone: how many parties behind it were served while a party waited that they
        passed."""
        waited = [row for row in self.before.values() if row["state"] == "waiting"]
        for served in rows.values():
            before = self.before.get(served["id"], {"state": "waiting"})
            if served["in_line"] is None or (before["state"], served["state"]) not in SERVED:
                continue
            for other in waited:
                still = rows[other["id"]]
                is_ahead = (
                    other["session_id"] == served["session_id"]
                    and other["in_line"] < served["in_line"]
                    and still["state"] == "waiting"
                    and still["size"] <= places[served["session_id"]]
                )
                self.jumped[other["id"]] = self.jumped.get(other["id"], 0) + is_ahead
        assert all(jumped <= BOUND for jumped in self.jumped.values())
        self.before = rows


async def grown(database: Database) -> None:
    """What all plays stand on."""
    await opened_desk(database)


def play(
    ground: Ground, *, examples: int, steps: int, chance: int, phases: Sequence[Phase] = tuple(Phase)
) -> None:
    """Raises AssertionError with the shortest story in which the database and the model differ. The stories
    are the same each time with the same `chance`."""
    fixed = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    @seed(chance)
    class Here(Bookings):
        def __init__(self) -> None:
            super().__init__(ground)

    run_state_machine_as_test(Here, settings=fixed)


def main(examples: int, chance: int) -> int:
    with asyncio.Runner() as runner:

        async def entered() -> Any:
            door = opened("sqlite:///:memory:")
            return door, await door.__aenter__()

        door, database = runner.run(entered())
        try:
            runner.run(grown(database))
            ground = Ground(runner, database)
            play(ground, examples=examples, steps=30, chance=chance, phases=[Phase.generate])
        finally:
            runner.run(door.__aexit__(None, None, None))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
