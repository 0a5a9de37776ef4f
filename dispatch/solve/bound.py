"""A lower bound on the whole plan that trusts no solver: prices come from a linear programme, the bound from arithmetic.

Each person costs at least the cheapest way to travel (``options``); a vehicle's hire enters through prices on its seats and on
its opening (Lagrangian relaxation). For any prices >= 0 the sum below bounds every plan, so a wrong answer of the linear
programme can only weaken it. ``docs/mathematics.md`` has the proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.model.problem import Bound, Demand, Problem
from dispatch.solve.instance import Floats, Ints, trunk_legs, vehicles_of
from dispatch.solve.linear import Rows, Status, minimise
from dispatch.solve.options import LeastCosts, ranked

OPTIONS_PRICED = 25  # trunk legs of a group that enter the first linear programme; all of them enter the bound
OPTIONS_ADDED = 15  # at most so many join in a pricing round
PRICING_ROUNDS = 25
UNABLE_FEN = 1e9  # stands for "cannot" in the linear programme, whose prices need no exactness

Clock = Callable[[], float]

SCOPE = (
    "every plan of direct coaches, or at most feeder, one train or flight, last mile, with any routing, day and boarding stop "
    "within reach; coaches shared by at most their seats over at least each person's own road way, hire of trains and flights "
    "by prices on seats and openings"
)


@dataclass(frozen=True, slots=True)
class Group:
    """People whose options cost the same: a demand that stands for them and their number."""

    demand: Demand
    heads: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in fen: a seat of (vehicle, segment), the opening of a vehicle for a person of (group, vehicle)."""

    seat: dict[tuple[int, int], int]
    opening: dict[tuple[int, int], int]


