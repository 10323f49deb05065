"""A manager changes one session from the chat: it is read back, done, told, written down, and taken back."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.jobs import run_due
from bot.linli import Linli
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from storage.statements import statement
from tests.canary import rows_with
from tests.desk import SATURDAY, STARTS, House
from tests.sample import NOW, Sample, rows_of, second_process

CHANGED = ("session", "booking", "place", "audit", "undo", "closure", "directory_version")
OFF = "取消周六的少儿书法班，老师有事"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A session with two places that are taken, and one family in line."""
    house = House(linli)
    await house.session(places=2)
    await house.book("lin", "chen", "wang")
    return house


@pytest_asyncio.fixture
async def small(sqlite_linli: Linli) -> House:
    """The same on SQLite alone."""
    house = House(sqlite_linli)
    await house.session(places=2)
    await house.book("lin", "chen", "wang")
    return house


async def test_nothing_is_done_before_the_yes(house: House) -> None:
    before = await rows_of(house.linli.database, *CHANGED)
    reply = await house.manager(OFF)
    assert reply.view == "DeskProposed"
    for part in ("少儿书法班", "11月28日（周六）9:00–10:30", "老师有事", "3个家庭", "已报2人", "排队1家"):
        assert part in reply.rendered.text
    assert await rows_of(house.linli.database, *CHANGED) == before
    assert await house.told("lin") == []


@pytest.mark.parametrize("no", ["不用了", "/no {token}", "2"])
async def test_a_no_leaves_everything_as_it_is(small: House, no: str) -> None:
    before = await rows_of(small.linli.database, *CHANGED)
    proposed = await small.manager(OFF)
    token = proposed.rendered.choices[1].say.partition(" ")[2]
    assert (await small.manager(no.format(token=token))).view == "NothingDone"
    assert await rows_of(small.linli.database, *CHANGED) == before
    assert (await small.manager("是")).view != "DeskDone"


async def test_a_session_is_called_off_and_everybody_is_told(house: House) -> None:
    done = await house.manager(OFF, "是")
    assert done.view == "DeskDone"
    assert [await house.state(name) for name in ("lin", "chen", "wang")] == ["called_off"] * 3
    for name in ("lin", "chen", "wang"):
        [told] = await house.told(name)
        assert "老师有事" in told
    session = await house.row()
    assert (session.state, session.because, session.taken, session.waiting) == ("cancelled", "teacher", 0, 0)
    [entry] = await house.audit()
    assert (entry.who, entry.what, entry.centre_id, entry.subjects, entry.became) == (
        "shell", "call_off", "FZ002", SATURDAY, "teacher",
    )  # fmt: skip
    assert await house.problems() == []


async def test_what_was_called_off_is_given_back_as_it_was(house: House) -> None:
    await house.manager(OFF, "是")
    undone = await house.later(timedelta(minutes=9)).manager("撤销")
    assert undone.view == "DeskUndone"
    assert "已报2/2，排队1家" in undone.rendered.text
    assert [await house.state(name) for name in ("lin", "chen", "wang")] == ["booked", "booked", "waiting"]
    for name in ("lin", "chen", "wang"):
        assert "照常举办" in (await house.told(name))[-1]
    assert [entry.what for entry in await house.audit()] == ["call_off", "undo_call_off"]
    assert await house.problems() == []
    assert (await house.manager("撤销")).view == "DeskRefused"
    assert (await house.manager(OFF, "是")).view == "DeskDone"  # and may be called off again
    assert len(await house.told("lin")) == 3


async def test_an_offer_comes_back_as_a_number_in_line_and_is_served_at_once(house: House) -> None:
    await house.manager("周六少儿书法班名额改成3", "是")
    assert await house.state("wang") == "offered"
    await house.manager(OFF, "是", "撤销")
    assert [await house.state(name) for name in ("lin", "chen", "wang")] == ["booked", "booked", "offered"]
    assert await house.problems() == []


async def test_after_ten_minutes_nothing_is_taken_back(house: House) -> None:
    await house.manager(OFF, "是")
    late = await house.later(timedelta(minutes=10, seconds=1)).manager("撤销")
    assert "超过10分钟" in late.rendered.text
    assert await house.state("lin") == "called_off"


async def test_who_has_other_plans_by_now_is_not_brought_back(house: House) -> None:
    await house.session("FZ004-01@2026-11-28", STARTS, places=5)
    await house.manager(OFF, "是")
    await house.book("lin", session="FZ004-01@2026-11-28")
    undone = await house.manager("撤销")
    assert "1个家庭" in undone.rendered.text
    assert [await house.state(name) for name in ("lin", "chen", "wang")] == [
        "called_off",
        "booked",
        "offered",
    ]
    assert await house.problems() == []


