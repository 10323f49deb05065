"""Addresses of calendar feeds: a family's id, signed with the server's key, so that nothing has to be kept.

A calendar program has no cookie: who knows the address reads the feed. Another key makes every address void.
"""

from bot.addresses import is_signature, signature


class Feeds:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, family_id: str) -> str:
        return f"{family_id}.{signature(self._key, _signed(family_id))}"

    def family_of(self, token: str) -> str | None:
        """The id in a token that we made; None for any other."""
        family_id, _, given = token.rpartition(".")
        return family_id if is_signature(self._key, _signed(family_id), given) else None


def _signed(family_id: str) -> str:
    return f"feed {family_id}"
