"""Everything that can happen to bookings in any order, on both engines, beside a model of it."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.booking_machine import Ground, grown, play
from tests.conftest import ENGINES
from tests.doctored import Cut, doctored
from tests.engines import opened, postgres_database

# The stories of this one come upon the rules that are left out within seconds, those of others later.
CHANCE = 1
MANY = 3_000
pytestmark = pytest.mark.no_cover
TAKES = (
    "SET taken = taken + :size, version = version + 1\n"
    "WHERE\n    id = :id AND state = 'planned' AND NOT has_draw"
)
NOBODY_PASSES_THE_LINE = Cut("storage/sql/sessions.sql", f"{TAKES} AND waiting = 0", TAKES)
PASSED_FOUR_TIMES = Cut("handlers/line.py", "bound: int = 3", "bound: int = 4")


@pytest.mark.parametrize("engine", ENGINES)
def test_bookings_are_as_the_model_says_whatever_happens(engine: str, request: pytest.FixtureRequest) -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begun() -> Ground:
            url = "sqlite:///:memory:"
            if engine == "postgresql":
                url = await stack.enter_async_context(postgres_database(request.getfixturevalue("postgres")))
            database = await stack.enter_async_context(opened(url))
            await grown(database)
            return Ground(runner, database)

        try:
            examples = 50 if engine == "sqlite" else 15
            play(runner.run(begun()), examples=examples, steps=30, chance=CHANCE)
        finally:
            runner.run(stack.aclose())


@pytest.mark.parametrize("cut", [NOBODY_PASSES_THE_LINE, PASSED_FOUR_TIMES], ids=lambda cut: cut.path)
async def test_a_rule_that_is_left_out_is_noticed(cut: Cut, tmp_path: Path) -> None:
    """The control: the model does not go along with whatever the code does."""
    playing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.booking_machine", str(MANY), str(CHANCE),
        cwd=doctored(tmp_path / "copy", [cut]), stdout=DEVNULL, stderr=PIPE,
    )  # fmt: skip
    _, story = await playing.communicate()
    assert playing.returncode == 1
    assert b"AssertionError" in story
