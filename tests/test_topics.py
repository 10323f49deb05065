"""Cases with one thing behind them are found, put right once, and everybody who complained is asked."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import yaml

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli
from handlers import desk_topics
from handlers.permissions import Role
from handlers.topic_rounds import find_topics
from handlers.topics import ALIKE, WITHIN, grouped
from messages.understand.topic_orders import TopicOrder, topic_order_of
from messages.understand.vectors import DIMENSIONS, Vector, Vectors
from storage import topics
from storage.topics import Told, Topic
from tests.sample import NOW, message
from tests.test_digest_rounds import appointed

LISTED = yaml.safe_load((Path(__file__).parent / "data" / "complaints.yaml").read_text("utf-8"))
THING = {said: thing for thing, group in LISTED["together"].items() for said in group}
ALL = [*THING, *LISTED["apart"]]
ORDERS = 20


def told(number: int, said: str, *, centre: str | None = None, topic_id: str | None = None) -> Told:
    return Told(f"c{number}", centre or f"FZ{number:03}", f"who {number}", NOW, said, topic_id)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Vector]:
    """Of all complaints, by their words."""
    model = Vectors.load(threads=1)
    if not isinstance(model, Vectors):
        pytest.fail(f"these tests need sentence vectors: {model.reason}")
    made = {said: model._engine.query([said])[0] for said in ALL}
    model.close()
    return made


def found(vectors: dict[str, Vector], alike: float) -> tuple[float, float]:
    """In orders by chance: what share of those put together belongs together, and of the things is found."""
    chance, right, put, things = np.random.default_rng(5), 0, 0, 0
    for _ in range(ORDERS):
        said = [ALL[n] for n in chance.permutation(len(ALL))]
        cases = [told(n, each) for n, each in enumerate(said)]
        groups = grouped(cases, {each.case_id: vectors[each.said] for each in cases}, alike)
        for group in (each for each in groups if each.is_topic):
            [(thing, number)] = Counter(THING.get(each.said) for each in group.new).most_common(1)
            put, right = put + len(group.new), right + (number if thing else 0)
            things += thing is not None and number >= 3
    return right / max(put, 1), things / ORDERS / len(LISTED["together"])


def test_what_is_put_together_belongs_together(vectors: dict[str, Vector]) -> None:
    purity, share = found(vectors, ALIKE)
    assert purity >= 0.97
    assert share >= 0.8


def test_another_bar_would_put_together_what_is_not_alike_or_find_less(vectors: dict[str, Vector]) -> None:
    """The control: the bar is not just any number."""
    assert found(vectors, 0.87)[0] < 0.8
    assert found(vectors, 0.94)[1] < 0.4


ALONG, ACROSS = np.eye(DIMENSIONS, dtype=np.float32)[:2]


@pytest.mark.parametrize(
    ("centres", "residents", "is_topic"),
    [
        (("FZ002", "FZ004", "FZ006"), "abc", True),
        (("FZ002", "FZ002", "FZ004"), "abc", True),
        (("FZ002", "FZ002", "FZ002"), "abc", False),
        (("FZ002", "FZ004"), "ab", False),
        (("FZ002", "FZ004", "FZ006"), "aab", False),
    ],
)
def test_a_topic_takes_three_residents_and_two_centres(
    centres: Sequence[str], residents: str, is_topic: bool
) -> None:
    cases = [
        Told(f"c{n}", centre, who, NOW, "cold", None)
        for n, (centre, who) in enumerate(zip(centres, residents, strict=True))
    ]
    [group] = grouped(cases, {each.case_id: ALONG for each in cases})
    assert group.is_topic is is_topic


def test_a_case_joins_the_topic_that_is_nearest_and_keeps_its_own() -> None:
    cases = [told(1, "a", topic_id="t"), told(2, "b", topic_id="u"), told(3, "c"), told(4, "d")]
    vectors = {"c1": ALONG, "c2": ACROSS, "c3": ACROSS, "c4": -ALONG}
    groups = {group.topic_id: [each.case_id for each in group.new] for group in grouped(cases, vectors)}
    assert groups == {"t": [], "u": ["c3"], None: ["c4"]}


def test_what_has_no_vector_waits() -> None:
    assert grouped([told(1, "a")], {}) == []


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("共性问题", TopicOrder("list")),
        ("看看全区的共性问题", TopicOrder("list")),
        ("T-0001", TopicOrder("show", "T-0001")),
        ("t-1", TopicOrder("show", "T-0001")),
        ("T-0001 已解决：全区换了温控", TopicOrder("fix", "T-0001", "全区换了温控")),
        ("T-0001 已解决", TopicOrder("fix", "T-0001")),
        ("T-0002 fixed: new thermostats", TopicOrder("fix", "T-0002", "new thermostats")),
        ("G-0001 已整改：好了", None),
        ("有什么问题", None),
    ],
)
def test_what_the_district_says_of_topics(said: str, order: TopicOrder | None) -> None:
    assert topic_order_of(said) == order


async def by_first_word(texts: Sequence[str]) -> list[Vector] | None:
    """Stands for sentence vectors: those that speak of the cold are alike, all others differ."""
    made, other = [], 1
    for text in texts:
        vector = np.zeros(DIMENSIONS, np.float32)
        vector[0 if "冷" in text else other] = 1
        other += "冷" not in text
        made.append(vector)
    return made


async def complained(linli: Linli, who: str, centre: str, said: str, now: datetime = NOW) -> str:
    """Somebody makes a complaint in the chat; its number."""
    there = linli.over(linli.database, fixed_clock(now))
    for each in (centre, "我要投诉", "登记投诉", said):
        await there.hear(message(each, address=who))
    reply = await there.hear(message("就这样写", address=who))
    assert reply.view == "CaseOpened", reply.rendered.text
    return reply.rendered.text.partition("G-")[2][:4]


async def looked(linli: Linli, now: datetime = NOW) -> tuple[int, int]:
    return await find_topics(linli.database, linli.world(now), new_id, by_first_word)


async def listed(linli: Linli) -> list[Topic]:
    async with linli.database.read() as tx:
        return await topics.open_ones(tx)


@pytest.fixture
async def cold(linli: Linli) -> Linli:
    """Three residents of two centres complain of the cold, and one of something else."""
    await complained(linli, "lin", "东湖社区邻里中心", "活动室空调太冷")
    await complained(linli, "chen", "东湖社区邻里中心", "教室里冷得发抖")
    await complained(linli, "wu", "华城社区邻里中心", "冷气开得太足，很冷")
    await complained(linli, "xu", "华城社区邻里中心", "打印机坏了")
    return linli


async def test_a_topic_is_found_once_and_grows(cold: Linli) -> None:
    assert await looked(cold) == (1, 3)
    assert await looked(cold) == (0, 0)
    await complained(cold, "he", "东湖社区邻里中心", "太冷了")
    assert await looked(cold) == (0, 1)
    [topic] = await listed(cold)
    assert (topic.code, topic.cases, topic.centres) == ("T-0001", 4, 2)


async def test_old_cases_are_no_topic(cold: Linli) -> None:
    assert await looked(cold, NOW + WITHIN + timedelta(days=1)) == (0, 0)


async def test_without_vectors_nothing_is_found_and_nothing_fails(cold: Linli) -> None:
    async def none(texts: Sequence[str]) -> list[Vector] | None:
        return None

    assert await find_topics(cold.database, cold.world(NOW), new_id, none) == (0, 0)


async def test_the_district_fixes_it_once_and_everybody_is_told_and_asked(cold: Linli) -> None:
    await looked(cold)
    manager = await appointed(cold, Role.CENTRE_MANAGER, "FZ002", None)
    district = await appointed(cold, Role.DISTRICT, None, None)
    assert (await cold.hear(message("共性问题", address=manager))).view == "DeskRefused"
    shown = await cold.hear(message("共性问题", address=district))
    assert "T-0001：3件，2个中心" in shown.rendered.text
    assert "活动室空调太冷" in shown.rendered.text
    card = await cold.hear(message("T-0001", address=district))
    assert card.rendered.text.count("G-000") == 3
    # One says that it is solved, one is asked already.
    await cold.hear(message("我的工单", address="lin"))
    await cold.hear(message("已经解决了", address="lin"))
    for said in ("G-0002 说明：在修了", "是"):
        await cold.hear(message(said, address=manager))
    assert (await cold.hear(message("T-0001 已解决", address=district))).view == "TopicRefused"
    proposed = await cold.hear(message("T-0001 已解决：全区换了温控，不低于26度", address=district))
    assert "反映过的3位居民" in proposed.rendered.text
    done = await cold.hear(message("是", address=district))
    assert "告诉了3位居民，其中2位" in done.rendered.text
    heard = {who: await last(cold, who) for who in ("lin", "chen", "wu", "xu")}
    assert "很多居民也反映过" in heard["lin"]
    assert "区里统一整改了：全区换了温控" in heard["chen"]
    assert "已经整改：全区换了温控" in heard["wu"]
    assert "温控" not in heard["xu"]
    solved = await cold.hear(message("解决了", address="wu"))
    assert solved.view == "VerdictNoted"
    again = await cold.hear(message("T-0001 已解决：又一次", address=district))
    assert again.view == "TopicRefused"
    assert await listed(cold) == []


async def is_among_lines(linli: Linli, who: str, words: str) -> bool:
    """Whether somebody was told it, as their conversation shows it now."""
    lines = await linli.lines("web", who, after=0)
    return any(words in line.rendered.text for line in lines)


async def last(linli: Linli, who: str) -> str:
    """What somebody heard last of Linli's own accord, or was answered."""
    return (await linli.lines("web", who, after=0))[-1].rendered.text


