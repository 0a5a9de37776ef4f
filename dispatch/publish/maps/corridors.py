"""Journeys added up into corridors from sending county or prefecture to receiving city."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dispatch.model.demand import Home
from dispatch.model.plan import Call, Leg
from dispatch.model.supply import Role
from dispatch.model.units import Position
from dispatch.publish.homes import public_place, public_site
from dispatch.publish.maps.shapes import kind_of
from dispatch.publish.maps.timing import Clock, Tally
from dispatch.publish.view import View

# A map of more origins than this is read by prefecture.
MOST_COUNTIES = 24
_PREFECTURE = re.compile(r"([^省区市州盟]+(?:市|自治州|州|盟|地区))$")


@dataclass(frozen=True, slots=True, order=True)
class County:
    """Where people set out; ``prefecture`` is empty where nobody says."""

    prefecture: str
    name: str


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
class Spot:
    """One end of corridors: where its people are on the mean, when they travel by kind, and its counties."""

    name: str
    mean: Mean = field(default_factory=Mean)
    kinds: dict[str, Tally] = field(default_factory=dict)
    counties: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Ride:
    """A group's trunk ride: trip, and the calls between which it rides."""

    trip_id: str
    from_seq: int
    to_seq: int


@dataclass(slots=True)
class Corridor:
    """Everybody who goes by one kind of traffic from an origin to a city."""

    kind: str
    origin: Spot
    city: Spot
    tally: Tally
    rides: Counter[Ride] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Flows:
    """Corridors, fewest people first so that thick lines are drawn last, and their ends by name."""

    corridors: list[Corridor]
    origins: Mapping[str, Spot]
    cities: Mapping[str, Spot]


@dataclass(frozen=True, slots=True)
class _Group:
    """People who set out at one call, ride the trunk alike and go to one employer."""

    board: Call
    trunk: Leg
    employer_id: str
    county: County


def flows(view: View, clock: Clock) -> Flows:
    """All journeys of the plan, by county where these are few enough to be read, else by prefecture."""
    groups = list(_groups(view))
    labels = _labels({group.county for group, _ in groups})
    found: dict[tuple[str, str, str], Corridor] = {}
    origins: dict[str, Spot] = {}
    cities: dict[str, Spot] = {}
    for group, people in groups:
        employer, trip = view.employers[group.employer_id], view.trips[group.trunk.trip_id]
        label, kind = labels[group.county], kind_of(trip)
        origin = origins.setdefault(label, Spot(label))
        city = cities.setdefault(employer.city, Spot(employer.city))
        own = found.setdefault((kind, label, city.name), Corridor(kind, origin, city, Tally(clock)))
        own.rides[Ride(trip.trip_id, group.trunk.from_seq, group.trunk.to_seq)] += people
        origin.mean.add(public_place(view, group.board).position, people)
        origin.counties[group.county.name] += people
        city.mean.add(public_site(view, employer).position, people)
        for tally in (own.tally, *(spot.kinds.setdefault(kind, Tally(clock)) for spot in (origin, city))):
            tally.add(group.trunk.departs_at, group.trunk.arrives_at, people)
    order = sorted(found.values(), key=lambda c: (c.tally.people, c.kind, c.origin.name, c.city.name))
    return Flows(order, dict(sorted(origins.items())), dict(sorted(cities.items())))


def _groups(view: View) -> Iterator[tuple[_Group, int]]:
    calls = {(trip.trip_id, call.seq): call for trip in view.plan.trips for call in trip.calls}
    heads: Counter[tuple[object, ...]] = Counter()
    groups: dict[tuple[object, ...], _Group] = {}
    for worker_id, legs in view.legs_by_worker.items():
        worker, first = view.workers[worker_id], legs[0]
        trunk = next((leg for leg in legs if view.trips[leg.trip_id].role is Role.TRUNK), legs[-1])
        board = calls[first.trip_id, first.from_seq]
        county = _county(view, board, worker.home)
        ride = (trunk.trip_id, trunk.from_seq, trunk.to_seq)
        key = (first.trip_id, first.from_seq, *ride, worker.employer_id, county)
        heads[key] += 1
        groups.setdefault(key, _Group(board, trunk, worker.employer_id, county))
    return ((groups[key], people) for key, people in heads.items())


def _county(view: View, board: Call, home: Home) -> County:
    """The county of the stop; a stop that the tool made lies at the seat of the county of those who board there."""
    stop = view.stops.get(board.stop_id)
    if stop and (stop.district or stop.city):
        return County(stop.city, stop.district or stop.city)
    return County(_prefecture(home), home.county_name or board.stop_name)


def _prefecture(home: Home) -> str:
    """The prefecture of a home by its division's full name, 山西省运城市平陆县; empty where it names none."""
    above = home.division_name.partition(home.county_name)[0] if home.county_name else ""
    match = _PREFECTURE.search(above)
    return match.group(1) if match else above


def _labels(counties: set[County]) -> dict[County, str]:
    """Each county by its name, with its prefecture's where two share it; by prefecture alone where they are many."""
    if len(counties) > MOST_COUNTIES:
        spelt = defaultdict(list)
        for county in sorted(counties):
            name = county.prefecture or county.name
            spelt[name.removesuffix("市")].append(name)
        longest = {key: max(names, key=len) for key, names in spelt.items()}
        return {c: longest[(c.prefecture or c.name).removesuffix("市")] for c in counties}
    times = Counter(county.name for county in counties)
    return {c: c.name if times[c.name] == 1 else f"{c.prefecture}{c.name}" for c in counties}
