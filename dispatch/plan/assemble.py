"""Flows to named people and seats: a ``SolveResult`` becomes a ``Plan``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from dispatch.config import Settings
from dispatch.model.demand import Inputs, Worker
from dispatch.model.plan import Call, CostLine, Leg, Plan, Trip
from dispatch.model.problem import CoachRun, Problem, RideLeg, RunCall, SolveResult, UsedDeparture
from dispatch.model.supply import Employer, Mode, Offer, Role, Stop
from dispatch.model.units import Position, great_circle_m
from dispatch.plan.left_out import unserved
from dispatch.plan.money import shares, trip_cost_fen
from dispatch.plan.places import Rider
from dispatch.plan.seats import assign_seats
from dispatch.plan.summary import Stages, summary

LETTER = {Role.FEEDER: "F", Role.LAST_MILE: "L", Role.TRUNK: "D"}
MODE_LETTER = {Mode.TRAIN: "T", Mode.FLIGHT: "A"}


@dataclass(frozen=True, slots=True)
class _Ride:
    worker_id: str
    leg: int
    from_seq: int
    to_seq: int


def assemble(
    problem: Problem,
    result: SolveResult,
    inputs: Inputs,
    settings: Settings,
    *,
    revision: int,
    made_at: datetime,
    stages: Stages,
) -> Plan:
    """The operating plan of a result: trips with calls, a seat for everybody, reasons for the others, costs,
    summary.
    """
    workers = {w.worker_id: w for w in inputs.workers}
    offers = {o.offer_id: o for o in inputs.offers}
    employers = {e.employer_id: e for e in inputs.employers}
    bare = _bare_trips(problem, result, offers)
    names = _names(bare)
    rides = _rides(problem, result)
    trips, legs, costs = [], [], []
    for key in sorted(bare, key=lambda k: names[k]):
        trip, on = _boarded(replace(bare[key], trip_id=names[key]), rides[key], offers)
        trips.append(trip)
        legs += _legs(trip, on, workers, offers[trip.offer_id])
        costs += _cost_lines(trip, on, workers, employers)
    order = {w.worker_id: i for i, w in enumerate(inputs.workers)}
    legs.sort(key=lambda leg: (order[leg.worker_id], leg.leg))
    plan = Plan(
        name=settings.name,
        revision=revision,
        made_at=made_at,
        trips=tuple(trips),
        legs=tuple(legs),
        unserved=unserved(problem, result, inputs, settings),
        costs=tuple(costs),
        summary={},
    )
    return replace(plan, summary=summary(plan, result, inputs, settings, stages))


def _bare_trips(problem: Problem, result: SolveResult, offers: Mapping[str, Offer]) -> dict[tuple[bool, int], Trip]:
    """Trips without names, riders or cost, by (is a coach, index in the result)."""
    made = {(True, i): _coach_trip(problem, run, offers) for i, run in enumerate(result.runs)}
    return made | {(False, i): _scheduled_trip(problem, used, offers) for i, used in enumerate(result.used)}


def _coach_trip(problem: Problem, run: CoachRun, offers: Mapping[str, Offer]) -> Trip:
    offer = offers[problem.coaches[run.coach].offer_id]
    stops = [problem.stops[c.stop] for c in run.calls if c.stop >= 0]
    calls = tuple(_coach_call(problem, run.calls, i) for i in range(len(run.calls)))
    return _trip(offer, run.role, run.drivers, stops, calls, run.distance_m)


def _coach_call(problem: Problem, calls: tuple[RunCall, ...], i: int) -> Call:
    call = calls[i]
    if call.stop >= 0:
        stop = problem.stops[call.stop]
        return _call(
            problem, i, stop.stop_id, stop.name, stop.position, call.arrives_min, call.departs_min, call.rest_min
        )
    before = next(problem.stops[c.stop] for c in reversed(calls[:i]) if c.stop >= 0)
    after = next(problem.stops[c.stop] for c in calls[i:] if c.stop >= 0)
    where = _between(before.position, after.position, call.leg_share)
    return _call(problem, i, "", "", where, call.arrives_min, call.departs_min, call.rest_min)


def _between(a: Position, b: Position, share: float) -> Position:
    return Position(round(a.lat + share * (b.lat - a.lat), 5), round(a.lon + share * (b.lon - a.lon), 5))


def _call(
    problem: Problem, i: int, stop_id: str, name: str, where: Position, arrives: int, departs: int, rest: int
) -> Call:
    return Call("", i + 1, stop_id, name, where, problem.instant(arrives), problem.instant(departs), 0, 0, 0, rest)


def _scheduled_trip(problem: Problem, used: UsedDeparture, offers: Mapping[str, Offer]) -> Trip:
    departure = problem.departures[used.departure]
    offer = offers[departure.offer_id]
    stops = [problem.stops[c.stop] for c in departure.calls]
    calls = tuple(
        _call(problem, i, s.stop_id, s.name, s.position, c.arrives_min, c.departs_min, 0)
        for i, (c, s) in enumerate(zip(departure.calls, stops, strict=True))
    )
    metres = round(sum(great_circle_m(a.position, b.position) for a, b in pairwise(stops)))
    return _trip(offer, Role.TRUNK, 0, stops, calls, metres)


def _trip(offer: Offer, role: Role, drivers: int, stops: list[Stop], calls: tuple[Call, ...], metres: int) -> Trip:
    return Trip(
        trip_id="",
        offer_id=offer.offer_id,
        mode=offer.mode,
        role=role,
        operator=offer.operator,
        vehicle=offer.vehicle,
        seats=offer.seats
        if offer.mode is Mode.COACH or offer.basis == "charter"
        else min(offer.seats, offer.available),
        drivers=drivers,
        origin_stop=stops[0].stop_id,
        destination_stop=stops[-1].stop_id,
        departs_at=calls[0].departs_at,
        arrives_at=calls[-1].arrives_at,
        passengers=0,
        distance_m=metres,
        cost_fen=0,
        calls=calls,
    )


def _names(bare: Mapping[tuple[bool, int], Trip]) -> dict[tuple[bool, int], str]:
    """``20230201-F003``: date of departure, letter of the role or mode, number by time of departure."""
    numbers: Counter[str] = Counter()
    names = {}
    for key in sorted(bare, key=lambda k: (bare[k].departs_at, bare[k].origin_stop, bare[k].destination_stop, k)):
        trip = bare[key]
        letter = MODE_LETTER.get(trip.mode) or LETTER[trip.role]
        prefix = f"{trip.departs_at:%Y%m%d}-{letter}"
        numbers[prefix] += 1
        names[key] = f"{prefix}{numbers[prefix]:03d}"
    return names


def _rides(problem: Problem, result: SolveResult) -> dict[tuple[bool, int], list[_Ride]]:
    found: dict[tuple[bool, int], list[_Ride]] = defaultdict(list)
    for itinerary in result.itineraries:
        for number, leg in enumerate(itinerary.legs, 1):
            for worker_id in problem.demands[itinerary.demand].parties[itinerary.party]:
                found[_key(leg)].append(_Ride(worker_id, number, leg.from_call + 1, leg.to_call + 1))
    return found


def _key(leg: RideLeg) -> tuple[bool, int]:
    return leg.is_coach, leg.index


def _boarded(trip: Trip, on: list[_Ride], offers: Mapping[str, Offer]) -> tuple[Trip, list[_Ride]]:
    board = Counter(r.from_seq for r in on)
    alight = Counter(r.to_seq for r in on)
    aboard, calls = 0, []
    for call in trip.calls:
        aboard += board[call.seq] - alight[call.seq]
        calls.append(
            replace(call, trip_id=trip.trip_id, board=board[call.seq], alight=alight[call.seq], onboard_after=aboard)
        )
    minutes = round((trip.arrives_at - trip.departs_at).total_seconds() / 60)
    cost = trip_cost_fen(offers[trip.offer_id], trip.distance_m, minutes, len(on))
    return replace(trip, passengers=len(on), cost_fen=cost, calls=tuple(calls)), on


def _legs(trip: Trip, on: list[_Ride], workers: Mapping[str, Worker], offer: Offer) -> list[Leg]:
    call = {c.seq: c for c in trip.calls}
    riders = [_rider(r, workers[r.worker_id], call[r.from_seq].departs_at.date()) for r in on]
    seats = assign_seats(riders, offer.seat_layout, offer.seats)
    return [
        Leg(
            worker_id=r.worker_id,
            leg=r.leg,
            trip_id=trip.trip_id,
            from_seq=r.from_seq,
            to_seq=r.to_seq,
            board_stop=call[r.from_seq].stop_id,
            alight_stop=call[r.to_seq].stop_id,
            departs_at=call[r.from_seq].departs_at,
            arrives_at=call[r.to_seq].arrives_at,
            seat=seats[r.worker_id],
        )
        for r in on
    ]


def _rider(ride: _Ride, worker: Worker, day: date) -> Rider:
    """A grown-up who names a leader is of one party with the leader and needs no seat beside."""
    near = (ride.from_seq, worker.home.county_name, worker.home.township_name, ride.to_seq, worker.party)
    guardian = worker.guardian_id if worker.is_minor_on(day) else ""
    return Rider(worker.worker_id, worker.party, guardian, ride.from_seq, ride.to_seq, near)


def _cost_lines(
    trip: Trip, on: list[_Ride], workers: Mapping[str, Worker], employers: Mapping[str, Employer]
) -> list[CostLine]:
    heads = Counter(
        (w.home.county_name, employers[w.employer_id].city, w.employer_id) for w in (workers[r.worker_id] for r in on)
    )
    split = shares(trip.cost_fen, heads)
    return [CostLine(trip.trip_id, *bearer, heads[bearer], split[bearer]) for bearer in sorted(heads)]
