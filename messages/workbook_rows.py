"""One row of each sheet: what it must hold, how it is read, and what is said when it does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from messages.booking_rules import read_audience, read_cancelling, read_opens
from messages.hours import HoursError, parse_hours
from messages.workbook_cells import (
    CHINA_EAST,
    CHINA_NORTH,
    CHINA_SOUTH,
    CHINA_WEST,
    ERRORS,
    as_date,
    as_degrees,
    as_key,
    as_text,
    as_whole_number,
    is_latitude,
    is_longitude,
    is_phone,
)
from messages.workbook_file import FormulaWithoutResult
from messages.workbook_words import (
    RowKind,
    WordTable,
    expected,
    meaning,
    with_kept,
    word_choices,
)

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 5_000
_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell (or row, or sheet) that is not what it should be.

    `row` is counted as the spreadsheet shows it, 0 when the whole sheet is meant; `column` is the
    heading; `refused` says that the row was left out because of it, otherwise it was taken as written.
    """

    sheet: str
    row: int
    column: str
    value: str
    expected: str
    refused: bool


@dataclass(frozen=True, slots=True)
class CentreEntry:
    """A centre as the workbook tells it; degrees are GCJ-02, `row` is the spreadsheet's row number,
    `population` who lives around it."""

    id: str
    name: str
    subdistrict: str
    community: str | None
    kind: str
    status: str
    opened_on: date | None
    address: str
    latitude: float
    longitude: float
    phone: str | None
    hours_text: str
    accessibility: str | None
    transport: str | None
    note: str | None
    row: int
    population: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    centre_id: str
    name: str
    category: str
    hours_text: str
    fee: str | None
    audience: str | None
    bring: str | None
    how: str | None
    words: str | None
    note: str | None
    row: int


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    centre_id: str
    id: str
    name: str
    category: str
    time_text: str
    starts_on: date
    ends_on: date
    places: int
    audience: str | None
    fee: str | None
    room: str | None
    teacher: str | None
    opens_text: str | None
    cancel_text: str | None
    note: str | None
    row: int


@dataclass(frozen=True, slots=True)
class KioskEntry:
    id: str
    centre_id: str
    name: str
    location: str
    hours_text: str
    can_do: str
    row: int


Entry = CentreEntry | ServiceEntry | ActivityEntry | KioskEntry

REQUIRED: Final[Mapping[RowKind, tuple[str, ...]]] = {
    RowKind.CENTRE: (
        "id", "name", "subdistrict", "kind", "status", "address", "latitude", "longitude", "hours_text",
    ),
    RowKind.SERVICE: ("centre_id", "name", "category", "hours_text"),
    RowKind.ACTIVITY: (
        "centre_id", "id", "name", "category", "time_text", "starts_on", "ends_on", "places",
    ),
    RowKind.KIOSK: ("id", "centre_id", "name", "location", "hours_text", "can_do"),
}  # fmt: skip

# Columns that most files do not have: nobody misses them, and they are written only where something stands.
EXTRA: Final[Mapping[RowKind, frozenset[str]]] = {RowKind.CENTRE: frozenset({"population"})}


