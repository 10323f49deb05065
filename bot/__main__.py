"""The command `linli`: which commands there are and what they take."""

import argparse
import asyncio
import io
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from bot import audit_pack, commands, ledgers, lots, people, posters, staffing, stars, timed
from bot.ask import AskError
from bot.channels.telegram import console as telegram
from bot.channels.wechat import console, scenes
from bot.jobs import JOBS
from bot.logs import set_up_logs
from bot.serve import ServeError, serve
from bot.settings import Settings, SettingsError, load_settings
from bot.wiring import SAMPLE
from storage.database import DatabaseError

Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]
Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="linli", description="The chatbot of the neighbourhood centres.")
    said = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, work: Command, text: str, *, quiet: bool = True) -> argparse.ArgumentParser:
        new = said.add_parser(name, help=text, description=text)
        new.set_defaults(work=work, quiet=quiet)
        return new

    run = command("run", serve, "serve the chat page and run the timed jobs", quiet=False)
    run.add_argument(
        "--no-sample", action="store_true", help="do not import the sample into an empty directory"
    )

    ask = command("ask", commands.ask, "play sentences as one resident and print the replies")
    ask.add_argument("sentence", nargs="*", help="what the resident says, in order")
    ask.add_argument("--now", metavar="ISO", help="the clock, Asia/Shanghai unless it has an offset")
    ask.add_argument("--near", metavar="LAT,LON", help="where the resident is, WGS-84 degrees")
    ask.add_argument(
        "--as",
        dest="resident",
        metavar="NAME",
        help="a resident who is remembered between calls; manager:CENTRE acts as the manager of that centre",
    )
    ask.add_argument("--json", action="store_true", help="one JSON object a reply")
    ask.add_argument("--jsonl", action="store_true", help="read one dialogue a line from standard input")

    talk = command("talk", commands.talk, "chat in the terminal")
    talk.add_argument("--as", dest="resident", metavar="NAME", help="a resident who is remembered")

    take = command("import", commands.import_file, "take a workbook into the directory")
    take.add_argument(
        "file", type=Path, nargs="?", default=SAMPLE, help="the .xlsx file (the sample by default)"
    )
    take.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
    take.add_argument("--district", help="the letters its ids begin with, when they differ")
    take.add_argument("--confirm-withdrawals", type=int, metavar="N", help="exactly so many rows may go")
    take.add_argument(
        "--take-file",
        action="append",
        default=[],
        metavar="ID",
        help="where a manager changed something, decide for the file; may be given more than once",
    )

    give = command(
        "export", commands.export_file, "write the directory as .xlsx, .json (HSDS), .geojson or .zip (CSV)"
    )
    give.add_argument("file", type=Path)
    give.add_argument("--district", help="only this one, by the letters its ids begin with")

    calendar = command("calendar", commands.calendar_file, "take a holiday notice or school terms")
    calendar.add_argument("action", choices=["import"])
    calendar.add_argument("file", type=Path)

    close = command("close", commands.close_centre, "a centre keeps other hours, or none, for some days")
    close.add_argument("centre", help="the centre's id")
    close.add_argument("first", type=date.fromisoformat, help="first day, YYYY-MM-DD")
    close.add_argument("last", type=date.fromisoformat, nargs="?", help="last day, the first by default")
    close.add_argument("--hours", help="hours on these days; closed without")
    close.add_argument("--reason", required=True, help="what residents are told")

    reopen = command("reopen", commands.reopen_centre, "take such an exception back")
    reopen.add_argument("id", help="its id, as `linli closings` lists it")
    command("closings", commands.list_closings, "list the exceptions")

    waiting = command("callbacks", people.list_callbacks, "list the residents who wait for a person's answer")
    waiting.add_argument("--all", action="store_true", help="those that were answered or taken back, too")
    waiting.add_argument("--centre", metavar="ID", help="only those about this centre")
    callback = command("callback", people.answer_callback, "answer one of them into the conversation")
    callback.add_argument("action", choices=["answer"])
    callback.add_argument("number", help="as `linli callbacks` lists it, such as H-0042")
    callback.add_argument("text", help="what the resident reads")
    callback.add_argument("--by", required=True, metavar="NAME", help="who answers; the resident is told")
    unknown = command("unknown", people.list_unknown, "list what residents asked and nobody could answer")
    unknown.add_argument("--days", type=int, default=30, help="asked within so many days, 30 by default")
    _lottery(said)
    _ledger(said)
    move = command("relink", commands.relink, "bring a resident's conversation to another device")
    move.add_argument("--from", dest="from_code", required=True, metavar="CODE", help="the device it is on")
    move.add_argument("--to", dest="to_code", required=True, metavar="CODE", help="the device it shall be on")
    move.add_argument("--by", required=True, metavar="NAME", help="who does this; it is written down")
    move.add_argument("--because", metavar="TEXT", help="why; it is written down")
    move.add_argument("--replace", action="store_true", help="set the target's own conversation aside")

    invite = command("invite", staffing.invite, "print a one-time code that makes a conversation staff's")
    invite.add_argument("--role", required=True, choices=list(staffing.ROLES))
    invite.add_argument("--centre", metavar="ID", help="for a manager and for staff: of this centre")
    invite.add_argument("--subdistrict", metavar="NAME", help="for the role of the same name")
    invite.add_argument("--days", type=int, default=7, help="how long the code is good, 7 by default")
    command("invitations", staffing.list_invitations, "list the invitations")
    invitation = command("invitation", staffing.revoke_invitation, "make a code worth nothing")
    invitation.add_argument("action", choices=["revoke"])
    invitation.add_argument("id", help="as `linli invitations` lists it, such as I-0001")
    staff = command("staff", staffing.list_staff, "list who is staff, or end a post")
    staff.add_argument("action", nargs="?", choices=["revoke"])
    staff.add_argument("id", nargs="?", help="as `linli staff` lists it, such as S-0001")

    hung = command("posters", posters.make_posters, "draw posters with codes that lead to Linli, SVG and PDF")
    hung.add_argument(
        "folder", type=Path, help="where FZ002.svg and .pdf and those of its activities are put"
    )
    hung.add_argument(
        "--centre", nargs="+", default=[], metavar="ID", help="of these alone; all where none is named"
    )

    _stars(said)
    _wechat(said)
    _telegram(said)

    command("jobs", timed.list_jobs, "list the timed jobs, when each ran last and how it went")
    job = command("job", timed.run_job, "run one of them now, or as of another moment")
    job.add_argument("name", choices=[each.name for each in JOBS], metavar="NAME")
    job.add_argument("--at", metavar="ISO", help="the clock, Asia/Shanghai unless it has an offset")
    job.add_argument(
        "--dry-run", action="store_true", help="for digests: print those of that moment, change nothing"
    )
    job.add_argument("--centre", metavar="ID", help="with --dry-run: of this centre alone")

    command("check", commands.check, "verify schema, integrity and invariants of the database")
    copy = command("backup", commands.backup, "copy the database while it is in use")
    copy.add_argument("file", type=Path)
    pack = command("audit-pack", audit_pack.make_pack, "write what the yearly audit of minors' data asks for")
    pack.add_argument("folder", type=Path, help="a new or empty folder for its files")
    pack.add_argument("--year", type=int, help="the year before in January to March, else this one")
    command("settings", commands.show_settings, "list every setting with its meaning")
    return top


