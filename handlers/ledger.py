"""The ledger in which nobody can lose or change a rating or a step of a case without it being noticed.

An entry's commitment is the SHA-256 of a random salt and its content; its hash is the SHA-256 of its number,
its kind, what it is about, the time, the commitment and the hash before. Whoever keeps a day's last hash can
tell later whether anything before it was touched. To erase somebody's words their salt is destroyed: the
chain holds, and nobody can find out what was committed to. All lines are UTF-8 and end with a line feed.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from storage import ledger
from storage.ledger import Entry
from storage.transaction import Transaction

BEGINNING = "0" * 64
SALT_BYTES = 16
Content = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a resident keeps: the entry's number and the first letters of its hash."""

    number: int
    short_hash: str


SHORT = 12


def commitment_of(salt: str, content: Sequence[str]) -> str:
    """What is committed to: each part on a line with its length, so that no two contents are alike."""
    lines = [salt, *(f"{len(part)} {part}" for part in content)]
    return _hash_of(lines)


def hash_of(entry: Entry, before: str) -> str:
    """The hash that `entry` has to have behind an entry with the hash `before`."""
    at = entry.made_at.astimezone(UTC).isoformat(timespec="microseconds")
    return _hash_of([str(entry.number), entry.kind, entry.subject_id, at, entry.commitment, before])


def _hash_of(lines: Iterable[str]) -> str:
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


async def append(tx: Transaction, kind: str, subject_id: str, content: Content, now: datetime) -> Proof:
    """Write an entry down at the end of the chain. `kind` is one of the table's; the content stays out."""
    number = await ledger.next_number(tx)
    before = await ledger.hash_of(tx, number - 1) if number > 1 else BEGINNING
    if before is None:
        raise LookupError(f"entry {number - 1} of the ledger is missing")
    salt = secrets.token_hex(SALT_BYTES)
    entry = Entry(number, kind, subject_id, commitment_of(salt, content), "", now, salt)
    sealed = Entry(number, kind, subject_id, entry.commitment, hash_of(entry, before), now, salt)
    await ledger.add(tx, sealed)
    return Proof(number, sealed.entry_hash[:SHORT])


def of_photo(content: bytes) -> Content:
    """What the ledger commits to of a photo, in an entry of the kind 'words' about its id."""
    return (sha256(content).hexdigest(),)


def faults(entries: Iterable[Entry], last: int = 0, before: str = BEGINNING) -> list[str]:
    """What is wrong with the chain behind entry `last`, whose hash is `before`; empty when it holds."""
    found = []
    for entry in entries:
        if entry.number != last + 1:
            found.append(f"entries {last + 1} to {entry.number - 1} are missing")
        if hash_of(entry, before) != entry.entry_hash:
            found.append(f"entry {entry.number} was changed, or the one before it")
        last, before = entry.number, entry.entry_hash
    return found


def commits_to(entry: Entry, contents: Iterable[Content]) -> bool:
    """Whether one of these is what the entry commits to; nobody can tell once its salt is destroyed."""
    return entry.salt is None or any(commitment_of(entry.salt, each) == entry.commitment for each in contents)
