"""Who has a post beyond one centre: invited and leaving, by forms of the district's pages."""

from handlers.desk_people import invited
from handlers.desk_site import Area, Done, Errand, Plan, Undone, by_form_alone
from handlers.permissions import APPOINTS, Act, Role
from handlers.staff import end
from messages.views import View
from messages.views_staff import Deed
from storage import staff
from storage.audit import Entry
from storage.staff import Colleague

# Inviting: `text` is the role, `ids` the subdistrict where it is of one


async def look_appoint(plan: Plan, area: Area) -> Deed | View:
    if plan.text not in APPOINTS.get(Role(area.post.role), ()):
        return area.no("not_allowed", Act.APPOINT)
    known = area.world.directory.subdistricts
    is_right = all(each in known for each in plan.ids) and len(plan.ids) == (plan.text == Role.SUBDISTRICT)
    if not is_right:
        return area.no("nobody_beyond", Act.APPOINT)
    return Deed(Act.APPOINT.value, None, because=plan.text, was=next(iter(plan.ids), None))


async def do_appoint(plan: Plan, area: Area) -> Done:
    subdistrict = next(iter(plan.ids), None)
    return await invited(Deed(Act.APPOINT.value, None, was=subdistrict), plan.text, subdistrict, area)


async def undo_appoint(entry: Entry, area: Area) -> Undone | View:
    if not await staff.revoke_invitation(area.scene.tx, entry.subjects, area.now):
        return area.no("no_undo", Act.APPOINT)
    return Undone(Deed(Act.APPOINT.value, None, name=entry.subjects))


# Leaving: `ids` is the post


async def look_dismiss(plan: Plan, area: Area) -> Deed | View:
    """Whoever may invite to a post may end it, one's own too; somebody is left to invite the next."""
    listed = await staff.beyond(area.scene.tx)
    who = next((each for each in listed if each.id == plan.ids[0]), None)
    if who is None or Role(who.role) not in APPOINTS.get(Role(area.post.role), ()):
        return area.no("nobody_beyond", Act.DISMISS)
    if is_last(who, listed):
        return area.no("last_post", Act.DISMISS)
    return Deed(Act.DISMISS.value, None, name=who.id, because=who.role, was=who.subdistrict)


def is_last(who: Colleague, listed: list[Colleague]) -> bool:
    """Whether nobody else is of the district."""
    return [each.id for each in listed if each.role == Role.DISTRICT] == [who.id]


async def do_dismiss(plan: Plan, area: Area) -> Done:
    ended = await end(area.scene.tx, plan.ids[0], line_id=str(area.scene.new_id()), now=area.now)
    return Done((plan.ids[0],), was=ended.role if ended else "")


async def undo_dismiss(_: Entry, area: Area) -> Undone | View:
    return area.no("told_already", Act.DISMISS)


APPOINT = Errand(Act.APPOINT, by_form_alone, look_appoint, do_appoint, undo_appoint)
DISMISS = Errand(Act.DISMISS, by_form_alone, look_dismiss, do_dismiss, undo_dismiss, is_final=True)
