"""What a resident wants, and what a conversation remembers of it."""

from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter, ValidationError

from messages.view_parts import Choice
from messages.words import TRADITIONAL_TAG


@dataclass(frozen=True, slots=True)
class When:
    """Days and clock times that were asked about; minutes after midnight. `text` is as it was said.

    "Before five" has an end alone.
    """

    text: str
    first: date | None = None
    last: date | None = None
    start: int | None = None
    end: int | None = None
    weekdays: tuple[int, ...] = ()
    holiday: str | None = None
    is_now: bool = False

    @property
    def has_clock(self) -> bool:
        return self.start is not None or self.end is not None


@dataclass(frozen=True, slots=True)
class Ask:
    """One wish: an intent and its slots. Services and activities are names, centres are ids.

    `unclear`: the centres and the subdistrict are candidates, and the resident has to say which.
    `without`: names of things and ids of centres that are not wanted. `perhaps`: other services that may be
    meant when the named ones were only guessed. Of bookings: `who` are codes of the family's words, `ages`
    pairs such a code with what was told of an age, `spread` is 'week' or 'term', `session` an id, `booking`
    a code that the family was told, `lacking` a centre that was named and does not have it. `numbers`: those
    that staff say. `case`: the number of a case. `not_on`: days of the week on which somebody is not free,
    Monday is 1; `age` in years is whose it is for; `below`: it must cost less than so many yuan;
    `is_ill`: somebody is ill or hurt; `together`: of several things that are asked for beside each other the
    names of each.
    """

    intent: str
    said: str | None = None
    services: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    category: str | None = None
    centres: tuple[str, ...] = ()
    subdistrict: str | None = None
    around: bool = False
    when: When | None = None
    facets: tuple[str, ...] = ()
    open_only: bool = False
    accessible: bool = False
    nearest: bool = False
    skip: int = 0
    kind: str | None = None
    unclear: bool = False
    without: tuple[str, ...] = ()
    free: bool = False
    audience: str | None = None
    perhaps: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    ages: tuple[tuple[str, str], ...] = ()
    spread: str | None = None
    session: str | None = None
    booking: str | None = None
    lacking: str | None = None
    numbers: tuple[int, ...] = ()
    case: str | None = None
    not_on: tuple[int, ...] = ()
    age: int | None = None
    below: float | None = None
    is_ill: bool = False
    together: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What it is about, whether it is a service or an activity."""
        return (*self.services, *self.activities)


@dataclass(frozen=True, slots=True)
class Near:
    """Where the resident is: degrees GCJ-02, and the name they used, None for a shared location."""

    latitude: float
    longitude: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What will be done once the resident says yes: an action of handlers/drafts.py with the ids and numbers
    it is about. `who` are ids of participants. `token` is that of the card, so that an old card's button
    does nothing."""

    action: str
    token: str
    ids: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What one conversation remembers: where the resident is, what was asked last, and what is
    still open. `wants` says which answer the pending ask waits for: 'place', 'centre', 'who', 'date',
    'words', or 'age:' and the code of whose age; `shown` is how many of the last list were shown; `focus`
    asks for the one thing that the last card showed, of which 'it' speaks, `earlier` for those of the cards
    before it; `traditional` whether Chinese is written in Traditional characters; `draft` is what waits for a
    yes or a no, `photo` what is said with a photo that comes now; `missed` are things that were asked for and
    are not near (handlers/wishes.py)."""

    language: str = "zh"
    near: Near | None = None
    last: Ask | None = None
    focus: Ask | None = None
    earlier: tuple[Ask, ...] = ()
    pending: Ask | None = None
    wants: str | None = None
    choices: tuple[Choice, ...] = ()
    shown: int = 1
    traditional: bool = False
    draft: Draft | None = None
    photo: str | None = None
    missed: tuple[str, ...] = ()

    @property
    def answered(self) -> "Dialogue":
        """The same, with no question open."""
        return replace(self, pending=None, wants=None)

    @property
    def settled(self) -> "Dialogue":
        """The same, with no question open and nothing that waits for a yes."""
        return replace(self.answered, draft=None)

    @property
    def tag(self) -> str:
        """The language and the characters that answers are said in."""
        return TRADITIONAL_TAG if self.traditional and self.language == "zh" else self.language


_DIALOGUE: TypeAdapter[Dialogue] = TypeAdapter(Dialogue)


def dialogue_to_json(dialogue: Dialogue) -> str:
    return _DIALOGUE.dump_json(dialogue, exclude_defaults=True).decode()


def dialogue_from_json(stored: str) -> Dialogue:
    """The remembered state; what an older version wrote and this one cannot read starts afresh."""
    try:
        return _DIALOGUE.validate_json(stored)
    except ValidationError:
        return Dialogue()
