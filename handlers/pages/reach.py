"""Whom a centre has to reach by hand: families whom no message reached, residents who wait for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers import call_list, desk_names
from handlers.callbacks import owned_by
from handlers.desk_site import Site
from handlers.permissions import Act
from handlers.safe import LEAVES_THE_COUNTRY, KeyLost
from messages.page import CallSheet, NamesList


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


@dataclass(frozen=True, slots=True)
class Reach:
    calls: CallSheet
    promised: tuple[Promised, ...]


async def show(site: Site, _: Mapping[str, str]) -> Reach:
    """Made for each look, which is written down."""
    tx, zone = site.scene.tx, site.now.tzinfo
    calls = await call_list.sheet_for(site.post, tx, site.centre, site.world, str(site.scene.new_id()))
    waits = await owned_by(tx, site.centre.id)
    promised = tuple(
        Promised(
            each.code,
            tuple(_named(each.topic, site)),
            each.phone,
            each.asked_at.astimezone(zone),
            each.due_at.astimezone(zone),
            each.due_at < site.now,
        )
        for each in waits
    )
    return Reach(calls, promised)


def _named(topic: str, site: Site) -> list[str]:
    """The things that a topic names: its other codes are how it was asked."""
    directory = site.world.directory
    found = (directory.services.get(code) or directory.activities.get(code) for code in topic.split())
    return [each.name for each in found if each]


@dataclass(frozen=True, slots=True)
class Names:
    """`is_lost`: the key of this centre and term is on no disk of ours."""

    listed: NamesList | None
    is_lost: bool


async def names(site: Site, asked: Mapping[str, str]) -> Names | None:
    """A list with names of record, each look at each child written down. None where there is none to see: not
    of this centre, no list needed, or signed in through a channel that leaves the country."""
    scene, session_id = site.scene, asked.get("session", "")
    if scene.channel in LEAVES_THE_COUNTRY or not site.may(Act.NAMES):
        return None
    try:
        listed = await desk_names.listed_for(
            site.post, scene.tx, scene.safe.keys, session_id, world=site.world, new_id=scene.new_id
        )
    except KeyLost:
        return Names(None, is_lost=True)
    return Names(listed, is_lost=False) if listed else None
