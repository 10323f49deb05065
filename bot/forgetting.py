"""Jobs that forget: what was erased, what is old, and the names of terms that are over."""

from datetime import datetime, timedelta

from bot.ids import new_id
from bot.linli import Linli
from handlers import call_list, sealing, sign_in, traces
from handlers.desk_people import stand_down_all
from handlers.photos import KEPT_ALONE
from storage import erasing, handover, photos, sign_ins, uploads


async def scrub(linli: Linli, now: datetime) -> str:
    """What was erased must not stand in the database's files either; a reader may be in the way for now."""
    async with linli.database.read() as tx:
        receipts = await erasing.not_scrubbed(tx)
    if not receipts:
        return "nothing to scrub"
    if not await linli.database.scrub():
        return "a reader was in the way"
    await linli.database.write(lambda tx: erasing.mark_scrubbed(tx, receipts, now))
    return f"scrubbed after {len(receipts)} erasures"


async def empty_bodies(linli: Linli, now: datetime) -> str:
    """What was said and answered long ago is emptied; that it was, and when, stays."""
    before = now - timedelta(days=linli.settings.bodies_days)
    emptied = await erasing.empty_old(linli.database, before)
    await linli.database.scrub()
    return f"emptied {emptied}"


async def forget_calls(linli: Linli, now: datetime) -> str:
    """Whom to call about sessions that are over."""
    await call_list.forget(linli.database, now)
    return "forgotten"


async def forget_sign_ins(linli: Linli, now: datetime) -> str:
    """Where staff were signed in, weeks ago."""
    ended_before = now - sign_in.KEPT
    await linli.database.write(lambda tx: sign_ins.forget(tx, ended_before=ended_before, now=now))
    return "forgotten"


async def forget_uploads(linli: Linli, now: datetime) -> str:
    """Files that were handed in at the desk and not said yes to in time."""
    return f"forgotten {await linli.database.write(lambda tx: uploads.forget(tx, now))}"


async def end_deputies(linli: Linli, now: datetime) -> str:
    """Who stood in for a manager is staff again after the last day, and hears so."""
    world = linli.world(now)
    return f"ended {await linli.database.write(lambda tx: stand_down_all(tx, world, new_id))}"


async def forget_names(linli: Linli, now: datetime) -> str:
    """The keys of terms that are over are destroyed, and with them all names they had sealed."""
    forgotten = await sealing.forget_expired(linli.database, linli.safe.keys, now)
    codes = await linli.database.write(lambda tx: handover.forget_codes(tx, now))
    await linli.database.scrub()
    return f"forgot {forgotten} names and {codes} codes"


async def forget_devices(linli: Linli, now: datetime) -> str:
    """From which devices ratings came in the months before: the keys of the hashes, and the hashes."""
    forgotten = await traces.forget(linli.database, linli.safe.keys, now)
    await linli.database.scrub()
    return f"forgot {forgotten} traces"


async def forget_photos(linli: Linli, now: datetime) -> str:
    """Photos of cases that have been closed for long enough, and old ones of ratings without a case."""
    closed, made = now - timedelta(days=linli.settings.photo_days), now - KEPT_ALONE
    forgotten = await linli.database.write(
        lambda tx: photos.expire(tx, closed_before_at=closed, made_before_at=made)
    )
    if forgotten:
        await linli.database.scrub()
    return f"forgot {forgotten} photos"
