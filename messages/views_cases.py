"""Answers about cases: to residents who had reason to complain, and to those who put it right."""

from dataclasses import dataclass
from datetime import datetime

from messages.view_parts import CentreName, Choice
from messages.views_photos import PhotoLink


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in one line. `kind`, `state`: codes of the database; `name` of the activity or the service that
    it is about; `tier` 1 to 3 says who has it: the centre, its subdistrict, the district. Moments are in
    Asia/Shanghai. `found`: what a resident found wrong, 'closed', 'no_answer' or 'wrong'."""

    code: str
    kind: str
    state: str
    centre: CentreName
    name: str | None
    tier: int
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    is_extended: bool
    found: str | None = None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A step: `who` is 'resident', 'linli', 'centre', 'subdistrict' or 'district'; `because` a code, empty
    where only the state has changed; `which` the number or the case that belongs to it."""

    at: datetime
    who: str
    was: str
    became: str
    because: str
    which: str
    said: str | None


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """To a resident: there is a case now, with a number, an owner and a time. `photo`: what is said with one
    that may be added, here and below; None where none may."""

    line: CaseLine
    help_line: str
    choices: tuple[Choice, ...]
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class CaseShown:
    line: CaseLine
    steps: tuple[CaseStep, ...]
    choices: tuple[Choice, ...]
    photos: tuple[PhotoLink, ...] = ()
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class CasesListed:
    """The resident's cases; `more` are beyond those that are listed."""

    lines: tuple[CaseLine, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NoCase:
    """The resident has none, or none of this number."""

    code: str | None
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CaseTold:
    """News of a case to its resident: `what` is a code of a step, or a state."""

    line: CaseLine
    what: str
    said: str | None
    choices: tuple[Choice, ...]
    photos: tuple[PhotoLink, ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictAsked:
    """The resident is asked whether it is solved. `how`: 'explained', 'rectified', 'duplicate' (of `other`),
    'upheld' (the district agreed with an appeal) or 'topic' (it put right what many complained of); silence
    until `until` closes it provisionally."""

    line: CaseLine
    how: str
    said: str | None
    other: str | None
    until: datetime
    is_again: bool
    choices: tuple[Choice, ...]
    photos: tuple[PhotoLink, ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictNoted:
    """What the resident said: 'solved', 'partly' or 'not'; `asks_why`: words are welcome, none are needed."""

    line: CaseLine
    verdict: str
    asks_why: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhatIsWrong:
    """What was found otherwise at a centre than its card says? Each choice registers it at one tap."""

    centre: CentreName
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskCaseWords:
    """What is to be written? `purpose`: 'write' to whoever has the case, 'complaint' or 'information' for a
    new one. `centre` None: it is asked for first."""

    purpose: str
    code: str | None
    centre: CentreName | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CaseWordsProposed:
    """Is this to be written? As it will be read by others: without names and numbers. `has_phone`: one was
    left out."""

    purpose: str
    code: str | None
    centre: CentreName
    said: str
    has_phone: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CaseWordsSent:
    line: CaseLine
    said: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CaseClosedQuietly:
    """The resident did not say whether it is solved; they still may."""

    line: CaseLine
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class StaffCaseShown:
    """A case to those who may see it; `level` of the rating, `is_ours`: whoever reads it has to act."""

    line: CaseLine
    level: int | None
    is_ours: bool
    steps: tuple[CaseStep, ...]
    choices: tuple[Choice, ...]
    photos: tuple[PhotoLink, ...] = ()
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class StaffCasesListed:
    """What waits for somebody, the first due first; or what the district calls about, because the residents
    did not say whether it is solved."""

    lines: tuple[CaseLine, ...]
    overdue: int
    more: int
    is_call_back: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CaseNews:
    """News of a case to those who have it: `what` is a code of a step, or a state."""

    line: CaseLine
    what: str
    said: str | None
    choices: tuple[Choice, ...]


StaffCaseView = StaffCaseShown | StaffCasesListed | CaseNews

CaseView = (
    CaseOpened
    | CaseShown
    | CasesListed
    | NoCase
    | CaseTold
    | VerdictAsked
    | VerdictNoted
    | AskWhatIsWrong
    | AskCaseWords
    | CaseWordsProposed
    | CaseWordsSent
    | CaseClosedQuietly
    | StaffCaseShown
    | StaffCasesListed
    | CaseNews
)
