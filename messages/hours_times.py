"""Reads one span of time from tokens: clock times, parts of the day, and past midnight."""

from messages.hours_lexer import Kind, Token
from messages.hours_stream import Stream
from messages.hours_types import DAY, Span

PARTS = (Kind.DAWN, Kind.MORNING, Kind.NOON, Kind.AFTERNOON, Kind.EVENING)
HOUR = 60
NOON = 12 * HOUR
# Before this a time without a part of the day, such as 2:30, may well mean the afternoon.
EARLIEST_BARE = 5 * HOUR


def begins_span(stream: Stream) -> bool:
    """Whether a span of time comes next: a time, a part of the day, or an hour as in '8-12 o'clock'."""
    ahead = 1 if stream.kind() in PARTS else 0
    match stream.kind(ahead):
        case Kind.TIME:
            return True
        case Kind.NUMBER:
            return stream.kind(ahead + 1) is Kind.DASH and _hour_follows(stream, ahead + 2)
    return False


def _hour_follows(stream: Stream, ahead: int) -> bool:
    while stream.kind(ahead) in {*PARTS, Kind.NEXT_DAY}:
        ahead += 1
    return stream.kind(ahead) is Kind.TIME


def read_span(stream: Stream) -> Span:
    """A span, from its first token on. HoursError when it is no span or could mean two things."""
    began = stream.at
    part = stream.take(*PARTS)
    first = stream.take(Kind.TIME, Kind.NUMBER)
    if first is None or not stream.take(Kind.DASH):
        stream.at = began
        raise stream.error()
    next_day = stream.take(Kind.NEXT_DAY)
    own_part = stream.take(*PARTS)
    last = stream.take(Kind.TIME)
    if last is None:
        stream.at = began
        raise stream.error()
    start = _minutes(_raw(first), part.kind if part else None)
    end_part = own_part or (None if next_day else part)
    end = _minutes(_raw(last), end_part.kind if end_part else None, is_end=True)
    written = stream.since(began)
    if start is None or end is None or start >= DAY:
        raise stream.error(written, "is no time of the day")
    if next_day:
        end += DAY
        if end - start >= DAY:
            raise stream.error(written, "lasts longer than a day")
    if end <= start:
        raise stream.error(written, "ends before it begins; write the next day, or the 24-hour clock")
    if _may_be_night(start, first, part):
        raise stream.error(written, "may be the night or the afternoon; write which")
    return Span(start, end)


def read_clock(stream: Stream) -> int | None:
    """Minutes after midnight of the one clock time that is left; None when it is none or could be two."""
    part = stream.take(*PARTS)
    token = stream.take(Kind.TIME)
    if token is None or stream.peek() is not None:
        return None
    minute = _minutes(token.value, part.kind if part else None)
    return None if minute is None or _may_be_night(minute, token, part) else minute


def _may_be_night(minute: int, token: Token, part: Token | None) -> bool:
    return part is None and HOUR <= minute < EARLIEST_BARE and not token.text.startswith("0")


def _raw(token: Token) -> int:
    """Minutes as written; -1 is none."""
    return token.value * HOUR if token.kind is Kind.NUMBER else token.value


def _minutes(raw: int, part: Kind | None, *, is_end: bool = False) -> int | None:
    """Minutes after midnight of a time in a part of the day; None when the two do not go together."""
    if not 0 <= raw <= DAY:
        return None
    if is_end and raw == 0 and part in {None, Kind.EVENING}:
        return DAY
    match part:
        case Kind.DAWN:
            return raw % NOON if raw < NOON + HOUR else None
        case Kind.MORNING:
            return raw if raw < NOON + HOUR or is_end else None
        case Kind.NOON:
            return raw + NOON if raw < 4 * HOUR else (raw if raw >= 11 * HOUR else None)
        case Kind.AFTERNOON:
            return raw + NOON if raw < NOON else raw
        case Kind.EVENING:
            return _evening(raw, is_end=is_end)
    return raw


def _evening(raw: int, *, is_end: bool) -> int | None:
    if 5 * HOUR <= raw < NOON:
        return raw + NOON
    if NOON <= raw < NOON + HOUR:
        return raw + NOON if is_end and raw == NOON else None
    return raw if raw >= NOON else None
