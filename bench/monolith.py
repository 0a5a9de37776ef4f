#!/usr/bin/env python3
"""The whole plan as one mixed-integer model, solved by three solvers: ``python bench/monolith.py [--write]``.

The peer is what a modeller would hand to a solver: integer people on paths and integer vehicles, written once and given
to SCIP and CP-SAT through OR-Tools' ``model_builder`` and to HiGHS through SciPy (``model_builder`` of OR-Tools 9.15
keeps no incumbent of HiGHS at a time limit), one after the other, each in a fresh process with the same seconds and the
threads it takes by itself. Beside them stands the search of this project on the same problem with the same seconds,
solved here or read from rows that ``provinces.py --save`` kept (``--ours FILE``).

    --heads 1000 5000 --provinces 14 52 --seed 1 --days 30 --seconds 60
    --solvers highs scip sat
    --paths 40            so many of the cheapest paths a cohort, a quarter of them direct
    --write               put the table into RESULTS.md

**The model.** A cohort is everybody with the same stops, gate, window and barred modes. Its paths are a coach from one
of its boarding stops to the gate on a day, or one ride of a departure, from one of its boarding stops: feeder, ride and
last mile, where either coach is left out if the station is the stop or the gate. Kept are paths that fit the window,
the connections and the opening hours, and of these the cheapest by money and time, as if every coach, train and flight
carried all whom it suits, or its seats. Departures that suit fewer than their minimum are dropped, since nobody can.

    x[cohort, path]                  people
    y[kind, stop, gate, day]         direct coaches; people of any cohort share them
    f[kind, stop, station, minute]   feeders that are there at a minute, shared by all departures that this suits
    l[kind, station, minute, gate]   last-mile coaches that leave from a minute on
    v[departure]                     trains or flights hired, or a block taken
    u[cohort]                        people left out, at 100,000 CNY each; the model counts in CNY

Everybody is on a path or left out; people are no more than the seats of the coaches and, call by call, of the vehicles;
no fewer than the minimum of each vehicle; coaches of a kind on a day no more than quoted, all bases together. One
pick-up and one gate a coach is what such a model can express: routes with more stops would be a column each. SCIP and
CP-SAT are told of a plan to start from, in which each cohort in turn takes the direct line whose cost it raises least;
SciPy passes HiGHS none.

**What favours the peer.** Coaches need the least minutes that two drivers may take for the road (no curfew, night,
weekly limit or stand at a stop); a direct coach's hour is not chosen, so people of one day share it whatever their
hours; coaches of several bases are one stock; parties may be parted; coaches have no minimum. So its objective is one
that a legal plan with the same coaches cannot undercut. *Its bound* is for this model only and none for the problem,
whose coaches may call at several stops and which has all paths.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from apart import LostError, apart
from ortools.linear_solver.python import model_builder as mb
from provinces import Case, Row, generate, measure, problem_of, read_rows, warm_up
from results_page import SHARED, called, machine, put, table
from scipy.optimize import Bounds, LinearConstraint, milp

from dispatch.model.problem import CoachType, Problem
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DAY_MIN, DailyHours, great_circle_m
from dispatch.solve.instance import Alike, Floats, Ints, alike, matrices, trunk_legs
from dispatch.solve.least_ways import least_legal_minutes
from dispatch.solve.linear import STATUS, Answer, Rows, Status

SOLVERS = {"highs": "HiGHS", "scip": "SCIP", "sat": "CP-SAT"}
UNSERVED = 100_000  # CNY, dearer than a coach of one's own
GRACE = 3.0  # times the limit, and a minute, after which a solver that goes on is ended
GENERATOR = SHARED / "make_province.py"
ALWAYS = DailyHours(0, DAY_MIN)
NEVER = 1 << 40

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A way for people of a cohort: fen a head beside coaches and hire, the coaches it fills, the ride (-1: none)."""

    fen: float
    ranked: float
    coaches: tuple[Key, ...]
    leg: int


@dataclass(frozen=True, slots=True)
class Solved:
    """What came of a model: columns, rows, seconds to write it and to solve it."""

    status: Status
    objective: float
    bound: float
    left_out: int
    nowhere: int
    columns: int
    rows: int
    wrote_s: float
    took_s: float


