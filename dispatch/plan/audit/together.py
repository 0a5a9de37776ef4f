"""Parties on the same vehicle on every leg, minors beside a guardian who is of age and has few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from dispatch.model.demand import ADULT_AGE, Worker
from dispatch.model.supply import Mode, Offer
from dispatch.plan.audit.evidence import Evidence, Ride
from dispatch.plan.audit.seats import Seat, seat_of
from dispatch.plan.audit.violation import Violation, found


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``party.split`` and ``minor.*``."""
    for party in split_parties(e):
        yield found("party.split", party)
    wards: dict[str, list[Worker]] = defaultdict(list)
    for worker in e.inputs.workers:
        if worker.guardian_id:
            wards[worker.guardian_id].append(worker)
        elif worker.worker_id in e.rides:
            yield from _alone(e, worker)
    for guardian, all_theirs in wards.items():
        minors = [m for m in all_theirs if _sets_out_below(e, m.worker_id, ADULT_AGE)]
        yield from _apart(e, guardian, [m.worker_id for m in minors])
        yield from _in_charge(e, guardian, minors)


def split_parties(e: Evidence) -> list[str]:
    """Parties whose members do not all ride the same trips in the same order, or of whom only some travel."""
    ways: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for worker in e.inputs.workers:
        if worker.party:
            ways[worker.party].add(tuple(r.trip.trip_id for r in e.rides.get(worker.worker_id, ())))
    return [party for party, way in ways.items() if len(way) > 1]


def _alone(e: Evidence, worker: Worker) -> Iterator[Violation]:
    """Who has no guardian may be too young to travel alone, or to fly alone on that day."""
    if _younger(e, worker, e.settings.policy.people.guardian_age):
        yield found("minor.guardian", worker.worker_id, guardian="-", leg=1)
    limit = e.settings.policy.people.fly_alone_age
    for ride in e.rides[worker.worker_id]:
        if ride.trip.mode is Mode.FLIGHT and worker.born is not None:
            age = _age(worker.born, e.day(ride.leg.departs_at))
            if age < limit:
                yield found("minor.flight", worker.worker_id, leg=ride.leg.leg, age=age, limit=limit)


def _in_charge(e: Evidence, guardian: str, minors: list[Worker]) -> Iterator[Violation]:
    """A guardian or escort is of age on the day and has no more minors than the config says."""
    people = e.settings.policy.people
    if len(minors) > people.children_per_escort:
        yield found("minor.escort", guardian, minors=len(minors), limit=people.children_per_escort)
    of_age = max(ADULT_AGE, people.guardian_age)
    if minors and _sets_out_below(e, guardian, of_age):
        yield found("minor.adult", guardian, limit=of_age)


def _sets_out_below(e: Evidence, worker_id: str, age: int) -> bool:
    """Whether somebody who travels is younger on the day of departure.

    Grown-ups may name a leader: they are one party, but no minors.
    """
    worker, rides = e.workers.get(worker_id), e.rides.get(worker_id)
    return bool(worker and rides and worker.born and _age(worker.born, e.day(rides[0].leg.departs_at)) < age)


def _younger(e: Evidence, worker: Worker, age: int) -> bool:
    """Even on the last day, which is when ages are taken at the door."""
    return worker.born is not None and _age(worker.born, e.settings.horizon.to_date) < age


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _apart(e: Evidence, guardian: str, minors: list[str]) -> Iterator[Violation]:
    theirs = e.rides.get(guardian, [])
    rides = {m: e.rides[m] for m in minors}
    for m in minors:
        if [(r.trip.trip_id, r.leg.from_seq, r.leg.to_seq) for r in rides[m]] != [
            (r.trip.trip_id, r.leg.from_seq, r.leg.to_seq) for r in theirs
        ]:
            yield found("minor.guardian", m, guardian=guardian, leg=1)
            return
    for i, ride in enumerate(theirs):
        yield from _seats_apart(e, guardian, ride, {m: rides[m][i] for m in minors})


def _seats_apart(e: Evidence, guardian: str, ride: Ride, minors: dict[str, Ride]) -> Iterator[Violation]:
    offer = e.offers.get(ride.trip.offer_id)
    if offer is None:
        return
    seat, places = _seat(ride, offer), {m: _seat(r, offer) for m, r in minors.items()}
    beside = sum(p is not None and _adjacent(p, seat) for p in places.values())
    for m, place in places.items():
        if place is None or seat is None or _adjacent(place, seat):
            continue  # a seat that does not exist, or that the railway gives, is another rule's business
        # who has more wards than places beside them keeps the others within a row
        full = beside >= max(1, _neighbours(seat, offer))
        if not (full and abs(place.row - seat.row) <= 1):
            yield found("minor.guardian", m, guardian=guardian, leg=ride.leg.leg)


def _seat(ride: Ride, offer: Offer) -> Seat | None:
    return seat_of(ride.leg.seat, offer.seat_layout, offer.seats)


def _adjacent(a: Seat | None, b: Seat | None) -> bool:
    """Next to each other in one row with no aisle between."""
    return a is not None and b is not None and a[:2] == b[:2] and abs(a.place - b.place) == 1


def _neighbours(seat: Seat, offer: Offer) -> int:
    """How many seats lie directly beside one."""
    row = [seat_of(f"{seat.row}{letter}", offer.seat_layout, offer.seats) for letter in "ABCDEFGH"]
    return sum(_adjacent(other, seat) for other in row)
