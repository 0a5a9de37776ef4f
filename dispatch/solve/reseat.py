"""Who sits where on trips that are fixed: minimum-cost flows of people alike over the calls of coaches, trains and
flights.

People of one party size who go to one gate by one time are one flow: boarding stop, feeder, segments of a train, last
mile and gate are its nodes, seats that others leave free its capacities, minutes and fares its costs. A flow of equal
parties is whole, so everybody has one way. Coaches are timed and priced anew afterwards, and what does not make the
plan cheaper is not done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from ortools.graph.python import min_cost_flow

from dispatch.model.problem import Problem
from dispatch.model.supply import Mode
from dispatch.model.units import DAY_MIN
from dispatch.solve.best_start import run_from, windows
from dispatch.solve.insertion import new_head
from dispatch.solve.instance import (
    ACCESS,
    AFTER,
    ARRIVES,
    BEFORE,
    CLOSES,
    COACH_FARE,
    COACH_SEATS,
    DEPARTS,
    DESTINATION,
    DUE,
    FARE,
    FEEDER,
    FIRST_SEGMENT,
    GATE,
    LAST_MILE,
    LAST_SEGMENT,
    LEAST,
    OPENS,
    ORIGIN,
    RELEASE,
    RIDES_COACH,
    SEATS,
    SIZE,
    VEHICLE,
    Compiled,
)
from dispatch.solve.moves import (
    Journal,
    accept,
    board_vehicle,
    draft_of,
    drop_from_load,
    new_journal,
    plan_value,
    settle,
)
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.state import (
    ABOARD,
    BOARD,
    BOARDINGS,
    BY_COACH,
    BY_TRUNK,
    DRIVERS,
    FIRST,
    KIND,
    LAST,
    LEG,
    MEMBER,
    MEMBERS,
    METRES,
    PEOPLE,
    RIDE,
    RIDERS,
    START,
    STOPS,
    TYPE,
    WAY,
    State,
    new_draft,
)

Calls = dict[int, dict[int, int]]  # by stop: the loads that call there, and when

FLOWS_MOST = 400  # the largest ones
WAITS_MOST = 1_440  # minutes at a station
STAYS_FEN = 1 << 40  # for a party that is left out
SOURCE, SINK = -1, -2


class Way(NamedTuple):
    """How a unit goes: a direct load, or a leg with the loads to and from it; -1 for none."""

    board: int
    first: int
    leg: int
    last: int


class Trip(NamedTuple):
    """A load as it runs: its stops before the first alighting with departures, those after with arrivals."""

    kind: int
    boards: tuple[tuple[int, int], ...]
    alights: tuple[tuple[int, int], ...]


@dataclass
class _Flow:
    """Nodes by name, arcs with what they stand for."""

    nodes: dict[tuple[int, ...], int] = field(default_factory=dict)
    arcs: list[tuple[int, int, int, int]] = field(default_factory=list)

    def node(self, *name: int) -> int:
        return self.nodes.setdefault(name, len(self.nodes))

    def arc(self, tail: int, head: int, capacity: int, fen: float) -> None:
        if capacity > 0:
            self.arcs.append((tail, head, capacity, round(fen)))

    def solve(self, source: int, sink: int, supply: int) -> dict[int, list[list[int]]] | None:
        """Flow out of each node as (head, amount); None where there is none."""
        flow = min_cost_flow.SimpleMinCostFlow()
        tails, heads, capacities, costs = np.array(self.arcs, np.int64).T
        ids = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        flow.set_node_supply(source, supply)
        flow.set_node_supply(sink, -supply)
        if flow.solve() != flow.OPTIMAL:
            return None
        amounts = flow.flows(ids)
        out: dict[int, list[list[int]]] = defaultdict(list)
        for i in np.flatnonzero(amounts).tolist():
            out[int(tails[i])].append([int(heads[i]), int(amounts[i])])
        return out


class Reseating:
    """A plan whose people change seats while its trips stay."""

    def __init__(self, problem: Problem, compiled: Compiled, state: State) -> None:
        self.x, self.state = compiled.instance, state
        self.draft, self.head = new_draft(), new_head()
        self.barred = [unit.like.barred for unit in compiled.units]
        self.mode = [problem.departures[d].mode for d, _ in compiled.vehicles]
        self.trips: dict[int, Trip] = {}
        self.boarding: Calls = defaultdict(dict)
        self.alighting: Calls = defaultdict(dict)
        self.value = plan_value(self.x, state, UNSERVED_FEN, SHORT_FEN)
        for slot in np.flatnonzero(state.coach[: int(state.top[0]), KIND] >= 0).tolist():
            self._time(slot)
        x = self.x
        self.leg_of: dict[tuple[int, int, int], int] = {}
        self.calls: dict[int, tuple[dict[int, int], dict[int, int]]] = {}
        for t in np.flatnonzero(state.vehicle[x.leg[:, VEHICLE], ABOARD] > 0).tolist() if len(x.leg) else []:
            v, i, j = int(x.leg[t, VEHICLE]), int(x.leg[t, FIRST_SEGMENT]), int(x.leg[t, LAST_SEGMENT]) + 1
            self.leg_of[v, i, j] = t
            boards, alights = self.calls.setdefault(v, ({}, {}))
            boards[i] = alights[j] = t

    def run(self, late: Callable[[], bool] = lambda: False) -> State:
        """Each flow once, the largest first, until it is ``late``; the plan that results."""
        x = self.x
        kinds: dict[tuple[int, int, int, int, frozenset[Mode]], list[int]] = defaultdict(list)
        for u in range(len(x.unit)):
            gate, due, size, coach = x.unit[u, [GATE, DUE, SIZE, RIDES_COACH]].tolist()
            kinds[gate, due, size, coach, self.barred[u]].append(u)
        largest = sorted((k for k in kinds if len(kinds[k]) > 1), key=lambda k: -k[2] * len(kinds[k]))
        for key in largest[:FLOWS_MOST]:
            if late():
                break
            ways = self._best(kinds[key])
            if ways:
                self._apply(ways)
        return self.state

    def _time(self, slot: int) -> None:
        s, d = self.state, self.draft
        row = s.coach[slot]
        draft_of(s, slot, d)
        kind, n, b = int(row[KIND]), int(row[STOPS]), int(row[BOARDINGS])
        windows(self.x, d, kind, n, b, row[MEMBERS])
        self._forget(slot)
        if run_from(self.x, d, n, row[START], row[DRIVERS], row[METRES]) < 0:
            return
        stops, arrives, departs = d.row[:n].tolist(), d.out.arrives[:n].tolist(), d.out.departs[:n].tolist()
        b = 1 if kind == LAST_MILE else n - 1 if kind == FEEDER else b
        boards, alights = zip(stops[:b], departs[:b], strict=True), zip(stops[b:], arrives[b:], strict=True)
        self.trips[slot] = Trip(kind, tuple(boards), tuple(alights))
        for stop, at in self.trips[slot].boards:
            self.boarding[stop][slot] = at
        for stop, at in self.trips[slot].alights:
            self.alighting[stop][slot] = at

    def _forget(self, slot: int) -> None:
        trip = self.trips.pop(slot, Trip(-1, (), ()))
        for stop, _ in trip.boards:
            self.boarding[stop].pop(slot, None)
        for stop, _ in trip.alights:
            self.alighting[stop].pop(slot, None)

    def _best(self, units: list[int]) -> dict[int, Way]:
        """New ways of units alike, of those who change; nothing where that saves nothing."""
        flow, x = _Flow(), self.x
        gate, due, size, coach = (int(x.unit[units[0], c]) for c in (GATE, DUE, SIZE, RIDES_COACH))
        source, sink = flow.node(SOURCE), flow.node(SINK)
        own, rides = self._own(units)
        minute = x.minute_fen * size
        for slot, arrives in self.alighting[gate].items():
            if coach and self.trips[slot].kind != FEEDER and arrives <= due:
                room = self._room(slot, size, own[slot])
                flow.arc(flow.node(0, slot), sink, room, self._fare(slot, size) + minute * arrives)
        self._trunk(flow, units[0], own, rides)
        for u in units:
            here = flow.node(3, u)
            flow.arc(source, here, 1, 0)
            flow.arc(here, sink, 1, STAYS_FEN)
            for name, at in self._boardings(u):
                if name in flow.nodes:
                    flow.arc(here, flow.nodes[name], 1, -minute * at)
        out = flow.solve(source, sink, len(units)) if flow.arcs else None
        return {} if out is None else self._changed(units, flow, out)

    def _own(self, units: list[int]) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
        """Units of the flow on each load and on each segment of a vehicle."""
        own: dict[int, int] = defaultdict(int)
        rides: dict[tuple[int, int], int] = defaultdict(int)
        for u in units:
            for slot in self.state.unit[u, [FIRST, LAST]].tolist():
                own[slot] += 1
            t = int(self.state.unit[u, RIDE])
            if t >= 0:
                for i in range(self.x.leg[t, FIRST_SEGMENT], self.x.leg[t, LAST_SEGMENT] + 1):
                    rides[int(self.x.leg[t, VEHICLE]), i] += 1
        return own, rides

    def _room(self, slot: int, size: int, own: int) -> int:
        row = self.state.coach[slot]
        seats = (self.x.coach[row[TYPE], COACH_SEATS] - row[PEOPLE]) // size + own
        return int(min(seats, RIDERS - row[MEMBERS]))

    def _fare(self, slot: int, size: int) -> int:
        return size * int(self.x.coach[self.state.coach[slot, TYPE], COACH_FARE])

    def _trunk(self, flow: _Flow, u: int, own: dict[int, int], rides: dict[tuple[int, int], int]) -> None:
        """Feeders, trains and flights, last miles; each with its seats between a node in and a node out."""
        x, size, gate = self.x, int(self.x.unit[u, SIZE]), int(self.x.unit[u, GATE])
        minute, sink = x.minute_fen * size, flow.node(SINK)
        onward = defaultdict(list)
        for slot in self.alighting[gate]:
            trip = self.trips[slot]
            if trip.kind == LAST_MILE and (0, slot) in flow.nodes:
                onward[trip.boards[0][0]].append((slot, trip.boards[0][1]))
        for v, (boards, alights) in self.calls.items():
            if self.mode[v] in self.barred[u]:
                continue
            ends = []
            for j, t in alights.items():
                here, at = int(x.leg[t, DESTINATION]), int(x.leg[t, ARRIVES])
                # a coach may wait for the gate to open, a train may not
                if here == gate and at <= x.unit[u, DUE] and self._open(gate, at):
                    ends.append((j, sink, minute * at))
                ready = at + int(x.leg[t, AFTER])
                ends += [(j, flow.node(0, slot), 0.0) for slot, go in onward[here] if ready <= go <= ready + WAITS_MOST]
            if not ends:
                continue
            for j, to, fen in ends:
                flow.arc(flow.node(1, v, j), to, len(self.barred), fen)
            for i in range(max(j for j, _, _ in ends)):
                taken = int(self.state.vehicle[v, 1 + i])
                seats = (int(x.vehicle[v, SEATS]) - taken) // size + rides[v, i]
                flow.arc(flow.node(1, v, i), flow.node(1, v, i + 1), seats, 0)
            for i, t in boards.items():
                leaves = int(x.leg[t, DEPARTS]) - int(x.leg[t, BEFORE])
                on = flow.node(2, v, i)
                flow.arc(on, flow.node(1, v, i), len(self.barred), size * x.vehicle[v, FARE])
                fed = self.alighting[int(x.leg[t, ORIGIN])] if x.unit[u, RIDES_COACH] else {}
                for slot, at in fed.items():
                    if self.trips[slot].kind == FEEDER and leaves - WAITS_MOST <= at <= leaves:
                        if (0, slot) not in flow.nodes:
                            room = self._room(slot, size, own[slot])
                            flow.arc(flow.node(0, slot), flow.node(4, slot), room, self._fare(slot, size))
                        flow.arc(flow.node(4, slot), on, len(self.barred), 0)

    def _open(self, stop: int, minute: int) -> bool:
        opens, closes = self.x.stop[stop, [OPENS, CLOSES]].tolist()
        m = minute % DAY_MIN
        return opens <= m <= closes if opens <= closes else m >= opens or m <= closes

    def _boardings(self, u: int) -> Iterator[tuple[tuple[int, ...], int]]:
        """Where a unit may begin, by the flow's names, and when."""
        x = self.x
        access = [a for a in x.unit[u, ACCESS:].tolist() if a >= 0]
        release, last = int(x.unit[u, RELEASE]), dict[int, int]()
        for stop in access:
            for slot, at in self.boarding[stop].items():
                if at >= release and self.trips[slot].kind != LAST_MILE:
                    last[slot] = max(at, last.get(slot, at))
        for slot, at in last.items():
            yield (0, slot), at
        for v, (boards, _) in self.calls.items():
            for i, t in boards.items():
                if x.leg[t, ORIGIN] in access and x.leg[t, DEPARTS] - x.leg[t, BEFORE] >= release:
                    yield (2, v, i), int(x.leg[t, DEPARTS])

    def _changed(self, units: list[int], flow: _Flow, out: dict[int, list[list[int]]]) -> dict[int, Way]:
        names = {n: name for name, n in flow.nodes.items()}
        ways = {}
        for u in units:
            at, first, last, vehicle = flow.nodes[3, u], -1, -1, -1
            calls: list[int] = []
            while names[at] != (SINK,):
                arc = next(a for a in out[at] if a[1] > 0)
                arc[1] -= 1
                at = arc[0]
                name = names[at]
                if name[0] == 0:
                    first, last = (name[1], last) if not calls else (first, name[1])
                elif name[0] == 1:
                    vehicle = name[1]
                    calls.append(name[2])
            leg = self.leg_of.get((vehicle, calls[0], calls[-1]), -1) if calls else -1
            if calls and leg < 0:
                return {}  # on and off at one call
            was = self.state.unit[u]
            if first < 0 and leg < 0:
                continue  # stays behind
            if (first, leg, last) != (was[FIRST], was[RIDE], was[LAST]):
                ways[u] = Way(self._board(u, first), first, leg, last)
        return ways

    def _board(self, u: int, slot: int) -> int:
        """The stop at which a unit boards its first load: its own that is called at last."""
        if slot < 0:
            return -1
        own = self.x.unit[u, ACCESS:].tolist()
        release = self.x.unit[u, RELEASE]
        return max((at, stop) for stop, at in self.trips[slot].boards if stop in own and at >= release)[1]

    def _apply(self, ways: dict[int, Way]) -> None:
        """Move everybody at once, time and price what they leave and enter; kept where the plan gets cheaper."""
        x, before = self.x, self.state
        s = State._make(a.copy() for a in before)
        j, touched = new_journal(s), set[int]()
        for u, way in ways.items():
            station = int(x.leg[way.leg, DESTINATION]) if way.leg >= 0 else -1
            for slot, board in ((way.first, way.board), (way.last, station)):
                if slot >= 0 and slot not in before.unit[u, [FIRST, LAST]]:
                    m = int(s.coach[slot, MEMBERS])
                    if m >= RIDERS:
                        return
                    s.rows[slot, [MEMBER + m, BOARD + m, LEG + m]] = u, board, way.leg
                    s.coach[slot, MEMBERS] += 1
                    touched.add(slot)
                elif slot >= 0:
                    m = int(np.flatnonzero(s.rows[slot, MEMBER : MEMBER + s.coach[slot, MEMBERS]] == u)[0])
                    s.rows[slot, LEG + m] = way.leg
                    touched.add(slot)
        for u, way in ways.items():
            for slot in before.unit[u, [FIRST, LAST]].tolist():
                if slot >= 0 and slot not in (way.first, way.last):
                    drop_from_load(x, s, j, self.draft, self.head, slot, u)
                    touched.add(slot)
            if before.unit[u, WAY] == BY_TRUNK:
                board_vehicle(x, s, j, u, before.unit[u, RIDE], -1)
            s.unit[u] = (BY_COACH if way.leg < 0 else BY_TRUNK, way.leg, way.first, way.last)
            if way.leg >= 0:
                board_vehicle(x, s, j, u, way.leg, 1)
        accept(j)
        if self._stands(s, j, sorted(touched)):
            self.state, self.value = s, plan_value(x, s, UNSERVED_FEN, SHORT_FEN)
            for slot in touched:
                self._forget(slot)
                if s.coach[slot, KIND] >= 0:
                    self._time(slot)

    def _stands(self, s: State, j: Journal, touched: list[int]) -> bool:
        x = self.x
        for slot in touched:
            if s.coach[slot, KIND] >= 0 and not settle(x, s, j, self.draft, self.head, slot, s.coach[slot, START]):
                return False
        accept(j)
        people = s.vehicle[:, ABOARD]
        full = (s.vehicle[:, 1:] > x.vehicle[:, SEATS, None]).any()
        short = ((people > 0) & (people < x.vehicle[:, LEAST])).any()
        return not full and not short and plan_value(x, s, UNSERVED_FEN, SHORT_FEN) < self.value - 0.5
