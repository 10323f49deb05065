"""Who is staff, by invitation alone: one-time codes, the conversations they made staff's, wrong codes."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("staff")


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody who may do what residents may not. `id` is that of the member of staff; `role` is
    'centre_staff', 'centre_manager', 'subdistrict', 'district' or 'operator'."""

    id: str
    role: str
    centre_id: str | None = None
    subdistrict: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    id: str
    role: str
    centre_id: str | None
    subdistrict: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """One whose code is still good."""

    id: str
    code_hash: str
    role: str
    centre_id: str | None
    subdistrict: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff, with the conversation in which they speak and where it was then; None and nothing
    once it was erased."""

    id: str
    role: str
    centre_id: str | None
    subdistrict: str | None
    conversation_id: str | None
    channel: str
    address: str
    since_at: datetime
    revoked_at: datetime | None


async def invite(
    tx: Transaction,
    code_hash: str,
    role: str,
    *,
    centre_id: str | None,
    subdistrict: str | None,
    made_by: str,
    made_at: datetime,
    expires_at: datetime,
) -> str:
    """A new invitation with the next id. Raises ConstraintError for an unknown centre or a taken code."""
    invitation_id = f"I-{await _next(tx, 'invitation'):04}"
    params = {
        "id": invitation_id,
        "code_hash": code_hash,
        "role": role,
        "centre_id": centre_id,
        "subdistrict": subdistrict,
        "made_by": made_by,
        "made_at": made_at,
        "expires_at": expires_at,
    }
    await tx.run(SQL["invite"], params)
    return invitation_id


async def _next(tx: Transaction, name: str) -> int:
    number: int = await tx.value(SQL["next_code"], {"name": name})
    return number


async def invitations(tx: Transaction) -> list[Invitation]:
    """All there ever were, in their order."""
    return await tx.records(Invitation, SQL["invitations"])


async def open_invitations(tx: Transaction, now: datetime) -> list[OpenInvitation]:
    return await tx.records(OpenInvitation, SQL["open_invitations"], {"now_at": now})


async def revoke_invitation(tx: Transaction, invitation_id: str, now: datetime) -> bool:
    """False when there is no unused one of this id."""
    return await tx.one(SQL["revoke_invitation"], {"id": invitation_id, "now_at": now}) is not None


async def join(
    tx: Transaction, invitation: OpenInvitation, conversation_id: str, now: datetime
) -> Post | None:
    """Use the invitation up: the conversation is staff's, in place of what it was before. None when
    somebody else was faster."""
    if await tx.value(SQL["use_invitation"], {"id": invitation.id, "now_at": now}) is None:
        return None
    await tx.rows(SQL["leave"], {"conversation_id": conversation_id, "now_at": now})
    post = Post(
        f"S-{await _next(tx, 'staff'):04}", invitation.role, invitation.centre_id, invitation.subdistrict
    )
    params = {
        "id": post.id,
        "role": post.role,
        "centre_id": post.centre_id,
        "subdistrict": post.subdistrict,
        "conversation_id": conversation_id,
        "invitation_id": invitation.id,
        "since_at": now,
    }
    await tx.run(SQL["appoint"], params)
    return post


async def post_at(tx: Transaction, channel: str, address: str) -> Post | None:
    """Who speaks from this address as a member of staff; None for residents."""
    return await tx.record(Post, SQL["post_at"], {"channel": channel, "address": address})


async def revoke(tx: Transaction, staff_id: str, now: datetime) -> Member | None:
    """The one whose post ends now; None when there is nobody of this id, or not any more."""
    return await tx.record(Member, SQL["revoke"], {"id": staff_id, "now_at": now})


async def speaks_there(tx: Transaction, conversation_id: str) -> bool:
    """Whether the conversation is staff's."""
    is_staff: bool = await tx.value(SQL["speaks_there"], {"conversation_id": conversation_id})
    return is_staff


async def everybody(tx: Transaction) -> list[Member]:
    """All there ever were, in their order."""
    return await tx.records(Member, SQL["everybody"])


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a post now, and where they speak; `deputy_until_on`: they stand in for the manager."""

    id: str
    role: str
    centre_id: str | None
    subdistrict: str | None
    channel: str
    since_at: datetime
    deputy_until_on: date | None
    conversation_id: str | None


async def colleagues(tx: Transaction, centre_id: str) -> list[Colleague]:
    """Who works at a centre."""
    return await tx.records(Colleague, SQL["colleagues"], {"centre_id": centre_id})


async def invited(tx: Transaction, centre_id: str, now: datetime) -> list[Invitation]:
    """Invitations to a centre that are still good."""
    return await tx.records(Invitation, SQL["invited"], {"centre_id": centre_id, "now_at": now})


async def beyond(tx: Transaction) -> list[Colleague]:
    """Who has a post of a subdistrict or of the district."""
    return await tx.records(Colleague, SQL["beyond"])


async def invited_beyond(tx: Transaction, now: datetime) -> list[Invitation]:
    """Invitations to such posts that are still good."""
    return await tx.records(Invitation, SQL["invited_beyond"], {"now_at": now})


async def stand_in(tx: Transaction, staff_id: str, centre_id: str, until: date) -> bool:
    """Let somebody of a centre's staff stand in for its manager; False when there is nobody of this id."""
    params = {"id": staff_id, "centre_id": centre_id, "until_on": until}
    return await tx.one(SQL["stand_in"], params) is not None


async def stand_down(tx: Transaction, staff_id: str) -> bool:
    """False when they do not stand in for anybody."""
    return await tx.one(SQL["stand_down"], {"id": staff_id}) is not None


async def deputies_over(tx: Transaction, today: date) -> list[Colleague]:
    """Who stood in until a day before today."""
    return await tx.records(Colleague, SQL["deputies_over"], {"today_on": today})


async def wrong_codes(tx: Transaction, conversation_id: str, since: datetime) -> tuple[int, int]:
    """How many wrong codes were typed since then: in this conversation, and in all together."""
    row = await tx.one(SQL["wrong_codes"], {"conversation_id": conversation_id, "since_at": since})
    return (int(row["here"]), int(row["overall"])) if row else (0, 0)


async def note_wrong_code(
    tx: Transaction, wrong_id: str, conversation_id: str, now: datetime, *, forget_before: datetime
) -> None:
    await tx.rows(SQL["forget_wrong_codes"], {"before_at": forget_before})
    params = {"id": wrong_id, "conversation_id": conversation_id, "tried_at": now}
    await tx.run(SQL["note_wrong_code"], params)


async def talks_at(tx: Transaction, centre_id: str) -> list[str]:
    """The conversations of the centre's staff."""
    return [row["conversation_id"] for row in await tx.rows(SQL["talks_at"], {"centre_id": centre_id})]
