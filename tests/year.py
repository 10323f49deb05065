"""A simulated year, written straight into a database that holds a directory.

It is a year by its numbers alone: no handler was asked, nobody was told anything, and the ledger is empty, so
`linli ledger verify` finds fault with it while `linli check` does not. Of each centre:

- classes of one hour between nine and six on random days, with room for fifteen and ten in them, one place
  for a family; everybody is booked, 85 % are checked in, 8 % are missed, of the rest nobody wrote anything;
- families of its own, who go nowhere else and take turns, so that nobody is in two places at once;
- ratings as satisfied as the centre is good (a number of its own, .55 to .95): four in five after a visit, a
  twentieth of these changed once, the rest from the door or the chat; 2 % are flagged, .5 % excluded;
- cases of its bad ratings and, where there are too few, complaints: of the last two weeks some are open, of
  the others 70 % were closed by the resident and the rest in silence; each with its steps.

The same seed makes the same year. Rows are written centre by centre: memory does not grow with their number.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from storage import directory
from storage.database import Database
from storage.directory import ActivityRow, CentreRow, ServiceRow
from storage.statements import Query, statement
from storage.transaction import Transaction
from tests.storage_rows import activity, centre, service

Row = dict[str, Any]
IN_ONE, PLACES = 10, 15
DAYS, VISITS = 364, 8
BATCH = 5_000
"""So many bookings are written in one transaction, or those of one centre where it has more."""
RECTIFIED_WITHIN = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of all centres together; `seed` makes another year."""

    bookings: int = 200_000
    ratings: int = 200_000
    cases: int = 20_000
    seed: int = 1

    def of(self, number: int, among: int) -> "Size":
        """The share of one centre, so that all shares together are the whole."""

        def share(whole: int) -> int:
            return whole * (number + 1) // among - whole * number // among

        return Size(share(self.bookings), share(self.ratings), share(self.cases), self.seed)


YEAR = Size()


def _insert(table: str, columns: str) -> Query:
    names = columns.split()
    values = ", ".join(f":{name}" for name in names)
    return statement(f"year.{table}", f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})")


# In the order in which one needs the other.
TABLES: dict[str, Query] = {
    "family": _insert("family", "id turns created_at"),
    "conversation": _insert(
        "conversation", "id channel address version last_number state created_at seen_at family_id"
    ),
    "participant": _insert("participant", "id family_id kind alias created_at"),
    "session": _insert(
        "session",
        "id activity_id centre_id held_on last_on starts_at ends_at places capacity taken offered waiting"
        " last_in_line state is_provisional is_edited has_draw version",
    ),
    "meeting": _insert("meeting", "session_id starts_at ends_at"),
    "booking": _insert(
        "booking",
        "id code session_id family_id size state passed_over made_by made_at booked_at version",
    ),
    "place": _insert("place", "booking_id participant_id session_id is_active"),
    "attendance": _insert(
        "attendance", "booking_id participant_id starts_at arrived_at is_missed is_excused noted_by"
    ),
    "rating": _insert(
        "rating",
        "id receipt visit centre_id activity_id booking_id conversation_id level how is_verified rated_on"
        " made_at replaces is_current excluded_at excluded_by",
    ),
    "rating_flag": _insert("rating_flag", "rating_id flag"),
    "case_file": _insert(
        "case_file",
        "id code kind centre_id activity_id rating_id conversation_id tier owner state opened_at due_at"
        " asked_at closed_at version",
    ),
    "case_step": _insert("case_step", "case_id number who was became because made_at"),
}
ANALYZE = statement("year.analyze", "ANALYZE")


@dataclass
class Rows:
    """What waits to be written."""

    of: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, table: str, **values: Any) -> None:
        self.of[table].append(values)

    async def write(self, database: Database) -> None:
        """All of them in one transaction; then there is nothing left."""

        async def work(tx: Transaction) -> None:
            for name, query in TABLES.items():
                await tx.many(query, self.of[name])

        await database.write(work)
        for rows in self.of.values():
            rows.clear()


@dataclass(frozen=True, slots=True)
class Visited:
    """A place that was taken, and whether somebody came."""

    booking: str
    family: str
    ends_at: datetime
    came: bool


