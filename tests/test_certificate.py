"""The certificate of a camp: what stands on it, and that a real browser shows and prints all of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from playwright.async_api import Browser

from messages.certificate import Certificate, certificate_svg

pytestmark = pytest.mark.asyncio(loop_scope="module")
SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("zh", "zh-Hant", "en")
CAMP = Certificate(
    number="FZ002-2026-0012",
    centre="东湖邻里中心",
    activity="暑期书法夏令营",
    starts_on=date(2026, 7, 6),
    ends_on=date(2026, 7, 10),
    days_held=5,
    days_attended=4,
    issued_on=date(2026, 7, 11),
)
LONG = replace(
    CAMP,
    centre="丰泽区东湖街道北星社区“党建+”邻里中心（同心圆儿童之家）",
    activity="“同心圆”暑期公益夏令营：书法、国画、武术与闽南童谣，以及 Creative English Storytelling 亲子阅读"
    "（第二期，小学一至三年级，家长须陪同）",
    name="欧阳·买买提江·阿卜杜拉·WWWMMM",
    number="FZ002-2026-SUMMER-CALLIGRAPHY-0012",
)
ALIAS = replace(CAMP, alias="爱吃苹果的小熊猫大宝贝")
WIDE = replace(LONG, activity="WM" * 60, centre="MW " * 24, name="W" * 30)
# Each text's box in tenths of a millimetre, as the browser set it.
BOXES = """() => [...document.querySelectorAll('text')].map(text => {
  const box = text.getBBox();
  return {x: box.x, y: box.y, right: box.x + box.width, bottom: box.y + box.height,
    baseline: Number(text.getAttribute('y')), size: Number(text.getAttribute('font-size')),
    text: text.textContent};
})"""
# Inside the inner line of the frame.
LEFT, TOP, RIGHT, BOTTOM = 142, 142, 1958, 2828


def texts(certificate: Certificate, language: str) -> list[str]:
    return [each.text or "" for each in fromstring(certificate_svg(certificate, language)).iter(f"{SVG}text")]


async def boxes(browser: Browser, svg: str, folder: Path) -> list[dict[str, Any]]:
    file = folder / "certificate.svg"
    file.write_text(svg, encoding="utf-8")
    page = await browser.new_page()
    await page.goto(file.as_uri())
    found: list[dict[str, Any]] = await page.evaluate(BOXES)
    await page.close()
    return found


def inside(box: Mapping[str, Any]) -> bool:
    across = box["x"] >= LEFT and box["right"] <= RIGHT
    return bool(across and box["y"] >= TOP and box["bottom"] <= BOTTOM)


def collide(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether letters touch: a font's box is taller than what it draws, so heights go by the type size."""
    first, second = sorted((one, other), key=lambda each: float(each["baseline"]))
    beside = bool(first["right"] <= second["x"] or second["right"] <= first["x"])
    below = first["baseline"] + 0.2 * first["size"] <= second["baseline"] - 0.88 * second["size"]
    return not beside and not below


async def test_a_certificate_says_who_held_what_when_and_how_much_of_it_was_attended() -> None:
    said = texts(replace(CAMP, name="大宝"), "zh")
    assert said == [
        "东湖邻里中心",
        "参加证明",
        "兹证明",
        "大宝",
        "参加了本中心举办的",
        "暑期书法夏令营",
        "2026年7月6日至2026年7月10日",
        "共举办5天，参加4天",
        "特此证明。",
        "东湖邻里中心",
        "（盖章）",
        "2026年7月11日",
        "证明编号：FZ002-2026-0012",
    ]


async def test_a_certificate_in_english() -> None:
    said = texts(replace(CAMP, name="Anna"), "en")
    assert "Certificate of Attendance" in said
    assert "from 6 July 2026 to 10 July 2026" in said
    assert "Days attended: 4 of 5" in said
    assert "Certificate no.: FZ002-2026-0012" in said


