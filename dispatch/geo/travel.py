"""Road times and distances between all pairs of stops: an estimate or a server's, and the user's table."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from dispatch.config import TravelPolicy, TravelServer
from dispatch.model.demand import TravelEntry
from dispatch.model.problem import TravelTimes
from dispatch.model.supply import Stop
from dispatch.model.units import EARTH_RADIUS_M

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
# (stops, which pairs are needed) -> seconds and metres, both (n, n); negative where no road is known
Served = Callable[[Sequence[Stop], npt.NDArray[np.bool_]], tuple[Ints, Ints]]

# Rows computed at a time: 64 rows of 4,500 stops need a few megabytes of temporaries, whatever the number of stops.
_BLOCK = 64
# A leg of exactly 75 km must take 60 minutes, not 61 for the last bit of a float.
_ROUNDING = 1e-6


def road_times(
    stops: Sequence[Stop], entries: Sequence[TravelEntry], policy: TravelPolicy, served: Served | None = None
) -> TravelTimes:
    """Minutes (rounded up) and metres by road between every ordered pair of stops.

    The estimate is the great circle times ``policy.detour``, at ``fast_kmh`` where the great circle itself exceeds
    ``fast_over_km`` and at ``slow_kmh`` elsewhere. With ``policy.server``, what it ``served`` counts instead, times its
    ``time_factor``; pairs that it knows no road for are listed and keep the estimate. ``entries`` replace either for
    their direction only; an entry with a stop outside ``stops`` or with both ends equal has no effect.
    """
    n = len(stops)
    minutes, metres = _zeros(n), _zeros(n)
    gaps: tuple[tuple[int, int], ...] = ()
    if n:
        table = _inside(stops, entries)
        _estimate(stops, policy, _matrix(minutes, n), _matrix(metres, n))
        if policy.server and served:
            gaps = _serve(served, policy.server, stops, table, _matrix(minutes, n), _matrix(metres, n))
        for (a, b), entry in table.items():
            minutes[a * n + b], metres[a * n + b] = entry.minutes, entry.metres
    return TravelTimes(n, minutes, metres, policy.source(table=bool(entries)), gaps)


def great_circles_m(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Great-circle metres between points in degrees by the haversine formula; the arguments broadcast."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    h = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    distances: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return distances


def _zeros(n: int) -> array[int]:
    return array("i", bytes(array("i").itemsize * n * n))


def _matrix(values: array[int], n: int) -> Ints:
    return np.frombuffer(values, dtype=np.int32).reshape(n, n)


def _estimate(stops: Sequence[Stop], policy: TravelPolicy, minutes: Ints, metres: Ints) -> None:
    lat = np.array([s.position.lat for s in stops])
    lon = np.array([s.position.lon for s in stops])
    for first in range(0, len(stops), _BLOCK):
        rows = slice(first, first + _BLOCK)
        direct = great_circles_m(lat[rows, None], lon[rows, None], lat[None], lon[None])
        kmh = np.where(direct > policy.fast_over_km * 1000, policy.fast_kmh, policy.slow_kmh)
        road = direct * policy.detour
        metres[rows] = np.rint(road)
        minutes[rows] = np.ceil(road * 0.06 / kmh - _ROUNDING)


def _inside(stops: Sequence[Stop], entries: Sequence[TravelEntry]) -> dict[tuple[int, int], TravelEntry]:
    """The entries that have an effect, by the places of their stops."""
    index = {s.stop_id: i for i, s in enumerate(stops)}
    ends = ((index.get(entry.from_stop), index.get(entry.to_stop), entry) for entry in entries)
    return {(a, b): entry for a, b, entry in ends if a is not None and b is not None and a != b}


def _serve(
    served: Served,
    server: TravelServer,
    stops: Sequence[Stop],
    table: Collection[tuple[int, int]],
    minutes: Ints,
    metres: Ints,
) -> tuple[tuple[int, int], ...]:
    """Put what the server says in place of the estimate; returns the pairs that neither it nor the table has."""
    apart = ~np.eye(len(stops), dtype=bool)
    needed = apart.copy()
    for pair in table:
        needed[pair] = False
    seconds, distances = served(stops, needed)
    there = (seconds >= 0) & apart
    minutes[there] = np.ceil(seconds[there] * (server.time_factor / 60) - _ROUNDING)
    metres[there] = distances[there]
    gaps = np.argwhere(needed & ~there)
    return tuple((a, b) for a, b in gaps.tolist())
