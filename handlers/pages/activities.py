"""What a centre offers to book: as it is, with what can be changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk_site import Site
from handlers.permissions import Act
from messages.directory import Activity

# What may be changed here, each by a form of the same name.
CHANGES = {"edit": Act.EDIT, "stop": Act.STOP, "publish": Act.PUBLISH}


@dataclass(frozen=True, slots=True)
class Activities:
    """Those that are held or will be, the first to begin first; `over` ended before today."""

    now: tuple[Activity, ...]
    over: int
    changes: tuple[str, ...]


async def show(site: Site, _: Mapping[str, str]) -> Activities:
    today = site.now.date()
    ours = site.world.directory.activities_of.get(site.centre.id, ())
    now = sorted((each for each in ours if each.ends_on >= today), key=lambda each: (each.starts_on, each.id))
    changes = tuple(name for name, act in CHANGES.items() if site.may(act))
    return Activities(tuple(now), len(ours) - len(now), changes)
