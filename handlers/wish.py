"""What a sentence wishes: by what it names, what it comes nearest to, and what was spoken of before.

Names win over likeness, and what was said just now over what was said before. The intents' probabilities
are calibrated, so one half means that it is meant more often than all others together.
"""

from dataclasses import replace

from handlers import subjects
from handlers.alike import having, only_one_has
from handlers.asks import Ask, Dialogue
from handlers.danger import IN_A_TALK, danger_from
from handlers.focus import (
    FACETS,
    SHORT,
    continued,
    elsewhere,
    is_about_it,
    is_only_there,
    of_it,
    onward,
    returned_to,
)
from handlers.of_centres import (
    asks_of_one,
    is_of_a_centre,
    is_of_its_centre,
    looks_beyond,
    near_it,
    opens_when,
)
from handlers.places import Places, places_of
from handlers.refusals import is_only_the_district, never_done, not_given
from handlers.snapshot import Directory
from handlers.subjects import chosen, is_misheard, share_about, told_in
from handlers.suits import age_in
from handlers.things import WISHES, Things, for_nothing, guessed_in, named_in, offered_in, refused_in
from handlers.turned import fitting, free_one, goes_on_with, paid_one, turned_to
from handlers.when import EVERY_DAY, days_refused, when_in
from messages.directory import Category
from messages.understand.lexicon import PLACES, THINGS, Kind
from messages.understand.matters import OTHER
from messages.understand.subjects import PLACE
from messages.understand.understand import Understanding
from messages.understand.vectors import By

LIKELY = 0.5
# Against what the sentence names: a complaint about a canteen names it, too.
SURE = 0.8
# How far the nearest thing must lead for a sentence to be about it and not about what was spoken of.
CERTAIN = 0.025
# In a story as long as this a word for a thing may stand by the way.
STORY = 24
# In a sentence as long as this two letters that only sound like a thing may be other words.
LONG = 20
# Beside a place's name so few letters wish for nothing: 'I live there'; so few of a correction only say which
# place is meant.
FEW, CORRECTS = 2, 7
# For a sentence without a hard word to be taken for a rude one.
HARD = 0.6

# Above this nothing of ours is meant: chosen by tests/data/other_matters.yaml, where 37 of 40 other matters
# are above it and 2 of 30 questions. A named place makes it unlikelier, a thing of ours or a question more.
OTHER_MATTER, OTHER_THERE, OTHER_THOUGH_NAMED = 0.45, 0.6, 0.75
# No chance is as high.
NEVER = 1.01
# Where the wish alone says so, and nothing is named, it takes less: chatter is near to nothing.
NO_WISH, OTHER_BY_WISH = 0.6, 0.15
# Letters alone must be surer: they know no nonsense.
NO_WISH_BY_LETTERS = 0.85
# A word of other matters, as weather, needs no more than this.
MAYBE_OTHER = 0.3
# Below this it is surely no other matter.
OURS = 0.05

# Small talk is what a sentence is about only when it names nothing of the directory.
SMALL_TALK = ("repeat", "thanks", "help", "greet")
# What is not about the directory even where the sentence names something of it.
APART = {"human": "human", "complain": "human", "abuse": "abuse"}
# What makes a sentence with a place more than the answer to 'where are you?'.
ASKS_ELSE = frozenset(
    ("abuse", "activities", "any_service", "callback", "complain", "coverage", "human", "kiosk", *FACETS)
)


