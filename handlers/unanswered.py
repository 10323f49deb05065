"""Which questions nobody could answer: counted without what could tell who asked."""

from datetime import date

from messages.masking import mask
from messages.names import without_names
from messages.understand.understand import COMMAND
from messages.view_parts import CentreName
from messages.views import NothingFound, View
from messages.views_unable import NotUnderstood, OutOfScope
from storage import questions
from storage.database import Step


def unanswered(view: View, said: str, language: str, today: date) -> list[Step]:
    """The further step of a turn whose `view` is no answer; none for every other turn."""
    kind = _kind(view)
    if kind is None or COMMAND.match(said.strip()):
        return []
    masked = mask(without_names(said))
    return [questions.note_step(masked.key, masked.shown, language, kind, today)] if masked else []


def _kind(view: View) -> str | None:
    match view:
        case NotUnderstood():
            return "not_understood"
        case NothingFound() | OutOfScope(centre=CentreName()):
            return "nothing_found"
        case OutOfScope():
            return "out_of_scope"
        case _:
            return None
