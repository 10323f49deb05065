"""May this be booked, by these, now? Each rule is one question; the first no is the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from handlers.eligible import Fact, Fit, fits
from handlers.participants import Person
from handlers.pauses import Pause
from messages.booking_rules import BookingRules
from storage.lotteries import Lottery
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked: a session with its rules, for whom, at what time; `lottery` where a draw decides,
    `pauses` of those who did not come too often, by their ids."""

    rules: BookingRules
    session: Session
    people: Sequence[Person]
    now: datetime
    lottery: Lottery | None = None
    pauses: Mapping[str, Pause] = field(default_factory=dict)

    @property
    def on(self) -> datetime:
        return self.session.starts_at.astimezone(self.now.tzinfo)


@dataclass(frozen=True, slots=True)
class No:
    """Why not: a code; `at` is the moment it speaks of, `who` the participant, `fact` what is to be told,
    `pause` what was missed."""

    reason: str
    at: datetime | None = None
    who: Person | None = None
    fact: Fact | None = None
    pause: Pause | None = None


def is_booked_elsewhere(case: Case) -> No | None:
    """Some are booked by phone; what the office wrote and nobody can read is, too."""
    return None if case.rules.is_bookable else No("by_phone")


def has_begun(case: Case) -> No | None:
    return No("begun", case.on) if case.session.starts_at <= case.now else None


def is_not_open_yet(case: Case) -> No | None:
    """Of a draw its own registration counts, not when booking usually opens."""
    opens = case.lottery.opens_at if case.lottery else case.rules.opens.opens_at(case.session.starts_at)
    if opens is None or opens <= case.now:
        return None
    return No("not_open_yet", opens.astimezone(case.now.tzinfo))


def waits_for_its_draw(case: Case) -> No | None:
    """Registration is over; after the draw there is a line as usual."""
    if case.lottery is None or case.lottery.takes_entries(case.now):
        return None
    return No("draw_closed", case.lottery.closes_at.astimezone(case.now.tzinfo))


def is_paused(case: Case) -> No | None:
    """Who did not come too often; until midnight before the day named."""
    paused = ((person, case.pauses.get(person.id or "")) for person in case.people)
    for person, pause in paused:
        if pause:
            again = datetime.combine(pause.again_on, time.min, case.now.tzinfo)
            return No("paused", again, person, pause=pause)
    return None


def does_not_fit(case: Case) -> No | None:
    """Ages and grades on the day of the session; who may still fit has to tell more."""
    judged = [(person, fits(case.rules.audience, person.told, case.on.date())) for person in case.people]
    for person, judgement in judged:
        if judgement.fit in (Fit.TOO_YOUNG, Fit.TOO_OLD):
            return No(judgement.fit.value, case.on, person)
    unknown = ((person, each.missing) for person, each in judged if each.fit is Fit.NOT_KNOWN)
    return next((No("not_known", who=person, fact=missing) for person, missing in unknown), None)


def is_more_than_all(case: Case) -> No | None:
    session = case.session
    return No("too_many") if len(case.people) > max(session.places, session.capacity) else None


QUESTIONS: tuple[Callable[[Case], No | None], ...] = (
    is_booked_elsewhere,
    has_begun,
    is_not_open_yet,
    waits_for_its_draw,
    is_paused,
    does_not_fit,
    is_more_than_all,
)


def may_book(case: Case) -> No | None:
    """The first rule that says no; None when it may be booked, as far as the rules go."""
    return next((no for question in QUESTIONS if (no := question(case))), None)