async def test_what_came_since_it_was_read_back_is_not_fixed_unseen(cold: Linli) -> None:
    await looked(cold)
    district = await appointed(cold, Role.DISTRICT, None, None)
    await cold.hear(message("T-0001 已解决：换了温控", address=district))
    await complained(cold, "he", "东湖社区邻里中心", "太冷了")
    await looked(cold)
    refused = await cold.hear(message("是", address=district))
    assert refused.view == "TopicRefused"
    assert "又有新的工单" in refused.rendered.text
    assert len(await listed(cold)) == 1


async def test_a_topic_that_was_fixed_meanwhile_takes_no_more_cases(cold: Linli) -> None:
    await looked(cold)
    await complained(cold, "ma", "华城社区邻里中心", "真冷")

    async def fixed_then_embedded(texts: Sequence[str]) -> list[Vector] | None:
        """Between the look at the cases and the writing down."""
        [topic] = await listed(cold)
        await cold.database.write(lambda tx: topics.fix(tx, topic.id, "换了温控", NOW))
        return await by_first_word(texts)

    assert await find_topics(cold.database, cold.world(NOW), new_id, fixed_then_embedded) == (0, 0)
    assert await looked(cold) == (0, 0)  # it waits for two more like it


async def test_a_digest_which_is_kept_has_topics_without_anybodys_words(cold: Linli) -> None:
    await looked(cold)
    async with cold.database.read() as tx:
        [line] = await desk_topics.lines_of(tx, 3, cold.world(NOW))
    assert (line.code, line.cases, line.example) == ("T-0001", 3, None)


async def test_what_was_erased_is_no_example(cold: Linli) -> None:
    await looked(cold)
    district = await appointed(cold, Role.DISTRICT, None, None)
    await cold.hear(message("共性问题", address=district))
    assert await is_among_lines(cold, district, "冷")
    for who in ("lin", "chen", "wu"):
        await cold.hear(message("把我的资料都删掉", address=who))
        assert (await cold.hear(message("确认删除", address=who))).view == "DataErased"
    assert not await is_among_lines(cold, district, "冷")
    text = (await cold.hear(message("共性问题", address=district))).rendered.text
    assert "T-0001：3件，2个中心" in text
    assert "例如" not in text


async def test_a_topic_of_another_number_is_unknown(cold: Linli) -> None:
    district = await appointed(cold, Role.DISTRICT, None, None)
    text = (await cold.hear(message(f"T-{uuid4().int % 9000 + 1000}", address=district))).rendered.text
    assert "没有T-" in text
