"""Photos: a resident adds them to a rating or a case, staff show that something is put right.

A channel hands in a clean photo, or why there is none, with its message; whatever it is, one message has one
answer. Who may look is judged in handlers/photo_looks.py.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from handlers import ledger, photo_looks
from handlers.asks import Ask, Dialogue, Draft
from handlers.cards import short_name
from handlers.case_files import advance
from handlers.case_news import CASES, HUMAN, PICTURED, TAKEN_BACK, Clerk, open_it, tell_at_once, tell_news
from handlers.case_parties import is_ours
from handlers.case_states import ANSWERED, ENDED, Mover, State
from handlers.linked import ids_of
from handlers.permissions import Role
from handlers.rating import MINE, OPEN_FOR, own_rating
from handlers.talk import choice_gone
from handlers.wish_photos import REMOVE, of_case, of_rating, said_with
from handlers.world import Outcome, Scene, World
from messages.photo import Photo
from messages.view_parts import Choice
from messages.views import View
from messages.views_photos import (
    PhotoAsked,
    PhotoRefused,
    PhotoRemoved,
    PhotoTaken,
    RatedPhoto,
    RatingPhotosListed,
)
from storage import case_files as files
from storage import photos, ratings
from storage.case_files import CaseFile
from storage.photos import RESIDENT, KeptPhoto
from storage.ratings import Rating
from storage.transaction import Interrupted

# The order of staff about a case: see handlers/desk.py.
MOVES = "desk_case_move"
MOST = 3
LISTED = 6
# A photo of a rating without a case is kept for so long; that of a case as the settings say.
KEPT_ALONE = timedelta(days=90)
NOT_NOW = Choice("@no_photo", "/no")
HELP = Choice("@help", "/help")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a photo is added to, by `who`: a case, or a rating that may have opened one."""

    who: str
    case: CaseFile | None = None
    rating: Rating | None = None

    @property
    def for_staff(self) -> bool:
        return self.who != RESIDENT

    @property
    def code(self) -> str | None:
        return self.case.code if self.case else None

    @property
    def said(self) -> str:
        """What is said with the next one."""
        return of_rating(self.rating.id) if self.rating else of_case(self.code or "")

    @property
    def back(self) -> Choice:
        if self.case is None:
            return MINE
        return Choice("@desk_case", f"/desk_case {self.code}") if self.for_staff else open_it(self.case)


