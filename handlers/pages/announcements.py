"""What a centre announced to those who follow it, how many heard of it, and how many may be told now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.announcing import FEWEST, followers, goes_at
from handlers.desk_announce import LASTS, MOST_DAYS, made_lately
from handlers.desk_site import Site
from handlers.follows import MOST_A_WEEK
from handlers.permissions import Act
from messages.understand.announce_orders import LONGEST
from messages.views_staff import Followers
from storage import announcements
from storage.announcements import Announcement

# Half a year of what may be announced, at most.
LISTED = 50


@dataclass(frozen=True, slots=True)
class Line:
    """`told` and `arrived` are how many people, None for fewer than can be told."""

    said: str
    state: str
    made: datetime
    goes: datetime
    last: date
    told: int | None
    arrived: int | None


@dataclass(frozen=True, slots=True)
class Announcements:
    """`left`: how many may be announced by now, of `most` in seven days."""

    lines: tuple[Line, ...]
    followers: Followers
    changes: tuple[str, ...]
    left: int
    most: int
    longest: int
    fewest: int
    first: date
    last: date
    latest: date


async def show(site: Site, _: Mapping[str, str]) -> Announcements:
    tx, today = site.scene.tx, site.now.date()
    made = await announcements.of_centre(tx, site.centre.id, LISTED)
    goes = goes_at(site.now).date()
    return Announcements(
        tuple(_line(each, site) for each in made),
        await followers(tx, site.centre.id, site.world),
        ("announce",) if site.may(Act.ANNOUNCE) else (),
        max(0, MOST_A_WEEK - len(await made_lately(site))),
        MOST_A_WEEK,
        LONGEST,
        FEWEST,
        goes,
        goes + LASTS,
        today + MOST_DAYS,
    )


def _line(row: Announcement, site: Site) -> Line:
    zone = site.now.tzinfo
    made, goes, ends = (at.astimezone(zone) for at in (row.made_at, row.goes_at, row.ends_at))
    return Line(row.said, row.state, made, goes, ends.date(), _enough(row.told), _enough(row.arrived or 0))


def _enough(people: int) -> int | None:
    return people if people >= FEWEST else None
