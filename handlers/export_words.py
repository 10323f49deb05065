"""Reads fees, ages, documents and addresses out of the office's words for exports; the words stay beside."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from messages.booking_audience import read_audience
from messages.words import words
from messages.workbook_cells import narrowed


@cache
def export_words() -> dict[str, Any]:
    lists: dict[str, Any] = words("zh", "workbook")["export"]
    return lists


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(export_words()[name])


@dataclass(frozen=True, slots=True)
class Price:
    """A part of a fee as written; `amount` in yuan where the part names one."""

    words: str
    amount: float | None


def prices(fee: str | None) -> list[Price]:
    return [_price(part) for part in _pattern("parts").split(fee or "") if part]


def _price(part: str) -> Price:
    if narrowed(part).startswith(export_words()["free"]):
        return Price(part, 0.0)
    found = _pattern("amount").search(narrowed(part))
    return Price(part, float(found["amount"]) if found else None)


def ages(audience: str | None) -> tuple[int | None, int | None]:
    """Least and greatest age in completed years, as booking reads them; none beside a school grade."""
    whom = read_audience(audience)
    return (None, None) if whom.grades else (whom.least_age, whom.most_age)


def listed(text: str | None) -> list[str]:
    """What a cell lists, item by item."""
    return [item for item in _pattern("list").split(text or "") if item]


def city_and_region(address: str) -> tuple[str, str]:
    """The city and the district an address begins with, empty where it names none."""
    found = _pattern("city").match(address)
    return (found["city"], found["region"] or "") if found else ("", "")
