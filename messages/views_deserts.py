"""Answers about service deserts: what residents wish for where it is not there or too far on foot."""

from dataclasses import dataclass
from datetime import date

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class DesertPlace:
    """Near which centre so many `wishes` were made, and the `metres` of street, rounded up, from there to the
    nearest that offers it; None: nobody does."""

    centre: CentreName
    wishes: int
    metres: int | None


@dataclass(frozen=True, slots=True)
class DesertLine:
    """`thing` is a name, or @ and the code of a category; `wishes` are all of them, `elsewhere` those near
    centres that are not among the `places` since too few wish there."""

    thing: str
    wishes: int
    places: tuple[DesertPlace, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class DesertsShown:
    """Of the subdistrict `of`, or of the 'district', since the Monday `since`: what is missed most, by the
    formula of handlers/deserts.py, the most first, and how many `more` things. `least`: so many wishes are
    told, `walk` metres are near. `picture` is an address, None where there is nothing to draw."""

    of: str
    since: date
    least: int
    walk: int
    lines: tuple[DesertLine, ...]
    more: int
    picture: str | None
    choices: tuple[Choice, ...]


DesertView = DesertsShown
