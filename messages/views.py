"""What happened, as data: every answer Linli can give. Templates speak, one per view and language."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or a number. `say` is what a resident sends to take it; `label` is shown as it is."""

    label: str
    say: str


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive days that are alike: their hours and why. Spans are minutes after midnight.

    `other_year`: not the year in which the answer is given, so that the year has to be said.
    """

    first: date
    last: date
    spans: tuple[tuple[int, int], ...]
    because: str
    holiday: str | None = None
    note: str | None = None
    unconfirmed: bool = False
    year_known: bool = True
    other_year: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Open or not at one moment; `is_open` is None when nobody wrote down what holds then."""

    at: datetime
    is_open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    today: Days
    is_now: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is, and how far from the place the resident named. Degrees are GCJ-02."""

    address: str
    latitude: float
    longitude: float
    metres: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class CentreName:
    """A centre as it is named in lists and questions."""

    id: str
    name: str
    subdistrict: str
    status: str


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
    facet: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One service of one centre; `facet` is what was asked about it and is said first."""

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
    facet: str | None
    relaxed: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a list of places."""

    name: str
    centre: CentreName
    spot: Spot
    opening: Opening | None
    accessibility: str | None


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
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ServicesListed:
    """What a centre offers, by function. `groups` pairs a category code with service names."""

    centre: CentreName
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ActivityLine:
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


@dataclass(frozen=True, slots=True)
class ActivitiesListed:
    """Activities of a centre or of a kind, at most three at a time; `more` are left, `days` were asked."""

    what: str | None
    centre: CentreName | None
    lines: tuple[ActivityLine, ...]
    more: int
    days: tuple[date, ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ActivityCard:
    line: ActivityLine
    spot: Spot
    phone: str | None
    is_sample: bool
    updated_on: date
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class KioskLine:
    name: str
    location: str
    hours_text: str
    can_do: str
    spot: Spot
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class KiosksFound:
    near: str | None
    lines: tuple[KioskLine, ...]
    is_sample: bool
    choices: tuple[Choice, ...]


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
    said: str
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
class HumanOffered:
    """A person to talk to: the centre's phone where one is known, else the help line."""

    centre: CentreName | None
    phone: str | None
    phone_is_sample: bool
    opening: Opening | None
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class EmergencyShown:
    kind: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class OutOfScope:
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NotReadable:
    """The message was empty, too long, or held nothing that can be read. `why` is a code."""

    why: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ChoiceGone:
    """A button or number that this conversation does not offer."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NothingToRepeat:
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
    | EmergencyShown
    | OutOfScope
    | NotUnderstood
    | NotReadable
    | ChoiceGone
    | NothingToRepeat
    | WentWrong
    | Busy
    | ConversationMoved
)

VIEWS: dict[str, type[View]] = {view.__name__: view for view in View.__args__}
