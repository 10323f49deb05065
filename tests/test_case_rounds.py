"""What Linli does with cases by itself, on both engines: time, silence, and cases without a resident."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest_asyncio

from bot.ids import new_id
from bot.jobs import run_due
from bot.linli import Linli
from handlers import case_rounds
from handlers.calendar_import import Notice, save_calendar
from handlers.case_files import Opening, open_case
from handlers.case_news import line_of, owner_of, steps_of
from handlers.case_rounds import is_in_sample
from handlers.digest_periods import WEEK, last_over
from handlers.district_digest import district_digest
from messages.calendar import SHANGHAI, DayKind, Holiday, SpecialDay
from storage import case_files as files
from storage.statements import statement
from storage.transaction import Transaction
from tests.case_talk import AREA, LATE, clerk_of, now_of, opened, ordered, staffed, talk_of, withdraw
from tests.desk import CENTRE, House
from tests.sample import NOW

RATES = statement(
    "test.rates",
    "INSERT INTO rating"
    " (id, receipt, visit, centre_id, level, how, is_verified, rated_on, made_at, is_current)"
    " VALUES (:id, 'K', 'v', :centre_id, 1, 'said', FALSE, :rated_on, :made_at, TRUE)",
)
RATED = statement("test.rated", "SELECT level, excluded_by FROM rating")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return await staffed(linli)


async def test_a_case_without_words_or_conversation_is_a_case(house: House) -> None:
    opening = Opening("rating", CENTRE, None)
    case = await house.linli.database.write(lambda tx: open_case(tx, opening, clerk_of(house)))
    assert (case.code, case.owner, case.tier, case.state) == ("G-0001", CENTRE, 1, "received")
    assert await ordered(house, "wang", "G-0001 说明：看过了") == "DeskDone"
    await run_due(house.at(NOW + timedelta(days=8)).linli, NOW + timedelta(days=8))
    assert (await now_of(house)).state == "closed_provisionally"
    assert await house.problems() == []


async def test_a_late_notice_judges_open_cases_again_and_tells_them(house: House) -> None:
    """A typhoon of a holiday: Friday becomes a day off, Saturday a working day in its place."""
    case = await opened(house)
    assert case.due_at.astimezone(SHANGHAI).date() == date(2026, 12, 2)
    days = [
        SpecialDay(date(2026, 11, 27), DayKind.OFF, Holiday.NATIONAL, "n"),
        SpecialDay(date(2026, 11, 30), DayKind.OFF, Holiday.NATIONAL, "n"),
    ]
    await save_calendar(house.linli.database, Notice(2026, "n", tuple(days)), NOW)
    await house.linli.take_up_directory()
    await case_rounds.watch(house.linli.database, house.linli.world(NOW), new_id)
    judged = await now_of(house)
    assert judged.due_at.astimezone(SHANGHAI).date() == date(2026, 12, 4)
    assert any("期限重新算过" in text for text in await house.told("lin"))
    assert await case_rounds.watch(house.linli.database, house.linli.world(NOW), new_id) == 0


async def test_an_extension_moves_with_the_calendar(house: House) -> None:
    await opened(house)
    await ordered(house, "wang", "G-0001 延期 2天，因为配件没到")
    off = SpecialDay(date(2026, 12, 3), DayKind.OFF, Holiday.NATIONAL, "n")
    await save_calendar(house.linli.database, Notice(2026, "n", (off,)), NOW)
    await house.linli.take_up_directory()
    await case_rounds.watch(house.linli.database, house.linli.world(NOW), new_id)
    case = await now_of(house)
    assert case.due_at.astimezone(SHANGHAI).date() == date(2026, 12, 7)
    assert case.extended_until_at == case.due_at


async def test_rounds_that_come_twice_or_side_by_side_say_everything_once(house: House) -> None:
    await opened(house)
    late = house.at(LATE)
    database, world = late.linli.database, late.linli.world(LATE)
    counts = await asyncio.gather(*(case_rounds.watch(database, world, new_id) for _ in range(3)))
    assert sum(counts) == 1
    assert len([text for text in await house.told("wang") if "催办" in text]) == 1
    await run_due(late.linli, LATE)
    assert "linli_cases_overdue 1.0" in late.linli.metrics.text().decode()


async def test_an_appeal_waits_for_the_district_who_are_urged(house: House) -> None:
    await opened(house)
    assert await ordered(house, "wang", "G-0001 申诉：不是本中心") == "DeskDone"
    assert await ordered(house, "wang", "G-0001 说明：再说") != "DeskDone"
    assert "没有待办" in (await house.say("工单", "wang")).rendered.text
    await run_due(house.at(LATE).linli, LATE)
    assert any("催办" in text for text in await house.told("sun"))
    assert not any("催办" in text for text in await house.told("wang"))
    card = await house.at(LATE).say("G-0001", "sun")
    assert "申诉成立" in card.rendered.text
    assert await ordered(house.at(LATE), "sun", "G-0001 申诉不成立：就是本中心") == "DeskDone"
    assert (await now_of(house)).state == "in_progress"


async def test_a_rating_whose_appeal_was_upheld_is_excluded_and_kept(house: House) -> None:
    given = {"id": "r", "centre_id": CENTRE, "rated_on": NOW.date(), "made_at": NOW}
    opening = Opening("rating", CENTRE, await talk_of(house, "lin"), rating_id="r", words="没开门")

    async def rate(tx: Transaction) -> None:
        await tx.run(RATES, given)
        await open_case(tx, opening, clerk_of(house))

    await house.linli.database.write(rate)
    assert "1星" in (await house.say("G-0001", "wang")).rendered.text
    await ordered(house, "wang", "G-0001 申诉：那天闭馆")
    assert await ordered(house, "sun", "G-0001 申诉成立：有通知") == "DeskDone"
    async with house.linli.database.read() as tx:
        rating = await tx.one(RATED)
    assert rating is not None
    assert rating["level"] == 1
    assert rating["excluded_by"] == "S-0003"
    assert (await house.say("/verdict G-0001 not", "lin")).view == "VerdictNoted"
    assert await house.problems() == []


async def test_no_appeal_of_what_the_district_has(house: House) -> None:
    await opened(house)
    for who in ("wang", "zhao"):
        await ordered(house, who, "G-0001 说明：就这样")
        await house.say("/verdict G-0001 not", "lin")
    assert (await now_of(house)).tier == 3
    assert "不再申诉" in await ordered(house, "sun", "G-0001 申诉：不是我们")
    assert await ordered(house, "sun", "G-0001 已整改：区里办好了") == "DeskDone"


async def test_the_sample_to_be_called_is_drawn_by_the_case_alone(house: House) -> None:
    ids = [f"case {n}" for n in range(2_000)]
    assert not any(is_in_sample(each, 0) for each in ids)
    assert all(is_in_sample(each, 100) for each in ids)
    drawn = [each for each in ids if is_in_sample(each, 20)]
    assert 320 < len(drawn) < 480
    assert drawn == [each for each in ids if is_in_sample(each, 20)]
    assert {each for each in ids if is_in_sample(each, 10)} < set(drawn)


async def test_the_district_alone_hears_whom_to_call(house: House) -> None:
    for _ in range(12):
        await opened(house)
    for number in range(1, 13):
        await ordered(house, "wang", f"G-{number:04} 说明：看过了")
    later = house.at(NOW + timedelta(days=8))
    await run_due(later.linli, NOW + timedelta(days=8))
    reply = await later.say("回访名单", "sun")
    async with house.linli.database.read() as tx:
        quiet = await files.in_state(tx, "closed_provisionally", NOW - timedelta(days=1))
    assert len(quiet) == 12
    drawn = {case.code for case in quiet if is_in_sample(case.id, 20)}
    assert {case.code for case in quiet if case.code in reply.rendered.text} == drawn
    assert (await later.say("回访名单", "wang")).view == "DeskRefused"
    assert (await later.say("工单", "operator")).view != "StaffCasesListed"


async def test_whoever_erases_leaves_a_case_that_others_finish(house: House) -> None:
    await opened(house)
    await ordered(house, "wang", "G-0001 回复：哪一张？")
    await house.say("隐私", "lin")
    assert "工单1个" in (await house.say("隐私", "lin")).rendered.text
    await house.say("删除我的数据", "lin")
    await house.say("确认删除", "lin")
    case = await now_of(house)
    assert case.conversation_id is None
    assert "桌子" not in (await house.say("G-0001", "wang")).rendered.text
    assert await ordered(house, "wang", "G-0001 已整改：修好了") == "DeskDone"
    assert (await house.say("我的工单", "lin")).view == "NoCase"
    later = NOW + timedelta(days=8)
    await run_due(house.at(later).linli, later)
    assert (await now_of(house)).state == "closed_provisionally"
    assert await house.problems() == []


async def test_a_case_of_a_centre_that_is_withdrawn_goes_to_the_district_who_finish_it(house: House) -> None:
    await opened(house)
    await withdraw(house.linli, CENTRE)
    await run_due(house.linli, NOW)
    case = await now_of(house)
    assert (case.tier, case.owner, case.state) == (3, "district", "received")
    assert any("不在名录里" in text and "区里" in text for text in await house.told("lin"))
    assert any("不在名录里" in text and "桌子" in text for text in await house.told("sun"))
    assert "没有" in await ordered(house, "wang", "G-0001 说明：是我们")
    assert await ordered(house, "zhao", "G-0001 说明：是街道") != "DeskDone"
    card = (await house.say("G-0001", "sun")).rendered.text
    assert "转到区里" in card
    assert await ordered(house, "sun", "G-0001 已整改：搬到别处了") == "DeskDone"
    assert (await house.say("/verdict G-0001 solved", "lin")).view == "VerdictNoted"
    assert await house.problems() == []


async def test_what_is_late_of_a_centre_that_is_withdrawn_stands_in_the_digest_of_the_district(
    house: House,
) -> None:
    await opened(house)
    await withdraw(house.linli, CENTRE)
    await run_due(house.linli, NOW)
    later = NOW + timedelta(days=14)
    world = house.linli.world(later)
    async with house.linli.database.read() as tx:
        whole, part = [
            await district_digest(tx, area, last_over(WEEK, later.date()), world) for area in (None, AREA)
        ]
    assert [line.code for line in whole.late] == ["G-0001"]
    assert part.late == ()


async def test_a_case_of_a_centre_that_left_the_directory_is_told_without_it(house: House) -> None:
    case = await opened(house)
    world = house.linli.world(NOW)
    gone = replace(case, centre_id="FZ999", owner="FZ999")
    assert owner_of(2, "FZ999", world) == (3, "district")
    assert owner_of(1, "FZ999", world) == (3, "district")
    assert line_of(gone, world).centre.name == "FZ999"
    async with house.linli.database.read() as tx:
        steps = await files.steps(tx, case.id)
    assert [step.who for step in steps_of(steps, world, for_resident=True)] == ["resident"]
