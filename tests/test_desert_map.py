"""The map of service deserts: what is on it, where, how large, and that a browser shows all of it."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from playwright.async_api import Browser

from messages.desert_labels import Box, Label, placed
from messages.desert_map import GROUND, DesertMap, Dot, circles_of, desert_map_svg
from messages.geo import distance_m
from messages.view_parts import CentreName
from messages.views_deserts import DesertLine, DesertPlace
from tests.desert_rows import DOTS, HERE, LINES, MAP
from tests.sample import Sample
from tests.test_certificate import BOXES, collide

pytestmark = pytest.mark.asyncio(loop_scope="module")
SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("zh", "zh-Hant", "en")
PAGE = Box(90, 60, 2890, 2010)
LONG = "丰泽区东湖街道北星社区“党建+”邻里中心（同心圆儿童之家）"


def full(sample: Sample, name: str | None = None) -> DesertMap:
    """All centres of the sample, and five things that are missed near three of them each; all of them so
    called where a `name` is given."""
    centres = list(sample.directory.centres.values())
    dots = [Dot(e.id, e.subdistrict, e.latitude, e.longitude, e.status == "open") for e in centres]
    things = ("游泳", "日间照料室", "企业开办一小时讲堂", "@elder", "宠物")
    lines = []
    for number, thing in enumerate(things):
        near = centres[number * 13 : number * 13 + 9 : 3]
        named = [CentreName(e.id, name or (e.community or e.name), e.subdistrict, "open") for e in near]
        places = tuple(DesertPlace(each, 9 - number, (None, 2100)[number % 2]) for each in named)
        lines.append(DesertLine(name or thing, 40, places, 3))
    return replace(MAP, dots=tuple(dots), lines=tuple(lines))


def texts(of: DesertMap, language: str = "zh") -> list[str]:
    return [each.text or "" for each in fromstring(desert_map_svg(of, language)).iter(f"{SVG}text")]


def spots(of: DesertMap) -> list[tuple[float, float]]:
    """Where the centres' signs are, in the order of the dots; those of the legend come after them."""
    marks = [each.attrib.get("transform") for each in fromstring(desert_map_svg(of, "zh")).iter(f"{SVG}path")]
    numbers = [mark.removeprefix("translate(").removesuffix(")").split() for mark in marks if mark]
    return [(float(x), float(y)) for x, y in numbers[: len(of.dots)]]


async def test_it_says_what_is_missed_where_and_how_far_the_next_one_is() -> None:
    said = texts(MAP)
    assert said[:2] == ["服务空白图：全区", "2026年9月7日至2026年11月25日，居民想要、走路1000米内没有的"]
    assert {"东湖社区", "游泳 8", "养老服务 8", "1 游泳（14次）", "东湖社区8次，还没有哪里有"} <= set(said)
    assert {"2 养老服务（8次）", "东湖社区8次，最近1200米", "3 宠物（4次）", "分散在各处", "北"} <= set(said)
    assert {"东湖街道", "清源街道", "东海街道", "已开放", "还没开放", "16次", "4次"} <= set(said)
    assert "Service gaps: the district" in texts(MAP, "en")
    assert "服務空白圖：全區" in texts(MAP, "zh-Hant")


async def test_of_a_subdistrict_it_says_which_and_of_nothing_missed_it_says_so() -> None:
    said = texts(replace(MAP, subdistrict="东湖街道", lines=()))
    assert "服务空白图：东湖街道" in said
    assert "还没有看出空白（同一样不到3次的不画）" in "".join(said)


async def test_the_list_is_there_for_whoever_cannot_see_the_drawing() -> None:
    root = fromstring(desert_map_svg(MAP, "zh"))
    told = root.find(f"{SVG}desc")
    assert told is not None
    assert "1 游泳（14次）：东湖社区8次，还没有哪里有；环山社区4次，还没有哪里有" in (told.text or "")
    assert root.attrib["role"] == "img"
    assert set(root.attrib["aria-labelledby"].split()) == {
        each.attrib["id"] for each in root.iter() if each.tag in {f"{SVG}title", f"{SVG}desc"}
    }


async def test_the_area_of_a_circle_is_in_proportion_to_the_wishes_near_it() -> None:
    circles = circles_of(LINES, {each.centre_id: (0, 0) for each in DOTS})
    here, there = circles["FZ002"], circles["FZ030"]
    assert (here.wishes, there.wishes) == (16, 4)
    assert here.radius**2 / there.radius**2 == pytest.approx(4)
    assert set(circles) == {"FZ002", "FZ030"}


async def test_places_lie_as_on_a_map_with_north_up_and_distances_to_scale() -> None:
    drawn = spots(MAP)
    unit = None
    for (one, a), (other, b) in combinations(zip(DOTS, drawn, strict=True), 2):
        assert (one.latitude > other.latitude) == (a[1] < b[1])
        assert (one.longitude > other.longitude) == (a[0] > b[0])
        metres = distance_m((one.latitude, one.longitude), (other.latitude, other.longitude))
        length = ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
        unit = unit or length / metres
        assert length / metres == pytest.approx(unit, rel=0.002)
    bar = next(
        each
        for each in fromstring(desert_map_svg(MAP, "zh")).iter(f"{SVG}path")
        if "V1930" in each.attrib["d"]
    )
    left, right = (
        float(bar.attrib["d"][1:].split()[0]),
        float(bar.attrib["d"].partition("H")[2].split("V")[0]),
    )
    assert unit is not None
    said = next(each for each in texts(MAP) if each.endswith("000米"))
    assert right - left == pytest.approx(int(said.removesuffix("米")) * unit, rel=0.002)


