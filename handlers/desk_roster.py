"""Who comes today: the list, and who arrived, did not come, or was fetched."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

import pydantic_core

from handlers import planning
from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.desk_news import hands_over, tell_fetched
from handlers.desk_site import (
    MOST_CHOICES,
    Done,
    Errand,
    Plan,
    Site,
    Undone,
    desk_session,
    named_here,
    session_here,
    sessions_between,
    which_of,
)
from handlers.orders import EVERYONE
from handlers.permissions import Act
from handlers.world import Outcome
from messages.view_parts import Choice
from messages.views import View
from messages.views_staff import Deed, DeskPerson, RosterShown
from storage import attendance, sessions
from storage.attendance import Attendee
from storage.audit import Entry
from storage.sessions import Session

MOST_PEOPLE = 60
# Who comes to the desk so long before or after a session is checked in to it.
EARLY, LATE = timedelta(hours=1), timedelta(hours=2)
# Whoever comes later than this is late.
GRACE = timedelta(minutes=10)
LONGEST_NUMBER = 3
MINUTE = 60


async def show_roster(ask: Ask, kept: Dialogue, site: Site) -> Outcome:
    """The sessions of a day with their numbers; the people where it is one session."""
    on = (ask.when.first if ask.when else None) or site.now.date()
    if ask.session:
        session = await session_here(ask.session, site)
        if session is None:
            return Outcome(site.no("no_session", Act.ROSTER), kept)
        listed = [session]
        on = await _day_of(session, site)
    else:
        named = named_here(ask, site)
        listed = [
            each for each in await sessions_between(site, on, on) if not named or each.activity_id in named
        ]
    people = await _people(listed[0], on, site) if len(listed) == 1 else []
    if people:
        await site.note_look(listed[0].id)
    choices = tuple(
        Choice(
            f"{each.starts_at.astimezone(site.now.tzinfo):%H:%M} {_name(each, site)}",
            f"/desk_roster {each.id}",
        )
        for each in listed[:MOST_CHOICES]
        if len(listed) > 1
    )
    view = RosterShown(
        centre_name(site.centre),
        on,
        tuple(desk_session(each, site) for each in listed),
        tuple(people[:MOST_PEOPLE]),
        max(0, len(people) - MOST_PEOPLE),
        choices or (Choice("@desk_help", "/desk_help"),),
    )
    return Outcome(view, kept)


def _name(session: Session, site: Site) -> str:
    activity = site.world.directory.activities.get(session.activity_id)
    return activity.name if activity else session.activity_id


async def _day_of(session: Session, site: Site) -> date:
    """Today for a camp under way, else its first day."""
    today = site.now.date()
    return today if session.held_on <= today <= session.last_on else session.held_on


async def meeting_on(session: Session, on: date, site: Site) -> datetime:
    """When the session's meeting of that day begins; its first one when there is none."""
    zone = site.now.tzinfo
    begins = [at for at, _ in await sessions.meetings(site.scene.tx, session.id)]
    return next((at for at in begins if at.astimezone(zone).date() == on), session.starts_at)


async def meeting_at(minute: int, session: Session, site: Site) -> datetime | None:
    """When the meeting begins that a form remembers as `minute_of`; None when the session has none then."""
    held = await planning.meetings_of(site.scene.tx, site.world.directory, session)
    return next((at for at, _ in held if minute_of(at) == minute), None)


async def _people(session: Session, on: date, site: Site) -> list[DeskPerson]:
    begins = await meeting_on(session, on, site)
    return lines_of(await attendance.roster(site.scene.tx, session.id, begins), begins)


def lines_of(listed: Iterable[Attendee], begins: datetime) -> list[DeskPerson]:
    return [
        DeskPerson(number, who.alias, who.code, _state(who, begins)) for number, who in enumerate(listed, 1)
    ]


def _state(who: Attendee, begins: datetime) -> str:
    if who.left_at:
        return "left"
    if who.arrived_at and who.is_walk_in:
        return "walk_in"
    if who.arrived_at:
        return "late" if who.arrived_at > begins + GRACE else "arrived"
    return "missed" if who.is_missed else "expected"


