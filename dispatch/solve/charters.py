"""Which hired trains and flights run, by a mixed-integer program over those that prices leave in question.

Prices a head, found as those of the lower bound, prove what people on the market cost at least. A vehicle whose
riders' gains at these prices stay further below its hire than the plan in hand is above that, is in no better plan; nor
is a way that costs so much more than its people's price. What is left goes to OR-Tools, people alike as a flow. Its
vehicles are then filled unit by unit as in ``opening``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.bound import Prices
from dispatch.solve.gains import DEAREST
from dispatch.solve.instance import FIXED, LEAST, SEATS, SIZE, VEHICLE, Floats, Instance, Ints
from dispatch.solve.linear import Answer, Rows, Status, minimise
from dispatch.solve.opening import Market, choose_rides

ENTRIES_MOST = 15_000  # ways that the program holds at most, the nearest to their prices
RIVALS, RIVALS_LEAST = 2, 40  # hired vehicles in question for each that runs, and at least
PRICES_SHARE = 0.4  # of the time, for the prices


@dataclass(frozen=True, slots=True)
class Kinds:
    """A market with people alike together: one entry a vehicle, fen a head."""

    of: Ints  # (U,) kind of each unit
    heads: Ints
    own: Floats  # fen a head
    start: Ints
    who: Ints
    cost: Floats  # fen a head

    @classmethod
    def from_market(cls, x: Instance, m: Market) -> Kinds:
        """Units that share their trunk legs and pay the same on the road are alike."""
        like = np.column_stack([x.span.astype(float), np.where(np.isfinite(x.seat), x.seat, -1.0)])
        _, first, of = np.unique(like, axis=0, return_index=True, return_inverse=True)
        of = of.reshape(-1)
        kept = np.flatnonzero(first[of[m.unit]] == m.unit)
        size = x.unit[:, SIZE]
        vehicle = np.repeat(np.arange(len(x.vehicle)), np.diff(m.start))[kept]
        return cls(
            of=of,
            heads=np.bincount(of, size, len(first)).astype(np.int64),
            own=m.own[first] / size[first],
            start=np.searchsorted(vehicle, np.arange(len(x.vehicle) + 1)).astype(np.int64),
            who=of[m.unit[kept]],
            cost=m.cost[kept] / size[m.unit[kept]],
        )

    @property
    def vehicle(self) -> Ints:
        """The vehicle of each entry."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


class _MarketPrices(Prices):
    """Prices of people alike over a market."""

    def __init__(self, x: Instance, k: Kinds) -> None:
        self.heads, self.start, self.who = k.heads, k.start, k.who.astype(np.int32)
        self.ceiling = np.floor(k.own).astype(np.int64)
        self.cost = np.floor(np.minimum(k.cost, DEAREST)).astype(np.int32)
        self.terms = np.column_stack([x.vehicle[:, SEATS], x.vehicle[:, FIXED], np.ones(len(x.vehicle), np.int64)])
        self.price = self.first_prices()


def charters(
    x: Instance, m: Market, ride: Ints, time_limit_s: float, clock: Callable[[], float], patient: bool
) -> Ints:
    """A trunk leg for each unit, -1 for a direct coach, at most as dear as ``ride`` by the market; shape (U,)."""
    if len(m.unit) == 0:
        return ride
    began, k = clock(), Kinds.from_market(x, m)
    prices = _MarketPrices(x, k)
    prices.improve(np.inf if patient else PRICES_SHARE * time_limit_s, clock)
    known = market_cost(x, m, ride)
    running = np.unique(x.leg[ride[ride >= 0], VEHICLE])
    kept = _in_question(x, k, prices, known, running)
    opened, answer = _open(x, k, kept, max(0.5, time_limit_s - (clock() - began)))
    if answer.status is Status.NO_SOLUTION:
        return ride
    free = (x.vehicle[:, FIXED] == 0) & (x.vehicle[:, LEAST] <= 1)
    found = _filled(x, m, free | np.isin(np.arange(len(free)), opened))
    return found if market_cost(x, m, found) < known else ride


def market_cost(x: Instance, m: Market, ride: Ints) -> float:
    """What everybody pays by the market, hire included, fen."""
    on = np.flatnonzero(ride[m.unit] == m.leg)
    direct = np.ones(len(ride), bool)
    direct[m.unit[on]] = False
    hired = np.unique(x.leg[m.leg[on], VEHICLE])
    return float(m.cost[on].sum() + m.own[direct].sum() + x.vehicle[hired, FIXED].sum())