@dataclass(frozen=True, slots=True)
class Terms:
    """Coaches alike but for their bases: one of them, how many a day there are of all, the bases."""

    coach: CoachType
    available: int
    bases: set[int]


class Monolith:
    """The model of one problem, as columns and rows."""

    def __init__(self, problem: Problem, kept: int) -> None:
        self.problem, self.kept = problem, kept
        self.rows = Rows()
        self.minute_fen = problem.value_of_time_fen_per_hour / 60
        given, self.metres = matrices(problem)
        self.minutes = np.ceil(least_legal_minutes(given.astype(float), problem.driving)).astype(np.int64)
        self.legs = trunk_legs(problem, tuple((d, 0) for d in range(len(problem.departures))))
        self.quotes: dict[tuple[int, int, Role], list[tuple[int, float]]] = {}
        self.left: list[int] = []
        self.direct: list[list[tuple[int, Way]]] = []  # columns and paths by direct coach of each cohort
        self.fleets: dict[Key, list[tuple[int, int]]] = {}  # kinds and columns of the coaches of each line
        self._write()

    @cached_property
    def cohorts(self) -> dict[Alike, int]:
        """People by cohort, those without any stop left aside."""
        heads: Counter[Alike] = Counter()
        for d in self.problem.demands:
            if d.access:
                heads[alike(d)] += d.party_size * len(d.parties)
        return heads

    @cached_property
    def share(self) -> Floats:
        """Fen a head of each ride with everybody aboard whom its departure suits; infinite below the minimum."""
        suited = np.zeros(len(self.problem.departures), np.int64)
        for cohort, heads in self.cohorts.items():
            suited[np.unique(self.legs.vehicle[self.possible(cohort)[0]])] += heads
        fen = np.full(len(suited), np.inf)
        for i, d in enumerate(self.problem.departures):
            if suited[i] >= max(1, d.min_passengers):
                fen[i] = d.seat_fen + d.fixed_fen / min(d.seats, suited[i])
        return fen[self.legs.vehicle]

    @cached_property
    def _tables(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Heads, gate, release and due of each cohort, and whether it boards at each stop."""
        kinds = list(self.cohorts)
        gate, release, due = (np.array([k[i] for k in kinds], np.int64) for i in (1, 2, 3))
        boards = np.zeros((len(kinds), len(self.problem.stops)), np.int64)
        for i, k in enumerate(kinds):
            boards[i, list(k[0])] = 1
        return np.array(list(self.cohorts.values()), np.int64), gate, release, due, boards

    def company(self, cohort: Alike) -> tuple[list[int], list[int], int]:
        """People whose windows meet a cohort's: at each of its stops, there and with its gate, and at its gate."""
        heads, gate, release, due, boards = self._tables
        here = np.where((release < cohort[3]) & (due > cohort[2]), heads, 0)
        there = np.where(gate == cohort[1], here, 0)
        stops = list(cohort[0])
        return (here @ boards[:, stops]).tolist(), (there @ boards[:, stops]).tolist(), int(there.sum())

    @cached_property
    def terms(self) -> list[Terms]:
        """Coaches with the same seats, prices and days, whatever their base, are one kind."""
        found: dict[Key, list[CoachType]] = defaultdict(list)
        for c in self.problem.coaches:
            prices = c.fixed_fen, c.km_fen, c.hour_fen, c.seat_fen
            found[(c.role, c.seats, *prices, c.first_day, c.last_day)].append(c)
        return [
            Terms(some[0], sum(c.available_per_day for c in some), {c.base for c in some}) for some in found.values()
        ]

    def hire(self, first: int, last: int, role: Role) -> list[tuple[int, float]]:
        """(kind, fen) of every coach that may drive from one stop to another."""
        if (first, last, role) not in self.quotes:
            km, hours = self.metres[first, last] / 1000, self.minutes[first, last] / 60
            self.quotes[first, last, role] = [
                (k, c.fixed_fen + c.km_fen * km + c.hour_fen * hours)
                for k, terms in enumerate(self.terms)
                if (c := terms.coach).role in (Role.ANY, role) and any(self._near(base, first) for base in terms.bases)
            ]
        return self.quotes[first, last, role]

    def _near(self, base: int, stop: int) -> bool:
        stops = self.problem.stops
        return great_circle_m(stops[base].position, stops[stop].position) <= self.problem.coach_base_m

    def seat(self, first: int, last: int, role: Role, heads: int) -> float:
        """Fen a head of the cheapest coach for so many people, infinite where nobody drives."""
        quotes = ((fen, self.terms[k].coach) for k, fen in self.hire(first, last, role))
        return min((fen / min(c.seats, heads) + c.seat_fen for fen, c in quotes), default=float("inf"))

    def least_fare(self, first: int, last: int, role: Role) -> int:
        """The seat price that every coach asks at least."""
        return min((self.terms[k].coach.seat_fen for k, _ in self.hire(first, last, role)), default=0)

    def direct_paths(self, cohort: Alike, company: Sequence[int]) -> Iterator[Way]:
        access, gate, release, due, barred = cohort
        if Mode.COACH in barred:
            return
        hours = self.problem.stops[gate].hours or ALWAYS
        for a, heads in zip(access, company, strict=True):
            minutes = int(self.minutes[a, gate])
            time_fen = self.minute_fen * minutes
            for day in range(release // DAY_MIN, due // DAY_MIN + 1):
                # the last arrival that is open, of a coach that leaves within the day
                latest = hours.previous_open(min(due, (day + 1) * DAY_MIN - 1 + minutes))
                if latest - minutes < max(release, day * DAY_MIN):
                    continue
                fen = time_fen + self.least_fare(a, gate, Role.TRUNK)
                ranked = time_fen + self.seat(a, gate, Role.TRUNK, heads)
                yield Way(fen, ranked, ((Role.TRUNK, a, gate, day),), -1)

    def possible(self, cohort: Alike) -> tuple[Ints, Ints, Ints]:
        """Rides that get a cohort to its gate in time, when it is there, and how long before each it must leave each
        stop, shape (rides, stops); a ride that it cannot board in time anywhere is not among them.
        """
        access, gate, release, due, barred = cohort
        legs, stops = self.legs, np.array(access, np.int64)
        coach = Mode.COACH not in barred
        after = np.where(legs.destination == gate, 0, legs.after + self.minutes[legs.destination, gate])
        near = np.flatnonzero((legs.arrives + after <= due) & (legs.departs >= release))
        at_gate = self.opens(gate, legs.arrives[near] + after[near])
        there = legs.destination[near] == gate
        possible = (at_gate <= due) & np.where(there, at_gate == legs.arrives[near], coach)
        if Mode.FLIGHT in barred:
            possible &= legs.flight[near] == 0
        if Mode.TRAIN in barred:
            possible &= legs.flight[near] == 1
        near, at_gate = near[possible], at_gate[possible]
        own = legs.origin[near, None] == stops
        before = np.where(own, 0, legs.before[near, None] + self.minutes[stops][:, legs.origin[near]].T)
        before[~own & (not coach)] = NEVER
        boards = (legs.departs[near, None] - before >= release).any(axis=1)
        return near[boards], at_gate[boards], before[boards]

    def ride_paths(self, cohort: Alike, most: int, by_stop: Sequence[int], at_gate_heads: int) -> Iterator[Way]:
        """The cheapest rides with feeder and last mile."""
        access, gate, release, _, _ = cohort
        rides, at_gate, before = self.possible(cohort)
        starts = self.legs.departs[rides, None] - before
        minutes = at_gate[:, None] - starts
        cost = self.minute_fen * minutes + self.share[rides, None]
        cost += self._seats(self.legs.destination[rides], gate, Role.LAST_MILE, at_gate_heads, False)[:, None]
        for column, (stop, heads) in enumerate(zip(access, by_stop, strict=True)):
            cost[:, column] += self._seats(self.legs.origin[rides], stop, Role.FEEDER, heads, True)
        cost[starts < release] = np.inf
        order = np.argsort(cost, axis=None, kind="stable")[:most]
        for i, j in zip(*np.unravel_index(order, cost.shape), strict=True):
            if np.isfinite(cost[i, j]):
                yield self._ride(int(rides[i]), access[j], gate, float(minutes[i, j]), float(cost[i, j]))

    def _ride(self, leg: int, stop: int, gate: int, minutes: float, ranked: float) -> Way:
        departs, arrives = int(self.legs.departs[leg]), int(self.legs.arrives[leg])
        origin, destination = int(self.legs.origin[leg]), int(self.legs.destination[leg])
        fen = self.minute_fen * minutes + self.problem.departures[int(self.legs.vehicle[leg])].seat_fen
        coaches: list[Key] = []
        if stop != origin:
            coaches.append((Role.FEEDER, stop, origin, departs - int(self.legs.before[leg])))
            fen += self.least_fare(stop, origin, Role.FEEDER)
        if destination != gate:
            coaches.append((Role.LAST_MILE, destination, gate, arrives + int(self.legs.after[leg])))
            fen += self.least_fare(destination, gate, Role.LAST_MILE)
        return Way(fen, ranked, tuple(coaches), leg)

    def _seats(self, stations: Ints, place: int, role: Role, heads: int, to_station: bool) -> Floats:
        """``seat`` between each station and a place; 0 where they are the same."""
        found, where = np.unique(stations, return_inverse=True)
        pairs = [(place, s) if to_station else (s, place) for s in found.tolist()]
        fen = [0.0 if a == b else self.seat(a, b, role, heads) for a, b in pairs]
        return np.array(fen, float)[where]

    def opens(self, gate: int, at: Ints) -> Ints:
        """The first minutes from ``at`` on when a gate is open."""
        hours = self.problem.stops[gate].hours or ALWAYS
        minutes, where = np.unique(at, return_inverse=True)
        return np.array([hours.next_open(m) for m in minutes.tolist()], np.int64)[where]

    def paths(self, cohort: Alike) -> list[Way]:
        """The paths kept."""
        by_stop, to_gate, at_gate = self.company(cohort)
        direct = sorted(self.direct_paths(cohort, to_gate), key=lambda path: path.ranked)[: self.kept // 4]
        direct = [path for path in direct if path.ranked < float("inf")]
        return [*direct, *self.ride_paths(cohort, self.kept - len(direct), by_stop, at_gate)]

    def _write(self) -> None:
        rows = self.rows
        aboard: dict[Key, list[int]] = defaultdict(list)
        riding: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for cohort, heads in self.cohorts.items():
            covering = [rows.column(UNSERVED, heads, integer=True)]
            self.left += covering
            self.direct.append([])
            for path in self.paths(cohort):
                x = rows.column(path.fen / 100, heads, integer=True)
                covering.append(x)
                if path.leg < 0:
                    self.direct[-1].append((x, path))
                for key in path.coaches:
                    aboard[key].append(x)
                if path.leg >= 0:
                    riding[int(self.legs.vehicle[path.leg])].append((path.leg, x))
            rows.row(covering, [1.0] * len(covering), heads, heads)
        self._coaches(aboard)
        for departure, on in riding.items():
            self._vehicle(departure, on)

    def _coaches(self, aboard: dict[Key, list[int]]) -> None:
        """Seats of coaches, and coaches of a day."""
        hired: dict[tuple[int, int], list[int]] = defaultdict(list)
        for (role, first, last, when), people in aboard.items():
            assert isinstance(role, Role) and isinstance(first, int) and isinstance(last, int) and isinstance(when, int)
            columns, values = list(people), [1.0] * len(people)
            start = when - int(self.minutes[first, last]) if role is Role.FEEDER else when
            day = when if role is Role.TRUNK else start // DAY_MIN
            for k, fen in self.hire(first, last, role):
                quote = self.terms[k].coach
                if quote.first_day <= day <= quote.last_day:
                    coaches = self.rows.column(fen / 100, self.terms[k].available, integer=True)
                    hired[k, day].append(coaches)
                    self.fleets.setdefault((role, first, last, when), []).append((k, coaches))
                    columns.append(coaches)
                    values.append(-float(quote.seats))
            self.rows.row(columns, values, -np.inf, 0.0)
        for (k, _), together in hired.items():
            self.rows.row(together, [1.0] * len(together), -np.inf, self.terms[k].available)

    def _vehicle(self, departure: int, on: Sequence[tuple[int, int]]) -> None:
        """Seats of a departure call by call, its hire and its minimum."""
        d = self.problem.departures[departure]
        hired = self.rows.column(d.fixed_fen / 100, d.copies, integer=True)
        for segment in range(len(d.calls) - 1):
            here = [x for leg, x in on if self.legs.first[leg] <= segment <= self.legs.last[leg]]
            if here:
                self.rows.row([*here, hired], [*[1.0] * len(here), -float(d.seats)], -np.inf, 0.0)
        if d.min_passengers > 1:
            people = [x for _, x in on]
            self.rows.row([*people, hired], [*[1.0] * len(people), -float(d.min_passengers)], 0.0, np.inf)

    def start(self) -> dict[int, float]:
        """A plan to start from: each cohort in turn takes the direct line whose cost it raises least."""
        values: dict[int, float] = {}
        aboard: Counter[Key] = Counter()
        used: Counter[tuple[int, object]] = Counter()
        hired: dict[Key, tuple[int, int, int]] = {}  # kind, column, coaches
        for left, heads, lines in zip(self.left, self.cohorts.values(), self.direct, strict=True):
            ways = []
            for x, path in lines:
                key = path.coaches[0]
                own = hired.get(key)
                before = own[2] * self.rows.cost[own[1]] if own else 0.0
                for k, column in self.fleets.get(key, ()):
                    count = -(-(aboard[key] + heads) // self.terms[k].coach.seats)
                    free = self.terms[k].available - used[k, key[3]] + (own[2] if own and own[0] == k else 0)
                    if count <= free:
                        money = count * self.rows.cost[column] - before + heads * self.rows.cost[x]
                        ways.append((money, x, key, (k, column, count)))
            if not ways:
                values[left] = heads
                continue
            _, x, key, now = min(ways, key=lambda way: way[0])
            if (own := hired.get(key)) is not None:
                used[own[0], key[3]] -= own[2]
            used[now[0], key[3]] += now[2]
            values[x], hired[key] = heads, now
            aboard[key] += heads
        return values | {column: float(count) for _, column, count in hired.values()}


def solved(config: Path, kept: int, solver: str, seconds: float) -> Solved:
    """Write the model and solve it; runs in a process of its own."""
    problem, _ = problem_of(config)
    start = time.monotonic()
    model = Monolith(problem, kept)
    wrote = time.monotonic()
    if solver == "highs":
        answer = by_highs(model.rows, seconds)
    else:
        answer = by_model_builder(model.rows, model.start(), solver, seconds)
    took = time.monotonic() - wrote
    nowhere = sum(d.party_size * len(d.parties) for d in problem.demands if not d.access)
    left = round(float(answer.values[model.left].sum())) if len(answer.values) else problem.heads - nowhere
    sizes = len(model.rows.cost), len(model.rows.row_low)
    return Solved(
        answer.status,
        answer.objective,
        answer.bound,
        left + nowhere,
        nowhere,
        *sizes,
        round(wrote - start, 1),
        round(took, 1),
    )


def by_model_builder(rows: Rows, start: Mapping[int, float], solver: str, seconds: float) -> Answer:
    """What a solver of OR-Tools finds from a plan that it is told of."""
    model = mb.Model()
    low, high = np.array(rows.row_low), np.array(rows.row_high)
    zero, upper = np.zeros(len(rows.cost)), np.array(rows.upper)
    model.helper.fill_model_from_sparse_data(zero, upper, np.array(rows.cost), low, high, rows.matrix())
    for column in np.flatnonzero(rows.integer).tolist():
        model.helper.set_var_integrality(column, True)
    for column in range(len(rows.cost)):
        model.helper.add_hint(column, float(start.get(column, 0.0)))
    engine = mb.Solver(solver)
    engine.set_time_limit_in_seconds(seconds)
    status, nothing = STATUS[engine.solve(model)], np.zeros(0)
    if status is Status.NO_SOLUTION:
        return Answer(status, nothing, nothing, float("inf"), float("-inf"))
    values = np.asarray(engine.values(model.get_variables()))
    return Answer(status, values, nothing, float(np.array(rows.cost) @ values), float(engine.best_objective_bound))


def by_highs(rows: Rows, seconds: float) -> Answer:
    """What HiGHS finds through SciPy; the incumbent where time is up."""
    limits = LinearConstraint(rows.matrix(), np.array(rows.row_low), np.array(rows.row_high))
    bounds = Bounds(np.zeros(len(rows.cost)), np.array(rows.upper))
    found = milp(
        np.array(rows.cost),
        integrality=rows.integer,
        bounds=bounds,
        constraints=limits,
        options={"time_limit": seconds},
    )
    nothing = np.zeros(0)
    if found.x is None:
        return Answer(Status.NO_SOLUTION, nothing, nothing, float("inf"), float("-inf"))
    status = Status.OPTIMAL if found.status == 0 else Status.FEASIBLE
    return Answer(status, np.asarray(found.x), nothing, float(found.fun), float(found.mip_dual_bound))


def ours(case: Case, config: Path, rows: dict[Case, Row]) -> Row:
    """This project's row, kept or measured now."""
    if case not in rows:
        rows[case] = apart(None, measure, case, config, called(), False)
    return rows[case]


def compared(cases: Iterable[Case], solvers: Sequence[str], kept: int, rows: dict[Case, Row]) -> Iterator[list[str]]:
    """A line of the table for each case and solver."""
    with tempfile.TemporaryDirectory() as room:
        if unknown := [c.heads for c in cases if c not in rows]:
            warm_up(max(unknown), Path(room))
        for case in cases:
            config = generate(case, Path(room))
            row = ours(case, config, rows)
            yield our_cells(row)
            for solver in solvers:
                try:
                    found = apart(60 + GRACE * case.seconds, solved, config, kept, solver, case.seconds)
                except LostError as lost:
                    yield [*case_cells(case), SOLVERS[solver], str(lost), *[""] * 8]
                else:
                    yield cells(case, SOLVERS[solver], found, row)


HEADS = ["province", "people", "limit s", "solver", "status", "served", "cost", "of dispatch's", "bound", "gap"]
HEADS += ["columns", "rows", "took s"]


def case_cells(case: Case) -> list[str]:
    return [case.province, f"{case.heads:,}", f"{case.seconds:g}"]


def our_cells(row: Row) -> list[str]:
    money = [f"{row.cost_fen / 100:,.0f}", "1.00", f"{row.bound_fen / 100:,.0f}", f"{row.gap:.1%}"]
    return [*case_cells(row.case), "dispatch", "feasible", f"{row.served:,}", *money, "", "", f"{row.wall_s:.0f}"]


def cells(case: Case, solver: str, found: Solved, row: Row) -> list[str]:
    size = [f"{found.columns:,}", f"{found.rows:,}", f"{found.took_s:.0f}"]
    if found.status is Status.NO_SOLUTION:
        return [*case_cells(case), solver, "no solution", "0", "", "", "", "", *size]
    # people left out are in the model's objective and bound, and taken off what is shown of the cost
    cost = found.objective - UNSERVED * (found.left_out - found.nowhere)
    gap = 1 - found.bound / found.objective
    of_ours = f"{100 * cost / row.cost_fen:.2f}" if case.heads - found.left_out == row.served else ""
    money = [f"{cost:,.0f}", of_ours, f"{found.bound:,.0f}", f"{gap:.1%}"]
    return [*case_cells(case), solver, str(found.status), f"{case.heads - found.left_out:,}", *money, *size]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", nargs="+", type=int, default=[1_000, 5_000])
    parser.add_argument("--provinces", nargs="+", default=["14", "52"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--solvers", nargs="+", choices=list(SOLVERS), default=list(SOLVERS))
    parser.add_argument("--paths", type=int, default=40)
    parser.add_argument("--ours", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    if not GENERATOR.exists():
        print(f"{GENERATOR.name} is not here: skipped; name its folder in DISPATCH_BENCH_DATA", file=sys.stderr)
        return
    cases = [Case(p, heads, asked.seed, asked.days, asked.seconds) for heads in asked.heads for p in asked.provinces]
    lines = []
    for line in compared(cases, asked.solvers, asked.paths, read_rows(asked.ours)):
        lines.append(line)
        print(" ".join(line), file=sys.stderr, flush=True)
    text = f"`{called()}`, on {machine('ortools', 'scipy')}; {asked.paths} paths a cohort.\n\n{table(HEADS, lines)}"
    print(text)
    if asked.write:
        put("monolith", text)


if __name__ == "__main__":
    main()
