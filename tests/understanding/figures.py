"""The figures of a run: right of how many, slice by slice, what they must reach, and how sure they are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from statistics import quantiles

from rich.console import Console
from rich.table import Table

from tests.understanding.judge import Case, Judge, Reply

TOTAL_BAR = 0.93
SLICE_BAR = 0.85
# Two-sided 95 %.
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Figure:
    """`low` and `high` bound the true share with 95 % certainty (Wilson); `bar` is the least share."""

    name: str
    n: int
    right: int
    accuracy: float
    low: float
    high: float
    bar: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Report:
    """`dropped`: cases that were all but seen; `changed`: cases in which something was changed unasked."""

    slices: tuple[Figure, ...]
    total: Figure
    dropped: int
    changed: int
    ms_median: float
    ms_95: float

    @property
    def ok(self) -> bool:
        return self.total.ok and self.changed == 0 and all(figure.ok for figure in self.slices)


@dataclass(frozen=True, slots=True)
class Beside:
    """The total of a simpler way on the same cases, or why it could not be played."""

    name: str
    total: Figure | None
    missing: str | None = None


def wilson(right: int, n: int) -> tuple[float, float]:
    """The interval in which the true share lies with 95 % certainty."""
    if not n:
        return 0.0, 1.0
    share = right / n
    middle = share + Z * Z / (2 * n)
    spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    low, high = (middle - spread) / (1 + Z * Z / n), (middle + spread) / (1 + Z * Z / n)
    # What is left of rounding must not leave the share outside.
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def figure(name: str, outcomes: Sequence[bool], bar: float) -> Figure:
    """Of no cases at all nothing is shown, and no bar is reached."""
    n, right = len(outcomes), sum(outcomes)
    accuracy = right / n if n else 0.0
    low, high = wilson(right, n)
    return Figure(name, n, right, accuracy, low, high, bar, bool(n) and accuracy >= bar)


def report(
    cases: Sequence[Case], played: Sequence[Sequence[Reply]], judge: Judge, *, dropped: int = 0
) -> Report:
    right = [judge(case, replies).right for case, replies in zip(cases, played, strict=True)]
    names = dict.fromkeys(case.slice for case in cases)
    slices = [
        figure(name, [ok for case, ok in zip(cases, right, strict=True) if case.slice == name], SLICE_BAR)
        for name in names
    ]
    times = [reply.ms for replies in played for reply in replies] or [0.0]
    cuts = quantiles(times * 2, n=20, method="inclusive")  # twice, as one alone has none
    return Report(
        slices=tuple(slices),
        total=figure("total", right, TOTAL_BAR),
        dropped=dropped,
        changed=sum(any(reply.changed for reply in replies) for replies in played),
        ms_median=cuts[9],
        ms_95=cuts[18],
    )


def beside(name: str, cases: Sequence[Case], played: Sequence[Sequence[Reply]], judge: Judge) -> Beside:
    right = [judge(case, replies).right for case, replies in zip(cases, played, strict=True)]
    return Beside(name, figure(name, right, TOTAL_BAR))


def show(report: Report, console: Console, *, title: str) -> None:
    """Counts and shares only: what was said stays unknown, so that nobody can write for it."""
    table = Table(title=title)
    for heading in ("slice", "n", "right", "share", "95 %", "required", "ok"):
        table.add_column(heading, justify="left" if heading in ("slice", "ok") else "right")
    for line in (*report.slices, report.total):
        if line is report.total:
            table.add_section()
        table.add_row(
            line.name,
            str(line.n),
            str(line.right),
            f"{line.accuracy:.3f}",
            f"{line.low:.2f}-{line.high:.2f}",
            f">= {line.bar:.2f}",
            "yes" if line.ok else "NO",
        )
    console.print(table)
    console.print(
        f"{report.changed} wrong actions (0 allowed); {report.dropped} cases dropped because sentences like "
        f"them were seen; a reply takes {report.ms_median:.0f} ms, 95 % at most {report.ms_95:.0f} ms"
    )


def show_beside(report: Report, others: Sequence[Beside], console: Console) -> None:
    """Linli beside what is simpler, on the same cases."""
    if not others:
        return
    table = Table(title="beside simpler ways")
    for heading in ("way", "right", "share", "95 %"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for other in (Beside("Linli", report.total), *others):
        if other.total is None:
            table.add_row(f"{other.name} (not played: {other.missing})", "", "", "")
        else:
            total = other.total
            shares = f"{total.accuracy:.3f}", f"{total.low:.2f}-{total.high:.2f}"
            table.add_row(other.name, str(total.right), *shares)
    console.print(table)


def write(found: Mapping[str, tuple[Report, Sequence[Beside]]], target: Path) -> None:
    """The figures of each file of cases by its name."""
    figures = {
        name: asdict(report) | {"ok": report.ok, "beside": [asdict(other) for other in others]}
        for name, (report, others) in found.items()
    }
    target.write_text(json.dumps(figures, indent=1), "utf-8")
