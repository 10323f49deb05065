"""Addresses of calendar feeds: a feed's id, signed with the server's key.

A calendar program has no cookie: who knows the address reads the feed. The id is the family's, with a number
once an address was ended (handlers/calendars.py). Another key makes every address void.
"""

from bot.addresses import is_signature, signature


class Feeds:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, feed_id: str) -> str:
        return f"{feed_id}.{signature(self._key, _signed(feed_id))}"

    def family_of(self, token: str) -> str | None:
        """The id in a token that we made; None for any other."""
        feed_id, _, given = token.rpartition(".")
        return feed_id if is_signature(self._key, _signed(feed_id), given) else None


def _signed(feed_id: str) -> str:
    return f"feed {feed_id}"
