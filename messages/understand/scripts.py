"""Chinese in Traditional characters: made Simplified to be understood, and back to be answered."""

from functools import cache

from opencc import OpenCC


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
