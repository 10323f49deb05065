"""Addresses that nobody guesses and that end: what they are about, until when, and our signature.

Nothing has to be kept for them. Another key makes every address void.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

MAC_LENGTH = 32


def signature(key: bytes, said: str) -> str:
    """128 bits of it: an address is to be short enough to be sent and typed."""
    return hmac.new(key, said.encode("utf-8", "replace"), sha256).hexdigest()[:MAC_LENGTH]


def is_signature(key: bytes, said: str, given: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(key, said).encode())


class SignedAddresses:
    """`key` is asked for at the first need, so that no file is made before."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def make(self, about: tuple[str, ...], until: datetime) -> str:
        """What stands in an address: ids and codes without a dot in them."""
        said = ".".join((*about, f"{int(until.timestamp()):x}"))
        return f"{said}.{signature(self._key(), _signed(said))}"

    def read(self, token: str, now: datetime) -> tuple[str, ...] | None:
        """What an address is about; None for one that we did not make, and for one whose time is over."""
        said, _, mac = token.rpartition(".")
        if not is_signature(self._key(), _signed(said), mac):
            return None
        *about, until = said.split(".")
        return None if now >= datetime.fromtimestamp(int(until, 16), UTC) else tuple(about)


def _signed(said: str) -> str:
    return f"address {said}"


def passing_addresses() -> SignedAddresses:
    """For dialogues that leave nothing behind: they end with the process."""
    key = secrets.token_bytes(32)
    return SignedAddresses(lambda: key)
