"""Calendar files of booked sessions (RFC 5545, RFC 5546), for a download or a feed.

Times are written in UTC. China has had one offset since September 1991 and nothing here repeats by a rule, so
a zone would add nothing but risk: Outlook shows times with a TZID wrongly when no VTIMEZONE comes along, and
the summer times of Asia/Shanghai before 1992 were read into 2020 (ical4j issue 720).

It is written by hand: icalendar would bring 6 MB and 75 ms of starting for the folding and escaping below,
and as the reader in the tests it can only be a judge when it is not the writer.

Nobody who takes part is in it: a calendar is shared with a household, a company or a phone maker's cloud.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from messages.calendar import SHANGHAI
from messages.file_words import FileWords, clean
from messages.geo import Degrees, to_wgs84

MEDIA_TYPE = "text/calendar; charset=utf-8"
MOST_OCTETS = 75
_KEY = re.compile(r"[A-Za-z0-9-]{1,64}")
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Reminders:
    """When a calendar reminds: at a time of the day before, and shortly before the start."""

    day_before_at: time = time(18)
    before: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One date of a booking. `key` tells it from the others of the booking and stays when it is moved."""

    key: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False

    def __post_init__(self) -> None:
        _check_key("key", self.key)
        if self.starts_at.utcoffset() is None or self.ends_at.utcoffset() is None:
            raise ValueError("a meeting's times need a zone")
        if self.ends_at <= self.starts_at:
            raise ValueError("a meeting ends after it starts")


@dataclass(frozen=True, slots=True)
class BookedEvent:
    """A booking as a calendar has it: one meeting, or each of a camp's.

    `revision` counts the changes of the booking and its session; it rises with each and never falls.
    `changed_at` is when the last one was made. `spot` is GCJ-02, as the directory has it.
    """

    booking_id: str
    revision: int
    changed_at: datetime
    activity: str
    centre: str
    address: str
    meetings: tuple[Meeting, ...]
    room: str | None = None
    phone: str | None = None
    spot: Degrees | None = None
    cancel_by: datetime | None = None
    is_cancelled: bool = False
    is_provisional: bool = False

    def __post_init__(self) -> None:
        _check_key("booking_id", self.booking_id)
        if self.revision < 0:
            raise ValueError("a revision is 0 or more")
        if not self.meetings or len({meeting.key for meeting in self.meetings}) != len(self.meetings):
            raise ValueError("a booking has one meeting or more, each with a key of its own")
        if self.changed_at.utcoffset() is None or (self.cancel_by and self.cancel_by.utcoffset() is None):
            raise ValueError("a booking's times need a zone")


USUAL = Reminders()


def calendar_file(events: Sequence[BookedEvent], language: str, *, reminders: Reminders = USUAL) -> bytes:
    """A file that adds the bookings to a calendar or changes what it has of them; the same bytes for the
    same bookings. When all in it are cancelled it is one that takes them out (METHOD:CANCEL).

    Raises ValueError without a booking: a calendar file may not be empty.
    """
    if not events:
        raise ValueError("a calendar file holds one booking or more")
    is_over = all(_is_off(event, meeting) for event in events for meeting in event.meetings)
    # A calendar's name would make Outlook open another calendar, an organiser a meeting to be answered.
    head = [f"METHOD:{'CANCEL' if is_over else 'PUBLISH'}"]
    return _calendar(head, events, language, reminders)


def calendar_feed(
    events: Sequence[BookedEvent],
    language: str,
    *,
    reminders: Reminders = USUAL,
    refresh: timedelta = timedelta(hours=1),
) -> bytes:
    """What a subscribed calendar fetches again every `refresh`. It may be empty; a cancelled booking ought
    to stay in it for some weeks, marked, since some calendars keep what merely vanishes."""
    name, every = _text(FileWords(language, "calendar").say("name")), _duration(refresh)
    head = [
        "METHOD:PUBLISH",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{every}",
        f"X-PUBLISHED-TTL:{every}",
    ]
    return _calendar(head, events, language, reminders)


def folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, none of which ends inside a character."""
    octets, pieces, start, room = line.encode(), [], 0, MOST_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # a byte that goes on with a character
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, MOST_OCTETS - 1  # the space at the beginning counts
    return b"\r\n ".join([*pieces, octets[start:]])


def _calendar(
    head: Sequence[str], events: Sequence[BookedEvent], language: str, reminders: Reminders
) -> bytes:
    said = FileWords(language, "calendar")
    dated = [(event, meeting) for event in events for meeting in event.meetings]
    dated.sort(key=lambda each: (each[1].starts_at, each[0].booking_id, each[1].key))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Linli//Bookings//EN", "CALSCALE:GREGORIAN", *head]
    for event, meeting in dated:
        lines += _event(event, meeting, said, reminders)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) + b"\r\n" for line in lines)


def _event(event: BookedEvent, meeting: Meeting, said: FileWords, reminders: Reminders) -> Iterator[str]:
    is_off = _is_off(event, meeting)
    status = "CANCELLED" if is_off else "TENTATIVE" if event.is_provisional else "CONFIRMED"
    where = (event.centre, event.room, event.address)
    yield "BEGIN:VEVENT"
    yield f"UID:{event.booking_id}-{meeting.key}@linli"
    # Of this revision, not of this download: a feed that did not change is the same bytes.
    yield f"DTSTAMP:{_utc(event.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(event.changed_at)}"
    yield f"SEQUENCE:{event.revision}"
    yield f"STATUS:{status}"
    yield f"DTSTART:{_utc(meeting.starts_at)}"
    yield f"DTEND:{_utc(meeting.ends_at)}"
    yield f"SUMMARY:{_text(_summary(event, said, is_off=is_off))}"
    yield f"LOCATION:{_text(said.say('between').join(said.script(part) for part in where if part))}"
    if event.spot:
        latitude, longitude = to_wgs84(event.spot)
        yield f"GEO:{latitude:.6f};{longitude:.6f}"
    if note := "\n".join(_note(event, said, is_off=is_off)):
        yield f"DESCRIPTION:{_text(note)}"
    yield "CLASS:PRIVATE"
    yield f"TRANSP:{'TRANSPARENT' if is_off else 'OPAQUE'}"
    if not is_off:
        # Last, because Outlook refuses a file in which properties come after an alarm.
        yield from _alarms(event, meeting, said, reminders)
    yield "END:VEVENT"


def _is_off(event: BookedEvent, meeting: Meeting) -> bool:
    return event.is_cancelled or meeting.is_cancelled


def _summary(event: BookedEvent, said: FileWords, *, is_off: bool) -> str:
    """Says itself what the status says: several calendars show a cancelled entry like any other."""
    activity = said.script(event.activity)
    if is_off:
        return said.say("cancelled", {"activity": activity})
    return said.say("provisional", {"activity": activity}) if event.is_provisional else activity


def _note(event: BookedEvent, said: FileWords, *, is_off: bool) -> Iterator[str]:
    if is_off:
        yield said.say("note.cancelled")
    else:
        if event.is_provisional:
            yield said.say("note.provisional")
        if event.cancel_by:
            yield said.say("note.cancel_by", {"moment": said.moment(event.cancel_by.astimezone(SHANGHAI))})
    if event.phone:
        yield said.say("note.phone", {"phone": event.phone})


def _alarms(event: BookedEvent, meeting: Meeting, said: FileWords, reminders: Reminders) -> Iterator[str]:
    """Counted from the start, not as points in time: every calendar knows that, and it moves along."""
    start = meeting.starts_at.astimezone(SHANGHAI)
    evening = datetime.combine(start.date() - timedelta(days=1), reminders.day_before_at, SHANGHAI)
    values = {"activity": _summary(event, said, is_off=False), "moment": said.moment(start)}
    for ahead in sorted({start - evening, reminders.before}, reverse=True):
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(said.say('reminder', values))}"
        yield f"TRIGGER:-{_duration(ahead)}"
        yield "END:VALARM"


def _check_key(name: str, key: str) -> None:
    """Keys go into the UID, which everybody who has the calendar can read."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{name}: 1 to 64 letters, digits and hyphens, and never a name")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _duration(lasting: timedelta) -> str:
    """Hours and minutes; what is less is left out."""
    hours, minutes = divmod(int(lasting.total_seconds()) // 60, 60)
    return f"PT{hours}H{minutes}M" if minutes else f"PT{hours}H"


def _text(text: str) -> str:
    return clean(text).translate(_ESCAPED)
