"""One turn: a message in, exactly one view out, everything it changes in one transaction.

Reading, understanding and answering happen before the transaction; the conversation's version is
compared inside it, and when another turn was faster this one is understood again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID
from weakref import WeakValueDictionary

import pydantic_core

from handlers.asks import Ask, Dialogue, Near, dialogue_from_json, dialogue_to_json
from handlers.dialogue import STAFF_CODE, decide, recalled
from handlers.focus import earlier_of, focus_of
from handlers.intents import INTENTS, Intent
from handlers.lists import which_centre
from handlers.message import Location, Message
from handlers.orders import HAND_OVER
from handlers.permissions import shell_post
from handlers.safe import Safe
from handlers.snapshot import Directory
from handlers.unanswered import unanswered
from handlers.wish_booking import is_age
from handlers.wish_children import PRIVATE, named, unwanted, waits_for_name
from handlers.wish_links import LINK_CODE
from handlers.wishes import counted_once
from handlers.wordless import wordless
from handlers.world import CodeHash, DirectoryMoved, Outcome, Policy, Scene, World, suggestions
from messages.geo import Datum, to_gcj02
from messages.names import without_names
from messages.phones import without_phone
from messages.understand.fetch_codes import is_fetch_code, without_fetch_code
from messages.understand.lexicon import Hit, Kind
from messages.understand.link_codes import link_code_in, without_link_code
from messages.understand.normalise import MAX_LENGTH, clean, normalise_own
from messages.understand.orders import without_code
from messages.understand.scripts import SIMPLIFIED, TRADITIONAL, script_of
from messages.understand.understand import Reader, Surroundings, Understanding
from messages.view_codec import ViewError, from_json, to_json
from messages.views import View, photo_of
from messages.views_unable import ChoiceGone
from messages.words import button
from storage import conversations
from storage.database import Database, Step, Transaction
from storage.staff import Post

ATTEMPTS = 20
# Conversations whose state is kept at hand: 1 to 2 KB each, as measured after one to eight turns.
REMEMBERED = 2_000
# Sentences that are not read again within the minute: many ask the same, some KB each.
READ = 500

HIDES_CODE = {STAFF_CODE: without_code, HAND_OVER: without_fetch_code, LINK_CODE: without_link_code}
SLOTS = tuple(field.name for field in fields(Ask) if field.name != "intent")

Weigh = Callable[[Understanding], Awaitable[Understanding]]


class Overtaken(Exception):
    """Another turn of this conversation was committed first, again and again."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer that is committed. `repeated`: the message had been answered before."""

    number: int
    view: View
    language: str
    intent: str
    slots: Mapping[str, object]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Thread:
    """A conversation and what it remembers; no conversation before the first turn. `post`: it is staff's."""

    conversation: conversations.Conversation | None
    dialogue: Dialogue
    post: Post | None = None


class _Stale(Exception):
    """The thread moved, or the message was answered, since it was looked at: take everything back."""


