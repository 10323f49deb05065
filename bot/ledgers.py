"""What `linli ledger` does: verify the chain, and look a receipt up in it."""

from argparse import Namespace

from bot.clock import Clock, system_clock
from bot.commands import say, tell
from bot.settings import Settings
from bot.wiring import open_linli
from handlers.ledger_check import check, note_check
from storage import ledger, ratings


async def verify(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """0 when the chain holds and nothing in the database differs from it. When it was verified, and what
    came of it, is noted for the desk's page of the ledger."""
    async with open_linli(settings, clock) as linli:
        checked = await check(linli.database)
        await linli.database.write(lambda tx: note_check(tx, checked, linli.clock()))
    for fault in checked.faults:
        tell(fault)
    holds = "does not hold" if checked.faults else "holds"
    say(f"the ledger {holds}: {checked.entries} entries, the last hash is {checked.last_hash}")
    return 1 if checked.faults else 0


async def receipt(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """The entries of a rating by its receipt."""
    async with open_linli(settings, clock) as linli, linli.database.read() as tx:
        rating = await ratings.of_receipt(tx, given.receipt.strip().upper())
        entries = await ledger.of_subject(tx, rating.id) if rating else []
        flags = await ratings.flags(tx, rating.id) if rating else ()
    if rating is None:
        tell(f"no rating has the receipt {given.receipt}")
        return 2
    say(f"{rating.receipt}: {rating.level} of 5 for {rating.centre_id} on {rating.rated_on}")
    if flags:
        say(f"it counts less, since it was flagged: {', '.join(flags)}")
    for entry in entries:
        say(f"entry {entry.number}: {entry.kind}, {entry.entry_hash}")
    return 0
