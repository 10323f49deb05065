"""Whom a centre has to reach by hand: families whom no message reached, residents who wait for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers import call_list, desk_names
from handlers.desk_site import Site
from handlers.pages.promised import Promised, promised_of
from handlers.permissions import Act
from handlers.safe import LEAVES_THE_COUNTRY, KeyLost
from messages.page import CallSheet, NamesList
from storage import callbacks


@dataclass(frozen=True, slots=True)
class Reach:
    calls: CallSheet
    promised: tuple[Promised, ...]


async def show(site: Site, _: Mapping[str, str]) -> Reach:
    """Made for each look, which is written down."""
    tx = site.scene.tx
    calls = await call_list.sheet_for(site.post, tx, site.centre, site.world, str(site.scene.new_id()))
    return Reach(calls, promised_of(await callbacks.owned(tx, site.centre.id), site.world))


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
