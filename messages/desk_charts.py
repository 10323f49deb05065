"""Charts of the desk: where their lines, points and words stand. The page draws them and writes the numbers
beside them in a table, so that nothing is to be read from the drawing alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10

# In units of the drawing; a phone shows about two thirds of a pixel for each.
WIDTH, HEIGHT = 480, 220
LEFT, RIGHT, TOP, BOTTOM = 60, 462, 14, 182
# So wide is a day below the chart, with the room around it.
_LABEL = 56
# Where the scale of shares may end.
_SHARES = (0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A period from its first day on. `value` is None where there is nothing to show; `low` and `high` are
    the ends of its interval, if it has one."""

    first: date
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as it is drawn, with its interval from `high` down to `low`."""

    x: float
    y: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """`lines` are heights with their values, `days` places with the first days of periods; `strokes` are the
    points that follow each other without a gap, as an SVG polyline has them."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    lines: tuple[tuple[float, float], ...]
    days: tuple[tuple[float, date], ...]
    marks: tuple[Mark, ...]
    strokes: tuple[str, ...]


def drawing(points: Sequence[Point], *, is_share: bool) -> Drawing:
    """From nought to a round number above the most, intervals included."""
    most = max((max(each.value or 0, each.high or 0) for each in points), default=0)
    top = next(each for each in _SHARES if each >= min(most, 1)) if is_share else _round_above(most)
    slot = (RIGHT - LEFT) / max(len(points), 1)
    xs = [round(LEFT + slot * (number + 0.5), 1) for number in range(len(points))]
    every = ceil(_LABEL / slot)

    def height(value: float) -> float:
        return round(BOTTOM - value / top * (BOTTOM - TOP), 1)

    marks = [
        None if each.value is None else Mark(
            x, height(each.value),
            None if each.low is None else height(each.low),
            None if each.high is None else height(each.high),
        )
        for x, each in zip(xs, points, strict=True)
    ]  # fmt: skip
    # The latest period has its day; of those before it as many as there is room for.
    days = [(x, each.first) for x, each in zip(xs, points, strict=True)][::-1][::every][::-1]
    return Drawing(
        WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM,
        lines=tuple((height(part * top), part * top) for part in (0, 0.5, 1)),
        days=tuple(days),
        marks=tuple(each for each in marks if each),
        strokes=tuple(_strokes(marks)),
    )  # fmt: skip


def _round_above(most: float) -> float:
    """The next even number of one digit and noughts, at least 2, so that its half is a whole number."""
    if most <= 2:
        return 2
    step: int = 10 ** int(log10(most))
    step = step if most / step > 2 or step == 1 else step // 5
    return ceil(most / (2 * step)) * 2 * step


def _strokes(marks: Sequence[Mark | None]) -> Iterator[str]:
    run: list[Mark] = []
    for each in (*marks, None):
        if each:
            run.append(each)
            continue
        if len(run) > 1:
            yield " ".join(f"{one.x},{one.y}" for one in run)
        run = []
