"""Finds services by meaning: loads the model, embeds the directory once, answers by words until then."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from bot.logs import log
from messages.understand.intents import SUBJECTS, IntentModel
from messages.understand.lexicon import Topic
from messages.understand.matters import Matters, Scope
from messages.understand.understand import Understanding
from messages.understand.vectors import (
    MODEL_ID,
    Ranker,
    Unavailable,
    Vector,
    Vectors,
    from_bytes,
    text_hash,
    to_bytes,
)
from storage import vectors as store
from storage.database import Database

Progress = Callable[[int, int], None]
OFF = Unavailable("sentence vectors are switched off by LINLI_VECTORS")
# Seconds for one sentence when nobody waits for an answer.
PATIENT = 10.0
# Sentences whose weighing is kept, some 10 KB each as measured: many ask the same within the minute.
WEIGHED = 100
NOT_YET = Unavailable("the directory is being read")


@cache
def _read_once() -> tuple[IntentModel, IntentModel, Matters, Scope]:
    """What is checked in, and the scope of a directory that offers nothing: none of it ever changes."""
    matters = Matters.load()
    return IntentModel.load(), IntentModel.load(SUBJECTS), matters, Scope(matters, {})


class Meaning:
    """The sentence vectors of one running Linli. The model is loaded at the first directory."""

    def __init__(self, wanted: bool, vectors: Vectors | None = None) -> None:
        self._wanted = wanted
        self._vectors: Vectors | Unavailable | None = vectors
        self._ranker: Ranker[Topic] = Ranker({}, NOT_YET)
        self._weighed: OrderedDict[Understanding, Understanding] = OrderedDict()
        self._intents, self._subjects, self._matters, self._scope = _read_once()

    @property
    def by_words_because(self) -> str | None:
        """Why services are found by words alone; None when they are found by meaning."""
        return self._ranker.by_words_because

    async def weigh(self, meant: Understanding) -> Understanding:
        """With the wishes and the things that come nearest to what was said, the likeliest first, and how
        likely it is about none of them."""
        if weighed := self._weighed.get(meant):
            self._weighed.move_to_end(meant)
            return weighed
        scope, ranker = self._scope, self._ranker
        vector = await self._vectors.query(meant.plain) if isinstance(self._vectors, Vectors) else None
        weighed = replace(
            meant,
            things=ranker.rank(meant.plain, vector),
            intents=meant.intents or self._intents.rank(meant.plain, vector),
            subjects=meant.subjects or self._subjects.rank(meant.plain, vector),
        )
        weighed = replace(weighed, other=scope.chance_of_other(weighed, vector))
        in_time = vector is not None or not isinstance(self._vectors, Vectors)
        if in_time and ranker is self._ranker and scope is self._scope:  # not of a directory that is gone
            self._weighed[meant] = weighed
            if len(self._weighed) > WEIGHED:
                self._weighed.popitem(last=False)
        return weighed

    async def take_up(
        self, database: Database, texts: Mapping[Topic, str], progress: Progress | None
    ) -> None:
        """Rank `texts` from now on: at once by words, by meaning as soon as all are embedded."""
        self._scope = Scope(self._matters, texts)
        if not self._wanted:
            self.rank_with(Ranker(texts, OFF))
            return
        self.rank_with(Ranker(texts, NOT_YET))
        if self._vectors is None:
            self._vectors = await asyncio.to_thread(Vectors.load)
            if isinstance(self._vectors, Unavailable):
                log("meaning").warning("no sentence vectors", reason=self._vectors.reason)
        if isinstance(self._vectors, Unavailable):
            self.rank_with(Ranker(texts, self._vectors))
            return
        self.rank_with(Ranker(texts, await self._embedded(database, self._vectors, texts, progress)))

    def rank_with(self, ranker: Ranker[Topic]) -> None:
        """What was weighed before is weighed anew."""
        self._ranker = ranker
        self._weighed.clear()

    async def _embedded(
        self, database: Database, vectors: Vectors, texts: Mapping[Topic, str], progress: Progress | None
    ) -> dict[str, Vector]:
        """The vector of every text by its hash; each text is embedded once and kept in the database."""
        by_hash = {text_hash(text): text for text in texts.values()}
        async with database.read() as tx:
            stored = await store.load(tx, MODEL_ID, by_hash)
        missing = [digest for digest in by_hash if digest not in stored]
        made = await vectors.passages([by_hash[digest] for digest in missing], progress=progress)
        fresh = {digest: to_bytes(vector) for digest, vector in zip(missing, made, strict=True)}
        if fresh:
            await database.write(lambda tx: store.save(tx, MODEL_ID, fresh))
        return {digest: from_bytes(vector) for digest, vector in (stored | fresh).items()}

    async def vectors_of(self, texts: Sequence[str]) -> list[Vector] | None:
        """A unit vector for each of some sentences, without hurry; None where there are no vectors."""
        if not isinstance(self._vectors, Vectors):
            return None
        found = [await self._vectors.query(text, timeout_s=PATIENT) for text in texts]
        return None if any(each is None for each in found) else [each for each in found if each is not None]

    def close(self) -> None:
        if isinstance(self._vectors, Vectors):
            self._vectors.close()
