"""`make understanding`: plays the kept-apart cases, prints how many were understood, keeps the figures."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.logs import set_up_logs
from messages.understand.understand import Reader
from tests.understanding.baselines import baselines
from tests.understanding.figures import Beside, Report, beside, report, show, show_beside, write
from tests.understanding.judge import Case, Reply, judge
from tests.understanding.kept_apart import EXAMPLE, HERE, KEPT_APART, is_kept_apart, read_cases
from tests.understanding.nearness import Seen
from tests.understanding.play import over_the_sample, play
from tests.understanding.times import compare

TARGET = HERE.parent.parent / "understanding.json"


async def played(
    cases: Sequence[Case], *, vectors: str = "on", reader: Reader | None = None
) -> list[list[Reply]]:
    with TemporaryDirectory() as folder:
        async with over_the_sample(Path(folder), vectors=vectors, reader=reader) as linli:
            return await play(cases, linli)


def baselines_played(cases: Sequence[Case]) -> list[Beside]:
    """The same cases, understood in simpler ways."""
    found = []
    for baseline in baselines():
        if baseline.missing:
            found.append(Beside(baseline.name, None, baseline.missing))
        else:
            replies = asyncio.run(played(cases, vectors=baseline.vectors, reader=baseline.reader()))
            found.append(beside(baseline.name, cases, replies, judge))
    return found


def tell_failures(cases: Sequence[Case], played: Sequence[Sequence[Reply]], console: Console) -> None:
    """What went wrong, in full; of a development set only."""
    for case, replies in zip(cases, played, strict=True):
        verdict = judge(case, replies)
        if not verdict.right:
            console.rule(f"{case.id} ({case.slice})")
            for said, reply in zip(case.say, replies, strict=True):
                console.print(f"> {said}\n{reply.text}\n[{reply.view}, {reply.intent}]", markup=False)
            console.print(*verdict.reasons, sep="\n", style="bold", markup=False)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.understanding", description=__doc__)
    parser.add_argument("--slice", help="play one slice only")
    parser.add_argument("--dev", type=Path, metavar="FILE", help="play these cases and show what went wrong")
    parser.add_argument("--alone", action="store_true", help="leave the baselines out")
    parser.add_argument("--time", action="store_true", help="compare the time grammar with JioNLP instead")
    given = parser.parse_args(arguments)
    console = Console(width=110)
    if given.time:
        compare(console)
        return 0
    if given.dev and is_kept_apart(given.dev):
        parser.error("these cases are kept apart: nobody who works on the language code may see them")
    set_up_logs("error")
    paths = [given.dev] if given.dev else [path for path in KEPT_APART if path.exists()] or [EXAMPLE]
    figures = {}
    for path in paths:
        cases = [case for case in read_cases(path) if given.slice in (None, case.slice)]
        if not cases:
            parser.error(f"{path.name} has no cases of this slice")
        figures[path.name] = counted(path, cases, console, alone=given.alone, is_seen=bool(given.dev))
    write(figures, TARGET)
    return 0 if all(report.ok for report, _ in figures.values()) else 1


def counted(
    path: Path, everything: Sequence[Case], console: Console, *, alone: bool, is_seen: bool
) -> tuple[Report, list[Beside]]:
    """Play a file of cases and print how many were understood; of one that may be seen, what went wrong."""
    cases = everything if is_seen else Seen.here().without(everything)
    replies = asyncio.run(played(cases))
    figures = report(cases, replies, judge, dropped=len(everything) - len(cases))
    others = [] if alone else baselines_played(cases)
    if is_seen:
        tell_failures(cases, replies, console)
    show(figures, console, title=f"understood, {path.name}")
    show_beside(figures, others, console)
    return figures, others


if __name__ == "__main__":
    sys.exit(main())
