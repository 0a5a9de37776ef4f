"""Who could gain by which train or flight at the prices of the bound, and what they cost there at least.

Of a very large instance the entries of all departures would fill the memory. There prices stay so low that no full
vehicle is worth its hire, and only the entries of tickets ever matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand
from dispatch.solve.compiled import entry
from dispatch.solve.instance import Floats, Ints
from dispatch.solve.options import Entries, LeastCosts, side

Bools = NDArray[np.bool_]
Shorts = NDArray[np.int32]

NO_COACH = 10**12  # fen; stands for "no direct coach could carry this group"
ROUNDED = 2  # fen a head; each of at most two coaches, and the value of time, is rounded to the fen
DEAREST = 2**31 - 1  # fen; whatever costs more counts as this
RIDES_MOST = 4e9  # groups times trunk legs beyond which prices stay where no vehicle is worth its hire


class Gains(NamedTuple):
    """What a head of each group costs at least on each departure, fare included, hire not: entries
    ``start[d]:start[d + 1]`` of ``who`` (group) and ``cost`` (fen) belong to departure d.

    At prices of no more than ``most`` nothing that is left out pays; at the ``first`` ones no hired vehicle does, even
    if all its seats are sold. ``rides`` says who can go by any departure; ``pruned`` counts what is left out.
    """

    start: Ints
    who: Shorts
    cost: Shorts
    first: Ints
    most: Ints
    rides: Bools
    pruned: dict[str, int]


class _Block(NamedTuple):
    """Entries of some groups by departure; how many ways are possible, and how many dearer than a direct coach."""

    start: Ints
    who: Shorts
    cost: Shorts
    possible: int
    dear: int


def whole_fen(cost: Floats) -> Ints:
    """Costs a head in whole fen, less what bills may round off; ``NO_COACH`` at most."""
    whole: Ints = np.maximum(0, np.floor(np.minimum(cost, NO_COACH)) - ROUNDED).astype(np.int64)
    return whole


def gains(least: LeastCosts, demands: Sequence[Demand], direct: Floats, terms: Ints) -> Gains:
    """Entries of groups: people like each of ``demands``, whose direct coach costs ``direct`` fen a head, on departures
    with ``terms`` as in ``dual_value``.

    A person for whom a coach of their own seat is cheaper never gains from a departure, so the entry is left out; the
    departure's minimum may then be filled with anybody.
    """
    order = np.array(sorted(range(len(demands)), key=lambda g: side(demands[g])), np.int64)
    pairs = len(demands) * len(least.legs.vehicle)
    seats, hire = terms[:, 0], terms[:, 1]
    fares = np.zeros(len(terms))
    fares[least.legs.vehicle] = least.fare
    first, rides = whole_fen(direct), np.zeros(len(demands), bool)

    def of_block(found: Entries, at: int) -> _Block:
        start, who, cost = _by_departure(found.start, found.leg, found.cost, least.legs.vehicle, fares)
        group = order[at : at + len(found.start) - 1]
        rides[group] = np.diff(found.start) > 0
        lower_to_full(start, who, cost, group, hire, seats, first)
        if pairs > RIDES_MOST:
            departure = np.repeat(np.arange(len(terms)), np.diff(start))
            kept = (hire[departure] == 0) & (cost < first[group[who]])
            start = np.searchsorted(departure[kept], np.arange(len(terms) + 1)).astype(np.int64)
            who, cost = who[kept], cost[kept]
        return _Block(start, group[who].astype(np.int32), cost, len(found.leg), found.dear)

    blocks = list(least.in_blocks(of_block, [demands[g] for g in order], direct[order]))
    possible, dear = sum(b.possible for b in blocks), sum(b.dear for b in blocks)
    pruned = {
        "rides": pairs,
        "rides_impossible": pairs - possible - dear,
        "rides_dearer_than_a_direct_coach": dear,
    }
    most = first if pairs > RIDES_MOST else np.full(len(first), NO_COACH, np.int64)
    return Gains(*_filed(blocks, len(terms)), first, most, rides, pruned)


@entry
def lower_to_full(
    start: Ints, who: Ints | Shorts, cost: Shorts, group: Ints, hire: Ints, seats: Ints, first: Ints
) -> None:
    """Take the first prices down to what a seat of each full hired vehicle costs."""
    for d in range(len(start) - 1):
        if hire[d] > 0:
            full = hire[d] // seats[d]
            for e in range(start[d], start[d + 1]):
                g = group[who[e]]
                first[g] = min(first[g], cost[e] + full)


def _filed(blocks: list[_Block], departures: int) -> tuple[Ints, Shorts, Shorts]:
    """Entries of all blocks by departure; the blocks are used up, so that their memory is free."""
    counts = np.zeros(departures + 1, np.int64)
    for block in blocks:
        counts[1:] += np.diff(block.start)
    start = np.cumsum(counts)
    who, cost = np.zeros(start[-1], np.int32), np.zeros(start[-1], np.int32)
    at = start[:-1].copy()
    while blocks:
        _file(*blocks.pop()[:3], at, who, cost)
    return start, who, cost


@entry
def _file(start: Ints, some: Shorts, fen: Shorts, at: Ints, who: Shorts, cost: Shorts) -> None:
    """Append entries to those of their departures, whose next places are ``at``."""
    for d in range(len(start) - 1):
        for e in range(start[d], start[d + 1]):
            who[at[d]] = some[e]
            cost[at[d]] = fen[e]
            at[d] += 1


@entry
def _by_departure(start: Ints, leg: Ints, cost: Floats, departure: Ints, fares: Floats) -> tuple[Ints, Ints, Shorts]:
    """The least cost of each group on each departure that it can use, fare included: starts, groups, costs."""
    counts = np.zeros(len(fares) + 1, np.int64)
    last = np.full(len(fares), -1, np.int64)
    for g in range(len(start) - 1):
        for e in range(start[g], start[g + 1]):
            d = departure[leg[e]]
            if last[d] != g:
                last[d] = g
                counts[d + 1] += 1
    begin = np.cumsum(counts)
    who = np.zeros(begin[-1], np.int64)
    least = np.zeros(begin[-1], np.int32)
    at = begin[:-1].copy()
    last[:] = -1
    for g in range(len(start) - 1):
        for e in range(start[g], start[g + 1]):
            d = departure[leg[e]]
            fen = np.int32(min(DEAREST, max(0, int(np.floor(cost[e] + fares[d])) - ROUNDED)))
            if last[d] != g:
                last[d] = g
                who[at[d]] = g
                least[at[d]] = fen
                at[d] += 1
            else:
                least[at[d] - 1] = min(least[at[d] - 1], fen)
    return begin, who, least
