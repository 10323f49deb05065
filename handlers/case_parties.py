"""Who of the staff a case concerns: pure."""

from collections.abc import Mapping

from handlers.case_states import CENTRE, DISTRICT, SUBDISTRICT, State
from handlers.permissions import Act, Role, may
from handlers.world import World
from storage.case_files import CaseFile
from storage.staff import Post

TIERS: Mapping[str, int] = {
    Role.CENTRE_MANAGER: CENTRE,
    Role.SUBDISTRICT: SUBDISTRICT,
    Role.DISTRICT: DISTRICT,
}


def may_see(case: CaseFile, post: Post, world: World) -> bool:
    """Whether the case is of a place of theirs."""
    centre = world.directory.centres.get(case.centre_id)
    return may(post, Act.CASES, case.centre_id, centre.subdistrict if centre else "")


def has_or_above(case: CaseFile, post: Post, world: World) -> bool:
    """Whether somebody has the case, or stands above those who have it."""
    return may_see(case, post, world) and TIERS[post.role] >= case.tier


def is_ours(case: CaseFile, post: Post) -> bool:
    """Whether this post has the case; of an appeal the district does, whoever had it."""
    if case.state == State.APPEALED:
        return post.role == Role.DISTRICT
    if case.tier == CENTRE:
        return post.role == Role.CENTRE_MANAGER and post.centre_id == case.owner
    if case.tier == SUBDISTRICT:
        return post.role == Role.SUBDISTRICT and post.subdistrict == case.owner
    return post.role == Role.DISTRICT
