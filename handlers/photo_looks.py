"""Who may look at a photo, asked at the moment of looking; and the addresses at which it is looked at.

An address names a photo and the conversation to which it was given, and ends after a week. The parties of a
case may look: its resident, who has it and those above them. Of a rating that opened no case the district
alone may, and each look is written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.case_parties import has_or_above
from handlers.case_states import ANSWERED
from handlers.linked import ids_of
from handlers.permissions import Role
from handlers.safe import Addresses
from handlers.world import World
from messages.views_photos import PhotoLink
from storage import audit, photos, ratings, staff
from storage import case_files as files
from storage.case_files import CaseFile, Step
from storage.photos import RESIDENT, KeptPhoto
from storage.staff import Post
from storage.transaction import Transaction

GOOD_FOR = timedelta(days=7)
LOOKED = "photo"


def links(
    kept: Sequence[KeptPhoto], talk: str, addresses: Addresses, world: World, *, for_staff: bool
) -> tuple[PhotoLink, ...]:
    """Where the photos are for whoever speaks in this conversation; beginning with '/' where nobody told our
    address."""
    whose = "resident" if for_staff else "own"
    found = []
    for photo in kept:
        address = _address(photo.id, talk, addresses, world)
        found.append(PhotoLink(whose if photo.added_by == RESIDENT else "staff", address))
    return tuple(found)


def _address(photo_id: str, talk: str, addresses: Addresses, world: World) -> str:
    token = addresses.make((LOOKED, photo_id, talk), world.now + GOOD_FOR)
    return f"{world.policy.page or ''}/photo/{token}.jpg"


def readdressed(
    shown: Sequence[PhotoLink], talk: str, addresses: Addresses, world: World
) -> tuple[PhotoLink, ...]:
    """The same photos for whoever speaks in this conversation, as far as their addresses have not ended."""
    found = []
    for each in shown:
        token = each.address.rpartition("/")[2].removesuffix(".jpg")
        match addresses.read(token, world.now):
            case ("photo", photo_id, _):
                found.append(replace(each, address=_address(photo_id, talk, addresses, world)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Look:
    """The JPEG of a photo. `by` is set where the look is to be written down before it is shown."""

    photo: KeptPhoto
    content: bytes
    by: Post | None


async def look(
    tx: Transaction, about: tuple[str, ...], *, channel: str, address: str | None, world: World
) -> Look | None:
    """What is at an address, for whoever asks at `address` of `channel`; None for all who may not look, and
    when it is gone. Who talks on this very channel must be the one who asks; others have the link alone."""
    match about:
        case ("photo", photo_id, talk):
            photo, viewer = await photos.of_id(tx, photo_id), await photos.viewer(tx, talk)
        case _:
            return None
    if photo is None or viewer is None or (viewer.channel == channel and viewer.address != address):
        return None
    post = await staff.post_at(tx, viewer.channel, viewer.address)
    case = await files.of_id(tx, photo.case_id) if photo.case_id else None
    whose = {photo.conversation_id, case.conversation_id if case else None}
    is_own = bool(whose & await ids_of(tx, talk))
    if not is_own and (post is None or not _may_look(photo, case, post, world)):
        return None
    content = await photos.content(tx, photo_id)
    return Look(photo, content, None if is_own or case else post) if content else None


def _may_look(photo: KeptPhoto, case: CaseFile | None, post: Post, world: World) -> bool:
    """Whether one of the staff may: also who added it, when the case has gone on to others."""
    if case is None:
        return post.role == Role.DISTRICT
    return photo.added_by == post.id or has_or_above(case, post, world)


async def write_down(photo: KeptPhoto, post: Post, world: World, entry_id: str, tx: Transaction) -> None:
    rating = await ratings.of_id(tx, photo.rating_id or "")
    subjects = (photo.id, photo.rating_id or "")
    centre_id = rating.centre_id if rating else None
    await audit.note(tx, entry_id, post.id, LOOKED, centre_id=centre_id, subjects=subjects, done_at=world.now)


def with_an_answer(kept: Sequence[KeptPhoto], steps: Sequence[Step]) -> list[KeptPhoto]:
    """What the resident of a case may see by now: their own, and the evidence that came before or with an
    answer."""
    answers = [step.number for step in steps if step.became in ANSWERED]
    return [
        photo
        for photo in kept
        if photo.added_by == RESIDENT or any(number >= (photo.number or 0) for number in answers)
    ]


async def of_case(
    tx: Transaction,
    case: CaseFile,
    steps: Sequence[Step],
    talk: str,
    addresses: Addresses,
    world: World,
    *,
    post: Post | None = None,
) -> tuple[PhotoLink, ...]:
    """The photos of a case that the resident may see, or somebody with this post."""
    kept = await photos.of_case(tx, case.id)
    if post:
        seen = [each for each in kept if _may_look(each, case, post, world)]
    else:
        seen = with_an_answer(kept, steps)
    return links(seen, talk, addresses, world, for_staff=post is not None)
