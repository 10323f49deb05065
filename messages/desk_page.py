"""The pages of the desk in every language: words and templates, without what a browser sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messages.page import TAGS, Files, Look, Visit
from messages.render import filters_of, words_of
from messages.words import HERE, LANGUAGES, words


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """Who looks at a page of the desk: its look, the token of its forms, and the role of their post."""

    look: Look
    csrf: str
    role: str


@dataclass(frozen=True, slots=True)
class Way:
    """A page that one may go to: its name in the words of the desk, its address, and whether one is there."""

    name: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: what it is called (None: the whole district), its address without the page's own name,
    and the ways from it."""

    name: str | None
    address: str
    ways: tuple[Way, ...]


class DeskPages:
    """Renders them. Raises jinja2.UndefinedError when a template asks for a word that is not there."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def room(self, visit: DeskVisit, place: Place, name: str, shown: object, **more: object) -> str:
        """A page of the desk by its name, which is that of its template, with what it shows."""
        return self._page(f"{name}.j2", visit.look, visit=visit, place=place, shown=shown, **more)

    def entry(self, visit: Visit, code: str, problem: str | None) -> str:
        """Asks for the code of the chat."""
        return self._page("entry.j2", visit.look, entry=visit, code=code, problem=problem)

    def sign_ins(self, visit: DeskVisit, listed: Sequence[object], own: str) -> str:
        """Where somebody is signed in, `own` being this browser."""
        return self._page("sign_ins.j2", visit.look, visit=visit, shown=listed, own=own, is_sign_ins=True)

    def _page(self, template: str, look: Look, **parts: object) -> str:
        found = _templates(look.language).get_template(template)
        return found.render(self._frame(look) | parts)

    def _frame(self, look: Look) -> dict[str, Any]:
        others = [(each, words(each, "page")["language"]) for each in LANGUAGES if each != look.language]
        known: Mapping[str, Any] = words(look.language, "desk")
        return {
            "look": look,
            "files": self._files,
            "words": words(look.language, "page"),
            "desk": known,
            "others": others,
        }


@cache
def _templates(language: str) -> Environment:
    """Compiled once for each language, which has its own ways to write days and times."""
    environment = Environment(
        loader=FileSystemLoader([HERE / "pages" / "desk", HERE / language / "views"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"tag": TAGS.__getitem__, **filters_of(language)}
    environment.filters["said"] = lambda view: words_of(view, language)
    return environment
