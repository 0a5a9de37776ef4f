"""Road times and distances between all pairs of stops: an estimate from great circles, or the user's table."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dispatch.config import TravelPolicy
from dispatch.model.demand import TravelEntry
from dispatch.model.problem import TravelTimes
from dispatch.model.supply import Stop
from dispatch.model.units import EARTH_RADIUS_M

Floats = npt.NDArray[np.float64]

# Rows computed at a time: 64 rows of 4,500 stops need a few megabytes of temporaries, whatever the number of stops.
_BLOCK = 64
# A leg of exactly 75 km must take 60 minutes, not 61 for the last bit of a float.
_ROUNDING = 1e-6


def road_times(stops: Sequence[Stop], entries: Sequence[TravelEntry], policy: TravelPolicy) -> TravelTimes:
    """Minutes (rounded up) and metres by road between every ordered pair of stops.

    The estimate is the great circle times ``policy.detour``, at ``fast_kmh`` where the great circle itself exceeds
    ``fast_over_km`` and at ``slow_kmh`` elsewhere. ``entries`` replace it for their direction only; an entry with a
    stop outside ``stops`` or with both ends equal has no effect.
    """
    n = len(stops)
    minutes, metres = _zeros(n), _zeros(n)
    if n:
        _estimate(stops, policy, _matrix(minutes, n), _matrix(metres, n))
        _override(stops, entries, _matrix(minutes, n), _matrix(metres, n))
    return TravelTimes(n, minutes, metres, "estimate+table" if entries else "estimate")


def great_circles_m(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Great-circle metres between points in degrees by the haversine formula; the arguments broadcast."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    h = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    distances: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return distances


def _zeros(n: int) -> array[int]:
    return array("i", bytes(array("i").itemsize * n * n))


def _matrix(values: array[int], n: int) -> npt.NDArray[np.int32]:
    return np.frombuffer(values, dtype=np.int32).reshape(n, n)


def _estimate(
    stops: Sequence[Stop], policy: TravelPolicy, minutes: npt.NDArray[np.int32], metres: npt.NDArray[np.int32]
) -> None:
    lat = np.array([s.position.lat for s in stops])
    lon = np.array([s.position.lon for s in stops])
    for first in range(0, len(stops), _BLOCK):
        rows = slice(first, first + _BLOCK)
        direct = great_circles_m(lat[rows, None], lon[rows, None], lat[None], lon[None])
        kmh = np.where(direct > policy.fast_over_km * 1000, policy.fast_kmh, policy.slow_kmh)
        road = direct * policy.detour
        metres[rows] = np.rint(road)
        minutes[rows] = np.ceil(road * 0.06 / kmh - _ROUNDING)


def _override(
    stops: Sequence[Stop],
    entries: Sequence[TravelEntry],
    minutes: npt.NDArray[np.int32],
    metres: npt.NDArray[np.int32],
) -> None:
    index = {s.stop_id: i for i, s in enumerate(stops)}
    for entry in entries:
        a, b = index.get(entry.from_stop), index.get(entry.to_stop)
        if a is not None and b is not None and a != b:
            minutes[a, b], metres[a, b] = entry.minutes, entry.metres
