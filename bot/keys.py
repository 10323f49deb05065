"""The ring of keys that names are sealed with: a file for each centre and term, outside the database.

A name is padded, so that its length tells nothing, and sealed with AES-256-GCM (NIST SP 800-38D) under a
random nonce; the ids of its row go in as associated data.
"""

import hmac
import os
import secrets
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.logs import log
from handlers.safe import KeyLost, KeyName

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
# A sealed text is as long as the next multiple of this.
PADDED_TO = 64
OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_BETWEEN = "\x1f"


class Ring(ABC):
    """Seals and opens; where the keys are is another matter."""

    @abstractmethod
    def make(self, name: KeyName) -> None: ...

    @abstractmethod
    def _key(self, name: KeyName) -> bytes: ...

    def seal(self, name: KeyName, text: str, about: tuple[str, ...]) -> bytes:
        plain = text.encode()
        plain += b"\x00" * (-len(plain) % PADDED_TO)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self._key(name)).encrypt(nonce, plain, _bound(name, about))

    def opened(self, name: KeyName, sealed: bytes, about: tuple[str, ...]) -> str:
        key = self._key(name)
        nonce, closed = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            if sealed[:1] != VERSION:
                raise InvalidTag
            return AESGCM(key).decrypt(nonce, closed, _bound(name, about)).rstrip(b"\x00").decode()
        except InvalidTag:
            raise KeyLost(
                f"a name of centre {name.centre_id}, term {name.term}, was not sealed with the key that is "
                "there, or was changed since: bring back the key that belongs to this database"
            ) from None

    def trace(self, name: KeyName, about: tuple[str, ...]) -> str | None:
        """HMAC-SHA-256 (RFC 2104) in hexadecimal."""
        try:
            self.make(name)
            key = self._key(name)
        except (KeyLost, OSError) as error:
            log("keys").error("no trace of a device is kept", why=str(error))
            return None
        return hmac.new(key, _BETWEEN.join(("linli mac", *about)).encode(), sha256).hexdigest()


def _bound(name: KeyName, about: tuple[str, ...]) -> bytes:
    return _BETWEEN.join(("linli name", name.centre_id, name.term, *about)).encode()


class KeyRing(Ring):
    """Keys in a folder that its owner alone may enter (0700), a file of 0600 for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, name: KeyName) -> Path:
        return self._folder / f"{quote(name.centre_id, safe='')}={quote(name.term, safe='')}.key"

    def make(self, name: KeyName) -> None:
        path = self.path_of(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_folder()
        if path.exists():
            return
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with _created(fresh) as file:
            os.write(file, secrets.token_bytes(KEY_BYTES).hex().encode() + b"\n")
            os.fsync(file)
        try:
            with suppress(FileExistsError):  # another process was just faster
                path.hardlink_to(fresh)
        finally:
            fresh.unlink()
        _sync_folder(self._folder)

    def has(self, name: KeyName) -> bool:
        return self.path_of(name).exists()

    def _key(self, name: KeyName) -> bytes:
        path = self.path_of(name)
        self._check_folder()
        try:
            mode, text = path.stat().st_mode, path.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise KeyLost(
                f"LINLI_KEYS_DIR: the key {path} is missing or cannot be read, and without it the names of "
                "this centre and term can't either: bring it back from where you keep copies of the keys"
            ) from None
        if mode & OTHERS_MAY:
            raise KeyLost(f"LINLI_KEYS_DIR: others may read {path}; run: chmod 600 {path}")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyLost(f"LINLI_KEYS_DIR: {path} is damaged: bring it back from your copies of the keys")
        return key

    def _check_folder(self) -> None:
        try:
            mode = self._folder.stat().st_mode
        except FileNotFoundError:
            return  # then the key is missing, too, and that is told
        if mode & OTHERS_MAY:
            raise KeyLost(f"LINLI_KEYS_DIR: others may enter {self._folder}; run: chmod 700 {self._folder}")

    def destroy(self, name: KeyName) -> bool:
        """Overwritten before it is removed; some disks write elsewhere than told and keep it for a while."""
        path = self.path_of(name)
        try:
            file = os.open(path, os.O_WRONLY)
        except FileNotFoundError:
            return False
        try:
            length = os.fstat(file).st_size
            for filling in (secrets.token_bytes(length), b"\x00" * length):
                os.pwrite(file, filling, 0)
                os.fsync(file)
        finally:
            os.close(file)
        path.unlink(missing_ok=True)
        _sync_folder(self._folder)
        return True


class PassingKeys(Ring):
    """Keys that are gone with the process, for dialogues that leave nothing behind."""

    def __init__(self) -> None:
        self._held: dict[KeyName, bytes] = {}

    def make(self, name: KeyName) -> None:
        self._held.setdefault(name, secrets.token_bytes(KEY_BYTES))

    def has(self, name: KeyName) -> bool:
        return name in self._held

    def _key(self, name: KeyName) -> bytes:
        try:
            return self._held[name]
        except KeyError:
            raise KeyLost(f"the key of centre {name.centre_id}, term {name.term}, is not there") from None

    def destroy(self, name: KeyName) -> bool:
        return self._held.pop(name, None) is not None


@contextmanager
def _created(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    """A name in a folder is on disk once the folder is."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
