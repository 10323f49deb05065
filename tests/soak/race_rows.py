"""The race's own statements: what a schedule begins with, and what is looked at when it is over."""

from collections.abc import Iterable
from typing import Any

from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.soak.race_plan import BEGINS, DAY, FAMILIES, SESSIONS, SIZE, Schedule, ends_at, key_of, starts_at

FAMILY = statement("race.family", "INSERT INTO family (id, turns, created_at) VALUES (:id, 0, :begins_at)")
PARTICIPANT = statement(
    "race.participant",
    """
    INSERT INTO participant (id, family_id, kind, alias, created_at)
    VALUES (:id, :family_id, 'child', :alias, :begins_at)
    """,
)
SESSION = statement(
    "race.session",
    """
    INSERT INTO session (
        id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
        waiting, last_in_line, state, is_provisional, is_edited, has_draw, version
    ) VALUES (
        :id, 'FZ-A1', 'FZ-01', :held_on, :held_on, :starts_at, :ends_at, :places, :places, :taken, 0,
        :waiting, :waiting, 'planned', FALSE, FALSE, FALSE, 0
    )
    """,
)
MEETING = statement(
    "race.meeting",
    "INSERT INTO meeting (session_id, starts_at, ends_at) VALUES (:session_id, :starts_at, :ends_at)",
)
BOOKING = statement(
    "race.booking",
    """
    INSERT INTO booking (
        id, code, session_id, family_id, size, state, in_line, passed_over, made_by, made_at, booked_at,
        version
    ) VALUES (
        :id, CAST(:id AS TEXT), :session_id, :family_id, :size, :state, :in_line, 0, 'family', :begins_at,
        :booked_at, 0
    )
    """,
)
PLACE = statement(
    "race.place",
    """
    INSERT INTO place (booking_id, participant_id, session_id, is_active)
    VALUES (:booking_id, :participant_id, :session_id, TRUE)
    """,
)

SESSIONS_NOW = statement(
    "race.sessions_now",
    """
    SELECT
        s.id, s.places, s.capacity, s.taken, s.offered, s.waiting, s.state, s.is_edited, m.starts_at,
        m.ends_at
    FROM session AS s INNER JOIN meeting AS m ON m.session_id = s.id
    WHERE s.id >= :first AND s.id < :last
    ORDER BY s.id
    """,
)
BOOKINGS_NOW = statement(
    "race.bookings_now",
    """
    SELECT id, session_id, family_id, size, state, ended, in_line, passed_over, offered_at
    FROM booking
    WHERE id >= :first AND id < :last
    ORDER BY id
    """,
)
PLACES_NOW = statement(
    "race.places_now",
    """
    SELECT booking_id, participant_id, session_id, is_active
    FROM place
    WHERE booking_id >= :first AND booking_id < :last
    ORDER BY booking_id, participant_id
    """,
)


async def begin(database: Database, schedules: Iterable[Schedule]) -> None:
    """Everything that the schedules stand on, in one transaction."""
    drawn = list(schedules)

    async def work(tx: Transaction) -> None:
        families = [each.key + family for each in drawn for family in FAMILIES]
        await tx.many(FAMILY, ({"id": family, "begins_at": BEGINS} for family in families))
        await tx.many(
            PARTICIPANT,
            (
                {"id": f"{family}{n}", "family_id": family, "alias": str(n), "begins_at": BEGINS}
                for family in families
                for n in range(1, SIZE + 1)
            ),
        )
        await tx.many(SESSION, (_session(each, name) for each in drawn for name in SESSIONS))
        await tx.many(MEETING, (_meeting(each, name) for each in drawn for name in SESSIONS))
        await tx.many(BOOKING, (row for each in drawn for row in _bookings(each)))
        await tx.many(PLACE, (row for each in drawn for row in _places(each)))

    await database.write(work)


def _session(drawn: Schedule, name: str) -> dict[str, Any]:
    here = drawn.before if name == "s" else ()
    return {
        "id": drawn.key + name,
        "held_on": DAY.date(),
        "starts_at": starts_at(name),
        "ends_at": ends_at(name),
        "places": drawn.places[name],
        "taken": sum(len(each.people) for each in here if each.state == "booked"),
        "waiting": sum(each.state == "waiting" for each in here),
    }


def _meeting(drawn: Schedule, name: str) -> dict[str, Any]:
    return {"session_id": drawn.key + name, "starts_at": starts_at(name), "ends_at": ends_at(name)}


def _bookings(drawn: Schedule) -> Iterable[dict[str, Any]]:
    for each in drawn.before:
        is_in = each.state == "booked"
        yield {
            "id": each.id,
            "session_id": f"{drawn.key}s",
            "family_id": each.family,
            "size": len(each.people),
            "state": each.state,
            "in_line": None if is_in else 1,
            "begins_at": BEGINS,
            "booked_at": BEGINS if is_in else None,
        }


def _places(drawn: Schedule) -> Iterable[dict[str, Any]]:
    for each in drawn.before:
        for who in each.people:
            yield {"booking_id": each.id, "participant_id": who, "session_id": f"{drawn.key}s"}


async def found(
    database: Database, first: int, many: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Sessions, bookings and places of these schedules, as they are at one moment."""
    between = {"first": key_of(first), "last": key_of(first + many)}
    async with database.read() as tx:
        return (
            await tx.rows(SESSIONS_NOW, between),
            await tx.rows(BOOKINGS_NOW, between),
            await tx.rows(PLACES_NOW, between),
        )
