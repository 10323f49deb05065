"""What a centre offers at any time, and the words in which residents ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk_site import Site
from handlers.directory_changes import WORDS
from handlers.permissions import Act
from messages.directory import Service
from messages.understand.own_words import LONGEST
from messages.understand.terms import words_in
from storage import changes


@dataclass(frozen=True, slots=True)
class Line:
    """A service with the office's words for it and those that staff have `added`."""

    service: Service
    words: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Services:
    lines: tuple[Line, ...]
    changes: tuple[str, ...]
    longest: int


async def show(site: Site, _: Mapping[str, str]) -> Services:
    added: dict[str, tuple[str, ...]] = {}
    for each in await changes.unsettled(site.scene.tx):
        if (each.kind, each.field) == ("service", WORDS):
            added[each.row_id] = words_in(each.value)
    ours = site.world.directory.services_of.get(site.centre.id, ())
    lines = []
    for service in ours:
        own = added.get(service.id, ())
        lines.append(Line(service, tuple(each for each in service.words if each not in own), own))
    return Services(tuple(lines), ("word",) if site.may(Act.WORDS) else (), LONGEST)
