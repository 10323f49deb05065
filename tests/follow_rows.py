"""Centres with people who follow them, and channels that take what is announced."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.dispatch import Dispatcher, Never, NotNow, Parcel
from bot.jobs import run_due
from bot.linli import Linli
from handlers.desk_site import UNDO_WITHIN
from storage import announcements
from storage.announcements import Announcement
from storage.statements import statement
from storage.transaction import Transaction
from tests.desk import CENTRE, House

SAID = "周六上午停水，热水供应改到下午"
ORDER = f"通知关注的人：{SAID}"
SOON = UNDO_WITHIN + timedelta(seconds=1)
PUSH = frozenset(("telegram", "wechat"))

FAMILY = statement(
    "test.follow_family", "INSERT INTO family (id, turns, created_at) VALUES (:id, 0, :now_at)"
)
TALK = statement(
    "test.follow_talk",
    "INSERT INTO conversation"
    " (id, channel, address, version, last_number, state, created_at, seen_at, family_id)"
    " VALUES (:id, :channel, :id, 0, 0, '{}', :now_at, :now_at, :id)",
)
FOLLOW = statement(
    "test.follow_follow",
    "INSERT INTO follow (centre_id, family_id, followed_at) VALUES (:centre_id, :id, :now_at)",
)
WINDOW = statement(
    "test.follow_window",
    "INSERT INTO wechat_window (conversation_id, kind, message_id, pushes_left, closes_at)"
    " VALUES (:id, 'message', 'm', :pushes_left, :closes_at)",
)
NEWS = statement(
    "test.follow_news",
    "SELECT c.address, c.channel, o.state, o.due_at, o.expires_at, o.unique_key"
    " FROM outbox AS o INNER JOIN conversation AS c ON c.id = o.conversation_id"
    " WHERE o.unique_key LIKE 'announced %' ORDER BY c.address, o.number",
)


def pushing(house: House) -> House:
    """The same with channels that carry news."""
    other = copy(house.linli)
    other.policy = replace(house.linli.policy, push=PUSH, push_any=PUSH)
    return House(other.over(house.linli.database, house.linli.clock, safe=house.linli.safe))


async def many_follow(
    house: House, names: Iterable[str], channel: str = "telegram", centre: str = CENTRE
) -> None:
    """Residents of whom nothing else is known."""
    now = house.linli.clock()
    rows = [{"id": name, "now_at": now} for name in names]

    async def work(tx: Transaction) -> None:
        await tx.many(FAMILY, rows)
        await tx.many(TALK, [row | {"channel": channel} for row in rows])
        await tx.many(FOLLOW, [row | {"centre_id": centre} for row in rows])

    await house.linli.database.write(work)


async def windows(house: House, names: Iterable[str], pushes: int, closes: datetime) -> None:
    """WeChat takes so many messages for them until then."""
    rows = [{"id": name, "pushes_left": pushes, "closes_at": closes} for name in names]
    await house.linli.database.write(lambda tx: tx.many(WINDOW, rows))


async def announced(house: House, order: str = ORDER) -> str:
    """What the manager hears after a yes."""
    assert (await house.manager(order)).view == "DeskProposed"
    return (await house.manager("是")).view


async def at(house: House, later: timedelta) -> House:
    """The same so much later, with all that is due by then done."""
    then = house.later(later)
    await run_due(then.linli, then.linli.clock())
    return then


async def news(house: House) -> list[tuple[str, str]]:
    """Who was told, and what became of the message."""
    async with house.linli.database.read() as tx:
        return [(row["address"], row["state"]) for row in await tx.rows(NEWS)]


async def made(house: House, centre: str = CENTRE) -> list[Announcement]:
    async with house.linli.database.read() as tx:
        return await announcements.of_centre(tx, centre, 50)


@dataclass
class Posts:
    """Channels that keep who was given something; those in `out` take nothing now, who is in `gone` never."""

    out: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    given: list[str] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> None:
        if parcel.address in self.gone:
            raise Never("blocked")
        if parcel.channel in self.out:
            raise NotNow("nobody is there")
        self.given.append(parcel.address)


async def delivered(house: House, posts: Posts) -> list[str]:
    """To whom all that is due now was given."""
    linli: Linli = house.linli
    channels = dict.fromkeys(("web", "telegram", "wechat"), posts.deliver)
    worker = Dispatcher(linli.database, channels, chance=lambda: 0.5, rings=PUSH)
    await worker.drain(linli.clock)
    return posts.given
