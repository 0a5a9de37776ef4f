"""Small routing problems on a flat map, and the best answer by trying everything."""

import math
import random
from itertools import pairwise, permutations

import numpy as np

from dispatch.solve.routing import NEVER, Request, RoutingProblem, Shape, Stop, Vehicle, route

SOON = Stop(iterations=400)


def flat(points, requests, vehicles, shape=Shape.SPREAD, **changes):
    """Points in km, the hub first; a kilometre takes a minute."""
    km = [[math.dist(a, b) for b in points] for a in points]
    minutes = np.array([[math.ceil(d) for d in row] for row in km], np.int64)
    metres = np.array([[round(1000 * d) for d in row] for row in km], np.int64)
    values = {"minutes": minutes, "metres": metres, "dwell_min": 5} | changes
    return RoutingProblem(shape=shape, hub=0, requests=tuple(requests), vehicles=tuple(vehicles), **values)


def coach(seats=40, available=9, fixed=100_000, km=300, **changes):
    return Vehicle(f"C{seats}", seats, available, fixed, km, **changes)


def routed(problem, stop=SOON, seed=1):
    return route(problem, stop, seed, processes=1)


def random_problem(seed):
    """Up to four requests of one party, two vehicle types, windows, due times, hub hours, a ride limit now and then."""
    draw = random.Random(seed)
    n = draw.randint(2, 4)
    points = [(0, 0), *((draw.randint(-40, 40), draw.randint(-40, 40)) for _ in range(n))]
    requests = []
    for place in range(1, n + 1):
        early = draw.choice([0, 60, 120])
        late = draw.choice([NEVER, early + draw.randint(0, 120)])
        requests.append(Request(place, (draw.randint(1, 12),), draw.choice([60, 120, 180, 200]), early, late))
    vehicles = [
        coach(20, draw.randint(1, 3), 60_000, 200, hour_fen=6000),
        coach(12, draw.randint(0, 2), 20_000, 300, hour_fen=12_000),
    ]
    changes = {"ride_limit_min": draw.choice([NEVER, 70, 110]), "dwell_min": draw.choice([0, 7])}
    hub = {"hub_opens": draw.choice([0, 90]), "hub_closes": draw.choice([NEVER, 190])}
    shape = [Shape.GATHER, Shape.SPREAD][seed % 2]
    return flat(points, requests, vehicles, shape, **changes, **hub)


def shortest(problem, order):
    """Least minutes of a trip over requests in order, every start tried minute by minute; None where it cannot run."""
    durations = [d for start in range(400) if (d := _runs(problem, order, start)) is not None]
    return min(durations, default=None)


def _runs(problem, order, start):
    gathers = problem.shape is Shape.GATHER
    requests = [problem.requests[r] for r in order]
    now, at = start, None
    if not gathers:
        at = problem.hub
        if start < max(q.hub_min for q in requests) or not problem.hub_opens <= start <= problem.hub_closes:
            return None
    for i, q in enumerate(requests):
        if at is not None:
            now += int(problem.minutes[at, q.place]) + (problem.dwell_min if i else 0)
        now = max(now, q.earliest)
        if now > q.latest or (gathers and i == 0 and now > start):
            return None
        at = q.place
    if gathers:
        now = max(now + int(problem.minutes[at, problem.hub]), problem.hub_opens)
        if now > min(q.hub_min for q in requests) or not problem.hub_opens <= now <= problem.hub_closes:
            return None
    return now - start if now - start <= problem.ride_limit_min else None


def best(problem):
    """(people left out, cost) of the best answer."""
    n = len(problem.requests)
    trips = {}
    for size in range(1, n + 1):
        for order in permutations(range(n), size):
            people = sum(problem.requests[r].parties[0] for r in order)
            minutes = shortest(problem, order) if people <= max(v.seats for v in problem.vehicles) else None
            if minutes is None:
                continue
            way = [problem.requests[r].place for r in order]
            way = [*way, problem.hub] if problem.shape is Shape.GATHER else [problem.hub, *way]
            metres = sum(int(problem.metres[a, b]) for a, b in pairwise(way))
            for k, v in enumerate(problem.vehicles):
                if people <= v.seats:
                    cost = v.fixed_fen + math.floor(v.km_fen * metres / 1000 + v.hour_fen * minutes / 60 + 0.5)
                    key = (frozenset(order), k)
                    trips[key] = min(trips.get(key, math.inf), cost)
    return _cheapest(problem, trips, frozenset(range(n)), tuple(v.available for v in problem.vehicles))


def _cheapest(problem, trips, left, free):
    if not left:
        return (0, 0)
    first = min(left)
    out, cost = _cheapest(problem, trips, left - {first}, free)
    answers = [(out + problem.requests[first].parties[0], cost)]
    for (people, k), price in trips.items():
        if first in people and people <= left and free[k]:
            rest = tuple(f - (i == k) for i, f in enumerate(free))
            out, cost = _cheapest(problem, trips, left - people, rest)
            answers.append((out, cost + price))
    return min(answers)
