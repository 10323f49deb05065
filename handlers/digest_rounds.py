"""Sends digests: to everybody who reads one, at the weekday and hour they wish, once for each period.

What was missed while nothing ran is made up for by one digest, the last. A digest is made once and kept: all
who read of a place are sent the same, and whoever asks for that period later as well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from handlers.digest import digest_of, find
from handlers.digest_periods import DAY, MONTH, WEEK, Period, count_missing, last_over
from handlers.district_digest import district_digest
from handlers.permissions import Role
from handlers.saying import say
from handlers.world import World
from messages.directory import CentreStatus
from messages.view_codec import ViewError, from_json, to_json
from messages.views_digest import DigestShown, DistrictDigestShown
from storage import digests, ratings
from storage.database import ConstraintError, Database, DatabaseError, TransactionOver
from storage.digests import Digest, ReaderOf, Wish
from storage.transaction import Interrupted, Transaction

NewId = Callable[[], UUID]
# Makes of a digest's id the addresses of its chart and its workbook.
Sign = Callable[[str], tuple[str, str]]
Shown = DigestShown | DistrictDigestShown

USUAL = Wish(WEEK, 1, 8 * 60 + 30)
NONE, NOT_WANTED, NO_CENTRE = "none", "not_wanted", "no_centre"
# News of a week are old a week later.
SENT_WITHIN = timedelta(days=7)
REMEMBERED = timedelta(days=70)
# Words of the last days could be those of whoever just came.
QUOTED_AFTER, QUOTED_WITHIN = timedelta(days=7), timedelta(weeks=8)
# What the database says of one transaction alone.
OWN = (ConstraintError, Interrupted, TransactionOver)
CENTRE, SUBDISTRICT, DISTRICT = "centre ", "subdistrict ", "district"


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that somebody is to be sent; `skipped` says why they are not."""

    reader: ReaderOf
    period: Period
    skipped: str | None


async def send_due(database: Database, world: World, new_id: NewId, sign: Sign) -> tuple[int, int]:
    """How many were sent, and how many were not, for a reason that is written down. Raises what was wrong
    with some, once all others are sent or the database fails; the next round tries again what was not."""
    async with database.read() as tx:
        readers = await digests.readers(tx, USUAL)
        done = await digests.sent(tx, world.now.date() - REMEMBERED)
    due = [each for each in due_now(readers, world) if _key(each) not in done]
    for period in dict.fromkeys(each.period for each in due if not each.skipped):
        await count_missing(database, period, world)
    sent: list[bool] = []
    failed: list[Exception] = []
    for each in due:
        try:
            sent.append(await database.write(partial(_send, each, world, new_id, sign)))
        except Exception as error:  # whatever is wrong with one digest, the others are sent
            failed.append(error)
            if _is_everybodys(error):
                break
    if failed:
        raise failed[0] if len(failed) == 1 and _is_everybodys(failed[0]) else _not_sent(failed)
    return sum(sent), len(sent) - sum(sent)


def _is_everybodys(error: Exception) -> bool:
    """Whether the database itself fails, and so would every other digest."""
    return isinstance(error, DatabaseError) and not isinstance(error, OWN)


def _not_sent(failed: list[Exception]) -> ExceptionGroup[Exception]:
    return ExceptionGroup(f"{len(failed)} digests were not sent", failed)


def due_now(readers: list[ReaderOf], world: World) -> Iterator[Due]:
    """Whose moment has come; who became staff after it waits for the next."""
    for reader in readers:
        cadence = WEEK if reader.cadence == NONE else reader.cadence
        at = moment_of(Wish(cadence, reader.weekday, reader.minute), world.now)
        if at <= world.now and reader.since_at < at:
            yield Due(reader, last_over(cadence, at.date()), _skipped(reader, world))


