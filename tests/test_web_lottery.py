"""The published list of a draw: for everybody, byte by byte as it was hashed, and not before."""

from hashlib import sha256

from tests.test_lottery import HASH, PUBLISHED
from tests.web_visitor import Site, at_home


async def test_whoever_asks_reads_the_list_as_it_was_hashed() -> None:
    here = Site()
    here.linli.published["FZ002-01@2026-11-28"] = PUBLISHED
    async with at_home(here) as visitor:
        answer = await visitor.http.get("/lottery/FZ002-01@2026-11-28.txt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert sha256(answer.content).hexdigest() == HASH


async def test_there_is_no_list_before_it_is_published_and_none_of_a_session_without_a_draw() -> None:
    async with at_home(Site()) as visitor:
        assert (await visitor.http.get("/lottery/FZ002-01@2026-11-28.txt")).status_code == 404
        assert (await visitor.http.get("/lottery/..%2f..%2fetc%2fpasswd.txt")).status_code == 404
