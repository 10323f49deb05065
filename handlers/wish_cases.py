"""What a sentence or a button wishes of a resident's cases, and which words are for whoever has one."""

import re

from handlers.asks import Ask, Dialogue
from handlers.case_states import VERDICTS
from handlers.places import places_in
from handlers.snapshot import Directory
from messages.phones import without_phone
from messages.understand.case_orders import code_in, is_code
from messages.understand.lexicon import FAINT
from messages.understand.understand import Command, Understanding

# What is typed now is to be read by others.
WORDS = "words"
INFORMATION = "information"
PURPOSES = frozenset(("complaint", INFORMATION))
# What may be wrong at a centre, as codes of its case.
FOUND = ("closed", "no_answer", "wrong")
# Whoever asks for this in so few words means it, whatever is waited for; in more it is part of a story.
SHORT = 8
_WORD = re.compile(r"[a-z']+|[^\W\d_]")
ASKS_ELSE = frozenset(("callback", "callback_cancel", "help", "human", "my_cases"))


def commanded(command: Command, directory: Directory) -> Ask | None:
    """What a button means; None for those of others."""
    first, second = (*command.arguments[:2], "", "")[:2]
    match command.name:
        case "cases":
            return Ask("my_cases")
        case "case" if first:
            return Ask("my_case", case=first)
        case "case_callback" if first in directory.centres and is_code(second):
            return Ask("callback", kind=second, centres=(first,))
        case "case_write" if first:
            return Ask("write_case", case=first)
        case "verdict" if first and second in VERDICTS:
            return Ask("verdict", case=first, kind=second)
        case "wrong" if first in directory.centres:
            return Ask("what_is_wrong", centres=(first,))
        case "report" if first in directory.centres and second in FOUND:
            return Ask("report_wrong", centres=(first,), kind=second)
        case "complain" if first in PURPOSES and (not second or second in directory.centres):
            return Ask("report", kind=first, centres=(second,) if second else ())
        case _:
            return None


def wished(meant: Understanding, directory: Directory) -> Ask | None:
    """The list, the case whose number is said, or that something of ours is written down wrong."""
    if "my_cases" in meant.cues:
        return Ask("my_cases")
    places = places_in(meant.hits, directory)
    found = next((about for about in FOUND if f"found_{about}" in meant.cues), None)
    if "wrong_info" in meant.cues:
        return Ask("report", kind=INFORMATION, centres=places.centres, unclear=places.unclear)
    if found and "complaint" not in meant.cues and not _asks(meant):
        return Ask("what_is_wrong", kind=found, centres=places.centres, unclear=places.unclear)
    return Ask("my_case", case=code_in(meant.text)) if is_code(meant.text) else None


def _asks(meant: Understanding) -> bool:
    """Whether a clear question about a thing or a place stands beside what went wrong: it is answered, and
    the answer offers to report."""
    return "asks" in meant.cues and any(hit.rank > FAINT for hit in meant.hits)


def _is_short(text: str) -> bool:
    """Chinese is counted by characters, English by words, and a phone number as none."""
    return len(_WORD.findall(without_phone(text, shown=0).lower())) <= SHORT


def written(meant: Understanding, dialogue: Dialogue) -> Ask | None:
    """How an answer to 'what is to be written?' is read; the words themselves stand in the message alone."""
    pending = dialogue.pending
    if dialogue.wants != WORDS or pending is None or is_code(meant.text):
        return None
    if meant.cues & ASKS_ELSE and _is_short(meant.text):
        return None
    if meant.booking.no or "no" in meant.cues:
        return Ask("no")
    return Ask("case_words", case=pending.case, kind=pending.kind, centres=pending.centres)
