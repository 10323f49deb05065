"""A centre's services in the words of its residents: staff add one, and it is understood from then on."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.asks import Ask
from handlers.desk_directory import change_to, changed_back
from handlers.desk_site import Done, Errand, Plan, Site, Undone
from handlers.directory_changes import BETWEEN_WORDS, WORDS, joined
from handlers.permissions import Act
from messages.directory import Service
from messages.understand.lexicon import Hit, Kind
from messages.understand.normalise import clean
from messages.understand.own_words import meanings, unfit
from messages.understand.terms import words_in
from messages.views import View
from messages.views_staff import Deed
from storage import changes
from storage.audit import Entry


async def make_word(ask: Ask, site: Site) -> Plan | View:
    """A service of this centre by its name, and the word."""
    here = site.world.directory.services_of.get(site.centre.id, ())
    ours = [each for each in here if each.name in ask.services]
    return Plan((ours[0].id,), text=clean(ask.said or "")) if ours else site.no("no_service", Act.WORDS)


async def look_word(plan: Plan, site: Site) -> Deed | View:
    """Refused is what cannot be a word, and what residents mean something else by."""
    service = site.world.directory.services.get(plan.ids[0])
    if service is None or service.centre_id != site.centre.id:
        return site.no("no_service", Act.WORDS)
    meant = meanings(plan.text, site.world.directory.lexicon)
    if others := [hit for hit in meant if service.name not in hit.ids]:
        return site.no("word_taken", Act.WORDS, name=_named(others, site))
    if meant:
        return site.no("same", Act.WORDS)
    if why := unfit(plan.text):
        return site.no(why, Act.WORDS)
    return replace(
        site.deed(Act.WORDS), name=service.name, was=BETWEEN_WORDS.join(service.words), becomes=plan.text
    )


def _named(meant: Sequence[Hit], site: Site) -> str | None:
    """What a word means by now, where that has a name."""
    hit = meant[0]
    if hit.kind is Kind.CENTRE:
        return site.world.directory.centres[hit.ids[0]].name
    return hit.ids[0] if hit.ids and hit.kind is not Kind.CATEGORY else None


async def do_word(plan: Plan, site: Site) -> Done:
    service_id, today = plan.ids[0], site.now.date()
    all_words = joined((*await _added(service_id, site), plan.text))
    change_id, replaced = await change_to(site, "service", service_id, WORDS, all_words, today)
    return Done((service_id,), was=" ".join(replaced), became=change_id)


async def _added(service_id: str, site: Site) -> tuple[str, ...]:
    """What staff have added by now; the office's own words stay its own."""
    held = [
        each.value
        for each in await changes.unsettled(site.scene.tx)
        if (each.kind, each.row_id, each.field) == ("service", service_id, WORDS)
    ]
    return words_in(held[-1]) if held else ()


async def undo_word(entry: Entry, site: Site) -> Undone | View:
    change = await changes.of_id(site.scene.tx, entry.became)
    if change is None or not await changed_back(site, entry):
        return site.no("no_undo", Act.WORDS)
    service: Service | None = site.world.directory.services.get(entry.subjects)
    known, added = service.words if service else (), await _added(entry.subjects, site)
    gone = {*words_in(change.value)} - {*added}
    was = BETWEEN_WORDS.join(each for each in known if each not in gone)
    return Undone(replace(site.deed(Act.WORDS), name=service.name if service else None, was=was))


WORD = Errand(Act.WORDS, make_word, look_word, do_word, undo_word)
