"""The map of service deserts: one page of A4 across, as a drawing, to be read on a screen or printed.

The centres themselves are the ground: there is no other map below them. Places are projected by the rectangle
of their middle latitude (x = longitude times its cosine), which over a district of 20 km is wrong by less
than the width of a line; GCJ-02 is drawn as it is. North is up. Subdistricts differ by shape as well as by
colour, and open centres from others by being filled, so that it can be read in black and white.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from math import cos, pi, radians, sqrt

from messages.desert_labels import Box, Label, placed
from messages.desert_sheet import Circle, Key, Mark, Sheet, Text
from messages.drawing import drawn
from messages.file_words import FileWords, clean
from messages.lettering import fitted
from messages.views_deserts import DesertLine, DesertPlace

# Tenths of a millimetre, as the drawing counts. Below the ground there is room for the scale.
GROUND = Box(100, 330, 2090, 1990)
_PLOT = Box(220, 450, 1970, 1730)
_LABELLED = Box(120, 350, 2070, 1840)
_SCALE_Y, _SCALE_X = 1930, 160
_PANEL_X, _PANEL_WIDTH = 2150, 720
_MOST_RADIUS, _LEADING = 100.0, 46
_LABELLED_THINGS, _LISTED_PLACES, _LISTED_SUBDISTRICTS = 2, 3, 10
_METRES_PER_DEGREE = 6_371_008.8 * pi / 180
_LEAST_SPAN_M = 500.0
_INKS = ("#0b5394", "#38761d", "#7a3e9d", "#8a5a00", "#00695c", "#b0306a", "#444444", "#3949ab")
# Outlines around 0 0, of about one area.
_SHAPES = (
    "M-11 0a11 11 0 1 0 22 0a11 11 0 1 0-22 0z",
    "M-10-10h20v20h-20z",
    "M0-14l13 23h-26z",
    "M0-14l14 14l-14 14l-14-14z",
    "M0 14l13-23h-26z",
    "M-4-13h8v9h9v8h-9v9h-8v-9h-9v-8h9z",
    "M0-13l11 6.5v13l-11 6.5l-11-6.5v-13z",
    "M-14-8h28v16h-28z",
)


@dataclass(frozen=True, slots=True)
class Dot:
    """A centre at its place, degrees."""

    centre_id: str
    subdistrict: str
    latitude: float
    longitude: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class DesertMap:
    """What is drawn: of a `subdistrict` or the whole district, since a Monday, `on` a day; `dots` are all of
    its centres, `lines` what is missed most. At least `least` wishes are told; `walk` metres are near."""

    subdistrict: str | None
    since: date
    on: date
    dots: tuple[Dot, ...]
    lines: tuple[DesertLine, ...]
    least: int
    walk: int

    def __post_init__(self) -> None:
        if not self.dots:
            raise ValueError("a map of no centre is none")


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where a place lies in the drawing: `scale` units a metre, from the west and the north."""

    west: float
    north: float
    squeeze: float
    scale: float
    left: float
    top: float

    @classmethod
    def of(cls, dots: Sequence[Dot]) -> "_Ground":
        """The largest scale at which all dots lie in the plot, in its middle."""
        south, north = _ends([each.latitude for each in dots])
        west, east = _ends([each.longitude for each in dots])
        squeeze = cos(radians((south + north) / 2))
        across = max((east - west) * squeeze * _METRES_PER_DEGREE, _LEAST_SPAN_M)
        down = max((north - south) * _METRES_PER_DEGREE, _LEAST_SPAN_M)
        scale = min(_PLOT.width / across, _PLOT.height / down)
        spare_x = _PLOT.width - (east - west) * squeeze * _METRES_PER_DEGREE * scale
        spare_y = _PLOT.height - (north - south) * _METRES_PER_DEGREE * scale
        return cls(west, north, squeeze, scale, _PLOT.left + spare_x / 2, _PLOT.top + spare_y / 2)

    def at(self, dot: Dot) -> tuple[float, float]:
        east = (dot.longitude - self.west) * self.squeeze * _METRES_PER_DEGREE * self.scale
        south = (self.north - dot.latitude) * _METRES_PER_DEGREE * self.scale
        return round(self.left + east, 1), round(self.top + south, 1)


def desert_map_svg(of: DesertMap, language: str) -> str:
    """The page as a drawing. Raises ValueError when a name is too long to be read on it."""
    sheet = sheet_of(of, language)
    return drawn("desert_map", {each.name: getattr(sheet, each.name) for each in fields(sheet)})


