"""What the yearly audit of minors' data asks for, counted from one snapshot of the database.

Regulations on the Protection of Minors in Cyberspace, art. 37: whoever processes minors' data has it audited
every year. This is what the audit needs from here; the audit itself is somebody's judgement.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TypeVar

from handlers.children import TEXT_VERSION
from handlers.inventory import tables
from messages.calendar import SHANGHAI
from storage import audit_pack
from storage.audit_pack import Agreed, Destroyed, Looks, Run
from storage.transaction import Transaction

T = TypeVar("T", str, int)

# Jobs that delete, and how often each has to run.
RETENTION = (
    "forget-names", "empty-bodies", "forget-devices", "forget-photos", "forget-codes", "forget-calls",
    "forget-questions", "forget-sign-ins",
)  # fmt: skip
# Who looked more than so many times as often as others usually do, and that often at all, is told of.
USUAL_TIMES, AT_LEAST, AMONG = 3, 20, 3
AT_ONCE, IN_TIME = timedelta(days=1), timedelta(days=15)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Month:
    """`from_at` to `until_at`, which is no part of it."""

    name: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentLine:
    month: str
    purpose: str
    text_version: int
    given: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """Consents that were given on a channel, month by month: a sum of them must tell no small number."""

    purpose: str
    channel: str
    given: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LookLine:
    """How often a role looked at something at a centre in a month. `kind`: 'child' for each child that was
    looked at, 'list' for each list that was opened."""

    month: str
    kind: str
    centre_id: str
    role: str
    what: str
    times: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """One member of staff looked far more often than others usually did."""

    month: str
    centre_id: str
    role: str
    what: str
    times: int
    usual: float


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """Requests by what was to be erased: done within a day, within fifteen, or later; `unscrubbed`: may still
    stand in the files of the database."""

    month: str
    kind: str
    requests: int
    at_once: int
    in_time: int
    late: int
    unscrubbed: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """Runs of a deleting job: how many came to nothing, on how many of the month's days none ended well, and
    how many rows they say that they deleted."""

    job: str
    month: str
    runs: int
    failed: int
    days_without: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Counted:
    """All that was counted. `until_at` is when it was, or the end of the year."""

    year: int
    from_at: datetime
    until_at: datetime
    schema: int
    children: int
    rows: dict[str, int]
    consents: tuple[ConsentLine, ...]
    channels: tuple[ChannelLine, ...]
    standing: tuple[Agreed, ...]
    looks: tuple[LookLine, ...]
    outliers: tuple[Outlier, ...]
    erasures: tuple[ErasureLine, ...]
    runs: tuple[RunLine, ...]
    destroyed: tuple[Destroyed, ...]
    overdue_keys: int

    @property
    def outdated(self) -> int:
        """Consents that stand and were given to words that are not today's."""
        return sum(each.times for each in self.standing if each.text_version < TEXT_VERSION)

    @property
    def jobs_missed(self) -> tuple[str, ...]:
        """Deleting jobs without a good run on more than a day of a month."""
        return tuple(dict.fromkeys(each.job for each in self.runs if each.days_without > 1))