def _steps(said: Parsers, name: str, text: str) -> Callable[[str, Command, str], argparse.ArgumentParser]:
    """A command that has steps; what is given back adds one with its work and what it is for."""
    steps = said.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="STEP")

    def step(name: str, work: Command, text: str) -> argparse.ArgumentParser:
        new = steps.add_parser(name, help=text, description=text)
        new.set_defaults(work=work, quiet=True)
        return new

    return step


def _ledger(said: Parsers) -> None:
    step = _steps(said, "ledger", "the chain in which ratings stand: verify it, look a receipt up")
    step("verify", ledgers.verify, "verify that nothing was lost or changed")
    receipt = step("receipt", ledgers.receipt, "show what the ledger has of a rating")
    receipt.add_argument("receipt", help="as the resident was told, such as K7MW-4PXA")


def _lottery(said: Parsers) -> None:
    text = "a draw that anybody can repeat: plan it, publish the list of entrants, draw, draw again"
    step = _steps(said, "lottery", text)
    plan = step("plan", lots.plan, "let a draw decide over a session in which nobody is yet")
    plan.add_argument("session", help="its id, such as FZ002-0917@2026-11-07")
    plan.add_argument(
        "--closes", required=True, type=lots.moment, metavar="ISO", help="when registration ends"
    )
    plan.add_argument("--opens", type=lots.moment, metavar="ISO", help="when it begins, at once by default")
    plan.add_argument("--value-name", required=True, metavar="TEXT", help="the public value that will decide")
    publish = step("publish", lots.publish, "write the list of entrants once registration is over")
    publish.add_argument("session")
    publish.add_argument("file", type=Path)
    draw = step("draw", lots.draw, "draw from the published list and tell every family")
    draw.add_argument("session")
    draw.add_argument("--value", required=True, metavar="V", help="the public value that the list names")
    draw.add_argument("--by", default="linli", metavar="NAME", help="who draws; it is written down")
    verify = step("verify", lots.verify, "draw again from a published list; no database is needed")
    verify.add_argument("file", type=Path, help="the list as it was published")
    verify.add_argument("--value", required=True, metavar="V", help="the public value that the list names")
    verify.add_argument("--hash", metavar="H", help="what was made known before the draw, to be compared")
    verify.add_argument("--receipt", metavar="R", help="say where this family stands")


def _stars(said: Parsers) -> None:
    step = _steps(said, "stars", "the star rating of the centres")
    simulate = step(
        "simulate", stars.simulate, "try the formula on districts made up by chance; no database is needed"
    )
    simulate.add_argument("--seed", type=int, default=1, help="another one, other districts; 1 by default")
    simulate.add_argument("--districts", type=stars.three_or_more, default=10, help="how many, 10 by default")


def _wechat(said: Parsers) -> None:
    step = _steps(said, "wechat", "the WeChat Official Account: what is missing, its menu and its codes")
    step("check", console.check, "say what is set, what is missing and what the account may do")
    step("menu", console.make_menu, "put the menu below the chat")
    codes = step("qr", scenes.make_codes, "draw the codes that lead to the doors of centres")
    codes.add_argument("centre", nargs="*", help="its id; all centres where none is named")
    codes.add_argument("folder", type=Path, help="where FZ002-wechat.svg and .png are written")


def _telegram(said: Parsers) -> None:
    step = _steps(said, "telegram", "the Telegram bot: what is missing, and what Telegram is told once")
    step("check", telegram.check, "say what is set, what is missing, what Telegram says of the bot")
    step("set-up", telegram.set_up, "tell Telegram how updates come, its commands, its menu button")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when it found problems, 2 for wrong input."""
    given = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # whatever the terminal's language; half a character as \\udxxx
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        settings = load_settings()
        set_up_logs("warning" if given.quiet else settings.log_level)
        code: int = asyncio.run(given.work(settings, given))
    except (SettingsError, AskError, ServeError, DatabaseError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:  # a file or folder that was named; what else fails is told in full
        if not error.filename:
            raise
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
