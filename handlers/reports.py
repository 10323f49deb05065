"""What residents found otherwise than a card says: one tap opens a case, and the cards say so at once."""

from dataclasses import replace

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.case_files import Opening, open_case
from handlers.case_news import HUMAN, Clerk, line_of, open_it, write_to
from handlers.talk import spoken_of
from handlers.wish_cases import FOUND, INFORMATION
from handlers.world import Outcome, Scene, World
from messages.view_parts import Choice
from messages.views_cases import AskCaseWords, AskWhatIsWrong, CaseOpened
from storage import case_files, reports
from storage.case_files import CaseFile
from storage.transaction import Transaction

HELP = Choice("@help", "/help")
# What wrong information is about, whatever it is in words.
WRONG = "wrong"


def ask_what(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The things that may be wrong at a centre, first what the resident has named; the place comes first."""
    centre = spoken_of(ask, dialogue, world)
    if centre is None:
        view = AskCaseWords(INFORMATION, None, None, (HUMAN, HELP))
        return Outcome(view, replace(dialogue.settled, pending=ask, wants="centre"))
    listed = sorted(FOUND, key=lambda about: about != ask.kind)
    choices = tuple(Choice(f"@wrong_{about}", f"/report {centre.id} {about}") for about in listed)
    return Outcome(AskWhatIsWrong(centre_name(centre), world.policy.help_line, choices), dialogue.settled)


async def report(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A case of what is wrong; a second tap shows the first, as long as that is open."""
    kept, centre_id, about = dialogue.settled, ask.centres[0], ask.kind or ""
    case = await open_one(scene.tx, scene.conversation_id, centre_id, about)
    if case is None:
        opening = Opening(INFORMATION, centre_id, scene.conversation_id, about=about)
        case = await open_case(scene.tx, opening, Clerk(world, scene.new_id, scene.conversation_id))
    view = CaseOpened(line_of(case, world), world.policy.help_line, (write_to(case), open_it(case), HUMAN))
    return Outcome(view, kept)


async def open_one(tx: Transaction, conversation_id: str, centre_id: str, about: str) -> CaseFile | None:
    """The resident's own open case of the same."""
    code = await reports.of_resident(tx, conversation_id, centre_id, about)
    return await case_files.of_code(tx, code) if code else None
