"""News that has not arrived when chats part: said where it belongs, by night and day, and nowhere else."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.clock import fixed_clock
from bot.dispatch import Dispatcher, NotNow, Parcel
from bot.linli import Linli
from handlers import call_list
from handlers.linked import reached
from handlers.saying import say
from messages.calendar import SHANGHAI
from messages.views import Greeted
from storage import care, conversations, families, links, outbox
from storage.statements import statement
from storage.transaction import Transaction
from tests.case_talk import opened, ordered, staffed
from tests.desk import House
from tests.engines import Postgres, postgres_database
from tests.engines import opened as opened_database
from tests.family_talk import Parent, booked
from tests.link_talk import Pair, code_in, heard, heard_choice
from tests.photo_talk import looks, sends, told_tokens
from tests.sample import NOW
from tests.test_linked import pushing

# A reminder of tomorrow's class.
REMINDED = timedelta(hours=29, minutes=15)
REMINDER = "今天的活动快开始了"
CLASS_AT = "FZ040"
NIGHT = datetime(2026, 11, 26, 22, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 27, 8, 0, tzinfo=SHANGHAI)
NEWS = statement(
    "test.unlinked_news",
    "SELECT c.channel, o.state, o.expires_at"
    " FROM outbox AS o INNER JOIN conversation AS c ON c.id = o.conversation_id"
    " WHERE o.whose IS NOT NULL ORDER BY c.channel, o.number",
)
ENDS = statement("test.unlinked_ends", "UPDATE outbox SET expires_at = :ends_at WHERE whose IS NOT NULL")
UNREADABLE = statement("test.unlinked_view", "UPDATE outbox SET view = '{}' WHERE whose IS NOT NULL")


@dataclass
class Posts:
    """Channels that keep what they were given; those in `out` take nothing now."""

    out: set[str] = field(default_factory=set)
    given: list[tuple[str, str]] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> None:
        if parcel.channel in self.out:
            raise NotNow("nobody is there")
        self.given.append((parcel.channel, parcel.view))

    def where(self, words: str) -> list[str]:
        return [channel for channel, view in self.given if words in view]


def worker(linli: Linli, posts: Posts) -> Dispatcher:
    channels = dict.fromkeys(("web", "telegram", "wechat"), posts.deliver)
    return Dispatcher(linli.database, channels, chance=lambda: 0.5, rings=("telegram", "wechat"))


WAITS = statement(
    "test.unlinked_waits", "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
)


async def said_to(who: Parent) -> str:
    """All that Linli said there."""
    lines = await who.linli.lines(who.channel, who.address, after=0)
    return "\n".join(line.rendered.text for line in lines)


async def news(linli: Linli) -> list[tuple[str, str]]:
    """Channel and state of what is somebody's news."""
    async with linli.database.read() as tx:
        return [(row["channel"], row["state"]) for row in await tx.rows(NEWS)]


async def reminded(linli: Linli) -> Pair:
    """A booking of the page; the reminder waits in the other chat."""
    pair = Pair(await booked(pushing(linli)), Parent(pushing(linli), "dong", "telegram"))
    await pair.linked()
    later = await pair.later(REMINDED)
    assert REMINDER in await heard(later.chat)
    return later


async def take_the_other_out(who: Parent) -> None:
    await who.say("断开连接", "断开另一边")
    assert (await who.say("断开另一边")).view == "Unlinked"


async def leave(who: Parent) -> None:
    await who.say("断开连接")
    assert (await who.say("好的")).view == "Unlinked"


def at(when: datetime, who: Parent) -> Parent:
    return Parent(
        who.linli.over(who.linli.database, fixed_clock(when), safe=who.linli.safe), who.address, who.channel
    )


# Of bookings


