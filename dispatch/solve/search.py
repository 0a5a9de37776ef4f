"""Ruin and recreate over the whole plan (Schrimpf 2000; Christiaens & Vanden Berghe 2020), with annealed acceptance.

Units are taken off together where they are alike - one origin, one gate, one coach, one train - and put back one by one
at the cheapest place; openings of coaches and trains are amortised in a third of the repairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.ends import reroute
from dispatch.solve.insertion import insert
from dispatch.solve.instance import (
    ACCESS,
    DUE,
    FIXED,
    GATE,
    LEAST,
    NONE,
    ONE,
    RELEASE,
    SEATS,
    SIZE,
    VEHICLE,
    ZERO,
    Floats,
    Instance,
    Ints,
)
from dispatch.solve.moves import Journal, accept, change, free, plan_value, settle, take_off, undo
from dispatch.solve.ranking import AMORTISED, ONLY_TRUE, Mood
from dispatch.solve.seen import Seen, remember
from dispatch.solve.state import (
    ABOARD,
    BOARD,
    FIRST,
    KIND,
    LAST,
    MEMBER,
    MEMBERS,
    RIDE,
    RIDERS,
    START,
    UNSERVED,
    WAY,
    Draft,
    State,
)
from dispatch.solve.timetable import copy

NEIGHBOURS = 60
OPENS, CLOSES = 0.96, 0.99  # of the rounds from which on a vehicle is offered to some, or closed
ENDS = 0.5  # of the rounds route feeders or last miles of a station anew
STEERED, RIVALS = 0.5, 2  # of the rounds begin at the dearest of one unit and so many others
COACHFUL = 0.1  # of the rounds that take off enough people for a coach of their own
UNSERVED_FEN = 1e10
SHORT_FEN = 2e9


@entry
def seed_random(seed: int) -> None:
    """Seed the generator that compiled code uses."""
    np.random.seed(seed)


def neighbours(x: Instance, free: int) -> Ints:
    """For each of the first ``free`` units those of them most like it by origin, gate and window, most alike first;
    shape (free, at most NEIGHBOURS).
    """
    n = free
    kept = min(NEIGHBOURS, n)
    table = np.zeros((n, kept), np.int64)
    origin, gate, release = x.unit[:n, ACCESS], x.unit[:n, GATE], x.unit[:n, RELEASE]
    for u in range(n):
        score = x.minutes[origin[u], origin] + x.minutes[gate[u], gate] + 0.05 * np.abs(release[u] - release)
        near = np.argpartition(score, kept - 1)[:kept]
        table[u] = near[np.argsort(score[near], kind="stable")]
    return table


@entry
def recreate(
    x: Instance, s: State, j: Journal, d: Draft, head: Ints, units: Ints, count: int, mood: Mood, order: int
) -> None:
    """Insert the listed units: at random, largest first, longest road first or tightest window first."""
    key = np.random.random(count)
    for i in range(count):
        u = units[i]
        if order == 1:
            key[i] -= 10.0 * x.unit[u, SIZE]
        elif order == 2 and x.unit[u, ACCESS] >= 0:
            key[i] -= x.minutes[x.unit[u, ACCESS], x.unit[u, GATE]]
        elif order == 3:
            key[i] += x.unit[u, DUE] - x.unit[u, RELEASE]
    turn = np.zeros(count, np.int64)
    for i in range(count):
        at = i
        while at > 0 and key[turn[at - 1]] > key[i]:
            turn[at] = turn[at - 1]
            at -= 1
        turn[at] = i
    for k in range(count):
        insert(x, s, j, d, head, units[turn[k]], mood)


@kernel
def _hireable(x: Instance, u: int) -> int:
    """A vehicle for unit ``u`` that must be hired, or filled to a minimum; -1 where a few draws hit none."""
    options = x.span[u, 1] - x.span[u, 0]
    for _ in range(min(options, 12)):
        v = x.leg[x.option[x.span[u, 0] + np.random.randint(options)], VEHICLE]
        if x.vehicle[v, FIXED] > 0 or x.vehicle[v, LEAST] > 1:
            return v
    return NONE


@kernel
def _may_ride(x: Instance, u: int, v: int) -> bool:
    for o in range(x.span[u, 0], x.span[u, 1]):
        if x.leg[x.option[o], VEHICLE] == v:
            return True
    return False


@kernel
def _likes_with(x: Instance, near: Ints, u: int, v: int, room: int, out: Ints, taken: NDArray[np.bool_]) -> int:
    """The unit and those most like it, and those like these, who may ride vehicle ``v``, up to a random number between
    its minimum and its room; how many units are in ``out``.
    """
    least = min(x.vehicle[v, LEAST], room)
    goal = least + np.random.randint(max(1, room - least + 1))
    count = 0
    if goal > 0 and x.unit[u, SIZE] <= goal:
        taken[u] = True
        out[0] = u
        count = 1
        goal -= x.unit[u, SIZE]
    i = 0
    while i < count and goal > 0:
        for k in range(near.shape[1]):
            w = near[out[i], k]
            if not taken[w] and x.unit[w, SIZE] <= goal and _may_ride(x, w, v):
                taken[w] = True
                out[count] = w
                count += 1
                goal -= x.unit[w, SIZE]
        i += 1
    return count


@kernel
def _seed(dear: Floats) -> int:
    """A unit at random, in a share of the rounds the one of several that pays most above its least cost."""
    u = np.random.randint(len(dear))
    if np.random.random() < STEERED:
        for _ in range(RIVALS):
            w = np.random.randint(len(dear))
            if dear[w] > dear[u]:
                u = w
    return u


@kernel
def _ruin(
    x: Instance, s: State, near: Ints, most: int, out: Ints, taken: NDArray[np.bool_], dear: Floats
) -> tuple[int, int, int, bool]:
    """Choose units to take off; (count, vehicle to close, vehicle to favour, whether openings must be amortised)."""
    n = len(near)
    count = 0
    closed = -1
    favoured = -1
    u = _seed(dear)
    r = np.random.random()
    coachful = r < COACHFUL
    if coachful:
        # as many of the seed's likes as fill a coach, so that one may be opened for them
        people = 30 + np.random.randint(40)
        for i in range(near.shape[1]):
            w = near[u, i]
            if people > 0 and not taken[w] and np.random.random() < 0.9:
                taken[w] = True
                out[count] = w
                count += 1
                people -= x.unit[w, SIZE]
    elif r < 0.75:
        # the seed's likes, at times with those who board or alight with them, up to a number of units or a whole coach
        goal = 1 + np.random.randint(most)
        strings = np.random.random() < 0.5
        for i in range(near.shape[1]):
            if count >= goal:
                break
            w = near[u, i]
            if taken[w] or np.random.random() < 0.2:
                continue
            taken[w] = True
            out[count] = w
            count += 1
            slot = s.unit[w, FIRST] if np.random.random() < 0.7 else s.unit[w, LAST]
            if strings and slot >= 0:
                whole = np.random.random() < 0.3
                for m in range(s.coach[slot, MEMBERS]):
                    v = s.rows[slot, MEMBER + m]
                    same = x.unit[v, GATE] == x.unit[w, GATE] or s.rows[slot, BOARD + m] == x.unit[w, ACCESS]
                    if v < n and not taken[v] and (whole or same):
                        taken[v] = True
                        out[count] = v
                        count += 1
    elif r < OPENS or len(x.vehicle) == 0:
        goal = 1 + np.random.randint(most)
        for _ in range(goal):
            w = np.random.randint(n)
            if not taken[w]:
                taken[w] = True
                out[count] = w
                count += 1
    elif r < CLOSES:
        favoured = _hireable(x, u)
        if favoured >= 0:
            room = x.vehicle[favoured, SEATS] - s.vehicle[favoured, ABOARD]
            count = _likes_with(x, near, u, favoured, room, out, taken)
    elif s.unit[u, RIDE] >= 0:
        closed = x.leg[s.unit[u, RIDE], VEHICLE]
        for w in range(n):
            if s.unit[w, RIDE] >= 0 and x.leg[s.unit[w, RIDE], VEHICLE] == closed:
                taken[w] = True
                out[count] = w
                count += 1
    for i in range(n):
        if s.unit[i, WAY] == UNSERVED and not taken[i] and count < len(out) and np.random.random() < 0.3:
            taken[i] = True
            out[count] = i
            count += 1
    return count, closed, favoured, coachful or favoured >= 0


@entry
def take_all(
    x: Instance,
    s: State,
    j: Journal,
    d: Draft,
    head: Ints,
    units: Ints,
    count: int,
    movable: int,
    dirty: Ints,
    extra: Ints,
) -> int:
    """Unserve the listed units and settle the loads they leave; riders of a load that cannot be settled join
    ``units``. -1 where one of these is not among the first ``movable`` units: the round must be undone.
    """
    dirt: int = ZERO
    for i in range(count):
        dirt = take_off(x, s, j, d, head, units[i], dirty, dirt)
    i = 0
    while i < dirt:
        slot = dirty[i]
        i += 1
        if s.coach[slot, KIND] < 0 or settle(x, s, j, d, head, slot, s.coach[slot, START]):
            continue
        members = s.coach[slot, MEMBERS]
        for m in range(members):
            extra[m] = s.rows[slot, MEMBER + m]
            if extra[m] >= movable:
                return -1
        for m in range(members):
            units[count] = extra[m]
            count += 1
            dirt = take_off(x, s, j, d, head, extra[m], dirty, dirt)
        if s.coach[slot, KIND] >= 0:
            free(s, j, slot)
    return count


@entry
def anneal(
    x: Instance,
    s: State,
    best: State,
    j: Journal,
    d: Draft,
    head: Ints,
    near: Ints,
    rounds: int,
    temperature: float,
    current: float,
    best_value: float,
    most: int,
    without: float,
    short: float,
    seen: Seen,
    dear: Floats,
) -> tuple[float, float]:
    """So many rounds from the current state; the best state seen is copied into ``best``, loads of accepted ones into
    ``seen``. Returns (current, best) value. ``without`` is the share of repairs that pass over direct coaches, ``dear``
    what each unit seems to pay too much.
    """
    n = len(x.unit)
    movable: int = len(near)
    units = np.zeros(2 * n + 1, np.int64)
    taken = np.zeros(n, np.bool_)
    dirty = np.zeros(4 * len(s.coach), np.int64)
    extra = np.zeros(RIDERS, np.int64)
    for _ in range(rounds):
        amortised = AMORTISED if np.random.random() < 0.33 else ONLY_TRUE
        fill = 0.2 + 0.8 * np.random.random()
        if np.random.random() < ENDS and movable > 0:
            mood = Mood(amortised, NONE, NONE, fill, 0.05, ONE, short, ZERO)
            if not reroute(x, s, j, d, head, _seed(dear), movable, mood):
                undo(s, j)
                continue
        else:
            count, closed, favoured, opening = _ruin(x, s, near, most, units, taken, dear)
            for i in range(count):
                taken[units[i]] = False
            if count == 0:
                continue
            count = take_all(x, s, j, d, head, units, count, movable, dirty, extra)
            if count < 0:
                undo(s, j)
                continue
            lines = ZERO if np.random.random() < without else ONE
            draw = np.random.randint(1 << 20)
            mood = Mood(AMORTISED if opening else amortised, closed, favoured, fill, 0.02, lines, short, draw)
            recreate(x, s, j, d, head, units, count, mood, np.random.randint(4))
        value = current + change(x, s, j, UNSERVED_FEN, short)
        if value < current - temperature * np.log(np.random.random()):
            remember(s, j, seen)
            accept(j)
            current = value
            if value < best_value - 0.5:
                value = plan_value(x, s, UNSERVED_FEN, SHORT_FEN)
                if value < best_value - 0.5:
                    best_value = value
                    copy_state(s, best)
        else:
            undo(s, j)
    return current, best_value


@entry
def copy_state(source: State, target: State) -> None:
    """Copy every array of a state."""
    for slot in range(len(source.coach)):
        copy(source.coach[slot], target.coach[slot])
        copy(source.rows[slot], target.rows[slot])
        target.value[slot] = source.value[slot]
    for u in range(len(source.unit)):
        copy(source.unit[u], target.unit[u])
    for v in range(len(source.vehicle)):
        copy(source.vehicle[v], target.vehicle[v])
    for k in range(len(source.used)):
        copy(source.used[k], target.used[k])
    target.top[0] = source.top[0]
