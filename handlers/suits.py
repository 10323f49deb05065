"""Whom something is for and what it costs, as far as the office's words tell."""

from handlers.export_words import ages
from messages.words import words

CHILDHOOD_ENDS = 18
OLD_FROM = 45


def suits(audience: str | None, who: str) -> bool:
    """Whether it is for a 'child' or an 'elder'. What is for everybody is for elders, not for children."""
    phrases = words("zh", "phrases")
    least, most = ages(audience)
    names_children = any(word in (audience or "") for word in phrases["for_children"])
    is_childs = names_children or (most is not None and most <= CHILDHOOD_ENDS)
    if who == "child":
        return is_childs
    return not is_childs and (least is None or least >= OLD_FROM)


def is_free(fee: str | None) -> bool:
    return any(word in (fee or "") for word in words("zh", "phrases")["costs_nothing"])
