"""One-time codes that let somebody fetch a child."""

from dataclasses import dataclass
from datetime import date, datetime

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


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was made for, and until when; `used_at` once somebody was fetched by it."""

    booking_id: str
    participant_id: str
    session_id: str
    starts_at: datetime
    expires_at: datetime
    used_at: datetime | None


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


async def unuse_code(tx: Transaction, meeting: Handed) -> None:
    """It was no hand-over: the code is good as before."""
    await tx.rows(SQL["unuse_code"], params_of(meeting))


async def of_code(tx: Transaction, code_hash: str, centre_id: str) -> Code | None:
    """None for another centre's, as for one that nobody knows."""
    return await tx.record(Code, SQL["of_code"], {"code_hash": code_hash, "centre_id": centre_id})


async def note_handed(
    tx: Transaction, meeting: Handed, *, handed_to: str, noted_by: str, now_at: datetime
) -> bool:
    """The child has left; `handed_to` is a code. False, and nothing changed, when it had left before."""
    params = params_of(meeting) | {"handed_to": handed_to, "noted_by": noted_by, "now_at": now_at}
    return await tx.value(SQL["note_handed"], params) is not None


async def take_back(
    tx: Transaction, meeting: Handed, *, arrived_at: datetime | None, is_missed: bool
) -> bool:
    """The child has not left. False when nobody had noted that it was handed over."""
    params = params_of(meeting) | {"arrived_at": arrived_at, "is_missed": is_missed}
    return await tx.value(SQL["take_back"], params) is not None


async def tries(tx: Transaction, staff_id: str, since_at: datetime) -> int:
    """How many codes this member of staff tried since then that fetched nobody."""
    found: int = await tx.value(SQL["tries"], {"staff_id": staff_id, "since_at": since_at})
    return found


async def note_try(
    tx: Transaction, try_id: str, staff_id: str, tried_at: datetime, *, forget_before: datetime
) -> None:
    await tx.rows(SQL["forget_tries"], {"before_at": forget_before})
    await tx.run(SQL["note_try"], {"id": try_id, "staff_id": staff_id, "tried_at": tried_at})


async def forget_codes(tx: Transaction, before_at: datetime) -> int:
    return len(await tx.rows(SQL["forget_codes"], {"before_at": before_at}))


@dataclass(frozen=True, slots=True)
class There:
    """A child who came to a meeting and has not left it."""

    booking_id: str
    code: str
    participant_id: str
    alias: str
    session_id: str
    activity_id: str
    held_on: date
    starts_at: datetime
    ends_at: datetime


async def still_there(tx: Transaction, centre_id: str, first_at: datetime, until_at: datetime) -> list[There]:
    """Of a centre's meetings that begin in this span of time, those that end first first."""
    params = {"centre_id": centre_id, "first_at": first_at, "until_at": until_at}
    return await tx.records(There, SQL["still_there"], params)


@dataclass(frozen=True, slots=True)
class MayFetch:
    """Somebody who may fetch a child in a term, by the code of their relation."""

    name_id: str
    participant_id: str
    term: str
    relation: str
    sealed_at: datetime


async def fetchers(
    tx: Transaction, centre_id: str, first_at: datetime, until_at: datetime, today: date
) -> list[MayFetch]:
    """Of all who have a place in such meetings, the first that was named first."""
    params = {"centre_id": centre_id, "first_at": first_at, "until_at": until_at, "today_on": today}
    return await tx.records(MayFetch, SQL["fetchers"], params)
