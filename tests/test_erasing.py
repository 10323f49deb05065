"""Erasing: everything of a family or a child goes, counts stay, nobody else loses anything, and a backup that
is brought back does not bring it back."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.erased import ErasedLog, PassingLog
from handlers import erasing as acts
from handlers.bookings import News
from handlers.erasing import erase_again, to_erase_again
from handlers.safe import Erased, Journal
from storage import (
    audit,
    bookings,
    callbacks,
    care,
    children,
    conversations,
    erasing,
    families,
    handover,
    outbox,
    recovery,
    revivals,
    staff,
)
from storage import case_files as files
from storage.case_files import CaseFile
from storage.database import Database, Transaction, connect
from storage.handover import Handed
from storage.migrate import migrate
from storage.staff import Post
from storage.statements import statement
from tests.booking_rows import Desk
from tests.canary import files_with, rows_with
from tests.child_rows import NOW, STARTS, consent, family_of_two, sealed, sealed_in
from tests.sample import Mishap

CANARY = "林金丝雀"
LATER = NOW + timedelta(hours=1)
BOOKINGS = statement("test.bookings", "SELECT family_id, state, ended, phone FROM booking ORDER BY id")
SEEN = statement(
    "test.attend",
    """INSERT INTO attendance (
        booking_id, participant_id, starts_at, arrived_at, handed_to, is_missed, is_excused, noted_by
    ) VALUES (:booking_id, :participant_id, :starts_at, :starts_at, :handed, FALSE, FALSE, 'staff')""",
)
HANDED = statement("test.handed", "SELECT participant_id, handed_to FROM attendance ORDER BY participant_id")
DEVICE = statement("test.devices", "SELECT address FROM device ORDER BY address")
SHOWN = statement("test.shown", "SELECT view FROM outbox WHERE conversation_id = 'boss'")
BECAUSE = statement("test.because", "SELECT because FROM relink")


async def say(tx: Transaction, talk: str, text: str) -> None:
    """A turn in which the text stands wherever it can."""
    found = await conversations.find(tx, "web" if talk == "talk" else "telegram", f"of {talk}")
    assert found
    key = f"{talk} {found.last_number}"
    answer = conversations.Answer(
        key, key, text, "unknown", f'{{"said": "{text}"}}', f'{{"v": "{text}"}}', True
    )
    await tx.chain(conversations.turn_steps(found, f'{{"last": "{text}"}}', answer, NOW))


async def complained(tx: Transaction, text: str) -> None:
    """A case of the conversation 'talk', with words, of which a member of staff was shown a card."""
    code = await files.next_code(tx)
    case = CaseFile(
        "g", code, "complaint", None, "FZ-01", None, None, None, "talk", 1, "FZ-01", "received", NOW, LATER,
        None, None, None, 0,
    )  # fmt: skip
    await files.add(tx, case)
    await files.add_step(tx, "g", who="resident", was="", became="received", because="opened", made_at=NOW)
    await files.add_words(tx, "g", 1, text)
    await conversations.create(tx, "boss", "shell", "manager:FZ-01", "{}", NOW)
    number = await conversations.next_number(tx, "boss")
    await outbox.add(
        tx, "card", "boss", number, unique_key="card", view=f'{{"code":"{code}","said":"{text}"}}',
        due_at=NOW, expires_at=None, created_at=NOW,
    )  # fmt: skip


async def live_with(database: Database, text: str = CANARY) -> Desk:
    """A family of two of which everything is known that can be, `text` wherever words are kept."""
    desk = await family_of_two(database)
    await sealed_in(database, sealed("lin1"), sealed("lin2"), sealed("lin1", "pick_up"))

    async def work(tx: Transaction) -> None:
        for talk in ("talk", "telegram"):
            await say(tx, talk, text)
            number = await conversations.next_number(tx, talk)
            await outbox.add(
                tx, f"news {talk}", talk, number, unique_key=f"news {talk}",
                view=f'{{"v": "{text}"}}', due_at=NOW, expires_at=None, created_at=NOW,
            )  # fmt: skip
        for who in ("lin1", "lin2"):
            await children.give_consent(tx, consent(who))
            await children.note_allergy(tx, who, NOW, has=True)
        await families.describe(tx, "lin1", "lin", grade=3, grade_year=2026)
        await callbacks.promise(
            tx,
            "cb",
            "talk",
            centre_id=None,
            owner="district",
            topic="centre_card",
            asked_at=NOW,
            due_at=LATER,
        )
        await callbacks.note_phone(tx, "talk", "13800138000")
        await complained(tx, text)
        await recovery.offer(tx, "talk", "hash", NOW, LATER)
        await recovery.note_device(tx, "web", "of talk", NOW)
        await recovery.note_device(tx, "web", "of chen", NOW)
        relink = recovery.Relink("r", "talk", "a", "b", "staff", text, NOW)
        await recovery.note_relink(tx, relink)
        for booking in await bookings.of_family(tx, "lin", NOW):
            await revivals.keep_phone(tx, booking.id, "13800138000", LATER)
        await staff.invite(
            tx, "code", "centre_manager",
            centre_id="FZ-01", subdistrict=None, made_by="shell", made_at=NOW, expires_at=LATER,
        )  # fmt: skip
        assert await staff.join(tx, (await staff.open_invitations(tx, NOW))[0], "talk", NOW)
        await staff.note_wrong_code(tx, "wrong", "talk", NOW, forget_before=NOW - timedelta(hours=1))
        await audit.note(
            tx, "entry", "S-0001", "phone", centre_id="FZ-01", subjects=("FZ-01",), was="", became="M-0001",
            done_at=NOW, undo_until=LATER,
        )  # fmt: skip
        [first, second] = await handover.meetings(tx, "lin", STARTS, STARTS + timedelta(hours=1))
        for each, hands in ((first, text), (second, text)):
            meeting = Handed(each.booking_id, each.participant_id, each.starts_at)
            await handover.put_code(tx, meeting, f"of {each.participant_id}", NOW, LATER)
            given = {"participant_id": each.participant_id, "booking_id": each.booking_id}
            await tx.run(SEEN, given | {"starts_at": each.starts_at, "handed": hands})

    await database.write(work)
    return desk


async def erase(database: Database, desk: Desk, log: Journal, *, only: str | None = None) -> acts.Receipt:
    """As a turn in the conversation 'talk' does it, with its own answer."""

    async def work(tx: Transaction) -> acts.Receipt:
        if only:
            done = await acts.erase_participant(tx, desk.office, log, only, "talk", "R")
        else:
            done = await acts.erase_family(tx, desk.office, log, "lin", "talk", "R")
        await say(tx, "talk", "/erase_yes")
        return done

    return await database.write(work)


async def test_everything_of_a_family_goes_and_what_was_counted_stays(database: Database) -> None:
    desk, log = await live_with(database), PassingLog()
    done = await erase(database, desk, log)
    assert (done.number, done.places) == ("R", 1)
    async with database.read() as tx:
        assert await families.participants(tx, "lin") == []
        assert await families.conversations(tx, "lin") == []
        assert await children.names(tx, "lin") == []
        assert await children.allergies(tx, "lin") == {}
        assert await children.takes_part(tx, "lin", NOW) == []
        assert [row["handed_to"] for row in await tx.rows(HANDED)] == [None, None]
        assert [row["address"] for row in await tx.rows(DEVICE)] == ["of chen"]
        assert [row["because"] for row in await tx.rows(BECAUSE)] == [None]
        assert await callbacks.open_of(tx, "talk") is None
        assert [(each.phone, each.topic) for each in await callbacks.listed(tx, closed_too=True)] == [
            (None, "")
        ]
        assert await recovery.kept_at(tx, "hash", NOW) is None
        assert await erasing.kept_of(tx, "talk") == erasing.Kept(
            1, 1, 0, 0, 0, 0, 0
        )  # the case is nobody's now
        assert [len(await children.keys(tx))] == [1]  # of the centre, not of the family
    assert [entry.kind for entry in log.entries()] == ["family", "conversation", "conversation"]
    assert await rows_with(database, CANARY, "13800138000") == []
    assert await care.check(database) == []


async def test_who_erases_all_is_no_member_of_staff_any_more_and_the_audit_has_the_id_alone(
    database: Database,
) -> None:
    desk = await live_with(database)
    async with database.read() as tx:
        found = await conversations.answered(tx, "web", "of talk", "x")
    assert found
    assert found.post == Post("S-0001", "centre_manager", "FZ-01")  # the control
    await erase(database, desk, PassingLog())
    async with database.read() as tx:
        [member] = await staff.everybody(tx)
        found = await conversations.answered(tx, "web", "of talk", "x")
        [entry] = await audit.everything(tx)
        assert await staff.wrong_codes(tx, "talk", NOW - timedelta(hours=1)) == (0, 1)
    assert (member.conversation_id, member.channel, member.address) == (None, "", "")
    assert member.revoked_at == NOW
    assert found
    assert found.post is None
    assert entry.who == "S-0001"
    assert await care.check(database) == []


async def test_who_erases_one_child_stays_a_member_of_staff(database: Database, tmp_path: Path) -> None:
    desk, log = await live_with(database), ErasedLog(tmp_path / "erased.log")
    await erase(database, desk, log, only="lin1")
    async with database.read() as tx:
        assert (await staff.everybody(tx))[0].revoked_at is None
    await database.write(lambda tx: tx.run(statement("test.forget", "DELETE FROM erasure"), {}))
    await erase_again(database, desk.office, await to_erase_again(database, log))
    async with database.read() as tx:
        assert (await staff.everybody(tx))[0].revoked_at is None


async def test_numbers_of_what_was_called_off_go_with_the_time_to_take_it_back(database: Database) -> None:
    await live_with(database)
    assert "kept_phone" in await rows_with(database, "13800138000")
    assert await database.write(lambda tx: revivals.drop_phones(tx, LATER)) == 0
    assert await database.write(lambda tx: revivals.drop_phones(tx, LATER + timedelta(seconds=1))) == 1
    assert "kept_phone" not in await rows_with(database, "13800138000")


async def test_the_control_what_a_family_says_stands_in_many_tables(database: Database) -> None:
    await live_with(database)
    assert set(await rows_with(database, CANARY)) == {
        "attendance", "case_words", "conversation", "inbox", "outbox", "relink"
    }  # fmt: skip


async def test_a_place_that_was_erased_goes_to_who_waits_for_it(database: Database) -> None:
    desk = await live_with(database)
    await erase(database, desk, PassingLog())
    async with database.read() as tx:
        states = [(row["family_id"], row["state"], row["ended"]) for row in await tx.rows(BOOKINGS)]
    assert states == [("lin", "let_go", "erased"), ("chen", "offered", None)]
    assert desk.told.news == [("chen", News.OFFERED)]


async def test_a_child_goes_and_brothers_and_sisters_stay(database: Database) -> None:
    desk, log = await live_with(database), PassingLog()
    done = await erase(database, desk, log, only="lin1")
    assert done.places == 1
    async with database.read() as tx:
        assert [who.id for who in await families.participants(tx, "lin")] == ["lin2"]
        assert {name.participant_id for name in await children.names(tx, "lin")} == {"lin2"}
        assert await children.allergies(tx, "lin") == {"lin2": True}
        assert [part.participant_id for part in await children.takes_part(tx, "lin", NOW)] == ["lin2"]
        assert await children.has_consent(tx, "lin2", "roster", "FZ-01", "2026-2027 first")
        assert not await children.has_consent(tx, "lin1", "roster", "FZ-01", "2026-2027 first")
        assert {talk.id for talk in await families.conversations(tx, "lin")} == {"talk", "telegram"}
        handed = {row["participant_id"]: row["handed_to"] for row in await tx.rows(HANDED)}
    assert handed == {"lin1": None, "lin2": CANARY}  # that of the other one
    assert await rows_with(database, CANARY) == ["attendance"]
    assert await care.check(database) == []


async def test_a_conversation_without_a_family_is_emptied_alone(database: Database) -> None:
    desk = await live_with(database)
    await database.write(lambda tx: acts.erase_conversation(tx, desk.office, PassingLog(), "telegram", "R"))
    async with database.read() as tx:
        assert (await erasing.kept_of(tx, "telegram")).messages == 0
        assert (await erasing.kept_of(tx, "talk")).messages == 1
        assert len(await families.participants(tx, "lin")) == 2


async def test_an_unknown_participant_erases_what_was_said_alone(database: Database) -> None:
    desk = await live_with(database)
    done = await erase(database, desk, PassingLog(), only="nobody")
    assert done.places == 0
    async with database.read() as tx:
        assert len(await families.participants(tx, "lin")) == 2
        with pytest.raises(LookupError):
            await erasing.kept_of(tx, "nowhere")


async def test_the_journal_is_written_before_anything_is_erased(database: Database, tmp_path: Path) -> None:
    desk, log = await live_with(database), ErasedLog(tmp_path / "erased.log")

    async def killed(tx: Transaction) -> None:
        await acts.erase_family(tx, desk.office, log, "lin", "talk", "R")
        raise Mishap

    with pytest.raises(Mishap):
        await database.write(killed)
    async with database.read() as tx:
        assert len(await families.participants(tx, "lin")) == 2
    missing = await to_erase_again(database, log)
    assert [each.kind for each in missing] == ["family", "conversation", "conversation"]
    await erase_again(database, desk.office, missing)
    assert await rows_with(database, CANARY) == []
    assert await to_erase_again(database, log) == []


async def test_a_journal_of_another_database_harms_nothing(database: Database) -> None:
    desk, log = await live_with(database), PassingLog()
    log.note([Erased(kind, "unknown", "X", NOW) for kind in ("family", "participant", "conversation")])
    await erase_again(database, desk.office, await to_erase_again(database, log))
    async with database.read() as tx:
        assert len(await families.participants(tx, "lin")) == 2
    assert await to_erase_again(database, log) == []
    assert await care.check(database) == []


async def test_what_was_erased_is_erased_again_after_a_backup_was_brought_back(tmp_path: Path) -> None:
    database, copy = await connect(f"sqlite:///{tmp_path}/linli.db"), tmp_path / "backup.db"
    log = ErasedLog(tmp_path / "erased.log")
    await migrate(database, NOW)
    desk = await live_with(database)
    await care.backup(database, copy)
    await erase(database, desk, log)
    assert await to_erase_again(database, log) == []
    await database.close()

    restored = await connect(f"sqlite:///{copy}")
    assert "inbox" in await rows_with(restored, CANARY)
    desk = Desk(restored)
    await erase_again(restored, desk.office, await to_erase_again(restored, log))
    assert await rows_with(restored, CANARY) == []
    async with restored.read() as tx:
        assert await families.participants(tx, "lin") == []
    assert desk.told.news == [("chen", News.OFFERED)]
    assert await care.check(restored) == []
    await restored.close()


@pytest.mark.parametrize("size", [1, 40, 700, 9000])
async def test_no_byte_of_what_was_erased_stays_in_the_files(tmp_path: Path, size: int) -> None:
    """Short and long texts, among many of others that stay, in the file and in its log."""
    folder = tmp_path / "db"
    folder.mkdir()
    database = await connect(f"sqlite:///{folder}/linli.db")
    await migrate(database, NOW)
    desk = await live_with(database, CANARY * size)

    async def others(tx: Transaction) -> None:
        for number in range(60):
            await conversations.create(tx, f"c{number}", "web", f"of c{number}", "{}", NOW)
            for turn in range(3):
                found = await conversations.find(tx, "web", f"of c{number}")
                assert found
                key = f"{number} {turn}"
                answer = conversations.Answer(key, key, "你好" * 9, "greet", "{}", '{"v": 1}', True)
                await tx.chain(conversations.turn_steps(found, '{"last": "你好"}', answer, NOW))
            await say(tx, "talk", CANARY * size)

    await database.write(others)
    assert files_with(folder, CANARY)  # the control: it was there
    await erase(database, desk, PassingLog())
    async with database.read() as tx:
        assert await erasing.not_scrubbed(tx) == ["R"]
    assert await database.scrub()
    assert files_with(folder, CANARY) == []
    await database.write(lambda tx: erasing.mark_scrubbed(tx, ["R"], LATER))
    async with database.read() as tx:
        assert await erasing.not_scrubbed(tx) == []
    assert await care.check(database) == []
    await database.close()
    assert files_with(folder, CANARY) == []


async def test_a_reader_of_the_past_puts_off_the_scrubbing(tmp_path: Path) -> None:
    database = await connect(f"sqlite:///{tmp_path}/linli.db", busy_deadline_s=0.1)
    await migrate(database, NOW)
    desk = await live_with(database)
    async with database.read() as tx:
        assert len(await families.participants(tx, "lin")) == 2
        await erase(database, desk, PassingLog())
        assert not await database.scrub()
    assert await database.scrub()
    await database.close()


async def test_scrubbing_postgresql_is_left_to_itself(database: Database) -> None:
    assert await database.scrub()


async def test_what_is_old_is_emptied_and_what_is_new_or_waits_stays(database: Database) -> None:
    await live_with(database)
    assert await erasing.empty_old(database, NOW) == 0
    assert await erasing.empty_old(database, LATER) == 6  # two of what was said, answered, remembered
    assert set(await rows_with(database, CANARY)) == {"attendance", "case_words", "outbox", "relink"}
    async with database.read() as tx:
        waiting = {each.id for each in await outbox.after(tx, "talk", 0, 9)}
    assert waiting == {"news talk"}
    assert await erasing.empty_old(database, LATER) == 0
    assert await care.check(database) == []
