"""Who may do what where: one table, by role and act."""

from enum import StrEnum

from storage.staff import Post

# The channel of the command `linli ask --as manager:FZ002`: no message of any other way in carries it, so no
# name or address elsewhere can pass for it.
SHELL_CHANNEL = "shell"
SHELL_PREFIX = "manager:"


class Role(StrEnum):
    """A place in the house, from the desk of one centre to the whole district."""

    CENTRE_STAFF = "centre_staff"
    CENTRE_MANAGER = "centre_manager"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"
    OPERATOR = "operator"


class Act(StrEnum):
    """What staff do that residents may not."""

    ROSTER = "roster"
    NAMES = "names"
    CHECK_IN = "check_in"
    HAND_OVER = "hand_over"
    BOOK = "book"
    WALK_IN = "walk_in"
    CERTIFY = "certify"
    CALL_OFF = "call_off"
    RESIZE = "resize"
    MOVE = "move"
    CLOSE = "close"
    HOURS = "hours"
    PHONE = "phone"
    PUBLISH = "publish"
    STOP = "stop"
    EDIT = "edit"
    CASES = "cases"
    DIGEST = "digest"
    TOPICS = "topics"
    DESERTS = "deserts"
    CALLS = "calls"
    OVERVIEW = "overview"
    MACHINE = "machine"
    CALL_BACK = "call_back"
    PEOPLE = "people"
    INVITE = "invite"
    END_POST = "end_post"
    DEPUTY = "deputy"
    WORDS = "words"
    ANNOUNCE = "announce"
    EXPORT = "export"
    DIRECTORY = "directory"
    CALENDAR = "calendar"
    OFFICE = "office"
    APPOINT = "appoint"
    DISMISS = "dismiss"
    PROMISED = "promised"


class Reach(StrEnum):
    """Where an act is allowed."""

    NEVER = "never"
    CENTRE = "own centre"
    SUBDISTRICT = "own subdistrict"
    EVERYWHERE = "everywhere"


# What shows one centre beside others.
ACROSS_CENTRES = (Act.TOPICS, Act.DESERTS, Act.OVERVIEW, Act.EXPORT)
# What the district's office keeps for all: the directory's file, the calendar, who is beyond one centre, what
# it has promised to residents itself.
OF_THE_OFFICE = (Act.DIRECTORY, Act.CALENDAR, Act.OFFICE, Act.APPOINT, Act.DISMISS, Act.PROMISED)
FROM_AFAR = (
    Act.CALL_OFF,
    Act.CLOSE,
    Act.HOURS,
    Act.PHONE,
    Act.CASES,
    Act.DIGEST,
    Act.PEOPLE,
    Act.INVITE,
    Act.END_POST,
)

# The acts of a role that are not named are never allowed. What a subdistrict and the district do from afar is
# what cannot wait for a manager, and what has come up to them; who comes and who goes is seen and written
# down at the centre alone. The operator keeps the machine, and neither sees nor says what the centres do.
TABLE: dict[Role, dict[Act, Reach]] = {
    Role.CENTRE_STAFF: {
        Act.ROSTER: Reach.CENTRE,
        Act.NAMES: Reach.CENTRE,
        Act.CHECK_IN: Reach.CENTRE,
        Act.HAND_OVER: Reach.CENTRE,
        Act.BOOK: Reach.CENTRE,
        Act.WALK_IN: Reach.CENTRE,
        Act.CERTIFY: Reach.CENTRE,
        Act.CALLS: Reach.CENTRE,
        Act.CALL_BACK: Reach.CENTRE,
    },
    Role.CENTRE_MANAGER: dict.fromkeys(
        (act for act in Act if act not in (*ACROSS_CENTRES, *OF_THE_OFFICE, Act.MACHINE)), Reach.CENTRE
    ),
    Role.SUBDISTRICT: dict.fromkeys((*FROM_AFAR, Act.DESERTS, Act.OVERVIEW, Act.EXPORT), Reach.SUBDISTRICT),
    Role.DISTRICT: dict.fromkeys((*FROM_AFAR, *ACROSS_CENTRES, *OF_THE_OFFICE, Act.WORDS), Reach.EVERYWHERE),
    Role.OPERATOR: {Act.MACHINE: Reach.EVERYWHERE},
}


# Whom somebody may make staff of what: a manager the staff of the centre, whoever stands above its manager.
INVITES: dict[Role, tuple[Role, ...]] = {
    Role.CENTRE_MANAGER: (Role.CENTRE_STAFF,),
    Role.SUBDISTRICT: (Role.CENTRE_MANAGER,),
    Role.DISTRICT: (Role.CENTRE_STAFF, Role.CENTRE_MANAGER),
}

# The same of posts beyond one centre.
APPOINTS: dict[Role, tuple[Role, ...]] = {Role.DISTRICT: (Role.SUBDISTRICT, Role.DISTRICT)}


def reach_of(role: str, act: Act) -> Reach:
    """How far the act goes for this role; an unknown role reaches nothing."""
    return TABLE[Role(role)].get(act, Reach.NEVER) if role in TABLE else Reach.NEVER


def part_of(post: Post, act: Act) -> tuple[str | None] | None:
    """The subdistrict over which somebody may do this, (None,) for all; None where it does not reach beyond
    one centre."""
    match reach_of(post.role, act):
        case Reach.EVERYWHERE:
            return (None,)
        case Reach.SUBDISTRICT:
            return (post.subdistrict,)
        case _:
            return None


def may(post: Post, act: Act, centre_id: str, subdistrict: str) -> bool:
    """Whether somebody may do this at a centre, which lies in `subdistrict`."""
    match reach_of(post.role, act):
        case Reach.CENTRE:
            return post.centre_id == centre_id
        case Reach.SUBDISTRICT:
            return post.subdistrict == subdistrict
        case Reach.EVERYWHERE:
            return True
        case _:
            return False


def shell_post(channel: str, address: str) -> Post | None:
    """The manager that whoever has the shell speaks as; None for every other channel or address."""
    if channel != SHELL_CHANNEL or not address.startswith(SHELL_PREFIX):
        return None
    return Post("shell", Role.CENTRE_MANAGER, address.removeprefix(SHELL_PREFIX))
