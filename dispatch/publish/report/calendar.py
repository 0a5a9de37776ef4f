"""What has its time: bookings to be made by a date, people to be received by night."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dispatch.model.plan import Leg, Trip
from dispatch.model.supply import Basis, Mode, Role
from dispatch.publish.view import View

NIGHT_FROM, NIGHT_TO = 22, 6  # hours on the operation's clocks


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must be booked by ``due``: departures of one day, mode and basis; ``late`` when ``due`` was past already
    on the day the plan was made. ``names`` are trains and flights by number, coaches by operator.
    """

    due: date
    travel: date
    mode: Mode
    basis: Basis
    trips: int
    people: int
    names: tuple[str, ...]
    late: bool


@dataclass(slots=True)
class Night:
    """The night that begins on the evening of ``evening``: who arrives in it, each counted once in ``people``.

    ``stations`` counts those who leave a trunk vehicle to change, ``gates`` those who reach their employer, ``cities``
    all by receiving city.
    """

    evening: date
    people: int = 0
    stations: int = 0
    gates: int = 0
    cities: Counter[str] = field(default_factory=Counter)

    @property
    def largest(self) -> list[tuple[str, int]]:
        """Cities with their people, most first."""
        return sorted(self.cities.items(), key=lambda c: (-c[1], c[0]))


def deadlines(view: View) -> list[Deadline]:
    """In order of their dates, each the departure's date less its quote's lead in days."""
    made = view.local(view.plan.made_at).date()
    groups: defaultdict[tuple[date, date, Mode, Basis], list[Trip]] = defaultdict(list)
    for trip in view.plan.trips:
        if offer := view.offers.get(trip.offer_id):
            travel = view.local(trip.departs_at).date()
            groups[travel - timedelta(days=offer.book_days_before), travel, trip.mode, offer.basis].append(trip)
    return [_deadline(key, own, made) for key, own in sorted(groups.items())]


def _deadline(key: tuple[date, date, Mode, Basis], trips: list[Trip], made: date) -> Deadline:
    due, travel, mode, basis = key
    names = {(trip.operator if mode is Mode.COACH else trip.vehicle) or trip.offer_id for trip in trips}
    people = sum(trip.passengers for trip in trips)
    return Deadline(due, travel, mode, basis, len(trips), people, tuple(sorted(names)), late=due < made)


def nights(view: View) -> list[Night]:
    """Every night in which somebody leaves a trunk vehicle or reaches their employer, in order."""
    found: dict[date, Night] = {}
    for worker_id, legs in view.legs_by_worker.items():
        city = view.employers[view.workers[worker_id].employer_id].city
        gate, station = _night_of(view, legs[-1].arrives_at), _station_night(view, legs)
        for evening in {evening for evening in (gate, station) if evening}:
            night = found.setdefault(evening, Night(evening))
            night.people += 1
            night.gates += gate == evening
            night.stations += station == evening
            night.cities[city] += 1
    return [found[evening] for evening in sorted(found)]


def _station_night(view: View, legs: tuple[Leg, ...]) -> date | None:
    """The night in which somebody changes from a trunk vehicle to the last mile, if they do."""
    trunk = [leg for leg in legs[:-1] if view.trips[leg.trip_id].role is Role.TRUNK]
    return _night_of(view, trunk[-1].arrives_at) if trunk else None


def _night_of(view: View, instant: datetime) -> date | None:
    """The evening's date for an instant between 22:00 and 06:00, and none by day."""
    at = view.local(instant)
    if NIGHT_TO <= at.hour < NIGHT_FROM:
        return None
    return at.date() - timedelta(days=at.hour < NIGHT_TO)
