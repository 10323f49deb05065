"""The list of a session with real names: said in the chat where it is, and shown on a page of its own alone.

What is said in a chat is kept, and names may be kept under seal alone: so they stand in no answer, but on a
page that is made for the member of staff who looks, each time anew, and each look is written down.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from handlers.asks import Ask
from handlers.cards import centre_name, short_name
from handlers.children import needs_list
from handlers.desk_site import (
    ROSTER,
    Site,
    desk_session,
    named_here,
    session_here,
    sessions_between,
    which_of,
)
from handlers.periods import period_of
from handlers.permissions import Act, may
from handlers.roster import NotTheirs, Viewer, roster
from handlers.safe import LEAVES_THE_COUNTRY, Keys
from handlers.world import World
from messages.page import NameLine, NamesList
from messages.views import View
from messages.views_staff import NamesReady
from storage import audit, calendar, children, sessions, staff
from storage.sessions import Session
from storage.staff import Post
from storage.transaction import Transaction

AHEAD = timedelta(weeks=8)


async def where_names_are(ask: Ask, site: Site) -> View:
    """The address of the page; which session it is of, or why there is none."""
    if site.scene.channel in LEAVES_THE_COUNTRY:
        return site.no("abroad", Act.NAMES)
    listed = await _meant(ask, site)
    if not listed:
        return site.no("no_list_needed", Act.NAMES)
    if len(listed) > 1:
        return which_of(listed, Act.NAMES, site)
    [session] = listed
    people = await children.on_list(site.scene.tx, session.id)
    if not people:
        return site.no("nobody_listed", Act.NAMES)
    term = period_of(await calendar.terms(site.scene.tx), session.held_on).id
    sealed = [await children.names_of(site.scene.tx, who.id, session.centre_id, term) for who in people]
    named = sum(any(name.purpose == "roster" for name in each) for each in sealed)
    address = f"{site.world.policy.page or ''}/names/{session.id}"
    return NamesReady(
        centre_name(site.centre), desk_session(session, site), len(people), named, address, (ROSTER,)
    )


async def _meant(ask: Ask, site: Site) -> list[Session]:
    """Those of the day that need a list: of an activity that was named without a day, the next one."""
    if ask.session:
        session = await session_here(ask.session, site)
        return [session] if session and _needs_list(session.activity_id, site.world) else []
    named, today = named_here(ask, site), site.now.date()
    on: date | None = ask.when.first if ask.when else None
    last = on or (today + AHEAD if named else today)
    found = [
        each
        for each in await sessions_between(site, on or today, last)
        if _needs_list(each.activity_id, site.world) and (not named or each.activity_id in named)
    ]
    return found[:1] if named and on is None else found


def _needs_list(activity_id: str, world: World) -> bool:
    activity = world.directory.activities.get(activity_id)
    return activity is not None and needs_list(activity)


async def names_list(
    tx: Transaction,
    keys: Keys,
    session_id: str,
    *,
    channel: str,
    address: str,
    world: World,
    new_id: Callable[[], UUID],
) -> NamesList | None:
    """The list for whoever looks from this address, each look written down; None for who is no staff of the
    centre, and where no list is needed. Raises KeyLost when the key of this centre and term is missing."""
    post = await staff.post_at(tx, channel, address)
    if post is None or channel in LEAVES_THE_COUNTRY:
        return None
    return await listed_for(post, tx, keys, session_id, world=world, new_id=new_id)


async def listed_for(
    post: Post, tx: Transaction, keys: Keys, session_id: str, *, world: World, new_id: Callable[[], UUID]
) -> NamesList | None:
    """The same for a post that is known, on no channel that leaves the country."""
    session = await sessions.of_id(tx, session_id)
    if session is None:
        return None
    activity = world.directory.activities.get(session.activity_id)
    centre = world.directory.centres.get(session.centre_id)
    if activity is None or centre is None or not needs_list(activity):
        return None
    if not may(post, Act.NAMES, centre.id, centre.subdistrict):
        return None
    try:
        rows = await roster(tx, keys, session_id, Viewer(post.id, centre.id), world.now, new_id)
    except NotTheirs:
        return None
    await audit.note(
        tx,
        str(new_id()),
        post.id,
        Act.NAMES.value,
        centre_id=centre.id,
        subjects=(session_id,),
        done_at=world.now,
    )
    lines = tuple(
        NameLine(number, row.who.alias, row.name, row.fetchers, bool(row.has_allergy))
        for number, row in enumerate(rows, 1)
    )
    return NamesList(activity.name, short_name(centre), _at(session, world.now), lines)


def _at(session: Session, now: datetime) -> datetime:
    return session.starts_at.astimezone(now.tzinfo)