async def test_one_centre_alone_is_in_the_middle_and_no_centre_is_refused() -> None:
    [(x, y)] = spots(replace(MAP, dots=DOTS[:1], lines=LINES[1:2]))
    assert GROUND.left + 500 < x < GROUND.right - 500
    assert GROUND.top + 400 < y < GROUND.bottom - 400
    with pytest.raises(ValueError, match="no centre"):
        replace(MAP, dots=())


async def test_subdistricts_differ_by_shape_and_by_colour(sample: Sample) -> None:
    of = full(sample)
    marks = [
        each for each in fromstring(desert_map_svg(of, "zh")).iter(f"{SVG}path") if "transform" in each.attrib
    ]
    signs: dict[str, set[tuple[str, str]]] = {}
    for dot, mark in zip(of.dots, marks, strict=False):
        signs.setdefault(dot.subdistrict, set()).add((mark.attrib["d"], mark.attrib["stroke"]))
        assert (mark.attrib["fill"] == "#fff") is not dot.is_open
    assert {len(each) for each in signs.values()} == {1}
    shapes, colours = zip(*(next(iter(each)) for each in signs.values()), strict=True)
    assert len(set(shapes)) == len(set(colours)) == len(signs) == 8


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_well_formed_names_are_escaped_and_it_holds_no_style_script_or_address(
    language: str,
) -> None:
    name = '<b>&"\x00]]>'
    hostile = replace(HERE, name=name)
    line = DesertLine("<script>x</script>", 9, (DesertPlace(hostile, 9, None),), 0)
    dots = (replace(DOTS[0], subdistrict="<i>&"), *DOTS[1:])
    svg = desert_map_svg(replace(MAP, lines=(line,), dots=dots), language)
    root = fromstring(svg)
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags == {"svg", "title", "desc", "path", "circle", "text"}
    assert not {"style", "class", "href", "onload"}.intersection(*(each.attrib for each in root.iter()))
    assert '<b>&"]]>' in [each.text for each in root.iter(f"{SVG}text")]


async def test_a_name_that_nobody_could_read_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        desert_map_svg(replace(MAP, lines=(replace(LINES[0], thing="长" * 200),)), "zh")


async def boxes(browser: Browser, svg: str, folder: Path) -> list[dict[str, Any]]:
    file = folder / "map.svg"
    file.write_text(svg, encoding="utf-8")
    page = await browser.new_page()
    await page.goto(file.as_uri())
    found: list[dict[str, Any]] = await page.evaluate(BOXES)
    await page.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [None, LONG, "WMW " * 12])
async def test_nothing_is_cut_off_and_no_text_overlaps_another(
    browser: Browser, tmp_path: Path, sample: Sample, name: str | None, language: str
) -> None:
    for of in (full(sample, name), MAP):
        found = await boxes(browser, desert_map_svg(of, language), tmp_path)
        outside = [
            each["text"]
            for each in found
            if not PAGE.holds(Box(each["x"], each["y"], each["right"], each["bottom"]))
        ]
        assert outside == []
        assert [(a["text"], b["text"]) for a, b in combinations(found, 2) if collide(a, b)] == []


async def test_circles_stay_inside_the_ground_and_off_the_scale(sample: Sample) -> None:
    of = full(sample)
    corners = [min(of.dots, key=lambda e: e.latitude), max(of.dots, key=lambda e: e.longitude)]
    ends = tuple(DesertPlace(replace(HERE, id=each.centre_id), 9, None) for each in corners)
    circles = list(
        fromstring(desert_map_svg(replace(of, lines=(DesertLine("x", 18, ends, 0),)), "zh")).iter(
            f"{SVG}circle"
        )
    )
    for each in circles[:2]:
        x, y, radius = (float(each.attrib[name]) for name in ("cx", "cy", "r"))
        assert GROUND.left < x - radius < x + radius < GROUND.right
        assert GROUND.top < y - radius < y + radius < 1860


async def test_a_label_without_a_free_place_is_left_out_and_the_first_has_the_best() -> None:
    labels = [Label("东湖社区", ("游泳 9",), 500, 500, 40)] * 12
    stand = [left for _, left, _ in placed(labels, Box(0, 0, 1000, 1000), [])]
    assert 1 < len(set(stand)) <= len(stand) < len(labels)
    [(_, left, _)] = placed(labels[:1], Box(0, 0, 1000, 1000), [])
    assert left == 550
    [(_, left, _)] = placed(labels[:1], Box(0, 0, 600, 1000), [])
    assert left < 450
    assert list(placed(labels[:1], Box(480, 480, 600, 520), [])) == []