def wish_in(meant: Understanding, dialogue: Dialogue, directory: Directory) -> Ask:
    """What the sentence asks, with what it leaves out taken from what was asked before."""
    places = places_of(meant, directory)
    here = offered_in(places, directory)
    named = named_in(meant, here)
    if is_misheard(named, meant, directory, long=LONG):
        named = Things()
    base = near_it(_base(meant, places), meant)
    if places and is_only_there(meant, base, named, dialogue):
        intent = "centre_card" if base.centres else "find_centres"
        return continued(replace(base, intent=intent), meant, dialogue, directory)
    if gone_on := (
        elsewhere(meant, base, named, dialogue)
        or returned_to(meant, base, named, dialogue, directory)
        or opens_when(meant, base, dialogue, directory)
    ):
        return gone_on
    if meant.on.other_days and not meant.times and dialogue.focus and dialogue.focus.activities:
        base = replace(base, not_on=base.not_on or EVERY_DAY)  # is it held on any other day?
    is_there = bool(dialogue.last and places and "elliptic" in meant.cues)  # rather the same, only there
    told = told_in(meant, here, directory, least=subjects.CERTAIN if is_there else subjects.LIKELY)
    if meant.on.free_one and dialogue.focus and set(named.services) <= set(dialogue.focus.services):
        named = Things()
    if dialogue.last and not named:
        told = free_one(meant, dialogue, directory) or told or turned_to(meant, directory)
    told = paid_one(meant, told, directory)
    if not (named or told) and subjects.is_rather_none_of_ours(meant):
        return replace(base, intent="out_of_scope")
    told = told if named or told else fitting(meant, places, dialogue, directory)
    if is_about_it(meant, base, named, told, dialogue, directory):
        return of_it(dialogue, base)
    things = chosen(named, told, meant, directory)
    if things == told.things:  # what is left of the sentence means it after all
        base = replace(base, without=tuple(n for n in base.without if n not in things.services))
    apart = _apart(meant, base, named if told.chance < subjects.SURE else things, dialogue)
    if apart:
        return apart
    if is_of_its_centre(base, named, told.chance, meant):
        return replace(base, intent="centre_card", accessible=False)
    if things.is_by_the_way and len(meant.text) >= STORY and not _is_told(things, meant, directory):
        guessed = guessed_in(meant, places, directory)
        things = guessed if guessed and guessed.is_sure else things
    is_half_a_name = meant.half is not None and places.unclear  # what it is called is asked first
    if not (things or is_half_a_name or _is_about_a_place(meant, base)):
        things = _guessed(meant, base, places, dialogue, directory)
    if base.free:
        things = for_nothing(things, meant, directory)
    ask = having(only_one_has(_about(base, things), directory), meant, directory)
    if things.is_offer and things.services:
        return replace(ask, intent="which_service", services=(*things.services, *things.perhaps))
    intent = _intent(ask, meant, directory)
    more_of_it = dialogue.last is not None and goes_on_with(meant, dialogue.last, directory)
    if meant.wanted and not things and not more_of_it and _is_only_a_place(intent, meant):
        return replace(ask, said=meant.wanted)
    if intent == "unknown":
        if dialogue.last and (base.when or base.facets or "elliptic" in meant.cues):
            return of_it(dialogue, base)
        if meant.cues & {"abuse", "heat"}:
            return Ask("abuse")
        return replace(ask, intent="centre_card") if is_of_a_centre(ask, meant) else ask
    return continued(replace(ask, intent=intent), meant, dialogue, directory)


def place_in(meant: Understanding, directory: Directory) -> Ask | None:
    """The place, when a sentence says where and nothing else: the answer to a question back."""
    places = places_of(meant, directory)
    top, chance = meant.likeliest
    is_urgent = top == "emergency" and chance >= IN_A_TALK and not meant.on.names_nothing
    if not places or is_urgent or named_in(meant) or meant.cues & ASKS_ELSE:
        return None
    return Ask("centre_card", centres=places.centres, subdistrict=places.subdistrict, unclear=places.unclear)


def _base(meant: Understanding, places: Places) -> Ask:
    cues = meant.cues
    return Ask(
        "unknown",
        centres=places.centres,
        subdistrict=places.subdistrict,
        unclear=places.unclear,
        around="around" in cues or bool(meant.on.open_on),
        when=when_in(meant),
        facets=tuple(facet for facet in FACETS if facet in cues or (facet == "how" and "book" in cues)),
        open_only="open_now" in cues,
        accessible="accessible" in cues and not asks_of_one(cues, places),
        nearest="nearest" in cues and "a_few" not in cues,
        without=refused_in(meant),
        free="free" in cues and not meant.on.paid_one,
        audience=next(iter(sorted(meant.audience)), None),
        not_on=days_refused(meant),
        age=age_in(meant),
        is_ill=bool(cues & {"fever", "ill"}),
    )


