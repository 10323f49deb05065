"""Unmistakable names of children, pushed through every path: they come out where they must, nowhere else."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import pytest_asyncio

from bot.clock import fixed_clock
from bot.dispatch import Dispatcher, Parcel
from bot.forgetting import empty_bodies, forget_names, scrub
from bot.ids import new_id
from bot.linli import Linli, Reply
from bot.logs import log, set_up_logs
from handlers import callbacks, export, roster, sealing
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS, Intent
from handlers.permissions import Role
from handlers.roster import NotTheirs, Viewer
from handlers.safe import KeyLost
from handlers.world import Outcome, Scene, World
from messages.render import Renderer
from messages.view_codec import from_json
from storage import case_files, children, photos, questions
from storage.statements import statement
from tests.canary import files_with, rows_with, texts_with
from tests.desk import House
from tests.family_talk import Parent, booked
from tests.photo_talk import kept, sends
from tests.photos import jpeg, png, webp
from tests.sample import NOW, Mishap, Sample, linli_over, message, settings_for

CHILD, FETCHER, STRANGER = "林金鹂", "陈玉鹂", "黄翠鹂"
GIVEN = ("金鹂", "玉鹂", "翠鹂")
LATIN = "Zanahoria Quetzal"
ALL = (CHILD, FETCHER, STRANGER, *GIVEN, LATIN, "Quetzal")
SESSION = statement("test.sessions", "SELECT DISTINCT session_id AS id FROM booking")
ABROAD = statement(
    "test.abroad",
    "SELECT o.view FROM outbox AS o INNER JOIN conversation AS c ON c.id = o.conversation_id "
    "WHERE c.channel = 'telegram'",
)
# What a name may stand beside, where nobody asked for one.
UNWANTED = (
    "{}",
    "{}。",
    "孩子叫{}",
    "我女儿叫{}，今年八岁，想报书法班",
    "帮{}报明天华城社区的四点半课堂",
    "大名{}，小名妞妞",
    "姓名：{}",
    "儿子{}想参加冬令营",
    "给{}请假",
    "给{}取消报名",
    "接孩子的人是{}",
    "有没有{}的名字在名单上，孩子叫{}",
    "东湖社区的食堂几点开，孩子叫{}",
    "我叫{}，叫人回我电话13800138000",
    "投诉！老师骂我儿子{}，太差了",
    "/complain complaint FZ002",
    "老师骂我儿子{}，孩子叫{}",
    "就这样写",
)


@dataclass
class Sinks:
    """Everything that leaves Linli or is kept by it."""

    linli: Linli
    folder: Path
    logged: StringIO
    replies: list[Reply] = field(default_factory=list)
    sent: list[Parcel] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)

    async def found(self, *wanted: str) -> list[str]:
        """Where one of `wanted` stands, by the sort of place."""
        texts = {
            "logs": [self.logged.getvalue()],
            "metrics": [self.linli.metrics.text().decode()],
            "replies": [reply.rendered.text + json.dumps(reply.slots) + str(reply) for reply in self.replies],
            "sent abroad": [parcel.view for parcel in self.sent] + await self.abroad(),
            "exceptions": self.raised,
            "questions": await self.questions(),
        }
        found = [where for where, each in texts.items() if texts_with(each, *wanted)]
        found += [f"table {table}" for table in await rows_with(self.linli.database, *wanted)]
        if self.linli.database.engine == "sqlite":
            await self.linli.database.scrub()
        return found + [f"file {name}" for name in files_with(self.folder, *wanted)]

    async def abroad(self) -> list[str]:
        """What is put into the outbox for channels that leave the country, as rows and in words."""
        renderer = Renderer()
        async with self.linli.database.read() as tx:
            views = [row["view"] for row in await tx.rows(ABROAD)]
        said = [renderer.render(*from_json(view)) for view in views if view]
        return views + [each.text for each in said]

    async def questions(self) -> list[str]:
        async with self.linli.database.read() as tx:
            return [row.shown for row in await questions.most_asked(tx, NOW.date(), 999)]


@pytest_asyncio.fixture
async def sinks(linli: Linli, tmp_path: Path) -> AsyncIterator[Sinks]:
    logged = StringIO()
    set_up_logs("debug", logged)
    yield Sinks(linli, tmp_path, logged)
    set_up_logs("warning")


async def played(sinks: Sinks, parent: Parent, *texts: str) -> Reply:
    for text in texts:
        sinks.replies.append(await parent.say(text))
    return sinks.replies[-1]


async def entered(sinks: Sinks, parent: Parent) -> None:
    """A child's name and that of who fetches it, as they are wanted."""
    await played(sinks, parent, "登记孩子真名", "同意")
    await played(sinks, parent, f"{CHILD}今年八岁了", f"孩子叫{CHILD}")
    await played(sinks, parent, "登记接送人", "奶奶或外婆", "同意", f"她叫{FETCHER}")
    assert len(await parent.names()) == 2


