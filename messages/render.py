"""From a view to what a resident reads: one template per view and language, plain text."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from messages.calendar import SHANGHAI
from messages.understand.scripts import traditional
from messages.view_parts import Choice
from messages.views import ActivityCard, AskWhere, CentreCard, ConversationMoved, ServiceCard, View, photo_of
from messages.views_booking import Booked, BookingShown, Reminded, SessionMoved
from messages.views_calls import FamiliesToCall
from messages.views_cases import CaseShown, CaseTold, StaffCaseShown, VerdictAsked
from messages.views_certificates import CertificateLine, CertificatesReady
from messages.views_children import FetchCode, FetchCodesShown
from messages.views_deserts import DesertsShown
from messages.views_digest import DigestShown
from messages.views_doors import DoorCodeShown
from messages.views_people import CallbackPhoneNoted, CallbackPromised
from messages.views_photos import PhotoLink, PhotoTaken, RatingPhotosListed
from messages.views_staff import DeskDoor, NamesReady
from messages.words import HERE, LANGUAGES, TRADITIONAL_TAG, button, words

DAY = 24 * 60
KEPT = 1_000
# After these a page offers a code, so that the conversation can be gone on with elsewhere.
WORTH_KEEPING = (CallbackPromised, CallbackPhoneNoted, ConversationMoved)
_BLANK_LINES = re.compile(r"\n\s*\n+")
_ENDS = re.compile(r"[ \t]+\n")


@dataclass(frozen=True, slots=True)
class MapLink:
    """A place for a map app. Degrees are GCJ-02, which the linked map takes as they are."""

    label: str
    latitude: float
    longitude: float
    url: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page or file of ours that belongs to an answer; `url` is a path where nobody told our address.

    `file` is what stands there where a channel may send it itself: 'chart' or 'workbook' of a digest, 'map'
    of service deserts, the code of a 'door', of which a channel may have its own, a code that leads where the
    link does ('arrive'). None for a page, and for whatever names somebody: a file that was sent cannot be
    taken back.
    """

    label: str
    url: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Plain text with line breaks, the choices in order (a channel numbers them from 1), a map link,
    whether a shared location would help, whether this is a moment to keep the conversation, the codes
    of the bookings that it is about and that a calendar can take, what else there is to open, and what is
    said with a photo, where one is welcome."""

    language: str
    text: str
    choices: tuple[Choice, ...]
    map: MapLink | None
    asks_location: bool
    keeps: bool = False
    calendar: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    photo: str | None = None


class Renderer:
    """Speaks every view in every language. Raises jinja2.UndefinedError when a template asks for
    what a view does not have."""

    def __init__(self) -> None:
        self._speakers = {language: _speaker(language) for language in LANGUAGES}
        # Many ask the same within a minute, and views tell times to the minute.
        self.render = lru_cache(maxsize=KEPT)(self._rendered)

    def _rendered(self, view: View, language: str) -> Rendered:
        if language == TRADITIONAL_TAG:
            return _in_traditional(self.render(view, "zh"))
        speaker = self._speakers[language]
        choices = tuple(Choice(button(language, c.label), c.say) for c in view.choices)
        text = speaker.say(view, choices)
        asks_location, keeps = isinstance(view, AskWhere), isinstance(view, WORTH_KEEPING)
        place, booked = speaker.map_of(view), codes_of(view)
        links = speaker.links_of(view)
        return Rendered(language, text, choices, place, asks_location, keeps, booked, links, photo_of(view))


def codes_of(view: View) -> tuple[str, ...]:
    """Of what is booked, not of what is waited for."""
    match view:
        case Booked(held=several):
            return tuple(held.code for held in several if held.state == "booked")
        case BookingShown(held=held) | Reminded(held=held) | SessionMoved(held=held):
            return (held.code,) if held.state == "booked" else ()
        case _:
            return ()


def _in_traditional(simplified: Rendered) -> Rendered:
    """The same in Traditional characters; what a choice says to Linli stays as it is."""
    place = simplified.map
    return replace(
        simplified,
        language=TRADITIONAL_TAG,
        text=traditional(simplified.text),
        choices=tuple(Choice(traditional(choice.label), choice.say) for choice in simplified.choices),
        map=place and replace(place, label=traditional(place.label)),
        links=tuple(replace(link, label=traditional(link.label)) for link in simplified.links),
    )


def words_of(view: View, language: str) -> str:
    """What a view says without its choices, for a page that shows it beside other things."""
    return _speaker(language).say(view, ())


def filters_of(language: str) -> Mapping[str, Callable[..., str]]:
    """The ways in which a language writes days, times and codes, for templates."""
    return _speaker(language).filters


@cache
def _speaker(language: str) -> "_Speaker":
    """Templates are read and compiled once, however many renderers there are."""
    return _Speaker(language)


def _day_of(on: date) -> date:
    """The civil day of a moment, wherever its clock stands; a day itself."""
    return on.astimezone(SHANGHAI).date() if isinstance(on, datetime) else on


def _minute_of(at: datetime) -> int:
    here = at.astimezone(SHANGHAI)
    return here.hour * 60 + here.minute


class _Speaker:
    """One language: its templates and the ways it writes times, days and distances."""

    def __init__(self, language: str) -> None:
        self._labels: Mapping[str, Any] = words(language, "labels")
        self._templates = Environment(
            loader=FileSystemLoader(HERE / language / "views"),
            autoescape=False,  # noqa: S701 - plain text; each channel escapes for itself
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters: Mapping[str, Callable[..., str]] = {
            "clock": self.clock,
            "clock_at": self.clock_at,
            "day": self.day,
            "long_date": self.long_date,
            "moment_from": self.moment_from,
            "metres": self.metres,
            "holiday": lambda code: self._labels["holidays"].get(code, code or ""),
            "category": lambda code: self._labels["categories"].get(code, code),
            "status": lambda code: self._labels["status"].get(code, code),
            "thing": self.thing,
            "just_before": lambda at: at - timedelta(minutes=1),
            "channel": self.channel,
            "channels": self.channels,
            "term": self.term,
            "person": lambda code: self._labels["people"].get(code, code or ""),
            "button": lambda name: self._labels["buttons"].get(name, name),
            "reason": lambda code: self._labels["reasons"].get(code, code),
        }
        self._templates.filters |= self.filters

    def say(self, view: View, choices: tuple[Choice, ...]) -> str:
        parts = {field.name: getattr(view, field.name) for field in fields(view)} | {"choices": choices}
        text = self._templates.get_template(f"{type(view).__name__}.j2").render(parts)
        return _ENDS.sub("\n", _BLANK_LINES.sub("\n", text + "\n")).strip()

    def thing(self, what: str) -> str:
        return str(self._labels["things"].get(what[1:], "")) if what.startswith("@") else what

    def channel(self, code: str) -> str:
        return str(self._labels["channels"].get(code, code))

    def channels(self, codes: Sequence[str]) -> str:
        """Where somebody talks, each once."""
        return str(self._labels["and"]).join(map(self.channel, dict.fromkeys(codes)))

    def clock(self, minutes: int) -> str:
        """Minutes after midnight as a clock shows them; after the next midnight that is said."""
        late = self._labels["next_day"] if minutes > DAY else ""
        of_day = minutes if minutes <= DAY else minutes - DAY
        return str(late) + str(self._labels["clock"]).format(hour=of_day // 60, minute=of_day % 60)

    def clock_at(self, at: datetime) -> str:
        return self.clock(_minute_of(at))

    def day(self, on: date, with_year: bool = False) -> str:
        weekday = self._labels["weekdays"][_day_of(on).isoweekday() - 1]
        said = self._date(on, "date_year" if with_year else "date")
        return said + str(self._labels["weekday_in"]).format(weekday=weekday)

    def long_date(self, on: date) -> str:
        return self._date(on, "date_year")

    def term(self, name: str) -> str:
        """A school term as the office named it, with the words of the invented ones in the language."""
        for words_of, said in self._labels["terms"].items():
            name = name.replace(words_of, said)
        return name

    def _date(self, on: date, form: str) -> str:
        on = _day_of(on)
        months = self._labels.get("months")
        name = months[on.month - 1] if months else ""
        return str(self._labels[form]).format(year=on.year, month=on.month, day=on.day, month_name=name)

    def moment_from(self, at: datetime, base: datetime, is_now: bool = True) -> str:
        """A clock time as said at `base`: alone on the same day, else with the day. The day after another
        day than today is not tomorrow, so it is said in full unless `base` is now."""
        days = (_day_of(at) - _day_of(base)).days
        clock = self.clock_at(at)
        if days == 0:
            return clock
        if is_now and days in self._labels["relative"]:
            return str(self._labels["relative_clock"]).format(day=self._labels["relative"][days], clock=clock)
        return str(self._labels["day_clock"]).format(day=self.day(at), clock=clock)

    def metres(self, metres: int) -> str:
        if metres < 1000:
            return str(self._labels["metres"]).format(metres=metres)
        return str(self._labels["kilometres"]).format(kilometres=f"{metres / 1000:.1f}")

    def links_of(self, view: View) -> tuple[Link, ...]:
        """What is opened beside an answer."""
        labels: Mapping[str, str] = self._labels["links"]
        match view:
            case NamesReady(address=address):
                return (Link(labels["names"], address),)
            case DeskDoor(address=address):
                return (Link(labels["desk"], address),)
            case FamiliesToCall(page=str(page)):
                return (Link(labels["calls"], page),)
            case BookingShown(door=str(door)):
                return (Link(labels["arrive"], door, "arrive"),)
            case FetchCodesShown(codes=codes):
                return self._links_of_people(labels["fetch"], [one for one in codes if one.address])
            case DoorCodeShown(picture=picture):
                return (Link(labels["door"], picture, "door"),)
            case DesertsShown(picture=str(picture)):
                return (Link(labels["deserts"], picture, "map"),)
            case DigestShown(chart=str(chart), workbook=str(workbook)):
                return (
                    Link(labels["digest_chart"], chart, "chart"),
                    Link(labels["digest_workbook"], workbook, "workbook"),
                )
            case CertificatesReady(lines=lines):
                return self._links_of_people(labels["certificate"], lines)
            case CaseShown() | CaseTold() | VerdictAsked() | StaffCaseShown() | PhotoTaken():
                return self._photo_links(view.photos)
            case RatingPhotosListed(lines=rated):
                return self._photo_links([one.link for one in rated])
            case _:
                return ()

    def _links_of_people(self, said: str, lines: Sequence[CertificateLine | FetchCode]) -> tuple[Link, ...]:
        """One for each of them."""
        people: Mapping[str, str] = self._labels["people"]
        return tuple(
            Link(said.format(who=people.get(one.who, one.who), activity=one.activity), one.address)
            for one in lines
        )

    def _photo_links(self, photos: Sequence[PhotoLink]) -> tuple[Link, ...]:
        """Numbered where there are several."""
        said, whose = str(self._labels["links"]["photo"]), self._labels["whose_photo"]
        found = []
        for number, each in enumerate(photos, 1):
            label = said.format(number=number if len(photos) > 1 else "", whose=whose.get(each.whose, ""))
            found.append(Link(" ".join(label.split()), each.address))
        return tuple(found)

    def map_of(self, view: View) -> MapLink | None:
        """A link that opens a map app or page at the place of a card."""
        if not isinstance(view, CentreCard | ServiceCard | ActivityCard):
            return None
        centre = view.line.centre if isinstance(view, ActivityCard) else view.centre
        spot = view.spot
        url = (
            "https://uri.amap.com/marker"
            f"?position={spot.longitude:.6f},{spot.latitude:.6f}&name={quote(centre.name)}&coordinate=gaode"
        )
        return MapLink(str(self._labels["map"]), spot.latitude, spot.longitude, url)
