"""Who did not come, on both engines: marked from the list of those who came, counted, excused, told once."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ask import CHANNEL, Script, play
from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli
from handlers import bookings as booked
from handlers.directory_load import load_directory
from handlers.misses import note_misses
from storage import bookings, callbacks, directory, families, misses, sessions
from storage.bookings import Wish
from storage.database import Database
from storage.misses import Miss
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_rows import HOUR, NOW, STARTS, Desk, opened_desk
from tests.sample import PREFIX, Sample, linli_over, settings_for

DAY = timedelta(days=1)
CAMP = [(STARTS + n * DAY, STARTS + n * DAY + HOUR) for n in range(3)]
ATTENDED = statement(
    "test.attended",
    "INSERT INTO attendance"
    " (booking_id, participant_id, starts_at, arrived_at, is_missed, is_excused, noted_by)"
    " VALUES (:booking_id, :participant_id, :starts_at, :arrived_at, FALSE, FALSE, 'S-0001')",
)
LATER = statement("test.later", "UPDATE booking SET booked_at = :booked_at WHERE id = :id RETURNING id")
MARKED = statement("test.marked", "SELECT * FROM attendance WHERE is_missed ORDER BY booking_id, starts_at")


async def booked_by(desk: Desk, family: str, size: int = 1) -> Wish:
    wish = desk.wish(family, size=size)

    async def work(tx: Transaction) -> None:
        await families.hold(tx, family)
        assert await bookings.book(tx, wish, NOW)

    await desk.database.write(work)
    return wish


async def arrives(database: Database, wish: Wish, who: str, starts_at: datetime = STARTS) -> None:
    params = {"booking_id": wish.id, "participant_id": who, "starts_at": starts_at, "arrived_at": starts_at}
    await database.write(lambda tx: tx.run(ATTENDED, params))


async def due(database: Database, before: datetime = STARTS + 4 * DAY) -> list[str]:
    async with database.read() as tx:
        return await misses.to_mark(tx, STARTS - DAY, before)


async def mark(database: Database) -> dict[str, list[str]]:
    return await database.write(lambda tx: misses.mark(tx, "s"))


async def counted(database: Database, who: str) -> list[Miss]:
    async with database.read() as tx:
        return await misses.counted(tx, who)


async def test_who_has_a_place_and_did_not_come_is_marked_once(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=4)
    came, stayed = await booked_by(desk, "a", 2), await booked_by(desk, "b")
    await arrives(database, came, "a1")
    assert await due(database, STARTS) == []
    assert await due(database) == ["s"]
    assert await mark(database) == {came.id: ["a2"], stayed.id: ["b1"]}
    assert await due(database) == []
    assert await mark(database) == {}
    assert await counted(database, "b1") == [Miss(stayed.id, "s", "FZ-01", STARTS)]
    assert await counted(database, "a1") == []
    assert await desk.problems() == []


async def test_where_nobody_was_checked_in_nobody_has_missed_anything(database: Database) -> None:
    """The control: the same session with one on its list gives the other a miss."""
    desk = await opened_desk(database, "a", "b")
    await desk.session()
    came, stayed = await booked_by(desk, "a"), await booked_by(desk, "b")
    assert await due(database) == []
    assert await mark(database) == {}
    await arrives(database, came, "a1")
    assert await mark(database) == {stayed.id: ["b1"]}


async def test_whoever_gave_the_place_back_however_late_waits_or_was_offered_one_has_missed_nothing(
    database: Database,
) -> None:
    desk = await opened_desk(database, "a", "late", "waits")
    await desk.session(places=2)
    came, gone = await booked_by(desk, "a"), await booked_by(desk, "late")
    late = desk.later(STARTS - NOW - timedelta(minutes=1))

    async def waits(tx: Transaction) -> None:
        await families.hold(tx, "waits")
        await booked.ask_for(tx, desk.office, desk.wish("waits"))

    await database.write(waits)
    await database.write(lambda tx: booked.give_up(tx, late.office, gone.id, "late", late=True))
    await arrives(database, came, "a1")
    assert await due(database) == []
    assert await mark(database) == {}


async def test_of_a_camp_only_meetings_with_a_list_are_marked_and_it_counts_once(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "new")

    async def camp(tx: Transaction) -> None:
        await sessions.add(
            tx, "s", "FZ-A1", "FZ-01",
            held_on=STARTS.date(), last_on=CAMP[-1][0].date(), meetings=CAMP, places=3,
        )  # fmt: skip

    await database.write(camp)
    came, stayed = await booked_by(desk, "a"), await booked_by(desk, "b")
    new = await booked_by(desk, "new")
    await database.write(lambda tx: tx.run(LATER, {"id": new.id, "booked_at": CAMP[1][1]}))
    for starts_at, _ in CAMP[:2]:
        await arrives(database, came, "a1", starts_at)
    assert await mark(database) == {stayed.id: ["b1"]}
    async with database.read() as tx:
        rows = await tx.rows(MARKED)
    assert [(row["participant_id"], row["starts_at"]) for row in rows] == [
        ("b1", CAMP[0][0]),
        ("b1", CAMP[1][0]),
    ]
    assert await counted(database, "b1") == [Miss(stayed.id, "s", "FZ-01", STARTS)]


async def test_what_is_excused_counts_no_more(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=4)
    came, stayed = await booked_by(desk, "a"), await booked_by(desk, "b", 2)
    await arrives(database, came, "a1")
    await mark(database)

    async def excuse(code: str, session: str) -> list[str]:
        return await database.write(lambda tx: misses.excuse(tx, code, session, by="S-0007"))

    assert await excuse(stayed.code, "elsewhere") == []
    assert await excuse(came.code, "s") == []
    assert await excuse(stayed.code, "s") == ["b1", "b2"]
    assert await excuse(stayed.code, "s") == []
    assert await counted(database, "b1") == []
    async with database.read() as tx:
        rows = await tx.rows(MARKED)
    assert {(row["participant_id"], row["noted_by"]) for row in rows} == {("b1", "S-0007"), ("b2", "S-0007")}
    assert await mark(database) == {}


SESSION = "FZ046-03@2026-11-26"
THEIRS = statement(
    "test.theirs_in",
    "SELECT p.booking_id, p.participant_id, s.starts_at FROM place AS p"
    " INNER JOIN session AS s ON s.id = p.session_id ORDER BY p.booking_id LIMIT 1",
)
MORNING = NOW.replace(hour=9, minute=0) + 2 * DAY


async def attended(linli: Linli) -> None:
    """Two residents book tomorrow's taichi, and the first of them comes."""
    for who in ("lin", "chen"):
        say = ("浔美社区", "我想报周四的太极", "1")
        await play(linli, Script(None, None, None, who, say))

    async def work(tx: Transaction) -> None:
        row = await tx.one(THEIRS)
        assert row
        await tx.run(ATTENDED, row | {"arrived_at": row["starts_at"]})

    await linli.database.write(work)


