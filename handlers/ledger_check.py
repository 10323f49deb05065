"""Looks whether the ledger holds: the chain, what it commits to, and that nothing stands outside it."""

from dataclasses import dataclass
from datetime import datetime

from handlers import ledger
from handlers.case_files import content_of as case_content
from handlers.ledger import BEGINNING, Content
from handlers.rating import content_of
from storage import case_files, jobs, photos, ratings
from storage import ledger as rows
from storage.database import Database
from storage.ledger import Entry
from storage.photos import KeptPhoto
from storage.ratings import Rating
from storage.transaction import Transaction

PAGE = 1_000
EVERY_DAY = 36_600
CHECKED = "ledger-verify"


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
        roots = {root.number: root for root in await rows.roots(tx, EVERY_DAY)}
        while page := await rows.entries(tx, last, PAGE):
            found += ledger.faults(page, last, before)
            for entry in page:
                root = roots.get(entry.number)
                if root and root.entry_hash != entry.entry_hash:
                    found.append(f"entry {entry.number} is not what was published for {root.day_on}")
                if why := await fault_of(tx, entry):
                    found.append(f"entry {entry.number}: {entry.kind} {entry.subject_id} {why}")
            last, before = page[-1].number, page[-1].entry_hash
        found += [f"rating {each} is not in the ledger" for each in await ratings.not_in_ledger(tx)]
        found += [f"photo {each} is not in the ledger" for each in await photos.not_in_ledger(tx)]
        found += [
            f"steps of case {each} are not in the ledger" for each in await case_files.not_in_ledger(tx)
        ]
    return Checked(last, before, tuple(found))


@dataclass(frozen=True, slots=True)
class Noted:
    """When somebody looked last at so many entries, and how many faults there were."""

    at: datetime
    entries: int
    faults: int


async def note_check(tx: Transaction, checked: Checked, now: datetime) -> None:
    """Among the last runs of jobs, although no clock runs this one: it takes as long as the ledger is."""
    await jobs.note_run(tx, CHECKED, now, f"{checked.entries} {len(checked.faults)}")


async def last_check(tx: Transaction) -> Noted | None:
    run = next((each for each in await jobs.last_runs(tx) if each.job == CHECKED), None)
    if run is None:
        return None
    entries, faults = map(int, run.outcome.split())
    return Noted(run.ran_at, entries, faults)


async def fault_of(tx: Transaction, entry: Entry) -> str | None:
    """What is wrong with what an entry is about. A salt is destroyed when its resident is erased, and so is
    the link to their conversation: one without the other was somebody's doing."""
    if entry.kind == "words" and (photo := await photos.of_id(tx, entry.subject_id)):
        return await _fault_of_photo(tx, entry, photo)
    if entry.kind == "step":
        case = await case_files.of_id(tx, entry.subject_id)
        if case is None:
            return "is missing"
        contents = [case_content(step) for step in await case_files.steps(tx, case.id)]
        owner = case.conversation_id
    else:
        rating = await ratings.of_id(tx, entry.subject_id)
        if rating is None:
            return "is missing"
        contents, owner = await _contents(tx, entry.kind, rating), rating.conversation_id
    if entry.salt is None:
        return "lost its salt, and nobody was erased" if owner else None
    return None if ledger.commits_to(entry, contents) else "was changed"


async def _fault_of_photo(tx: Transaction, entry: Entry, photo: KeptPhoto) -> str | None:
    """A photo that is gone has lost its salt as well; one that is there is what was committed to."""
    content = await photos.content(tx, photo.id)
    if (content is None) is not (entry.salt is None):
        return "is gone and its salt is not" if content is None else "lost its salt, and is still there"
    return None if content is None or ledger.commits_to(entry, [ledger.of_photo(content)]) else "was changed"


async def _contents(tx: Transaction, kind: str, rating: Rating) -> list[Content]:
    """What stands in the database that an entry about a rating may commit to."""
    if kind == "reason":
        return [(reason,) for reason in await ratings.reasons(tx, rating.id)]
    if kind == "words":
        said = await ratings.words(tx, rating.id)
        return [] if said is None else [(said,)]
    return [content_of(rating)]