class WholePlanBound:
    """The bound of one problem: prices once, then the value for any number of people left out."""

    def __init__(self, problem: Problem, time_limit_s: float, clock: Clock) -> None:
        self.problem = problem
        self.vehicles = vehicles_of(problem)
        self.legs = trunk_legs(problem, self.vehicles)
        self.groups = group(problem)
        self.least = LeastCosts(problem, self.legs)
        self.prices = Prices({}, {})
        self.open_share: dict[int, float] = {}
        self.opening_rows: set[tuple[int, int]] = set()  # written only where an answer broke them
        self.reduced = np.full(len(self.groups), np.inf)
        self._reprice([np.zeros(0, np.int64)] * len(self.groups))
        self._improve(time_limit_s, clock)

    @property
    def stranded(self) -> int:
        """People whom no plan can carry."""
        lost = sum(d.party_size * len(d.parties) for d in self.problem.demands if not d.access)
        return lost + sum(g.heads for g, cost in zip(self.groups, self.reduced, strict=True) if not np.isfinite(cost))

    def value(self, unserved: int) -> Bound:
        """The bound for plans that leave ``unserved`` people out (never fewer than ``stranded``)."""
        pairs = [(float(c), g.heads) for g, c in zip(self.groups, self.reduced, strict=True) if np.isfinite(c)]
        spared = max(0, unserved - self.stranded)
        total = self._vehicle_term()
        for cost, heads in sorted(pairs, reverse=True):
            left_out = min(spared, heads)
            spared -= left_out
            total += int(np.floor(cost)) * (heads - left_out)
        seat = {v * 1000 + segment: p for (v, segment), p in self.prices.seat.items()}
        return Bound(max(0, total), self.stranded, SCOPE, seat, self.prices.opening)

    def _vehicle_term(self) -> int:
        paid: dict[int, int] = defaultdict(int)
        for (v, _), price in self.prices.seat.items():
            paid[v] += price * self._departure_seats(v)
        for (g, v), price in self.prices.opening.items():
            paid[v] += price * self.groups[g].heads
        return sum(min(0, self._fixed(v) - p) for v, p in paid.items())

    def _departure_seats(self, v: int) -> int:
        return self.problem.departures[self.vehicles[v][0]].seats

    def _fixed(self, v: int) -> int:
        return self.problem.departures[self.vehicles[v][0]].fixed_fen

    def _opening_by_group(self) -> dict[int, dict[int, int]]:
        opening: dict[int, dict[int, int]] = defaultdict(dict)
        for (g, v), price in self.prices.opening.items():
            opening[g][v] = price
        return opening

    def _with_openings(self, cost: Floats, opening: dict[int, int]) -> Floats:
        for v, price in opening.items():
            cost[self.legs.vehicle == v] += price
        return cost

    def _seat_by_leg(self) -> Floats:
        fares = np.array([self.problem.departures[d].seat_fen for d, _ in self.vehicles], float)
        price = fares[self.legs.vehicle] if len(fares) else np.zeros(0)
        for (v, segment), p in self.prices.seat.items():
            price[(self.legs.vehicle == v) & (self.legs.first <= segment) & (segment <= self.legs.last)] += p
        return price

    def _improve(self, time_limit_s: float, clock: Clock) -> None:
        """Price a growing set of options until no option outside it undercuts the prices, or time is up."""
        if not len(self.legs.vehicle) or not self.groups:
            return
        until = clock() + time_limit_s
        fares = np.array([self.problem.departures[d].seat_fen for d, _ in self.vehicles], float)[self.legs.vehicle]
        hire = np.array([self._fixed(v) / self._departure_seats(v) for v in range(len(self.vehicles))])
        costs = [self.least.by_leg(g.demand) + fares for g in self.groups]
        chosen = [ranked(cost + hire[self.legs.vehicle], OPTIONS_PRICED)[0] for cost in costs]
        best = self.value(self.stranded).value_fen
        for _ in range(PRICING_ROUNDS):
            written = len(self.opening_rows)
            prices = self._solve(costs, chosen, until - clock())
            if prices is None:
                return
            before = self.prices, self.reduced
            self.prices = prices
            added = self._reprice(chosen)
            value = self.value(self.stranded).value_fen
            if value < best:
                self.prices, self.reduced = before
            best = max(best, value)
            if (not added and len(self.opening_rows) == written) or clock() >= until:
                return

    def _reprice(self, chosen: list[Ints]) -> int:
        """Reduced costs under the prices; options that undercut the chosen ones join them. Returns how many joined."""
        seat, opening = self._seat_by_leg(), self._opening_by_group()
        added = 0
        for g, some in enumerate(self.groups):
            cost = self._with_openings(self.least.by_leg(some.demand) + seat, opening[g])
            best = min(self.least.direct(some.demand), float(cost[chosen[g]].min(initial=np.inf)))
            self.reduced[g] = min(best, float(cost.min(initial=np.inf)))
            if self.reduced[g] < best - 1:
                cheaper = ranked(np.where(cost < best - 1, cost, np.inf), OPTIONS_ADDED)[0]
                chosen[g] = np.union1d(chosen[g], cheaper)
                added += len(cheaper)
        return added

    def _solve(self, costs: list[Floats], chosen: list[Ints], time_limit_s: float) -> Prices | None:
        """Dual prices of seats and openings of the trunk model over the chosen options."""
        legs, rows = self.legs, Rows()
        seat_rows: dict[tuple[int, int], list[int]] = defaultdict(list)
        rides: dict[tuple[int, int], list[int]] = defaultdict(list)
        for g, some in enumerate(self.groups):
            columns = [rows.column(float(costs[g][t]), float(some.heads)) for t in chosen[g]]
            direct = self.least.direct(some.demand)
            everybody = [*columns, rows.column(min(direct, UNABLE_FEN), float(some.heads))]
            rows.row(everybody, [1.0] * len(everybody), some.heads, some.heads)
            for t, column in zip(chosen[g].tolist(), columns, strict=True):
                v = int(legs.vehicle[t])
                rides[g, v].append(column)
                for segment in range(legs.first[t], legs.last[t] + 1):
                    seat_rows[v, segment].append(column)
        opened = {v: rows.column(float(self._fixed(v)), 1.0) for v in sorted({v for v, _ in seat_rows})}
        seat_index = {
            (v, k): rows.row([*c, opened[v]], [1.0] * len(c) + [-float(self._departure_seats(v))], -np.inf, 0.0)
            for (v, k), c in seat_rows.items()
        }
        opening_index = {
            (g, v): rows.row([*c, opened[v]], [1.0] * len(c) + [-float(self.groups[g].heads)], -np.inf, 0.0)
            for (g, v), c in rides.items()
            if (g, v) in self.opening_rows
        }
        answer = minimise(rows, "glop", time_limit_s)
        if answer.status is not Status.OPTIMAL:
            return None
        self.open_share = {v: float(answer.values[column]) for v, column in opened.items()}
        for (g, v), columns in rides.items():
            riding = float(answer.values[columns].sum())
            if self._fixed(v) > 0 and riding > self.groups[g].heads * self.open_share[v] + 1e-4:
                self.opening_rows.add((g, v))
        return Prices(_positive(seat_index, answer.duals), _positive(opening_index, answer.duals))


def group(problem: Problem) -> tuple[Group, ...]:
    """Cohorts that differ in party size only, together."""
    heads: dict[tuple[object, ...], int] = defaultdict(int)
    stands: dict[tuple[object, ...], Demand] = {}
    for d in problem.demands:
        if d.access:
            key = (d.access, d.gate, d.release_min, d.due_min, d.barred)
            heads[key] += d.party_size * len(d.parties)
            stands.setdefault(key, d)
    return tuple(Group(stands[k], heads[k]) for k in heads)


def _positive(index: dict[tuple[int, int], int], duals: Floats) -> dict[tuple[int, int], int]:
    priced = {key: int(np.floor(-duals[row])) for key, row in index.items()}
    return {key: price for key, price in priced.items() if price > 0}
