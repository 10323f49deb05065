"""Ratings: asked for after a visit, given with one tap or in words, changed, explained, proven.

A visit that was checked in is verified. What is said at the door or in the chat counts once for a resident,
a centre and a day, and less. A bad rating is taken as easily as a good one.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from handlers import case_moves, ledger, traces
from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name
from handlers.case_files import Opening, de_identified, open_case
from handlers.case_news import Clerk
from handlers.codes import receipt_code
from handlers.find import example_place
from handlers.ledger import Content, Proof
from handlers.linked import ids_of
from handlers.talk import service_named, spoken_of
from handlers.wish_photos import of_rating
from handlers.wish_rating import WORDS
from handlers.world import Outcome, Scene, World, suggestions
from messages.directory import Service
from messages.view_parts import CentreName, Choice
from messages.views import View
from messages.views_rating import (
    AskWhichRated,
    Given,
    RatingAsked,
    RatingDeclined,
    RatingRefused,
    RatingsListed,
    RatingTaken,
    RatingWordsAsked,
    Visited,
)
from messages.words import words
from storage import case_files, families, photos, ratings, suspicion
from storage import ledger as ledger_rows
from storage.case_files import CaseFile
from storage.ratings import Attended, Rating
from storage.transaction import Interrupted

BEST, WORST_GOOD, BAD = 5, 3, 2
# A visit may be rated, and a rating changed, for so long.
OPEN_FOR = timedelta(days=30)
LISTED = 5
FIRST_STEP = 1
REASONS_SHOWN = 2
LISTED_CHOICES = 3
HUMAN = Choice("@human", "/human")
MINE = Choice("@my_ratings", "/ratings")


@dataclass(frozen=True, slots=True)
class Visit:
    """What is rated. `key` names it in the database, `said` in a button."""

    key: str
    said: str
    how: str
    centre_id: str
    activity_id: str | None
    on: date
    booking_id: str | None = None
    starts_at: datetime | None = None
    service_id: str | None = None


def attended_visit(met: Attended, zone_now: datetime) -> Visit:
    on = met.starts_at.astimezone(zone_now.tzinfo).date()
    return Visit(
        key=f"meeting {met.booking_id} {on:%Y-%m-%d}",
        said=f"{met.booking_id}:{on:%Y%m%d}",
        how="attended",
        centre_id=met.centre_id,
        activity_id=met.activity_id,
        on=on,
        booking_id=met.booking_id,
        starts_at=met.starts_at,
    )


async def day_visit(
    centre_id: str, how: str, world: World, scene: Scene, service: Service | None = None
) -> Visit:
    """A centre on this day, as a whole or one of its services: once, whichever was meant last and in all that
    is linked. Whom staff rate for at the desk is somebody else each time."""
    today = world.now.date()
    key = await _key_of_day(centre_id, today, scene)
    if scene.post:
        key, how = f"desk {scene.new_id()}", "desk"
    if service is None:
        return Visit(key, centre_id, how, centre_id, None, today)
    return Visit(key, service.id, how, centre_id, None, today, service_id=service.id)


async def _key_of_day(centre_id: str, today: date, scene: Scene) -> str:
    """That of the rating which the resident gave already, if they did."""
    own = scene.conversation_id
    talks = sorted(await ids_of(scene.tx, own), key=lambda talk: (talk != own, talk))
    keys = [f"day {talk} {centre_id} {today:%Y-%m-%d}" for talk in talks]
    rated = [key for key in keys if await ratings.of_visit(scene.tx, key)]
    return (rated or keys)[0]


def asked_view(visit: Visit, world: World, *, is_reminder: bool = False) -> RatingAsked:
    """Five levels, each one tap, and the way out."""
    levels = tuple(Choice(f"@level_{level}", f"/rate {visit.said} {level}") for level in range(BEST, 0, -1))
    decline = Choice("@no_rating", f"/no_rating {visit.said}")
    visited = _visited(visit.centre_id, visit.activity_id, visit.service_id, visit.on, world)
    return RatingAsked(visited, is_reminder, (*levels, decline))


def asked_at_the_door(centre_id: str, world: World) -> RatingAsked:
    """The same for whoever has scanned a centre's code and has not said anything yet."""
    return asked_view(Visit("", centre_id, "door", centre_id, None, world.now.date()), world)


