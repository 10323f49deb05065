"""Children who are to be handed over today: by a code, or to somebody whom the guardian named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from handlers.arrivals import AFTER_END
from handlers.desk_roster import minute_of
from handlers.desk_site import Site
from handlers.periods import period_of
from messages.booking_rules import read_note
from storage import calendar, handover
from storage.calendar import TermRow
from storage.handover import MayFetch, There

A_DAY = timedelta(days=1)
# No code of ours is longer, however it is typed.
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Somebody who may fetch a child: the code of a relation, and what names them to a form."""

    relation: str
    by: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child who is there. `meeting` and `who` name it to a form; `is_over`: its meeting is, `is_late`: for
    so long that the guardian was asked."""

    alias: str
    code: str
    activity: str
    ends_at: datetime
    session: str
    meeting: int
    who: str
    fetchers: tuple[Fetcher, ...]
    is_over: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Fetching:
    """`code` is one that was scanned, to be tried."""

    code: str
    children: tuple[Child, ...]


async def show(site: Site, asked: Mapping[str, str]) -> Fetching:
    """Who looked at the list is written down."""
    there = await still_there(site)
    named: Sequence[MayFetch] = ()
    terms: Sequence[TermRow] = ()
    if there:
        begins = midnight(site)
        named = await handover.fetchers(
            site.scene.tx, site.centre.id, begins, begins + A_DAY, site.now.date()
        )
        terms = await calendar.terms(site.scene.tx)
        await site.note_look(*sorted({each.session_id for each in there}))
    children = tuple(_child(each, named, terms, site) for each in there)
    return Fetching(asked.get("code", "")[:LONGEST_CODE], children)


async def still_there(site: Site) -> list[There]:
    """Children of today's meetings from which they are fetched, who have not left."""
    begins, known = midnight(site), site.world.directory.activities
    found = await handover.still_there(site.scene.tx, site.centre.id, begins, begins + A_DAY)
    return [
        each
        for each in found
        if (activity := known.get(each.activity_id)) and read_note(activity.note).is_fetched
    ]


def midnight(site: Site) -> datetime:
    return datetime.combine(site.now.date(), time(), site.now.tzinfo)


def is_late(each: There, site: Site) -> bool:
    return site.now >= each.ends_at + AFTER_END


def _child(each: There, named: Iterable[MayFetch], terms: Iterable[TermRow], site: Site) -> Child:
    term = period_of(terms, each.held_on).id
    mine = [one for one in named if (one.participant_id, one.term) == (each.participant_id, term)]
    # Each relation once: beyond it nobody is told apart here.
    first = {one.relation: one.name_id for one in reversed(mine)}
    return Child(
        each.alias,
        each.code,
        site.world.directory.activities[each.activity_id].name,
        each.ends_at.astimezone(site.now.tzinfo),
        each.session_id,
        minute_of(each.starts_at),
        f"{each.booking_id}:{each.participant_id}",
        tuple(Fetcher(relation, by) for relation, by in first.items()),
        each.ends_at <= site.now,
        is_late(each, site),
    )
