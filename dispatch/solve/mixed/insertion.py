"""The cheapest place of a request in the routes.

Each pair of places (boarding, gate visit) is priced by its detour. A pair that would be the best so far is held
against what the route can bear - earliest and latest times, seats, the delay that fits between two nodes, which is
exact for one change - and only those that pass are scheduled in full.
"""

from __future__ import annotations

import numpy as np

from dispatch.solve.compiled import kernel
from dispatch.solve.mixed.arrays import (
    ABSENT,
    ARRIVE_FROM,
    ARRIVE_UNTIL,
    AVAILABLE,
    BOARD_FROM,
    BOARD_UNTIL,
    FIXED,
    FOREVER,
    GAP,
    GATE,
    LENGTH,
    ONE_LOAD,
    PER_M,
    PER_S,
    PLACE,
    RIDE,
    RIDERS,
    ROUTE,
    SEATS,
    SERVED,
    SERVICE,
    TMAX,
    TMIN,
    TYPE,
    Arrays,
    Ints,
    State,
    Work,
)
from dispatch.solve.mixed.schedule import schedule, settle


@kernel
def _draft(row: Ints, m: int, out: Ints, i: int, p: int, gate: int, q: int) -> int:
    """Copy a route with pick-up ``i`` before place ``p`` and, where q >= 0, a gate visit before ``q``; its length."""
    n = 0
    for k in range(m + 1):
        if k == p:
            out[n] = i
            n += 1
        if k == q:
            out[n] = gate
            n += 1
        if k < m:
            out[n] = row[k]
            n += 1
    return n


@kernel
def best_place(x: Arrays, s: State, w: Work, i: int, allowed: int, used: int, blink: float) -> float:
    """Least cost of putting request ``i`` anywhere, its place in ``w.choice``; FOREVER where it fits nowhere.

    ``blink`` is the chance that a place is overlooked; a new route is opened only while ``used < allowed``.
    """
    requests = len(x.alone)
    g = x.node[i, GATE]
    gate = requests + g
    here = x.node[i, PLACE]
    there = x.node[gate, PLACE]
    riders = x.node[i, RIDERS]
    boards = x.time[i, SERVICE]
    alights = x.time[gate, SERVICE] * riders
    ride_limit = x.rule[RIDE]
    one_load = x.rule[ONE_LOAD] > 0
    earliest = max(x.time[i, BOARD_FROM], x.time[i, ARRIVE_FROM] - ride_limit)
    latest = min(x.time[i, BOARD_UNTIL], x.time[i, ARRIVE_UNTIL] - boards - x.hop[here, there])
    until = x.time[i, ARRIVE_UNTIL]
    hop = x.hop[here]
    back = x.back[here]
    metres = x.metres[here]
    sertem = x.sertem[here]
    best = FOREVER
    vacant = -1
    for r in range(len(s.cost)):
        m = s.route[r, LENGTH]
        if m == 0:
            if vacant < 0:
                vacant = r
            continue
        if m + 2 > ROUTE:
            continue
        row = s.node[r]
        real = s.real[r]
        load = s.load[r]
        vehicle = x.vehicle[s.route[r, TYPE]]
        seats = vehicle[SEATS]
        per_m = vehicle[PER_M]
        per_s = vehicle[PER_S]
        last_visit = m - 1
        while last_visit >= 0 and row[last_visit] != gate:
            last_visit -= 1
        ends = m  # places before which a boarding is allowed, and first place of a new gate visit
        visits_from = 0
        if one_load:
            ends = 0
            while row[ends] < requests:
                ends += 1
            visits_from = ends
        p = 0
        while p < m and real[TMAX, p] < earliest + boards:
            p += 1
        while p <= ends:
            at = p
            p += 1
            aboard = load[at - 1] if at > 0 else 0
            if at > 0:
                left = x.node[row[at - 1], PLACE]
                before = real[TMIN, at - 1] + real[SERVED, at - 1] + back[left]
                if before > latest:
                    break
            if aboard + riders > seats:
                continue
            if blink > 0 and np.random.random() < blink:
                continue
            arrives = max(earliest, before) if at > 0 else earliest
            delay = boards
            far = 0.0
            if at > 0:
                delay += back[left]
                far += sertem[left]
            if at < m:
                right = x.node[row[at], PLACE]
                if arrives + boards + hop[right] > real[TMAX, at]:
                    continue
                delay += hop[right]
                far += metres[right]
                if at > 0:
                    delay -= x.hop[left, right]
                    far -= x.metres[left, right]
                    if delay > real[GAP, at - 1]:
                        continue
            cost = per_m * far + per_s * delay
            if cost >= best:
                continue
            # ride to the next gate visit, and along the way each place for a new one
            ride = boards
            q = at
            while True:
                if last_visit >= at:
                    if q > at:
                        ride += real[SERVED, q - 1] + x.hop[x.node[row[q - 1], PLACE], x.node[row[q], PLACE]]
                    else:
                        ride += hop[right]
                    if ride > ride_limit or arrives + ride > real[TMAX, q]:
                        break
                    if row[q] == gate:
                        if alights <= real[GAP, q]:
                            n = _draft(row, m, w.draft, i, at, gate, -1)
                            if schedule(x, w, w.draft, n, seats) >= 0:
                                best = cost
                                w.choice[0] = r
                                w.choice[1] = at
                                w.choice[2] = -1
                        break
                    if load[q] + riders > seats:
                        break
                    q += 1
                    continue
                if q >= visits_from:
                    if q == at:
                        longer = delay + x.hop[here, there] + alights
                        further = far + x.metres[here, there]
                        if q < m:
                            longer += x.hop[there, right] - hop[right]
                            further += x.metres[there, right] - metres[right]
                        fits = at == 0 or q == m or longer <= real[GAP, at - 1]
                        reached = ride + x.hop[here, there]
                        total = per_m * further + per_s * longer
                    else:
                        a = x.node[row[q - 1], PLACE]
                        stay = ride + real[SERVED, q - 1]
                        reached = stay + x.hop[a, there]
                        longer = x.hop[a, there] + alights
                        further = x.metres[a, there]
                        fits = True
                        if q < m:
                            b = x.node[row[q], PLACE]
                            longer += x.hop[there, b] - x.hop[a, b]
                            further += x.metres[there, b] - x.metres[a, b]
                            fits = longer <= real[GAP, q - 1]
                        total = cost + per_m * further + per_s * longer
                    if fits and total < best and reached <= ride_limit and arrives + reached <= until:
                        n = _draft(row, m, w.draft, i, at, gate, q)
                        if schedule(x, w, w.draft, n, seats) >= 0:
                            best = total
                            w.choice[0] = r
                            w.choice[1] = at
                            w.choice[2] = q
                if q == m or load[q] + riders > seats:
                    break
                if q > at:
                    ride += real[SERVED, q - 1] + x.hop[x.node[row[q - 1], PLACE], x.node[row[q], PLACE]]
                else:
                    ride += hop[right]
                if ride > ride_limit or arrives + ride > until:
                    break
                q += 1
    if vacant >= 0 and used < allowed:
        return _open(x, s, w, i, vacant, best)
    return best


