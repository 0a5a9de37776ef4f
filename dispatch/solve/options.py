"""What each trunk leg and a direct coach would cost a person at the very least; the search ranks by it, the bound
adds it up.

Valid for any routing: a coach that carries a person covers at least the shortest way between that person's stops, over
whatever other stops, and its cost is shared by at most its seats. Given road times are no such shortest ways: an
estimate at two speeds, or a user's table, makes some ways longer than a detour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand, DrivingRules, Problem
from dispatch.model.supply import Mode
from dispatch.model.units import EARTH_RADIUS_M
from dispatch.solve.compiled import entry
from dispatch.solve.instance import (
    DIRECT,
    FEEDER,
    LAST_MILE,
    Floats,
    Ints,
    Legs,
    coach_head_cost,
    matrices,
    trunk_legs,
    usable_types,
)
from dispatch.solve.sharing import Terms, distinct_terms, least_share

CLOSED_MOST = 2_000  # stops up to which shortest ways over other stops are computed
FAR_APART_M = 5_000  # pairs closer than that, whose entries are mostly rounding, count as no way at all
ROUNDED_M = 1  # that a near pair's metres may lack, half by rounding and half by the great circle's own error
ROUNDED_HOPS = 0.995  # leaves room for the rounding of each hop on the way
PAIRS_MOST = 1_500  # stops, gates or groups up to which riders are compared pair by pair


class LeastCosts:
    """Least cost per head, in fen, of every way a cohort could travel."""

    def __init__(self, problem: Problem, pairwise: bool = True) -> None:
        """Costs of a problem; without ``pairwise`` shares of coaches are looser, and which ways exist is the same."""
        self.problem = problem
        # vehicles of one departure are alike, so that departures stand for them
        self.legs = legs = trunk_legs(problem, tuple((d, 0) for d in range(len(problem.departures))))
        self.minute_fen = problem.value_of_time_fen_per_hour / 60
        minutes, metres = least_ways(problem)
        self.minutes, self.metres = minutes, metres
        self.stations = np.unique(np.concatenate([legs.origin, legs.destination])).astype(np.int64)
        self.origin_at = np.searchsorted(self.stations, legs.origin)
        self.destination_at = np.searchsorted(self.stations, legs.destination)
        self.ride = self.minute_fen * (legs.arrives - legs.departs)
        boards, works = _heads(problem)
        self.to_station = self._gathering(boards)
        self.from_station = self._spreading(works)
        self._direct = _direct_shares(problem, metres, minutes) if pairwise else {}

    def by_leg(self, demand: Demand) -> Floats:
        """Fen per head of each trunk leg with feeder and last mile, shape (T,), without the vehicle's own price.

        inf where the leg is impossible.
        """
        legs = self.legs
        before = np.full(len(legs.departs), np.inf)
        for a in demand.access:
            way = self.minutes[a, self.stations].astype(float)[self.origin_at]
            connect = np.where(way > 0, legs.before, 0)
            cost = self.to_station[a][self.origin_at] + self.minute_fen * (way + connect)
            np.minimum(before, np.where(demand.release_min + way + connect <= legs.departs, cost, np.inf), out=before)
        way = self.minutes[self.stations, demand.gate].astype(float)[self.destination_at]
        at_gate = self._opens(demand.gate, legs.arrives + np.where(way > 0, legs.after, 0) + way)
        # a coach may wait for the gate to open, a train may not
        at_gate[(legs.destination == demand.gate) & (at_gate > legs.arrives)] = np.inf
        after = self.from_station[demand.gate][self.destination_at] + self.minute_fen * (at_gate - legs.arrives)
        after[at_gate > demand.due_min] = np.inf
        if Mode.FLIGHT in demand.barred:
            after[legs.flight == 1] = np.inf
        if Mode.TRAIN in demand.barred:
            after[legs.flight == 0] = np.inf
        if Mode.COACH in demand.barred:
            after[(way > 0) | ~np.isin(legs.origin, demand.access)] = np.inf
        total: Floats = before + self.ride + after
        return total

    def direct(self, demand: Demand) -> float:
        """Fen per head of a direct coach, inf where impossible."""
        if not demand.access or Mode.COACH in demand.barred:
            return float("inf")
        access = np.array(demand.access)
        minutes = least_legal_minutes(self.minutes[access, demand.gate].astype(float), self.problem.driving)
        metres = self.metres[access, demand.gate].astype(float)
        alone = coach_head_cost(self.problem, DIRECT, metres, minutes) + self.minute_fen * minutes
        possible = demand.release_min + minutes <= demand.due_min
        shared = self._direct.get(_kind_of(demand), 0.0) + self.minute_fen * float(minutes.min())
        return max(shared, float(np.min(np.where(possible, alone, np.inf))))

    def _gathering(self, boards: dict[int, int]) -> dict[int, Floats]:
        """Least feeder money per head from each boarding stop to each station: {stop: (stations,)}."""
        stops = np.array(sorted(boards), np.int64)
        heads = np.array([boards[s] for s in stops.tolist()], np.int64)
        terms = distinct_terms(self.problem.coaches[k] for k in usable_types(self.problem, FEEDER))
        table = np.zeros((len(stops), len(self.stations)))
        for i, station in enumerate(self.stations.tolist()):
            metres, minutes = (_via(m[np.ix_(stops, stops)], m[stops, station]) for m in (self.metres, self.minutes))
            table[:, i] = self._shares(metres, minutes, heads, terms)
            table[stops == station, i] = 0.0
        return dict(zip(stops.tolist(), table, strict=True))

    def _spreading(self, works: dict[int, int]) -> dict[int, Floats]:
        """Least last-mile money per head from each station to each gate: {gate: (stations,)}."""
        gates = np.array(sorted(works), np.int64)
        heads = np.array([works[g] for g in gates.tolist()], np.int64)
        terms = distinct_terms(self.problem.coaches[k] for k in usable_types(self.problem, LAST_MILE))
        table = np.zeros((len(gates), len(self.stations)))
        for i, station in enumerate(self.stations.tolist()):
            metres, minutes = (_via(m[np.ix_(gates, gates)].T, m[station, gates]) for m in (self.metres, self.minutes))
            table[:, i] = self._shares(metres, minutes, heads, terms)
            table[gates == station, i] = 0.0
        return dict(zip(gates.tolist(), table, strict=True))

    def _shares(self, metres: Floats, minutes: Floats, heads: Ints, terms: list[Terms]) -> Floats:
        if len(heads) <= PAIRS_MOST:
            return least_share(metres, minutes, heads, terms)
        everybody = np.full(1, PAIRS_MOST, np.int64)
        return least_share(np.diag(metres)[:, None], np.diag(minutes)[:, None], everybody, terms)

    def _opens(self, gate: int, at: Floats) -> Floats:
        hours = self.problem.stops[gate].hours
        if hours is None or hours.always:
            return at
        m = at % 1440
        inside = (
            (m >= hours.opens_min) & (m <= hours.closes_min)
            if hours.opens_min <= hours.closes_min
            else (m >= hours.opens_min) | (m <= hours.closes_min)
        )
        return np.where(inside, at, at + (hours.opens_min - m) % 1440)


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
        for i in range(n):
            first = table[i, k]
            for j in range(n):
                table[i, j] = min(table[i, j], first + table[k, j])
    return table


def _via(between: NDArray[np.int32], onward: NDArray[np.int32]) -> Floats:
    """Least way of a coach that serves p and q and ends at one place: p -> q -> end or q -> p -> end, shape (n, n)."""
    way: Floats = np.minimum(between + onward[None, :], between.T + onward[:, None]).astype(float)
    np.fill_diagonal(way, onward)
    return way


def _heads(problem: Problem) -> tuple[dict[int, int], dict[int, int]]:
    """People who could board at each stop, and people who work at each gate."""
    boards: dict[int, int] = defaultdict(int)
    works: dict[int, int] = defaultdict(int)
    for d in problem.demands:
        people = d.party_size * len(d.parties)
        for a in d.access:
            boards[a] += people
        works[d.gate] += people
    return boards, works


Kind = tuple[tuple[int, ...], int, int, int]


def _kind_of(demand: Demand) -> Kind:
    return demand.access, demand.gate, demand.release_min, demand.due_min


def _direct_shares(problem: Problem, metres: NDArray[np.int32], minutes: NDArray[np.int32]) -> dict[Kind, float]:
    """Least money per head on a direct coach by kind of demand, riders compared pair by pair; empty for large
    instances.
    """
    heads: dict[Kind, int] = defaultdict(int)
    for d in problem.demands:
        if d.access and Mode.COACH not in d.barred:
            heads[_kind_of(d)] += d.party_size * len(d.parties)
    kinds = list(heads)
    if not kinds or len(kinds) > PAIRS_MOST:
        return {}
    most = max(len(k[0]) for k in kinds)
    access = np.array([k[0] + (k[0][0],) * (most - len(k[0])) for k in kinds], np.int64)
    gate, release, due = (np.array([k[i] for k in kinds], np.int64) for i in (1, 2, 3))
    together = (release[:, None] <= due[None, :]) & (release[None, :] <= due[:, None])
    people = np.where(together, np.array([heads[k] for k in kinds])[None, :], 0)
    way = _pair_way(metres.astype(float), access, gate)
    drive = least_legal_minutes(_pair_way(minutes.astype(float), access, gate), problem.driving)
    terms = distinct_terms(problem.coaches[k] for k in usable_types(problem, DIRECT))
    return dict(zip(kinds, least_share(way, drive, people, terms).tolist(), strict=True))


def _pair_way(m: Floats, access: Ints, gate: Ints) -> Floats:
    """Least way over both boardings, then both gates, in either order, any access stops; shape (n, n)."""
    between_gates = m[np.ix_(gate, gate)]
    best = np.full((len(gate), len(gate)), np.inf)
    for i in range(access.shape[1]):
        for j in range(access.shape[1]):
            p, q = access[:, i], access[:, j]
            p_then_q = m[np.ix_(p, q)] + np.minimum(
                m[q[None, :], gate[:, None]] + between_gates, m[q, gate][None, :] + between_gates.T
            )
            q_then_p = m[np.ix_(q, p)].T + np.minimum(
                m[p, gate][:, None] + between_gates, m[p[:, None], gate[None, :]] + between_gates.T
            )
            np.minimum(best, np.minimum(p_then_q, q_then_p), out=best)
    own = np.min(m[access, gate[:, None]], axis=1)
    np.fill_diagonal(best, own)
    return best


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


def vehicle_share(problem: Problem, vehicles: Sequence[tuple[int, int]], legs: Legs) -> Floats:
    """A leg's least share of its vehicle's hire plus its seat price, fen per head, shape (T,)."""
    departures = [problem.departures[d] for d, _ in vehicles]
    share = np.array([d.fixed_fen / d.seats + d.seat_fen for d in departures], float)
    return share[legs.vehicle] if len(share) else np.zeros(0)


def ranked(costs: Floats, kept: int) -> tuple[Ints, Floats]:
    """The ``kept`` cheapest finite entries, cheapest first."""
    finite: NDArray[np.int64] = np.flatnonzero(np.isfinite(costs))
    if len(finite) > kept:
        finite = finite[np.argpartition(costs[finite], kept)[:kept]]
    order = finite[np.argsort(costs[finite], kind="stable")]
    return order, costs[order]
