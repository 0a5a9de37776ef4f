"""What a trip costs and who bears it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

from dispatch.model.plan import CostLine, Trip
from dispatch.model.supply import Offer
from dispatch.model.units import yuan_text
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.violation import Violation, found

TOLERANCE_FEN = 1


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``cost.*``."""
    lines: dict[str, list[CostLine]] = defaultdict(list)
    for line in e.plan.costs:
        lines[line.trip_id].append(line)
    for trip_id in sorted(lines.keys() - e.aboard.keys()):
        yield found("cost.stray", trip_id)
    for trip in e.plan.trips:
        if offer := e.offers.get(trip.offer_id):
            expected = trip_cost_fen(e, trip, offer)
            if abs(trip.cost_fen - expected) > TOLERANCE_FEN:
                yield _money("cost.trip", trip.trip_id, trip.cost_fen, expected)
        total = sum(line.cost_fen for line in lines[trip.trip_id])
        if total != trip.cost_fen:
            yield _money("cost.sum", trip.trip_id, total, trip.cost_fen)
        yield from _bearers(e, trip, lines[trip.trip_id])


def _money(rule: str, subject: str, value_fen: int, expected_fen: int) -> Violation:
    return found(rule, subject, value=yuan_text(value_fen), expected=yuan_text(expected_fen))


def trip_cost_fen(e: Evidence, trip: Trip, offer: Offer) -> int:
    """Fixed, by kilometre, by hour from first departure to last arrival, by head; rounded half up once."""
    minutes = e.minute(trip.arrives_at) - e.minute(trip.departs_at)
    people = len(e.aboard[trip.trip_id])
    exact = offer.fixed_fen + offer.seat_fen * people
    return half_up(exact + Fraction(offer.km_fen * trip.distance_m, 1000) + Fraction(offer.hour_fen * minutes, 60))


def half_up(amount: Fraction | int) -> int:
    """The nearest whole number, halves upward."""
    return int((amount + Fraction(1, 2)) // 1)


def _bearers(e: Evidence, trip: Trip, lines: list[CostLine]) -> Iterator[Violation]:
    """The lines name each sending county, receiving city and employer once, with as many people as the legs have."""
    told = {(c.sending_county, c.receiving_city, c.employer_id): c.passengers for c in lines}
    real: Counter[tuple[str, str, str]] = Counter()
    for ride in e.aboard[trip.trip_id]:
        if worker := e.workers.get(ride.leg.worker_id):
            employer = e.employers.get(worker.employer_id)
            real[worker.home.county_name, employer.city if employer else "", worker.employer_id] += 1
    if told != real or len(told) != len(lines):
        wrong = min((k for k in told.keys() | real.keys() if told.get(k, 0) != real[k]), default=("", "", ""))
        yield found(
            "cost.people", trip.trip_id, bearer=" / ".join(wrong), value=told.get(wrong, 0), expected=real[wrong]
        )
