"""Who becomes staff: by a one-time code that is typed into the chat, and by nothing else."""

import asyncio
from datetime import timedelta

import pytest

from bot.ask import AskError, Playground, Script
from bot.ids import new_id
from bot.linli import Linli, Reply, staff_codes
from handlers import keeping, staff
from handlers.permissions import Role
from handlers.staff import MOST_WRONG_HERE, StaffError
from storage import audit, care, conversations
from storage import staff as staff_store
from storage.transaction import Transaction
from tests.cli import Here
from tests.sample import NOW, Sample, linli_over, message, rows_of, second_process

CENTRE = "FZ002"


async def invited(
    linli: Linli, role: Role = Role.CENTRE_MANAGER, centre: str | None = CENTRE, area: str | None = None
) -> str:
    """A code that is good for a week."""
    code, code_hash = staff_codes(linli.settings).new()
    await staff.invite(
        linli.database, code_hash, role,
        centre_id=centre, subdistrict=area, days=7, entry_id=str(new_id()), now=linli.clock(),
    )  # fmt: skip
    return code


async def say(linli: Linli, text: str, who: str = "lin") -> Reply:
    return await linli.hear(message(text, address=who))


async def type_code(linli: Linli, code: str, who: str = "lin") -> Reply:
    return await say(linli, f"管理码 {code}", who)


async def revoke(linli: Linli, staff_id: str = "S-0001") -> None:
    await staff.revoke(
        linli.database, staff_id, entry_id=str(new_id()), line_id=str(new_id()), now=linli.clock()
    )


async def deeds(linli: Linli) -> list[tuple[str, str]]:
    async with linli.database.read() as tx:
        return [(entry.who, entry.what) for entry in await audit.everything(tx)]


async def test_a_code_makes_the_conversation_staffs(linli: Linli) -> None:
    code = await invited(linli)
    reply = await type_code(linli, code)
    assert reply.view == "StaffWelcomed"
    assert "东湖社区党建+邻里中心的管理员" in reply.rendered.text
    assert await deeds(linli) == [("shell", "invite"), ("S-0001", "join")]
    async with linli.database.read() as tx:
        [member] = await staff_store.everybody(tx)
    assert (member.role, member.centre_id, member.address) == ("centre_manager", CENTRE, "lin")
    assert await care.check(linli.database) == []


@pytest.mark.parametrize(
    "typed", ["管理码{}", "管理码：{}", "邀请码是 {}", "我的管理码 {}", "Staff code: {}", "  管理碼　{} "]
)
async def test_a_code_is_taken_however_it_is_typed(sqlite_linli: Linli, typed: str) -> None:
    code = await invited(sqlite_linli)
    assert (await say(sqlite_linli, typed.format(code.lower()))).view == "StaffWelcomed"


async def test_a_code_is_good_once(linli: Linli) -> None:
    code = await invited(linli)
    await type_code(linli, code)
    assert (await type_code(linli, code, "chen")).view == "StaffCodeRefused"


async def test_two_who_type_one_code_at_once_do_not_both_become_staff(linli: Linli, sample: Sample) -> None:
    code = await invited(linli)
    async with second_process(linli, sample) as other:
        replies = await asyncio.gather(type_code(linli, code, "lin"), type_code(other, code, "chen"))
    assert sorted(reply.view for reply in replies) == ["StaffCodeRefused", "StaffWelcomed"]
    async with linli.database.read() as tx:
        assert len(await staff_store.everybody(tx)) == 1


async def test_a_wrong_code_says_so_and_changes_nothing(linli: Linli) -> None:
    await invited(linli)
    await say(linli, "东湖社区")
    before = await rows_of(linli.database, "staff", "invitation", "audit")
    reply = await type_code(linli, "AAAA-AAAA")
    assert reply.view == "StaffCodeRefused"
    assert "不对" in reply.rendered.text
    assert await rows_of(linli.database, "staff", "invitation", "audit") == before
    assert (await say(linli, "几点关门")).intent == "centre_card"


async def test_a_code_is_not_kept_in_what_was_said(linli: Linli) -> None:
    code = await invited(linli)
    await type_code(linli, "AAAA-AAAA")
    await type_code(linli, code)
    kept = str(await rows_of(linli.database, "conversation", "inbox", "outbox", "invitation", "audit"))
    for secret in (code, code.replace("-", ""), code.lower(), "AAAA-AAAA"):
        assert secret not in kept
    assert "管理码 ****-****" in kept


async def test_codes_cannot_be_guessed_at_will(linli: Linli) -> None:
    code = await invited(linli)
    for _ in range(MOST_WRONG_HERE):
        assert "不对" in (await type_code(linli, "AAAA-AAAA")).rendered.text
    assert "一小时后" in (await type_code(linli, code)).rendered.text
    assert "不对" in (await type_code(linli, "AAAA-AAAA", "chen")).rendered.text
    later = linli.over(linli.database, lambda: NOW + timedelta(hours=1, minutes=1))
    assert (await type_code(later, code)).view == "StaffWelcomed"


