"""What the district decides or asks about: appeals of centres, and of whom it calls after silence; and what
residents appeal against, which their centre decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.cards import short_name
from handlers.case_news import line_of
from handlers.case_states import State
from handlers.desk_cases import CALLED_WITHIN, to_call
from handlers.desk_site import Area
from handlers.permissions import Role
from handlers.wish_booking import APPEAL
from messages.views_cases import CaseLine
from storage import callbacks
from storage import case_files as files
from storage.callbacks import BESIDE, DISTRICT, Callback


@dataclass(frozen=True, slots=True)
class Sample:
    """A case that was closed in silence, and until which day its resident is to be called."""

    line: CaseLine
    closed_on: date
    until: date


@dataclass(frozen=True, slots=True)
class Asking:
    """Residents who appeal against a pause, by who answers them (None: the district's office); how many, the
    first to be answered and by when, how many too late."""

    name: str | None
    number: int
    code: str
    due_at: datetime
    late: int


@dataclass(frozen=True, slots=True)
class Appeals:
    """`is_decider`: whoever looks decides about the appeals; `samples` are None for those who call nobody.
    One of `percent` in a hundred is called."""

    appeals: tuple[CaseLine, ...]
    is_decider: bool
    samples: tuple[Sample, ...] | None
    percent: int
    asking: tuple[Asking, ...]


async def show(area: Area, _: Mapping[str, str]) -> Appeals:
    tx, world = area.scene.tx, area.world
    is_district = area.post.role == Role.DISTRICT
    appealed = [each for each in await files.open_ones(tx) if each.state == State.APPEALED]
    appealed.sort(key=lambda each: (each.due_at, each.id))
    samples = await _samples(area) if is_district else None
    return Appeals(
        tuple(line_of(each, world) for each in appealed if area.has(each.centre_id)),
        is_district,
        samples,
        world.policy.cases.sample,
        tuple(_asking(await callbacks.listed(tx), area)),
    )


async def _samples(area: Area) -> tuple[Sample, ...]:
    world, zone = area.world, area.world.now.tzinfo
    found = await to_call(world, area.scene)
    samples = [
        Sample(
            line_of(each, world),
            (each.closed_at or each.opened_at).astimezone(zone).date(),
            (each.opened_at + CALLED_WITHIN).astimezone(zone).date(),
        )
        for each in found
    ]
    return tuple(sorted(samples, key=lambda each: (each.until, each.line.code)))


def _asking(open_ones: list[Callback], area: Area) -> list[Asking]:
    """Who waits longest first. The district's office answers those that no centre does."""
    by_owner: dict[str, list[Callback]] = {}
    for each in open_ones:
        topics = (topic.split()[:1] for topic in each.topic.split(BESIDE))
        if [APPEAL] in topics and _is_of(each.owner, area):
            by_owner.setdefault(each.owner, []).append(each)
    return sorted((_of_owner(*each, area) for each in by_owner.items()), key=lambda each: each.due_at)


def _is_of(owner: str, area: Area) -> bool:
    return area.subdistrict is None if owner == DISTRICT else area.has(owner)


def _of_owner(owner: str, several: list[Callback], area: Area) -> Asking:
    now, first = area.world.now, min(several, key=lambda each: (each.due_at, each.code))
    centre = area.world.directory.centres.get(owner)
    name = None if owner == DISTRICT else short_name(centre) if centre else owner
    late = sum(each.due_at < now for each in several)
    return Asking(name, len(several), first.code, first.due_at.astimezone(now.tzinfo), late)