def _is_told(things: Things, meant: Understanding, directory: Directory) -> bool:
    """Whether the story is about what it names by the way."""
    return share_about(things.names, meant, directory) >= LIKELY


def _wants_a_thing(meant: Understanding, least: float = LIKELY) -> bool:
    """Whether a thing is wished for so likely, danger and surely other matters being out of the question."""
    ruled_out = meant.chance("emergency") + (meant.chance(OTHER) if meant.other < OURS else 0)
    return meant.chance(*(wish for wishes in WISHES.values() for wish in wishes)) >= least * (1 - ruled_out)


def _is_about_a_place(meant: Understanding, base: Ask) -> bool:
    """Whether the sentence asks for a place itself, by name or by all that is there."""
    if not (base.centres or base.subdistrict):
        return False
    named = sum(hit.end - hit.start for hit in meant.hits)
    place = max((hit.end - hit.start for hit in meant.hits if hit.kind in PLACES), default=0)
    is_all = named >= len(meant.text) or place >= len(meant.text) - FEW
    return "any_service" in meant.cues or is_all or _only_corrects(meant) or not _wants_a_thing(meant)


def _only_corrects(meant: Understanding) -> bool:
    """Whether it says no more than that this place is meant, and that another was said by mistake."""
    refused = [hit for hit in meant.without if hit.kind in PLACES]
    places = [*refused, *(hit for hit in meant.hits if hit.kind in PLACES)]
    times = sum(time.span[1] - time.span[0] for time in meant.times)
    signs = sum(not letter.isalnum() for letter in meant.text)
    said = len(meant.text) - times - signs - sum(hit.end - hit.start for hit in places)
    return said <= CORRECTS and bool(refused or "corrects" in meant.cues)


def _apart(meant: Understanding, base: Ask, things: Things, dialogue: Dialogue) -> Ask | None:
    """What is no question about the directory: danger, people, small talk, other matters."""
    cues, (top, chance) = meant.cues, meant.likeliest
    is_named = bool(things or base.centres or base.subdistrict)
    if top == "emergency" and chance >= danger_from(meant, base, dialogue):
        return Ask("emergency", kind="any")
    if refused := never_done(meant, base, things, dialogue):
        return refused
    if called := _called(meant, base, things):
        return called
    talk = next((intent for intent in SMALL_TALK if intent in cues), None)
    if "what_for" in cues and dialogue.last is None:  # later 'this' is what was spoken of
        talk = "help"
    is_new = cues & {"help", "newcomer"} and is_only_the_district(meant, base)
    if is_new and not (things or dialogue.last or meant.wanted):
        return Ask("help")
    if talk and not is_named and not meant.out_of_scope and (chance < SURE or top in SMALL_TALK):
        return Ask(talk)
    if refused := not_given(meant, base, things):
        return refused
    if top == "abuse" and (chance < HARD or (base.facets and "abuse" not in cues)):
        return None  # without a hard word it takes more to call it one
    if top in APART and chance >= (SURE if things else LIKELY) and not _asks_beside(meant, base, things):
        return replace(base, intent=APART[top], kind=_why(cues, top))
    if meant.other >= _other_from(meant, base, things, dialogue):
        is_of_one = len(base.centres) == 1 and not meant.out_of_scope
        return Ask("out_of_scope", centres=base.centres if is_of_one else ())
    if meant.out_of_scope and not any(hit.kind in THINGS and not hit.heard for hit in meant.hits):
        is_there = bool(base.centres or base.subdistrict)
        if not is_there or max(meant.other, meant.chance(OTHER)) >= MAYBE_OTHER:
            return Ask("out_of_scope")
    if is_named:
        return None
    return Ask(talk) if talk else _beside_the_matter(meant, dialogue)


