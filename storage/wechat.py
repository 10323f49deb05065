"""What WeChat shows, pulls and still takes: pages, what waits for somebody to write, messages it allows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("wechat")
# WeChat pushes again within seconds; days are for pages that are read later.
SHOWN_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation: the number of the last that was said in it, and of the last answer (0: none yet)."""

    id: str
    last_number: int
    answered_number: int


@dataclass(frozen=True, slots=True)
class Window:
    """What a push is counted in: its kind, and the id of the message that opened it."""

    kind: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, from 1, of what was said with these numbers, in this order."""

    numbers: tuple[int, ...]
    page: int


async def thread(tx: Transaction, channel: str, address: str) -> Thread | None:
    return await tx.record(Thread, SQL["thread"], {"channel": channel, "address": address})


async def shown(tx: Transaction, conversation_id: str, message_id: str) -> Shown | None:
    """What this message was shown, where that was noted."""
    params = {"conversation_id": conversation_id, "message_id": message_id}
    return _shown(await tx.one(SQL["shown"], params))


async def newest_shown(tx: Transaction, at: Thread) -> Shown | None:
    """What stands before somebody's eyes; None before the first answer."""
    noted = _shown(
        await tx.one(SQL["newest_shown"], {"conversation_id": at.id, "number": at.answered_number})
    )
    if noted or not at.answered_number:
        return noted
    return Shown((at.answered_number,), 1)


def _shown(row: dict[str, object] | None) -> Shown | None:
    match row:
        case {"numbers": str(numbers), "page": int(page)}:
            return Shown(tuple(map(int, numbers.split())), page)
        case _:
            return None


async def note_shown(tx: Transaction, at: Thread, message_id: str, what: Shown, now: datetime) -> None:
    """Nothing is changed when it is noted for this message what it was shown."""
    await tx.run(SQL["forget_old_shown"], {"conversation_id": at.id, "before_at": now - SHOWN_KEPT})
    params = {
        "conversation_id": at.id,
        "message_id": message_id,
        "numbers": " ".join(map(str, what.numbers)),
        "page": what.page,
        "number": at.last_number,
        "shown_at": now,
    }
    await tx.run(SQL["note_shown"], params)


async def said(tx: Transaction, conversation_id: str, number: int) -> str | None:
    """A view as it is kept; None for what was erased or never said."""
    view: str | None = await tx.value(SQL["said"], {"conversation_id": conversation_id, "number": number})
    return view


async def views(tx: Transaction, conversation_id: str, numbers: Iterable[int]) -> dict[int, str]:
    """Views by their numbers, without what was erased or never said."""
    found = {number: await said(tx, conversation_id, number) for number in numbers}
    return {number: view for number, view in found.items() if view}


async def pending(tx: Transaction, conversation_id: str, now: datetime, most: int) -> list[int]:
    """The numbers of what waits to be delivered, the oldest first."""
    params = {"conversation_id": conversation_id, "now_at": now, "most": most}
    return [row["number"] for row in await tx.rows(SQL["pending"], params)]


async def hand_over(
    tx: Transaction, conversation_id: str, numbers: Iterable[int], now: datetime
) -> list[int]:
    """What waits goes along with an answer and is sent; those that nobody else took meanwhile."""
    taken = []
    for number in numbers:
        params = {"conversation_id": conversation_id, "number": number, "now_at": now}
        if await tx.one(SQL["hand_over"], params):
            taken.append(number)
    return taken


async def put_back(
    tx: Transaction, conversation_id: str, message_id: str, numbers: Sequence[int], now: datetime
) -> None:
    """Nobody was there any more to take the answer: it waits, before news, and nothing was shown. What was
    erased meanwhile stays so."""
    await tx.run(SQL["forget_shown"], {"conversation_id": conversation_id, "message_id": message_id})
    for number in numbers:
        params = {"conversation_id": conversation_id, "number": number, "now_at": now}
        await tx.run(SQL["put_back"], params)


async def open_window(
    tx: Transaction, conversation_id: str, kind: str, message_id: str, *, allowed: int, closes_at: datetime
) -> None:
    """So many may be pushed until then, unless this message or one answered later has opened it."""
    params = {
        "conversation_id": conversation_id,
        "kind": kind,
        "message_id": message_id,
        "allowed": allowed,
        "closes_at": closes_at,
    }
    await tx.run(SQL["open_window"], params)


async def take_push(tx: Transaction, at: Thread, number: int, now: datetime) -> Window | None:
    """Count one message that is about to be pushed, and note that it stands before their eyes: the window in
    which it was counted; None, and nothing changed, when WeChat takes none."""
    window = await tx.record(Window, SQL["take_push"], {"conversation_id": at.id, "now_at": now})
    if window:
        await note_shown(tx, at, _of_push(number), Shown((number,), 1), now)
    return window


async def give_back_push(tx: Transaction, conversation_id: str, number: int, window: Window) -> None:
    """It was not pushed after all: it does not count, and was not shown."""
    await tx.run(SQL["give_back_push"], _of_window(conversation_id, window))
    params = {"conversation_id": conversation_id, "message_id": _of_push(number)}
    await tx.run(SQL["forget_shown"], params)


def _of_push(number: int) -> str:
    """In place of a message's id: nobody wrote one."""
    return f"push.{number}"


async def close_window(tx: Transaction, conversation_id: str, window: Window) -> None:
    """WeChat took nothing that was counted in it."""
    await tx.run(SQL["close_window"], _of_window(conversation_id, window))


def _of_window(conversation_id: str, window: Window) -> dict[str, object]:
    return {"conversation_id": conversation_id, "kind": window.kind, "opened_by": window.message_id}


async def close_windows(tx: Transaction, conversation_id: str) -> None:
    """WeChat takes nothing any more until they write again."""
    await tx.run(SQL["close_windows"], {"conversation_id": conversation_id})
