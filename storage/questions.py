"""Questions that nobody could answer, counted, without anything about who asked."""

from dataclasses import dataclass
from datetime import date

from storage.statements import load_queries
from storage.transaction import Step, Transaction

SQL = load_queries("questions")


@dataclass(frozen=True, slots=True)
class Question:
    """`kind`: not_understood, nothing_found or out_of_scope. `shown` is masked by whoever noted it."""

    text_key: str
    shown: str
    language: str
    kind: str
    times: int
    first_on: date
    last_on: date


def note_step(text_key: str, shown: str, language: str, kind: str, asked_on: date) -> Step:
    """One more time, as a step of the turn in which it was asked."""
    params = {"text_key": text_key, "shown": shown, "language": language, "kind": kind, "asked_on": asked_on}
    return SQL["note"], params


async def most_asked(tx: Transaction, since_on: date, limit: int) -> list[Question]:
    """Those asked on that day or later, the most frequent first."""
    return await tx.records(Question, SQL["most_asked"], {"since_on": since_on, "most": limit})


async def forget_rare(tx: Transaction, before_on: date) -> int:
    """Delete what was asked once and not since that day; how many."""
    return len(await tx.rows(SQL["forget_rare"], {"before_on": before_on}))
