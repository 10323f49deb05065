"""Seals names for one centre and term, reads them for staff of that centre, and forgets them in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.periods import Period
from handlers.safe import KeyName, Keys
from storage import children
from storage.children import SealedName
from storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """A centre and one of its terms: what a name is sealed for. `expires_on` is the last day on which it
    can be read."""

    centre_id: str
    period: Period
    expires_on: date

    @property
    def key(self) -> KeyName:
        return KeyName(self.centre_id, self.period.id)


def place_of(centre_id: str, period: Period, days: int) -> Place:
    """`days` is how long after the end of its term a name can be read."""
    return Place(centre_id, period, period.ends_on + timedelta(days=days))


async def seal(
    tx: Transaction,
    keys: Keys,
    place: Place,
    *,
    name_id: str,
    participant_id: str,
    text: str,
    now: datetime,
    relation: str | None = None,
) -> SealedName:
    """Keep a name; the caller looked whether it was agreed to. `relation`: of an adult who fetches the child.

    Raises KeyLost, and nothing is kept, when the key of this centre and term was there and is not any more.
    """
    if await children.need_key(tx, place.centre_id, place.period.id, now, place.expires_on):
        keys.make(place.key)
    unsealed = SealedName(
        id=name_id,
        participant_id=participant_id,
        centre_id=place.centre_id,
        term=place.period.id,
        purpose="pick_up" if relation else "roster",
        relation=relation,
        sealed=b"",
        sealed_at=now,
        expires_on=place.expires_on,
    )
    closed = keys.seal(place.key, text, unsealed.about)
    sealed = SealedName(
        name_id, participant_id, place.centre_id, place.period.id, unsealed.purpose, relation, closed, now,
        place.expires_on,
    )  # fmt: skip
    await children.put_name(tx, sealed)
    return sealed


def read(keys: Keys, name: SealedName) -> str:
    """Raises KeyLost, which names no name."""
    return keys.opened(KeyName(name.centre_id, name.term), name.sealed, name.about)


async def forget_expired(database: Database, keys: Keys, now: datetime) -> int:
    """Destroy the keys of terms that are over long enough, then what they had sealed: how many names."""
    async with database.read() as tx:
        expired = await children.expired_keys(tx, now.date())
    forgotten = 0
    for key in expired:
        keys.destroy(KeyName(key.centre_id, key.term))  # first: from here on nobody reads them

        async def work(tx: Transaction, key: children.NameKey = key) -> int:
            return await children.forget_key(tx, key, now)

        forgotten += await database.write(work)
    return forgotten


async def lost_keys(database: Database, keys: Keys) -> list[str]:
    """What is wrong with the keys that this database needs, in words for its operator."""
    async with database.read() as tx:
        needed = await children.keys(tx)
    return list(_missing(keys, needed))


def _missing(keys: Keys, needed: Iterable[children.NameKey]) -> Iterable[str]:
    for key in needed:
        if not keys.has(KeyName(key.centre_id, key.term)):
            yield (
                f"the key of centre {key.centre_id}, term {key.term}, is not in LINLI_KEYS_DIR: its names "
                "can't be read until you bring it back from your copies of the keys"
            )
