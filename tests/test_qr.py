"""QR codes as a phone sees them: drawn by a real browser and read by a reader that did not draw them."""

import re
from base64 import b64decode
from xml.etree.ElementTree import Element

import numpy as np
import pytest
import zxingcpp
from defusedxml.ElementTree import fromstring
from playwright.async_api import Browser, Page

from messages.qr import MOST_OCTETS, QUIET, check_in_qr, pickup_qr, qr_svg

pytestmark = pytest.mark.asyncio(loop_scope="module")
SVG = "{http://www.w3.org/2000/svg}"
URL = "https://linli.example/check-in/7K2M-9QXT?s=0199c1f0"
# The light of each pixel of the drawing at `side` pixels, as an image of its own.
PIXELS = """async ([svg, side]) => {
  const image = new Image();
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg);
  await image.decode();
  const canvas = new OffscreenCanvas(side, side).getContext('2d');
  canvas.fillStyle = '#888';
  canvas.fillRect(0, 0, side, side);
  canvas.drawImage(image, 0, 0, side, side);
  const light = canvas.getImageData(0, 0, side, side).data.filter((_, index) => index % 4 === 0);
  let text = '';  // a list of numbers would take seconds on its way here
  for (const each of light) text += String.fromCharCode(each);
  return btoa(text);
}"""
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


async def light(page: Page, svg: str, side: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    pixels = b64decode(await page.evaluate(PIXELS, [svg, side]))
    return np.frombuffer(pixels, dtype=np.uint8).reshape(side, side)


async def scanned(page: Page, svg: str, side: int = 320) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(await light(page, svg, side))]


def modules(svg: str) -> list[str]:
    """The dark and light modules without the quiet zone, from the bars of the drawing."""
    root = fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    rows = [["0"] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", root.findall(f"{SVG}path")[1].attrib["d"]):
        rows[int(y)][int(x) : int(x) + int(length)] = "1" * int(length)
    assert all("1" not in row for row in (*rows[:QUIET], *rows[-QUIET:]))
    assert all("1" not in (*row[:QUIET], *row[-QUIET:]) for row in rows)
    return ["".join(row[QUIET:-QUIET]) for row in rows[QUIET:-QUIET]]


def attributes(element: Element) -> set[str]:
    return set(element.attrib).union(*(each.attrib for each in element.iter()))


@pytest.mark.parametrize("text", ["4831", "7K2M-9QXT", URL, "东湖邻里中心", "é", "x" * MOST_OCTETS])
async def test_a_code_is_read_back(browser: Browser, text: str) -> None:
    page = await browser.new_page()
    assert await scanned(page, qr_svg(text, title="code"), 640) == [text]
    await page.close()


async def test_a_smudged_code_is_still_read_and_an_inverted_half_is_not(browser: Browser) -> None:
    page = await browser.new_page()
    svg = pickup_qr("4831", "4831", "zh")
    assert await scanned(page, svg) == ["4831"]
    smudge = '<path fill="#fff" d="M{x} {x}h{side}v{side}h-{side}z"/></svg>'
    assert await scanned(page, svg.replace("</svg>", smudge.format(x=14, side=3))) == ["4831"]
    assert await scanned(page, svg.replace("</svg>", smudge.format(x=4, side=21))) == []
    await page.close()


async def test_a_code_stands_in_a_page_under_the_sites_policy_and_is_announced(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 320, "height": 320})
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text))
    policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'"
    await page.set_content(
        f'<meta http-equiv="content-security-policy" content="{policy}">{pickup_qr("4831", "4831", "zh")}'
    )
    drawing = page.get_by_role("img", name="接送码的二维码：4 8 3 1")
    box = await drawing.bounding_box()
    assert box is not None
    assert box["width"] == box["height"] > 200
    assert complaints == []
    await page.close()


async def test_a_code_is_pure_black_on_pure_white_with_four_modules_of_quiet(browser: Browser) -> None:
    page = await browser.new_page()
    pixels = await light(page, qr_svg("4831", title="code"), 29 * 10)
    assert set(np.unique(pixels)) == {0, 255}
    assert pixels[: QUIET * 10].min() == pixels[:, : QUIET * 10].min() == 255
    assert pixels[QUIET * 10, QUIET * 10] == 0
    await page.close()


async def test_the_modules_are_those_of_the_standard() -> None:
    rows = modules(qr_svg("4831", title="code"))
    assert len(rows) == 21
    assert tuple(row[:7] for row in rows[:7]) == FINDER
    assert tuple(row[-7:] for row in rows[:7]) == FINDER
    assert tuple(row[:7] for row in rows[-7:]) == FINDER
    assert rows[6][8:13] == "".join(row[6] for row in rows[8:13]) == "10101"
    assert rows[13][8] == "1"


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
async def test_a_drawing_brings_no_style_script_or_address(language: str) -> None:
    root = fromstring(pickup_qr("7K2M", "7K2M", language))
    assert root.tag == f"{SVG}svg"
    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {"svg", "title", "path"}
    assert attributes(root) == {"viewBox", "role", "aria-label", "shape-rendering", "fill", "d"}
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == root.attrib["aria-label"]
    assert "7 K 2 M" in (title.text or "")


async def test_a_title_is_text_whatever_stands_in_it() -> None:
    root = fromstring(qr_svg("4831", title='</title><script>"&\x00'))
    assert root.attrib["aria-label"] == '</title><script>"&'


@pytest.mark.parametrize("text", ["", "x" * (MOST_OCTETS + 1), "码" * MOST_OCTETS])
async def test_what_no_phone_could_read_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="holds 1 to 300 octets") as refused:
        qr_svg(text, title="code")
    assert not text or text not in str(refused.value)


async def test_a_check_in_code_leads_to_its_address_and_is_called_no_pick_up_code(browser: Browser) -> None:
    page = await browser.new_page()
    assert await scanned(page, check_in_qr(URL, "7K2M", "zh")) == [URL]
    assert "签到码的二维码：7 K 2 M" in check_in_qr(URL, "7K2M", "zh")
    assert "接送码的二维码：7 K 2 M" in pickup_qr(URL, "7K2M", "zh")
    assert "check-in" in check_in_qr(URL, "7K2M", "en")
    await page.close()
