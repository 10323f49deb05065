"""What nginx does as deploy/nginx.conf sets it up, each guard beside a copy of the example without it."""

import asyncio
import socket
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from bot.channels.telegram.intake import UPDATE_BYTES
from bot.web.bodies import UPLOAD_BYTES
from bot.web.server import Server
from messages.photo import MOST_BYTES
from tests.deployment import CONF, breaking, held_ports, nginx, program, replaced
from tests.deployment import found as searched
from tests.photos import jpeg
from tests.web_visitor import SETTINGS, Site, Visitor, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
BEHIND = replace(
    SETTINGS, trusted_proxies=(ip_network("127.0.0.1/32"),), public_url="https://linli.example.org"
)
MESSAGES = ("/say", "/api/say", "/telegram", "/photo", "/api/photo")
PEOPLE = [f"/wechat?openid=o{each}&nonce=" for each in range(41)]
SOON_S = 2


def port_of(server: Server) -> int:
    return int(server.url().rpartition(":")[2])


@pytest.mark.parametrize("name", ["nginx", "systemd-analyze"])
def test_a_missing_program_fails_in_ci_and_says_what_to_install(name: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=f"need {name}: apt-get install"):
        searched(name, {"CI": "1"}, lambda _: None)
    with pytest.raises(pytest.skip.Exception, match=f"need {name}: apt-get install"):
        searched(name, {}, lambda _: None)
    assert searched(name, {"CI": "1"}, lambda each: f"/bin/{each}") == f"/bin/{name}"


async def test_a_port_that_is_held_refuses_and_is_for_servers_alone() -> None:
    with held_ports(1) as [port], socket.socket() as another:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        with pytest.raises(OSError, match="in use"):
            another.bind(("127.0.0.1", port))
        for _ in range(2):
            async with await asyncio.start_server(lambda _, there: there.close(), "127.0.0.1", port):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await writer.wait_closed()


async def test_the_example_is_one_that_nginx_takes_without_a_warning(tmp_path: Path) -> None:
    async with nginx(tmp_path, (1, 2)) as proxy:
        arguments = ("-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"))
        check = await asyncio.create_subprocess_exec(
            program("nginx"), *arguments, stderr=asyncio.subprocess.PIPE
        )
        _, told = await check.communicate()
        assert check.returncode == 0
        assert "warn" not in told.decode()
        async with httpx.AsyncClient() as http:
            led = await http.get(f"{proxy.plain}/code?x=1")
    assert (led.status_code, led.headers["location"]) == (301, "https://127.0.0.1/code?x=1")


# How others might write an address so that nginx reads another one than Linli.
@pytest.mark.parametrize("path", ["metrics", "healthz", "readyz"])
async def test_what_is_for_operators_is_refused_however_it_is_written(tmp_path: Path, path: str) -> None:
    hidden = f"%{ord(path[0]):x}{path[1:]}"
    spelt = (f"/{path}", f"//{path}", f"/{hidden}", f"/static/../{path}", f"/x/..%2f{path}", f"/{path}?x")
    async with breaking(OK) as (port, heard):
        async with nginx(tmp_path, (port, port)) as proxy, proxy.visitor() as http:
            for each in spelt:
                refused = await http.get(httpx.URL(proxy.url, raw_path=each.encode()))
                assert refused.status_code == 404, each
            assert heard == []
            assert (await http.get("/ledger.txt")).text == "ok"
        doctored = replaced(CONF, (f"location = /{path} {{ return 404; }}", ""))
        async with nginx(tmp_path / "doctored", (port, port), doctored) as proxy, proxy.visitor() as http:
            assert (await http.get(f"/{path}")).text == "ok"


