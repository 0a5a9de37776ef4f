"""Route mixed loads: the search in batches, and what it found as calls."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.solve.mixed.arrays import (
    ARRIVE_FROM,
    ARRIVE_UNTIL,
    AVAILABLE,
    BOARD_FROM,
    BOARD_UNTIL,
    FIXED,
    GATE,
    LENGTH,
    PLACE,
    RIDERS,
    ROUTE,
    SEATS,
    SERVICE,
    TYPE,
    Arrays,
    Floats,
    Ints,
    State,
    Work,
    new_state,
    new_work,
)
from dispatch.solve.mixed.instance import MixedInstance, chunks, compiled
from dispatch.solve.mixed.schedule import LOW, STAYS, timetable
from dispatch.solve.mixed.search import ROUNDS, Memory, anneal, build, copy_state, save_vehicle, seed_random

NEAR = 120  # requests that a ruin may spread to
MEAN = 10.0  # requests that a round takes off, on average
HOT, COLD = 0.2, 0.01  # temperatures, as shares of what a request costs in the first routes
BATCH_S = 0.25
BATCHES = 100  # where rounds are the limit
APART = 0.5  # seconds of way that a second between two pick-ups counts as


@dataclass(frozen=True, slots=True)
class MixedLimits:
    """When to stop: after so many seconds or rounds, whichever comes first. ``fleet`` saves vehicles before cost."""

    seconds: float = 60.0
    rounds: int = 1 << 62
    fleet: bool = False


@dataclass(frozen=True, slots=True)
class MixedRoutes:
    """Routes as calls in order: route r has the calls ``first[r]:first[r + 1]``."""

    first: Ints  # (R + 1,)
    vehicle: Ints  # (R,) index of the type
    cost: Floats  # (R,)
    place: Ints  # (C,)
    request: Ints  # (C,) whose riders board, -1 at a gate
    riders: Ints  # (C,) who board, or minus those who alight
    arrives_s: Floats  # (C,)
    departs_s: Floats  # (C,)
    absent: Ints  # (N,) riders of each request who found no place
    rounds: int


def route_mixed(
    instance: MixedInstance, limits: MixedLimits, seed: int, clock: Callable[[], float] = time.monotonic
) -> MixedRoutes:
    """The best routes found: fewest requests left out, then fewest vehicles with ``limits.fleet`` or else least cost.

    Where ``limits.seconds`` are endless the answer depends on the instance, the rounds and the seed only.
    """
    ends = clock() + limits.seconds
    request, riders = chunks(instance)
    x = compiled(instance, riders, request)
    seed_random(seed)
    routes = int(min(len(request), x.vehicle[:, AVAILABLE].sum()))
    if not routes:
        return _calls(instance, x, new_state(x, 0), request, 0)
    state, best, work, memory = new_state(x, routes), new_state(x, routes), new_work(x), _memory(x, routes)
    build(x, state, work, memory)
    copy_state(state, best)
    rounds = _search(x, state, best, work, memory, limits, ends, clock)
    return _calls(instance, x, best, request, rounds)


def _search(
    x: Arrays,
    state: State,
    best: State,
    work: Work,
    memory: Memory,
    limits: MixedLimits,
    ends: float,
    clock: Callable[[], float],
) -> int:
    """Anneal in batches until a limit is reached; the rounds done."""
    begin, done, batch = clock(), 0, min(50, limits.rounds)
    fixed = -(-limits.rounds // BATCHES) if math.isinf(limits.seconds) else 0  # no clock may set the temperatures then
    mean = (state.cost.sum() - (state.used * x.vehicle[:, FIXED]).sum()) / len(state.where)
    while clock() < ends and done < limits.rounds:
        share = max((clock() - begin) / max(ends - begin, 1e-9), done / limits.rounds)
        if limits.fleet:
            save_vehicle(x, state, work, memory, best)
        if not (state.where >= 0).any():
            break
        start, before = clock(), memory.tally[ROUNDS]
        heat = mean * HOT * (COLD / HOT) ** share
        anneal(x, state, work, memory, best, batch, MEAN, heat, limits.fleet)
        done += int(memory.tally[ROUNDS] - before)
        speed = (memory.tally[ROUNDS] - before) / max(clock() - start, 1e-6)
        batch = int(max(1, min(fixed or speed * BATCH_S, limits.rounds - done)))
    if limits.fleet:
        save_vehicle(x, state, work, memory, best)
    return done


def _memory(x: Arrays, routes: int) -> Memory:
    count = len(x.alone)
    return Memory(
        near=_near(x),
        absences=np.zeros(count, np.int64),
        kept=new_state(x, routes),
        marked=np.zeros(routes, np.int64),
        listed=np.zeros(routes, np.int64),
        out=np.zeros(count, np.int64),
        key=np.zeros(count),
        string=np.zeros(ROUTE, np.int64),
        tally=np.array([routes, 0]),
    )


def _near(x: Arrays) -> Ints:
    """For each request those that a vehicle could serve in its stead: near by at about the same time of day."""
    count = len(x.alone)
    kept = min(NEAR, count)
    place, gate = x.node[:count, PLACE], x.node[count + x.node[:count, GATE], PLACE]
    ride = x.time[:count, SERVICE] + x.hop[place, gate]
    wanted = np.maximum(x.time[:count, ARRIVE_FROM], x.time[:count, BOARD_FROM] + ride)
    wanted = (wanted + np.minimum(x.time[:count, ARRIVE_UNTIL], x.time[:count, BOARD_UNTIL] + ride)) / 2 - ride
    table = np.zeros((count, kept), np.int64)
    for i in range(count):
        score = np.minimum(x.hop[place[i], place], x.back[place[i], place]) + APART * np.abs(wanted - wanted[i])
        score[i] = -1.0
        near = np.argpartition(score, kept - 1)[:kept]
        table[i] = near[np.argsort(score[near], kind="stable")]
    return table


def _calls(instance: MixedInstance, x: Arrays, s: State, request: Ints, rounds: int) -> MixedRoutes:
    """Routes in use as calls with their times."""
    used = np.flatnonzero(s.route[:, LENGTH])
    work = new_work(x)
    rows = [_route_calls(instance, x, s, work, int(r), request) for r in used]
    table = np.concatenate([np.zeros((0, 5)), *rows])
    absent = np.zeros(len(instance.stop), np.int64)
    out = np.flatnonzero(s.where < 0)
    np.add.at(absent, request[out], x.node[out, RIDERS])
    return MixedRoutes(
        first=np.cumsum([0, *(len(r) for r in rows)]),
        vehicle=s.route[used, TYPE],
        cost=s.cost[used],
        place=table[:, 0].astype(np.int64),
        request=table[:, 1].astype(np.int64),
        riders=table[:, 2].astype(np.int64),
        arrives_s=table[:, 3],
        departs_s=table[:, 4],
        absent=absent,
        rounds=rounds,
    )


def _route_calls(instance: MixedInstance, x: Arrays, s: State, work: Work, r: int, request: Ints) -> Floats:
    """Columns place, request, riders, arrives_s, departs_s of a route's calls."""
    m, count = s.route[r, LENGTH], len(x.alone)
    nodes = s.node[r, :m]
    if not timetable(x, work, s.node[r], m, x.vehicle[s.route[r, TYPE], SEATS]):
        raise RuntimeError("a route of the search cannot run; please report the instance")
    pick_up = nodes < count
    chunk = np.where(pick_up, nodes, 0)
    place = np.where(
        pick_up, instance.stop[request[chunk]], np.unique(instance.gate[request])[np.where(pick_up, 0, nodes - count)]
    )
    aboard = np.diff(work.load[:m], prepend=0)
    begins = work.real[LOW, :m]
    same = np.diff(x.node[nodes, PLACE], prepend=-1) == 0
    halt = np.where(same, 0.0, np.where(pick_up, instance.board_halt_s, instance.alight_halt_s))
    owner = np.where(pick_up, request[chunk], -1)
    return np.column_stack([place, owner, aboard, begins - halt, begins + work.real[STAYS, :m]])
