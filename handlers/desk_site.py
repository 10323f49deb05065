"""Where staff act, and what an act of staff is made of."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from handlers import planning
from handlers.asks import Ask
from handlers.bookings import Office
from handlers.cards import centre_name
from handlers.notices import office_of
from handlers.permissions import Act, may
from handlers.world import Scene, World
from messages.directory import Centre
from messages.view_parts import Choice
from messages.views import View
from messages.views_staff import Affected, AskWhichOfOurs, Deed, DeskRefused, DeskSession
from storage import audit, bookings, sessions
from storage.audit import Entry
from storage.sessions import Session
from storage.staff import Post

UNDO_WITHIN = timedelta(minutes=10)
# Listed at most, in one answer.
LISTED = 8
MOST_CHOICES = 3
HELP = Choice("@desk_help", "/desk_help")
Where = TypeVar("Where", bound="Spot")
ROSTER = Choice("@desk_roster", "/desk_roster")


class Spot(Protocol):
    """An act's centre, or several. Whoever acts waits for who does at the same `turn`."""

    @property
    def post(self) -> Post: ...
    @property
    def world(self) -> World: ...
    @property
    def scene(self) -> Scene: ...
    @property
    def now(self) -> datetime: ...
    @property
    def centre_id(self) -> str | None: ...
    @property
    def turn(self) -> str: ...
    def no(self, why: str, act: Act | None = None) -> DeskRefused: ...


@dataclass(frozen=True, slots=True)
class Area:
    """Several centres, those of `subdistrict`, None all; who looks or acts, and the turn."""

    subdistrict: str | None
    post: Post
    world: World
    scene: Scene
    centre_id: None = None
    turn: str = "desk"

    @property
    def now(self) -> datetime:
        return self.world.now

    def has(self, centre_id: str) -> bool:
        """What a centre left behind that is in the directory no more is the district's."""
        centre = self.world.directory.centres.get(centre_id)
        return self.subdistrict is None or (centre is not None and centre.subdistrict == self.subdistrict)

    def no(self, why: str, act: Act | None = None) -> DeskRefused:
        return refused(why, self.world, act=act)


@dataclass(frozen=True, slots=True)
class Site:
    """The centre that an act is about, who acts, and the turn."""

    centre: Centre
    post: Post
    world: World
    scene: Scene

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def centre_id(self) -> str:
        return self.centre.id

    @property
    def turn(self) -> str:
        return f"desk {self.centre.id}"

    @property
    def office(self) -> Office:
        return office_of(self.world, self.scene.new_id, self.scene.conversation_id)

    def may(self, act: Act) -> bool:
        """Whether whoever acts may do this here as well."""
        return may(self.post, act, self.centre.id, self.centre.subdistrict)

    def deed(self, act: Act) -> Deed:
        may_list = self.may(Act.CALLS)
        return Deed(act.value, centre_name(self.centre), lists_calls=may_list, year=self.now.year)

    async def note_look(self, *subjects: str) -> None:
        """Write down that whoever acts looked at whose names stand in a list, by ids of ours."""
        await audit.note(
            self.scene.tx, str(self.scene.new_id()), self.post.id, Act.ROSTER.value,
            centre_id=self.centre.id, subjects=subjects, done_at=self.now,
        )  # fmt: skip

    def no(
        self,
        why: str,
        act: Act | None = None,
        *,
        count: int | None = None,
        at: datetime | None = None,
        name: str | None = None,
    ) -> DeskRefused:
        """Nothing was done, and why."""
        said = refused(why, self.world, act=act, centre=self.centre)
        return replace(said, count=count, at=at, name=name)


def refused(why: str, world: World, *, act: Act | None = None, centre: Centre | None = None) -> DeskRefused:
    named = centre_name(centre) if centre else None
    return DeskRefused(why, act.value if act else None, named, world.policy.help_line, (ROSTER, HELP))


