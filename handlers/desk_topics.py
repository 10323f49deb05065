"""Topics at the district's desk: what many complain of, and that it was put right once for all of them.

Only the district sees and fixes topics, since they lie across centres. Fixing one answers each of its cases
that still waits for an answer, asks everybody who has not said that theirs is solved, and tells the others.
"""

from dataclasses import replace

from handlers import case_moves
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.case_files import LONGEST
from handlers.case_news import MY_CASES, Clerk, ask_verdict, line_of, tell_resident
from handlers.case_states import ANSWERED, Mover, State, may_move
from handlers.desk_site import HELP, refused
from handlers.permissions import Act, Reach, reach_of
from handlers.talk import choice_gone
from handlers.topics import LEAST
from handlers.world import Outcome, Scene, World
from messages.names import without_names
from messages.understand.topic_orders import topic_order_of
from messages.view_parts import Choice
from messages.views_topics import (
    TopicFixed,
    TopicFixedTold,
    TopicFixProposed,
    TopicLine,
    TopicRefused,
    TopicShown,
    TopicsListed,
)
from storage import audit, case_files, topics
from storage.case_files import CaseFile
from storage.topics import Topic
from storage.transaction import Transaction

FIX_TOPIC = "fix_topic"
LISTED, ON_BUTTONS = 8, 3
TOPICS = Choice("@desk_topics", "/desk_topics")


async def show_list(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What waits to be put right once for many."""
    if refusal := _refusal(ask, dialogue, world, scene):
        return refusal
    found = await topics.open_ones(scene.tx)
    listed = [await _line(scene.tx, each, world) for each in found[:LISTED]]
    choices = tuple(Choice(line.code, f"/desk_topic {line.code}") for line in listed[:ON_BUTTONS])
    view = TopicsListed(tuple(listed), len(found) - len(listed), choices or (HELP,))
    return Outcome(view, dialogue.settled)


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """One with its cases."""
    if refusal := _refusal(ask, dialogue, world, scene):
        return refusal
    topic = await topics.of_code(scene.tx, ask.said or "")
    if topic is None:
        return Outcome(TopicRefused("no_topic", ask.said, (TOPICS, HELP)), dialogue.settled)
    lines = [line_of(each, world) for each in await case_files.of_topic(scene.tx, topic.id)]
    listed = lines[:LISTED]
    choices = tuple(Choice(line.code, f"/desk_case {line.code}") for line in listed[: ON_BUTTONS - 1])
    view = TopicShown(
        await _line(scene.tx, topic, world), tuple(listed), len(lines) - len(listed), (*choices, TOPICS)
    )
    return Outcome(view, dialogue.settled)


async def propose(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Read back what everybody would be told."""
    if refusal := _refusal(ask, dialogue, world, scene):
        return refusal
    kept, code = dialogue.settled, ask.said
    topic = await topics.of_code(scene.tx, code or "")
    order = topic_order_of(scene.text)
    said = without_names(order.said)[:LONGEST] if order and order.said else None
    why = "no_topic" if topic is None else "fixed" if topic.state != "open" else None if said else "no_words"
    if topic is None or said is None or why:
        return Outcome(TopicRefused(why or "no_words", code, (TOPICS, HELP)), kept)
    token = token_of(scene)
    told = sum(each.conversation_id is not None for each in await case_files.of_topic(scene.tx, topic.id))
    choices = (Choice("@desk_yes", f"/yes {token}"), Choice("@desk_no", f"/no {token}"))
    view = TopicFixProposed(await _line(scene.tx, topic, world), said, told, choices)
    draft = Draft(FIX_TOPIC, token, ids=(topic.code,), numbers=(topic.cases,), text=said)
    return Outcome(view, replace(kept, draft=draft))


async def confirm(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Fix it, unless cases came to it since it was read back: of these nobody knew."""
    ask, kept = Ask("desk_topic_fix"), dialogue.settled
    if refusal := _refusal(ask, dialogue, world, scene):
        return refusal
    topic = await topics.of_code(scene.tx, draft.ids[0])
    if topic is None or topic.cases != draft.numbers[0]:
        return Outcome(TopicRefused("changed", draft.ids[0], (TOPICS, HELP)), kept)
    if scene.post is None or not await topics.fix(scene.tx, topic.id, draft.text, world.now):
        return Outcome(TopicRefused("fixed", topic.code, (TOPICS, HELP)), kept)
    clerk = Clerk(world, scene.new_id, scene.conversation_id)
    cases = await case_files.of_topic(scene.tx, topic.id)
    asked = sum([await _tell(scene.tx, case, topic, draft.text, clerk, scene.post.id) for case in cases])
    told = sum(each.conversation_id is not None for each in cases)
    await audit.note(
        scene.tx, str(scene.new_id()), scene.post.id, Act.TOPICS.value,
        centre_id=None, subjects=(topic.code, *(each.code for each in cases)), done_at=world.now,
        became="fixed",
    )  # fmt: skip
    line = replace(await _line(scene.tx, topic, world), said=draft.text)
    return Outcome(TopicFixed(line, told, asked, (TOPICS, HELP)), kept)


async def _tell(tx: Transaction, case: CaseFile, topic: Topic, said: str, clerk: Clerk, who: str) -> bool:
    """Tell its resident; True when they are asked whether it is solved."""
    state = State(case.state)
    if may_move(state, State.RECTIFIED, Mover.OWNER):
        moved = await case_moves.answer(tx, case, State.RECTIFIED, clerk, who=who, said=said)
        return moved is not None and moved.conversation_id is not None
    if state in ANSWERED or state is State.CLOSED_PROVISIONALLY:
        await ask_verdict(tx, replace(case, asked_at=clerk.now), "topic", clerk, said=said)
        return case.conversation_id is not None
    view = TopicFixedTold(line_of(case, clerk.world), said, (MY_CASES,))
    await tell_resident(tx, case, view, clerk, key=topic.code)
    return False


async def _line(tx: Transaction, topic: Topic, world: World) -> TopicLine:
    """Nobody is quoted of fewer residents than a topic takes: two may have turned out to be one."""
    example = await topics.words(tx, topic.id) if topic.residents >= LEAST else None
    return replace(_line_of(topic, world), example=example)


def _line_of(topic: Topic, world: World) -> TopicLine:
    since = topic.opened_at.astimezone(world.now.tzinfo).date()
    return TopicLine(topic.code, topic.cases, topic.centres, since, None, topic.said)


def _refusal(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome | None:
    if scene.post is None:
        return choice_gone(ask, dialogue, world)
    if reach_of(scene.post.role, Act.TOPICS) is Reach.NEVER:
        return Outcome(refused("not_allowed", world, act=Act.TOPICS), dialogue.settled)
    return None


async def lines_of(tx: Transaction, most: int, world: World) -> tuple[TopicLine, ...]:
    """The topics that most complain of, for a digest: that is kept, so nobody's words are in it."""
    found = (await topics.open_ones(tx))[:most]
    return tuple(_line_of(each, world) for each in found)
