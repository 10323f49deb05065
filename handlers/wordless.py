"""What comes without words to read: a photo, a place, a phone number, or what nobody can read."""

from handlers.asks import Ask, Dialogue
from handlers.message import Message
from handlers.wish_photos import said_with
from messages.phones import is_phone
from messages.understand.normalise import MAX_LENGTH, has_words


def wordless(message: Message, text: str, dialogue: Dialogue) -> tuple[Ask, Dialogue] | None:
    """The wish in a message whose cleaned `text` is not to be read; None for one with words."""
    if message.photo and not text.startswith("/"):
        return said_with(dialogue.photo), dialogue
    if message.unread:
        return Ask("not_readable", kind=message.unread), dialogue
    if not text and message.location:
        return dialogue.pending or Ask("place_noted"), dialogue.answered
    if not text or len(message.text) > MAX_LENGTH or not has_words(text):
        why = "empty" if not text else "long" if len(message.text) > MAX_LENGTH else "signs"
        return Ask("not_readable", kind=why), dialogue
    return (Ask("callback_phone"), dialogue) if is_phone(text) else None