class Shared:
    """What rows of one reading share: texts that repeat are kept once, hours are parsed once."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._readable: dict[str, bool] = {}

    def text(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def is_readable(self, hours: str) -> bool:
        if hours not in self._readable:
            self._readable[hours] = _can_parse(hours)
        return self._readable[hours]


def _can_parse(hours: str) -> bool:
    try:
        parse_hours(hours)
    except HoursError:
        return False
    return True


@dataclass(slots=True)
class Line:
    """A row being read: takes cells by column and collects what is wrong with them."""

    sheet: str
    number: int
    cells: Mapping[str, Any]
    headings: Mapping[str, str]
    shared: Shared
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False

    def says(self, column: str, text: str, *, refused: bool) -> None:
        value = as_text(self.cells.get(column)) or ""
        if len(value) > _LONGEST_SHOWN:
            value = value[: _LONGEST_SHOWN - 1] + "…"
        heading = self.headings.get(column, column)
        self.problems.append(Problem(self.sheet, self.number, heading, value, text, refused))
        self.refused = self.refused or refused

    def optional(self, column: str, *, most: int = LONGEST_TEXT) -> str | None:
        value = self.cells.get(column)
        if isinstance(value, FormulaWithoutResult):
            self.says(column, expected("formula"), refused=False)
            return None
        text = as_text(value)
        if text is None:
            return None
        if text in ERRORS:
            self.says(column, expected("text_error"), refused=False)
        elif len(text) > most:
            self.says(column, expected("text_long", {"most": most}), refused=True)
        return self.shared.text(text)

    def required(self, column: str, *, most: int = LONGEST_TEXT) -> str:
        value = self.cells.get(column)
        if isinstance(value, FormulaWithoutResult) or as_text(value) in ERRORS:
            code = "formula" if isinstance(value, FormulaWithoutResult) else "text_error"
            self.says(column, expected(code), refused=True)
            return ""
        text = self.optional(column, most=most)
        if text is None:
            self.says(column, expected("filled"), refused=True)
        return text or ""

    def key(self, column: str) -> str:
        text = self.required(column)
        key = as_key(text)
        if text and key is None:
            self.says(column, expected("key"), refused=True)
        return self.shared.text(key or "")

    def word(self, column: str, table: WordTable) -> str:
        text = self.required(column)
        code = meaning(table, text)
        if text and code is None:
            self.says(column, expected("word", {"words": word_choices(table)}), refused=True)
        return self.shared.text(code or "")

    def hours(self, column: str) -> str:
        """Hours as written; what nobody can read is named and kept."""
        text = self.optional(column)
        if text is None:
            self.says(column, expected("hours_filled"), refused=False)
        elif text not in ERRORS and not self.shared.is_readable(text):
            self.says(column, expected("hours"), refused=False)
        return text or ""

    def rule(self, column: str, is_readable: Callable[[str], bool]) -> str | None:
        """A rule of booking as written; what nobody can read is named and kept."""
        text = self.optional(column)
        if text and text not in ERRORS and not is_readable(text):
            self.says(column, expected(column), refused=False)
        return text

    def phone(self, column: str) -> str | None:
        text = self.optional(column)
        if text and text not in ERRORS and not is_phone(text):
            self.says(column, expected("phone"), refused=False)
        return text

    def required_date(self, column: str) -> date:
        on = as_date(self.cells.get(column))
        if on is None and self.required(column):
            self.says(column, expected("date"), refused=True)
        return on or date.min

    def places(self, column: str) -> int:
        number = as_whole_number(self.cells.get(column))
        if number is None and self.required(column):
            self.says(column, expected("places"), refused=True)
        return number or 0

    def people(self, column: str) -> int | None:
        """How many there are, where it is said; what is no number is named and left out."""
        number = as_whole_number(self.cells.get(column))
        if number is None and self.optional(column):
            self.says(column, expected(column), refused=False)
        return number

    def optional_date(self, column: str, note: str | None) -> tuple[date | None, str | None]:
        """The date and the note; a date that cannot be read is named and kept in the note."""
        value = self.cells.get(column)
        text = as_text(value)
        on = as_date(value)
        if on is not None or (text is None and value is None):
            return on, note
        self.says(column, expected("date_kept" if text else "formula"), refused=False)
        return None, with_kept(note, self.headings[column], text) if text else note

    def degrees(self) -> tuple[float, float]:
        latitude = as_degrees(self.cells.get("latitude"))
        longitude = as_degrees(self.cells.get("longitude"))
        box = {"south": CHINA_SOUTH, "north": CHINA_NORTH, "west": CHINA_WEST, "east": CHINA_EAST}
        if (
            latitude is not None
            and longitude is not None
            and is_longitude(latitude)
            and is_latitude(longitude)
        ):
            self.says("latitude", expected("swapped", box), refused=True)
            return 0.0, 0.0
        if (latitude is None or not is_latitude(latitude)) and self.required("latitude"):
            self.says("latitude", expected("latitude", box), refused=True)
        if (longitude is None or not is_longitude(longitude)) and self.required("longitude"):
            self.says("longitude", expected("longitude", box), refused=True)
        return latitude or 0.0, longitude or 0.0


def read_centre(line: Line) -> CentreEntry:
    """The centre; only to be used when the line was not refused (so for all four readers)."""
    kind = line.word("kind", WordTable.KINDS)
    community = line.optional("community", most=LONGEST_NAME)
    if community is None and kind == "community":
        line.says("community", expected("community"), refused=True)
    latitude, longitude = line.degrees()
    opened_on, note = line.optional_date("opened_on", line.optional("note"))
    return CentreEntry(
        id=line.key("id"),
        name=line.required("name", most=LONGEST_NAME),
        subdistrict=line.required("subdistrict", most=LONGEST_NAME),
        community=community,
        kind=kind,
        status=line.word("status", WordTable.STATUSES),
        opened_on=opened_on,
        address=line.required("address"),
        latitude=latitude,
        longitude=longitude,
        phone=line.phone("phone"),
        hours_text=line.hours("hours_text"),
        accessibility=line.optional("accessibility"),
        transport=line.optional("transport"),
        note=note,
        row=line.number,
        population=line.people("population"),
    )


def read_service(line: Line) -> ServiceEntry:
    return ServiceEntry(
        centre_id=line.key("centre_id"),
        name=line.required("name", most=LONGEST_NAME),
        category=line.word("category", WordTable.CATEGORIES),
        hours_text=line.hours("hours_text"),
        fee=line.optional("fee"),
        audience=line.optional("audience"),
        bring=line.optional("bring"),
        how=line.optional("how"),
        words=line.optional("words"),
        note=line.optional("note"),
        row=line.number,
    )


def read_activity(line: Line) -> ActivityEntry:
    starts_on, ends_on = line.required_date("starts_on"), line.required_date("ends_on")
    if date.min < ends_on < starts_on:
        line.says("ends_on", expected("date_order", {"start": starts_on}), refused=True)
    return ActivityEntry(
        centre_id=line.key("centre_id"),
        id=line.key("id"),
        name=line.required("name", most=LONGEST_NAME),
        category=line.word("category", WordTable.CATEGORIES),
        time_text=line.hours("time_text"),
        starts_on=starts_on,
        ends_on=ends_on,
        places=line.places("places"),
        audience=line.rule("audience", lambda text: read_audience(text).is_readable),
        fee=line.optional("fee"),
        room=line.optional("room"),
        teacher=line.optional("teacher"),
        opens_text=line.rule("opens_text", lambda text: read_opens(text, starts_on).is_readable),
        cancel_text=line.rule("cancel_text", lambda text: read_cancelling(text, starts_on).is_readable),
        note=line.optional("note"),
        row=line.number,
    )


def read_kiosk(line: Line) -> KioskEntry:
    return KioskEntry(
        id=line.key("id"),
        centre_id=line.key("centre_id"),
        name=line.required("name", most=LONGEST_NAME),
        location=line.required("location"),
        hours_text=line.hours("hours_text"),
        can_do=line.required("can_do"),
        row=line.number,
    )


READERS: Final[Mapping[RowKind, Callable[[Line], Entry]]] = {
    RowKind.CENTRE: read_centre,
    RowKind.SERVICE: read_service,
    RowKind.ACTIVITY: read_activity,
    RowKind.KIOSK: read_kiosk,
}
