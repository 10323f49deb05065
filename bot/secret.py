"""The key that signs cookies and hashes codes, in a file of its own."""

import secrets
from contextlib import suppress
from pathlib import Path

from bot.settings import SettingsError

SHORTEST_SECRET = 16


def secret_of(path: Path) -> str:
    """The key that signs cookies, from its file; made, readable by its owner only, when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # it is there, or another process was just faster
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32), "ascii")
        try:
            path.hardlink_to(fresh)
        finally:
            fresh.unlink()
    secret = path.read_text("ascii").strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"LINLI_SECRET_FILE: {path} holds {len(secret)} characters, {SHORTEST_SECRET} at least are "
            "needed; delete it and it is made anew"
        )
    return secret