async def rate(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Take a rating down, or ask for what is missing of one; what was only spoken of is asked about."""
    kept = dialogue.settled
    if not ask.kind and not ask.centres and (centre := spoken_of(ask, dialogue, world)):
        shown = dialogue.focus.services if dialogue.focus else ()
        ask = replace(ask, centres=(centre.id,), services=ask.services or shown, numbers=())
    if not ask.kind and not ask.centres:
        pending = replace(ask, intent="rate")
        view = AskWhichRated(example_place(world), (MINE, HUMAN))
        return Outcome(view, replace(kept, pending=pending, wants="place"))
    visit = await _visit(ask, world, scene)
    if isinstance(visit, str):
        return Outcome(_refused(visit, world, dialogue), kept)
    if not ask.numbers:
        return Outcome(asked_view(visit, world), kept)
    before = await ratings.of_visit(scene.tx, visit.key)
    rating = _rating(visit, ask.numbers[0], before, world, scene)
    if not await ratings.add(scene.tx, rating):
        raise Interrupted("the visit was rated meanwhile, or the receipt is another's")
    await _doubt(rating, scene)
    proof = await ledger.append(scene.tx, "rating", rating.id, content_of(rating), world.now)
    await _put_right(rating, world, scene)
    was = before.level if before and before.level != rating.level else None
    return Outcome(await _taken(rating, proof, world, scene, was=was), kept)


async def _doubt(rating: Rating, scene: Scene) -> None:
    """What makes it count for less; the resident is not told, and the rating stays as it is."""
    if rating.replaces:
        await suspicion.carry_flags(scene.tx, rating.replaces, rating.id)
    if scene.post and scene.post.centre_id == rating.centre_id:
        await ratings.flag(scene.tx, rating.id, ("staff",))
    if rating.how != "desk":
        await traces.leave(scene.tx, rating, scene.origin, scene.safe.keys)


async def _put_right(rating: Rating, world: World, scene: Scene) -> None:
    """What was not good opens a case, once for a visit, whatever the rating is changed to and back."""
    if rating.level > BAD or await case_files.of_visit(scene.tx, rating.visit):
        return
    opening = Opening(
        "rating",
        rating.centre_id,
        rating.conversation_id,
        activity_id=rating.activity_id,
        service_id=rating.service_id,
        rating_id=rating.id,
    )
    case = await open_case(scene.tx, opening, Clerk(world, scene.new_id, scene.conversation_id))
    await photos.join_case(scene.tx, rating.visit, case.id, FIRST_STEP)


async def _case_of(rating: Rating, scene: Scene) -> CaseFile | None:
    """The open case of the visit."""
    found = await case_files.of_visit(scene.tx, rating.visit)
    return next((case for case in found if case.closed_at is None), None)


async def _visit(ask: Ask, world: World, scene: Scene) -> Visit | str:
    """What is meant by a button or a name; a reason's code when it can't be rated."""
    booking_id, _, day = (ask.kind or "").partition(":")
    if not booking_id:
        centre_id = ask.centres[0]
        named = service_named(centre_id, ask.services, world)
        return await day_visit(centre_id, "said", world, scene, named)
    if not day:
        service = world.directory.services.get(booking_id)
        centre_id = service.centre_id if service else booking_id
        is_known = centre_id in world.directory.centres
        return await day_visit(centre_id, "door", world, scene, service) if is_known else "unknown"
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    on = _day(day)
    if family_id is None or on is None:
        return "unknown"
    midnight = datetime.combine(on, time.min, world.now.tzinfo)
    met = await ratings.attended(scene.tx, booking_id, family_id, midnight, midnight + timedelta(days=1))
    if met is None or met.centre_id not in world.directory.centres:
        return "unknown"
    return "late" if met.ends_at + OPEN_FOR < world.now else attended_visit(met, world.now)


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        return None


def _rating(visit: Visit, level: int, before: Rating | None, world: World, scene: Scene) -> Rating:
    return Rating(
        id=str(scene.new_id()),
        receipt=receipt_code(scene.new_id()),
        visit=visit.key,
        centre_id=visit.centre_id,
        activity_id=visit.activity_id,
        service_id=visit.service_id,
        booking_id=visit.booking_id,
        conversation_id=None if visit.how == "desk" else scene.conversation_id,
        level=level,
        how=visit.how,
        is_verified=visit.how == "attended",
        rated_on=visit.on,
        made_at=world.now,
        replaces=before.id if before else None,
        is_current=True,
    )


def content_of(rating: Rating) -> Content:
    """What the ledger commits to: nothing of it may change, but that another rating takes its place."""
    return (
        rating.receipt,
        rating.centre_id,
        rating.activity_id or "",
        str(rating.level),
        rating.how,
        f"{rating.rated_on:%Y-%m-%d}",
        rating.replaces or "",
        *((rating.service_id,) if rating.service_id else ()),
    )


async def _taken(
    rating: Rating, proof: Proof, world: World, scene: Scene, *, was: int | None = None
) -> RatingTaken:
    named = await ratings.reasons(scene.tx, rating.id)
    written = await ratings.words(scene.tx, rating.id) is not None
    case = await _case_of(rating, scene)
    side = "high" if rating.level > WORST_GOOD else "low"
    left = [code for code in words("zh", "rating")[side] if code not in named][:REASONS_SHOWN]
    reasons = tuple(Choice(f"@reason_{code}", f"/rate_reason {rating.id} {code}") for code in left)
    is_quotable = written and await ratings.may_quote(scene.tx, rating.id)
    more = (_more(rating, written=written, is_quotable=is_quotable),)
    choices = (*reasons, *more) if rating.conversation_id else ()
    return RatingTaken(
        visited=visited_of(rating, world),
        level=rating.level,
        was=was,
        reasons=named,
        has_words=written,
        is_quotable=is_quotable,
        receipt=rating.receipt,
        number=proof.number,
        short_hash=proof.short_hash,
        case=case.code if case else None,
        due_at=case.due_at.astimezone(world.now.tzinfo) if case else None,
        help_line=world.policy.help_line,
        choices=choices or (MINE,),
        photo=of_rating(rating.id) if rating.conversation_id else None,
    )


def _more(rating: Rating, *, written: bool, is_quotable: bool) -> Choice:
    """Words, or whether they may be quoted."""
    if not written:
        return Choice("@rate_words", f"/rate_words {rating.id}")
    said = "no" if is_quotable else "yes"
    return Choice(f"@quote_{said}", f"/rate_quote {rating.id} {said}")


async def let_quote(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Whether what was written may be read in a digest, without a name; both can be said again."""
    kept = dialogue.settled
    rating = await own_rating(ask.kind, world, scene)
    if rating is None:
        return Outcome(_refused("unknown", world, dialogue), kept)
    if ask.said == "yes":
        await ratings.let_quote(scene.tx, rating.id, world.now)
    else:
        await ratings.no_quote(scene.tx, rating.id)
    return Outcome(await _taken(rating, await _proof(rating, scene), world, scene), kept)


async def add_reason(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """One of the reasons that go with the level; several may be named, one after the other."""
    kept = dialogue.settled
    rating = await own_rating(ask.kind, world, scene)
    reason = ask.said or ""
    known = words("zh", "rating")
    if rating is None or reason not in (*known["low"], *known["high"]):
        return Outcome(_refused("unknown", world, dialogue), kept)
    if await ratings.add_reason(scene.tx, rating.id, reason):
        await ledger.append(scene.tx, "reason", rating.id, (reason,), world.now)
    return Outcome(await _taken(rating, await _proof(rating, scene), world, scene), kept)


async def ask_words(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    rating = await own_rating(ask.kind, world, scene)
    if rating is None:
        return Outcome(_refused("unknown", world, dialogue), dialogue.settled)
    pending = Ask("take_words", kind=rating.id)
    view = RatingWordsAsked((Choice("@no_words", "/ratings"),))
    return Outcome(view, replace(dialogue.settled, pending=pending, wants=WORDS))


async def take_words(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Keep what was written, apart from the rating, so that it can be erased."""
    kept = dialogue.settled
    rating = await own_rating(ask.kind, world, scene)
    if rating is None:
        return Outcome(_refused("unknown", world, dialogue), kept)
    said = de_identified(scene.text)
    await ratings.write(scene.tx, rating.id, said, world.now)
    await ledger.append(scene.tx, "words", rating.id, (said,), world.now)
    if case := await _case_of(rating, scene):
        await case_moves.write(scene.tx, case, Clerk(world, scene.new_id, scene.conversation_id), said=said)
    return Outcome(await _taken(rating, await _proof(rating, scene), world, scene), kept)


async def decline(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Nobody asks again about this visit."""
    visit = await _visit(ask, world, scene)
    if not isinstance(visit, str) and visit.booking_id and visit.starts_at:
        await ratings.note_declined(scene.tx, visit.booking_id, visit.starts_at, world.now)
    return Outcome(RatingDeclined(suggestions(dialogue.language)), dialogue.settled)


async def mine(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What was rated here and in linked conversations, with the receipts."""
    found = await ratings.of_person(scene.tx, scene.conversation_id, LISTED)
    known = [each for each in found if each.centre_id in world.directory.centres]
    given = tuple(Given(visited_of(each, world), each.level, each.receipt) for each in known)
    check = tuple(Choice("@check_receipt", f"/receipt {each.receipt}") for each in known[:1])
    choices = (*check, *suggestions(dialogue.language))[:LISTED_CHOICES]
    return Outcome(RatingsListed(given, choices), dialogue.settled)


async def own_rating(rating_id: str | None, world: World, scene: Scene) -> Rating | None:
    """The resident's own that counts, of a centre that is still there."""
    rating = await ratings.of_id(scene.tx, rating_id) if rating_id else None
    if rating is None or not rating.is_current:
        return None
    if rating.conversation_id not in await ids_of(scene.tx, scene.conversation_id):
        return None
    return rating if rating.centre_id in world.directory.centres else None


async def _proof(rating: Rating, scene: Scene) -> Proof:
    written = await ledger_rows.of_subject(scene.tx, rating.id)
    return Proof(written[0].number, written[0].entry_hash[: ledger.SHORT])


def _visited(
    centre_id: str, activity_id: str | None, service_id: str | None, on: date, world: World
) -> Visited:
    activity = world.directory.activities.get(activity_id or "")
    service = world.directory.services.get(service_id or "")
    centre = world.directory.centres.get(centre_id)
    name = centre_name(centre) if centre else CentreName(centre_id, centre_id, "", "open")
    return Visited(name, activity.name if activity else None, on, service.name if service else None)


def visited_of(rating: Rating, world: World) -> Visited:
    return _visited(rating.centre_id, rating.activity_id, rating.service_id, rating.rated_on, world)


def _refused(reason: str, world: World, dialogue: Dialogue) -> View:
    return RatingRefused(reason, world.policy.help_line, (*suggestions(dialogue.language)[:2], HUMAN))
