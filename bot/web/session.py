"""Anonymous sessions: a signed random cookie, the address made of it, and the token for forms."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

TOKEN_BYTES = 16
LEAST_KEY_BYTES = 16
DAY_S = 24 * 3600
COOKIE = "linli"
COOKIE_AGE_S = 30 * DAY_S


@dataclass(frozen=True, slots=True)
class Session:
    """One browser. `address` names it to Linli and does not give the cookie away; `csrf` stands in
    its forms; `cookie` is what the browser keeps; `is_new` when the browser had none of ours. `until`:
    on a device that many use, the moment from which the cookie is worth nothing."""

    cookie: str
    address: str
    csrf: str
    is_new: bool
    until: datetime | None = None


class Sessions:
    """Makes and reads sessions. Nothing is stored: the key alone tells ours from invented ones."""

    def __init__(self, key: bytes) -> None:
        if len(key) < LEAST_KEY_BYTES:
            raise ValueError(
                f"the key that signs cookies has {len(key)} bytes and needs {LEAST_KEY_BYTES} or more: "
                "delete the secret file to have a new one made"
            )
        self._key = key

    def new(self, *, until: datetime | None = None) -> Session:
        return self._session(secrets.token_hex(TOKEN_BYTES), is_new=True, until=until)

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """The session of a cookie value; None when we did not sign it, or when its time has passed."""
        token, _, rest = (cookie or "").partition(".")
        end, _, signature = rest.rpartition(".")
        if not _same(signature, self._mac("cookie", f"{token}.{end}" if end else token)):
            return None
        until = datetime.fromtimestamp(int(end), UTC) if end else None
        if until is not None and now >= until:
            return None
        return self._session(token, is_new=False, until=until)

    def until(self, session: Session, until: datetime | None) -> Session:
        """The same session with another end, or with none."""
        token = session.cookie.partition(".")[0]
        return self._session(token, is_new=session.is_new, until=until)

    def trusts(self, session: Session, csrf: str | None) -> bool:
        """Whether a form or script that carries `csrf` came from a page made for this session."""
        return _same(csrf or "", session.csrf)

    def _session(self, token: str, *, is_new: bool, until: datetime | None) -> Session:
        signed = f"{token}.{int(until.timestamp())}" if until else token
        return Session(
            cookie=f"{signed}.{self._mac('cookie', signed)}",
            address=self._mac("address", token)[:32],
            csrf=self._mac("csrf", token),
            is_new=is_new,
            until=until,
        )

    def _mac(self, purpose: str, token: str) -> str:
        return hmac.new(self._key, f"{purpose} {token}".encode(), sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    """Compared in constant time, and as bytes: a cookie may hold any character."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