async def test_names_pushed_through_every_path_come_out_nowhere(sinks: Sinks, sample: Sample) -> None:
    linli = sinks.linli
    parent = await booked(linli)
    await entered(sinks, parent)
    for channel in ("web", "telegram", "terminal"):
        for name in (STRANGER, CHILD):
            somebody = Parent(linli, f"{channel} {name[-1]}", channel)
            for said in UNWANTED:
                await played(sinks, somebody, said.format(name, name))
            await played(sinks, somebody, "登记孩子真名", name, "登记接送人", name, "导出我的数据")
        await played(sinks, Parent(linli, f"{channel} en", channel), f"my daughter is called {LATIN}")
    await played(sinks, parent, "隐私", "导出我的数据", "我的预约", "撤回同意", "再说一遍")

    async with linli.database.read() as tx:
        assert len(await case_files.open_ones(tx)) >= 2  # what was complained of is looked through as well
    [session_id] = await sessions_of(linli)
    rows = await linli.database.write(
        lambda tx: roster.roster(tx, linli.safe.keys, session_id, Viewer("staff", "FZ040"), NOW, new_id)
    )
    assert [(row.name, row.fetchers) for row in rows] == [(CHILD, (("grandmother", FETCHER),))]
    await at_the_desk(sinks, parent, session_id)
    await refused(sinks, session_id)
    await exported(sinks)
    await failed(sinks, sample)
    await sent(sinks)
    assert await sinks.found(*ALL) == []

    await played(sinks, parent, "删除我的数据", "好的")
    await scrub(linli, NOW)
    await forget_names(linli, NOW)
    await empty_bodies(linli, NOW)
    assert await sinks.found(*ALL) == []


async def test_nothing_that_came_with_a_photo_is_kept_or_logged_anywhere(sinks: Sinks) -> None:
    """Names in its notes, its texts and behind it; and of its pixels nothing in logs, answers or figures."""
    linli = sinks.linli
    assert LATIN.encode() in jpeg(), "the control: it is in what is sent"
    await played(sinks, Parent(linli, "lin"), "给东湖社区打一星")
    for content in (jpeg(), png(), webp(), jpeg()[:1500], LATIN.encode() * 99):
        sinks.replies.append(await sends(linli, "lin", content))
    assert [reply.view for reply in sinks.replies[1:]] == ["PhotoTaken"] * 3 + ["PhotoRefused"] * 2
    async with linli.database.read() as tx:
        pixels = [await photos.content(tx, each.id) for each in await kept(linli)]
    assert len(pixels) == 3
    assert await sinks.found(*ALL, *(repr(content)[20:60] for content in pixels)) == ["table photo"]
    assert await sinks.found(*ALL) == []


async def at_the_desk(sinks: Sinks, parent: Parent, session_id: str) -> None:
    """Staff look at the list, which shows names on its page alone, and hand the child over in every way."""
    linli = sinks.linli
    await House(linli).join("li", Role.CENTRE_STAFF, "FZ040")
    li = Parent(linli, "li")
    await played(sinks, li, "明天的实名名单", "明天的名单", "谁能接", "出证明", "现场来了2个")
    await played(sinks, parent, "我的证书")
    listed = await linli.names_list("web", "li", session_id)
    assert listed
    assert [(line.name, line.fetchers) for line in listed.lines] == [(CHILD, (("grandmother", FETCHER),))]
    then = linli.over(linli.database, fixed_clock(NOW + timedelta(days=1, hours=7)), safe=linli.safe)
    await played(sinks, Parent(then, "li"), "签到 1", "是", "谁能接", "1", "是", "撤销")
    code = (await parent_at(then, parent).say("接送码")).rendered.text.splitlines()[1].split("：")[0]
    await played(sinks, Parent(then, "li"), f"接走 {code}", "是", f"接走 {code}", "今日名单")
    heard = await then.lines("web", parent.address, after=0)
    assert any("已经接走了" in line.rendered.text for line in heard)
    sinks.raised += [line.rendered.text for line in heard]


def parent_at(linli: Linli, parent: Parent) -> Parent:
    return Parent(linli, parent.address, parent.channel)


async def sessions_of(linli: Linli) -> list[str]:
    async with linli.database.read() as tx:
        return [row["id"] for row in await tx.rows(SESSION)]


