"""A problem to arrays: which trunk legs each unit may consider, which coaches may start where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import CoachType, Demand, Problem, RideLimits
from dispatch.model.supply import Mode
from dispatch.model.units import DAY_MIN, EARTH_RADIUS_M
from dispatch.solve.compiled import entry
from dispatch.solve.instance import (
    ACCESS,
    ACCESS_KEPT,
    DIRECT,
    FAR,
    FEEDER,
    GATE,
    LAST_MILE,
    NEAR_FIRST,
    NEAR_LAST,
    ROLE_OF_KIND,
    Compiled,
    Floats,
    Instance,
    Ints,
    Legs,
    Unit,
    alike,
    matrices,
    usable_types,
    vehicles_of,
)
from dispatch.solve.options import Entries, LeastCosts, cheapest, side, vehicle_share
from dispatch.solve.timetable import UNLIMITED, rules_of

NEAR_MORE = 180  # minutes beyond twice the way to the nearest station within which loads are looked at
LOOKED_AT, LOOKED_AT_FEN = 1.5, 30_000  # legs dearer than that many direct seats and fen, by least costs, are not kept


def compile_instance(problem: Problem, least: LeastCosts, units: tuple[Unit, ...], options_kept: int) -> Compiled:
    """Arrays for the search; each unit keeps the ``options_kept`` trunk legs that could be cheapest for it."""
    vehicles = vehicles_of(problem)
    copies = np.array([problem.departures[d].copies for d in least.legs.vehicle.tolist()], np.int64)
    legs = _copied(least.legs, copies, vehicles)
    span, option, worth, alone_fen = _options(problem, least, units, copies, options_kept)
    types_from, types = _types_by_stop(problem)
    minutes, metres = matrices(problem)
    opens, closes = _hours(problem)
    first = [u.like for u in units]
    departures = [problem.departures[d] for d, _ in vehicles]
    instance = Instance(
        minutes=minutes,
        metres=metres,
        stop=np.column_stack([opens, closes, _squares(problem)]),
        unit=_near_stations(_unit_table(units, first), span, option, legs, minutes),
        span=span,
        option=option,
        vehicle_of=legs.vehicle[option],
        worth=worth,
        seat=alone_fen,
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
        table[u, :NEAR_FIRST] = (
            unit.size,
            demand.gate,
            demand.release_min,
            demand.due_min,
            Mode.COACH not in demand.barred,
        )
        kept = demand.access[:ACCESS_KEPT]
        table[u, ACCESS : ACCESS + len(kept)] = kept
    return table


def _near_stations(table: Ints, span: Ints, option: Ints, legs: Legs, minutes: NDArray[np.int32]) -> Ints:
    """Fill NEAR_FIRST and NEAR_LAST: twice the way to (from) the nearest station of the unit's legs, and some."""
    _fill_near(table, span, option, legs.origin, legs.destination, minutes)
    return table


@entry
def _fill_near(
    table: Ints, span: Ints, option: Ints, origin: Ints, destination: Ints, minutes: NDArray[np.int32]
) -> None:
    for u in range(len(table)):
        if span[u, 1] > span[u, 0]:
            first: int = FAR
            last: int = FAR
            for o in range(span[u, 0], span[u, 1]):
                first = min(first, minutes[table[u, ACCESS], origin[option[o]]])
                last = min(last, minutes[destination[option[o]], table[u, GATE]])
            table[u, NEAR_FIRST] = 2 * first + NEAR_MORE
            table[u, NEAR_LAST] = 2 * last + NEAR_MORE


def _options(
    problem: Problem, least: LeastCosts, units: tuple[Unit, ...], copies: Ints, kept: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Which trunk legs each unit may consider: rows of ``Instance.span``, and the legs, once for all units alike; their
    least costs and those of direct coaches, ``Instance.worth`` and ``seat``.

    ``copies`` counts the vehicles that sell each leg of ``least.legs``.
    """
    stands = {alike(u.like): u.like for u in units}
    demands = sorted(stands.values(), key=side)
    row = {alike(demand): k for k, demand in enumerate(demands)}
    kinds = np.array([row[alike(u.like)] for u in units], np.int64)
    share = vehicle_share(problem, least.legs)
    hired = np.array([d.fixed_fen + d.min_passengers > 1 for d in problem.departures], bool)[least.legs.vehicle]
    seat = least.directs(demands)
    most = LOOKED_AT * seat + LOOKED_AT_FEN
    first_copy = np.cumsum(copies) - copies

    def of_block(block: Entries, _: int) -> tuple[Ints, Ints, Floats]:
        begin, at = cheapest(block.start, block.cost + share[block.leg], hired[block.leg], kept)
        legs = block.leg[at]
        ends = np.cumsum(copies[legs])
        each = np.repeat(first_copy[legs] - ends + copies[legs], copies[legs]) + np.arange(copies[legs].sum())
        return np.concatenate([[0], ends])[begin[1:]], each, np.repeat(block.cost[at], copies[legs])

    begins, chosen, costs = [np.zeros(1, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for ends, each, cost in least.in_blocks(of_block, demands, most):
        begins.append(begins[-1][-1] + ends)
        chosen.append(each)
        costs.append(cost)
    start = np.concatenate(begins)
    return np.column_stack([start[kinds], start[kinds + 1]]), np.concatenate(chosen), np.concatenate(costs), seat[kinds]


def _copied(distinct: Legs, copies: Ints, vehicles: tuple[tuple[int, int], ...]) -> Legs:
    """The legs of distinct departures, each once for every vehicle of its departure."""
    first = {d: v for v, (d, c) in enumerate(vehicles) if c == 0}
    legs = Legs(*(np.repeat(column, copies) for column in distinct))
    number = np.arange(len(legs.vehicle)) - np.repeat(np.cumsum(copies) - copies, copies)
    return legs._replace(vehicle=np.array([first[d] for d in legs.vehicle.tolist()], np.int64) + number)


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


def _squares(problem: Problem) -> Ints:
    """PEOPLE_HOUR and COACHES_HOUR of each stop."""
    most = np.full((len(problem.stops), 2), FAR, np.int64)
    for square in problem.squares:
        limits = (square.people_per_hour, square.coaches_per_hour)
        most[square.stop] = [FAR if limit is None else limit for limit in limits]
    return most
