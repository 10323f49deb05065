"""The bot's vocabulary comes from the directory: what it holds, residents can ask for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
import pytest_asyncio

from bot.ask import Playground, Script
from bot.clock import system_clock
from bot.linli import Linli
from bot.settings import Settings
from bot.wiring import SAMPLE, open_linli
from handlers.asks import Ask, Dialogue
from handlers.directory_import import import_directory
from handlers.find import find_centres, find_service
from handlers.lists import coverage, list_activities, list_services, show_activity, show_centre
from handlers.world import World
from messages.calendar import SHANGHAI
from messages.directory import CentreStatus
from messages.render import Renderer
from messages.understand.lexicon import Kind
from messages.views import View
from messages.words import LANGUAGES
from messages.workbook import read_workbook
from tests.sample import Sample

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
WECHAT_BYTES = 2047
TELEGRAM_CHARACTERS = 4096
TELEGRAM_BUTTON_BYTES = 64


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def linli(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Linli]:
    url = f"sqlite:///{tmp_path_factory.mktemp('words')}/linli.db"
    async with open_linli(Settings(database_url=url, vectors="off")) as opened:
        await import_directory(opened.database, read_workbook(SAMPLE), now=system_clock())
        await opened.refresh_directory()
        yield opened


@pytest.fixture
def world(linli: Linli) -> World:
    return World(linli.directory, NOW, linli.policy)


async def test_every_service_is_found_by_its_name_and_by_each_of_its_words(world: World) -> None:
    lexicon = world.directory.lexicon
    for service in world.directory.services.values():
        for word in (service.name, *service.words):
            found = {
                name for hit in lexicon.find(word.lower()) if hit.kind is Kind.SERVICE for name in hit.ids
            }
            assert service.name in found, f"{word} of {service.id}"


async def test_every_centre_is_found_by_its_names_and_only_shared_names_are_unclear(world: World) -> None:
    for centre in world.directory.centres.values():
        names = [centre.name] + (
            [centre.community, f"{centre.community}邻里中心"] if centre.community else []
        )
        for name in names:
            hits = [hit for hit in world.directory.lexicon.find(name.lower()) if hit.kind is Kind.CENTRE]
            assert centre.id in hits[0].ids, name
            alike = [c.id for c in world.directory.centres.values() if c.community == centre.community]
            assert len(hits[0].ids) == (len(alike) if centre.community else 1), name


async def test_every_activity_is_found_by_its_name(world: World) -> None:
    for activity in world.directory.activities.values():
        found = {n for h in world.directory.lexicon.find(activity.name.lower()) for n in h.ids}
        assert activity.name in found


def every_answer(world: World) -> list[View]:
    """What can be said about everything in the directory."""
    near = Dialogue()
    views = []
    for centre in world.directory.centres.values():
        ask = Ask("x", centres=(centre.id,))
        views += [show_centre(ask, near, world).view, list_services(ask, near, world).view]
        if centre.status is CentreStatus.OPEN:
            views += [list_activities(ask, near, world).view]
    for service in world.directory.services.values():
        views.append(
            find_service(Ask("x", services=(service.name,), centres=(service.centre_id,)), near, world).view
        )
    for activity in world.directory.activities.values():
        views.append(show_activity(Ask("x", activities=(activity.id,)), near, world).view)
    for name in world.directory.subdistricts:
        ask = Ask("x", subdistrict=name)
        views += [coverage(ask, near, world).view, find_centres(ask, near, world).view]
    return [*views, coverage(Ask("x"), near, world).view]


async def test_everything_that_can_be_said_fits_every_channel(world: World) -> None:
    renderer = Renderer()
    views = every_answer(world)
    assert len(views) > 1000
    for view in views:
        for language in LANGUAGES:
            rendered = renderer.render(view, language)
            assert len(rendered.text.encode()) <= WECHAT_BYTES, rendered.text
            assert len(rendered.text.encode("utf-16-le")) // 2 <= TELEGRAM_CHARACTERS
            assert all(len(choice.say.encode()) <= TELEGRAM_BUTTON_BYTES for choice in rendered.choices)
            assert len(rendered.choices) <= 3, rendered.text


async def test_every_button_leads_somewhere(linli: Linli, world: World) -> None:
    says = {choice.say for view in every_answer(world) for choice in view.choices}
    ground = await Playground.over(linli)
    try:
        played = await ground.play(
            [Script(1, NOW, (24.9069, 118.6023), None, ("东湖社区食堂", *sorted(says)[::17]))]
        )
    finally:
        await ground.close()
    for answer in played[0]:
        assert answer.reply.view not in ("ChoiceGone", "NotUnderstood", "WentWrong", "NotReadable"), (
            answer.said
        )


async def test_centres_that_are_not_open_are_never_offered(world: World) -> None:
    closed = {c.id for c in world.directory.centres.values() if c.status is not CentreStatus.OPEN}
    items = [world.directory.thing(n) for n in range(len(world.directory._things))]
    assert not closed & {getattr(thing, "centre_id", thing.id) for thing in items}


async def test_the_calendar_day_of_an_answer_is_the_one_in_shanghai(world: World) -> None:
    late = replace(world, now=datetime(2026, 11, 25, 23, 59, tzinfo=SHANGHAI))
    view = show_centre(Ask("x", centres=("FZ002",)), Dialogue(), late).view
    assert "11月26日" in Renderer().render(view, "zh").text or "明天" in Renderer().render(view, "zh").text


async def test_a_name_at_the_end_of_a_text_ends_there(sample: Sample) -> None:
    text = "我住东湖社区"
    assert [(hit.start, hit.end) for hit in sample.directory.lexicon.find(text)] == [(2, len(text))]
