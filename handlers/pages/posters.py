"""The posters of a centre, to be printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk_site import Site
from handlers.posters import Hung, hung_at


@dataclass(frozen=True, slots=True)
class Posters:
    """`has_address`: residents' page is set, so that there is something to be scanned."""

    hung: tuple[Hung, ...]
    has_address: bool


async def show(site: Site, _: Mapping[str, str]) -> Posters:
    hung = hung_at(site.centre, site.world.directory, site.now.date())
    return Posters(hung, site.world.policy.page is not None)
