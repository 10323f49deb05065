"""Whom no message reached: the centre calls them before it is too late.

What has to be heard in time (a place that is offered, a session that is called off, moved or held after all)
is noted with the message that tells it (handlers/notices.py). Who talks nowhere, whose app takes nothing, and
who has not opened the message for UNREAD, or at all where it will soon be too late, stands on the list of the
centre until the session begins, an offer is over, or somebody says that they were called. Phone numbers are
kept of those in line alone; they stand on a page that is made for each look and in no answer, for answers are
kept.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name, short_name
from handlers.desk_site import HELP, MOST_CHOICES, ROSTER, Site
from handlers.night import last_night
from handlers.permissions import Act, may
from handlers.saying import say
from handlers.world import Outcome, World
from messages.directory import Centre
from messages.page import CallLine, CallSheet
from messages.view_parts import Choice
from messages.views_calls import FamiliesToCall, FamilyToCall
from storage import audit, staff
from storage import call_list as rows
from storage.call_list import Unheard
from storage.database import Database
from storage.staff import Post
from storage.transaction import Transaction

NewId = Callable[[], UUID]

UNREAD = timedelta(hours=2)
# Before a session begins or an offer ends: nobody waits for them to read it.
TOO_LATE = timedelta(hours=3)
LISTED = 5
# When staff are told that somebody is to be called, and of which news: what begins soon, and every offer.
TOLD_FROM, TOLD_UNTIL = time(8), time(20)
SOON = timedelta(hours=24)
KEPT = timedelta(days=60)
# Further than sessions are planned ahead.
LOOKED_BACK = timedelta(days=366)
OFFERED, UNREAD_YET = "offered", "unread"
LIST = Choice("@desk_calls", "/desk_calls")


async def unheard(tx: Transaction, centre_id: str, world: World) -> list[Unheard]:
    """Whom to call, the first session first."""
    return _to_call(await rows.of_centre(tx, centre_id, world.now, world.now.date()), world.now)


def _to_call(found: list[Unheard], now: datetime) -> list[Unheard]:
    """Those who will not read it in time."""
    sent_before = _sent_before(now)
    return [
        each
        for each in found
        if each.why != UNREAD_YET
        or each.made_at <= sent_before
        or min(each.starts_at, each.offer_until_at or each.starts_at) <= now + TOO_LATE
    ]


def _sent_before(now: datetime) -> datetime:
    """When at the latest news was made that has had its time; what came by night is read in the morning."""
    evening, morning = last_night(now)
    return min(now - UNREAD, evening) if now < morning + UNREAD else now - UNREAD


async def show(_: Ask, kept: Dialogue, site: Site) -> Outcome:
    """Who is to be called, the first session first."""
    found = await rows.of_centre(site.scene.tx, site.centre.id, site.now, site.now.date())
    listed = _to_call(found, site.now)
    return Outcome(_view(listed, len(found) - len(listed), site.centre, site.world), kept)


async def called(ask: Ask, kept: Dialogue, site: Site) -> Outcome:
    """Somebody has called them; the others are shown. What was done before is done."""
    if ask.booking and ask.numbers:
        await mark(ask.booking, ask.numbers[0], site)
    return await show(ask, kept, site)


async def mark(booking_id: str, number: int, site: Site) -> bool:
    """That a family was called, once; False when it was, or there is no such news of this centre."""
    tx = site.scene.tx
    done = await rows.mark_called(tx, site.centre.id, booking_id, number, site.now, site.post.id)
    if done:
        await audit.note(
            tx,
            str(site.scene.new_id()),
            site.post.id,
            Act.CALLS.value,
            centre_id=site.centre.id,
            subjects=(booking_id,),
            done_at=site.now,
        )
    return done


def _view(found: list[Unheard], fresh: int, centre: Centre, world: World) -> FamiliesToCall:
    first = found[:LISTED]
    choices = tuple(
        Choice(f"@called {each.code}", f"/desk_called {centre.id} {each.booking_id} {each.number}")
        for each in first[:MOST_CHOICES]
    )
    return FamiliesToCall(
        centre=centre_name(centre),
        families=tuple(_family(each, world) for each in first),
        more=len(found) - len(first),
        fresh=fresh,
        page=f"{world.policy.page or ''}/calls/{centre.id}" if found else None,
        choices=choices or (ROSTER, HELP),
    )


def _family(each: Unheard, world: World) -> FamilyToCall:
    zone = world.now.tzinfo
    activity = world.directory.activities.get(each.activity_id)
    return FamilyToCall(
        code=each.code,
        people=each.size,
        name=activity.name if activity else each.activity_id,
        starts_at=each.starts_at.astimezone(zone),
        news=each.news,
        until=each.offer_until_at.astimezone(zone) if each.offer_until_at else None,
        why=each.why,
    )


async def tell_desks(database: Database, world: World, new_id: NewId) -> int:
    """Tell those who work at a centre that somebody is to be called, of each family once; how many messages
    that were."""
    if not TOLD_FROM <= world.now.time() < TOLD_UNTIL:
        return 0
    async with database.read() as tx:
        centres = await rows.centres(tx, world.now, world.now - LOOKED_BACK)
    return sum([await database.write(partial(_told, each, world, new_id)) for each in centres])


async def _told(centre_id: str, world: World, new_id: NewId, tx: Transaction) -> int:
    centre = world.directory.centres.get(centre_id)
    found = [each for each in await unheard(tx, centre_id, world) if _is_pressing(each, world.now)]
    new = [each for each in found if each.told_at is None]
    if centre is None or not new:
        return 0
    talks = await staff.talks_at(tx, centre_id)
    for talk in talks:
        await say(
            tx,
            talk,
            _view(found, 0, centre, world),
            key=f"call {new[0].booking_id} {new[0].number} {talk}",
            now=world.now,
            new_id=str(new_id()),
            within=SOON,
        )
    await rows.mark_told(tx, new, world.now)
    return len(talks)


def _is_pressing(each: Unheard, now: datetime) -> bool:
    return each.news == OFFERED or each.starts_at <= now + SOON


async def sheet(
    tx: Transaction, centre_id: str, looks: tuple[str, str], world: World, entry_id: str
) -> CallSheet | None:
    """The whole list with phone numbers, for whoever looks, by channel and address; each look is written
    down. None for who is no staff of the centre."""
    post, centre = await staff.post_at(tx, *looks), world.directory.centres.get(centre_id)
    if post is None or centre is None or not may(post, Act.CALLS, centre.id, centre.subdistrict):
        return None
    return await sheet_for(post, tx, centre, world, entry_id)


async def sheet_for(post: Post, tx: Transaction, centre: Centre, world: World, entry_id: str) -> CallSheet:
    """The same for a post that may see it."""
    found = await unheard(tx, centre.id, world)
    codes = tuple(each.booking_id for each in found)
    await audit.note(
        tx, entry_id, post.id, Act.CALLS.value, centre_id=centre.id, subjects=codes, done_at=world.now
    )
    lines = tuple(
        CallLine(_family(each, world), each.phone, f"{each.booking_id} {each.number}") for each in found
    )
    return CallSheet(short_name(centre), lines)


async def forget(database: Database, now: datetime) -> None:
    """News of sessions that are over."""
    await database.write(lambda tx: rows.forget(tx, now - KEPT, now))
