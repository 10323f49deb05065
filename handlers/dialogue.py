"""Decides what a resident wants from what was understood and what the conversation remembers.

Pure: it reads the understanding, the dialogue and the directory, and changes nothing.
"""

from dataclasses import replace

from handlers.alike import answer_to
from handlers.asks import Ask, Dialogue
from handlers.cheaper import cheaper_in
from handlers.danger import danger_in, is_still_in_danger
from handlers.focus import ABOUT_A_THING, FACETS, onward
from handlers.orders import announce_in, case_in, digest_in, order_in, topic_in
from handlers.several import several_in
from handlers.snapshot import Directory
from handlers.starts import code_asked_for
from handlers.starts import commanded as commanded_of_starts
from handlers.subjects import SURE
from handlers.suits import age_in
from handlers.when import when_in
from handlers.wish import place_in, wish_in
from handlers.wish_booking import answered, booking_in, commanded
from handlers.wish_cases import commanded as commanded_of_cases
from handlers.wish_cases import wished as wished_of_cases
from handlers.wish_cases import written as written_of_cases
from handlers.wish_children import commanded as commanded_of_children
from handlers.wish_children import wished
from handlers.wish_follows import commanded as commanded_of_follows
from handlers.wish_follows import wished as wished_of_follows
from handlers.wish_links import LINK_CODE
from handlers.wish_links import answered as answered_of_links
from handlers.wish_links import commanded as commanded_of_links
from handlers.wish_links import is_code as is_link_code
from handlers.wish_links import wished as wished_of_links
from handlers.wish_photos import commanded as commanded_of_photos
from handlers.wish_photos import wished as wished_of_photos
from handlers.wish_rating import commanded as commanded_of_ratings
from handlers.wish_rating import rating_in, receipt_in
from handlers.wish_rating import written as written_of_ratings
from handlers.wishes import matter_in
from messages.understand.lexicon import FAINT, Kind
from messages.understand.orders import code_in
from messages.understand.subjects import ELSE, IT, PLACE
from messages.understand.understand import COMMAND, Command, Understanding
from storage.staff import Post

STAFF_CODE = "staff_code"
# Buttons that show one thing of a list.
ONE = frozenset(("service", "activity", "centre"))
# What a story may hold that asks for nothing.
TELLS = frozenset(("elliptic", "fever", "happened", "heat", "hours", "ill"))

# A button's name, the intent it stands for, and the slot its argument fills.
COMMANDS: dict[str, tuple[str, str | None]] = {
    "centre": ("centre_card", "centres"),
    "which": ("which", "centres"),
    "area": ("which", "subdistrict"),
    "service": ("service_card", "service"),
    "kind": ("find_service", "kind"),
    "category": ("find_service", "category"),
    "services": ("list_services", "centres"),
    "activities": ("list_activities", "centres"),
    "activity": ("activity_card", "activity"),
    "kiosks": ("kiosks", "centres"),
    "centres": ("find_centres", None),
    "coverage": ("coverage", None),
    "door_code": ("door_code", "centres"),
    "more": ("more", None),
    "again": ("repeat", None),
    "human": ("human", None),
    "callback": ("callback", "because"),
    "callback_cancel": ("callback_cancel", None),
    "help": ("help", None),
    "start": ("greet", None),
    "language": ("language", "language"),
}


def recalled(dialogue: Dialogue, directory: Directory) -> Dialogue:
    """What can still be gone on about: the directory may have lost what was spoken of."""
    last = dialogue.last if dialogue.last and _stands(dialogue.last, directory) else None
    earlier = tuple(each for each in dialogue.earlier if _stands(each, directory))
    focus = dialogue.focus if dialogue.focus and _stands(dialogue.focus, directory) else None
    if (focus, earlier) != (dialogue.focus, dialogue.earlier):
        dialogue = replace(dialogue, focus=focus, earlier=earlier)
    if dialogue.pending and not _stands(dialogue.pending, directory):
        return replace(dialogue.answered, last=last)
    return dialogue if last is dialogue.last else replace(dialogue, last=last)


def _stands(ask: Ask, directory: Directory) -> bool:
    return (
        all(centre in directory.centres for centre in ask.centres)
        and all(it in directory.activities or it in directory.activities_named for it in ask.activities)
        and all(name in directory.named for name in ask.services)
        and (ask.subdistrict is None or ask.subdistrict in directory.subdistricts)
    )


