"""The storms of `make soak` at a small fixed size, and years of cases beside copies without a rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.case_clock import WITHDRAWN
from handlers.case_files import advance
from handlers.case_news import Clerk
from handlers.case_rounds import ACTS
from handlers.case_states import Mover, State
from messages.calendar import SHANGHAI
from storage import case_files as files
from storage.case_files import CaseFile
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.case_talk import clerk_of
from tests.desk import House
from tests.engines import opened
from tests.sample import Sample, linli_over, settings_for
from tests.soak import digest_storm
from tests.soak.case_judge import at_the_end, at_this_moment
from tests.soak.case_year import CaseYear, Hands
from tests.soak.storm import rage

pytestmark = pytest.mark.no_cover
SEED = 20261125
FORGETS = statement("test.forgets", "DELETE FROM digest_sent WHERE staff_id = 'P00007'")
HAPPENS = {
    "opened", "accepted", "rectified", "explained", "escalated", "urged", "reminded", "withdrawn", "silence",
    "closed", "reopened", "asked_again",
}  # fmt: skip


async def test_what_was_answered_survives_processes_that_are_killed(sample_url: str, tmp_path: Path) -> None:
    async with opened(sample_url, busy_deadline_s=30) as database:
        storm = await rage(sample_url, database, tmp_path, seed=SEED, kills=4, answers=100)
        assert storm.problems == []
        assert storm.answers >= 200
        assert storm.imports > 0
        assert storm.messages < storm.answers, "no message came again"

        storm.misremember()
        await storm.verify(database)
        assert len(storm.problems) == 1, "a lost answer is noticed"


async def test_digests_survive_processes_that_are_killed(database_url: str) -> None:
    async with opened(database_url, busy_deadline_s=60) as database:
        storm = await digest_storm.rage(database_url, database, seed=SEED, recipients=200, kills=2)
        assert storm.problems == []
        assert (storm.killed, storm.digests, len(storm.received)) == (2, 56, 100)

        storm.misremember()
        await storm.verify(database)
        assert len(storm.problems) == 2, "a message that is lost, or nobody's, is noticed"

        storm.problems.clear()
        await database.write(lambda tx: tx.run(FORGETS))
        await storm.verify(database)
        assert any("0 noted, 1 written" in problem for problem in storm.problems)


def year_over(sample: Sample, hands: Hands, url: str, folder: Path, database: Database) -> CaseYear:
    linli = linli_over(database, sample, settings_for(url, folder), clock=hands)
    return CaseYear(linli, hands, SEED, 40)


async def test_every_case_of_a_year_comes_to_an_end(sample_url: str, sample: Sample, tmp_path: Path) -> None:
    async with opened(sample_url) as database:
        year = year_over(sample, Hands(), sample_url, tmp_path, database)
        await year.live()
        assert year.problems == []
        assert year.opened == 40
        assert set(year.seen) >= HAPPENS


async def nothing(tx: Transaction, case: CaseFile, clerk: Clerk) -> None:
    """A rule that was forgotten."""


@pytest.mark.parametrize(("rule", "noticed"), [("close", "still"), (WITHDRAWN, "has it")])
async def test_a_rule_of_the_rounds_that_is_missing_is_noticed(
    sample: Sample, tmp_path: Path, rule: str, noticed: str
) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    async with opened(url) as database:
        year = year_over(sample, Hands(), url, tmp_path, database)
        year = replace(year, acts=ACTS | {rule: nothing}, days=60, longest=40)
        await year.live()
        assert any(noticed in problem for problem in year.problems)


async def test_an_owner_who_closes_a_case_is_noticed(sample: Sample, tmp_path: Path) -> None:
    """As if the table of moves had let them: the step is made as a resident's, in the name of staff."""
    url, hands = sample.copy_to(tmp_path / "linli.db"), Hands()
    async with opened(url) as database:
        year = replace(year_over(sample, hands, url, tmp_path, database), cases=3, days=5)
        await year.live()
        assert year.problems == []
        house = House(year.linli)
        centre = next(iter(year.linli.directory.centres))
        await house.say(f"/rate {centre} 1", "lin")

        async def close(tx: Transaction) -> None:
            [case] = await files.open_ones(tx)
            closed = replace(case, state=State.CLOSED.value)
            await advance(tx, case, closed, clerk_of(house), mover=Mover.RESIDENT, who="S-0001")

        await database.write(close)
        found = await at_the_end(database, {})
        assert any("closed by S-0001" in problem for problem in found)
        assert any("no resident said" in problem for problem in found)


SUNDAY = datetime(2026, 1, 11, 18, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("damage", "noticed"),
    [
        ("state = 'explained'", "nothing will ever happen"),
        ("due_at = :due_at", "ends no working day"),
        ("owner = 'nobody'", "has it"),
        ("rating_id = NULL", "it has 0 cases"),
    ],
)
async def test_a_case_that_is_left_to_itself_is_noticed(
    sample: Sample, tmp_path: Path, damage: str, noticed: str
) -> None:
    url, hands = sample.copy_to(tmp_path / "linli.db"), Hands()
    async with opened(url) as database:
        linli = year_over(sample, hands, url, tmp_path, database).linli
        hands.now += timedelta(hours=4)
        await House(linli).say("/rate FZ002 1", "lin")
        assert await at_this_moment(database, linli.world(hands.now)) == []
        query = statement("test.damage", f"UPDATE case_file SET {damage}")
        await database.write(lambda tx: tx.run(query, {"due_at": SUNDAY} if ":" in damage else {}))
        [problem] = await at_this_moment(database, linli.world(hands.now))
        assert noticed in problem
