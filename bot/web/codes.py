"""One-time codes: short enough to write down, and worth nothing to whoever reads the database."""

import hmac
import unicodedata
from hashlib import sha256

from handlers.codes import LENGTH, LETTERS, secret_code

_GAPS = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014\u2212_.")


class Codes:
    """Makes codes, and hashes them with the server's key: without it a hash cannot be tried out.

    A code made for one `purpose` is none for another.
    """

    def __init__(self, key: bytes, purpose: str = "recovery") -> None:
        self._key = key
        self._purpose = purpose

    def new(self) -> tuple[str, str]:
        """A code as it is shown, such as `K7MW-4PXA`, one of a hundred thousand million; and its hash."""
        code = secret_code()
        return code, self._hash(code.translate(_GAPS))

    def hash_of(self, typed: str) -> str | None:
        """The hash of a code however it is typed: small letters, wide letters, with or without gaps.

        None for what can be no code.
        """
        letters = unicodedata.normalize("NFKC", typed[:100]).upper().translate(_GAPS)
        if len(letters) != LENGTH or not set(letters) <= set(LETTERS):
            return None
        return self._hash(letters)

    def _hash(self, letters: str) -> str:
        return hmac.new(self._key, f"{self._purpose} {letters}".encode(), sha256).hexdigest()
