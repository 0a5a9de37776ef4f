"""The three datums of Chinese maps: WGS-84 (GPS, OpenStreetMap), GCJ-02 (AMap, Tencent) and BD-09 (Baidu).

GCJ-02 shifts a WGS-84 point by a published sum of sines; it has no closed inverse, so the way back iterates.
All functions take and return arrays of latitudes and longitudes in degrees, element by element.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Datum = Literal["wgs84", "gcj02", "bd09"]
Floats = npt.NDArray[np.float64]
Points = tuple[Floats, Floats]

# The Krasovsky 1940 ellipsoid, on which the shift is defined.
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 6.693421622965943e-3
_BAIDU_PI = np.pi * 3000 / 180


def to_wgs84(datum: Datum, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Points:
    """WGS-84 coordinates of points given in ``datum``; accurate to a centimetre. NaN stays NaN."""
    target_y, target_x = y, x = np.asarray(lat, float), np.asarray(lon, float)
    if datum == "wgs84":
        return y, x
    # Both shifts change by less than a thousandth over their own length, so each round gains three digits.
    for _ in range(5):
        shifted_y, shifted_x = from_wgs84(datum, y, x)
        y, x = y - (shifted_y - target_y), x - (shifted_x - target_x)
    # Baidu shifts the whole earth: a point at its edge would come from beyond it.
    return np.clip(y, -90, 90), np.clip(x, -180, 180)


def from_wgs84(datum: Datum, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Points:
    """The same points in ``datum``, for map tiles and devices that use it."""
    y, x = np.asarray(lat, float), np.asarray(lon, float)
    if datum == "wgs84":
        return y, x
    y, x = _wgs84_to_gcj02(y, x)
    return _gcj02_to_bd09(y, x) if datum == "bd09" else (y, x)


def _shift(lat: Floats, lon: Floats) -> Points:
    """Degrees by which GCJ-02 moves a WGS-84 point; nothing outside the box in which China shifts its maps."""
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * (np.sin(6 * np.pi * x) + np.sin(2 * np.pi * x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (wave + _waves(y, (20, 40), 3) + 160 * np.sin(y * np.pi / 12) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (wave + _waves(x, (20, 40), 3) + 150 * np.sin(x * np.pi / 12) + 300 * np.sin(x * np.pi / 30)) * 2 / 3
    phi = np.radians(lat)
    curvature = 1 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / curvature**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(curvature) * np.cos(phi)
    inside = (lat > 0.8293) & (lat < 55.8271) & (lon > 72.004) & (lon < 137.8347)
    return np.degrees(np.where(inside, north / meridian_m, 0)), np.degrees(np.where(inside, east / parallel_m, 0))


def _waves(v: Floats, heights: tuple[float, float], length: float) -> Floats:
    total: Floats = heights[0] * np.sin(v * np.pi) + heights[1] * np.sin(v * np.pi / length)
    return total


def _wgs84_to_gcj02(lat: Floats, lon: Floats) -> Points:
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def _gcj02_to_bd09(lat: Floats, lon: Floats) -> Points:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.sin(angle) + 0.006, radius * np.cos(angle) + 0.0065
