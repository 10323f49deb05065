"""Every view can be said in every language, within what the channels can carry."""

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from itertools import product
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from handlers.case_states import State
from handlers.desk_cases import BECOMES
from handlers.permissions import Act
from messages.calendar import SHANGHAI
from messages.photo import Problem
from messages.render import Renderer, filters_of
from messages.view_codec import ViewError, from_json, to_json
from messages.view_parts import CentreName, Days, Opening
from messages.views import VIEWS, CentreCard, Greeted, ServiceCard
from messages.views_booking import Booked, BookingShown, Reminded, SessionMoved
from messages.views_cases import (
    AskCaseWords,
    CaseLine,
    CaseNews,
    CaseShown,
    CaseStep,
    CaseTold,
    CaseWordsProposed,
    StaffCaseShown,
    VerdictAsked,
    VerdictNoted,
)
from messages.views_children import ConsentAsked
from messages.views_links import LinkRefused, Unlinked, UnlinkProposed
from messages.views_people import CallbackPromised, EmergencyShown, HumanOffered
from messages.views_photos import PhotoLink, PhotoRefused, PhotoTaken
from messages.views_staff import (
    Deed,
    DeskDone,
    DeskProposed,
    DeskRefused,
    DeskUndone,
    StaffCodeRefused,
    StaffWelcomed,
)
from messages.words import LANGUAGES

BECAUSE = [
    "weekly", "every_day", "always", "workday", "weekend", "holiday_hours", "holiday_closed", "makeup_open",
    "makeup_closed", "holiday_unstated", "centre_holiday", "exception", "suspended", "school_day",
    "not_school_day", "term_unknown",
]  # fmt: skip
FACETS = [None, "price", "bring", "how", "who", "phone", "access", "where", "hours"]
RELAXED = [(), ("open",), ("accessible",), ("open", "accessible")]
RELAXED += [("centre",), ("centre_not_open",), ("shut_there",)]

REFUSALS = [
    "not_allowed", "not_yours", "which_centre", "no_activity", "no_session", "called_off", "begun",
    "no_number", "same", "no_time", "past", "camp", "clash", "no_day", "too_long", "no_list", "not_listed",
    "nobody_today",
    "not_there", "no_hours", "unreadable_hours", "no_phone", "unreadable_activity", "nothing_to_undo",
    "too_late", "no_undo", "not_bookable", "fetched", "unknown_code", "used_code", "old_code", "ask_by_phone",
    "not_named", "abroad", "no_list_needed", "nobody_listed", "no_camp", "camp_not_over",
    "not_attended", "nothing_runs", "too_many_at_once", "no_room", "kept",
    "no_case", "no_case_order", "no_case_words", "no_evidence", "no_other_case", "case_changed",
    "case_stands", "not_owner", "not_decided_here", "not_appealed", "no_appeal", "urgent_case",
    "case_expired", "extended_before", "too_many_days", "told",
]  # fmt: skip
LINK_REFUSALS = (
    "wrong", "too_many", "own", "linked", "two_families", "public", "kept", "declined", "over", "gone",
    "not_linked",
)  # fmt: skip
STEPS = [
    "opened", "escalated", "withdrawn", "reminded", "urged", "rejudged", "asked_again", "silence", "extended",
    "words", "reply", "photo", "upheld", "refused", "same", "accepted", "appealed", "reopened", "half_fixed",
    "closed",
    "",
]  # fmt: skip
WHO = ("resident", "linli", "centre", "subdistrict", "district")
BARE_DEED = Deed(
    "", CentreName("FZ002", "东湖社区党建+邻里中心", "东湖街道", "open"),
    name="书法班", was="8:00-18:00", becomes="9:00-18:00", number=1,
)  # fmt: skip

RENDERER = Renderer()


