"""Who becomes staff and who no longer is: one-time invitation codes, typed into a chat."""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.asks import Ask, Dialogue, dialogue_from_json, dialogue_to_json
from handlers.cards import centre_name
from handlers.permissions import Role
from handlers.world import Outcome, Scene, World
from messages.understand.orders import code_in
from messages.view_codec import to_json
from messages.view_parts import CentreName, Choice
from messages.views_staff import PostEnded, StaffCodeRefused, StaffWelcomed
from storage import audit, conversations, outbox, staff
from storage import directory as directory_store
from storage.database import Database, Transaction
from storage.staff import Member, Post

LONGEST_DAYS = 60
# Of a code's hundred thousand million, so many may be tried in an hour: in one conversation, and in all.
GUESSED_WITHIN = timedelta(hours=1)
MOST_WRONG_HERE = 5
MOST_WRONG_OVERALL = 3_000
# A page that is not opened by then finds the message in its conversation all the same.
SENT_WITHIN = timedelta(days=30)

HELP = Choice("@help", "/help")
HUMAN = Choice("@human", "/human")
ROSTER = Choice("@desk_roster", "/desk_roster")


class StaffError(ValueError):
    """An invitation or a post that can't be made or ended; the text says why."""


async def invite(
    database: Database,
    code_hash: str,
    role: Role,
    *,
    centre_id: str | None,
    subdistrict: str | None,
    days: int,
    entry_id: str,
    now: datetime,
) -> str:
    """Let the code of this hash make one conversation staff's within `days`: the invitation's id.

    Raises StaffError when the role wants another kind of place, or no place has this name.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise StaffError(f"a code is good for 1 to {LONGEST_DAYS} days, not {days}")
    is_of_centre = role in (Role.CENTRE_STAFF, Role.CENTRE_MANAGER)
    if is_of_centre != (centre_id is not None) or (role is Role.SUBDISTRICT) != (subdistrict is not None):
        raise StaffError(
            "managers and staff are of a --centre, a subdistrict's of a --subdistrict, others of neither"
        )

    async def work(tx: Transaction) -> str:
        centres = await directory_store.centres(tx)
        if centre_id is not None and centre_id not in {row.id for row in centres}:
            raise StaffError(f"no centre has the id {centre_id}; `linli export` lists them")
        if subdistrict is not None and subdistrict not in {row.subdistrict for row in centres}:
            raise StaffError(f"no centre lies in a subdistrict {subdistrict}")
        made = await staff.invite(
            tx,
            code_hash,
            role.value,
            centre_id=centre_id,
            subdistrict=subdistrict,
            made_by=audit.SHELL,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        await audit.note(
            tx,
            entry_id,
            audit.SHELL,
            "invite",
            centre_id=centre_id,
            subjects=(made,),
            became=role.value,
            done_at=now,
        )
        return made

    return await database.write(work)


async def revoke_invitation(database: Database, invitation_id: str, *, entry_id: str, now: datetime) -> None:
    """Raises StaffError when there is no unused one of this id."""

    async def work(tx: Transaction) -> None:
        if not await staff.revoke_invitation(tx, invitation_id, now):
            raise StaffError(f"no invitation {invitation_id} is open; `linli invitations` lists them")
        await audit.note(
            tx,
            entry_id,
            audit.SHELL,
            "revoke_invitation",
            centre_id=None,
            subjects=(invitation_id,),
            done_at=now,
        )

    await database.write(work)


async def revoke(database: Database, staff_id: str, *, entry_id: str, line_id: str, now: datetime) -> None:
    """End a post at once and say so in its conversation. Raises StaffError when there is none of this id."""

    async def work(tx: Transaction) -> None:
        ended = await end(tx, staff_id, line_id=line_id, now=now)
        if ended is None:
            raise StaffError(f"nobody has the post {staff_id} now; `linli staff` lists them")
        await audit.note(
            tx,
            entry_id,
            audit.SHELL,
            "revoke_staff",
            centre_id=ended.centre_id,
            subjects=(staff_id,),
            was=ended.role,
            done_at=now,
        )

    await database.write(work)


async def end(tx: Transaction, staff_id: str, *, line_id: str, now: datetime) -> Member | None:
    """End a post and say so in its conversation; None when there is none of this id. With it end its
    sign-ins, and what is open stays with the place that has it."""
    ended = await staff.revoke(tx, staff_id, now)
    talk = ended.conversation_id if ended else None
    if ended is None or talk is None:
        return None
    number = await conversations.next_number(tx, talk)
    dialogue = dialogue_from_json(await conversations.state_of(tx, talk))
    view = PostEnded(ended.role, await _name_of(tx, ended.centre_id), ended.subdistrict, (HELP, HUMAN))
    # What waits for a yes goes, and a turn under way is understood again, as a resident's.
    kept = replace(dialogue, draft=None, choices=view.choices)
    await conversations.remember(tx, talk, dialogue_to_json(kept))
    await outbox.add(
        tx,
        line_id,
        talk,
        number,
        unique_key=f"post ended {staff_id}",
        view=to_json(view, dialogue.tag),
        due_at=now,
        expires_at=now + SENT_WITHIN,
        created_at=now,
    )
    return ended


async def _name_of(tx: Transaction, centre_id: str | None) -> CentreName | None:
    if centre_id is None:
        return None
    row = next((row for row in await directory_store.centres(tx) if row.id == centre_id), None)
    return CentreName(row.id, row.name, row.subdistrict, row.status) if row else None


async def take_code(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A code that is right makes this conversation staff's; one that is wrong says so and changes nothing.

    Beyond the bound no code is looked at, so that it does not show which one would have been right.
    """
    since = world.now - GUESSED_WITHIN
    here, overall = await staff.wrong_codes(scene.tx, scene.conversation_id, since)
    if here >= MOST_WRONG_HERE or overall >= MOST_WRONG_OVERALL:
        return _refused("too_many", dialogue, world)
    typed = code_in(scene.text)
    post = await _joined(typed, world, scene) if typed else None
    if post is None:
        await staff.note_wrong_code(
            scene.tx, str(scene.new_id()), scene.conversation_id, world.now, forget_before=since
        )
        return _refused("wrong", dialogue, world)
    kept = dialogue.settled
    return Outcome(welcome(post, world), kept, is_somebody_else=True)


async def _joined(typed: str, world: World, scene: Scene) -> Post | None:
    code_hash = scene.code_hash(typed)
    if code_hash is None:
        return None
    # All are compared, each in the same time whatever it holds: how long it takes tells nothing of a code.
    matching = [
        each
        for each in await staff.open_invitations(scene.tx, world.now)
        if hmac.compare_digest(each.code_hash, code_hash)
    ]
    post = await staff.join(scene.tx, matching[0], scene.conversation_id, world.now) if matching else None
    if post is not None:
        await audit.note(
            scene.tx,
            str(scene.new_id()),
            post.id,
            "join",
            centre_id=post.centre_id,
            subjects=(matching[0].id,),
            became=post.role,
            done_at=world.now,
        )
    return post


def welcome(post: Post, world: World) -> StaffWelcomed:
    """What somebody may do now, and where."""
    centre = world.directory.centres.get(post.centre_id or "")
    choices = (ROSTER, HELP) if centre else (HELP, HUMAN)
    return StaffWelcomed(post.role, centre_name(centre) if centre else None, post.subdistrict, choices)


def _refused(why: str, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(StaffCodeRefused(why, world.policy.help_line, (HELP, HUMAN)), dialogue)
