"""One way of looking at all shapes: a vehicle leaves the hub and calls at places.

A feeder is that with time running backwards from its last due minute: the coach "leaves" the station when it comes
to it, no sooner than its riders' due times allow, and "comes" to a stop when it leaves it. So a rider's latest arrival
at the station becomes the release time of a customer, which routing solvers know, and several trains may share a coach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.solve.routing.model import MISSING, Ints, Request, RoutingProblem, Shape, Trip, Vehicle, Visit

CHUNK = 12  # people of one request that ride together at most, so that a search may share them out over coaches,
QUARTER = 4  # and at most this part of the smallest coach, so that chunks fill coaches


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole parties of one request that ride together, times as seen from the hub."""

    place: int
    parties: tuple[tuple[int, int], ...]
    heads: int
    release: int
    early: int
    late: int


@dataclass(frozen=True, slots=True)
class Times:
    """Departure from the hub, arrival at each chunk's place, end; minutes as seen from the hub."""

    starts: int
    arrives: tuple[int, ...]
    ends: int


@dataclass(frozen=True, slots=True, eq=False)
class Outward:
    """The problem as seen from the hub: matrices, chunks and hub hours. ``zero`` is the minute where a feeder's time
    starts to run backwards.
    """

    problem: RoutingProblem
    zero: int
    minutes: Ints
    metres: Ints
    chunks: tuple[Chunk, ...]
    opens: int
    closes: int

    @property
    def returns(self) -> bool:
        """Whether a trip ends at the hub."""
        return self.problem.shape is Shape.ROUND

    @property
    def dwell(self) -> int:
        return self.problem.dwell_min


