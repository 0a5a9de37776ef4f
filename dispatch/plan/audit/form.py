"""The tables agree with each other: trips with their calls, legs with the calls they name, counts with legs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, pairwise

from dispatch.model.plan import Call, Trip
from dispatch.model.units import great_circle_m
from dispatch.plan.audit.evidence import Evidence, Ride
from dispatch.plan.audit.violation import Violation, found

PLACE_M = 2.0  # coordinates are written in full; this much is left to rounding by hand


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``trip.*``, ``call.*`` and ``leg.*``."""
    for trip_id, times in Counter(t.trip_id for t in e.plan.trips).items():
        if times > 1:
            yield found("trip.twice", trip_id, times=times)
    for trip in e.plan.trips:
        if len(trip.calls) < 2:
            yield found("trip.calls", trip.trip_id, calls=len(trip.calls))
            continue
        yield from _ends(trip)
        yield from _order(trip)
        yield from _places(e, trip)
        yield from _counts(trip, e.aboard[trip.trip_id])
    yield from _legs(e)


def _ends(trip: Trip) -> Iterator[Violation]:
    first, last = trip.calls[0], trip.calls[-1]
    pairs = (
        ("origin_stop", trip.origin_stop, first.stop_id),
        ("destination_stop", trip.destination_stop, last.stop_id),
        ("departs_at", trip.departs_at, first.departs_at),
        ("arrives_at", trip.arrives_at, last.arrives_at),
    )
    for column, said, real in pairs:
        if said != real or not real:
            yield found("trip.ends", trip.trip_id, column=column, value=said, expected=real)


def _order(trip: Trip) -> Iterator[Violation]:
    for a, b in pairwise(trip.calls):
        if b.seq <= a.seq or b.arrives_at < a.departs_at:
            yield found("call.order", trip.trip_id, seq=b.seq, time=b.arrives_at, before=a.departs_at)
    for c in trip.calls:
        if c.departs_at < c.arrives_at:
            yield found("call.order", trip.trip_id, seq=c.seq, time=c.departs_at, before=c.arrives_at)


def _places(e: Evidence, trip: Trip) -> Iterator[Violation]:
    for c in trip.calls:
        yield from _rest(trip, c)
        if not c.stop_id:
            continue
        place = e.place(c.stop_id)
        if place is None or great_circle_m(place, c.position) > PLACE_M:
            yield found("call.place", trip.trip_id, seq=c.seq, stop=c.stop_id)


def _rest(trip: Trip, c: Call) -> Iterator[Violation]:
    """A rest on the way is as long as its times say and takes nobody on; one at a stop fits into the stop."""
    stands = round((c.departs_at - c.arrives_at).total_seconds() / 60)
    exact = 0 < c.rest_minutes == stands and not c.board and not c.alight
    if not (0 <= c.rest_minutes <= stands if c.stop_id else exact):
        yield found("call.rest", trip.trip_id, seq=c.seq, minutes=c.rest_minutes, expected=stands)


def _counts(trip: Trip, aboard: list[Ride]) -> Iterator[Violation]:
    board = Counter(r.start.seq for r in aboard)
    alight = Counter(r.end.seq for r in aboard)
    loads = accumulate(board[c.seq] - alight[c.seq] for c in trip.calls)
    for c, load in zip(trip.calls, loads, strict=True):
        told, real = (c.board, c.alight, c.onboard_after), (board[c.seq], alight[c.seq], load)
        if told != real:
            yield found("call.counts", trip.trip_id, seq=c.seq, value=told, expected=real)
    if trip.passengers != len(aboard):
        yield found("trip.passengers", trip.trip_id, value=trip.passengers, expected=len(aboard))


def _legs(e: Evidence) -> Iterator[Violation]:
    resolved = sum(map(len, e.aboard.values()))
    if resolved < len(e.plan.legs):
        known = {id(r.leg) for rides in e.aboard.values() for r in rides}
        for leg in e.plan.legs:
            if id(leg) not in known:
                yield found("leg.trip", leg.worker_id, leg=leg.leg, trip=leg.trip_id)
    for rides in e.aboard.values():
        for leg, trip, start, end in rides:
            if leg.from_seq >= leg.to_seq or (leg.board_stop, leg.alight_stop) != (start.stop_id, end.stop_id):
                yield found("leg.calls", leg.worker_id, leg=leg.leg, trip=trip.trip_id)
            if (leg.departs_at, leg.arrives_at) != (start.departs_at, end.arrives_at):
                yield found("leg.times", leg.worker_id, leg=leg.leg, trip=trip.trip_id)
