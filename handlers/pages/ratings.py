"""What residents say of a centre: ratings as the chat shows them, and stars with what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers import desk_ratings, star_board
from handlers.desk_ratings import GROUP
from handlers.desk_site import Site
from handlers.star_board import HISTORY, indicated
from handlers.star_rounds import read_stars
from messages.views_ratings_seen import RatingsSeen
from messages.views_stars import Indicated, StarsShown
from storage import stars
from storage.stars import Star


@dataclass(frozen=True, slots=True)
class Ratings:
    """`seen` in whole groups of `group`, never who gave which."""

    seen: RatingsSeen
    group: int


async def show(site: Site, _: Mapping[str, str]) -> Ratings:
    """That the district looked is written down."""
    return Ratings(await desk_ratings.seen(site), GROUP)


@dataclass(frozen=True, slots=True)
class Step:
    """A number of stars (None: not enough data) with the first day of it and what it rested on that day."""

    on: date
    stars: int | None
    indicated: tuple[Indicated, ...]


@dataclass(frozen=True, slots=True)
class OneCentresStars:
    """`history` of a year, the latest first."""

    now: StarsShown
    history: tuple[Step, ...]


async def show_stars(site: Site, _: Mapping[str, str]) -> OneCentresStars:
    now = await star_board.shown(site.centre.id, site.world, site.scene)
    days = await stars.steps(site.scene.tx, site.centre.id, site.now.date() - HISTORY)
    return OneCentresStars(now, tuple(map(_step, reversed(days))))


def _step(of: Star) -> Step:
    return Step(of.day_on, of.stars, tuple(indicated(read_stars(of))))
