"""Cases on the desk's pages: those of a centre, one with its steps and what may be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers import photo_looks
from handlers.case_news import line_of, steps_of
from handlers.case_parties import is_ours, may_see
from handlers.case_states import Mover, State, may_move
from handlers.desk_cases import BECOMES, BY_THE_DISTRICT, NEEDS_WORDS, WAITS
from handlers.desk_site import Site
from messages.views_cases import CaseLine, CaseStep
from messages.views_photos import PhotoLink
from storage import case_files as files
from storage.case_files import CaseFile

RECENT = 30


@dataclass(frozen=True, slots=True)
class Cases:
    """`ours` wait for whoever looks, the first due first; `others` are open elsewhere, with the resident or
    on a tier above."""

    ours: tuple[CaseLine, ...]
    others: tuple[CaseLine, ...]


async def show(site: Site, _: Mapping[str, str]) -> Cases:
    found = await files.open_of_centre(site.scene.tx, site.centre.id)
    waits = [each for each in found if _waits_for(each, site)]
    others = [each for each in found if each not in waits]
    return Cases(*(tuple(line_of(each, site.world) for each in listed) for listed in (waits, others)))


def _waits_for(case: CaseFile, site: Site) -> bool:
    return is_ours(case, site.post) and case.state in (*WAITS, State.APPEALED)


@dataclass(frozen=True, slots=True)
class OneCase:
    """`acts` are what may be ordered of it now, those of `with_words` with something written; `version` is
    that of the case as it is shown; `can_picture`: a photo of what was put right may be added."""

    line: CaseLine
    level: int | None
    steps: tuple[CaseStep, ...]
    photos: tuple[PhotoLink, ...]
    acts: tuple[str, ...]
    with_words: frozenset[str]
    case_id: str
    version: int
    can_picture: bool


async def show_one(site: Site, asked: Mapping[str, str]) -> OneCase | None:
    """None for a case of another centre, as for one that nobody knows."""
    tx, world = site.scene.tx, site.world
    case = await files.of_code(tx, asked.get("code", ""))
    if case is None or case.centre_id != site.centre.id or not may_see(case, site.post, world):
        return None
    steps = await files.steps(tx, case.id)
    level = await files.level_of(tx, case.rating_id) if case.rating_id else None
    seen = await photo_looks.of_case(
        tx, case, steps, site.scene.conversation_id, site.scene.safe.addresses, world, post=site.post
    )
    return OneCase(
        line_of(case, world),
        level,
        steps_of(steps, world, for_resident=False),
        seen,
        tuple(_acts(case, site)),
        NEEDS_WORDS,
        case.id,
        case.version,
        _waits_for(case, site),
    )


def _acts(case: CaseFile, site: Site) -> list[str]:
    """What the states allow; the errand itself looks at the rest."""
    if not _waits_for(case, site):
        return []
    state = State(case.state)
    if state is State.APPEALED:
        return sorted(BY_THE_DISTRICT)
    moves = [act for act, becomes in BECOMES.items() if may_move(state, becomes, Mover.OWNER)]
    return [*(act for act in moves if act not in BY_THE_DISTRICT), "extend", "reply"]
