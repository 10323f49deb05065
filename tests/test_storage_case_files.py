"""Cases in the database, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import case_files as files
from storage import conversations, directory, staff
from storage.case_files import CaseFile
from storage.database import Database, Transaction
from storage.statements import statement
from storage.transaction import ConstraintError
from tests.storage_rows import LATER, NOW, centre

RATED = statement(
    "test.rated",
    "INSERT INTO rating"
    " (id, receipt, visit, centre_id, level, how, is_verified, rated_on, made_at, is_current)"
    " VALUES ('r', 'r', 'v', 'FZ-01', 2, 'said', FALSE, :rated_on, :made_at, TRUE)",
)
EXCLUDED = statement("test.excluded", "SELECT level, excluded_by FROM rating")


def case(name: str, **changes: object) -> CaseFile:
    plain = CaseFile(
        name, f"G-{name}", "rating", None, "FZ-01", None, None, None, "c", 1, "FZ-01", "received", NOW, LATER,
        None, None, None, 0,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
async def kept(database: Database) -> Database:
    """One case of the conversation 'c' at the centre FZ-01, with its first step."""

    async def work(tx: Transaction) -> None:
        await directory.put_centres(tx, [centre("FZ-01"), centre("FZ-02")])
        await conversations.create(tx, "c", "web", "of c", "{}", NOW)
        await tx.run(RATED, {"rated_on": NOW.date(), "made_at": NOW})
        await files.add(tx, case("1", rating_id="r"))
        await files.add_step(
            tx, "1", who="resident", was="", became="received", because="opened", made_at=NOW
        )
        await files.add_words(tx, "1", 1, "it leaks")

    await database.write(work)
    return database


async def test_codes_count_on(database: Database) -> None:
    async def work(tx: Transaction) -> list[str]:
        return [await files.next_code(tx) for _ in range(3)]

    assert await database.write(work) == ["G-0001", "G-0002", "G-0003"]


async def test_what_was_added_is_found_again(kept: Database) -> None:
    async with kept.read() as tx:
        assert await files.of_id(tx, "1") == case("1", rating_id="r")
        assert await files.of_code(tx, "G-1") == case("1", rating_id="r")
        assert await files.of_code(tx, "G-2") is None
        assert [(each.number, each.said) for each in await files.steps(tx, "1")] == [(1, "it leaks")]
        assert list(await files.steps_of_open(tx)) == ["1"]


async def test_only_who_saw_the_newest_version_changes_it(kept: Database) -> None:
    first = await kept.write(lambda tx: files.save(tx, case("1", state="accepted")))
    assert first is not None
    assert (first.version, first.state) == (1, "accepted")
    assert await kept.write(lambda tx: files.save(tx, case("1", state="explained"))) is None
    async with kept.read() as tx:
        found = await files.of_id(tx, "1")
    assert found == first


async def test_a_case_that_is_held_is_as_it_was(kept: Database) -> None:
    assert await kept.write(lambda tx: files.hold(tx, "1")) == case("1", rating_id="r")
    assert await kept.write(lambda tx: files.hold(tx, "nobody's")) is None


async def test_steps_are_numbered_in_their_order(kept: Database) -> None:
    async def work(tx: Transaction) -> list[int]:
        return [
            await files.add_step(
                tx, "1", who="linli", was="received", became="received", because="urged", made_at=LATER
            )
            for _ in range(2)
        ]

    assert await kept.write(work) == [2, 3]
    async with kept.read() as tx:
        assert [step.said for step in await files.steps(tx, "1")] == ["it leaks", None, None]


async def test_a_case_of_nowhere_is_refused(kept: Database) -> None:
    with pytest.raises(ConstraintError):
        await kept.write(lambda tx: files.add(tx, case("9", centre_id="FZ-99")))


async def test_lists_are_those_of_an_owner_the_first_due_first(kept: Database) -> None:
    soon = LATER - timedelta(hours=1)

    async def work(tx: Transaction) -> None:
        await files.add(tx, case("2", due_at=soon))
        await files.add(tx, case("3", state="explained"))
        await files.add(tx, case("4", tier=2, owner="area"))
        await files.add(tx, case("5", state="closed", closed_at=LATER, due_at=soon))
        await files.add(tx, case("6", centre_id="FZ-02", owner="FZ-02", conversation_id=None))

    await kept.write(work)
    async with kept.read() as tx:
        owned = await files.owned(tx, 1, "FZ-01", ("received",))
        assert [each.id for each in owned] == ["2", "1"]
        assert [each.id for each in await files.owned(tx, 2, "area", ("received",))] == ["4"]
        assert await files.owned(tx, 2, "FZ-01", ("received",)) == []
        own = [each.id for each in await files.of_conversation(tx, "c")]
        assert (own[-1], set(own)) == ("5", {"1", "2", "3", "4", "5"})
        assert [each.id for each in await files.in_state(tx, "explained", NOW)] == ["3"]
        assert await files.in_state(tx, "explained", LATER) == []
        assert {each.id for each in await files.open_ones(tx)} == {"1", "2", "3", "4", "6"}
        assert await files.overdue(tx, LATER) == 1
        assert await files.overdue(tx, LATER + timedelta(hours=1)) == 4  # not what waits for the resident


async def test_staff_of_each_tier_are_found(kept: Database) -> None:
    posts = (
        ("centre_manager", "FZ-01", None), ("centre_staff", "FZ-01", None), ("centre_manager", "FZ-02", None),
        ("subdistrict", None, "area"), ("district", None, None), ("operator", None, None),
    )  # fmt: skip

    async def work(tx: Transaction) -> None:
        for number, (role, here, area) in enumerate(posts):
            talk = f"t{number}"
            await conversations.create(tx, talk, "web", f"of {talk}", "{}", NOW)
            await staff.invite(
                tx, talk, role,
                centre_id=here, subdistrict=area, made_by="shell", made_at=NOW, expires_at=LATER,
            )  # fmt: skip
            [*_, invited] = await staff.open_invitations(tx, NOW)
            await staff.join(tx, invited, talk, NOW)

    await kept.write(work)
    async with kept.read() as tx:
        assert await files.staff_of(tx, 1, "FZ-01") == ["t0"]
        assert await files.staff_of(tx, 2, "area") == ["t3"]
        assert await files.staff_of(tx, 2, "FZ-01") == []
        assert await files.staff_of(tx, 3, "district") == ["t4"]


async def test_a_rating_is_excluded_once_and_stays_as_it_was_given(kept: Database) -> None:
    assert await kept.write(lambda tx: files.exclude_rating(tx, "r", "S-0001", LATER))
    assert not await kept.write(lambda tx: files.exclude_rating(tx, "r", "S-0002", LATER))
    async with kept.read() as tx:
        assert await files.level_of(tx, "r") == 2
        assert await tx.one(EXCLUDED) == {"level": 2, "excluded_by": "S-0001"}