def outward(problem: RoutingProblem) -> Outward:
    """The problem as seen from the hub, its requests packed into chunks."""
    most = max(1, min(CHUNK, min((v.seats for v in problem.vehicles if v.available), default=1) // QUARTER))
    if problem.shape is not Shape.GATHER:
        chunks = tuple(
            c for r, q in enumerate(problem.requests) for c in _chunks(r, q, q.hub_min, q.earliest, q.latest, most)
        )
        return Outward(problem, 0, problem.minutes, problem.metres, chunks, problem.hub_opens, problem.hub_closes)
    zero = min(max((r.hub_min for r in problem.requests), default=0), problem.hub_closes)
    chunks = tuple(
        c
        for r, q in enumerate(problem.requests)
        for c in _chunks(r, q, max(0, zero - q.hub_min), max(0, zero - q.latest), zero - q.earliest, most)
    )
    return Outward(problem, zero, problem.minutes.T, problem.metres.T, chunks, 0, zero - problem.hub_opens)


def _chunks(index: int, request: Request, release: int, early: int, late: int, most: int) -> list[Chunk]:
    """First fit decreasing (D. S. Johnson 1973) over whole parties; a party above ``most`` is a chunk of its own."""
    room: list[int] = []
    packed: list[list[tuple[int, int]]] = []
    for party in sorted(range(len(request.parties)), key=lambda p: (-request.parties[p], p)):
        size = request.parties[party]
        at = next((i for i, left in enumerate(room) if left >= size), len(room))
        if at == len(room):
            room.append(most)
            packed.append([])
        room[at] -= size
        packed[at].append((index, party))
    sizes = [sum(request.parties[p] for _, p in parties) for parties in packed]
    return [Chunk(request.place, tuple(p), n, release, early, late) for p, n in zip(packed, sizes, strict=True)]


def times(view: Outward, order: Sequence[Chunk]) -> Times | None:
    """When a trip comes by: the soonest end, then the latest start for it. None where it cannot run in time.

    Waiting that a later start takes away costs nobody anything; a still later start would only end later.
    """
    legs = _legs(view, order)
    start = max(view.opens, *(c.release for c in order))
    soonest = [start]
    for leg, chunk in zip(legs, order, strict=False):
        soonest.append(max(soonest[-1] + leg, chunk.early))
        if soonest[-1] > chunk.late or leg >= MISSING:
            return None
    end = soonest[-1] + sum(legs[len(order) :])
    latest = end - sum(legs[len(order) :])
    for leg, chunk in zip(reversed(legs[: len(order)]), reversed(order), strict=True):
        latest = min(latest, chunk.late) - leg
    begin = min(latest, view.closes)
    if start > begin or end - begin > view.problem.ride_limit_min:
        return None
    arrives = []
    now = begin
    for leg, chunk in zip(legs, order, strict=False):
        now = max(now + leg, chunk.early)
        arrives.append(now)
    return Times(begin, tuple(arrives), now + sum(legs[len(order) :]))


def _legs(view: Outward, order: Sequence[Chunk]) -> list[int]:
    """Minutes from arrival to arrival, the stand between them included; ``MISSING`` where there is no road."""
    legs, at = [], view.problem.hub
    for place in [*(c.place for c in order), *([view.problem.hub] if view.returns else [])]:
        stand = view.dwell if at not in (view.problem.hub, place) else 0
        gone = int(view.metres[at, place]) >= MISSING
        legs.append(MISSING if gone else int(view.minutes[at, place]) + stand)
        at = place
    return legs


def metres_of(view: Outward, order: Sequence[Chunk]) -> int:
    """Road metres of a trip."""
    places = [view.problem.hub, *(c.place for c in order), *([view.problem.hub] if view.returns else [])]
    return sum(int(view.metres[a, b]) for a, b in pairwise(places))


def price(vehicle: Vehicle, metres: int, minutes: int, people: int) -> int:
    """Fen of a trip (the contract's cost of a trip), rounded half up."""
    moving = vehicle.km_fen * metres * 60 + vehicle.hour_fen * minutes * 1000
    return vehicle.fixed_fen + vehicle.seat_fen * people + (moving + 30_000) // 60_000


def trip_of(view: Outward, vehicle: int, order: Sequence[Chunk]) -> Trip | None:
    """A timed and priced trip over chunks as seen from the hub, in true time and order; None where it cannot run."""
    kind = view.problem.vehicles[vehicle]
    people = sum(c.heads for c in order)
    when = times(view, order)
    if when is None or people > kind.seats or not may_begin(view, kind, order[-1].place):
        return None
    metres = metres_of(view, order)
    waits = sum(c.heads * (at - c.release) for c, at in zip(order, when.arrives, strict=True))
    visits, starts, ends = _visits(view, order, when.arrives), when.starts, when.ends
    if view.problem.shape is Shape.GATHER:
        visits, starts, ends = _backwards(view.zero, visits), view.zero - ends, view.zero - starts
    return Trip(vehicle, visits, starts, ends, metres, people, price(kind, metres, ends - starts, people), waits)


def may_begin(view: Outward, vehicle: Vehicle, far: int) -> bool:
    """Whether a trip of this vehicle may have its far end at a place."""
    return view.problem.shape is not Shape.GATHER or vehicle.begins is None or far in vehicle.begins


def _visits(view: Outward, order: Sequence[Chunk], arrives: Sequence[int]) -> tuple[Visit, ...]:
    """Chunks of one place in a row are one visit, left after the stand unless the trip ends there."""
    visits: list[Visit] = []
    for chunk, at in zip(order, arrives, strict=True):
        if visits and visits[-1].place == chunk.place:
            last = visits.pop()
            visits.append(Visit(chunk.place, last.arrives_min, at, last.parties + chunk.parties))
        else:
            visits.append(Visit(chunk.place, at, at, chunk.parties))
    stands = [view.dwell] * (len(visits) - 1) + [view.dwell if view.returns else 0]
    return tuple(
        Visit(v.place, v.arrives_min, v.departs_min + stand, v.parties) for v, stand in zip(visits, stands, strict=True)
    )


def _backwards(zero: int, visits: Sequence[Visit]) -> tuple[Visit, ...]:
    return tuple(Visit(v.place, zero - v.departs_min, zero - v.arrives_min, v.parties) for v in reversed(visits))


def fits(view: Outward, chunk: Chunk) -> bool:
    """Whether some vehicle has the seats for a chunk, and its times do not contradict each other."""
    in_time = max(chunk.release, view.opens) <= view.closes and max(chunk.release, chunk.early) <= chunk.late
    return in_time and any(v.available and chunk.heads <= v.seats for v in view.problem.vehicles)


def direct(view: Outward, chunk: Chunk) -> bool:
    """Whether some vehicle could carry a chunk alone; who cannot ride so may still be on the way of others."""
    kinds = range(len(view.problem.vehicles))
    return any(view.problem.vehicles[k].available and trip_of(view, k, (chunk,)) is not None for k in kinds)
