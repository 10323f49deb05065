"""Who came to a camp on how many days, each with a certificate to print where somebody earned one."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.certificates import is_earned
from handlers.desk_site import Site, desk_session, session_here
from messages.views_certificates import CampDays
from messages.views_staff import DeskSession
from storage import attended


@dataclass(frozen=True, slots=True)
class Attendee:
    """`who` names them in the address of their certificate; None while they have earned none."""

    days: CampDays
    who: str | None


@dataclass(frozen=True, slots=True)
class Camp:
    session: DeskSession
    people: tuple[Attendee, ...]


async def show(site: Site, asked: Mapping[str, str]) -> Camp | None:
    """None where this centre has no such session. Who looked at whose list is written down."""
    session = await session_here(asked.get("session", ""), site)
    if session is None:
        return None
    listed = await attended.of_session(site.scene.tx, session.id)
    if listed:
        await site.note_look(session.id)
    people = tuple(
        Attendee(
            CampDays(number, each.alias, each.code, each.attended, each.held),
            f"{each.booking_id}:{each.participant_id}" if is_earned(each, site.world) else None,
        )
        for number, each in enumerate(listed, 1)
    )
    return Camp(desk_session(session, site), people)
