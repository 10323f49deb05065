"""What operators and load balancers ask: alive, ready, and the figures."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response


class Probe(NamedTuple):
    """One part that was looked at. Without a required part Linli is not ready; others only say how it is."""

    name: str
    ok: bool
    detail: str
    required: bool = True


Probes = Callable[[], Awaitable[Sequence[Probe]]]
Figures = Callable[[], bytes]


class Health:
    def __init__(self, probes: Probes, figures: Figures) -> None:
        self._probes = probes
        self._figures = figures

    async def alive(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(self, _: Request) -> Response:
        """200 when every required part is there, otherwise 503; each part with what it says."""
        probes = await self._probes()
        ready = all(probe.ok for probe in probes if probe.required)
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": ready, "checks": [probe._asdict() for probe in probes]}, status)

    async def figures(self, _: Request) -> Response:
        return Response(self._figures(), media_type=CONTENT_TYPE_LATEST)
