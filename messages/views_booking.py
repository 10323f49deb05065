"""Answers about bookings: what will be booked, what was, what is offered, and why not."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class Activity:
    """What is booked and where; times, fee, room and audience as the office wrote them. `lacking`: the centre
    that was asked for and has no such activity."""

    id: str
    name: str
    centre: CentreName
    time_text: str
    room: str | None
    fee: str | None
    audience: str | None
    phone: str | None
    is_sample: bool
    lacking: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One session. Moments are in Asia/Shanghai; `last_at` is where a camp ends, None for one meeting.

    `free` places are left and `line` parties wait; None where that is not told. `is_provisional`: the
    holiday notice of the year may still change it. `other_year`: not the year in which this is told.
    `has_draw`: a draw decides who gets places.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    last_at: datetime | None
    is_provisional: bool
    free: int | None = None
    line: int | None = None
    other_year: bool = False
    has_draw: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The draw for a session: before when one enters or withdraws, the name of the public value that decides,
    where the list of receipts is; its hash once it is published, the value once it was drawn."""

    closes_at: datetime
    value_name: str
    address: str
    list_hash: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A booking of the family: its code, what and when, for whom (codes of the family's words), and how it
    stands: 'booked', 'waiting' (with its place in line), 'offered' (until when) or 'entered' (in a draw, with
    its receipt)."""

    code: str
    activity: Activity
    slot: Slot
    people: tuple[str, ...]
    state: str
    place: int | None = None
    until: datetime | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class BookingProposed:
    """What will be booked when the resident says yes. Nothing is booked yet.

    `new_child`: a child is entered in the family's list with that yes, and the guardian consents to it.
    `cancel_by`: the first session's deadline, None where one may not cancel. `chance`: of a hundred, for a
    first place in line; None where too little is known. `can_be_told`: whether news reach this channel.
    `not_yet`: so many of the sessions asked for cannot be booked yet. `draw`: of the first session with one.
    """

    activity: Activity
    slots: tuple[Slot, ...]
    full: tuple[Slot, ...]
    people: tuple[str, ...]
    new_child: bool
    with_guardian: bool
    fetched: bool
    cancel_by: datetime | None
    chance: int | None
    can_be_told: bool
    choices: tuple[Choice, ...]
    not_yet: int = 0
    draw: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked, and what waits in line. `refused` are sessions that could not be booked after all,
    each with a reason's code. `cancel_by` and `draw` as in BookingProposed."""

    activity: Activity
    held: tuple[Held, ...]
    refused: tuple[tuple[Slot, str], ...]
    with_guardian: bool
    fetched: bool
    cancel_by: datetime | None
    chance: int | None
    choices: tuple[Choice, ...]
    draw: Drawing | None = None


@dataclass(frozen=True, slots=True)
class NotBookable:
    """Why it cannot be booked: a code; `at` is the moment it speaks of, `who` the participant, `other` the
    name of what is in the way, `count` the number of a rule, `missed` the days on which somebody did not
    come. Nothing was changed."""

    reason: str
    activity: Activity | None
    slot: Slot | None
    who: str | None
    at: datetime | None
    other: str | None
    count: int | None
    help_line: str
    choices: tuple[Choice, ...]
    missed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class AskForWhom:
    """Who shall take part?"""

    activity: Activity
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskHowOld:
    """The grade or the birth month of a child, `fact` is 'grade' or 'birth_month'."""

    activity: Activity
    who: str
    fact: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhichSession:
    """The next dates of an activity; `instead_of` is the booking that would be changed."""

    activity: Activity
    slots: tuple[Slot, ...]
    instead_of: Held | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class BookingsListed:
    """What the family has, the first date first; `more` stand beyond those that are listed."""

    held: tuple[Held, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """Who came today and went again, as far as it was noted; `is_missed`: noted as not there."""

    who: str
    arrived_at: datetime | None
    left_at: datetime | None
    is_missed: bool


@dataclass(frozen=True, slots=True)
class BookingShown:
    """One booking in full; `draw` while one is to decide over it, `today` while its day lasts. `door`: the
    address that is shown at the door to be scanned, where no page of ours shows it."""

    held: Held
    with_guardian: bool
    fetched: bool
    cancel_by: datetime | None
    is_late: bool
    chance: int | None
    choices: tuple[Choice, ...]
    draw: Drawing | None = None
    today: tuple[Today, ...] = ()
    door: str | None = None


@dataclass(frozen=True, slots=True)
class NoBookings:
    """The family has none that are to come; `gone`: one was named that is over or was let go."""

    gone: bool
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CancelProposed:
    """What will be given back when the resident says yes. `is_late`: after the deadline `cancel_by`."""

    held: tuple[Held, ...]
    is_late: bool
    cancel_by: datetime | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Cancelled:
    held: tuple[Held, ...]
    is_late: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ChangeProposed:
    """One date for another, when the resident says yes."""

    held: Held
    to: Slot
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NothingDone:
    """The resident said no: nothing was changed."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PlaceOffered:
    """A place became free and is kept for the family until `held.until`."""

    held: Held
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class OfferOver:
    """`why`: 'lapsed' (not answered in time), 'declined', 'kept' (waits on behind the others), 'gone'."""

    why: str
    held: Held
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SessionCalledOff:
    """`because` is a code, or what the centre wrote."""

    held: Held
    because: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SessionMoved:
    """The booking stands, at other times."""

    held: Held
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SessionsChanged:
    """Several bookings of one activity at once: `moved` stand at other times, `off` are not held."""

    activity: Activity
    moved: tuple[Held, ...]
    off: tuple[Held, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NotServed:
    """It began, and there was no place in the end."""

    held: Held
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class EntryClosed:
    """Registration for a draw is over and its list is published, with the receipt of this family in it."""

    held: Held
    receipt: str
    draw: Drawing
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LotDrawn:
    """What the draw brought: the receipt came out as the `number`-th of `entrants`. `held` is booked,
    waiting, or offered to somebody who has to be elsewhere at that time."""

    held: Held
    receipt: str
    number: int
    entrants: int
    draw: Drawing
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class MissNoted:
    """Somebody (`who`) had a place and did not come, for the `count`-th time of late. So many `misses` within
    so many `days` bring a `pause` of so many days; `again_on`: this one did, until then."""

    held: Held
    who: tuple[str, ...]
    count: int
    misses: int
    days: int
    pause: int
    again_on: date | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Reminded:
    """`when`: 'day_before' or 'soon'."""

    held: Held
    with_guardian: bool
    fetched: bool
    when: str
    cancel_by: datetime | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NumberNoted:
    """The number to call when there is a place, masked, and for what."""

    phone: str
    held: tuple[Held, ...]
    choices: tuple[Choice, ...]


BookingView = (
    BookingProposed
    | Booked
    | NotBookable
    | AskForWhom
    | AskHowOld
    | AskWhichSession
    | BookingsListed
    | BookingShown
    | NoBookings
    | CancelProposed
    | Cancelled
    | ChangeProposed
    | NothingDone
    | PlaceOffered
    | OfferOver
    | SessionCalledOff
    | SessionMoved
    | SessionsChanged
    | NotServed
    | EntryClosed
    | LotDrawn
    | MissNoted
    | Reminded
    | NumberNoted
)