def moment_of(wish: Wish, now: datetime) -> datetime:
    """The last moment up to `now` or, on its own day, after it at which the digest comes."""
    today = now.date()
    days: dict[str, date] = {
        DAY: today,
        WEEK: today - timedelta(days=today.weekday()) + timedelta(days=wish.weekday - 1),
        MONTH: today.replace(day=1),
    }
    day = days[wish.cadence]
    if wish.cadence == WEEK and day > today:
        day -= timedelta(days=7)
    return datetime.combine(day, time(wish.minute // 60, wish.minute % 60), now.tzinfo)


def _skipped(reader: ReaderOf, world: World) -> str | None:
    if reader.cadence == NONE:
        return NOT_WANTED
    centre = world.directory.centres.get(reader.centre_id or "")
    is_there = centre is not None and centre.status is CentreStatus.OPEN
    return None if is_there or reader.role != Role.CENTRE_MANAGER else NO_CENTRE


def _key(due: Due) -> tuple[str, str, date]:
    return due.reader.staff_id, due.period.cadence, due.period.first


async def _send(due: Due, world: World, new_id: NewId, sign: Sign, tx: Transaction) -> bool:
    reader, period = due.reader, due.period
    is_first = await digests.note_sent(
        tx, reader.staff_id, period.cadence, period.first, due.skipped, world.now
    )
    if not is_first or due.skipped:
        return False
    place = place_of(reader.role, reader.centre_id, reader.subdistrict)
    kept = await keep(tx, place, period, world, str(new_id()))
    await say(
        tx,
        reader.conversation_id,
        await shown(tx, kept, sign),
        key=f"digest {reader.staff_id} {period.cadence} {period.first:%Y-%m-%d}",
        now=world.now,
        new_id=str(new_id()),
        within=SENT_WITHIN,
    )
    return True


def place_of(role: str, centre_id: str | None, subdistrict: str | None) -> str:
    """What somebody's digest is of, as it is kept."""
    if centre_id:
        return CENTRE + centre_id
    return SUBDISTRICT + subdistrict if role == Role.SUBDISTRICT and subdistrict else DISTRICT


async def make(tx: Transaction, place: str, period: Period, world: World) -> Shown:
    """The digest of a place as it is known now. Raises KeyError for a centre that is not in the directory."""
    if place.startswith(CENTRE):
        centre_id = place.removeprefix(CENTRE)
        return digest_of(centre_id, period, await find(tx, centre_id, period, world), world)
    subdistrict = place.removeprefix(SUBDISTRICT) if place.startswith(SUBDISTRICT) else None
    return await district_digest(tx, subdistrict, period, world)


async def keep(tx: Transaction, place: str, period: Period, world: World, new_id: str) -> Digest:
    """The digest that stands for a period; made and kept when there is none, and anew when it was kept by a
    version whose views this one cannot read."""
    kept = await digests.of_period(tx, place, period.cadence, period.first)
    if kept and _is_readable(kept):
        return kept
    view = to_json(await make(tx, place, period, world), "zh")
    if kept:
        again = replace(kept, view=view, made_at=world.now)
        await digests.make_anew(tx, again)
        return again
    quoted = await _quoted(tx, place, period, world)
    return await digests.add(tx, Digest(new_id, place, period.cadence, period.first, view, world.now, quoted))


def _is_readable(kept: Digest) -> bool:
    try:
        from_json(kept.view)
    except ViewError:
        return False
    return True


async def _quoted(tx: Transaction, place: str, period: Period, world: World) -> str | None:
    """The rating whose words are read with it: not of the last days, agreed to and not read before."""
    if not place.startswith(CENTRE):
        return None
    until = period.span(world).until_at - QUOTED_AFTER
    return await ratings.quotable(tx, place.removeprefix(CENTRE), until - QUOTED_WITHIN, until)


async def shown(tx: Transaction, kept: Digest, sign: Sign, *, is_again: bool = False) -> Shown:
    """A digest that was kept, with the addresses of its files and, as long as they may be read, the words
    that it quotes."""
    view, _ = from_json(kept.view)
    if isinstance(view, DistrictDigestShown):
        return replace(view, is_again=is_again)
    if not isinstance(view, DigestShown):
        raise TypeError(f"digest {kept.id} holds another view")
    chart, workbook = sign(kept.id)
    said = await ratings.quote(tx, kept.quote_rating_id) if kept.quote_rating_id else None
    return replace(view, is_again=is_again, quote=said, chart=chart, workbook=workbook)
