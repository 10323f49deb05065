"""Places on the map of China: the two datums, the way between them, and distances.

GCJ-02 is the obfuscated datum that maps sold in China must use (Tencent, Gaode); WGS-84 is what
browsers, phones and Telegram report. The forward formula is the one published by reverse
engineering (described in "Restrictions on geographic data in China", Wikipedia): an offset of some
hundred metres, a sum of polynomials and sines around 35 N 105 E on the Krasovsky 1940 ellipsoid.
There is no closed inverse; it is found by iteration.
"""

from enum import StrEnum
from math import asin, cos, pi, radians, sin, sqrt

Degrees = tuple[float, float]
"""Latitude and longitude, in this order."""

_KRASOVSKY_AXIS = 6378245.0
_KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323
_MEAN_EARTH_RADIUS = 6371008.8
_SOUTH, _NORTH = 0.8293, 55.8271
_WEST, _EAST = 72.004, 137.8347
_TOLERANCE = 1e-9
_MOST_STEPS = 30


class Datum(StrEnum):
    GCJ02 = "gcj02"
    WGS84 = "wgs84"


def in_china(point: Degrees) -> bool:
    """Whether the obfuscation applies: the published formula uses this box, not the border."""
    latitude, longitude = point
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


def to_gcj02(point: Degrees) -> Degrees:
    """A WGS-84 point as maps in China show it; unchanged outside China."""
    if not in_china(point):
        return point
    north, east = _offset(point)
    return point[0] + north, point[1] + east


def to_wgs84(point: Degrees) -> Degrees:
    """A GCJ-02 point as a satellite receiver reports it; unchanged outside China.

    Fixed-point iteration on w = g - offset(w); the offset changes by less than a hundredth of a step,
    so every round gains two digits or more.
    """
    if not in_china(point):
        return point
    latitude, longitude = point
    for _ in range(_MOST_STEPS):
        north, east = _offset((latitude, longitude))
        step = max(abs(point[0] - north - latitude), abs(point[1] - east - longitude))
        latitude, longitude = point[0] - north, point[1] - east
        if step < _TOLERANCE:
            break
    return latitude, longitude


def convert(point: Degrees, datum: Datum, wanted: Datum) -> Degrees:
    """`point` of one datum in another."""
    match datum, wanted:
        case Datum.WGS84, Datum.GCJ02:
            return to_gcj02(point)
        case Datum.GCJ02, Datum.WGS84:
            return to_wgs84(point)
        case _:
            return point


def distance_m(a: Degrees, b: Degrees) -> float:
    """Metres along the great circle (haversine, mean radius of the Earth); both of one datum."""
    south, north = radians(a[0]), radians(b[0])
    half_height = sin((north - south) / 2)
    half_width = sin(radians(b[1] - a[1]) / 2)
    chord = half_height * half_height + cos(south) * cos(north) * half_width * half_width
    return 2 * _MEAN_EARTH_RADIUS * asin(sqrt(min(1.0, chord)))


def _offset(point: Degrees) -> Degrees:
    """What GCJ-02 adds to a WGS-84 point, in degrees."""
    latitude, longitude = point
    x, y = longitude - 105.0, latitude - 35.0
    root = sqrt(abs(x))
    common = 20.0 * sin(6.0 * pi * x) + 20.0 * sin(2.0 * pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += 2.0 / 3.0 * (common + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += 2.0 / 3.0 * (common + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    latitude_rad = radians(latitude)
    curvature = 1.0 - _KRASOVSKY_ECCENTRICITY_SQUARED * sin(latitude_rad) ** 2
    meridian = _KRASOVSKY_AXIS * (1.0 - _KRASOVSKY_ECCENTRICITY_SQUARED) / (curvature * sqrt(curvature))
    parallel = _KRASOVSKY_AXIS / sqrt(curvature) * cos(latitude_rad)
    return north_m * 180.0 / (meridian * pi), east_m * 180.0 / (parallel * pi)


def _waves(at: float, *waves: tuple[float, float]) -> float:
    """The sum of `height * sin(at * pi / length)` over (height, length)."""
    return sum(height * sin(at * pi / length) for height, length in waves)