def _other_from(meant: Understanding, base: Ask, things: Things, dialogue: Dialogue) -> float:
    """How likely another matter must be: less where nothing of ours is named, more where a sentence
    rather goes on, is a mere question for the time, or tells of other matters by the way."""
    if things.is_kiosk and meant.chance("kiosks") >= SURE:
        return NEVER  # a machine of ours is asked for, whatever it is to print
    asks = bool(base.facets or base.when)
    if dialogue.last and (asks or "elliptic" in meant.cues):
        return SURE
    no_wish = meant.chance("out_of_scope")
    # 'Is there a pool? I would take my child': the pool is asked for, and childcare only stands beside it.
    is_beside = bool(things.category and meant.wanted and not (things.services or things.activities))
    if (things and not is_beside) or (asks and not SHORT < len(meant.text) < STORY):
        return OTHER_THERE if no_wish >= SURE else OTHER_THOUGH_NAMED
    if base.centres or base.subdistrict:
        return OTHER_MATTER if no_wish >= LIKELY or is_beside else OTHER_THERE
    by_words = meant.things is not None and meant.things.by is By.WORDS
    surely = NO_WISH_BY_LETTERS if by_words else NO_WISH
    return OTHER_BY_WISH if no_wish >= surely else OTHER_MATTER


def _called(meant: Understanding, base: Ask, things: Things) -> Ask | None:
    """A person who is asked for, and words that call for one."""
    cues, (top, chance) = meant.cues, meant.likeliest
    asks_beside = _asks_beside(meant, base, things)
    if "callback_cancel" in cues and not ("no_call" in cues and asks_beside):
        return Ask("callback_cancel")
    if "callback" in cues and "no_call" not in cues:
        # The digits of a phone number may read like a time, and must not be remembered as one.
        return replace(_about(base, things), intent="callback", kind=_why(cues, top), when=None)
    if "human" in cues and (chance < LIKELY or top in ("human", "complain")):
        return replace(base, intent="human", kind=_why(cues, top))
    if asks_beside and "complaint" not in cues:
        return None
    went_wrong = {"complain", "happened"} <= cues and top != "emergency"
    if went_wrong and not meant.wanted:  # and no wish for more of it
        return replace(_about(base, things), intent="human", kind="complaint", when=None)
    if "complaint" in cues or ("complain" in cues and not (things or base.centres or base.subdistrict)):
        return replace(base, intent="human", kind="complaint")
    if "abuse" in cues and not (things or base.facets or base.when or "trick" in cues):
        return Ask("abuse")
    return None


def _asks_beside(meant: Understanding, base: Ask, things: Things) -> bool:
    """Whether anger, or a wish not to be called, stands beside a clear question about a place or a thing."""
    return "asks" in meant.cues and bool(things or base.centres or base.subdistrict)


def _beside_the_matter(meant: Understanding, dialogue: Dialogue) -> Ask | None:
    """Another language, more of the same, small talk, other matters, where nothing is named."""
    cues, (top, chance) = meant.cues, meant.likeliest
    if cues & {"english", "simplify"}:
        return Ask("language", kind="en" if "english" in cues else "zh")
    if dialogue.last and (cues & {"more", "farther"} or (top == "more" and chance >= LIKELY)):
        return onward(dialogue, step=1 if "farther" in cues else 0)
    if top in SMALL_TALK and chance >= LIKELY and "nearest" not in cues:
        return Ask(top)
    if top == "language" and chance >= LIKELY:
        return Ask("language", kind="en" if meant.language == "en" else "zh")
    return Ask("out_of_scope") if meant.out_of_scope else None


def _why(cues: frozenset[str], top: str) -> str | None:
    """What a person is wanted for, where that changes the answer."""
    return "complaint" if "complain" in cues or top == "complain" else None


