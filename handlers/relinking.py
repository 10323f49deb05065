"""Staff bring a resident's conversation to another device, with the resident beside them."""

from dataclasses import dataclass
from datetime import datetime

from handlers.devices import addresses_of
from handlers.keeping import say_moved
from storage import conversations, recovery
from storage.database import Database, Transaction


class RelinkError(ValueError):
    """A conversation cannot be moved so; the text says why, in the codes that were given."""


@dataclass(frozen=True, slots=True)
class Move:
    """What was ordered: the codes of both devices, who does it and why."""

    from_code: str
    to_code: str
    by: str
    because: str | None = None
    replaces: bool = False


async def relink(
    database: Database, channel: str, move: Move, *, relink_id: str, line_id: str, now: datetime
) -> None:
    """Move the conversation and write down who did it; the resident reads of it there.

    `channel` is the one whose devices show codes; `relink_id` and `line_id` are new ids. Raises
    RelinkError, with nothing changed, for a code that no device has, twice the same device, a device
    without a conversation, and a target that has one unless `replaces`: then that one is set aside.
    """
    if not move.by.strip():
        raise RelinkError("say who does this: --by NAME")

    async def work(tx: Transaction) -> None:
        source = await _address(tx, channel, move.from_code)
        target = await _address(tx, channel, move.to_code)
        if source == target:
            raise RelinkError(f"{move.from_code} and {move.to_code} are the same device")
        found = await conversations.find(tx, channel, source)
        if found is None:
            raise RelinkError(f"the device {move.from_code} has no conversation")
        if await conversations.find(tx, channel, target) and not move.replaces:
            raise RelinkError(
                f"the device {move.to_code} has a conversation of its own; with --replace it is set aside, "
                "and the resident will not see it any more"
            )
        moved = await recovery.move(tx, found.id, channel, target)
        await say_moved(tx, moved, line_id, now, by_staff=True)
        row = recovery.Relink(relink_id, found.id, source, target, move.by.strip(), move.because, now)
        await recovery.note_relink(tx, row)

    await database.write(work)


async def _address(tx: Transaction, channel: str, code: str) -> str:
    between = addresses_of(code)
    if between is None:
        raise RelinkError(f"{code} is no device code: it has ten digits, such as 482-109-3755")
    addresses = await recovery.addresses_between(tx, channel, *between)
    match addresses:
        case [address]:
            return address
        case []:
            raise RelinkError(
                f'no device has shown the code {code}: open "More", "Help with another device" on it and '
                "read it again"
            )
        case _:
            raise RelinkError(f'two devices have the code {code}: choose "Leave" on one to give it another')
