"""Road times as the audit sees them: the user's table, else the server's answer, else the policy's estimate, all worked
out here once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.config import Settings, TravelPolicy
from dispatch.model.demand import Inputs
from dispatch.model.supply import Stop
from dispatch.model.units import EARTH_RADIUS_M, Position, great_circle_m

# (from_position, to_position, from_stop_id, to_stop_id) -> (minutes, metres)
Road = Callable[[Position, Position, str, str], tuple[int, int]]
# (from, to) -> what the config's road server says: (seconds, metres), None where it knows no road
Served = Callable[[Position, Position], tuple[int, int] | None]

ROUNDING_M = 1
TABLE_SLACK = 1e-6  # of a minute, in tables
SLACK = Fraction(1, 100_000)  # a minute that only the last bits of a factor would begin does not count
NO_ROAD = (1_000_000, 0)  # longer than any coach may drive


class Ways(NamedTuple):
    """Minutes and metres between all stops, both (stops, stops)."""

    minutes: NDArray[np.int32]
    metres: NDArray[np.int32]


Tables = Callable[[Sequence[Stop]], Ways]
# (stops, which pairs are needed) -> what the server says of them: seconds and metres, negative where it knows no road
ServedAll = Callable[[Sequence[Stop], NDArray[np.bool_]], tuple[NDArray[np.int32], NDArray[np.int32]]]


def stated_road(inputs: Inputs, settings: Settings, served: Served | None = None) -> Road:
    """Road minutes and metres between two stops: the user's entry where there is one, else the config's source.

    Raises ``ValueError`` when the config has a road server and nobody reads it.
    """
    table = {(t.from_stop, t.to_stop): (t.minutes, t.metres) for t in inputs.travel_entries}
    policy = settings.policy.travel
    if (policy.server is None) != (served is None):
        raise ValueError("a road server's times are read where, and only where, the config names one")

    def road(start: Position, end: Position, start_id: str, end_id: str) -> tuple[int, int]:
        if start_id == end_id:
            return 0, 0
        if (entry := table.get((start_id, end_id))) is not None:
            return entry
        if policy.server is None or served is None:
            return _estimated(start, end, policy)
        said = served(start, end)
        return (math.ceil(said[0] * Fraction(policy.server.time_factor) / 60 - SLACK), said[1]) if said else NO_ROAD

    return road


def _estimated(start: Position, end: Position, policy: TravelPolicy) -> tuple[int, int]:
    straight = great_circle_m(start, end)
    metres = round(straight * policy.detour)
    kmh = Fraction(policy.fast_kmh if straight > policy.fast_over_km * 1000 - ROUNDING_M else policy.slow_kmh)
    # a source that rounds its metres the other way may legally be a metre's time faster
    return max(0, math.ceil((metres - ROUNDING_M) * 60 / (kmh * 1000))), metres


def stated_tables(
    inputs: Inputs, settings: Settings, served: Served | None = None, served_all: ServedAll | None = None
) -> Tables:
    """What ``stated_road`` says of all pairs of stops at once, minutes rounded up; ``served_all`` spares a server's
    answers being read pair by pair.
    """
    policy = settings.policy.travel

    def tables(stops: Sequence[Stop]) -> Ways:
        if policy.server is not None and served_all is None:
            return pair_by_pair(stated_road(inputs, settings, served))(stops)
        ways = _all_estimated(stops, policy)
        index = {s.stop_id: i for i, s in enumerate(stops)}
        entries = {(index.get(t.from_stop, -1), index.get(t.to_stop, -1)): t for t in inputs.travel_entries}
        entries = {(a, b): t for (a, b), t in entries.items() if min(a, b) >= 0 and a != b}
        if policy.server is not None and served_all is not None:
            needed = ~np.eye(len(stops), dtype=bool)
            for pair in entries:
                needed[pair] = False
            seconds, metres = served_all(stops, needed)
            known = needed & (seconds >= 0)
            factor = policy.server.time_factor / 60
            ways.minutes[known] = np.ceil(seconds[known] * factor - TABLE_SLACK)
            ways.metres[known] = metres[known]
        for pair, entry in entries.items():
            ways.minutes[pair], ways.metres[pair] = entry.minutes, entry.metres
        return ways

    return tables


def pair_by_pair(road: Road) -> Tables:
    """The tables of a source that tells one pair at a time."""

    def tables(stops: Sequence[Stop]) -> Ways:
        said = [[road(a.position, b.position, a.stop_id, b.stop_id) for b in stops] for a in stops]
        both = np.array(said, np.int32).reshape(len(stops), len(stops), 2)
        return Ways(both[:, :, 0].copy(), both[:, :, 1].copy())

    return tables


def great_circles_m(places: Sequence[Position]) -> NDArray[np.float64]:
    """Great-circle metres between all of some points."""
    lat, lon = (np.array([getattr(p, axis) for p in places], float) for axis in ("lat", "lon"))
    phi = np.radians(lat)
    h = (
        np.sin((phi - phi[:, None]) / 2) ** 2
        + np.cos(phi)[:, None] * np.cos(phi) * np.sin(np.radians(lon - lon[:, None]) / 2) ** 2
    )
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, h)))
    return metres


def _all_estimated(stops: Sequence[Stop], policy: TravelPolicy) -> Ways:
    straight = great_circles_m([s.position for s in stops])
    kmh = np.where(straight > policy.fast_over_km * 1000, policy.fast_kmh, policy.slow_kmh)
    road = straight * policy.detour
    minutes = np.ceil(road * 0.06 / kmh - TABLE_SLACK).astype(np.int32)
    return Ways(minutes, np.rint(road).astype(np.int32))
