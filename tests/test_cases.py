"""Cases from end to end, on both engines: what opens one, who may do what with it, and who learns what."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import pytest_asyncio

from bot.clock import SHANGHAI
from bot.ids import new_id
from bot.jobs import run_due
from bot.linli import Linli
from handlers import case_moves, case_rounds
from handlers.asks import Dialogue, Draft, dialogue_to_json
from handlers.calendar_import import Notice, save_calendar
from handlers.case_files import LONGEST, Opening, advance, de_identified, open_case
from handlers.case_news import Clerk, line_of, owner_of, steps_of
from handlers.case_rounds import is_in_sample
from handlers.case_states import Mover, State
from handlers.permissions import SHELL_CHANNEL, Role
from messages.calendar import DayKind, Holiday, SpecialDay
from storage import case_files as files
from storage import conversations
from storage.case_files import CaseFile
from storage.statements import statement
from storage.transaction import Transaction
from tests.desk import CENTRE, House
from tests.sample import NOW, rows_of

AREA = "东湖街道"
WORDS = "桌子坏了，我叫林金鹂，电话13800138000"
LATE = datetime(2026, 12, 2, 18, 1, tzinfo=SHANGHAI)
VIEWS = statement("test.shown", "SELECT view FROM outbox WHERE conversation_id = :id")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A manager, a subdistrict and the district, with a resident called lin."""
    house = House(linli)
    await house.join("wang", Role.CENTRE_MANAGER, CENTRE)
    await house.join("zhao", Role.SUBDISTRICT, None, AREA)
    await house.join("sun", Role.DISTRICT)
    await house.say("你好", "lin")
    return house


def clerk_of(house: House) -> Clerk:
    return Clerk(house.linli.world(house.linli.clock()), new_id)


async def talk_of(house: House, who: str, channel: str = "web") -> str:
    async with house.linli.database.read() as tx:
        talk = await conversations.find(tx, channel, who)
    assert talk
    return talk.id


async def opened(
    house: House,
    words: str | None = WORDS,
    *,
    kind: str = "complaint",
    centre: str = CENTRE,
    who: str = "lin",
) -> CaseFile:
    opening = Opening(kind, centre, await talk_of(house, who), words=words)
    return await house.linli.database.write(lambda tx: open_case(tx, opening, clerk_of(house)))


async def now_of(house: House, code: str = "G-0001") -> CaseFile:
    async with house.linli.database.read() as tx:
        case = await files.of_code(tx, code)
    assert case
    return case


async def ordered(house: House, who: str, text: str) -> str:
    """What becomes of an order that is read back and said yes to: the view, or why not."""
    asked = await house.say(text, who)
    if asked.view != "DeskProposed":
        return asked.rendered.text
    return (await house.say("是", who)).view


async def test_what_is_kept_of_words_tells_nobody_who_wrote(house: House) -> None:
    case = await opened(house)
    async with house.linli.database.read() as tx:
        [step] = await files.steps(tx, case.id)
    assert step.said is not None
    assert step.said.startswith("桌子坏了")
    shown = await house.say("G-0001", "wang")
    for text in (step.said, shown.rendered.text, *await house.told("wang")):
        assert "金鹂" not in text
        assert "13800138000" not in text
        assert "lin" not in text
    talk = await talk_of(house, "wang")
    async with house.linli.database.read() as tx:
        views = "".join(row["view"] for row in await tx.rows(VIEWS, {"id": talk}))
    assert (case.conversation_id or "nobody") not in views
    assert case.id not in views


async def test_a_case_without_words_or_conversation_is_a_case(house: House) -> None:
    opening = Opening("rating", CENTRE, None)
    case = await house.linli.database.write(lambda tx: open_case(tx, opening, clerk_of(house)))
    assert (case.code, case.owner, case.tier, case.state) == ("G-0001", CENTRE, 1, "received")
    assert await ordered(house, "wang", "G-0001 说明：看过了") == "DeskDone"
    await run_due(house.at(NOW + timedelta(days=8)).linli, NOW + timedelta(days=8))
    assert (await now_of(house)).state == "closed_provisionally"
    assert await house.problems() == []


