"""Charts and workbooks on the web: shown or kept, listed nowhere, and for nobody without an address."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image

from tests.test_web_pages import visible
from tests.web_visitor import Site, site, visiting

BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("path", "media_type", "disposition"),
    [
        ("/digest/good.png", "image/png", 'inline; filename="linli-2026-11-16.png"'),
        ("/digest/good.xlsx", BOOK, 'attachment; filename="linli-2026-11-16.xlsx"'),
    ],
)
async def test_a_file_is_itself_needs_no_cookie_and_is_kept_by_nobody_between(
    path: str, media_type: str, disposition: str
) -> None:
    async with visiting(Site()) as stranger:
        file = await stranger.http.get(path)
    assert file.status_code == 200
    said = {
        "content-type": media_type,
        "content-disposition": disposition,
        "cache-control": "private, no-store",
        "x-robots-tag": "noindex",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    assert {name: file.headers[name] for name in said} == said
    assert "default-src 'none'" in file.headers["content-security-policy"]
    assert "set-cookie" not in file.headers


async def test_the_files_open() -> None:
    async with visiting(Site()) as stranger:
        chart = await stranger.http.get("/digest/good.png")
        book = await stranger.http.get("/digest/good.xlsx")
    assert Image.open(BytesIO(chart.content)).width == 1000
    assert load_workbook(BytesIO(book.content)).sheetnames == ["汇总", "每周", "工单和星级"]


@pytest.mark.parametrize("path", ["/digest/bad.png", "/digest/x.y.z.xlsx", "/digest/%F0%9F.png"])
async def test_an_address_that_is_over_or_nobodys_says_what_to_do(path: str) -> None:
    async with visiting(Site()) as stranger:
        page = await stranger.http.get(path)
    assert page.status_code == 404
    assert "再要一次" in visible(page.text)


async def test_there_are_no_other_kinds() -> None:
    async with visiting(Site()) as stranger:
        page = await stranger.http.get("/digest/good.csv")
    assert page.status_code == 404


async def test_it_is_not_asked_for_without_end() -> None:
    async with visiting(site(turns_per_minute=2)) as stranger:
        asked = [(await stranger.http.get("/digest/good.png")).status_code for _ in range(3)]
    assert asked == [200, 200, 429]