async def write_year(database: Database, until: datetime, size: Size = YEAR) -> None:
    """The year that ends at `until`, for the centres of the directory that are open. Raises LookupError for
    a directory without centres."""
    async with database.read() as tx:
        centres = [each for each in await directory.centres(tx) if each.status == "open"]
        activities = {each.centre_id: each.id for each in await directory.activities(tx)}
    if not activities:
        raise LookupError("there is nothing that one could have visited")
    rows, any_activity = Rows(), next(iter(activities.values()))
    for number, each in enumerate(centres):
        year = CentreYear(
            each.id, activities.get(each.id, any_activity), until, size.of(number, len(centres)), rows
        )
        before = (size.seed - YEAR.seed) * YEAR.cases
        year.happen(first_case=before + size.cases * number // len(centres))
        if len(rows.of["booking"]) >= BATCH:
            await rows.write(database)
    await rows.write(database)
    if database.engine == "postgresql":  # which does so by itself before long; SQLite never does
        await database.write(lambda tx: tx.run(ANALYZE))


class CentreYear:
    """What happens at one centre in a year."""

    def __init__(self, centre_id: str, activity_id: str, until: datetime, size: Size, rows: Rows) -> None:
        self._centre_id = centre_id
        # Years of other seeds stand beside the first.
        self._name = centre_id if size.seed == YEAR.seed else f"{centre_id}-{size.seed}-"
        self._activity_id = activity_id
        self._until = until
        self._size = size
        self._rows = rows
        self._chance = random.Random(f"{size.seed} {centre_id}")
        self._goodness = self._chance.uniform(0.55, 0.95)
        self._families = 0
        self._ratings = 0

    def happen(self, *, first_case: int) -> None:
        """Put the rows of the year beside the others."""
        self._found_families(max(2 * IN_ONE, self._size.bookings // VISITS))
        visited = [visit for visits in self._sessions() for visit in visits]
        bad = list(self._rated(visited))
        self._cases(bad, first_case)

    def _found_families(self, many: int) -> None:
        begins = self._until - timedelta(days=DAYS + 30)
        self._families = many
        for number in range(many):
            family = self._family(number)
            self._rows.add("family", id=family, turns=0, created_at=begins)
            self._rows.add(
                "conversation", id=family, channel="web", address=family, version=0, last_number=0,
                state="{}", created_at=begins, seen_at=begins, family_id=family,
            )  # fmt: skip
            self._rows.add(
                "participant", id=family, family_id=family, kind="child", alias="child", created_at=begins
            )

    def _family(self, number: int) -> str:
        return f"{self._name}f{number % self._families}"

    def _sessions(self) -> Iterator[list[Visited]]:
        """One after the other; a centre has one room."""
        chance, whole = self._chance, -(-self._size.bookings // IN_ONE)
        midnight = self._until.replace(hour=0, minute=0, second=0, microsecond=0)
        # Ten hours a day, none twice.
        hours = sorted(chance.sample(range(DAYS * 10), whole))
        for number, hour in enumerate(hours):
            starts = midnight - timedelta(days=DAYS - hour // 10) + timedelta(hours=9 + hour % 10)
            taken = min(IN_ONE, self._size.bookings - number * IN_ONE)
            yield self._session(number, starts, taken)

    def _session(self, number: int, starts: datetime, taken: int) -> list[Visited]:
        name, day = f"{self._name}s{number}", starts.date()
        ends = starts + timedelta(hours=1)
        self._rows.add(
            "session", id=name, activity_id=self._activity_id, centre_id=self._centre_id, held_on=day,
            last_on=day, starts_at=starts, ends_at=ends, places=PLACES, capacity=PLACES, taken=taken,
            offered=0, waiting=0, last_in_line=0, state="planned", is_provisional=False, is_edited=False,
            has_draw=False, version=0,
        )  # fmt: skip
        self._rows.add("meeting", session_id=name, starts_at=starts, ends_at=ends)
        return [self._visit(name, number * IN_ONE + each, starts, ends) for each in range(taken)]

    def _visit(self, session: str, number: int, starts: datetime, ends: datetime) -> Visited:
        booking, family = f"{self._name}b{number}", self._family(number)
        made = starts - timedelta(days=self._chance.randint(1, 14))
        self._rows.add(
            "booking", id=booking, code=booking, session_id=session, family_id=family, size=1,
            state="booked", passed_over=0, made_by="family", made_at=made, booked_at=made, version=0,
        )  # fmt: skip
        self._rows.add("place", booking_id=booking, participant_id=family, session_id=session, is_active=True)
        luck = self._chance.random()
        came, missed = luck < 0.85, 0.85 <= luck < 0.93
        if came or missed:
            self._rows.add(
                "attendance", booking_id=booking, participant_id=family, starts_at=starts,
                arrived_at=starts if came else None, is_missed=missed, is_excused=False, noted_by="year",
            )  # fmt: skip
        return Visited(booking, family, ends, came)

    def _rated(self, visited: Sequence[Visited]) -> Iterator[Row]:
        """The bad ones that count, the first first."""
        came = [each for each in visited if each.came]
        chosen = self._chance.sample(came, min(len(came), self._size.ratings * 4 // 5))
        for visit in sorted(chosen, key=lambda each: each.ends_at):
            first = self._rate(f"meeting {visit.booking}", visit, "attended")
            if self._chance.random() < 0.05 and self._ratings < self._size.ratings:
                first["is_current"] = False
                first = self._rate(f"meeting {visit.booking}", visit, "attended", replaces=first["id"])
            if first["level"] <= 2:
                yield first
        while self._ratings < self._size.ratings:
            last = self._chance.choice(visited)
            how = self._chance.choice(("door", "said"))
            self._rate(f"day {self._name} {self._ratings}", last, how)

    def _rate(self, name: str, visit: Visited, how: str, *, replaces: str | None = None) -> Row:
        key, chance = f"{self._name}r{self._ratings}", self._chance
        self._ratings += 1
        at = visit.ends_at + timedelta(hours=1 if replaces is None else 2)
        excluded = chance.random() < 0.005
        self._rows.add(
            "rating", id=key, receipt=key, visit=name, centre_id=self._centre_id,
            activity_id=self._activity_id, booking_id=visit.booking if how == "attended" else None,
            conversation_id=visit.family, level=self._level(), how=how, is_verified=how == "attended",
            rated_on=visit.ends_at.date(), made_at=at, replaces=replaces, is_current=True,
            excluded_at=at if excluded else None, excluded_by="S-0001" if excluded else None,
        )  # fmt: skip
        if chance.random() < 0.02:
            flag = chance.choice(("staff", "burst", "en_bloc", "device"))
            self._rows.add("rating_flag", rating_id=key, flag=flag)
        return self._rows.of["rating"][-1]

    def _level(self) -> int:
        if self._chance.random() < self._goodness:
            return self._chance.choice((4, 5, 5))
        return self._chance.choice((1, 2, 3, 3))

    def _cases(self, bad: Sequence[Row], first_number: int) -> None:
        for number in range(self._size.cases):
            rating = bad[number] if number < len(bad) else None
            back = timedelta(hours=self._chance.randrange(1, DAYS * 24))
            opened = rating["made_at"] if rating else self._until - back
            talk = rating["conversation_id"] if rating else self._family(number)
            self._case(f"G-{first_number + number + 1:04}", opened, talk, rating)

    def _case(self, code: str, opened: datetime, talk: str, rating: Row | None) -> None:
        steps: list[tuple[str, datetime, str, str | None]] = [("received", opened, "resident", "opened")]
        ends = opened + RECTIFIED_WITHIN
        asked = closed = None
        if ends < self._until and self._chance.random() < 0.97:
            asked = ends
            steps += [
                ("accepted", opened + timedelta(hours=4), "year", None),
                ("in_progress", opened + timedelta(days=1), "year", None),
                (self._chance.choice(("explained", "rectified")), ends, "year", None),
            ]
            last = ends + timedelta(days=7 if self._chance.random() < 0.3 else 1)
            if last < self._until:
                quiet = last - ends == timedelta(days=7)
                end = ("closed_provisionally", "linli", "silence") if quiet else ("closed", "resident", None)
                steps.append((end[0], last, end[1], end[2]))
                closed = last
        self._rows.add(
            "case_file", id=code, code=code, kind="rating" if rating else "complaint",
            centre_id=self._centre_id, activity_id=self._activity_id, rating_id=rating and rating["id"],
            conversation_id=talk, tier=1, owner=self._centre_id, state=steps[-1][0], opened_at=opened,
            due_at=opened + timedelta(days=7), asked_at=asked, closed_at=closed, version=len(steps) - 1,
        )  # fmt: skip
        was = ""
        for number, (became, at, who, because) in enumerate(steps, 1):
            self._rows.add(
                "case_step", case_id=code, number=number, who=who, was=was, became=became, because=because,
                made_at=at,
            )  # fmt: skip
            was = became


KINDS = ("community", "community", "community", "park")
SUBDISTRICTS = 8


async def write_directory(database: Database, centres: int, now: datetime) -> None:
    """So many open centres in eight subdistricts, each with a service and an activity: enough to count by,
    and nothing that residents could be told."""

    async def work(tx: Transaction) -> None:
        for first in range(0, centres, BATCH):
            numbers = range(first, min(first + BATCH, centres))
            await directory.put_centres(tx, [_centre(each) for each in numbers])
            await directory.put_services(tx, [_service(each) for each in numbers])
            await directory.put_activities(tx, [_activity(each, now.date()) for each in numbers])
        await directory.bump_version(tx, now)

    await database.write(work)


def _key(number: int) -> str:
    return f"C{number:05}"


def _centre(number: int) -> CentreRow:
    return centre(
        _key(number),
        position=number,
        name=f"第{number}邻里中心",
        subdistrict=f"第{number % SUBDISTRICTS}街道",
        kind=KINDS[number % len(KINDS)],
    )


def _service(number: int) -> ServiceRow:
    category = ("life", "culture", "medical")[number % 3]
    return service(f"{_key(number)}/理发", centre_id=_key(number), name="理发", category=category)


def _activity(number: int, today: date) -> ActivityRow:
    made = activity(f"{_key(number)}-01", centre_id=_key(number), position=1)
    return replace(made, starts_on=today - timedelta(days=DAYS), ends_on=today + timedelta(days=60))
