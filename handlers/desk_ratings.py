"""What staff see of the ratings of a centre, and when.

Whoever was rated must not be able to tell by whom. So the ratings of this week and of the last are shown to
a centre and its subdistrict in whole groups of five of one week, the first five first, and what is left of a
week once it is older: none appears alone the day after somebody came, and what was shown stays. Digests count
them when they come into sight here, and the levels of the same ones (handlers/digest_periods.py): what both
say together tells of no single one. Words come without their day, in an order that says nothing. The district
sees all at once, and that it looked is written down.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.desk_site import HELP, Site
from handlers.permissions import Role
from handlers.world import Outcome
from messages.view_parts import Choice
from messages.views_ratings_seen import RatingsSeen, Said
from storage import audit, ratings
from storage.ratings import Given

SINCE = timedelta(weeks=12)
# So many are seen together; what no group is full of, so long after the end of its week.
GROUP, OLD_AFTER = 5, timedelta(weeks=1)
REASONS, WORDS = 4, 5
STARS = Choice("@desk_stars", "/desk_stars")


@dataclass(frozen=True, slots=True)
class Shown:
    """The ratings that may be seen now, and how many not yet."""

    given: Sequence[Given]
    fresh: int


def visible(given: Sequence[Given], now: datetime) -> Shown:
    """What the rated centre may see, of ratings in the order in which they were given; pure. Those after a
    visit and the others are in groups of their own, since their levels are told apart."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    this_week = today - timedelta(days=today.weekday())

    def group_of(each: Given) -> tuple[bool, bool] | None:
        """None of those that are old."""
        if each.made_at < this_week - OLD_AFTER:
            return None
        return each.made_at >= this_week, each.is_verified

    there = Counter(map(group_of, given))
    room = {group: number - number % GROUP for group, number in there.items() if group}
    shown = []
    for each in given:
        group = group_of(each)
        if group is None or room[group]:
            shown.append(each)
        if group and room[group]:
            room[group] -= 1
    return Shown(shown, len(given) - len(shown))


async def show(ask: Ask, kept: Dialogue, site: Site) -> Outcome:
    """Ratings of the last twelve weeks."""
    return Outcome(await seen(site), kept)


async def seen(site: Site) -> RatingsSeen:
    """The same; that the district looked is written down."""
    since = (site.now - SINCE).date()
    given = await ratings.of_centre(site.scene.tx, site.centre.id, since)
    reasons = await ratings.reasons_of(site.scene.tx, site.centre.id, since)
    if site.post.role == Role.DISTRICT:
        await _write_down(site)
        shown = Shown(given, 0)
    else:
        shown = visible(given, site.now)
    counted = [each for each in shown.given if not each.is_excluded]
    ids = {each.id for each in shown.given}
    named = Counter(reason for rating_id, reason in reasons if rating_id in ids)
    flagged = Counter(each.flag for each in counted if each.flag)
    levels = Counter(each.level for each in counted if each.is_verified and not each.flag)
    return RatingsSeen(
        centre=centre_name(site.centre),
        since=since,
        levels=(levels[5], levels[4], levels[3], levels[2], levels[1]),
        others=sum(not each.is_verified for each in counted),
        fresh=shown.fresh,
        reasons=tuple(named.most_common(REASONS)),
        said=tuple(_said(shown.given)),
        flagged=tuple(sorted(flagged.items())),
        excluded=len(shown.given) - len(counted),
        choices=(STARS, HELP),
    )


def _said(given: Sequence[Given]) -> list[Said]:
    """The last words, in an order in which nothing tells when they were written."""
    last = [each for each in given if each.said][-WORDS:]
    last.sort(key=lambda each: sha256(each.id.encode()).digest())
    return [Said(each.level, each.said) for each in last if each.said]


async def _write_down(site: Site) -> None:
    await audit.note(
        site.scene.tx,
        str(site.scene.new_id()),
        site.post.id,
        "ratings_seen",
        centre_id=site.centre.id,
        subjects=(),
        done_at=site.now,
    )
