"""From which device a rating came: a keyed hash for the rest of the month, then nothing.

The key is a file of its own for each month (`bot/keys.py`); when it is destroyed nobody can tell any more
whether a hash belongs to an address. Each centre has hashes of its own. A key that cannot be had keeps
nobody from rating.
"""

from datetime import datetime, timedelta

from handlers.safe import KeyName, Keys
from handlers.suspicion import RULES, Given, from_one_device
from messages.calendar import SHANGHAI
from storage import ratings, suspicion
from storage.database import Database
from storage.ratings import Rating
from storage.transaction import Transaction

DEVICE = "device"
# However many come from a device, the last ones tell; those before them were looked at when they came.
LOOKED_AT = 50
# Keys of so many months are looked for, should a job not have run for long.
MONTHS = 12


async def leave(tx: Transaction, rating: Rating, origin: str | None, keys: Keys) -> None:
    """Note where a rating came from, and flag what one device gave too much of. `origin` is what the
    connection tells of the device; None where it tells nothing."""
    month = f"{rating.made_at.astimezone(SHANGHAI):%Y-%m}"
    trace = keys.trace(_key_of(month), (rating.centre_id, origin)) if origin else None
    if trace is None:
        return
    await suspicion.leave_trace(tx, rating.id, month, trace)
    found = await suspicion.of_trace(tx, trace, rating.made_at - RULES.device_within, LOOKED_AT)
    too_many = from_one_device([Given(each.id, each.who, each.made_at) for each in found])
    for each in found:
        if each.id in too_many and not each.is_flagged:
            await ratings.flag(tx, each.id, (DEVICE,))


async def forget(database: Database, keys: Keys, now: datetime) -> int:
    """The keys and the hashes of the months before this one; how many hashes there were."""
    today = now.astimezone(SHANGHAI)
    day = today.replace(day=1)
    for _ in range(MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        keys.destroy(_key_of(f"{day:%Y-%m}"))
    return await database.write(lambda tx: suspicion.forget_traces(tx, f"{today:%Y-%m}"))


def _key_of(month: str) -> KeyName:
    """No centre has an empty id, so no key of names is meant."""
    return KeyName("", f"{DEVICE} {month}")