def test_no_more_is_kept_than_can_be_read() -> None:
    assert len(de_identified("桌子坏了" * 200)) == LONGEST


async def test_danger_is_told_to_those_above_where_a_centre_has_nobody(linli: Linli) -> None:
    house = House(linli)
    await house.say("你好", "lin")
    await house.join("sun", Role.DISTRICT)
    case = await opened(house, "插座漏电")
    assert case.kind == "urgent"
    assert any("紧急" in text for text in await house.told("sun"))
    await house.join("zhao", Role.SUBDISTRICT, None, AREA)
    await opened(house, "又漏电")
    assert any("G-0002" in text for text in await house.told("zhao"))
    assert not any("G-0002" in text for text in await house.told("sun"))
    await opened(house, "桌子坏了")
    assert not any("G-0003" in text for text in await house.told("zhao"))


@pytest.mark.parametrize("who", ["clerk", "operator", "lin", "other", "far"])
async def test_who_does_not_have_the_case_neither_sees_nor_moves_it(house: House, who: str) -> None:
    await house.join("clerk", Role.CENTRE_STAFF, CENTRE)
    await house.join("operator", Role.OPERATOR)
    await house.join("other", Role.CENTRE_MANAGER, "FZ004")
    await house.join("far", Role.SUBDISTRICT, None, "清源街道")
    await opened(house)
    before = await rows_of(house.linli.database, "case_file", "case_step", "case_words")
    said = ("受理 G-0001", "G-0001 回复：你是谁", "/desk_case G-0001", "/desk_case G-0001 accept")
    answers = [await house.say(text, who) for text in said]
    assert not any(reply.view in ("DeskProposed", "StaffCaseShown") for reply in answers)
    assert not any("桌子" in reply.rendered.text for reply in answers)
    assert await rows_of(house.linli.database, "case_file", "case_step", "case_words") == before


async def test_another_centres_case_is_as_unknown_as_nobodys(house: House) -> None:
    await opened(house, centre="FZ004")
    for text in ("G-{}", "受理 G-{}", "G-{} 回复：你好", "/desk_case G-{} accept"):
        theirs, nobodys = [await house.say(text.format(n), "wang") for n in ("0001", "0999")]
        assert theirs.rendered.text == nobodys.rendered.text


async def test_each_order_wants_what_it_needs(house: House) -> None:
    await opened(house)
    await opened(house, "椅子坏了")
    for text, why in (
        ("G-0001 说明", "请把话写在后面"),
        ("G-0001 已整改", "请写明怎么整改的"),
        ("G-0001 延期 0天，因为忙", "延几个工作日"),
        ("G-0001 延期 6天，因为忙", "延几个工作日"),
        ("G-0001 重复 G-0001", "另一个工单号"),
        ("G-0001 重复 G-0777", "另一个工单号"),
        ("G-0001 跳个舞", "请这样说"),
        ("/desk_case G-0001 dance", "请这样说"),
        ("G-0001 申诉成立：对", "申诉只能由区里定"),
    ):
        reply = await house.say(text, "wang")
        assert (reply.view, why in reply.rendered.text) == ("DeskRefused", True), text
    reply = await house.say("G-0001 申诉成立：对", "sun")
    assert "没有申诉要定" in reply.rendered.text


async def test_everything_staff_do_is_in_the_audit_without_a_word(house: House) -> None:
    case = await opened(house)
    assert await ordered(house, "wang", "G-0001 说明：当天停电") == "DeskDone"
    entry = next(each for each in await house.audit() if each.what == "cases")
    assert entry.subjects.split() == ["G-0001", case.id]
    assert (entry.was, entry.became, entry.centre_id) == ("received", "explain explained", CENTRE)
    assert not any("停电" in str(each) for each in await house.audit())


async def test_what_a_resident_was_told_is_not_taken_back(house: House) -> None:
    await opened(house)
    assert await ordered(house, "wang", "受理 G-0001") == "DeskDone"
    undone = await house.say("撤销", "wang")
    assert "居民已经看到了" in undone.rendered.text
    assert (await now_of(house)).state == "accepted"


