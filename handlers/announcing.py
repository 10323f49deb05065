"""What centres announce to those who follow them: how many that are, and telling them when it is time.

Nobody is told before the ten minutes in which it can be taken back are over, nor at night; what is not heard
by the evening of its last day is not told any more, so that it rings at no time but by day.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from handlers.cards import centre_name, short_name
from handlers.desk_site import UNDO_WITHIN
from handlers.follows import unfollowing
from handlers.night import NIGHT_BEGINS, morning_after
from handlers.notices import Herald
from handlers.world import World
from messages.directory import Centre
from messages.view_parts import Choice
from messages.views_follows import AnnouncementTold
from messages.views_staff import Followers, Reached
from storage import announcements, follows
from storage.announcements import Announcement
from storage.database import Database, Transaction
from storage.follows import Ways

# Fewer are not told apart: who knows that one person follows may know who.
FEWEST = 5
# Where a message has to be allowed by one of the resident's own; see bot/channels/wechat/pushes.py.
ASKS_FIRST = frozenset(("wechat",))
# Families that are told in one transaction: residents' turns wait no longer than for these.
AT_ONCE = 10


async def followers(tx: Transaction, centre_id: str, world: World) -> Followers:
    """How many follow, and how they would hear of something that is announced now."""
    found = await follows.ways(tx, centre_id, world.policy.push, world.now)
    people = sum(each.people for each in found)
    if people < FEWEST:
        return Followers(None)
    return Followers(people, in_groups([(way_of(each, world), each.people) for each in found]))


def way_of(ways: Ways, world: World) -> tuple[str, str]:
    """The channel, and whether a message would be heard 'now' or 'later', or is 'refused'."""
    if ways.is_gone:
        return ways.channel, "refused"
    may_push = ways.has_window or ways.channel not in ASKS_FIRST
    return ways.channel, "now" if may_push and ways.channel in world.policy.push_any else "later"


def in_groups(counted: Sequence[tuple[tuple[str, str], int]]) -> tuple[Reached, ...]:
    """The ways with how many people are on each, the most first; ways with too few are told together."""
    ways: dict[tuple[str, str], int] = {}
    for way, people in counted:
        ways[way] = ways.get(way, 0) + people
    groups = sorted((Reached((way,), people) for way, people in ways.items()), key=_by_people)
    while len(groups) > 1 and groups[0].people < FEWEST:
        few, next_one, *rest = groups
        together = Reached((*next_one.ways, *few.ways), few.people + next_one.people)
        groups = sorted((together, *rest), key=_by_people)
    return tuple(reversed(groups))


def _by_people(group: Reached) -> tuple[int, tuple[tuple[str, str], ...]]:
    return group.people, group.ways


def goes_at(now: datetime) -> datetime:
    """When what is ordered now goes out."""
    then = now + UNDO_WITHIN
    return morning_after(then) or then


def ends_at(last: date, now: datetime) -> datetime:
    """When it is over on its last day, in the zone of `now`."""
    return datetime.combine(last, NIGHT_BEGINS, now.tzinfo)


def news_of(centre: Centre, said: str, on: date) -> AnnouncementTold:
    """What a follower reads. The first choice changes nothing: a number may be meant for what was shown
    before."""
    about = Choice("@centre", f"/centre {centre.id}")
    return AnnouncementTold(centre_name(centre), short_name(centre), said, on, (about, unfollowing(centre)))


async def tell_followers(database: Database, world: World, new_id: Callable[[], UUID]) -> int:
    """Tell whoever follows of what is due, and count what has arrived of what is over: how many were told."""
    async with database.read() as tx:
        due, over = await announcements.due(tx, world.now), await announcements.over(tx, world.now)
    told = 0
    for each in due:
        some = AT_ONCE
        while some == AT_ONCE:
            some = await database.write(partial(_told_some, each, world, new_id))
            told += some
    for each in over:
        await database.write(partial(_settled, each))
    return told


async def _settled(announcement_id: str, tx: Transaction) -> None:
    await announcements.settle(tx, announcement_id)


async def _told_some(announcement_id: str, world: World, new_id: Callable[[], UUID], tx: Transaction) -> int:
    """The next families in one message each: how many there were."""
    begun = await announcements.begin(tx, announcement_id, world.now)
    centre = world.directory.centres.get(begun.centre_id) if begun else None
    if begun is None:
        return 0
    families = await follows.readers(tx, begun.centre_id, begun.last_family, AT_ONCE) if centre else []
    keys = [await _told(begun, family_id, centre, world, new_id, tx) for family_id in families if centre]
    last = families[-1] if families else begun.last_family
    await announcements.note_told(tx, begun.id, keys, last, is_all=len(families) < AT_ONCE)
    return len(families)


async def _told(
    begun: Announcement,
    family_id: str,
    centre: Centre,
    world: World,
    new_id: Callable[[], UUID],
    tx: Transaction,
) -> str:
    """The key of the message: of each announcement a family has one."""
    key = f"announced {begun.id} {family_id}"
    view = news_of(centre, begun.said, begun.made_at.astimezone(world.now.tzinfo).date())
    await Herald(world, new_id).say(tx, family_id, view, key=key, within=begun.ends_at - world.now)
    return key
