"""The commands that Telegram lists beside the input field, as the word lists have them."""

from collections.abc import Mapping, Sequence
from functools import cache

from messages.words import words

IN_GROUPS = ("start",)
"""What is listed where others read along: the way into the private chat alone."""


@cache
def says_of(language: str) -> Mapping[str, str]:
    """What each command says to Linli."""
    return {each["command"]: each["say"] for each in words(language, "telegram")["commands"]}


def listed(language: str, only: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The commands with what stands beside them, in order; only these, when there are any."""
    every = words(language, "telegram")["commands"]
    return [(each["command"], each["description"]) for each in every if not only or each["command"] in only]