async def test_an_internet_address_is_that_of_the_connection_whatever_a_browser_says(tmp_path: Path) -> None:
    async def origin(conf: str, folder: Path) -> str:
        site = Site(BEHIND)
        async with serving(site) as server:
            port = port_of(server)
            async with nginx(folder, (port, port), conf) as proxy, proxy.visitor(ip="127.0.0.2") as http:
                http.headers["X-Forwarded-For"] = "203.0.113.9"
                visitor = Visitor(http)
                await visitor.open()
                assert (await visitor.say("几点开门")).status_code == 200
        [message] = site.linli.heard
        return str(message.origin).partition(" ")[0]

    assert await origin(CONF, tmp_path) == "127.0.0.2"
    doctored = replaced(CONF, ("proxy_set_header X-Forwarded-For $remote_addr;", ""))
    assert await origin(doctored, tmp_path / "doctored") == "203.0.113.9"


async def test_security_headers_are_there_once_and_cookies_are_for_https_alone(tmp_path: Path) -> None:
    async with serving(Site(BEHIND)) as server:
        port = port_of(server)
        async with nginx(tmp_path, (port, port)) as proxy, proxy.visitor() as http:
            page = await http.get("/", headers={"Accept-Encoding": "gzip"})
    for name in (
        "strict-transport-security", "content-security-policy", "x-content-type-options", "referrer-policy",
        "permissions-policy", "cache-control",
    ):  # fmt: skip
        assert len(page.headers.get_list(name)) == 1, name
    assert page.headers["server"] == "nginx"
    assert "content-encoding" not in page.headers
    assert all("; Secure" in cookie for cookie in page.headers.get_list("set-cookie"))


async def send_photo(conf: str, folder: Path, content: bytes) -> httpx.Response:
    async with serving(Site(BEHIND)) as server:
        port = port_of(server)
        async with nginx(folder, (port, port), conf) as proxy, proxy.visitor() as http:
            visitor = Visitor(http)
            await visitor.open()
            return await http.post(
                "/api/photo",
                data={"id": "photo-0001", "say": "/photo case G-0001"},
                files={"photo": ("a.jpg", content)},
                headers={"x-csrf": visitor.csrf},
            )


async def test_a_photo_of_the_allowed_size_gets_in_and_a_larger_one_is_answered_by_linli(
    tmp_path: Path,
) -> None:
    photo = jpeg()
    largest = photo + b"\x00" * (MOST_BYTES - len(photo))
    assert (await send_photo(CONF, tmp_path, largest)).status_code == 200
    larger = await send_photo(CONF, tmp_path, b"\x00" * (UPLOAD_BYTES + 1))
    assert larger.status_code == 413
    assert larger.json()["text"]
    doctored = replaced(CONF, ("client_max_body_size 32m;", ""))
    refused = await send_photo(doctored, tmp_path, largest)
    assert (refused.status_code, refused.headers["content-type"]) == (413, "text/html")


async def push(conf: str, folder: Path, size: int) -> int:
    """What an update of so many bytes is answered: 404 by a Linli without a bot."""
    async with serving(Site(BEHIND)) as server:
        port = port_of(server)
        async with nginx(folder, (port, port), conf) as proxy, proxy.visitor() as http:
            return (await http.post("/telegram", content=b"x" * size)).status_code


async def test_an_update_of_telegram_gets_in_as_large_as_linli_takes_it(tmp_path: Path) -> None:
    assert await push(CONF, tmp_path, UPDATE_BYTES) == 404
    assert await push(CONF, tmp_path, UPDATE_BYTES + 1) == 413
    doctored = replaced(CONF, ("client_max_body_size 1m;", ""))
    assert await push(doctored, tmp_path, UPDATE_BYTES) == 413


async def first_step(conf: str, folder: Path, patience_s: float | None = None) -> str | None:
    """What a page reads of a stream that stays open; None when nothing comes in `patience_s`."""
    async with serving(Site(BEHIND)) as server:
        port = port_of(server)
        async with nginx(folder, (port, port), conf) as proxy, proxy.visitor() as http:
            visitor = Visitor(http)
            await visitor.open()
            await visitor.say("几点开门")
            try:
                async with (
                    asyncio.timeout(patience_s),
                    http.stream("GET", "/api/stream") as stream,
                ):
                    async for line in stream.aiter_lines():
                        if line.startswith("data:"):
                            return line
            except TimeoutError:
                return None
    return None


