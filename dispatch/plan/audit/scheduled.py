"""Trains and flights run as the offer says: its calls, its times, its date, boarding and alighting where it allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode, Offer, OfferCall
from dispatch.model.units import DAY_MIN
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.violation import Violation, found


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``schedule.calls`` and ``schedule.boarding``."""
    for trip in e.plan.trips:
        offer = e.offers.get(trip.offer_id)
        if trip.mode is not Mode.COACH and offer is not None and trip.calls:
            yield from _calls(e, trip, offer)


def service_day(e: Evidence, trip: Trip, offer: Offer) -> date:
    """The date of the timetable a trip runs on: a call after midnight belongs to the day the service started."""
    first = trip.calls[0]
    after = next((c.departs_min // DAY_MIN for c in offer.calls if c.stop_id == first.stop_id), 0)
    return e.day(first.departs_at) - timedelta(days=after)


def _calls(e: Evidence, trip: Trip, offer: Offer) -> Iterator[Violation]:
    """Each call of the trip is one of the offer's, in its order; calls the plan has no use for may be left out."""
    midnight = e.minute(datetime.combine(service_day(e, trip, offer), time(), e.zone))
    board = {r.start.seq for r in e.aboard[trip.trip_id]}
    alight = {r.end.seq for r in e.aboard[trip.trip_id]}
    offered = iter(offer.calls)
    for i, call in enumerate(trip.calls):
        ends = (i == 0, i == len(trip.calls) - 1)
        match = next((c for c in offered if _same(e, call, c, midnight, ends)), None)
        if match is None:
            yield found("schedule.calls", trip.trip_id, seq=call.seq, stop=call.stop_id, time=call.departs_at)
            return
        if (call.seq in board and not match.board) or (call.seq in alight and not match.alight):
            yield found("schedule.boarding", trip.trip_id, seq=call.seq, stop=call.stop_id)


def _same(e: Evidence, call: Call, offered: OfferCall, midnight: int, ends: tuple[bool, bool]) -> bool:
    """The same stop and times; where a trip begins its arrival, and where it ends its departure, concern nobody."""
    first, last = ends
    arrives, departs = e.minute(call.arrives_at) - midnight, e.minute(call.departs_at) - midnight
    return (
        call.stop_id == offered.stop_id
        and (first or arrives == offered.arrives_min)
        and (last or departs == offered.departs_min)
    )