def sheet_of(of: DesertMap, language: str) -> Sheet:
    """All that stands on the page, and where."""
    said = FileWords(language, "deserts")
    ground = _Ground.of(of.dots)
    spots = {each.centre_id: ground.at(each) for each in of.dots}
    signs = _signs(of.dots)
    circles = circles_of(of.lines, spots)
    labels = _labels(of.lines, circles, spots, said)
    key = _key(of, circles, signs, said)
    panel = _panel(of, min(each.y for each in key.texts) - 60, said)
    return Sheet(
        tag=said.tag,
        title=_title(of, said),
        told=" ".join((said.say("told"), *(f"{text}." for text in _told(of, said)))),
        ground=GROUND,
        circles=tuple(sorted(circles.values(), key=lambda each: -each.radius)),
        marks=tuple(_mark(signs[each.subdistrict], *spots[each.centre_id], each.is_open) for each in of.dots),
        scale=_scale_bar(ground.scale),
        texts=(*_heading(of, said), *labels, *_scale_texts(ground.scale, said), *panel),
        key=key,
    )


def circles_of(lines: Sequence[DesertLine], spots: Mapping[str, tuple[float, float]]) -> dict[str, Circle]:
    """By the id of the centre: all wishes that are told near it."""
    wishes: dict[str, int] = {}
    for place in _places(lines):
        wishes[place.centre.id] = wishes.get(place.centre.id, 0) + place.wishes
    most = max(wishes.values(), default=1)
    return {
        each: Circle(*spots[each], round(_MOST_RADIUS * sqrt(number / most), 1), number)
        for each, number in wishes.items()
        if each in spots
    }


def _places(lines: Sequence[DesertLine]) -> Iterator[DesertPlace]:
    for line in lines:
        yield from line.places


