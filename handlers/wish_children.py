"""What a sentence or a button wishes of what is kept of somebody, and how a message with a name is read."""

from handlers.asks import Ask, Dialogue
from handlers.children import NAME
from handlers.safe import LEAVES_THE_COUNTRY
from messages.names import is_bare_name, name_in, tells_name
from messages.understand.understand import Command, Understanding

# A cue of the word lists, and the intent it stands for; the first that is there counts.
CUES = {
    "erase": "erase",
    "withdraw": "withdraw",
    "export": "export",
    "real_name": "real_name",
    "fetch_code": "fetch_code",
    "fetcher": "fetcher",
    "allergy": "allergy",
    "certificate": "certificates",
    "privacy": "privacy",
}
COMMANDS = {
    "privacy": "privacy",
    "export": "export",
    "erase": "erase",
    "consents": "withdraw",
    "withdraw": "withdraw",
    "name": "real_name",
    "fetcher": "fetcher",
    "allergy": "allergy",
    "fetch_code": "fetch_code",
    "certificates": "certificates",
}
# What nothing else was understood of.
NOTHING = frozenset(("unknown", "which_service", "out_of_scope"))
# What a sentence may have without asking anything.
GOES_ON = frozenset(("elliptic", "yes"))
# Words of a complaint or a rating: names are taken out of what is kept and shown of them.
WRITTEN = frozenset(("case_words", "take_words"))
# Intents whose messages are not kept, not even for a day.
PRIVATE = frozenset(("take_name", "name_unwanted"))


def commanded(command: Command) -> Ask | None:
    """What a button means; None for those of others."""
    intent = COMMANDS.get(command.name)
    first, second = (*command.arguments[:2], "", "")[:2]
    if intent is None:
        return None
    if command.name == "withdraw":
        return Ask(intent, kind=first or None)
    return Ask(intent, who=(first,) if first else (), kind=second or None)


def wished(meant: Understanding) -> Ask | None:
    """What a sentence asks for; None when it speaks of none of this."""
    found = next((intent for cue, intent in CUES.items() if cue in meant.cues), None)
    if found is None:
        return None
    is_of_a_child = found == "erase" and "child" in meant.audience
    return Ask(found, kind="child" if is_of_a_child else None)


def named(text: str, meant: Understanding) -> Ask | None:
    """How the answer to 'what is the name?' is read; None when it asks something else instead.

    When in doubt it is taken for the name: then it is kept nowhere.
    """
    if meant.emergency:
        return None
    if meant.booking.no or "no" in meant.cues:
        return Ask("no")
    asks = meant.cues - GOES_ON
    if is_bare_name(text) or (name_in(text) and (tells_name(text) or not asks)):
        return Ask("take_name")
    return None if asks or meant.hits else Ask("take_name")


def unwanted(text: str, ask: Ask, channel: str) -> bool:
    """Whether a message seems to hold a name of record that nobody asked for, and to say nothing else; where
    what is said leaves the country, whatever else it says, but for what somebody complains of."""
    if channel in LEAVES_THE_COUNTRY:
        return (tells_name(text) and ask.intent not in WRITTEN) or (
            ask.intent in NOTHING and is_bare_name(text)
        )
    return ask.intent in NOTHING and (tells_name(text) or is_bare_name(text))


def waits_for_name(dialogue: Dialogue) -> bool:
    """Whatever is typed now is not kept, for it may be the name."""
    return dialogue.wants == NAME
