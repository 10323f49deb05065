"""The two datums of Chinese maps and distances between places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.geo import Datum, convert, distance_m, in_china, to_gcj02, to_wgs84

in_fujian = st.tuples(st.floats(23.5, 28.4), st.floats(115.8, 120.8))
anywhere_inside = st.tuples(st.floats(4.0, 53.5), st.floats(73.6, 135.0))


@given(in_fujian)
def test_out_and_back_over_fujian_errs_less_than_a_metre(point: tuple[float, float]) -> None:
    assert distance_m(to_wgs84(to_gcj02(point)), point) < 0.01
    assert distance_m(to_gcj02(to_wgs84(point)), point) < 0.01


@given(anywhere_inside)
def test_out_and_back_over_china_errs_less_than_a_metre(point: tuple[float, float]) -> None:
    assert distance_m(to_wgs84(to_gcj02(point)), point) < 1.0


@given(in_fujian)
def test_control_one_step_back_is_not_the_inverse_and_the_harness_sees_it(point: tuple[float, float]) -> None:
    shifted = to_gcj02(point)
    assert 100 < distance_m(shifted, point) < 1000


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # Published pairs of the forward formula (Tiananmen, Shanghai), rounded to six digits.
        ((39.908692, 116.397477), (39.910095, 116.403720)),
        ((31.1774276, 121.5272106), (31.175304, 121.531542)),
    ],
)
def test_the_formula_gives_the_published_points(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert distance_m(to_gcj02(wgs84), gcj02) < 1.0
    assert distance_m(to_wgs84(gcj02), wgs84) < 1.0


@pytest.mark.parametrize("point", [(51.5, -0.12), (37.77, -122.42), (-33.9, 151.2), (1.35, 150.0)])
def test_points_outside_china_stay_where_they_are(point: tuple[float, float]) -> None:
    assert not in_china(point)
    assert to_gcj02(point) == point
    assert to_wgs84(point) == point


def test_convert_goes_both_ways_and_leaves_equal_datums_alone() -> None:
    point = (24.908, 118.602)
    assert convert(point, Datum.WGS84, Datum.GCJ02) == to_gcj02(point)
    assert convert(point, Datum.GCJ02, Datum.WGS84) == to_wgs84(point)
    assert convert(point, Datum.GCJ02, Datum.GCJ02) == point


def test_distances_are_metres_on_the_mean_sphere() -> None:
    assert distance_m((24.9, 118.6), (24.9, 118.6)) == 0.0
    assert distance_m((0.0, 0.0), (1.0, 0.0)) == pytest.approx(111195.08, abs=0.1)
    assert distance_m((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20015114.4, abs=1)
    assert distance_m((24.9, 118.6), (24.91, 118.61)) == pytest.approx(1501.5, abs=2)
