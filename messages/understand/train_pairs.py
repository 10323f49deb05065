"""Counts pairs of characters, by which respelling.py tells what was meant: a part of `make train`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from math import exp, log, log10

import numpy as np

from messages.understand.respelling import CHINESE, COMMON, EDGE, PAIRS, Pairs, Respelling

# A word at large counts as so many of the examples for each power of ten of its frequency.
AT_LARGE = 0.4
# How much oftener than in the examples a word of the directory is said.
KNOWN = 6
# Words rarer than these are nobody's: of two characters, and of three or four.
RARE, RARE_LONG = 10, 30
# How many more sights of a character there might have been, for each that follows it: absolute discounting
# as of Witten and Bell (1991), doubled because the examples are few.
UNSEEN = 2
# So often a pair is no slip of several hands.
SURELY = 12
# A character that nobody was seen to write counts as so much of one, of all that GB 2312 has.
NEVER_SEEN, ALL_CHARACTERS = 0.3, 6763


def words_at_large() -> Iterator[tuple[str, int]]:
    """Chinese words and how often each stands in a large corpus: the dictionary of jieba."""
    for line in files("jieba_next").joinpath("dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split(" ")
        yield word, int(count)


def pairs_at_large() -> dict[str, int]:
    found: dict[str, int] = {}
    for word, count in words_at_large():
        if len(word) == 2 and count >= RARE:
            found[word] = max(found.get(word, 0), count)
        elif len(word) in (3, 4) and count >= RARE_LONG:
            for at in range(len(word) - 1):
                pair = word[at : at + 2]
                found[pair] = max(found.get(pair, 0), count // 3)
    return {pair: count for pair, count in found.items() if CHINESE.fullmatch(pair)}


def train_pairs(texts: Sequence[str], known: Sequence[str]) -> None:
    """Count the pairs of normalised texts, of the words `known` for what there is and of words at large, and
    keep them in pairs.npz.

    Some examples are misspelled on purpose: they are counted again as they were meant.
    """
    said, large = [*texts, *(list(known) * KNOWN)], pairs_at_large()
    for pair in {each for word in known for each in _pairs(word)}:
        large[pair] = max(large.get(pair, 0), COMMON)
    _count(said, large)
    respelling = Respelling(Pairs.load(), familiar=SURELY)
    _count([respelling.better(text) for text in said], large)


def _pairs(word: str) -> Iterator[str]:
    for run in CHINESE.findall(word):
        yield from map("".join, pairwise(run))


def _count(texts: Iterable[str], large: Mapping[str, int]) -> None:
    often: Counter[str] = Counter()
    here: Counter[str] = Counter()
    for text in texts:
        for run in CHINESE.findall(text):
            whole = EDGE + run + EDGE
            often.update(run)
            here.update(whole[at : at + 2] for at in range(len(whole) - 1))
    weights = {pair: here[pair] + AT_LARGE * log10(max(large.get(pair, 1), 1)) for pair in {*here, *large}}
    behind: dict[str, float] = {}
    kinds: Counter[str] = Counter()
    for pair, weight in weights.items():
        behind[pair[0]] = behind.get(pair[0], 0.0) + weight
        kinds[pair[0]] += 1
    total = sum(often.values()) + NEVER_SEEN * ALL_CHARACTERS
    letters = sorted({*often, *(letter for pair in weights for letter in pair)})
    alone = {letter: log((often[letter] + NEVER_SEEN) / total) for letter in letters}
    left = {
        letter: UNSEEN * kinds[letter] / (behind[letter] + UNSEEN * kinds[letter]) if kinds[letter] else 1.0
        for letter in letters
    }
    ordered = sorted(weights)
    follows = [
        log((1 - left[pair[0]]) * weights[pair] / behind[pair[0]] + left[pair[0]] * exp(alone[pair[1]]))
        for pair in ordered
    ]
    np.savez_compressed(
        PAIRS,
        pairs=np.array([ord(letter) for pair in ordered for letter in pair], np.int32),
        here=np.array([min(here[pair], 0xFFFF) for pair in ordered], np.uint16),
        large=np.array([min(large.get(pair, 0), 0xFFFF) for pair in ordered], np.uint16),
        follows=np.array(follows, np.float16),
        letters=np.array([ord(letter) for letter in letters], np.int32),
        often=np.array([often[letter] for letter in letters], np.int32),
        alone=np.array([alone[letter] for letter in letters], np.float32),
        back=np.array([log(left[letter]) for letter in letters], np.float32),
    )
