"""What a link or a scanned code opens the chat with: one payload for the page, for apps and for posters.

`door_FZ002` asks what it is like at that centre; it is made of letters that Telegram's `?start=` and WeChat's
scenes carry, and reaches Linli as `/start door_FZ002`. Whatever else it holds, the chat begins as always.
"""

from handlers.asks import Ask
from handlers.places import places_of
from handlers.rating import asked_at_the_door
from handlers.snapshot import Directory
from handlers.world import World
from messages.understand.understand import Command, Understanding
from messages.views import View
from storage.staff import Post

DOOR = "door_"


def payload_of_door(centre_id: str) -> str:
    return f"{DOOR}{centre_id}"


def commanded(command: Command, directory: Directory) -> Ask | None:
    """What a start with a payload asks; None for those of others."""
    if command.name != "start" or not command.arguments:
        return None
    centre_id = _door_of(command.arguments[0], directory)
    return Ask("rate", kind=centre_id) if centre_id else None


def code_asked_for(meant: Understanding, directory: Directory, post: Post | None) -> Ask | None:
    """The wish for the code at a door: of the centre that is named, or of one's own."""
    places = places_of(meant, directory)
    if "door_code" not in meant.cues and not (places and "code" in meant.cues):
        return None
    own = (post.centre_id,) if post and post.centre_id and not places else ()
    centres = places.centres or own
    return Ask("door_code", centres=centres, subdistrict=places.subdistrict, unclear=places.unclear)


def opening(payload: str, world: World) -> View | None:
    """What is asked before anybody has said anything; nothing is stored for it."""
    centre_id = _door_of(payload, world.directory)
    return asked_at_the_door(centre_id, world) if centre_id else None


def _door_of(payload: str, directory: Directory) -> str | None:
    kind, found, centre_id = payload.partition(DOOR)
    return centre_id if found and not kind and centre_id in directory.centres else None
