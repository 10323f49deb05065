"""The operator's pages: what runs, what did not arrive, and how it is set up; nothing of what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.jobs import JOBS
from bot.linli import Linli
from bot.settings import Settings, shown, variable_of
from storage import jobs, outbox
from storage.outbox import NotArrived

LISTED = 100
OVERDUE = 3


@dataclass(frozen=True, slots=True)
class JobLine:
    """A timed job; `is_late`: it should have run several times since."""

    name: str
    every_s: int
    ran_at: datetime | None
    outcome: str
    is_late: bool


async def job_lines(linli: Linli, _: Mapping[str, str]) -> tuple[JobLine, ...]:
    now = linli.clock()
    async with linli.database.read(snapshot=False) as tx:
        ran = {each.job: each for each in await jobs.last_runs(tx)}
    found = []
    for job in JOBS:
        last = ran.get(job.name)
        at = last.ran_at if last else None
        is_late = at is not None and now - at > OVERDUE * job.every and job.period is None
        outcome = last.outcome if last else ""
        found.append(JobLine(job.name, int(job.every.total_seconds()), at, outcome, is_late))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Post:
    """What has not arrived: how many messages in each state, and the newest that nobody takes."""

    depth: Mapping[str, int]
    dead: tuple[NotArrived, ...]


async def post(linli: Linli, _: Mapping[str, str]) -> Post:
    async with linli.database.read() as tx:
        return Post(await outbox.depth(tx), tuple(await outbox.dead(tx, LISTED)))


@dataclass(frozen=True, slots=True)
class Setting:
    variable: str
    value: str
    default: str
    meaning: str | None


async def settings(linli: Linli, _: Mapping[str, str]) -> tuple[Setting, ...]:
    """Every one with its value; of a secret only whether it is set."""
    return tuple(
        Setting(
            variable_of(name), shown(getattr(linli.settings, name)), shown(each.default), each.description
        )
        for name, each in Settings.model_fields.items()
    )
