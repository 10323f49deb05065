"""The files of a kept digest: for whoever has the address, until it ends, made one at a time."""

import asyncio
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.clock import fixed_clock
from bot.digests import DigestFiles
from bot.linli import Linli
from handlers.digest_files import GOOD_FOR, addresses_of
from messages.digest_chart import chart_png
from messages.view_codec import to_json
from messages.views import Greeted
from messages.views_digest import DigestShown
from storage import digests
from storage.digests import Digest
from tests.digests import DIGEST


async def kept(linli: Linli, view: str | None = None) -> str:
    """The id of a digest in the database."""
    stored = view or to_json(DIGEST, "zh")
    digest = Digest("d1", "centre FZ002", "week", DIGEST.first_on, stored, linli.clock())
    return (await linli.database.write(lambda tx: digests.add(tx, digest))).id


def token(linli: Linli, digest_id: str, language: str = "zh") -> str:
    chart, workbook = addresses_of(digest_id, language, linli.world(linli.clock()), linli.safe)
    assert chart.removesuffix(".png") == workbook.removesuffix(".xlsx")
    return chart.removesuffix(".png").rpartition("/")[2]


async def test_both_files_are_made_of_what_was_kept_in_the_language_of_the_address(linli: Linli) -> None:
    digest_id = await kept(linli)
    chart = await linli.digest_file(token(linli, digest_id), "png")
    assert chart
    assert (chart.content, chart.first_on) == (chart_png(DIGEST, "zh"), DIGEST.first_on)
    english = await linli.digest_file(token(linli, digest_id, "en"), "png")
    assert english
    assert english.content == chart_png(DIGEST, "en")
    book = await linli.digest_file(token(linli, digest_id, "zh-Hant"), "xlsx")
    assert book
    assert load_workbook(BytesIO(book.content)).sheetnames[0] == "彙總"


async def test_an_address_ends(linli: Linli) -> None:
    good = token(linli, await kept(linli))
    for pause, is_there in ((GOOD_FOR - timedelta(seconds=1), True), (GOOD_FOR, False)):
        later = linli.over(linli.database, fixed_clock(linli.clock() + pause), safe=linli.safe)
        assert (await later.digest_file(good, "png") is not None) is is_there


async def test_nobody_gets_one_without_an_address_of_ours(linli: Linli) -> None:
    good = token(linli, await kept(linli))
    assert await linli.digest_file(token(linli, "d2"), "png") is None
    for bad in ("", "x", good[:-1], good.replace("d1", "d2"), good.replace(".zh.", ".en.")):
        assert await linli.digest_file(bad, "png") is None
    stranger = linli.over(linli.database, linli.clock)
    assert await stranger.digest_file(good, "png") is None


async def test_addresses_of_certificates_and_digests_open_nothing_of_each_other(linli: Linli) -> None:
    good = token(linli, await kept(linli))
    assert await linli.certificate(good) is None
    until = linli.clock() + GOOD_FOR
    for about in (("d1",), ("booking", "d1", "zh"), ("digest", "d1", "zh", "20261101")):
        assert await linli.digest_file(linli.safe.addresses.make(about, until), "png") is None


@pytest.mark.parametrize("stored", ["{}", to_json(Greeted(()), "zh")])
async def test_what_is_kept_and_is_no_digest_to_this_version_is_none(linli: Linli, stored: str) -> None:
    good = token(linli, await kept(linli, stored))
    assert await linli.digest_file(good, "xlsx") is None


async def test_an_address_begins_where_residents_reach_us_if_that_is_known(sqlite_linli: Linli) -> None:
    world = sqlite_linli.world(sqlite_linli.clock())
    chart, workbook = addresses_of("d1", "zh", world, sqlite_linli.safe)
    assert (chart[:8], workbook[:8]) == ("/digest/", "/digest/")
    known = replace(world, policy=replace(world.policy, page="https://linli.example"))
    assert addresses_of("d1", "zh", known, sqlite_linli.safe)[1].startswith("https://linli.example/digest/")


@dataclass
class Slow:
    """Makes files when it may, and remembers how many were in work at a time and in which threads."""

    may: threading.Event = field(default_factory=threading.Event)
    has_begun: threading.Event = field(default_factory=threading.Event)
    most: int = 0
    now: int = 0
    threads: set[int] = field(default_factory=set)

    def make(self, digest: DigestShown, language: str) -> bytes:
        self.now += 1
        self.most = max(self.most, self.now)
        self.threads.add(threading.get_ident())
        self.has_begun.set()
        assert self.may.wait(20)
        self.now -= 1
        return language.encode()


async def test_one_is_made_at_a_time_and_meanwhile_everything_else_goes_on() -> None:
    slow = Slow()
    files = DigestFiles({"png": slow.make, "xlsx": slow.make})
    kinds = ("png", "xlsx") * 4
    making = [asyncio.create_task(files.made(kind, DIGEST, str(n))) for n, kind in enumerate(kinds)]
    await asyncio.to_thread(slow.has_begun.wait, 20)
    for _ in range(100):
        await asyncio.sleep(0)
    assert slow.has_begun.is_set()
    assert not any(task.done() for task in making)
    slow.may.set()
    made = await asyncio.gather(*making)
    assert [file.content for file in made] == [str(n).encode() for n in range(8)]
    assert slow.most == 1
    assert threading.get_ident() not in slow.threads


async def test_one_that_fails_lets_the_next_one_in() -> None:
    def fails(digest: DigestShown, language: str) -> bytes:
        raise OSError("no font")

    files = DigestFiles({"png": fails, "xlsx": lambda digest, language: b"book"})
    with pytest.raises(OSError, match="no font"):
        await files.made("png", DIGEST, "zh")
    assert (await files.made("xlsx", DIGEST, "zh")).content == b"book"
