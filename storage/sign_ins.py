"""The pages of the desk: one-time ways in, and who is signed in at which browser."""

from dataclasses import dataclass
from datetime import datetime

from storage.staff import Post
from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("sign_ins")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody at a browser: their sign-in, and their post with the conversation that it hangs on."""

    id: str
    seen_at: datetime
    ends_at: datetime
    post: Post
    conversation_id: str
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser of a member of staff. `browser` is a code of its kind."""

    id: str
    browser: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


async def offer(tx: Transaction, staff_id: str, code_hash: str, expires_at: datetime) -> None:
    """Let a code sign this member of staff in once, in place of the one before."""
    await tx.run(SQL["offer"], {"staff_id": staff_id, "code_hash": code_hash, "expires_at": expires_at})


async def use_code(tx: Transaction, code_hash: str, now: datetime) -> str | None:
    """Whom the code signs in, which only the first one hears."""
    staff_id: str | None = await tx.value(SQL["use_code"], {"code_hash": code_hash, "now_at": now})
    return staff_id


async def begin(tx: Transaction, sign_in: SignIn, token_hash: str, staff_id: str) -> None:
    """Somebody is signed in until `ends_at`, or until the sign-in or the post ends."""
    params = {
        "id": sign_in.id,
        "token_hash": token_hash,
        "staff_id": staff_id,
        "browser": sign_in.browser,
        "began_at": sign_in.began_at,
        "ends_at": sign_in.ends_at,
    }
    await tx.run(SQL["begin"], params)


async def signed_in(tx: Transaction, token_hash: str, now: datetime) -> SignedIn | None:
    """Who looks with this cookie; None for who is not signed in any more."""
    row = await tx.one(SQL["signed_in"], {"token_hash": token_hash, "now_at": now})
    if row is None:
        return None
    post = Post(row["staff_id"], row["role"], row["centre_id"], row["subdistrict"])
    times = row["seen_at"], row["ends_at"]
    return SignedIn(row["id"], *times, post, row["conversation_id"], row["channel"], row["address"])


async def seen(tx: Transaction, sign_in_id: str, now: datetime) -> None:
    await tx.run(SQL["seen"], {"id": sign_in_id, "now_at": now})


async def open_of(tx: Transaction, staff_id: str, now: datetime) -> list[SignIn]:
    """Where somebody is signed in, the first first."""
    return await tx.records(SignIn, SQL["open_of"], {"staff_id": staff_id, "now_at": now})


async def end(tx: Transaction, sign_in_id: str, staff_id: str, now: datetime) -> bool:
    """False when it is none of theirs, or over."""
    params = {"id": sign_in_id, "staff_id": staff_id, "now_at": now}
    return await tx.one(SQL["end_one"], params) is not None


async def end_all(tx: Transaction, staff_id: str, now: datetime) -> int:
    """Everywhere: at how many browsers that was."""
    return len(await tx.rows(SQL["end_all"], {"staff_id": staff_id, "now_at": now}))


async def forget(tx: Transaction, *, ended_before: datetime, now: datetime) -> None:
    """Sign-ins that were over by then, and codes that are."""
    await tx.run(SQL["forget"], {"ended_before_at": ended_before})
    await tx.run(SQL["forget_codes"], {"now_at": now})
