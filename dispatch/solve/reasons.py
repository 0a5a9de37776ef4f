"""Why somebody is left out, by relaxing one rule after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dispatch.model.problem import Demand, Problem
from dispatch.solve.options import LeastCosts

Test = Callable[[Demand], bool]


def reason_of(problem: Problem, demand: Demand) -> str:
    """The first reason code that explains why no way exists, or ``capacity`` where ways exist but were full or too
    dear to keep.
    """
    possible = _possible(problem)
    anywhen = replace(demand, release_min=0, due_min=10 * problem.days * 1440)
    if possible(demand):
        return "capacity"
    if demand.barred and possible(replace(demand, barred=frozenset())):
        return "barred"
    if not possible(anywhen):
        return "barred" if demand.barred and possible(replace(anywhen, barred=frozenset())) else "no_offer"
    if _possible(_round_the_clock(problem, demand.gate))(demand):
        return "gate_hours"
    return "no_offer_in_window"


def _possible(problem: Problem) -> Test:
    least = LeastCosts(problem)

    def test(demand: Demand) -> bool:
        return bool(np.isfinite(least.direct(demand)) or np.isfinite(least.by_leg(demand)).any())

    return test


def _round_the_clock(problem: Problem, gate: int) -> Problem:
    stops = tuple(replace(s, hours=None) if i == gate else s for i, s in enumerate(problem.stops))
    return replace(problem, stops=stops)
