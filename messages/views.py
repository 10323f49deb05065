"""What happened, as data: every answer Linli can give. Templates speak, one per view and language."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice, Days, KioskLine, Opening, Reported, Spot
from messages.views_arrivals import ArrivalView
from messages.views_booking import BookingView
from messages.views_calls import FamiliesToCall
from messages.views_cases import CaseOpened, CaseShown, CaseView, StaffCaseShown
from messages.views_certificates import CertificateView
from messages.views_children import ChildView
from messages.views_deserts import DesertView
from messages.views_digest import DigestView
from messages.views_doors import DoorView
from messages.views_follows import FollowView
from messages.views_links import LinkView
from messages.views_people import (
    CallbackPhoneNoted,
    CallbackPromised,
    CallbackTakenBack,
    EmergencyShown,
    HumanOffered,
    NoCallback,
    StaffAnswered,
    StayedCalm,
)
from messages.views_photos import PhotoAsked, PhotoRefused, PhotoRemoved, PhotoTaken, PhotoView
from messages.views_rating import RatingTaken, RatingView
from messages.views_ratings_seen import RatingsSeen
from messages.views_several import SeveralShown
from messages.views_staff import DeskDone, DeskProposed, StaffView
from messages.views_stars import StarsView
from messages.views_topics import TopicView
from messages.views_unable import ChoiceGone, NothingToRepeat, NotReadable, NotUnderstood, OutOfScope


@dataclass(frozen=True, slots=True)
class CentreCard:
    centre: CentreName
    kind: str
    spot: Spot
    phone: str | None
    is_sample: bool
    hours_text: str
    hours_readable: bool
    opening: Opening | None
    asked: tuple[Days, ...]
    opened_on: date | None
    accessibility: str | None
    transport: str | None
    note: str | None
    updated_on: date
    facets: tuple[str, ...]
    choices: tuple[Choice, ...]
    coming: str | None = None
    reported: tuple[Reported, ...] = ()
    opens_again: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One service of one centre; `facets` are what was asked about it and is said first.

    `opens_again`: when it opens after the closed days that were asked about; `is_urgent`: somebody is ill
    and cannot be seen here at that time.
    """

    name: str
    centre: CentreName
    spot: Spot
    phone: str | None
    is_sample: bool
    hours_text: str
    hours_readable: bool
    opening: Opening | None
    asked: tuple[Days, ...]
    fee: str | None
    audience: str | None
    bring: str | None
    how: str | None
    note: str | None
    accessibility: str | None
    transport: str | None
    updated_on: date
    facets: tuple[str, ...]
    relaxed: tuple[str, ...]
    choices: tuple[Choice, ...]
    reported: tuple[Reported, ...] = ()
    opens_again: datetime | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a list of places; `fee` where the price was asked."""

    name: str
    centre: CentreName
    spot: Spot
    opening: Opening | None
    accessibility: str | None
    reported: tuple[Reported, ...] = ()
    fee: str | None = None


@dataclass(frozen=True, slots=True)
class PlacesFound:
    """The nearest places with a service. `relaxed` names the wishes that nothing near fulfilled."""

    what: str
    near: str | None
    area: str | None
    found: tuple[Found, ...]
    relaxed: tuple[str, ...]
    is_sample: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NothingFound:
    """The directory has no such service here, or none in that centre."""

    what: str
    centre: CentreName | None
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ServicesListed:
    """What a centre offers, by function. `groups` pairs a category code with service names."""

    centre: CentreName
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]
    reported: tuple[Reported, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """`next_on`: the next day on which it is held, of those asked about; None when nobody can say. `coming`:
    what will be different from a day on."""

    id: str
    name: str
    centre: CentreName
    time_text: str
    starts_on: date
    ends_on: date
    places: int
    audience: str | None
    fee: str | None
    room: str | None
    teacher: str | None
    opens_text: str | None
    cancel_text: str | None
    note: str | None
    next_on: date | None = None
    coming: str | None = None


@dataclass(frozen=True, slots=True)
class ActivitiesListed:
    """Activities of a centre or of a kind, at most three at a time; `more` are left, `days` were asked;
    `at_other_times`: none is held at the time of day that was asked about."""

    what: str | None
    centre: CentreName | None
    lines: tuple[ActivityLine, ...]
    more: int
    days: tuple[date, ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]
    at_other_times: bool = False


@dataclass(frozen=True, slots=True)
class ActivityCard:
    """One activity. `not_then`: it is not held on the days that were asked about; `only_then`: only on
    those on which somebody is not free; `lacking`: the centre that was named and does not have it."""

    line: ActivityLine
    spot: Spot
    phone: str | None
    is_sample: bool
    updated_on: date
    choices: tuple[Choice, ...]
    not_then: bool = False
    only_then: bool = False
    lacking: CentreName | None = None


@dataclass(frozen=True, slots=True)
class KiosksFound:
    """The nearest machines; without a place no lines, but what holds of all of them."""

    near: str | None
    lines: tuple[KioskLine, ...]
    is_sample: bool
    choices: tuple[Choice, ...]
    hours_text: str | None = None
    can_do: str | None = None


@dataclass(frozen=True, slots=True)
class CoverageShown:
    """How far the district is: centres open of all, and which are still being made ready."""

    area: str | None
    total: int
    open: int
    building: int
    preparing: int
    waiting_for: tuple[CentreName, ...]
    is_sample: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhichCentre:
    said: str | None
    options: tuple[CentreName, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhere:
    """Where are you? A shared location or the name of a community will do."""

    what: str | None
    example: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhichService:
    centre: CentreName | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PlaceNoted:
    near: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Greeted:
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Thanked:
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class HelpShown:
    example: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class WentWrong:
    """Something failed on our side and nothing was changed."""

    help_line: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Busy:
    """Too many turns at once; nothing was changed."""

    help_line: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationMoved:
    """The resident goes on here, brought by a code or by staff; what was said before stands above."""

    by_staff: bool
    choices: tuple[Choice, ...]


View = (
    CentreCard
    | ServiceCard
    | PlacesFound
    | NothingFound
    | ServicesListed
    | SeveralShown
    | ActivitiesListed
    | ActivityCard
    | KiosksFound
    | CoverageShown
    | AskWhichCentre
    | AskWhere
    | AskWhichService
    | PlaceNoted
    | Greeted
    | Thanked
    | HelpShown
    | HumanOffered
    | CallbackPromised
    | CallbackPhoneNoted
    | CallbackTakenBack
    | NoCallback
    | StaffAnswered
    | StayedCalm
    | EmergencyShown
    | OutOfScope
    | NotUnderstood
    | NotReadable
    | ChoiceGone
    | NothingToRepeat
    | WentWrong
    | Busy
    | ConversationMoved
    | BookingView
    | ArrivalView
    | CertificateView
    | StaffView
    | ChildView
    | RatingView
    | CaseView
    | StarsView
    | DesertView
    | DoorView
    | DigestView
    | RatingsSeen
    | FamiliesToCall
    | TopicView
    | PhotoView
    | LinkView
    | FollowView
)

# Where a photo may be sent along with what the view says.
ASKS_PHOTO = (
    CaseOpened,
    CaseShown,
    PhotoAsked,
    PhotoRefused,
    PhotoRemoved,
    PhotoTaken,
    RatingTaken,
    StaffCaseShown,
)


def photo_of(view: View) -> str | None:
    """What is said with a photo, where one is welcome."""
    if isinstance(view, DeskProposed | DeskDone):
        return view.deed.photo
    return view.photo if isinstance(view, ASKS_PHOTO) else None


VIEWS: dict[str, type[View]] = {view.__name__: view for view in View.__args__}
