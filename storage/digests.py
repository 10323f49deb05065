"""Digests as they were made: one for each place, cadence and period, and never changed."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("digests")


@dataclass(frozen=True, slots=True)
class Digest:
    """`place` is 'centre FZ002', 'subdistrict X' or 'district'; `cadence` is day, week or month; `view` is
    the JSON of messages.view_codec."""

    id: str
    place: str
    cadence: str
    first_on: date
    view: str
    made_at: datetime


async def add(tx: Transaction, digest: Digest) -> str:
    """Keep a digest, unless its period has one already; the id of the one that stands."""
    added: str | None = await tx.value(SQL["add"], params_of(digest))
    if added is not None:
        return added
    standing = await of_period(tx, digest.place, digest.cadence, digest.first_on)
    if standing is None:
        raise LookupError(f"the digest of {digest.first_on} vanished while it was looked for")
    return standing.id


async def of_id(tx: Transaction, digest_id: str) -> Digest | None:
    return await tx.record(Digest, SQL["of_id"], {"id": digest_id})


async def of_period(tx: Transaction, place: str, cadence: str, first_on: date) -> Digest | None:
    params = {"place": place, "cadence": cadence, "first_on": first_on}
    return await tx.record(Digest, SQL["of_period"], params)
