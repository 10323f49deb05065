"""Whether a sentence tells of danger: rather once too often, but not for a mere manner of speaking."""

from handlers.asks import Ask, Dialogue
from handlers.things import WISHES
from messages.understand.danger import CRY
from messages.understand.lexicon import FAINT, THINGS, Kind
from messages.understand.understand import Understanding
from messages.understand.vectors import By

# Besides the cry itself nothing may sound like danger, and something everyday must surely be wished for.
HARDLY, LIKELY, SURELY = 0.05, 0.5, 0.8

# The button beside the numbers to call: as long as it is the last that was offered, danger is spoken of.
TO_A_PERSON = "/human danger"
# Said when it is over, or when something of ours is asked.
ALL_IS_WELL = frozenset(
    ("abuse", "activities", "any_service", "bring", "callback", "centres", "english", "greet", "help")
) | {"human", "kiosk", "nearest", "phone", "price", "safe", "simplify", "thanks"}
# Danger that no word tells of: where nothing else is asked, beside a first question, and in a talk that goes
# on. With .8 there, 4 of 80 examples of danger behind another question were missed, with .7 one of them.
ALONE, BESIDE_A_QUESTION, IN_A_TALK = 0.6, 0.8, 0.7


def danger_in(meant: Understanding) -> Ask | None:
    """Who must be called."""
    if not meant.emergency or (meant.emergency == CRY and _is_manner_of_speaking(meant)):
        return None
    return Ask("emergency", kind="medical" if meant.emergency == CRY else meant.emergency)


def is_still_in_danger(meant: Understanding, dialogue: Dialogue) -> bool:
    """Whether a sentence after the numbers to call may go on about the danger: 'or shall I wait for him?'. It
    names nothing, asks for nothing of ours and does not say that all is well."""
    is_spoken_of = any(choice.say == TO_A_PERSON for choice in dialogue.choices) and not dialogue.wants
    if not is_spoken_of or meant.command or meant.language is None:
        return False
    if any(hit.rank > FAINT and hit.kind is not Kind.NOTHING for hit in meant.hits) or meant.out_of_scope:
        return False
    wished = meant.chance(*(wish for wishes in WISHES.values() for wish in wishes))
    is_wish = wished >= SURELY and meant.chance("emergency") <= HARDLY
    return not (is_wish or meant.cues & ALL_IS_WELL or meant.booking.no or meant.booking.act)


def _is_manner_of_speaking(meant: Understanding) -> bool:
    """'Help! Where does my child go after school?'"""
    wished = meant.chance(*(wish for wishes in WISHES.values() for wish in wishes))
    is_named = any(hit.kind in THINGS for hit in meant.hits)
    if meant.chance("emergency") > HARDLY:
        return False
    return wished >= LIKELY if is_named else wished >= SURELY and "asks" in meant.cues


def danger_from(meant: Understanding, base: Ask, dialogue: Dialogue) -> float:
    """How likely danger must be where no word says so."""
    if dialogue.last or dialogue.pending:
        return IN_A_TALK
    is_meant = meant.things is not None and meant.things.by is By.MEANING
    asks = base.facets or base.accessible or meant.cues & {"asks", "elliptic", "fever", "newcomer"}
    return BESIDE_A_QUESTION if asks or not is_meant else ALONE
