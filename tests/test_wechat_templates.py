"""What a notice says: chosen by the operator of what there is, within WeChat's limits, nothing of anybody."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from bot.channels.wechat.news import KINDS, MOMENTS, News, news_of, word
from bot.channels.wechat.templates import FIELDS, Template, read_templates
from bot.settings import SettingsError
from messages.view_parts import CentreName
from messages.views import Greeted, View
from messages.views_booking import (
    Activity,
    Drawing,
    Held,
    LotDrawn,
    PlaceOffered,
    Reminded,
    SessionCalledOff,
    SessionMoved,
    SessionsChanged,
    Slot,
)
from messages.views_cases import CaseLine, VerdictAsked
from messages.views_people import StaffAnswered
from messages.views_staff import ActivityStopped, CentreClosedTold, HeldAfterAll

Write = Callable[[str], Path]
AT = datetime(2026, 11, 28, 1, 5, tzinfo=UTC)
CENTRE = CentreName("FZ002", "东湖社区党建+邻里中心", "东湖街道", "open")
CLASS = Activity("FZ002-01", "四点钟课堂", CENTRE, "周六", "二楼", None, None, "0595-00002222", True)
PRIVATE = ("小明", "孩子发烧", "您家的事", "K7QP", "李老师", "13800138000")


def slot(day: int = 28) -> Slot:
    return Slot(f"s{day}", AT.replace(day=day), AT.replace(day=day, hour=3), None, False)


def held(state: str = "booked", day: int = 28) -> Held:
    until = AT.replace(day=26) if state == "offered" else None
    return Held("K7QP", CLASS, slot(day), ("小明",), state, until=until)


def line() -> CaseLine:
    return CaseLine("G-0001", "complaint", "explained", CENTRE, "书法班", 1, AT, AT, False, False)


DAY = AT.date()
DRAW = Drawing(AT, "x", "x", None, None)
MOVED, LATER, OFF = held(), held(day=29), held("let_go")
NEWS: list[tuple[View, str]] = [
    (PlaceOffered(held("offered"), ()), "offered"),
    (LotDrawn(held("offered"), "R", 1, 2, DRAW, ()), "offered"),
    (SessionCalledOff(OFF, "孩子发烧", ()), "called_off"),
    (SessionMoved(MOVED, ()), "moved"),
    (SessionsChanged(CLASS, (LATER, MOVED), (), ()), "moved"),
    (SessionsChanged(CLASS, (LATER,), (OFF,), ()), "called_off"),
    (CentreClosedTold(CENTRE, DAY, DAY, "孩子发烧", (OFF,), (), (), None, True, ()), "called_off"),
    (CentreClosedTold(CENTRE, DAY, DAY, "left", (), (MOVED,), (), None, True, ()), "moved"),
    (ActivityStopped("课", CENTRE, (OFF,), None, True, ()), "called_off"),
    (HeldAfterAll((LATER, MOVED), ()), "held"),
    (Reminded(MOVED, True, True, "soon", None, ()), "reminder"),
    (VerdictAsked(line(), "explained", "您家的事", None, AT, False, ()), "answered"),
    (StaffAnswered("H-0042", None, "李老师", "您家的事", AT, ()), "answered"),
    (StaffAnswered("H-0042", CENTRE, "李老师", "您家的事", AT, ()), "answered"),
]
SILENT: list[View] = [
    Greeted(()),
    LotDrawn(held(), "R", 1, 2, DRAW, ()),
    VerdictAsked(line(), "explained", None, None, AT, True, ()),
    HeldAfterAll((), ()),
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "templates.yaml"
        path.write_text(text, "utf-8")
        return path

    return written


def told(view: View) -> News:
    news = news_of(view, "12345")
    assert news
    return news


def whole(kind: str) -> Template:
    """Each fact of a kind in each field that it fits."""
    fields = [(field, fact) for field, each in FIELDS.items() for fact in sorted(each.facts & KINDS[kind])]
    return Template("T", {f"{field}{n}": fact for n, (field, fact) in enumerate(fields, 1)})


@pytest.mark.parametrize(("view", "kind"), NEWS, ids=lambda each: type(each).__name__)
def test_news_that_must_be_heard_says_what_where_and_when_and_nothing_of_anybody(
    view: View, kind: str
) -> None:
    news = told(view)
    assert news.kind == kind
    assert set(news.facts) >= KINDS[kind]
    values = {name: each["value"] for name, each in whole(kind).data(news).items()}
    assert all(values.values())
    for name, value in values.items():
        field = FIELDS[re.sub(r"[0-9]+$", "", name)]
        assert len(value) <= field.most
        assert not any(secret in value for secret in PRIVATE)
    assert word(kind) in values.values()


@pytest.mark.parametrize("view", SILENT)
def test_what_can_wait_has_no_notice(view: View) -> None:
    assert news_of(view, "12345") is None


def test_of_several_bookings_the_first_is_named() -> None:
    assert told(SessionsChanged(CLASS, (LATER, MOVED), (), ())).facts["starts"] == MOVED.slot.starts_at


def test_values_are_as_wechat_wants_them() -> None:
    fields = {"thing1": "activity", "time2": "starts", "phone_number3": "phone"}
    template = Template("T", {**fields, "const4": "请尽快回复", "date5": "until"})
    assert template.data(told(PlaceOffered(held("offered"), ()))) == {
        "thing1": {"value": "四点钟课堂"},
        "time2": {"value": "2026年11月28日 09:05"},
        "phone_number3": {"value": "0595-00002222"},
        "const4": {"value": "请尽快回复"},
        "date5": {"value": "2026年11月26日 09:05"},
    }
    answered = Template("T", {"character_string1": "number", "phrase2": "news", "thing3": "centre"})
    assert answered.data(told(StaffAnswered("H-0042", None, "李老师", "x", AT, ()))) == {
        "character_string1": {"value": "H-0042"},
        "phrase2": {"value": "已有答复"},
        "thing3": {"value": "区里的工作人员"},
    }


@pytest.mark.parametrize(("length", "shown"), [(20, "课" * 20), (21, "课" * 19 + "…")])
def test_a_name_that_is_too_long_is_cut_where_it_is_seen(length: int, shown: str) -> None:
    long = replace(held("offered"), activity=replace(CLASS, name="课" * length))
    data = Template("T", {"thing1": "activity"}).data(told(PlaceOffered(long, ())))
    assert data == {"thing1": {"value": shown}}


def test_line_breaks_are_blanks() -> None:
    broken = replace(held("offered"), activity=replace(CLASS, name="四点钟\n 课堂\t"))
    data = Template("T", {"thing1": "activity"}).data(told(PlaceOffered(broken, ())))
    assert data == {"thing1": {"value": "四点钟 课堂"}}


@pytest.mark.parametrize("phone", [None, "0595-00002222转8001", "0595-00002222/0595-00003333"])
def test_a_phone_that_wechat_does_not_take_is_the_help_line(phone: str | None) -> None:
    other = replace(held("offered"), activity=replace(CLASS, phone=phone))
    assert told(PlaceOffered(other, ())).facts["phone"] == "12345"


def test_the_words_of_news_fit_the_shortest_field() -> None:
    assert all(len(word(kind)) <= FIELDS["phrase"].most for kind in KINDS)
    assert all(FIELDS[name].facts <= MOMENTS for name in ("time", "date"))


GOOD = """
subscription:
  offered: {id: sub_1, lasting: yes, thing1: activity, time2: until}