# Arrivals


async def make_check_in(ask: Ask, site: Site) -> Plan | View:
    if not ask.said:
        return site.no("no_list", Act.CHECK_IN)
    session = await session_now(ask, site, Act.CHECK_IN)
    if not isinstance(session, Session):
        return session
    begins = await meeting_on(session, site.now.date(), site)
    roster = await attendance.roster(site.scene.tx, session.id, begins)
    chosen = chosen_of(ask.said, roster)
    if not chosen:
        why = "no_list" if chosen is None else "all_there" if ask.said == EVERYONE else "not_listed"
        return site.no(why, Act.CHECK_IN)
    keys = tuple(f"{who.booking_id}:{who.participant_id}" for who in chosen)
    return Plan((session.id, *keys), (minute_of(begins),), ask.kind or "arrived")


async def session_now(ask: Ask, site: Site, act: Act) -> Session | View:
    """The session that people come to now, or are fetched from."""
    if ask.session:
        return await session_here(ask.session, site) or site.no("no_session", act)
    today = site.now.date()
    named = named_here(ask, site)
    near = []
    for each in await sessions_between(site, today, today):
        begins = await meeting_on(each, today, site)
        lasts = timedelta(hours=8) if each.held_on != each.last_on else each.ends_at - each.starts_at
        is_near = begins - EARLY <= site.now <= begins + lasts + LATE
        if each.activity_id in named or (not named and is_near):
            near.append(each)
    taken = [each for each in near if each.taken] or near
    if not taken:
        return site.no("nobody_today", act)
    if len(taken) == 1:
        return taken[0]
    return which_of(taken, act, site)


def chosen_of(said: str, roster: Sequence[Attendee]) -> list[Attendee] | None:
    """Whom the numbers and codes name; empty when one names nobody, None when there are none."""
    if said == EVERYONE:
        return [who for who in roster if who.arrived_at is None]
    return named_among(said, roster)


class Numbered(Protocol):
    """Somebody on a list, known by their number or their booking's code."""

    @property
    def code(self) -> str: ...

    @property
    def participant_id(self) -> str: ...


Somebody = TypeVar("Somebody", bound=Numbered)


def named_among(said: str, roster: Sequence[Somebody]) -> list[Somebody] | None:
    """Whom numbers and codes name; empty when one names nobody, None when there are none."""
    codes: dict[str, list[Somebody]] = {}
    for who in roster:
        codes.setdefault(who.code.casefold(), []).append(who)
    found: dict[str, Somebody] = {}
    tokens = [
        token for token in said.split() if token in codes or token.isdecimal() or any(map(str.isdigit, token))
    ]
    for token in tokens:
        if token in codes:
            named = codes[token]
        elif token.isdecimal() and len(token) <= LONGEST_NUMBER and 1 <= int(token) <= len(roster):
            named = [roster[int(token) - 1]]
        else:
            return []
        found |= {who.participant_id: who for who in named}
    return list(found.values()) if tokens else None


async def look_check_in(plan: Plan, site: Site) -> Deed | View:
    session = await session_here(plan.ids[0], site)
    if session is None or session.state != "planned":
        return site.no("no_session", Act.CHECK_IN)
    begins = await meeting_at(plan.numbers[0], session, site)
    if begins is None or begins.astimezone(site.now.tzinfo).date() != site.now.date():
        return site.no("nobody_today", Act.CHECK_IN)
    roster = await attendance.roster(site.scene.tx, session.id, begins)
    meant = set(plan.ids[1:])
    chosen = [
        (who, line)
        for who, line in zip(roster, lines_of(roster, begins), strict=True)
        if f"{who.booking_id}:{who.participant_id}" in meant
    ]
    if len(chosen) != len(meant):
        return site.no("not_listed", Act.CHECK_IN)
    if any(who.handed_to for who, _ in chosen):
        return site.no("fetched", Act.CHECK_IN)
    if plan.text == "left" and any(who.arrived_at is None for who, _ in chosen):
        return site.no("not_there", Act.CHECK_IN)
    people = tuple(replace(line, state=_becomes(plan.text, begins, site)) for _, line in chosen)
    return replace(
        site.deed(Act.CHECK_IN), sessions=(desk_session(session, site),), people=people, because=plan.text
    )


