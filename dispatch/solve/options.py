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

from dispatch.model.problem import Demand, DrivingRules, Problem
from dispatch.model.supply import Mode
from dispatch.model.units import DAY_MIN, EARTH_RADIUS_M
from dispatch.solve.compiled import entry, kernel
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
from dispatch.solve.sharing import direct_shares, distinct_terms, legal_terms
from dispatch.solve.threads import side_by_side

CLOSED_MOST = 2_000  # stops up to which shortest ways over other stops are computed
FAR_APART_M = 5_000  # pairs closer than that, whose entries are mostly rounding, count as no way at all
ROUNDED_M = 1  # that a near pair's metres may lack, half by rounding and half by the great circle's own error
ROUNDED_HOPS = 0.995  # leaves room for the rounding of each hop on the way
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
        self._direct = {} if rough else _direct_shares(problem, self.metres, self.minutes)
        self._seats = {*zip(*least_head_cost(problem, DIRECT), strict=True)}

    def entries(self, demands: Sequence[Demand], most: Floats) -> Entries:
        """Every way of each demand by trunk leg, with feeder and last mile and without the vehicle's own price, that
        costs less than ``most[k]`` fen a head, seat price included; by order of departure.
        """
        starts, legs, costs, dear = [np.zeros(1, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)], 0
        for block in self.blocks(demands, most):
            starts.append(starts[-1][-1] + block.start[1:])
            legs.append(block.leg)
            costs.append(block.cost)
            dear += block.dear
        return Entries(np.concatenate(starts), np.concatenate(legs), np.concatenate(costs), dear)

    def blocks(self, demands: Sequence[Demand], most: Floats) -> Iterator[Entries]:
        """``entries`` of ``BLOCK`` demands at a time."""
        yield from self.in_blocks(lambda found, _: found, demands, most)

    def in_blocks(self, use: Callable[[Entries, int], Used], demands: Sequence[Demand], most: Floats) -> Iterator[Used]:
        """What ``use`` makes of ``entries`` of ``BLOCK`` demands at a time, told the number of the first of them;
        threads work on some blocks at once, ``use`` included.
        """

        def of_block(first: int) -> Used:
            rows, at = _rows_of(demands[first : first + BLOCK])
            return use(Entries(*_leg_costs(*self._tables, rows, at, most[first : first + BLOCK])), first)

        return side_by_side(of_block, range(0, len(demands), BLOCK), self.threads)

    def by_leg(self, demand: Demand) -> Floats:
        """Fen per head of each trunk leg with feeder and last mile, shape (T,), without the vehicle's own price.

        inf where the leg is impossible.
        """
        found = self.entries([demand], np.full(1, np.inf))
        total = np.full(len(self.legs.departs), np.inf)
        total[found.leg] = found.cost
        return total

    def direct(self, demand: Demand) -> float:
        """Fen per head of a direct coach, inf where impossible."""
        return float(self.directs([demand])[0])

    def directs(self, demands: Sequence[Demand]) -> Floats:
        """``direct`` of each demand."""
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


class _Tables(NamedTuple):
    """What the cost of a way is added up from: S stops, T legs by departure, E origins, D destinations."""

    minutes: NDArray[np.int32]  # (S, S) least ways
    leg: Ints  # (T, 8) rows of ``LEG`` ... ``FLIES``
    ride: Floats  # (T,) fen of the ride's time and its seat
    fare: Floats  # (T,) fen of the seat
    stop: Ints  # (S, 4) row among boarding stops, row among gates, OPENS, CLOSES
    gathering: Floats  # (E, boarding stops, days) least feeder fen a head by the day of arrival at the station
    spreading: Floats  # (D, gates, days) least last-mile fen a head by the day of departure from the station
    origin: Ints  # (E,) stops that legs leave from
    destination: Ints  # (D,) stops that legs come to
    minute_fen: float


LEG, LEAVES, COMES, WAIT, CHANGE, ORIGIN_AT, DESTINATION_AT, FLIES = range(8)
BOARDS_AT, WORKS_AT, OPEN_FROM, OPEN_TO = range(4)
RELEASED, DUE_BY, WORK, NO_COACH, NO_TRAIN, NO_FLIGHT = range(6)


