"""Wishes for what is not there or too far: counted, without who wished and where they were."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.clock import fixed_clock
from bot.linli import Linli
from handlers.asks import Ask, Dialogue
from handlers.deserts import LEAST
from handlers.message import Location, Message
from handlers.wishes import REMEMBERED, counted_once, matter_in
from handlers.world import Outcome
from messages.geo import Datum
from messages.views import NothingFound
from messages.words import words
from storage import directory, wishes
from storage.database import Database
from storage.wishes import Wished
from tests.counting import counted_over
from tests.sample import NOW, Sample, linli_over, message, rows_of
from tests.storage_rows import centre

MONDAY = date(2026, 11, 23)
# Huanshan, from where the next day care is 2,057 m of street away.
HUANSHAN = "FZ030"
FARTHEST = timedelta(weeks=52)


async def counted(linli: Linli) -> dict[tuple[str, str], int]:
    async with linli.database.read() as tx:
        found = await wishes.since(tx, MONDAY - FARTHEST)
    return {(each.thing, each.near_centre_id): each.times for each in found}


def beside(linli: Linli, centre_id: str) -> Location:
    there = linli.directory.centres[centre_id]
    return Location(there.latitude + 0.0003, there.longitude + 0.0002, Datum.GCJ02)


@pytest.mark.parametrize(
    ("said", "thing"),
    [
        ("东湖社区有老年食堂吗", "长者食堂"),  # not there, and the next is 1,147 m away
        ("东湖社区有太极吗", "太极晨练"),
        ("东湖社区有宠物洗澡吗", "宠物"),
        ("东湖社区附近有游泳池吗", "游泳"),
    ],
)
async def test_what_is_not_near_the_place_that_is_named_is_counted_by_its_name(
    linli: Linli, said: str, thing: str
) -> None:
    await linli.hear(message(said))
    assert await counted(linli) == {(thing, "FZ002"): 1}


@pytest.mark.parametrize(
    "said",
    ["你好", "东湖社区", "东湖社区有便民服务大厅吗", "东湖社区有医疗服务吗", "我在城东社区，想找老年食堂",
     "老年食堂", "附近哪里可以游泳", "东湖街道有宠物洗澡吗", "北峰街道有太极吗", "东湖社区有阿巴阿巴吗",
     "东湖社区明天天气怎么样"],
)  # fmt: skip
async def test_what_is_near_what_is_no_thing_and_what_is_nowhere_is_not_counted(
    sqlite_linli: Linli, said: str
) -> None:
    await sqlite_linli.hear(message(said))
    assert await counted(sqlite_linli) == {}


async def test_of_a_shared_location_the_nearest_centre_alone_is_kept(linli: Linli) -> None:
    place = beside(linli, HUANSHAN)
    await linli.hear(Message("web", "ding", "1", "哪里有日间照料室", location=place))
    rows = await rows_of(linli.database, "wish")
    assert await counted(linli) == {("日间照料室", HUANSHAN): 1}
    for kept in ("ding", "哪里有", f"{place.latitude:.4f}", f"{place.longitude:.4f}"):
        assert kept not in str(rows)


async def test_a_category_is_counted_by_its_code(sqlite_linli: Linli) -> None:
    far = Location(24.80, 118.40, Datum.GCJ02)
    await sqlite_linli.hear(Message("web", "ding", "1", "附近的医疗服务", location=far))
    assert [thing for thing, _ in await counted(sqlite_linli)] == ["medical"]


async def test_what_is_wished_for_once_more_by_others_adds_up_within_the_week(linli: Linli) -> None:
    for who in ("a", "b", "c"):
        await linli.hear(message("东湖社区有太极吗", address=who))
    sunday = linli.over(linli.database, fixed_clock(NOW + timedelta(days=4)))
    monday = linli.over(linli.database, fixed_clock(NOW + timedelta(days=5)))
    await sunday.hear(message("东湖社区有太极吗", address="d"))
    await monday.hear(message("东湖社区有太极吗", address="e"))
    rows = await rows_of(linli.database, "wish")
    assert [row.count("'times': 4") for row in rows["wish"]] == [1, 0]
    assert await counted(linli) == {("太极晨练", "FZ002"): 5}


async def test_who_goes_on_about_the_same_thing_is_counted_once(linli: Linli) -> None:
    for said in ("东湖社区有太极吗", "东湖社区有太极吗", "圣湖社区有太极吗", "还有别的吗"):
        await linli.hear(message(said))
    assert await counted(linli) == {("太极晨练", "FZ002"): 1}


@pytest.mark.parametrize(
    ("said", "thing"), [("东湖社区有太极吗", "太极晨练"), ("东湖社区附近有游泳池吗", "游泳")]
)
async def test_nobody_makes_a_want_of_their_own_by_asking_again_and_again(
    linli: Linli, said: str, thing: str
) -> None:
    """Another thing between, another week, another process: one person is one wish."""
    later = linli.over(linli.database, fixed_clock(NOW + timedelta(weeks=1)))
    for each in (said, "你好", "东湖社区有老年食堂吗", said):
        await linli.hear(message(each))
    for _ in range(LEAST):
        await later.hear(message(said))
    assert (await counted(linli))[(thing, "FZ002")] == 1
    await later.hear(message(said, address="somebody-else"))
    assert (await counted(linli))[(thing, "FZ002")] == 2


async def test_what_was_near_at_first_and_is_not_elsewhere_is_counted_there(linli: Linli) -> None:
    for said in ("城东社区的老年食堂", "东湖社区的老年食堂"):
        await linli.hear(message(said))
    assert await counted(linli) == {("长者食堂", "FZ002"): 1}


async def test_a_conversation_remembers_so_many_things_and_no_more(linli: Linli) -> None:
    view, ask = NothingFound("", None, "12345", ()), Ask("find_service", centres=("FZ002",))
    dialogue = Dialogue()
    for number in range(REMEMBERED + 1):
        wish = replace(ask, services=(f"thing {number}",))
        outcome, steps = counted_once(wish, Outcome(view, dialogue), "", linli.world(NOW))
        dialogue = outcome.dialogue
        assert len(steps) == 1
    assert dialogue.missed == tuple(f"thing {number}" for number in range(1, REMEMBERED + 1))


async def test_a_message_that_comes_twice_is_counted_once(linli: Linli) -> None:
    for _ in range(2):
        await linli.hear(message("东湖社区有太极吗", id="1"))
    assert await counted(linli) == {("太极晨练", "FZ002"): 1}


async def test_a_place_that_is_told_when_linli_asks_for_it_counts(linli: Linli) -> None:
    for said in ("我想找老年食堂", "东湖社区"):
        await linli.hear(message(said))
    assert await counted(linli) == {("长者食堂", "FZ002"): 1}


async def test_a_centre_that_is_not_open_yet_is_a_place_like_any_other(sqlite_linli: Linli) -> None:
    await sqlite_linli.hear(message("凤屿社区有乒乓球吗"))
    assert await counted(sqlite_linli) == {("乒乓球室", "FZ050"): 1}


async def test_a_wish_is_one_statement_of_the_turn_and_none_where_it_is_met(
    sqlite_linli: Linli, sample: Sample
) -> None:
    linli, chains = counted_over(sqlite_linli, sample)
    for said in ("你好", "城东社区的老年食堂", "环山社区有日间照料室吗"):
        await linli.hear(message(said))
    three = ["conversations.advance", "conversations.note_turn", "conversations.say_answer"]
    assert chains[-2:] == [three, [*three, "wishes.note"]]


async def test_how_far_is_too_far_follows_the_detour_that_is_set(sqlite_linli: Linli, sample: Sample) -> None:
    settings = sqlite_linli.settings.model_copy(update={"detour_factor": 1.1})
    linli = linli_over(sqlite_linli.database, sample, settings)
    await linli.hear(message("东湖社区有老年食堂吗"))  # 1,147 m at 1.3, 971 m at 1.1
    assert await counted(linli) == {}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("有没有游泳池", "游泳"),
        ("宠物洗澡", "宠物"),
        ("明天天气怎么样", None),
        ("老年食堂", None),
        ("你好", None),
        ("", None),
    ],
)
def test_a_matter_of_the_word_list_is_found_in_a_sentence(said: str, name: str | None) -> None:
    assert matter_in(said) == name


async def test_weeks_before_the_first_that_is_asked_for_are_left_out(database: Database) -> None:
    await database.write(lambda tx: directory.put_centres(tx, [centre("FZ-01")]))
    for week in (MONDAY - timedelta(weeks=1), MONDAY, MONDAY, MONDAY + timedelta(weeks=1)):
        assert await database.chain([wishes.note_step("游泳", "FZ-01", week)])
    async with database.read() as tx:
        assert await wishes.since(tx, MONDAY) == [Wished("游泳", "FZ-01", 3)]


def test_what_is_not_counted_stands_in_the_word_list_of_matters() -> None:
    assert set(words("zh", "phrases")["no_gaps"]) < set(words("zh", "matters"))
