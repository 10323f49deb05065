"""Every page of the desk on one screen: what it is called, who may open it, and what it shows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import audit_pack, channel_health, copies, machine
from bot.linli import Linli
from handlers.desk_site import Area, Site
from handlers.pages import (
    activities,
    announcements,
    appeals,
    calendar,
    cases,
    certificates,
    charts,
    compare,
    digests,
    fetch,
    hours,
    ledger,
    office,
    people,
    posters,
    posts,
    promised,
    questions,
    ratings,
    reach,
    roster,
    services,
    sessions,
    today,
    topics,
)
from handlers.pages import area as areas
from handlers.permissions import Act

Asked = Mapping[str, str]
Show = Callable[[Site, Asked], Awaitable[object | None]]
ShowArea = Callable[[Area, Asked], Awaitable[object]]
ShowMachine = Callable[[Linli, Asked], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Room:
    """A page of one centre. `name` is that of its address, its template and its words; `is_noted`: who looked
    is written down; `is_way`: it stands among the ways of every page."""

    name: str
    act: Act
    show: Show
    is_noted: bool = False
    is_way: bool = True


ROOMS = (
    Room("today", Act.ROSTER, today.show),
    Room("sessions", Act.ROSTER, sessions.show),
    Room("session", Act.ROSTER, sessions.show_one, is_way=False),
    Room("fetch", Act.HAND_OVER, fetch.show, is_noted=True),
    Room("activities", Act.ROSTER, activities.show),
    Room("hours", Act.HOURS, hours.show),
    Room("reach", Act.CALLS, reach.show, is_noted=True),
    Room("cases", Act.CASES, cases.show),
    Room("people", Act.PEOPLE, people.show),
    Room("names", Act.NAMES, reach.names, is_noted=True, is_way=False),
    Room("case", Act.CASES, cases.show_one, is_way=False),
    Room("roster", Act.ROSTER, roster.show, is_noted=True, is_way=False),
    Room("ratings", Act.DIGEST, ratings.show, is_noted=True),
    Room("stars", Act.DIGEST, ratings.show_stars),
    Room("charts", Act.DIGEST, charts.show),
    Room("digests", Act.DIGEST, digests.show),
    Room("services", Act.WORDS, services.show),
    Room("questions", Act.WORDS, questions.show),
    Room("posters", Act.ROSTER, posters.show),
    Room("announcements", Act.ANNOUNCE, announcements.show),
    Room("certificates", Act.CERTIFY, certificates.show, is_noted=True, is_way=False),
)


@dataclass(frozen=True, slots=True)
class Hall:
    """A page of several centres. `is_noted`: who looked is written down. `work` makes of what was found what
    is shown, where that takes long: it is done beside what others wait for."""

    name: str
    act: Act
    show: ShowArea
    work: Callable[[Any], object] | None = None
    is_noted: bool = False


HALLS = (
    Hall("overview", Act.OVERVIEW, areas.overview),
    Hall("all_cases", Act.OVERVIEW, areas.cases),
    Hall("missed", Act.DESERTS, areas.missed),
    Hall("trends", Act.OVERVIEW, charts.show_area),
    Hall("compare", Act.OVERVIEW, compare.show),
    Hall("appeals", Act.OVERVIEW, appeals.show),
    Hall("topics", Act.TOPICS, topics.show),
    Hall("ledger", Act.OVERVIEW, ledger.show),
    Hall("exports", Act.EXPORT, office.show_exports),
    Hall("import", Act.DIRECTORY, office.show_import, office.work_out_import),
    Hall("calendar", Act.CALENDAR, calendar.show_calendar),
    Hall("posts", Act.OFFICE, posts.show),
    Hall("promised", Act.PROMISED, promised.show, is_noted=True),
)


@dataclass(frozen=True, slots=True)
class Cellar:
    """A page of the machine, for whoever keeps it."""

    name: str
    show: ShowMachine


CELLARS = (
    Cellar("jobs", machine.job_lines),
    Cellar("post", machine.post),
    Cellar("settings", machine.settings),
    Cellar("channels", channel_health.show),
    Cellar("backups", copies.show),
    Cellar("audit", audit_pack.show),
)
