"""Names under seal: read with the key of their centre and term, as long as it lasts and not a day longer."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.forgetting import empty_bodies, forget_names, scrub
from bot.ids import new_id
from bot.keys import KeyRing
from bot.linli import Linli
from handlers import erasing as acts
from handlers import sealing
from handlers.notices import office_of
from handlers.periods import Period
from handlers.safe import KeyLost
from handlers.sealing import place_of
from handlers.world import World
from storage import care, children, erasing
from storage.database import Database, Transaction
from tests.canary import files_with, rows_with
from tests.child_rows import CENTRE, NOW, family_of_two
from tests.cli import Here
from tests.engines import opened
from tests.sample import Sample, linli_over, message, settings_for

NAME = "林金丝雀"
TERM = Period("2026-2027 first", "2026-2027 first", date(2026, 9, 1), date(2027, 1, 22))
HERE = place_of(CENTRE, TERM, 30)
LAST = date(2027, 2, 21)
DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


@pytest.fixture
async def family(database: Database) -> Database:
    await family_of_two(database)
    return database


async def sealed(database: Database, keys: KeyRing, relation: str | None = None) -> children.SealedName:
    async def work(tx: Transaction) -> children.SealedName:
        return await sealing.seal(
            tx, keys, HERE, name_id=f"n {relation}", participant_id="lin1", text=NAME, now=NOW,
            relation=relation,
        )  # fmt: skip

    return await database.write(work)


async def test_a_name_is_in_the_database_under_seal_only(
    family: Database, keys: KeyRing, tmp_path: Path
) -> None:
    await sealed(family, keys)
    async with family.read() as tx:
        [kept] = await children.names_of(tx, "lin1", CENTRE, TERM.id)
    assert (kept.purpose, kept.expires_on) == ("roster", LAST)
    assert sealing.read(keys, kept) == NAME
    assert await rows_with(family, NAME) == []
    assert files_with(tmp_path, NAME) == []


async def test_an_adult_who_fetches_a_child_is_sealed_beside_it(family: Database, keys: KeyRing) -> None:
    await sealed(family, keys)
    kept = await sealed(family, keys, "grandma")
    assert (kept.purpose, kept.relation) == ("pick_up", "grandma")
    assert sealing.read(keys, kept) == NAME


async def test_a_backup_of_the_database_has_no_keys(family: Database, keys: KeyRing, tmp_path: Path) -> None:
    kept = await sealed(family, keys)
    elsewhere = KeyRing(tmp_path / "another computer")
    with pytest.raises(KeyLost) as raised:
        sealing.read(elsewhere, kept)
    assert NAME not in str(raised.value)


async def test_a_lost_key_is_not_silently_made_anew(family: Database, keys: KeyRing) -> None:
    await sealed(family, keys)
    keys.path_of(HERE.key).unlink()
    with pytest.raises(KeyLost):
        await sealed(family, keys, "grandma")
    assert not keys.has(HERE.key)
    async with family.read() as tx:
        assert [each.relation for each in await children.names(tx, "lin")] == [None]
    [told] = await sealing.lost_keys(family, keys)
    assert "centre FZ-01, term 2026-2027 first" in told


async def test_a_key_that_is_there_is_missed_by_nobody(family: Database, keys: KeyRing) -> None:
    await sealed(family, keys)
    assert await sealing.lost_keys(family, keys) == []


async def test_names_are_read_until_their_last_day_and_never_after(family: Database, keys: KeyRing) -> None:
    kept = await sealed(family, keys)
    last = NOW.replace(year=LAST.year, month=LAST.month, day=LAST.day, hour=23)
    assert await sealing.forget_expired(family, keys, last) == 0
    assert sealing.read(keys, kept) == NAME
    assert await sealing.forget_expired(family, keys, last + DAY) == 1
    with pytest.raises(KeyLost):
        sealing.read(keys, kept)
    async with family.read() as tx:
        assert await children.names(tx, "lin") == []
    assert await sealing.forget_expired(family, keys, last + DAY) == 0
    assert await sealing.lost_keys(family, keys) == []
    assert await care.check(family) == []


async def test_a_key_destroyed_just_before_a_crash_is_counted_as_destroyed_at_the_next_run(
    family: Database, keys: KeyRing
) -> None:
    await sealed(family, keys)
    keys.destroy(HERE.key)
    assert await sealing.forget_expired(family, keys, NOW + 365 * DAY) == 1


async def test_the_jobs_forget_names_and_empty_bodies_in_time(linli: Linli) -> None:
    await linli.hear(message(f"你好，我是{NAME}"))
    assert await empty_bodies(linli, NOW + 30 * DAY) == "emptied 0"
    assert await empty_bodies(linli, NOW + 31 * DAY) == "emptied 3"
    assert await rows_with(linli.database, NAME) == []
    assert await forget_names(linli, NOW) == "forgot 0 names and 0 codes"
    assert await scrub(linli, NOW) == "nothing to scrub"
    assert (await linli.hear(message("你好"))).number == 3
    assert await care.check(linli.database) == []


async def test_the_scrubbing_job_sees_to_what_was_erased(linli: Linli) -> None:
    await linli.hear(message("你好"))
    office = office_of(World(linli.directory, NOW, linli.policy), new_id)
    await linli.database.write(
        lambda tx: acts.erase_conversation(tx, office, linli.safe.journal, "unknown", "R")
    )
    assert await scrub(linli, NOW) == "scrubbed after 1 erasures"
    assert await scrub(linli, NOW) == "nothing to scrub"


async def test_the_job_tries_again_while_a_reader_is_in_the_way(sample: Sample, tmp_path: Path) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    async with opened(url, busy_deadline_s=0.1) as database:
        linli = linli_over(database, sample, settings_for(url, tmp_path))
        office = office_of(World(linli.directory, NOW, linli.policy), new_id)
        async with database.read() as tx:
            assert await erasing.not_scrubbed(tx) == []
            await database.write(
                lambda tx: acts.erase_conversation(tx, office, linli.safe.journal, "unknown", "R")
            )
            assert await scrub(linli, NOW) == "a reader was in the way"
        assert await scrub(linli, NOW) == "scrubbed after 1 erasures"


def test_check_names_a_key_that_is_missing_and_erases_again(here: Here, tmp_path: Path) -> None:
    assert here("check")[0] == 0
    (tmp_path / "erased.log").write_text("2026-11-25T09:30:00+08:00 family f R\n", "utf-8")
    code, out, err = here("check")
    assert (code, out) == (0, "the database is in order\n")
    assert "erased again" in err
    assert here("check")[2] == ""
    (tmp_path / "erased.log").write_text("nonsense is in this file\n", "utf-8")
    code, _, err = here("check")
    assert code == 2
    assert "LINLI_ERASED_LOG: line 1" in err
