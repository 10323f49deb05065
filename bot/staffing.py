"""What whoever has the shell does about staff: invite, list, and end a post."""

from argparse import Namespace
from datetime import datetime

from bot.clock import system_clock
from bot.commands import OUT, say, table_of, tell
from bot.ids import new_id
from bot.linli import staff_codes
from bot.settings import Settings
from bot.wiring import open_database
from handlers import staff
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from storage import staff as staff_store
from storage.staff import Invitation, Member

# What a role is called on the command line.
ROLES = {
    "manager": Role.CENTRE_MANAGER,
    "staff": Role.CENTRE_STAFF,
    "subdistrict": Role.SUBDISTRICT,
    "district": Role.DISTRICT,
    "operator": Role.OPERATOR,
}
_NAMES = {role: name for name, role in ROLES.items()}


async def invite(settings: Settings, given: Namespace) -> int:
    """Print a code that makes one conversation staff's; it is kept as a hash, and shown this once."""
    now = system_clock()
    code, code_hash = staff_codes(settings).new()
    async with open_database(settings, now) as database:
        try:
            made = await staff.invite(
                database,
                code_hash,
                ROLES[given.role],
                centre_id=given.centre,
                subdistrict=given.subdistrict,
                days=given.days,
                entry_id=str(new_id()),
                now=now,
            )
        except staff.StaffError as error:
            tell(str(error))
            return 2
    say(code)
    tell(f"{made}: good once within {given.days} days; to be typed into the chat behind the word for it,")
    tell(f"or opened: {settings.public_url or ''}/desk/in/{code}")
    return 0


async def list_invitations(settings: Settings, given: Namespace) -> int:
    now = system_clock()
    async with open_database(settings, now) as database, database.read() as tx:
        rows = await staff_store.invitations(tx)
    table = table_of("id", "role", "place", "made", "until", "state")
    for row in rows:
        made, until = _local(row.made_at), _local(row.expires_at)
        table.add_row(row.id, _NAMES[Role(row.role)], _place(row), made, until, _state(row, now))
    _show(table, len(rows), "nobody was invited yet")
    return 0


def _state(row: Invitation, now: datetime) -> str:
    if row.used_at:
        return f"used {_local(row.used_at)}"
    if row.revoked_at:
        return f"revoked {_local(row.revoked_at)}"
    return "open" if row.expires_at > now else "expired"


async def revoke_invitation(settings: Settings, given: Namespace) -> int:
    now = system_clock()
    async with open_database(settings, now) as database:
        try:
            await staff.revoke_invitation(database, given.id, entry_id=str(new_id()), now=now)
        except staff.StaffError as error:
            tell(str(error))
            return 2
    say(f"the code of {given.id} is worth nothing now")
    return 0


async def list_staff(settings: Settings, given: Namespace) -> int:
    """Everybody who has a post or had one; `linli staff revoke ID` ends one."""
    if given.action is not None:
        return await _revoke(settings, given)
    async with open_database(settings, system_clock()) as database, database.read() as tx:
        rows = await staff_store.everybody(tx)
    table = table_of("id", "role", "place", "channel", "since", "ended")
    for row in rows:
        ended = _local(row.revoked_at) if row.revoked_at else ""
        table.add_row(row.id, _NAMES[Role(row.role)], _place(row), row.channel, _local(row.since_at), ended)
    _show(table, len(rows), "there is no staff yet; `linli invite` makes a code")
    return 0


async def _revoke(settings: Settings, given: Namespace) -> int:
    now = system_clock()
    if given.id is None:
        tell("say whose post ends: linli staff revoke ID")
        return 2
    async with open_database(settings, now) as database:
        try:
            await staff.revoke(database, given.id, entry_id=str(new_id()), line_id=str(new_id()), now=now)
        except staff.StaffError as error:
            tell(str(error))
            return 2
    say(f"{given.id} is a resident again")
    return 0


def _place(row: Invitation | Member) -> str:
    return row.centre_id or row.subdistrict or ""


def _show(table: object, rows: int, nothing: str) -> None:
    if rows:
        OUT.print(table, markup=False)
    else:
        say(nothing)


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
