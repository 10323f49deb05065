"""What has to be true when all was answered: each update had one effect, each answer arrived in its order."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from storage import care
from storage.database import Database
from storage.statements import statement

Given = TypeVar("Given")

NOTED = statement(
    "telegram.noted",
    """
    SELECT c.address, i.message_id, i.number
    FROM inbox AS i INNER JOIN conversation AS c ON c.id = i.conversation_id
    ORDER BY c.address, i.number
    """,
)
ANSWERS = statement(
    "telegram.answers",
    """
    SELECT c.address, o.number, o.view, o.state, o.attempts
    FROM outbox AS o INNER JOIN conversation AS c ON c.id = o.conversation_id
    ORDER BY c.address, o.number
    """,
)
HALF_DONE = statement(
    "telegram.half_done",
    """
    SELECT 'chat ' || c.address || ': turns and messages differ' AS what
    FROM conversation AS c
    WHERE c.version <> (SELECT COUNT(*) FROM inbox AS i WHERE i.conversation_id = c.id)
       OR c.version <> (SELECT COUNT(*) FROM outbox AS o WHERE o.conversation_id = c.id)
       OR c.version <> c.last_number
    """,
)
NOT_SENT = statement(
    "telegram.not_sent",
    "SELECT 'message ' || id || ': it is ' || state AS what FROM outbox WHERE state <> 'sent'",
)
LEFT = statement("telegram.left", "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('waiting', 'leased')")


@dataclass(frozen=True, slots=True)
class Answer:
    """The texts that it is sent in, and how often somebody began to send it."""

    texts: tuple[str, ...]
    tries: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`doubled` counts the messages that came twice."""

    problems: list[str]
    doubled: int


async def judged(
    database: Database,
    said: Mapping[int, Sequence[str]],
    received: Mapping[int, Sequence[str]],
    texts_of: Callable[[int, str], tuple[str, ...]],
) -> Verdict:
    """What residents `said` and what they `received`, each chat in order, beside what Linli keeps."""
    noted: dict[int, list[str]] = defaultdict(list)
    answers: dict[int, list[Answer]] = defaultdict(list)
    async with database.read() as tx:
        problems = [row["what"] for query in (HALF_DONE, NOT_SENT) for row in await tx.rows(query)]
        for row in await tx.rows(NOTED):
            noted[int(row["address"])].append(row["message_id"])
        for row in await tx.rows(ANSWERS):
            texts = texts_of(row["number"], row["view"])
            answers[int(row["address"])].append(Answer(texts, row["attempts"]))
    problems += await care.check(database)
    problems += _of_each(said, noted, _effects)
    problems += _of_each(answers, received, _arrivals)
    return Verdict(
        problems, _many(received) - sum(len(each.texts) for chat in answers.values() for each in chat)
    )


def _of_each(
    given: Mapping[int, Sequence[Given]],
    found: Mapping[int, Sequence[str]],
    look: Callable[[Sequence[Given], Sequence[str]], Iterator[str]],
) -> Iterator[str]:
    for chat in sorted(given.keys() | found.keys()):
        yield from (f"chat {chat}: {what}" for what in look(given.get(chat, ()), found.get(chat, ())))


def _effects(said: Sequence[str], noted: Sequence[str]) -> Iterator[str]:
    yield from (f"{each} had no effect" for each in sorted(set(said) - set(noted)))
    yield from (f"{each} was never sent, and had an effect" for each in sorted(set(noted) - set(said)))
    if sorted(said) == sorted(noted) and list(said) != list(noted):
        yield "its updates were taken in another order"


def _arrivals(answers: Sequence[Answer], received: Sequence[str]) -> Iterator[str]:
    """What comes twice was begun twice: its sender had died, or was thought to have."""
    if not arrived_in_order([each.texts for each in answers], received):
        yield "its answers did not all come, or not in order"
    again = len(received) - sum(len(each.texts) for each in answers)
    if again > sum((each.tries - 1) * len(each.texts) for each in answers):
        yield f"{again} came twice that were sent once"


def arrived_in_order(answers: Sequence[Sequence[str]], received: Sequence[str]) -> bool:
    """Whether each text came after the one before it. After a death an answer begins anew: then its texts may
    come again, and those of none before it."""
    texts = [text for answer in answers for text in answer]
    first = [sum(map(len, answers[:at])) for at, answer in enumerate(answers) for _ in answer]
    so_far = {0}
    for text in received:
        following = {to for many in so_far for to in {many, first[many - 1] if many else 0}}
        so_far = {to + 1 for to in following if to < len(texts) and texts[to] == text}
    return len(texts) in so_far


def _many(received: Mapping[int, Sequence[str]]) -> int:
    return sum(map(len, received.values()))
