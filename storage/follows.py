"""Who follows which centre: families, which hear what its manager announces."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("follows")


@dataclass(frozen=True, slots=True)
class Ways:
    """So many people hear of a centre in one channel. `has_window`: WeChat takes a message for them now;
    `is_gone`: the app says that nothing arrives there any more, as of who blocked it."""

    channel: str
    has_window: bool
    is_gone: bool
    people: int


async def follow(tx: Transaction, centre_id: str, family_id: str, now: datetime) -> bool:
    """False when they did already."""
    params = {"centre_id": centre_id, "family_id": family_id, "now_at": now}
    return await tx.value(SQL["follow"], params) is not None


async def unfollow(tx: Transaction, centre_id: str, family_id: str) -> bool:
    """What was announced and has not arrived is not told any more. False when they did not follow."""
    which = {"centre_id": centre_id, "family_id": family_id}
    await tx.run(SQL["forget_news"], which)
    return await tx.value(SQL["unfollow"], which) is not None


async def of_family(tx: Transaction, family_id: str) -> list[str]:
    """The ids of the centres, the one that was followed first comes first."""
    return [row["centre_id"] for row in await tx.rows(SQL["of_family"], {"family_id": family_id})]


async def hand_over(tx: Transaction, family_id: str, to_family: str) -> None:
    """The other family follows what this one did, and this one nothing."""
    await tx.run(SQL["hand_over"], {"family_id": family_id, "to_family": to_family})
    await forget(tx, family_id)


async def forget(tx: Transaction, family_id: str) -> None:
    await tx.run(SQL["forget"], {"family_id": family_id})


async def readers(tx: Transaction, centre_id: str, last_family: str, most: int) -> list[str]:
    """Who follows and reads somewhere: the first `most` families behind this one, by their ids."""
    params = {"centre_id": centre_id, "last_family": last_family, "most": most}
    return [row["family_id"] for row in await tx.rows(SQL["readers"], params)]


async def ways(tx: Transaction, centre_id: str, push: Iterable[str], now: datetime) -> list[Ways]:
    """How many hear of a centre in which channel, where `push` are those that carry news."""
    params = {"centre_id": centre_id, "push": " ".join(("", *push, "")), "now_at": now}
    return await tx.records(Ways, SQL["ways"], params)
