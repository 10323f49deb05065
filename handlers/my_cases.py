"""A resident's cases: what has come of a complaint, whether it is solved, and words for whoever has it."""

from collections.abc import Mapping
from dataclasses import replace

from handlers import case_moves, photo_looks
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.cards import centre_name
from handlers.case_files import Opening, de_identified, open_case
from handlers.case_news import (
    HUMAN,
    MY_CASES,
    Clerk,
    call_me,
    line_of,
    open_it,
    resident_choices,
    steps_of,
    write_to,
)
from handlers.case_states import ENDED, VERDICTS, Mover, State, may_move
from handlers.linked import ids_of
from handlers.reports import WRONG, open_one
from handlers.talk import choice_gone, spoken_of
from handlers.wish_cases import INFORMATION, PURPOSES, WORDS
from handlers.wish_photos import of_case
from handlers.world import Outcome, Scene, World
from messages.directory import Centre
from messages.phones import phone_among
from messages.view_parts import CentreName, Choice
from messages.views_cases import (
    AskCaseWords,
    CaseOpened,
    CaseShown,
    CasesListed,
    CaseWordsProposed,
    CaseWordsSent,
    NoCase,
    VerdictNoted,
)
from storage import case_files as files
from storage.case_files import CaseFile

CASE_WORDS = "case_words"
WRITE = "write"
# As many as have a button.
LISTED = 3
HELP = Choice("@help", "/help")
NO_WORDS = Choice("@no_words", "/no")
COMPLAIN = Choice("@complain", "/complain complaint")
# Verdicts after which words are welcome.
ASKS_WHY: Mapping[str, bool] = {"solved": False, "partly": True, "not": True}