def _signs(dots: Sequence[Dot]) -> dict[str, tuple[str, str]]:
    """Shape and colour of each subdistrict, in the order of their names."""
    names = sorted({each.subdistrict for each in dots})
    return {
        name: (_SHAPES[n % len(_SHAPES)], _INKS[(n + n // len(_SHAPES)) % len(_INKS)])
        for n, name in enumerate(names)
    }


def _mark(sign: tuple[str, str], x: float, y: float, is_open: bool) -> Mark:
    return Mark(*sign, x, y, is_open)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def _title(of: DesertMap, said: FileWords) -> str:
    place = said.script(clean(of.subdistrict)) if of.subdistrict else said.say("district")
    return said.say("title", {"place": place})


def _heading(of: DesertMap, said: FileWords) -> Iterator[Text]:
    dates = {"since": said.day(of.since), "on": said.day(of.on), "walk": of.walk}
    yield from _block(_title(of, said), GROUND.left, 170, 76, most_lines=1, is_bold=True, width=2770)
    yield from _block(said.say("dates", dates), GROUND.left, 260, 44, most_lines=1, width=2770)


def _labels(
    lines: Sequence[DesertLine],
    circles: Mapping[str, Circle],
    spots: Mapping[str, tuple[float, float]],
    said: FileWords,
) -> Iterator[Text]:
    """What is missed near the centres of the largest circles, where there is room for it."""
    missed: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for line in lines:
        for place in line.places:
            names[place.centre.id] = said.script(clean(place.centre.name))
            missed.setdefault(place.centre.id, []).append(f"{_thing(line.thing, said)} {place.wishes}")
    wanted = [
        Label(names[each], tuple(missed[each][:_LABELLED_THINGS]), circle.x, circle.y, circle.radius)
        for each, circle in sorted(circles.items(), key=lambda one: (-one[1].wishes, one[0]))
    ]
    for label, left, baseline in placed(wanted, _LABELLED, list(spots.values())):
        for row, text in enumerate(label.rows):
            y = baseline + row * label.leading
            yield Text(text, left, y, label.size, is_bold=row > 0, has_halo=True)


def _thing(name: str, said: FileWords) -> str:
    return said.label("things", name[1:]) if name.startswith("@") else said.script(clean(name))


def _nice_metres(scale: float) -> int:
    """The longest of 1, 2, 5, 10 ... metres that is no longer than a fifth of the ground."""
    most = GROUND.width / 5 / scale
    size = 1
    while size * 10 <= most:
        size *= 10
    return max(each * size for each in (1, 2, 5) if each * size <= most)


def _scale_bar(scale: float) -> Box:
    width = round(_nice_metres(scale) * scale, 1)
    return Box(_SCALE_X, _SCALE_Y - 14, _SCALE_X + width, _SCALE_Y)


def _scale_texts(scale: float, said: FileWords) -> Iterator[Text]:
    metres = _nice_metres(scale)
    bar = _scale_bar(scale)
    yield Text("0", bar.left, bar.top - 14, 34, "middle")
    yield Text(said.say("metres", {"metres": metres}), bar.right, bar.top - 14, 34, "middle")
    yield Text(said.say("north"), GROUND.right - 70, _SCALE_Y + 4, 40, "middle", is_bold=True)


def _told(of: DesertMap, said: FileWords) -> Iterator[str]:
    """The list in words, for whoever cannot see the drawing as well."""
    for number, line in enumerate(of.lines, 1):
        places = said.say("between").join(_where(line, said))
        heading = said.say("line", {"thing": _thing(line.thing, said), "wishes": line.wishes})
        yield f"{number} {heading}{said.say('colon')}{places}"


def _place(place: DesertPlace, said: FileWords) -> str:
    values = {"centre": said.script(clean(place.centre.name)), "wishes": place.wishes, "metres": place.metres}
    return said.say("nowhere" if place.metres is None else "place", values)


def _panel(of: DesertMap, bottom: float, said: FileWords) -> list[Text]:
    """What is missed most, beside the ground, with as many places as there is room for above `bottom`."""
    lists = (list(_list(of, places, said)) for places in range(_LISTED_PLACES, 0, -1))
    return next((texts for texts in lists if texts[-1].y <= bottom), list(_list(of, 0, said)))


def _list(of: DesertMap, places: int, said: FileWords) -> Iterator[Text]:
    """The things from the top down, each with so many of its places at most."""
    yield Text(said.say("list"), _PANEL_X, 370, 48, is_bold=True)
    if not of.lines:
        yield from _block(said.say("none", {"least": of.least}), _PANEL_X, 440, 38, most_lines=3)
    y = 440.0
    for number, line in enumerate(of.lines, 1):
        heading = said.say("line", {"thing": _thing(line.thing, said), "wishes": line.wishes})
        for text in _block(f"{number} {heading}", _PANEL_X, y, 42, most_lines=2, is_bold=True):
            yield text
            y = text.y + _LEADING
        for told in _where(line, said)[:places]:
            for text in _block(told, _PANEL_X + 30, y, 34, most_lines=2, width=_PANEL_WIDTH - 30):
                yield text
                y = text.y + _LEADING
        y += 22


def _where(line: DesertLine, said: FileWords) -> list[str]:
    return [_place(each, said) for each in line.places] or [said.say("scattered")]


def _key(
    of: DesertMap, circles: Mapping[str, Circle], signs: Mapping[str, tuple[str, str]], said: FileWords
) -> Key:
    """At the foot of the panel, from below upwards."""
    shown = list(signs.items())[:_LISTED_SUBDISTRICTS]
    rows = (len(shown) + 1) // 2
    notes = list(_block(said.say("notes", {"least": of.least}), _PANEL_X, 0, 30, most_lines=4))
    top = GROUND.bottom - 10 - 42 * len(notes)
    texts = [Text(each.text, each.x, top + 42 * row + 34, each.size) for row, each in enumerate(notes)]
    marks = []
    states = top - 40
    for column, (state, is_open) in enumerate((("open", True), ("not_open", False))):
        x = _PANEL_X + 20 + column * _PANEL_WIDTH / 2
        marks.append(_mark((_SHAPES[0], _INKS[6]), x, states - 12, is_open))
        texts.append(Text(said.say(state), x + 34, states, 34))
    first = states - 56 * rows
    for place, (name, sign) in enumerate(shown):
        x, y = _PANEL_X + 20 + place % 2 * _PANEL_WIDTH / 2, first + place // 2 * 56
        marks.append(_mark(sign, x, y - 12, is_open=True))
        texts += _block(said.script(clean(name)), x + 34, y, 34, width=_PANEL_WIDTH / 2 - 50, most_lines=1)
    samples = list(_samples(circles, first - 90))
    for circle in samples:
        texts.append(
            Text(
                said.say("times", {"wishes": circle.wishes}), circle.x + circle.radius + 14, circle.y + 12, 34
            )
        )
    if samples:
        heading = first - 110 - 2 * max(each.radius for each in samples)
        texts += _block(said.say("area"), _PANEL_X, heading, 34, most_lines=1)
    return Key(tuple(texts), tuple(marks), tuple(samples))


def _samples(circles: Mapping[str, Circle], bottom: float) -> Iterator[Circle]:
    """The largest circle of the drawing and one of a quarter of its number, standing on a line."""
    if not circles:
        return
    largest = max(circles.values(), key=lambda each: each.wishes)
    x = _PANEL_X + 0.0
    for wishes in sorted({largest.wishes, max(1, largest.wishes // 4)}, reverse=True):
        radius = round(largest.radius * sqrt(wishes / largest.wishes), 1)
        yield Circle(x + radius, bottom - radius, radius, wishes)
        x += 2 * radius + 190


def _block(
    text: str,
    x: float,
    y: float,
    size: float,
    *,
    most_lines: int,
    width: float = _PANEL_WIDTH,
    is_bold: bool = False,
) -> Iterator[Text]:
    """`text` from the baseline `y` downwards, smaller when it would not fit otherwise."""
    fitting, lines = fitted(clean(text), size=size, least=20, width=width, most_lines=most_lines)
    for row, line in enumerate(lines):
        yield Text(line, x, round(y + row * fitting * 1.3, 1), fitting, is_bold=is_bold)
