"""Certificates of camps: for what was attended, at an address that nobody guesses and that ends.

On it stands the alias by which the family booked; the real name is written by hand, and the centre stamps it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.asks import Ask, Dialogue
from handlers.booking_parts import MINE
from handlers.cards import short_name
from handlers.world import Outcome, Scene, World
from messages.certificate import Certificate
from messages.view_parts import Choice
from messages.views_certificates import CertificateLine, CertificatesReady, NoCertificates
from storage import attended, bookings, families
from storage.attended import Attended
from storage.transaction import Transaction

GOOD_FOR = timedelta(days=7)
LISTED = 6
HELP = Choice("@help", "/help")


async def mine(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Certificates for the family's own, the last camp first."""
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    own = await attended.of_family(scene.tx, family_id) if family_id else []
    earned = [each for each in own if is_earned(each, world)]
    kept = dialogue.settled
    if not earned:
        return Outcome(NoCertificates((MINE, HELP)), kept)
    return Outcome(certificates_ready(earned[:LISTED], dialogue.tag, world, scene), kept)


def is_earned(each: Attended, world: World) -> bool:
    """Somebody came, and the last day has begun: then it is handed out."""
    return each.attended > 0 and each.last_at <= world.now and each.activity_id in world.directory.activities


def certificates_ready(
    earned: Sequence[Attended],
    language: str,
    world: World,
    scene: Scene,
    *,
    for_staff: bool = False,
    choices: tuple[Choice, ...] = (MINE,),
) -> CertificatesReady:
    """With an address for each, in the language in which it was asked for."""
    until, directory = world.now + GOOD_FOR, world.directory
    lines = []
    for each in earned:
        about = (each.booking_id, each.participant_id, language, f"{world.now.date():%Y%m%d}")
        token = scene.safe.addresses.make(about, until)
        lines.append(
            CertificateLine(
                who=each.alias,
                activity=directory.activities[each.activity_id].name,
                centre=short_name(directory.centres[each.centre_id]),
                first=each.held_on,
                last=each.last_on,
                attended=each.attended,
                held=each.held,
                address=f"{world.policy.page or ''}/certificate/{token}.svg",
            )
        )
    return CertificatesReady(tuple(lines), until, for_staff, choices)


async def of_address(tx: Transaction, about: tuple[str, ...], world: World) -> tuple[Certificate, str] | None:
    """What an address is about, and its language; None when it was given back or erased since, and when
    it is about something else."""
    match about:
        case (booking_id, participant_id, language, issued):
            pass
        case _:
            return None
    booking = await bookings.of_id(tx, booking_id)
    listed = await attended.of_session(tx, booking.session_id) if booking else []
    found = certificate_of(listed, booking_id, participant_id, date.fromisoformat(issued), world)
    return (found, language) if found else None


def certificate_of(
    listed: Sequence[Attended], booking_id: str, participant_id: str, issued_on: date, world: World
) -> Certificate | None:
    """Of one of those who came to a camp; None for who is not among them, or came to no day of it."""
    together = [each for each in listed if each.booking_id == booking_id]
    found = next((each for each in together if each.participant_id == participant_id), None)
    if found is None or not is_earned(found, world):
        return None
    code = f"{found.activity_id}-{found.held_on:%Y%m%d}-{found.code}"
    number = f"{code}-{together.index(found) + 1}" if len(together) > 1 else code
    return Certificate(
        number=number,
        centre=world.directory.centres[found.centre_id].name,
        activity=world.directory.activities[found.activity_id].name,
        starts_on=found.held_on,
        ends_on=found.last_on,
        days_held=found.held,
        days_attended=found.attended,
        issued_on=issued_on,
        alias=found.alias,
    )
