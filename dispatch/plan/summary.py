"""summary.json: what the plan comes to, how good it is, and what it was made from."""

from __future__ import annotations

import platform
from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import dispatch
from dispatch.config import Settings
from dispatch.model.demand import Inputs
from dispatch.model.plan import Leg, Plan
from dispatch.model.problem import SolveResult
from dispatch.model.supply import Mode
from dispatch.model.units import fen
from dispatch.plan.money import half_up

Stages = Mapping[str, Mapping[str, float | None]]

VERSIONED = ("ortools", "numba", "numpy", "pandas")
TRUNK_SCOPE = "only the coach loads and trunk rides that the search collected; no bound for the whole plan"
NIGHT_HOURS = (22, 6)


def summary(plan: Plan, result: SolveResult, inputs: Inputs, settings: Settings, stages: Stages) -> dict[str, Any]:
    """The content of summary.json as the contract names it; money in CNY."""
    journeys = _journeys(plan)
    minutes = sum(_minutes(legs) for legs in journeys.values())
    cost = sum(t.cost_fen for t in plan.trips)
    objective = cost + half_up(Fraction(fen(settings.objective.value_of_time_per_hour) * minutes, 60))
    bound, trunk_bound = result.bound.value_fen, result.trunk_bound_fen
    return {
        "name": plan.name,
        "revision": plan.revision,
        "made_at": plan.made_at.isoformat(),
        **({} if inputs.registered is None else {"registered": inputs.registered}),
        "rostered": inputs.rostered,
        "accepted": len(inputs.workers),
        "rejected": inputs.rejected,
        "served": len(journeys),
        "unserved": len(plan.unserved),
        "unserved_by_reason": dict(Counter(u.reason for u in plan.unserved)),
        "cost": cost / 100,
        "cost_by_mode": _cost_by_mode(plan),
        "objective": objective / 100,
        "unserved_lower_bound": result.bound.unserved,
        "lower_bound": bound / 100,
        "gap": _gap(objective, bound),
        "bound_scope": result.bound.scope,
        "bound_prices_fen": list(result.bound.prices),
        "trunk": {
            "objective": result.trunk_objective_fen / 100,
            "lower_bound": trunk_bound / 100,
            "gap": _gap(result.trunk_objective_fen, trunk_bound),
            "bound_scope": TRUNK_SCOPE,
        },
        "status": dict(result.status),
        "passenger_hours": round(minutes / 60, 2),
        "night_arrivals": sum(_at_night(legs) for legs in journeys.values()),
        "load_factors": _load_factors(plan),
        "trips_by_mode": dict(Counter(t.mode.value for t in plan.trips)),
        "long_haul_coaches": _long_haul(plan, settings.policy.coach.long_haul_warning_km),
        "splits": _splits(inputs, journeys),
        "road_times": settings.policy.travel.source(table=bool(inputs.travel_entries)),
        "seed": settings.solver.seed,
        "rounds": result.iterations,
        "pruned": dict(result.pruned),
        "interrupted": result.interrupted,
        "warm_start": result.warm,
        "reproducible": settings.solver.rounds > 0 and not result.interrupted and not result.warm,
        "versions": {"dispatch": dispatch.__version__, "python": platform.python_version(), **_versions()},
        "sha256": {**inputs.sha256, "config": settings.sha256, "config_but_publish": settings.plan_sha256},
        "stages": {name: dict(values) for name, values in stages.items()},
    }


def _gap(objective: int, bound: int) -> float:
    return round((objective - bound) / objective, 6) if objective else 0.0


def _journeys(plan: Plan) -> dict[str, list[Leg]]:
    legs: dict[str, list[Leg]] = defaultdict(list)
    for leg in plan.legs:
        legs[leg.worker_id].append(leg)
    return legs


def _long_haul(plan: Plan, limit_km: float) -> list[str]:
    """Coach trips beyond ``coach.long_haul``: legal, but rail would be better."""
    return [t.trip_id for t in plan.trips if t.mode is Mode.COACH and t.distance_m > limit_km * 1000]


def _splits(inputs: Inputs, journeys: Mapping[str, list[Leg]]) -> int:
    """Parties whose members do not all ride the same trips; somebody left behind splits a party too."""
    ways: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for worker in inputs.workers:
        if worker.party:
            ways[worker.party].add(tuple(leg.trip_id for leg in journeys.get(worker.worker_id, ())))
    return sum(len(some) > 1 for some in ways.values())


def _minutes(legs: list[Leg]) -> int:
    return round((legs[-1].arrives_at - legs[0].departs_at).total_seconds() / 60)


def _at_night(legs: list[Leg]) -> bool:
    hour = legs[-1].arrives_at.hour
    return hour >= NIGHT_HOURS[0] or hour < NIGHT_HOURS[1]


def _cost_by_mode(plan: Plan) -> dict[str, float]:
    found: Counter[str] = Counter()
    for trip in plan.trips:
        found[trip.mode.value] += trip.cost_fen
    return {mode: amount / 100 for mode, amount in sorted(found.items())}


def _load_factors(plan: Plan) -> dict[str, float]:
    """People over seats by role of coaches and by mode of the others; tickets are bought seat by seat and left out."""
    people: Counter[str] = Counter()
    seats: Counter[str] = Counter()
    for trip in plan.trips:
        kind = f"coach_{trip.role.value}" if trip.mode.value == "coach" else trip.mode.value
        people[kind] += max((c.onboard_after for c in trip.calls), default=0)
        seats[kind] += trip.seats
    return {kind: round(people[kind] / seats[kind], 4) for kind in sorted(people)}


def _versions() -> dict[str, str]:
    found = {}
    for package in VERSIONED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found
