"""The files of deploy/ at work on loopback: nginx as the example has it, Linli as the unit starts it."""

import asyncio
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.clock import system_clock
from tests.cli import ROOT, environment
from tests.patience import moment

DEPLOY = ROOT / "deploy"
CONF = (DEPLOY / "nginx.conf").read_text("utf-8")
UNIT = (DEPLOY / "linli@.service").read_text("utf-8")
PATIENCE_S = 60
# Root's path on Debian; others have no /usr/sbin in theirs.
SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
PACKAGES = {"nginx": "nginx-light", "systemd-analyze": "systemd"}


def found(name: str, environment: Mapping[str, str], search: Callable[[str], str | None]) -> str:
    """The program to start. Where it is missing the tests fail in CI and are skipped elsewhere."""
    if program := search(name):
        return program
    told = f"the deployment tests need {name}: apt-get install {PACKAGES[name]}"
    if environment.get("CI"):
        pytest.fail(told, pytrace=False)
    pytest.skip(told)


def program(name: str) -> str:
    return found(name, os.environ, lambda each: shutil.which(each, path=SEARCHED))


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """`text` with each pair's first part as its second. What is not there would be replaced in vain."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def held_ports(many: int) -> Iterator[list[int]]:
    """Free ports that nobody else is given meanwhile. They are taken and refuse; a server, which may take a
    port again (SO_REUSEADDR), can still have it, as often as it is started."""
    with ExitStack() as stack:
        held = [stack.enter_context(closing(socket.socket())) for _ in range(many)]
        for each in held:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind(("127.0.0.1", 0))
        yield [each.getsockname()[1] for each in held]


def make_certificate(folder: Path) -> None:
    """One that this machine made for itself, as fullchain.pem and privkey.pem."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), system_clock()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@dataclass
class Proxy:
    """nginx at `url`; `plain` is where it listens without encryption."""

    url: str
    plain: str
    trusted: ssl.SSLContext

    def visitor(self, *, ip: str = "127.0.0.1") -> httpx.AsyncClient:
        """A client of its own that comes from `ip` of this machine."""
        transport = httpx.AsyncHTTPTransport(verify=self.trusted, local_address=ip)
        return httpx.AsyncClient(base_url=self.url, transport=transport, timeout=PATIENCE_S)


def main_conf(folder: Path, site: Path) -> str:
    """What Debian's own nginx.conf would be around the example, with every file in `folder`."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # A worker started by root would be nobody, who may not enter a folder of root's.
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log stderr error;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\ngzip on;\n{paths}include {site};\n}}\n"
    )


def write_confs(folder: Path, conf: str) -> Path:
    """The example and what is around it, with a certificate: the file that nginx is started with."""
    folder.mkdir(exist_ok=True)
    make_certificate(folder)
    site, main = folder / "linli.conf", folder / "nginx.conf"
    site.write_text(conf)
    main.write_text(main_conf(folder, site))
    return main


@asynccontextmanager
async def nginx(folder: Path, upstreams: tuple[int, int], conf: str = CONF) -> AsyncIterator[Proxy]:
    """The example before the two ports, listening where it is free."""
    async with AsyncExitStack() as stack:
        plain, secure = stack.enter_context(held_ports(2))
        main = write_confs(
            folder,
            replaced(
                conf,
                ("listen 80;", f"listen 127.0.0.1:{plain};"),
                ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
                ("127.0.0.1:8081", f"127.0.0.1:{upstreams[0]}"),
                ("127.0.0.1:8082", f"127.0.0.1:{upstreams[1]}"),
                ("/etc/ssl/linli", str(folder)),
                ("/var/log/nginx", str(folder)),
            ),
        )
        arguments = ("-e", "stderr", "-p", str(folder), "-c", str(main))
        process = await asyncio.create_subprocess_exec(
            program("nginx"), *arguments, stderr=asyncio.subprocess.PIPE
        )
        stack.push_async_callback(_ended, process)
        await _listens(process, secure)
        trusted = ssl.create_default_context(cafile=folder / "fullchain.pem")
        yield Proxy(f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", trusted)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.communicate()


async def _listens(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await moment()
                continue
            writer.close()
            await writer.wait_closed()
            return
    _, told = await process.communicate()
    pytest.fail(f"nginx did not start: {told.decode()}")


def settings_file(folder: Path) -> dict[str, str]:
    """The example's settings, with everything in `folder`."""
    text = replaced((DEPLOY / "linli.env").read_text("utf-8"), ("/var/lib/linli", str(folder)))
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def exec_start(port: int, unit: str = UNIT) -> list[str]:
    """The unit's command for an instance, with this environment's program."""
    [line] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    words = shlex.split(replaced(line, ("%i", str(port))))
    at = words.index("/opt/linli/.venv/bin/linli")
    return [*words[:at], sys.executable, "-m", "bot", *words[at + 1 :]]


@dataclass
class Instance:
    """One instance of the unit; what systemd would hear from it is read from `line`."""

    port: int
    env: dict[str, str]
    folder: Path
    line: socket.socket = field(init=False)
    process: asyncio.subprocess.Process = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / f"{self.port}.log").read_text("utf-8")

    async def start(self) -> None:
        """Returns when it says that it is ready, as `systemctl start` does."""
        await self.launch()
        await self.is_ready()

    async def launch(self) -> None:
        name = f"linli-{uuid4()}"
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.setblocking(False)
        self.line.bind(f"\0{name}")
        with (self.folder / f"{self.port}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *exec_start(self.port), env=self.env | {"NOTIFY_SOCKET": f"@{name}"}, stderr=log
            )

    async def is_ready(self) -> None:
        hears, ends = asyncio.create_task(self.hears()), asyncio.create_task(self.process.wait())
        await asyncio.wait({hears, ends}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        ends.cancel()
        assert hears.done(), self.log
        assert hears.result() == "READY=1"

    async def hears(self) -> str:
        async with asyncio.timeout(PATIENCE_S):
            return (await asyncio.get_running_loop().sock_recv(self.line, 100)).decode()

    def tell(self, how: signal.Signals) -> None:
        self.process.send_signal(how)

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE_S):
            code = await self.process.wait()
        self.line.close()
        return code

    async def stop(self) -> int:
        self.tell(signal.SIGTERM)
        return await self.ended()


@asynccontextmanager
async def instances(
    url: str, folder: Path, more: Mapping[str, str] | None = None, *, many: int = 2
) -> AsyncIterator[list[Instance]]:
    """Instances of the unit over one database, with `more` settings, ready; killed where they still run."""
    env = environment(url, folder, **settings_file(folder) | {"DATABASE_URL": url} | dict(more or {}))
    async with AsyncExitStack() as stack:
        started = [Instance(port, env, folder) for port in stack.enter_context(held_ports(many))]
        for each in started:
            await each.launch()
            stack.push_async_callback(_killed, each)
        for each in started:
            await each.is_ready()
        yield started


async def _killed(instance: Instance) -> None:
    if instance.process.returncode is None:
        instance.process.kill()
        await instance.ended()


@asynccontextmanager
async def breaking(answer: bytes = b"") -> AsyncIterator[tuple[int, list[bytes]]]:
    """Something at a port that reads the head of each request and answers `answer`, or breaks off without:
    its port, and what it read."""
    heard: list[bytes] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard
