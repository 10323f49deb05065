"""The web page in every language: its words and its templates, without what a browser sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messages.render import Rendered
from messages.views_booking import Held
from messages.views_calls import FamilyToCall
from messages.words import HERE, LANGUAGES, TRADITIONAL_TAG, button, words

# As chats do: a time stands above what comes after a pause.
PAUSE = timedelta(minutes=5)
# What `lang` says of each language.
TAGS = {"zh": "zh-CN", TRADITIONAL_TAG: TRADITIONAL_TAG, "en": "en"}
SUGGESTIONS = 3
# How what is said with a photo begins.
PHOTO = "/photo "
# Type sizes in the order in which one button goes round; the last has high contrast as well.
SIZES = ("normal", "large", "elder")


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown: its language and its type size."""

    language: str
    size: str = SIZES[0]

    @property
    def next_size(self) -> str:
        return SIZES[(SIZES.index(self.size) + 1) % len(SIZES)]


@dataclass(frozen=True, slots=True)
class Files:
    """The URLs of the page's own files; the chat's scripts beside the one that every page has, and that
    of pages with something to copy."""

    styles: tuple[str, ...]
    desk: tuple[str, ...]
    script: str
    chat: tuple[str, ...]
    icon: str
    copying: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at a page: its look, the token of its forms, the id of what they send. `idle_s`: on a
    device that many use, the seconds after which the page is cleared."""

    look: Look
    csrf: str
    form_id: str
    idle_s: int | None = None


@dataclass(frozen=True, slots=True)
class Community:
    """A community to choose as one's own; `say` is what the button sends."""

    name: str
    subdistrict: str
    say: str


@dataclass(frozen=True, slots=True)
class NameLine:
    """One of a list: `name` is None where none was given; `fetchers` pairs a relation's code with a name."""

    number: int
    alias: str
    name: str | None
    fetchers: tuple[tuple[str, str], ...]
    has_allergy: bool


@dataclass(frozen=True, slots=True)
class NamesList:
    """A list with real names, to be shown once and kept nowhere; `at` is local time."""

    activity: str
    centre: str
    at: datetime
    lines: tuple[NameLine, ...]


