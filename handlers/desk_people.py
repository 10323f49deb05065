"""Who works at a centre: invited, leaving, standing in for the manager. Ordered by forms of the desk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from handlers.codes import secret_code
from handlers.desk_site import Done, Errand, Plan, Site, Spot, Undone, by_form_alone
from handlers.permissions import INVITES, Act, Role
from handlers.saying import say
from handlers.staff import SENT_WITHIN, end, welcome
from handlers.world import World
from messages.views import View
from messages.views_staff import Deed
from storage import audit, staff
from storage.audit import Entry
from storage.staff import Colleague, Post
from storage.transaction import Transaction

NewId = Callable[[], UUID]
CODE_DAYS = 7
LONGEST_STAND_IN = timedelta(days=60)


# Inviting: `text` is the role


async def look_invite(plan: Plan, site: Site) -> Deed | View:
    if plan.text not in INVITES.get(Role(site.post.role), ()):
        return site.no("not_allowed", Act.INVITE)
    return replace(site.deed(Act.INVITE), because=plan.text)


async def do_invite(plan: Plan, site: Site) -> Done:
    return await invited(site.deed(Act.INVITE), plan.text, None, site)


async def invited(deed: Deed, role: str, subdistrict: str | None, spot: Spot) -> Done:
    """A new invitation. The code is in the answer alone: it is kept as a hash."""
    code, expires_at = secret_code(), spot.now + timedelta(days=CODE_DAYS)
    code_hash = spot.scene.code_hash(code)
    if code_hash is None:
        raise LookupError("a new code is none")
    made = await staff.invite(
        spot.scene.tx,
        code_hash,
        role,
        centre_id=spot.centre_id,
        subdistrict=subdistrict,
        made_by=spot.post.id,
        made_at=spot.now,
        expires_at=expires_at,
    )
    told = replace(deed, because=role, name=made, becomes=code, last=expires_at.date())
    return Done((made,), became=role, deed=told)


async def undo_invite(entry: Entry, site: Site) -> Undone | View:
    if not await staff.revoke_invitation(site.scene.tx, entry.subjects, site.now):
        return site.no("no_undo", Act.INVITE)
    return Undone(replace(site.deed(Act.INVITE), name=entry.subjects))


# Leaving


async def _colleague(plan: Plan, site: Site) -> Colleague | None:
    """Somebody else of this centre."""
    found = await staff.colleagues(site.scene.tx, site.centre.id)
    return next((each for each in found if each.id == plan.ids[0] and each.id != site.post.id), None)


async def look_end(plan: Plan, site: Site) -> Deed | View:
    """Whoever may invite to a post may end it."""
    who = await _colleague(plan, site)
    role = Role(who.role) if who and not who.deputy_until_on else Role.CENTRE_STAFF
    if who is None or role not in INVITES.get(Role(site.post.role), ()):
        return site.no("nobody_there", Act.END_POST)
    return replace(site.deed(Act.END_POST), name=who.id, because=role.value)


async def do_end(plan: Plan, site: Site) -> Done:
    await end(site.scene.tx, plan.ids[0], line_id=str(site.scene.new_id()), now=site.now)
    return Done((plan.ids[0],))


async def undo_end(_: Entry, site: Site) -> Undone | View:
    return site.no("told_already", Act.END_POST)


# Standing in: `numbers` is the last day


async def stands_in(site: Site) -> bool:
    """Whether whoever acts is the manager's deputy themself."""
    found = await staff.colleagues(site.scene.tx, site.centre.id)
    return any(each.id == site.post.id and each.deputy_until_on for each in found)


async def look_deputy(plan: Plan, site: Site) -> Deed | View:
    who, last = await _colleague(plan, site), date.fromordinal(plan.numbers[0])
    if await stands_in(site):  # or two could keep each other in office
        return site.no("not_allowed", Act.DEPUTY)
    if who is None or (who.role != Role.CENTRE_STAFF and not who.deputy_until_on):
        return site.no("nobody_there", Act.DEPUTY)
    today = site.now.date()
    if last < today:
        return site.no("past", Act.DEPUTY)
    if last > today + LONGEST_STAND_IN:
        return site.no("too_long", Act.DEPUTY)
    return replace(site.deed(Act.DEPUTY), name=who.id, last=last)


async def do_deputy(plan: Plan, site: Site) -> Done:
    who, last = await _colleague(plan, site), date.fromordinal(plan.numbers[0])
    await staff.stand_in(site.scene.tx, plan.ids[0], site.centre.id, last)
    if who:
        await _tell(site.scene.tx, who, Role.CENTRE_MANAGER, site.world, site.scene.new_id)
    before = who.deputy_until_on if who else None
    return Done((plan.ids[0],), was=before.isoformat() if before else "", became=last.isoformat())


async def undo_deputy(entry: Entry, site: Site) -> Undone | View:
    who = await _colleague(Plan((entry.subjects,)), site)
    if who is None or who.deputy_until_on is None:
        return site.no("no_undo", Act.DEPUTY)
    if entry.was:  # they stood in before, for less long
        await staff.stand_in(site.scene.tx, who.id, site.centre.id, date.fromisoformat(entry.was))
    else:
        await staff.stand_down(site.scene.tx, who.id)
        await _tell(site.scene.tx, who, Role.CENTRE_STAFF, site.world, site.scene.new_id)
    return Undone(replace(site.deed(Act.DEPUTY), name=entry.subjects))


async def stand_down_all(tx: Transaction, world: World, new_id: NewId) -> int:
    """Who stood in for a manager is staff again after the last day; how many."""
    ended = 0
    for who in await staff.deputies_over(tx, world.now.date()):
        if not await staff.stand_down(tx, who.id):
            continue  # another process was faster
        ended += 1
        await _tell(tx, who, Role.CENTRE_STAFF, world, new_id)
        await audit.note(
            tx,
            str(new_id()),
            audit.LINLI,
            "deputy_over",
            centre_id=None,
            subjects=(who.id,),
            done_at=world.now,
        )
    return ended


async def _tell(tx: Transaction, who: Colleague, role: Role, world: World, new_id: NewId) -> None:
    """In their own chat, what they may do now: what waits there for a yes goes, and a turn under way is
    understood again, as that of who they are now."""
    if who.conversation_id is None:
        return
    view = welcome(Post(who.id, role.value, who.centre_id, who.subdistrict), world)
    view = replace(view, stood_in=role is Role.CENTRE_STAFF)
    line_id = str(new_id())
    key = f"stands {role.value} {who.id} {line_id}"
    await say(tx, who.conversation_id, view, key=key, now=world.now, new_id=line_id, within=SENT_WITHIN)


INVITE = Errand(Act.INVITE, by_form_alone, look_invite, do_invite, undo_invite)
END_POST = Errand(Act.END_POST, by_form_alone, look_end, do_end, undo_end, is_final=True)
DEPUTY = Errand(Act.DEPUTY, by_form_alone, look_deputy, do_deputy, undo_deputy)