async def test_a_case_that_moved_meanwhile_is_looked_at_again(house: House) -> None:
    await opened(house)
    await house.join("wei", Role.CENTRE_MANAGER, CENTRE)
    assert (await house.say("受理 G-0001", "wang")).view == "DeskProposed"
    assert await ordered(house, "wei", "G-0001 处理中") == "DeskDone"
    reply = await house.say("是", "wang")
    assert (reply.view, "刚刚有变" in reply.rendered.text) == ("DeskRefused", True)
    assert (await now_of(house)).state == "in_progress"


async def test_of_two_who_move_a_case_at_once_one_does(house: House) -> None:
    case = await opened(house)
    database, clerk = house.linli.database, clerk_of(house)

    async def accept(who: str) -> CaseFile | None:
        return await database.write(lambda tx: case_moves.take_on(tx, case, State.ACCEPTED, clerk, who=who))

    found = await asyncio.gather(accept("S-0001"), accept("S-0002"))
    assert [each is None for each in found].count(True) == 1
    async with database.read() as tx:
        assert len(await files.steps(tx, case.id)) == 2


async def test_whoever_is_overtaken_changes_nothing(house: House) -> None:
    """Every act on a case as it was before somebody else moved it."""
    case = await opened(house)
    database, clerk = house.linli.database, clerk_of(house)
    stale = replace(case, version=7)
    before = await rows_of(database, "case_file", "case_step", "case_words", "outbox")

    async def everything(tx: Transaction) -> list[CaseFile | None]:
        answered, appealed = replace(stale, state="explained"), replace(stale, state="appealed")
        who, said = "S-0001", "再看"
        return [
            await case_moves.take_on(tx, stale, State.ACCEPTED, clerk, who=who),
            await case_moves.answer(tx, stale, State.EXPLAINED, clerk, who=who, said=said),
            await case_moves.extend(tx, stale, 1, clerk, who=who, said=said),
            await case_moves.appeal(tx, stale, clerk, who=who, said=said),
            await case_moves.uphold(tx, appealed, clerk, who=who, said=said),
            await case_moves.refuse(tx, appealed, clerk, who=who, said=said),
            await case_moves.reply(tx, stale, clerk, who=who, said=said),
            await case_moves.write(tx, stale, clerk, said=said),
            await case_moves.judge(tx, answered, "not", clerk),
            await case_moves.escalate(tx, stale, clerk),
            await case_moves.rejudge(tx, stale, clerk),
            await case_moves.urge(tx, stale, "urged", clerk),
            await case_moves.ask_again(tx, answered, clerk),
            await case_moves.close_quietly(tx, answered, clerk),
            await case_moves.close_quietly(tx, stale, clerk),
        ]

    assert not any(await database.write(everything))
    assert await rows_of(database, "case_file", "case_step", "case_words", "outbox") == before


async def test_a_move_that_is_not_in_the_table_is_a_mistake(house: House) -> None:
    """The guard below all others: not even by mistake anybody but the resident closes."""
    case = await opened(house)
    closed = replace(case, state="closed")

    async def close(tx: Transaction) -> None:
        await advance(tx, case, closed, clerk_of(house), mover=Mover.OWNER, who="S-0001")

    with pytest.raises(ValueError, match="closed"):
        await house.linli.database.write(close)


@pytest.mark.parametrize("verdict", ["solved", "partly", "not"])
async def test_a_verdict_counts_once_and_only_of_ones_own_case(house: House, verdict: str) -> None:
    await opened(house)
    await ordered(house, "wang", "G-0001 说明：当天停电")
    await house.say("你好", "chen")
    assert (await house.say(f"/verdict G-0001 {verdict}", "chen")).view == "NoCase"
    assert (await house.say("/case_write G-0001", "chen")).view == "NoCase"
    assert (await house.say(f"/verdict G-0001 {verdict}", "lin")).view == "VerdictNoted"
    stands = await now_of(house)
    if verdict != "solved":
        assert (await house.say(f"/verdict G-0001 {verdict}", "lin")).view == "CaseShown"
        assert await now_of(house) == stands
    assert await house.problems() == []


