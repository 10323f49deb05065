"""A manager announces something to those who follow the centre: read back with how many it reaches."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.announcing import ends_at, followers, goes_at
from handlers.asks import Ask
from handlers.cards import short_name
from handlers.desk_site import Done, Errand, Plan, Site, Undone
from handlers.follows import MOST_A_WEEK
from handlers.permissions import Act
from messages.understand.announce_orders import LONGEST, announce_order_of, unfit
from messages.understand.normalise import clean
from messages.views import View
from messages.views_staff import Deed
from storage import announcements
from storage.announcements import Announcement, Made
from storage.audit import Entry

WEEK = timedelta(days=7)
# Of news that names no last day, and of what is said to be news the longest.
LASTS, MOST_DAYS = timedelta(days=3), timedelta(days=14)
# Whoever is told must have had the time to hear it.
SHORTEST = timedelta(hours=1)


async def make_announce(ask: Ask, site: Site) -> Plan | View:
    """What is to be said, and until which day; from the chat it is taken as it was typed. A day that was
    said and not understood is asked for."""
    typed = announce_order_of(site.scene.text) if ask.said is None else None
    said = typed.said if typed else ask.said or ""
    if typed and typed.until and ask.when is None:
        return site.no("announce_day", Act.ANNOUNCE, count=MOST_DAYS.days)
    last = (ask.when.last or ask.when.first) if ask.when else None
    return Plan(numbers=(last.toordinal() if last else 0,), text=clean(said))


async def look_announce(plan: Plan, site: Site) -> Deed | View:
    if why := unfit(plan.text, site.centre.phone):
        return site.no(why, Act.ANNOUNCE, count=LONGEST, name=site.centre.phone)
    goes = goes_at(site.now)
    last = _last_day(plan, goes)
    if last > site.now.date() + MOST_DAYS or ends_at(last, site.now) < goes + SHORTEST:
        return site.no("announce_day", Act.ANNOUNCE, count=MOST_DAYS.days)
    before = await made_lately(site)
    if any(each.said == plan.text for each in before):
        return site.no("announce_again", Act.ANNOUNCE)
    if len(before) >= MOST_A_WEEK:
        return site.no("announce_enough", Act.ANNOUNCE, count=MOST_A_WEEK, at=_free_at(before, site.now))
    return replace(
        site.deed(Act.ANNOUNCE),
        name=short_name(site.centre),
        becomes=plan.text,
        first=site.now.date(),
        last=last,
        goes=goes,
        followers=await followers(site.scene.tx, site.centre.id, site.world),
    )


def _last_day(plan: Plan, goes: datetime) -> date:
    """The day that was named, else some days after it goes out."""
    ordinal = plan.numbers[0]
    return date.fromordinal(ordinal) if ordinal else goes.date() + LASTS


async def made_lately(site: Site) -> list[Made]:
    """What counts towards what may be announced in a week."""
    return await announcements.since(site.scene.tx, site.centre.id, site.now - WEEK)


def _free_at(before: list[Made], now: datetime) -> datetime:
    return (before[-MOST_A_WEEK].made_at + WEEK).astimezone(now.tzinfo)


async def do_announce(plan: Plan, site: Site) -> Done:
    goes, new_id = goes_at(site.now), str(site.scene.new_id())
    ends = ends_at(_last_day(plan, goes), site.now)
    new = Announcement(new_id, site.centre.id, plan.text, "waiting", site.now, goes, ends)
    await announcements.add(site.scene.tx, new)
    return Done((new_id,))


async def undo_announce(entry: Entry, site: Site) -> Undone | View:
    if not await announcements.take_back(site.scene.tx, entry.subjects):
        return site.no("announced", Act.ANNOUNCE)
    return Undone(site.deed(Act.ANNOUNCE))


ANNOUNCE = Errand(Act.ANNOUNCE, make_announce, look_announce, do_announce, undo_announce)
