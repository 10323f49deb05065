"""Reads for whom an activity is from what the office wrote: ages, grades, whether a guardian comes along."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from re import Match

from messages.booking_words import booking_words, pattern, plain
from messages.hours_lexer import number

LAST_GRADE = 12

# The ways to write a limit, and what of an age is meant with each.
AGES = ("age_span", "age_from", "age_to", "age_over", "age_under")
GRADES = ("grade_span", "grade_one")
_Piece = tuple[str, Match[str] | None]

SILENT = ("not_guardian", "ignored", "joints")


@dataclass(frozen=True, slots=True)
class Grades:
    """From one grade to another, both included: 1 to 12 of school, -2 to 0 the years of kindergarten."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom it is. Ages are completed years, both ends included; None is no limit.

    Where ages and grades are written, both must fit.
    """

    text: str | None
    least_age: int | None = None
    most_age: int | None = None
    grades: Grades | None = None
    needs_guardian: bool = False
    is_readable: bool = True


ANYBODY = Audience(None)


@lru_cache(maxsize=1024)
def read_audience(text: str | None) -> Audience:
    """For whom a cell says it is; an empty one is for everybody."""
    written = plain(text)
    if written == "":
        return Audience(text)
    found: list[_Piece] = list(_pieces(written)) if written else [("unknown", None)]
    names = [name for name, _ in found]
    least, most = _ages(found)
    grades = _grades(found)
    guardian = "guardian" in names
    says_whom = bool(least or most or grades) or guardian or "anyone" in names
    is_clear = (
        "unknown" not in names
        and len(least) <= 1
        and len(most) <= 1
        and all(low <= high for low in least for high in most)
        and all(each.low <= each.high <= LAST_GRADE for each in grades)
        and says_whom
    )
    if not is_clear:
        return Audience(text, needs_guardian=guardian, is_readable=False)
    return Audience(
        text,
        least_age=least[0] if least else None,
        most_age=most[0] if most else None,
        grades=Grades(min(g.low for g in grades), max(g.high for g in grades)) if grades else None,
        needs_guardian=guardian,
    )


def _pieces(written: str) -> Iterator[_Piece]:
    """The cell piece by piece, each by the longest way to read it; what is no way to is 'unknown'."""
    ways = (*AGES, *GRADES, "age_words", "stages", "guardian", "anyone", *SILENT)
    at = 0
    while at < len(written):
        found = [(name, match) for name in ways if (match := pattern("audience", name).match(written, at))]
        if not found:
            yield "unknown", None
            return
        name, match = max(found, key=lambda each: each[1].end())
        at = match.end()
        yield name, match


def _ages(found: list[_Piece]) -> tuple[list[int], list[int]]:
    """The least and the greatest ages named; words that mean an age count where no age is written."""
    least: list[int] = []
    most: list[int] = []
    for name, match in found:
        said = match.groupdict() if match else {}
        match name:
            case "age_span" | "age_to" | "age_from":
                least += [number(each) for each in (said.get("least"), said.get("full")) if each]
                most += [number(each) for each in (said.get("most"),) if each]
            case "age_over":
                least.append(number(said["least"]) + 1)
            case "age_under":
                most.append(number(said["most"]) - 1)
    meant = [booking_words("audience")["age_words"][m[0]] for name, m in found if name == "age_words" and m]
    if not least and not most:
        least = [low for low, _ in meant if low is not None]
        most = [high for _, high in meant if high is not None]
    return least, most


def _grades(found: list[_Piece]) -> list[Grades]:
    grades = []
    for name, match in found:
        if match and name == "stages":
            grades.append(Grades(*booking_words("audience")["stages"][match[0]]))
        elif match and name in GRADES:
            low = number(match["low"])
            grades.append(Grades(low, number(match["high"]) if name == "grade_span" else low))
    return grades