def _tables(
    problem: Problem,
    legs: Legs,
    minutes: NDArray[np.int32],
    metres: NDArray[np.int32],
    minute_fen: float,
    rough: bool,
    threads: int,
) -> _Tables:
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
    return _Tables(
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


@kernel
def _when_open(minute: int, opens: int, closes: int) -> int:
    m = minute % DAY_MIN
    inside = opens <= m <= closes if opens <= closes else (m >= opens or m <= closes)
    return minute if inside else minute + (opens - m) % DAY_MIN


@kernel
def _feeder(prices: Floats, first: int, last: int, minute_fen: float) -> float:
    """The least fen a head of a feeder that arrives between two minutes, waiting for the last of them included."""
    days = len(prices)
    today = min(days - 1, max(0, first // DAY_MIN))
    best = np.inf
    for day in range(min(days - 1, max(0, last // DAY_MIN)), today - 1, -1):
        idle = minute_fen * max(0, last - (DAY_MIN * (day + 1) - 1)) if day < days - 1 else 0.0
        if idle >= best:
            break
        best = min(best, idle + prices[day])
    return best


@kernel
def _last_mile(
    prices: Floats, arrives: int, first: int, last: int, way: int, opens: int, closes: int, minute_fen: float
) -> float:
    """The least fen a head, time from the arrival of the ride to the gate included, of a last mile that leaves between
    two minutes.
    """
    days = len(prices)
    today = min(days - 1, max(0, first // DAY_MIN))
    best = np.inf
    for day in range(today, min(days - 1, max(0, last // DAY_MIN)) + 1):
        leaves = max(first, DAY_MIN * day) if day > 0 else first
        spent = minute_fen * (_when_open(leaves + way, opens, closes) - arrives)
        if spent >= best:
            break
        best = min(best, spent + prices[day])
    return best


@kernel
def _costs_from_the_train(
    minutes: NDArray[np.int32],
    leg: Ints,
    ride: Floats,
    stop: Ints,
    spreading: Floats,
    destination: Ints,
    minute_fen: float,
    row: Ints,
    first: int,
    beyond: int,
    after: Floats,
) -> None:
    """What the legs ``first:beyond`` cost a demand from the departure on, seat price included, inf where that is
    impossible; the same for all demands alike but for where they board.
    """
    due, gate = row[DUE_BY], row[WORK]
    opens, closes, works_at = stop[gate, OPEN_FROM], stop[gate, OPEN_TO], stop[gate, WORKS_AT]
    for t in range(first, beyond):
        after[t] = np.inf
        arrives = leg[t, COMES]
        if arrives > due or row[NO_FLIGHT if leg[t, FLIES] == 1 else NO_TRAIN]:
            continue
        d = leg[t, DESTINATION_AT]
        way = minutes[destination[d], gate]
        if way == 0:
            comes = _when_open(arrives, opens, closes)
            # a coach may wait for the gate to open, a train may not
            if comes > due or (destination[d] == gate and comes > arrives):
                continue
            after[t] = minute_fen * (comes - arrives) + ride[t]
        elif not row[NO_COACH]:
            met = arrives + leg[t, CHANGE]
            if _when_open(met + way, opens, closes) <= due:
                prices = spreading[d, works_at]
                after[t] = _last_mile(prices, arrives, met, due - way, way, opens, closes, minute_fen) + ride[t]


@entry
def _leg_costs(
    minutes: NDArray[np.int32],
    leg: Ints,
    ride: Floats,
    fare: Floats,
    stop: Ints,
    gathering: Floats,
    spreading: Floats,
    origin: Ints,
    destination: Ints,
    minute_fen: float,
    rows: Ints,
    at: Ints,
    most: Floats,
) -> tuple[Ints, Ints, Floats, int]:
    """``LeastCosts.entries`` of one block: starts, legs and costs without the seat price, and those too dear."""
    start = np.zeros(len(rows) + 1, np.int64)
    which = np.zeros(4096, np.int64)
    costs = np.zeros(4096)
    count = 0
    dear = 0
    leaves = leg[:, LEAVES].copy()
    gaps = np.zeros((len(origin), at.shape[1]), np.int64)
    board = np.zeros(at.shape[1], np.int64)
    after = np.zeros(len(leg))
    for k in range(len(rows)):
        release, due = rows[k, RELEASED], rows[k, DUE_BY]
        first = np.searchsorted(leaves, release)
        beyond = np.searchsorted(leaves, due, side="right")
        if k == 0 or np.any(rows[k] != rows[k - 1]):
            _costs_from_the_train(
                minutes, leg, ride, stop, spreading, destination, minute_fen, rows[k], first, beyond, after
            )
        boards = 0
        while boards < at.shape[1] and at[k, boards] >= 0:
            board[boards] = stop[at[k, boards], BOARDS_AT]
            for e in range(len(origin)):
                gaps[e, boards] = minutes[at[k, boards], origin[e]]
            boards += 1
        for t in range(first, beyond):
            if after[t] == np.inf:
                continue
            best = np.inf
            e = leg[t, ORIGIN_AT]
            for i in range(boards):
                gap = gaps[e, i]
                if gap == 0:
                    best = 0.0
                    break
                if rows[k, NO_COACH] or release + gap + leg[t, WAIT] > leaves[t]:
                    continue
                share = _feeder(gathering[e, board[i]], release + gap, leaves[t] - leg[t, WAIT], minute_fen)
                best = min(best, share + minute_fen * (gap + leg[t, WAIT]))
            if best == np.inf:
                continue
            total = after[t] + best
            if total >= most[k]:
                dear += 1
                continue
            if count == len(which):
                which = np.concatenate((which, np.zeros(len(which), np.int64)))
                costs = np.concatenate((costs, np.zeros(len(costs))))
            which[count] = leg[t, LEG]
            costs[count] = total - fare[t]
            count += 1
        start[k + 1] = count
    return start, which[:count].copy(), costs[:count].copy(), dear


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
    terms = distinct_terms(problem.coaches[k] for k in usable_types(problem, DIRECT))
    if not kinds or not terms or len(kinds) > KINDS_MOST:
        return {}
    at = np.full((len(kinds), max(len(k[0]) for k in kinds)), -1, np.int64)
    for row, kind in enumerate(kinds):
        at[row, : len(kind[0])] = kind[0]
    gate, window = np.array([k[1] for k in kinds], np.int64), np.array([k[2:] for k in kinds], np.int64)
    people, legal = np.array(list(heads.values()), np.int64), np.array(legal_terms(problem.driving), np.int64)
    least = direct_shares(metres, minutes, at, gate, window, people, np.array(terms, float), legal, problem.days)
    return dict(zip(kinds, least.tolist(), strict=True))


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
