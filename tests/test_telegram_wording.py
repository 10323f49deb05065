"""What Linli says as Telegram shows it: escaped, divided, with buttons that nobody can make up."""

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.wording import (
    PAYLOAD_BYTES,
    Letter,
    Tapped,
    answered,
    asks_for_file,
    chosen,
    letters_of,
    linked,
    payload,
    tapped_of,
    with_choices,
)
from messages.render import Link, MapLink, Rendered, Renderer
from messages.view_parts import Choice
from messages.words import LANGUAGES, TRADITIONAL_TAG, words
from tests.test_render import variants

TEXT_UNITS = 4096
RENDERER = Renderer()
PLAIN = Rendered("zh", "您好。", (), None, False)
CHOICES = (Choice("四点钟课堂", "/activity FZ002-0101"), Choice("<看> & 活动", "/activities FZ002"))
MAP = MapLink("打开地图", 24.9, 118.6, "https://uri.amap.com/marker?position=118.6,24.9&name=%E4%B8%9C")
TAG = re.compile(r'<a href="([^"<>]*)">([^<>]*)</a>')
FAMILY, FLAG, TONE = "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽"
# What somebody may be called, or write: markup, blanks, emoji, halves of characters.
TEXTS = st.text(
    st.one_of(st.sampled_from("<>&\"'。！？.\n 东😀\u200d\ud83d\x00\u202e"), st.characters()), max_size=300
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def shown(html: str) -> str:
    """As Telegram shows it; fails for what it would refuse."""
    bare = TAG.sub(r"\2", html)
    assert not re.search(r"[<>]", bare)
    assert not re.search(r"&(?!(?:lt|gt|amp|quot|#x27);)", bare)
    return unescape(bare)


def without_blanks(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f\ud800-\udfff]", "", text)


def letters(rendered: Rendered) -> list[Letter]:
    return letters_of(7, rendered, "https://linli.example")


@given(TEXTS)
@example("<b>丁</b> & Co. <a href='x'>")
@example("\ud800")
def test_what_residents_write_is_shown_as_they_wrote_it(text: str) -> None:
    [letter] = letters(replace(PLAIN, text=f"您好，{text}。", choices=(Choice(text, text),)))
    assert without_blanks(shown(letter.html)) == without_blanks(f"您好，{text}。")
    assert [without_blanks(each.label) for each in letter.buttons] == [without_blanks(f"1. {text}")]


# Pieces of a long answer, each so many times.
PIECES = st.one_of(
    st.tuples(TEXTS, st.just(1)), st.sampled_from([("东", 5000), ("&", 2000), (FAMILY, 700), ("好。", 3000)])
)


@settings(max_examples=30, deadline=None)
@given(st.lists(PIECES, max_size=4))
def test_a_long_answer_is_divided_and_nothing_of_it_lost(parts: list[tuple[str, int]]) -> None:
    text = "。".join(["您好", *(piece * times for piece, times in parts)])
    found = letters(replace(PLAIN, text=text, choices=CHOICES, asks_location=True))
    assert all(0 < units(each.html) <= TEXT_UNITS for each in found)
    *texts, place = found
    assert without_blanks("".join(shown(each.html) for each in texts)) == without_blanks(text)
    assert [bool(each.buttons) for each in texts] == [False] * (len(texts) - 1) + [True]
    assert (place.place, place.buttons) == ("📍 发送我的位置", ())


@pytest.mark.parametrize("unit", ["东", "😀", "&", "a"])
@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_is_kept_to_the_unit(unit: str, over: int) -> None:
    size = units(unit.replace("&", "&amp;"))
    text = unit * (TEXT_UNITS // size + over)
    assert len(letters(replace(PLAIN, text=text))) == 1 + over


def test_an_answer_ends_between_sentences_and_never_within_a_character() -> None:
    [first, _] = letters(replace(PLAIN, text="今天开到五点。" * 600))
    assert first.html.endswith("。")
    for cluster in (FAMILY, FLAG, TONE):
        for letter in letters(replace(PLAIN, text=cluster * 3000)):
            assert len(letter.html) % len(cluster) == 0


def test_a_text_of_nothing_that_can_be_shown_is_not_empty() -> None:
    assert [each.html for each in letters(replace(PLAIN, text="\n\n"))] == ["…"]


def test_links_stand_in_the_text_where_they_stay_when_buttons_are_gone() -> None:
    links = (Link("照片 <1>", "/photo/x.jpg?a=1&b=2"), Link("总表", "https://elsewhere.example/x"))
    rendered = replace(PLAIN, map=MAP, links=links, photo="/photo case G-0001", choices=CHOICES)
    [letter] = letters(rendered)
    assert [(unescape(url), unescape(label)) for url, label in TAG.findall(letter.html)] == [
        ("https://uri.amap.com/marker?position=118.6,24.9&name=%E4%B8%9C", "打开地图"),
        ("https://linli.example/photo/x.jpg?a=1&b=2", "照片 <1>"),
        ("https://elsewhere.example/x", "总表"),
    ]
    assert "📎" in letter.html
    [nowhere] = letters_of(7, rendered, None)
    assert "/photo/x" not in nowhere.html
    assert "https://elsewhere" in nowhere.html


def test_more_links_than_fit_go_into_a_message_of_their_own() -> None:
    links = tuple(Link(f"照片{n}", f"/photo/{'x' * 200}{n}.jpg") for n in range(30))
    found = letters(replace(PLAIN, text="您好。" * 1300, links=links))
    assert len(found) > 1
    assert sum(len(TAG.findall(each.html)) for each in found) == 30
    assert all(units(each.html) <= TEXT_UNITS for each in found)


@pytest.mark.parametrize("language", [*LANGUAGES, TRADITIONAL_TAG])
def test_every_view_keeps_the_limits_of_telegram(language: str) -> None:
    every = [each.values[0] for each in variants()]
    assert len(every) > 1000
    for view in every:
        check_limits(RENDERER.render(view, language))


def check_limits(rendered: Rendered) -> None:
    """Fails for what Telegram would not take, and for a choice that a press would not find again."""
    for letter in letters_of(999_999_999, rendered, "https://linli.example"):
        assert shown(letter.html).strip()
        assert units(letter.html) <= TEXT_UNITS
        assert len(letter.buttons) <= 100
        assert all(0 < len(each.data.encode()) <= PAYLOAD_BYTES for each in letter.buttons)
        assert all(each.label.strip() for each in letter.buttons)
    for at, choice in enumerate(rendered.choices, 1):
        tapped = tapped_of(payload(999_999_999, at, choice.say))
        assert tapped
        assert chosen(rendered, tapped) == choice


@given(st.integers(1, 999_999_999), st.integers(0, 99), TEXTS.filter(lambda text: text.isprintable()))
def test_what_a_button_carries_always_fits_and_is_read_again(number: int, choice: int, say: str) -> None:
    data = payload(number, choice, say)
    assert len(data.encode()) <= 64
    tapped = tapped_of(data)
    assert tapped
    assert (tapped.number, tapped.choice) == (number, choice)


@given(st.text(max_size=64))
@example("v1|1|1|ABCDEF")
@example("v1|١|1|abcdef")
@example("v1|1|1|abcdef\n")
@example("v0|1|1|abcdef")
def test_what_is_not_ours_is_none(data: str) -> None:
    assert tapped_of(data) is None


def test_a_choice_that_says_something_else_by_now_is_not_the_one_that_was_pressed() -> None:
    rendered = replace(PLAIN, choices=CHOICES)
    tapped = tapped_of(payload(7, 2, CHOICES[1].say))
    assert tapped
    assert chosen(rendered, tapped) == CHOICES[1]
    assert chosen(replace(rendered, choices=CHOICES[::-1]), tapped) is None
    assert chosen(replace(rendered, choices=CHOICES[:1]), tapped) is None
    assert chosen(rendered, Tapped(7, 0, tapped.mark)) is None


def test_a_calendar_is_asked_for_by_its_own_button() -> None:
    rendered = replace(PLAIN, calendar=("ABCD",), choices=CHOICES)
    [letter] = letters(rendered)
    tapped = tapped_of(letter.buttons[-1].data)
    assert tapped
    assert asks_for_file(rendered, tapped)
    assert not asks_for_file(replace(rendered, calendar=("WXYZ",)), tapped)
    assert chosen(rendered, tapped) is None


def test_what_was_chosen_stands_in_place_of_the_choices() -> None:
    rendered = replace(PLAIN, calendar=("ABCD",), choices=CHOICES)
    letter = answered(with_choices(7, rendered, None), CHOICES[1], "zh")
    assert shown(letter.html) == "您好。\n\n✓ 已选：<看> & 活动"
    assert [each.label for each in letter.buttons] == ["📅 存到手机日历"]
    full = replace(PLAIN, text="好" * TEXT_UNITS, choices=CHOICES)
    assert answered(with_choices(7, full, None), CHOICES[1], "zh") == Letter("好" * TEXT_UNITS)


def test_words_of_ours_are_there_in_every_language() -> None:
    zh, en = (words(language, "telegram") for language in LANGUAGES)
    assert zh.keys() == en.keys()
    assert len(zh["commands"]) == len(en["commands"])
    assert "&lt;" in linked("<", "<", "https://t.me/x").html
