"""What a finished plan lacks for people who have a way: vehicles and seats that are used up, and minimums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from dispatch.model.problem import CoachType, Demand, Problem, Remedy, SolveResult
from dispatch.model.units import DAY_MIN, yuan_text
from dispatch.solve.boarding import Boarding
from dispatch.solve.ways import CoachRide, Terms, Way, Ways

TRUNK_WAYS = 60  # by train or flight that are priced for one demand, the cheapest first
DIRECT_DAYS = 14  # on which a direct coach is priced
MINIMUM_WAYS = 10  # looked through for the minimum that lacks the fewest people


class Part(NamedTuple):
    """A coach or train of a way: what it costs in fen, and the changes without which the plan has no room on it."""

    fen: float
    changes: tuple[Remedy, ...] = ()


class Shortage:
    """What one plan has left, and what more would serve those whom it leaves out."""

    def __init__(self, ways: Ways, result: SolveResult) -> None:
        self.ways = ways
        self.problem = ways.problem
        self.hired = Counter((run.coach, run.calls[0].departs_min // DAY_MIN) for run in result.runs)
        self.aboard = _aboard(self.problem, result)
        self.boarding = Boarding(self.problem, result)
        self._able: dict[int, int] = {}

    def under(self, ways: Ways) -> Shortage:
        """The same plan under another problem's terms, whose coaches and departures begin with this one's."""
        other = copy(self)
        other.ways, other.problem, other._able = ways, ways.problem, {}
        other.boarding = self.boarding.under(ways.problem)
        return other

    def more(self, demand: Demand, parties: int, terms: Terms) -> tuple[bool, tuple[Remedy, ...]]:
        """Whether the plan has room for ``parties`` of a demand; and the vehicles or seats which it lacks on the way,
        among those where it lacks any, whose whole journey costs least.
        """
        room = False
        minute_fen = self.problem.value_of_time_fen_per_hour / 60
        best: tuple[float, list[Remedy]] | None = None
        for way in self._ways(demand, terms):
            parts = self._parts(way, demand, parties, terms)
            if parts is None:
                continue
            changes = [change for p in parts for change in p.changes]
            if not changes:
                room = True
                continue
            time = (way.arrives - way.departs) * minute_fen * parties * demand.party_size
            cost = time + sum(p.fen for p in parts)
            if best is None or cost < best[0]:
                best = cost, changes
        return room, (replace(best[1][0], also=tuple(best[1][1:])),) if best else ()

    def lower_minimum(self, demand: Demand, people: int) -> tuple[Remedy, int] | None:
        """The minimum that lacks the fewest people, made as small as it must be, and how many it lacks."""
        terms = self.ways.terms(demand, None)
        found: list[tuple[int, int, Remedy]] = []
        for way in islice(self._ways(demand, terms), MINIMUM_WAYS):
            lacking = [r for r in self._minimums(way, demand, people, terms) if r is not None]
            if not lacking:
                return None
            missing = sum(int(dict(r.values)["missing"]) for r in lacking)
            found.append((missing, len(found), replace(lacking[0], also=tuple(lacking[1:]))))
        missing, _, remedy = min(found)
        return remedy, missing

    def _ways(self, demand: Demand, terms: Terms) -> Iterator[Way]:
        first = demand.release_min // DAY_MIN
        days = range(first, min(self.problem.days, demand.due_min // DAY_MIN + 1, first + DIRECT_DAYS))
        direct = (self.ways.direct_on(demand, terms, a, day) for a in demand.access for day in days)
        offered = (w for w in direct if w is not None and any(self._types(w.coaches[0], demand, terms)))
        return chain(offered, islice(self.ways.by_trunk(demand, terms), TRUNK_WAYS))

    def _parts(self, way: Way, demand: Demand, parties: int, terms: Terms) -> list[Part] | None:
        parts = [self._coach(ride, demand, parties, terms) for ride in way.coaches]
        if way.leg >= 0:
            parts.append(self._departure(way.leg, demand, parties))
        whole = [p for p in parts if p is not None]
        return whole if len(whole) == len(parts) else None

    def _coach(self, ride: CoachRide, demand: Demand, parties: int, terms: Terms) -> Part | None:
        """Coaches of the type that costs least, those that are still free and find an hour to leave before others."""
        people = parties * demand.party_size
        day = ride.departs // DAY_MIN
        found: list[tuple[bool, float, int, int, float, tuple[Remedy, ...]]] = []
        for k, coach in self._types(ride, demand, terms):
            seats = coach.seats // demand.party_size
            count, wider = self.boarding.spread(self.ways, ride, demand, terms, parties, seats)
            if terms.people is not None and coach.min_passengers * count > people:
                continue
            lacking = max(0, count - max(0, coach.available_per_day - self.hired[k, day]))
            each = _hire(coach, int(self.ways.metres[ride.start_stop, ride.end_stop]), ride.arrives - ride.departs)
            fen = count * each + coach.seat_fen * people
            found.append((lacking > 0 or wider != (), fen, lacking, k, each, wider))
        if not found:
            return None
        _, fen, lacking, k, each, wider = min(found, key=lambda f: f[:4])
        if not lacking:
            return Part(fen, wider)
        coach = self.problem.coaches[k]
        values = (
            ("count", str(lacking)),
            ("offer", coach.offer_id),
            ("seats", str(coach.seats)),
            ("base", self.problem.stops[coach.base].name),
            ("stop", self.problem.stops[ride.start_stop].name),
            ("coach", str(k)),
            ("day", str(day)),
            ("date", self._date(day)),
            ("cost", yuan_text(round(lacking * each))),
        )
        return Part(fen, (Remedy("more_coaches", values), *wider))

    def _types(self, ride: CoachRide, demand: Demand, terms: Terms) -> Iterator[tuple[int, CoachType]]:
        day = ride.departs // DAY_MIN
        for k in self.ways.usable(ride.start_stop, ride.role, demand.party_size, terms.base_m, terms.people):
            coach = self.problem.coaches[k]
            if coach.first_day <= day <= coach.last_day and coach.available_per_day > 0:
                yield k, coach

    def _departure(self, leg: int, demand: Demand, parties: int) -> Part:
        legs = self.ways.legs
        at, size = int(legs.vehicle[leg]), demand.party_size
        d = self.problem.departures[at]
        first, last = int(legs.first[leg]), int(legs.last[leg])
        free = [d.seats - max(self.aboard[at, c][first : last + 1], default=0) for c in range(d.copies)]
        left = max(0, parties - sum(max(0, f) // size for f in free))
        fares = float(d.seat_fen * parties * size)
        if left == 0:
            return Part(fares)
        known = (("offer", d.offer_id), ("departure", str(at)), ("date", self._date(d.day)))
        if d.copies > 1 or (d.fixed_fen > 0 and d.seat_fen == 0):  # hired whole
            count = -(-left // (d.seats // size))
            cost = ("cost", yuan_text(count * d.fixed_fen + d.seat_fen * left * size))
            return Part(fares + count * d.fixed_fen, (Remedy("more_vehicles", (("count", str(count)), *known, cost)),))
        cost = ("cost", yuan_text(d.seat_fen * left * size))
        # seats are missing on the vehicle as a whole where parties must stay together
        count = left * size - max(0, free[0]) % size if size > 1 else left
        return Part(fares, (Remedy("more_seats", (("count", str(count)), *known, cost)),))

    def _minimums(self, way: Way, demand: Demand, people: int, terms: Terms) -> Iterator[Remedy | None]:
        for ride in way.coaches:
            yield self._coach_minimum(ride, demand, people, terms)
        if way.leg >= 0:
            yield self._departure_minimum(int(self.ways.legs.vehicle[way.leg]))

    def _coach_minimum(self, ride: CoachRide, demand: Demand, people: int, terms: Terms) -> Remedy | None:
        """The coach that the people left out fill best."""
        missing = {k: c.min_passengers - min(people, c.seats) for k, c in self._types(ride, demand, terms)}
        k = min(missing, key=lambda i: missing[i], default=-1)
        if k < 0 or missing[k] <= 0:
            return None
        coach = self.problem.coaches[k]
        day = ride.departs // DAY_MIN
        values = (("of", "coach"), ("at", str(k)), ("offer", coach.offer_id), ("date", self._date(day)))
        return Remedy("lower_minimum", (*values, *_counts(coach.min_passengers, missing[k])))

    def _departure_minimum(self, at: int) -> Remedy | None:
        """A train or flight with everybody who could ride on it, in as few vehicles as hold them."""
        d = self.problem.departures[at]
        able = self._able_on(at) if d.min_passengers > 1 else d.min_passengers
        vehicles = min(d.copies, max(1, -(-able // d.seats)))
        if able >= vehicles * d.min_passengers:
            return None
        values = (("of", "departure"), ("at", str(at)), ("offer", d.offer_id), ("date", self._date(d.day)))
        return Remedy("lower_minimum", (*values, *_counts(d.min_passengers, d.min_passengers - able // vehicles)))

    def _able_on(self, at: int) -> int:
        """People who could ride on a departure, counted until they fill all its vehicles."""
        if at not in self._able:
            departure, able = self.problem.departures[at], 0
            leaves = max(c.departs_min for c in departure.calls)
            comes = min(c.arrives_min for c in departure.calls[1:])
            for d in self.problem.demands:
                if able >= departure.copies * departure.seats:
                    break
                in_time = d.release_min <= leaves and d.due_min >= comes
                if in_time and d.access and self.ways.on_departure(d, self.ways.terms(d, None), at):
                    able += d.party_size * len(d.parties)
            self._able[at] = able
        return self._able[at]

    def _date(self, day: int) -> str:
        return f"{self.problem.instant(day * DAY_MIN):%Y-%m-%d}"


def _counts(minimum: int, missing: int) -> tuple[tuple[str, str], ...]:
    return ("missing", str(missing)), ("minimum", str(minimum - missing)), ("now", str(minimum))


def _hire(coach: CoachType, metres: int, minutes: int) -> float:
    return coach.fixed_fen + coach.km_fen * metres / 1000 + coach.hour_fen * minutes / 60


def _aboard(problem: Problem, result: SolveResult) -> dict[tuple[int, int], list[int]]:
    """People on each segment of each vehicle of a departure."""
    aboard: dict[tuple[int, int], list[int]] = defaultdict(list)
    for used in result.used:
        aboard[used.departure, used.copy] = [0] * (len(problem.departures[used.departure].calls) - 1)
    for itinerary in result.itineraries:
        for leg in itinerary.legs:
            if not leg.is_coach:
                used = result.used[leg.index]
                for segment in range(leg.from_call, leg.to_call):
                    aboard[used.departure, used.copy][segment] += problem.demands[itinerary.demand].party_size
    return aboard