def minute_of(begins: datetime) -> int:
    """When a meeting begins, as a number to remember it by."""
    return int(begins.timestamp()) // MINUTE


def begins_at(numbers: Sequence[int], site: Site) -> datetime:
    return datetime.fromtimestamp(numbers[0] * MINUTE, site.now.tzinfo)


def _becomes(mark: str, begins: datetime, site: Site) -> str:
    if mark == "arrived":
        return "late" if site.now > begins + GRACE else "arrived"
    return mark


async def do_check_in(plan: Plan, site: Site) -> Done:
    tx, begins = site.scene.tx, begins_at(plan.numbers, site)
    session = await sessions.hold(tx, plan.ids[0])
    is_told = plan.text == "left" and session is not None and hands_over(session, site)
    meant, was = set(plan.ids[1:]), []
    for who in await attendance.roster(tx, plan.ids[0], begins):
        if f"{who.booking_id}:{who.participant_id}" not in meant:
            continue
        was.append([who.booking_id, who.participant_id, who.arrived_at, who.left_at, who.is_missed])
        left, missed = plan.text == "left", plan.text == "missed"
        arrived = who.arrived_at or site.now
        await attendance.note(
            tx,
            who.booking_id,
            who.participant_id,
            begins,
            arrived_at=None if missed else arrived,
            left_at=site.now if left else None,
            is_missed=missed,
            noted_by=site.post.id,
        )
        if is_told and who.kind == "child":
            await tell_fetched(site, who.booking_id, who.participant_id, who.alias, by="desk")
    kept = pydantic_core.to_json([plan.numbers[0], was]).decode()
    return Done((plan.ids[0], *(str(row[0]) for row in was)), was=kept, became=plan.text)


async def undo_check_in(entry: Entry, site: Site) -> Undone | View:
    tx, session_id = site.scene.tx, entry.subjects.split()[0]
    session = await session_here(session_id, site)
    if session is None or session.state != "planned":
        return site.no("no_undo", Act.CHECK_IN)
    minute, rows = pydantic_core.from_json(entry.was)
    begins = begins_at((minute,), site)
    await sessions.hold(tx, session_id)
    meant = {participant_id for _, participant_id, *_ in rows}
    now = await attendance.roster(tx, session_id, begins)
    if any(who.handed_to for who in now if who.participant_id in meant):
        return site.no("no_undo", Act.CHECK_IN)
    for booking_id, participant_id, arrived, left, is_missed in rows:
        if arrived is None and left is None and not is_missed:
            await attendance.forget(tx, booking_id, participant_id, begins)
            continue
        await attendance.note(
            tx,
            booking_id,
            participant_id,
            begins,
            arrived_at=datetime.fromisoformat(arrived) if arrived else None,
            left_at=datetime.fromisoformat(left) if left else None,
            is_missed=is_missed,
            noted_by=site.post.id,
        )
    roster = await attendance.roster(tx, session_id, begins)
    lines = zip(roster, lines_of(roster, begins), strict=True)
    people = tuple(line for who, line in lines if who.participant_id in meant)
    deed = replace(site.deed(Act.CHECK_IN), sessions=(desk_session(session, site),), people=people)
    for who in now if entry.became == "left" and hands_over(session, site) else ():
        if who.participant_id in meant and who.kind == "child":
            await tell_fetched(site, who.booking_id, who.participant_id, who.alias, by=None)
    return Undone(replace(deed, because=entry.became))


CHECK_IN = Errand(Act.CHECK_IN, make_check_in, look_check_in, do_check_in, undo_check_in)
