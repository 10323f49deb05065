"""What `linli lottery` does: plan a draw, publish its list, draw, and draw again to check."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime

from bot.clock import Clock, system_clock
from bot.commands import say, tell
from bot.ids import new_id
from bot.settings import Settings
from bot.wiring import open_linli
from handlers import draws, lottery, planning
from handlers.notices import office_of
from messages.calendar import SHANGHAI
from storage.database import Transaction
from storage.lotteries import Lottery, Plan
from storage.sessions import Session


def moment(text: str) -> datetime:
    """ISO 8601, Asia/Shanghai unless it has an offset. Raises ValueError."""
    given = datetime.fromisoformat(text)
    return given if given.tzinfo else given.replace(tzinfo=SHANGHAI)


async def plan(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """Let a draw decide over a session in which nobody is yet."""
    async with open_linli(settings, clock) as linli:
        now, directory = clock(), linli.directory
        office = office_of(linli.world(now), new_id)
        planned = Plan(given.session, given.opens or now, given.closes, given.value_name, settings.passes)

        async def work(tx: Transaction) -> Session:
            found = await planning.find(tx, directory, planned.session_id)
            if found is None:
                raise draws.DrawError(f"there is no session {planned.session_id}")
            await planning.ensure(tx, directory, found[1])
            return await draws.plan(tx, office, planned)

        try:
            session = await linli.database.write(work)
        except (draws.DrawError, lottery.LotteryError) as error:
            tell(str(error))
            return 2
    opens, closes = (f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in (planned.opens_at, given.closes))
    say(f"session {session.id}: {session.places} places, drawn from who enters from {opens} until {closes}")
    return 0


async def publish(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """Write the list of entrants once registration is over, and say its hash, which is to be made known."""
    async with open_linli(settings, clock) as linli:
        office = office_of(linli.world(clock()), new_id)

        async def work(tx: Transaction) -> Lottery:
            return await draws.publish(tx, office, given.session)

        try:
            published = await linli.database.write(work)
        except draws.DrawError as error:
            tell(str(error))
            return 2
    given.file.write_bytes((published.list_text or "").encode())
    say(f"wrote {given.file}; make its hash known before this is: {published.value_name}")
    say(f"hash    {published.list_hash}")
    return 0


async def draw(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """Draw from the published list by the public value, and tell every family what it brought."""
    async with open_linli(settings, clock) as linli:
        office = office_of(linli.world(clock()), new_id)

        async def work(tx: Transaction) -> lottery.Draw:
            return await draws.draw(tx, office, given.session, given.value, given.by)

        try:
            drawn = await linli.database.write(work)
        except (draws.DrawError, lottery.LotteryError) as error:
            tell(str(error))
            return 2
    show(drawn)
    return 0


async def verify(settings: Settings, given: Namespace) -> int:
    """Draw again from a published list and say who got places; no database is needed for it."""
    try:
        drawn = lottery.verify(lottery.text_of(given.file.read_bytes()), given.value)
    except lottery.LotteryError as error:
        tell(str(error))
        return 2
    show(drawn)
    wrong = []
    if given.hash and given.hash.strip().lower() != drawn.list_hash:
        wrong.append("this is not the list whose hash was made known before the draw")
    if given.receipt:
        receipt, standings = given.receipt.strip().upper(), dict(_standings(drawn))
        if receipt in standings:
            say(f"{receipt}: {standings[receipt]}")
        else:
            wrong.append(f"no family with the receipt {receipt} is in this list")
    for problem in wrong:
        tell(problem)
    return 1 if wrong else 0


def show(drawn: lottery.Draw) -> None:
    """The draw, family by family."""
    listed = drawn.listed
    say(f"session {listed.session_id}: {listed.places} places, {len(listed.entrants)} families")
    say(f"hash    {drawn.list_hash}")
    say(f"value   {drawn.public_value} ({listed.value_name})")
    standings = dict(_standings(drawn))
    for number, each in enumerate(drawn.order, 1):
        say(f"{number:>5}  {each.receipt}  {each.size}  {standings[each.receipt]}")
    say(f"{drawn.free} places are left")


def _standings(drawn: lottery.Draw) -> Iterator[tuple[str, str]]:
    for served in drawn.served:
        yield served.receipt, "has places"
    for number, each in enumerate(drawn.line, 1):
        passed = (
            f", passed over {each.passed_over} of {drawn.listed.passes} times" if each.passed_over else ""
        )
        yield each.receipt, f"number {number} in line{passed}"
