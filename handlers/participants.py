"""Who takes part: the resident, children in their care, and adults they book for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.eligible import Told, school_year
from storage.families import Participant

SELF = "self"
# The speaker, too, beside those who are named.
WE = "we"
ALL = "all"
# Whose age was told while nobody had been named yet.
ANYBODY = "*"
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


def from_key(key: str, family: Iterable[Person], today: date) -> Person | None:
    """The person a draft meant; None when the family has lost them since."""
    if not key.startswith(f"{NEW}:"):
        return next((person for person in family if person.id == key), None)
    _, alias, age = key.split(":")
    return with_age(next((each for each in family if each.alias == alias), newcomer(alias)), age, today)


def with_age(person: Person, age: str, today: date) -> Person:
    """The person with what was told of their age: 'g3' is the third grade, now or in the school year from
    September 2025 as 'g3@2025'; 'b2018-05' is a birth month; 'y7' is seven years, kept as if the birthday
    were this month, the youngest that somebody of that age can be. Anything else tells nothing."""
    match age[:1], age[1:].partition("@"):
        case "g", (grade, _, year):
            since = int(year) if year else school_year(today)
            return replace(person, grade=int(grade), grade_year=since, born_on=None)
        case "b", (month, _, _):
            return replace(person, born_on=date.fromisoformat(f"{month}-01"), grade=None, grade_year=None)
        case "y", (years, _, _):
            born = today.replace(year=today.year - int(years), day=1)
            return replace(person, born_on=born, grade=None, grade_year=None)
        case _:
            return person


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
