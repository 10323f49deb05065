"""Every role and every act, at the own centre and at every other."""

from itertools import product

import pytest

from handlers.permissions import SHELL_CHANNEL, TABLE, Act, Reach, Role, may, reach_of, shell_post
from storage.staff import Post
from tests.sample import Sample

HERE, AREA = "FZ002", "东湖街道"
POSTS = {
    Role.CENTRE_STAFF: Post("S-0001", Role.CENTRE_STAFF, HERE),
    Role.CENTRE_MANAGER: Post("S-0002", Role.CENTRE_MANAGER, HERE),
    Role.SUBDISTRICT: Post("S-0003", Role.SUBDISTRICT, subdistrict=AREA),
    Role.DISTRICT: Post("S-0004", Role.DISTRICT),
    Role.OPERATOR: Post("S-0005", Role.OPERATOR),
}
DESK = {Act.ROSTER, Act.NAMES, Act.CHECK_IN, Act.HAND_OVER, Act.BOOK, Act.WALK_IN, Act.CERTIFY, Act.CALLS}
DESK |= {Act.CALL_BACK}
OFFICE = {Act.DIRECTORY, Act.CALENDAR, Act.OFFICE, Act.APPOINT, Act.DISMISS, Act.PROMISED}
ABOVE = {Act.TOPICS, Act.DESERTS, Act.OVERVIEW, Act.EXPORT, Act.MACHINE, *OFFICE}
FROM_AFAR = {Act.CALL_OFF, Act.CLOSE, Act.HOURS, Act.PHONE, Act.CASES, Act.DIGEST}
FROM_AFAR |= {Act.PEOPLE, Act.INVITE, Act.END_POST}
# Written out a second time, so that a slip in the table is noticed.
ALLOWED: dict[tuple[Role, Act], Reach] = {
    **{(Role.CENTRE_STAFF, act): Reach.CENTRE for act in DESK},
    **{(Role.CENTRE_MANAGER, act): Reach.CENTRE for act in Act if act not in ABOVE},
    **{(Role.SUBDISTRICT, act): Reach.SUBDISTRICT for act in FROM_AFAR},
    **{(Role.DISTRICT, act): Reach.EVERYWHERE for act in FROM_AFAR},
    (Role.DISTRICT, Act.TOPICS): Reach.EVERYWHERE,
    (Role.SUBDISTRICT, Act.DESERTS): Reach.SUBDISTRICT,
    (Role.DISTRICT, Act.DESERTS): Reach.EVERYWHERE,
    (Role.SUBDISTRICT, Act.OVERVIEW): Reach.SUBDISTRICT,
    (Role.DISTRICT, Act.OVERVIEW): Reach.EVERYWHERE,
    (Role.DISTRICT, Act.WORDS): Reach.EVERYWHERE,
    (Role.OPERATOR, Act.MACHINE): Reach.EVERYWHERE,
    (Role.SUBDISTRICT, Act.EXPORT): Reach.SUBDISTRICT,
    (Role.DISTRICT, Act.EXPORT): Reach.EVERYWHERE,
    **{(Role.DISTRICT, act): Reach.EVERYWHERE for act in OFFICE},
}


@pytest.mark.parametrize(("role", "act"), list(product(Role, Act)))
def test_a_role_does_an_act_where_it_may_and_nowhere_else(role: Role, act: Act, sample: Sample) -> None:
    reach = ALLOWED.get((role, act), Reach.NEVER)
    assert reach_of(role, act) is reach
    for centre in sample.directory.centres.values():
        expected = {
            Reach.NEVER: False,
            Reach.CENTRE: centre.id == HERE,
            Reach.SUBDISTRICT: centre.subdistrict == AREA,
            Reach.EVERYWHERE: True,
        }[reach]
        assert may(POSTS[role], act, centre.id, centre.subdistrict) is expected


def test_every_role_stands_in_the_table() -> None:
    assert set(TABLE) == set(Role)


@pytest.mark.parametrize("act", Act)
def test_a_role_that_nobody_knows_may_do_nothing(act: Act) -> None:
    assert not may(Post("S-0009", "mayor", HERE, AREA), act, HERE, AREA)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_a_post_without_a_place_reaches_no_place(role: Role, act: Act) -> None:
    """Not even one whose own is missing, too."""
    if reach_of(role, act) is not Reach.EVERYWHERE:
        assert not may(Post("S-0009", role), act, HERE, AREA)


def test_the_shell_speaks_as_the_manager_of_the_centre_it_names() -> None:
    assert shell_post(SHELL_CHANNEL, "manager:FZ002") == Post("shell", "centre_manager", "FZ002")
    assert shell_post(SHELL_CHANNEL, "ding") is None


@pytest.mark.parametrize("channel", ["web", "terminal", "ask", "telegram", "wechat", "", "SHELL", "shell "])
def test_no_name_on_another_channel_is_the_shell(channel: str) -> None:
    assert shell_post(channel, "manager:FZ002") is None
