"""Which news must be heard even when WeChat takes no message, and what a notice may say of it.

A notice is seen on a locked phone and read by whoever holds it: it names the activity, the centre and the
time, never who takes part, what a resident wrote or what a centre gave as its reason.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from messages.view_parts import CentreName
from messages.views import View
from messages.views_booking import (
    Held,
    LotDrawn,
    PlaceOffered,
    Reminded,
    SessionCalledOff,
    SessionMoved,
    SessionsChanged,
)
from messages.views_cases import VerdictAsked
from messages.views_people import StaffAnswered
from messages.views_staff import ActivityStopped, CentreClosedTold, HeldAfterAll
from messages.words import words

Fact = str | datetime


@dataclass(frozen=True, slots=True)
class News:
    """A kind of news, and what may be said of it, by name."""

    kind: str
    facts: Mapping[str, Fact]


_OF_BOOKING = frozenset(("news", "activity", "centre", "starts", "phone"))
# What there is to say of each kind; the operator chooses of it (templates.py).
KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "offered": _OF_BOOKING | {"until"},
        "called_off": _OF_BOOKING,
        "moved": _OF_BOOKING,
        "held": _OF_BOOKING,
        "reminder": _OF_BOOKING,
        "answered": frozenset(("news", "number", "centre")),
    }
)
MOMENTS = frozenset(("starts", "until"))
# What WeChat takes for a phone number: seventeen digits and signs at most.
_PHONE = re.compile(r"[0-9+()\- ]{3,17}")


def news_of(view: View, help_line: str) -> News | None:
    """None for whatever can wait until its resident writes."""
    read = _NEWS.get(type(view))
    news = read(view) if read else None
    return News(news.kind, {"phone": help_line, **news.facts}) if news else None


def _booking(kind: str, held: Held) -> News:
    activity = held.activity
    facts: dict[str, Fact] = {
        "news": word(kind),
        "activity": activity.name,
        "centre": activity.centre.name,
        "starts": held.slot.starts_at,
    }
    if _PHONE.fullmatch(activity.phone or ""):
        facts["phone"] = str(activity.phone)
    if kind == "offered":
        facts["until"] = held.until or held.slot.starts_at
    return News(kind, facts)


def _first(kind: str, held: Sequence[Held]) -> News | None:
    """Of several bookings the one that begins first: the message itself names them all."""
    return _booking(kind, min(held, key=lambda each: each.slot.starts_at)) if held else None


def _answer(number: str, centre: CentreName | None) -> News:
    who = centre.name if centre else str(words("zh", "wechat")["notice"]["office"])
    return News("answered", {"news": word("answered"), "number": number, "centre": who})


def word(kind: str) -> str:
    """What a kind of news is called in a notice."""
    return str(words("zh", "wechat")["notice"]["news"][kind])


_NEWS: Mapping[type[View], Callable[[Any], News | None]] = MappingProxyType(
    {
        PlaceOffered: lambda view: _booking("offered", view.held),
        LotDrawn: lambda view: _booking("offered", view.held) if view.held.state == "offered" else None,
        SessionCalledOff: lambda view: _booking("called_off", view.held),
        SessionMoved: lambda view: _booking("moved", view.held),
        SessionsChanged: lambda view: _first("called_off", view.off) or _first("moved", view.moved),
        CentreClosedTold: lambda view: _first("called_off", view.held) or _first("moved", view.shorter),
        ActivityStopped: lambda view: _first("called_off", view.held),
        HeldAfterAll: lambda view: _first("held", view.held),
        Reminded: lambda view: _booking("reminder", view.held),
        VerdictAsked: lambda view: None if view.is_again else _answer(view.line.code, view.line.centre),
        StaffAnswered: lambda view: _answer(view.number, view.centre),
    }
)
