"""Who has a post beyond one centre and who was invited to one; what whoever looks may change of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk_office import is_last
from handlers.desk_site import Area
from handlers.permissions import APPOINTS, Role
from storage import staff
from storage.staff import Colleague, Invitation


@dataclass(frozen=True, slots=True)
class Holder:
    """`ends`: whoever looks may end the post."""

    who: Colleague
    is_self: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Posts:
    """`open` are the posts to which whoever looks may invite: role, and subdistrict where it is of one."""

    listed: tuple[Holder, ...]
    invited: tuple[Invitation, ...]
    open: tuple[tuple[str, str | None], ...]


async def show(area: Area, _: Mapping[str, str]) -> Posts:
    tx, roles = area.scene.tx, APPOINTS.get(Role(area.post.role), ())
    listed = await staff.beyond(tx)
    holders = tuple(
        Holder(each, each.id == area.post.id, each.role in roles and not is_last(each, listed))
        for each in listed
    )
    subdistricts = sorted(area.world.directory.subdistricts)
    of_one = [(Role.SUBDISTRICT.value, name) for name in subdistricts if Role.SUBDISTRICT in roles]
    of_all = [(Role.DISTRICT.value, None)] if Role.DISTRICT in roles else []
    return Posts(holders, tuple(await staff.invited_beyond(tx, area.now)), (*of_one, *of_all))
