"""What each trunk leg and a direct coach would cost a person at the very least; the search ranks by it, the bound
adds it up.

Valid for any routing: a coach that carries a person covers at least the shortest way between that person's stops, over
whatever other stops, and its cost is shared by at most its seats. Given road times are no such shortest ways: an
estimate at two speeds, or a user's table, makes some ways longer than a detour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand, Problem
from dispatch.model.supply import Mode
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import entry
from dispatch.solve.end_prices import end_prices
from dispatch.solve.instance import (
    DIRECT,
    FAR,
    FEEDER,
    LAST_MILE,
    Floats,
    Ints,
    Legs,
    least_head_cost,
    matrices,
    trunk_legs,
    usable_types,
)
from dispatch.solve.least_ways import least_legal_minutes, least_ways
from dispatch.solve.leg_costs import (
    BOARDS_AT,
    DUE_BY,
    NO_COACH,
    OPEN_FROM,
    RELEASED,
    WORK,
    WORKS_AT,
    Tables,
    leg_costs,
)
from dispatch.solve.sharing import direct_shares, distinct_terms, legal_terms
from dispatch.solve.threads import side_by_side

KINDS_MOST = 4_000  # kinds of people up to which riders of direct coaches are
BLOCK = 1_000  # demands whose ways are worked out in one call

Used = TypeVar("Used")


class Entries(NamedTuple):
    """Ways of some demands: those of demand k are ``start[k]:start[k + 1]`` of ``leg`` and ``cost`` (fen a head).
    ``dear`` counts those that are possible but cost too much.
    """

    start: Ints
    leg: Ints
    cost: Floats
    dear: int


def side(demand: Demand) -> tuple[int, int, int, tuple[str, ...], tuple[int, ...]]:
    """Sorted by this, demands stand beside those with which they have most of their costs in common."""
    return demand.release_min, demand.gate, demand.due_min, tuple(sorted(demand.barred)), demand.access


class LeastCosts:
    """Least cost per head, in fen, of every way a cohort could travel."""

    def __init__(self, problem: Problem, rough: bool = False, threads: int = 1) -> None:
        """Costs of a problem. ``rough`` ones take a fraction of the time: full coaches over the roads as given, which
        rank ways for a first plan and prove nothing.
        """
        self.problem, self.threads = problem, threads
        # vehicles of one departure are alike, so that departures stand for them
        self.legs = legs = trunk_legs(problem, tuple((d, 0) for d in range(len(problem.departures))))
        self.minute_fen = problem.value_of_time_fen_per_hour / 60
        self.minutes, self.metres = matrices(problem) if rough else least_ways(problem)
        self.fare = np.array([d.seat_fen for d in problem.departures], float)[legs.vehicle]
        self._tables = _tables(problem, legs, self.minutes, self.metres, self.minute_fen, rough, threads)
        self._direct = {} if rough else _direct_shares(problem, self.metres, self.minutes, threads)
        self._seats = {*zip(*least_head_cost(problem, DIRECT), strict=True)}

    def entries(self, demands: Sequence[Demand], most: Floats) -> Entries:
        """Every way of each demand by trunk leg, with feeder and last mile and without the vehicle's own price, that
        costs less than ``most[k]`` fen a head, seat price included; by order of departure.
        """
        starts, legs, costs, dear = [np.zeros(1, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)], 0
        for block in self.in_blocks(lambda found, _: found, demands, most):
            starts.append(starts[-1][-1] + block.start[1:])
            legs.append(block.leg)
            costs.append(block.cost)
            dear += block.dear
        return Entries(np.concatenate(starts), np.concatenate(legs), np.concatenate(costs), dear)

    def in_blocks(self, use: Callable[[Entries, int], Used], demands: Sequence[Demand], most: Floats) -> Iterator[Used]:
        """What ``use`` makes of ``entries`` of ``BLOCK`` demands at a time, told the number of the first of them;
        threads work on some blocks at once, ``use`` included.
        """

        def of_block(first: int) -> Used:
            rows, at = _rows_of(demands[first : first + BLOCK])
            return use(Entries(*leg_costs(*self._tables, rows, at, most[first : first + BLOCK])), first)

        return side_by_side(of_block, range(0, len(demands), BLOCK), self.threads)

    def by_leg(self, demand: Demand) -> Floats:
        """Fen per head of each trunk leg with feeder and last mile, shape (T,), without the vehicle's own price.

        inf where the leg is impossible.
        """
        found = self.entries([demand], np.full(1, np.inf))
        total = np.full(len(self.legs.departs), np.inf)
        total[found.leg] = found.cost
        return total

    def directs(self, demands: Sequence[Demand]) -> Floats:
        """Fen per head of a direct coach for each demand, inf where impossible."""
        rows, at = _rows_of(demands)
        if not at.size or not self._seats:
            return np.full(len(demands), np.inf)
        drive = self.minutes[at, rows[:, WORK, None]].astype(float)
        minutes = np.where(at >= 0, least_legal_minutes(drive, self.problem.driving), np.inf)
        metres = self.metres[at, rows[:, WORK, None]].astype(float)
        alone = np.min([f + m * metres + t * minutes for f, m, t in self._seats], axis=0)
        possible = rows[:, RELEASED, None] + minutes <= rows[:, DUE_BY, None]
        alone = np.where((metres == 0) & (minutes == 0), 0.0, alone) + self.minute_fen * minutes
        least = np.min(np.where(possible, alone, np.inf), axis=1)
        quickest = np.min(minutes, axis=1)
        shared = np.array([self._direct.get(_kind_of(d), 0.0) for d in demands]) + self.minute_fen * quickest
        found: Floats = np.where(rows[:, NO_COACH] | (at[:, 0] < 0), np.inf, np.maximum(shared, least))
        return found


def _tables(
    problem: Problem,
    legs: Legs,
    minutes: NDArray[np.int32],
    metres: NDArray[np.int32],
    minute_fen: float,
    rough: bool,
    threads: int,
) -> Tables:
    order = np.argsort(legs.departs, kind="stable")
    lasts = (legs.arrives - legs.departs)[order]
    origin, origin_at, lag = _stations(legs.origin[order], lasts)
    destination, destination_at, lead = _stations(legs.destination[order], lasts)
    boards = np.unique([a for d in problem.demands for a in d.access]).astype(np.int64)
    works = np.unique([d.gate for d in problem.demands]).astype(np.int64)
    stop = np.full((len(problem.stops), 4), -1, np.int64)
    stop[boards, BOARDS_AT], stop[works, WORKS_AT] = np.arange(len(boards)), np.arange(len(works))
    hours = [(0, DAY_MIN) if s.hours is None or s.hours.always else (s.hours.opens_min, s.hours.closes_min)
             for s in problem.stops]  # fmt: skip
    stop[:, OPEN_FROM:] = np.array(hours, np.int64).reshape(-1, 2)
    fare = np.array([d.seat_fen for d in problem.departures], float)[legs.vehicle[order]]
    ways = minutes, metres
    gathering = end_prices(problem, FEEDER, boards, origin, lag, ways, rough, threads)
    spreading = end_prices(problem, LAST_MILE, works, destination, lead, ways, rough, threads)
    columns = [order, *(c[order] for c in (legs.departs, legs.arrives, legs.before, legs.after))]
    columns += [origin_at, destination_at, legs.flight[order]]
    table = np.column_stack(columns).astype(np.int64)
    return Tables(
        minutes, table, minute_fen * lasts + fare, fare, stop, gathering, spreading, origin, destination, minute_fen
    )


def _stations(stop: Ints, lasts: Ints) -> tuple[Ints, Ints, Ints]:
    """Stations, which of them each leg's is, and the least minutes of a leg at each."""
    stations, at = np.unique(stop, return_inverse=True)
    least = np.full(len(stations), FAR)
    np.minimum.at(least, at, lasts)
    return stations.astype(np.int64), at.astype(np.int64), least


