"""What `linli stars simulate` does: try the star rating on districts of which the truth is known."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator

from bot.commands import say
from bot.settings import Settings
from handlers.intervals import Interval
from handlers.stars import FORMULA
from handlers.stars_simulated import CENTRES
from handlers.stars_tried import FirstStars, YearLater, first_stars, year_later

NAME = 34  # letters for what a line is of
FEWEST = 3


def three_or_more(text: str) -> int:
    """A number of districts, of which there must be three for an interval. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < FEWEST:
        raise ArgumentTypeError(f"expected a number, {FEWEST} or more")
    return int(text)


async def simulate(settings: Settings, given: Namespace) -> int:
    """Print how often stars are right, how often they move for nothing and what cheating gains."""
    districts, followed = given.districts, max(given.districts // 2, FEWEST)
    say(f"formula {FORMULA.version}, seed {given.seed}: {districts} districts of {CENTRES} centres,")
    say(f"{followed} more that are followed for a year; in brackets 95 % intervals between districts")
    for line in told(first_stars(given.seed, districts), year_later(given.seed, followed)):
        say(line)
    return 0


def told(tried: FirstStars, later: YearLater) -> Iterator[str]:
    """The trial as a table to read; it is in README as well."""
    yield ""
    yield _line("stars are", "right", "one off", "further off", "not given")
    for each in (*tried.rightness, later.rightness):
        shares = (each.right, each.one_off, each.wrong, each.none)
        yield _line(each.of, *(_with_ends(share, _percent) for share in shares))
    yield _line("true satisfaction in its interval", _with_ends(tried.within, _percent))
    yield ""
    yield _line("in a year of weekly looks", "changes for nothing", "a real fall shows")
    for moves in later.moves:
        yield _line(moves.of, _with_ends(moves.a_year, _plain), _with_ends(moves.noticed, _percent))
    yield ""
    yield _line(
        "stars that cheating gains", "at first", "kept up a year", "none flagged", "counted alike", "most"
    )
    for gain in tried.gains:
        means = (gain.first, later.kept_up[gain.cheat], gain.unnoticed, gain.alike)
        yield _line(gain.cheat, *(_with_ends(mean, _signed) for mean in means), f"{gain.most:+d}")


def _line(of: str, *columns: str) -> str:
    widths = (20, 20, 20, 20, 6)
    return f"{of:<{NAME}}" + "".join(f"{text:>{wide}}" for text, wide in zip(columns, widths, strict=False))


def _with_ends(value: Interval, shown: Callable[[float], str]) -> str:
    return f"{shown(value.middle)} ({shown(value.low)} {shown(value.high)})"


def _percent(share: float) -> str:
    return f"{100 * min(max(share, 0), 1):.0f}%"


def _plain(number: float) -> str:
    return f"{max(number, 0):.2f}"


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-0.00", "+0.00")
