"""What must hold of cases at every moment, and when the last of them is over; by statements of its own."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from handlers import ledger_check
from handlers.case_rounds import next_of
from handlers.world import World
from storage import care
from storage import case_files as files
from storage.case_files import CaseFile, Step
from storage.database import Database
from storage.statements import statement

AT_LATEST = timedelta(days=60)
DAY = range(9, 21)
WAITS = frozenset(("received", "accepted", "in_progress", "half_fixed", "reopened"))
TIERS = ("centre", "subdistrict", "district")

# Of each visit that was ever rated badly, how many cases there are, where it is not one. What somebody erased
# does not say any more which ratings were of one visit.
RATINGS = statement(
    "cases.ratings",
    """
    SELECT 'visit ' || r.visit || ': rated badly, and it has ' || COUNT(c.id) || ' cases' AS what
    FROM rating AS r LEFT JOIN case_file AS c ON c.rating_id = r.id
    WHERE r.conversation_id IS NOT NULL
    GROUP BY r.visit
    HAVING MIN(r.level) <= 2 AND COUNT(c.id) <> 1
    """,
)
ENDS = statement(
    "cases.ends",
    """
    SELECT c.code, s.was, s.became, s.who
    FROM case_step AS s INNER JOIN case_file AS c ON c.id = s.case_id
    WHERE s.became IN ('closed', 'closed_provisionally') AND s.was <> s.became
    """,
)
OPEN = statement(
    "cases.open",
    "SELECT code, state FROM case_file WHERE state NOT IN ('closed', 'closed_provisionally') ORDER BY code",
)
STEPS = statement(
    "cases.steps",
    """
    SELECT because, became, COUNT(*) AS number FROM case_step GROUP BY because, became
    """,
)
ENDED_BY = {"closed": "resident", "closed_provisionally": "linli"}


async def at_this_moment(database: Database, world: World) -> list[str]:
    """What is wrong with what is open, after a round."""
    async with database.read() as tx:
        cases, steps = await files.open_ones(tx), await files.steps_of_open(tx)
        problems = [row["what"] for row in await tx.rows(RATINGS)]
    for case in cases:
        problems += [f"case {case.code}: {what}" for what in _of_open(case, steps[case.id], world)]
    return problems


def _of_open(case: CaseFile, steps: list[Step], world: World) -> Iterator[str]:
    centre = world.directory.centres.get(case.centre_id)
    owners = (case.centre_id, centre.subdistrict, "district") if centre else (None, None, "district")
    waits = case.state in WAITS
    if case.owner != owners[case.tier - 1] and (waits and world.now.hour in DAY):
        yield f"{case.owner} has it, of the {TIERS[case.tier - 1]}, at {world.now:%m-%d %H:%M}"
    due = case.due_at.astimezone(world.now.tzinfo)
    is_working = world.directory.calendar.is_workday(due.date()) is True
    if case.kind != "urgent" and not (is_working and due.time() == time(18)):
        yield f"due at {due:%Y-%m-%d %H:%M}, which ends no working day"
    if next_of(case, steps, _later(world)) is None:
        yield f"{case.state}, and nothing will ever happen"


def _later(world: World) -> World:
    at = (world.now + AT_LATEST).replace(hour=10)
    return World(world.directory, at, world.policy)


async def happened(database: Database) -> Counter[str]:
    """How often cases took which step: the code of its reason, or the state that it led to."""
    found: Counter[str] = Counter()
    async with database.read() as tx:
        for row in await tx.rows(STEPS):
            reason = (row["because"] or "").partition(":")[0]
            found[reason or row["became"]] += row["number"]
    return found


async def at_the_end(database: Database, solved: Mapping[str, datetime]) -> list[str]:
    """What is wrong when nothing should be open. `solved`: of which cases residents said so, and when."""
    async with database.read() as tx:
        problems = [f"case {row['code']}: still {row['state']}" for row in await tx.rows(OPEN)]
        for row in await tx.rows(ENDS):
            if row["who"] != ENDED_BY[row["became"]]:
                problems.append(f"case {row['code']}: {row['became']} by {row['who']}")
            if row["became"] == "closed" and row["code"] not in solved:
                problems.append(f"case {row['code']}: closed, and no resident said that it is solved")
    problems += (await ledger_check.check(database)).faults
    return problems + await care.check(database)
