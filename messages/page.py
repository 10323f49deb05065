"""The web page in every language: its words and its templates, without what a browser sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messages.render import Rendered
from messages.words import HERE, LANGUAGES, words

# As chats do: a time stands above what comes after a pause.
PAUSE = timedelta(minutes=5)
# What `lang` says of each language.
TAGS = {"zh": "zh-CN", "en": "en"}
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown: its language, and very large type with high contrast or not."""

    language: str
    elder: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The URLs of the page's own files."""

    style: str
    script: str
    icon: str


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
        self._templates.filters["tag"] = TAGS.__getitem__

    def chat(self, look: Look, *, steps: Sequence[Step], csrf: str, form_id: str) -> str:
        """The conversation. `csrf` and `form_id` stand in its forms."""
        return self._templates.get_template("chat.j2").render(
            self._frame(look)
            | {
                "steps": shown(steps, look.language),
                "suggestions": words(look.language, "phrases")["suggestions"][:SUGGESTIONS],
                "last": steps[-1].number if steps else 0,
                "csrf": csrf,
                "form_id": form_id,
            }
        )

    def note(self, look: Look, kind: str, help_line: str, *, text: str | None = None) -> str:
        """A short page that says what was not possible, in our words or in `text`, and leads back."""
        said = text or self.note_text(look.language, kind, help_line)
        return self._templates.get_template("note.j2").render(self._frame(look) | {"text": said})

    def note_text(self, language: str, kind: str, help_line: str) -> str:
        return str(words(language, "page")["notes"][kind]).format(help_line=help_line)

    def _frame(self, look: Look) -> dict[str, Any]:
        others = [language for language in LANGUAGES if language != look.language]
        return {
            "look": look,
            "files": self._files,
            "words": words(look.language, "page"),
            "others": [(other, words(other, "page")["language"]) for other in others],
        }


def shown(steps: Sequence[Step], language: str) -> list[ShownStep]:
    """The steps in readable words: a pressed button is shown by its label, not by what it sends."""
    here = words(language, "page")["script"]["here"]
    labels: dict[str, str] = {}
    before: datetime | None = None
    result = []
    for step in steps:
        said = step.said if step.said is None else labels.get(step.said, step.said) or here
        paused = before is None or step.at - before >= PAUSE
        result.append(ShownStep(step, said, stamp(step.at, language) if paused else None))
        labels |= {choice.say: choice.label for choice in step.rendered.choices}
        before = step.at
    return result


def stamp(at: datetime, language: str) -> str:
    """Day and time of a step."""
    months = words(language, "labels").get("months")
    month = months[at.month - 1] if months else at.month
    form = str(words(language, "page")["stamp"])
    return form.format(day=at.day, month=month, hour=at.hour, minute=at.minute)
