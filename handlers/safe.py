"""What lies outside the database: the keys that names are sealed with, the journal of what was erased, and
what signs addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.database import DatabaseError

# Channels whose operator keeps what is said abroad: names of record are neither taken nor said there.
LEAVES_THE_COUNTRY = frozenset({"telegram"})


class KeyLost(DatabaseError):
    """A key is missing, unreadable or not the one that sealed; the text says which file and what to do."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """Each centre has a key of its own for each term."""

    centre_id: str
    term: str


class Keys(Protocol):
    """Where keys are kept. `seal` and `opened` raise KeyLost when the key is not there."""

    def make(self, name: KeyName) -> None:
        """At the first need; a key that is there stays."""

    def has(self, name: KeyName) -> bool: ...

    def seal(self, name: KeyName, text: str, about: tuple[str, ...]) -> bytes:
        """`about` are the ids of the row that will hold it: nowhere else can it be opened."""

    def opened(self, name: KeyName, sealed: bytes, about: tuple[str, ...]) -> str: ...

    def trace(self, name: KeyName, about: tuple[str, ...]) -> str | None:
        """A hash that nobody can try out without the key, which is made at the first need; None where it
        cannot be had, which the operator reads in the log."""

    def destroy(self, name: KeyName) -> bool:
        """For ever: what was sealed with it can't be read again. False when it was gone already."""


@dataclass(frozen=True, slots=True)
class Erased:
    """An entry of the journal. `kind` is 'family', 'participant' or 'conversation'."""

    kind: str
    id: str
    receipt: str
    at: datetime


class Journal(Protocol):
    """Ids of what was erased, kept apart from the database, so that no backup brings it back."""

    def note(self, entries: Iterable[Erased]) -> None:
        """On disk when this returns."""

    def entries(self) -> list[Erased]: ...


class Addresses(Protocol):
    """Addresses that nobody guesses, each about something and good until a moment."""

    def make(self, about: tuple[str, ...], until: datetime) -> str: ...

    def read(self, token: str, now: datetime) -> tuple[str, ...] | None:
        """None for one that was not made here, and for one whose time is over."""


@dataclass(frozen=True, slots=True)
class Safe:
    keys: Keys
    journal: Journal
    addresses: Addresses
