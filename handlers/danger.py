"""Whether a sentence tells of danger: rather once too often, but not for a mere manner of speaking."""

from handlers.asks import Ask
from handlers.things import WISHES
from messages.understand.lexicon import THINGS
from messages.understand.understand import CRY, Understanding

# Besides the cry itself nothing may sound like danger, and something everyday must surely be wished for.
HARDLY, LIKELY, SURELY = 0.05, 0.5, 0.8


def danger_in(meant: Understanding) -> Ask | None:
    """Who must be called."""
    if not meant.emergency or (meant.emergency == CRY and _is_manner_of_speaking(meant)):
        return None
    return Ask("emergency", kind="medical" if meant.emergency == CRY else meant.emergency)


def _is_manner_of_speaking(meant: Understanding) -> bool:
    """'Help! Where does my child go after school?'"""
    wished = meant.chance(*(wish for wishes in WISHES.values() for wish in wishes))
    is_named = any(hit.kind in THINGS for hit in meant.hits)
    if meant.chance("emergency") > HARDLY:
        return False
    return wished >= LIKELY if is_named else wished >= SURELY and "asks" in meant.cues
