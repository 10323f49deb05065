"""A child is handed over at the door, by a code or to whom the guardian named; the guardian hears of it."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.ids import new_id
from bot.linli import Linli
from handlers.arrivals import watch
from handlers.codes import LETTERS
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from messages.understand.fetch_codes import CODE_LETTERS, fetch_code_in, without_fetch_code
from messages.understand.normalise import normalise
from storage.statements import statement
from tests.desk import House
from tests.family_talk import BOOK, FETCHER, Parent, booked, named
from tests.sample import NOW, rows_of

SCHOOL = "FZ040"
STARTS = datetime(2026, 11, 26, 16, 0, tzinfo=SHANGHAI)
ENDS = STARTS + timedelta(hours=2)
UNKNOWN = "7K2M-9QXT"
CHANGED = ("attendance", "pickup_code", "audit", "undo", "booking")
HANDED = statement("test.handed", "SELECT arrived_at, left_at, handed_to, noted_by FROM attendance")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """The end of a school day: one child is there, of a guardian who chats; li works at the centre."""
    parent = await named(linli)
    await parent.say("/fetcher", "3", "同意", FETCHER)
    house = House(linli)
    await house.join("li", Role.CENTRE_STAFF, SCHOOL)
    await house.at(STARTS).manager("签到 1", "是", of=SCHOOL)
    return house.at(ENDS)


async def code_of(house: House, address: str = "ding") -> str:
    """A new code, as the guardian reads it out."""
    shown = await Parent(house.linli, address).say("接送码")
    return shown.rendered.text.splitlines()[1].split("：")[0]


async def heard(house: House, who: str = "ding") -> list[str]:
    return [text for text in await house.told(who) if "接走" in text]


async def handed(house: House) -> dict[str, object]:
    async with house.linli.database.read() as tx:
        [row] = await tx.rows(HANDED)
    return dict(row)


@pytest.mark.parametrize("said", ["接走 {}", "有人来接，码是{}", "{}", "家长报的接送码 {}", "picked up {}"])
async def test_a_code_hands_the_child_over_after_a_yes_and_the_guardian_hears_when(
    house: House, said: str
) -> None:
    code = await code_of(house)
    before = await rows_of(house.linli.database, *CHANGED)
    proposed = await house.say(said.format(code), "li")
    assert proposed.view == "DeskProposed"
    assert await rows_of(house.linli.database, *CHANGED) == before
    done = await house.later(timedelta(minutes=1)).say("/" + proposed.rendered.choices[0].say[1:], "li")
    assert done.view == "DeskDone"
    assert "18:01" in done.rendered.text
    row = await handed(house)
    assert (row["left_at"], row["handed_to"], row["noted_by"]) == (
        ENDS + timedelta(minutes=1),
        "code",
        "S-0001",
    )
    [told] = await heard(house)
    for part in ("儿子已经接走了", "11月26日（周四）18:01", "凭接送码", "四点半课堂"):
        assert part in told
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.became) == ("S-0001", "hand_over", "code")
    assert await house.problems() == []


async def test_the_child_is_shown_by_its_alias_and_the_code_is_kept_nowhere(house: House) -> None:
    code = await code_of(house)
    shown = await house.say(f"接走 {code}", "li")
    assert "儿子" in shown.rendered.text
    assert "四点半课堂，11月26日（周四）16:00–18:00" in shown.rendered.text
    await house.say("是", "li")
    lines = await house.linli.lines("web", "li", after=0)
    assert "接走 ****-****" in [line.said for line in lines]
    rows = await rows_of(house.linli.database, "inbox", "conversation", "audit")
    assert not any(code in row or code.lower() in row for table in rows.values() for row in table)


async def test_a_code_is_good_once(house: House) -> None:
    code = await code_of(house)
    await house.say(code, "li")
    await house.say("是", "li")
    before = await rows_of(house.linli.database, *CHANGED)
    again = await house.say(code, "li")
    assert (again.view, "已经用过" in again.rendered.text) == ("DeskRefused", True)
    assert await rows_of(house.linli.database, *CHANGED) == before


async def test_two_at_the_door_with_one_code_hand_over_once(house: House) -> None:
    code = await code_of(house)
    await house.say(code, "li")
    await house.manager(code, of=SCHOOL)
    assert (await house.manager("是", of=SCHOOL)).view == "DeskDone"
    assert "已经用过" in (await house.say("是", "li")).rendered.text
    assert len(await heard(house)) == 1


async def test_an_unknown_code_and_another_centres_are_told_alike(house: House) -> None:
    code = await code_of(house)
    before = await rows_of(house.linli.database, *CHANGED)
    unknown = await house.manager(f"接走 {UNKNOWN}", of=SCHOOL)
    for said in (f"接走 {code}", code):
        theirs = await house.manager(said, of="FZ002")
        assert (theirs.view, theirs.rendered.text) == ("DeskRefused", unknown.rendered.text)
    assert (unknown.view, "没有这个接送码" in unknown.rendered.text) == ("DeskRefused", True)
    assert await rows_of(house.linli.database, *CHANGED) == before


async def test_a_code_whose_time_is_over_fetches_nobody(house: House) -> None:
    code = await code_of(house)
    later = house.at(ENDS + timedelta(hours=3))
    before = await rows_of(house.linli.database, *CHANGED)
    assert "过期" in (await later.say(code, "li")).rendered.text
    assert await rows_of(house.linli.database, *CHANGED) == before


async def test_a_newer_code_makes_the_one_that_was_read_back_worthless(house: House) -> None:
    await house.say(await code_of(house), "li")
    fresh = await code_of(house)
    assert (await house.say("是", "li")).view == "DeskRefused"
    await house.say(fresh, "li")
    assert (await house.say("是", "li")).view == "DeskDone"


async def test_after_ten_wrong_codes_in_an_hour_no_code_is_looked_at(house: House) -> None:
    code = await code_of(house)
    for _ in range(10):
        assert "没有这个接送码" in (await house.say(UNKNOWN, "li")).rendered.text
    stopped = await house.say(code, "li")
    assert (stopped.view, "打电话向家长核对" in stopped.rendered.text) == ("DeskRefused", True)
    assert (await house.manager(code, of=SCHOOL)).view == "DeskProposed", "others are not stopped"
    assert (await house.say("谁能接", "li")).view == "FetchersShown"
    later = house.later(timedelta(hours=1))
    assert (await later.say(code, "li")).view == "DeskProposed"


async def test_somebody_whom_the_guardian_named_fetches_the_child(house: House) -> None:
    listed = await house.say("有人来接孩子", "li")
    assert listed.view == "FetchersShown"
    assert "儿子" in listed.rendered.text
    assert [choice.label for choice in listed.rendered.choices][:1] == ["奶奶或外婆"]
    assert FETCHER not in str(listed)
    proposed = await house.say("1", "li")
    assert "由奶奶或外婆" in proposed.rendered.text
    assert (await house.say("是", "li")).view == "DeskDone"
    assert (await handed(house))["handed_to"] == "grandmother"
    assert "由奶奶或外婆接走" in (await heard(house))[0]
    assert "没有等着接的孩子" in (await house.say("谁能接", "li")).rendered.text


async def test_of_several_children_the_one_is_chosen_first(house: House) -> None:
    early = house.at(NOW)
    await Parent(early.linli, "wang").say(*BOOK)
    await house.at(STARTS).manager("签到 2", "是", of=SCHOOL)
    listed = await house.say("谁能接", "li")
    assert "接哪一个" in listed.rendered.text
    assert "没有登记接送人，只凭接送码" in listed.rendered.text
    nobody = await house.say("2", "li")
    assert (nobody.view, "只凭接送码" in nobody.rendered.text) == ("FetchersShown", True)
    one = await house.say("谁来接1号", "li")
    assert "谁来接" in one.rendered.text
    assert (await house.say("谁来接9号", "li")).view == "DeskRefused"
    assert (await house.say("谁来接2号", "li")).view == "FetchersShown"


async def test_whom_the_guardian_did_not_name_fetches_nobody(house: House) -> None:
    listed = await house.say("谁能接", "li")
    child = listed.rendered.choices[0].say.split()[1]
    before = await rows_of(house.linli.database, *CHANGED)
    assert "没有登记这位" in (await house.say(f"/desk_fetch {child} nobody", "li")).rendered.text
    await house.say(listed.rendered.choices[0].say, "li")
    parent = Parent(house.linli)
    card = await parent.press(await parent.say("撤回同意"), "撤回第2条")
    await parent.press(card, "确认撤回")
    refused = await house.say("是", "li")
    assert refused.view == "DeskRefused"
    assert (await rows_of(house.linli.database, "attendance"))["attendance"] == before["attendance"]


async def test_it_is_taken_back_the_code_is_good_again_and_the_guardian_is_told(house: House) -> None:
    code = await code_of(house)
    before = await rows_of(house.linli.database, "attendance", "pickup_code")
    await house.say(code, "li")
    await house.say("是", "li")
    assert (await house.say("撤销", "li")).view == "DeskUndone"
    after = await rows_of(house.linli.database, "attendance", "pickup_code")
    assert after["pickup_code"] == before["pickup_code"]
    assert (await handed(house))["left_at"] is None
    assert "记错了，孩子还在中心" in (await heard(house))[-1]
    later = house.later(timedelta(minutes=1))
    await later.say(code, "li")
    assert (await later.say("是", "li")).view == "DeskDone"
    assert len(await heard(house)) == 3


async def test_a_child_that_nobody_checked_in_is_there_when_it_is_fetched(house: House) -> None:
    await house.at(STARTS + timedelta(minutes=1)).manager("撤销", of=SCHOOL)
    code = await code_of(house)
    assert "没有等着接的孩子" in (await house.say("谁能接", "li")).rendered.text
    await house.say(code, "li")
    await house.say("是", "li")
    row = await handed(house)
    assert (row["arrived_at"], row["left_at"]) == (ENDS, ENDS)
    await house.say("撤销", "li")
    assert await rows_of(house.linli.database, "attendance") == {"attendance": []}


async def test_a_hand_over_ends_the_watch_for_a_late_pick_up(house: House) -> None:
    half = ENDS + timedelta(minutes=30)
    code = await code_of(house)
    linli = house.linli
    assert await watch(linli.database, linli.world(half), new_id) == 1
    later = house.at(half + timedelta(minutes=5))
    await later.say(code, "li")
    await later.say("是", "li")
    assert await watch(linli.database, linli.world(half + timedelta(minutes=10)), new_id) == 0


async def test_the_control_without_a_hand_over_staff_are_told(house: House) -> None:
    half, linli = ENDS + timedelta(minutes=30), house.linli
    assert await watch(linli.database, linli.world(half), new_id) == 1
    assert await watch(linli.database, linli.world(half + timedelta(minutes=10)), new_id) == 1


async def test_who_was_handed_over_is_not_checked_in_again_nor_taken_back_by_an_older_act(
    house: House,
) -> None:
    await house.manager("1号没来", "是", of=SCHOOL)
    await house.manager("签到 1", "是", of=SCHOOL)
    old = (await house.audit())[-1].id
    await house.say(await code_of(house), "li")
    await house.say("是", "li")
    before = await rows_of(house.linli.database, "attendance")
    assert "已经交接过" in (await house.manager("1号没来", of=SCHOOL)).rendered.text
    assert (await house.manager(f"/desk_undo {old}", of=SCHOOL)).view == "DeskRefused"
    assert await rows_of(house.linli.database, "attendance") == before


async def test_a_mark_of_the_desk_is_told_to_the_guardian_as_well(house: House) -> None:
    await house.manager("1号接走了", "是", of=SCHOOL)
    assert "儿子已经接走了" in (await heard(house))[0]
    await house.manager("撤销", of=SCHOOL)
    assert "记错了" in (await heard(house))[-1]
    code = await code_of(house)
    await house.manager("1号接走了", "是", of=SCHOOL)
    assert "已经交接过" in (await house.say(code, "li")).rendered.text


async def test_a_family_that_does_not_chat_has_to_be_called(house: House) -> None:
    desk = house.at(NOW)
    await desk.manager("代办明天的四点半课堂，8岁", "是", of=SCHOOL)
    await house.at(STARTS).manager("签到 2", "是", of=SCHOOL)
    forget = statement("test.forget", "UPDATE conversation SET family_id = NULL")
    code = await code_of(house)
    await house.linli.database.write(lambda tx: tx.run(forget))
    await house.say(code, "li")
    assert "请打电话告诉家长" in (await house.say("是", "li")).rendered.text


async def test_nothing_of_it_is_done_where_what_is_said_leaves_the_country(house: House) -> None:
    code = await code_of(house)
    move = statement("test.move", "UPDATE conversation SET channel = 'telegram' WHERE address = 'li'")
    await house.linli.database.write(lambda tx: tx.run(move))
    await house.linli.database.write(
        lambda tx: tx.run(statement("test.post", "UPDATE staff SET channel = 'telegram'"))
    )
    for said in (f"接走 {code}", code, "谁能接"):
        reply = await house.say(said, "li", "telegram")
        assert (reply.view, "网页" in reply.rendered.text) == ("DeskRefused", True)


@pytest.mark.parametrize("said", [UNKNOWN, f"接走 {UNKNOWN}", "谁能接", "/desk_fetch x y", "有人来接"])
async def test_a_resident_who_says_so_is_a_resident(house: House, said: str) -> None:
    reply = await house.say(said, "resident")
    assert not reply.view.startswith("Desk")
    assert reply.view != "FetchersShown"


async def test_from_afar_nobody_is_handed_over(house: House) -> None:
    await house.join("far", Role.DISTRICT)
    assert "不能办这件事" in (await house.say(await code_of(house), "far")).rendered.text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("7K2M-9QXT", "7k2m-9qxt"),
        ("7k2m9qxt", "7k2m-9qxt"),
        ("7K2M 9QXT", "7k2m-9qxt"),
        ("７Ｋ２Ｍ－９ＱＸＴ", "7k2m-9qxt"),
        ("接走acdefghj", "acde-fghj"),
        ("孩子奶奶来了，码 7K2M–9QXT", "7k2m-9qxt"),
        ("接走 7K2M-9OBT", "7k2m-9obt"),
        ("接走 ANN1 BOB2", None),
        ("1号接走", None),
        ("children", None),
        ("接走 20261126", None),
        ("2026-1126", None),
        ("他的学号是7K2M-9QXT", None),
        ("/desk_fetch 0192-aaaa", None),
    ],
)
def test_a_code_is_read_however_it_is_typed(said: str, code: str | None) -> None:
    assert fetch_code_in(normalise(said)) == code
    assert ("****-****" in without_fetch_code(said)) is (code is not None)


async def test_a_code_alone_is_of_no_language(house: House) -> None:
    await house.say("你好", "li")
    assert "没有这个接送码" in (await house.say("7K2M 9QXT", "li")).rendered.text


def test_codes_are_made_of_the_letters_that_are_read() -> None:
    assert LETTERS == CODE_LETTERS


async def test_the_children_of_another_centre_are_nobodys(house: House) -> None:
    await booked(house.at(NOW).linli, "wang")
    child = (await Parent(house.linli, "wang").people())[0].id
    shown = await house.manager(f"/desk_fetch {child}", of="FZ002")
    assert shown.view == "DeskRefused"
