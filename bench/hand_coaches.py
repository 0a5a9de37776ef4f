"""The coaches of the hand plan: the smallest that fits, one load each, timed by a simple formula (rules 4 and 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np

from dispatch.model.problem import CoachType, Problem
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DAY_MIN, DailyHours, great_circle_m

STEP = 30
ANY_HOUR = DailyHours(0, DAY_MIN)
NEVER = 10**9


@dataclass(frozen=True, slots=True, eq=False)
class Party:
    """People who stay together: where they board and work, how many, when they may travel (minutes from the epoch)."""

    stop: int
    gate: int
    size: int
    release: int
    due: int
    barred: frozenset[Mode]


@dataclass(frozen=True, slots=True)
class Load:
    """One coach: offer, day of departure, metres, minutes under way, and when each party boards and alights."""

    coach: int
    day: int
    metres: int
    minutes: int
    riders: tuple[tuple[Party, int, int], ...]


@dataclass(frozen=True, slots=True)
class Journey:
    """A way to carry some parties: coaches, seats of a departure (-1: none), money in fen, person-minutes."""

    parties: tuple[Party, ...]
    loads: tuple[Load, ...]
    departure: int
    cost_fen: int
    person_min: int


@dataclass(frozen=True, slots=True)
class Service:
    """What a coach is wanted for: role, the station it starts from or ends at (-1: none), the last arrival allowed.

    Riders' hours count from ``waiting_from``, where given, and not from boarding.
    """

    role: Role
    start: int = -1
    end: int = -1
    deadline: int = NEVER
    waiting_from: int | None = None


@dataclass(eq=False)
class Office:
    """The problem, what is left of each quote, and what has been booked."""

    problem: Problem
    feeder_m: float
    charters: frozenset[str]
    hired: Counter[tuple[int, int]] = field(default_factory=Counter)
    booked: Counter[int] = field(default_factory=Counter)
    journeys: list[Journey] = field(default_factory=list)

    def __post_init__(self) -> None:
        p = self.problem
        self.minutes = np.frombuffer(p.travel.minutes, np.int32).reshape(p.travel.n, p.travel.n).tolist()
        self.metres = np.frombuffer(p.travel.metres, np.int32).reshape(p.travel.n, p.travel.n).tolist()
        self.gates = frozenset(d.gate for d in p.demands)
        self.fleets: dict[tuple[int, Role], list[int]] = {}
        self.clocks: dict[tuple[tuple[int, ...], int], list[tuple[int, int]]] = {}

    def worth(self, journey: Journey | None) -> float:
        """Generalised cost in fen; infinite for no journey."""
        if journey is None:
            return float("inf")
        return journey.cost_fen + journey.person_min * self.problem.value_of_time_fen_per_hour / 60

    def book(self, journey: Journey) -> None:
        self.hired.update((load.coach, load.day) for load in journey.loads)
        if journey.departure >= 0:
            self.booked[journey.departure] += sum(p.size for p in journey.parties)
        self.journeys.append(journey)

    def fleet(self, first: int, role: Role) -> list[int]:
        """Coach offers for a role with a base near enough to a first stop."""
        if (first, role) not in self.fleets:
            p = self.problem
            self.fleets[first, role] = [
                i
                for i, c in enumerate(p.coaches)
                if c.role in (Role.ANY, role)
                and great_circle_m(p.stops[c.base].position, p.stops[first].position) <= p.coach_base_m
            ]
        return self.fleets[first, role]

    @cache  # noqa: B019 - one office lives as long as the program
    def reach(self, calls: tuple[int, ...], end: int, last_mile_m: float) -> tuple[frozenset[int], frozenset[int]]:
        """Stops in reach of a feeder to one of some calls, and gates in reach of a last-mile coach from ``end``."""
        stops = range(self.problem.travel.n)
        near = frozenset(s for s in stops if min(self.metres[s][c] for c in calls) <= self.feeder_m)
        return near, frozenset(s for s in stops if self.metres[end][s] <= last_mile_m)

    def times(self, route: tuple[int, ...], start: int) -> list[tuple[int, int]]:
        """``drive``, remembered by the hour of the day."""
        day, clock = divmod(start, DAY_MIN)
        if (route, clock) not in self.clocks:
            self.clocks[route, clock] = drive(self, route, clock)
        return [(on + day * DAY_MIN, off + day * DAY_MIN) for on, off in self.clocks[route, clock]]

    def length(self, route: Sequence[int]) -> int:
        return sum(self.metres[a][b] for a, b in pairwise(route))

    def hours(self, gate: int) -> DailyHours:
        return self.problem.stops[gate].hours or ANY_HOUR

    def county(self, party: Party) -> str:
        return self.problem.stops[party.stop].district or self.problem.stops[party.stop].name


def drive(office: Office, route: Sequence[int], start: int) -> list[tuple[int, int]]:
    """(arrival, departure) at each stop of a route that leaves at ``start``, by the simple formula."""
    rules, length = office.problem.driving, office.length(route)
    drivers = 2 if length > rules.second_driver_m else 1
    curfew = length > rules.curfew_exempt_m
    now, stint, shift, today = start, 0, start, rules.daily * drivers
    times = [(start, start)]
    for a, b in pairwise(route):
        left = office.minutes[a][b]
        while left:
            clock = now % DAY_MIN
            if curfew and rules.curfew_from <= clock < rules.curfew_to:
                now, stint = now + rules.curfew_to - clock, 0
                continue
            night = clock >= rules.night_from or clock < rules.night_to
            limit = (rules.continuous_night if night else rules.continuous) - stint
            bounds = (rules.night_from, rules.night_to, rules.curfew_from, DAY_MIN)
            run = min(left, today, limit, *(at - clock for at in bounds if at > clock))
            if run > 0:
                now, left, stint, today = now + run, left - run, stint + run, today - run
            elif today:
                now, stint = now + (rules.swap if drivers == 2 else rules.rest), 0
            else:
                now = shift = max(now + rules.rest, shift + DAY_MIN)
                stint, today = 0, rules.daily * drivers
        now = office.hours(b).next_open(now) if b in office.gates else now
        times.append((now, now + office.problem.dwell_min))
        now += office.problem.dwell_min
    return times


def route_of(office: Office, parties: Sequence[Party], service: Service) -> list[int]:
    """Pick-ups from the farthest to the nearest, then gate to nearest gate."""
    goal = service.end if service.end >= 0 else parties[0].gate
    pick_ups = {p.stop for p in parties} - {service.end} if service.start < 0 else {service.start}
    route = sorted(pick_ups, key=lambda s: (-office.minutes[s][goal], s))
    if service.end >= 0:
        return [*route, service.end]
    left = {p.gate for p in parties} - set(route)
    while left:
        route.append(min(left, key=lambda s: (office.minutes[route[-1]][s], s)))
        left.remove(route[-1])
    return route


def starts_of(office: Office, route: Sequence[int], aboard: Sequence[Party], service: Service) -> range:
    """Hours at which a coach might leave, the latest first for a feeder."""
    legs = sum(office.minutes[a][b] for a, b in pairwise(route))
    if service.end >= 0:
        return range(service.deadline - legs, service.deadline - legs - DAY_MIN, -STEP // 3)
    if service.start >= 0 and service.waiting_from is not None:
        return range(service.waiting_from, service.waiting_from + DAY_MIN, STEP)
    return range(max(p.release for p in aboard), min(p.due for p in aboard) - legs + 1, STEP)


def timed(
    office: Office, coach: int, aboard: Sequence[Party], service: Service, ready: int, free: Callable[[int], bool]
) -> Load | None:
    """A coach with these people aboard at the hour that makes hours cheapest, on a day when it is free."""
    route = route_of(office, aboard, service)
    quote, value = office.problem.coaches[coach], office.problem.value_of_time_fen_per_hour
    best, least = None, float("inf")
    for start in starts_of(office, route, aboard, service):
        if start < ready or not free(start // DAY_MIN):
            continue
        at = dict(zip(route, times := office.times(tuple(route), start), strict=True))
        if times[-1][0] > service.deadline:
            continue
        here, there = service.start, service.end
        riders = tuple((p, at[p.stop if here < 0 else here][1], at[p.gate if there < 0 else there][0]) for p in aboard)
        if any(on < p.release or off > p.due for p, on, off in riders):
            continue
        minutes = times[-1][0] - start
        since = service.waiting_from
        spent = sum(p.size * (off - (on if since is None else since)) for p, on, off in riders)
        if quote.hour_fen * minutes + value * spent < least:
            least = quote.hour_fen * minutes + value * spent
            best = Load(coach, start // DAY_MIN, office.length(route), minutes, riders)
        if there >= 0:
            break  # starts come latest first: the first in time is the best
    return best


def coaches_for(office: Office, parties: Sequence[Party], service: Service, ready: int = -NEVER) -> list[Load] | None:
    """Coaches of best size, filled stop by stop; None where the fleet or the clock does not allow it."""
    route = route_of(office, parties, service)
    place = {s: i for i, s in enumerate(route)}
    queue = sorted(parties, key=lambda p: (place.get(p.stop, 0), place.get(p.gate, 0), -p.size))
    loads: list[Load] = []
    while queue:
        taken = Counter((load.coach, load.day) for load in loads)
        load = next_coach(office, queue, service, ready, taken)
        if load is None:
            return None
        loads.append(load)
        aboard = {p for p, _, _ in load.riders}
        queue = [p for p in queue if p not in aboard]
    return loads


def next_coach(
    office: Office, queue: Sequence[Party], service: Service, ready: int, taken: Counter[tuple[int, int]]
) -> Load | None:
    first = route_of(office, queue, service)[0]
    for coach in by_size(office.problem.coaches, office.fleet(first, service.role), sum(p.size for p in queue)):
        aboard = fill(queue, office.problem.coaches[coach].seats)
        load = timed(office, coach, aboard, service, ready, free_days(office, coach, taken)) if aboard else None
        if load:
            return load
    return None


def by_size(quotes: Sequence[CoachType], fleet: Sequence[int], heads: int) -> list[int]:
    """Offers in the order an office rings them up: the smallest that hold everybody, then the largest."""
    fits = sorted((i for i in fleet if quotes[i].seats >= heads), key=lambda i: (quotes[i].seats, quotes[i].km_fen))
    return fits + sorted(
        (i for i in fleet if quotes[i].seats < heads), key=lambda i: (-quotes[i].seats, quotes[i].km_fen)
    )


def fill(queue: Sequence[Party], seats: int) -> list[Party]:
    """Whole parties in order, as many as fit."""
    aboard = []
    for party in queue:
        if party.size <= seats:
            aboard.append(party)
            seats -= party.size
    return aboard


def free_days(office: Office, coach: int, taken: Counter[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether a coach of an offer is still to be had on a day."""
    quote = office.problem.coaches[coach]

    def free(day: int) -> bool:
        used = office.hired[coach, day] + taken[coach, day]
        return quote.first_day <= day <= quote.last_day and used < quote.available_per_day

    return free


def price(office: Office, load: Load) -> int:
    """Fen by the contract's formula."""
    quote, heads = office.problem.coaches[load.coach], sum(p.size for p, _, _ in load.riders)
    by_km, by_hour = quote.km_fen * load.metres / 1000, quote.hour_fen * load.minutes / 60
    return round(quote.fixed_fen + by_km + by_hour + quote.seat_fen * heads)
