"""The ledger of ratings and cases: how long it is, what was published of it, who looked at it last, and what
it holds of a receipt. Nothing of who rated, whom, or how stands here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from handlers.desk_site import Area
from handlers.ledger_check import Noted, last_check
from handlers.receipts import Held, held_of
from messages.understand.normalise import clean
from storage import ledger, ratings
from storage.ledger import Root

ROOTS, LONGEST = 14, 8
# The root of a day is published soon after midnight.
PUBLISHED_WITHIN = timedelta(days=2)
NO_PART = re.compile("[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Ledger:
    """`roots` of the last days, the newest first; `checked` None where nobody has verified it yet. `held` is
    what stands there of the `receipt` that was asked for, None of one that nobody has. `is_late`: the last
    root is older than it should be."""

    entries: int
    roots: tuple[Root, ...]
    checked: Noted | None
    receipt: str
    held: Held | None
    is_late: bool


async def show(area: Area, asked: Mapping[str, str]) -> Ledger:
    tx = area.scene.tx
    receipt = receipt_in(asked.get("receipt", ""))
    rating = await ratings.of_receipt(tx, receipt) if receipt else None
    roots = await ledger.roots(tx, ROOTS)
    return Ledger(
        await ledger.length(tx),
        tuple(roots),
        await last_check(tx),
        receipt,
        await held_of(tx, rating.id) if rating else None,
        bool(roots) and area.world.now.date() - roots[0].day_on > PUBLISHED_WITHIN,
    )


def receipt_in(said: str) -> str:
    """A receipt as it is written, however it was typed."""
    typed = NO_PART.sub("", clean(said).upper())[:LONGEST]
    return f"{typed[:4]}-{typed[4:]}" if typed else ""
