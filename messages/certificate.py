"""The certificate of a camp: one page of A4 as a drawing, to be kept as an image or printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from messages.drawing import Text, drawn
from messages.file_words import FileWords, clean
from messages.lettering import fitted

# Tenths of a millimetre, as the drawing counts.
_CENTRE, _RIGHT, _WIDTH = 1050, 1860, 1620
_LEAST = 30
_BLACK, _RED = "#000", "#8a1c1c"
_LEADING = 1.35


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is certified. `name` is what the caller answers for; without one there is a line to write on, with
    the `alias` below it by which the family booked, a code of its words or a pet name."""

    number: str
    centre: str
    activity: str
    starts_on: date
    ends_on: date
    days_held: int
    days_attended: int
    issued_on: date
    name: str | None = None
    alias: str | None = None

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("a camp ends on the day it starts or later")
        if not 1 <= self.days_attended <= self.days_held:
            raise ValueError("attended are 1 of the days held or more, and not more than all of them")


@dataclass(frozen=True, slots=True)
class _Rule:
    """The line under the name."""

    left: int
    width: int
    y: int


_RULE = _Rule(left=450, width=1200, y=1130)


def certificate_svg(certificate: Certificate, language: str) -> str:
    """The page. Raises ValueError when a name is too long to be read on it."""
    said = FileWords(language, "certificate")
    parts = {
        "tag": said.tag,
        "title": said.say("title", {"number": clean(certificate.number)}),
        "lines": tuple(_lines(certificate, said)),
        "rule": _RULE,
    }
    return drawn("certificate", parts)


def _lines(certificate: Certificate, said: FileWords) -> Iterator[Text]:
    held = {"held": certificate.days_held, "attended": certificate.days_attended}
    yield from _block(said.script(certificate.centre), y=360, size=72)
    yield from _block(said.say("heading"), y=690, size=170, ink=_RED, is_bold=True, most_lines=1)
    yield from _block(said.say("certify"), y=900, size=66)
    if certificate.name is None:
        yield from _block(_to_fill_in(certificate, said), y=1195, size=44)
    else:
        # A name stays as the family wrote it, in whichever characters.
        yield from _block(certificate.name, y=1090, size=110, is_bold=True, width=_RULE.width, most_lines=1)
    yield from _block(said.say("took_part"), y=1330, size=66)
    activity = tuple(_block(said.script(certificate.activity), y=1510, size=100, is_bold=True, most_lines=3))
    yield from activity
    below = activity[-1].y
    yield from _block(_dates(certificate, said), y=below + 190, size=66)
    yield from _block(said.say("days", held), y=below + 300, size=66)
    yield from _block(said.say("closing"), y=below + 430, size=66)
    yield from _block(said.script(certificate.centre), y=2380, size=58, anchor="end", width=_WIDTH * 0.7)
    yield from _block(said.say("stamp"), y=2530, size=44, anchor="end")
    yield from _block(said.day(certificate.issued_on), y=2630, size=58, anchor="end")
    number = said.say("number", {"number": certificate.number})
    yield from _block(number, y=2760, size=44, most_lines=1)


def _to_fill_in(certificate: Certificate, said: FileWords) -> str:
    if certificate.alias is None:
        return said.say("to_fill_in")
    return said.say("called", {"alias": said.person(certificate.alias)})


def _dates(certificate: Certificate, said: FileWords) -> str:
    first, last = said.day(certificate.starts_on), said.day(certificate.ends_on)
    return said.say("one_day" if first == last else "dates", {"first": first, "last": last})


def _block(
    text: str,
    *,
    y: float,
    size: float,
    anchor: str = "middle",
    width: float = _WIDTH,
    most_lines: int = 2,
    ink: str = _BLACK,
    is_bold: bool = False,
) -> Iterator[Text]:
    """`text` from the baseline `y` downwards, smaller when it would not fit otherwise."""
    x = _RIGHT if anchor == "end" else _CENTRE
    fitting, lines = fitted(clean(text), size=size, least=_LEAST, width=width, most_lines=most_lines)
    for row, line in enumerate(lines):
        yield Text(line, x, round(y + row * fitting * _LEADING, 1), fitting, ink, anchor, is_bold)
