"""Offers used as quoted: on their dates, no more than there is, with no fewer people than they ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from dispatch.model.plan import Trip
from dispatch.model.supply import Basis, Mode, Offer, Role
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.scheduled import service_day
from dispatch.plan.audit.violation import Violation, found


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``trip.offer``, ``trip.drivers``, ``offer.*`` and ``charter.min_load``."""
    used: Counter[tuple[str, date]] = Counter()
    for trip in e.plan.trips:
        offer = e.offers.get(trip.offer_id)
        if offer is None:
            yield found("trip.offer", trip.trip_id, column="offer_id", value=trip.offer_id, expected="offers")
            continue
        yield from _as_quoted(trip, offer)
        people = len(e.aboard[trip.trip_id])
        if offer.basis is not Basis.TICKET and people < offer.min_passengers:
            yield found(
                "charter.min_load", trip.trip_id, people=people, least=offer.min_passengers, offer=offer.offer_id
            )
        day = service_day(e, trip, offer) if offer.mode is not Mode.COACH and trip.calls else e.day(trip.departs_at)
        if not offer.from_date <= day <= offer.to_date:
            yield found("offer.dates", trip.trip_id, day=day, first=offer.from_date, last=offer.to_date)
        elif offer.days is not None and day not in offer.days:
            yield found("offer.days", trip.trip_id, day=day, offer=offer.offer_id)
        used[offer.offer_id, day] += 1 if offer.basis is Basis.CHARTER else people
    for (offer_id, day), count in used.items():
        if count > (available := e.offers[offer_id].available):
            yield found("offer.available", offer_id, day=day, used=count, available=available)


def _as_quoted(trip: Trip, offer: Offer) -> Iterator[Violation]:
    seats = offer.seats if offer.basis is Basis.CHARTER else min(trip.seats, offer.seats)
    pairs: tuple[tuple[str, object, object], ...] = (
        ("mode", trip.mode, offer.mode),
        ("seats", trip.seats, seats),
        ("operator", trip.operator, offer.operator),
        ("vehicle", trip.vehicle, offer.vehicle),
        ("role", trip.role, _role(trip, offer)),
    )
    for column, value, expected in pairs:
        if value != expected:
            yield found("trip.offer", trip.trip_id, column=column, value=value, expected=expected)
    if trip.drivers not in ((1, 2) if trip.mode is Mode.COACH else (0,)):
        yield found("trip.drivers", trip.trip_id, drivers=trip.drivers)


def _role(trip: Trip, offer: Offer) -> Role:
    """The role a trip of this offer may carry."""
    if offer.mode is not Mode.COACH or trip.role is Role.ANY:
        return Role.TRUNK
    return trip.role if offer.role is Role.ANY else offer.role