def months_of(year: int, now: datetime) -> list[Month]:
    """Those that have begun by `now`, the last up to it."""
    starts = [datetime(year + n // 12, n % 12 + 1, 1, tzinfo=SHANGHAI) for n in range(13)]
    return [
        Month(f"{first:%Y-%m}", first, min(following, now))
        for first, following in pairwise(starts)
        if first < now
    ]


async def count(tx: Transaction, year: int, now: datetime, schema: int) -> Counted:
    """Everything of the year, as far as it has come. Raises ValueError for one that has not begun."""
    months = months_of(year, now)
    if not months:
        raise ValueError(f"the year {year} has not begun")
    first, last = months[0].from_at, months[-1].until_at
    consents: list[ConsentLine] = []
    channels: dict[tuple[str, str], list[int]] = {}
    looks: list[LookLine] = []
    outliers: list[Outlier] = []
    erasures: list[ErasureLine] = []
    for month in months:
        given = await audit_pack.given(tx, month.from_at, month.until_at)
        withdrawn = await audit_pack.withdrawn(tx, month.from_at, month.until_at)
        consents += _consents(month.name, given, withdrawn)
        for where, times in _sums((each.purpose, each.channel, each.times) for each in given):
            channels.setdefault(where, []).append(times)
        for kind, read in (("child", audit_pack.looks), ("list", audit_pack.lists)):
            found = await read(tx, month.from_at, month.until_at)
            looks += _by_role(month.name, kind, found)
            outliers += _outliers(month.name, found)
        erasures += await _erasures(tx, month)
    runs = [
        line for job in RETENTION for line in _runs(job, months, await audit_pack.runs(tx, job, first, last))
    ]
    return Counted(
        year, first, last, schema, await audit_pack.children(tx), await audit_pack.rows_of(tx, tables()),
        tuple(consents), tuple(ChannelLine(*where, tuple(n)) for where, n in sorted(channels.items())),
        tuple(_by_version(await audit_pack.standing(tx, last))), tuple(looks), tuple(outliers),
        tuple(erasures), tuple(runs), tuple(await audit_pack.destroyed(tx, first, last)),
        await audit_pack.overdue_keys(tx, now.astimezone(SHANGHAI).date()),
    )  # fmt: skip


def _consents(month: str, given: Iterable[Agreed], withdrawn: Iterable[Agreed]) -> Iterator[ConsentLine]:
    gave = dict(_sums((each.purpose, each.text_version, each.times) for each in given))
    took = dict(_sums((each.purpose, each.text_version, each.times) for each in withdrawn))
    return (ConsentLine(month, *key, gave.get(key, 0), took.get(key, 0)) for key in sorted({*gave, *took}))


def _sums(counts: Iterable[tuple[str, T, int]]) -> Iterator[tuple[tuple[str, T], int]]:
    found = Counter[tuple[str, T]]()
    for one, other, times in counts:
        found[one, other] += times
    return iter(found.items())


def _by_version(agreed: Iterable[Agreed]) -> Iterator[Agreed]:
    """On whatever channel."""
    found = sorted(_sums((each.purpose, each.text_version, each.times) for each in agreed))
    return (Agreed(purpose, version, "", times) for (purpose, version), times in found)


def _by_role(month: str, kind: str, looks: Iterable[Looks]) -> Iterator[LookLine]:
    found = Counter[tuple[str, str, str]]()
    for each in looks:
        found[each.centre_id, each.role, each.what] += each.times
    return (LookLine(month, kind, *key, times) for key, times in sorted(found.items()))


def _outliers(month: str, looks: Sequence[Looks]) -> Iterator[Outlier]:
    """Compared with everybody who looked at the same in the month, where they are enough to be compared."""
    for what in sorted({each.what for each in looks}):
        alike = [each for each in looks if each.what == what]
        usual = median(each.times for each in alike)
        for each in alike:
            if len(alike) >= AMONG and each.times >= AT_LEAST and each.times > USUAL_TIMES * usual:
                yield Outlier(month, each.centre_id, each.role, what, each.times, usual)


async def _erasures(tx: Transaction, month: Month) -> Iterator[ErasureLine]:
    found: dict[str, Counter[str]] = {}
    async for each in audit_pack.erasures(tx, month.from_at, month.until_at):
        kind = "family" if each.families else "participant" if each.participants else "conversation"
        took = each.done_at - each.asked_at
        within = "at_once" if took <= AT_ONCE else "in_time" if took <= IN_TIME else "late"
        found.setdefault(kind, Counter()).update((within,))
        found[kind]["unscrubbed"] += bool(each.unscrubbed)
    return (
        ErasureLine(
            month.name, kind, sum(n[each] for each in ("at_once", "in_time", "late")), n["at_once"],
            n["in_time"], n["late"], n["unscrubbed"],
        )
        for kind, n in sorted(found.items())
    )  # fmt: skip


def _runs(job: str, months: Iterable[Month], runs: Sequence[Run]) -> Iterator[RunLine]:
    """Of months before the first run that is remembered nothing is told: nobody knows."""
    known_from = min((each.claimed_at for each in runs), default=None)
    for month in months:
        within = [each for each in runs if month.from_at <= each.claimed_at < month.until_at]
        well = [each for each in within if each.outcome not in (None, "failed")]
        if known_from is None or month.until_at <= known_from:
            continue
        from_on = max(month.from_at, known_from).astimezone(SHANGHAI).date()
        days = (month.until_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date() - from_on
        deleted = sum(int(number) for each in well for number in _NUMBER.findall(each.outcome or ""))
        done = {each.period for each in well}
        yield RunLine(
            job, month.name, len(within), len(within) - len(well), max(0, days.days + 1 - len(done)), deleted
        )


def year_to_audit(now: datetime) -> int:
    """The year that is audited now: in the first three months the one before."""
    today: date = now.astimezone(SHANGHAI).date()
    return today.year - 1 if today.month <= 3 else today.year
