"""Stars as they are shown: of one centre to anybody, with what is missing to its staff; of all in order to
the district.

Whom the district praises or speaks with is proposed by rules, never decided:

- **praised**: five stars now and on the day eight weeks ago, and no overdue case.
- **spoken with**: `overdue` three cases or more; `fell` a star lost within four weeks, and three or fewer
  now; `low` two stars or fewer now and on the day eight weeks ago, so that one bad month is no reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.digest import stars_line
from handlers.find import example_place
from handlers.permissions import Act, Role, may
from handlers.star_rounds import read_stars
from handlers.stars import HIGHEST, Indicator, Stars
from handlers.talk import spoken_of
from handlers.world import Outcome, Scene, World
from messages.view_parts import Choice
from messages.views_rating import AskWhichRated
from messages.views_stars import Indicated, RankedLine, StarsRanked, StarsShown
from storage import stars as rows
from storage.stars import Star
from storage.transaction import Transaction

FOUR_WEEKS, EIGHT_WEEKS = timedelta(weeks=4), timedelta(weeks=8)
HISTORY, STEPS_SHOWN = timedelta(days=364), 4
LISTED = 5
MANY_OVERDUE, FEW, LOW = 3, 3, 2
HUMAN, HELP = Choice("@human", "/human"), Choice("@desk_help", "/desk_help")
CASES = Choice("@desk_cases", "/desk_cases")


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The stars of the centre that is named, of one's own, or of the one spoken of; the order of all to those
    who have several."""
    kept, post = dialogue.settled, scene.post
    if post and not ask.centres and post.role in (Role.SUBDISTRICT, Role.DISTRICT):
        return Outcome(await ranked(scene.tx, post.subdistrict, world), kept)
    named = ask.centres[0] if ask.centres else None
    centre_id = named or (post.centre_id if post else None)
    centre = world.directory.centres.get(centre_id or "") or spoken_of(ask, dialogue, world)
    if centre is None:
        view = AskWhichRated(example_place(world), (HUMAN,))
        return Outcome(view, replace(kept, pending=replace(ask, intent="stars"), wants="place"))
    return Outcome(await shown(centre.id, world, scene), kept)


async def shown(centre_id: str, world: World, scene: Scene) -> StarsShown:
    """The stars of one centre, to whoever asks."""
    today = world.now.date()
    star = await rows.of_centre(scene.tx, centre_id, today)
    history = await rows.since(scene.tx, centre_id, today - HISTORY)
    steps = _steps(history)
    before = next(
        (each.stars for each in reversed(history) if each.day_on <= today - timedelta(days=7)), None
    )
    centre = world.directory.centres[centre_id]
    is_ours = scene.post is not None and may(scene.post, Act.DIGEST, centre.id, centre.subdistrict)
    result = read_stars(star) if star else None
    return StarsShown(
        centre=centre_name(centre),
        on=star.day_on if star else today,
        line=stars_line(result, before) if result else None,
        indicated=tuple(indicated(result)) if result else (),
        since=steps[-1][0] if steps else None,
        had=tuple(steps[:-1][-STEPS_SHOWN:]),
        for_staff=is_ours,
        choices=(CASES, HELP) if is_ours else (Choice("@centre", f"/centre {centre_id}"), HUMAN),
    )


def indicated(of: Stars) -> Iterator[Indicated]:
    for each in of.measured:
        ends = each.interval
        yield Indicated(each.indicator.value, ends.low, ends.middle, ends.high, each.count)


def _steps(history: Sequence[Star]) -> list[tuple[date, int | None]]:
    """Each number of stars with the day from which on the centre had it."""
    steps: list[tuple[date, int | None]] = []
    for each in history:
        if not steps or steps[-1][1] != each.stars:
            steps.append((each.day_on, each.stars))
    return steps


async def ranked(tx: Transaction, subdistrict: str | None, world: World) -> StarsRanked:
    """The centres of a subdistrict or the district by their stars, then by how satisfied residents surely
    are, and whom the rules propose."""
    today = world.now.date()
    found, on = await judged_of(tx, subdistrict, world)
    lines = [each.line for each in found]
    order = sorted(lines, key=lambda each: (-(each.stars or 0), -each.low, each.centre.id))
    starred = [each for each in order if each.stars]
    numbers = tuple(sum(each.stars == stars for each in order) for stars in (5, 4, 3, 2, 1, None))
    return StarsRanked(
        of=subdistrict or "district",
        on=on or today,
        numbers=numbers,  # type: ignore[arg-type]  # six of them
        first=tuple(starred[:LISTED]),
        last=tuple(reversed(starred[LISTED:][-LISTED:])),
        praised=tuple(each for each in order if "praised" in each.because),
        spoken_with=tuple(each for each in reversed(order) if set(each.because) - {"praised"}),
        choices=(CASES, HELP),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A centre by the rules, with what they looked at: its stars as they were reckoned, and how many it had
    four and eight weeks before."""

    line: RankedLine
    of: Stars
    four: int | None
    eight: int | None


async def judged_of(
    tx: Transaction, subdistrict: str | None, world: World
) -> tuple[list[Judged], date | None]:
    """The centres of which stars were reckoned, and the day of which they are; None before the first."""
    on = await rows.last_day(tx, world.now.date())
    if on is None:
        return [], None
    four, eight = [await _stars_on(tx, on - ago) for ago in (FOUR_WEEKS, EIGHT_WEEKS)]
    overdue = await rows.overdue(tx, world.now)
    found = []
    for row in await rows.of_day(tx, on):
        centre = world.directory.centres.get(row.centre_id)
        if centre and subdistrict in (None, centre.subdistrict):
            of, had = read_stars(row), (four.get(centre.id), eight.get(centre.id))
            line = ranked_line(of, len(overdue.get(centre.id, ())), world)
            found.append(Judged(replace(line, because=tuple(_because(line, *had))), of, *had))
    return found, on


async def _stars_on(tx: Transaction, day: date) -> Mapping[str, int | None]:
    """The stars on a day, or on the last before it that is kept."""
    last = await rows.last_day(tx, day)
    return await rows.numbers(tx, last) if last else {}


def ranked_line(of: Stars, overdue: int, world: World) -> RankedLine:
    named = centre_name(world.directory.centres[of.centre_id])
    share = next((each.interval for each in of.measured if each.indicator is Indicator.SATISFACTION), None)
    low, middle, high = (share.low, share.middle, share.high) if share else (0.0, 0.0, 1.0)
    return RankedLine(named, of.stars, low, middle, high, of.n, overdue)


def _because(line: RankedLine, four: int | None, eight: int | None) -> Iterator[str]:
    """By which rules a centre is proposed."""
    if line.stars == HIGHEST == eight and not line.overdue:
        yield "praised"
    if line.overdue >= MANY_OVERDUE:
        yield "overdue"
    if line.stars and four and line.stars < four and line.stars <= FEW:
        yield "fell"
    if line.stars and eight and max(line.stars, eight) <= LOW:
        yield "low"
