"""Least minutes and metres between stops: whatever a coach does on the way, it is no quicker and no shorter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.model.units import Position
from dispatch.plan.audit.road import Ways, great_circles_m

Table = NDArray[np.int32]

CLOSED_MOST = 2_000  # stops up to which ways over other stops are all looked at
FAR_APART_M = 5_000  # nearer pairs count as no way at all where they are not
ROUNDED_M = 1
ROUNDED_HOPS = 0.995
_STEP, _ROWS = 64, 128  # a block of the closing fits into a processor's cache


def least_ways(roads: Ways, places: Sequence[Position]) -> Ways:
    """The shortest ways over any stops; of many stops, the great circle at the best pace seen, where that is proven."""
    if len(places) > CLOSED_MOST and (paced := _paced(roads, places)):
        return paced
    return Ways(closed(roads.minutes), closed(roads.metres))


def closed(roads: Table) -> Table:
    """Each way replaced by the shortest over any other stops (Floyd 1962), a block of stops at a time."""
    table = roads.astype(np.int32)
    n = len(table)
    for first in range(0, n, _STEP):
        over = slice(first, min(n, first + _STEP))
        size = over.stop - first
        for k in range(first, over.stop):  # ways that end or begin in the block
            np.minimum(table[over], table[over, k, None] + table[k], out=table[over])
        for k in range(first, over.stop):
            np.minimum(table[:, over], table[:, k, None] + table[k, over], out=table[:, over])
        for row in range(0, n, _ROWS):
            rows = table[row : row + _ROWS]
            room = np.empty_like(rows)
            into = rows[:, over].copy()
            for k in range(size):
                np.add(into[:, k, None], table[first + k], out=room)
                np.minimum(rows, room, out=rows)
    return table


def _paced(roads: Ways, places: Sequence[Position]) -> Ways | None:
    """None where a pair of neighbours is quicker than the best pace of those far apart: then hops could add up to less.

    Else every hop is at least its great circle at that pace, and great circles add up to no less than the direct one.
    """
    apart = great_circles_m(places).astype(np.float32)
    far = apart > FAR_APART_M
    found = []
    for table, slack in ((roads.minutes, 0), (roads.metres, ROUNDED_M)):
        pace = ROUNDED_HOPS * float(np.min(table[far] / apart[far])) if far.any() else 0.0
        if np.any(table[~far] + slack < pace * apart[~far]):
            return None
        found.append(np.floor(np.where(far, apart * pace, 0)).astype(np.int32))
    return Ways(*found)
