"""Decides what staff order, from what was understood and what the conversation remembers; pure."""

from handlers.asks import Ask, Dialogue
from handlers.snapshot import Directory
from messages.understand.understand import Command, Understanding
from storage.staff import Post


def order_in(meant: Understanding, dialogue: Dialogue, post: Post, directory: Directory) -> Ask | None:
    """The order in a sentence or button of staff; None for what a resident might have said as well."""
    if meant.command:
        return _commanded(meant.command)
    return None


def _commanded(command: Command) -> Ask | None:
    match command.name:
        case "desk_help":
            return Ask("desk_help")
        case _:
            return None
