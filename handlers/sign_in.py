"""Into the pages of the desk without a password: by a code that is shown in the staff's own chat, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from handlers.asks import Ask, Dialogue
from handlers.codes import secret_code
from handlers.desk_site import refused
from handlers.staff import HELP, ROSTER
from handlers.talk import choice_gone
from handlers.world import Outcome, Scene, World
from messages.views_staff import DeskDoor
from storage import audit, sign_ins
from storage.sign_ins import SignIn
from storage.transaction import Transaction

CODE_GOOD = timedelta(minutes=10)
# A working day. Nothing renews it.
SIGNED_IN = timedelta(hours=8)
KEPT = timedelta(days=30)
IN, OUT, OUT_EVERYWHERE = "sign_in", "sign_out", "sign_out_everywhere"


async def show_door(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A code and an address for whoever has a post; the code before it is void."""
    post = scene.post
    if post is None:
        return choice_gone(ask, dialogue, world)
    code = secret_code()
    code_hash = hash_of(scene.code_hash(code))
    if post.id == audit.SHELL or scene.is_public or code_hash is None:
        return Outcome(refused("not_here", world), dialogue.settled)
    until = world.now + CODE_GOOD
    await sign_ins.offer(scene.tx, post.id, code_hash, until)
    view = DeskDoor(code, until, f"{world.policy.page or ''}/desk/in/{code}", (ROSTER, HELP))
    return Outcome(view, dialogue.settled)


def hash_of(keyed: str | None) -> str | None:
    """What is kept of a code. It is made of what is kept of an invitation, and none is the other."""
    return sha256(f"desk {keyed}".encode()).hexdigest() if keyed else None


@dataclass(frozen=True, slots=True)
class Key:
    """What a browser shows from now on, as a hash, and what kind of browser it is."""

    id: str
    token_hash: str
    browser: str


async def enter(tx: Transaction, code_hash: str, key: Key, entry_id: str, now: datetime) -> bool:
    """Sign in whom the code lets in; False when it lets nobody in."""
    staff_id = await sign_ins.use_code(tx, code_hash, now)
    if staff_id is None:
        return False
    await begin(tx, staff_id, key, entry_id, now)
    return True


async def begin(tx: Transaction, staff_id: str, key: Key, entry_id: str, now: datetime) -> None:
    sign_in = SignIn(key.id, key.browser, now, now, now + SIGNED_IN)
    await sign_ins.begin(tx, sign_in, key.token_hash, staff_id)
    await _note(tx, staff_id, IN, (key.id,), entry_id, now)


async def leave(tx: Transaction, sign_in_id: str, staff_id: str, entry_id: str, now: datetime) -> bool:
    """End one of somebody's own sign-ins; False when it is none, or over."""
    ended = await sign_ins.end(tx, sign_in_id, staff_id, now)
    if ended:
        await _note(tx, staff_id, OUT, (sign_in_id,), entry_id, now)
    return ended


async def leave_everywhere(tx: Transaction, staff_id: str, entry_id: str, now: datetime) -> None:
    await sign_ins.end_all(tx, staff_id, now)
    await _note(tx, staff_id, OUT_EVERYWHERE, (), entry_id, now)


async def _note(
    tx: Transaction, staff_id: str, what: str, subjects: tuple[str, ...], entry_id: str, now: datetime
) -> None:
    await audit.note(tx, entry_id, staff_id, what, centre_id=None, subjects=subjects, done_at=now)