async def test_a_stream_is_passed_on_at_once_for_two_reasons(tmp_path: Path) -> None:
    line, asked = "proxy_buffering off;", "proxy_ignore_headers X-Accel-Buffering;"
    assert "几点开门" in (await first_step(CONF, tmp_path) or "")
    without_header = replaced(CONF, (line, f"{line} {asked}"))
    assert "几点开门" in (await first_step(without_header, tmp_path) or "")
    without_line = replaced(CONF, (line, ""))
    assert "几点开门" in (await first_step(without_line, tmp_path) or "")
    without_both = replaced(CONF, (line, asked))
    assert await first_step(without_both, tmp_path, SOON_S) is None


async def statuses(proxy_conf: str, folder: Path, ports: tuple[int, int], *paths: str) -> set[int]:
    """What requests are answered: of two with the same path one meets the first port first."""
    async with nginx(folder, ports, proxy_conf) as proxy, proxy.visitor() as http:
        return {(await http.post(path, content=b"x")).status_code for path in paths}


async def test_a_message_whose_connection_breaks_is_given_to_the_other_process(tmp_path: Path) -> None:
    async with breaking() as (broken, _), breaking(OK) as (well, _):
        doctored = replaced(CONF, (" non_idempotent;", ";"))
        for paths in [*((path, path) for path in MESSAGES), PEOPLE]:
            assert await statuses(CONF, tmp_path, (broken, well), *paths) == {200}, paths
            assert await statuses(doctored, tmp_path, (broken, well), *paths) == {200, 502}, paths


async def asked(conf: str, folder: Path) -> list[set[str]]:
    """Whose pushes come to each of two processes, when each comes three times."""
    async with breaking(OK) as (one, first), breaking(OK) as (other, second):
        async with nginx(folder, (one, other), conf) as proxy, proxy.visitor() as http:
            for nonce in range(3):
                for path in PEOPLE:
                    assert (await http.post(f"{path}{nonce}", content=b"x")).status_code == 200
        return [{each.split(b" ")[1].decode()[:-1] for each in heard} for heard in (first, second)]


async def test_what_wechat_pushes_again_comes_to_the_process_that_works_on_it(tmp_path: Path) -> None:
    first, second = await asked(CONF, tmp_path)
    assert first
    assert second
    assert not first & second
    assert first | second == set(PEOPLE)
    first, second = await asked(replaced(CONF, ("hash $arg_openid consistent;", "")), tmp_path / "doctored")
    assert first & second


async def test_who_writes_in_wechat_is_answered_while_a_process_is_away(tmp_path: Path) -> None:
    with held_ports(1) as [away]:
        async with breaking(OK) as (well, heard):
            assert await statuses(CONF, tmp_path, (away, well), *PEOPLE) == {200}
            assert len(heard) == len(PEOPLE)


async def test_what_has_no_id_is_sent_once(tmp_path: Path) -> None:
    async with breaking() as (broken, _), breaking(OK) as (well, heard):
        for path in ("/code", "/keep", "/leave"):
            assert await statuses(CONF, tmp_path, (broken, well), path, path) == {200, 502}
        assert len(heard) == 3


async def both_restarted(conf: str, folder: Path) -> list[int]:
    """Two ports of which first the one, then the other refuses, one right after the other."""
    found: list[int] = []

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        writer.close()

    with held_ports(2) as (first, second):
        async with nginx(folder, (first, second), conf) as proxy, proxy.visitor() as http:
            for up in (second, first):
                async with await asyncio.start_server(answers, "127.0.0.1", up):
                    found += [(await http.post("/code", content=b"x")).status_code for _ in range(4)]
    return found


async def test_a_process_that_is_back_is_asked_at_once(tmp_path: Path) -> None:
    assert await both_restarted(CONF, tmp_path) == [200] * 8
    doctored = replaced(CONF, (" max_fails=0", ""))
    assert 502 in await both_restarted(doctored, tmp_path)
