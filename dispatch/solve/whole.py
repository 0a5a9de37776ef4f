"""The whole plan in one call: construct, ruin and recreate, let OR-Tools choose among the loads found, prove a
bound.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.model.problem import Problem, SolveResult
from dispatch.solve.assignment import Choice, Pool, choose, rebuild
from dispatch.solve.bound import WholePlanBound
from dispatch.solve.compile import compile_instance
from dispatch.solve.feedback import groups, routed_loads, warm_up
from dispatch.solve.insertion import fill_solo, new_head
from dispatch.solve.instance import COACH_LEAST, FIXED, LEAST, SEATS, SIZE, VEHICLE, Alike, Compiled, Ints, Unit, alike
from dispatch.solve.linear import Status
from dispatch.solve.moves import accept, new_journal, plan_value, settle
from dispatch.solve.options import LeastCosts
from dispatch.solve.ranking import AMORTISED, Mood
from dispatch.solve.reasons import Reason, Reasons
from dispatch.solve.result import extract
from dispatch.solve.search import (
    SHORT_FEN,
    UNSERVED_FEN,
    anneal,
    copy_state,
    neighbours,
    recreate,
    seed_random,
    take_all,
    try_opening,
)
from dispatch.solve.state import (
    ABOARD,
    FINAL_LINES,
    KIND,
    MEMBER,
    MEMBERS,
    PEOPLE,
    RIDE,
    RIDERS,
    START,
    TYPE,
    UNSERVED,
    WAY,
    new_draft,
    new_state,
)

FEW_HEADS = 2_000
OPTIONS_FEW, OPTIONS = 600, 300  # trunk legs kept for a unit, of few people and of many
FEW_UNITS = 250  # up to so many units the search starts anew from several first plans
BATCH_S = 0.2
LEAST_BATCH = 20  # rounds: of fewer, what surrounds them would take the most time in a large instance
RUIN_MOST = 14  # units aimed at in a round, at most
WITHOUT_LINES = 0.2  # of the repairs that pass over direct coaches
# price of a person missing to the minimum of a train or flight: low at first, so that one may fill up bit by bit
SHORT_FIRST, SHORT_LAST, SHORT_UNTIL = 10_000.0, 200_000.0, 0.6
FILLS = (0.5, 0.9, 0.25)  # of their seats that coaches opened for the first plans are expected to fill
THIN_FILL = 0.25  # the same, for feeders and last miles of a plan without direct coaches
FIRST_FILL = 0.5  # of its seats that a coach opened for the first plan is expected to fill
OPENINGS_TRIED = 400  # trains and flights offered to all whom they could carry, in a first plan
PATIENT_S = 120.0  # that OR-Tools may take when rounds are the limit, so that no clock decides but in the extreme
SEARCH_SHARE = 0.7  # of the time limit, with what is fed back in it; the rest is the bound's and the assignment's
FED_BACK = 0.7  # of the search, after which its coaches are routed anew and OR-Tools chooses for the first time
REROUTING_SHARE = 0.08  # of the time limit
REROUTING_ROUNDS = 200  # of a group, where rounds are the limit
GROUPS_REROUTED = 12
LEAST_REROUTE_S = 0.3
MANY_LINES_HEADS = 250  # fewer people fill no six direct coaches
BOUND_SHARE = 0.2  # of the time limit, for the prices of the bound
ASSIGNMENT_SHARE = 0.2  # of the time limit, for OR-Tools over the pool
WARM, COLD = 0.3, 0.003  # first and last temperature, in shares of the mean value of a unit


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: seconds, or rounds (> 0) for a plan that comes out the same on every run; ``gap`` proven is
    enough.
    """

    time_limit_s: float
    rounds: int = 0
    seed: int = 1
    threads: int = 2
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: stage, seconds, best cost and bound in fen (cost -1 before the first plan)."""

    stage: str
    elapsed_s: float
    cost_fen: int
    bound_fen: int


Report = Callable[[Progress], None]


class _Search:
    """One search: its instance, the current and the best state, and the pool of loads seen."""

    def __init__(self, compiled: Compiled, seed: int, out_of_reach: int = 0) -> None:
        self.out_of_reach = out_of_reach
        self.compiled = compiled
        self.x = compiled.instance
        units = len(compiled.units)
        self.slots = min(2 * units + 16, 4_000 + int(self.x.unit[:, SIZE].sum()) // 6)
        self.state = new_state(self.x, self.slots)
        self.best = new_state(self.x, self.slots)
        self.journal = new_journal(self.state)
        self.draft, self.head = new_draft(), new_head()
        self.pool = Pool()
        fill_solo(self.x, self.state, self.draft, self.head)
        seed_random(seed)
        self.near = neighbours(self.x)
        self.value = self.best_value = float("inf")
        self.soft = True  # whether minimums still have a price that plans may pay

    def construct(self, fill: float = FIRST_FILL, lines: int = 1) -> None:
        """A plan from nothing, openings amortised over coaches filled to ``fill`` of their seats; without direct
        coaches where ``lines`` is 0, and then below the minimums of trains and flights too.
        """
        self.soft = True
        copy_state(new_state(self.x, self.slots), self.state)
        everybody = np.arange(len(self.x.unit))
        mood = Mood(AMORTISED, -1, -1, fill, 0.0, lines, SHORT_FEN if lines else SHORT_FIRST)
        recreate(self.x, self.state, self.journal, self.draft, self.head, everybody, len(everybody), mood, 2)
        accept(self.journal)
        self._measure()

    def _measure(self) -> None:
        self.value = plan_value(self.x, self.state, UNSERVED_FEN, SHORT_FEN)
        if self.value < self.best_value:
            self.best_value = self.value
            copy_state(self.state, self.best)

    def improve(self, rounds: int, done: float, without: float = WITHOUT_LINES) -> None:
        """So many rounds; ``done`` in [0, 1] sets the temperature."""
        mean = max(1.0, plan_value(self.x, self.state, 0.0, 0.0)) / max(1, len(self.x.unit))
        temperature = mean * WARM * (COLD / WARM) ** done
        most = max(2, min(RUIN_MOST, len(self.x.unit) // 4))
        short = SHORT_FEN if done > SHORT_UNTIL else SHORT_FIRST * (SHORT_LAST / SHORT_FIRST) ** (done / SHORT_UNTIL)
        if self.soft and done > SHORT_UNTIL:
            self.soft = False
            self._close_short()
            accept(self.journal)
        self.value = plan_value(self.x, self.state, UNSERVED_FEN, short)
        self.value, self.best_value = anneal(
            self.x, self.state, self.best, self.journal, self.draft, self.head, self.near, rounds, temperature,
            self.value, self.best_value, most, without, short,
        )  # fmt: skip
        self.pool.collect(self.state)

    def open_vehicles(self) -> None:
        """Offer every train and flight that must be hired to all whom it could carry, the largest first."""
        n = len(self.x.unit)
        units, extra = np.zeros(2 * n + 1, np.int64), np.zeros(RIDERS, np.int64)
        dirty = np.zeros(4 * self.slots, np.int64)
        wanted = np.unique(self.x.leg[self.x.option, VEHICLE]) if len(self.x.option) else np.zeros(0, np.int64)
        hired = wanted[self.x.vehicle[wanted, FIXED] + self.x.vehicle[wanted, LEAST] > 0]
        for v in hired[np.argsort(-self.x.vehicle[hired, SEATS], kind="stable")][:OPENINGS_TRIED].tolist():
            if self.state.vehicle[v, ABOARD] == 0:
                self.value = try_opening(
                    self.x, self.state, self.journal, self.draft, self.head, v, self.value, units, dirty, extra
                )
        self._measure()

    def left_units(self) -> list[Unit]:
        """Units the best plan leaves out."""
        return [self.compiled.units[u] for u in np.flatnonzero(self.best.unit[:, WAY] == UNSERVED).tolist()]

    @property
    def served_value(self) -> float:
        """Generalised cost of the best plan in fen, without the price of people left out."""
        return float(self.best_value - UNSERVED_FEN * (self.left_out - self.out_of_reach))

    @property
    def left_out(self) -> int:
        """People the best plan leaves out, those without any boarding stop included."""
        return self.out_of_reach + int(self.x.unit[self.best.unit[:, WAY] == UNSERVED, SIZE].sum())

    def assign(self, time_limit_s: float) -> Choice | None:
        """Let OR-Tools choose among the pool's loads; its plan replaces the best one where it is better."""
        self.pool.collect(self.best)
        choice = choose(self.x, self.pool, self.best, time_limit_s)
        rebuilt = rebuild(self.x, choice, self.slots) if choice is not None else None
        if rebuilt is not None:
            copy_state(rebuilt, self.state)
            self._measure()
        copy_state(self.best, self.state)
        self.value = self.best_value
        return choice

    def reroute(self, problem: Problem, seconds: float, rounds: int, seed: int, clock: Callable[[], float]) -> None:
        """Route coaches of the best plan anew into the pool: as many groups as ``seconds`` allow, or some with
        ``rounds`` each.
        """
        most = GROUPS_REROUTED if rounds else min(GROUPS_REROUTED, int(seconds / LEAST_REROUTE_S))
        ends, found = clock() + seconds, groups(self.x, self.best)[:most]
        for i, group in enumerate(found):
            left = max(LEAST_REROUTE_S, (ends - clock()) / (len(found) - i))
            for load in routed_loads(problem, self.compiled, group, left, rounds, seed):
                self.pool.loads[load] = None

    def finish(self) -> None:
        """Close what stays below its minimum, and give every load its best start and earliest legal schedule."""
        copy_state(self.best, self.state)
        self._close_short()
        self.draft.lines[0] = FINAL_LINES
        for slot in range(int(self.state.top[0])):
            if self.state.coach[slot, KIND] >= 0:
                self._time_again(slot)
        accept(self.journal)
        copy_state(self.state, self.best)
        self.best_value = plan_value(self.x, self.best, UNSERVED_FEN, SHORT_FEN)

    def _time_again(self, slot: int) -> None:
        """The best start and schedule of a load; whoever rides one that cannot be timed so finely is served anew."""
        value, start = self.state.value[slot], int(self.state.coach[slot, START])
        timed = False
        for hint in (-1, start):
            timed = settle(self.x, self.state, self.journal, self.draft, self.head, slot, hint) or timed
            if timed and self.state.value[slot] <= value:
                return
        if not timed:
            riders = self.state.rows[slot, MEMBER : MEMBER + self.state.coach[slot, MEMBERS]].copy()
            self._reinsert(riders, -1)

    def _close_short(self) -> None:
        x, s = self.x, self.state
        for v in self._short():
            self._reinsert(self._riders(v), v)
        # whoever was moved may have opened another short vehicle, or rides a coach below its minimum: these stay behind
        for v in self._short():
            self._take(self._riders(v))
        for slot in range(int(s.top[0])):
            row = s.coach[slot]
            if row[KIND] >= 0 and row[PEOPLE] < x.coach[row[TYPE], COACH_LEAST]:
                self._take(s.rows[slot, MEMBER : MEMBER + row[MEMBERS]].copy())

    def _short(self) -> list[int]:
        aboard = self.state.vehicle[:, ABOARD]
        return np.flatnonzero((aboard > 0) & (aboard < self.x.vehicle[:, LEAST])).tolist()

    def _riders(self, v: int) -> Ints:
        ride = self.state.unit[:, RIDE]
        return np.flatnonzero((ride >= 0) & (self.x.leg[ride, VEHICLE] == v))

    def _reinsert(self, units: Ints, closed: int) -> None:
        gone = self._take(units)
        mood = Mood(AMORTISED, closed, -1, FIRST_FILL, 0.0, 1, SHORT_FEN)
        recreate(self.x, self.state, self.journal, self.draft, self.head, gone, len(gone), mood, 1)

    def _take(self, units: Ints) -> Ints:
        n = len(self.x.unit)
        listed = np.zeros(2 * n + 1, np.int64)
        listed[: len(units)] = units
        dirty, extra = np.zeros(4 * self.slots, np.int64), np.zeros(RIDERS, np.int64)
        count = take_all(self.x, self.state, self.journal, self.draft, self.head, listed, len(units), dirty, extra)
        return listed[:count]


