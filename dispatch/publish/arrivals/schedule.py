"""What a city's reception must know, in counts: who arrives where and when, and the coaches that carry them on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Employer
from dispatch.publish.view import Arrival, City, Group, View


@dataclass(frozen=True, slots=True)
class GateCall:
    """People of one employer leaving a coach; ``arrives_at`` is when it stops at their gate."""

    employer: Employer
    arrives_at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Coach:
    """A last-mile coach and the gates it serves in one city, in order of arrival; ``station`` is where it starts."""

    trip: Trip
    station: str
    departs_at: datetime
    people: int
    gates: tuple[GateCall, ...]


@dataclass(frozen=True, slots=True)
class District:
    """People for one district, and of them the count for each employer, by name."""

    name: str
    people: int
    employers: tuple[tuple[Employer, int], ...]


@dataclass(frozen=True, slots=True)
class Reception:
    """One arrival. ``origin`` is where the vehicle set out; ``coaches`` count only the people of this arrival."""

    arrival: Arrival
    at: datetime
    at_gate: bool
    origin: str
    districts: tuple[District, ...]
    coaches: tuple[Coach, ...]


def receptions(view: View, city: City) -> tuple[Reception, ...]:
    """The city's arrivals in order of time, each with its people by district and its connecting coaches."""
    return tuple(_reception(view, arrival) for arrival in city.arrivals)


def coaches(view: View, city: City) -> tuple[Coach, ...]:
    """The city's last-mile coaches in order of departure, with everybody of this city whom they carry."""
    loads: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for reception in city.arrivals:
        for group in reception.groups:
            loads[group.onward][group.employer.employer_id] += group.people
    return tuple(_coach(view, trip, loads[trip.trip_id], trip.calls[0].stop_id) for trip in city.last_mile)


def districts(view: View, city: City) -> tuple[District, ...]:
    """Everybody who arrives in the city, by district and employer."""
    return _districts([group for arrival in city.arrivals for group in arrival.groups])


def onward_call(trip: Trip, employer_id: str) -> Call:
    """Where a coach's people for an employer get off: the gate of that id, else the last stop."""
    return next((call for call in trip.calls if call.stop_id == employer_id), trip.calls[-1])


def _reception(view: View, arrival: Arrival) -> Reception:
    return Reception(
        arrival=arrival,
        at=view.local(arrival.call.arrives_at),
        at_gate=arrival.call.stop_id in view.employers,
        origin=arrival.trip.calls[0].stop_name,
        districts=_districts(arrival.groups),
        coaches=tuple(_onward(view, arrival)),
    )


def _onward(view: View, arrival: Arrival) -> Iterator[Coach]:
    loads: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group in arrival.groups:
        if group.onward:
            loads[group.onward][group.employer.employer_id] += group.people
    found = [_coach(view, view.trips[trip], load, arrival.call.stop_id) for trip, load in loads.items()]
    yield from sorted(found, key=lambda coach: (coach.departs_at, coach.trip.trip_id))


def _coach(view: View, trip: Trip, load: Counter[str], station_id: str) -> Coach:
    start = next((call for call in trip.calls if call.stop_id == station_id), trip.calls[0])
    gates = [
        GateCall(view.employers[key], view.local(onward_call(trip, key).arrives_at), people)
        for key, people in load.items()
    ]
    gates.sort(key=lambda gate: (gate.arrives_at, gate.employer.employer_id))
    return Coach(trip, start.stop_name, view.local(start.departs_at), load.total(), tuple(gates))


def _districts(groups: list[Group] | tuple[Group, ...]) -> tuple[District, ...]:
    heads: defaultdict[str, Counter[Employer]] = defaultdict(Counter)
    for group in groups:
        heads[group.employer.district][group.employer] += group.people
    return tuple(
        District(name, load.total(), tuple(sorted(load.items(), key=lambda item: (item[0].name, item[0].employer_id))))
        for name, load in sorted(heads.items())
    )