template:
  offered:
    id: 8Gq0-x
    thing1: activity
    phrase2: 名额空出
  answered: {id: "77", character_string1: number}
"""


def test_a_file_is_read_as_it_is_meant(write: Write) -> None:
    assert read_templates(write(GOOD)) == {
        ("subscription", "offered"): Template("sub_1", {"thing1": "activity", "time2": "until"}, True),
        ("template", "offered"): Template("8Gq0-x", {"thing1": "activity", "phrase2": "名额空出"}),
        ("template", "answered"): Template("77", {"character_string1": "number"}),
    }


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_file_that_is_shown_can_be_read(write: Write, name: str) -> None:
    text = (Path(__file__).parent.parent / name).read_text("utf-8")
    [shown] = re.findall(r"```\n( +template: .*?)```", text, re.DOTALL)
    assert set(read_templates(write(dedent(shown).replace("…", "x")))) == {("template", "offered")}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "subscription or template"),
        ("[1]", "subscription or template"),
        ("x: [", "no YAML"),
        ("templates: {}", "templates: must be"),
        ("template: 7", "kinds of news"),
        ("template: {offer: {id: a}}", "template.offer: must be one of offered"),
        ("template: {offered: x}", "template.offered: needs the id"),
        ("template: {offered: {thing1: activity}}", "template.offered: needs the id"),
        ("template: {offered: {id: a b, thing1: activity}}", "template.offered: needs the id"),
        ("template: {offered: {id: a}}", "template.offered: needs the fields"),
        ("template: {offered: {id: a, lasting: 2, thing1: activity}}", "lasting: must be yes or no"),
        ("template: {offered: {id: a, first: activity}}", "offered.first: fields are thing"),
        ("template: {offered: {id: a, thing: activity}}", "offered.thing: fields are"),
        ("template: {offered: {id: a, 7: activity}}", "offered.7: fields are"),
        ("template: {offered: {id: a, thing1: what_is_it}}", "thing1: must be activity or centre or news"),
        ("template: {moved: {id: a, time1: until}}", "time1: must be starts or fixed words"),
        ("template: {answered: {id: a, phone_number1: phone}}", "phone_number1: must be fixed words"),
        ("template: {offered: {id: a, phrase1: 六个字的词语}}", "phrase1: fixed words have 1 to 5"),
        ("template: {offered: {id: a, thing1: ''}}", "thing1: fixed words have 1 to 20"),
    ],
)
def test_what_is_wrong_in_it_is_named(write: Write, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match="LINLI_WECHAT_TEMPLATES") as raised:
        read_templates(write(text))
    assert named in str(raised.value)


def test_all_that_is_wrong_is_named_at_once(write: Write) -> None:
    text = "template: {offered: {id: a, thing1: x, thing2: y}, other: {id: b}}\nmore: {}"
    with pytest.raises(SettingsError) as raised:
        read_templates(write(text))
    assert len(str(raised.value).splitlines()) == 1 + 4


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yaml cannot be read"):
        read_templates(tmp_path / "nowhere.yaml")
    (tmp_path / "nowhere.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_templates(tmp_path / "nowhere.yaml")


def test_each_kind_of_news_has_a_view(write: Write) -> None:
    assert {kind for _, kind in NEWS} == set(KINDS)
    made: list[Any] = [view for view, _ in NEWS]
    assert len({type(view) for view in made}) >= 10
