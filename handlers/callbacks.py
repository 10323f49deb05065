"""A person answers later: asked for by a resident, promised with a time, answered by staff into the chat."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.deadlines import due_at_centre, due_at_district
from handlers.saying import say
from handlers.talk import spoken_of
from handlers.world import Outcome, Scene, World
from messages.directory import Centre
from messages.phones import masked, phone_among
from messages.view_parts import CentreName, Choice
from messages.views_people import (
    CallbackPhoneNoted,
    CallbackPromised,
    CallbackTakenBack,
    NoCallback,
    StaffAnswered,
)
from storage import callbacks
from storage import directory as directory_store
from storage.callbacks import BESIDE, DISTRICT, Callback
from storage.database import Database, Transaction

# A page that is not opened by then finds the answer in its conversation all the same.
SENT_WITHIN = timedelta(days=30)
LONGEST_ANSWER = 1_000

TAKE_BACK = Choice("@callback_cancel", "/callback_cancel")
ASK_FOR_ONE = Choice("@callback", "/callback")
HELP = Choice("@help", "/help")


class CallbackError(ValueError):
    """A call-back that can't be answered; the text says why."""


async def call_back(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Promise a person's answer; who waits for one already is told about that one, and an appeal or a
    complaint is added to it."""
    known = await callbacks.open_of(scene.tx, scene.conversation_id)
    promised = known or await _promised(ask, dialogue, world, scene)
    added = _added(ask, dialogue, world, known) if known else None
    if added:
        promised = await callbacks.add_topic(scene.tx, scene.conversation_id, added) or promised
    if number := phone_among(scene.text):  # 'call me back at …', all in one
        promised = await callbacks.note_phone(scene.tx, scene.conversation_id, number) or promised
    view = CallbackPromised(
        number=promised.code,
        centre=_who_answers(promised, world),
        due_at=promised.due_at.astimezone(world.now.tzinfo),
        is_new=known is None,
        is_overdue=promised.due_at < world.now,
        phone=masked(promised.phone) if promised.phone else None,
        help_line=world.policy.help_line,
        choices=(HELP, TAKE_BACK),
        is_added=added is not None,
    )
    return Outcome(view, dialogue.answered)


def _added(ask: Ask, dialogue: Dialogue, world: World, known: Callback) -> str | None:
    """What else the resident wants an answer to; None for what is noted already, or mere impatience."""
    topic = _topic(ask, dialogue, world, spoken_of(ask, dialogue, world)) if ask.kind else None
    return topic if topic and topic not in known.topic.split(BESIDE) else None


async def _promised(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Callback:
    centre = spoken_of(ask, dialogue, world)
    due = due_at_centre(centre, world) if centre else None
    made = await callbacks.promise(
        scene.tx,
        str(scene.new_id()),
        scene.conversation_id,
        centre_id=centre.id if centre else None,
        owner=centre.id if centre and due else DISTRICT,
        topic=_topic(ask, dialogue, world, centre),
        asked_at=world.now,
        due_at=due or due_at_district(world),
    )
    # Another process promised one in this very moment: this turn is overtaken and taken again.
    found = made or await callbacks.open_of(scene.tx, scene.conversation_id)
    if found is None:
        raise LookupError("a call-back was neither made nor there")
    return found


def _topic(ask: Ask, dialogue: Dialogue, world: World, centre: Centre | None) -> str:
    """What was asked last, as codes for staff: why, the intent, and the ids of the place and the things."""
    directory = world.directory
    last = dialogue.last if dialogue.last and not (ask.services or ask.activities) else ask
    asked = () if last is ask else (last.intent, *last.facets)
    here = centre.id if centre else None
    things = [
        next((thing for thing in named if thing.centre_id == here), named[0]).id
        for named in (directory.named.get(name) for name in last.services)
        if named
    ]
    for activity in last.activities:  # an id when it was pressed, a name when it was said
        known = directory.activities_named.get(activity)
        things += [known[0].id] if known else [activity] if activity in directory.activities else []
    codes = (ask.kind, *asked, last.category, here, *things)
    return " ".join(dict.fromkeys(code for code in codes if code))


async def take_phone(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A phone number that was sent stands with the open call-back, and nowhere else."""
    number = phone_among(scene.text)
    noted = await callbacks.note_phone(scene.tx, scene.conversation_id, number) if number else None
    if noted is None or number is None:
        return Outcome(NoCallback(True, world.policy.help_line, (ASK_FOR_ONE, HELP)), dialogue)
    due = noted.due_at.astimezone(world.now.tzinfo)
    who = _who_answers(noted, world)
    view = CallbackPhoneNoted(noted.code, masked(number), who, due, (HELP, TAKE_BACK))
    return Outcome(view, dialogue)


async def take_back(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    cancelled = await callbacks.cancel(scene.tx, scene.conversation_id)
    if cancelled is None:
        return Outcome(NoCallback(False, world.policy.help_line, (ASK_FOR_ONE, HELP)), dialogue)
    return Outcome(CallbackTakenBack(cancelled.code, (ASK_FOR_ONE, HELP)), dialogue)


def _who_answers(callback: Callback, world: World) -> CentreName | None:
    """The centre that owns it; None for the district's office, and for a centre that was withdrawn."""
    centre = world.directory.centres.get(callback.owner)
    return centre_name(centre) if centre else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call-back as staff see it."""

    callback: Callback
    owner: str
    is_overdue: bool


async def waiting(
    database: Database, now: datetime, *, closed_too: bool = False, centre_id: str | None = None
) -> list[Waiting]:
    """Those to be answered, the first due first. Raises CallbackError for an unknown centre."""
    async with database.read() as tx:
        names = {row.id: row.name for row in await directory_store.centres(tx)}
        if centre_id is not None and centre_id not in names:
            raise CallbackError(f"no centre has the id {centre_id}; `linli export` lists them")
        rows = await callbacks.listed(tx, closed_too=closed_too, centre_id=centre_id)
    return [
        Waiting(
            row,
            f"{row.owner} {names[row.owner]}" if row.owner in names else row.owner,
            row.state == "open" and row.due_at < now,
        )
        for row in rows
    ]


async def answer(
    database: Database, number: str, text: str, *, by: str, now: datetime, new_id: str
) -> Callback:
    """Say `text` in the conversation that waits for `number`, once, and close the call-back.

    Raises CallbackError for an empty or endless text, no name, an unknown number and one that is not open.
    """
    if not text.strip() or not by.strip():
        raise CallbackError("the answer and the name of who gives it must not be empty")
    if len(text) > LONGEST_ANSWER:
        raise CallbackError(
            f"the answer has {len(text)} characters; a resident reads {LONGEST_ANSWER} at most"
        )

    async def work(tx: Transaction) -> Callback:
        answered = await give(tx, number, text.strip(), by=by.strip(), who=by.strip(), now=now, new_id=new_id)
        if answered is None:
            raise CallbackError(_why_not(number, await callbacks.of_code(tx, number)))
        return answered

    return await database.write(work)


async def give(
    tx: Transaction, number: str, text: str, *, by: str, who: str, now: datetime, new_id: str
) -> Callback | None:
    """Say the answer in the conversation that waits for it: the resident reads `by`, the row keeps `who`.
    None, and nothing said, when it is not open."""
    answered = await callbacks.mark_answered(tx, number, who, now)
    if answered is None:
        return None
    view = StaffAnswered(
        number=number,
        centre=await _name_of(tx, answered.owner),
        by=by,
        text=text,
        asked_at=answered.asked_at.astimezone(now.tzinfo),
        choices=(ASK_FOR_ONE, HELP),
    )
    key, within = f"callback {answered.id}", SENT_WITHIN
    await say(tx, answered.conversation_id, view, key=key, now=now, new_id=new_id, within=within)
    return answered


async def _name_of(tx: Transaction, owner: str) -> CentreName | None:
    if owner == DISTRICT:
        return None
    row = next((row for row in await directory_store.centres(tx) if row.id == owner), None)
    return CentreName(row.id, row.name, row.subdistrict, row.status) if row else None


def _why_not(number: str, known: Callback | None) -> str:
    match known:
        case None:
            return f"no call-back has the number {number}; `linli callbacks` lists those that are open"
        case Callback(state="answered"):
            return f"{number} was answered already; `linli callbacks --all` says when and by whom"
        case _:
            return f"{number} was taken back by the resident; nothing was sent"