async def test_a_yes_to_what_has_changed_is_read_back_again(house: House) -> None:
    await house.manager(OFF)
    await house.book("zhao")
    again = await house.manager("是")
    assert again.view == "DeskProposed"
    assert "请再看一遍" in again.rendered.text
    assert "4个家庭" in again.rendered.text
    assert (await house.manager("是")).view == "DeskDone"


async def test_a_yes_after_something_else_is_read_back_again(small: House) -> None:
    await small.manager(OFF, "今天几点关门")
    assert (await small.manager("好的")).view != "DeskDone"
    assert (await small.row()).state == "planned"


async def test_more_places_go_to_the_line_at_once(house: House) -> None:
    reply = await house.manager("周六少儿书法班名额改成5个")
    assert "改成5个（原来2个）" in reply.rendered.text
    await house.manager("确定")
    assert await house.state("wang") == "offered"
    assert "名额" in (await house.told("wang"))[0]
    session = await house.row()
    assert (session.places, session.is_edited) == (5, True)
    await house.manager("撤销")
    session = await house.row()
    assert (session.places, session.is_edited, session.offered) == (2, False, 1)  # an offer is kept
    assert await house.problems() == []


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("周六少儿书法班名额改成20", 20),
        ("周六少儿书法班名额改成二十个", 20),
        ("周六少儿书法班增加5个名额", 7),
        ("周六少儿书法班名额加到5", 5),
        ("周六少儿书法班名额减少1个", 1),
        ("周六少儿书法班再加十二个名额", 14),
        ("周六少儿书法班名额减到一个", 1),
        ("11月28日少儿书法班名额调整为18", 18),
        ("change the places of 少儿书法班 on Saturday to 20", 20),
        ("add 3 places to 少儿书法班 on 28 November", 5),
    ],
)
async def test_a_number_of_places_is_understood(small: House, said: str, places: int) -> None:
    await small.manager(said, "是")
    assert (await small.row()).places == places


async def test_fewer_places_throw_nobody_out(house: House) -> None:
    reply = await house.manager("周六少儿书法班名额改成一个")
    assert "不会减人" in reply.rendered.text
    await house.manager("是")
    session = await house.row()
    assert (session.places, session.capacity, session.taken) == (1, 2, 2)
    assert await house.problems() == []


async def test_a_session_is_moved_and_moved_back(house: House) -> None:
    reply = await house.manager("把周六的少儿书法班挪到周日下午3点")
    assert "挪到11月29日（周日）15:00–16:30" in reply.rendered.text
    await house.manager("是")
    session = await house.row()
    assert session.starts_at == datetime(2026, 11, 29, 15, 0, tzinfo=SHANGHAI)
    assert session.is_edited
    assert "15:00" in (await house.told("lin"))[0]
    await house.manager("撤销")
    session = await house.row()
    assert (session.starts_at, session.is_edited) == (STARTS, False)
    assert len(await house.told("lin")) == 2
    assert await house.problems() == []


async def test_a_session_is_not_moved_into_another_of_the_same_people(house: House) -> None:
    sunday = datetime(2026, 11, 29, 15, 30, tzinfo=SHANGHAI)
    await house.session("FZ004-01@2026-11-29", sunday, places=5)
    await house.book("lin", session="FZ004-01@2026-11-29")
    reply = await house.manager("把周六的少儿书法班挪到周日下午3点")
    assert "有1位那个时间另有安排（11月29日（周日）15:00）" in reply.rendered.text
    assert await house.problems() == []


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("取消少儿书法班", "是哪一场"),
        ("取消周一的少儿书法班", "没有找到这一场"),
        ("周六少儿书法班名额改一下", "改成几个"),
        ("周六少儿书法班名额改成2", "本来就是这样"),
        ("周六的少儿书法班改时间", "挪到什么时候"),
        ("周六的少儿书法班挪到昨天", "已经过去"),
        ("把周六的少儿书法班挪到周六9点", "本来就是这样"),
        ("取消明年1月25日的寒假冬令营", "取消"),
    ],
)
async def test_what_is_missing_or_wrong_is_said(small: House, said: str, part: str) -> None:
    before = await rows_of(small.linli.database, *CHANGED)
    assert part in (await small.manager(said)).rendered.text
    assert await rows_of(small.linli.database, *CHANGED) == before


async def test_one_of_several_sessions_is_chosen(small: House) -> None:
    reply = await small.manager("取消少儿书法班")
    assert reply.rendered.choices[0].label == "11月28日（周六） 9:00"
    assert (await small.manager("1")).view == "DeskProposed"
    await small.manager("是")
    assert (await small.row()).state == "cancelled"


