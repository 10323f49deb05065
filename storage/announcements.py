"""What centres announce to those who follow them, whom of them it was told by now, and what has arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("announcements")


@dataclass(frozen=True, slots=True)
class Announcement:
    """`state` is 'waiting', 'telling', 'told' or 'taken_back'. It was told to `told` families, up to
    `last_family` in the order of their ids; `arrived` of these messages have arrived."""

    id: str
    centre_id: str
    said: str
    state: str
    made_at: datetime
    goes_at: datetime
    ends_at: datetime
    last_family: str = ""
    told: int = 0
    arrived: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What was announced, and when."""

    said: str
    made_at: datetime


async def add(tx: Transaction, new: Announcement) -> None:
    """Let it wait until it goes out."""
    params = {
        "id": new.id,
        "centre_id": new.centre_id,
        "said": new.said,
        "made_at": new.made_at,
        "goes_at": new.goes_at,
        "ends_at": new.ends_at,
    }
    await tx.run(SQL["add"], params)


async def of_centre(tx: Transaction, centre_id: str, most: int) -> list[Announcement]:
    """The newest first, with how many have arrived by now."""
    return await tx.records(Announcement, SQL["of_centre"], {"centre_id": centre_id, "most": most})


async def since(tx: Transaction, centre_id: str, since: datetime) -> list[Made]:
    """Those that were made later than that and not taken back, in their order."""
    return await tx.records(Made, SQL["since"], {"centre_id": centre_id, "since_at": since})


async def take_back(tx: Transaction, announcement_id: str) -> bool:
    """False when somebody has been told, or it was taken back."""
    return await tx.value(SQL["take_back"], {"id": announcement_id}) is not None


async def due(tx: Transaction, now: datetime) -> list[str]:
    """The ids of those of which families are to be told now."""
    return [row["id"] for row in await tx.rows(SQL["due"], {"now_at": now})]


async def begin(tx: Transaction, announcement_id: str, now: datetime) -> Announcement | None:
    """Nobody else tells of it before the end of the transaction; None when there is nothing to tell."""
    params = {"id": announcement_id, "now_at": now}
    return await tx.record(Announcement, SQL["begin"], params)


async def note_told(
    tx: Transaction, announcement_id: str, news: Sequence[str], last_family: str, *, is_all: bool
) -> None:
    """Families up to this one have been told, by messages with these keys; `is_all`: there are no more."""
    params = {
        "id": announcement_id,
        "state": "told" if is_all else "telling",
        "last_family": last_family,
        "times": len(news),
    }
    await tx.run(SQL["note_told"], params)
    await tx.many(SQL["note_news"], [{"announcement_id": announcement_id, "news": each} for each in news])


async def over(tx: Transaction, now: datetime) -> list[str]:
    """The ids of those that are told no longer, and of which nobody has counted what arrived."""
    return [row["id"] for row in await tx.rows(SQL["over"], {"now_at": now})]


async def settle(tx: Transaction, announcement_id: str) -> None:
    """Count what has arrived, for good."""
    await tx.run(SQL["settle"], {"id": announcement_id})
    await tx.run(SQL["forget_news"], {"announcement_id": announcement_id})
