"""The files of a digest, at addresses that nobody guesses and that end: its chart and its workbook.

An address names a digest as it was kept and the language of its files. Who has it needs no post: it is for
the one to whom it was given, as a certificate's is.
"""

from datetime import timedelta

from handlers.safe import Safe
from handlers.world import World
from messages.view_codec import ViewError, from_json
from messages.views_digest import DigestShown
from storage import digests
from storage.transaction import Transaction

GOOD_FOR = timedelta(days=7)


def addresses_of(digest_id: str, language: str, world: World, safe: Safe) -> tuple[str, str]:
    """Where the chart and the workbook of a kept digest are for a week, beginning with '/' where nobody told
    our address."""
    token = safe.addresses.make(("digest", digest_id, language), world.now + GOOD_FOR)
    path = f"{world.policy.page or ''}/digest/{token}"
    return f"{path}.png", f"{path}.xlsx"


async def of_address(tx: Transaction, about: tuple[str, ...]) -> tuple[DigestShown, str] | None:
    """The digest that an address is about, and its language; None for what is no digest that can be read."""
    match about:
        case ("digest", digest_id, language):
            kept = await digests.of_id(tx, digest_id)
        case _:
            return None
    if kept is None:
        return None
    try:
        view, _ = from_json(kept.view)
    except ViewError:
        return None
    return (view, language) if isinstance(view, DigestShown) else None
