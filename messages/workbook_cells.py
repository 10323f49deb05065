"""From a cell of any type to text, number, date or degrees, and what a cell says when it is none."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, Final

from messages.workbook_file import FormulaWithoutResult
from messages.workbook_words import pattern

ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
CHINA_SOUTH, CHINA_NORTH = 3.5, 54.0
CHINA_WEST, CHINA_EAST = 73.0, 136.0

_ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")
_LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")


def as_text(value: Any) -> str | None:
    """What a reader of the sheet sees: trimmed, line breaks as a blank, None for an empty cell."""
    match value:
        case None | FormulaWithoutResult():
            return None
        case str():
            return trimmed(value) or None
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return str(int(value)) if isfinite(value) and value == int(value) else f"{value:.15g}"
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02d}"
        case _:
            return trimmed(str(value)) or None


def trimmed(text: str) -> str:
    """Text as written, without outer blanks, characters no file may hold, and inner line breaks."""
    if text.isprintable() and "_x" not in text:
        return text.strip()
    plain = _UNWRITABLE.sub("", _ESCAPED_CONTROL.sub("\n", text).replace("\t", " "))
    return _LINE_BREAKS.sub(" ", plain.strip()).strip().strip("\u200b\u200e\u200f").strip()


def narrowed(text: str) -> str:
    """Text with full-width forms narrowed and blanks folded, for reading keys and numbers."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def as_key(text: str) -> str | None:
    """A centre's, activity's or kiosk's key in one form (narrow, no blanks, upper case), or None."""
    key = "".join(c for c in _BLANKS.sub("", narrowed(text)).upper() if unicodedata.category(c) != "Cf")
    return key if re.fullmatch(r"\w[\w-]{0,39}", key) else None


def as_date(value: Any) -> date | None:
    """A civil date from a date cell or from text; None when it is neither."""
    match value:
        case datetime():
            return value.date()
        case date():
            return value
        case bool():
            return None
        case int() | float() | str():
            return _date_in(narrowed(as_text(value) or ""))
        case _:
            return None


def _date_in(text: str) -> date | None:
    found = pattern("date").fullmatch(text) or pattern("date_digits").fullmatch(text)
    if not found:
        return None
    try:
        on = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return on if 1949 <= on.year <= 2199 else None


def as_whole_number(value: Any) -> int | None:
    """A whole number above zero, with or without its measure word; None otherwise."""
    if isinstance(value, bool):
        return None
    found = pattern("whole_number").fullmatch(narrowed(as_text(value) or ""))
    number = int(found["number"]) if found else 0
    return number if number > 0 else None


def as_degrees(value: Any) -> float | None:
    """Degrees from a number or a text such as `24.9` with a degree sign or hemisphere; None otherwise."""
    match value:
        case bool():
            return None
        case int() | float():
            return float(value) if abs(value) <= 180 else None
        case str():
            found = pattern("degrees").fullmatch(narrowed(value))
            return float(found["number"]) if found else None
        case _:
            return None


def is_latitude(degrees: float) -> bool:
    """Whether it can be a latitude in China."""
    return CHINA_SOUTH <= degrees <= CHINA_NORTH


def is_longitude(degrees: float) -> bool:
    """Whether it can be a longitude in China."""
    return CHINA_WEST <= degrees <= CHINA_EAST


def is_phone(text: str) -> bool:
    """Whether a text holds one or more telephone numbers of the mainland, and nothing else."""
    parts = pattern("phone_separator").split(narrowed(text))
    return all(pattern("phone").fullmatch(part.strip()) for part in parts)


def is_blank(value: Any) -> bool:
    """Whether a reader of the sheet sees nothing there."""
    return value is None or (isinstance(value, str) and not trimmed(value))
