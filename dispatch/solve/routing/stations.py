"""From a plan's parts to a routing problem: the feeders to one station on one day, or the last miles from it.

Places and vehicle types keep the indices of the whole problem's stops and coaches. Three things are simpler here than
in the plan, so the caller times and prices the trips anew and takes only what is better: roads know no rests,
a vehicle's time stands for its riders' in the search (the answer's value counts them one by one), and of a place's
daily hours the span nearest to the ride counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.model.problem import CoachType, Problem
from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN, DailyHours, great_circle_m
from dispatch.solve.routing.model import NEVER, Request, RoutingProblem, Shape, Vehicle


@dataclass(frozen=True, slots=True)
class Riders:
    """People at one stop or gate in minutes from the epoch: sizes of their parties and when they may board or alight.

    ``station_min`` is when they have to be at the station (feeder), or may leave it (last mile); connections are the
    caller's to add.
    """

    stop: int
    parties: tuple[int, ...]
    station_min: int
    earliest: int = 0
    latest: int = NEVER


def feeder_problem(
    problem: Problem,
    station: int,
    riders: Sequence[Riders],
    day: int,
    taken: Mapping[int, int] | None = None,
    ride_limit_min: int = NEVER,
) -> RoutingProblem:
    """Coaches that gather riders for a station with what is left of the day's coaches; ``taken`` are used elsewhere."""
    hours = problem.stops[station].hours
    requests = []
    for r in riders:
        due = hours.previous_open(r.station_min) if hours else r.station_min
        way = int(problem.travel.minutes[r.stop * problem.travel.n + station])
        opens, closes = _span(problem.stops[r.stop].hours, due - way, back=True)
        requests.append(Request(r.stop, r.parties, due, max(r.earliest, opens, 0), min(r.latest, closes)))
    vehicles = tuple(
        _vehicle(problem, k, c, Role.FEEDER, day, taken, _begins(problem, c, {r.stop for r in riders}))
        for k, c in enumerate(problem.coaches)
    )
    return _problem(problem, Shape.GATHER, station, requests, vehicles, ride_limit_min)


def last_mile_problem(
    problem: Problem,
    station: int,
    riders: Sequence[Riders],
    day: int,
    taken: Mapping[int, int] | None = None,
    ride_limit_min: int = NEVER,
) -> RoutingProblem:
    """Coaches that take riders from a station to their gates; as ``feeder_problem``."""
    hours = problem.stops[station].hours
    requests = []
    for r in riders:
        ready = hours.next_open(r.station_min) if hours else r.station_min
        way = int(problem.travel.minutes[station * problem.travel.n + r.stop])
        opens, closes = _span(problem.stops[r.stop].hours, ready + way, back=False)
        requests.append(Request(r.stop, r.parties, ready, max(r.earliest, opens, 0), min(r.latest, closes)))
    vehicles = tuple(
        _vehicle(problem, k, c, Role.LAST_MILE, day, taken, _begins(problem, c, {station}))
        for k, c in enumerate(problem.coaches)
    )
    return _problem(problem, Shape.SPREAD, station, requests, vehicles, ride_limit_min)


def _problem(
    problem: Problem,
    shape: Shape,
    station: int,
    requests: Sequence[Request],
    vehicles: tuple[Vehicle, ...],
    ride_limit_min: int,
) -> RoutingProblem:
    n = len(problem.stops)
    return RoutingProblem(
        shape=shape,
        hub=station,
        minutes=np.frombuffer(problem.travel.minutes, np.int32).reshape(n, n),
        metres=np.frombuffer(problem.travel.metres, np.int32).reshape(n, n),
        requests=tuple(requests),
        vehicles=vehicles,
        dwell_min=problem.dwell_min,
        ride_limit_min=ride_limit_min,
        value_of_time_fen_per_hour=problem.value_of_time_fen_per_hour,
    )


def _vehicle(
    problem: Problem,
    index: int,
    coach: CoachType,
    role: Role,
    day: int,
    taken: Mapping[int, int] | None,
    begins: frozenset[int] | None,
) -> Vehicle:
    """A coach offer for one day; of one that may not run, none is available."""
    runs = coach.role in (Role.ANY, role) and coach.first_day <= day <= coach.last_day and begins != frozenset()
    return Vehicle(
        name=coach.offer_id,
        seats=coach.seats,
        available=max(0, coach.available_per_day - (taken or {}).get(index, 0)) if runs else 0,
        fixed_fen=coach.fixed_fen,
        km_fen=coach.km_fen,
        hour_fen=coach.hour_fen,
        seat_fen=coach.seat_fen,
        min_passengers=coach.min_passengers,
        begins=begins,
    )


def _begins(problem: Problem, coach: CoachType, stops: set[int]) -> frozenset[int] | None:
    """At which of the stops a coach may begin, its base being near enough; None where at all of them."""
    base = problem.stops[coach.base].position
    near = {s for s in stops if great_circle_m(base, problem.stops[s].position) <= problem.coach_base_m}
    return None if near == stops else frozenset(near)


def _span(hours: DailyHours | None, minute: int, back: bool) -> tuple[int, int]:
    """First and last minute of the daily opening that holds ``minute``, else of the one before or after it."""
    if hours is None or hours.always:
        return 0, NEVER
    inside = hours.previous_open(minute) if back else hours.next_open(minute)
    opens = inside - (inside - hours.opens_min) % DAY_MIN
    return opens, opens + (hours.closes_min - hours.opens_min) % DAY_MIN