def made(kind: Any, *, full: bool) -> Any:
    """An instance of a type from its hints: with all that may be there, or with as little as may be."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return made(arguments[0], full=full) if full else None
    if origin is tuple and arguments[-1] is Ellipsis:
        return (made(arguments[0], full=full),) * 2 if full else ()
    if origin is tuple:
        return tuple(made(argument, full=full) for argument in arguments)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{field.name: made(hints[field.name], full=full) for field in fields(kind)})
    plain = {
        str: "东湖社区",
        int: 600,
        float: 24.9,
        bool: full,
        date: date(2026, 11, 28),
        datetime: datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
    }
    return plain[kind]


def staff_variants() -> Iterator[Any]:
    """Every act as it is read back, done and taken back, and every reason not to."""
    for act in Act:
        for full in (True, False):
            deed = (
                replace(made(Deed, full=True), act=act.value) if full else replace(BARE_DEED, act=act.value)
            )
            for because in ("left", "missed", "power", "code", "mother"):
                yield pytest.param(
                    replace(made(DeskProposed, full=full), deed=replace(deed, because=because)),
                    id=f"{act}-{because}-{full}",
                )
            yield pytest.param(replace(made(DeskDone, full=full), deed=deed), id=f"{act}-done-{full}")
            yield pytest.param(replace(made(DeskUndone, full=full), deed=deed), id=f"{act}-undone-{full}")
    for why in (*Problem, "unknown", "enough"):
        yield pytest.param(replace(made(PhotoRefused, full=True), why=why), id=f"photo-{why}")
    for whose in ("own", "resident", "staff"):
        shown = (PhotoLink(whose, "/photo/good.jpg"),)
        yield pytest.param(replace(made(PhotoTaken, full=True), photos=shown), id=f"photo-{whose}")
    for why in REFUSALS:
        yield pytest.param(replace(made(DeskRefused, full=True), why=why), id=f"refused-{why}")


def link_variants() -> Iterator[Any]:
    """Every reason not to link, and both ways to part, said here and there."""
    for why in LINK_REFUSALS:
        yield pytest.param(replace(made(LinkRefused, full=True), why=why), id=f"link-{why}")
    for leaves, by_others in product(("here", "others"), (True, False)):
        proposed = replace(made(UnlinkProposed, full=True), leaves=leaves, here="web", others=("wechat",))
        yield pytest.param(proposed, id=f"unlink-{leaves}-{by_others}")
        parted = replace(made(Unlinked, full=True), leaves=leaves, by_others=by_others)
        yield pytest.param(parted, id=f"unlinked-{leaves}-{by_others}")


def case_variants() -> Iterator[Any]:
    """A case in every state and kind on every tier, every step, every piece of news and every order."""
    line: CaseLine = made(CaseLine, full=True)
    step: CaseStep = made(CaseStep, full=True)
    for state, kind, tier in product(State, ("rating", "complaint", "information", "urgent"), (1, 2, 3)):
        stands = replace(line, state=state.value, kind=kind, tier=tier, is_overdue=tier == 2)
        for view in (CaseShown, StaffCaseShown):
            shown = replace(made(view, full=True), line=stands, steps=(replace(step, became=state.value),))
            yield pytest.param(shown, id=f"{view.__name__}-{state}-{kind}-{tier}")
    for what in STEPS:
        steps = tuple(replace(step, because=what, who=who) for who in WHO)
        yield pytest.param(replace(made(CaseShown, full=True), steps=steps), id=f"step-{what}")
        for news in (CaseTold, CaseNews):
            told = replace(made(news, full=True), what=what, line=replace(line, state="accepted", tier=1))
            yield pytest.param(told, id=f"{news.__name__}-{what}")
    for how, full in product(("explained", "rectified", "duplicate", "upheld"), (True, False)):
        yield pytest.param(replace(made(VerdictAsked, full=full), how=how), id=f"asked-{how}-{full}")
    for verdict, asks in (("solved", False), ("partly", True), ("not", True)):
        noted = replace(made(VerdictNoted, full=True), verdict=verdict, asks_why=asks)
        yield pytest.param(noted, id=f"verdict-{verdict}")
    for purpose, asks_it in product(("write", "complaint", "information"), (AskCaseWords, CaseWordsProposed)):
        asked = replace(made(asks_it, full=True), purpose=purpose)
        yield pytest.param(asked, id=f"{asks_it.__name__}-{purpose}")
    for act, full in product((*BECOMES, "extend", "reply"), (True, False)):
        deed = replace(made(Deed, full=True) if full else BARE_DEED, act="cases", because=act)
        yield pytest.param(replace(made(DeskProposed, full=full), deed=deed), id=f"case-{act}-{full}")


def variants() -> Iterator[Any]:
    """Every view full and bare, and cards in every state they can be in."""
    for name, kind in VIEWS.items():
        for full in (True, False):
            view = made(kind, full=full)
            if name == "KiosksFound" and not full:
                view = replace(view, hours_text="24小时", can_do="打印")
            if name == "Booked" and not full:
                view = replace(view, held=made(kind, full=True).held)
            yield pytest.param(view, id=f"{name}-{'full' if full else 'bare'}")
    card: ServiceCard = made(ServiceCard, full=True)
    for code in BECAUSE:
        for is_open in (True, False, None):
            day = replace(card.asked[0], because=code, holiday="national")
            opening = replace(made(Opening, full=True), is_open=is_open, today=day)
            yield pytest.param(replace(card, asked=(day,), opening=opening), id=f"{code}-{is_open}")
    human: HumanOffered = replace(made(HumanOffered, full=True), is_complaint=False)
    for is_open in (True, False, None):
        opening = replace(made(Opening, full=True), is_open=is_open)
        yield pytest.param(replace(human, opening=opening), id=f"human-{is_open}")
    for is_new, is_overdue in ((True, False), (False, False), (False, True)):
        promised = replace(made(CallbackPromised, full=True), is_new=is_new, is_overdue=is_overdue)
        yield pytest.param(promised, id=f"promised-{is_new}-{is_overdue}")
    for role in ("centre_staff", "centre_manager", "subdistrict", "district", "operator"):
        for full in (True, False):
            yield pytest.param(replace(made(StaffWelcomed, full=full), role=role), id=f"{role}-{full}")
    yield pytest.param(replace(made(StaffCodeRefused, full=True), why="too_many"), id="too-many-codes")
    yield from link_variants()
    yield from staff_variants()
    yield from case_variants()
    for danger in ("fire", "medical", "police", "despair"):
        yield pytest.param(replace(made(EmergencyShown, full=True), kind=danger), id=f"emergency-{danger}")
    for facet in FACETS:
        yield pytest.param(replace(card, facets=(facet,) if facet else ()), id=f"facet-{facet}")
        yield pytest.param(
            replace(made(CentreCard, full=True), facets=(facet,) if facet else ()), id=f"centre-facet-{facet}"
        )
    for relaxed in RELAXED:
        yield pytest.param(replace(card, relaxed=relaxed), id=f"relaxed-{'-'.join(relaxed)}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", list(variants()))
def test_a_view_is_said_in_words_and_comes_back_from_storage(view: Any, language: str) -> None:
    rendered = RENDERER.render(view, language)
    assert rendered.text
    assert rendered.text == rendered.text.strip()
    assert "\n\n" not in rendered.text
    assert "None" not in rendered.text
    assert len(rendered.choices) == len(view.choices)
    assert not any(choice.label.startswith("@") for choice in rendered.choices)
    assert from_json(to_json(view, language)) == (view, language)


def test_a_template_that_asks_for_what_a_view_does_not_have_is_noticed() -> None:

    speaker = RENDERER._speakers["zh"]
    template = speaker._templates.from_string("{{ nothing_of_the_kind }}")
    with pytest.raises(UndefinedError):
        template.render({})


def test_every_view_has_a_template_in_every_language() -> None:
    for language in LANGUAGES:
        listed = set(RENDERER._speakers[language]._templates.list_templates())
        parts = {"_booking.j2", "_cases.j2", "_rating.j2", "_children.j2", "_parts.j2", "_staff.j2"}
        parts |= {"_digest.j2", "_follows.j2", "_stars.j2", "_topics.j2"}
        assert {f"{name}.j2" for name in VIEWS} | parts == listed


@pytest.mark.parametrize(
    "stored", ['{"v":2,"language":"zh","view":"Greeted","data":{}}', '{"v":1,"view":"No"}']
)
def test_a_view_of_another_version_is_refused_by_name(stored: str) -> None:
    with pytest.raises(ViewError, match="not known here"):
        from_json(stored)


def test_a_day_says_its_year_when_it_is_another_one() -> None:
    day: Days = replace(made(Days, full=False), last=date(2026, 11, 28), spans=((510, 720),))
    card = replace(made(ServiceCard, full=True), asked=(replace(day, other_year=True), day))
    text = RENDERER.render(card, "zh").text
    assert "2026年11月28日（周六）开门：8:30–12:00" in text
    assert "\n11月28日（周六）开门：8:30–12:00" in text


def test_names_and_numbers_of_buttons_are_said_in_the_language_of_the_answer() -> None:
    view = Greeted(made(Greeted, full=True).choices)
    assert RENDERER.render(view, "en").text.startswith("Hello")
    assert RENDERER.render(view, "zh").text.startswith("您好")


@pytest.mark.parametrize("kind", [BookingShown, Reminded, SessionMoved])
@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_one_booking_can_be_taken_along_while_there_is_a_place(kind: Any, language: str) -> None:
    view = made(kind, full=True)
    for state, codes in (("booked", ("7K2M",)), ("waiting", ()), ("offered", ()), ("let_go", ())):
        held = replace(view.held, code="7K2M", state=state)
        assert RENDERER.render(replace(view, held=held), language).calendar == codes


def test_of_several_bookings_those_that_wait_are_not_taken_along() -> None:
    view: Booked = made(Booked, full=True)
    held = tuple(
        replace(view.held[0], code=code, state=state)
        for code, state in (("A", "booked"), ("B", "waiting"), ("C", "booked"))
    )
    assert RENDERER.render(replace(view, held=held), "zh").calendar == ("A", "C")


def test_the_invented_terms_are_named_in_the_language_of_the_answer() -> None:
    asked = replace(made(ConsentAsked, full=True), term="2026-2027 first term")
    assert "2026-2027学年上学期" in RENDERER.render(asked, "zh").text
    assert "2026-2027 first term" in RENDERER.render(asked, "en").text
    named = replace(asked, term="26年秋季")
    assert "26年秋季" in RENDERER.render(named, "zh").text


@pytest.mark.parametrize("zone", [UTC, SHANGHAI, ZoneInfo("America/New_York")])
def test_moments_are_said_as_clocks_show_them_here_wherever_they_came_from(zone: tzinfo) -> None:
    """The database hands out moments in UTC."""
    at = datetime(2026, 9, 2, 0, 30, tzinfo=SHANGHAI)
    said, same = filters_of("zh"), at.astimezone(zone)
    assert (said["clock_at"](same), said["day"](same), said["long_date"](same)) == (
        "0:30", "9月2日（周三）", "2026年9月2日",
    )  # fmt: skip
    assert said["moment_from"](same, datetime(2026, 9, 1, 15, tzinfo=UTC)) == "明天0:30"
