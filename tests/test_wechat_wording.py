"""What Linli says as WeChat shows it: numbers, links, pages within its limit."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.wording import (
    Spoken,
    Tapped,
    asks_for_result,
    pages_of,
    payload,
    said_in,
    tapped_of,
)
from messages.render import Link, MapLink, Rendered
from messages.view_parts import Choice
from messages.words import LANGUAGES, words

TEXT_BYTES = 2047

PLAIN = Rendered("zh", "您好。", (), None, False)
CHOICES = (Choice("四点钟课堂", "/activity FZ002-0101"), Choice("看活动", "/activities FZ002"))
MAP = MapLink("打开地图", 24.9, 118.6, "https://uri.amap.com/marker?position=118.6,24.9&name=%E4%B8%9C")
ANCHOR = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
FAMILY, FLAG, KEYCAP, TONE = "👨‍👩‍👧‍👦", "🇨🇳", "1️⃣", "👍🏽"
NEXT = "回复 0 看下一页"


def one(rendered: Rendered, number: int = 7) -> str:
    [page] = pages_of([Spoken(number, rendered)], "https://linli.example")
    return page


def long(text: str, **more: object) -> list[str]:
    return pages_of([Spoken(7, replace(PLAIN, text=text, **more))], None)  # type: ignore[arg-type]


def size(text: str) -> int:
    return len(text.encode())


def without_next(page: str) -> str:
    return re.sub(r'\n\n<a href="[^"]*">回复 0 看下一页</a>$', "", page)


def test_a_short_answer_is_its_text() -> None:
    assert one(PLAIN) == "您好。"


def test_choices_have_a_number_to_type_and_a_link_to_tap() -> None:
    page = one(replace(PLAIN, choices=CHOICES))
    assert re.sub(ANCHOR, r"\2", page).splitlines() == [
        "您好。",
        "",
        "回复数字，或点蓝色的字：",
        "1. 四点钟课堂",
        "2. 看活动",
    ]
    for at, (url, _) in enumerate(ANCHOR.findall(page), 1):
        parts = urlsplit(url)
        assert (parts.scheme, parts.netloc) == ("weixin", "bizmsgmenu")
        assert parse_qs(parts.query) == {"msgmenucontent": [str(at)], "msgmenuid": [f"1.7.{at}"]}
    assert "/activities" not in page


def test_choices_of_older_answers_have_links_alone() -> None:
    older = Spoken(6, replace(PLAIN, text="名额有了。", choices=CHOICES), newest=False)
    [page] = pages_of([older, Spoken(7, replace(PLAIN, choices=CHOICES[:1]))], None)
    assert [parse_qs(urlsplit(url).query)["msgmenuid"] for url, _ in ANCHOR.findall(page)] == [
        ["1.6.1"], ["1.6.2"], ["1.7.1"],
    ]  # fmt: skip
    assert re.findall(r"(?m)^(\d)\. ", page) == ["1"]
    assert page.index("名额有了。") < page.index("您好。")


def test_what_a_link_carries_is_read_back() -> None:
    assert tapped_of(payload(12345, 9)) == Tapped(12345, 9)
    assert tapped_of(payload(3, 0)) == Tapped(3, 0)
    for foreign in (None, "", "101", "2.7.1", "1.7", "1.7.10", "1.7.1.1", "1.-7.1", "1." + "9" * 10 + ".1"):
        assert tapped_of(foreign) is None


def test_a_map_is_a_link_and_our_own_pages_are_written_out() -> None:
    links = (Link("看图表", "/digest/abc.png"), Link("官网", "https://fz.example/x"))
    page = one(replace(PLAIN, map=MAP, links=links))
    assert ANCHOR.findall(page) == [(MAP.url, "打开地图")]
    assert page.splitlines()[-2:] == [
        "看图表：https://linli.example/digest/abc.png",
        "官网：https://fz.example/x",
    ]


def test_a_path_is_not_written_out_while_nobody_told_our_address() -> None:
    links = (Link("看图表", "/digest/abc.png"), Link("官网", "https://fz.example/x"))
    [page] = pages_of([Spoken(7, replace(PLAIN, links=links))], None)
    assert "/digest" not in page
    assert "https://fz.example/x" in page


def test_who_is_asked_where_they_are_learns_how_to_send_it() -> None:
    assert "“位置”" in one(replace(PLAIN, asks_location=True))
    assert "“位置”" not in one(PLAIN)


def test_nothing_in_a_text_or_label_becomes_a_link() -> None:
    evil = '<a href="http://evil.example">点我</a>'
    page = one(replace(PLAIN, text=evil, choices=(Choice(evil, "/x"),), links=(Link(evil, "/y"),)))
    assert [url.split("?")[0] for url, _ in ANCHOR.findall(page)] == ["weixin://bizmsgmenu"]


@pytest.mark.parametrize(
    "url", ['https://x.example/"onclick', "https://x.example/a b", "https://x/<", "h" * 1001]
)
def test_an_address_that_would_break_a_link_is_left_out(url: str) -> None:
    assert one(replace(PLAIN, map=replace(MAP, url=url))).splitlines()[-1] == "打开地图"


def test_control_characters_are_left_out_and_lines_kept() -> None:
    odd = "一\x00\x07二\n三\ufffe\ud800"
    assert one(replace(PLAIN, text=odd)) == "一二\n三"
    pages = long(odd * 400, choices=(Choice(odd, "/x"),))
    assert len(pages) > 1
    assert not any(re.search("[\x00\x07\ufffe\ud800]", page) for page in pages)


@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_is_kept_to_the_byte(over: int) -> None:
    text = "好" * (TEXT_BYTES // 3) + "x" * (TEXT_BYTES % 3 + over)
    pages = long(text)
    assert len(pages) == 1 + over
    assert "".join(map(without_next, pages)) == text


def test_a_long_answer_is_divided_between_sentences_and_says_how_to_read_on() -> None:
    sentence = "东湖社区邻里中心周一至周五上午八点半到十二点开门。"
    pages = long(sentence * 60)
    assert len(pages) == 3
    for page in pages:
        assert size(page) <= TEXT_BYTES
        assert without_next(page).endswith("。")
    assert [NEXT in page for page in pages] == [True, True, False]
    assert "".join(map(without_next, pages)) == sentence * 60
    [(url, label)] = ANCHOR.findall(pages[0])
    assert (parse_qs(urlsplit(url).query)["msgmenuid"], label) == (["1.7.0"], NEXT)


def test_what_closes_a_sentence_stays_with_it() -> None:
    for before in range(60):
        pages = long("x" * before + "他说：“今天上午八点半开门，请带身份证来办理！”" * 60)
        assert len(pages) > 1
        assert all(without_next(page).endswith("！”") for page in pages)


@pytest.mark.parametrize("cluster", [FAMILY, FLAG, KEYCAP, TONE, "e\u0301", "好"])
@pytest.mark.parametrize("shift", range(4))
def test_no_character_is_cut_in_pieces(cluster: str, shift: int) -> None:
    pages = [without_next(page) for page in long("x" * shift + cluster * 700)]
    assert len(pages) > 1
    assert all(size(page) <= TEXT_BYTES for page in pages)
    assert "x" * shift + cluster * 700 == "".join(pages)
    assert all(page.removeprefix("x" * shift).replace(cluster, "") == "" for page in pages)


def test_a_character_with_endless_accents_still_ends() -> None:
    pages = long("a" + "\u0301" * 5000)
    assert all(size(page) <= TEXT_BYTES for page in pages)


def test_choices_that_do_not_fit_come_on_the_next_page_whole() -> None:
    many = tuple(Choice(f"{n}" + "选" * 70, f"/x {n}") for n in range(1, 10))
    pages = long("好。" * 200, choices=many, map=MAP)
    assert len(pages) >= 2
    assert sum(len(ANCHOR.findall(without_next(page))) for page in pages) == 10
    assert all(page.count("<a ") == page.count("</a>") == len(ANCHOR.findall(page)) for page in pages)


ANY = st.text(st.sampled_from("好a。！\n \x07<]>&é" + FAMILY + FLAG), max_size=3000) | st.text(max_size=50)


@given(ANY, st.integers(0, 9), st.booleans())
def test_whatever_is_said_every_page_can_be_sent(text: str, choices: int, asks: bool) -> None:
    rendered = Rendered(
        "zh", text or "好", tuple(Choice(f"选{n}" + "长" * 50, "/x") for n in range(choices)), MAP, asks
    )
    pages = pages_of([Spoken(1, rendered, newest=False), Spoken(2, rendered)], None)
    assert pages
    for page in pages:
        assert 0 < size(page) <= TEXT_BYTES
        assert page.count("<") == 2 * len(ANCHOR.findall(page))
    assert sum("1.2.1" in page for page in pages) == (choices > 0)


def test_whoever_asks_for_the_result_is_understood() -> None:
    assert all(asks_for_result(said) for said in ("查询结果", " 查询结果。", "查詢結果", "Result"))
    assert not any(asks_for_result(said) for said in ("查询", "附近理发", ""))


def test_both_languages_have_the_same_words() -> None:
    assert len({frozenset(words(language, "wechat")) for language in LANGUAGES}) == 1


def test_traditional_readers_are_told_in_their_characters() -> None:
    assert said_in("zh-Hant", "next_page") == "回覆 0 看下一頁"
    assert said_in("en", "next_page") == "Reply 0 for the next page"
