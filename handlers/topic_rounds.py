"""The nightly look for topics: cases of the last weeks are grouped with those of open topics and kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from handlers.topics import WITHIN, Group, grouped
from handlers.world import World
from messages.understand.vectors import Vector
from storage import topics
from storage.database import Database
from storage.transaction import Transaction

Embed = Callable[[Sequence[str]], Awaitable[list[Vector] | None]]


async def find_topics(
    database: Database, world: World, new_id: Callable[[], UUID], embed: Embed
) -> tuple[int, int]:
    """How many topics are new, and how many cases came to one. Nothing of either without vectors."""
    async with database.read() as tx:
        told = await topics.told(tx, world.now - WITHIN)
    made = await embed([each.said for each in told])
    if made is None:
        return 0, 0
    vectors = {each.case_id: vector for each, vector in zip(told, made, strict=True)}
    # Thousands of cases take seconds, for which nobody is to wait.
    all_groups = await asyncio.to_thread(grouped, told, vectors)
    groups = [each for each in all_groups if each.new and (each.topic_id or each.is_topic)]

    async def keep(tx: Transaction) -> tuple[int, int]:
        kept = [each for each in groups if await _keep(tx, each, world, new_id)]
        return sum(each.topic_id is None for each in kept), sum(len(each.new) for each in kept)

    return await database.write(keep)


async def _keep(tx: Transaction, group: Group, world: World, new_id: Callable[[], UUID]) -> bool:
    """False when the topic was fixed meanwhile: its cases wait for the next look."""
    case_ids = [each.case_id for each in group.new]
    if group.topic_id:
        return await topics.join(tx, group.topic_id, case_ids, world.now)
    await topics.add(tx, str(new_id()), case_ids, world.now)
    return True
