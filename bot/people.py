"""What staff do with `linli`: answer residents who wait for a person, see what nobody could answer."""

from argparse import Namespace
from datetime import datetime, timedelta

from bot.clock import system_clock
from bot.commands import OUT, say, table_of, tell
from bot.ids import new_id
from bot.settings import Settings
from bot.wiring import open_database
from handlers import callbacks
from messages.calendar import SHANGHAI
from storage import questions

MOST_SHOWN = 50


async def list_callbacks(settings: Settings, given: Namespace) -> int:
    """Who waits, the first due first; the only place where phone numbers are shown."""
    now = system_clock()
    async with open_database(settings, now) as database:
        try:
            waiting = await callbacks.waiting(database, now, closed_too=given.all, centre_id=given.centre)
        except callbacks.CallbackError as error:
            tell(str(error))
            return 2
    if not waiting:
        say("nobody waits for an answer")
        return 0
    table = table_of("number", "owner", "asked", "due", "state", "about", "phone", "answered")
    for each in waiting:
        row = each.callback
        answered = f"{_local(row.answered_at)} {row.answered_by}" if row.answered_at else ""
        state = "OVERDUE" if each.is_overdue else row.state
        asked, due = _local(row.asked_at), _local(row.due_at)
        table.add_row(row.code, each.owner, asked, due, state, row.topic, row.phone or "", answered)
    OUT.print(table, markup=False)
    return 0


async def answer_callback(settings: Settings, given: Namespace) -> int:
    now = system_clock()
    async with open_database(settings, now) as database:
        try:
            answered = await callbacks.answer(
                database, given.number, given.text, by=given.by, now=now, new_id=str(new_id())
            )
        except callbacks.CallbackError as error:
            tell(str(error))
            return 2
    say(f"{answered.code} was answered; the resident reads it in the chat")
    return 0


async def list_unknown(settings: Settings, given: Namespace) -> int:
    """The most frequent first: how often, when last, of which kind, in which language, the masked words."""
    now = system_clock()
    async with open_database(settings, now) as database, database.read() as tx:
        rows = await questions.most_asked(tx, now.date() - timedelta(days=given.days), MOST_SHOWN)
    for row in rows:
        say(f"{row.times:>5}  {row.last_on}  {row.kind}  {row.language}  {row.shown}")
    if not rows:
        say(f"nothing was left unanswered in the last {given.days} days")
    return 0


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
