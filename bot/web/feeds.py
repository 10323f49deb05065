"""Addresses of calendar feeds: a family's id, signed with the server's key, so that nothing has to be kept.

A calendar program has no cookie: who knows the address reads the feed. Another key makes every address void.
"""

import hmac
from hashlib import sha256

MAC_LENGTH = 32


class Feeds:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, family_id: str) -> str:
        return f"{family_id}.{self._mac(family_id)}"

    def family_of(self, token: str) -> str | None:
        """The id in a token that we made; None for any other."""
        family_id, _, mac = token.rpartition(".")
        is_ours = hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(family_id).encode())
        return family_id if is_ours else None

    def _mac(self, family_id: str) -> str:
        """128 bits of it: the address is to be short enough to be typed."""
        return hmac.new(self._key, f"feed {family_id}".encode("utf-8", "replace"), sha256).hexdigest()[
            :MAC_LENGTH
        ]
