"""Routed costs go back to the assignment: the coaches of the plan are routed anew, feeders and last miles station by
station and day by day (PyVRP), direct lines week by week as mixed loads, and the loads that come out join the pool from
which OR-Tools chooses.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dispatch.model.problem import Problem
from dispatch.model.units import DAY_MIN
from dispatch.solve.assignment import PooledLoad
from dispatch.solve.insertion import new_head
from dispatch.solve.instance import (
    AFTER,
    ARRIVES,
    BEFORE,
    DEPARTS,
    DESTINATION,
    DIRECT,
    DUE,
    FEEDER,
    GATE,
    LAST_MILE,
    ORIGIN,
    RELEASE,
    SIZE,
    Compiled,
    Instance,
)
from dispatch.solve.mixed import MixedInstance, MixedLimits, MixedRoutes, VehicleType, route_mixed
from dispatch.solve.moves import free_slot, new_journal, settle, store
from dispatch.solve.routing import Riders, RoutingProblem, Stop, Trip, feeder_problem, last_mile_problem, route
from dispatch.solve.state import (
    BOARD,
    BOARDINGS,
    END,
    KIND,
    LEG,
    MEMBER,
    MEMBERS,
    RIDERS,
    ROUTE,
    START,
    STOPS,
    State,
    new_draft,
    new_state,
)

WEEK_MIN = 7 * DAY_MIN
LOADS_LEAST = {
    int(FEEDER): 2,
    int(DIRECT): 6,
    int(LAST_MILE): 2,
}  # in a group; of few direct lines the search misses nothing
MIXED_ROUNDS = 20  # of mixed loads to one of PyVRP


class Rider(NamedTuple):
    """A unit on a load: where it boards, and its trunk leg."""

    unit: int
    board: int
    leg: int


class Group(NamedTuple):
    """Everybody who is driven to (or from) one station on one day, or on direct lines that start in one week."""

    kind: int
    station: int  # -1 for direct lines
    day: int
    riders: tuple[Rider, ...]
    value: float  # of their loads in the plan, fen
    loads: int
    stretch: float  # minutes from start to end of the loads, per minute of driving


def groups(x: Instance, s: State) -> list[Group]:
    """The coaches of a plan that could be shared otherwise, in groups of some loads, the dearest first."""
    members: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for slot in range(int(s.top[0])):
        if s.coach[slot, KIND] >= 0:
            members[_key(x, s, slot)].append(slot)
    found = [_group(x, s, key, slots) for key, slots in members.items() if len(slots) >= LOADS_LEAST[key[0]]]
    return sorted(found, key=lambda g: -g.value)


def _key(x: Instance, s: State, slot: int) -> tuple[int, int, int]:
    kind = int(s.coach[slot, KIND])
    if kind == DIRECT:
        return kind, -1, int(s.coach[slot, START]) // WEEK_MIN * 7
    column, minute = (ORIGIN, DEPARTS) if kind == FEEDER else (DESTINATION, ARRIVES)
    leg = x.leg[s.rows[slot, LEG]]
    return kind, int(leg[column]), int(leg[minute]) // DAY_MIN


def _group(x: Instance, s: State, key: tuple[int, int, int], slots: list[int]) -> Group:
    riders = [
        Rider(*(int(s.rows[slot, at + i]) for at in (MEMBER, BOARD, LEG)))
        for slot in slots
        for i in range(int(s.coach[slot, MEMBERS]))
    ]
    driven = sum(
        int(x.minutes[a, b]) for slot in slots for a, b in pairwise(s.rows[slot, : s.coach[slot, STOPS]].tolist())
    )
    lasts = int((s.coach[slots, END] - s.coach[slots, START]).sum())
    return Group(*key, tuple(riders), float(s.value[slots].sum()), len(slots), max(1.0, lasts / max(1, driven)))


def routed_loads(
    problem: Problem, compiled: Compiled, group: Group, seconds: float, rounds: int, seed: int
) -> list[PooledLoad]:
    """The loads of a group routed anew, timed and priced as the search does; those that cannot run are left out.

    Ends after ``seconds``, or after ``rounds`` where these are not 0.
    """
    x = compiled.instance
    seconds = math.inf if rounds else seconds
    if group.kind == DIRECT:
        stop = MixedLimits(seconds, rounds * MIXED_ROUNDS or 1 << 62)
        made = [_load(x, group, *line) for line in _lines(group, route_mixed(_mixed(problem, x, group), stop, seed))]
    else:
        routes = route(_asked(problem, x, group), Stop(seconds, rounds), seed, processes=1)
        made = [_load(x, group, *_trip(group, trip)) for trip in routes.trips]
    return [load for load in made if load is not None]


def warm_up() -> None:
    """Compile what ``route_mixed`` needs, or load it, on one request."""
    one, zero, never = np.zeros(1, np.int64), np.zeros(1), np.full(1, np.inf)
    way = np.array([[0.0, 60.0], [60.0, 0.0]])
    instance = MixedInstance(way, way, one, one + 1, one + 1, zero, never, -never, never, (VehicleType(1, 1),))
    route_mixed(instance, MixedLimits(math.inf, 1), 1)


def _mixed(problem: Problem, x: Instance, group: Group) -> MixedInstance:
    """Direct lines as mixed loads: roads last as the plan's do with their rests, an hour costs the riders' too."""
    units = np.array([r.unit for r in group.riders], np.int64)
    n = len(units)
    riders_hour = problem.value_of_time_fen_per_hour * float(x.unit[units, SIZE].sum()) / group.loads
    usable = {k for kind_at in range(len(x.stop)) for k in _types(x, kind_at)}
    vehicles = tuple(
        VehicleType(c.seats, c.available_per_day * 7, c.fixed_fen, c.km_fen, c.hour_fen + riders_hour)
        for k, c in enumerate(problem.coaches)
        if k in usable
    )
    return MixedInstance(
        drive_s=x.minutes.astype(np.float64) * 60.0 * group.stretch,
        metres=x.metres.astype(np.float64),
        stop=np.array([r.board for r in group.riders], np.int64),
        gate=x.unit[units, GATE].copy(),
        riders=x.unit[units, SIZE].copy(),
        board_from_s=x.unit[units, RELEASE] * 60.0,
        board_until_s=np.full(n, np.inf),
        arrive_from_s=np.full(n, -np.inf),
        arrive_until_s=x.unit[units, DUE] * 60.0,
        vehicles=vehicles,
        board_halt_s=x.rules.dwell * 60.0,
        alight_halt_s=x.rules.dwell * 60.0,
        one_load=True,
    )


def _types(x: Instance, stop: int) -> list[int]:
    at = DIRECT * len(x.stop) + stop
    types: list[int] = x.types[x.types_from[at] : x.types_from[at + 1]].tolist()
    return types


def _lines(group: Group, routes: MixedRoutes) -> Iterator[tuple[list[int], list[int], list[Rider]]]:
    """Boarding stops, gates and riders of each route."""
    for begin, end in pairwise(routes.first.tolist()):
        calls = range(begin, end)
        stops = dict.fromkeys(int(routes.place[c]) for c in calls if routes.request[c] >= 0)
        gates = dict.fromkeys(int(routes.place[c]) for c in calls if routes.request[c] < 0)
        yield list(stops), list(gates), [group.riders[int(routes.request[c])] for c in calls if routes.request[c] >= 0]


def _trip(group: Group, trip: Trip) -> tuple[list[int], list[int], list[Rider]]:
    riders = [group.riders[request] for request, _ in trip.parties]
    places = list(dict.fromkeys(visit.place for visit in trip.visits))
    if group.kind == FEEDER:
        return places, [group.station], riders
    return [group.station], places, [r._replace(board=group.station) for r in riders]


def _asked(problem: Problem, x: Instance, group: Group) -> RoutingProblem:
    if group.kind == FEEDER:
        riders = [_gathered(x, r) for r in group.riders]
        return feeder_problem(problem, group.station, riders, group.day, ride_limit_min=x.ride_most[FEEDER])
    riders = [_spread(x, r) for r in group.riders]
    return last_mile_problem(problem, group.station, riders, group.day, ride_limit_min=x.ride_most[LAST_MILE])


def _gathered(x: Instance, r: Rider) -> Riders:
    at_station = int(x.leg[r.leg, DEPARTS] - x.leg[r.leg, BEFORE])
    return Riders(r.board, (int(x.unit[r.unit, SIZE]),), at_station, earliest=int(x.unit[r.unit, RELEASE]))


def _spread(x: Instance, r: Rider) -> Riders:
    at_station = int(x.leg[r.leg, ARRIVES] + x.leg[r.leg, AFTER])
    gate, due = int(x.unit[r.unit, GATE]), int(x.unit[r.unit, DUE])
    return Riders(gate, (int(x.unit[r.unit, SIZE]),), at_station, latest=due)


def _load(x: Instance, group: Group, stops: list[int], ends: list[int], riders: list[Rider]) -> PooledLoad | None:
    """A route as a load of the search, with its own best times and cheapest coach."""
    n = len(stops) + len(ends)
    if n > ROUTE or len(riders) > RIDERS:
        return None
    s, d, head = new_state(x, 1), new_draft(), new_head()
    d.row[:n] = [*stops, *ends]
    for i, r in enumerate(riders):
        d.row[MEMBER + i], d.row[BOARD + i], d.row[LEG + i] = r.unit, r.board, r.leg
    head[[KIND, STOPS, MEMBERS, BOARDINGS]] = group.kind, n, len(riders), len(stops)
    journal = new_journal(s)
    store(s, journal, free_slot(s), d, head, 0.0)
    if not settle(x, s, journal, d, new_head(), 0, -1):
        return None
    return PooledLoad(tuple(s.coach[0].tolist()), (*stops, *ends), tuple(sorted(riders)), float(s.value[0]))
