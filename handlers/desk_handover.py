"""A child is handed over at the door: by a code of its guardian's, or to somebody whom the guardian named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pydantic_core

from handlers.asks import Ask
from handlers.cards import centre_name
from handlers.children import PICK_UP
from handlers.desk_news import is_told, tell_fetched
from handlers.desk_roster import (
    begins_at,
    chosen_of,
    lines_of,
    meeting_at,
    meeting_on,
    minute_of,
    session_now,
)
from handlers.desk_site import ROSTER, Done, Errand, Plan, Site, Undone, desk_session, session_here
from handlers.handover import hand_over, hash_of
from handlers.orders import BY_CODE
from handlers.periods import period_of
from handlers.permissions import Act
from handlers.safe import LEAVES_THE_COUNTRY
from messages.understand.fetch_codes import fetch_code_in
from messages.understand.normalise import normalise
from messages.view_parts import Choice
from messages.views import View
from messages.views_staff import Affected, Deed, FetchedChild, FetchersShown
from storage import attendance, calendar, children, handover, sessions
from storage.attendance import Attendee
from storage.audit import Entry
from storage.handover import Code, Handed
from storage.sessions import Session
from storage.transaction import Interrupted

# So many codes that fetched nobody may be tried in an hour by one member of staff.
TRIED_WITHIN = timedelta(hours=1)
MOST_TRIES = 10
MOST_CHOICES = 8
ADULT = "adult"
UNKNOWN = "unknown_code"


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Somebody who may fetch a child, as the guardian called them: a code of a relation."""

    name_id: str
    relation: str


async def make_hand_over(ask: Ask, site: Site) -> Plan | View:
    """By the code that was typed; else of whom, and to whom. What is typed into a page of the desk (`said`)
    has not been abroad, wherever its staff chat."""
    if ask.kind == BY_CODE and ask.said is not None:
        return await _by_code(ask.said, site)
    if site.scene.channel in LEAVES_THE_COUNTRY:
        return site.no("abroad", Act.HAND_OVER)
    if ask.kind == BY_CODE:
        return await _by_code(site.scene.text, site)
    session = await session_now(ask, site, Act.HAND_OVER)
    if not isinstance(session, Session):
        return session
    begins = await meeting_on(session, site.now.date(), site)
    everybody = await attendance.roster(site.scene.tx, session.id, begins)
    there = [who for who in everybody if who.kind == "child" and who.arrived_at and not who.left_at]
    if ask.who:
        there = [who for who in there if who.participant_id in ask.who]
    elif (named := chosen_of(ask.said or "", everybody)) is not None:
        meant = {who.participant_id for who in named}
        there = [who for who in there if who.participant_id in meant]
        if not there:
            return site.no("not_there" if named else "not_listed", Act.HAND_OVER)
    found = [(who, await _fetchers(who.participant_id, session, site)) for who in there]
    if len(found) == 1 and ask.kind:
        [(who, fetchers)] = found
        if any(each.name_id == ask.kind for each in fetchers):
            ids = (session.id, who.booking_id, who.participant_id, ask.kind)
            return Plan(ids, (minute_of(begins),), ADULT)
        return site.no("not_named", Act.HAND_OVER)
    return _shown(found, session, site)


def _shown(found: Sequence[tuple[Attendee, Sequence[Fetcher]]], session: Session, site: Site) -> View:
    """Of several children which, of one to whom."""
    if len(found) == 1:
        [(who, fetchers)] = found
        choices = [
            Choice(f"@by_{each.relation}", f"/desk_fetch {who.participant_id} {each.name_id}")
            for each in fetchers
        ]
    else:
        choices = [
            Choice(f"{number}. {who.code}", f"/desk_fetch {who.participant_id}")
            for number, (who, _) in enumerate(found[:MOST_CHOICES], 1)
        ]
    listed = tuple(
        FetchedChild(number, who.alias, who.code, tuple(each.relation for each in fetchers))
        for number, (who, fetchers) in enumerate(found, 1)
    )
    more = max(0, len(found) - MOST_CHOICES)
    return FetchersShown(
        centre_name(site.centre), desk_session(session, site), listed, more, (*choices, ROSTER)
    )


async def _fetchers(participant_id: str, session: Session, site: Site) -> list[Fetcher]:
    """Each relation once: beyond it nobody is told apart here."""
    term = period_of(await calendar.terms(site.scene.tx), session.held_on).id
    names = await children.names_of(site.scene.tx, participant_id, session.centre_id, term)
    found: dict[str, Fetcher] = {}
    for name in names:
        if name.purpose == PICK_UP and name.relation and site.now.date() <= name.expires_on:
            found.setdefault(name.relation, Fetcher(name.id, name.relation))
    return list(found.values())


async def _by_code(said: str, site: Site) -> Plan | View:
    """Each code that fetches nobody is counted; beyond the bound none is looked at."""
    tx, since = site.scene.tx, site.now - TRIED_WITHIN
    if await handover.tries(tx, site.post.id, since) >= MOST_TRIES:
        return site.no("ask_by_phone", Act.HAND_OVER)
    code_hash = hash_of(fetch_code_in(normalise(said)) or "")
    found = await handover.of_code(tx, code_hash, site.centre.id)
    why = _why_not(found, site)
    if found is None or why:
        await handover.note_try(tx, str(site.scene.new_id()), site.post.id, site.now, forget_before=since)
        return site.no(why or UNKNOWN, Act.HAND_OVER)
    ids = (found.session_id, found.booking_id, found.participant_id)
    return Plan(ids, (minute_of(found.starts_at),), code_hash)


