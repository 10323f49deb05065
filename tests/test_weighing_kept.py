"""What was weighed is kept for the next who says the same, and never longer than it is true."""

import threading

import numpy as np

from bot.meaning import WEIGHED, Meaning
from messages.understand.lexicon import Kind, Topic
from messages.understand.understand import Understanding
from messages.understand.vectors import DIMENSIONS, By, Ranker, Unavailable, Vector, Vectors, text_hash
from storage.database import Database

HAIRCUT, CANTEEN = (Kind.SERVICE, "便民理发"), (Kind.SERVICE, "长者食堂")
TEXTS: dict[Topic, str] = {HAIRCUT: "便民理发: 剪头发", CANTEEN: "长者食堂: 吃饭"}


def said(text: str) -> Understanding:
    return Understanding(text, "zh", frozenset(), plain=text)


def by_words() -> Meaning:
    meaning = Meaning(wanted=False)
    meaning.rank_with(Ranker(TEXTS, Unavailable("switched off")))
    return meaning


class Slow:
    """An engine that finds everything alike, and begins when it may."""

    def __init__(self) -> None:
        self.may_begin = threading.Event()

    def query(self, texts: list[str]) -> Vector:
        self.may_begin.wait(10)
        return self.passage(texts)

    def passage(self, texts: list[str]) -> Vector:
        return np.eye(1, DIMENSIONS, dtype=np.float32).repeat(len(texts), axis=0)


async def test_what_is_said_again_is_weighed_once() -> None:
    meaning = by_words()
    first = await meaning.weigh(said("剪头发"))
    assert await meaning.weigh(said("剪头发")) is first
    assert (await meaning.weigh(said("吃饭"))).things != first.things


async def test_the_oldest_is_forgotten() -> None:
    meaning = by_words()
    first = await meaning.weigh(said("剪头发"))
    for number in range(WEIGHED):
        await meaning.weigh(said(f"第{number}"))
    again = await meaning.weigh(said("剪头发"))
    assert again is not first
    assert again == first


async def test_another_directory_is_weighed_anew(database: Database) -> None:
    meaning = Meaning(wanted=False)
    await meaning.take_up(database, TEXTS, None)
    first = await meaning.weigh(said("剪头发"))
    assert first.things
    assert first.things.matches[0][0] == HAIRCUT
    await meaning.take_up(database, {CANTEEN: TEXTS[CANTEEN]}, None)
    anew = await meaning.weigh(said("剪头发"))
    assert anew.things
    assert HAIRCUT not in dict(anew.things.matches)


async def test_what_came_too_late_is_weighed_by_meaning_the_next_time() -> None:
    engine = Slow()
    meaning = Meaning(wanted=True, vectors=Vectors(engine))
    try:
        known = engine.passage(list(TEXTS.values()))
        meaning.rank_with(Ranker(TEXTS, dict(zip(map(text_hash, TEXTS.values()), known, strict=True))))
        late = await meaning.weigh(said("剪头发"))
        engine.may_begin.set()
        in_time = await meaning.weigh(said("剪头发"))
        assert late.things
        assert in_time.things
        assert (late.things.by, in_time.things.by) == (By.WORDS, By.MEANING)
        assert await meaning.weigh(said("剪头发")) is in_time
    finally:
        engine.may_begin.set()
        meaning.close()
