"""Reads tokens as clauses: which days, and what happens on them."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from messages.hours_days import Element, begins_days, read_days
from messages.hours_lexer import Kind
from messages.hours_stream import Stream
from messages.hours_times import begins_span, read_span
from messages.hours_types import DAY, HoursError, Span


class Act(StrEnum):
    """What a clause says besides spans."""

    OPEN = "open"
    CLOSED = "closed"
    AS_USUAL = "as_usual"
    INCLUDED = "included"
    UNANNOUNCED = "unannounced"


@dataclass(slots=True)
class Clause:
    """Days and what happens on them, while they are being read; `about` is empty until days are named."""

    text: str
    act: Act
    about: list[Element] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class _Outside:
    """What was being read when a bracket opened."""

    pending: list[Element]
    current: Clause | None
    after_season: bool


_ACTS = {Kind.CLOSED: Act.CLOSED, Kind.AS_USUAL: Act.AS_USUAL}
_DATES = {Kind.DATE, Kind.MONTH_DAY, Kind.MONTH, Kind.MONTH_SPAN}


class Reader:
    """Reads one text; afterwards `clauses` and `is_suspended` hold what it says."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.clauses: list[Clause] = []
        self.is_suspended = False
        self._pending: list[Element] = []
        self._current: Clause | None = None
        self._outside: list[_Outside] = []
        self._after_stop = False
        self._after_season = False

    def read(self) -> None:
        while self.stream.peek() is not None:
            self._step()
        if self._outside:
            raise self.stream.error(why="has a bracket that is not closed")
        if self._pending:
            self._adopt(self._pending, self._current)

    def _step(self) -> None:
        stream = self.stream
        after_stop, self._after_stop = self._after_stop, False
        if begins_span(stream):
            self._span(after_stop=after_stop)
        elif begins_days(stream):
            self._pending += read_days(stream)
        elif stream.take(Kind.AND):
            self._after_stop = after_stop
        elif stream.take(Kind.STOP):
            self._after_stop = True
        elif stream.take(Kind.LEFT):
            self._open_bracket()
        elif stream.take(Kind.RIGHT):
            self._close_bracket()
        elif stream.take(Kind.SEASON):
            self._season()
        else:
            self._say(after_stop=after_stop)

    def _say(self, *, after_stop: bool) -> None:
        stream = self.stream
        began = stream.at
        token = stream.take(*_ACTS, Kind.ALL_DAY, Kind.SUSPENDED, Kind.UNANNOUNCED)
        if token is None:
            self._say_less(after_stop=after_stop)
            return
        match token.kind:
            case Kind.ALL_DAY:
                self._clause().spans.append(Span(0, DAY))
            case Kind.SUSPENDED if not self._pending:
                self.is_suspended = True
            case Kind.UNANNOUNCED if not self._pending and self.is_suspended:
                pass
            case _ if not self._pending:
                raise stream.error(stream.since(began), "does not say on which days")
            case Kind.UNANNOUNCED:
                self._begin(Act.UNANNOUNCED)
            case kind:
                self._begin(_ACTS.get(kind, Act.CLOSED))

    def _say_less(self, *, after_stop: bool) -> None:
        """Exceptions, breaks and what else is said of days already named."""
        stream = self.stream
        began = stream.at
        if stream.take(Kind.NO_LUNCH):
            return
        if stream.take(Kind.EXCEPT):
            self._aside(Act.CLOSED)
            stream.take(Kind.CLOSED)
            stream.take(Kind.EXCEPT_END)
        elif stream.take(Kind.INCLUDING):
            self._aside(Act.INCLUDED)
        elif stream.take(Kind.EXCEPTED) and self._pending:
            self._except_last(stream.since(began))
        elif stream.take(Kind.LUNCH) and begins_span(stream):
            self._break(read_span(stream), after_stop=after_stop)
        else:
            stream.at = began
            raise stream.error()

    def _clause(self) -> Clause:
        """The open clause that spans belong to; a new one when days are pending or none was begun."""
        if self._pending:
            return self._begin(Act.OPEN)
        if self._current is not None and self._current.act is Act.OPEN:
            return self._current
        if any(clause.act is Act.OPEN for clause in self.clauses):
            raise self.stream.error(why="does not say on which days")
        return self._begin(Act.OPEN)

    def _begin(self, act: Act) -> Clause:
        clause = Clause("".join(element.text for element in self._pending), act, self._pending)
        self._pending = []
        self._current = clause
        self.clauses.append(clause)
        return clause

    def _span(self, *, after_stop: bool) -> None:
        stream = self.stream
        began = stream.at
        span = read_span(stream)
        if stream.kind() is Kind.CLOSED or (stream.kind() is Kind.LUNCH and not self._span_after_lunch()):
            stream.take(Kind.CLOSED, Kind.LUNCH)
            self._break(span, after_stop=after_stop)
            return
        spans = self._clause().spans
        if spans and span.start < spans[-1].end:
            raise stream.error(stream.since(began), "begins before the span in front of it ends")
        if spans and span.end - spans[0].start > DAY:
            raise stream.error(stream.since(began), "runs into the same hours of the next day")
        spans.append(span)

    def _span_after_lunch(self) -> bool:
        self.stream.at += 1
        follows = begins_span(self.stream)
        self.stream.at -= 1
        return follows

    def _break(self, pause: Span, *, after_stop: bool) -> None:
        """Cut a break out of the hours of the clause being read; after a stop, out of all hours before."""
        around = [clause for clause in self.clauses if any(_inside(pause, span) for span in clause.spans)]
        if self._pending or self._current not in around:
            raise self.stream.error(self._minutes(pause), "is a break outside the hours before it")
        if self._outside or len(around) == 1:
            around = [clause for clause in around if clause is self._current]
        elif not after_stop:
            raise self.stream.error(self._minutes(pause), "is a break, and it is not clear on which days")
        for clause in around:
            clause.spans = [part for span in clause.spans for part in _cut(span, pause)]

    def _minutes(self, span: Span) -> str:
        return "-".join(f"{minute // 60}:{minute % 60:02}" for minute in (span.start, span.end))

    def _aside(self, act: Act) -> None:
        """Days of which something is said by the way, such as 'except Mondays'."""
        about: list[Element] = []
        while begins_days(self.stream):
            about += read_days(self.stream)
            if self.stream.kind() is Kind.AND and self._days_after_and():
                self.stream.take(Kind.AND)
        if not about:
            raise self.stream.error()
        self.clauses.append(Clause("".join(element.text for element in about), act, about))

    def _days_after_and(self) -> bool:
        self.stream.at += 1
        follows = begins_days(self.stream)
        self.stream.at -= 1
        return follows

    def _except_last(self, text: str) -> None:
        """'... excepted' speaks of the pending days of the same sort that stand right before it."""
        sort = self._pending[-1].about
        first = len(self._pending)
        while first and self._pending[first - 1].about is sort:
            first -= 1
        about = self._pending[first:]
        del self._pending[first:]
        self.clauses.append(Clause("".join(each.text for each in about) + text, Act.CLOSED, about))

    def _season(self) -> None:
        """The name of a season counts only together with its dates."""
        ahead = 1 if self.stream.kind() is Kind.LEFT else 0
        if self.stream.kind(ahead) not in _DATES:
            self.stream.at -= 1
            raise self.stream.error(why="does not say from which day to which")
        self._after_season = ahead == 1

    def _open_bracket(self) -> None:
        self._outside.append(_Outside(self._pending, self._current, self._after_season))
        self._pending = []
        self._after_season = False

    def _close_bracket(self) -> None:
        if not self._outside:
            self.stream.at -= 1
            raise self.stream.error()
        inner, outside = self._pending, self._outside.pop()
        self._pending, self._current = outside.pending, outside.current
        if not inner:
            return
        if self._pending or outside.after_season:
            self._pending = [*self._pending, *inner]
        else:
            self._adopt(inner, self._current)

    def _adopt(self, about: list[Element], clause: Clause | None) -> None:
        """Days that stand after their hours, or that narrow the days before them."""
        is_open = clause is not None and clause.act is Act.OPEN
        if clause is None or not is_open or (clause.about and not all(each.narrows for each in about)):
            raise self.stream.error("".join(each.text for each in about), "does not say when")
        clause.about += about
        clause.text += "".join(each.text for each in about)
        self._pending = []


def _inside(pause: Span, span: Span) -> bool:
    return span.start < pause.start and pause.end < span.end


def _cut(span: Span, pause: Span) -> list[Span]:
    if not _inside(pause, span):
        return [span]
    return [replace(span, end=pause.start), replace(span, start=pause.end)]


def read_clauses(stream: Stream) -> Reader:
    """All clauses of a text. HoursError names the first part that was not understood."""
    reader = Reader(stream)
    reader.read()
    if not reader.clauses and not reader.is_suspended:
        raise HoursError(stream.text, stream.text, "says nothing about when")
    return reader
