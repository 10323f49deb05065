"""A new centre with a new kind of service is understood within a second, and changes no other answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.ask import Answer, Playground, Script
from bot.jobs import JOBS, run
from bot.linli import Linli
from handlers.directory_import import import_directory
from messages.understand.vectors import By
from messages.workbook import ServiceEntry, WorkbookRead
from storage.database import Database
from storage.statements import statement
from tests.engines import opened
from tests.sample import NOW, Sample, linli_over, read_by, sample_book, settings_for

# What a running Linli does to notice a change, and how often it does so within the promised second.
REFRESHING = ("directory", "vectors")
A_SECOND = timedelta(seconds=1)

NAME, WORD = "宠物友好角", "遛狗"
CORNER = ServiceEntry(
    centre_id="FZ099",
    name=NAME,
    category="special",
    hours_text="每天 6:30-20:30",
    fee="免费",
    audience="带宠物的居民",
    bring="牵引绳",
    how="直接前往",
    words=f"{WORD}、宠物乐园、狗狗公园",
    note=None,
    row=900,
)
PARAPHRASE = "有没有地方可以让我家小猫小狗玩一玩"

BEFORE = [
    ("最近的老年食堂",),
    ("东湖社区剪头发多少钱",),
    ("凤山社区有早教吗",),
    ("东凤社区邻里中心的电话",),
    ("圣湖社区邻里中心10月3号开吗",),
    ("霞美社区邻里中心在哪",),
    ("凤山社区有什么活动",),
    ("东湖社区有什么服务",),
    ("附近的4点钟课堂",),
    ("东凤社区量血压要钱吗",),
    ("办老年证要带什么",),
    ("凤山社区改裤脚几点关门",),
    ("仁风社区中心周一开不开",),
    ("东湖社区的自助机在哪",),
    ("少林社区的中心什么时候开放",),
    ("我妈走不动了白天谁能照看",),
    ("着火了",),
    ("我要找人工",),
    ("今天天气怎么样",),
    ("where can I get a haircut in 东湖社区",),
]

# What is answered otherwise with one more centre.
COUNT = ("全区有多少个邻里中心",)


async def beats(linli: Linli, length: timedelta = A_SECOND) -> None:
    """What the timed jobs do to notice a change within `length` of a running Linli."""
    jobs = [job for job in JOBS if job.name in REFRESHING]
    assert len(jobs) == len(REFRESHING)
    for beat in range(min(length // job.every for job in jobs)):
        for job in jobs:
            await run(job, linli, linli.clock() + beat * job.every)


# What is another matter until somebody offers it.
POOL, SWIMMING = "邻里游泳池", "周末想带孩子去游泳"


def with_the_corner(read: WorkbookRead) -> WorkbookRead:
    """The workbook with one more centre, on the edge of the district, and its service."""
    model = next(centre for centre in read.centres if centre.id == "FZ033")
    centre = replace(
        model,
        id="FZ099",
        name="望海社区党建+邻里中心",
        community="望海社区",
        latitude=24.96,
        phone="0595-00000099",
        row=900,
    )
    return replace(read, centres=(*read.centres, centre), services=(*read.services, CORNER))


async def import_with_the_corner(url: str) -> None:
    """As another process would, while Linli runs."""
    async with opened(url) as database:
        report = await import_directory(database, with_the_corner(sample_book()), now=NOW)
    assert report.refused_reason is None


async def kept_vectors(database: Database) -> int:
    async with database.read() as tx:
        return len(await tx.rows(statement("test.kept", "SELECT text_hash FROM embedding")))


@pytest_asyncio.fixture
async def running(sample_url: str, sample: Sample, tmp_path: Path) -> AsyncIterator[Linli]:
    """Linli that finds services by meaning, on one engine after the other."""
    async with opened(sample_url) as database:
        linli = linli_over(database, sample, settings_for(sample_url, tmp_path, vectors="on"))
        await linli.refresh_directory()
        yield linli
        linli.meaning.close()


async def warmed(linli: Linli, said: str) -> None:
    """Have the vector of a sentence at hand: on a busy computer it may come too late for its own answer."""
    meant = read_by(linli.reader, linli.directory)(said)
    for _ in range(100):
        weighed = await linli.meaning.weigh(meant)
        if weighed.things is not None and weighed.things.by is By.MEANING:
            return
    raise AssertionError("no vector came in time")


async def answers(linli: Linli, *dialogues: tuple[str, ...]) -> list[Answer]:
    """The last answer of each dialogue."""
    for sentence in {sentence for dialogue in dialogues for sentence in dialogue}:
        await warmed(linli, sentence)
    ground = await Playground.over(linli)
    played = await ground.play([Script(None, NOW, None, None, dialogue) for dialogue in dialogues])
    await ground.close()
    return [answers[-1] for answers in played]


async def test_a_new_kind_of_service_is_understood_within_a_second(running: Linli, sample_url: str) -> None:
    said = [
        (f"望海社区{NAME}几点开",),
        (f"望海社区{WORD}要带什么",),
        (PARAPHRASE,),  # the only place that has it: nobody need say where they are
        ("望海社区邻里中心的电话",),
    ]
    for answer in await answers(running, *said):
        assert NAME not in answer.reply.rendered.text
        assert "0595-00000099" not in answer.reply.rendered.text
    vectors = await kept_vectors(running.database)

    await import_with_the_corner(sample_url)
    await beats(running)

    *of_it, centre = await answers(running, *said)
    for answer in of_it:
        assert answer.reply.view == "ServiceCard"
        for fact in (NAME, "望海社区", "6:30-20:30", "牵引绳"):
            assert fact in answer.reply.rendered.text
    assert "0595-00000099" in centre.reply.rendered.text
    assert await kept_vectors(running.database) == vectors + 1  # only what is new was embedded


async def test_another_matter_is_none_any_more_once_it_is_offered(running: Linli, sample_url: str) -> None:
    [refused] = await answers(running, (SWIMMING,))
    assert refused.reply.view == "OutOfScope"
    read = sample_book()
    pool = replace(CORNER, centre_id="FZ002", name=POOL, words="游泳、泳池", category="culture")
    async with opened(sample_url) as database:
        report = await import_directory(database, replace(read, services=(*read.services, pool)), now=NOW)
    assert report.refused_reason is None
    await beats(running)
    found, parcel = await answers(running, (SWIMMING,), ("我的快递到哪了",))
    assert (found.reply.view, parcel.reply.view) == ("ServiceCard", "OutOfScope")
    assert POOL in found.reply.rendered.text


async def test_what_was_answered_before_is_answered_as_before(running: Linli, sample_url: str) -> None:
    [*before, count_before] = await answers(running, *BEFORE, COUNT)
    assert len(before) >= 20
    assert "NotUnderstood" not in {answer.reply.view for answer in before}
    await import_with_the_corner(sample_url)
    await beats(running)
    [*after, count_after] = await answers(running, *BEFORE, COUNT)
    assert [answer.reply.rendered for answer in after] == [answer.reply.rendered for answer in before]
    assert [answer.reply.view for answer in after] == [answer.reply.view for answer in before]
    assert count_after.reply.rendered != count_before.reply.rendered


async def test_without_a_beat_nothing_is_noticed(running: Linli, sample_url: str) -> None:
    await import_with_the_corner(sample_url)
    [unnoticed] = await answers(running, (f"望海社区{NAME}几点开",))
    assert unnoticed.reply.view != "ServiceCard"
    await beats(running, timedelta(seconds=0.4))
    assert NAME not in {service.name for service in running.directory.services.values()}
    await beats(running, timedelta(seconds=0.5))
    assert NAME in {service.name for service in running.directory.services.values()}
