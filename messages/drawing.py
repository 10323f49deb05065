"""Fills the drawings: SVG from a template, without scripts, styles or anything fetched from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messages.words import HERE


@dataclass(frozen=True, slots=True)
class Text:
    """A line on a sheet of paper: `x` is where `anchor` (start, middle or end) says, `y` its baseline."""

    text: str
    x: float
    y: float
    size: float
    ink: str = "#000000"
    anchor: str = "middle"
    is_bold: bool = False


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "drawings"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def drawn(name: str, parts: Mapping[str, object]) -> str:
    """The drawing `messages/drawings/<name>.j2`. The site's policy refuses inline styles, so colours and
    sizes are attributes of their own. Raises jinja2.UndefinedError for a part that is not there."""
    return _templates().get_template(f"{name}.j2").render(parts)
