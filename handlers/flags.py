"""Flags ratings that came in a burst or all at once, every few minutes, by handlers/suspicion.py."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers import suspicion as rules
from handlers.suspicion import RULES, Given
from messages.calendar import SHANGHAI
from storage import ratings, suspicion
from storage.database import Database
from storage.transaction import Transaction

BURST, EN_BLOC = "burst", "en_bloc"
# Whatever a day's burst can reach, and a day more for a job that did not run.
LOOK_BACK = timedelta(days=2)


async def flag_suspicious(database: Database, now: datetime) -> int:
    """How many flags are new."""
    since = now.astimezone(SHANGHAI) - LOOK_BACK
    async with database.read() as tx:
        found = {BURST: await _bursts(tx, since), EN_BLOC: await _en_bloc(tx, since)}
        new = {
            flag: ids - await suspicion.flagged_since(tx, flag, since) if ids else ids
            for flag, ids in found.items()
        }
    if any(new.values()):
        await database.write(lambda tx: _flag(tx, new))
    return sum(map(len, new.values()))


async def _flag(tx: Transaction, new: Mapping[str, frozenset[str]]) -> None:
    for flag, ids in new.items():
        for rating_id in sorted(ids):
            await ratings.flag(tx, rating_id, (flag,))


async def _bursts(tx: Transaction, since: datetime) -> frozenset[str]:
    of_centre: dict[str, list[Given]] = defaultdict(list)
    for each in await suspicion.not_verified_since(tx, since):
        of_centre[each.centre_id].append(Given(each.id, each.id, each.made_at))
    until = since.date()
    first = until - timedelta(days=RULES.usual_days)
    found: set[str] = set()
    for centre_id, given in of_centre.items():
        if len(given) <= RULES.least_hour:
            continue
        before = await suspicion.usual(tx, centre_id, first, until)
        days = (until - before.first_on).days if before.first_on else 0
        found |= rules.in_a_burst(given, rules.usual_of(before.ratings, days))
    return frozenset(found)


async def _en_bloc(tx: Transaction, since: datetime) -> frozenset[str]:
    meetings: dict[object, list[tuple[str, timedelta]]] = defaultdict(list)
    for each in await suspicion.after_visits_since(tx, since):
        if each.arrived_at:
            meetings[each.session_id, each.rated_on].append((each.id, each.made_at - each.arrived_at))
    return frozenset().union(*(rules.en_bloc(waits) for waits in meetings.values()))
