"""What the yearly audit pack counts, and which numbers it does not tell, on both engines."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.audit_files import Facts, points, write_pack
from handlers.audit_pack import months_of, year_to_audit
from handlers.children import TEXT_VERSION
from messages.audit_words import BELOW, code, shown, total
from storage import audit, children, erasing, jobs
from storage.audit_pack import erasures
from storage.database import Database
from storage.transaction import Transaction
from tests.audit_rows import DAY, FACTS, FAMILIES, agreed, counted_of, looked, sheets_in, twelve
from tests.booking_rows import NOW, SHANGHAI
from tests.child_rows import CENTRE, EXPIRES_ON, TERM, sealed, sealed_in

# Numbers that tell of nobody


@pytest.mark.parametrize(("number", "read"), [(0, 0), (1, "<5"), (4, "<5"), (5, 5), (1200, 1200)])
def test_small_numbers_are_told_as_small(number: int, read: int | str) -> None:
    assert shown(number) == read


@given(st.lists(st.integers(0, 30), max_size=8))
def test_a_total_tells_no_small_number(numbers: list[int]) -> None:
    read = total(numbers)
    if any(0 < each < 5 for each in numbers):
        assert read == f"≥{sum(each for each in numbers if each >= 5)}"
    else:
        assert read == sum(numbers)


async def test_consents_are_counted_by_month_purpose_and_version(database: Database, tmp_path: Path) -> None:
    await twelve(database)
    october, november = (
        datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI),
        datetime(2026, 11, 1, tzinfo=SHANGHAI),
    )
    await agreed(database, FAMILIES[:6], "allergy", october)
    await agreed(database, FAMILIES[6:9], "allergy", november)
    await agreed(database, FAMILIES, "roster", november, version=TEXT_VERSION)
    await agreed(database, FAMILIES[:1], "pick_up", datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI))

    async def withdraw(tx: Transaction) -> None:
        for each in FAMILIES[:6]:
            await children.withdraw(tx, f"allergy {each} 1", each, november + DAY)

    await database.write(withdraw)
    counted = await counted_of(database)
    lines = {(e.month, e.purpose, e.text_version): (e.given, e.withdrawn) for e in counted.consents}
    assert lines == {
        ("2026-10", "allergy", 1): (6, 0),
        ("2026-11", "allergy", 1): (3, 6),
        ("2026-11", "roster", TEXT_VERSION): (12, 0),
    }
    assert {(e.purpose, e.text_version): e.times for e in counted.standing} == {
        ("allergy", 1): 3, ("pick_up", 1): 1, ("roster", TEXT_VERSION): 12,
    }  # fmt: skip
    assert counted.outdated == 4
    write_pack(tmp_path, counted, FACTS)
    sheets = sheets_in(tmp_path / "consents.xlsx")
    allergy, roster = code("consent", "allergy"), code("consent", "roster")
    assert sheets["By month"] == [
        ("2026-10", allergy, 1, 6, 0),
        ("2026-11", allergy, 1, BELOW, 6),
        ("2026-11", roster, TEXT_VERSION, 12, 0),
        ("合计\nTotal", None, None, "≥18", 6),
    ]
    assert (allergy, code("channel", "web"), "≥6") in sheets["By channel"]
    assert (allergy, 1, BELOW) in sheets["Standing"]


async def test_looks_are_counted_by_role_and_who_looks_far_more_than_others_is_told_of(
    database: Database, tmp_path: Path
) -> None:
    await twelve(database)
    at = datetime(2026, 11, 3, 10, tzinfo=SHANGHAI)
    for who, times in (("S-0001", 6), ("S-0002", 7), ("S-0003", 90), ("S-0004", 8)):
        await looked(database, who, times, at)
    await looked(database, "S-0005", 3, at - 30 * DAY, "roster")
    await looked(database, "S-0003", 90, datetime(2026, 12, 1, tzinfo=SHANGHAI))  # it is not December yet

    async def opened_list(tx: Transaction) -> None:
        for number, (who, what) in enumerate(
            (("S-0001", "names"), ("shell", "roster"), ("S-0001", "resize"))
        ):
            await audit.note(tx, f"a{number}", who, what, centre_id=CENTRE, subjects=("f001",), done_at=at)

    await database.write(opened_list)
    counted = await counted_of(database)
    assert [(e.month, e.kind, e.role, e.what, e.times) for e in counted.looks] == [
        ("2026-10", "child", "centre_staff", "roster", 3),
        ("2026-11", "child", "centre_staff", "name", 111),
        ("2026-11", "list", "centre_staff", "names", 1),
        ("2026-11", "list", "shell", "roster", 1),
    ]
    assert [(e.month, e.times, e.usual) for e in counted.outliers] == [("2026-11", 90, 7.5)]
    write_pack(tmp_path, counted, FACTS)
    sheets = sheets_in(tmp_path / "access.xlsx")
    assert sheets["Children"][0] == (
        "2026-10",
        CENTRE,
        code("role", "centre_staff"),
        code("child", "roster"),
        BELOW,
    )
    assert sheets["Unusual"] == [
        ("2026-11", CENTRE, code("role", "centre_staff"), code("child", "name"), 90, 7.5)
    ]


async def test_erasures_are_requests_and_say_how_soon_they_were_done(database: Database) -> None:
    asked = datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)

    async def work(tx: Transaction) -> None:
        for number in range(7):
            for kind in ("family", "conversation"):
                await erasing.note(
                    tx,
                    f"R{number}",
                    kind,
                    f"{kind} {number}",
                    asked_at=asked,
                    done_at=asked + timedelta(0, 1),
                )
        await erasing.note(tx, "R7", "participant", "p", asked_at=asked, done_at=asked + 16 * DAY)
        await erasing.note(tx, "R8", "conversation", "c", asked_at=asked - 2 * DAY, done_at=asked)
        await erasing.note(tx, "R9", "conversation", "c", asked_at=asked - 400 * DAY, done_at=asked)
        await erasing.mark_scrubbed(tx, [f"R{number}" for number in range(6)], asked + DAY)

    await database.write(work)
    counted = await counted_of(database)
    assert [
        (e.month, e.kind, e.requests, e.at_once, e.in_time, e.late, e.unscrubbed) for e in counted.erasures
    ] == [
        ("2026-10", "conversation", 1, 0, 1, 0, 1),
        ("2026-11", "family", 7, 7, 0, 0, 1),
        ("2026-11", "participant", 1, 0, 0, 1, 1),
    ]
    async with database.read() as tx:  # however few are read at once
        found = [e.receipt async for e in erasures(tx, asked - 9 * DAY, asked + DAY, at_once=2)]
    assert found == [f"R{number}" for number in range(9)]


async def test_runs_of_deleting_jobs_and_destroyed_keys_are_told(database: Database, tmp_path: Path) -> None:
    await twelve(database)
    await sealed_in(database, *(sealed(f"{each}1") for each in FAMILIES[:3]))

    async def work(tx: Transaction) -> None:
        for day, outcome in ((20, "emptied 12"), (21, "emptied 3"), (23, "failed")):
            at = datetime(2026, 11, day, 3, tzinfo=SHANGHAI)
            await jobs.claim(tx, "empty-bodies", f"2026-11-{day}", "h", at)
            await jobs.finish(tx, "empty-bodies", f"2026-11-{day}", "h", outcome, at)
        await children.forget_key(tx, children.NameKey(CENTRE, TERM, NOW, EXPIRES_ON), NOW - DAY)

    await database.write(work)
    counted = await counted_of(database)
    [line] = counted.runs
    # From the 20th, when the first run is remembered, to the 25th: six days, two of them well.
    assert (line.job, line.month, line.runs, line.failed, line.days_without, line.deleted) == (
        "empty-bodies", "2026-11", 3, 1, 4, 15,
    )  # fmt: skip
    assert counted.jobs_missed == ("empty-bodies",)
    assert [(e.centre_id, e.names) for e in counted.destroyed] == [(CENTRE, 3)]
    write_pack(tmp_path, counted, FACTS)
    [key] = sheets_in(tmp_path / "retention.xlsx")["Keys"]
    assert key[0:2] + key[3:] == (CENTRE, TERM, BELOW)


def test_months_are_those_that_have_begun() -> None:
    assert [each.name for each in months_of(2026, NOW)][-1] == "2026-11"
    assert months_of(2026, NOW)[-1].until_at == NOW
    assert len(months_of(2025, NOW)) == 12
    assert months_of(2027, NOW) == []
    march, april = datetime(2027, 3, 31, tzinfo=SHANGHAI), datetime(2027, 4, 1, tzinfo=SHANGHAI)
    assert (year_to_audit(march), year_to_audit(april)) == (2026, 2027)


# What is open


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"has_responsible": False}, "LINLI_RESPONSIBLE"),
        ({"has_telegram": True}, "Telegram"),
        ({"engine": "postgresql"}, "PostgreSQL"),
    ],
)
async def test_what_is_open_is_said_where_it_is(
    sqlite_database: Database, changed: dict[str, object], said: str
) -> None:
    counted = await counted_of(sqlite_database)
    of = {name: getattr(FACTS, name) for name in FACTS.__slots__} | changed
    assert any(said in zh for zh, _ in points(counted, Facts(**of)))
    assert not any(said in zh for zh, _ in points(counted, FACTS))
