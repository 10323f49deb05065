"""What guardians agreed to for a participant, names under seal, and who of the staff looked."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.families import Participant
from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("children")


@dataclass(frozen=True, slots=True)
class Consent:
    """`purpose` is 'roster', 'pick_up' or 'allergy'; the first two are for one centre and term.
    `text_version` is that of the card that was shown; it stands while `withdrawn_at` is None."""

    id: str
    participant_id: str
    purpose: str
    centre_id: str | None
    term: str | None
    text_version: int
    language: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class NameKey:
    """That there is a key, and the last day on which names are read with it."""

    centre_id: str
    term: str
    made_at: datetime
    expires_on: date


@dataclass(frozen=True, slots=True)
class SealedName:
    """A child's own name ('roster'), or that of an adult who fetches the child ('pick_up', `relation`)."""

    id: str
    participant_id: str
    centre_id: str
    term: str
    purpose: str
    relation: str | None
    sealed: bytes
    sealed_at: datetime
    expires_on: date

    @property
    def about(self) -> tuple[str, ...]:
        """What it is sealed for: it opens in no other row and for nobody else."""
        return (self.id, self.participant_id, self.purpose, self.relation or "")


@dataclass(frozen=True, slots=True)
class Seen:
    """One look of a member of staff; `what` is a code."""

    staff_id: str
    centre_id: str | None
    participant_id: str
    what: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A participant has, waits for or is offered a place in a session that is not over."""

    participant_id: str
    booking_id: str
    session_id: str
    activity_id: str
    centre_id: str
    held_on: date


@dataclass(frozen=True, slots=True)
class Past:
    """One booking, whatever became of it."""

    activity_id: str
    held_on: date
    state: str


async def give_consent(tx: Transaction, consent: Consent) -> bool:
    """False, and nothing changed, when the same consent stands already."""
    params = params_of(consent)
    del params["withdrawn_at"]
    return await tx.value(SQL["give_consent"], params) is not None


async def consents(tx: Transaction, family_id: str) -> list[Consent]:
    """All that were ever given, the first first."""
    return await tx.records(Consent, SQL["consents"], {"family_id": family_id})


async def has_consent(
    tx: Transaction, participant_id: str, purpose: str, centre_id: str | None, term: str | None
) -> bool:
    params = {"participant_id": participant_id, "purpose": purpose, "centre_id": centre_id, "term": term}
    return await tx.value(SQL["consent"], params) is not None


async def withdraw(
    tx: Transaction, consent_id: str, family_id: str, withdrawn_at: datetime
) -> Consent | None:
    """None when the family has no such consent, or withdrew it before."""
    params = {"id": consent_id, "family_id": family_id, "withdrawn_at": withdrawn_at}
    return await tx.record(Consent, SQL["withdraw"], params)


async def need_key(tx: Transaction, centre_id: str, term: str, made_at: datetime, expires_on: date) -> bool:
    """Write down that the key is used; True when it was not needed before, and has to be made."""
    which = {"centre_id": centre_id, "term": term}
    is_new = await tx.value(SQL["has_key"], which) is None
    await tx.run(SQL["need_key"], which | {"made_at": made_at, "expires_on": expires_on})
    return is_new


async def keys(tx: Transaction) -> list[NameKey]:
    """Those that are needed."""
    return await tx.records(NameKey, SQL["keys"])


async def expired_keys(tx: Transaction, today_on: date) -> list[NameKey]:
    return await tx.records(NameKey, SQL["expired_keys"], {"today_on": today_on})


async def forget_key(tx: Transaction, key: NameKey, destroyed_at: datetime) -> int:
    """The names of a key that is destroyed go; how many those were."""
    which = {"centre_id": key.centre_id, "term": key.term}
    names: int | None = await tx.value(SQL["destroy_key"], which | {"destroyed_at": destroyed_at})
    await tx.run(SQL["forget_names_of_key"], which)
    return names or 0


async def put_name(tx: Transaction, name: SealedName) -> None:
    """On a list a child has one name: the new one. The consent has to be asked for before."""
    if name.purpose == "roster":
        which = {"participant_id": name.participant_id, "centre_id": name.centre_id, "term": name.term}
        await tx.run(SQL["forget_listed"], which)
    await tx.run(SQL["put_name"], params_of(name))


async def forget_name(tx: Transaction, name_id: str, family_id: str) -> bool:
    return await tx.value(SQL["forget_name"], {"id": name_id, "family_id": family_id}) is not None


async def forget_for(tx: Transaction, consent: Consent) -> int:
    """The names that were sealed by this consent; how many."""
    params = {
        "participant_id": consent.participant_id,
        "purpose": consent.purpose,
        "centre_id": consent.centre_id,
        "term": consent.term,
    }
    return len(await tx.rows(SQL["forget_for"], params))


async def names(tx: Transaction, family_id: str) -> list[SealedName]:
    return await tx.records(SealedName, SQL["names"], {"family_id": family_id})


async def names_of(tx: Transaction, participant_id: str, centre_id: str, term: str) -> list[SealedName]:
    """The child's own and those of the adults who fetch it, of one centre and term."""
    params = {"participant_id": participant_id, "centre_id": centre_id, "term": term}
    return await tx.records(SealedName, SQL["names_of"], params)


