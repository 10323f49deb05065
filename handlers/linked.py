"""The conversations of one person: whose they are, and in which one Linli speaks of its own accord."""

from collections.abc import Collection, Sequence

from storage import links
from storage.links import Talk
from storage.transaction import Transaction


async def ids_of(tx: Transaction, conversation_id: str) -> frozenset[str]:
    """This conversation and those that are linked with it."""
    return frozenset(talk.id for talk in await links.talks(tx, conversation_id))


async def others_of(tx: Transaction, conversation_id: str) -> list[Talk]:
    """Those that are linked with this one and read, the one that was used last first."""
    linked = await links.talks(tx, conversation_id)
    return [talk for talk in linked if talk.id != conversation_id and not talk.is_left]


async def reached_of(tx: Transaction, conversation_id: str, push: Collection[str]) -> str:
    """Where news for whoever talks in this conversation go."""
    best = reached(await links.talks(tx, conversation_id), push)
    return best.id if best else conversation_id


def reached(talks: Sequence[Talk], push: Collection[str]) -> Talk | None:
    """The conversation that news reach, else the one used last, as they are sorted; one that nobody reads any
    more, or that was blocked, only where there is no other."""
    return min(talks, key=lambda talk: (talk.is_left, talk.is_gone, talk.channel not in push), default=None)


def channels(talks: Sequence[Talk]) -> tuple[str, ...]:
    """Where somebody talks, as far as they read there."""
    return tuple(talk.channel for talk in talks if not talk.is_left)
