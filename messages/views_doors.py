"""The answer about the code at a centre's door."""

from dataclasses import dataclass

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class DoorCodeShown:
    """The code that opens the chat at a centre; `picture` is the address of the one that leads to the web
    page. A channel that can be opened by a code of its own shows that."""

    centre: CentreName
    picture: str
    choices: tuple[Choice, ...]


DoorView = DoorCodeShown
