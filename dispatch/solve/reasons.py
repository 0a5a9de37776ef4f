"""Why somebody is left out, by relaxing one rule after the other."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dispatch.model.problem import Demand, Problem, RideLimits
from dispatch.model.supply import Mode, Role
from dispatch.solve.compile import bases_near
from dispatch.solve.options import LeastCosts
from dispatch.solve.refused import Refused, quickest_run, refused_run


class Reason(NamedTuple):
    """A reason code, and what its text speaks of by name."""

    code: str
    about: tuple[tuple[str, str], ...] = ()


class Reasons:
    """Reason codes for demands of one problem; what a relaxation needs is worked out at its first use."""

    def __init__(self, problem: Problem, least: LeastCosts) -> None:
        self.problem = problem
        self.least = least

    def of(self, demand: Demand) -> Reason:
        """The first reason that explains why no way exists, or ``capacity`` where ways exist but were full."""
        if demand.party_size <= self._largest and possible(self.least, demand) and self._rides_too_long(demand):
            return Reason("ride_limit")
        if demand.party_size <= self._largest and self._by_road_only(demand):
            refused = refused_run(self.problem, demand, self._line_starts)
            if refused:
                return Reason("driving_hours", _about(self.problem, refused))
        return Reason(self._code(demand))

    def _by_road_only(self, demand: Demand) -> bool:
        return Mode.COACH not in demand.barred and not np.isfinite(self.least.by_leg(demand)).any()

    def _rides_too_long(self, demand: Demand) -> bool:
        """Whether ``coach.ride_max`` forbids a coach of its own, and the feeder or last mile of every trunk leg."""
        limits, least = self.problem.ride_limits, self.least
        if limits == RideLimits():
            return False
        if Mode.COACH not in demand.barred and any(
            quickest_run(self.problem, a, demand.gate) <= (limits.direct or math.inf)
            for a in demand.access
            if self._line_starts[a]
        ):
            return False
        gathered = np.min(least.minutes[np.ix_(np.array(demand.access), least.legs.origin)], axis=0)
        spread = least.minutes[least.legs.destination, demand.gate]
        short = (gathered <= (limits.feeder or math.inf)) & (spread <= (limits.last_mile or math.inf))
        return not np.isfinite(least.by_leg(demand)[short]).any()

    def _code(self, demand: Demand) -> str:
        if demand.party_size > self._largest:
            return "party_too_large"
        if possible(self.least, demand):
            return self._though_possible(demand)
        anybody = replace(demand, barred=frozenset())
        anywhen = replace(demand, release_min=0, due_min=10 * self.problem.days * 1440)
        if demand.barred and possible(self.least, anybody):
            return "barred"
        if not possible(self.least, anywhen):
            return "barred" if possible(self.least, replace(anywhen, barred=frozenset())) else "no_offer"
        return "gate_hours" if possible(self._always_open, demand) else "no_offer_in_window"

    def _though_possible(self, demand: Demand) -> str:
        if not possible(self._without_minimum, demand):
            return "minimum_not_reached"
        stations = {c.stop for d in self.problem.departures for c in d.calls}
        if not any(self._coach_starts[a] or a in stations for a in demand.access):
            return "no_coach_near"
        return "capacity"

    @cached_property
    def _largest(self) -> int:
        seats = [c.seats for c in self.problem.coaches] + [d.seats for d in self.problem.departures]
        return max(seats, default=0)

    @cached_property
    def _always_open(self) -> LeastCosts:
        stops = tuple(replace(s, hours=None) for s in self.problem.stops)
        return LeastCosts(replace(self.problem, stops=stops), pairwise=False)

    @cached_property
    def _without_minimum(self) -> LeastCosts:
        departures = tuple(d for d in self.problem.departures if d.min_passengers <= 1)
        coaches = tuple(c for c in self.problem.coaches if c.min_passengers <= 1)
        return LeastCosts(replace(self.problem, departures=departures, coaches=coaches), pairwise=False)

    @cached_property
    def _coach_starts(self) -> list[bool]:
        return self._starts(Role.ANY, Role.TRUNK, Role.FEEDER)

    @cached_property
    def _line_starts(self) -> list[bool]:
        return self._starts(Role.ANY, Role.TRUNK)

    def _starts(self, *roles: Role) -> list[bool]:
        """At which stops a coach of one of the roles may begin."""
        near = bases_near(self.problem)
        kept = [k for k, c in enumerate(self.problem.coaches) if c.role in roles]
        some: list[bool] = np.any(near[kept], axis=0).tolist()
        return some


def _about(problem: Problem, refused: Refused) -> tuple[tuple[str, str], ...]:
    arrival = problem.instant(refused.legal_arrival_min)
    return ("rules", ", ".join(refused.rules)), ("km", str(refused.km)), ("arrival", f"{arrival:%Y-%m-%d %H:%M}")


def possible(least: LeastCosts, demand: Demand) -> bool:
    """Whether any way exists for a demand by itself."""
    return bool(np.isfinite(least.direct(demand)) or np.isfinite(least.by_leg(demand)).any())
