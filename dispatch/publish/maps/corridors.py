"""Rides added up into corridors between named places, few enough to be read on one map."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode, Role
from dispatch.model.units import Position, great_circle_m
from dispatch.publish.view import View

MOST_ORIGINS = 16
REACHES_M = (0, 25_000, 50_000, 80_000, 120_000, 180_000, 270_000, 400_000)


class Side(StrEnum):
    """What a place is to those who ride: where they set out, change from feeder to trunk, or arrive."""

    ORIGIN = "origin"
    CHANGE = "change"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a ride; ends of the same name and side are drawn as one place."""

    name: str
    side: Side


@dataclass(slots=True)
class Mean:
    """A running mean of positions, each counted once per person."""

    lat: float = 0.0
    lon: float = 0.0
    people: int = 0

    def add(self, at: Position, people: int) -> None:
        """Let so many people weigh in with a position."""
        self.lat, self.lon, self.people = self.lat + at.lat * people, self.lon + at.lon * people, self.people + people

    @property
    def position(self) -> Position:
        """The mean; raises ``ZeroDivisionError`` before anybody is added."""
        return Position(self.lat / self.people, self.lon / self.people)


@dataclass(slots=True)
class Corridor:
    """Everybody who rides by one kind of traffic between two places, by ISO date and by trip."""

    kind: str
    origin: End
    destination: End
    people: Counter[str] = field(default_factory=Counter)
    trips: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Flows:
    """Corridors, fewest people first so that thick lines are drawn last; places; what each origin gathers."""

    corridors: list[Corridor]
    places: Mapping[End, Mean]
    members: Mapping[str, tuple[str, ...]]


def flows(view: View) -> Flows:
    """Trunk and feeder rides of the plan; where origins are many, neighbours are gathered under the largest."""
    origins: defaultdict[str, Mean] = defaultdict(Mean)
    rides = list(_rides(view))
    for _, trip, board, _, people in rides:
        if trip.mode is Mode.COACH:
            origins[_place(view, trip, board)].add(board.position, people)
    members = gather(origins)
    seat_of = {name: seat for seat, own in members.items() for name in own}
    found: dict[tuple[str, End, End], Corridor] = {}
    places: defaultdict[End, Mean] = defaultdict(Mean)
    for kind, trip, board, alight, people in rides:
        name = _place(view, trip, board)
        a = End(seat_of[name] if trip.mode is Mode.COACH else name, Side.ORIGIN)
        b = End(_place(view, trip, alight), Side.CHANGE if kind == "feeder" else Side.ARRIVAL)
        own = found.setdefault((kind, a, b), Corridor(kind, a, b))
        own.people[f"{view.local(trip.departs_at):%Y-%m-%d}"] += people
        own.trips[trip.trip_id] += people
        places[a].add(board.position, people)
        places[b].add(alight.position, people)
    order = sorted(found.values(), key=lambda c: (c.people.total(), c.kind, c.origin.name, c.destination.name))
    return Flows(order, places, members)


def gather(origins: Mapping[str, Mean], limit: int = MOST_ORIGINS) -> dict[str, tuple[str, ...]]:
    """Names under the largest place nearby, within the least reach that leaves at most ``limit`` groups."""
    names = sorted(origins, key=lambda name: (-origins[name].people, name))
    for reach in REACHES_M:
        groups: dict[str, list[str]] = {}
        for name in names:
            at = origins[name].position
            near = (seat for seat in groups if great_circle_m(origins[seat].position, at) <= reach)
            groups.setdefault(next(near, name), []).append(name)
        if len(groups) <= limit:
            break
    return {seat: tuple(own) for seat, own in groups.items()}


def _rides(view: View) -> Iterator[tuple[str, Trip, Call, Call, int]]:
    """(kind, trip, boarding call, alighting call, people) of all trunk and feeder rides."""
    for trip in view.plan.trips:
        if trip.role is not Role.LAST_MILE:
            kind = trip.mode.value if trip.role is Role.TRUNK else "feeder"
            calls = {call.seq: call for call in trip.calls}
            heads = Counter((leg.from_seq, leg.to_seq) for leg in view.legs_by_trip.get(trip.trip_id, ()))
            for (board, alight), people in sorted(heads.items()):
                yield kind, trip, calls[board], calls[alight], people


def _place(view: View, trip: Trip, call: Call) -> str:
    """A station by its name; a coach's stop by its district, its gate by the city, so that a corridor is one line."""
    if call.stop_id in view.employers:
        return view.employers[call.stop_id].city
    stop = view.stops.get(call.stop_id)
    station = trip.mode is not Mode.COACH or (trip.role is Role.FEEDER and call.seq == trip.calls[-1].seq)
    return call.stop_name if station or stop is None else stop.district or stop.city or stop.name
