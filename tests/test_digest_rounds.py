"""Digests are sent to whoever reads them at their hour: once each, whoever else sends, and the same later."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

import pytest

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli, staff_codes
from handlers import digest_rounds, staff
from handlers.digest_periods import DAY, MONTH, WEEK, last_over
from handlers.digest_rounds import due_now, moment_of, send_due
from handlers.district_digest import district_digest
from handlers.permissions import Role
from messages.view_codec import from_json, to_json
from messages.views import Thanked
from messages.views_digest import DigestShown
from storage import counted, digests
from storage.database import Busy, ConstraintError
from storage.digests import Digest, ReaderOf, Wish
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, message

MONDAY = datetime(2026, 11, 30, 8, 30, tzinfo=NOW.tzinfo)
HEARD = statement("test.heard", "SELECT view, unique_key FROM outbox WHERE unique_key LIKE 'digest %'")
SENT = statement(
    "test.sent", "SELECT cadence, first_on, skipped FROM digest_sent ORDER BY staff_id, first_on"
)
TAKEN = statement("test.taken", "SELECT id FROM outbox ORDER BY id LIMIT 1")
PLACES = (
    (Role.CENTRE_MANAGER, "FZ002", None),
    (Role.CENTRE_MANAGER, "FZ002", None),
    (Role.SUBDISTRICT, None, "东湖街道"),
    (Role.DISTRICT, None, None),
    (Role.CENTRE_STAFF, "FZ002", None),
)


async def appointed(linli: Linli, role: Role, centre_id: str | None, subdistrict: str | None) -> str:
    """Somebody becomes staff by a code; their address."""
    code, code_hash = staff_codes(linli.settings).new()
    await staff.invite(
        linli.database, code_hash, role, centre_id=centre_id, subdistrict=subdistrict, days=7,
        entry_id=str(new_id()), now=NOW,
    )  # fmt: skip
    assert (await linli.hear(message(f"管理码 {code}", address=code))).view == "StaffWelcomed"
    return code


@pytest.fixture
async def staffed(linli: Linli) -> Linli:
    """Two managers of a centre, its subdistrict, the district, and somebody at the desk."""
    for place in PLACES:
        await appointed(linli, *place)
    return linli


def signed(digest_id: str) -> tuple[str, str]:
    return f"/{digest_id}.png", f"/{digest_id}.xlsx"


async def sent(linli: Linli, now: datetime) -> tuple[int, int]:
    return await send_due(linli.database, linli.world(now), new_id, signed)


async def heard(linli: Linli) -> list[dict[str, object]]:
    async with linli.database.read() as tx:
        return await tx.rows(HEARD)


@pytest.mark.parametrize(
    ("wish", "now", "at"),
    [
        (Wish(WEEK, 1, 510), MONDAY, MONDAY),
        (Wish(WEEK, 1, 510), MONDAY + timedelta(days=6), MONDAY),
        (Wish(WEEK, 3, 0), MONDAY, MONDAY.replace(day=25, hour=0, minute=0)),
        (Wish(WEEK, 7, 1439), MONDAY.replace(day=29), MONDAY.replace(day=29, hour=23, minute=59)),
        (Wish(DAY, 1, 450), MONDAY, MONDAY.replace(hour=7, minute=30)),
        (Wish(MONTH, 5, 600), MONDAY, MONDAY.replace(day=1, hour=10, minute=0)),
    ],
)
def test_the_moment_of_a_digest(wish: Wish, now: datetime, at: datetime) -> None:
    assert moment_of(wish, now) == at


def reader(**changes: object) -> ReaderOf:
    given: dict[str, object] = {
        "staff_id": "S-0001", "role": "centre_manager", "centre_id": "FZ002", "subdistrict": None,
        "conversation_id": "c", "since_at": NOW, "cadence": WEEK, "weekday": 1, "minute": 510,
    }  # fmt: skip
    return ReaderOf(**(given | changes))  # type: ignore[arg-type]


def test_who_became_staff_after_the_moment_waits_for_the_next(sqlite_linli: Linli) -> None:
    late = reader(since_at=MONDAY + timedelta(minutes=1))
    assert list(due_now([late], sqlite_linli.world(MONDAY + timedelta(days=2)))) == []
    [due] = due_now([late], sqlite_linli.world(MONDAY + timedelta(days=7)))
    assert due.period.first == date(2026, 11, 30)
    assert due.skipped is None


def test_why_somebody_is_not_sent_one_is_said(sqlite_linli: Linli) -> None:
    world = sqlite_linli.world(MONDAY)
    silent, gone = reader(cadence="none"), reader(centre_id="FZ999")
    assert [each.skipped for each in due_now([silent, gone], world)] == ["not_wanted", "no_centre"]


async def test_everybody_who_reads_one_is_sent_it_once(staffed: Linli) -> None:
    assert await sent(staffed, MONDAY - timedelta(minutes=1)) == (0, 0)
    assert await sent(staffed, MONDAY) == (4, 0)
    assert await sent(staffed, MONDAY) == (0, 0)
    assert await sent(staffed, MONDAY + timedelta(days=6)) == (0, 0)
    assert len(await heard(staffed)) == 4
    async with staffed.database.read() as tx:
        noted = await tx.rows(SENT)
    assert noted == [{"cadence": WEEK, "first_on": date(2026, 11, 23), "skipped": None}] * 4


async def test_who_reads_of_one_place_is_sent_the_same(staffed: Linli) -> None:
    await sent(staffed, MONDAY)
    views = [from_json(str(row["view"]))[0] for row in await heard(staffed)]
    ours = [each for each in views if isinstance(each, DigestShown)]
    assert len(ours) == 2
    assert ours[0] == ours[1]
    assert ours[0].chart == f"{ours[0].workbook}".replace("xlsx", "png")
    async with staffed.database.read() as tx:
        kept = await digests.of_period(tx, "centre FZ002", WEEK, date(2026, 11, 23))
    assert kept
    assert ours[0].chart == f"/{kept.id}.png"


async def test_what_was_missed_is_made_up_for_by_the_last(staffed: Linli) -> None:
    assert await sent(staffed, MONDAY + timedelta(weeks=5, days=2)) == (4, 0)
    assert {str(row["unique_key"])[-10:] for row in await heard(staffed)} == {"2026-12-28"}


async def test_several_at_once_send_each_one_once(staffed: Linli) -> None:
    found = await asyncio.gather(*(sent(staffed, MONDAY) for _ in range(4)))
    assert sum(each for each, _ in found) == 4
    assert len(await heard(staffed)) == 4


async def test_the_note_of_it_holds_in_the_transaction(staffed: Linli) -> None:
    async def note(tx: Transaction) -> bool:
        [first, *_] = await digests.readers(tx, digest_rounds.USUAL)
        return await digests.note_sent(tx, first.staff_id, WEEK, date(2026, 11, 23), None, MONDAY)

    assert [await staffed.database.write(note) for _ in range(2)] == [True, False]
    assert (await sent(staffed, MONDAY))[0] == 3


async def test_a_digest_asked_for_later_is_as_it_was_sent(linli: Linli) -> None:
    manager = await appointed(linli, *PLACES[0])

    async def asked(now: datetime) -> str:
        there = linli.over(linli.database, fixed_clock(now))
        return (await there.hear(message("周报", address=manager))).rendered.text

    await sent(linli, MONDAY)
    then = await asked(MONDAY)
    await linli.hear(message("给东湖社区打一星", address="lin"))
    assert await asked(MONDAY + timedelta(days=1)) == then.replace("（周日）\n", "（周日）（当时发的）\n", 1)


OLD = statement("test.old", "UPDATE digest SET view = :view WHERE place = :place")


async def test_a_digest_that_this_version_cannot_read_is_made_anew(linli: Linli) -> None:
    manager = await appointed(linli, *PLACES[0])
    await sent(linli, MONDAY)
    there = linli.over(linli.database, fixed_clock(MONDAY))
    then = (await there.hear(message("周报", address=manager))).rendered.text
    await linli.database.write(lambda tx: tx.run(OLD, {"view": '{"v": 0}', "place": "centre FZ002"}))
    assert (await there.hear(message("周报", address=manager))).rendered.text == then
    async with linli.database.read() as tx:
        kept = await digests.of_period(tx, "centre FZ002", WEEK, date(2026, 11, 23))
    assert kept
    assert isinstance(from_json(kept.view)[0], DigestShown)


async def test_one_digest_that_cannot_be_made_keeps_nobody_else_waiting(staffed: Linli) -> None:
    """A wrong kind of view stands where that of the centre should; those above are sent theirs."""
    wrong = to_json(Thanked(()), "zh")

    async def kept(tx: Transaction) -> None:
        row = Digest(str(new_id()), "centre FZ002", WEEK, date(2026, 11, 23), wrong, MONDAY)
        await digests.add(tx, row)

    await staffed.database.write(kept)
    with pytest.raises(ExceptionGroup) as raised:
        await sent(staffed, MONDAY)
    assert [type(each) for each in raised.value.exceptions] == [TypeError, TypeError]
    assert len(await heard(staffed)) == 2
    await staffed.database.write(lambda tx: tx.run(OLD, {"view": '{"v": 0}', "place": "centre FZ002"}))
    assert await sent(staffed, MONDAY) == (2, 0)
    assert len(await heard(staffed)) == 4


async def test_what_the_schema_refuses_of_one_digest_keeps_nobody_else_waiting(staffed: Linli) -> None:
    """The first message takes an id that stands in the outbox already."""
    async with staffed.database.read() as tx:
        taken = await tx.value(TAKEN)
    ids = chain([new_id(), UUID(taken)], iter(new_id, None))
    with pytest.raises(ExceptionGroup) as raised:
        await send_due(staffed.database, staffed.world(MONDAY), lambda: next(ids), signed)
    assert [type(each) for each in raised.value.exceptions] == [ConstraintError]
    assert len(await heard(staffed)) == 3
    assert await sent(staffed, MONDAY) == (1, 0)


async def test_when_the_database_fails_the_rest_waits_and_what_failed_before_is_told(staffed: Linli) -> None:
    wrong = iter([ConstraintError("of one digest"), Busy("of the database")])

    def signs(_: str) -> tuple[str, str]:
        raise next(wrong)

    with pytest.raises(ExceptionGroup) as raised:
        await send_due(staffed.database, staffed.world(MONDAY), new_id, signs)
    assert [type(each) for each in raised.value.exceptions] == [ConstraintError, Busy]
    assert await heard(staffed) == []
    assert await sent(staffed, MONDAY) == (4, 0)


async def test_a_database_that_fails_at_the_first_is_told_as_it_is(staffed: Linli) -> None:
    def signs(_: str) -> tuple[str, str]:
        raise Busy("of the database")

    with pytest.raises(Busy):
        await send_due(staffed.database, staffed.world(MONDAY), new_id, signs)
    assert await heard(staffed) == []


async def test_periods_are_counted_once_for_everybody(staffed: Linli) -> None:
    await sent(staffed, MONDAY)
    async with staffed.database.read() as tx:
        weeks = await counted.periods(tx, WEEK, date(2026, 1, 1))
        of_all = await counted.of_all(tx, WEEK, date(2026, 11, 23), date(2026, 11, 23))
    assert len(weeks) == 8
    assert max(weeks) == last_over(WEEK, MONDAY.date()).first
    assert len(of_all) > 30


@pytest.mark.parametrize(
    ("by", "are_late"), [(None, False), (date(2026, 12, 31), False), (date(2026, 11, 29), True)]
)
async def test_the_district_reads_how_far_it_is_and_who_is_late(
    linli: Linli, by: date | None, are_late: bool
) -> None:
    world = linli.world(MONDAY)
    world = replace(world, policy=replace(world.policy, coverage_by=by))
    async with linli.database.read() as tx:
        shown = await district_digest(tx, None, last_over(WEEK, MONDAY.date()), world)
        one = await district_digest(tx, "东湖街道", last_over(WEEK, MONDAY.date()), world)
    centres = world.directory.centres.values()
    assert sum(each.total for each in shown.coverage) == len(centres)
    assert sum(each.open for each in shown.coverage) == shown.centres < len(centres)
    late = sum(each.late for each in shown.coverage)
    assert late == (len(centres) - shown.centres if are_late else 0)
    assert [each.subdistrict for each in one.coverage] == ["东湖街道"]
