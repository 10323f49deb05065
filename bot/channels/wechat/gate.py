"""Who may push: the signature of WeChat's query, the mode that the console is set to, and not too old.

A plain push is signed over token, timestamp and nonce; a sealed one over its `Encrypt` as well, and then only
`msg_signature` counts. Where the console seals, nothing that is not sealed is taken.
"""

from collections.abc import Mapping
from hashlib import sha1
from hmac import compare_digest
from typing import Literal

from bot.channels.wechat.fields import fields_of, written
from bot.channels.wechat.seal import Refused, Seal

Mode = Literal["plain", "compat", "safe"]
WINDOW_S = 15 * 60
"""How far a push's timestamp may be off. Whether a retry has a new one is written nowhere; what is answered
twice is noticed by its id."""


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts joined, in hex: WeChat's way to sign."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Gate:
    """Opens pushes and closes answers. What is not WeChat's raises Refused, and nothing else."""

    def __init__(self, token: str, mode: Mode, seal: Seal | None) -> None:
        if mode != "plain" and seal is None:
            raise ValueError("this mode needs the EncodingAESKey and the appid")
        self._token = token
        self._seal = None if mode == "plain" else seal

    def greeted(self, query: Mapping[str, str], now_s: float) -> str:
        """The `echostr` to send back when the address is entered in the console; plain in every mode."""
        _check_time(query, now_s)
        self._check(query, "signature")
        return query.get("echostr", "")

    def opened(self, query: Mapping[str, str], body: bytes, now_s: float) -> dict[str, str]:
        """The fields of a push. What can be told without the body is looked at first."""
        is_sealed = query.get("encrypt_type", "raw") != "raw"
        if is_sealed != (self._seal is not None):
            raise Refused("mode")
        _check_time(query, now_s)
        if self._seal is None:
            self._check(query, "signature")
            return fields_of(body)
        encrypted = fields_of(body).get("Encrypt", "")
        self._check(query, "msg_signature", encrypted)
        return fields_of(self._seal.opened(encrypted).encode())

    def closed(self, xml: str, nonce: str, now_s: int) -> str:
        """The envelope that carries `xml` as an answer; as it is where nothing is sealed."""
        if self._seal is None:
            return xml
        encrypted = self._seal.closed(xml)
        signed = signature(self._token, str(now_s), nonce, encrypted)
        return written({"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": now_s, "Nonce": nonce})

    def _check(self, query: Mapping[str, str], name: str, *more: str) -> None:
        wanted = signature(self._token, query.get("timestamp", ""), query.get("nonce", ""), *more)
        if not compare_digest(query.get(name, "").encode(), wanted.encode()):
            raise Refused("signature")


def _check_time(query: Mapping[str, str], now_s: float) -> None:
    at = query.get("timestamp", "")
    if not at.isascii() or not at.isdecimal() or len(at) > 12 or abs(int(at) - now_s) > WINDOW_S:
        raise Refused("stale")
