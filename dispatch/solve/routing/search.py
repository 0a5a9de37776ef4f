"""``route``: PyVRP from two seeds, one of them in another process; the better answer that the check passes."""

from __future__ import annotations

import math
import multiprocessing
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import NamedTuple

import pyvrp
from pyvrp import Solution
from pyvrp.exceptions import PenaltyBoundWarning

from dispatch.solve.routing.check import violations
from dispatch.solve.routing.model import Routes, RoutingProblem
from dispatch.solve.routing.outward import Chunk, Outward, direct, fits, outward, trip_of
from dispatch.solve.routing.translate import fleet, parameters, scale_of, to_pyvrp

GRACE_S = 10.0  # after its time is over that another process may take to answer
FRUITLESS = 0.25  # of the time or rounds after which, nothing feasible seen, people may be left out
INFEASIBLE = 1 << 60  # a cost from here on is PyVRP's word for no feasible answer yet
SEED_STEP = 1_000_003  # between the seeds of processes, so that neighbouring seeds of callers do not meet


@dataclass(frozen=True, slots=True)
class Stop:
    """When a search ends: after seconds, rounds, or rounds without anything better; the first that comes."""

    seconds: float = math.inf
    iterations: int = 0
    stale: int = 0

    def __post_init__(self) -> None:
        if math.isinf(self.seconds) and not self.iterations and not self.stale:
            raise ValueError("a search without seconds, iterations or stale rounds does not end; give one of them")


class Try(NamedTuple):
    """What one process does: its seed, and whether its parameters are those for little time."""

    seed: int
    hasty: bool


@dataclass(slots=True)
class _Watch:
    """PyVRP's stopping criterion by ``Stop``; the clock is shared by processes."""

    stop: Stop
    until: float
    fruitless: bool
    clock: Callable[[], float]
    began: float = 0.0
    rounds: int = 0
    best: float = math.inf
    best_round: int = 0

    def __post_init__(self) -> None:
        self.began = self.clock()

    def __call__(self, best_cost: float) -> bool:
        self.rounds += 1
        if best_cost < self.best:
            self.best, self.best_round = best_cost, self.rounds
        share = FRUITLESS if self.fruitless and best_cost >= INFEASIBLE else 1.0
        if self.clock() >= self.began + share * (self.until - self.began):
            return True
        over = 0 < self.stop.iterations * share < self.rounds
        return over or (best_cost < INFEASIBLE and 0 < self.stop.stale < self.rounds - self.best_round)


def route(
    problem: RoutingProblem,
    stop: Stop,
    seed: int = 1,
    processes: int = 2,
    clock: Callable[[], float] = time.time,
) -> Routes:
    """The best routes found, timed, priced and checked; who cannot be carried is in ``Routes.unserved``.

    ``processes`` (1 or more) search from seeds of their own, every other one with PyVRP's own parameters, which do
    better where there is much time; one that dies or does not answer is done without, or run
    here where rounds decide, so that the answer stays the same. With ``Stop.iterations`` or ``stale`` alone the answer
    depends on the problem, seed, processes and versions only. Raises ``RuntimeError`` where the check finds a fault.
    """
    until = clock() + stop.seconds
    tries = [Try(seed + SEED_STEP * i, i % 2 == 0) for i in range(max(1, processes))]
    with _elsewhere(problem, stop, tries[1:], until) as others:
        answers = [_search(problem, stop, tries[0], until, clock)]
        for other, its_try in zip(others, tries[1:], strict=True):
            answer = _received(other, until + GRACE_S - clock())
            if answer is None and math.isinf(stop.seconds):
                answer = _search(problem, stop, its_try, until, clock)
            answers += [answer] if answer is not None else []
    best = min(answers, key=lambda a: (a.left_out, a.value_fen))
    if faults := violations(problem, best):
        raise RuntimeError(f"a routing answer breaks its problem: {faults[0]} ({len(faults)} faults)")
    return replace(best, iterations=sum(a.iterations for a in answers))


