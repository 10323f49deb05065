"""Looks whether the ledger holds: the chain, what it commits to, and that nothing stands outside it."""

from dataclasses import dataclass

from handlers import ledger
from handlers.case_files import content_of as case_content
from handlers.ledger import BEGINNING, Content
from handlers.rating import content_of
from storage import case_files, ratings
from storage import ledger as rows
from storage.database import Database
from storage.ledger import Entry
from storage.transaction import Transaction

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Checked:
    """How many entries there are, the last hash, and what is wrong, in words."""

    entries: int
    last_hash: str
    faults: tuple[str, ...]


async def check(database: Database) -> Checked:
    """The whole ledger from its beginning, page by page, and the published roots beside it."""
    found, last, before = list[str](), 0, BEGINNING
    async with database.read() as tx:
        roots = {root.number: root for root in await rows.roots(tx, PAGE)}
        while page := await rows.entries(tx, last, PAGE):
            found += ledger.faults(page, last, before)
            for entry in page:
                root = roots.get(entry.number)
                if root and root.entry_hash != entry.entry_hash:
                    found.append(f"entry {entry.number} is not what was published for {root.day_on}")
                contents = await _contents(tx, entry)
                if not ledger.commits_to(entry, contents):
                    found.append(f"entry {entry.number}: {entry.kind} {entry.subject_id} was changed")
            last, before = page[-1].number, page[-1].entry_hash
        found += [f"rating {each} is not in the ledger" for each in await ratings.not_in_ledger(tx)]
    return Checked(last, before, tuple(found))


async def _contents(tx: Transaction, entry: Entry) -> list[Content]:
    """What stands in the database that the entry may commit to."""
    match entry.kind:
        case "rating":
            rating = await ratings.of_id(tx, entry.subject_id)
            return [content_of(rating)] if rating else []
        case "reason":
            return [(reason,) for reason in await ratings.reasons(tx, entry.subject_id)]
        case "words":
            said = await ratings.words(tx, entry.subject_id)
            return [(said,)] if said is not None else []
        case "step":
            steps = await case_files.steps(tx, entry.subject_id)
            return [case_content(step) for step in steps]
    return []
