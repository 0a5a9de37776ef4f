"""Everybody once: each accepted worker travels, from where they may board to their gate, or is listed with a reason."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

from dispatch.model.demand import Worker
from dispatch.model.supply import StopKind
from dispatch.model.units import Position, great_circle_m
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.violation import Violation, found

EDGE_M = 1.0  # left to rounding at the edge of a circle
DEGREE_M = 111_000.0  # a little less than a degree of latitude


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``worker.*`` and ``chain.start``, ``chain.end``."""
    unserved = Counter(u.worker_id for u in e.plan.unserved)
    travelling = {leg.worker_id for leg in e.plan.legs}
    for worker_id in sorted((unserved.keys() | travelling) - e.workers.keys()):
        yield found("worker.unknown", worker_id)
    for worker_id in e.workers:
        if worker_id not in unserved and worker_id not in travelling:
            yield found("worker.missing", worker_id)
        elif worker_id in unserved and worker_id in travelling:
            yield found("worker.both", worker_id)
        if unserved[worker_id] > 1:
            yield found("worker.twice", worker_id, times=unserved[worker_id])
    for u in e.plan.unserved:
        if not u.reason:
            yield found("worker.reason", u.worker_id)
    yield from _ends(e)


def _ends(e: Evidence) -> Iterator[Violation]:
    may_board = boarding_rule(e)
    for worker_id, rides in e.rides.items():
        if (worker := e.workers.get(worker_id)) is None:
            continue
        first, last = rides[0].leg.board_stop, rides[-1].leg.alight_stop
        if not may_board(worker, first):
            yield found("chain.start", worker_id, stop=first)
        if last != worker.employer_id:
            yield found("chain.end", worker_id, stop=last, gate=worker.employer_id)


def boarding_rule(e: Evidence) -> Callable[[Worker, str], bool]:
    """Whether somebody may board at a stop: the fixed one; else an assembly stop in reach; else the seat's."""
    reach = e.settings.policy.access_max_km * 1000
    places = sorted((s.position.lat, s.position.lon) for s in e.inputs.stops if s.kind is StopKind.ASSEMBLY)

    @cache
    def none_in_reach(home: Position) -> bool:
        span = reach / DEGREE_M
        near = places[bisect_left(places, (home.lat - span, -181.0)) : bisect_right(places, (home.lat + span, 181.0))]
        return all(great_circle_m(home, Position(*p)) > reach - EDGE_M for p in near)

    def may_board(worker: Worker, stop_id: str) -> bool:
        if worker.boarding_stop:
            return stop_id == worker.boarding_stop
        home, stop = worker.home, e.stops.get(stop_id)
        if home.position is not None:
            if (
                stop
                and stop.kind is StopKind.ASSEMBLY
                and great_circle_m(home.position, stop.position) <= reach + EDGE_M
            ):
                return True
            if not none_in_reach(home.position):
                return False
        return bool(home.division_code) and home.seat is not None and stop_id == home.division_code

    return may_board