async def refused(sinks: Sinks, session_id: str) -> None:
    """Another centre asks for the list, and a key is lost."""
    keys = sinks.linli.safe.keys
    with pytest.raises(NotTheirs) as theirs:
        await sinks.linli.database.write(
            lambda tx: roster.roster(tx, keys, session_id, Viewer("other", "FZ002"), NOW, new_id)
        )
    [key, *_] = sinks.linli.settings.keys_dir.iterdir()
    aside = key.rename(sinks.folder / "aside")
    with pytest.raises(KeyLost) as lost:
        await sinks.linli.database.write(
            lambda tx: roster.roster(tx, keys, session_id, Viewer("staff", "FZ040"), NOW, new_id)
        )
    sinks.raised += [str(theirs.value), *await sealing.lost_keys(sinks.linli.database, keys)]
    sinks.raised.append(str(lost.value))
    log("test").error("a list could not be shown", exc_info=lost.value)
    aside.rename(key)


async def exported(sinks: Sinks) -> None:
    """The directory as other centres and the public get it, and the list of call-backs for staff."""
    database, folder = sinks.linli.database, sinks.folder
    for ending in export.WRITERS:
        await export.export(database, folder / f"all{ending}", NOW.date())
    waiting = await callbacks.waiting(database, NOW)
    (folder / "callbacks.txt").write_text(str([each.callback.topic for each in waiting]), "utf-8")


async def failed(sinks: Sinks, sample: Sample) -> None:
    """A handler fails while a name is in its hands, and says so in its exception."""

    async def fail(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
        raise Mishap(scene.text)

    linli = sinks.linli
    broken = linli_over(
        linli.database, sample, settings_for(linli.settings.database_url, sinks.folder),
        intents={**INTENTS, "take_name": Intent(act=fail)},
    )  # fmt: skip
    parent = await booked(broken, "unlucky")
    await parent.say("登记孩子真名", "同意")
    reply = await broken.hear(message(CHILD, address="unlucky"))
    assert (reply.view, reply.number) == ("WentWrong", 0)
    sinks.replies.append(reply)


async def sent(sinks: Sinks) -> None:
    """All that waits for a channel abroad is handed to it."""

    async def deliver(parcel: Parcel) -> None:
        sinks.sent.append(parcel)

    dispatcher = Dispatcher(sinks.linli.database, {"telegram": deliver}, chance=lambda: 0.5)
    while await dispatcher.run(NOW):
        pass
    assert len(sinks.sent) > len(UNWANTED)


@pytest.mark.parametrize(
    "where",
    [
        "logs",
        "metrics",
        "replies",
        "sent abroad",
        "exceptions",
        "questions",
        "table inbox",
        "file x.json",
        "file x.zip",
    ],
)
async def test_a_leak_is_noticed_wherever_it_is(sinks: Sinks, where: str) -> None:
    """The control: a name is planted in one place after the other."""
    linli = sinks.linli
    assert await sinks.found(CHILD) == []
    await played(sinks, Parent(linli, channel="telegram"), "你好")
    match where:
        case "logs":
            log("test").info(CHILD)
        case "metrics":
            linli.metrics.turns.labels(CHILD, "answered").inc()
        case "replies":
            [reply] = sinks.replies
            reply.slots["said"] = CHILD
        case "sent abroad":
            plant = statement("test.plant", "UPDATE outbox SET view = REPLACE(view, '老年', :name)")
            await linli.database.write(lambda tx: tx.run(plant, {"name": CHILD}))
        case "exceptions":
            sinks.raised.append(str(Mishap(CHILD)))
        case "questions":
            key = ("k", CHILD, "zh", "not_understood", NOW.date())
            await linli.database.chain([questions.note_step(*key)])
        case "table inbox":
            plant = statement("test.plant", "UPDATE inbox SET said = :name")
            await linli.database.write(lambda tx: tx.run(plant, {"name": CHILD}))
        case "file x.zip":
            with ZipFile(sinks.folder / "x.zip", "w", ZIP_DEFLATED) as archive:
                archive.writestr("inside", CHILD * 10)
        case _:
            (sinks.folder / "x.json").write_text(json.dumps(CHILD), "utf-8")
    assert where in await sinks.found(CHILD)


async def test_a_name_that_is_stored_unsealed_is_noticed_in_the_files(sinks: Sinks) -> None:
    """The control for the bytes: the same row, without its seal."""
    parent = await booked(sinks.linli)
    await entered(sinks, parent)
    assert await sinks.found(*ALL) == []
    open_row = statement("test.unseal", "UPDATE sealed_name SET relation = :name WHERE relation IS NOT NULL")
    await sinks.linli.database.write(lambda tx: tx.run(open_row, {"name": CHILD}))
    found = await sinks.found(*ALL)
    assert "table sealed_name" in found
    assert ("file linli.db" in found) is (sinks.linli.database.engine == "sqlite")
    [family] = {who.family_id for who in await parent.people()}
    async with sinks.linli.database.read() as tx:
        assert len(await children.names(tx, family)) == 2