async def note_allergy(tx: Transaction, participant_id: str, noted_at: datetime, *, has: bool) -> None:
    params = {"participant_id": participant_id, "has_allergy": has, "noted_at": noted_at}
    await tx.run(SQL["note_allergy"], params)


async def allergies(tx: Transaction, family_id: str) -> dict[str, bool]:
    """By participant; nobody is in it of whom nothing was said."""
    rows = await tx.rows(SQL["allergies"], {"family_id": family_id})
    return {row["participant_id"]: row["has_allergy"] for row in rows}


async def has_allergy(tx: Transaction, participant_id: str) -> bool | None:
    """None when nothing was said."""
    has: bool | None = await tx.value(SQL["has_allergy"], {"participant_id": participant_id})
    return has


async def forget_allergy(tx: Transaction, participant_id: str) -> None:
    await tx.run(SQL["forget_allergy"], {"participant_id": participant_id})


async def note_view(tx: Transaction, view_id: str, seen: Seen) -> None:
    await tx.run(SQL["note_view"], {"id": view_id} | params_of(seen))


async def views(tx: Transaction, family_id: str, most: int) -> list[Seen]:
    """The last looks at the family's participants, the last one first."""
    return await tx.records(Seen, SQL["views"], {"family_id": family_id, "most": most})


async def count_views(tx: Transaction, family_id: str) -> int:
    times: int = await tx.value(SQL["count_views"], {"family_id": family_id})
    return times


async def takes_part(tx: Transaction, family_id: str, now_at: datetime) -> list[Part]:
    """The first session first."""
    return await tx.records(Part, SQL["takes_part"], {"family_id": family_id, "now_at": now_at})


async def history(tx: Transaction, family_id: str, most: int) -> list[Past]:
    """The last sessions first."""
    return await tx.records(Past, SQL["history"], {"family_id": family_id, "most": most})


async def on_list(tx: Transaction, session_id: str) -> list[Participant]:
    """Who has a place in a session, in the order of booking."""
    return await tx.records(Participant, SQL["on_list"], {"session_id": session_id})


async def forget_all(tx: Transaction, participant_id: str, now_at: datetime) -> None:
    """Names and allergies go, consents end; that they were given is kept with the anonymous row."""
    who = {"participant_id": participant_id}
    await tx.run(SQL["forget_names"], who)
    await tx.run(SQL["forget_allergy"], who)
    await tx.run(SQL["withdraw_all"], who | {"withdrawn_at": now_at})
