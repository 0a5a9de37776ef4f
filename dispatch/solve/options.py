"""What each trunk leg and a direct coach would cost a person at the very least; the search ranks by it, the bound adds it up.

Valid for any routing: a coach that carries a person covers at least that person's own way (road times satisfy the triangle
inequality), and its cost is shared by at most its seats.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand, DrivingRules, Problem
from dispatch.model.supply import Mode
from dispatch.solve.instance import DIRECT, FEEDER, LAST_MILE, Floats, Ints, Legs, coach_head_cost, matrices


class LeastCosts:
    """Least cost per head, in fen, of every way a cohort could travel."""

    def __init__(self, problem: Problem, legs: Legs) -> None:
        self.problem = problem
        self.legs = legs
        self.minute_fen = problem.value_of_time_fen_per_hour / 60
        minutes, metres = matrices(problem)
        self.minutes, self.metres = minutes.astype(float), metres.astype(float)
        self.stations = np.unique(np.concatenate([legs.origin, legs.destination])).astype(np.int64)
        self.origin_at = np.searchsorted(self.stations, legs.origin)
        self.destination_at = np.searchsorted(self.stations, legs.destination)
        self.ride = self.minute_fen * (legs.arrives - legs.departs)
        self._access: dict[int, tuple[Floats, Floats]] = {}
        self._egress: dict[int, tuple[Floats, Floats]] = {}

    def by_leg(self, demand: Demand) -> Floats:
        """Fen per head of each trunk leg with its feeder and last mile, shape (T,), without the vehicle's own price; inf where impossible."""
        legs = self.legs
        before = np.full(len(legs.departs), np.inf)
        for a in demand.access:
            money, drive = self._to_stations(a)
            way = drive[self.origin_at]
            connect = np.where(way > 0, legs.before, 0)
            cost = money[self.origin_at] + self.minute_fen * (way + connect)
            np.minimum(before, np.where(demand.release_min + way + connect <= legs.departs, cost, np.inf), out=before)
        money, drive = self._from_stations(demand.gate)
        way = drive[self.destination_at]
        at_gate = self._opens(demand.gate, legs.arrives + np.where(way > 0, legs.after, 0) + way)
        after = money[self.destination_at] + self.minute_fen * (at_gate - legs.arrives)
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
        minutes = least_legal_minutes(self.minutes[access, demand.gate], self.problem.driving)
        money = coach_head_cost(self.problem, DIRECT, self.metres[access, demand.gate], minutes)
        possible = demand.release_min + minutes <= demand.due_min
        return float(np.min(np.where(possible, money + self.minute_fen * minutes, np.inf)))

    def _to_stations(self, stop: int) -> tuple[Floats, Floats]:
        if stop not in self._access:
            minutes = self.minutes[stop, self.stations]
            money = coach_head_cost(self.problem, FEEDER, self.metres[stop, self.stations], minutes)
            self._access[stop] = (money, minutes)
        return self._access[stop]

    def _from_stations(self, gate: int) -> tuple[Floats, Floats]:
        if gate not in self._egress:
            minutes = self.minutes[self.stations, gate]
            money = coach_head_cost(self.problem, LAST_MILE, self.metres[self.stations, gate], minutes)
            self._egress[gate] = (money, minutes)
        return self._egress[gate]

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


def least_legal_minutes(drive: Floats, rules: DrivingRules) -> Floats:
    """Minutes that ``drive`` minutes of driving take at the very least with two drivers: swaps, and a new day after 2 x daily."""
    day = 2 * rules.daily
    whole = np.maximum(0, np.ceil(drive / day) - 1)
    rest = drive - whole * day
    breaks = np.maximum(0, np.ceil(rest / rules.continuous) - 1)
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
