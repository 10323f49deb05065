"""What stands on a poster; messages/poster_sheet.py draws it, with what nobody needs who draws none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Code:
    """`where` it leads: 'page', 'wechat' or 'telegram'; `text` is what it holds."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Poster:
    """`kind` is 'centre', 'rating' or 'activity', `name` what it is about. `above` the codes and `below` them
    stand facts by their codes; those that are empty are left out. `dates`: of an activity."""

    kind: str
    name: str
    codes: tuple[Code, ...]
    above: Mapping[str, str | None]
    below: Mapping[str, str | None]
    dates: tuple[date, date] | None = None
    is_sample: bool = False
