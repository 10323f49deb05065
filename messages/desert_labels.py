"""Where the labels of a map stand: beside their circles, upon nothing else, and inside of the frame.

The most important label comes first and takes the first free place around its circle; one that finds none is
left out, since what it says stands in the list beside the map as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from messages.lettering import width_em

SIZE, LEADING = 36.0, 44.0
_GAP, _SIGN = 10.0, 14.0
# Around a circle: how the box is moved by its own width and height, and by the radius.
_AROUND = (
    (0.0, -0.5, 1.0, 0.0),
    (-1.0, -0.5, -1.0, 0.0),
    (-0.5, -1.0, 0.0, -1.0),
    (-0.5, 0.0, 0.0, 1.0),
    (0.0, -1.0, 0.7, -0.7),
    (0.0, 0.0, 0.7, 0.7),
    (-1.0, -1.0, -0.7, -0.7),
    (-1.0, 0.0, -0.7, 0.7),
)


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, other: "Box") -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def has(self, x: float, y: float) -> bool:
        """Whether a centre's sign at `x`, `y` touches it."""
        return self.left - _SIGN <= x <= self.right + _SIGN and self.top - _SIGN <= y <= self.bottom + _SIGN


@dataclass(frozen=True, slots=True)
class Label:
    """The `name` of a place and what is said of it below, around a circle at `x`, `y`."""

    name: str
    said: tuple[str, ...]
    x: float
    y: float
    radius: float
    size: float = SIZE
    leading: float = LEADING

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.name, *self.said)

    def boxes(self) -> Iterator[Box]:
        """The boxes that it could take, the best first."""
        width = max(map(width_em, self.rows)) * self.size
        height = self.leading * len(self.rows)
        for own_x, own_y, by_x, by_y in _AROUND:
            reach = self.radius + _GAP
            left, top = self.x + own_x * width + by_x * reach, self.y + own_y * height + by_y * reach
            yield Box(left, top, left + width, top + height)


def placed(
    labels: Sequence[Label], frame: Box, dots: Sequence[tuple[float, float]]
) -> Iterator[tuple[Label, float, float]]:
    """Each label that has a place, with its left edge and the baseline of its first row. Of its free places a
    label takes the one on the fewest dots."""
    circles = [Box(e.x - e.radius, e.y - e.radius, e.x + e.radius, e.y + e.radius) for e in labels]
    taken: list[Box] = []
    for at, label in enumerate(labels):
        others = circles[:at] + circles[at + 1 :] + taken
        free = [box for box in label.boxes() if frame.holds(box) and not any(map(box.meets, others))]
        if free:
            box = min(free, key=lambda each: sum(each.has(*dot) for dot in dots))
            taken.append(box)
            yield label, round(box.left, 1), round(box.top + label.size, 1)
