"""The whole plan in one call: construct, ruin and recreate, let OR-Tools choose among the loads found, prove a
bound.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from dispatch.model.problem import PreviousPlan, Problem, SolveResult
from dispatch.solve.assignment import Choice, Pool, choose, rebuild
from dispatch.solve.charters import charters
from dispatch.solve.compile import compile_instance
from dispatch.solve.engine import Engine, InThreads
from dispatch.solve.explain import explained
from dispatch.solve.feedback import groups, routed_loads
from dispatch.solve.instance import SIZE, Compiled, Instance, Ints, Unit, largest_unit, pack_units, split_units
from dispatch.solve.linear import Status
from dispatch.solve.local_search import LocalSearch
from dispatch.solve.opening import Market, rides
from dispatch.solve.options import LeastCosts
from dispatch.solve.parts import Outlook, Parts
from dispatch.solve.proof import Proof
from dispatch.solve.refine import refined, refined_loads
from dispatch.solve.reseat import Reseating
from dispatch.solve.result import extract
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.snapshot import Snapshot, cost, empty, snapshot_of, state_of
from dispatch.solve.stagger import staggered
from dispatch.solve.starts import limited
from dispatch.solve.state import UNSERVED, WAY, State, final_lines
from dispatch.solve.task import Effort
from dispatch.solve.warm import warm_start

FEW_HEADS = 2_000
OPTIONS = ((FEW_HEADS, 1_500), (10_000, 1_200), (50_000, 600), (200_000, 150), (1 << 62, 60))  # legs of a unit
EXPRESS_OPTIONS = 100  # kept for the first plan, at most
UNIT_HEADS = 20_000  # people in the operation for each person in its largest units, which hold 12 at least
SHARED_HEADS = 100  # of fewer, another process would take longer to start than they need
APART_HEADS = 600  # of fewer people units are apart from the start
REFINED = 0.5  # of the search, after which units fall apart
REFINED_HEADS = 50_000  # of more people only those left out do
LEFT_AGAIN = 0.85  # of the search, after which whoever is left out is tried party by party
FEW_UNITS = 250  # up to so many units the search starts anew from several first plans
OUTLOOKS = (Outlook(0.7, 1.5, 1.4), Outlook(0.7, 1.0, 1.0), Outlook(0.7, 2.0, 1.6), Outlook(0.4, 1.3, 1.6))
TRIAL_DONE = (0.4, 0.9)  # how far the search counts as come while a first plan is tried
TRIAL_SHARE, TRIAL_MOST_S, TRIAL_MOST_ROUNDS = 0.04, 5.0, 2_000  # of the search for each first plan, and at most
MANY_UNITS = 3_000  # of which more have two outlooks only
HUGE_UNITS = 30_000  # of which more go on from the express plan
PATIENT_S = 120.0  # that OR-Tools may take when rounds are the limit, so that no clock decides but in the extreme
FED_BACK = 0.7  # of the search, after which its coaches are routed anew and OR-Tools chooses for the first time
REROUTING_SHARE = 0.08  # of the time limit
REROUTING_ROUNDS = 200  # of a group, where rounds are the limit
GROUPS_REROUTED = 12
LEAST_REROUTE_S = 0.3
LEAST_SHARE = 0.3  # of the time limit that is left for the search where the preparation took long
FINISHING_S, FINISHED_HEADS = 2.0, 5_000  # that finishing a plan takes, and people for each second more
FINISHING_SHARE = 0.1  # of the time limit at most
BOUND_SHARE = 0.5  # of the time limit at most, for the prices of the bound, beside the search
ASSIGNMENT_SHARE = 0.1  # of the time limit, for each choice of OR-Tools over the pool
LONGER, LONGER_S = 3.0, 1.0  # times, and seconds, that its second choice may take longer than the first
POOLED_UNITS = 3_000  # up to so many units OR-Tools is asked to choose among the loads seen
PROGRAM_SHARE, PROGRAM_MOST_S = 0.05, 10.0  # of the time limit for the program that opens charters, and at most
RESEATED = 3  # everybody may change seats after every so many turns of the parts
WARM_FROM = 0.8  # of the way from hot to cold: hotter, the search would forget the plan it begins from
EPOCHS = 12  # times at least that the processes hand back what they found, where rounds are the limit
EPOCH_S = 2.0  # for each unit of work of a process, where seconds are


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: seconds, or rounds (> 0) for a plan that comes out the same on every run; ``gap`` proven is
    enough. In the folder ``kept`` what the processes found is kept, where rounds are the limit, and read again.
    """

    time_limit_s: float
    rounds: int = 0
    seed: int = 1
    threads: int = 2
    gap: float = 0.0
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: stage, seconds, best cost and bound in fen (cost -1 before the first plan)."""

    stage: str
    elapsed_s: float
    cost_fen: int
    bound_fen: int


Report = Callable[[Progress], None]
Closed = TypeVar("Closed")


class _Search:
    """One search: its instance, the current and the best plan, and the pool of loads seen."""

    def __init__(
        self, compiled: Compiled, limits: Limits, out_of_reach: int = 0, party_size: Sequence[int] = ()
    ) -> None:
        self.out_of_reach, self.party_size = out_of_reach, party_size
        self.compiled = compiled
        self.x = compiled.instance
        self.current = self.best = empty(len(compiled.units))
        self.value = self.best_value = math.inf
        self.pool = Pool()
        self.parts = Parts(self.x, limits.threads, limits.seed)
        self.seed, self.lines = limits.seed, 1
        self.first: Snapshot | None = None
        self.unrefined = compiled
        self.rounds, self.begun = 0, False
        self.went_back = False  # to the express plan, in the end

    def express(self, threads: int) -> None:
        """A first plan within seconds, by this process alone."""
        nothing = Effort(0, 0.0, (0.0, 0.0))
        self.best = self.parts.begin(InThreads(self.x, threads), OUTLOOKS[:1], nothing, closes=True)
        self.current = self.first = self.best
        self.best_value = self.value = cost(self.x, self.best, UNSERVED_FEN, SHORT_FEN)

    def look_closer(self, compiled: Compiled) -> None:
        """The same units with other trunk legs to choose from; the plan stays."""
        solo = self.parts.solo
        self.compiled = self.unrefined = compiled
        self.x = compiled.instance
        self.parts = Parts(self.x, self.parts.processes, self.seed)
        self.parts.solo = solo

    def mend(self) -> None:
        """Go on from the best plan with what is short of its minimum closed, and whoever is left out tried again."""
        local = self._local()
        local.close_short()
        local.serve_left(1)
        self.current = self.best
        self._take(snapshot_of(local.state))

    def _local(self) -> LocalSearch:
        x = self.x if self.parts.solo is None else self.x._replace(solo=self.parts.solo)
        return LocalSearch(x, self.state(), len(x.unit), 1)

    def refine(self, engine: Engine, problem: Problem, least: LeastCosts, all_of_them: bool) -> None:
        """Let units fall apart: those left out into their parties, all others by what their people may do."""
        alone = set(np.flatnonzero(self.best.way[:, WAY] == UNSERVED).tolist())
        units = split_units(problem, self.compiled.units, alone, all_of_them)
        if len(units) == len(self.compiled.units):
            return
        compiled = _compiled(problem, least, units)
        plan = refined(self.compiled, compiled, self.best)
        if plan is None:
            return
        seen = refined_loads(self.compiled, compiled, self.parts.seen)
        x, pool = compiled.instance, Pool()
        parts = Parts(x, self.parts.processes, self.seed + self.parts.turn, seen)
        engine.take(x)
        value = cost(x, plan, UNSERVED_FEN, SHORT_FEN)
        # at once, so that Ctrl-C finds a plan and an instance that belong together
        self.compiled, self.x, self.pool, self.parts, self.best, self.best_value = compiled, x, pool, parts, plan, value
        self._take(plan)

    def begin(
        self,
        engine: Engine,
        outlooks: Sequence[Outlook],
        effort: Effort,
        meant: Callable[[Instance, Market], Ints] = rides,
    ) -> None:
        """A plan made from nothing, the best of what the outlooks lead to; ``meant`` as in ``Parts.begin``. The express
        plan is not gone on from: it comes back in the end where nothing better was found.
        """
        plan = self.parts.begin(engine, outlooks, effort, meant=meant)
        if not self.begun:
            value = cost(self.x, plan, UNSERVED_FEN, SHORT_FEN)
            self.best, self.best_value, self.begun = plan, value, True
        self._take(plan)
        self.rounds = engine.rounds

    def begin_from(self, plan: Snapshot) -> None:
        """A plan made elsewhere."""
        self._take(plan)

    def advance(self, engine: Engine, effort: Effort) -> int:
        """Every part of the plan improved once by some process; the rounds that took. The best plan is kept."""
        plan, rounds = self.parts.improve(engine, self.current, effort)
        self.rounds = engine.rounds
        self._take(plan)
        return rounds

    def _take(self, plan: Snapshot) -> None:
        self.current, self.value = plan, cost(self.x, plan, UNSERVED_FEN, SHORT_FEN)
        if self.value < self.best_value:
            self.best, self.best_value = plan, self.value
        if len(self.compiled.units) <= POOLED_UNITS:
            self.pool.collect(plan)

    @property
    def served_value(self) -> float:
        """Generalised cost of the best plan in fen, without the price of people left out."""
        return cost(self.x, self.best, 0.0, 0.0)

    @property
    def left_out(self) -> int:
        """People the best plan leaves out, those without any boarding stop included."""
        return self.out_of_reach + int(self.x.unit[self.best.way[:, WAY] == UNSERVED, SIZE].sum())

    def state(self) -> State:
        """The best plan as a state."""
        loads = len(self.best.coach)
        return state_of(self.x, self.best, loads + min(2 * len(self.x.unit), max(2_000, loads // 2)) + 16)

    def assign(self, time_limit_s: float) -> Choice | None:
        """Let OR-Tools choose among the pool's loads; its plan replaces the best one where it is better. None where
        there are too many units for it.
        """
        if len(self.compiled.units) > POOLED_UNITS:
            return None
        self.pool.collect(self.best)
        state = self.state()
        choice = choose(self.x, self.pool, state, time_limit_s)
        rebuilt = rebuild(self.x, choice, state) if choice is not None else None
        if rebuilt is not None:
            self._take(snapshot_of(rebuilt))
        self.current, self.value = self.best, self.best_value
        return choice

    def reroute(self, problem: Problem, seconds: float, rounds: int, seed: int, clock: Callable[[], float]) -> None:
        """Route coaches of the best plan anew into the pool: as many groups as ``seconds`` allow, or some with
        ``rounds`` each.
        """
        most = GROUPS_REROUTED if rounds else min(GROUPS_REROUTED, int(seconds / LEAST_REROUTE_S))
        ends, found = clock() + seconds, groups(self.x, self.state())[:most]
        for i, group in enumerate(found):
            left = max(LEAST_REROUTE_S, (ends - clock()) / (len(found) - i))
            for load in routed_loads(problem, self.compiled, group, left, rounds, seed):
                self.pool.loads[load] = None

    def reseat(self, problem: Problem, late: Callable[[], bool] = lambda: False) -> None:
        """Let people change seats while the best plan's trips stay, until it is ``late``."""
        if late():
            return
        self.current = self.best
        self._take(snapshot_of(Reseating(problem, self.compiled, self.state()).run(late)))
        self.current, self.value = self.best, self.best_value

    def finish(self) -> State:
        """The best plan with all minimums kept, every load at its best times and departures from squares staggered; the
        express plan where that is better.
        """
        state, finished = self._finished()
        if self.first is None or not self.begun:
            return state
        value = cost(self.unrefined.instance, self.first, UNSERVED_FEN, SHORT_FEN)
        if value >= finished - 0.5:
            return state
        self.went_back = True
        self.compiled, self.x, self.best = self.unrefined, self.unrefined.instance, self.first
        self.parts = Parts(self.x, self.parts.processes, self.seed)
        return self._finished()[0]

    def _finished(self) -> tuple[State, float]:
        """The finished plan, and what it cost before anything was staggered."""
        self.lines = final_lines(len(self.best.coach))
        local, compiled = self._local(), self.compiled
        local.finish(self.lines)
        finished = local.best_value
        if limited(self.x):
            compiled, local = staggered(compiled, local, self.party_size)
        plan, value = snapshot_of(local.best), local.best_value
        self.compiled, self.x, self.best, self.best_value = compiled, compiled.instance, plan, value
        return local.best, finished


