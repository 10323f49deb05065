"""The directory as the rest of Linli sees it: centres, services, activities, kiosks."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CentreKind(StrEnum):
    COMMUNITY = "community"
    PARK = "park"


class CentreStatus(StrEnum):
    OPEN = "open"
    BUILDING = "building"
    PREPARING = "preparing"


class Category(StrEnum):
    """The six functions of the 1+6+X model, then what leads (1) and what a community adds (X)."""

    ELDER = "elder"
    CHILD = "child"
    MEDICAL = "medical"
    CULTURE = "culture"
    LIFE = "life"
    ADMIN = "admin"
    PARTY = "party"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Centre:
    """A neighbourhood centre. Latitude and longitude are degrees, GCJ-02; `population` is who lives
    around it, where somebody wrote it down; `coming` tells hours to come."""

    id: str
    district: str
    name: str
    subdistrict: str
    community: str | None
    kind: CentreKind
    status: CentreStatus
    opened_on: date | None
    address: str
    latitude: float
    longitude: float
    phone: str | None
    hours_text: str
    accessibility: str | None
    transport: str | None
    note: str | None
    updated_on: date
    population: int | None
    coming: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """Something a centre offers; `words` are what residents call it."""

    id: str
    centre_id: str
    name: str
    category: Category
    hours_text: str
    fee: str | None
    audience: str | None
    bring: str | None
    how: str | None
    words: tuple[str, ...]
    note: str | None
    updated_on: date


@dataclass(frozen=True, slots=True)
class Activity:
    """A class, club or camp of a centre; its rules are kept as the office wrote them. `coming` says what will
    be different from a day on."""

    id: str
    centre_id: str
    name: str
    category: Category
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
    updated_on: date
    coming: str | None = None


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A self-service machine at a centre."""

    id: str
    centre_id: str
    name: str
    location: str
    hours_text: str
    can_do: str
    updated_on: date