async def test_codes_cannot_be_guessed_from_many_conversations(sqlite_linli: Linli) -> None:
    code = await invited(sqlite_linli)
    await say(sqlite_linli, "你好", "guesser")

    async def guess(tx: Transaction) -> None:
        talk = await conversations.find(tx, "web", "guesser")
        assert talk is not None
        for number in range(staff.MOST_WRONG_OVERALL - 1):
            await staff_store.note_wrong_code(
                tx, f"guess {number}", talk.id, NOW, forget_before=NOW - staff.GUESSED_WITHIN
            )

    await sqlite_linli.database.write(guess)
    assert "不对" in (await type_code(sqlite_linli, "AAAA-AAAA", "the last")).rendered.text
    assert "一小时后" in (await type_code(sqlite_linli, code, "somebody else")).rendered.text


async def test_the_control_right_codes_are_no_guesses(sqlite_linli: Linli) -> None:
    for number in range(MOST_WRONG_HERE + 2):
        assert (await type_code(sqlite_linli, await invited(sqlite_linli))).view == "StaffWelcomed", number
    async with sqlite_linli.database.read() as tx:
        posts = await staff_store.everybody(tx)
    assert [post.revoked_at is None for post in posts].count(
        True
    ) == 1  # a new post takes the old one's place


async def test_a_code_that_is_too_old_or_was_revoked_makes_nobody_staff(linli: Linli) -> None:
    old, revoked = await invited(linli), await invited(linli)
    await staff.revoke_invitation(linli.database, "I-0002", entry_id="e", now=NOW)
    assert (await type_code(linli, revoked)).view == "StaffCodeRefused"
    later = linli.over(linli.database, lambda: NOW + timedelta(days=7))
    assert (await type_code(later, old)).view == "StaffCodeRefused"
    with pytest.raises(StaffError, match="I-0002"):
        await staff.revoke_invitation(linli.database, "I-0002", entry_id="f", now=NOW)


async def test_a_code_of_another_server_or_purpose_is_none(sqlite_linli: Linli, sample: Sample) -> None:
    code = await invited(sqlite_linli)
    path = sqlite_linli.settings.secret_file
    elsewhere = sqlite_linli.settings.model_copy(update={"secret_file": path.with_name("another")})
    other = linli_over(sqlite_linli.database, sample, elsewhere)
    assert (await type_code(other, code)).view == "StaffCodeRefused"
    assert (await type_code(sqlite_linli, code)).view == "StaffWelcomed"


async def test_a_post_ends_at_once_also_in_another_process(linli: Linli, sample: Sample) -> None:
    await type_code(linli, await invited(linli))
    assert (await say(linli, "/desk_help")).view == "StaffWelcomed"
    async with second_process(linli, sample) as other:
        await revoke(other)
    assert (await say(linli, "/desk_help")).view == "ChoiceGone"
    lines = [line.rendered.text for line in await linli.lines("web", "lin", after=0)]
    assert any("不再是东湖社区党建+邻里中心的管理员" in text for text in lines)
    assert (await deeds(linli))[-1] == ("shell", "revoke_staff")
    with pytest.raises(StaffError, match="S-0001"):
        await revoke(linli)
    assert await care.check(linli.database) == []


async def test_a_post_does_not_go_along_to_another_device(linli: Linli) -> None:
    """Who finds a recovery code finds a conversation, and not the keys of a centre."""
    await type_code(linli, await invited(linli))
    await keeping.keep(linli.database, "hash", "web", "lin", now=NOW, expires=NOW + timedelta(days=9))
    await keeping.take_over(linli.database, "line", "hash", "web", "thief", NOW)
    assert (await say(linli, "/desk_help", "thief")).view == "ChoiceGone"
    assert (await say(linli, "/desk_help", "lin")).view == "ChoiceGone"


@pytest.mark.parametrize("channel", ["web", "terminal", "ask", "telegram", "wechat"])
@pytest.mark.parametrize("who", ["manager:FZ002", "shell", "S-0001", "centre_manager", "shell manager:FZ002"])
async def test_no_name_makes_anybody_staff(sqlite_linli: Linli, channel: str, who: str) -> None:
    await type_code(sqlite_linli, await invited(sqlite_linli))
    for text in ("今日名单", "/desk_help", "/desk_roster"):
        reply = await sqlite_linli.hear(message(text, address=who, channel=channel))
        assert reply.view not in {"StaffWelcomed", "RosterShown"}
    assert await deeds(sqlite_linli) == [("shell", "invite"), ("S-0001", "join")]


