"""The round of the cases: reminders, urging, one tier up, asking for verdicts, closing in silence; and whom
of these the district calls."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from handlers import case_clock, case_moves
from handlers.case_clock import next_act
from handlers.case_news import Clerk
from handlers.safe import Addresses
from handlers.world import World
from storage import case_files as files
from storage.case_files import CaseFile, Step
from storage.database import Database
from storage.transaction import Transaction

# What one round does with one case; what is left is done in the next.
MOST_ACTS = 4

Act = Callable[[Transaction, CaseFile, Clerk], Awaitable[CaseFile | None]]

ACTS: dict[str, Act] = {
    case_clock.REJUDGED: case_moves.rejudge,
    case_clock.REMINDED: lambda tx, case, clerk: case_moves.urge(tx, case, case_clock.REMINDED, clerk),
    case_clock.URGED: lambda tx, case, clerk: case_moves.urge(tx, case, case_clock.URGED, clerk),
    case_clock.ESCALATED: case_moves.escalate,
    case_clock.WITHDRAWN: case_moves.hand_over,
    case_clock.ASKED_AGAIN: case_moves.ask_again,
    "close": case_moves.close_quietly,
}


async def watch(
    database: Database,
    world: World,
    new_id: Callable[[], UUID],
    addresses: Addresses | None = None,
    *,
    acts: Mapping[str, Act] = ACTS,
) -> int:
    """One round: how many steps were made. What is due is looked for first, and judged again when done.
    `addresses` makes those of photos."""
    async with database.read() as tx:
        cases = await files.open_ones(tx)
        steps = await files.steps_of_open(tx) if cases else {}
    due = [each for each in cases if next_of(each, steps[each.id], world)]
    clerk = Clerk(world, new_id, addresses=addresses)
    return sum([await database.write(partial(_act, each.id, clerk, acts)) for each in due])


def next_of(case: CaseFile, steps: Sequence[Step], world: World) -> str | None:
    """What Linli has to do with a case at the time of the world; see `case_clock.next_act`."""
    directory, terms = world.directory, world.policy.cases
    is_listed = case.centre_id in directory.centres
    return next_act(case, steps, terms, directory.calendar, world.now, is_listed=is_listed)


async def _act(case_id: str, clerk: Clerk, acts: Mapping[str, Act], tx: Transaction) -> int:
    made, world = 0, clerk.world
    for _ in range(MOST_ACTS):
        case = await files.of_id(tx, case_id)
        steps = await files.steps(tx, case_id)
        act = next_of(case, steps, world) if case else None
        if case is None or act is None or not await acts[act](tx, case, clerk):
            break
        made += 1
    return made


def is_in_sample(case_id: str, percent: int) -> bool:
    """Whether the district calls about this case: decided by its id alone, so that nobody picks."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:8]) % 100 < percent
