"""What a sentence is about by the way it is told, where no word of the directory says it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.several import joined_in
from handlers.snapshot import Directory
from handlers.things import Things, fits_a_child, refused_in
from handlers.wishes import matter_in
from messages.understand.lexicon import FAINT, THINGS, Kind, Topic
from messages.understand.matters import OTHER
from messages.understand.terms import FULL
from messages.understand.understand import Understanding
from messages.understand.vectors import By

NO_THINGS = Things()


@dataclass(frozen=True, slots=True)
class Told:
    """Things, and how likely it is that the sentence is about them."""

    things: Things = NO_THINGS
    chance: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.things)


# For what is told to be believed; against a word for another thing; and where something speaks against it.
LIKELY = 0.5
AGAINST_A_WORD = 0.8
SURE = 0.8
CERTAIN = 0.95
# So much less is enough where the centre that is named has it.
HERE = 0.1
# What is named stays as long as the sentence is that likely about it; and where the examples know that
# likely of nothing of the kind, as they do of what was imported after they were written.
STILL, DOUBT = 0.05, 0.5
# So many characters tell something beside the word itself.
TELLS = 6
# So short is rather a name than a description.
NAME = 3
# A sentence that is so likely about another thing did not mean what only sounds like a name in it.
CLEAR = 0.4
# Subjects that are looked at when it is asked how much of a sentence is about certain things.
FIRST = 3


def told_in(meant: Understanding, here: frozenset[Topic], directory: Directory, *, least: float) -> Told:
    """The likeliest subject, if this directory has it and the sentence is at least so likely about it."""
    subject, chance = meant.subjects[0] if meant.subjects else ("", 0.0)
    things = known_as(subject, directory)
    names = set(things.names)
    there = _there(things, here)
    if chance < least - HERE * bool(there.services or there.activities):
        return Told()
    if chance < CERTAIN and meant.chance("centre_card") >= SURE:
        return Told()  # the phone of a place is asked, and of nothing there
    if here and things.activities and not there:
        return Told()  # of a centre's activities only its own can be meant
    if is_rather_none_of_ours(meant):
        return Told()
    if things.services and not things.activities and not fits_a_child(things.services, meant, directory):
        return Told()
    is_other = meant.other >= chance or _is_doubtful(names, meant) or _is_a_new_one_nearer(meant, directory)
    return Told(there or things, chance) if chance >= CERTAIN or not is_other else Told()


def is_rather_none_of_ours(meant: Understanding) -> bool:
    """Whether it holds a word of other matters and is likelier about none of ours than any wish: its subject
    is then only the nearest that there is."""
    return meant.other >= DOUBT and meant.likeliest[0] == OTHER and matter_in(meant.text) is not None


def _is_a_new_one_nearer(meant: Understanding, directory: Directory) -> bool:
    """Whether what it comes nearest to by meaning was imported after the examples were written: they cannot
    tell of it."""
    if meant.things is None or meant.things.by is not By.MEANING or not meant.things.matches:
        return False
    (_, name), _ = meant.things.matches[0]
    return _are_new((name,), meant, directory)


def _there(things: Things, here: frozenset[Topic]) -> Things:
    """Of things with one word what a centre has."""
    services = tuple(name for name in things.services if (Kind.SERVICE, name) in here)
    activities = tuple(name for name in things.activities if (Kind.ACTIVITY, name) in here)
    return replace(things, services=services, activities=activities)


def _are_new(names: tuple[str, ...], meant: Understanding, directory: Directory) -> bool:
    """Whether the examples know none of these: they were imported after the examples were written."""
    told = (known_as(subject, directory) for subject, _ in meant.subjects)
    return all(set(names).isdisjoint(things.names) for things in told)


def _is_doubtful(names: set[str], meant: Understanding) -> bool:
    """Whether something speaks against it: it was refused, or all that is on was asked for, or a name that
    is not the directory's."""
    is_refused = not names.isdisjoint(refused_in(meant, by_word=True))
    is_any = not meant.cues.isdisjoint(("activities", "any_service", "whatever"))
    is_other_name = meant.wanted is not None and len(meant.wanted) <= NAME
    return is_refused or is_any or is_other_name


