"""What a benchmark reports: a figure, what it is compared with, and what it must reach."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` is value / reference, None without a reference; `required` says the bar in words; `ok` is
    None where there is no bar."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    required: str = ""
    ok: bool | None = None


def at_most(name: str, value: float, unit: str, bar: float) -> Figure:
    return Figure(name, value, unit, required=f"<= {bar:g} {unit}", ok=value <= bar)


def at_least(name: str, value: float, unit: str, bar: float) -> Figure:
    return Figure(name, value, unit, required=f">= {bar:g} {unit}", ok=value >= bar)


def against(
    name: str, value: float, unit: str, reference: float, *, least: float = 0, most: float = 0
) -> Figure:
    """A figure beside the reference of the same run: at least, or at most, so many times it."""
    ratio = value / reference
    required = f">= {least:g} x reference" if least else f"<= {most:g} x reference"
    return Figure(name, value, unit, reference, ratio, required, ratio >= least if least else ratio <= most)


def beside(name: str, value: float, unit: str, reference: float) -> Figure:
    """A figure beside its reference, without a bar."""
    return Figure(name, value, unit, reference, value / reference)


def plain(name: str, value: float, unit: str) -> Figure:
    return Figure(name, value, unit)


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def show(figures: Sequence[Figure], target: Path) -> bool:
    """Print the table and write it as JSON; False when a bar was missed."""
    table = Table()
    for heading in ("figure", "value", "unit", "reference", "ratio", "required", "ok"):
        table.add_column(heading, justify="left" if heading in ("figure", "unit", "required") else "right")
    for f in figures:
        reference = "" if f.reference is None else f"{f.reference:,.3f}"
        ratio = "" if f.ratio is None else f"{f.ratio:.2f}"
        ok = {None: "", True: "yes", False: "NO"}[f.ok]
        table.add_row(f.name, f"{f.value:,.3f}", f.unit, reference, ratio, f.required, ok)
    Console(width=150).print(table)
    target.write_text(json.dumps([asdict(f) for f in figures], indent=1), "utf-8")
    return all(f.ok is not False for f in figures)
