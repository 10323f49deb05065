"""Who works at a centre and who was invited; what whoever looks may change of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.desk_site import Site
from handlers.permissions import INVITES, Act, Role
from storage import staff
from storage.staff import Colleague, Invitation


@dataclass(frozen=True, slots=True)
class Person:
    """`ends`: whoever looks may end the post; `stands_in`: may let them stand in for the manager."""

    who: Colleague
    is_self: bool
    ends: bool
    stands_in: bool


@dataclass(frozen=True, slots=True)
class People:
    """`roles` are those to which whoever looks may invite."""

    listed: tuple[Person, ...]
    invited: tuple[Invitation, ...]
    roles: tuple[str, ...]
    today: date
    last: date


async def show(site: Site, _: Mapping[str, str]) -> People:
    tx = site.scene.tx
    roles, found = INVITES.get(Role(site.post.role), ()), await staff.colleagues(tx, site.centre.id)
    is_deputy = any(each.id == site.post.id and each.deputy_until_on for each in found)
    names = site.may(Act.DEPUTY) and not is_deputy
    listed = tuple(_person(each, roles, site, names_deputies=names) for each in found)
    invited = tuple(await staff.invited(tx, site.centre.id, site.now))
    today = site.now.date()
    return People(listed, invited, roles, today, today + timedelta(weeks=1))


def _person(who: Colleague, roles: tuple[Role, ...], site: Site, *, names_deputies: bool) -> Person:
    is_self = who.id == site.post.id
    role = Role.CENTRE_STAFF if who.deputy_until_on else Role(who.role)
    stands_in = not is_self and role is Role.CENTRE_STAFF and names_deputies
    return Person(who, is_self, not is_self and role in roles, stands_in)
