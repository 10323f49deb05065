"""What each `linli` command does; each returns the exit code."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.ask import Answer, AskError, Playground, Script, play, read_place, read_script, read_time
from bot.channels.web import CHANNEL
from bot.clock import fixed_clock, system_clock
from bot.ids import new_id
from bot.policy import safe_of
from bot.settings import Settings, shown, variable_of
from bot.wiring import open_database, open_linli
from handlers import calendar_import, closing, directory_import, relinking, sealing
from handlers.directory_changes import Conflict, NoSuchChange
from handlers.directory_import import ImportReport
from messages.workbook import read_workbook
from messages.workbook_file import WorkbookError
from messages.workbook_rows import Problem
from storage import audit, care, closures

# As wide as the terminal; where there is none, wide enough to keep a row on one line.
OUT = Console(width=None if sys.stdout.isatty() else 200)


def say(line: str) -> None:
    """A line of plain output for people or scripts, not wrapped or coloured."""
    sys.stdout.write(line + "\n")


def tell(line: str) -> None:
    """The same on standard error: what is wrong, and what is not part of the result."""
    sys.stderr.write(line + "\n")


async def ask(settings: Settings, given: Namespace) -> int:
    """Play sentences or, with --jsonl, dialogues; only replies go to standard output."""
    if given.jsonl:
        if given.sentence or given.now or given.near or given.resident:
            raise AskError("with --jsonl the sentences, clock, place and name stand in each line of input")
        return await ask_jsonl(settings, sys.stdin.buffer)
    script = Script(None, read_time(given.now), read_place(given.near), given.resident, tuple(given.sentence))
    if not script.say:
        raise AskError('nothing to say: give one or more sentences, such as linli ask "hello"')
    clock = fixed_clock(script.now) if script.now else system_clock
    async with open_linli(settings, clock) as linli:
        warn_when_empty(linli.directory.centres)
        await linli.embed_directory()
        for answer in await play(linli, script):
            say(json.dumps(answer.plain(), ensure_ascii=False) if given.json else _readable(answer))
    return 0


def _readable(answer: Answer) -> str:
    rendered = answer.reply.rendered
    choices = (f"  [{n}] {choice.label}" for n, choice in enumerate(rendered.choices, 1))
    return "\n".join([f"> {answer.said}", rendered.text, *choices, ""])


async def ask_jsonl(settings: Settings, lines: Iterable[bytes]) -> int:
    """Play every dialogue, or none when a line cannot be read."""
    scripts = [read_script(line, n) for n, line in enumerate(lines, 1) if line.strip()]
    async with open_linli(settings) as linli:
        warn_when_empty(linli.directory.centres)
        await linli.embed_directory()
        playground = await Playground.over(linli)
        try:
            for script, answers in zip(scripts, await playground.play(scripts), strict=True):
                replies = [answer.plain() for answer in answers]
                say(json.dumps({"id": script.id, "replies": replies}, ensure_ascii=False))
        finally:
            await playground.close()
    return 0


def warn_when_empty(centres: Mapping[str, object]) -> None:
    if not centres:
        tell("the directory is empty: import one first, such as the sample with `linli import`")


async def talk(settings: Settings, given: Namespace) -> int:
    """A chat in the terminal, until an empty line or the end of input."""
    from bot.talk import converse  # noqa: PLC0415 - only this command reads the terminal

    async with open_linli(settings) as linli:
        warn_when_empty(linli.directory.centres)
        await linli.embed_directory()
        await converse(linli, given.resident or str(new_id()))
    return 0


async def import_file(settings: Settings, given: Namespace) -> int:
    """Take a workbook into the directory, or say row by row why not."""
    now = system_clock()
    try:
        read = read_workbook(given.file, district=given.district)
    except WorkbookError as error:
        tell(str(error))
        return 2
    async with open_database(settings, now) as database:
        try:
            report = await directory_import.import_directory(
                database,
                read,
                now=now,
                confirm_withdrawals=given.confirm_withdrawals,
                dry_run=given.dry_run,
                take_file=given.take_file,
                entry_id=str(new_id()),
                by=directory_import.Hand(audit.SHELL, str(new_id())),
            )
        except NoSuchChange as error:
            tell(str(error))
            return 2
    show_problems(report.problems, given.file)
    show_conflicts(report.conflicts, given.file)
    show_report(report, dry_run=given.dry_run)
    return 1 if report.refused_reason else 0


def table_of(*headings: str, title: str | None = None) -> Table:
    """A table whose cells fold rather than lose their end."""
    table = Table(title=title)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def show_problems(problems: Iterable[Problem], file: Path) -> None:
    """The cells that could not be taken as they are, a row each."""
    listed = list(problems)
    if not listed:
        return
    title = f"{file.name}: {len(listed)} problems"
    table = table_of("sheet", "row", "column", "value", "expected", "result", title=title)
    for problem in listed:
        result = "row refused" if problem.refused else "kept as written"
        cells = (problem.sheet, problem.row, problem.column, problem.value, problem.expected)
        table.add_row(*map(str, cells), result)
    OUT.print(table, markup=False)


def show_conflicts(conflicts: Sequence[Conflict], file: Path) -> None:
    """What managers changed and the file has otherwise, a row each: the managers' word holds."""
    if not conflicts:
        return
    title = (
        f"{file}: {len(conflicts)} changes of managers hold against it; --take-file ID decides for the file"
    )
    table = table_of("id", "sheet", "row", "for", "column", "set to", "file says", "since", title=title)
    for each in conflicts:
        row = str(each.row) if each.row is not None else "none"
        cells = (each.change_id, each.sheet, row, each.row_id, each.column, each.set_to, each.file_says)
        table.add_row(*cells, each.since_on.isoformat())
    OUT.print(table, markup=False)


