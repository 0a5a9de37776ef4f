"""Where people may board: their fixed stop, the assembly stops within reach of home, else a stop made at the seat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.model.demand import Inputs, Worker
from dispatch.model.supply import Stop, StopKind
from dispatch.model.units import EARTH_RADIUS_M, Position

CHUNK = 20_000


def haversine_m(a: Sequence[Position], b: Sequence[Position]) -> NDArray[np.float64]:
    """Great-circle metres between all pairs, shape (len(a), len(b))."""
    lat_a, lon_a = _radians(a)
    lat_b, lon_b = _radians(b)
    h = (
        np.sin((lat_b[None, :] - lat_a[:, None]) / 2) ** 2
        + np.cos(lat_a)[:, None] * np.cos(lat_b)[None, :] * np.sin((lon_b[None, :] - lon_a[:, None]) / 2) ** 2
    )
    metres: NDArray[np.float64] = EARTH_RADIUS_M * 2 * np.arcsin(np.sqrt(np.minimum(1.0, h)))
    return metres


def _radians(points: Sequence[Position]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.radians(np.array([(p.lat, p.lon) for p in points], float).reshape(-1, 2))
    return table[:, 0], table[:, 1]


def access_stops(inputs: Inputs, reach_m: float) -> tuple[list[tuple[str, ...]], list[Stop]]:
    """Boarding stops of each worker, nearest first, by stop id, and the stops that had to be made.

    An empty tuple means that nothing is known of the home and no stop is fixed.
    """
    assembly = [s for s in inputs.stops if s.kind is StopKind.ASSEMBLY]
    homes = {w.home.position for w in inputs.workers if not w.boarding_stop and w.home.position is not None}
    near = _nearest(sorted(homes, key=lambda p: (p.lat, p.lon)), assembly, reach_m)
    made: dict[str, Stop] = {}
    taken = {s.stop_id for s in inputs.stops}
    reachable = [_of_worker(w, near, made, taken) for w in inputs.workers]
    return reachable, list(made.values())


def _nearest(homes: Sequence[Position], assembly: Sequence[Stop], reach_m: float) -> dict[Position, tuple[str, ...]]:
    found: dict[Position, tuple[str, ...]] = {}
    if not assembly:
        return dict.fromkeys(homes, ())
    places = [s.position for s in assembly]
    for first in range(0, len(homes), CHUNK):
        part = homes[first : first + CHUNK]
        distance = haversine_m(part, places)
        order = np.argsort(distance, axis=1, kind="stable")
        counts = (distance <= reach_m).sum(axis=1)
        for home, row, count in zip(part, order, counts, strict=True):
            found[home] = tuple(assembly[i].stop_id for i in row[:count])
    return found


def _of_worker(
    worker: Worker, near: dict[Position, tuple[str, ...]], made: dict[str, Stop], taken: set[str]
) -> tuple[str, ...]:
    if worker.boarding_stop:
        return (worker.boarding_stop,)
    home = worker.home
    if home.position is not None and near[home.position]:
        return near[home.position]
    if home.seat is None or not home.division_code:
        return ()
    if home.division_code not in taken and home.division_code not in made:
        made[home.division_code] = Stop(
            stop_id=home.division_code,
            name=home.division_name,
            kind=StopKind.ASSEMBLY,
            city="",
            district=home.county_name,
            position=home.seat,
            made=True,
        )
    return (home.division_code,)
