"""Puts before the rules of booking what they judge by: the session with its draw, and who takes part."""

from collections.abc import Sequence

from handlers.may_book import Case, No, may_book
from handlers.participants import Person
from handlers.world import World
from messages.booking_rules import read_rules
from messages.directory import Activity
from storage import lotteries
from storage.sessions import Session
from storage.transaction import Transaction


async def judged(
    tx: Transaction, activity: Activity, sessions: Sequence[Session], people: Sequence[Person], world: World
) -> list[tuple[Session, No | None]]:
    """Each of the activity's sessions with the first rule that says no."""
    rules = read_rules(activity)
    found = []
    for session in sessions:
        lottery = await lotteries.of_session(tx, session.id) if session.has_draw else None
        found.append((session, may_book(Case(rules, session, people, world.now, lottery))))
    return found