def show_report(report: ImportReport, *, dry_run: bool) -> None:
    table = Table(title="would be imported" if dry_run else "imported")
    for heading in ("", "added", "changed", "unchanged", "withdrawn"):
        table.add_column(heading, justify="right")
    for kind, counts in report.counts.items():
        table.add_row(
            kind, *(str(n) for n in (counts.added, counts.changed, counts.unchanged, counts.withdrawn))
        )
    OUT.print(table)
    if report.refused_reason:
        tell(f"nothing was changed: {report.refused_reason}")


async def export_file(settings: Settings, given: Namespace) -> int:
    """Write the directory as a workbook, HSDS JSON, GeoJSON or CSV, by the file's ending."""
    from handlers import export  # noqa: PLC0415 - only this command writes workbooks, which take time to load

    if not given.file.parent.is_dir():
        tell(f"{given.file.parent}: there is no such folder to write {given.file.name} into")
        return 2
    if given.file.suffix not in export.WRITERS:
        ending = given.file.suffix
        tell(f"{given.file}: the ending {ending!r} must be .xlsx, .json (HSDS), .geojson or .zip (CSV)")
        return 2
    now = system_clock()
    async with open_database(settings, now) as database:
        await export.export(database, given.file, now.date(), district=given.district)
    say(f"wrote {given.file}")
    return 0


async def calendar_file(settings: Settings, given: Namespace) -> int:
    """Take an official holiday notice or school terms into the calendar."""
    now = system_clock()
    try:
        notice = calendar_import.read_calendar_file(given.file)
    except calendar_import.CalendarFileError as error:
        tell(str(error))
        return 2
    async with open_database(settings, now) as database:
        by = directory_import.Hand(audit.SHELL, str(new_id()))
        await calendar_import.save_calendar(database, notice, now, by=by)
    say(f"imported {given.file}")
    return 0


async def close_centre(settings: Settings, given: Namespace) -> int:
    now = system_clock()
    async with open_database(settings, now) as database:
        try:
            await closing.close_for_days(
                database,
                str(new_id()),
                given.centre,
                given.first,
                given.last or given.first,
                reason=given.reason,
                hours_text=given.hours or "",
                now=now,
            )
        except (closing.ClosingError, ValueError) as error:
            tell(str(error))
            return 2
    say(f"{given.centre} keeps other hours from {given.first} to {given.last or given.first}")
    return 0


async def reopen_centre(settings: Settings, given: Namespace) -> int:
    now = system_clock()
    async with open_database(settings, now) as database:
        try:
            await closing.reopen(database, given.id, now=now)
        except closing.ClosingError as error:
            tell(str(error))
            return 2
    say(f"{given.id} was taken back")
    return 0


async def list_closings(settings: Settings, given: Namespace) -> int:
    async with open_database(settings, system_clock()) as database, database.read() as tx:
        rows = await closures.everything(tx)
    for row in rows:
        hours = row.hours_text or "closed"
        say(f"{row.id}  {row.centre_id}  {row.first_on} to {row.last_on}  {hours}  {row.reason}")
    return 0


async def relink(settings: Settings, given: Namespace) -> int:
    """Bring a resident's conversation to another device; written down with the name of who did it."""
    now = system_clock()
    move = relinking.Move(given.from_code, given.to_code, given.by, given.because, given.replace)
    async with open_database(settings, now) as database:
        try:
            await relinking.relink(
                database, CHANNEL, move, relink_id=str(new_id()), line_id=str(new_id()), now=now
            )
        except relinking.RelinkError as error:
            tell(str(error))
            return 2
    say(f"the conversation of {given.from_code} is on {given.to_code} now")
    return 0


async def check(settings: Settings, given: Namespace) -> int:
    """Schema, integrity and invariants of the database, and whether the keys of its names are there."""
    async with open_database(settings, system_clock()) as database:
        problems = await care.check(database)
        problems += await sealing.lost_keys(database, safe_of(settings).keys)
    for problem in problems:
        tell(problem)
    say("the database is in order" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


async def backup(settings: Settings, given: Namespace) -> int:
    async with open_database(settings, system_clock()) as database:
        try:
            await care.backup(database, given.file)
        except care.BackupError as error:
            tell(str(error))
            return 2
    say(f"copied to {given.file}")
    return 0


async def show_settings(settings: Settings, given: Namespace) -> int:
    """Every setting with its value and meaning."""
    table = table_of("variable", "value", "default", "meaning")
    for name, field in Settings.model_fields.items():
        value, default = shown(getattr(settings, name)), shown(field.default)
        table.add_row(variable_of(name), value, default, field.description)
    OUT.print(table, markup=False)
    return 0
