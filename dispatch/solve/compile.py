"""A problem to arrays: which trunk legs each unit may consider, which coaches may start where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import CoachType, Demand, Problem, RideLimits
from dispatch.model.supply import Mode
from dispatch.model.units import DAY_MIN, EARTH_RADIUS_M
from dispatch.solve.instance import (
    ACCESS,
    ACCESS_KEPT,
    DIRECT,
    FEEDER,
    LAST_MILE,
    ROLE_OF_KIND,
    Alike,
    Compiled,
    Instance,
    Ints,
    Legs,
    Unit,
    alike,
    matrices,
    pack_units,
    trunk_legs,
    usable_types,
    vehicles_of,
)
from dispatch.solve.options import LeastCosts, ranked, vehicle_share
from dispatch.solve.timetable import UNLIMITED, rules_of


def compile_instance(
    problem: Problem, least: LeastCosts, unit_most: int, options_kept: int, alone: frozenset[Alike] = frozenset()
) -> Compiled:
    """Arrays for the search; each unit keeps the ``options_kept`` trunk legs that could be cheapest for it."""
    units = pack_units(problem, unit_most, alone)
    vehicles = vehicles_of(problem)
    legs = trunk_legs(problem, vehicles)
    option_from, option = _options(problem, least, units, vehicles, legs, options_kept)
    types_from, types = _types_by_stop(problem)
    minutes, metres = matrices(problem)
    opens, closes = _hours(problem)
    first = [problem.demands[u.demand] for u in units]
    departures = [problem.departures[d] for d, _ in vehicles]
    instance = Instance(
        minutes=minutes,
        metres=metres,
        stop=np.stack([opens, closes], axis=1),
        unit=_unit_table(units, first),
        option_from=option_from,
        option=option,
        leg=np.stack(legs[:-1], axis=1),
        vehicle=_table([(d.seats, d.fixed_fen, d.seat_fen, d.min_passengers) for d in departures], 4),
        coach=_table(
            [_terms(c) for c in problem.coaches],
            9,
        ),
        types_from=types_from,
        types=types,
        solo=np.full((len(units), 5), -1, np.int64),
        minute_fen=problem.value_of_time_fen_per_hour / 60,
        days=problem.days,
        ride_most=ride_limits(problem.ride_limits),
        rules=rules_of(problem.driving, problem.dwell_min),
    )
    calls = tuple(zip(legs.first.tolist(), (legs.last + 1).tolist(), strict=True))
    return Compiled(instance, units, vehicles, calls)


def ride_limits(limits: RideLimits) -> tuple[int, int, int]:
    """``coach.ride_max`` by kind of load, as the search numbers them."""
    feeder, direct, last_mile = (limits.of(role) or UNLIMITED for role in ROLE_OF_KIND)
    return feeder, direct, last_mile


def _terms(c: CoachType) -> tuple[int, ...]:
    days = (c.first_day, c.last_day)
    return (c.seats, c.available_per_day, *days, c.fixed_fen, c.km_fen, c.hour_fen, c.seat_fen, c.min_passengers)


def _table(rows: list[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(-1, width)


def _unit_table(units: tuple[Unit, ...], demands: list[Demand]) -> Ints:
    table = np.full((len(units), ACCESS + ACCESS_KEPT), -1, np.int64)
    for u, (unit, demand) in enumerate(zip(units, demands, strict=True)):
        table[u, :ACCESS] = unit.size, demand.gate, demand.release_min, demand.due_min, Mode.COACH not in demand.barred
        kept = demand.access[:ACCESS_KEPT]
        table[u, ACCESS : ACCESS + len(kept)] = kept
    return table


def _options(
    problem: Problem,
    least: LeastCosts,
    units: tuple[Unit, ...],
    vehicles: tuple[tuple[int, int], ...],
    legs: Legs,
    kept: int,
) -> tuple[Ints, Ints]:
    share = vehicle_share(problem, vehicles, legs)
    copies = _copies(legs, least.legs, vehicles)
    cache: dict[Alike, Ints] = {}
    starts, chosen = [0], []
    for unit in units:
        d = problem.demands[unit.demand]
        key = alike(d)
        if key not in cache:
            cache[key] = ranked(least.by_leg(d)[copies] + share, kept)[0]
        chosen.append(cache[key])
        starts.append(starts[-1] + len(chosen[-1]))
    return np.array(starts, np.int64), np.concatenate([*chosen, np.zeros(0, np.int64)])


def _copies(legs: Legs, distinct: Legs, vehicles: tuple[tuple[int, int], ...]) -> Ints:
    """For each leg of each vehicle the row of ``distinct``, where a departure's vehicles count once."""
    first: dict[tuple[int, int, int], int] = {}
    for row, key in enumerate(
        zip(distinct.vehicle.tolist(), distinct.first.tolist(), distinct.last.tolist(), strict=True)
    ):
        first[key] = row
    keys = zip((vehicles[v][0] for v in legs.vehicle.tolist()), legs.first.tolist(), legs.last.tolist(), strict=True)
    return np.array([first[k] for k in keys], np.int64)


def bases_near(problem: Problem) -> NDArray[np.bool_]:
    """Whether a coach type may start at a stop, its base being near enough; shape (coach types, stops)."""
    lat = np.radians([s.position.lat for s in problem.stops])
    lon = np.radians([s.position.lon for s in problem.stops])
    near = np.zeros((len(problem.coaches), len(problem.stops)), bool)
    for k, coach in enumerate(problem.coaches):
        h = np.sin((lat - lat[coach.base]) / 2) ** 2
        h += np.cos(lat) * np.cos(lat[coach.base]) * np.sin((lon - lon[coach.base]) / 2) ** 2
        near[k] = EARTH_RADIUS_M * 2 * np.arcsin(np.sqrt(np.minimum(1, h))) <= problem.coach_base_m
    return near


def _types_by_stop(problem: Problem) -> tuple[Ints, Ints]:
    n = len(problem.stops)
    near = bases_near(problem)
    starts, chosen = [0], [np.zeros(0, np.int64)]
    for kind in (FEEDER, DIRECT, LAST_MILE):
        types = usable_types(problem, kind)
        for s in range(n):
            chosen.append(types[near[types, s]])
            starts.append(starts[-1] + len(chosen[-1]))
    return np.array(starts, np.int64), np.concatenate(chosen)


def _hours(problem: Problem) -> tuple[Ints, Ints]:
    opens = [0 if s.hours is None or s.hours.always else s.hours.opens_min for s in problem.stops]
    closes = [DAY_MIN if s.hours is None or s.hours.always else s.hours.closes_min for s in problem.stops]
    return np.array(opens, np.int64), np.array(closes, np.int64)
