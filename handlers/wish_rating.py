"""What a sentence or a button wishes of ratings."""

from handlers.asks import Ask, Dialogue
from messages.understand.lexicon import FAINT, THINGS, Kind
from messages.understand.understand import Command, Understanding

WORDS = "rating_words"
SHORT, FEW = 6, 8
LEVELS = ("1", "2", "3", "4", "5")


def commanded(command: Command) -> Ask | None:
    """What a button means; None for those of others."""
    first, second = (*command.arguments[:2], "", "")[:2]
    match command.name:
        case "rate" if first:
            return Ask("rate", kind=first, numbers=(int(second),) if second in LEVELS else ())
        case "no_rating" | "rate_words" if first:
            return Ask(command.name, kind=first)
        case "rate_reason" if first and second:
            return Ask("rate_reason", kind=first, said=second)
        case "rate_quote" if first and second in ("yes", "no"):
            return Ask("rate_quote", kind=first, said=second)
        case "receipt" if first:
            return Ask("receipt", said=first.upper())
        case "ratings":
            return Ask("my_ratings")
    return None


def receipt_in(meant: Understanding) -> Ask | None:
    """The receipt that is to be looked up; its letters are of no language and name nothing."""
    return Ask("receipt", said=meant.rating.receipt) if meant.rating.receipt else None


def written(meant: Understanding, dialogue: Dialogue) -> Ask | None:
    """The message that was asked for: whatever it says is what is to be kept, but for a no, and for a call
    for a person."""
    if dialogue.wants != WORDS or dialogue.pending is None:
        return None
    if "human" in meant.cues and len(meant.text) <= SHORT:
        return None
    return Ask("my_ratings") if meant.booking.no else dialogue.pending


def _asks_of_a_centre(meant: Understanding, ask: Ask, dialogue: Dialogue) -> bool:
    """Whether it is a centre whose rating is asked for: the one that is named, or in so few words the one
    spoken of."""
    if any(hit.kind in THINGS and hit.rank > FAINT for hit in meant.hits):
        return False
    before = dialogue.last.centres if dialogue.last else ()
    return len(ask.centres) == 1 or (not ask.centres and len(before) == 1 and len(meant.text) <= FEW)


def rating_in(meant: Understanding, ask: Ask, dialogue: Dialogue) -> Ask | None:
    """A rating that is given in words: a level, or a word for rating, of a place or of the one spoken of."""
    talk = meant.rating
    if talk.mine:
        return Ask("my_ratings")
    if talk.only_asks and _asks_of_a_centre(meant, ask, dialogue):
        return Ask("stars", centres=ask.centres)
    if "rate" not in meant.cues or talk.only_asks or ask.intent in ("human", "callback", "emergency"):
        return None
    levels = (talk.level,) if talk.level else ()
    # What a sentence only comes near to is not what somebody rates.
    named = {name for hit in meant.hits if hit.kind is Kind.SERVICE and hit.rank > FAINT for name in hit.ids}
    services = tuple(name for name in ask.services if name in named)
    return Ask("rate", centres=ask.centres[:1], services=services, numbers=levels)
