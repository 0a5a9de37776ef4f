"""Parties on the same vehicle on every leg, minors beside their guardian."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from dispatch.model.demand import Worker
from dispatch.model.supply import Offer
from dispatch.plan.audit.evidence import Evidence, Ride
from dispatch.plan.audit.seats import Seat, seat_of
from dispatch.plan.audit.violation import Violation, found


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``party.split`` and ``minor.guardian``."""
    for party in split_parties(e):
        yield found("party.split", party)
    wards: dict[str, list[Worker]] = defaultdict(list)
    for worker in e.inputs.workers:
        if worker.guardian_id:
            wards[worker.guardian_id].append(worker)
        elif worker.worker_id in e.rides and _too_young(e, worker):
            yield found("minor.guardian", worker.worker_id, guardian="-", leg=1)
    for guardian, minors in wards.items():
        yield from _apart(e, guardian, [m.worker_id for m in minors if m.worker_id in e.rides])


def split_parties(e: Evidence) -> list[str]:
    """Parties whose members do not all ride the same trips in the same order, or of whom only some travel."""
    ways: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for worker in e.inputs.workers:
        if worker.party:
            ways[worker.party].add(tuple(r.trip.trip_id for r in e.rides.get(worker.worker_id, ())))
    return [party for party, way in ways.items() if len(way) > 1]


def _too_young(e: Evidence, worker: Worker) -> bool:
    """Under the age of travelling alone even on the last day, which is when ages are taken at the door."""
    age = None if worker.born is None else _age(worker.born, e.settings.horizon.to_date)
    return age is not None and age < e.settings.policy.people.guardian_age


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
        full = beside >= _neighbours(seat, offer)
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
