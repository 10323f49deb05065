"""What the ledger holds of a rating, for whoever has its receipt: no words, and nothing of who wrote them."""

from dataclasses import dataclass

from handlers import ledger
from handlers.asks import Ask, Dialogue
from handlers.ledger import BEGINNING, SHORT
from handlers.ledger_check import PAGE, fault_of
from handlers.rating import HUMAN, MINE, visited_of
from handlers.world import Outcome, Scene, World
from messages.views_rating import LedgerLine, NoReceipt, ReceiptShown
from storage import ledger as rows
from storage import ratings
from storage.ledger import Entry, Root
from storage.transaction import Transaction


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The rating and its entries, and whether the chain holds from each to the root of its day."""
    code, choices = ask.said or "", (MINE, HUMAN)
    rating = await ratings.of_receipt(scene.tx, code)
    if rating is None:
        return Outcome(NoReceipt(code, world.policy.help_line, choices), dialogue.settled)
    held = await held_of(scene.tx, rating.id)
    last = held.root
    view = ReceiptShown(
        receipt=rating.receipt,
        visited=visited_of(rating, world),
        level=rating.level,
        is_verified=rating.is_verified,
        is_current=rating.is_current,
        entries=held.lines,
        holds=held.holds,
        day=last.day_on if last else None,
        root_number=last.number if last else 0,
        root_hash=last.entry_hash[:SHORT] if last else "",
        help_line=world.policy.help_line,
        choices=choices,
    )
    return Outcome(view, dialogue.settled)


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds of a rating: its entries, whether the chain holds from each to the root of its
    day, and that root, None as long as the day is not over."""

    lines: tuple[LedgerLine, ...]
    holds: bool
    root: Root | None


async def held_of(tx: Transaction, rating_id: str) -> Held:
    entries = await rows.of_subject(tx, rating_id)
    lines = tuple(LedgerLine(each.number, each.kind, each.entry_hash[:SHORT]) for each in entries)
    root = await _root_of(tx, entries[-1]) if entries else None
    return Held(lines, bool(entries) and await _holds(tx, entries), root)


async def _holds(tx: Transaction, entries: list[Entry]) -> bool:
    """Whether each entry is about what stands in the database, and nothing behind it was touched."""
    looked_at = 0
    for entry in entries:
        if await fault_of(tx, entry):
            return False
        if entry.number > looked_at:
            root = await _root_of(tx, entry)
            if not await _leads_to(tx, entry, root):
                return False
            looked_at = root.number if root else entries[-1].number
    return True


async def _root_of(tx: Transaction, entry: Entry) -> Root | None:
    """The first published hash behind an entry; None as long as its day is not over."""
    return await rows.root_behind(tx, entry.number)


async def _leads_to(tx: Transaction, entry: Entry, root: Root | None) -> bool:
    """Whether the chain holds from an entry to the root of its day, or to its end when there is none yet."""
    last = entry.number - 1
    before = await rows.hash_of(tx, last) if last else BEGINNING
    while before is not None and (root is None or last < root.number):
        most = PAGE if root is None else min(PAGE, root.number - last)
        page = await rows.entries(tx, last, most)
        if ledger.faults(page, last, before):
            return False
        if not page:
            return root is None
        last, before = page[-1].number, page[-1].entry_hash
    return before is not None and (root is None or before == root.entry_hash)
