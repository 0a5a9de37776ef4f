"""Coach trips: base, one load, nobody too long aboard, no faster than the road and as long as it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Role
from dispatch.model.units import great_circle_m
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.violation import Violation, found

EDGE_M = 1.0
ROUNDING_M = 2  # a stretch; sources round their metres differently


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``coach.*`` and ``travel.time``."""
    for trip in e.coaches():
        yield from _base(e, trip)
        yield from _one_load(e, trip)
        yield from _ride_max(e, trip)
        yield from _on_the_road(e, trip)


def _base(e: Evidence, trip: Trip) -> Iterator[Violation]:
    offer = e.offers.get(trip.offer_id)
    base, first = e.place(offer.base_stop) if offer else None, e.place(trip.calls[0].stop_id)
    if base is None or first is None:
        return  # an unknown offer or stop has its own rule
    limit = e.settings.policy.coach_base_km
    if (away := great_circle_m(base, first)) > limit * 1000 + EDGE_M:
        yield found("coach.base", trip.trip_id, km=f"{away / 1000:.1f}", limit=f"{limit:g}")


def _one_load(e: Evidence, trip: Trip) -> Iterator[Violation]:
    aboard = e.aboard[trip.trip_id]
    if not aboard:
        return
    last_on, first_off = max(r.leg.from_seq for r in aboard), min(r.leg.to_seq for r in aboard)
    if last_on >= first_off:
        yield found("coach.one_load", trip.trip_id, boards=last_on, alights=first_off)


def _ride_max(e: Evidence, trip: Trip) -> Iterator[Violation]:
    coach = e.settings.policy.coach
    limit = {
        Role.FEEDER: coach.feeder_ride_max_min,
        Role.LAST_MILE: coach.last_mile_ride_max_min,
        Role.TRUNK: coach.direct_ride_max_min,
    }.get(trip.role)
    if limit is None:
        return
    for ride in e.aboard[trip.trip_id]:
        minutes = e.minute(ride.end.arrives_at) - e.minute(ride.start.departs_at)
        if minutes > limit:
            yield found("coach.ride_max", ride.leg.worker_id, trip=trip.trip_id, minutes=minutes, limit=limit)


def stretches(e: Evidence, trip: Trip) -> Iterator[tuple[Call, Call, int]]:
    """Each pair of consecutive real stops with the minutes in which the coach moved between them, rests left out."""
    last, moving = trip.calls[0], 0
    for move, (_, call) in zip(e.moves(trip), pairwise(trip.calls), strict=True):
        moving += move.arrives - move.departs
        if call.stop_id:
            yield last, call, moving
            last, moving = call, 0


def _on_the_road(e: Evidence, trip: Trip) -> Iterator[Violation]:
    total = count = 0
    for a, b, moving in stretches(e, trip):
        minutes, metres = e.road(a.position, b.position, a.stop_id, b.stop_id)
        total, count = total + metres, count + 1
        if moving < minutes:
            yield found("travel.time", trip.trip_id, start=a.stop_id, end=b.stop_id, minutes=moving, least=minutes)
    if abs(total - trip.distance_m) > ROUNDING_M * count:
        yield found("coach.distance", trip.trip_id, km=f"{trip.distance_m / 1000:.3f}", expected=f"{total / 1000:.3f}")
