"""What a sentence or a button wishes of centres that are followed."""

from handlers.asks import Ask, Dialogue
from handlers.places import places_in
from handlers.snapshot import Directory
from messages.understand.follow_talk import follow_act_of
from messages.understand.understand import Command, Understanding

FOLLOW, UNFOLLOW, FOLLOWED = "follow", "unfollow", "followed"
INTENTS = {"follow": FOLLOW, "unfollow": UNFOLLOW, "list": FOLLOWED}
# As many as a number of one digit can choose from.
MOST_CHOICES = 9


def commanded(command: Command, directory: Directory) -> Ask | None:
    """What a button means; None for those of others."""
    first = command.arguments[0] if command.arguments else ""
    match command.name:
        case "follow" | "unfollow" if first in directory.centres:
            return Ask(command.name, centres=(first,))
        case "followed":
            return Ask(FOLLOWED)
        case _:
            return None


def wished(meant: Understanding, dialogue: Dialogue, directory: Directory) -> Ask | None:
    """What a sentence asks for, at the centre that it names or that was spoken of; None when it speaks of
    none of this."""
    hits = (*meant.hits, *meant.without)
    act = follow_act_of(meant.text, hits)
    if act is None:
        return None
    places = places_in(hits, directory)
    area = directory.subdistricts.get(places.subdistrict or "", ())
    centres = places.centres or area[:MOST_CHOICES]
    if not centres and not places:
        centres = _shown(act, dialogue) or _spoken_of(dialogue)
    return Ask(INTENTS[act], centres=centres, unclear=len(centres) > 1)


def _shown(act: str, dialogue: Dialogue) -> tuple[str, ...]:
    """Whoever reads an announcement and wants no more means who announced it."""
    lead = f"/{UNFOLLOW} "
    found = [each.say.removeprefix(lead) for each in dialogue.choices if each.say.startswith(lead)]
    return tuple(found) if act == UNFOLLOW and len(found) == 1 else ()


def _spoken_of(dialogue: Dialogue) -> tuple[str, ...]:
    """The one centre of the last card or answer."""
    asks = [each.centres for each in (dialogue.focus, dialogue.last) if each and len(each.centres) == 1]
    return asks[0] if asks else ()
