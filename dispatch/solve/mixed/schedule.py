"""When a route can run: exact, in one pass forward and one back.

Let t be the time of each node and P the least time from the route's start to it, so that t = P + u, where u is how long
the vehicle has waited so far. The rules of a route then are

    u never falls
    a - P <= u <= b - P                                                  in a window a..b
    u[gate] - u[boarding] <= slack = limit - (P[gate] - P[boarding])     for each ride

Of the riders who alight together the first to board has the least slack and the least u, so its rule implies the
others'. A positive cycle of rules needs a negative slack, which is refused first. What is left has a least solution:
a visit pushes those who board for it, and with them all nodes behind, up to u[gate] - slack. Where the push comes
from an earlier visit that is no more than that visit's own u, hence no more than any later u. So a visit is pushed by
later ones alone, and going back from the last visit settles each when it is met; no sweep is repeated. The greatest
solution is the mirror image. (A simple temporal problem: Dechter, Meiri & Pearl, Artificial Intelligence 1991.)
"""

from __future__ import annotations

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.mixed.arrays import (
    ARRIVE_FROM,
    ARRIVE_UNTIL,
    BOARD_FROM,
    BOARD_UNTIL,
    FIXED,
    FOREVER,
    GAP,
    GATE,
    LENGTH,
    PER_M,
    PER_S,
    PLACE,
    RIDE,
    RIDERS,
    SEATS,
    SERVED,
    SERVICE,
    TIMED_BOARDING,
    TMAX,
    TMIN,
    TYPE,
    Arrays,
    Ints,
    State,
    Work,
)

DRIVEN, LEAST, MOST, STAYS, SLACK, EARLY, LOW, HIGH = range(
    8
)  # rows of Work.real: P, bounds of u, service; by visit; u
STOP, FIRST = range(2)  # rows of Work.visit
OPENED, BOARDED, ABOARD = range(3)  # rows of Work.batch


@kernel
def schedule(x: Arrays, w: Work, nodes: Ints, m: int, seats: float) -> int:
    """Number of gate visits of a route that can run, -1 for one that cannot; leaves P and the bounds in ``w``."""
    requests = len(x.alone)
    w.tick[0] += 1
    tick = w.tick[0]
    driven = 0.0
    low = -FOREVER
    load = 0
    opened = 0
    visits = 0
    for k in range(m):
        v = nodes[k]
        if k > 0:
            driven += w.real[STAYS, k - 1] + x.hop[x.node[nodes[k - 1], PLACE], x.node[v, PLACE]]
        g = x.node[v, GATE]
        if g >= 0:
            riders = x.node[v, RIDERS]
            load += riders
            if load > seats:
                return -1
            if w.batch[OPENED, g] != tick:
                w.batch[OPENED, g] = tick
                w.batch[BOARDED, g] = k
                w.batch[ABOARD, g] = 0
                w.span[0, g] = -FOREVER
                w.span[1, g] = FOREVER
                opened += 1
            w.batch[ABOARD, g] += riders
            w.span[0, g] = max(w.span[0, g], x.time[v, ARRIVE_FROM])
            w.span[1, g] = min(w.span[1, g], x.time[v, ARRIVE_UNTIL])
            opens = x.time[v, BOARD_FROM]
            closes = x.time[v, BOARD_UNTIL]
            w.real[STAYS, k] = x.time[v, SERVICE]
        else:
            g = v - requests
            if w.batch[OPENED, g] != tick:
                return -1
            w.batch[OPENED, g] = 0
            opened -= 1
            first = w.batch[BOARDED, g]
            slack = x.rule[RIDE] - (driven - w.real[DRIVEN, first])
            if slack < 0:
                return -1
            load -= w.batch[ABOARD, g]
            opens = w.span[0, g]
            closes = w.span[1, g]
            w.real[STAYS, k] = x.time[v, SERVICE] * w.batch[ABOARD, g]
            w.visit[STOP, visits] = k
            w.visit[FIRST, visits] = first
            w.real[SLACK, visits] = slack
            visits += 1
        low = max(low, opens - driven)
        if low > closes - driven:
            return -1
        w.real[DRIVEN, k] = driven
        w.real[LEAST, k] = low
        w.real[MOST, k] = closes - driven
        w.load[k] = load
    if opened > 0 or not _settles(w, visits):
        return -1
    if x.rule[TIMED_BOARDING] > 0:
        for k in range(m):
            if w.real[MOST, k] < FOREVER / 2 and _least(w, k, visits) > w.real[MOST, k]:
                return -1
    return visits


