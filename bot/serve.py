"""`linli run`: the web server, the timed jobs and the outbox, until told to stop."""

import asyncio
import signal
import socket
from argparse import Namespace
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from functools import partial

from rich.console import Console
from rich.progress import Progress
from starlette.routing import BaseRoute

from bot.channels.telegram.account import open_telegram
from bot.channels.wechat.account import open_wechat
from bot.desk import Desk
from bot.dispatch import Deliver, Dispatcher, NotNow, Parcel, jitter
from bot.jobs import JOBS, Job
from bot.linli import Linli
from bot.memory import give_back_large_blocks
from bot.schedule import timetable
from bot.secret import secret_of
from bot.settings import Settings, supervisor
from bot.supervisor import watched
from bot.web.app import make_app
from bot.web.door import WebSettings
from bot.web.health import Probe
from bot.web.server import Server, make_server
from bot.wiring import SAMPLE, open_linli
from handlers import directory_import
from messages.workbook import RowKind, read_workbook
from storage.database import DatabaseError
from storage.migrate import FOLDER, migrations_in, schema_version
from storage.outbox import Lane

OUT = Console(stderr=True)


class ServeError(OSError):
    """The web server cannot be started; the text says which setting is in the way."""


async def serve(settings: Settings, given: Namespace) -> int:
    """Serve until SIGINT or SIGTERM; the first start fills an empty directory with the sample.

    Raises ServeError when the address cannot be had.
    """
    with closing(bound(settings.host, settings.port)) as door:
        await serve_behind(door, settings, import_if_empty=not given.no_sample)
    return 0


def bound(host: str, port: int) -> socket.socket:
    """The address taken, before anything else is begun; connections are let in later."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind, protocol)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
        except BaseException:
            door.close()
            raise
    except OSError as error:
        raise ServeError(
            f"LINLI_HOST, LINLI_PORT: {host} port {port} cannot be had ({error.strerror}); "
            "is Linli running already? Set another port, or 0 for a free one"
        ) from None
    return door


async def serve_behind(door: socket.socket, settings: Settings, *, import_if_empty: bool) -> None:
    async with open_linli(settings) as linli:
        if not linli.directory.centres and import_if_empty:
            await import_sample(linli)
        async with (
            open_wechat(linli) as wechat,
            open_telegram(linli) as telegram,
            working(linli, {"wechat": wechat.deliver, "telegram": telegram.deliver}),
        ):
            server = web_server(linli, channels=(*wechat.routes, *telegram.routes))
            outlive_signals(server)
            await serve_web(server, door, linli.settings)


def outlive_signals(server: Server) -> None:
    """uvicorn listens for signals only once it runs, and sends itself the one that stopped it once more; by
    then the database, the jobs and the model are still to be closed. Meanwhile both are heard, which does no
    harm: told twice to stop, it stops."""

    def stop() -> None:
        server.should_exit = True

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop)


async def import_sample(linli: Linli) -> None:
    """The sample directory, so that a first start has something to talk about."""
    with Progress(console=OUT, transient=True) as progress:
        bar = progress.add_task("importing the sample directory", total=3)
        read = await asyncio.to_thread(read_workbook, SAMPLE)
        progress.advance(bar)
        report = await directory_import.import_directory(linli.database, read, now=linli.clock())
        progress.advance(bar)
        await linli.take_up_directory()  # the vectors come while residents are answered already
        progress.advance(bar)
    OUT.print(f"imported the sample directory: {report.counts[RowKind.CENTRE].added} centres (invented data)")


@asynccontextmanager
async def working(linli: Linli, channels: Mapping[str, Deliver]) -> AsyncIterator[None]:
    """The timed jobs and the outbox worker, around whatever is served; `channels` beside the web page."""
    dispatcher = outbox_worker(linli, channels)
    async with timetable(linli, (*JOBS, *outbox_jobs(linli, dispatcher))):
        try:
            yield
        finally:
            await dispatcher.finish()


def outbox_worker(linli: Linli, channels: Mapping[str, Deliver]) -> Dispatcher:
    """It delivers to the page and to `channels`, which make phones ring."""
    return Dispatcher(linli.database, {"web": page_of(linli), **channels}, chance=jitter, rings=channels)


def outbox_jobs(linli: Linli, dispatcher: Dispatcher) -> list[Job]:
    """A job for each lane of the outbox."""

    async def deliver(lane: Lane, _: Linli, now: object) -> str:
        return f"sent {await dispatcher.drain(linli.clock, lane)}"

    every = timedelta(seconds=linli.settings.refresh_s)
    return [
        Job(f"outbox-{name}" if name else "outbox", every, partial(deliver, lane))
        for name, lane in dispatcher.lanes.items()
    ]


def page_of(linli: Linli) -> Deliver:
    """Delivers to connected pages: they are told and read the message themselves."""

    async def deliver(parcel: Parcel) -> None:
        if not linli.ears.ring(parcel.channel, parcel.address):
            raise NotNow("no page is connected")

    return deliver


def web_server(linli: Linli, *, channels: Iterable[BaseRoute]) -> Server:
    settings = linli.settings
    web = WebSettings(
        key=secret_of(settings.secret_file).encode(),
        public_url=settings.public_url,
        trusted_proxies=settings.trusted_proxies,
        turns_per_minute=settings.turns_per_minute,
        turns_per_minute_address=settings.turns_per_minute_address,
        help_line=settings.help_line,
    )

    async def probes() -> list[Probe]:
        return await look(linli)

    app = make_app(linli, web, probes, figures=linli.metrics.text, channels=channels, desk=Desk(linli))
    return make_server(app, host=settings.host, port=settings.port)


async def serve_web(server: Server, door: socket.socket, settings: Settings) -> None:
    give_back_large_blocks()
    serving = asyncio.create_task(server.serve([door]))
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
    if ready.cancel() or server.should_exit:  # it never began, and says why; or was told to stop meanwhile
        await serving
        return
    OUT.print(f"Linli is at {settings.public_url or server.url()} (Ctrl-C stops it)")
    async with watched(supervisor()):
        await serving


async def look(linli: Linli) -> list[Probe]:
    """Whether each part that answers need is there."""
    try:
        version = await schema_version(linli.database)
    except DatabaseError as error:
        return [Probe("database", False, type(error).__name__)]
    known = max(migration.version for migration in migrations_in(FOLDER))
    centres = len(linli.directory.centres)
    by_words = linli.meaning.by_words_because
    return [
        Probe("database", True, linli.database.engine),
        Probe("migrations", version == known, f"version {version} of {known}"),
        Probe("directory", centres > 0, f"{centres} centres, version {linli.directory.version}"),
        Probe("vectors", by_words is None, by_words or "services are found by meaning", required=False),
    ]
