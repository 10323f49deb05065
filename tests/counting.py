"""A database that notes which statements each turn commits."""

from collections.abc import Sequence
from typing import Any

from bot.linli import Linli
from storage.database import Database, Step
from tests.sample import Sample, linli_over


class Counting(Database):
    """Notes the statements of each chain that is committed."""

    chains: list[list[str]]

    async def chain(self, steps: Sequence[Step]) -> list[Any] | None:
        self.chains.append([query.name for query, _ in steps])
        return await super().chain(steps)


def counted_over(linli: Linli, sample: Sample) -> tuple[Linli, list[list[str]]]:
    """The same Linli on SQLite, and what its turns commit from now on."""
    assert linli.database.sqlite
    counting = Counting(linli.database.sqlite, busy_deadline_s=5)
    counting.chains = []
    return linli_over(counting, sample, linli.settings), counting.chains
