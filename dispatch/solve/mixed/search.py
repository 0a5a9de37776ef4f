"""Ruin and recreate by slack induction by string removals (Christiaens & Vanden Berghe 2020), with absence counts.

A round takes strings of requests off routes that lie close to each other and puts them back one by one at their
cheapest places. Whoever finds no place stays out, and every round out is counted: a round is kept where those it
leaves out have been out more seldom in sum, or where it is cheaper by the annealed measure with the same sum. To save
vehicles, a route is dissolved whenever everybody is placed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.mixed.arrays import (
    ABSENT,
    FOREVER,
    GATE,
    LENGTH,
    PLACE,
    RIDERS,
    TYPE,
    Arrays,
    Floats,
    Ints,
    State,
    Work,
)
from dispatch.solve.mixed.insertion import best_place, put, strip

BLINK = 0.01
STRING = 10  # requests of a string at most
SPLIT = 0.5  # share of strings that spare a run in their middle
LONGER = 0.5  # chance that the spared run takes one more
ALLOWED, ROUNDS = range(2)  # of Memory.tally


class Memory(NamedTuple):
    """What a search remembers between rounds."""

    near: Ints  # (C, K) requests most alike, most alike first
    absences: Ints  # (C,) rounds each request was left out of
    kept: State  # routes as they were before the round
    marked: Ints  # (S,) the round a route was kept in
    listed: Ints  # (S,) routes kept this round
    out: Ints  # (C,) requests to insert
    key: Floats  # (C,)
    string: Ints  # (ROUTE,) the requests of a route
    tally: Ints  # (2,) routes ALLOWED, ROUNDS done


@entry
def seed_random(seed: int) -> None:
    """Seed the generator that compiled code uses."""
    np.random.seed(seed)


@kernel
def _copy_route(source: State, target: State, r: int) -> None:
    m = source.route[r, LENGTH]
    for k in range(m):
        target.node[r, k] = source.node[r, k]
        target.load[r, k] = source.load[r, k]
        for c in range(4):
            target.real[r, c, k] = source.real[r, c, k]
    target.route[r, LENGTH] = m
    target.route[r, TYPE] = source.route[r, TYPE]
    target.cost[r] = source.cost[r]


@kernel
def _keep(s: State, y: Memory, r: int, kept: int) -> int:
    """Remember a route before its first change in this round; how many are remembered."""
    if y.marked[r] == y.tally[ROUNDS]:
        return kept
    y.marked[r] = y.tally[ROUNDS]
    y.listed[kept] = r
    _copy_route(s, y.kept, r)
    return kept + 1


@kernel
def _undo(x: Arrays, s: State, y: Memory, kept: int) -> None:
    """Put back the routes that the round changed."""
    requests = len(x.alone)
    for a in range(kept):
        r = y.listed[a]
        if s.route[r, LENGTH] > 0:
            s.used[s.route[r, TYPE]] -= 1
        for k in range(s.route[r, LENGTH]):
            if s.node[r, k] < requests:
                s.where[s.node[r, k]] = ABSENT
    for a in range(kept):
        r = y.listed[a]
        _copy_route(y.kept, s, r)
        if s.route[r, LENGTH] > 0:
            s.used[s.route[r, TYPE]] += 1
        for k in range(s.route[r, LENGTH]):
            if s.node[r, k] < requests:
                s.where[s.node[r, k]] = r


@entry
def copy_state(source: State, target: State) -> None:
    """Copy the routes of a state."""
    for r in range(len(source.cost)):
        _copy_route(source, target, r)
    for i in range(len(source.where)):
        target.where[i] = source.where[i]
    for t in range(len(source.used)):
        target.used[t] = source.used[t]


@kernel
def _take_string(x: Arrays, s: State, y: Memory, r: int, i: int, longest: float, count: int) -> int:
    """Take a string of requests with ``i`` in it off route ``r``; the number of requests now out."""
    requests = len(x.alone)
    n = 0
    at = 0
    for k in range(s.route[r, LENGTH]):
        v = s.node[r, k]
        if v < requests:
            if v == i:
                at = n
            y.string[n] = v
            n += 1
    length = int(1 + np.random.random() * min(float(n), longest))
    length = min(length, n)
    spared = 0
    if length > 1 and length < n and np.random.random() < SPLIT:
        spared = 1
        while length + spared < n and np.random.random() < LONGER:
            spared += 1
    whole = length + spared
    low = max(0, at - whole + 1)
    high = min(at, n - whole)
    start = low + np.random.randint(high - low + 1)
    skip = start + 1 + np.random.randint(length - 1) if spared > 0 else n
    for k in range(start, start + whole):
        if skip <= k < skip + spared and y.string[k] != i:
            continue
        v = y.string[k]
        s.where[v] = ABSENT
        y.out[count] = v
        count += 1
    return count


@kernel
def _empty(x: Arrays, s: State, y: Memory, r: int, count: int) -> int:
    """Take everybody off route ``r``; the number of requests now out."""
    for k in range(s.route[r, LENGTH]):
        v = s.node[r, k]
        if v < len(x.alone) and s.where[v] == r:
            s.where[v] = ABSENT
            y.out[count] = v
            count += 1
    return count


@kernel
def _ruin(x: Arrays, s: State, w: Work, y: Memory, mean: float, count: int) -> tuple[int, int]:
    """Take strings off routes around a random request; (requests out, routes remembered)."""
    requests = len(x.alone)
    routes = 0
    for r in range(len(s.cost)):
        if s.route[r, LENGTH] > 0:
            routes += 1
    longest = min(float(STRING), (requests - count) / max(1, routes))
    most = 4.0 * mean / (1.0 + longest) - 1.0
    strings = int(np.random.random() * most + 1.0)
    seed = np.random.randint(requests)
    if count > 0 and np.random.random() < 0.5:
        seed = y.out[np.random.randint(count)]
    kept = 0
    done = 0
    for a in range(-1, y.near.shape[1]):
        i = seed if a < 0 else y.near[seed, a]
        r = s.where[i]
        if r == ABSENT or y.marked[r] == y.tally[ROUNDS]:
            continue
        kept = _keep(s, y, r, kept)
        count = _take_string(x, s, y, r, i, longest, count)
        if not strip(x, s, w, r):
            count = _empty(x, s, y, r, count)
            strip(x, s, w, r)
        done += 1
        if done >= strings:
            break
    return count, kept


@kernel
def _order(x: Arrays, y: Memory, count: int) -> None:
    """Bring those to insert into order: at random, most riders, longest or shortest way or most absences first."""
    kind = np.random.random()
    for a in range(count):
        i = y.out[a]
        v = np.random.random()
        if 0.35 <= kind < 0.65:
            v -= 10.0 * x.node[i, RIDERS]
        elif 0.65 <= kind < 0.85:
            way = x.hop[x.node[i, PLACE], x.node[len(x.alone) + x.node[i, GATE], PLACE]]
            v = -way if kind < 0.8 else way
        elif kind >= 0.85:
            v -= 10.0 * y.absences[i]
        b = a
        while b > 0 and y.key[b - 1] > v:
            y.key[b] = y.key[b - 1]
            y.out[b] = y.out[b - 1]
            b -= 1
        y.key[b] = v
        y.out[b] = i


@kernel
def _recreate(x: Arrays, s: State, w: Work, y: Memory, count: int, kept: int, blink: float) -> int:
    """Insert the requests that are out, each at its cheapest place; the number of routes remembered."""
    _order(x, y, count)
    used = 0
    for t in range(len(s.used)):
        used += s.used[t]
    for a in range(count):
        i = y.out[a]
        if best_place(x, s, w, i, y.tally[ALLOWED], used, blink) < FOREVER:
            r = w.choice[0]
            kept = _keep(s, y, r, kept)
            if s.route[r, LENGTH] == 0:
                used += 1
            put(x, s, w, i)
    return kept


@kernel
def _outs(x: Arrays, s: State, y: Memory) -> int:
    """List the requests that are out and that some vehicle can carry."""
    count = 0
    for i in range(len(x.alone)):
        if s.where[i] == ABSENT and x.alone[i]:
            y.out[count] = i
            count += 1
    return count


@kernel
def _sum_of_absences(y: Memory, count: int) -> int:
    total = 0
    for a in range(count):
        total += y.absences[y.out[a]]
    return total


@kernel
def _dissolve(x: Arrays, s: State, w: Work, y: Memory) -> None:
    """Take off the route whose requests were left out most seldom, and allow one route fewer."""
    chosen = -1
    least = 0
    used = 0
    for r in range(len(s.cost)):
        if s.route[r, LENGTH] == 0:
            continue
        used += 1
        total = 0
        for k in range(s.route[r, LENGTH]):
            if s.node[r, k] < len(x.alone):
                total += y.absences[s.node[r, k]]
        if chosen < 0 or total < least:
            chosen = r
            least = total
    y.tally[ALLOWED] = used - 1
    _empty(x, s, y, chosen, 0)
    strip(x, s, w, chosen)


@entry
def build(x: Arrays, s: State, w: Work, y: Memory) -> None:
    """Insert everybody who is out, in a random order."""
    y.tally[ROUNDS] += 1
    count = _outs(x, s, y)
    _recreate(x, s, w, y, count, 0, 0.0)


@entry
def save_vehicle(x: Arrays, s: State, w: Work, y: Memory, best: State) -> int:
    """Where everybody is placed, remember the routes in ``best`` and dissolve one; the number of requests out."""
    count = _outs(x, s, y)
    if count == 0:
        copy_state(s, best)
        _dissolve(x, s, w, y)
        count = _outs(x, s, y)
    return count


@entry
def anneal(
    x: Arrays, s: State, w: Work, y: Memory, best: State, rounds: int, mean: float, temperature: float, fleet: bool
) -> int:
    """So many rounds that take off ``mean`` requests; how many requests are out in the end.

    ``best`` takes the routes seen with the fewest requests out, and of these the cheapest. With ``fleet`` it is not for
    cost, and the rounds end as soon as everybody is placed.
    """
    count = _outs(x, s, y)
    absent = count
    sum_before = _sum_of_absences(y, count)
    best_out = 0
    for i in range(len(x.alone)):
        if best.where[i] == ABSENT and x.alone[i]:
            best_out += 1
    best_cost = best.cost.sum()
    for _ in range(rounds):
        y.tally[ROUNDS] += 1
        count = _outs(x, s, y)
        count, kept = _ruin(x, s, w, y, mean, count)
        kept = _recreate(x, s, w, y, count, kept, BLINK)
        change = 0.0
        for a in range(kept):
            change += s.cost[y.listed[a]] - y.kept.cost[y.listed[a]]
        now = 0
        total = 0
        for a in range(count):
            if s.where[y.out[a]] == ABSENT:
                y.out[now] = y.out[a]
                now += 1
                total += y.absences[y.out[a]]
        if (now == 0 and absent > 0) or total < sum_before:
            taken = True
        else:
            taken = total == sum_before and change < -temperature * np.log(np.random.random())
        for a in range(now):
            y.absences[y.out[a]] += 1
        if not taken:
            _undo(x, s, y, kept)
        else:
            absent = now
        sum_before = 0
        for i in range(len(x.alone)):
            if s.where[i] == ABSENT and x.alone[i]:
                sum_before += y.absences[i]
        if not taken:
            continue
        cost = s.cost.sum()
        if now < best_out or (now == best_out and cost < best_cost and not fleet):
            best_out = now
            best_cost = cost
            copy_state(s, best)
        if fleet and now == 0:
            return 0
    return absent
