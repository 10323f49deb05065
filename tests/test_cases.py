"""Cases from end to end, on both engines: what opens one, who may do what with it, and who learns what."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers import case_moves
from handlers.asks import Dialogue, Draft, dialogue_to_json
from handlers.case_files import LONGEST, advance, de_identified
from handlers.case_states import Mover, State
from handlers.permissions import SHELL_CHANNEL, Role
from storage import case_files as files
from storage import conversations
from storage.case_files import CaseFile
from storage.statements import statement
from storage.transaction import Transaction
from tests.case_talk import AREA, clerk_of, now_of, opened, ordered, staffed, talk_of
from tests.desk import CENTRE, House
from tests.sample import rows_of

VIEWS = statement("test.shown", "SELECT view FROM outbox WHERE conversation_id = :id")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return await staffed(linli)


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


async def test_two_cases_are_not_each_others_duplicates(house: House) -> None:
    await opened(house)
    await opened(house, "椅子坏了")
    assert await ordered(house, "wang", "G-0001 重复 G-0002") == "DeskDone"
    assert "另一个工单号" in await ordered(house, "wang", "G-0002 重复 G-0001")


async def test_what_is_written_of_a_closed_case_does_not_close_it_again(house: House) -> None:
    await opened(house)
    await house.say("/verdict G-0001 solved", "lin")
    closed = (await now_of(house)).closed_at
    later = house.later(timedelta(days=1))
    assert await ordered(later, "wang", "G-0001 回复：谢谢您提醒") == "DeskDone"
    assert (await now_of(house)).closed_at == closed


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


async def test_the_district_may_write_to_any_resident_and_others_to_their_own(house: House) -> None:
    await opened(house)
    assert await ordered(house, "sun", "G-0001 回复：区里在看") == "DeskDone"
    assert "不归您办" in await ordered(house, "zhao", "G-0001 回复：街道在看")


async def test_names_that_staff_write_are_masked(house: House) -> None:
    await opened(house)
    await ordered(house, "wang", "G-0001 回复：孩子叫林金鹂对吗")
    assert not any("金鹂" in text for text in await house.told("lin"))


async def test_long_lists_say_how_much_more_there_is(house: House) -> None:
    for _ in range(10):
        await opened(house)
    assert "还有2件" in (await house.say("工单", "wang")).rendered.text
    assert "还有7件更早的" in (await house.say("我的工单", "lin")).rendered.text
    assert await house.manager("工单") is not None
    await house.join("operator", Role.OPERATOR)
    assert (await house.say("工单", "operator")).view == "DeskRefused"


async def test_the_shell_is_the_manager_and_is_written_down(house: House) -> None:
    await opened(house)
    await house.manager("受理 G-0001", "是")
    assert next(each for each in await house.audit() if each.what == "cases").who == "shell"
    assert await talk_of(house, f"manager:{CENTRE}", SHELL_CHANNEL)
