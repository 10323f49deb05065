"""Every page of the desk on one screen: what it is called, who may open it, and what it shows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot import machine
from bot.linli import Linli
from handlers.desk_site import Site
from handlers.pages import (
    activities,
    announcements,
    cases,
    charts,
    digests,
    hours,
    people,
    posters,
    questions,
    ratings,
    reach,
    roster,
    services,
    sessions,
    today,
)
from handlers.pages import area as areas
from handlers.pages.area import Area
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
)


@dataclass(frozen=True, slots=True)
class Hall:
    """A page of several centres."""

    name: str
    act: Act
    show: ShowArea


HALLS = (
    Hall("overview", Act.OVERVIEW, areas.overview),
    Hall("all_cases", Act.OVERVIEW, areas.cases),
    Hall("missed", Act.DESERTS, areas.missed),
    Hall("trends", Act.OVERVIEW, charts.show_area),
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
)
