"""What stands on the map of service deserts, and where: drawn as SVG (desert_map.py) or in pixels
(desert_picture.py).

Lengths are tenths of a millimetre on a page of A4 across, from its upper left corner.
"""

from dataclasses import dataclass

from messages.desert_labels import Box

WIDTH, HEIGHT = 2970, 2100


@dataclass(frozen=True, slots=True)
class Circle:
    """Wishes near a centre; the area is in proportion to their number."""

    x: float
    y: float
    radius: float
    wishes: int


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    x: float
    y: float
    size: float
    anchor: str = "start"
    is_bold: bool = False
    has_halo: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A centre's sign: `ink` around it, and inside where it is open."""

    path: str
    ink: str
    x: float
    y: float
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Key:
    """The legend: texts, the signs of the subdistricts, and circles of some numbers."""

    texts: tuple[Text, ...]
    marks: tuple[Mark, ...]
    circles: tuple[Circle, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page: `circles` lie on the `ground`, `marks` on them, `texts` on all; `title` and `told` are for
    whoever cannot see it, `tag` is the language."""

    tag: str
    title: str
    told: str
    ground: Box
    circles: tuple[Circle, ...]
    marks: tuple[Mark, ...]
    scale: Box
    texts: tuple[Text, ...]
    key: Key