def solve(
    problem: Problem,
    limits: Limits,
    report: Report = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    previous: PreviousPlan | None = None,
) -> SolveResult:
    """A plan for everybody who can be carried, its proven lower bound and the reason for each person left out.

    The search begins from the ``previous`` plan, where there is one. Ctrl-C ends the search and keeps its best plan.
    """
    start = clock()
    report(Progress("prepare", 0.0, -1, -1))
    processes = limits.threads if problem.heads >= SHARED_HEADS else 1
    units = _units(problem)
    rough = _compiled(problem, LeastCosts(problem, rough=True, threads=processes), units, EXPRESS_OPTIONS)
    sizes = [d.party_size for d in problem.demands]
    search = _Search(rough, replace(limits, threads=processes), _out_of_reach(problem), sizes)
    proof, choice, interrupted = Proof(problem, clock), None, False
    try:
        if units and previous is None:
            search.express(processes)
            report(Progress("search", clock() - start, round(search.served_value), -1))
        with Engine(processes, limits.kept if limits.rounds else None) as engine:
            least = LeastCosts(problem, threads=processes)
            search.look_closer(_compiled(problem, least, units))
            engine.take(search.x)
            if limits.rounds:
                proof.work_out(least)
            else:
                proof.begin(least, limits.time_limit_s * BOUND_SHARE)
            if units:
                if previous is not None:
                    search.begin_from(warm_start(problem, search.compiled, previous, limits.seed))
                choice = _search(
                    problem, search, proof, limits, engine, report, clock, start, least, previous is not None
                )
                search.reseat(problem, lambda: not limits.rounds and clock() - start > limits.time_limit_s)
    except KeyboardInterrupt:
        if search.best_value == math.inf:
            raise
        interrupted = True
        told = proof.value(search.left_out)
        report(Progress("finish", clock() - start, round(search.served_value), told.value_fen))

    def closing(step: Callable[[], Closed], cut_short: Callable[[], Closed]) -> Closed:
        """A last step; the first Ctrl-C cuts it short."""
        nonlocal interrupted
        try:
            return cut_short() if interrupted else step()
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            return cut_short()

    state = closing(search.finish, search.finish) if units else search.state()
    closing(lambda: proof.end(wait=True), lambda: proof.end(wait=False))
    if search.went_back:
        choice = None  # OR-Tools chose among the loads of another plan
    proven = proof.proven(search.left_out)
    value = round(search.served_value)
    trunk = (round(choice.objective), round(choice.bound)) if choice else (value, proven.value_fen)
    status = _status(choice, search.left_out == proven.unserved, value <= proven.value_fen)
    result = explained(
        problem, extract(problem, search.compiled, state, proven, value, trunk, status, search.rounds, search.lines)
    )
    return replace(result, interrupted=interrupted, warm=previous is not None, pruned=proof.pruned)


