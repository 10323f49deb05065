"""Who takes part: the resident, children in their care, and adults they book for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.eligible import Told, school_year
from storage.families import Participant

SELF = "self"
ALL = "all"
# Codes of the word lists; a child of a family that says no more than 'the child' is called that.
CHILD = "child"
SIBLINGS = ("first", "second", "third")
CHILDREN = frozenset((CHILD, "son", "daughter", "grandson", "granddaughter", *SIBLINGS))
NEW = "new"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the family; `id` is None while they are not entered. `born_on` is the first day of the
    birth month; `grade` that of the school year that began in September of `grade_year`."""

    alias: str
    kind: str
    id: str | None = None
    born_on: date | None = None
    grade: int | None = None
    grade_year: int | None = None

    @property
    def is_child(self) -> bool:
        return self.kind == "child"

    @property
    def told(self) -> Told:
        return Told(self.is_child, self.born_on, self.grade, self.grade_year)

    @property
    def key(self) -> str:
        """What a draft remembers: the id, or all that is known of somebody new."""
        if self.id is not None:
            return self.id
        age = f"b{self.born_on:%Y-%m}" if self.born_on else ""
        age = f"g{self.grade}@{self.grade_year}" if self.grade is not None else age
        return ":".join((NEW, self.alias, age))


def known(participant: Participant) -> Person:
    return Person(
        participant.alias,
        participant.kind,
        participant.id,
        participant.born_on,
        participant.grade,
        participant.grade_year,
    )


def newcomer(alias: str) -> Person:
    kind = "child" if alias in CHILDREN else SELF if alias == SELF else "adult"
    return Person(alias, kind)


def from_key(key: str, family: Iterable[Person]) -> Person | None:
    """The person a draft meant; None when the family has lost them since."""
    if not key.startswith(f"{NEW}:"):
        return next((person for person in family if person.id == key), None)
    _, alias, age = key.split(":")
    return with_age(next((each for each in family if each.alias == alias), newcomer(alias)), age)


def with_age(person: Person, age: str) -> Person:
    """'g3@2026' is the third grade in the school year from September 2026, 'b2018-05' a birth month."""
    if age.startswith("g"):
        grade, _, year = age[1:].partition("@")
        return replace(person, grade=int(grade), grade_year=int(year), born_on=None)
    if age.startswith("b"):
        return replace(person, born_on=date.fromisoformat(f"{age[1:]}-01"), grade=None, grade_year=None)
    return person


def age_of(*, grade: int | None, born: date | None, years: int | None, today: date) -> str | None:
    """What was told of an age, as `with_age` reads it. An age in years is kept as if the birthday were
    this month: the youngest that somebody of that age can be."""
    if grade is not None:
        return f"g{grade}@{school_year(today)}"
    if born is not None and born <= today:
        return f"b{born:%Y-%m}"
    if years is not None:
        return f"b{today.year - years}-{today.month:02}"
    return None


def chosen(
    said: Sequence[str], family: Sequence[Person], *, for_children: bool, for_adults: bool
) -> tuple[Person, ...]:
    """For whom a booking is, by what was said and whom the activity is for; empty when one has to ask."""
    children = [person for person in family if person.is_child]
    if said:
        return _named(said, family, children)
    if for_children and not for_adults:
        return tuple(children) if len(children) == 1 else () if children else (newcomer(CHILD),)
    if for_adults:
        return (next((each for each in family if each.alias == SELF), newcomer(SELF)),)
    return ()


def _named(said: Sequence[str], family: Sequence[Person], children: Sequence[Person]) -> tuple[Person, ...]:
    if ALL in said:
        adults = [code for code in said if code not in CHILDREN and code != ALL]
        both = children if len(children) > 1 else [newcomer(code) for code in SIBLINGS[:2]]
        return (*both, *_named(adults, family, children)) if adults else tuple(both)
    found: list[Person] = []
    for code in said:
        same = next((person for person in family if person.alias == code), None)
        if same is None and code == CHILD and children:
            if len(children) > 1:
                return ()
            same = children[0]
        found.append(same or newcomer(code))
    return tuple(dict.fromkeys(found))
