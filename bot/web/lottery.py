"""What anybody may check: lists of entrants before a draw as they were hashed, and the ledger's hashes."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web.conversation import Conversation


class PublishedLists:
    def __init__(self, linli: Conversation) -> None:
        self._linli = linli

    async def serve(self, request: Request) -> Response:
        """404 until registration is over; receipts and sizes stand in it, and nobody's name."""
        text = await self._linli.published_list(request.path_params["session"])
        if text is None:
            raise HTTPException(404)
        return PlainTextResponse(text)

    async def roots(self, _: Request) -> Response:
        """One line a day: the day, the number of its last entry, the hash."""
        return PlainTextResponse(await self._linli.ledger_roots())