def solve(
    problem: Problem,
    limits: Limits,
    report: Report = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> SolveResult:
    """A plan for everybody who can be carried, its proven lower bound and the reason for each person left out."""
    start = clock()
    report(Progress("prepare", 0.0, -1, -1))
    least = LeastCosts(problem)
    pricing_s = math.inf if limits.rounds else limits.time_limit_s * BOUND_SHARE
    bound = WholePlanBound(problem, least, pricing_s, clock)
    search = _begin(problem, least, limits)
    rounds, choice = 0, None
    if search.compiled.units:
        rounds, choice = _search(problem, search, bound, limits, report, clock, start)
        search.finish()
    proven = bound.value(search.left_out)
    value = round(search.served_value)
    trunk = (round(choice.objective), round(choice.bound)) if choice else (value, proven.value_fen)
    status = _status(choice, search.left_out == proven.unserved, value <= proven.value_fen)
    reasons = _reasons(problem, least, search)
    return extract(problem, search.compiled, search.best, proven, value, trunk, status, reasons, rounds)


def _begin(problem: Problem, least: LeastCosts, limits: Limits) -> _Search:
    """A search with its first plan; units of which that plan leaves some out fall apart into their parties."""
    few = problem.heads <= FEW_HEADS
    alone: frozenset[Alike] = frozenset()
    while True:
        compiled = compile_instance(problem, least, 6 if few else 12, OPTIONS_FEW if few else OPTIONS, alone)
        search = _Search(compiled, limits.seed, _out_of_reach(problem))
        if not compiled.units:
            return search
        search.construct()
        search.open_vehicles()
        divided = frozenset(alike(problem.demands[u.demand]) for u in search.left_units() if len(u.members) > 1)
        if not divided:
            return search
        alone |= divided


def _search(
    problem: Problem,
    search: _Search,
    bound: WholePlanBound,
    limits: Limits,
    report: Report,
    clock: Callable[[], float],
    start: float,
) -> tuple[int, Choice | None]:
    """Anneal, from several first plans where the instance is small; coaches are routed anew and OR-Tools chooses among
    all loads seen, once on the way, from where the search goes on, and once in the end.
    """
    # what is not compiled yet is compiled here, which is no part of the time to search
    search.improve(0, 0.0)
    if problem.heads >= MANY_LINES_HEADS:
        warm_up()
    few = problem.heads <= FEW_HEADS
    if not few:
        # many people fill trains that a plan made of direct coaches would never come to use
        search.construct(THIN_FILL, 0)
    began, rounds, batch, phase, fed = clock(), 0, 20, 0, False
    patience = PATIENT_S if limits.rounds else limits.time_limit_s * ASSIGNMENT_SHARE / 2
    fills = FILLS if len(search.x.unit) <= FEW_UNITS else FILLS[:1]
    while True:
        done = rounds / limits.rounds if limits.rounds else (clock() - began) / (SEARCH_SHARE * limits.time_limit_s)
        proven = bound.value(search.left_out).value_fen
        report(Progress("search", clock() - start, round(search.served_value), proven))
        if done >= 1 or 1 - proven / max(1.0, search.served_value) <= limits.gap:
            return rounds, search.assign(patience)
        if not fed and few and done >= FED_BACK:
            fed = True
            rerouting = REROUTING_SHARE * limits.time_limit_s
            search.reroute(problem, rerouting, REROUTING_ROUNDS if limits.rounds else 0, limits.seed, clock)
            search.assign(patience)
        if int(done * len(fills)) > phase:
            phase = int(done * len(fills))
            search.construct(fills[phase])
            search.open_vehicles()
        before = clock()
        part = min(1.0, done * len(fills) - phase)
        search.improve(min(batch, limits.rounds - rounds) if limits.rounds else batch, part)
        rounds += batch
        if not limits.rounds:
            batch = max(LEAST_BATCH, min(100_000, round(batch * min(4.0, BATCH_S / max(1e-4, clock() - before)))))


def _out_of_reach(problem: Problem) -> int:
    return sum(d.party_size * len(d.parties) for d in problem.demands if not d.access)


def _status(choice: Choice | None, all_carried: bool, proven: bool) -> dict[str, str]:
    """Each stage's status; leaving people out is proven best only where nobody beyond the bound's count is left out."""
    return {
        "unserved": str(Status.OPTIMAL if all_carried else Status.FEASIBLE),
        "trunk_unserved": str(choice.unserved_status if choice else Status.FEASIBLE),
        "trunk": str(choice.status if choice else Status.FEASIBLE),
        "routing": str(Status.FEASIBLE),
        "whole_plan": str(Status.OPTIMAL if proven and all_carried else Status.FEASIBLE),
    }


def _reasons(problem: Problem, least: LeastCosts, search: _Search) -> dict[int, Reason]:
    """Why each unit that is left out stays, by unit."""
    left = np.flatnonzero(search.best.unit[:, WAY] == UNSERVED).tolist()
    units, reasons = search.compiled.units, Reasons(problem, least)
    known = {d: reasons.of(problem.demands[d]) for d in {units[u].demand for u in left}}
    return {u: known[units[u].demand] for u in left}