def chosen(named: Things, told: Told, meant: Understanding, directory: Directory) -> Things:
    """What is named, unless by a mere word and the whole sentence is rather about another thing."""
    if not named:
        return told.things
    names, known = named.names, set(told.things.names)
    if not names and named.category and known.intersection(directory.categories.get(named.category, ())):
        return told.things  # a word for all of a kind, and the sentence tells which of them
    if known.intersection(names):
        if known.issuperset(names):
            return told.things
        return named if joined_in(meant) else _narrowed(named, known)  # one or the other: both are asked for
    is_machine = named.is_kiosk and told.things.is_kiosk
    by_words = meant.things is not None and meant.things.by is By.WORDS
    least = CERTAIN if by_words else AGAINST_A_WORD  # letters alone are surer than they should be
    if not told or told.chance < least or is_machine or not _is_mere_word(meant):
        return named
    is_kind_of_it = _is_kind_of_it(told.things, names, meant, directory)
    stays = is_kind_of_it or share_about(names, meant, directory) >= STILL or meant.chance(OTHER) >= DOUBT
    return named if stays or _are_new(names, meant, directory) else told.things


def is_misheard(named: Things, meant: Understanding, directory: Directory, *, long: int) -> bool:
    """Whether two letters of a long sentence only sound like the thing and all the rest is about another."""
    hits = [hit for hit in meant.hits if hit.kind in THINGS]
    is_heard = bool(hits) and all(hit.heard and hit.end - hit.start < NAME for hit in hits)
    if not is_heard or len(meant.text) < long or not meant.subjects or meant.subjects[0][1] < CLEAR:
        return False
    return share_about(named.names, meant, directory) < STILL


def _is_kind_of_it(things: Things, names: Sequence[str], meant: Understanding, directory: Directory) -> bool:
    """Whether these are called by what is named and more: of such two the plain word means the plain one."""
    words = [word for name in things.services for word in directory.named[name][0].words]
    named = [hit for hit in meant.hits if hit.kind is Kind.SERVICE and not set(hit.ids).isdisjoint(names)]
    return any(hit.text in word for hit in named for word in words)


def _narrowed(named: Things, known: set[str]) -> Things:
    """Of several things that are named, those that the sentence is about."""
    services = tuple(name for name in named.services if name in known)
    return replace(named, services=services, activities=tuple(n for n in named.activities if n in known))


def _is_mere_word(meant: Understanding) -> bool:
    """Whether no thing is called by its full name, and more is said than a word for it."""
    if any(hit.kind in THINGS and hit.rank >= FULL and not hit.heard for hit in meant.hits):
        return False
    return len(meant.text) - sum(hit.end - hit.start for hit in meant.hits) >= TELLS


def share_about(names: tuple[str, ...], meant: Understanding, directory: Directory) -> float:
    """How likely it is that the sentence is about one of these services and activities."""
    found = 0.0
    for subject, chance in meant.subjects[:FIRST]:
        things = known_as(subject, directory)
        found += chance * (not set(names).isdisjoint(things.names))
    return found


def known_as(subject: str, directory: Directory) -> Things:
    """What the directory has under a word."""
    hits = [hit for hit in directory.lexicon.find(subject) if hit.text == subject and hit.rank > FAINT]
    found = {
        kind: tuple(name for hit in hits if hit.kind is kind for name in hit.ids)
        for kind in (Kind.SERVICE, Kind.ACTIVITY, Kind.KIOSK)
    }
    is_machine = bool(found[Kind.KIOSK]) and not (found[Kind.SERVICE] or found[Kind.ACTIVITY])
    return Things(found[Kind.SERVICE], found[Kind.ACTIVITY], is_kiosk=is_machine)