def _why_not(code: Code | None, site: Site) -> str | None:
    if code is None:
        return UNKNOWN
    if code.used_at is not None:
        return "used_code"
    return "old_code" if code.expires_at <= site.now else None


async def look_hand_over(plan: Plan, site: Site) -> Deed | View:
    """To whom is looked up again: a code may be used, and a consent withdrawn, before the yes."""
    session = await session_here(plan.ids[0], site)
    if session is None or session.state != "planned":
        return site.no("no_session", Act.HAND_OVER)
    if await meeting_at(plan.numbers[0], session, site) is None:
        return site.no("no_session", Act.HAND_OVER)
    by: str | None = BY_CODE
    if plan.text == ADULT:
        _, _, participant_id, name_id = plan.ids
        fetchers = await _fetchers(participant_id, session, site)
        by = next((each.relation for each in fetchers if each.name_id == name_id), None)
        if by is None:
            return site.no("not_named", Act.HAND_OVER)
    else:
        if why := _why_not(await handover.of_code(site.scene.tx, plan.text, site.centre.id), site):
            return site.no(why, Act.HAND_OVER)
    child = await _child(plan, site)
    if child is None:
        return site.no("not_listed", Act.HAND_OVER)
    who, number = child
    if who.left_at is not None:
        return site.no("fetched", Act.HAND_OVER)
    [line] = lines_of([who], begins_at(plan.numbers, site))
    return replace(
        site.deed(Act.HAND_OVER),
        sessions=(desk_session(session, site),),
        people=(replace(line, number=number, state="left"),),
        because=by,
        affected=Affected(families=int(await is_told(site, who.booking_id))),
    )


async def _child(plan: Plan, site: Site) -> tuple[Attendee, int] | None:
    """Who is to be fetched, and their number on the list."""
    roster = await attendance.roster(site.scene.tx, plan.ids[0], begins_at(plan.numbers, site))
    wanted = plan.ids[1:3]
    return next(
        ((who, n) for n, who in enumerate(roster, 1) if (who.booking_id, who.participant_id) == wanted), None
    )


async def do_hand_over(plan: Plan, site: Site) -> Done:
    """Raises Interrupted when somebody was faster: looking again says so."""
    tx, (session_id, booking_id, participant_id) = site.scene.tx, plan.ids[:3]
    await sessions.hold(tx, session_id)
    deed = await look_hand_over(plan, site)
    child = await _child(plan, site)
    if not isinstance(deed, Deed) or deed.because is None or child is None:
        raise Interrupted("the child was handed over, or its code used, meanwhile")
    by, (who, _) = deed.because, child
    meeting = Handed(booking_id, participant_id, begins_at(plan.numbers, site))
    if by == BY_CODE:
        used = await hand_over(tx, plan.text, centre_id=site.centre.id, staff_id=site.post.id, now=site.now)
        if used is None:
            raise Interrupted("the code was used meanwhile")
    noted = await handover.note_handed(tx, meeting, handed_to=by, noted_by=site.post.id, now_at=site.now)
    if not noted:
        raise Interrupted("the child was fetched meanwhile")
    await tell_fetched(site, booking_id, who.participant_id, who.alias, by=by)
    was = pydantic_core.to_json([plan.numbers[0], who.arrived_at, who.is_missed]).decode()
    done = replace(deed, becomes=f"{site.now:%H:%M}")
    return Done(plan.ids, was=was, became=by, deed=done)


async def undo_hand_over(entry: Entry, site: Site) -> Undone | View:
    """The child is there as before, the code good again, and the guardian told that it was a mistake."""
    tx, (session_id, booking_id, participant_id, *_) = site.scene.tx, entry.subjects.split()
    session = await session_here(session_id, site)
    if session is None or session.state != "planned":
        return site.no("no_undo", Act.HAND_OVER)
    minute, arrived, is_missed = pydantic_core.from_json(entry.was)
    begins = begins_at((minute,), site)
    meeting = Handed(booking_id, participant_id, begins)
    await sessions.hold(tx, session_id)
    arrived_at = datetime.fromisoformat(arrived) if arrived else None
    if not await handover.take_back(tx, meeting, arrived_at=arrived_at, is_missed=is_missed):
        return site.no("no_undo", Act.HAND_OVER)
    if arrived_at is None and not is_missed:
        await attendance.forget(tx, booking_id, participant_id, begins)
    if entry.became == BY_CODE:
        await handover.unuse_code(tx, meeting)
    child = await _child(Plan((session_id, booking_id, participant_id), (minute,)), site)
    if child is None:
        return site.no("no_undo", Act.HAND_OVER)
    who, number = child
    await tell_fetched(site, booking_id, participant_id, who.alias, by=None)
    [line] = lines_of([who], begins)
    deed = site.deed(Act.HAND_OVER)
    return Undone(
        replace(
            deed,
            sessions=(desk_session(session, site),),
            people=(replace(line, number=number),),
            because=entry.became,
        )
    )


HAND_OVER = Errand(Act.HAND_OVER, make_hand_over, look_hand_over, do_hand_over, undo_hand_over)
