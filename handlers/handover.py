"""Codes that let somebody fetch a child: shown to the family, taken by staff, each once."""

from datetime import datetime, timedelta
from hashlib import sha256

from handlers.asks import Ask, Dialogue
from handlers.booking_parts import MINE
from handlers.cards import short_name
from handlers.children import PRIVACY, not_here
from handlers.codes import secret_code
from handlers.door_codes import FETCH
from handlers.safe import LEAVES_THE_COUNTRY
from handlers.world import Outcome, Scene, World
from messages.view_parts import Choice
from messages.views_children import FetchCode, FetchCodesShown
from storage import families, handover
from storage.database import Transaction
from storage.handover import FetchedFrom, Handed

# Codes are for the meetings of so long ahead, and good for so long after their end.
AHEAD = timedelta(hours=12)
GOOD_AFTER = timedelta(hours=3)
SHOWN = 6
CODES = "codes"


async def show_codes(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A new code for each child and meeting of today; those that were shown before are void."""
    kept = dialogue.settled
    if scene.channel in LEAVES_THE_COUNTRY:
        return Outcome(not_here(CODES, world), kept)
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    now = world.now
    found = await handover.meetings(scene.tx, family_id, now - GOOD_AFTER, now + AHEAD) if family_id else []
    people = await families.participants(scene.tx, family_id) if family_id else []
    alias = {who.id: who.alias for who in people}
    codes = []
    for each in found[:SHOWN]:
        activity = world.directory.activities.get(each.activity_id)
        code = await _new_code(scene, each, now)
        if activity is None or code is None:
            continue
        centre = short_name(world.directory.centres[activity.centre_id])
        starts = each.starts_at.astimezone(now.tzinfo)
        address = f"{(world.policy.page or '').rstrip('/')}/desk/{FETCH}/{code}"
        codes.append(
            FetchCode(alias.get(each.participant_id, ""), activity.name, centre, starts, code, address)
        )
    fetcher = (Choice("@fetcher", "/fetcher"),)
    return Outcome(FetchCodesShown(tuple(codes), (*fetcher, MINE, PRIVACY)), kept)


async def _new_code(scene: Scene, each: FetchedFrom, now: datetime) -> str | None:
    """None when the child was fetched by a code already."""
    code = secret_code()
    meeting = Handed(each.booking_id, each.participant_id, each.starts_at)
    made = await handover.put_code(scene.tx, meeting, hash_of(code), now, each.ends_at + GOOD_AFTER)
    return code if made else None


def hash_of(code: str) -> str:
    """However it is typed: small letters, with or without the dash."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return sha256(f"fetch {letters}".encode()).hexdigest()


async def hand_over(
    tx: Transaction, code_hash: str, *, centre_id: str, staff_id: str, now: datetime
) -> Handed | None:
    """The child that the code of this hash fetches at this centre, once; None for every other code."""
    return await handover.use_code(tx, code_hash, centre_id, staff_id, now)
