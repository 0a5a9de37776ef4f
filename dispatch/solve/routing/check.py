"""Whether an answer keeps its problem, from the trips and the problem alone: nothing of the search is used here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from dispatch.solve.routing.model import MISSING, Routes, RoutingProblem, Shape, Trip


def violations(problem: RoutingProblem, routes: Routes) -> tuple[str, ...]:
    """Every fault in words, empty where the answer holds: who is in it; then seats, roads, times, costs, totals."""
    if people := tuple(_people(problem, routes)):
        return people
    return (
        *_fleet(problem, routes),
        *(f"trip {i}: {fault}" for i, trip in enumerate(routes.trips) for fault in _trip(problem, trip)),
        *_totals(problem, routes),
    )


def _people(problem: RoutingProblem, routes: Routes) -> Iterable[str]:
    seen = Counter([*(p for trip in routes.trips for p in trip.parties), *routes.unserved])
    known = {(r, p) for r, q in enumerate(problem.requests) for p in range(len(q.parties))}
    yield from (f"party {party} is in the answer {n} times" for party, n in seen.items() if n != 1)
    yield from (f"party {party} is not in the problem" for party in seen.keys() - known)
    yield from (f"party {party} is neither carried nor left out" for party in sorted(known - seen.keys()))


def _fleet(problem: RoutingProblem, routes: Routes) -> Iterable[str]:
    for k, n in Counter(trip.vehicle for trip in routes.trips).items():
        if n > problem.vehicles[k].available:
            yield f"{n} trips by {problem.vehicles[k].name}, of which {problem.vehicles[k].available} are available"


def _trip(problem: RoutingProblem, trip: Trip) -> Iterable[str]:
    kind = problem.vehicles[trip.vehicle]
    people = sum(problem.requests[r].parties[p] for r, p in trip.parties)
    if people != trip.people or people > kind.seats:
        yield f"{people} people, {trip.people} counted, {kind.seats} seats"
    if not trip.visits or any(not v.parties for v in trip.visits):
        yield "a visit nobody asked for"
        return
    if any(problem.requests[r].place != v.place for v in trip.visits for r, _ in v.parties):
        yield "a party is served at another place than its own"
    if problem.shape is Shape.GATHER and kind.begins is not None and trip.visits[0].place not in kind.begins:
        yield f"begins at place {trip.visits[0].place}, where {kind.name} may not"
    if trip.ends_min - trip.starts_min > problem.ride_limit_min:
        yield f"takes {trip.ends_min - trip.starts_min} minutes, more than {problem.ride_limit_min}"
    yield from _roads(problem, trip)
    yield from _windows(problem, trip)
    yield from _money(problem, trip)


def _calls(problem: RoutingProblem, trip: Trip) -> list[tuple[int, int, int]]:
    """(place, arrives, departs) of every call, the hub's included."""
    calls = [(v.place, v.arrives_min, v.departs_min) for v in trip.visits]
    if problem.shape is not Shape.GATHER:
        calls.insert(0, (problem.hub, trip.starts_min, trip.starts_min))
    if problem.shape is not Shape.SPREAD:
        calls.append((problem.hub, trip.ends_min, trip.ends_min))
    return calls


def _roads(problem: RoutingProblem, trip: Trip) -> Iterable[str]:
    calls = _calls(problem, trip)
    metres = 0
    for (a, _, departs), (b, arrives, _) in pairwise(calls):
        metres += int(problem.metres[a, b])
        if problem.metres[a, b] >= MISSING:
            yield f"no road leads from place {a} to {b}"
        if arrives - departs < problem.minutes[a, b]:
            yield f"{arrives - departs} minutes from place {a} to {b}, the road takes {problem.minutes[a, b]}"
    for place, arrives, departs in calls[1:-1]:
        if departs - arrives < problem.dwell_min:
            yield f"stands {departs - arrives} minutes at place {place}, {problem.dwell_min} are due"
    if calls[0][1] < 0 or calls[0][2] != trip.starts_min or calls[-1][1] != trip.ends_min:
        yield "its ends are not those of its calls"
    if metres != trip.metres:
        yield f"{trip.metres} metres, the roads have {metres}"


def _windows(problem: RoutingProblem, trip: Trip) -> Iterable[str]:
    gathers = problem.shape is Shape.GATHER
    at_hub = trip.ends_min if gathers else trip.starts_min
    if not problem.hub_opens <= at_hub <= problem.hub_closes:
        yield f"is at the hub at {at_hub}, outside its hours"
    for visit in trip.visits:
        for r in {r for r, _ in visit.parties}:
            request = problem.requests[r]
            if (at_hub > request.hub_min) if gathers else (at_hub < request.hub_min):
                yield f"is at the hub at {at_hub}, request {r} asks for {request.hub_min}"
            # where it stands, it may serve at any minute of its stand or wait
            moment = visit.departs_min if gathers else visit.arrives_min
            served = max(moment, request.earliest) if not gathers else min(moment, request.latest)
            if not (request.earliest <= served <= request.latest and visit.arrives_min <= served <= visit.departs_min):
                yield f"is at place {visit.place} at {moment}, outside {request.earliest} to {request.latest}"


def _money(problem: RoutingProblem, trip: Trip) -> Iterable[str]:
    kind, minutes = problem.vehicles[trip.vehicle], trip.ends_min - trip.starts_min
    exact = kind.fixed_fen + kind.seat_fen * trip.people
    moving = Fraction(kind.km_fen * trip.metres, 1000) + Fraction(kind.hour_fen * minutes, 60)
    if abs(exact + moving - trip.cost_fen) > Fraction(1, 2):
        yield f"costs {trip.cost_fen} fen, its quote makes {float(exact + moving):.1f}"


def _totals(problem: RoutingProblem, routes: Routes) -> Iterable[str]:
    least = [problem.vehicles[t.vehicle].min_passengers for t in routes.trips]
    if routes.short != tuple(i for i, t in enumerate(routes.trips) if t.people < least[i]):
        yield "the trips below their minimum are others than those reported"
    if routes.cost_fen != sum(t.cost_fen for t in routes.trips):
        yield "the cost is not the sum over the trips"
    if routes.left_out != sum(problem.requests[r].parties[p] for r, p in routes.unserved):
        yield "the people left out are others than those counted"
