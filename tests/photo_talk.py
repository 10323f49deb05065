"""People who send photos and look at them, for tests."""

from uuid import uuid4

from bot.linli import Linli, Reply
from handlers.message import Message
from storage import photos
from storage.photos import KeptPhoto
from storage.statements import statement
from tests.photos import jpeg

KEPT = statement("test.photos", "SELECT id FROM photo ORDER BY made_at, id")
HOST = "/photo/"


async def sends(
    linli: Linli, who: str, content: bytes | None = None, said: str = "", channel: str = "web"
) -> Reply:
    """What becomes of a file; with `said` as a photo button says it, without as a phone's app sends it."""
    message = Message(channel, who, str(uuid4()), said, tapped=bool(said))
    return await linli.photos.hear(message, jpeg() if content is None else content)


def tokens(reply: Reply) -> list[str]:
    """Those of the photos that an answer shows."""
    urls = [link.url for link in reply.rendered.links]
    return [url.partition(HOST)[2].removesuffix(".jpg") for url in urls if HOST in url]


async def told_tokens(linli: Linli, who: str, channel: str = "web") -> list[str]:
    """Those of all that somebody was shown, the last at the end."""
    lines = await linli.lines(channel, who, after=0)
    urls = [link.url for line in lines for link in line.rendered.links]
    return [url.partition(HOST)[2].removesuffix(".jpg") for url in urls if HOST in url]


async def looks(linli: Linli, who: str, token: str) -> bytes | None:
    return await linli.photos.at(token, "web", who)


async def kept(linli: Linli) -> list[KeptPhoto]:
    """All rows, also of those that are gone."""
    async with linli.database.read() as tx:
        found = [await photos.of_id(tx, row["id"]) for row in await tx.rows(KEPT)]
    return [each for each in found if each]