def _rows_of(demands: Sequence[Demand]) -> tuple[Ints, Ints]:
    """Demands as rows, and their boarding stops, -1 beyond the last."""
    rows = np.array(
        [
            (d.release_min, d.due_min, d.gate, *(m in d.barred for m in (Mode.COACH, Mode.TRAIN, Mode.FLIGHT)))
            for d in demands
        ],
        np.int64,
    ).reshape(-1, 6)
    at = np.full((len(demands), max((len(d.access) for d in demands), default=0)), -1, np.int64)
    for k, d in enumerate(demands):
        at[k, : len(d.access)] = d.access
    return rows, at


Kind = tuple[tuple[int, ...], int, int, int]


def _kind_of(demand: Demand) -> Kind:
    return demand.access, demand.gate, demand.release_min, demand.due_min


def _direct_shares(
    problem: Problem, metres: NDArray[np.int32], minutes: NDArray[np.int32], threads: int
) -> dict[Kind, float]:
    """Least money per head on a direct coach by kind of demand, riders compared pair by pair; empty for large
    instances.
    """
    heads: dict[Kind, int] = defaultdict(int)
    for d in problem.demands:
        if d.access and Mode.COACH not in d.barred:
            heads[_kind_of(d)] += d.party_size * len(d.parties)
    kinds = list(heads)
    terms = distinct_terms(problem.coaches[k] for k in usable_types(problem, DIRECT))
    if not kinds or not terms or len(kinds) > KINDS_MOST:
        return {}
    at = np.full((len(kinds), max(len(k[0]) for k in kinds)), -1, np.int64)
    for row, kind in enumerate(kinds):
        at[row, : len(kind[0])] = kind[0]
    gate, window = np.array([k[1] for k in kinds], np.int64), np.array([k[2:] for k in kinds], np.int64)
    people, legal = np.array(list(heads.values()), np.int64), np.array(legal_terms(problem.driving), np.int64)
    charged = np.array(terms, float)

    def of_some(some: Ints) -> Floats:
        return direct_shares(metres, minutes, at, gate, window, people, charged, legal, problem.days, some)

    least = np.concatenate(list(side_by_side(of_some, np.array_split(np.arange(len(kinds)), threads), threads)))
    return dict(zip(kinds, least.tolist(), strict=True))