async def test_who_lost_a_phone_is_told_what_had_not_arrived_there(linli: Linli) -> None:
    later = await reminded(linli)
    await take_the_other_out(later.page)
    assert REMINDER in await said_to(later.page)
    assert REMINDER not in await said_to(later.chat)
    assert "把这里断开了" in await heard(later.chat)
    assert await news(linli) == [("web", "waiting")]
    assert await care.check(linli.database) == []


async def test_who_leaves_does_not_take_it_along(linli: Linli) -> None:
    later = await reminded(linli)
    await leave(later.chat)
    assert REMINDER in await heard(later.page)  # behind what tells of the parting, so that its numbers hold
    assert REMINDER not in await said_to(later.chat)


async def test_what_has_arrived_is_not_said_again(linli: Linli) -> None:
    later = await reminded(linli)
    assert await worker(later.linli, Posts()).drain(later.linli.clock)
    await take_the_other_out(later.page)
    assert REMINDER in await said_to(later.chat)
    assert REMINDER not in await said_to(later.page)
    assert await news(linli) == [("telegram", "sent")]


async def test_what_waits_where_it_belongs_stays(linli: Linli) -> None:
    later = await reminded(linli)
    await leave(later.page)  # the booking is the other chat's from now on
    assert await news(linli) == [("telegram", "waiting")]
    assert (await later.chat.say("我的预约")).view == "BookingShown"


async def test_what_is_too_late_is_handed_on_to_nobody_and_the_rest_keeps_its_end(linli: Linli) -> None:
    later = await reminded(linli)
    ends = later.linli.clock() + timedelta(minutes=7)
    await linli.database.write(lambda tx: tx.run(ENDS, {"ends_at": ends}))
    await take_the_other_out(later.page)
    async with linli.database.read() as tx:
        [row] = await tx.rows(NEWS)
    assert (row["channel"], row["expires_at"]) == ("web", ends)
    await later.linked()
    await linli.database.write(lambda tx: tx.run(ENDS, {"ends_at": later.linli.clock()}))
    await leave(later.page)
    assert await news(linli) == [("web", "waiting")]


async def test_what_no_version_reads_keeps_nobody_from_leaving(linli: Linli) -> None:
    later = await reminded(linli)
    await linli.database.write(lambda tx: tx.run(UNREADABLE, {}))
    await take_the_other_out(later.page)
    assert await news(linli) == []


async def test_quiet_hours_are_those_of_the_chat_that_hears_it(linli: Linli) -> None:
    """The page is told by night, a phone in the morning."""
    for channel, rung in (("web", ["web"]), ("telegram", [])):
        there = pushing(linli)
        pair = Pair(await booked(there, f"xi {channel}", channel), Parent(there, f"dong {channel}", "wechat"))
        await pair.linked()
        await (await pair.later(timedelta(minutes=1))).chat.say("你好")
        later = await pair.later(REMINDED)
        assert REMINDER in await heard(later.chat)
        await linli.database.write(lambda tx: tx.run(ENDS, {"ends_at": MORNING + timedelta(days=2)}))
        await leave(at(NIGHT, later.chat))
        posts = Posts()
        await worker(linli, posts).drain(fixed_clock(NIGHT))
        assert posts.where("Reminded") == rung
        await worker(linli, posts).drain(fixed_clock(MORNING))
        assert posts.where("Reminded") == [channel]


async def test_where_no_push_reaches_it_waits_on_the_page(linli: Linli) -> None:
    later = await reminded(linli)
    await take_the_other_out(later.page)
    posts = Posts(out={"web"})
    assert REMINDER in await said_to(later.page)
    ringing = worker(later.linli, posts)
    await ringing.drain(later.linli.clock)
    assert await news(linli) == [("web", "waiting")]
    posts.out.clear()  # a page is connected
    await ringing.drain(fixed_clock(later.linli.clock() + timedelta(minutes=1)))
    assert posts.where("Reminded") == ["web"]
    assert await news(linli) == [("web", "sent")]