async def add(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Take a photo down, or say that one is welcome. What else is open in the conversation stays open."""
    subject = await _subject(ask, dialogue, world, scene)
    if subject is None:
        return Outcome(_refused("unknown", world, None), dialogue)
    before = await _added(subject, scene)
    if len(before) >= MOST:
        return Outcome(_refused("enough", world, None), dialogue)
    match scene.photo:
        case None:
            choices = (NOT_NOW, subject.back, CASES if subject.for_staff else HUMAN)
            most, days = MOST - len(before), world.policy.photo_days
            view: View = PhotoAsked(subject.code, subject.for_staff, most, days, subject.said, choices)
        case Photo() as photo:
            taken = await _taken(photo, subject, before, world, scene)
            return _going_on(taken, subject, dialogue)
        case problem:
            view = _refused(problem.value, world, subject.said)
    return Outcome(view, dialogue)


def _going_on(taken: PhotoTaken, subject: Subject, dialogue: Dialogue) -> Outcome:
    """An order about the same case that waits for a yes goes on waiting: the photo belongs to it."""
    draft = _order_about(subject.case, dialogue)
    if subject.case is None or draft is None:
        return Outcome(taken, dialogue)
    answers = (Choice("@desk_yes", f"/yes {draft.token}"), Choice("@desk_no", f"/no {draft.token}"))
    view = replace(taken, choices=(*answers, taken.choices[1]))
    return Outcome(view, _moved_on(subject.case, dialogue))


def _order_about(case: CaseFile | None, dialogue: Dialogue) -> Draft | None:
    draft = dialogue.draft
    return draft if draft and case and draft.action == MOVES and case.id in draft.ids else None


def _moved_on(case: CaseFile, dialogue: Dialogue) -> Dialogue:
    """After a step of one's own the order that waits is about the case as it is now."""
    draft = _order_about(case, dialogue)
    if draft is None or draft.numbers[0] != case.version:
        return dialogue
    return replace(dialogue, draft=replace(draft, numbers=(case.version + 1, *draft.numbers[1:])))


def _refused(why: str, world: World, said: str | None) -> PhotoRefused:
    return PhotoRefused(why, world.policy.help_line, said, (HELP, HUMAN))


async def _subject(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Subject | None:
    """What is meant by a button, by the last answer, or by nothing but 'a photo'; None for what is not theirs
    to add to."""
    if not (ask.case or ask.kind):
        ask = said_with(dialogue.photo)
    if ask.case:
        return await _of_case(await files.of_code(scene.tx, ask.case), scene)
    if ask.kind:
        return await _of_rating(await own_rating(ask.kind, world, scene), world, scene)
    for case in await files.of_person(scene.tx, scene.conversation_id):
        if subject := await _of_case(case, scene):
            return subject
    for rating in await ratings.of_person(scene.tx, scene.conversation_id, 1):
        return await _of_rating(rating, world, scene)
    return None


async def _of_case(case: CaseFile | None, scene: Scene) -> Subject | None:
    if case is None or State(case.state) in ENDED:
        return None
    if case.conversation_id in await ids_of(scene.tx, scene.conversation_id):
        return Subject(RESIDENT, case)
    return Subject(scene.post.id, case) if scene.post and is_ours(case, scene.post) else None


async def _of_rating(rating: Rating | None, world: World, scene: Scene) -> Subject | None:
    if rating is None or rating.made_at + OPEN_FOR < world.now:
        return None
    cases = await files.of_visit(scene.tx, rating.visit)
    return Subject(RESIDENT, next((each for each in cases if each.closed_at is None), None), rating)


async def _added(subject: Subject, scene: Scene) -> list[KeptPhoto]:
    """What the same side added to it before."""
    kept = await photos.of_case(scene.tx, subject.case.id) if subject.case else []
    if subject.rating:
        kept += [each for each in await photos.of_visit(scene.tx, subject.rating.visit) if each not in kept]
    return [each for each in kept if (each.added_by == RESIDENT) is (subject.who == RESIDENT)]


async def _taken(
    photo: Photo, subject: Subject, before: list[KeptPhoto], world: World, scene: Scene
) -> PhotoTaken:
    """The photo with its step and its entry in the ledger; whoever waits for it hears of it."""
    clerk = Clerk(world, scene.new_id, scene.conversation_id, scene.safe.addresses)
    case = await _stepped(subject.case, subject.who, PICTURED, clerk, scene) if subject.case else None
    kept = KeptPhoto(
        id=str(scene.new_id()),
        rating_id=subject.rating.id if subject.rating else None,
        case_id=case.id if case else None,
        number=(await files.steps(scene.tx, case.id))[-1].number if case else None,
        added_by=subject.who,
        conversation_id=None if subject.for_staff else scene.conversation_id,
        sha256=sha256(photo.content).hexdigest(),
        width=photo.width,
        height=photo.height,
        made_at=world.now,
    )
    await photos.add(scene.tx, kept, photo.content)
    await ledger.append(scene.tx, "words", kept.id, ledger.of_photo(photo.content), world.now)
    told = await _told(case, subject, clerk, scene) if case else False
    left = MOST - len(before) - 1
    links = photo_looks.links(
        (kept,), scene.conversation_id, scene.safe.addresses, world, for_staff=subject.for_staff
    )
    return PhotoTaken(
        code=subject.code,
        for_staff=subject.for_staff,
        left=left,
        told=told,
        photos=links,
        photo=subject.said if left else None,
        choices=(subject.back, Choice("@remove_photo", f"/{REMOVE} {kept.id}"), HELP),
    )


async def _stepped(case: CaseFile, who: str, because: str, clerk: Clerk, scene: Scene) -> CaseFile:
    """The case with one more step; Interrupted, to be tried again, when somebody else was faster."""
    mover = Mover.RESIDENT if who == RESIDENT else Mover.OWNER
    moved = await advance(scene.tx, case, case, clerk, mover=mover, who=who, because=because)
    if moved is None:
        raise Interrupted("somebody else has moved the case meanwhile")
    return moved


async def _told(case: CaseFile, subject: Subject, clerk: Clerk, scene: Scene) -> bool:
    """Staff hear of it at once; the resident sees what staff show beside their answer."""
    if not subject.for_staff:
        await tell_at_once(scene.tx, case, PICTURED, clerk, said=None)
        return True
    if State(case.state) in ANSWERED:
        await tell_news(scene.tx, case, PICTURED, clerk)
        return True
    return False


async def remove(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Take back a photo that one has added oneself. What staff take back is a step of the case: the resident
    may have been shown it as evidence."""
    photo = await photos.of_id(scene.tx, ask.kind or "")
    if photo is None:
        return Outcome(_refused("unknown", world, None), dialogue)
    is_own = photo.conversation_id in await ids_of(scene.tx, scene.conversation_id)
    who = RESIDENT if is_own else scene.post.id if scene.post else ""
    talk = photo.conversation_id if is_own and photo.conversation_id else scene.conversation_id
    done = await photos.remove(scene.tx, photo.id, conversation_id=talk, added_by=who)
    if not done:
        return Outcome(_refused("unknown", world, None), dialogue)
    case = await files.of_id(scene.tx, photo.case_id) if photo.case_id else None
    if case and who != RESIDENT:
        clerk = Clerk(world, scene.new_id, scene.conversation_id, scene.safe.addresses)
        await _stepped(case, who, TAKEN_BACK, clerk, scene)
        dialogue = _moved_on(case, dialogue)
    subject = await _of_case(case, scene)
    back = subject.back if subject else MINE
    view = PhotoRemoved(subject.code if subject else None, subject.said if subject else None, (back, HELP))
    return Outcome(view, dialogue)


async def of_ratings(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """To the district: photos of ratings that opened no case."""
    if scene.post is None or scene.post.role != Role.DISTRICT:
        return choice_gone(ask, dialogue, world)
    lines = []
    for kept in await photos.without_case(scene.tx, LISTED):
        rating = await ratings.of_id(scene.tx, kept.rating_id or "")
        centre = world.directory.centres.get(rating.centre_id) if rating else None
        if rating and centre:
            [link] = photo_looks.links(
                (kept,), scene.conversation_id, scene.safe.addresses, world, for_staff=True
            )
            lines.append(RatedPhoto(short_name(centre), rating.level, link))
    return Outcome(RatingPhotosListed(tuple(lines), (CASES, HELP)), dialogue.settled)
