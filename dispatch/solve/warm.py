"""An earlier plan as the start of a search: its trips become loads of the new instance as far as they can still run.

People of one cohort are alike, so an earlier journey is a way for any of them. A unit goes the way most of its own
people went, else one of its cohort's; who finds no place, or sits where nothing can run any more, is inserted anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dispatch.model.problem import PreviousPlan, PreviousRide, PreviousTrip, Problem
from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN
from dispatch.solve.insertion import new_head, with_solo
from dispatch.solve.instance import (
    ACCESS,
    COACH_SEATS,
    DESTINATION,
    DIRECT,
    FEEDER,
    FIRST_SEGMENT,
    GATE,
    LAST_MILE,
    LAST_SEGMENT,
    ORIGIN,
    RIDES_COACH,
    SEATS,
    SIZE,
    VEHICLE,
    Alike,
    Compiled,
    Instance,
    Unit,
    alike,
)
from dispatch.solve.moves import Journal, accept, board_vehicle, free_slot, new_journal, settle, store
from dispatch.solve.ranking import AMORTISED, Mood
from dispatch.solve.search import SHORT_FEN, recreate, seed_random, take_all
from dispatch.solve.snapshot import Snapshot, empty, snapshot_of, state_of
from dispatch.solve.state import (
    BOARD,
    BOARDINGS,
    BY_COACH,
    BY_TRUNK,
    FINAL_LINES,
    FIRST,
    KIND,
    LAST,
    LEG,
    MEMBER,
    MEMBERS,
    RIDE,
    RIDERS,
    ROUTE,
    START,
    STOPS,
    TYPE,
    UNSERVED,
    WAY,
    State,
    new_draft,
)

FILL = 0.5  # of its seats that a coach opened for somebody inserted anew is expected to fill
ROOM = 64  # loads, beside those carried over and two for each unit inserted anew


def warm_start(problem: Problem, compiled: Compiled, previous: PreviousPlan, seed: int) -> Snapshot:
    """The earlier plan on the new instance, with whoever has no place in it inserted where that is possible."""
    s = carried_over(problem, compiled, previous, seed)
    left = np.flatnonzero(s.way[:, WAY] == UNSERVED)
    if len(left) == 0:
        return s
    x, draft, head = with_solo(compiled.instance, left), new_draft(), new_head()
    state = state_of(x, s, len(s.coach) + 2 * len(left) + ROOM)
    mood = Mood(AMORTISED, -1, -1, FILL, 0.0, 1, SHORT_FEN, 0)
    recreate(x, state, new_journal(state), draft, head, left, len(left), mood, 2)
    return snapshot_of(state)


def carried_over(problem: Problem, compiled: Compiled, previous: PreviousPlan, seed: int) -> Snapshot:
    """What of the earlier plan can still run, and nothing else."""
    seed_random(seed)
    x = compiled.instance
    boarding = _Boarding(problem, compiled, previous)
    _assign(problem, compiled.units, boarding)
    loads = [load for load in boarding.loads.values() if load.riders]
    state = state_of(x, empty(len(x.unit)), len(loads) + ROOM)
    journal = new_journal(state)
    for load in loads:
        _write(x, state, journal, load)
    for u, way in boarding.way.items():
        if way.leg >= 0:
            board_vehicle(x, state, journal, u, way.leg, 1)
        state.unit[u, [WAY, RIDE]] = BY_TRUNK if way.leg >= 0 else BY_COACH, way.leg
    accept(journal)
    _time(x, state, journal)
    return snapshot_of(state)


class _Way(NamedTuple):
    """How somebody went, by the numbers of the new instance: the coach trip to the station or the direct one, where
    they boarded it, the trunk leg, the coach trip from the station, where they ended. '' and -1 stand for none.
    """

    first: str = ""
    board: int = -1
    leg: int = -1
    last: str = ""
    end: int = -1

    def coaches(self) -> Iterator[tuple[int, str]]:
        """The coach trips with their kinds."""
        if self.first:
            yield (int(FEEDER) if self.leg >= 0 else int(DIRECT)), self.first
        if self.last:
            yield int(LAST_MILE), self.last


@dataclass(slots=True)
class _Load:
    """A coach trip with room for ``seats`` people, its stops in the order it called at them, and who rides."""

    kind: int
    type: int
    start: int
    seats: int
    order: dict[int, int]
    riders: list[tuple[int, int, int, int]] = field(default_factory=list)  # unit, boarding stop, trunk leg, end


class _Boarding:
    """The earlier plan's vehicles on the new instance, and who of the new units has a place in them."""

    def __init__(self, problem: Problem, compiled: Compiled, previous: PreviousPlan) -> None:
        self.problem, self.x, self.previous = problem, compiled.instance, previous
        self.stop = {s.stop_id: i for i, s in enumerate(problem.stops)}
        self.vehicle = self._vehicles(compiled)
        self.leg: dict[tuple[int, int, int], int] = {}
        for t, row in enumerate(self.x.leg[:, [VEHICLE, ORIGIN, DESTINATION]].tolist()):
            self.leg.setdefault(tuple(row), t)
        self.loads = {i: load for i, trip in previous.trips.items() if (load := self._load(trip)) is not None}
        self.people = np.zeros((len(self.x.vehicle), int(self.x.leg[:, LAST_SEGMENT].max(initial=0)) + 1), np.int64)
        self.way: dict[int, _Way] = {}
        self._known: dict[tuple[PreviousRide, ...], _Way | None] = {}

    def went(self, worker_id: str) -> _Way | None:
        """How somebody went, where all of that is still there."""
        rides = self.previous.journeys.get(worker_id, ())
        if rides not in self._known:
            self._known[rides] = self._translated(rides)
        return self._known[rides]

    def seat(self, u: int, way: _Way) -> bool:
        """Give a unit places on every vehicle of a way; False where it may not go it or there is no room."""
        if not self._may(u, way) or not self._room(u, way):
            return False
        x, size = self.x, int(self.x.unit[u, SIZE])
        if way.leg >= 0:
            v, first, last = x.leg[way.leg, [VEHICLE, FIRST_SEGMENT, LAST_SEGMENT]]
            self.people[v, first : last + 1] += size
        for kind, trip in way.coaches():
            board = way.board if kind != LAST_MILE else int(x.leg[way.leg, DESTINATION])
            self.loads[trip].riders.append((u, board, way.leg, way.end if kind != FEEDER else -1))
        self.way[u] = way
        return True

    def _may(self, u: int, way: _Way) -> bool:
        x = self.x
        access = x.unit[u, ACCESS:].tolist()
        boards = way.board if way.first else int(x.leg[way.leg, ORIGIN])
        if boards not in access or way.end != x.unit[u, GATE]:
            return False
        if way.leg < 0:
            return bool(x.unit[u, RIDES_COACH])
        return bool((x.option[x.span[u, 0] : x.span[u, 1]] == way.leg).any())

    def _room(self, u: int, way: _Way) -> bool:
        x, size = self.x, int(self.x.unit[u, SIZE])
        if way.leg >= 0:
            v, first, last = x.leg[way.leg, [VEHICLE, FIRST_SEGMENT, LAST_SEGMENT]]
            if self.people[v, first : last + 1].max() + size > x.vehicle[v, SEATS]:
                return False
        for kind, trip in way.coaches():
            load = self.loads[trip]
            aboard = sum(int(x.unit[rider, SIZE]) for rider, *_ in load.riders)
            if kind != load.kind or aboard + size > load.seats or len(load.riders) >= RIDERS:
                return False
        return True

    def _translated(self, rides: tuple[PreviousRide, ...]) -> _Way | None:
        way = _Way()
        for ride in rides:
            board, alight = self.stop.get(ride.board_stop), self.stop.get(ride.alight_stop)
            if board is None or alight is None:
                return None
            trip = self.previous.trips[ride.trip_id]
            way = way._replace(end=alight)
            if not trip.coach:
                leg = self.leg.get((self.vehicle.get(ride.trip_id, -1), board, alight))
                if leg is None:
                    return None
                way = way._replace(leg=leg)
            elif ride.trip_id not in self.loads:
                return None
            elif trip.role is Role.LAST_MILE:
                way = way._replace(last=ride.trip_id)
            else:
                way = way._replace(first=ride.trip_id, board=board)
        return way if way.first or way.leg >= 0 else None

    def _minute(self, trip: PreviousTrip) -> int:
        return round((trip.departs_at - self.problem.epoch).total_seconds() / 60)

    def _vehicles(self, compiled: Compiled) -> dict[str, int]:
        """The vehicle of each train and flight that still runs; trips of one departure take its vehicles in turn."""
        free: dict[tuple[str, int], list[int]] = defaultdict(list)
        for v, (d, _) in enumerate(compiled.vehicles):
            departure = self.problem.departures[d]
            free[departure.offer_id, departure.calls[0].departs_min // DAY_MIN].append(v)
        found = {}
        for trip_id, trip in self.previous.trips.items():
            same = free.get((trip.offer_id, self._minute(trip) // DAY_MIN))
            if not trip.coach and same:
                found[trip_id] = same.pop(0)
        return found

    def _load(self, trip: PreviousTrip) -> _Load | None:
        """A coach trip without riders, of its own offer or, where that is gone, of the largest coach there is."""
        start, stops = self._minute(trip), [self.stop.get(s, -1) for s in trip.stops]
        if not trip.coach or not 0 <= start // DAY_MIN < self.problem.days or len(stops) > ROUTE or -1 in stops:
            return None
        kind = {Role.FEEDER: FEEDER, Role.TRUNK: DIRECT, Role.LAST_MILE: LAST_MILE}[trip.role]
        at = kind * len(self.x.stop) + stops[0]
        usable = self.x.types[self.x.types_from[at] : self.x.types_from[at + 1]].tolist()
        if not usable:
            return None
        own = [k for k in usable if self.problem.coaches[k].offer_id == trip.offer_id]
        best = own[0] if own else max(usable, key=lambda k: int(self.x.coach[k, COACH_SEATS]))
        order = {stop: i for i, stop in enumerate(stops)}
        return _Load(int(kind), best, start, int(self.x.coach[best, COACH_SEATS]), order)


def _assign(problem: Problem, units: tuple[Unit, ...], boarding: _Boarding) -> None:
    """Seat every unit that finds a place: those of one mind first, then the others of their cohorts."""
    went = {u: _ways(_people(problem, unit), boarding) for u, unit in enumerate(units)}
    of_kind: dict[Alike, Counter[_Way]] = defaultdict(Counter)
    for u, unit in enumerate(units):
        of_kind[alike(unit.like)].update(went[u])
    for u in sorted(went, key=lambda u: -max(went[u].values(), default=0) / units[u].size):
        any(boarding.seat(u, way) for way, _ in went[u].most_common())
    for u, unit in enumerate(units):
        if u not in boarding.way:
            any(boarding.seat(u, way) for way, _ in of_kind[alike(unit.like)].most_common())


def _people(problem: Problem, unit: Unit) -> Iterator[str]:
    for demand, party in unit.members:
        yield from problem.demands[demand].parties[party]


def _ways(people: Iterable[str], boarding: _Boarding) -> Counter[_Way]:
    return Counter(way for worker_id in people if (way := boarding.went(worker_id)) is not None)


def _write(x: Instance, s: State, j: Journal, load: _Load) -> None:
    """Put a load into a free slot, not yet timed."""
    draft, head = new_draft(), new_head()
    boards = sorted({board for _, board, _, _ in load.riders}, key=lambda stop: load.order.get(stop, -1))
    gates = sorted({end for *_, end in load.riders}, key=lambda stop: load.order.get(stop, -1))
    if load.kind == FEEDER:
        gates = [int(x.leg[load.riders[0][2], ORIGIN])]
    draft.row[: len(boards) + len(gates)] = [*boards, *gates]
    for i, (u, board, leg, _) in enumerate(load.riders):
        draft.row[MEMBER + i], draft.row[BOARD + i], draft.row[LEG + i] = u, board, leg
    head[[KIND, TYPE, START]] = load.kind, load.type, load.start
    head[[STOPS, BOARDINGS, MEMBERS]] = len(boards) + len(gates), len(boards), len(load.riders)
    slot = int(free_slot(s))
    store(s, j, slot, draft, head, 0.0)
    s.unit[[u for u, *_ in load.riders], LAST if load.kind == LAST_MILE else FIRST] = slot


def _time(x: Instance, s: State, j: Journal) -> None:
    """Time and price every load; of one that cannot run any more everybody is taken off."""
    draft, head = new_draft(FINAL_LINES), new_head()
    n = len(x.unit)
    dirty, extra = np.zeros(4 * len(s.coach), np.int64), np.zeros(RIDERS, np.int64)
    for slot in range(int(s.top[0])):
        if s.coach[slot, KIND] < 0 or any(settle(x, s, j, draft, head, slot, h) for h in (s.coach[slot, START], -1)):
            continue
        members = s.rows[slot, MEMBER : MEMBER + s.coach[slot, MEMBERS]]
        listed = np.zeros(2 * n + 1, np.int64)
        listed[: len(members)] = members
        take_all(x, s, j, draft, head, listed, len(members), n, dirty, extra)
    accept(j)
