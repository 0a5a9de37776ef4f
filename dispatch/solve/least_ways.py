"""The least minutes and metres between stops that any coach can need, whatever other stops it passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import DrivingRules, Problem
from dispatch.model.units import EARTH_RADIUS_M
from dispatch.solve.compiled import entry
from dispatch.solve.instance import Floats, matrices

CLOSED_MOST = 2_000  # stops up to which shortest ways over other stops are computed
FAR_APART_M = 5_000  # pairs closer than that, whose entries are mostly rounding, count as no way at all
ROUNDED_M = 1  # that a near pair's metres may lack, half by rounding and half by the great circle's own error
ROUNDED_HOPS = 0.995  # leaves room for the rounding of each hop on the way


def least_ways(problem: Problem) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Minutes and metres of the shortest way over any stops; for large instances no more than that.

    A large instance takes the best pace, and the least detour, seen anywhere on the great circle of each pair. No way
    over other stops undercuts that, as long as no short hop does: where one does, as a server's or a user's may, ways
    are closed whatever it takes (20 s for 3,000 stops, growing with the cube).
    """
    given = matrices(problem)
    if len(problem.stops) > CLOSED_MOST and (ways := _paced_ways(problem, given)):
        return ways
    closed = (shortest_ways(table.astype(np.float32)).astype(np.int32) for table in given)
    return next(closed), next(closed)


def _paced_ways(
    problem: Problem, given: tuple[NDArray[np.int32], NDArray[np.int32]]
) -> tuple[NDArray[np.int32], NDArray[np.int32]] | None:
    """Great circles at the best pace of the pairs far apart, None where a pair nearby is quicker than that."""
    apart = _great_circles(problem)
    far = apart > FAR_APART_M
    ways = []
    for table, slack in zip(given, (0, ROUNDED_M), strict=True):
        ratio = ROUNDED_HOPS * float(np.min(table[far] / apart[far])) if far.any() else 0.0
        if np.any(table[~far] + slack < ratio * apart[~far]):
            return None
        ways.append(np.floor(np.where(far, apart * ratio, 0)).astype(np.int32))
    return ways[0], ways[1]


def _great_circles(problem: Problem) -> NDArray[np.float32]:
    lat = np.radians(np.array([s.position.lat for s in problem.stops], np.float32))
    lon = np.radians(np.array([s.position.lon for s in problem.stops], np.float32))
    h = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    metres: NDArray[np.float32] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1, h)))
    return metres


@entry
def shortest_ways(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each way of the table replaced by the shortest over any other stops (Floyd 1962), in place; exact up to 2**24."""
    n = len(table)
    for k in range(n):
        over = table[k].copy()
        for i in range(n):
            first = table[i, k]
            row = table[i]
            for j in range(n):
                # worded so that many columns are compared at once
                way = first + over[j]
                row[j] = way if way < row[j] else row[j]
    return table


def least_legal_minutes(drive: Floats, rules: DrivingRules) -> Floats:
    """Minutes that ``drive`` minutes of driving take at the very least with two drivers: swaps, and a new day after
    2 x daily.
    """
    day = 2 * rules.daily
    whole = np.maximum(0, np.ceil(drive / day) - 1)
    rest = drive - whole * day
    breaks = np.maximum(0, np.ceil(rest / max(rules.continuous, rules.continuous_night)) - 1)
    least: Floats = whole * 1440 + rest + breaks * min(rules.swap, rules.rest)
    return least
