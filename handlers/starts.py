"""What a link or a scanned code opens the chat with: one payload for the page, for apps and for posters.

`door_FZ002` asks what it is like at that centre, `at_FZ002` shows its card and `do_FZ002-01` an activity's; a
payload is made of letters that Telegram's `?start=` and WeChat's scenes carry, and reaches Linli as
`/start door_FZ002`. Whatever else it holds, the chat begins as always.
"""

from handlers.asks import Ask, Dialogue
from handlers.lists import show_activity, show_centre
from handlers.places import places_of
from handlers.rating import asked_at_the_door
from handlers.snapshot import Directory
from handlers.world import World
from messages.understand.understand import Command, Understanding
from messages.views import View
from storage.staff import Post

DOOR, CENTRE, ACTIVITY = "door_", "at_", "do_"


def payload_of_door(centre_id: str) -> str:
    return f"{DOOR}{centre_id}"


def payload_of_centre(centre_id: str) -> str:
    return f"{CENTRE}{centre_id}"


def payload_of_activity(activity_id: str) -> str:
    return f"{ACTIVITY}{activity_id}"


def commanded(command: Command, directory: Directory) -> Ask | None:
    """What a start with a payload asks; None for those of others."""
    if command.name != "start" or not command.arguments:
        return None
    return _asked(command.arguments[0], directory)


def code_asked_for(meant: Understanding, directory: Directory, post: Post | None) -> Ask | None:
    """The wish for the code at a door: of the centre that is named, or of one's own."""
    if meant.cues.isdisjoint(("door_code", "code")):
        return None
    places = places_of(meant, directory)
    if "door_code" not in meant.cues and not places:
        return None
    own = (post.centre_id,) if post and post.centre_id and not places else ()
    centres = places.centres or own
    return Ask("door_code", centres=centres, subdistrict=places.subdistrict, unclear=places.unclear)


def opening(payload: str, world: World) -> View | None:
    """What is asked or shown before anybody has said anything; nothing is stored for it."""
    ask = _asked(payload, world.directory)
    match ask:
        case Ask("rate", kind=str(centre_id)):
            return asked_at_the_door(centre_id, world)
        case Ask("centre_card"):
            return show_centre(ask, Dialogue(), world).view
        case Ask("activity_card"):
            return show_activity(ask, Dialogue(), world).view
        case _:
            return None


def _asked(payload: str, directory: Directory) -> Ask | None:
    kind, line, thing = payload.partition("_")
    start = kind + line
    if start == DOOR and thing in directory.centres:
        return Ask("rate", kind=thing)
    if start == CENTRE and thing in directory.centres:
        return Ask("centre_card", centres=(thing,))
    if start == ACTIVITY and thing in directory.activities:
        return Ask("activity_card", activities=(thing,), centres=(directory.activities[thing].centre_id,))
    return None
