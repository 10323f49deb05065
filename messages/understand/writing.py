"""Which Chinese characters somebody writes, by those that only one of both scripts has."""

from messages.understand.scripts import is_traditional, traditional

SIMPLIFIED, TRADITIONAL = "simplified", "traditional"


def script_of(text: str) -> str | None:
    """TRADITIONAL or SIMPLIFIED; None when every character may stand in both, or is no Chinese one."""
    if text.isascii():
        return None
    if is_traditional(text):
        return TRADITIONAL
    return SIMPLIFIED if any(map(_is_only_simplified, text)) else None


def _is_only_simplified(character: str) -> bool:
    """Whether Traditional writes it otherwise and has it for no other word either: Big5 tells."""
    if traditional(character) == character:
        return False
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return True
    return False
