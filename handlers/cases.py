"""Puts before the rules of booking what they judge by: session, draw, people, misses."""

from collections.abc import Sequence

from handlers.may_book import Case, No, may_book
from handlers.misses import pauses_of
from handlers.participants import Person
from handlers.world import World
from messages.booking_rules import read_rules
from messages.directory import Activity
from storage import lotteries
from storage.sessions import Session
from storage.transaction import Transaction


async def judged(
    tx: Transaction,
    activity: Activity,
    sessions: Sequence[Session],
    people: Sequence[Person],
    world: World,
    *,
    is_exchange: bool = False,
) -> list[tuple[Session, No | None]]:
    """Each of the activity's sessions with the first rule that says no. A pause keeps nobody from exchanging
    one date for another: what they have is not taken away."""
    pauses = {} if is_exchange else await pauses_of(tx, people, world)
    found = []
    for session in sessions:
        lottery = await lotteries.of_session(tx, session.id) if session.has_draw else None
        rules = read_rules(world.directory.as_on(activity, session.held_on))
        found.append((session, may_book(Case(rules, session, people, world.now, lottery, pauses))))
    return found