async def test_a_session_nobody_asked_for_yet_is_called_off_as_well(small: House) -> None:
    await small.manager("取消12月5日的少儿书法班", "是")
    assert (await small.row("FZ002-01@2026-12-05")).state == "cancelled"


@pytest.mark.parametrize(
    "said", ["周六的少儿书法班取消了吗", "少儿书法班的名额有多少", "明天闭馆吗", "开放时间改了吗"]
)
async def test_a_question_of_staff_is_a_question(small: House, said: str) -> None:
    assert not (await small.manager(said)).view.startswith("Desk")


@pytest.mark.parametrize(
    "said",
    [
        OFF,
        "今日名单",
        "签到 1",
        "周六少儿书法班名额改成20",
        "把周六的少儿书法班挪到周日下午3点",
        "明天停电闭馆",
        "管理",
        "撤销",
        "电话改成0595-22123456",
        "/desk_roster",
        "/desk_undo x",
        "/desk_session x",
        "/desk_help",
    ],
)
async def test_a_resident_who_says_the_same_gets_a_residents_answer(small: House, said: str) -> None:
    before = await rows_of(small.linli.database, *CHANGED)
    for who in ("resident", "manager:FZ002"):
        reply = await small.say(said, who)
        assert not reply.view.startswith(("Desk", "Roster", "AskWhichOfOurs", "Staff"))
        await small.say("是", who)
    assert await rows_of(small.linli.database, *CHANGED) == before


async def test_a_waiters_number_is_there_again_when_it_is_taken_back_and_gone_when_it_is_not(
    house: House,
) -> None:
    note = statement("test.phone", "UPDATE booking SET phone = '13800138000' WHERE id = :id")
    asks = statement("test.phones", "SELECT phone FROM booking WHERE id = :id")
    waiter = {"id": f"wang:{SATURDAY}"}
    await house.linli.database.write(lambda tx: tx.run(note, waiter))
    await house.manager(OFF, "是")
    assert await rows_with(house.linli.database, "13800138000") == ["kept_phone"]
    await house.later(timedelta(minutes=9)).manager("撤销")
    async with house.linli.database.read() as tx:
        assert await tx.value(asks, waiter) == "13800138000"
    assert await rows_with(house.linli.database, "13800138000") == ["booking"]
    await house.manager(OFF, "是")
    await run_due(house.linli, NOW + timedelta(minutes=11))
    assert await rows_with(house.linli.database, "13800138000") == []
    assert await house.problems() == []


async def test_two_managers_at_once_call_off_once(house: House, sample: Sample) -> None:
    await house.join("li", Role.CENTRE_MANAGER, "FZ002")
    await house.manager(OFF)
    await house.say(OFF, "li")
    async with second_process(house.linli, sample) as other:
        first = await house.manager("是")
        second = await House(other).say("是", "li")
    assert [first.view, second.view] == ["DeskDone", "DeskRefused"]
    assert len(await house.told("lin")) == 1


async def test_one_takes_back_what_one_did_oneself(house: House) -> None:
    await house.join("li", Role.CENTRE_MANAGER, "FZ002")
    await house.manager(OFF, "是")
    [*_, entry] = await house.audit()
    assert (await house.say("撤销", "li")).view == "DeskRefused"
    assert (await house.say(f"/desk_undo {entry.id}", "li")).view == "DeskRefused"
    assert (await house.manager("撤销", of="FZ004")).view == "DeskRefused"
    assert (await house.manager(f"/desk_undo {entry.id}", of="FZ004")).view == "DeskRefused"
    assert await house.state("lin") == "called_off"


async def test_a_button_of_the_answer_takes_it_back_too(house: House) -> None:
    done = await house.manager(OFF, "是")
    assert (await house.manager(done.rendered.choices[0].say)).view == "DeskUndone"


async def test_a_session_that_has_begun_is_not_changed(small: House) -> None:
    during = small.at(STARTS + timedelta(minutes=5))
    reply = await during.manager("取消今天的少儿书法班")
    assert reply.view == "DeskRefused"
    await small.at(STARTS - timedelta(minutes=5)).manager(OFF)
    reply = await during.manager("是")
    assert "已经开始" in reply.rendered.text
    assert await small.state("lin") == "booked"


async def test_what_was_called_off_and_would_have_begun_is_not_brought_back(small: House) -> None:
    await small.at(STARTS - timedelta(minutes=5)).manager("取消今天的少儿书法班", "是")
    reply = await small.at(STARTS + timedelta(minutes=1)).manager("撤销")
    assert "已经开始" in reply.rendered.text
    assert await small.state("lin") == "called_off"
    assert NOW < STARTS
