"""A family with two children that take part, for tests of consents, names and erasing."""

from datetime import timedelta

from handlers.bookings import ask_for
from storage import children, conversations, families
from storage.children import Consent, SealedName
from storage.database import Database, Transaction
from tests.booking_rows import NOW, STARTS, Desk, opened_desk

TERM = "2026-2027 first"
CENTRE = "FZ-01"
EXPIRES_ON = (NOW + timedelta(days=90)).date()


def consent(who: str, purpose: str = "roster", key: str = "") -> Consent:
    centre, term = (None, None) if purpose == "allergy" else (CENTRE, TERM)
    return Consent(key or f"{purpose} {who}", who, purpose, centre, term, 1, "zh", "web", NOW, None)


def sealed(who: str, purpose: str = "roster", data: bytes = b"sealed", key: str = "") -> SealedName:
    relation = "grandma" if purpose == "pick_up" else None
    return SealedName(
        key or f"name {purpose} {who}", who, CENTRE, TERM, purpose, relation, data, NOW, EXPIRES_ON
    )


async def family_of_two(database: Database) -> Desk:
    """The family 'lin' with children lin1 and lin2 in session 's', and 'chen' who waits for it; the
    conversations are called talk and telegram."""
    desk = await opened_desk(database)
    await desk.found("lin", "chen", size=2)
    await desk.session(places=2)

    async def work(tx: Transaction) -> None:
        for talk, channel in (("talk", "web"), ("telegram", "telegram")):
            await conversations.create(tx, talk, channel, f"of {talk}", "{}", NOW)
            await families.join(tx, talk, "lin")
        await families.hold(tx, "lin")
        await ask_for(tx, desk.office, desk.wish("lin", size=2))

    await database.write(work)

    async def wait(tx: Transaction) -> None:
        await families.hold(tx, "chen")
        await ask_for(tx, desk.office, desk.wish("chen"))

    await database.write(wait)
    return desk


async def sealed_in(database: Database, *names: SealedName) -> None:
    async def work(tx: Transaction) -> None:
        await children.need_key(tx, CENTRE, TERM, NOW, EXPIRES_ON)
        for name in names:
            await children.put_name(tx, name)

    await database.write(work)


__all__ = ["CENTRE", "EXPIRES_ON", "NOW", "STARTS", "TERM", "consent", "family_of_two", "sealed", "sealed_in"]
