"""Several things in one answer: where they are shown, and what is shown when only one of them is found."""

from dataclasses import replace

import pytest

from handlers.asks import Ask, Dialogue
from handlers.find import search
from handlers.together import show_several
from handlers.world import Policy, World
from messages.directory import CentreStatus
from messages.views import ActivityCard, AskWhere, PlacesFound, ServiceCard
from messages.views_several import SeveralShown
from tests.sample import NOW, Sample
from tests.wish_rules import CANTEEN, CENTRE, CLASS, HAIRCUT, HERE, NEW

NOT_OPEN_YET, NOWHERE, CHECK = "FZ001", "no such thing", "健康小屋"
BOTH = Ask("several", services=(CANTEEN, HAIRCUT), centres=(CENTRE,), together=((CANTEEN,), (HAIRCUT,)))


@pytest.fixture
def world(sample: Sample) -> World:
    return World(sample.directory, NOW, Policy("12345"))


def shown(ask: Ask, dialogue: Dialogue, world: World) -> SeveralShown:
    view = show_several(ask, dialogue, world).view
    assert isinstance(view, SeveralShown)
    return view


def test_without_any_place_it_is_asked_for(world: World) -> None:
    assert isinstance(show_several(replace(BOTH, centres=()), NEW, world).view, AskWhere)


def centres_of(view: SeveralShown) -> list[str]:
    return [place.id for each in view.things if (place := each.place or view.centre)]


def test_where_somebody_is_the_nearest_of_each_is_shown(world: World) -> None:
    view = shown(replace(BOTH, centres=()), Dialogue(near=HERE), world)
    assert [each.name for each in view.things] == [CANTEEN, HAIRCUT]
    nearest = [search(BOTH, [name], HERE, world, 1)[0][0] for name in (CANTEEN, HAIRCUT)]
    assert centres_of(view) == [world.directory.centre_of(each).id for each in nearest]


def test_a_centre_that_is_not_open_yet_sends_to_those_that_are(world: World) -> None:
    view = shown(replace(BOTH, centres=(NOT_OPEN_YET,)), NEW, world)
    found = centres_of(view)
    assert len(found) == len(view.things)
    assert all(world.directory.centres[i].status is CentreStatus.OPEN for i in found)


def test_the_only_one_that_is_found_gets_its_own_card(world: World) -> None:
    one = replace(BOTH, services=(HAIRCUT,), together=((HAIRCUT,), (NOWHERE,)))
    assert isinstance(show_several(one, NEW, world).view, ServiceCard)
    held = replace(BOTH, services=(), activities=(CLASS,), together=((CLASS,), (NOWHERE,)))
    assert isinstance(show_several(held, NEW, world).view, ActivityCard)


def test_what_must_cost_nothing_is_left_out_where_it_costs_something_everywhere(world: World) -> None:
    free = replace(BOTH, free=True, services=(HAIRCUT, CHECK), together=((HAIRCUT,), (CHECK,)))
    view = show_several(free, NEW, world).view
    assert isinstance(view, PlacesFound)
    assert {each.name for each in view.found} == {CHECK}
