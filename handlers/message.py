"""What a channel hands in: one message of one resident, whatever the channel."""

from dataclasses import dataclass, field

from messages.geo import Datum
from messages.photo import Photo, Problem


@dataclass(frozen=True, slots=True)
class Location:
    """A shared place in degrees, in the datum the channel names."""

    latitude: float
    longitude: float
    datum: Datum


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is unique in the conversation: a message that comes twice is answered once.

    `address` names the resident on the channel. `text` is what was typed or the `say` of a button.
    `location` comes alone or beside the text; `tapped` says that a button was pressed. `language` is
    that of what surrounds the chat; a conversation begins in it. `origin` is what the connection tells of the
    device, None where nothing; it is kept and logged nowhere. `photo` is a clean one, or why there is none;
    it comes alone or with what is said with photos: other words are a message of their own. `unread` says
    what came instead of words: 'voice', 'picture', 'video', 'link' or 'other'. `is_public`: many people use
    the device, one after the other.
    """

    channel: str
    address: str
    id: str
    text: str
    location: Location | None = None
    tapped: bool = False
    language: str | None = None
    origin: str | None = field(default=None, repr=False)
    photo: Photo | Problem | None = None
    unread: str | None = None
    is_public: bool = False
