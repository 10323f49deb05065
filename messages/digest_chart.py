"""The chart of a digest: one picture of the last eight weeks, to be read on a phone or printed.

The latest week stands on a band with its name, is drawn filled and is written bold: no colour is needed to
find it.
"""

from collections.abc import Sequence

from messages.file_words import FileWords, clean
from messages.picture import WHITE, Colour, Picture, block, narrowed
from messages.views_digest import DigestShown, WeekPoint

WIDTH, LEFT, RIGHT = 1000, 150, 966
SLOTS = 8
SLOT = (RIGHT - LEFT) / SLOTS
MARGIN = 40
INK: Colour = (33, 37, 41)
GREY: Colour = (92, 99, 106)
RULE: Colour = (217, 222, 227)
BAND: Colour = (235, 241, 247)
STRONG: Colour = (0, 78, 137)
QUIET: Colour = (138, 170, 196)

# Type sizes in pixels. A phone shows about four tenths of them.
_TITLE, _PERIOD, _HEADING, _NUMBER, _SMALL, _LEAST = 46, 30, 30, 28, 26, 9
_LEADING = 1.3
# Below the title, in pixels: each part's heading, and how high its plot is.
_SHARES, _PEOPLE, _ACTIVITIES, _DAYS, _FOOT, _END = 66, 548, 810, 1066, 1134, 1168
_SHARES_HIGH, _COUNTS_HIGH = 290, 170
# From a heading down to the plot, and from the top of a plot of counts to the longest bar: a number is there.
_BELOW_HEADING, _ABOVE_BARS = 34, 38
# From the plot of shares down to the rows of numbers below it.
_SHARE_ROW, _RATINGS_ROW = 44, 82


def chart_png(digest: DigestShown, language: str) -> bytes:
    """The chart as a PNG file, 1000 pixels wide: satisfaction with its intervals and the number of ratings,
    people served, activities, week by week."""
    said = FileWords(language, "chart", "digest")
    size, lines = block(
        clean(said.script(digest.centre.name)), size=_TITLE, least=28, width=WIDTH - 2 * MARGIN, most_lines=2
    )
    top = round(MARGIN + len(lines) * size * _LEADING + _PERIOD * _LEADING)
    picture = Picture(WIDTH, top + _END)
    for row, line in enumerate(lines):
        picture.write(line, MARGIN, MARGIN + size + row * size * _LEADING, size, INK, is_bold=True)
    picture.write(_period(digest, said), MARGIN, top, _PERIOD, GREY)
    weeks = digest.weeks[-SLOTS:]
    _latest(picture, top, said, weeks)
    _shares(picture, top + _SHARES, said, weeks)
    people = [week.people for week in weeks]
    activities = [week.activities for week in weeks]
    _counts(picture, top + _PEOPLE, said.say("people"), people)
    _counts(picture, top + _ACTIVITIES, said.say("activities"), activities)
    _days(picture, top + _DAYS, said, weeks)
    picture.write(said.say("interval"), MARGIN, top + _FOOT, _SMALL, GREY)
    return picture.png()


def middle(number: int, weeks: int) -> float:
    """Where the week of this number stands, in pixels from the left: the latest is always at the right."""
    return LEFT + SLOT * (SLOTS - weeks + number + 0.5)


def _period(digest: DigestShown, said: FileWords) -> str:
    first, last = said.day(digest.first_on), said.day(digest.last_on)
    period = first if first == last else said.say("period", {"first": first, "last": last})
    return f"{said.say(f'name.{digest.cadence}')}  {period}"


def _latest(picture: Picture, top: int, said: FileWords, weeks: Sequence[WeekPoint]) -> None:
    """The band of the latest week, behind everything of it, and its name."""
    if not weeks:
        return
    picture.fill(RIGHT - SLOT, top + _SHARES - 40, RIGHT, top + _DAYS + 18, BAND)
    _fitting(picture, said.say("latest"), RIGHT - SLOT / 2, top + _SHARES, _SMALL, STRONG, is_bold=True)


