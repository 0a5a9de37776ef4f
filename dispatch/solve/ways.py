"""What a party could do by itself: the first arrival, the last departure, timed by the law and by the coaches on offer.

Everything is asked under ``Terms``, which may be easier than the problem's: that is how a rule is found to be the one
that keeps somebody at home, and how much easier it had to be. Sharing a coach never brings a party to its gate sooner
than a coach of its own; it only helps where no coach is based nearby or a minimum is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import ConnectionRules, Demand, DrivingRules, Problem, RideLimits
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DAY_MIN, EARTH_RADIUS_M, DailyHours
from dispatch.solve.instance import Ints, Legs, matrices, trunk_legs
from dispatch.solve.schedule import earliest_arrival

NEVER = 1 << 40
ALWAYS = DailyHours(0, DAY_MIN)
LEGS_TIMED = 200  # trunk legs of a question that are timed, the most promising first
STEP_MIN = 15  # between starts that are tried for a shorter ride
TRIES = 12  # at a start from which a coach is still in time


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules under which a way is asked for; ``hours`` are those of the party's gate, ``people`` how many count
    towards a minimum, ``None`` for no minimum at all.
    """

    connections: ConnectionRules
    driving: DrivingRules
    rides: RideLimits
    hours: DailyHours
    base_m: int
    people: int | None


class CoachRide(NamedTuple):
    """A coach of the party's own on a way."""

    role: Role
    start_stop: int
    end_stop: int
    departs: int
    arrives: int


class Way(NamedTuple):
    """A way of one party: boarding stop, row of ``Ways.legs`` (-1 for a direct coach), coaches, first and last
    minute.
    """

    access: int
    leg: int
    coaches: tuple[CoachRide, ...]
    departs: int
    arrives: int