@dataclass(frozen=True, slots=True)
class Plan:
    """An order made out: what is needed to do it later."""

    ids: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What the audit keeps of an act beside who, what, where and when: ids, codes and numbers alone.
    `deed`: what it came to, where that was not known before."""

    subjects: tuple[str, ...]
    was: str = ""
    became: str = ""
    deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back; `lost` families could not be given back what they had."""

    deed: Deed
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Errand(Generic[Where]):
    """One kind of act, at a centre or over several. `make` makes out the order or asks what is missing,
    `look` says what it would do now, `do` does it, `undo` takes it back; whatever is not to be done is a
    view. `where` finds the centre that the order is about, where it names none. `is_final`: it is not taken
    back, and `undo` says why."""

    act: Act
    make: Callable[[Ask, Where], Awaitable[Plan | View]]
    look: Callable[[Plan, Where], Awaitable[Deed | View]]
    do: Callable[[Plan, Where], Awaitable[Done]]
    undo: Callable[[Entry, Where], Awaitable[Undone | View]]
    where: Callable[[Ask, World, Scene], Awaitable[str | None]] | None = None
    is_final: bool = False


async def by_form_alone(_: Ask, site: Spot) -> Plan | View:
    """The `make` of what is ordered by a form, which holds its plan already, and never in words."""
    return site.no("not_here")


def desk_session(session: Session, site: Site) -> DeskSession:
    zone = site.now.tzinfo
    starts, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    activity = site.world.directory.activities.get(session.activity_id)
    is_camp = session.last_on != session.held_on
    return DeskSession(
        id=session.id,
        name=activity.name if activity else session.activity_id,
        starts_at=starts,
        ends_at=datetime.combine(starts.date(), ends.timetz()) if is_camp else ends,
        last_on=session.last_on if is_camp else None,
        places=session.places,
        taken=session.taken,
        offered=session.offered,
        waiting=session.waiting,
    )


def which_of(found: Sequence[Session], act: Act, site: Site, *, on_days: bool = False) -> AskWhichOfOurs:
    """Which of several sessions is meant: told apart by their days, or by clock and name within one."""
    listed = tuple(desk_session(each, site) for each in found[:MOST_CHOICES])
    choices = tuple(
        Choice(
            f"@on {one.starts_at:%Y-%m-%dT%H:%M}" if on_days else f"{one.starts_at:%H:%M} {one.name}",
            f"/desk_session {one.id}",
        )
        for one in listed
    )
    return AskWhichOfOurs(act.value, centre_name(site.centre), listed, choices)


def named_here(ask: Ask, site: Site) -> set[str]:
    """The ids of this centre's activities of the names that were said, or of the id that a form holds."""
    here = site.world.directory.activities_of.get(site.centre.id, ())
    return {each.id for each in here if each.name in ask.activities or each.id in ask.activities}


def offered_here(ask: Ask, site: Site) -> list[str]:
    """Those of them that are not over: a course may have the name of last year's."""
    known, today = site.world.directory.activities, site.now.date()
    return sorted(each for each in named_here(ask, site) if known[each].ends_on >= today)


async def sessions_between(site: Site, first: date, last: date) -> list[Session]:
    """The centre's sessions that are held on these days, stored or only planned, in order; those that were
    called off are left out."""
    tx, directory = site.scene.tx, site.world.directory
    found = {row.id: row for row in await sessions.of_centre(tx, site.centre.id, first, last)}
    moved = await sessions.moved(tx, site.centre.id, first - planning.MOVED_BY, last + planning.MOVED_BY)
    for activity in directory.activities_of.get(site.centre.id, ()):
        for plan in planning.planned(directory, activity, first, last):
            # One that was moved to another day is stored, and not among them.
            if plan.id not in found and plan.id not in moved:
                found[plan.id] = planning.as_session(plan)
    held = (each for each in found.values() if each.state == "planned")
    return sorted(held, key=lambda each: (each.starts_at, each.id))


async def session_here(session_id: str, site: Site) -> Session | None:
    """A session of this centre by its id, stored or only planned; None for another centre's, as for one that
    nobody knows."""
    found = await planning.find(site.scene.tx, site.world.directory, session_id)
    return found[1] if found and found[1].centre_id == site.centre.id else None


async def affected_by(site: Site, session_ids: tuple[str, ...]) -> Affected:
    """Whom a change of these sessions touches."""
    families: set[str] = set()
    counted = dict.fromkeys(("booked", "offered", "waiting"), 0)
    for session_id in session_ids:
        for booking in await bookings.of_session(site.scene.tx, session_id):
            families.add(booking.family_id)
            if booking.state in counted:
                counted[booking.state] += 1 if booking.state == "waiting" else booking.size
    return Affected(len(families), counted["booked"], counted["offered"], counted["waiting"])
