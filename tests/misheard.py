"""Names of centres as they are written by ear: with other characters of the same or a near syllable."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from handlers.places import Places, places_in
from handlers.snapshot import Directory
from messages.understand.sounds import SYLLABLES, Sound, sound_of
from messages.understand.terms import stem
from messages.understand.understand import Understanding

SEED = 20_261_125

# What is said of a place by its full name, and by its stem where a word beside it says that it is one.
FULL = (
    "{}在哪里",
    "{}的食堂几点关门",
    "我在{}",
    "{}邻里中心电话多少",
    "离{}最近的理发店",
    "{}有什么活动",
    "{}那边怎么走",
)
STEM = ("我住{}", "离{}最近的理发店", "{}那边怎么走", "{}附近有食堂吗", "我在{}")


class Noise(StrEnum):
    HOMOPHONE = "1 homophone"
    HOMOPHONES = "2 homophones"
    NEAR = "1 near-sound"


@dataclass(frozen=True, slots=True)
class Misheard:
    """A sentence with the name of the centre `id` written wrong."""

    id: str
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Heard:
    """How many names were found, asked about, taken for another, and missed; `examples` of the last two."""

    found: int
    asked: int
    wrong: int
    missed: int
    examples: tuple[str, ...] = field(compare=False)

    @property
    def share(self) -> float:
        """Found, or asked when ambiguous, of all."""
        return (self.found + self.asked) / (self.found + self.asked + self.wrong + self.missed)


def others_by_syllable() -> dict[str, str]:
    """The characters that are mostly read as each syllable."""
    lines = (line.split(" ") for line in SYLLABLES.read_text("utf-8").splitlines())
    return {syllable: mostly for syllable, mostly, *_ in lines}


def misheard(directory: Directory, noise: Noise, sayings: Sequence[str]) -> Iterator[Misheard]:
    """Every community that has a centre, in every saying; always the same ones."""
    mostly = others_by_syllable()
    chance = random.Random(SEED)
    communities = {c.id: c.community for c in directory.centres.values() if c.community}
    roots = {centre: stem(community, "community") for centre, community in communities.items()}
    names = set(roots.values())
    known = {tuple(sounds_of(root)) for root in names}
    for (centre, root), saying in product(roots.items(), sayings):
        written = _noisy(root, noise, mostly, chance)
        # What is another name, or sounds exactly like one, is no noise but that name.
        if written is None or written in names:
            continue
        if noise is Noise.NEAR and tuple(sounds_of(written)) in known:
            continue
        name = written + communities[centre][len(root) :] if sayings is FULL else written
        yield Misheard(centre, communities[centre], saying.format(name))


def sounds_of(text: str) -> Iterator[str]:
    return (sound.usual if sound else character for character in text for sound in (sound_of(character),))


def _noisy(root: str, noise: Noise, mostly: dict[str, str], chance: random.Random) -> str | None:
    """`root` with other characters; None where no character sounds so."""
    written = list(root)
    for at in chance.sample(range(len(root)), 2 if noise is Noise.HOMOPHONES else 1):
        sound = sound_of(root[at])
        if sound is None:
            return None
        like = _near(sound, mostly) if noise is Noise.NEAR else mostly[sound.usual]
        other = [character for character in like if character != root[at]]
        if not other:
            return None
        written[at] = chance.choice(other)
    return "".join(written)


def _near(sound: Sound, mostly: dict[str, str]) -> str:
    """Characters that are confused with it and never read like it."""
    return "".join(
        character
        for characters in mostly.values()
        for character in characters
        if (other := sound_of(character)) and other.near & sound.near and not other.same & sound.same
    )


def heard(sentences: Iterator[Misheard], read: Callable[[str], Understanding], directory: Directory) -> Heard:
    """How well the names in `sentences` are understood."""
    counts = {"found": 0, "asked": 0, "wrong": 0, "missed": 0}
    examples = []
    for each in sentences:
        how = _how(each, places_in(read(each.said).hits, directory))
        counts[how] += 1
        if how in ("wrong", "missed"):
            examples.append(f"{each.name} {how}: {each.said}")
    return Heard(**counts, examples=tuple(examples))


def _how(each: Misheard, places: Places) -> str:
    if not places:
        return "missed"
    if places.unclear and each.id in places.centres:
        return "asked"
    return "found" if places.centres == (each.id,) else "wrong"
