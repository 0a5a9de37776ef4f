"""Who could gain by which train or flight at the prices of the bound, and what they cost there at least.

Of a very large instance not everything fits into memory. Then prices begin where no hired vehicle pays even if it is
full, a pass over all ways finds by how much they may rise before each departure pays, and of the departures that come
first as many are kept as there is room for. Prices rise no further than the others allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand
from dispatch.solve.compiled import entry
from dispatch.solve.instance import Floats, Ints
from dispatch.solve.options import Entries, LeastCosts, side

Bools = NDArray[np.bool_]
Shorts = NDArray[np.int32]
Used = TypeVar("Used")

NO_COACH = 10**12  # fen; stands for "no direct coach could carry this group"
ROUNDED = 2  # fen a head; each of at most two coaches, and the value of time, is rounded to the fen
DEAREST = 2**31 - 1  # fen; whatever costs more counts as this
RIDES_MOST = 2e9  # groups times trunk legs beyond which only departures that come near paying are kept
KEPT_MOST = 70_000_000  # entries of these, at 8 bytes
RISE_MOST = 10_000  # fen a head that prices may rise then
STEPS = 64  # gains are counted by so many shares of a full vehicle's hire a head


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
    """Entries of some groups by departure."""

    start: Ints
    who: Shorts
    cost: Shorts


def whole_fen(cost: Floats) -> Ints:
    """Costs a head in whole fen, less what bills may round off; ``NO_COACH`` at most."""
    whole: Ints = np.maximum(0, np.floor(np.minimum(cost, NO_COACH)) - ROUNDED).astype(np.int64)
    return whole


def gains(least: LeastCosts, demands: Sequence[Demand], heads: Ints, direct: Floats, terms: Ints) -> Gains:
    """Entries of groups, ``heads`` people like each of ``demands``, whose direct coach costs ``direct`` fen a head;
    ``terms`` as in ``dual_value``.

    A person for whom a coach of their own seat is cheaper never gains from a departure, so the entry is left out; the
    departure's minimum may then be filled with anybody.
    """
    market = _Market(least, demands, heads, direct, terms)
    pairs = len(demands) * len(least.legs.vehicle)
    if pairs > RIDES_MOST:
        market.tally_all()
        rise, kept = market.near_paying()
        blocks = market.some(kept, rise)
        most = market.first + rise
    else:
        blocks = market.all_of_them()
        most = np.full(len(demands), NO_COACH, np.int64)
    start, who, cost = _filed(blocks, len(terms))
    pruned = {
        "rides": pairs,
        "rides_impossible": pairs - market.possible - market.dear,
        "rides_dearer_than_a_direct_coach": market.dear,
    }
    return Gains(start, who, cost, market.first, most, market.rides, pruned)


class _Market:
    """Passes over the ways of all groups, those next to each other that have most in common."""

    def __init__(self, least: LeastCosts, demands: Sequence[Demand], heads: Ints, direct: Floats, terms: Ints) -> None:
        self.least, self.heads, self.direct = least, heads, direct
        self.order = np.array(sorted(range(len(demands)), key=lambda g: side(demands[g])), np.int64)
        self.demands = [demands[g] for g in self.order]
        self.seats, self.hire = terms[:, 0], terms[:, 1]
        self.fares = np.zeros(len(terms))
        self.fares[least.legs.vehicle] = least.fare
        self.first = whole_fen(direct)
        self.rides = np.zeros(len(demands), bool)
        self.possible = self.dear = 0
        self.tally = np.zeros((len(terms), STEPS), np.int64)  # people by what they gain, at the first prices
        self.entries = np.zeros(len(terms), np.int64)  # that may come to matter

    def _look(self, found: Entries, at: int) -> _Block:
        """Entries of a block by departure; with them the first prices of its groups."""
        start, who, cost = _by_departure(found.start, found.leg, found.cost, self.least.legs.vehicle, self.fares)
        group = self.order[at : at + len(found.start) - 1]
        self.rides[group] = np.diff(found.start) > 0
        _lower(start, who, cost, group, self.hire, self.seats, self.first)
        return _Block(start, group[who].astype(np.int32), cost)

    def _each(self, use: Callable[[Entries, int], Used], most: Floats, some: Bools | None = None) -> Iterator[Used]:
        return self.least.in_blocks(use, self.demands, most[self.order], some)

    def all_of_them(self) -> list[_Block]:
        """Every entry."""

        def keep(found: Entries, at: int) -> tuple[_Block, int, int]:
            return self._look(found, at), len(found.leg), found.dear

        blocks = []
        for block, possible, dear in self._each(keep, self.direct):
            blocks.append(block)
            self.possible, self.dear = self.possible + possible, self.dear + dear
        return blocks

    def tally_all(self) -> None:
        """Count what people gain on each departure at the first prices, and entries up to the most that prices rise."""

        def count(found: Entries, at: int) -> tuple[Ints, Ints, int, int]:
            block = self._look(found, at)
            tally, entries = np.zeros_like(self.tally), np.zeros_like(self.entries)
            _tally(*block, self.first, self.heads, self.hire / self.seats, tally, entries)
            return tally, entries, len(found.leg), found.dear

        for tally, entries, possible, dear in self._each(count, self.direct):
            self.tally += tally
            self.entries += entries
            self.possible, self.dear = self.possible + possible, self.dear + dear

    def near_paying(self) -> tuple[int, Bools]:
        """How far prices may rise, fen a head, before a departure pays whose entries there is no room for; and the
        departures for which there is.
        """
        aboard = np.diff(np.minimum(self.tally[:, ::-1].cumsum(axis=1), self.seats[:, None]), axis=1, prepend=0)
        share = np.arange(STEPS, 0, -1) / STEPS  # of a full vehicle's hire a head, no less than each of them gains
        idle = self.hire / self.seats * (1 - (aboard * share).sum(axis=1) / self.seats)
        idle[self.hire == 0] = -1.0
        order = np.argsort(idle, kind="stable")
        fits = np.searchsorted(self.entries[order].cumsum(), KEPT_MOST, side="right")
        rise = min(RISE_MOST, int(idle[order[fits]])) if fits < len(order) else RISE_MOST
        kept = np.zeros(len(idle), bool)
        kept[order[:fits]] = True
        return max(0, rise), kept & (idle < rise)

    def some(self, kept: Bools, rise: int) -> list[_Block]:
        """Entries of some departures that prices may come to, rising from the first ones."""
        first = self.first.copy()
        most = np.minimum(self.direct, first + float(rise + ROUNDED + 1))
        return list(self._each(self._look, most, kept))


@entry
def _lower(start: Ints, who: Ints, cost: Shorts, group: Ints, hire: Ints, seats: Ints, first: Ints) -> None:
    """Take the first prices down to what a seat of each full hired vehicle costs."""
    for d in range(len(start) - 1):
        if hire[d] > 0:
            full = hire[d] // seats[d]
            for e in range(start[d], start[d + 1]):
                g = group[who[e]]
                first[g] = min(first[g], cost[e] + full)


@entry
def _tally(
    start: Ints, who: Shorts, cost: Shorts, first: Ints, heads: Ints, full: Floats, tally: Ints, entries: Ints
) -> None:
    for d in range(len(start) - 1):
        for e in range(start[d], start[d + 1]):
            gain = first[who[e]] - cost[e]
            if gain + RISE_MOST > 0:
                entries[d] += 1
            if gain > 0 and full[d] > 0:
                tally[d, min(STEPS - 1, int(gain * STEPS / full[d]))] += heads[who[e]]


def _filed(blocks: list[_Block], departures: int) -> tuple[Ints, Shorts, Shorts]:
    """Entries of all blocks by departure; the blocks are used up, so that their memory is free."""
    counts = np.zeros(departures + 1, np.int64)
    for block in blocks:
        counts[1:] += np.diff(block.start)
    start = np.cumsum(counts)
    who, cost = np.zeros(start[-1], np.int32), np.zeros(start[-1], np.int32)
    at = start[:-1].copy()
    while blocks:
        _file(*blocks.pop(), at, who, cost)
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
