"""Answers about what is kept of a family: shown, copied, erased; consents, names under seal, who fetches."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import Choice


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """Somebody of the family; `born` is the first day of the birth month, `grade` that of `grade_year`."""

    alias: str
    born: date | None
    grade: int | None
    grade_year: int | None
    has_allergy: bool | None


@dataclass(frozen=True, slots=True)
class KeptName:
    """That a name is under seal, never which. `purpose` is 'roster' or 'pick_up'; `until` its last day."""

    alias: str
    purpose: str
    relation: str | None
    centre: str
    term: str
    until: date


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent; `centre` and `term` are None for what concerns no list."""

    alias: str
    purpose: str
    centre: str | None
    term: str | None
    version: int
    given: date
    withdrawn: date | None


@dataclass(frozen=True, slots=True)
class Look:
    """A member of staff saw something of a child."""

    alias: str
    centre: str | None
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking, past or to come."""

    activity: str
    centre: str
    on: date
    state: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of each are kept; `phones` are numbers to call back, `codes` recovery codes, `cases` what
    somebody has to put right, `follows` centres that the family follows."""

    messages: int
    callbacks: int
    phones: int
    codes: int
    cases: int
    ratings: int
    bookings: int
    looks: int
    photos: int = 0
    follows: int = 0


@dataclass(frozen=True, slots=True)
class PrivacyShown:
    """What is kept, who looked, and the ways to export, withdraw and erase. So many things that were `missed`
    are remembered by a conversation."""

    people: tuple[str, ...]
    names: tuple[KeptName, ...]
    consents: int
    counted: Counted
    looks: tuple[Look, ...]
    days: int
    responsible: str | None
    help_line: str
    choices: tuple[Choice, ...]
    linked: tuple[str, ...] = ()
    missed: int = 20


@dataclass(frozen=True, slots=True)
class DataExported:
    """Everything that is kept, to be read and copied; names under seal are read at the desk. `follows`: what
    the centres that are followed are called."""

    receipt: str
    at: datetime
    people: tuple[KeptPerson, ...]
    names: tuple[KeptName, ...]
    agreed: tuple[Agreed, ...]
    taken: tuple[Taken, ...]
    looks: tuple[Look, ...]
    counted: Counted
    days: int
    choices: tuple[Choice, ...]
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskWhomToErase:
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class EraseProposed:
    """What will be lost: of one (`who`), of all `people`, or of a conversation alone; `has_post`: with it the
    post of a member of staff."""

    who: str | None
    people: tuple[str, ...]
    bookings: int
    names: int
    messages: int
    choices: tuple[Choice, ...]
    has_post: bool = False
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataErased:
    """It is done; `places` bookings were given back."""

    receipt: str
    places: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ConsentsListed:
    """Those that stand; empty when there are none."""

    agreed: tuple[Agreed, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class WithdrawProposed:
    """What goes with a consent: `names` under seal, and `places` in what needs a list."""

    agreed: Agreed
    names: int
    places: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    agreed: Agreed
    names: int
    places: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """For what, where, until when, who answers for it, and what becomes of it when it is refused."""

    purpose: str
    who: str
    activity: str
    centre: str
    term: str
    until: date
    responsible: str | None
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskName:
    """The name is typed next, and nothing else of that message is kept. `again`: it could be no name."""

    purpose: str
    who: str
    relation: str | None
    again: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NameSealed:
    purpose: str
    who: str
    relation: str | None
    centre: str
    until: date
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NotHere:
    """What is not taken or said here: `why` is 'abroad' or 'not_wanted'. `typed`: it was sent already, was
    not kept, and should be deleted. `page` is where it can be done."""

    what: str
    why: str
    typed: bool
    page: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NoNameNeeded:
    """No activity of theirs needs a list, or all names are there."""

    purpose: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskRelation:
    who: str
    centre: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhichChild:
    about: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NoChildYet:
    """Nobody is entered for whom this could be noted."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AllergyAsked:
    """Yes or no, never what: that is told to the teacher in person. The answer is the consent."""

    who: str
    responsible: str | None
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AllergyNoted:
    who: str
    has: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FetchCode:
    """`code` lets somebody fetch the child from this meeting, once."""

    who: str
    activity: str
    centre: str
    starts_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class FetchCodesShown:
    """Codes for the meetings of today; none when there are none to be fetched from."""

    codes: tuple[FetchCode, ...]
    choices: tuple[Choice, ...]


ChildView = (
    PrivacyShown
    | DataExported
    | AskWhomToErase
    | EraseProposed
    | DataErased
    | ConsentsListed
    | WithdrawProposed
    | ConsentWithdrawn
    | ConsentAsked
    | AskName
    | NameSealed
    | NotHere
    | NoNameNeeded
    | AskRelation
    | AskWhichChild
    | NoChildYet
    | AllergyAsked
    | AllergyNoted
    | FetchCodesShown
)
