"""Simplified and Traditional characters: which somebody writes, and the one made of the other."""

from functools import cache

from opencc import OpenCC

SIMPLIFIED, TRADITIONAL = "simplified", "traditional"


@cache
def _converter(name: str) -> OpenCC:
    """A conversion of OpenCC's: t2s by characters and phrases, tw2sp with Taiwan's words for things."""
    return OpenCC(name)


def is_traditional(text: str) -> bool:
    """Whether any character is written otherwise in Simplified Chinese."""
    return str(_converter("t2s").convert(text)) != text


def simplified(text: str) -> str:
    """`text` in Simplified characters and the mainland's words; other texts stay as they are."""
    plain = str(_converter("t2s").convert(text))
    if plain == text:
        return text
    return str(_converter("tw2sp").convert(text))


def traditional(text: str) -> str:
    """`text` in the Traditional characters that Taiwan and Hong Kong share most of."""
    return str(_converter("s2t").convert(text))


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