@dataclass(frozen=True, slots=True)
class CallLine:
    """A family to be called; `phone` is None where no number is kept, `key` names the news to a form."""

    family: FamilyToCall
    phone: str | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class CallSheet:
    """Whom a centre has to call, to be shown once and kept nowhere."""

    centre: str
    lines: tuple[CallLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a resident said (None: nothing, this is news; empty: a shared place) and what was answered.

    `at` is local time.
    """

    number: int
    message_id: str | None
    said: str | None
    at: datetime
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the template has it: in words that can be read, with a time after a pause."""

    step: Step
    said: str | None
    time: str | None


class Pages:
    """Renders pages. Raises jinja2.UndefinedError when a template asks for a word that is not there."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "tag": TAGS.__getitem__,
            "calendar_path": calendar_path,
            "code_path": code_path,
        }

    def chat(
        self,
        visit: Visit,
        *,
        steps: Sequence[Step],
        communities: Sequence[Community],
        opening: Rendered | None = None,
    ) -> str:
        """The conversation; `opening` is a question beneath it that was not said yet."""
        language = visit.look.language
        labels = labels_of(communities)
        return self._page(
            "chat.j2",
            visit,
            steps=shown(steps, language, labels),
            opening=opening,
            suggestions=words(language, "phrases")["suggestions"][:SUGGESTIONS],
            last=steps[-1].number if steps else 0,
            script_words=words(language, "page")["script"] | {"languages": language_labels()},
        )

    def more(self, visit: Visit, feed: str | None = None) -> str:
        """What is rarely needed: one row for each thing, and the address of the resident's calendar."""
        return self._page("more.j2", visit, feed=feed)

    def check_in(self, visit: Visit, held: Held) -> str:
        """The code of a booking, to be read out or scanned."""
        at = stamp(held.slot.starts_at, visit.look.language)
        return self._page("check_in.j2", visit, held=held, at=at)

    def names(self, visit: Visit, listed: NamesList) -> str:
        """Who is on a list, with real names as far as they were given."""
        language = visit.look.language
        labels = words(language, "labels")
        at = stamp(listed.at, language)
        return self._page(
            "names.j2", visit, listed=listed, at=at, people=labels["people"], relations=labels["relations"]
        )

    def calls(self, visit: Visit, listed: CallSheet) -> str:
        """Whom to call, with what they have to hear."""
        language = visit.look.language
        lines = [
            (
                each,
                stamp(each.family.starts_at, language),
                button(language, f"@heard_{each.family.news}"),
                button(language, f"@unheard_{each.family.why}"),
            )
            for each in listed.lines
        ]
        return self._page("calls.j2", visit, listed=listed, lines=lines)

    def kept(self, visit: Visit, code: str | None = None, until: datetime | None = None) -> str:
        """The recovery code, this once; without one, that there is nothing to keep yet."""
        day = long_day(until, visit.look.language) if until else None
        return self._page("kept.j2", visit, code=code, day=day)

    def code(self, visit: Visit, *, has_thread: bool, problem: str | None = None) -> str:
        """Asks for a recovery code. `problem` names why the last one was not taken."""
        return self._page("code.j2", visit, has_thread=has_thread, problem=problem)

    def device(self, visit: Visit, code: str) -> str:
        """The device's own code, for staff."""
        return self._page("device.j2", visit, code=code)

    def leave(self, visit: Visit, *, has_thread: bool) -> str:
        """Asks once more before the conversation is left."""
        return self._page("leave.j2", visit, has_thread=has_thread)

    def places(self, visit: Visit, communities: Sequence[Community], subdistrict: str | None) -> str:
        """Subdistricts to choose from, or the communities of one."""
        inside = [each for each in communities if each.subdistrict == subdistrict]
        names = tuple(dict.fromkeys(each.subdistrict for each in communities))
        if len(names) == 1:
            inside = list(communities)
        return self._page("place.j2", visit, inside=inside, subdistricts=names)

    def note(
        self, look: Look, kind: str, help_line: str, *, text: str | None = None, at_desk: bool = False
    ) -> str:
        """A short page that says what was not possible, in our words or in `text`, and leads back, to the
        conversation or to the desk."""
        said = text or self.note_text(look.language, kind, help_line, at_desk=at_desk)
        parts = {"text": said, "at_desk": at_desk}
        return self._templates.get_template("note.j2").render(self._frame(look) | parts)

    def note_text(self, language: str, kind: str, help_line: str, *, at_desk: bool = False) -> str:
        known = words(language, "page")
        ours = known["desk_notes"].get(kind) if at_desk else None
        return str(ours or known["notes"][kind]).format(help_line=help_line)

    def _page(self, template: str, visit: Visit, **parts: object) -> str:
        frame = self._frame(visit.look) | {"visit": visit} | parts
        return self._templates.get_template(template).render(frame)

    def _frame(self, look: Look) -> dict[str, Any]:
        others = [language for language in LANGUAGES if language != look.language]
        return {
            "look": look,
            "files": self._files,
            "words": words(look.language, "page"),
            "others": [(other, words(other, "page")["language"]) for other in others],
        }


def calendar_path(codes: Sequence[str]) -> str:
    """Where the calendar file of bookings is found."""
    return f"/calendar/{'-'.join(codes)}.ics"


def code_path(codes: Sequence[str]) -> str | None:
    """Where a check-in code is shown; None for several, each of which has its own card."""
    return f"/qr/{codes[0]}" if len(codes) == 1 else None


def language_labels() -> dict[str, str]:
    """What the buttons of the languages send, with what stands on them."""
    return {f"/language {language}": str(words(language, "page")["language"]) for language in LANGUAGES}


def labels_of(communities: Sequence[Community]) -> dict[str, str]:
    """What buttons outside the conversation send, with what stands on them."""
    return language_labels() | {each.say: each.name for each in communities}


def shown(
    steps: Sequence[Step], language: str, known: Mapping[str, str] = MappingProxyType({})
) -> list[ShownStep]:
    """The steps in readable words: a pressed button is shown by its label, not by what it sends."""
    labels = dict(known)
    before: datetime | None = None
    result = []
    for step in steps:
        said = step.said if step.said is None else _words_of(step.said, labels, language)
        paused = before is None or step.at - before >= PAUSE
        result.append(ShownStep(step, said, stamp(step.at, language) if paused else None))
        labels |= {choice.say: choice.label for choice in step.rendered.choices}
        before = step.at
    return result


def _words_of(said: str, labels: Mapping[str, str], language: str) -> str:
    """The label of a pressed button; a button that is no longer in sight was pressed all the same."""
    script: Mapping[str, str] = words(language, "page")["script"]
    if not said:
        return script["here"]
    if said.startswith(PHOTO):
        return script["photo"]
    return labels.get(said) or (script["pressed"] if said.startswith("/") else said)


def long_day(at: date, language: str) -> str:
    """A day with its year."""
    labels = words(language, "labels")
    name = labels["months"][at.month - 1] if "months" in labels else ""
    return str(labels["date_year"]).format(year=at.year, month=at.month, day=at.day, month_name=name)


def stamp(at: datetime, language: str) -> str:
    """Day and time of a step."""
    months = words(language, "labels").get("months")
    month = months[at.month - 1] if months else at.month
    form = str(words(language, "page")["stamp"])
    return form.format(day=at.day, month=month, hour=at.hour, minute=at.minute)
