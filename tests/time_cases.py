"""The sentences with times of time_cases.yaml and time_heldout.yaml, and their notation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from messages.calendar import Calendar
from messages.understand.time import TimeExpr, TimeGrammar

HERE = Path(__file__).parent
NOW = datetime(2026, 9, 16, 10, 20, tzinfo=timezone(timedelta(hours=8)))


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what was known when it was said, and its times in the notation of the files."""

    said: str
    expected: str
    now: datetime
    opens: int | None
    past_ok: bool
    names: tuple[str, ...]

    def times(self, grammar: TimeGrammar, calendar: Calendar) -> str:
        spans = [(self.said.find(name), self.said.find(name) + len(name)) for name in self.names]
        spans = [span for span in spans if span[0] >= 0]
        found = grammar.parse(
            self.said, self.now, calendar, opens=self.opens, names=spans, past_ok=self.past_ok
        )
        return " ; ".join(map(written, found)) or "-"


def written(time: TimeExpr) -> str:
    """A time in the notation of the case files."""
    parts: list[str] = []
    if time.is_now:
        parts.append("now")
    elif time.weekdays:
        if time.grain == "range":
            parts.append(f"{time.first}..{time.last}")
        parts.append("weekly " + ",".join(map(str, sorted(time.weekdays))))
    elif time.first:
        parts.append(f"{time.first}" if time.first == time.last else f"{time.first}..{time.last}")
    if time.start is not None or time.end is not None:
        ends = [f"{m // 60:02}:{m % 60:02}" for m in (time.start, time.end) if m is not None]
        parts.append(("-" if time.start is None else "") + "-".join(ends))
    if time.ambiguous_ampm:
        parts.append("?")
    if time.holiday:
        parts.append(time.holiday)
    return " ".join(parts)


def cases(name: str) -> Iterator[Case]:
    """The cases of a file; read with BaseLoader, as 16:30 would be a number in base 60 otherwise."""
    groups: list[dict[str, Any]] = yaml.load((HERE / name).read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    for group in groups:
        said_at = group.get("now")
        now = NOW if said_at is None else datetime.fromisoformat(said_at).replace(tzinfo=NOW.tzinfo)
        for said, expected in group["cases"].items():
            opens = None if "opens" not in group else int(group["opens"])
            yield Case(said, expected, now, opens, "past_ok" in group, tuple(group.get("names", ())))
