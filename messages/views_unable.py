"""What was not read or understood, and what Linli does not do."""

from dataclasses import dataclass

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """`why` is 'harm', 'advice', 'weather', 'private', 'trick', 'elsewhere' or None. `centre` was asked for
    what no centre has; `settles` is the name of its mediation, where harm was spoken of."""

    help_line: str
    choices: tuple[Choice, ...]
    why: str | None = None
    centre: CentreName | None = None
    settles: str | None = None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NotReadable:
    """The message was empty, too long, or held nothing that can be read. `why` is 'empty', 'long', 'signs' or
    what came instead of words: the `unread` of a message."""

    why: str
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ChoiceGone:
    """A button or number that this conversation does not offer."""

    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NothingToRepeat:
    help_line: str
    choices: tuple[Choice, ...]