def decide(meant: Understanding, dialogue: Dialogue, directory: Directory, post: Post | None = None) -> Ask:
    """The one wish that this message stands for; `post` is there when staff speak."""
    if code_in(meant.text) is not None:
        return Ask(STAFF_CODE)
    if is_link_code(meant):
        return Ask(LINK_CODE)
    if post and (order := case_in(meant) or announce_in(meant) or topic_in(meant) or digest_in(meant)):
        return order
    if post and not meant.emergency and (order := order_in(meant, dialogue, post, directory)):
        return order
    if meant.command:
        own = (
            commanded(meant.command, dialogue, directory)
            or commanded_of_children(meant.command)
            or commanded_of_cases(meant.command, directory)
            or commanded_of_ratings(meant.command)
            or commanded_of_starts(meant.command, directory)
            or commanded_of_photos(meant.command)
            or commanded_of_links(meant.command)
            or commanded_of_follows(meant.command, directory)
        )
        return own or _commanded(meant.command, dialogue, directory)
    if danger := danger_in(meant):
        return danger
    if is_still_in_danger(meant, dialogue):
        return Ask("emergency", kind="any")
    if words := written_of_cases(meant, dialogue) or written_of_ratings(meant, dialogue):
        return words
    if wish := (
        wished(meant)
        or wished_of_links(meant)
        or wished_of_follows(meant, dialogue, directory)
        or wished_of_cases(meant, directory)
        or receipt_in(meant)
        or wished_of_photos(meant)
        or code_asked_for(meant, directory, post)
    ):
        return wish
    if answer := answered_of_links(meant, dialogue) or answered(meant, dialogue):
        return answer
    if dialogue.pending and (place := answer_to(meant, dialogue.pending, directory)):
        return _filled(dialogue.pending, place)
    if dialogue.pending and (place := place_in(meant, directory)):
        return _filled(dialogue.pending, _narrowed(dialogue.pending, place, meant, directory))
    if one := _one_of_the_list(meant, dialogue, directory):
        return one
    wish = cheaper_in(meant, dialogue, directory) or wish_in(meant, dialogue, directory)
    if dialogue.pending and wish.intent != "emergency" and _tells_no_place(meant, dialogue):
        return _told_more(dialogue.pending, meant)
    wish = rating_in(meant, wish, dialogue) or booking_in(meant, wish, dialogue)
    return several_in(meant, wish, directory)


def _commanded(command: Command, dialogue: Dialogue, directory: Directory) -> Ask:
    """What a button means; 'gone' when it names nothing that is there."""
    intent, slot = COMMANDS.get(command.name, ("gone", None))
    value = command.arguments[0] if command.arguments else ""
    match slot:
        case "centres" if value in directory.centres:
            ask = Ask(intent, centres=(value,))
        case "subdistrict" if value in directory.subdistricts:
            ask = Ask(intent, subdistrict=value)
        case "service" | "kind" if value in directory.services:
            service = directory.services[value]
            here = (service.centre_id,) if slot == "service" else ()
            ask = Ask(intent, said=service.name, services=(service.name,), centres=here, nearest=not here)
        case "activity" if value in directory.activities:
            activity = directory.activities[value]
            ask = Ask(intent, activities=(activity.id,), centres=(activity.centre_id,))
        case "category" if value in directory.categories:
            ask = Ask(intent, category=value)
        case "language" if value in ("zh", "en"):
            ask = Ask(intent, kind=value)
        case "because" if value in ("", "complaint"):
            ask = Ask(intent, kind=value or None)
        case None if intent != "gone":
            ask = Ask(intent)
        case _:
            return Ask("gone")
    if intent == "more":
        return onward(dialogue)
    if intent == "which":
        pending = dialogue.pending or Ask("centre_card")
        return _filled(pending, ask)
    if len(command.arguments) > 1 and command.arguments[1].isdecimal():
        return replace(ask, skip=int(command.arguments[1][:4]))
    return ask


def _one_of_the_list(meant: Understanding, dialogue: Dialogue, directory: Directory) -> Ask | None:
    """What is asked of the second of the last list: what its button shows, with what is asked of it."""
    number, is_named = meant.on.nth, any(hit.kind is not Kind.NOTHING for hit in meant.hits)
    if number is None or is_named or dialogue.focus or number > len(dialogue.choices):
        return None
    button = COMMAND.match(dialogue.choices[number - 1].say)
    if button is None or button[1] not in ONE:
        return None
    ask = _commanded(Command(button[1], tuple((button[2] or "").split())), dialogue, directory)
    return replace(ask, facets=tuple(facet for facet in FACETS if facet in meant.cues), when=when_in(meant))


def _tells_no_place(meant: Understanding, dialogue: Dialogue) -> bool:
    """Whether somebody who was asked where they are goes on with their story, and neither names nor asks
    anything: the question stays, and is asked again."""
    pending = dialogue.pending
    if dialogue.wants != "place" or pending is None or pending.intent not in ABOUT_A_THING:
        return False
    subject, chance = meant.subjects[0] if meant.subjects else (ELSE, 0.0)
    is_told = subject not in (IT, ELSE, PLACE) and chance >= SURE
    if is_told or meant.emergency or meant.out_of_scope or meant.booking.no:
        return False
    is_named = any(hit.rank > FAINT for hit in (*meant.hits, *meant.without))
    is_other = meant.cues - TELLS or meant.wanted or matter_in(meant.text) or meant.rating.level
    return not (is_named or is_other)


def _told_more(pending: Ask, meant: Understanding) -> Ask:
    """The waiting question with what was told of whom it is for."""
    age, audience = age_in(meant), next(iter(sorted(meant.audience)), None)
    return replace(pending, age=pending.age if age is None else age, audience=audience or pending.audience)


def _filled(pending: Ask, answer: Ask) -> Ask:
    """The waiting question with the place that was asked for."""
    if pending.unclear:
        return replace(pending, unclear=False, centres=answer.centres, subdistrict=answer.subdistrict)
    return replace(
        pending, centres=answer.centres, subdistrict=answer.subdistrict, unclear=answer.unclear, around=True
    )


def _narrowed(pending: Ask, answer: Ask, meant: Understanding, directory: Directory) -> Ask:
    """'The one in that subdistrict' picks among the candidates that were offered."""
    if not pending.unclear or set(answer.centres) & set(pending.centres):
        return answer
    areas = {name for hit in meant.hits if hit.kind is Kind.SUBDISTRICT for name in hit.ids}
    inside = tuple(i for i in pending.centres if directory.centres[i].subdistrict in areas)
    if not inside:
        return answer
    return replace(answer, centres=inside, subdistrict=None, unclear=len(inside) > 1)