class Ways:
    """Ways of single parties of one problem. Only roads as given, no fellow riders."""

    def __init__(self, problem: Problem, like: Ways | None = None) -> None:
        """Ways of a problem; ``like`` are those of one that may share its departures."""
        self.problem = problem
        self.minutes, self.metres = matrices(problem)
        same = like is not None and like.problem.departures is problem.departures
        departures = tuple((d, 0) for d in range(len(problem.departures)))
        self.legs: Legs = like.legs if like is not None and same else trunk_legs(problem, departures)
        self.seats = _column([d.seats for d in problem.departures])[self.legs.vehicle]
        self.least = _column([d.min_passengers for d in problem.departures])[self.legs.vehicle]
        full = [d.seat_fen + d.fixed_fen / d.seats for d in problem.departures]
        self.price = np.array(full, float)[self.legs.vehicle]
        self._every_leg = np.arange(len(self.seats))
        self.base_distance = _base_distances(problem)
        self._days: dict[tuple[int, Role, int, int, int | None], NDArray[np.bool_]] = {}
        self._reached: dict[tuple[int, int, int, DailyHours, DrivingRules], int] = {}

    def terms(self, demand: Demand, people: int | None) -> Terms:
        """The problem's own rules for a demand of which ``people`` could fill a minimum."""
        p = self.problem
        return Terms(p.connections, p.driving, p.ride_limits, self._hours(demand.gate), p.coach_base_m, people)

    def possible(self, demand: Demand, terms: Terms) -> bool:
        """Whether the party has any way inside its window."""
        return next(self.in_window(demand, terms), None) is not None

    def in_window(self, demand: Demand, terms: Terms) -> Iterator[Way]:
        """Ways inside the window, direct ones first, then by price and time of the ride; as many as are timed."""
        for a in demand.access:
            way = self._direct_first(demand, terms, a)
            if way is not None and way.arrives <= demand.due_min:
                yield way
        yield from self.by_trunk(demand, terms)

    def by_trunk(self, demand: Demand, terms: Terms) -> Iterator[Way]:
        """Ways by train or flight inside the window, the cheapest of a full vehicle first."""
        departs, arrives, leg, access = self._in_reach(demand, terms)
        price = self.price[leg] + self.problem.value_of_time_fen_per_hour / 60 * (arrives - departs)
        for i in np.argsort(price, kind="stable")[:LEGS_TIMED].tolist():
            way = self._by_leg(demand, terms, int(access[i]), int(leg[i]))
            if way is not None and way.arrives <= demand.due_min:
                yield way

    def first_arrival(self, demand: Demand, terms: Terms) -> Way | None:
        """The way that reaches the gate first, whenever the party is due."""
        anytime = replace(demand, due_min=NEVER)
        found = [self._direct_first(anytime, terms, a) for a in demand.access]
        best = min((w for w in found if w is not None), key=lambda w: w.arrives, default=None)
        _, arrives, leg, access = self._in_reach(anytime, terms)
        for i in np.argsort(arrives, kind="stable")[:LEGS_TIMED].tolist():
            if best is not None and arrives[i] >= best.arrives:
                break
            way = self._by_leg(anytime, terms, int(access[i]), int(leg[i]))
            if way is not None and (best is None or way.arrives < best.arrives):
                best = way
        return best

    def last_departure(self, demand: Demand, terms: Terms) -> Way | None:
        """The way that leaves last and is in time, whenever the party is ready."""
        anytime = replace(demand, release_min=0)
        found = [self._direct_last(anytime, terms, a) for a in demand.access]
        best = max((w for w in found if w is not None), key=lambda w: w.departs, default=None)
        departs, _, leg, access = self._in_reach(anytime, terms)
        for i in np.argsort(-departs, kind="stable")[:LEGS_TIMED].tolist():
            if best is not None and departs[i] <= best.departs:
                break
            way = self._by_leg(anytime, terms, int(access[i]), int(leg[i]))
            if way is not None and way.arrives <= demand.due_min and (best is None or way.departs > best.departs):
                best = way
        return best

    def on_departure(self, demand: Demand, terms: Terms, departure: int) -> bool:
        """Whether the party has a way by one train or flight."""
        _, _, leg, access = self._in_reach(demand, terms, np.flatnonzero(self.legs.vehicle == departure))
        ways = (self._by_leg(demand, terms, int(a), int(t)) for a, t in zip(access, leg, strict=True))
        return any(way is not None and way.arrives <= demand.due_min for way in ways)

    def direct_on(self, demand: Demand, terms: Terms, access: int, day: int) -> Way | None:
        """A direct coach that starts on one day, whatever coaches there are."""
        hours = self._hours(access)
        start = hours.next_open(max(demand.release_min, day * DAY_MIN))
        if start // DAY_MIN != day or Mode.COACH in demand.barred:
            return None
        way = self._quick_enough(demand, terms, access, start)
        return way if way is not None and way.departs // DAY_MIN == day and way.arrives <= demand.due_min else None

    def usable(self, stop: int, role: Role, size: int, base_m: int, people: int | None) -> list[int]:
        """Coach types that may carry ``size`` people in one load of a role from a stop, on some day."""
        return [
            k
            for k, c in enumerate(self.problem.coaches)
            if c.role in (Role.ANY, role)
            and c.seats >= size
            and (people is None or c.min_passengers <= people)
            and self.base_distance[k, stop] <= base_m
        ]

    def arrival(self, ride: CoachRide, start: int, terms: Terms) -> int | None:
        """When a coach of a ride arrives that starts at another minute; None while its first stop is closed."""
        if not self._hours(ride.start_stop).contains(start):
            return None
        ends = self._hours(ride.end_stop) if ride.role is Role.FEEDER else terms.hours
        return self._reach(ride.start_stop, ride.end_stop, start, ends, terms.driving)

    def _coach_days(self, stop: int, role: Role, size: int, terms: Terms) -> NDArray[np.bool_]:
        """On which days a coach may start there."""
        key = (stop, role, size, terms.base_m, terms.people)
        if key not in self._days:
            days = np.zeros(self.problem.days, bool)
            for k in self.usable(stop, role, size, terms.base_m, terms.people):
                coach = self.problem.coaches[k]
                if coach.available_per_day > 0:
                    days[coach.first_day : coach.last_day + 1] = True
            self._days[key] = days
        return self._days[key]

    def _runs(self, stop: int, role: Role, demand: Demand, terms: Terms, start: int) -> bool:
        days = self._coach_days(stop, role, demand.party_size, terms)
        return 0 <= start < len(days) * DAY_MIN and bool(days[start // DAY_MIN])

    def _in_reach(self, demand: Demand, terms: Terms, among: Ints | None = None) -> tuple[Ints, Ints, Ints, Ints]:
        """Trunk legs that nothing obvious forbids: a minute after which one cannot leave for it, one before which the
        gate cannot be reached, row of the leg, boarding stop.
        """
        rows = self._every_leg if among is None else among
        rows = rows[self._fits(demand, terms, rows)]
        legs, rules = self.legs, terms.connections
        flight, destination, origin = legs.flight[rows] == 1, legs.destination[rows], legs.origin[rows]
        ends = destination == demand.gate
        after = np.where(flight, rules.air_to_coach, rules.rail_to_coach)
        arrives = legs.arrives[rows] + np.where(ends, 0, after + self.minutes[destination, demand.gate])
        by_coach = Mode.COACH not in demand.barred
        stations = np.unique(destination).tolist() if by_coach else []
        spread = [s for s in stations if self._coach_ever(s, Role.LAST_MILE, demand, terms)]
        on_time = (arrives <= demand.due_min) & (ends | np.isin(destination, spread))
        before = np.where(flight, rules.coach_to_air, rules.coach_to_rail)
        found = [np.zeros((4, 0), np.int64)]
        for a in demand.access:
            starts = origin == a
            departs = legs.departs[rows] - np.where(starts, 0, before + self.minutes[a, origin])
            feeds = by_coach and self._coach_ever(a, Role.FEEDER, demand, terms)
            kept = on_time & (departs >= demand.release_min) & (starts | feeds)
            found.append(np.stack([departs[kept], arrives[kept], rows[kept], np.full(int(kept.sum()), a)]))
        table = np.concatenate(found, axis=1)
        return table[0], table[1], table[2], table[3]

    def _fits(self, demand: Demand, terms: Terms, rows: Ints) -> NDArray[np.bool_]:
        fits = self.seats[rows] >= demand.party_size
        if terms.people is not None:
            fits &= self.least[rows] <= terms.people
        for mode, flight in ((Mode.FLIGHT, 1), (Mode.TRAIN, 0)):
            if mode in demand.barred:
                fits &= self.legs.flight[rows] != flight
        return fits

    def _coach_ever(self, stop: int, role: Role, demand: Demand, terms: Terms) -> bool:
        return bool(self._coach_days(stop, role, demand.party_size, terms).any())

    def _by_leg(self, demand: Demand, terms: Terms, a: int, t: int) -> Way | None:
        legs = self.legs
        coaches = []
        departs, arrives = int(legs.departs[t]), int(legs.arrives[t])
        flight = bool(legs.flight[t])
        origin, destination = int(legs.origin[t]), int(legs.destination[t])
        if origin != a:
            connect = terms.connections.coach_to_air if flight else terms.connections.coach_to_rail
            feeder = self._feeder(demand, terms, a, origin, departs - connect)
            if feeder is None:
                return None
            coaches.append(feeder)
            departs = feeder.departs
        elif departs < demand.release_min:
            return None
        if destination != demand.gate:
            connect = terms.connections.air_to_coach if flight else terms.connections.rail_to_coach
            last = self._last_mile(demand, terms, destination, arrives + connect)
            if last is None:
                return None
            coaches.append(last)
            arrives = last.arrives
        elif not terms.hours.contains(arrives):
            return None
        return Way(a, t, tuple(coaches), departs, arrives)

    def _feeder(self, demand: Demand, terms: Terms, a: int, station: int, due: int) -> CoachRide | None:
        """As late as it is in time, or a day sooner where no coach runs that day."""
        goal = self._hours(station).previous_open(due)
        start = self._latest(a, station, goal, self._hours(station), terms.driving)
        for at in (start, start - DAY_MIN):
            if at >= demand.release_min and self._runs(a, Role.FEEDER, demand, terms, at):
                end = self._reach(a, station, at, self._hours(station), terms.driving)
                if end <= goal and end - at <= (terms.rides.feeder or NEVER):
                    return CoachRide(Role.FEEDER, a, station, at, end)
        return None

    def _last_mile(self, demand: Demand, terms: Terms, station: int, ready: int) -> CoachRide | None:
        """As soon as may be, or a day later where no coach runs that day."""
        start = self._hours(station).next_open(ready)
        for at in (start, start + DAY_MIN):
            if self._runs(station, Role.LAST_MILE, demand, terms, at):
                end = self._reach(station, demand.gate, at, terms.hours, terms.driving)
                # who need not wait in the coach for the gate to open waits at the station
                leaves = max(at, self._latest(station, demand.gate, end, terms.hours, terms.driving))
                leaves = leaves if self._runs(station, Role.LAST_MILE, demand, terms, leaves) else at
                if end <= demand.due_min and end - leaves <= (terms.rides.last_mile or NEVER):
                    return CoachRide(Role.LAST_MILE, station, demand.gate, leaves, end)
        return None

    def _direct_first(self, demand: Demand, terms: Terms, a: int) -> Way | None:
        """The first direct coach; who starts first arrives first."""
        if Mode.COACH in demand.barred:
            return None
        days = self._coach_days(a, Role.TRUNK, demand.party_size, terms)
        for day in np.flatnonzero(days[max(0, demand.release_min // DAY_MIN) :]).tolist():
            today = day + max(0, demand.release_min // DAY_MIN)
            start = self._hours(a).next_open(max(demand.release_min, today * DAY_MIN))
            if start // DAY_MIN != today:
                continue
            way = self._quick_enough(demand, terms, a, start)
            if way is not None and self._runs(a, Role.TRUNK, demand, terms, way.departs):
                return way
            if terms.rides.direct is None:
                return way
        return None

    def _quick_enough(self, demand: Demand, terms: Terms, a: int, start: int) -> Way | None:
        """The first start within a day whose ride is no longer than the limit."""
        least = int(self.minutes[a, demand.gate])
        limit = terms.rides.direct or NEVER
        if least > limit:
            return None
        for at in range(start, start + (DAY_MIN if limit < NEVER else 1), STEP_MIN):
            if self._hours(a).contains(at):
                end = self._reach(a, demand.gate, at, terms.hours, terms.driving)
                if end - at <= limit:
                    return Way(a, -1, (CoachRide(Role.TRUNK, a, demand.gate, at, end),), at, end)
        return None

    def _direct_last(self, demand: Demand, terms: Terms, a: int) -> Way | None:
        if Mode.COACH in demand.barred:
            return None
        goal = terms.hours.previous_open(demand.due_min)
        latest = self._latest(a, demand.gate, goal, terms.hours, terms.driving)
        days = self._coach_days(a, Role.TRUNK, demand.party_size, terms)
        for day in np.flatnonzero(days)[::-1].tolist():
            start = self._hours(a).previous_open(min(latest, day * DAY_MIN + DAY_MIN - 1))
            for at in range(start, day * DAY_MIN - 1, -STEP_MIN):
                end = self._reach(a, demand.gate, at, terms.hours, terms.driving)
                if self._hours(a).contains(at) and end <= goal and end - at <= (terms.rides.direct or NEVER):
                    return Way(a, -1, (CoachRide(Role.TRUNK, a, demand.gate, at, end),), at, end)
                if terms.rides.direct is None:
                    break
        return None

    def _latest(self, start_stop: int, end_stop: int, goal: int, hours: DailyHours, rules: DrivingRules) -> int:
        """The last start that is found from which a coach arrives by ``goal``; -1 where there is none."""
        start = goal - int(self.minutes[start_stop, end_stop])
        for _ in range(TRIES):
            start = self._hours(start_stop).previous_open(start)
            if start < 0:
                return -1
            late = self._reach(start_stop, end_stop, start, hours, rules) - goal
            if late <= 0:
                return start
            start -= late
        return -1

    def _reach(self, start_stop: int, end_stop: int, start: int, hours: DailyHours, rules: DrivingRules) -> int:
        """First arrival of a coach with two drivers that starts at a minute."""
        minutes = int(self.minutes[start_stop, end_stop])
        metres = int(self.metres[start_stop, end_stop])
        if minutes <= min(rules.continuous, rules.continuous_night, rules.daily) and (
            metres <= rules.curfew_exempt_m or not _meets_curfew(start, minutes, rules)
        ):
            return hours.next_open(start + minutes)
        key = (start_stop, end_stop, start, hours, rules)
        if key not in self._reached:
            times = earliest_arrival(
                [minutes], [0, 0], [NEVER] * 2, [(0, DAY_MIN), (hours.opens_min, hours.closes_min)],
                start, 2, metres, rules, self.problem.dwell_min,
            )  # fmt: skip
            self._reached[key] = times[-1] if times else NEVER
        return self._reached[key]

    def _hours(self, stop: int) -> DailyHours:
        hours = self.problem.stops[stop].hours
        return ALWAYS if hours is None or hours.always else hours


def _meets_curfew(start: int, minutes: int, rules: DrivingRules) -> bool:
    since = (start - rules.curfew_from) % DAY_MIN
    return since < (rules.curfew_to - rules.curfew_from) % DAY_MIN or since + minutes > DAY_MIN


def _column(values: list[int]) -> Ints:
    return np.array(values, np.int64)


def _base_distances(problem: Problem) -> NDArray[np.float32]:
    """Great-circle metres from each coach type's base to each stop, shape (coach types, stops)."""
    lat = np.radians([s.position.lat for s in problem.stops])
    lon = np.radians([s.position.lon for s in problem.stops])
    found = np.zeros((len(problem.coaches), len(problem.stops)), np.float32)
    for k, coach in enumerate(problem.coaches):
        h = np.sin((lat - lat[coach.base]) / 2) ** 2
        h += np.cos(lat) * np.cos(lat[coach.base]) * np.sin((lon - lon[coach.base]) / 2) ** 2
        found[k] = EARTH_RADIUS_M * 2 * np.arcsin(np.sqrt(np.minimum(1, h)))
    return found
