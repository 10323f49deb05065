"""Service deserts: which things are missed most and where, by the documented formula."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from handlers.deserts import CAP_M, LEAST, WALK_M, WEEKS, Desert, deserts, first_week, street_m
from handlers.snapshot import Directory
from storage.wishes import Wished
from tests.sample import NOW, Sample

TODAY = NOW.date()
# At 1.3: day care is 2,057 m from FZ030, the canteen 1,147 m from FZ002 and near FZ034.
CARE, CANTEEN, SWIMMING = "日间照料室", "长者食堂", "游泳"


def found(sample: Sample, *wished: Wished, of: str | None = None) -> list[Desert]:
    return deserts(wished, sample.directory, TODAY, detour=1.3, subdistrict=of)


def street(directory: Directory, thing: str, centre_id: str, today: date = TODAY) -> float | None:
    centre = directory.centres[centre_id]
    return street_m(thing, (centre.latitude, centre.longitude), directory, today, 1.3)


def test_the_distance_is_that_along_streets_to_the_nearest_that_offers_it(sample: Sample) -> None:
    assert round(street(sample.directory, CARE, "FZ030") or 0) == 2057
    assert round(street(sample.directory, CANTEEN, "FZ002") or 0) == 1147
    assert street(sample.directory, "便民服务大厅", "FZ002") == 0
    assert street(sample.directory, SWIMMING, "FZ002") is None
    assert street(sample.directory, "medical", "FZ002") == 0


def test_an_activity_that_has_ended_is_offered_no_more(sample: Sample) -> None:
    assert (street(sample.directory, "太极晨练", "FZ002") or 0) > WALK_M
    last = max(each.ends_on for each in sample.directory.activities_named["太极晨练"])
    assert street(sample.directory, "太极晨练", "FZ002", last) is not None
    assert street(sample.directory, "太极晨练", "FZ002", last + timedelta(days=1)) is None


def test_things_are_ordered_by_wishes_times_distance_up_to_the_cap(sample: Sample) -> None:
    wished = (
        Wished(CANTEEN, "FZ002", 7),  # 7 x 1,146.5
        Wished(CARE, "FZ030", 4),  # 4 x 2,057.4
        Wished(SWIMMING, "FZ002", 3),  # 3 x 3,000 = 9,000
        Wished("企业办证窗口", "FZ076", 3),  # 3 x 3,000, though it is 15 km away
    )
    expected = (("企业办证窗口", 9000), (SWIMMING, 9000), (CARE, 8229), (CANTEEN, 8025))
    for order in permutations(wished):
        assert tuple((each.thing, int(each.weight)) for each in found(sample, *order)) == expected
    assert CAP_M == 3000


def test_fewer_wishes_than_three_may_be_one_person_and_are_not_told(sample: Sample) -> None:
    assert found(sample, Wished(SWIMMING, "FZ002", LEAST - 1)) == []
    [desert] = found(sample, *(Wished(SWIMMING, each, 2) for each in ("FZ002", "FZ030")))
    assert (desert.wishes, desert.told) == (4, ())
    [desert] = found(sample, Wished(SWIMMING, "FZ002", LEAST), Wished(SWIMMING, "FZ030", LEAST - 1))
    assert [each.centre.id for each in desert.told] == ["FZ002"]
    assert desert.wishes == 2 * LEAST - 1


def test_a_place_that_has_it_by_now_is_no_desert_any_more(sample: Sample) -> None:
    assert found(sample, Wished(CANTEEN, "FZ034", 50)) == []
    [desert] = found(sample, Wished(CANTEEN, "FZ034", 50), Wished(CANTEEN, "FZ002", 3))
    assert [(each.centre.id, each.wishes) for each in desert.places] == [("FZ002", 3)]


def test_a_subdistrict_sees_its_own_centres_only(sample: Sample) -> None:
    wished = (Wished(SWIMMING, "FZ002", 3), Wished(SWIMMING, "FZ030", 5), Wished(CARE, "FZ030", 4))
    own = sample.directory.centres["FZ002"].subdistrict
    [desert] = found(sample, *wished, of=own)
    assert (desert.thing, desert.wishes) == (SWIMMING, 3)
    assert {each.wishes for each in found(sample, *wished)} == {8, 4}


def test_the_places_of_a_thing_come_with_the_heaviest_first(sample: Sample) -> None:
    [desert] = found(sample, *(Wished(SWIMMING, each, 3 + n) for n, each in enumerate(("FZ001", "FZ002"))))
    assert [each.centre.id for each in desert.places] == ["FZ002", "FZ001"]


def test_a_centre_that_left_the_directory_is_left_out(sample: Sample) -> None:
    assert found(sample, Wished(SWIMMING, "FZ999", 9)) == []


@pytest.mark.parametrize("weekday", range(7))
def test_the_weeks_begin_on_mondays_and_this_one_is_the_last(weekday: int) -> None:
    monday = date(2026, 11, 23)
    assert first_week(monday + timedelta(days=weekday)) == monday - timedelta(weeks=WEEKS - 1)
