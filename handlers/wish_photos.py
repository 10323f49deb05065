"""What a button or a sentence wishes of photos, and what is said with one: '/photo case G-0001' or '/photo
rating ID'."""

from handlers.asks import Ask
from messages.understand.understand import Command, Understanding

PHOTO, REMOVE = "photo", "photo_remove"
CASE, RATING = "case", "rating"


def of_case(code: str) -> str:
    return f"/{PHOTO} {CASE} {code}"


def of_rating(rating_id: str) -> str:
    return f"/{PHOTO} {RATING} {rating_id}"


def commanded(command: Command) -> Ask | None:
    """What a button means; None for those of others."""
    match command.name, *command.arguments[:2]:
        case ("photo", "case", str(code)):
            return Ask(PHOTO, case=code)
        case ("photo", "rating", str(rating_id)):
            return Ask(PHOTO, kind=rating_id)
        case ("photo_remove", str(photo_id)):
            return Ask(REMOVE, kind=photo_id)
    return None


def said_with(photo: str | None) -> Ask:
    """The wish of a photo that comes without a word: what the last answer asked one for."""
    return commanded(Command("photo", tuple((photo or "").split()[1:]))) or Ask(PHOTO)


def wished(meant: Understanding) -> Ask | None:
    return Ask(PHOTO) if "photo" in meant.cues else None
