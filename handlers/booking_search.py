"""Finds what somebody wants to book: the activity, and its sessions on the days that were asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from handlers import planning
from handlers.asks import Ask, Dialogue
from handlers.cards import dates_of, short_name
from handlers.find import ask_where
from handlers.lists import fitting_activities, list_activities
from handlers.world import Outcome, Scene, World
from messages.booking_rules import read_rules
from messages.directory import Activity
from messages.views_booking import AskForWhom, AskHowOld, AskWhichSession, BookingProposed, NotBookable
from storage.sessions import Session

# So many sessions are booked at once.
MOST_AT_ONCE = 60
A_WEEK = 7


async def activity_for(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Activity | Outcome:
    """The activity that is meant, the nearest where several are; else what has to be asked first."""
    directory = world.directory
    if ask.session:
        found = await planning.find(scene.tx, directory, ask.session)
        return found[0] if found else list_activities(_listed(ask), dialogue, world)
    known = [directory.activities[it] for it in ask.activities if it in directory.activities]
    if known:
        return known[0]
    if not (ask.activities or ask.category):
        return list_activities(_listed(ask), dialogue, world)
    fitting, is_placed = fitting_activities(_listed(ask), dialogue, world)
    if not fitting and ask.centres:  # that centre does not have it: the nearest that does
        fitting, is_placed = fitting_activities(replace(_listed(ask), around=True), dialogue, world)
    if not fitting:
        return list_activities(_listed(ask), dialogue, world)
    if len({activity.centre_id for activity in fitting}) > 1 and not is_placed:
        return ask_where(ask, dialogue, world)
    return fitting[0]


def lacking_in(ask: Ask, activity: Activity, world: World) -> str | None:
    """The centre that was named and has no such activity, where another centre's is shown instead."""
    named = ask.lacking or next(iter(ask.centres), None)
    today = world.now.date()
    here = world.directory.activities_of.get(named, ()) if named else ()
    has_it = any(each.name == activity.name and each.ends_on >= today for each in here)
    return None if has_it or activity.centre_id == named else named


def said_so(outcome: Outcome, lacking: str | None, world: World) -> Outcome:
    """The card, with a word on the centre that was named and does not have it."""
    match outcome.view:
        case BookingProposed() | AskWhichSession() | AskForWhom() | AskHowOld() | NotBookable() as view:
            if lacking is None or view.activity is None:
                return outcome
            named = short_name(world.directory.centres[lacking])
            return replace(outcome, view=replace(view, activity=replace(view.activity, lacking=named)))
        case _:
            return outcome


def _listed(ask: Ask) -> Ask:
    """The same as a question for a list, whose days are another matter."""
    return Ask(
        "list_activities",
        said=ask.said,
        activities=ask.activities,
        category=ask.category,
        centres=ask.centres,
        subdistrict=ask.subdistrict,
        around=ask.around,
        audience=ask.audience,
        without=ask.without,
    )


async def sessions_for(ask: Ask, activity: Activity, world: World, scene: Scene) -> list[Session]:
    """The sessions that were asked for that have not begun; without a day, all that are planned ahead."""
    if ask.session:
        found = await planning.find(scene.tx, world.directory, ask.session)
        return [found[1]] if found else []
    today = world.now.date()
    days = dates_of(ask.when, today) if ask.when else []
    first, last = _span(ask, activity, days, world)
    coming = await planning.upcoming(scene.tx, world.directory, activity, world.now, first, last)
    wanted = ask.when.weekdays if ask.when else ()
    if days and ask.spread != "term":
        coming = [each for each in coming if _is_on(each, days)]
    elif wanted:
        coming = [each for each in coming if each.held_on.isoweekday() in wanted]
    return coming[:MOST_AT_ONCE]


def _span(ask: Ask, activity: Activity, days: Sequence[date], world: World) -> tuple[date, date]:
    """The days to look through: those that were asked for, the rest of the week or of the term, or the
    weeks that are planned ahead, from the activity's first day on."""
    today = world.now.date()
    first = max(today, activity.starts_on)
    if ask.spread == "term":
        return min([first, *days]), _term_end(activity, first, world)
    if days:
        return min(days), max(days)
    if ask.spread == "week":
        return today, today + timedelta(days=A_WEEK - today.isoweekday())
    if read_rules(activity).note.is_sold_whole:
        return today, activity.ends_on + planning.MOVED_BY
    return first, first + timedelta(weeks=world.policy.weeks_ahead)


def _term_end(activity: Activity, first: date, world: World) -> date:
    """The end of the school term that runs then, or of the activity where that is earlier or none runs."""
    terms = world.directory.calendar.terms
    running = [term.ends_on for term in terms if term.starts_on <= first <= term.ends_on]
    return min([activity.ends_on, *running])


def _is_on(session: Session, days: Sequence[date]) -> bool:
    return any(session.held_on <= day <= session.last_on for day in days)