def _guessed(
    meant: Understanding, base: Ask, places: Places, dialogue: Dialogue, directory: Directory
) -> Things:
    """What the sentence comes nearest to, unless it rather goes on about what was spoken of."""
    is_coverage = "coverage" in meant.cues and bool(base.centres)
    if is_coverage or "activities" in meant.cues or (meant.without and meant.plain == meant.text):
        return Things()  # not one is asked for, but what there is; or all that was said is what is not wanted
    is_open = "whatever" in meant.cues and (base.age is not None or bool(meant.audience))
    if is_open and meant.chance("list_activities") >= SURE:
        return Things()  # whatever there is for somebody of that age
    guessed = guessed_in(meant, places, directory)
    asks_more = bool(base.when or base.facets or base.accessible)
    if dialogue.last and asks_more and not places and guessed.lead < CERTAIN:
        return Things()  # rather another question about what was just spoken of
    if guessed.is_sure:
        return replace(guessed, said=meant.wanted)
    if not (places or dialogue.near or dialogue.last) and not _wants_a_thing(meant, SURE):
        return replace(guessed, is_offer=True)  # rather not ask where somebody is for what may not be meant
    if meant.chance("list_activities") >= LIKELY:
        return Things()  # not one activity is asked for, but what there is
    return replace(guessed, said=meant.wanted)


def _about(base: Ask, things: Things) -> Ask:
    return replace(
        base,
        said=things.said,
        services=tuple(name for name in things.services if name not in base.without),
        activities=tuple(name for name in things.activities if name not in base.without),
        category=things.category,
        kind="kiosk" if things.is_kiosk else None,
        perhaps=things.perhaps,
    )


def _intent(ask: Ask, meant: Understanding, directory: Directory) -> str:
    """Which kind of question a sentence with these names and cues is."""
    cues = meant.cues
    if "kiosk" in cues or ask.kind == "kiosk":
        return "kiosks"
    chance_of_machine = meant.chance("kiosks") + (LIKELY / 2 if "errand" in cues else 0)
    if ask.services and chance_of_machine >= LIKELY and _is_paperwork(ask, directory):
        return "kiosks"
    if ask.activities and not (ask.services and meant.chance("list_activities") < LIKELY):
        return "list_activities"
    if ask.services or ask.category:
        return "find_service"
    if "activities" in cues or meant.chance("list_activities") >= LIKELY:
        return "list_activities"
    is_coverage = "coverage" in cues or meant.chance("coverage") >= LIKELY
    if is_coverage and "nearest" not in cues and (len(ask.centres) != 1 or ask.unclear):
        return "coverage"
    if ask.centres and "whatever" in cues and any(hit.kind is Kind.ACTIVITY for hit in meant.without):
        return "list_activities"
    if looks_beyond(ask, meant, directory):
        return "find_centres"
    if ask.centres or ask.subdistrict:
        if "any_service" in cues or meant.chance("list_services") >= LIKELY:
            return "list_services" if ask.centres else "find_centres"
        return "centre_card" if ask.centres else "find_centres"
    if cues & {"nearest", "around", "centres", "any_service"}:
        return "find_centres"
    if meant.chance("find_centres", "list_services") >= LIKELY:
        return "find_centres"
    return "unknown"


def _is_paperwork(ask: Ask, directory: Directory) -> bool:
    admin = directory.categories.get(Category.ADMIN.value, ())
    return all(name in admin for name in ask.services)


def _is_only_a_place(intent: str, meant: Understanding) -> bool:
    """Whether a place was understood and what is wanted there was not."""
    if intent == "centre_card":
        is_told = meant.likeliest[0] == "centre_card" and meant.about(PLACE) >= SURE
        return meant.chance("centre_card") < LIKELY and not is_told
    is_asked_for = meant.cues & {"centres", "any_service"} or meant.chance("find_centres") >= LIKELY
    return intent == "find_centres" and not is_asked_for
