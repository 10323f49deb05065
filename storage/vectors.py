"""Sentence vectors that were computed once, by the hash of their text and the model."""

from collections.abc import Iterable, Mapping
from itertools import islice

from storage.statements import load_queries, statement
from storage.transaction import Transaction

SQL = load_queries("vectors")

# The two engines have no list parameter in common: so many single ones, the rest of them NULL.
AT_ONCE = 200
HASHES = tuple(f"hash_{place}" for place in range(AT_ONCE))
LOAD = statement(
    "vectors.load",
    "SELECT text_hash, vector FROM embedding WHERE model = :model AND text_hash IN ("
    + ", ".join(f"CAST(:{name} AS TEXT)" for name in HASHES)
    + ")",
)


async def load(tx: Transaction, model: str, hashes: Iterable[str]) -> dict[str, bytes]:
    """The vectors that are there, by the hash of their text."""
    found: dict[str, bytes] = {}
    pending = iter(hashes)
    while chunk := list(islice(pending, AT_ONCE)):
        params: dict[str, str | None] = dict.fromkeys(HASHES)
        params.update(zip(HASHES, chunk, strict=False))
        rows = await tx.rows(LOAD, params | {"model": model})
        found.update((row["text_hash"], row["vector"]) for row in rows)
    return found


async def save(tx: Transaction, model: str, items: Mapping[str, bytes]) -> None:
    """Keep vectors by the hash of their text, in place of older ones."""
    await tx.many(
        SQL["save"],
        ({"model": model, "text_hash": text_hash, "vector": vector} for text_hash, vector in items.items()),
    )
