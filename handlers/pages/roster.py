"""Who has a place in a session, and whether they are there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.children import needs_list
from handlers.desk_news import hands_over
from handlers.desk_roster import lines_of, meeting_on, minute_of
from handlers.desk_site import Site, desk_session, session_here
from handlers.pages.today import day_of
from handlers.permissions import Act
from messages.views_staff import DeskPerson, DeskSession
from storage import attendance


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list. `key` names them to a form."""

    line: DeskPerson
    key: str


@dataclass(frozen=True, slots=True)
class Roster:
    """`meeting` names the meeting to a form. `has_names`: names of record may stand on a page of its own.
    `can_check_in`: for this post, and on the day itself; `hands_over`: children are fetched from it."""

    session: DeskSession
    begins: datetime
    on: date
    meeting: int
    people: tuple[Person, ...]
    there: int
    has_names: bool
    can_check_in: bool
    hands_over: bool


async def show(site: Site, asked: Mapping[str, str]) -> Roster | None:
    """None where this centre has no such session. Who looked at whose list is written down."""
    tx, today = site.scene.tx, site.now.date()
    session = await session_here(asked.get("session", ""), site)
    if session is None:
        return None
    usual = today if session.held_on <= today <= session.last_on else session.held_on
    on = day_of(asked.get("on", ""), usual)
    begins = (await meeting_on(session, on, site)).astimezone(site.now.tzinfo)
    listed = await attendance.roster(tx, session.id, begins)
    lines = lines_of(listed, begins)
    if listed:
        await site.note_look(session.id)
    people = tuple(
        Person(line, f"{who.booking_id}:{who.participant_id}")
        for who, line in zip(listed, lines, strict=True)
    )
    activity = site.world.directory.activities.get(session.activity_id)
    return Roster(
        desk_session(session, site),
        begins,
        begins.date(),
        minute_of(begins),
        people,
        sum(who.arrived_at is not None and who.left_at is None for who in listed),
        activity is not None and needs_list(activity) and site.may(Act.NAMES),
        begins.date() == today and site.may(Act.CHECK_IN),
        hands_over(session, site),
    )
