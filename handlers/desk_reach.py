"""Staff have called a family whom no message reached, or answer a resident who waits for it."""

from dataclasses import replace

from handlers import call_list, callbacks
from handlers.desk_site import Area, Done, Errand, Plan, Site, Spot, Undone, by_form_alone
from handlers.permissions import Act
from messages.names import without_names
from messages.views import View
from messages.views_staff import Deed
from storage import call_list as rows
from storage import callbacks as promised
from storage.audit import Entry
from storage.callbacks import DISTRICT

LONGEST_NAME = 20


# Called


async def look_called(plan: Plan, site: Site) -> Deed | View:
    found = await call_list.unheard(site.scene.tx, site.centre.id, site.world)
    family = next((each for each in found if (each.booking_id, each.number) == _news(plan)), None)
    return replace(site.deed(Act.CALLS), name=family.code) if family else site.no("not_listed", Act.CALLS)


def _news(plan: Plan) -> tuple[str, int]:
    return plan.ids[0], plan.numbers[0]


async def do_called(plan: Plan, site: Site) -> Done:
    booking_id, number = _news(plan)
    await rows.mark_called(site.scene.tx, site.centre.id, booking_id, number, site.now, site.post.id)
    return Done((booking_id,), became=str(number))


async def undo_called(entry: Entry, site: Site) -> Undone | View:
    if not await rows.take_back_call(site.scene.tx, entry.subjects, int(entry.became), entry.who):
        return site.no("no_undo", Act.CALLS)
    return Undone(site.deed(Act.CALLS))


# Answered: `ids` are the call-back and by what name it is answered, `text` is what the resident reads


async def look_answer(plan: Plan, site: Site) -> Deed | View:
    return await _answer(plan, site, site.deed(Act.CALL_BACK), site.centre.id)


async def look_promised(plan: Plan, area: Area) -> Deed | View:
    return await _answer(plan, area, Deed(Act.PROMISED.value, None), DISTRICT)


async def _answer(plan: Plan, spot: Spot, deed: Deed, owner: str) -> Deed | View:
    (code, by), act = plan.ids, Act(deed.act)
    waits = await promised.of_code(spot.scene.tx, code)
    if waits is None or waits.state != "open" or waits.owner != owner:
        return spot.no("no_callback", act)
    if not plan.text or not by or len(by) > LONGEST_NAME:
        return spot.no("no_case_words", act)
    return replace(deed, name=code, becomes=plan.text, was=by)


async def do_answer(plan: Plan, site: Spot) -> Done:
    code, by = plan.ids
    new_id = str(site.scene.new_id())
    await callbacks.give(site.scene.tx, code, plan.text, by=by, who=site.post.id, now=site.now, new_id=new_id)
    return Done((code,))


async def undo_answer(_: Entry, site: Spot) -> Undone | View:
    return site.no("told_already", Act.CALL_BACK)


def words_of(said: str) -> str:
    """What is written to a resident, without names of record."""
    return without_names(said.strip()[: callbacks.LONGEST_ANSWER])


CALLED = Errand(Act.CALLS, by_form_alone, look_called, do_called, undo_called)
ANSWER = Errand(Act.CALL_BACK, by_form_alone, look_answer, do_answer, undo_answer, is_final=True)
PROMISED = Errand(Act.PROMISED, by_form_alone, look_promised, do_answer, undo_answer, is_final=True)
