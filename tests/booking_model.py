"""What bookings must do, in plain Python: people in sessions, and the line for each, without any database.

It follows the text of the rules and not the code: see handlers/line.py and BOOKING in README.md.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.line import offer_until

BOUND = 3
WINDOW = timedelta(hours=12)


@dataclass
class Party:
    """A booking. `passed`: by how many parties it was passed over."""

    id: str
    family: str
    session: str
    people: list[str]
    state: str
    number: int | None = None
    passed: int = 0
    until: datetime | None = None

    @property
    def size(self) -> int:
        return len(self.people)

    @property
    def is_active(self) -> bool:
        return self.state in ("booked", "offered", "waiting")


@dataclass
class Hall:
    """A session."""

    id: str
    places: int
    starts: datetime
    ends: datetime
    last_number: int = 0
    is_off: bool = False


@dataclass
class Model:
    """Each method changes what has to change and says in a word how it went, as `outcome` of an answer."""

    halls: dict[str, Hall]
    parties: dict[str, Party] = field(default_factory=dict)
    news: list[tuple[str, str]] = field(default_factory=list)

    def of(self, session: str, *states: str) -> list[Party]:
        return [p for p in self.parties.values() if p.session == session and p.state in states]

    def line(self, session: str) -> list[Party]:
        return sorted(self.of(session, "waiting"), key=lambda party: party.number or 0)

    def people_in(self, session: str, *states: str) -> int:
        return sum(party.size for party in self.of(session, *states))

    def capacity(self, session: str) -> int:
        return max(self.halls[session].places, self.people_in(session, "booked", "offered"))

    def free(self, session: str) -> int:
        return self.capacity(session) - self.people_in(session, "booked", "offered")

    def clash(self, who: str, session: str, leaves: str = "") -> bool:
        here = self.halls[session]
        return any(
            party.session not in (session, leaves)
            and who in party.people
            and self.halls[party.session].starts < here.ends
            and here.starts < self.halls[party.session].ends
            for party in self.parties.values()
            if party.state == "booked"
        )

    def in_the_way(self, session: str, people: list[str], now: datetime, leaves: str = "") -> str:
        hall = self.halls[session]
        if hall.is_off:
            return "called_off"
        if hall.starts <= now:
            return "begun"
        if any(
            who in party.people
            for who in people
            for party in self.of(session, "booked", "offered", "waiting")
        ):
            return "already"
        return "clash" if any(self.clash(who, session, leaves) for who in people) else ""

    def ask(self, wish: Party, now: datetime) -> str:
        if refused := self.in_the_way(wish.session, wish.people, now):
            return refused
        if wish.size > self.capacity(wish.session):
            return "too_many"
        self.parties[wish.id] = wish
        if not self.line(wish.session) and wish.size <= self.free(wish.session):
            wish.state = "booked"
        else:
            self._queue(wish)
            self.serve(wish.session, now, newcomer=wish)
        return wish.state

    def _queue(self, party: Party) -> None:
        hall = self.halls[party.session]
        hall.last_number += 1
        party.state, party.number, party.until = "waiting", hall.last_number, None

    def serve(
        self, session: str, now: datetime, *, newcomer: Party | None = None, but_not: Party | None = None
    ) -> None:
        """One party after the other, each time from the head of the line."""
        hall = self.halls[session]
        if hall.is_off or hall.starts <= now:
            return
        while party := self._next(session, but_not):
            if party is newcomer:
                party.state = "booked"
                continue
            party.state, party.until = "offered", offer_until(now, hall.starts, WINDOW)
            self.news.append((party.family, "offered"))

    def _next(self, session: str, but_not: Party | None) -> Party | None:
        passed: list[Party] = []
        for party in self.line(session):
            if party is but_not or party.size > self.capacity(session):
                continue
            if party.size <= self.free(session):
                for each in passed:
                    each.passed += 1
                return party
            if party.passed >= BOUND:
                return None
            passed.append(party)
        return None

    def accept(self, party: Party, now: datetime) -> str:
        if party.state != "offered" or not party.until or party.until <= now:
            return "gone"
        if self.halls[party.session].starts <= now:
            return "begun"
        if any(self.clash(who, party.session) for who in party.people):
            return "clash"
        party.state, party.until = "booked", None
        return "booked"

    def decline(self, party: Party, now: datetime, *, keep: bool) -> str:
        if party.state != "offered":
            return "gone"
        if keep and self.line(party.session):
            self._queue(party)
        else:
            self._end(party, "declined")
        self.serve(party.session, now, but_not=party)
        return party.state

    def _end(self, party: Party, why: str) -> None:
        party.state, party.until = why, None

    def give_up(self, party: Party, now: datetime, *, late: bool, only: str | None) -> str:
        if not party.is_active:
            return "gone"
        if only is not None and only not in party.people:
            return "unknown"
        if only is not None and party.size > 1:
            party.people.remove(only)
        else:
            why = {"booked": "late" if late else "cancelled", "offered": "declined"}
            self._end(party, why.get(party.state, "left_line"))
        self.serve(party.session, now)
        return party.state

    def change(self, party: Party, wish: Party, now: datetime) -> str:
        if party.state != "booked":
            return "gone"
        if party.session == wish.session:
            return "already"
        if refused := self.in_the_way(wish.session, wish.people, now, leaves=party.session):
            return refused
        if self.line(wish.session) or self.free(wish.session) < wish.size:
            return "full"
        self._end(party, "cancelled")
        wish.state = "booked"
        self.parties[wish.id] = wish
        self.serve(party.session, now)
        return "booked"

    def lapse(self, party: Party, now: datetime) -> bool:
        if party.state != "offered" or not party.until or party.until > now:
            return False
        self._end(party, "lapsed")
        self.news.append((party.family, "lapsed"))
        self.serve(party.session, now)
        return True

    def call_off(self, session: str) -> int | None:
        if self.halls[session].is_off:
            return None
        affected = self.of(session, "booked", "offered", "waiting")
        for party in affected:
            self._end(party, "called_off")
            self.news.append((party.family, "called_off"))
        self.halls[session].is_off = True
        return len(affected)

    def resize(self, session: str, places: int, now: datetime) -> None:
        self.halls[session].places = places
        self.serve(session, now)

    def move(self, session: str, starts: datetime, now: datetime) -> int | None:
        hall = self.halls[session]
        if hall.is_off:
            return None
        hall.starts, hall.ends = starts, starts + (hall.ends - hall.starts)
        affected = self.of(session, "booked", "offered", "waiting")
        self.news += [(party.family, "moved") for party in affected]
        self.serve(session, now)
        return len(affected)

    def close_line(self, session: str, now: datetime) -> int:
        if self.halls[session].starts > now:
            return 0
        left = self.of(session, "offered", "waiting")
        for party in left:
            self._end(party, "not_served")
            self.news.append((party.family, "not_served"))
        return len(left)

    def erase(self, family: str, only: str | None, now: datetime) -> int:
        mine = [p for p in self.parties.values() if p.family == family and p.is_active]
        mine = [p for p in mine if self.halls[p.session].ends > now and (only is None or only in p.people)]
        for party in sorted(mine, key=lambda each: each.session):
            if only is not None and party.size > 1:
                party.people.remove(only)
            else:
                self._end(party, "erased")
            self.serve(party.session, now)
        return len(mine)