def _filled(x: Instance, m: Market, usable: NDArray[np.bool_]) -> Ints:
    """Everybody seated as in ``opening``, on usable vehicles only."""
    vehicle = np.repeat(np.arange(len(x.vehicle)), np.diff(m.start))
    kept = usable[vehicle]
    start = np.searchsorted(vehicle[kept], np.arange(len(x.vehicle) + 1)).astype(np.int64)
    return choose_rides(x, m.own, start, m.unit[kept], m.leg[kept], m.cost[kept])


def _in_question(x: Instance, k: Kinds, prices: Prices, known: float, running: Ints) -> Ints:
    """Entries that a plan cheaper than the one in hand may use, with the vehicles of that plan."""
    gap = max(0.0, known - prices.worth(prices.price))
    vehicle, heads = k.vehicle, k.heads[k.who]
    worth = k.cost - prices.price[k.who]
    order = np.lexsort((worth, vehicle))
    before = np.cumsum(heads[order]) - heads[order]
    first = before[np.searchsorted(vehicle[order], vehicle[order])]
    riding = np.clip(x.vehicle[vehicle[order], SEATS] - (before - first), 0, heads[order])
    gain = np.bincount(vehicle[order], np.minimum(0, worth[order]) * riding, len(x.vehicle))
    missing = np.maximum(0.0, x.vehicle[:, FIXED] + gain)
    hired = np.flatnonzero(x.vehicle[:, FIXED] > 0)
    near = hired[np.argsort(missing[hired], kind="stable")[: max(RIVALS * len(running), RIVALS_LEAST)]]
    out = np.ones(len(missing), bool)
    out[near] = out[x.vehicle[:, FIXED] == 0] = out[running] = False
    over = np.where(out, np.inf, missing)[vehicle] + np.maximum(0.0, worth)
    over[np.isin(vehicle, running)] -= missing[vehicle][np.isin(vehicle, running)]
    found = np.flatnonzero((over <= gap) & (k.cost < k.own[k.who]))
    if len(found) > ENTRIES_MOST:
        found = found[np.argsort(worth[found], kind="stable")[:ENTRIES_MOST]]
    return np.sort(found)


def _open(x: Instance, k: Kinds, kept: Ints, time_limit_s: float) -> tuple[Ints, Answer]:
    """The vehicles that a capacitated facility location over some entries opens."""
    rows = Rows()
    most = np.minimum(k.heads[k.who[kept]], x.vehicle[k.vehicle[kept], SEATS]).tolist()
    for fen, heads in zip((k.cost - k.own[k.who])[kept].tolist(), most, strict=True):
        rows.column(fen, float(heads))
    for kind, some in _split(k.who[kept]):
        rows.row(some, [1.0] * len(some), 0.0, float(k.heads[kind]))
    opened: dict[int, int] = {}
    for v, some in _split(k.vehicle[kept]):
        ones, seats, least = [1.0] * len(some), float(x.vehicle[v, SEATS]), float(x.vehicle[v, LEAST])
        if x.vehicle[v, FIXED] == 0 and least <= 1:
            rows.row(some, ones, 0.0, seats)
            continue
        at = opened[v] = rows.column(float(x.vehicle[v, FIXED]), 1.0, True)
        rows.row([*some, at], [*ones, -seats], -np.inf, 0.0)
        if least > 1:
            rows.row([*some, at], [*ones, -least], 0.0, np.inf)
        for column in some:
            rows.row([column, at], [1.0, -float(most[column])], -np.inf, 0.0)
    answer = minimise(rows, "scip", time_limit_s)
    if answer.status is Status.NO_SOLUTION:
        return np.zeros(0, np.int64), answer
    return np.array([v for v, at in opened.items() if answer.values[at] > 0.5], np.int64), answer


def _split(key: Ints) -> list[tuple[int, list[int]]]:
    """The places of each key."""
    if len(key) == 0:
        return []
    order = np.argsort(key, kind="stable")
    values, first = np.unique(key[order], return_index=True)
    return list(zip(values.tolist(), (some.tolist() for some in np.split(order, first[1:])), strict=True))
