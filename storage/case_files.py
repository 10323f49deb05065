"""Cases: what somebody has to put right, its steps, and the words that were written with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("case_files")

# Who has made a step, where it was no member of staff.
RESIDENT, LINLI = "resident", "linli"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """`owner` is the id of a centre, the name of a subdistrict or 'district', by `tier` 1 to 3; `due_at` is
    until when it has to be answered; since `asked_at` the resident is asked whether it is solved. No
    `conversation_id`: the resident has erased what was kept of them."""

    id: str
    code: str
    kind: str
    about: str | None
    centre_id: str
    activity_id: str | None
    service_id: str | None
    rating_id: str | None
    conversation_id: str | None
    tier: int
    owner: str
    state: str
    opened_at: datetime
    due_at: datetime
    extended_until_at: datetime | None
    asked_at: datetime | None
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    """`who` is RESIDENT, LINLI or the id of a member of staff; `because` a code, with a number or a code of
    another case behind a colon; `said` what was written with it."""

    case_id: str
    number: int
    who: str
    was: str
    became: str
    because: str | None
    made_at: datetime
    said: str | None


async def next_code(tx: Transaction) -> str:
    counted = await tx.value(SQL["next_code"], {"name": "case"})
    return f"G-{counted:04}"


async def add(tx: Transaction, case: CaseFile) -> None:
    """A new one. Raises ConstraintError for an unknown centre, rating or conversation."""
    await tx.run(SQL["add"], params_of(case))


async def save(tx: Transaction, case: CaseFile) -> CaseFile | None:
    """What is to be changed of a case of this very version; None, and nothing changed, when somebody else was
    faster."""
    params = {
        "id": case.id,
        "kind": case.kind,
        "tier": case.tier,
        "owner": case.owner,
        "state": case.state,
        "due_at": case.due_at,
        "extended_until_at": case.extended_until_at,
        "asked_at": case.asked_at,
        "closed_at": case.closed_at,
        "version": case.version,
    }
    return await tx.record(CaseFile, SQL["save"], params)


async def add_step(
    tx: Transaction, case_id: str, *, who: str, was: str, became: str, because: str | None, made_at: datetime
) -> int:
    """Its number. The case was saved before, in the same transaction: so no two steps have one number."""
    params = {
        "case_id": case_id,
        "who": who,
        "was": was,
        "became": became,
        "because": because,
        "made_at": made_at,
    }
    number: int = await tx.value(SQL["add_step"], params)
    return number


async def add_words(tx: Transaction, case_id: str, number: int, said: str) -> None:
    await tx.run(SQL["add_words"], {"case_id": case_id, "number": number, "said": said})


async def hold(tx: Transaction, case_id: str) -> CaseFile | None:
    """The case as it is now; nobody else changes it before this transaction ends."""
    return await tx.record(CaseFile, SQL["hold"], {"id": case_id})


async def of_id(tx: Transaction, case_id: str) -> CaseFile | None:
    return await tx.record(CaseFile, SQL["of_id"], {"id": case_id})


async def of_code(tx: Transaction, code: str) -> CaseFile | None:
    return await tx.record(CaseFile, SQL["of_code"], {"code": code})


async def of_conversation(tx: Transaction, conversation_id: str) -> list[CaseFile]:
    """All that were opened in this conversation, the open ones first, then the newest."""
    return await tx.records(CaseFile, SQL["of_conversation"], {"conversation_id": conversation_id})


async def of_person(tx: Transaction, conversation_id: str) -> list[CaseFile]:
    """The same of all conversations that are linked with this one."""
    return await tx.records(CaseFile, SQL["of_person"], {"conversation_id": conversation_id})


async def of_visit(tx: Transaction, visit: str) -> list[CaseFile]:
    """What came of the ratings of a visit, the last first; see storage/ratings.py."""
    return await tx.records(CaseFile, SQL["of_visit"], {"visit": visit})


async def owned(tx: Transaction, tier: int, owner: str, states: Sequence[str]) -> list[CaseFile]:
    """Those in one of `states` that an owner has, the first due first."""
    rows = await tx.records(CaseFile, SQL["owned"], {"tier": tier, "owner": owner})
    return [row for row in rows if row.state in states]


async def in_state(tx: Transaction, state: str, since_at: datetime) -> list[CaseFile]:
    """Those of all centres that stand so and were opened since then, the first due first."""
    return await tx.records(CaseFile, SQL["in_state"], {"state": state, "since_at": since_at})


async def of_topic(tx: Transaction, topic_id: str) -> list[CaseFile]:
    """The first first; see storage/topics.py."""
    return await tx.records(CaseFile, SQL["of_topic"], {"topic_id": topic_id})


async def open_ones(tx: Transaction) -> list[CaseFile]:
    return await tx.records(CaseFile, SQL["open_ones"])


async def open_of_centre(tx: Transaction, centre_id: str) -> list[CaseFile]:
    """Whoever has them, the first due first."""
    return await tx.records(CaseFile, SQL["open_of_centre"], {"centre_id": centre_id})


async def overdue(tx: Transaction, now_at: datetime) -> int:
    """How many wait for their owner past their time."""
    count: int = await tx.value(SQL["overdue"], {"now_at": now_at})
    return count


async def kept_time(tx: Transaction, centre_id: str, since_at: datetime, now_at: datetime) -> tuple[int, int]:
    """Of a centre's cases opened since: how many were answered in time, of those that were answered or let
    pass."""
    params = {"centre_id": centre_id, "since_at": since_at, "now_at": now_at}
    found = await tx.one(SQL["kept_time"], params)
    return (int(found["in_time"] or 0), int(found["judged"] or 0)) if found else (0, 0)


async def steps(tx: Transaction, case_id: str) -> list[Step]:
    """In their order."""
    return await tx.records(Step, SQL["steps"], {"case_id": case_id})


async def steps_of_open(tx: Transaction) -> dict[str, list[Step]]:
    """The steps of all open cases, by the case."""
    found: dict[str, list[Step]] = {}
    steps = await tx.records(Step, SQL["steps_of_open"])
    for step in sorted(steps, key=lambda step: step.number):
        found.setdefault(step.case_id, []).append(step)
    return found


async def staff_of(tx: Transaction, tier: int, owner: str) -> list[str]:
    """The conversations of those who handle what this owner has."""
    rows = await tx.rows(SQL["staff_of"], {"tier": tier, "owner": owner})
    return [row["conversation_id"] for row in rows]


async def not_in_ledger(tx: Transaction) -> list[str]:
    """Ids of cases of which the ledger has more steps, or fewer."""
    return [row["case_id"] for row in await tx.rows(SQL["not_in_ledger"])]


async def level_of(tx: Transaction, rating_id: str) -> int | None:
    """How many of five were given."""
    level: int | None = await tx.value(SQL["level_of"], {"rating_id": rating_id})
    return level


async def exclude_rating(tx: Transaction, rating_id: str, by: str, now: datetime) -> bool:
    """It counts no more, and stays as it was given; False when that was done before."""
    params = {"rating_id": rating_id, "excluded_by": by, "excluded_at": now}
    return await tx.value(SQL["exclude_rating"], params) is not None
