"""What a city's reception must know, in counts: who arrives where and when, and the coaches that carry them on.

Everything a city is shown passes through here, so that a journey which ends or begins at somebody's home is told by its
township in page, table and calendar alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Employer, StopKind
from dispatch.publish.homes import PublicPlace, public_place, public_site
from dispatch.publish.view import Arrival, City, Group, View


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A receiving site as a city may know it; homes of one township are the same site."""

    district: str
    name: str
    home: bool


@dataclass(frozen=True, slots=True)
class GateCall:
    """People of one site leaving a coach; ``arrives_at`` is when it stops there."""

    site: Site
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
    """People for one district, and of them the count for each site, by name."""

    name: str
    people: int
    sites: tuple[tuple[Site, int], ...]


@dataclass(frozen=True, slots=True)
class Reception:
    """One arrival. ``origin`` is where the vehicle set out; ``coaches`` count only the people of this arrival.

    ``direct``: the vehicle stops at a receiving site itself, and that is a factory's gate where ``at_gate``.
    """

    arrival: Arrival
    at: datetime
    place: PublicPlace
    direct: bool
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
    """Everybody who arrives in the city, by district and site."""
    return _districts(view, [group for arrival in city.arrivals for group in arrival.groups])


def site_of(view: View, employer: Employer) -> Site:
    """What the city is told of where somebody is going."""
    place = public_site(view, employer)
    return Site(employer.district, place.name, place.home)


def origin_of(view: View, trip: Trip) -> str:
    """Where a vehicle set out."""
    return public_place(view, trip.calls[0]).name


def onward_call(trip: Trip, employer_id: str) -> Call:
    """Where a coach's people for an employer get off: the gate of that id, else the last stop."""
    return next((call for call in trip.calls if call.stop_id == employer_id), trip.calls[-1])


def starting_call(trip: Trip, station_id: str) -> Call:
    """Where a coach takes on the people of a station: its call there, else its first."""
    return next((call for call in trip.calls if call.stop_id == station_id), trip.calls[0])


def _reception(view: View, arrival: Arrival) -> Reception:
    stop = view.stops.get(arrival.call.stop_id)
    direct = arrival.call.stop_id in view.employers
    return Reception(
        arrival=arrival,
        at=view.local(arrival.call.arrives_at),
        place=public_place(view, arrival.call),
        direct=direct,
        at_gate=direct and stop is not None and stop.kind is StopKind.GATE,
        origin=origin_of(view, arrival.trip),
        districts=_districts(view, arrival.groups),
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
    start = starting_call(trip, station_id)
    gates: Counter[tuple[datetime, Site]] = Counter()
    for employer_id, people in load.items():
        at = view.local(onward_call(trip, employer_id).arrives_at)
        gates[at, site_of(view, view.employers[employer_id])] += people
    calls = tuple(GateCall(site, at, people) for (at, site), people in sorted(gates.items()))
    return Coach(trip, public_place(view, start).name, view.local(start.departs_at), load.total(), calls)


def _districts(view: View, groups: list[Group] | tuple[Group, ...]) -> tuple[District, ...]:
    heads: defaultdict[str, Counter[Site]] = defaultdict(Counter)
    for group in groups:
        heads[group.employer.district][site_of(view, group.employer)] += group.people
    return tuple(District(name, load.total(), tuple(sorted(load.items()))) for name, load in sorted(heads.items()))