@kernel
def _open(x: Arrays, s: State, w: Work, i: int, vacant: int, best: float) -> float:
    """``best``, or what a vehicle of its own costs request ``i`` where that is less."""
    gate = len(x.alone) + x.node[i, GATE]
    here = x.node[i, PLACE]
    there = x.node[gate, PLACE]
    lasts = x.time[i, SERVICE] + x.hop[here, there] + x.time[gate, SERVICE] * x.node[i, RIDERS]
    w.draft[0] = i
    w.draft[1] = gate
    for t in range(len(x.vehicle)):
        if s.used[t] >= x.vehicle[t, AVAILABLE]:
            continue
        cost = x.vehicle[t, FIXED] + x.vehicle[t, PER_M] * x.metres[here, there] + x.vehicle[t, PER_S] * lasts
        if cost < best and schedule(x, w, w.draft, 2, x.vehicle[t, SEATS]) >= 0:
            best = cost
            w.choice[0] = vacant
            w.choice[1] = 0
            w.choice[2] = 0
            w.choice[3] = t
    return best


@kernel
def put(x: Arrays, s: State, w: Work, i: int) -> None:
    """Put request ``i`` where ``w.choice`` says."""
    r = w.choice[0]
    m = s.route[r, LENGTH]
    if m == 0:
        s.route[r, TYPE] = w.choice[3]
        s.used[w.choice[3]] += 1
    gate = len(x.alone) + x.node[i, GATE]
    n = _draft(s.node[r], m, w.draft, i, w.choice[1], gate, w.choice[2])
    for k in range(n):
        s.node[r, k] = w.draft[k]
    s.route[r, LENGTH] = n
    s.where[i] = r
    settle(x, s, w, r)


@kernel
def strip(x: Arrays, s: State, w: Work, r: int) -> bool:
    """Close the ranks of route ``r``: drop requests that are ABSENT and gates where nobody is left to alight.

    Whether it can run; it always can where no detour is a short cut.
    """
    requests = len(x.alone)
    w.tick[0] += 1
    tick = w.tick[0]
    n = 0
    for k in range(s.route[r, LENGTH]):
        v = s.node[r, k]
        if v < requests:
            if s.where[v] == ABSENT:
                continue
            w.batch[0, x.node[v, GATE]] = tick
        elif w.batch[0, v - requests] == tick:
            w.batch[0, v - requests] = 0
        else:
            continue
        s.node[r, n] = v
        n += 1
    if n == 0 and s.route[r, LENGTH] > 0:
        s.used[s.route[r, TYPE]] -= 1
    s.route[r, LENGTH] = n
    return settle(x, s, w, r)
