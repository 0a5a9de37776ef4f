"""Routed costs go back to the assignment: feeders and last miles of the plan are routed anew, station by station and
day by day, and the loads that come out join the pool from which OR-Tools chooses.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from dispatch.model.problem import Problem
from dispatch.solve.assignment import PooledLoad
from dispatch.solve.insertion import new_head
from dispatch.solve.instance import (
    AFTER,
    ARRIVES,
    BEFORE,
    DEPARTS,
    DESTINATION,
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
from dispatch.solve.moves import free_slot, new_journal, settle, store
from dispatch.solve.routing import Riders, RoutingProblem, Stop, Trip, feeder_problem, last_mile_problem, route
from dispatch.solve.state import (
    BOARD,
    BOARDINGS,
    KIND,
    LEG,
    MEMBER,
    MEMBERS,
    RIDERS,
    ROUTE,
    STOPS,
    State,
    new_draft,
    new_state,
)

DAY = 1440


class Rider(NamedTuple):
    """A unit on a load: where it boards, and its trunk leg."""

    unit: int
    board: int
    leg: int


class Group(NamedTuple):
    """Everybody who is driven to (or from) one station on one day."""

    kind: int
    station: int
    day: int
    riders: tuple[Rider, ...]
    value: float  # of their loads in the plan, fen
    loads: int


def groups(x: Instance, s: State) -> list[Group]:
    """The feeders and last miles of a plan by station and day, the dearest first."""
    riders: dict[tuple[int, int, int], list[Rider]] = defaultdict(list)
    values: dict[tuple[int, int, int], list[float]] = defaultdict(list)
    for slot in range(int(s.top[0])):
        kind = int(s.coach[slot, KIND])
        if kind not in (FEEDER, LAST_MILE):
            continue
        row, m = s.rows[slot], int(s.coach[slot, MEMBERS])
        some = [Rider(*(int(row[at + i]) for at in (MEMBER, BOARD, LEG))) for i in range(m)]
        column, minute = (ORIGIN, DEPARTS) if kind == FEEDER else (DESTINATION, ARRIVES)
        leg = x.leg[some[0].leg]
        key = kind, int(leg[column]), int(leg[minute]) // DAY
        riders[key] += some
        values[key].append(float(s.value[slot]))
    found = [Group(*key, tuple(some), sum(values[key]), len(values[key])) for key, some in riders.items()]
    return sorted(found, key=lambda g: -g.value)


def routed_loads(problem: Problem, compiled: Compiled, group: Group, stop: Stop, seed: int) -> list[PooledLoad]:
    """The loads of a group routed anew, timed and priced as the search does; those that cannot run are left out."""
    asked = _asked(problem, compiled.instance, group)
    routes = route(asked, stop, seed, processes=1)
    made = (_load(compiled.instance, group, trip) for trip in routes.trips)
    return [load for load in made if load is not None]


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


def _load(x: Instance, group: Group, trip: Trip) -> PooledLoad | None:
    """A trip as a load of the search, with its own best times and cheapest coach."""
    riders = [group.riders[request] for request, _ in trip.parties]
    places = list(dict.fromkeys(visit.place for visit in trip.visits))
    stops = [*places, group.station] if group.kind == FEEDER else [group.station, *places]
    if len(stops) > ROUTE or len(riders) > RIDERS:
        return None
    s, d = new_state(x, 1), new_draft()
    d.row[: len(stops)] = stops
    for i, r in enumerate(riders):
        board = r.board if group.kind == FEEDER else group.station
        d.row[MEMBER + i], d.row[BOARD + i], d.row[LEG + i] = r.unit, board, r.leg
    head = new_head()
    head[[KIND, STOPS, MEMBERS]] = group.kind, len(stops), len(riders)
    head[BOARDINGS] = len(places) if group.kind == FEEDER else 1
    journal = new_journal(s)
    store(s, journal, free_slot(s), d, head, 0.0)
    if not settle(x, s, journal, d, new_head(), 0, -1):
        return None
    at = sorted((r.unit, int(d.row[BOARD + i]), r.leg) for i, r in enumerate(riders))
    return PooledLoad(tuple(s.coach[0].tolist()), tuple(stops), tuple(at), float(s.value[0]))