@pytest.mark.parametrize(
    ("role", "centre", "area", "why"),
    [
        (Role.CENTRE_MANAGER, None, None, "--centre"),
        (Role.CENTRE_STAFF, "FZ002", "东湖街道", "--centre"),
        (Role.DISTRICT, "FZ002", None, "of neither"),
        (Role.SUBDISTRICT, None, None, "--subdistrict"),
        (Role.CENTRE_MANAGER, "FZ999", None, "no centre has the id FZ999"),
        (Role.SUBDISTRICT, None, "月亮街道", "月亮街道"),
    ],
)
async def test_an_invitation_names_the_place_of_its_role(
    sqlite_linli: Linli, role: Role, centre: str | None, area: str | None, why: str
) -> None:
    with pytest.raises(StaffError, match=why):
        await invited(sqlite_linli, role, centre, area)
    assert await deeds(sqlite_linli) == []


@pytest.mark.parametrize("role", [Role.SUBDISTRICT, Role.DISTRICT, Role.OPERATOR, Role.CENTRE_STAFF])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_everybody_is_welcomed_with_what_they_may_do(
    sqlite_linli: Linli, role: Role, language: str
) -> None:
    centre = CENTRE if role is Role.CENTRE_STAFF else None
    code = await invited(sqlite_linli, role, centre, "东湖街道" if role is Role.SUBDISTRICT else None)
    reply = await say(sqlite_linli, f"{'管理码' if language == 'zh' else 'staff code'} {code}")
    assert reply.view == "StaffWelcomed"
    assert reply.rendered.language == language
    assert ("取消" in reply.rendered.text) is False


def test_the_commands_invite_list_and_revoke(here: Here) -> None:
    assert here("staff")[1] == "there is no staff yet; `linli invite` makes a code\n"
    assert here("invitations")[1] == "nobody was invited yet\n"
    code, out, err = here("invite", "--role", "manager", "--centre", "FZ002", "--days", "3")
    assert (code, len(out.strip())) == (0, 9)
    assert err.startswith("I-0001: good once within 3 days")
    assert here("invite", "--role", "manager")[0] == 2
    assert here("invite", "--role", "district", "--days", "0")[0] == 2
    assert here("invite", "--role", "district")[0] == 0
    assert here("ask", "--as", "lin", f"管理码 {out.strip()}")[0] == 0
    shown = here("invitations")[1]
    assert "used" in shown
    assert "open" in shown
    assert here("invitation", "revoke", "I-0002")[:2] == (0, "the code of I-0002 is worth nothing now\n")
    assert here("invitation", "revoke", "I-0002")[0] == 2
    assert "revoked" in here("invitations")[1]
    assert "FZ002" in here("staff")[1]
    assert here("staff", "revoke")[0] == 2
    assert here("staff", "revoke", "S-0001")[:2] == (0, "S-0001 is a resident again\n")
    assert here("staff", "revoke", "S-0001")[0] == 2
    assert here("check")[0] == 0


def test_whoever_has_the_shell_acts_as_a_manager_and_is_written_down(here: Here) -> None:
    now = ("--now", "2026-11-25T09:30")
    code, out, _ = here("ask", "--as", "manager:FZ002", *now, "取消周六的少儿书法班", "是")
    assert code == 0
    assert "办好了" in out
    assert "已报" not in here("ask", "--as", "manager:FZ002 ", *now, "今日名单")[1]
    code, _, err = here("ask", "--as", "manager:FZ999", *now, "今日名单")
    assert (code, err) == (2, "as: no centre has the id FZ999; `linli export` lists them\n")
    assert here("ask", "--as", "manager:", *now, "今日名单")[0] == 2


async def test_a_dialogue_of_a_file_acts_as_a_manager_on_a_copy_alone(sqlite_linli: Linli) -> None:
    """Whoever feeds `linli ask --jsonl` has the shell; what is played there leaves nothing behind."""
    tables = ("session", "closure", "audit", "undo", "directory_change", "directory_version", "conversation")
    before = await rows_of(sqlite_linli.database, *tables)
    ground = await Playground.over(sqlite_linli)
    script = Script(1, NOW, None, "manager:FZ002", ("明天停电闭馆", "是", "今日名单"))
    stranger = Script(2, NOW, None, "manager:FZ004", ("东湖社区明天停电闭馆", "是"))
    first, second = await ground.play([script, stranger])
    assert [answer.reply.view for answer in first] == ["DeskProposed", "DeskDone", "RosterShown"]
    assert second[0].reply.view == "DeskRefused"
    with pytest.raises(AskError, match="FZ999"):
        await ground.play([Script(3, NOW, None, "manager:FZ999", ("你好",))])
    await ground.close()
    assert await rows_of(sqlite_linli.database, *tables) == before