class Turns:
    """Takes turns, in order within a conversation, side by side across conversations."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        directory: Callable[[], Directory],
        policy: Policy,
        new_id: Callable[[], UUID],
        safe: Safe,
        *,
        renew: Callable[[], Awaitable[object]],
        weigh: Weigh,
        replied_at_once: frozenset[str],
        code_hash: CodeHash,
        intents: Mapping[str, Intent] = INTENTS,
    ) -> None:
        """`renew` takes up a directory that was saved, `weigh` adds what a sentence comes nearest to;
        `replied_at_once`: channels whose answer goes back in the request itself and needs no worker to send
        it; `code_hash` is that of a Scene."""
        self._database = database
        self._reader = reader
        self._directory = directory
        self._policy = policy
        self._new_id = new_id
        self._safe = safe
        self._renew = renew
        self._weigh = weigh
        self._replied_at_once = replied_at_once
        self._code_hash = code_hash
        self._intents = intents
        self._read_in = directory()
        self._read_once = lru_cache(maxsize=READ)(self._read_anew)
        self._recent: OrderedDict[tuple[str, str], _Thread] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def take(self, message: Message, now: datetime) -> Turn:
        """Answer `message` at `now` (aware). Raises Busy or Overtaken when nothing could be committed."""
        key = message.channel, message.address
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            thread = self._recent.pop(key, None)
            for _ in range(ATTEMPTS):
                if thread is None:
                    found = await self._find(message)
                    if isinstance(found, Turn):
                        return found
                    thread = found
                try:
                    turn, thread = await self._answer_in(thread, message, now)
                except _Stale:
                    thread = None
                    continue
                except DirectoryMoved:
                    await self._renew()
                    continue
                if thread is not None:
                    self._remember(key, thread)
                return turn
        raise Overtaken("the conversation kept changing under this turn")

    async def _find(self, message: Message) -> "Turn | _Thread":
        """The answer this message was given before, or the conversation as it stands."""
        async with self._database.read(snapshot=False) as tx:
            found = await conversations.answered(tx, message.channel, message.address, message.id)
        before = _stored(found, self._policy.help_line)
        if before:
            return before
        if found is None:
            return _Thread(None, Dialogue(language=message.language or "zh"))
        return _Thread(found.conversation, dialogue_from_json(found.conversation.state), found.post)

    def _remember(self, key: tuple[str, str], thread: "_Thread") -> None:
        """Spare the next turn the look into the database. A thread that moved meanwhile is noticed by
        its version, a message that was answered before by its id."""
        self._recent[key] = thread
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    async def _answer_in(
        self, thread: "_Thread", message: Message, now: datetime
    ) -> "tuple[Turn, _Thread | None]":
        """One attempt, and the thread after it as far as it is known. Raises _Stale, with nothing changed,
        when the thread moved meanwhile."""
        post = thread.post or shell_post(message.channel, message.address)
        world = World(self._directory(), now, self._policy)
        before = recalled(thread.dialogue, world.directory)
        is_new = thread.conversation is None
        ask, dialogue = await self._understood(message, before, world, post, is_new=is_new)
        is_private = _is_private(before, message.text, ask)
        intent = self._intents[ask.intent]
        ready = self._answered(ask, dialogue, world) if intent.act is None or ask.unclear else None

        slots = slots_of(ask)

        def steps(conversation: conversations.Conversation, outcome: Outcome) -> tuple[Outcome, list[Step]]:
            wished: list[Step] = []
            if not is_private:
                outcome, wished = counted_once(ask, outcome, message.text, world)
            answer = conversations.Answer(
                id=str(self._new_id()),
                message_id=message.id,
                said="" if is_private else _kept(message.text, ask),
                intent=ask.intent,
                slots=pydantic_core.to_json(slots).decode(),
                view=to_json(outcome.view, outcome.dialogue.tag),
                handed_over=message.channel in self._replied_at_once,
            )
            taken = conversations.turn_steps(conversation, dialogue_to_json(outcome.dialogue), answer, now)
            if is_private:
                return outcome, taken
            asked = unanswered(outcome.view, message.text, outcome.dialogue.language, now.date())
            return outcome, taken + asked + wished

        async def work(tx: Transaction) -> tuple[conversations.Conversation, Outcome, int]:
            conversation = thread.conversation or await conversations.create(
                tx, str(self._new_id()), message.channel, message.address, dialogue_to_json(Dialogue()), now
            )
            if thread.conversation is None and conversation.version:
                raise _Stale  # another turn began the conversation meanwhile
            scene = Scene(
                tx, conversation.id, message.channel, message.text, self._new_id, self._safe, self._code_hash,
                post, message.origin, message.photo, message.is_public,
            )  # fmt: skip
            outcome, taken = steps(conversation, ready or await _acted(intent, ask, dialogue, world, scene))
            values = await tx.chain(taken)
            if values is None:
                raise _Stale
            return conversation, outcome, int(values[0])

        if ready and thread.conversation:
            # Nothing is asked of the database meanwhile: such turns share a commit.
            conversation = thread.conversation
            outcome, taken = steps(conversation, ready)
            written = await self._database.chain(taken)
            if written is None:
                raise _Stale
            number = int(written[0])
        else:
            conversation, outcome, number = await self._database.write(work)
        moved = replace(conversation, version=conversation.version + 1, last_number=number)
        turn = Turn(number, outcome.view, outcome.dialogue.tag, ask.intent, slots)
        return turn, None if outcome.is_somebody_else else _Thread(moved, outcome.dialogue, thread.post)

    async def _understood(
        self, message: Message, dialogue: Dialogue, world: World, post: Post | None, *, is_new: bool
    ) -> tuple[Ask, Dialogue]:
        """The wish in the message, and the dialogue with what the message itself tells."""
        dialogue = _located(message.location, dialogue)
        text = clean(message.text)
        if without_words := wordless(message, text, dialogue):
            return without_words
        dialogue = _in_script(text, dialogue, self._policy)
        waits = waits_for_name(dialogue)
        meant = self._read(text, dialogue, world, keep=not waits)
        if meant.pick is not None and (dialogue.choices or not waits):
            if meant.pick <= len(dialogue.choices):
                meant = self._read(dialogue.choices[meant.pick - 1].say, dialogue, world)
            elif not is_age(meant, dialogue):
                return Ask("gone"), dialogue
        else:
            meant = self._label_taken(meant, dialogue, world)
        if waits and not meant.command:
            if ask := named(text, meant):
                return ask, dialogue
            dialogue = dialogue.settled
        if not meant.command:
            meant = await self._weigh(meant)
        dialogue = _in_language(meant, dialogue, is_new=is_new)
        ask = decide(meant, dialogue, world.directory, post)
        if ask.intent == "repeat":
            ask = dialogue.pending or dialogue.last or ask
        if not meant.command and unwanted(text, ask, message.channel):
            return Ask("name_unwanted"), dialogue
        return ask, dialogue

    def _label_taken(self, meant: Understanding, dialogue: Dialogue, world: World) -> Understanding:
        """A resident may type what stands on a button instead of pressing it."""
        if meant.command:
            return meant
        for choice in dialogue.choices:
            if normalise_own(button(dialogue.language, choice.label)) == meant.text:
                return self._read(choice.say, dialogue, world)
        return meant

    def _read(self, text: str, dialogue: Dialogue, world: World, *, keep: bool = True) -> Understanding:
        """What a sentence holds depends on the minute and on what was spoken of, not on who says it. What may
        be somebody's name is not kept (`keep`) for the next who says the same."""
        if world.directory is not self._read_in:
            if not world.directory.reads_like(self._read_in):
                self._read_once.cache_clear()
            self._read_in = world.directory
        services = dialogue.last.services if dialogue.last else ()
        minute = world.now.replace(second=0, microsecond=0)
        read = self._read_once if keep else self._read_anew
        return read(text, dialogue.language, services, minute)

    def _read_anew(
        self, text: str, language: str, spoken_of: tuple[str, ...], now: datetime
    ) -> Understanding:
        directory = self._read_in

        def opens(hits: tuple[Hit, ...]) -> int | None:
            names = [name for hit in hits if hit.kind is Kind.SERVICE for name in hit.ids]
            return directory.opens_hint(names or spoken_of)

        around = Surroundings(directory.lexicon, now, directory.calendar, opens, language)
        return self._reader.read(text, around)

    def _answered(self, ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
        if ask.unclear:
            return _remembered(which_centre(ask, dialogue, world), dialogue)
        answer = self._intents[ask.intent].answer
        if answer is None:
            raise LookupError(f"intent {ask.intent} has neither an answer nor an act")
        return _remembered(answer(ask, dialogue, world), dialogue)


def _remembered(outcome: Outcome, before: Dialogue) -> Outcome:
    """A number or a label that is said next is one of the answer's choices, and 'it' is what it showed."""
    view, dialogue = outcome.view, outcome.dialogue
    focus = focus_of(view) or (dialogue.focus if dialogue.last is before.last else None)
    shown = replace(
        dialogue, choices=view.choices, focus=focus, earlier=earlier_of(dialogue, focus), photo=photo_of(view)
    )
    return replace(outcome, dialogue=shown)


async def _acted(intent: Intent, ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    if intent.act is None:
        raise LookupError(f"intent {ask.intent} has no act")
    return _remembered(await intent.act(ask, dialogue, world, scene), dialogue)


def _kept(text: str, ask: Ask) -> str:
    """What is kept of what was said: all but a phone number, which stands with its call-back alone, names of
    record, and codes: of staff, of a child that is fetched, of a link."""
    if hide := HIDES_CODE.get(ask.intent):
        return hide(text)[:MAX_LENGTH]
    said = without_phone(text) if ask.intent.startswith(("callback", "case", "take_words")) else text
    return without_names(clean(said)[:MAX_LENGTH])


def _is_private(before: Dialogue, text: str, ask: Ask) -> bool:
    """Whether nothing of the message is kept: it is a name, or may be one."""
    return ask.intent in PRIVATE or (waits_for_name(before) and not text.startswith("/"))


def _stored(found: conversations.Answered | None, help_line: str) -> Turn | None:
    """The answer this message was given before, if it was."""
    match found:
        case conversations.Answered(
            number=int(number), intent=str(intent), slots=str(slots), view=str(stored)
        ):
            view, language = readable(stored, help_line)
            return Turn(number, view, language, intent, pydantic_core.from_json(slots), repeated=True)
        case _:
            return None


def readable(stored: str, help_line: str) -> tuple[View, str]:
    """A stored answer and its language. What an older version wrote and this one cannot read is gone."""
    try:
        return from_json(stored)
    except ViewError:
        return gone(help_line), "zh"


def gone(help_line: str) -> View:
    """What stands for an answer that cannot be said any more."""
    return ChoiceGone(help_line, suggestions("zh"))


def _located(location: Location | None, dialogue: Dialogue) -> Dialogue:
    if location is None:
        return dialogue
    latitude, longitude = location.latitude, location.longitude
    if location.datum is Datum.WGS84:
        latitude, longitude = to_gcj02((latitude, longitude))
    return replace(dialogue, near=Near(latitude, longitude))


def _in_language(meant: Understanding, dialogue: Dialogue, *, is_new: bool) -> Dialogue:
    """Answers follow the language that is spoken; a Latin word, a code or a bare name do not change it."""
    is_only_names = sum(hit.end - hit.start for hit in meant.hits) >= len(meant.text)
    if meant.language == "zh" and (is_new or not is_only_names):
        return replace(dialogue, language="zh")
    is_code = is_fetch_code(meant.text) and (not is_new or link_code_in(meant.text))
    if meant.language == "en" and not is_code and (is_new or " " in meant.text):
        return replace(dialogue, language="en")
    return dialogue


def _in_script(text: str, dialogue: Dialogue, policy: Policy) -> Dialogue:
    """Answers follow the characters that are written; what may stand in both scripts changes nothing."""
    script = script_of(text) if policy.traditional else SIMPLIFIED
    if script is None or (script == TRADITIONAL) is dialogue.traditional:
        return dialogue
    return replace(dialogue, traditional=script == TRADITIONAL)


def slots_of(ask: Ask) -> dict[str, object]:
    """What was understood beside the intent, without what was left open."""
    given = {name: value for name in SLOTS if (value := getattr(ask, name))}
    slots: dict[str, object] = pydantic_core.to_jsonable_python(given)
    return slots
