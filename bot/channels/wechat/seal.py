"""What WeChat seals its pushes and our answers with: AES-256-CBC, as its encryption page describes.

Sealed is: 16 random bytes, the length of the text in 4 bytes (big-endian), the text in UTF-8, the appid;
padded by PKCS#7 to blocks of 32 bytes; encrypted with the 32 bytes of the EncodingAESKey, the first 16 of
them as initial vector; in base64. Nothing in it tells a changed byte: for that there
is the signature (gate.py).
"""

import base64
import binascii
import re
import secrets
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
RANDOM, LENGTH = 16, 4
_KEY = re.compile(r"[A-Za-z0-9]{43}")


class Refused(Exception):
    """It is not from WeChat, or not for us. The text is a word for the operator, never the content."""


def is_aes_key(text: str) -> bool:
    """Whether it can be an EncodingAESKey: 43 letters and digits."""
    return _KEY.fullmatch(text) is not None


class Seal:
    """Opens and closes with one key for one account. Raises ValueError for what is no EncodingAESKey."""

    def __init__(self, aes_key: str, appid: str) -> None:
        if not is_aes_key(aes_key):
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._appid = appid.encode()

    def opened(self, sealed: str) -> str:
        """The text in `sealed` (base64). Raises Refused, and nothing else, for whatever cannot be opened."""
        blob = _decoded(sealed)
        if not blob or len(blob) % BLOCK:
            raise Refused("size")
        decryptor = self._cipher.decryptor()
        full = _unpadded(decryptor.update(blob) + decryptor.finalize())
        start = RANDOM + LENGTH
        if len(full) < start:
            raise Refused("size")
        end = start + int.from_bytes(full[RANDOM:start], "big")
        if end > len(full):
            raise Refused("length")
        if not compare_digest(full[end:], self._appid):
            raise Refused("appid")
        try:
            return full[start:end].decode()
        except UnicodeDecodeError:
            raise Refused("encoding") from None

    def closed(self, text: str, random: bytes | None = None) -> str:
        """`text` sealed, in base64. `random`: 16 bytes, for tests alone."""
        content = text.encode()
        head = (random or secrets.token_bytes(RANDOM)) + len(content).to_bytes(LENGTH, "big")
        full = head + content + self._appid
        missing = BLOCK - len(full) % BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(
            encryptor.update(full + bytes([missing]) * missing) + encryptor.finalize()
        ).decode()


def _decoded(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Refused("base64") from None


def _unpadded(padded: bytes) -> bytes:
    count = padded[-1]
    if not 1 <= count <= BLOCK or not compare_digest(padded[-count:], bytes([count]) * count):
        raise Refused("padding")
    return padded[:-count]
