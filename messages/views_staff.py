"""Answers to staff: who they are here, what they are about to do, what they did."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice
from messages.views_booking import Activity, Held, Slot
from messages.views_certificates import CampAttended


@dataclass(frozen=True, slots=True)
class StaffWelcomed:
    """This conversation is staff's now. `role` is a code; `centre` and `subdistrict` say where. `stood_in`:
    until now they stood in for the manager."""

    role: str
    centre: CentreName | None
    subdistrict: str | None
    choices: tuple[Choice, ...]
    stood_in: bool = False


@dataclass(frozen=True, slots=True)
class StaffCodeRefused:
    """A code that makes nobody staff. `why` is 'wrong' or 'too_many' (too often in the last hour)."""

    why: str
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DeskDoor:
    """The way into the pages of the desk: an address, and a code for who sits at another device."""

    code: str
    until: datetime
    address: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PostEnded:
    """This conversation is a resident's again."""

    role: str
    centre: CentreName | None
    subdistrict: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DeskSession:
    """A session as staff see it. Moments are in Asia/Shanghai; `last_on` is where a camp ends. `taken` and
    `offered` are people, `waiting` parties in line."""

    id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    last_on: date | None
    places: int
    taken: int
    offered: int
    waiting: int


@dataclass(frozen=True, slots=True)
class DeskPerson:
    """A line of a roster: its number, a code of the family's words, the booking's code, and how they stand:
    'expected', 'arrived', 'late', 'walk_in' (came without having booked), 'missed' or 'left'."""

    number: int
    alias: str
    code: str
    state: str


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom it touches: families, people with a place, people who are offered one, parties in line."""

    families: int = 0
    booked: int = 0
    offered: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """So many people on these ways: a channel, and 'now', 'later' (when they open it or write next) or
    'refused' (its last message was not taken). Ways are told apart only where enough people are on each."""

    ways: tuple[tuple[str, str], ...]
    people: int


@dataclass(frozen=True, slots=True)
class Followers:
    """How many follow a centre, None for fewer than can be told, and on which ways they hear of it."""

    people: int | None
    reached: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """What an act of staff will do or did. `act` is a code of the permission table, `because` one of the
    reasons; `was` and `becomes` are what is changed (the column `field`) as it is written, `number` what a
    number becomes.

    `year` is that in which it is read: days of others are said with theirs. `centre` None: over several.
    `more` sessions are beyond those that are listed. `moved` is where a session goes, `days` those of a camp.
    `photo`: what is said with one that shows what was done. `lists_calls`: whoever does it may see whom no
    message reached. What is announced goes out at `goes`, to `followers`.
    """

    act: str
    centre: CentreName | None
    name: str | None = None
    sessions: tuple[DeskSession, ...] = ()
    more: int = 0
    people: tuple[DeskPerson, ...] = ()
    affected: Affected = Affected()
    because: str | None = None
    first: date | None = None
    last: date | None = None
    was: str | None = None
    becomes: str | None = None
    field: str | None = None
    number: int | None = None
    moved: DeskSession | None = None
    days: tuple[date, ...] = ()
    photo: str | None = None
    lists_calls: bool = False
    year: int | None = None
    goes: datetime | None = None
    followers: Followers | None = None


@dataclass(frozen=True, slots=True)
class DeskProposed:
    """What will be done after a yes. `is_changed`: it was read back before and is not the same any more."""

    deed: Deed
    is_changed: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DeskDone:
    """It is done, and can be taken back until then; `until` None: not at all."""

    deed: Deed
    until: datetime | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DeskUndone:
    """It was taken back; `lost` families could not be given back what they had."""

    deed: Deed
    lost: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DeskRefused:
    """Nothing was done. `why` is a code; `act` that of what was ordered, None when it is not known; `count`,
    `at` and `name` are the number, the moment and the thing that the reason speaks of."""

    why: str
    act: str | None
    centre: CentreName | None
    help_line: str
    choices: tuple[Choice, ...]
    count: int | None = None
    at: datetime | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AskWhichOfOurs:
    """Which session is meant?"""

    act: str
    centre: CentreName
    sessions: tuple[DeskSession, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RosterShown:
    """Who has a place on a day: every session with its numbers, and the people of one when it is one."""

    centre: CentreName
    on: date
    sessions: tuple[DeskSession, ...]
    people: tuple[DeskPerson, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FetchedChild:
    """A child that is still there: its number in this list, alias and booking's code, and codes of the
    relations of those who may fetch it."""

    number: int
    alias: str
    code: str
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FetchersShown:
    """Who may fetch whom from a session, without anybody's name; of one child, to whom it is to be handed.
    `more` children are listed that have no choice of their own."""

    centre: CentreName
    session: DeskSession
    children: tuple[FetchedChild, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NamesReady:
    """Where the list of a session is read with real names, which are said nowhere else: `named` of `people`
    have given theirs."""

    centre: CentreName
    session: DeskSession
    people: int
    named: int
    address: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CentreClosedTold:
    """To a family, once: what of theirs is not held because the centre is closed, and the next dates instead.
    `shorter` goes on without these days; `because` is a code."""

    centre: CentreName
    first: date
    last: date
    because: str
    held: tuple[Held, ...]
    shorter: tuple[Held, ...]
    instead: tuple[tuple[str, Slot], ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ActivityStopped:
    """To a family, once: an activity is not held any more, and with it ends what they had of it; `instead`
    are dates of others. With `becomes` it goes on, at these times from the day `since` on."""

    name: str
    centre: CentreName
    held: tuple[Held, ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]
    instead: tuple[tuple[Activity, Slot], ...] = ()
    becomes: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class HeldAfterAll:
    """To a family: what was called off is held, and they have again what they had."""

    held: tuple[Held, ...]
    choices: tuple[Choice, ...]


StaffView = (
    StaffWelcomed
    | StaffCodeRefused
    | PostEnded
    | DeskDoor
    | DeskProposed
    | DeskDone
    | DeskUndone
    | DeskRefused
    | AskWhichOfOurs
    | RosterShown
    | FetchersShown
    | NamesReady
    | CampAttended
    | CentreClosedTold
    | ActivityStopped
    | HeldAfterAll
)