@pytest.mark.parametrize("arrives", [True, False])
async def test_who_was_sending_it_meanwhile_marks_nothing(linli: Linli, arrives: bool) -> None:
    """The same worker has it again for the other chat, where nobody is, before its first try ends."""
    later = await reminded(linli)
    posts = Posts(out={"web"})

    async def slowly(parcel: Parcel) -> None:
        if "Reminded" in parcel.view:
            await take_the_other_out(later.page)
            while await ringing.run(later.linli.clock()):
                pass
            if not arrives:
                raise NotNow("broken off")

    ringing = Dispatcher(linli.database, {"web": posts.deliver, "telegram": slowly}, chance=lambda: 0.5)
    await ringing.drain(later.linli.clock)
    assert await news(linli) == [("web", "waiting")]
    assert REMINDER not in await said_to(later.chat)


async def test_the_call_list_asks_after_the_message_that_was_handed_on(linli: Linli) -> None:
    """Who looked at the page before it came there has not seen it."""
    there = pushing(linli)
    pair = Pair(await booked(there), Parent(there, "dong", "telegram"))
    await pair.linked()
    assert (await House(there).manager("取消明天的四点半课堂", "是", of=CLASS_AT)).view == "DeskDone"
    assert "四点半课堂" in await heard(pair.chat)
    noon = await pair.later(call_list.UNREAD + timedelta(minutes=1))
    await noon.page.say("你好")
    assert await to_call(noon.linli) == ["unread"]
    parted = await pair.later(call_list.UNREAD + timedelta(minutes=2))
    await leave(parted.chat)
    assert [channel for channel, _ in await news(linli)] == ["web"]
    assert await to_call(parted.linli) == ["unread"]
    seen = await pair.later(call_list.UNREAD + timedelta(minutes=3))
    await seen.page.say("你好")
    assert await to_call(seen.linli) == []


async def to_call(linli: Linli) -> list[str]:
    """Why each of those is to be called."""
    async with linli.database.read() as tx:
        found = await call_list.unheard(tx, CLASS_AT, linli.world(linli.clock()))
    return [each.why for each in found]


# Of cases


async def test_news_of_a_case_goes_where_it_was_opened(linli: Linli) -> None:
    house = await staffed(pushing(linli))
    await opened(house)
    pair = Pair(Parent(house.linli, "lin"), Parent(house.linli, "dong", "telegram"))
    await pair.linked()
    await ordered(house, "wang", "G-0001 已整改：换了新桌子")
    assert "已经整改" in await heard(pair.chat)
    await leave(pair.page)
    assert "已经整改" in await said_to(pair.page)
    assert "已经整改" not in await said_to(pair.chat)
    await pair.page.say("谢谢")
    assert (await pair.page.say("/verdict G-0001 solved")).view == "VerdictNoted"


async def test_a_number_means_what_was_handed_on_last(linli: Linli) -> None:
    house = await staffed(pushing(linli))
    await opened(house)
    pair = Pair(Parent(house.linli, "lin"), Parent(house.linli, "dong", "telegram"))
    await pair.linked()
    await ordered(house, "wang", "G-0001 已整改：换了新桌子")
    await take_the_other_out(pair.chat)
    assert "已经整改" in await heard(pair.page)
    assert (await pair.page.say("1")).view == "VerdictNoted"


async def test_of_three_chats_each_has_what_is_its_own(linli: Linli) -> None:
    """Two leave at once, and are not linked with each other any more."""
    house = await staffed(pushing(linli))
    await opened(house)
    pair = Pair(Parent(house.linli, "lin"), Parent(house.linli, "dong", "telegram"))
    await pair.linked()
    third = Parent(house.linli, "xi", "web")
    await third.say(code_in(await pair.page.say("连接另一个聊天")), "好的")
    await pair.page.say(await heard_choice(pair.page, "/link_yes"))
    await ordered(house, "wang", "G-0001 已整改：换了新桌子")
    assert "已经整改" in await heard(pair.chat)
    await take_the_other_out(third)
    assert "已经整改" in await heard(pair.page)
    for side in (pair.chat, third):
        assert "已经整改" not in await said_to(side)


