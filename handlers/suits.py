"""Whom something is for and what it costs, as far as the office's words tell."""

import re

from handlers.export_words import ages
from messages.understand.understand import Understanding
from messages.words import words

CHILDHOOD_ENDS = 18
OLD_FROM = 45
# Who goes to school is about so much older than the number of the grade.
BEFORE_SCHOOL = 6


def suits(audience: str | None, who: str) -> bool:
    """Whether it is for a 'child' or an 'elder'. What is for everybody is for elders, not for children."""
    phrases = words("zh", "phrases")
    least, most = ages(audience)
    names_children = any(word in (audience or "") for word in phrases["for_children"])
    is_childs = names_children or (most is not None and most <= CHILDHOOD_ENDS)
    if who == "child":
        return is_childs
    return not is_childs and (least is None or least >= OLD_FROM)


def is_for_some(audience: str | None) -> bool:
    """Whether it is for people of a calling alone."""
    return any(word in (audience or "") for word in words("zh", "phrases")["for_some"])


def is_free(fee: str | None) -> bool:
    return any(word in (fee or "") for word in words("zh", "phrases")["costs_nothing"])


def age_in(meant: Understanding) -> int | None:
    """How old the person is whom the sentence is about, as far as it says."""
    if meant.on.age is not None:
        return meant.on.age
    return None if meant.booking.grade is None else meant.booking.grade + BEFORE_SCHOOL


def suits_age(audience: str | None, age: int) -> bool:
    """Whether it is for somebody of that age; what is for everybody is not for children."""
    least, most = ages(audience)
    if least is None and most is None:
        least, most = _rough_ages(audience)
    if least is None and most is None:
        return suits(audience, "child") != (age >= CHILDHOOD_ENDS)
    return (least or 0) <= age and (most is None or age <= most)


def is_for_other_ages(audience: str | None, age: int) -> bool:
    """Whether ages are written, and not this one."""
    is_written = ages(audience) != (None, None) or _rough_ages(audience) != (None, None)
    return is_written and not suits_age(audience, age)


def _rough_ages(audience: str | None) -> tuple[int | None, int | None]:
    """Ages that are written beside other conditions; months are less than a year."""
    found = re.search(words("zh", "going_on")["rough_ages"], audience or "")
    if found is None:
        return _ages_at_school(audience)
    if found["from"]:
        return int(found["from"]), None
    return (0 if found["months"] else int(found["least"])), int(found["most"])


def _ages_at_school(audience: str | None) -> tuple[int | None, int | None]:
    """Of the grades that are written: some begin a year earlier, some are a year behind."""
    found = re.search(words("zh", "going_on")["grades_of"], audience or "")
    return (int(found[1]) + BEFORE_SCHOOL - 1, int(found[2]) + BEFORE_SCHOOL + 1) if found else (None, None)
