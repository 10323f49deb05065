"""For whom a booking is: what was said, who is known, whom the activity is for."""

from datetime import date

import pytest

from handlers.participants import Person, chosen, from_key, newcomer, with_age

TODAY = date(2026, 11, 25)
SELF = Person("self", "self", "s")
SON = Person("son", "child", "a", grade=3, grade_year=2026)
DAUGHTER = Person("daughter", "child", "b", born_on=date(2018, 5, 1))
MOTHER = Person("mother", "adult", "m")


@pytest.mark.parametrize(
    ("said", "family", "children", "adults", "who"),
    [
        ((), (), True, False, ["child"]),
        ((), (SON,), True, False, ["son"]),
        ((), (SON, DAUGHTER), True, False, []),
        ((), (), False, True, ["self"]),
        ((), (SON,), True, True, ["self"]),
        ((), (SELF, SON), False, True, ["self"]),
        ((), (), False, False, []),
        (("child",), (DAUGHTER,), True, False, ["daughter"]),
        (("child",), (SON, DAUGHTER), True, False, []),
        (("son",), (), True, False, ["son"]),
        (("son", "daughter"), (SON,), True, False, ["son", "daughter"]),
        (("mother",), (SELF,), False, True, ["mother"]),
        (("all",), (SON, DAUGHTER, SELF), True, False, ["son", "daughter"]),
        (("all", "child"), (), True, False, ["first", "second"]),
        (("all", "mother"), (SON, DAUGHTER), True, True, ["son", "daughter", "mother"]),
        (("son", "son"), (), True, False, ["son"]),
    ],
)
def test_it_is_for_whom_it_was_said_or_for_the_only_one_it_can_be(
    said: tuple[str, ...], family: tuple[Person, ...], children: bool, adults: bool, who: list[str]
) -> None:
    people = chosen(said, family, for_children=children, for_adults=adults)
    assert [person.alias for person in people] == who
    known = {person.alias: person.id for person in family}
    assert all(person.id == known.get(person.alias) for person in people)


@pytest.mark.parametrize(
    ("age", "born", "grade", "year"),
    [
        ("g3", None, 3, 2026),
        ("g-1", None, -1, 2026),
        ("g2@2025", None, 2, 2025),
        ("b2018-05", date(2018, 5, 1), None, None),
        ("y7", date(2019, 11, 1), None, None),
        ("", None, None, None),
        ("x", None, None, None),
    ],
)
def test_what_is_told_of_an_age_is_kept(
    age: str, born: date | None, grade: int | None, year: int | None
) -> None:
    person = with_age(newcomer("child"), age, TODAY)
    assert (person.born_on, person.grade, person.grade_year) == (born, grade, year)


def test_a_new_age_takes_the_place_of_the_old_one() -> None:
    assert with_age(SON, "b2018-05", TODAY) == Person("son", "child", "a", born_on=date(2018, 5, 1))
    assert with_age(DAUGHTER, "g2", TODAY) == Person("daughter", "child", "b", grade=2, grade_year=2026)


@pytest.mark.parametrize("person", [SON, DAUGHTER, SELF, MOTHER])
def test_a_draft_remembers_who_is_known_by_id(person: Person) -> None:
    assert person.key == person.id
    assert from_key(person.key, [SON, DAUGHTER, SELF, MOTHER], TODAY) is person
    assert from_key(person.key, [], TODAY) is None


@pytest.mark.parametrize("age", ["", "g3", "g0", "b2018-05", "y7"])
def test_a_draft_remembers_all_that_is_known_of_somebody_new(age: str) -> None:
    person = with_age(newcomer("child"), age, TODAY)
    assert from_key(person.key, [], date(2027, 3, 1)) == person


def test_somebody_who_was_entered_since_is_not_entered_twice() -> None:
    assert from_key(newcomer("son").key, [SON], TODAY) is SON


@pytest.mark.parametrize(("alias", "kind"), [("son", "child"), ("self", "self"), ("mother", "adult")])
def test_a_newcomer_is_of_the_kind_of_the_word(alias: str, kind: str) -> None:
    assert newcomer(alias).kind == kind
