"""Residents who complain and staff who put it right, for tests of cases."""

from datetime import datetime

from bot.ids import new_id
from bot.linli import Linli
from handlers.case_files import Opening, open_case
from handlers.case_news import Clerk
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from storage import case_files as files
from storage import conversations, directory
from storage.case_files import CaseFile
from storage.transaction import Transaction
from tests.desk import CENTRE, House

AREA = "东湖街道"
WORDS = "桌子坏了，我叫林金鹂，电话13800138000"
# When a complaint of now is overdue.
LATE = datetime(2026, 12, 2, 18, 1, tzinfo=SHANGHAI)


async def staffed(linli: Linli) -> House:
    """A manager, a subdistrict and the district, with a resident called lin."""
    house = House(linli)
    await house.join("wang", Role.CENTRE_MANAGER, CENTRE)
    await house.join("zhao", Role.SUBDISTRICT, None, AREA)
    await house.join("sun", Role.DISTRICT)
    await house.say("你好", "lin")
    return house


async def withdraw(linli: Linli, centre_id: str) -> None:
    """The centre leaves the directory with all that it has, as by an import of a file without it."""
    here, now = linli.directory, linli.clock()

    async def work(tx: Transaction) -> None:
        await directory.withdraw_kiosks(tx, [each.id for each in here.kiosks_of.get(centre_id, ())], now)
        await directory.withdraw_services(tx, [each.id for each in here.services_of.get(centre_id, ())], now)
        held = here.activities_of.get(centre_id, ())
        await directory.withdraw_activities(tx, [each.id for each in held], now)
        await directory.withdraw_centres(tx, [centre_id], now)
        await directory.bump_version(tx, now)

    await linli.database.write(work)
    await linli.take_up_directory()


def clerk_of(house: House) -> Clerk:
    return Clerk(house.linli.world(house.linli.clock()), new_id)


async def talk_of(house: House, who: str, channel: str = "web") -> str:
    async with house.linli.database.read() as tx:
        talk = await conversations.find(tx, channel, who)
    assert talk
    return talk.id


async def opened(
    house: House,
    words: str | None = WORDS,
    *,
    kind: str = "complaint",
    centre: str = CENTRE,
    who: str = "lin",
) -> CaseFile:
    opening = Opening(kind, centre, await talk_of(house, who), words=words)
    return await house.linli.database.write(lambda tx: open_case(tx, opening, clerk_of(house)))


async def now_of(house: House, code: str = "G-0001") -> CaseFile:
    async with house.linli.database.read() as tx:
        case = await files.of_code(tx, code)
    assert case
    return case


async def ordered(house: House, who: str, text: str) -> str:
    """What becomes of an order that is read back and said yes to: the view, or why not."""
    asked = await house.say(text, who)
    if asked.view != "DeskProposed":
        return asked.rendered.text
    return (await house.say("是", who)).view
