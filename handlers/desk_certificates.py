"""Staff look up who came to a camp on how many days, and get certificates to print and stamp."""

from datetime import timedelta

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.certificates import certificate_of, certificates_ready, is_earned
from handlers.desk_roster import named_among
from handlers.desk_site import (
    ROSTER,
    Site,
    desk_session,
    named_here,
    session_here,
    sessions_between,
    which_of,
)
from handlers.orders import EVERYONE
from handlers.permissions import Act
from messages.certificate import Certificate
from messages.view_parts import Choice
from messages.views import View
from messages.views_certificates import CampAttended, CampDays
from storage import attended, audit
from storage.attended import Attended
from storage.sessions import Session

# Camps that ended so long ago are still certified without being named by a day.
BACK = timedelta(weeks=26)
MOST = 8


async def certify(ask: Ask, dialogue: Dialogue, site: Site) -> View:
    """Who came to a camp that is over; of whom is chosen, the certificate."""
    camps = await _camps(ask, site)
    if not camps:
        return site.no("no_camp", Act.CERTIFY)
    if len(camps) > 1:
        return which_of(camps, Act.CERTIFY, site, on_days=True)
    [camp] = camps
    people = await attended.of_session(site.scene.tx, camp.id)
    earned = [each for each in people if is_earned(each, site.world)]
    if not earned:
        return site.no("camp_not_over", Act.CERTIFY)
    chosen = _chosen(ask, people)
    if chosen is None:
        return _record(camp, people, earned, site)
    if not chosen:
        return site.no("not_listed", Act.CERTIFY)
    if any(each not in earned for each in chosen):
        return site.no("not_attended", Act.CERTIFY)
    for each in chosen[:MOST]:
        await _note(each, site)
    return certificates_ready(
        chosen[:MOST], dialogue.tag, site.world, site.scene, for_staff=True, choices=(ROSTER,)
    )


async def issued(session_id: str, who: str, site: Site) -> Certificate | None:
    """Of somebody (booking:participant) who came to a camp of this centre, written down that it was made."""
    session = await session_here(session_id, site)
    people = await attended.of_session(site.scene.tx, session.id) if session else []
    booking_id, _, participant_id = who.rpartition(":")
    found = certificate_of(people, booking_id, participant_id, site.now.date(), site.world)
    if found:
        mine = (each for each in people if each.booking_id == booking_id)
        await _note(next(each for each in mine if each.participant_id == participant_id), site)
    return found


async def _note(each: Attended, site: Site) -> None:
    await audit.note(
        site.scene.tx,
        str(site.scene.new_id()),
        site.post.id,
        Act.CERTIFY.value,
        centre_id=site.centre.id,
        subjects=(each.session_id, each.booking_id, each.participant_id),
        done_at=site.now,
    )


async def _camps(ask: Ask, site: Site) -> list[Session]:
    """Sessions of several days that have begun, the last first."""
    if ask.session:
        session = await session_here(ask.session, site)
        return [session] if session and session.last_on > session.held_on else []
    named, today = named_here(ask, site), site.now.date()
    first = ask.when.first if ask.when and ask.when.first else today - BACK
    last = ask.when.last if ask.when and ask.when.last else today
    found = [
        each
        for each in await sessions_between(site, first, last)
        if each.last_on > each.held_on
        and each.starts_at <= site.now
        and each.taken
        and (not named or each.activity_id in named)
    ]
    return found[::-1]


def _chosen(ask: Ask, people: list[Attended]) -> list[Attended] | None:
    """Whom numbers, codes or a button name; None when nobody was named yet."""
    if ask.who:
        return [each for each in people if each.participant_id in ask.who]
    if ask.said == EVERYONE:
        return [each for each in people if each.attended]
    return named_among(ask.said or "", people)


def _record(camp: Session, people: list[Attended], earned: list[Attended], site: Site) -> CampAttended:
    numbered = tuple(
        CampDays(number, each.alias, each.code, each.attended, each.held)
        for number, each in enumerate(people, 1)
    )
    choices = tuple(
        Choice(f"{people.index(each) + 1}. {each.code}", f"/desk_certificate {camp.id} {each.participant_id}")
        for each in earned[:MOST]
    )
    more = max(0, len(earned) - MOST)
    name = desk_session(camp, site).name
    return CampAttended(
        centre_name(site.centre), name, camp.held_on, camp.last_on, numbered, more, (*choices, ROSTER)
    )
