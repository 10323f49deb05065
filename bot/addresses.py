"""Addresses that nobody guesses and that end: what they are about, until when, and our signature.

Nothing has to be kept for them. Another key makes every address void.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

MAC_LENGTH = 32


class SignedAddresses:
    """`key` is asked for at the first need, so that no file is made before."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def make(self, about: tuple[str, ...], until: datetime) -> str:
        """What stands in an address: ids and codes without a dot in them."""
        said = ".".join((*about, f"{int(until.timestamp()):x}"))
        return f"{said}.{self._mac(said)}"

    def read(self, token: str, now: datetime) -> tuple[str, ...] | None:
        """What an address is about; None for one that we did not make, and for one whose time is over."""
        said, _, mac = token.rpartition(".")
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(said).encode()):
            return None
        *about, until = said.split(".")
        return None if now >= datetime.fromtimestamp(int(until, 16), UTC) else tuple(about)

    def _mac(self, said: str) -> str:
        """128 bits of it: the address is to be short enough to be sent."""
        signed = f"address {said}".encode("utf-8", "replace")
        return hmac.new(self._key(), signed, sha256).hexdigest()[:MAC_LENGTH]


def passing_addresses() -> SignedAddresses:
    """For dialogues that leave nothing behind: they end with the process."""
    key = secrets.token_bytes(32)
    return SignedAddresses(lambda: key)
