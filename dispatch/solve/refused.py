"""Coach runs that the driving rules forbid: which rule it is, and when the coach could arrive by law."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dispatch.model.problem import Demand, DrivingRules, Problem
from dispatch.model.units import DAY_MIN
from dispatch.solve.schedule import earliest_arrival, shortest_duration

# Each rule taken away alone; the one without which the coach would be in time is the one that forbids the run.
_WITHOUT = (
    ("drive.continuous", {"continuous": 100_000, "continuous_night": 100_000}),
    ("drive.curfew", {"curfew_exempt_m": 1 << 40}),
    ("drive.daily", {"daily": 100_000, "weekly": 100_000}),
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A direct run that driving rules make too late: the rules, kilometres, and the first legal arrival (minutes from
    the epoch).
    """

    rules: tuple[str, ...]
    km: int
    legal_arrival_min: int


def refused_run(problem: Problem, demand: Demand, starts: list[bool]) -> Refused | None:
    """The driving rules that keep a coach of its own from bringing ``demand`` in time; ``None`` where it would be late
    without any, or is in time with all. ``starts`` tells at which stops a coach may begin.
    """
    arrivals = [(_arrival(problem, demand, a, problem.driving), a) for a in demand.access if starts[a]]
    legal, access = min(arrivals, default=(0, 0))
    if legal <= demand.due_min:
        return None

    def in_time(**changed: int) -> bool:
        return _arrival(problem, demand, access, replace(problem.driving, **changed)) <= demand.due_min

    if not in_time(**{field: value for _, changed in _WITHOUT for field, value in changed.items()}):
        return None
    alone = tuple(rule for rule, changed in _WITHOUT if in_time(**changed))
    metres = problem.travel.metres[access * problem.travel.n + demand.gate]
    return Refused(alone or tuple(rule for rule, _ in _WITHOUT), round(metres / 1000), legal)


def quickest_run(problem: Problem, access: int, gate: int) -> int:
    """Minutes of the quickest legal run of a coach with two drivers from one stop to another, whatever its start."""
    i = access * problem.travel.n + gate
    return shortest_duration(problem.travel.minutes[i], problem.travel.metres[i], problem.driving, problem.dwell_min)


def _arrival(problem: Problem, demand: Demand, access: int, rules: DrivingRules) -> int:
    """First arrival at the gate of a coach with two drivers; who starts first arrives first."""
    i = access * problem.travel.n + demand.gate
    hours = problem.stops[access].hours
    start = hours.next_open(demand.release_min) if hours else demand.release_min
    times = earliest_arrival(
        [problem.travel.minutes[i]], [0, 0], [1 << 40] * 2, [(0, DAY_MIN), _hours(problem, demand.gate)],
        start, 2, problem.travel.metres[i], rules, problem.dwell_min,
    )  # fmt: skip
    return times[-1] if times else 1 << 40


def _hours(problem: Problem, stop: int) -> tuple[int, int]:
    hours = problem.stops[stop].hours
    return (hours.opens_min, hours.closes_min) if hours else (0, DAY_MIN)
