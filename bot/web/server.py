"""Runs the application on uvicorn: no access log, no proxy header believed, streams closed at the end."""

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette

GRACE_S = 10
"""Seconds that running requests have to finish when the server stops."""


class Server(uvicorn.Server):
    """uvicorn waits for open requests before it tells the application that it stops; a stream is open
    for as long as a page is, so the application is told first."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self._app = app
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.closing.set()
        await super().shutdown(sockets)

    def url(self) -> str:
        """Where the server is found, once `started`; with port 0 the one that was free."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(app: Starlette, *, host: str, port: int) -> Server:
    """`await make_server(…).serve()` runs until SIGTERM or SIGINT. Logging is left as it was set up."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, app)
