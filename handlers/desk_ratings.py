"""What staff see of the ratings of a centre, and when.

Whoever was rated must not be able to tell by whom. So the ratings of this week and of the last are shown to
a centre and its subdistrict in whole groups of five of one week, the first five first, and what is left of a
week once it is older: none appears alone the day after somebody came, and what was shown stays. Words come
without their day, in an order that says nothing. The district sees all at once, and that it looked is
written down.
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
WEEK, GROUP = timedelta(weeks=1), 5
REASONS, WORDS = 4, 5
STARS = Choice("@desk_stars", "/desk_stars")


@dataclass(frozen=True, slots=True)
class Shown:
    """The ratings that may be seen now, and how many not yet."""

    given: Sequence[Given]
    fresh: int


def visible(given: Sequence[Given], now: datetime) -> Shown:
    """What the rated centre may see, of ratings in the order in which they were given; pure."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    this_week = today - timedelta(days=today.weekday())
    old = [each for each in given if each.made_at < this_week - WEEK]
    last = [each for each in given if this_week - WEEK <= each.made_at < this_week]
    this = [each for each in given if this_week <= each.made_at]
    shown = [*old, *_whole_groups(last), *_whole_groups(this)]
    return Shown(shown, len(given) - len(shown))


def _whole_groups(week: Sequence[Given]) -> Sequence[Given]:
    return week[: len(week) - len(week) % GROUP]


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
    levels = Counter(each.level for each in counted if each.is_verified)
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
