"""Anonymous sessions: a signed random cookie, the address made of it, and the token for forms."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

TOKEN_BYTES = 16
LEAST_KEY_BYTES = 16
DAY_S = 24 * 3600
COOKIE = "linli"
COOKIE_AGE_S = 30 * DAY_S


@dataclass(frozen=True, slots=True)
class Session:
    """One browser. `address` names it to Linli and does not give the cookie away; `csrf` stands in
    its forms; `cookie` is what the browser keeps; `is_new` when the browser had none of ours."""

    cookie: str
    address: str
    csrf: str
    is_new: bool


class Sessions:
    """Makes and reads sessions. Nothing is stored: the key alone tells ours from invented ones."""

    def __init__(self, key: bytes) -> None:
        if len(key) < LEAST_KEY_BYTES:
            raise ValueError(
                f"the key that signs cookies has {len(key)} bytes and needs {LEAST_KEY_BYTES} or more: "
                "delete the secret file to have a new one made"
            )
        self._key = key

    def new(self) -> Session:
        return self._session(secrets.token_hex(TOKEN_BYTES), is_new=True)

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie value; None when we did not sign it."""
        token, _, signature = (cookie or "").partition(".")
        if not _same(signature, self._mac("cookie", token)):
            return None
        return self._session(token, is_new=False)

    def trusts(self, session: Session, csrf: str | None) -> bool:
        """Whether a form or script that carries `csrf` came from a page made for this session."""
        return _same(csrf or "", session.csrf)

    def _session(self, token: str, *, is_new: bool) -> Session:
        return Session(
            cookie=f"{token}.{self._mac('cookie', token)}",
            address=self._mac("address", token)[:32],
            csrf=self._mac("csrf", token),
            is_new=is_new,
        )

    def _mac(self, purpose: str, token: str) -> str:
        return hmac.new(self._key, f"{purpose} {token}".encode(), sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    """Compared in constant time, and as bytes: a cookie may hold any character."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