async def test_what_is_closed_stays_closed_for_everybody(house: House) -> None:
    await opened(house)
    await house.say("/verdict G-0001 solved", "lin")
    for said in ("/verdict G-0001 not", "/verdict G-0001 solved", "/case_write G-0001"):
        assert (await house.say(said, "lin")).view == "CaseShown"
    assert (await now_of(house)).state == "closed"


async def test_words_go_nowhere_when_the_case_was_closed_meanwhile(house: House) -> None:
    await opened(house)
    await house.say("/case_write G-0001", "lin")
    assert (await house.say("还有一句", "lin")).view == "CaseWordsProposed"
    case = await now_of(house)
    await house.linli.database.write(lambda tx: case_moves.judge(tx, case, "solved", clerk_of(house)))
    assert (await house.say("是", "lin")).view == "NoCase"


async def test_a_person_is_reached_while_words_are_waited_for(house: House) -> None:
    await opened(house)
    for said, view in (("转人工", "HumanOffered"), ("救命", "EmergencyShown"), ("G-0001", "CaseShown"),
                       ("我的工单", "CaseShown"), ("算了", "NothingDone")):  # fmt: skip
        await house.say("/case_write G-0001", "lin")
        assert (await house.say(said, "lin")).view == view
    await house.say("/case_write G-0001", "lin")
    assert (await house.say("13800138000", "lin")).view != "CaseWordsProposed"


async def test_a_draft_about_a_centre_that_is_gone_is_not_sent(house: House) -> None:
    talk = await talk_of(house, "lin")

    async def forge(tx: Transaction) -> None:
        draft = Draft("case_words", "AAAA", ids=("complaint", "FZ999"), text="坏了")
        await conversations.remember(tx, talk, dialogue_to_json(Dialogue(draft=draft)))

    await house.linli.database.write(forge)
    assert (await house.say("/yes AAAA", "lin")).view == "ChoiceGone"


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


async def test_no_appeal_of_what_the_district_has(house: House) -> None:
    await opened(house)
    for who in ("wang", "zhao"):
        await ordered(house, who, "G-0001 说明：就这样")
        await house.say("/verdict G-0001 not", "lin")
    assert (await now_of(house)).tier == 3
    assert "不再申诉" in await ordered(house, "sun", "G-0001 申诉：不是我们")
    assert await ordered(house, "sun", "G-0001 已整改：区里办好了") == "DeskDone"


async def test_the_district_may_write_to_any_resident_and_others_to_their_own(house: House) -> None:
    await opened(house)
    assert await ordered(house, "sun", "G-0001 回复：区里在看") == "DeskDone"
    assert "不归您办" in await ordered(house, "zhao", "G-0001 回复：街道在看")


async def test_names_that_staff_write_are_masked(house: House) -> None:
    await opened(house)
    await ordered(house, "wang", "G-0001 回复：孩子叫林金鹂对吗")
    assert not any("金鹂" in text for text in await house.told("lin"))


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


async def test_long_lists_say_how_much_more_there_is(house: House) -> None:
    for _ in range(10):
        await opened(house)
    assert "还有2件" in (await house.say("工单", "wang")).rendered.text
    assert "还有7件更早的" in (await house.say("我的工单", "lin")).rendered.text
    assert await house.manager("工单") is not None
    await house.join("operator", Role.OPERATOR)
    assert (await house.say("工单", "operator")).view == "DeskRefused"


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


async def test_of_a_centre_that_left_the_directory_the_district_has_the_case(house: House) -> None:
    case = await opened(house)
    world = house.linli.world(NOW)
    gone = replace(case, centre_id="FZ999", owner="FZ999")
    assert owner_of(2, "FZ999", world) == (3, "district")
    assert owner_of(1, "FZ999", world) == (1, "FZ999")
    assert line_of(gone, world).centre.name == "FZ999"
    async with house.linli.database.read() as tx:
        steps = await files.steps(tx, case.id)
    assert [step.who for step in steps_of(steps, world, for_resident=True)] == ["resident"]


async def test_the_shell_is_the_manager_and_is_written_down(house: House) -> None:
    await opened(house)
    await house.manager("受理 G-0001", "是")
    assert next(each for each in await house.audit() if each.what == "cases").who == "shell"
    assert await talk_of(house, f"manager:{CENTRE}", SHELL_CHANNEL)