async def test_what_staff_are_told_stays_with_the_post(linli: Linli) -> None:
    house = await staffed(pushing(linli))
    pair = Pair(Parent(house.linli, "wang"), Parent(house.linli, "dong", "telegram"))
    await pair.linked()
    await opened(house)
    assert "G-0001" in await heard(pair.page)
    await take_the_other_out(pair.chat)
    assert "G-0001" in await said_to(pair.page)
    assert "G-0001" not in await said_to(pair.chat)


async def test_its_photos_are_looked_at_where_it_was_handed_on_to_and_nowhere_else(linli: Linli) -> None:
    house = await staffed(pushing(linli))
    await opened(house)
    pair = Pair(Parent(house.linli, "lin"), Parent(house.linli, "dong", "telegram"))
    await pair.linked()
    await house.say("G-0001", "wang")
    assert (await sends(house.linli, "wang")).view == "PhotoTaken"
    await ordered(house, "wang", "G-0001 已整改：换了新桌子")
    [old] = await told_tokens(house.linli, "dong", "telegram")
    assert await looks(house.linli, "lin", old)
    await take_the_other_out(pair.chat)
    [new] = await told_tokens(house.linli, "lin")
    assert await looks(house.linli, "lin", new)
    assert await looks(house.linli, "lin", old) is None
    assert await looks(house.linli, "dong", new) is None


# What was erased


async def test_who_erases_afterwards_takes_nothing_from_who_heard_it(linli: Linli) -> None:
    later = await reminded(linli)
    await leave(later.chat)
    assert (await later.chat.say("删除我的数据", "好的")).view == "DataErased"
    assert REMINDER in await said_to(later.page)
    assert (await later.page.say("删除我的数据", "好的")).view == "DataErased"
    assert await news(linli) == [("web", "expired")]
    for side in (later.page, later.chat):
        assert REMINDER not in await said_to(side)


async def test_what_was_erased_is_handed_on_to_nobody(linli: Linli) -> None:
    later = await reminded(linli)
    assert (await later.page.say("删除我的数据", "好的")).view == "DataErased"
    await later.linked()
    await leave(later.chat)
    assert await news(linli) == [("telegram", "expired")]
    assert REMINDER not in await said_to(later.page)


# At the same moment


@pytest.mark.parametrize(("whose", "heard_by"), [("family", "b"), (None, "a")])
async def test_news_that_is_said_while_chats_part_looks_again_for_a_chat(
    whose: str | None, heard_by: str, postgres: Postgres
) -> None:
    """It found the chat that leaves, and waits for its row; without asking again it is said there."""

    async def tell(tx: Transaction) -> None:
        best = reached(await families.conversations(tx, "family"), {"telegram"})
        assert best
        within = timedelta(days=1)
        await say(tx, best.id, Greeted(()), key="k", now=NOW, new_id="new", within=within, whose=whose)

    async with postgres_database(postgres) as url, opened_database(url) as database:
        telling: list[asyncio.Task[None]] = []

        async def begin(tx: Transaction) -> None:
            await families.found(tx, "family", NOW)
            for talk, channel in (("a", "telegram"), ("b", "web")):
                await conversations.create(tx, talk, channel, talk, "{}", NOW)
                await links.move(tx, talk, "family")

        async def part(tx: Transaction) -> None:
            await links.move(tx, "a", None)
            telling.append(asyncio.create_task(database.write(tell)))
            async with database.read(snapshot=False) as watching:
                while await watching.value(WAITS) == 0:
                    pass

        await database.write(begin)
        await database.write(part)
        await telling[0]
        async with database.read() as tx:
            assert [row.id for row in await outbox.after(tx, heard_by, 0, 9)] == ["new"]
