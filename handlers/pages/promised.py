"""Residents who were promised an answer, by a centre or, where no centre has it, by the district itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.desk_site import Area
from handlers.world import World
from storage import audit, callbacks
from storage.callbacks import DISTRICT, Callback

SEEN = "promised"


@dataclass(frozen=True, slots=True)
class Promised:
    """An answer that was promised, what it is about in words of ours, and until when. `phone` is there when
    the resident gave one."""

    code: str
    about: tuple[str, ...]
    phone: str | None
    asked_at: datetime
    due_at: datetime
    is_late: bool


async def show(area: Area, _: Mapping[str, str]) -> tuple[Promised, ...]:
    """What the district has promised. Who looked is written down, as there may be phone numbers."""
    tx = area.scene.tx
    found = promised_of(await callbacks.owned(tx, DISTRICT), area.world)
    if found:
        await audit.note(
            tx, str(area.scene.new_id()), area.post.id, SEEN, centre_id=None,
            subjects=[each.code for each in found], done_at=area.now,
        )  # fmt: skip
    return found


def promised_of(waits: Iterable[Callback], world: World) -> tuple[Promised, ...]:
    return tuple(
        Promised(
            each.code, tuple(_named(each.topic, world)), each.phone, each.asked_at, each.due_at,
            each.due_at < world.now,
        )
        for each in waits
    )  # fmt: skip


def _named(topic: str, world: World) -> list[str]:
    """The things that a topic names: its other codes are how it was asked."""
    directory = world.directory
    found = (directory.services.get(code) or directory.activities.get(code) for code in topic.split())
    return [each.name for each in found if each]