@kernel
def _settles(w: Work, visits: int) -> bool:
    """The least u of each gate visit, last first; whether each is in time."""
    for a in range(visits - 1, -1, -1):
        k = w.visit[STOP, a]
        u = w.real[LEAST, k]
        for b in range(a + 1, visits):
            if w.visit[FIRST, b] <= k:
                u = max(u, w.real[EARLY, b] - w.real[SLACK, b])
        if u > w.real[MOST, k]:
            return False
        w.real[EARLY, a] = u
    return True


@kernel
def _least(w: Work, k: int, visits: int) -> float:
    """The least u of any node."""
    u = w.real[LEAST, k]
    for b in range(visits):
        if w.visit[FIRST, b] <= k <= w.visit[STOP, b]:
            u = max(u, w.real[EARLY, b] - w.real[SLACK, b])
    return u


@kernel
def bounds(w: Work, m: int, visits: int) -> None:
    """Least and greatest u of every node of a route that ``schedule`` has passed, into rows LOW and HIGH."""
    top = FOREVER
    for k in range(m - 1, -1, -1):
        top = min(top, w.real[MOST, k])
        w.real[HIGH, k] = top
        w.real[LOW, k] = _least(w, k, visits)
    for k in range(m):
        for b in range(visits):
            if w.visit[FIRST, b] < k <= w.visit[STOP, b]:
                w.real[HIGH, k] = min(w.real[HIGH, k], w.real[HIGH, w.visit[FIRST, b]] + w.real[SLACK, b])


@kernel
def settle(x: Arrays, s: State, w: Work, r: int) -> bool:
    """Time and price route ``r`` after a change; whether it can run.

    GAP is the exact delay that one change between a node and the next may add: what the windows leave between the
    earliest time of the one and the latest of the other, and the slack of everyone who rides across.
    """
    m = s.route[r, LENGTH]
    s.cost[r] = 0.0
    if m == 0:
        return True
    t = s.route[r, TYPE]
    visits = schedule(x, w, s.node[r], m, x.vehicle[t, SEATS])
    if visits < 0:
        return False
    bounds(w, m, visits)
    metres = 0.0
    for k in range(m):
        s.load[r, k] = w.load[k]
        s.real[r, TMIN, k] = w.real[DRIVEN, k] + w.real[LOW, k]
        s.real[r, TMAX, k] = w.real[DRIVEN, k] + w.real[HIGH, k]
        s.real[r, SERVED, k] = w.real[STAYS, k]
        gap = FOREVER
        if k + 1 < m:
            gap = w.real[HIGH, k + 1] - w.real[LOW, k]
            metres += x.metres[x.node[s.node[r, k], PLACE], x.node[s.node[r, k + 1], PLACE]]
        for b in range(visits):
            if w.visit[FIRST, b] <= k < w.visit[STOP, b]:
                gap = min(gap, w.real[SLACK, b])
        s.real[r, GAP, k] = gap
    waits = max(0.0, w.real[LOW, m - 1] - w.real[HIGH, 0])
    lasts = w.real[DRIVEN, m - 1] + w.real[STAYS, m - 1] + waits
    s.cost[r] = x.vehicle[t, FIXED] + x.vehicle[t, PER_M] * metres + x.vehicle[t, PER_S] * lasts
    return True


@entry
def timetable(x: Arrays, w: Work, nodes: Ints, m: int, seats: float) -> bool:
    """Times of a route that ends as early as it can and does everything before as late as that lets it, into row LOW
    of ``w.real``; whether it can run.
    """
    visits = schedule(x, w, nodes, m, seats)
    if visits < 0:
        return False
    bounds(w, m, visits)
    w.real[MOST, m - 1] = w.real[LOW, m - 1]
    bounds(w, m, visits)
    for k in range(m):
        w.real[LOW, k] = w.real[DRIVEN, k] + w.real[HIGH, k]
    return True