async def test_without_an_alias_there_is_a_line_to_write_on() -> None:
    assert "（姓名由家长手写）" in texts(CAMP, "zh")
    assert "（姓名由家长手写）" not in texts(replace(CAMP, name="大宝"), "zh")


async def test_the_alias_stands_below_the_line_for_the_name() -> None:
    assert "（姓名由家长手写；报名时的称呼：儿子）" in texts(replace(CAMP, alias="son"), "zh")
    assert "（姓名由家长手写；报名时的称呼：国国）" in texts(replace(CAMP, alias="国国"), "zh")
    assert "(name, to be written in by the family; booked as: son)" in texts(replace(CAMP, alias="son"), "en")


async def test_traditional_characters_leave_a_name_as_the_family_wrote_it() -> None:
    said = texts(replace(CAMP, name="国国"), "zh-Hant")
    assert "國國" not in said
    assert {"国国", "參加證明", "東湖鄰里中心"} <= set(said)


async def test_a_single_day_is_said_once() -> None:
    day = replace(CAMP, ends_on=CAMP.starts_on, days_held=1, days_attended=1)
    assert "2026年7月6日" in texts(day, "zh")
    assert "on 6 July 2026" in texts(day, "en")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_well_formed_and_holds_no_style_script_or_address(language: str) -> None:
    hostile = replace(CAMP, name='<b>&"\x00\u2028', activity="]]><script>x</script>", number="1\n2")
    root = fromstring(certificate_svg(hostile, language))
    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {"svg", "title", "path", "text"}
    assert not {"style", "class", "href", "onload"}.intersection(*(each.attrib for each in root.iter()))
    assert (root.attrib["width"], root.attrib["height"]) == ("210mm", "297mm")
    assert '<b>&"' in texts(hostile, language)


async def test_what_cannot_be_true_is_refused() -> None:
    for attended in (0, 6):
        with pytest.raises(ValueError, match="attended"):
            replace(CAMP, days_attended=attended)
    with pytest.raises(ValueError, match="starts"):
        replace(CAMP, ends_on=date(2026, 7, 5))


async def test_a_name_that_nobody_could_read_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="too long") as refused:
        certificate_svg(replace(CAMP, name="长" * 60), "zh")
    assert "长" not in str(refused.value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("certificate", [CAMP, replace(CAMP, name="大宝"), ALIAS, LONG, WIDE])
async def test_nothing_is_cut_off_and_nothing_overlaps(
    browser: Browser, tmp_path: Path, certificate: Certificate, language: str
) -> None:
    found = await boxes(browser, certificate_svg(certificate, language), tmp_path)
    assert [box["text"] for box in found if not inside(box)] == []
    pairs = [(one, other) for index, one in enumerate(found) for other in found[index + 1 :]]
    assert [(one["text"], other["text"]) for one, other in pairs if collide(one, other)] == []
    assert min(box["size"] for box in found) >= 30


async def test_a_text_that_sticks_out_or_overlaps_is_noticed(browser: Browser, tmp_path: Path) -> None:
    svg = certificate_svg(CAMP, "zh").replace("暑期书法夏令营", "暑期书法夏令营" * 4)
    found = await boxes(browser, svg, tmp_path)
    assert [box["text"] for box in found if not inside(box)] == ["暑期书法夏令营" * 4]
    svg = certificate_svg(CAMP, "zh").replace('y="690.0"', 'y="450.0"')
    found = await boxes(browser, svg, tmp_path)
    assert any(collide(one, other) for one, other in pairwise(found))


@pytest.mark.parametrize("margin", ["0", "12mm"])
async def test_it_is_printed_on_one_page(browser: Browser, tmp_path: Path, margin: str) -> None:
    file = tmp_path / "certificate.svg"
    file.write_text(certificate_svg(LONG, "zh"), encoding="utf-8")
    page = await browser.new_page()
    await page.goto(file.as_uri())
    sides: Any = dict.fromkeys(("top", "bottom", "left", "right"), margin)
    printed = await page.pdf(format="A4", margin=sides)
    await page.close()
    assert b"/Type /Pages" in printed
    assert b"/Count 1" in printed
