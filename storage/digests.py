"""Digests as they were sent, who wants which and when, and who was sent which."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("digests")


@dataclass(frozen=True, slots=True)
class Digest:
    """`place` is 'centre FZ002', 'subdistrict X' or 'district'; `first_on` begins the period of a `cadence`
    (day, week, month); `view` is JSON of messages/view_codec.py; `quote_rating_id`: whose words it quotes."""

    id: str
    place: str
    cadence: str
    first_on: date
    view: str
    made_at: datetime
    quote_rating_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """'none', or which digest on which `weekday` (Monday is 1) at which `minute` of the day."""

    cadence: str
    weekday: int
    minute: int


@dataclass(frozen=True, slots=True)
class ReaderOf:
    """A member of staff who is sent digests, and when they want them."""

    staff_id: str
    role: str
    centre_id: str | None
    subdistrict: str | None
    conversation_id: str
    since_at: datetime
    cadence: str
    weekday: int
    minute: int


async def add(tx: Transaction, digest: Digest) -> Digest:
    """Keep a digest; the one that stands for its period, which somebody else may have made before."""
    await tx.run(SQL["add"], asdict(digest))
    found = await of_period(tx, digest.place, digest.cadence, digest.first_on)
    if found is None:
        raise LookupError(f"digest {digest.id} is there under another period")
    return found


async def make_anew(tx: Transaction, digest: Digest) -> None:
    """In place of what was kept under this id."""
    await tx.run(SQL["make_anew"], {"id": digest.id, "view": digest.view, "made_at": digest.made_at})


async def of_id(tx: Transaction, digest_id: str) -> Digest | None:
    return await tx.record(Digest, SQL["of_id"], {"id": digest_id})


async def of_period(tx: Transaction, place: str, cadence: str, first: date) -> Digest | None:
    params = {"place": place, "cadence": cadence, "first_on": first}
    return await tx.record(Digest, SQL["of_period"], params)


async def of_place(tx: Transaction, place: str, most: int) -> list[Digest]:
    """The latest of a place, without their views."""
    return await tx.records(Digest, SQL["of_place"], {"place": place, "most": most})


async def readers(tx: Transaction, usual: Wish) -> list[ReaderOf]:
    """Everybody who may read a digest; who wished nothing has the usual one."""
    return await tx.records(ReaderOf, SQL["readers"], asdict(usual))


async def wish_of(tx: Transaction, staff_id: str) -> Wish | None:
    """None of who wished nothing."""
    return await tx.record(Wish, SQL["wish_of"], {"staff_id": staff_id})


async def wish(tx: Transaction, staff_id: str, wanted: Wish) -> None:
    await tx.run(SQL["wish"], {"staff_id": staff_id} | asdict(wanted))


async def note_sent(
    tx: Transaction, staff_id: str, cadence: str, first: date, skipped: str | None, now: datetime
) -> bool:
    """That somebody was sent the digest of a period, or why not; False when it was noted before."""
    params = {
        "staff_id": staff_id,
        "cadence": cadence,
        "first_on": first,
        "skipped": skipped,
        "made_at": now,
    }
    return await tx.value(SQL["note_sent"], params) is not None


async def sent(tx: Transaction, since: date) -> set[tuple[str, str, date]]:
    """By whom and for which period of which cadence it was noted, from a day on."""
    rows = await tx.rows(SQL["sent"], {"since_on": since})
    return {(row["staff_id"], row["cadence"], row["first_on"]) for row in rows}
