"""Answers about topics: cases that have one thing behind them."""

from dataclasses import dataclass
from datetime import date

from messages.view_parts import Choice
from messages.views_cases import CaseLine


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in one line; `example` is what one of its residents wrote: None once it was erased, where they
    are too few to quote one, and in a digest, which is kept. `said`: what the district did, where it is
    fixed."""

    code: str
    cases: int
    centres: int
    since: date
    example: str | None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class TopicsListed:
    """The open topics, those with most cases first; `more` are beyond those that are listed."""

    lines: tuple[TopicLine, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TopicShown:
    line: TopicLine
    cases: tuple[CaseLine, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TopicFixProposed:
    """Is this to be told to everybody who complained? `told` are those who can be."""

    line: TopicLine
    said: str
    told: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TopicFixed:
    """It is told; `asked` of the `told` are asked whether it is solved for them."""

    line: TopicLine
    told: int
    asked: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TopicRefused:
    """`why`: 'no_topic', 'no_words', 'fixed' before, or 'changed' since it was read back."""

    why: str
    code: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TopicFixedTold:
    """To a resident whose case is closed already: what it was about was put right for everybody."""

    line: CaseLine
    said: str
    choices: tuple[Choice, ...]


TopicView = TopicsListed | TopicShown | TopicFixProposed | TopicFixed | TopicRefused | TopicFixedTold