def _units(problem: Problem) -> tuple[Unit, ...]:
    """Who is moved together: the more people, the more of those who are alike."""
    most = 6 if problem.heads <= FEW_HEADS else max(12, min(problem.heads // UNIT_HEADS, largest_unit(problem)))
    most = min([most, *(s.people_per_hour for s in problem.squares if s.people_per_hour is not None)])
    units = pack_units(problem, most)
    return split_units(problem, units, (), True) if problem.heads <= APART_HEADS else units


def _compiled(problem: Problem, least: LeastCosts, units: tuple[Unit, ...], most: int = 1 << 62) -> Compiled:
    kept = next(kept for heads, kept in OPTIONS if problem.heads <= heads)
    return compile_instance(problem, least, units, min(most, kept))


def _search(
    problem: Problem,
    search: _Search,
    proof: Proof,
    limits: Limits,
    engine: Engine,
    report: Report,
    clock: Callable[[], float],
    start: float,
    least: LeastCosts,
    warm: bool,
) -> Choice | None:
    """Anneal, from several first plans where the instance is small; on the way large units fall apart, and coaches are
    routed anew and OR-Tools chooses among all loads seen, as it does in the end.
    """
    few = problem.heads <= FEW_HEADS
    starts = len(OUTLOOKS) if len(search.x.unit) <= FEW_UNITS else 1
    patience = PATIENT_S if limits.rounds else limits.time_limit_s * ASSIGNMENT_SHARE
    starts = 1 if warm else starts
    program = min(PROGRAM_MOST_S, PROGRAM_SHARE * limits.time_limit_s)

    def meant(x: Instance, prices: Market) -> Ints:
        ride = rides(x, prices)
        patience = PATIENT_S if limits.rounds else program
        return charters(x, prices, ride, patience, clock, limits.rounds > 0) if few else ride

    if not warm:
        tried = 1 if starts > 1 else _outlooks(len(search.x.unit))
        if tried:
            search.begin(engine, OUTLOOKS[:tried], _trial(limits), meant)
    began, asked, phase, steps = clock(), 0, 0, [REFINED, FED_BACK, LEFT_AGAIN]
    whole = _searching_s(problem, search, limits, patience, began - start)
    while True:
        done = asked / limits.rounds if limits.rounds else (clock() - began) / whole
        proven = proof.value(search.left_out)
        report(Progress("search", clock() - start, round(search.served_value), proven.value_fen))
        close = 1 - proven.value_fen / max(1.0, search.served_value) <= limits.gap
        # a gap says nothing about people left out, for whom there are steps to come
        if done >= 1 or (close and (not steps or search.left_out == proven.unserved)):
            return search.assign(patience)
        while steps and done >= steps[0]:
            step = steps.pop(0)
            if step == FED_BACK:
                if few:
                    rerouting = REROUTING_SHARE * limits.time_limit_s
                    search.reroute(problem, rerouting, REROUTING_ROUNDS if limits.rounds else 0, limits.seed, clock)
                asks = clock()
                search.assign(patience)
                # what the last choice will hardly need is the search's
                choosing = min(patience, LONGER * (clock() - asks) + LONGER_S)
                whole = _searching_s(problem, search, limits, choosing, began - start)
            elif step == LEFT_AGAIN or (step == REFINED and starts == 1):
                search.mend()
                # with several first plans, the last of which begins after REFINED, both happen together
                apart = step == REFINED or starts > 1
                search.refine(engine, problem, least, apart and problem.heads <= REFINED_HEADS)
        if int(done * starts) > phase:
            phase = int(done * starts)
            search.begin(engine, OUTLOOKS[phase : phase + 1], _trial(limits), meant)
        asked_now, seconds, share = _next(limits, search, done, whole)
        asked += asked_now
        shares = (min(1.0, d * starts - phase) for d in (done, done + share))
        if warm:
            shares = (WARM_FROM + (1 - WARM_FROM) * s for s in shares)
        search.advance(engine, Effort(asked_now, seconds, (next(shares), next(shares))))
        # not while minimums are soft: the best plan, where that begins, is behind the one that the search is at
        if done >= REFINED and search.parts.turn % RESEATED == 0 and len(search.x.unit) <= POOLED_UNITS:
            search.reseat(problem)


def _outlooks(units: int) -> int:
    """First plans beside the express one that are worth their time."""
    return 4 if units <= MANY_UNITS else 2 if units <= HUGE_UNITS else 0


def _trial(limits: Limits) -> Effort:
    """What a first plan is improved by before it is compared with others."""
    seconds = min(TRIAL_MOST_S, TRIAL_SHARE * limits.time_limit_s)
    return Effort(min(TRIAL_MOST_ROUNDS, math.ceil(TRIAL_SHARE * limits.rounds)), seconds, TRIAL_DONE)


def _next(limits: Limits, search: _Search, done: float, whole: float) -> tuple[int, float, float]:
    """Rounds, or seconds, until the processes hand back what they found, and their share of the whole search."""
    if limits.rounds:
        rounds = -(-limits.rounds // EPOCHS)
        return rounds, 0.0, rounds / limits.rounds
    turns = max(1.0, search.parts.count / search.parts.processes)
    seconds = min(EPOCH_S * turns, max(whole / EPOCHS, 0.1), (1 - done) * whole)
    return 0, seconds, seconds / whole


def _searching_s(problem: Problem, search: _Search, limits: Limits, choosing_s: float, gone_s: float) -> float:
    """Seconds of the search once ``gone_s`` are gone: what finishing the plan leaves, and the last choice of OR-Tools
    where there is one.
    """
    finishing = min(FINISHING_SHARE * limits.time_limit_s, FINISHING_S + problem.heads / FINISHED_HEADS)
    choosing = choosing_s if len(search.compiled.units) <= POOLED_UNITS else 0.0
    return max(LEAST_SHARE * limits.time_limit_s, limits.time_limit_s - finishing - choosing - gone_s)


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
