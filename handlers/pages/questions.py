"""What residents asked and nobody could answer, each to be said which service of the centre is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.desk_site import Site
from handlers.digest import ASKED_FROM, ASKED_WITHIN
from messages.understand.lexicon import Kind, Lexicon
from messages.understand.normalise import normalise
from messages.understand.own_words import LONGEST, asked_for
from storage import questions

# Looked at, and listed of them; who asks for the weather means no service.
LOOKED_AT, LISTED = 100, 20
OF_SERVICES = frozenset(("not_understood", "nothing_found"))


@dataclass(frozen=True, slots=True)
class Line:
    """A question as it is kept, without what could tell who asked; `word` is what may be asked for."""

    shown: str
    times: int
    last_on: date
    word: str


@dataclass(frozen=True, slots=True)
class Questions:
    """Asked `least` times or more and again within `days`, the most frequent first; of the whole district, as
    nobody notes where they are asked."""

    lines: tuple[Line, ...]
    services: tuple[str, ...]
    least: int
    days: int
    longest: int


async def show(site: Site, _: Mapping[str, str]) -> Questions:
    directory = site.world.directory
    asked = await questions.most_asked(site.scene.tx, site.now.date() - ASKED_WITHIN, LOOKED_AT)
    lines = [
        Line(each.shown, each.times, each.last_on, asked_for(each.shown, directory.lexicon))
        for each in asked
        if each.times >= ASKED_FROM and each.kind in OF_SERVICES
        if not _is_known(each.shown, directory.lexicon)
    ]
    names = tuple(each.name for each in directory.services_of.get(site.centre.id, ()))
    return Questions(tuple(lines[:LISTED]), names, ASKED_FROM, ASKED_WITHIN.days, LONGEST)


def _is_known(shown: str, lexicon: Lexicon) -> bool:
    """Whether it names a service by now: then its word was added since."""
    return any(hit.kind is Kind.SERVICE for hit in lexicon.find(normalise(shown)))
