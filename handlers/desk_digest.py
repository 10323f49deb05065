"""Digests at the desk: shown when somebody asks, and sent when they wish."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers import digest_rounds
from handlers.asks import Ask, Dialogue
from handlers.desk_site import HELP, Done, Errand, Plan, Site, Undone, refused
from handlers.digest_files import addresses_of
from handlers.digest_periods import DAY, MONTH, WEEK, count_within, last_over
from handlers.digest_rounds import NONE, USUAL, Sign
from handlers.permissions import SHELL_CHANNEL, Act, Reach, may, reach_of
from handlers.safe import Safe
from handlers.talk import choice_gone
from handlers.world import Outcome, Scene, World
from messages.directory import CentreStatus
from messages.view_parts import Choice
from messages.views import View
from messages.views_digest import DigestEmpty, DigestWished
from messages.views_staff import Deed
from storage import digests
from storage.audit import Entry
from storage.digests import Wish
from storage.staff import Post

SHOW = Choice("@desk_digest", "/desk_digest week")
CADENCES = (DAY, WEEK, MONTH)
DAY_MINUTES = 24 * 60


def signing(safe: Safe, world: World) -> Sign:
    """Makes the addresses of a digest's files."""
    return lambda digest_id: addresses_of(digest_id, "zh", world, safe)


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The digest of the last period that is over, of one's own place or of a centre that is named."""
    post, kept = scene.post, dialogue.settled
    if post is None:
        return choice_gone(ask, dialogue, world)
    place = _place(ask, post, world)
    if place is None:
        return Outcome(refused("not_allowed", world, act=Act.DIGEST), kept)
    centre = world.directory.centres.get(place.removeprefix(digest_rounds.CENTRE))
    if place.startswith(digest_rounds.CENTRE) and (centre is None or centre.status is not CentreStatus.OPEN):
        return Outcome(DigestEmpty("no_centre", (HELP,)), kept)
    period = last_over(ask.kind if ask.kind in CADENCES else WEEK, world.now.date())
    await count_within(scene.tx, period, world)
    digest = await digest_rounds.keep(scene.tx, place, period, world, str(scene.new_id()))
    is_again = digest.made_at.astimezone(world.now.tzinfo).date() < world.now.date()
    sign = signing(scene.safe, world)
    return Outcome(await digest_rounds.shown(scene.tx, digest, sign, is_again=is_again), kept)


def _place(ask: Ask, post: Post, world: World) -> str | None:
    """What a digest is wanted of; None for what is not theirs to see."""
    if reach_of(post.role, Act.DIGEST) is Reach.NEVER:
        return None
    if not ask.centres:
        return digest_rounds.place_of(post.role, post.centre_id, post.subdistrict)
    centre = world.directory.centres.get(ask.centres[0])
    if centre is None or not may(post, Act.DIGEST, centre.id, centre.subdistrict):
        return None
    return digest_rounds.CENTRE + centre.id


async def wish(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """When the digest comes from now on, or that it does not."""
    post, kept = scene.post, dialogue.settled
    if post is None:
        return choice_gone(ask, dialogue, world)
    if reach_of(post.role, Act.DIGEST) is Reach.NEVER or post.id == SHELL_CHANNEL:
        return Outcome(refused("not_allowed", world, act=Act.DIGEST), kept)
    wanted = _wished(ask)
    await digests.wish(scene.tx, post.id, wanted)
    next_at = None if wanted.cadence == NONE else _next(wanted, world)
    view = DigestWished(wanted.cadence, wanted.weekday, wanted.minute, next_at, (SHOW, HELP))
    return Outcome(view, kept)


def _wished(ask: Ask) -> Wish:
    """What is left out is as usual."""
    when = ask.when
    weekday, minute = USUAL.weekday, USUAL.minute
    if when and when.weekdays:
        weekday = when.weekdays[0]
    elif when and when.first and when.first == when.last:
        weekday = when.first.isoweekday()
    if when and when.start is not None:
        minute = when.start
    return Wish(ask.kind or WEEK, weekday, minute % DAY_MINUTES)


def _next(wanted: Wish, world: World) -> datetime:
    """The first moment from now on at which it comes."""
    at = digest_rounds.moment_of(wanted, world.now)
    while at <= world.now:
        later = world.now + timedelta(days={DAY: 1, WEEK: 7, MONTH: 31}[wanted.cadence])
        at = digest_rounds.moment_of(wanted, later)
    return at


# The same as an act that is read back and taken back: on the pages of the desk


async def _make(ask: Ask, _: Site) -> Plan | View:
    wanted = _wished(ask)
    return Plan((wanted.cadence,), (wanted.weekday, wanted.minute))


async def _look(plan: Plan, site: Site) -> Deed | View:
    wanted = _planned(plan)
    if wanted is None or site.post.id == SHELL_CHANNEL:
        return site.no("no_digest", Act.DIGEST)
    was, becomes = code_of(await wish_of(site)), code_of(wanted)
    if was == becomes:
        return site.no("same", Act.DIGEST)
    return replace(site.deed(Act.DIGEST), was=was, becomes=becomes)


async def _do(plan: Plan, site: Site) -> Done:
    was, wanted = await wish_of(site), _planned(plan) or USUAL
    await digests.wish(site.scene.tx, site.post.id, wanted)
    return Done((), code_of(was), code_of(wanted))


async def _undo(entry: Entry, site: Site) -> Undone | View:
    if code_of(await wish_of(site)) != entry.became:
        return site.no("no_undo", Act.DIGEST)
    cadence, weekday, minute = entry.was.split()
    await digests.wish(site.scene.tx, site.post.id, Wish(cadence, int(weekday), int(minute)))
    return Undone(replace(site.deed(Act.DIGEST), was=entry.was))


async def wish_of(site: Site) -> Wish:
    """When the digest of whoever looks comes."""
    return await digests.wish_of(site.scene.tx, site.post.id) or USUAL


def _planned(plan: Plan) -> Wish | None:
    match plan:
        case Plan((cadence,), (weekday, minute)) if cadence in (*CADENCES, NONE):
            return Wish(cadence, weekday, minute)
        case _:
            return None


def code_of(wish: Wish) -> str:
    """A wish as templates and the audit have it, such as 'week 1 510'."""
    return f"{wish.cadence} {wish.weekday} {wish.minute}"


WISH = Errand(Act.DIGEST, _make, _look, _do, _undo)
