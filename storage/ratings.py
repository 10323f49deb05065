"""Ratings of visits, what was said with them, and who was asked for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("ratings")


@dataclass(frozen=True, slots=True)
class Rating:
    """`level` is 1 (not content at all) to 5; `visit` names what one rating may be given of; `how` is
    'attended', 'door', 'said' or 'desk'. `conversation_id` is None once the resident was erased."""

    id: str
    receipt: str
    visit: str
    centre_id: str
    activity_id: str | None
    service_id: str | None
    booking_id: str | None
    conversation_id: str | None
    level: int
    how: str
    is_verified: bool
    rated_on: date
    made_at: datetime
    replaces: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Attended:
    """A meeting of a booking at which somebody was checked in."""

    booking_id: str
    activity_id: str
    centre_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ToAsk:
    """The same with the family that is asked what it was like."""

    booking_id: str
    family_id: str
    activity_id: str
    centre_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """A rating as its centre may come to see it: nothing tells who gave it. `said` are its words, `flag` why
    it counts for less."""

    id: str
    level: int
    is_verified: bool
    made_at: datetime
    said: str | None
    flag: str | None
    is_excluded: bool


async def of_visit(tx: Transaction, visit: str) -> Rating | None:
    """The rating of a visit that counts."""
    return await tx.record(Rating, SQL["of_visit"], {"visit": visit})


async def of_id(tx: Transaction, rating_id: str) -> Rating | None:
    return await tx.record(Rating, SQL["of_id"], {"id": rating_id})


async def of_receipt(tx: Transaction, receipt: str) -> Rating | None:
    return await tx.record(Rating, SQL["of_receipt"], {"receipt": receipt})


async def of_person(tx: Transaction, conversation_id: str, most: int) -> list[Rating]:
    """Those that count of a conversation and all that are linked with it, the last first."""
    params = {"conversation_id": conversation_id, "most": most}
    return await tx.records(Rating, SQL["of_person"], params)


async def of_centre(tx: Transaction, centre_id: str, since: date) -> list[Given]:
    """Those of a centre that count, of visits from a day on, the first first."""
    return await tx.records(Given, SQL["of_centre"], {"centre_id": centre_id, "since_on": since})


async def reasons_of(tx: Transaction, centre_id: str, since: date) -> list[tuple[str, str]]:
    """The reasons named with them: ids of ratings and codes."""
    rows = await tx.rows(SQL["reasons_of"], {"centre_id": centre_id, "since_on": since})
    return [(row["rating_id"], row["reason"]) for row in rows]


async def add(tx: Transaction, rating: Rating) -> bool:
    """Put a rating down in place of the one it replaces; False when the visit has got one meanwhile, or the
    receipt is another's."""
    if rating.replaces and await tx.value(SQL["retire"], {"id": rating.replaces}) is None:
        return False
    params = {
        "id": rating.id,
        "receipt": rating.receipt,
        "visit": rating.visit,
        "centre_id": rating.centre_id,
        "activity_id": rating.activity_id,
        "service_id": rating.service_id,
        "booking_id": rating.booking_id,
        "conversation_id": rating.conversation_id,
        "level": rating.level,
        "how": rating.how,
        "is_verified": rating.is_verified,
        "rated_on": rating.rated_on,
        "made_at": rating.made_at,
        "replaces": rating.replaces,
    }
    return await tx.value(SQL["add"], params) is not None


async def add_reason(tx: Transaction, rating_id: str, reason: str) -> bool:
    """False when it was named before."""
    return await tx.value(SQL["add_reason"], {"rating_id": rating_id, "reason": reason}) is not None


async def reasons(tx: Transaction, rating_id: str) -> tuple[str, ...]:
    return tuple(row["reason"] for row in await tx.rows(SQL["reasons"], {"rating_id": rating_id}))


async def flag(tx: Transaction, rating_id: str, flags: Sequence[str]) -> None:
    """Why it counts for less. It stays what it is."""
    await tx.many(SQL["flag"], [{"rating_id": rating_id, "flag": each} for each in flags])