async def mine(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """All of one's own, those of linked conversations with them, or the card where there is one alone."""
    kept = dialogue.settled
    found = await files.of_person(scene.tx, scene.conversation_id)
    if not found:
        return Outcome(_none(None, world), kept)
    if len(found) == 1:
        return Outcome(await _card(found[0], world, scene), kept)
    listed = found[:LISTED]
    choices = tuple(Choice(each.code, f"/case {each.code}") for each in listed)
    lines = tuple(line_of(each, world) for each in listed)
    return Outcome(CasesListed(lines, len(found) - len(listed), choices), kept)


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Another's case is as unknown as nobody's."""
    case = await _own(ask, scene)
    view = await _card(case, world, scene) if case else _none(ask.case, world)
    return Outcome(view, dialogue.settled)


async def _own(ask: Ask, scene: Scene) -> CaseFile | None:
    case = await files.of_code(scene.tx, ask.case or "")
    is_own = case and case.conversation_id in await ids_of(scene.tx, scene.conversation_id)
    return case if is_own else None


async def _card(case: CaseFile, world: World, scene: Scene) -> CaseShown:
    steps = await files.steps(scene.tx, case.id)
    seen = await photo_looks.of_case(
        scene.tx, case, steps, scene.conversation_id, scene.safe.addresses, world
    )
    shown = steps_of(steps, world, for_resident=True)
    photo = None if State(case.state) in ENDED else of_case(case.code)
    return CaseShown(line_of(case, world), shown, resident_choices(case), seen, photo)


def _none(code: str | None, world: World) -> NoCase:
    choices = (MY_CASES, HUMAN) if code else (COMPLAIN, HUMAN)
    return NoCase(code, world.policy.help_line, choices)


async def verdict(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Only here a case is closed for good. What was not asked, or was said before, shows how it stands."""
    kept, said = dialogue.settled, ask.kind or ""
    case = await _own(ask, scene)
    if case is None:
        return Outcome(_none(ask.case, world), kept)
    clerk = Clerk(world, scene.new_id, scene.conversation_id)
    judged: CaseFile | None = None
    if may_move(State(case.state), VERDICTS[said], Mover.RESIDENT):
        judged = await case_moves.judge(scene.tx, case, said, clerk)
    if judged is None:
        return Outcome(await _card(case, world, scene), kept)
    asks_why = ASKS_WHY[said]
    line = line_of(judged, world)
    if not asks_why:
        return Outcome(VerdictNoted(line, said, False, (MY_CASES, HELP)), kept)
    pending = Ask("case_words", case=judged.code, kind=WRITE)
    view = VerdictNoted(line, said, True, (NO_WORDS, open_it(judged)))
    return Outcome(view, replace(kept, pending=pending, wants=WORDS))


async def write(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What is to be written to whoever has the case?"""
    case = await _own(ask, scene)
    if case is None:
        return Outcome(_none(ask.case, world), dialogue.settled)
    if State(case.state) in ENDED:
        return Outcome(await _card(case, world, scene), dialogue.settled)
    pending = Ask("case_words", case=case.code, kind=WRITE)
    view = AskCaseWords(WRITE, case.code, line_of(case, world).centre, (NO_WORDS, open_it(case), HUMAN))
    return Outcome(view, replace(dialogue.settled, pending=pending, wants=WORDS))


def complain(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """What is wrong, and where: the place first."""
    purpose = ask.kind if ask.kind in PURPOSES else "complaint"
    centre = spoken_of(ask, dialogue, world)
    waits = Ask("report", kind=purpose)
    if centre is None:
        view = AskCaseWords(purpose, None, None, (HUMAN, HELP))
        return Outcome(view, replace(dialogue.settled, pending=waits, wants="centre"))
    pending = Ask("case_words", kind=purpose, centres=(centre.id,))
    view = AskCaseWords(purpose, None, centre_name(centre), (NO_WORDS, HUMAN))
    return Outcome(view, replace(dialogue.settled, pending=pending, wants=WORDS))


async def take_words(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What was written, as others will read it: to say yes or no to."""
    said, purpose = de_identified(scene.text), ask.kind or WRITE
    has_phone = phone_among(scene.text) is not None
    case = await _own(ask, scene) if purpose == WRITE else None
    centre = world.directory.centres.get(ask.centres[0]) if ask.centres else None
    named = line_of(case, world).centre if case else _named(centre)
    if not said or named is None:
        return choice_gone(ask, dialogue.settled, world)
    token = token_of(scene)
    draft = Draft(CASE_WORDS, token, ids=(purpose, case.code if case else named.id), text=said)
    if has_phone:
        draft = replace(draft, numbers=(1,))
    choices = (Choice("@send_words", f"/yes {token}"), Choice("@keep_words", f"/no {token}"))
    view = CaseWordsProposed(purpose, case.code if case else None, named, said, has_phone, choices)
    return Outcome(view, replace(dialogue.settled, draft=draft))


def _named(centre: Centre | None) -> CentreName | None:
    return centre_name(centre) if centre else None


async def send_words(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A new case, or words that go to whoever has the old one."""
    kept, (purpose, about) = dialogue.settled, draft.ids
    clerk = Clerk(world, scene.new_id, scene.conversation_id)
    if purpose in PURPOSES and about not in world.directory.centres:
        return choice_gone(Ask("gone"), kept, world)
    found = WRONG if purpose == INFORMATION else None
    before = await open_one(scene.tx, scene.conversation_id, about, found) if found else None
    if purpose in PURPOSES and before is None:
        opening = Opening(purpose, about, scene.conversation_id, about=found, words=draft.text)
        opened = await open_case(scene.tx, opening, clerk)
        more = call_me(opened) if draft.numbers else HUMAN
        shown, photo = line_of(opened, world), of_case(opened.code)
        view = CaseOpened(shown, world.policy.help_line, (open_it(opened), more), photo)
        return Outcome(view, kept)
    case = before or await _own(Ask("my_case", case=about), scene)
    if case is None or State(case.state) in ENDED:
        return Outcome(_none(about, world), kept)
    sent = await case_moves.write(scene.tx, case, clerk, said=draft.text)
    if sent is None:
        return Outcome(await _card(case, world, scene), kept)
    choices = (write_to(sent), open_it(sent), call_me(sent) if draft.numbers else HELP)
    return Outcome(CaseWordsSent(line_of(sent, world), draft.text, choices), kept)
