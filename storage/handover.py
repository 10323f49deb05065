"""One-time codes that let somebody fetch a child."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("handover")


@dataclass(frozen=True, slots=True)
class FetchedFrom:
    """A child is fetched from this meeting."""

    booking_id: str
    participant_id: str
    session_id: str
    activity_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """For whom and which meeting a code was good."""

    booking_id: str
    participant_id: str
    starts_at: datetime


async def meetings(
    tx: Transaction, family_id: str, first_at: datetime, last_at: datetime
) -> list[FetchedFrom]:
    """Those of the family's children that have begun by `last_at` and not ended by `first_at`."""
    params = {"family_id": family_id, "first_at": first_at, "last_at": last_at}
    return await tx.records(FetchedFrom, SQL["meetings"], params)


async def put_code(
    tx: Transaction, meeting: Handed, code_hash: str, made_at: datetime, expires_at: datetime
) -> bool:
    """The code before is void; False, and nothing changed, when that was used already."""
    params = params_of(meeting) | {"code_hash": code_hash, "made_at": made_at, "expires_at": expires_at}
    return await tx.value(SQL["put_code"], params) is not None


async def use_code(
    tx: Transaction, code_hash: str, centre_id: str, used_by: str, used_at: datetime
) -> Handed | None:
    """Once, at its own centre, while it lasts and the place is held; else None, and nothing is changed."""
    params = {"code_hash": code_hash, "centre_id": centre_id, "used_by": used_by, "used_at": used_at}
    return await tx.record(Handed, SQL["use_code"], params)


async def forget_codes(tx: Transaction, before_at: datetime) -> int:
    return len(await tx.rows(SQL["forget_codes"], {"before_at": before_at}))