async def told(linli: Linli, *residents: str) -> list[str]:
    lines = [line for who in residents for line in await linli.lines(CHANNEL, who, after=3)]
    return [line.rendered.text for line in lines]


async def test_a_family_is_told_once_in_the_morning_and_never_at_night(linli: Linli) -> None:
    await attended(linli)
    for at, marked in ((-DAY, 0), (-HOUR / 60, 0), (12 * HOUR, 0), (timedelta(), 1), (HOUR, 0), (DAY, 0)):
        assert await note_misses(linli.database, linli.world(MORNING + at), new_id) == marked
    [text] = await told(linli, "lin", "chen")
    assert "这次没见到您自己" in text


async def test_where_the_policy_is_off_nothing_is_marked_and_nobody_is_told(
    sample: Sample, linli: Linli, tmp_path: Path
) -> None:
    off = linli_over(linli.database, sample, settings_for(linli.settings.database_url, tmp_path, misses=0))
    await attended(off)
    assert await note_misses(off.database, off.world(MORNING), new_id) == 0
    assert await told(off, "lin", "chen") == []


async def test_what_ended_long_ago_is_left_alone(linli: Linli) -> None:
    await attended(linli)
    assert await note_misses(linli.database, linli.world(MORNING + 8 * DAY), new_id) == 0


async def test_who_misses_what_the_office_took_out_of_the_directory_is_marked_and_not_told(
    linli: Linli, sample: Sample
) -> None:
    await attended(linli)
    await linli.database.write(lambda tx: directory.withdraw_activities(tx, ["FZ046-03"], NOW))
    left = await load_directory(linli.database, sample_prefix=PREFIX)
    bare = linli_over(linli.database, replace(sample, directory=left), linli.settings)
    assert await note_misses(linli.database, bare.world(MORNING), new_id) == 1
    assert await told(linli, "lin", "chen") == []


async def test_a_call_back_for_an_appeal_goes_to_the_centre_with_its_topic(linli: Linli) -> None:
    await attended(linli)
    there = linli.over(linli.database, fixed_clock(MORNING))
    [answer] = await play(there, Script(None, None, None, "lin", ("/appeal FZ046",)))
    assert answer.reply.view == "CallbackPromised"
    [gone] = await play(there, Script(None, None, None, "lin", ("/appeal FZ999",)))
    assert gone.reply.view == "ChoiceGone"
    async with linli.database.read() as tx:
        [row] = await tx.rows(statement("test.callbacks", "SELECT owner, topic FROM callback"))
    assert row["owner"] == "FZ046"
    assert row["topic"].startswith("appeal ")


async def test_an_appeal_is_not_lost_where_an_answer_is_waited_for_already(linli: Linli) -> None:
    there = linli.over(linli.database, fixed_clock(NOW))
    said = ("叫人回我电话", "/appeal FZ046", "/appeal FZ046", "/callback", "/appeal FZ002")
    answers = await play(there, Script(None, None, None, "lin", said))
    views = [answer.reply.rendered.text.splitlines()[0] for answer in answers]
    assert ["也记在同一个编号里" in each for each in views] == [False, True, False, False, True]
    async with linli.database.read() as tx:
        [row] = await callbacks.listed(tx)
    _, *topics = row.topic.split(callbacks.BESIDE)
    assert [topic.split()[0] for topic in topics] == ["appeal", "appeal"]
    assert "FZ046" in topics[0]
    assert "FZ002" in topics[1]


@pytest.mark.parametrize("said", ["我要申诉", "那天我去了，缺席算错了", "I want to appeal"])
async def test_an_appeal_is_understood_from_words(linli: Linli, said: str) -> None:
    [answer] = await play(linli, Script(None, None, None, "lin", (said,)))
    assert answer.reply.intent == "callback"
    assert answer.reply.slots["kind"] == "appeal"
