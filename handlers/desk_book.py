"""Staff book for somebody at the desk: the same rules, the same line, and the code to keep."""

from collections.abc import Sequence
from dataclasses import replace

from handlers import bookings as booked
from handlers.asks import Ask
from handlers.booking import refused as not_bookable
from handlers.codes import short_code
from handlers.desk_sessions import changeable, ensured, held_here, session_meant
from handlers.desk_site import Done, Errand, Plan, Site, Undone, desk_session
from handlers.may_book import QUESTIONS, Case, No, does_not_fit
from handlers.participants import CHILD, SIBLINGS, Person, with_age
from handlers.permissions import Act
from messages.booking_rules import BookingRules, read_rules
from messages.directory import Activity
from messages.views import View
from messages.views_staff import Deed
from messages.words import words
from storage import families
from storage.audit import Entry
from storage.bookings import Wish
from storage.families import Participant
from storage.sessions import Session

GROWN_UP = 18
LINE = "line"


async def make_book(ask: Ask, site: Site) -> Plan | View:
    session = await session_meant(ask, site, Act.BOOK)
    if not isinstance(session, Session):
        return session
    return Plan((session.id,), ask.numbers[:1] or (1,), ask.said or "")


async def look_book(plan: Plan, site: Site) -> Deed | View:
    """Whoever has not told an age is looked at by staff, who see them."""
    session = await changeable(plan.ids[0], site, Act.BOOK)
    if not isinstance(session, Session):
        return session
    activity, size = site.world.directory.activities[session.activity_id], plan.numbers[0]
    if size > site.world.policy.places_a_week:
        return not_bookable(No("cap"), activity, session, site.world)
    rules = read_rules(activity)
    case = Case(rules, session, _people(plan, rules, site), site.now)
    asked = [each for each in QUESTIONS if plan.text or each is not does_not_fit]
    no = next((found for question in asked if (found := question(case))), None)
    if no:
        return not_bookable(no, activity, session, site.world)
    waits = session.waiting > 0 or session.free < size or session.has_draw
    deed = replace(site.deed(Act.BOOK), sessions=(desk_session(session, site),), number=size)
    return replace(deed, because=LINE if waits else None)


def is_for_children(rules: BookingRules) -> bool:
    """Whether whoever comes is taken for a child."""
    audience = rules.audience
    return audience.grades is not None or (audience.most_age or GROWN_UP) < GROWN_UP


def _people(plan: Plan, rules: BookingRules, site: Site) -> list[Person]:
    is_child = plan.text.startswith("g") or is_for_children(rules)
    names = _aliases(plan.numbers[0], is_child=is_child)
    people = [Person(name, "child" if is_child else "adult") for name in names]
    return [with_age(each, plan.text, site.now.date()) if plan.text else each for each in people]


def _aliases(size: int, *, is_child: bool) -> list[str]:
    """Codes of the family's words for children, as many as there are; a numbered word for all others."""
    known: Sequence[str] = ((CHILD,) if size == 1 else SIBLINGS) if is_child else ()
    guest = str(words("zh", "staff")["guest"])
    return [known[n] if n < len(known) else guest.format(number=n + 1) for n in range(size)]


async def do_book(plan: Plan, site: Site) -> Done:
    tx, scene = site.scene.tx, site.scene
    session = await ensured(plan.ids[0], site)  # held with its first place, behind the family
    activity: Activity = site.world.directory.activities[session.activity_id]
    family_id, booking_id = str(scene.new_id()), str(scene.new_id())
    await families.found(tx, family_id, site.now)
    await families.hold(tx, family_id)
    people = []
    for person in _people(plan, read_rules(activity), site):
        who = Participant(
            str(scene.new_id()),
            family_id,
            person.kind,
            person.alias,
            person.born_on,
            person.grade,
            person.grade_year,
        )
        await families.add_participant(tx, who, site.now)
        people.append(who.id)
    code = short_code(scene.new_id())
    wish = Wish(booking_id, code, session.id, family_id, tuple(people), made_by=site.post.id)
    answer = await booked.ask_for(tx, site.office, wish)
    if answer.booking is None:
        raise LookupError(f"session {session.id} could be booked a moment ago")
    fresh = await held_here(session.id, site)
    deed = replace(
        site.deed(Act.BOOK),
        sessions=(desk_session(fresh, site),),
        number=len(people),
        becomes=code,
        because=LINE if answer.place else None,
        was=str(answer.place) if answer.place else None,
    )
    return Done((booking_id, session.id, family_id), became=answer.booking.state, deed=deed)


async def undo_book(entry: Entry, site: Site) -> Undone | View:
    booking_id, session_id, family_id = entry.subjects.split()
    answer = await booked.give_up(site.scene.tx, site.office, booking_id, family_id)
    if answer.refused:
        return site.no("no_undo", Act.BOOK)
    session = await held_here(session_id, site)
    return Undone(replace(site.deed(Act.BOOK), sessions=(desk_session(session, site),)))


BOOK = Errand(Act.BOOK, make_book, look_book, do_book, undo_book)