def vehicle_share(problem: Problem, legs: Legs) -> Floats:
    """A leg's least share of its departure's hire plus its seat price, fen per head, shape (T,)."""
    share = np.array([d.fixed_fen / d.seats + d.seat_fen for d in problem.departures], float)
    return share[legs.vehicle] if len(share) else np.zeros(0)


@entry
def cheapest(start: Ints, cost: Floats, hired: NDArray[np.bool_], kept: int) -> tuple[Ints, Ints]:
    """The places of each demand's cheapest entries, cheapest first, and where each demand's begin.

    Up to half of the ``kept`` are ``hired``, the other half not: a share of a full train's hire is no price yet, and
    would leave no place for seats that anybody can buy.
    """
    begin = np.zeros(len(start), np.int64)
    chosen = np.zeros(min(len(cost), kept * (len(start) - 1)), np.int64)
    count = 0
    half = kept // 2
    for k in range(len(start) - 1):
        for some in (True, False):
            which = np.flatnonzero(hired[start[k] : start[k + 1]] == some) + start[k]
            if len(which) > half:
                dearest = np.partition(cost[which], half - 1)[half - 1] if half > 0 else -np.inf
                room = half - np.sum(cost[which] < dearest)
                for at in which:
                    room -= cost[at] == dearest
                    if cost[at] < dearest or (cost[at] == dearest and room >= 0):
                        chosen[count] = at
                        count += 1
            else:
                chosen[count : count + len(which)] = which
                count += len(which)
        mine = chosen[begin[k] : count].copy()
        chosen[begin[k] : count] = mine[np.argsort(cost[mine])]
        begin[k + 1] = count
    return begin, chosen[:count].copy()