@contextmanager
def _elsewhere(problem: RoutingProblem, stop: Stop, tries: Sequence[Try], until: float) -> Iterator[list[Connection]]:
    """Searches in processes of their own, ended with the block."""
    context = multiprocessing.get_context("spawn")
    started, ends = [], []
    for its_try in tries:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_answer, args=(theirs, problem, stop, its_try, until), daemon=True)
        process.start()
        theirs.close()
        started.append(process)
        ends.append(ours)
    try:
        yield ends
    finally:
        for process, end in zip(started, ends, strict=True):
            end.close()
            process.terminate()
            process.join()


def _answer(end: Connection, problem: RoutingProblem, stop: Stop, its_try: Try, until: float) -> None:
    end.send(_search(problem, stop, its_try, until, time.time))
    end.close()


def _received(end: Connection, seconds: float) -> Routes | None:
    """The answer of another process; None where it died or is late."""
    try:
        if end.poll(None if math.isinf(seconds) else max(0.0, seconds)):
            answer: Routes = end.recv()
            return answer
    except (EOFError, OSError):
        pass
    return None


def _search(problem: RoutingProblem, stop: Stop, its_try: Try, until: float, clock: Callable[[], float]) -> Routes:
    """One try's answer. Everybody is to be carried at first; where that finds nothing, people may be left out."""
    view = outward(problem)
    chunks = [c for c in view.chunks if fits(view, c)]
    if not chunks:
        return _routes(view, [], 0)
    enough = sum(c.heads for c in chunks) <= sum(v.seats * v.available for v in problem.vehicles)
    hopeful = enough and all(direct(view, c) for c in chunks)
    rounds = 0
    for required in (True, False):
        if required and not hopeful:
            continue
        watch = _Watch(stop, until, required, clock)
        found = _run(view, chunks, required, watch, its_try)
        rounds += watch.rounds
        if found.is_feasible():
            return _routes(view, _orders(view, found, chunks), rounds)
    return _routes(view, [], rounds)


def _run(view: Outward, chunks: Sequence[Chunk], required: bool, watch: _Watch, its_try: Try) -> Solution:
    scale = scale_of(view, chunks)
    data = to_pyvrp(view, chunks, scale, required)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # no answer is said by the answer
        params = parameters(scale, chunks, required, its_try.hasty)
        return pyvrp.solve(data, watch, its_try.seed % (1 << 32), collect_stats=False, params=params).best


def _orders(view: Outward, found: Solution, chunks: Sequence[Chunk]) -> list[tuple[int, list[Chunk]]]:
    """Vehicle type and chunks in order of each trip of PyVRP's answer."""
    kinds = fleet(view)
    return [(kinds[r.vehicle_type()], [chunks[a.idx] for a in r if a.is_client()]) for r in found.routes()]


def _routes(view: Outward, orders: Sequence[tuple[int, list[Chunk]]], iterations: int) -> Routes:
    """Timed and priced; a trip that cannot run as we see it leaves its riders behind."""
    problem = view.problem
    trips = tuple(t for t in (trip_of(view, k, order) for k, order in orders if order) if t is not None)
    carried = {party for t in trips for party in t.parties}
    everybody = [(r, p) for r, q in enumerate(problem.requests) for p in range(len(q.parties))]
    unserved = tuple(party for party in everybody if party not in carried)
    cost = sum(t.cost_fen for t in trips)
    return Routes(
        trips=trips,
        unserved=unserved,
        short=tuple(i for i, t in enumerate(trips) if t.people < problem.vehicles[t.vehicle].min_passengers),
        left_out=sum(problem.requests[r].parties[p] for r, p in unserved),
        cost_fen=cost,
        value_fen=cost + problem.value_of_time_fen_per_hour / 60 * sum(t.person_minutes for t in trips),
        iterations=iterations,
    )
