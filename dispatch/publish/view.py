"""The plan joined with the people, places and offers it speaks of: what every publication reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dispatch.config import Settings
from dispatch.language import Language, text
from dispatch.model.demand import Inputs, Worker
from dispatch.model.plan import Call, Leg, Plan, Trip, Unserved
from dispatch.model.supply import Employer, Offer, Role, Stop
from dispatch.model.units import Position


@dataclass(frozen=True, slots=True)
class Ride:
    """One person on one trip: the calls of boarding and alighting, and the person's next leg, if any."""

    worker: Worker
    employer: Employer
    trip: Trip
    leg: Leg
    board: Call
    alight: Call
    onward: Leg | None


@dataclass(frozen=True, slots=True)
class Group:
    """People of one employer who alight together; ``onward`` is their last-mile trip, empty when they have arrived."""

    employer: Employer
    onward: str
    people: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A trunk vehicle's call at which people of one receiving city alight; the groups add up to ``people``."""

    city: str
    trip: Trip
    call: Call
    people: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class City:
    """A receiving city: its people, arrivals by time, and the last-mile trips that carry them on."""

    name: str
    people: int
    arrivals: tuple[Arrival, ...]
    last_mile: tuple[Trip, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Read-only joins of one plan revision. Instants are shown in ``zone``; mappings are keyed by id; ``road_times``
    says in a few words whether road times are an estimate, the user's table or a server's. ``boundary`` is the user's.
    """

    plan: Plan
    settings: Settings
    language: Language
    zone: ZoneInfo
    road_times: str
    workers: dict[str, Worker]
    employers: dict[str, Employer]
    stops: dict[str, Stop]
    offers: dict[str, Offer]
    trips: dict[str, Trip]
    legs_by_trip: dict[str, tuple[Leg, ...]]
    legs_by_worker: dict[str, tuple[Leg, ...]]
    unserved: dict[str, Unserved]
    cities: tuple[City, ...]
    boundary: tuple[tuple[Position, ...], ...] = ()

    def local(self, instant: datetime) -> datetime:
        """The instant on the operation's clocks."""
        return instant.astimezone(self.zone)

    def rides(self, trip_id: str) -> tuple[Ride, ...]:
        """Everybody on a trip, in order of boarding, then seat."""
        trip = self.trips[trip_id]
        calls = {call.seq: call for call in trip.calls}
        legs = sorted(
            self.legs_by_trip.get(trip_id, ()), key=lambda leg: (leg.from_seq, seat_order(leg.seat), leg.worker_id)
        )
        return tuple(self._ride(leg, trip, calls) for leg in legs)

    def journey(self, worker_id: str) -> tuple[Ride, ...]:
        """A person's rides in order; empty for somebody not served."""
        legs = self.legs_by_worker.get(worker_id, ())
        return tuple(
            self._ride(leg, trip := self.trips[leg.trip_id], {call.seq: call for call in trip.calls}) for leg in legs
        )

    def _ride(self, leg: Leg, trip: Trip, calls: dict[int, Call]) -> Ride:
        worker = self.workers[leg.worker_id]
        own = self.legs_by_worker[leg.worker_id]
        following = own.index(leg) + 1
        onward = own[following] if following < len(own) else None
        employer = self.employers[worker.employer_id]
        return Ride(worker, employer, trip, leg, calls[leg.from_seq], calls[leg.to_seq], onward)


def build_view(plan: Plan, inputs: Inputs, settings: Settings) -> View:
    """Join a plan with its inputs; raises ``KeyError`` where the plan names somebody the inputs do not hold."""
    workers = {w.worker_id: w for w in inputs.workers}
    employers = {e.employer_id: e for e in inputs.employers}
    trips = {t.trip_id: t for t in plan.trips}
    by_worker = _grouped((leg.worker_id, leg) for leg in sorted(plan.legs, key=lambda leg: (leg.worker_id, leg.leg)))
    return View(
        plan=plan,
        settings=settings,
        language=settings.publish.language,
        zone=ZoneInfo(settings.timezone),
        road_times=text(settings.publish.language, f"pages.roads.{_road_source(inputs, settings)}"),
        workers=workers,
        employers=employers,
        stops={s.stop_id: s for s in inputs.stops},
        offers={o.offer_id: o for o in inputs.offers},
        trips=trips,
        legs_by_trip=_grouped((leg.trip_id, leg) for leg in plan.legs),
        legs_by_worker=by_worker,
        unserved={u.worker_id: u for u in plan.unserved},
        cities=_cities(trips, by_worker, {w: employers[workers[w].employer_id] for w in by_worker}),
        boundary=inputs.boundary,
    )


def _road_source(inputs: Inputs, settings: Settings) -> str:
    return settings.policy.travel.source(table=bool(inputs.travel_entries))


def age_on(born: date | None, day: date) -> int | None:
    """Full years of age on a day of travel; ``None`` when the date of birth is unknown."""
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def seat_order(seat: str) -> tuple[int, str]:
    """Sorts ``2A`` before ``10A``: the row's number first, then the rest."""
    digits = seat[: len(seat) - len(seat.lstrip("0123456789"))]
    return (int(digits or 0), seat)


def _grouped(pairs: Iterable[tuple[str, Leg]]) -> dict[str, tuple[Leg, ...]]:
    groups: defaultdict[str, list[Leg]] = defaultdict(list)
    for key, leg in pairs:
        groups[key].append(leg)
    return {key: tuple(legs) for key, legs in groups.items()}


def _cities(
    trips: dict[str, Trip], by_worker: dict[str, tuple[Leg, ...]], employer_of: dict[str, Employer]
) -> tuple[City, ...]:
    """Arrivals are counted where people leave the trunk, in the city of their employer, wherever the station lies."""
    groups: defaultdict[tuple[str, str, int], Counter[tuple[str, str]]] = defaultdict(Counter)
    last_mile: defaultdict[str, set[str]] = defaultdict(set)
    people: Counter[str] = Counter()
    for worker_id, legs in by_worker.items():
        employer = employer_of[worker_id]
        people[employer.city] += 1
        trunk, onward = _trunk_and_onward(legs, trips)
        groups[employer.city, trunk.trip_id, trunk.to_seq][employer.employer_id, onward] += 1
        if onward:
            last_mile[employer.city].add(onward)
    named = {e.employer_id: e for e in employer_of.values()}
    arrivals = [_arrival(city, trips[trip_id], seq, counts, named) for (city, trip_id, seq), counts in groups.items()]
    return tuple(
        City(
            name,
            people[name],
            tuple(sorted((a for a in arrivals if a.city == name), key=lambda a: (a.call.arrives_at, a.trip.trip_id))),
            tuple(sorted((trips[t] for t in last_mile[name]), key=lambda t: (t.departs_at, t.trip_id))),
        )
        for name in sorted(people)
    )


def _trunk_and_onward(legs: tuple[Leg, ...], trips: dict[str, Trip]) -> tuple[Leg, str]:
    at = next((i for i, leg in enumerate(legs) if trips[leg.trip_id].role is Role.TRUNK), len(legs) - 1)
    return legs[at], legs[at + 1].trip_id if at + 1 < len(legs) else ""


def _arrival(city: str, trip: Trip, seq: int, counts: Counter[tuple[str, str]], named: dict[str, Employer]) -> Arrival:
    call = next(call for call in trip.calls if call.seq == seq)
    groups = [Group(named[employer_id], onward, people) for (employer_id, onward), people in counts.items()]
    groups.sort(key=lambda g: (g.employer.district, g.employer.name, g.employer.employer_id, g.onward))
    return Arrival(city, trip, call, counts.total(), tuple(groups))
