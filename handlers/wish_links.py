"""What a sentence or a button wishes of linked conversations."""

from handlers.asks import Ask, Dialogue
from messages.understand.fetch_codes import is_fetch_code
from messages.understand.link_codes import link_code_in
from messages.understand.understand import Command, Understanding

# The answer to 'is that you?' where the code was made; the link's id stands behind it.
YES, NO = "link_yes", "link_no"
LINK_CODE = "link_code"
OTHERS = "others"


def commanded(command: Command) -> Ask | None:
    """What a button means; None for those of others."""
    first = command.arguments[0] if command.arguments else ""
    match command.name:
        case "link":
            return Ask("link")
        case "unlink" if first in ("", OTHERS):
            return Ask("unlink", kind=first or None)
        case "link_yes" | "link_no" if first:
            return Ask(command.name, kind=first)
        case _:
            return None


def is_code(meant: Understanding) -> bool:
    """Whether a code is said with the words for it; alone it may also be that of a child that is fetched."""
    return link_code_in(meant.text) is not None and not is_fetch_code(meant.text)


def wished(meant: Understanding) -> Ask | None:
    """A code that was said, the wish for one, or the wish to part. The code stands in the message alone."""
    if link_code_in(meant.text):
        return Ask(LINK_CODE)
    if "unlink" in meant.cues:
        return Ask("unlink")
    return Ask("link") if "link" in meant.cues else None


def answered(meant: Understanding, dialogue: Dialogue) -> Ask | None:
    """A yes or no in words to 'is that you?'. A yes asks once more: it may have been meant for what was shown
    before, and who says a code aloud must not get in by that."""
    first = dialogue.choices[0].say if dialogue.choices else ""
    talk, link_id = meant.booking, first.removeprefix(f"/{NO} ")
    if link_id == first:
        return None
    if talk.no:
        return Ask(NO, kind=link_id)
    return Ask("link_ask", kind=link_id) if talk.yes and dialogue.draft is None else None