async def flags(tx: Transaction, rating_id: str) -> tuple[str, ...]:
    return tuple(row["flag"] for row in await tx.rows(SQL["flags"], {"rating_id": rating_id}))


async def write(tx: Transaction, rating_id: str, said: str, said_at: datetime) -> None:
    await tx.run(SQL["write"], {"rating_id": rating_id, "said": said, "said_at": said_at})


async def words(tx: Transaction, rating_id: str) -> str | None:
    found: str | None = await tx.value(SQL["words"], {"rating_id": rating_id})
    return found


async def let_quote(tx: Transaction, rating_id: str, now: datetime) -> None:
    """What was written of it may be quoted without a name."""
    await tx.run(SQL["let_quote"], {"rating_id": rating_id, "agreed_at": now})


async def no_quote(tx: Transaction, rating_id: str) -> None:
    await tx.run(SQL["no_quote"], {"rating_id": rating_id})


async def may_quote(tx: Transaction, rating_id: str) -> bool:
    agreed: bool = await tx.value(SQL["may_quote"], {"rating_id": rating_id})
    return agreed


async def quotable(tx: Transaction, centre_id: str, since_at: datetime, before_at: datetime) -> str | None:
    """The rating whose words of that time may be quoted and were not yet, the last one."""
    params = {"centre_id": centre_id, "since_at": since_at, "before_at": before_at}
    found: str | None = await tx.value(SQL["quotable"], params)
    return found


async def quote(tx: Transaction, rating_id: str) -> str | None:
    """The words; None once they were erased or may not be quoted any more."""
    found: str | None = await tx.value(SQL["quote"], {"rating_id": rating_id})
    return found


async def attended(
    tx: Transaction, booking_id: str, family_id: str, first_at: datetime, until_at: datetime
) -> Attended | None:
    """The family's first meeting in a span of time to which somebody came."""
    params = {
        "booking_id": booking_id,
        "family_id": family_id,
        "first_at": first_at,
        "until_at": until_at,
    }
    return await tx.record(Attended, SQL["attended"], params)


async def to_ask(tx: Transaction, first_at: datetime, last_at: datetime, most: int) -> list[ToAsk]:
    """Visits that ended after the first moment, not after the second, and were not asked about."""
    return await tx.records(ToAsk, SQL["to_ask"], {"first_at": first_at, "last_at": last_at, "most": most})


async def to_remind(tx: Transaction, first_at: datetime, last_at: datetime, most: int) -> list[ToAsk]:
    """Visits that were asked about in that time, and nobody has answered."""
    return await tx.records(ToAsk, SQL["to_remind"], {"first_at": first_at, "last_at": last_at, "most": most})


async def note_asked(tx: Transaction, booking_id: str, starts_at: datetime, asked_at: datetime) -> bool:
    """False when it was asked about already."""
    params = {"booking_id": booking_id, "starts_at": starts_at, "asked_at": asked_at}
    return await tx.value(SQL["note_asked"], params) is not None


async def note_reminded(tx: Transaction, booking_id: str, starts_at: datetime, at: datetime) -> bool:
    params = {"booking_id": booking_id, "starts_at": starts_at, "reminded_at": at}
    return await tx.value(SQL["note_reminded"], params) is not None


async def note_declined(tx: Transaction, booking_id: str, starts_at: datetime, at: datetime) -> None:
    params = {"booking_id": booking_id, "starts_at": starts_at, "declined_at": at}
    await tx.run(SQL["note_declined"], params)


async def not_in_ledger(tx: Transaction) -> list[str]:
    """Ids of ratings that nobody wrote down in the ledger."""
    return [row["id"] for row in await tx.rows(SQL["not_in_ledger"])]


async def forget(tx: Transaction, conversation_id: str) -> list[str]:
    """Whose ratings they were, and what was written, goes; the levels stay. The ids of the ratings."""
    await tx.run(SQL["forget_quotes"], {"conversation_id": conversation_id})
    await tx.run(SQL["forget_words"], {"conversation_id": conversation_id})
    rows = await tx.rows(SQL["forget_rater"], {"conversation_id": conversation_id})
    return [row["id"] for row in rows]
