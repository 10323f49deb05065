"""The storms of `make soak` at a small fixed size."""

from pathlib import Path

from tests.engines import opened
from tests.soak.storm import rage

SEED = 20261125


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