def _shares(picture: Picture, y: int, said: FileWords, weeks: Sequence[WeekPoint]) -> None:
    """The share of the satisfied as points with their intervals, and the number of ratings below."""
    picture.write(said.say("satisfied"), MARGIN, y, _HEADING, INK, is_bold=True)
    top = y + _BELOW_HEADING
    bottom = top + _SHARES_HIGH
    for share in (0, 0.5, 1):
        line = bottom - share * _SHARES_HIGH
        picture.fill(LEFT, line - 1, RIGHT, line + 1, RULE)
        picture.write(f"{share:.0%}", LEFT - 12, line + 9, _SMALL, GREY, anchor="r")
    for row, name in ((_SHARE_ROW, "share"), (_RATINGS_ROW, "ratings")):
        picture.write(said.say(name), LEFT - 12, bottom + row, _SMALL, GREY, anchor="r")
    if not weeks:
        picture.write(said.say("no_weeks"), (LEFT + RIGHT) / 2, y + 150, _HEADING, GREY, anchor="m")
    for number, week in enumerate(weeks):
        x, is_latest = middle(number, len(weeks)), number == len(weeks) - 1
        _fitting(picture, f"{week.ratings:,}", x, bottom + _RATINGS_ROW, _SMALL, INK, is_bold=is_latest)
        if week.satisfied is None:
            _nobody(picture, said.say("nobody"), x, bottom + _SHARE_ROW - _SMALL)
        else:
            _fitting(
                picture, f"{week.satisfied:.0%}", x, bottom + _SHARE_ROW, _NUMBER, INK, is_bold=is_latest
            )
            _share(picture, week, week.satisfied, x, bottom, is_latest=is_latest)


def _share(
    picture: Picture, week: WeekPoint, share: float, x: float, bottom: int, *, is_latest: bool
) -> None:
    """A point with its interval."""
    half, ink = (3, STRONG) if is_latest else (2, QUIET)
    if week.low is not None and week.high is not None:
        high, low = bottom - week.high * _SHARES_HIGH, bottom - week.low * _SHARES_HIGH
        picture.fill(x - half, high, x + half, low, ink)
        for end in (high, low):
            picture.fill(x - 11, end - half, x + 11, end + half, ink)
    at = bottom - share * _SHARES_HIGH
    picture.dot(x, at, 13 if is_latest else 11, STRONG)
    if not is_latest:
        picture.dot(x, at, 7, WHITE)


def _nobody(picture: Picture, text: str, x: float, bottom: float) -> None:
    """In the plot, where a point would be missed."""
    size, lines = block(text, size=22, least=_LEAST, width=SLOT - 8, most_lines=2)
    for row, line in enumerate(reversed(lines)):
        picture.write(line, x, bottom - 40 - row * size * _LEADING, size, GREY, anchor="m")


def _counts(picture: Picture, y: int, heading: str, counts: Sequence[int]) -> None:
    """A number a week as bars from nought, each with its number."""
    picture.write(heading, MARGIN, y, _HEADING, INK, is_bold=True)
    bottom = y + _BELOW_HEADING + _COUNTS_HIGH
    most = max(counts, default=0)
    for number, count in enumerate(counts):
        x, is_latest = middle(number, len(counts)), number == len(counts) - 1
        high = count / most * (_COUNTS_HIGH - _ABOVE_BARS) if most else 0
        picture.fill(x - SLOT * 0.3, bottom - high, x + SLOT * 0.3, bottom, STRONG if is_latest else QUIET)
        _fitting(picture, f"{count:,}", x, bottom - high - 10, _NUMBER, INK, is_bold=is_latest)
    picture.fill(LEFT, bottom, RIGHT, bottom + 2, GREY)


def _days(picture: Picture, y: int, said: FileWords, weeks: Sequence[WeekPoint]) -> None:
    picture.write(said.say("monday"), LEFT - 12, y, _SMALL, GREY, anchor="r")
    for number, week in enumerate(weeks):
        day, is_latest = said.say("short_day", {"on": week.from_on}), number == len(weeks) - 1
        _fitting(picture, day, middle(number, len(weeks)), y, _SMALL, INK, is_bold=is_latest)


def _fitting(
    picture: Picture, text: str, x: float, y: float, size: int, ink: Colour, *, is_bold: bool
) -> None:
    """A text in the middle of its week, smaller when its week is too narrow."""
    fits = narrowed(text, size, SLOT - 10, _LEAST)
    picture.write(text, x, y, fits, ink, anchor="m", is_bold=is_bold)
