"""Seats: no segment holds more people than seats or the load cap, each seat exists and carries one person at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from dispatch.model.plan import Trip
from dispatch.model.supply import Basis, Offer
from dispatch.plan.audit.evidence import Evidence, Ride
from dispatch.plan.audit.violation import Violation, found

AISLE = 2
LABEL = re.compile(r"([1-9]\d{0,3})([A-H])", re.ASCII)
# places of a row, aisles between the groups; railways leave out E, the letter of a middle seat they do not have
GROUPS = {"2+2": ("AB", "CD"), "3+2": ("ABC", "DF"), "3+3": ("ABC", "DEF"), "2+1": ("AB", "C"), "1+2": ("A", "BC")}


class Seat(NamedTuple):
    """A seat by its row from 1, the side (0 or 1, 2 for the aisle) and the place on that side, both from 0."""

    row: int
    side: int
    place: int


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``seat.*`` and ``load.cap``."""
    for trip in e.plan.trips:
        aboard = e.aboard[trip.trip_id]
        yield from _load(e, trip, aboard)
        if offer := e.offers.get(trip.offer_id):
            yield from _labels(offer, trip, aboard)
        yield from _taken_twice(trip, aboard)


def _load(e: Evidence, trip: Trip, aboard: list[Ride]) -> Iterator[Violation]:
    change: dict[int, int] = {}
    for r in aboard:
        change[r.leg.from_seq] = change.get(r.leg.from_seq, 0) + 1
        change[r.leg.to_seq] = change.get(r.leg.to_seq, 0) - 1
    most = max(accumulate(change[s] for s in sorted(change)), default=0)
    capped = max(1, math.floor(trip.seats * e.settings.policy.load.cap + 1e-9))
    if most > trip.seats:
        yield found("seat.oversold", trip.trip_id, people=most, seats=trip.seats)
    elif most > capped:
        yield found("load.cap", trip.trip_id, people=most, seats=capped)


def _labels(offer: Offer, trip: Trip, aboard: list[Ride]) -> Iterator[Violation]:
    for leg, _, _, _ in aboard:
        by_railway = offer.basis is Basis.TICKET and not leg.seat
        if not by_railway and seat_of(leg.seat, offer.seat_layout, offer.seats) is None:
            yield found("seat.unknown", trip.trip_id, worker=leg.worker_id, seat=leg.seat, layout=offer.seat_layout)


@cache
def seat_of(label: str, layout: str, seats: int) -> Seat | None:
    """The seat a label such as ``12C`` names in a vehicle of ``seats`` seats, or nothing where there is no such seat.

    Rows are filled from the front; where one seat is over, the last row is a bench and it is E, on the aisle between
    the sides.
    """
    match, groups = LABEL.fullmatch(label), GROUPS.get(layout, GROUPS["2+2"])
    letters = "".join(groups)
    if match is None:
        return None
    row, letter = int(match[1]), match[2]
    full, spare = divmod(seats, len(letters))
    bench = spare == 1 and full > 0 and "E" not in letters
    if letter not in letters:
        return Seat(row, AISLE, 0) if bench and (row, letter) == (full, "E") else None
    if (row - 1) * len(letters) + letters.index(letter) >= seats - bench:
        return None
    side = 0 if letter in groups[0] else 1
    return Seat(row, side, groups[side].index(letter))


def _taken_twice(trip: Trip, aboard: list[Ride]) -> Iterator[Violation]:
    spans = sorted((r.leg.seat, r.leg.from_seq, r.leg.to_seq, r.leg.worker_id) for r in aboard if r.leg.seat)
    for (seat, _, until, worker), (other, begins, _, second) in pairwise(spans):
        if seat == other and begins < until:
            yield found("seat.twice", trip.trip_id, seat=seat, worker=worker, other=second)
