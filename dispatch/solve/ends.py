"""Feeders and last miles of one station routed anew while everybody keeps the trunk leg.

Most of what sharing saves lies here, and such a round costs a fraction of one that decides anew who takes which leg.
"""

from __future__ import annotations

import numpy as np

from dispatch.solve.compiled import kernel
from dispatch.solve.insertion import commit, true_value
from dispatch.solve.instance import (
    ACCESS,
    AFTER,
    ARRIVES,
    BEFORE,
    COACH_SEATS,
    DEPARTS,
    DESTINATION,
    FEEDER,
    HOUR,
    KM,
    LAST_MILE,
    NONE,
    ORIGIN,
    SIZE,
    Floats,
    Instance,
    Ints,
)
from dispatch.solve.moves import Journal, drop_from_load, keep_unit, settle
from dispatch.solve.ranking import NEW, NEW_ACCESS, NOWHERE, Mood, detours, estimate_new, gap_cost
from dispatch.solve.state import (
    END,
    FIRST,
    HIRE,
    KIND,
    LAST,
    MEMBER,
    MEMBERS,
    PEOPLE,
    RIDE,
    RIDERS,
    START,
    STOPS,
    TYPE,
    Draft,
    State,
)
from dispatch.solve.timetable import copy

LOADS_MOST = 4  # of a station that are emptied together
APART_MOST = 480  # minutes between loads that may be emptied together
TRIED = 3  # loads appraised in full for each unit


@kernel
def _station_of(s: State, slot: int) -> int:
    """Where a feeder ends, or a last mile begins."""
    return s.rows[slot, s.coach[slot, STOPS] - 1 if s.coach[slot, KIND] == FEEDER else 0]


@kernel
def _neighbours(s: State, seed: int, wanted: int, out: Ints) -> int:
    """The load ``seed`` and up to ``wanted - 1`` others of its kind, station and time, drawn at random."""
    out[0] = seed
    count = 1
    seen = 1
    for slot in range(s.top[0]):
        if slot == seed or s.coach[slot, KIND] != s.coach[seed, KIND] or _station_of(s, slot) != _station_of(s, seed):
            continue
        if abs(s.coach[slot, START] - s.coach[seed, START]) > APART_MOST:
            continue
        if count < wanted:
            out[count] = slot
            count += 1
        else:
            at = np.random.randint(seen)
            if at < wanted - 1:
                out[1 + at] = slot
        seen += 1
    return count


@kernel
def reroute(x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, movable: int, mood: Mood) -> bool:
    """Empty some coaches around one of unit ``u``'s, in whole or in part, and fill coaches with their riders again.

    False where nothing was done, or somebody was left without a coach: then the journal must be undone.
    """
    column = FIRST if np.random.random() < 0.5 else LAST
    if s.unit[u, RIDE] < 0 or s.unit[u, column] < 0:
        return False
    kind = FEEDER if column == FIRST else LAST_MILE
    loads = np.zeros(LOADS_MOST, np.int64)
    count = _neighbours(s, s.unit[u, column], 1 + np.random.randint(LOADS_MOST), loads)
    gone = np.zeros(LOADS_MOST * RIDERS, np.int64)
    people = 0
    whole = np.random.random() < 0.5
    for i in range(count):
        keep = 0.0 if whole or i == 0 else 0.6
        for m in range(s.coach[loads[i], MEMBERS] - 1, -1, -1):
            w = s.rows[loads[i], MEMBER + m]
            if w < movable and (keep == 0.0 or np.random.random() >= keep):
                gone[people] = w
                people += 1
                keep_unit(s, j, w)
                drop_from_load(x, s, j, d, head, loads[i], w)
                s.unit[w, column] = NONE
    for i in range(count):
        slot = loads[i]
        if s.coach[slot, KIND] >= 0 and not settle(x, s, j, d, head, slot, s.coach[slot, START]):
            return False
    _shuffle(x, gone, people)
    for i in range(people):
        if not _insert(x, s, j, d, head, gone[i], kind, column, mood):
            return False
    return people > 0


@kernel
def _shuffle(x: Instance, units: Ints, count: int) -> None:
    """Put units into an order for insertion: at random, or the largest first."""
    largest = np.random.random() < 0.5
    key = np.random.random(count)
    if largest:
        for i in range(count):
            key[i] -= x.unit[units[i], SIZE]
    copy(units[:count][np.argsort(key)], units)


@kernel
def _insert(
    x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, kind: int, column: int, mood: Mood
) -> bool:
    """Put ``u`` on the best coach between its station and its stop or gate; False where there is none."""
    t = s.unit[u, RIDE]
    station = x.leg[t, ORIGIN] if kind == FEEDER else x.leg[t, DESTINATION]
    meets = x.leg[t, DEPARTS] - x.leg[t, BEFORE] if kind == FEEDER else x.leg[t, ARRIVES] + x.leg[t, AFTER]
    size = x.unit[u, SIZE]
    costs = np.full(TRIED + 1, NOWHERE)  # of the best loads, then of a coach of the unit's own
    ways = np.zeros((TRIED + 1, 4), np.int64)
    way = np.zeros(4, np.int64)
    for slot in range(s.top[0]):
        if s.coach[slot, KIND] != kind or _station_of(s, slot) != station or s.coach[slot, MEMBERS] >= RIDERS - 1:
            continue
        if np.random.random() < mood.blink:
            continue
        gap = meets - s.coach[slot, END] if kind == FEEDER else s.coach[slot, START] - meets
        aboard = s.coach[slot, PEOPLE]
        cost = gap_cost(x.minute_fen, gap, size, aboard)
        if cost >= costs[TRIED - 1]:
            continue
        k = s.coach[slot, TYPE]
        if aboard + size > x.coach[k, COACH_SEATS]:
            cost += 0.15 * s.coach[slot, HIRE]
        per_minute = x.coach[k, HOUR] / 60 + x.minute_fen * aboard * 0.5
        cost += detours(x, s, slot, u, kind, x.coach[k, KM] / 1000, per_minute, way[1:])
        way[0] = slot
        _keep(cost, way, costs, ways)
    for i in range(NEW_ACCESS if kind == FEEDER else 1):
        a = x.unit[u, ACCESS + i] if kind == FEEDER else station
        if a < 0:
            break
        cost = estimate_new(x, u, kind, t, a, mood)
        if cost < costs[TRIED]:
            costs[TRIED] = cost
            ways[TRIED, 0] = NEW
            ways[TRIED, 1] = a
            ways[TRIED, 2] = -1
            ways[TRIED, 3] = -1
    best = NOWHERE
    chosen = -1
    for i in range(TRIED + 1):
        if costs[i] >= NOWHERE:
            continue
        value = true_value(x, s, d, head, u, kind, t, ways[i], mood)
        if value < best:
            best = value
            chosen = i
    if chosen < 0:
        return False
    slot = commit(x, s, j, d, head, u, kind, t, ways[chosen])
    keep_unit(s, j, u)
    s.unit[u, column] = slot
    return slot >= 0


@kernel
def _keep(cost: float, way: Ints, costs: Floats, ways: Ints) -> None:
    i = TRIED - 1
    if cost >= costs[i]:
        return
    while i > 0 and costs[i - 1] > cost:
        costs[i] = costs[i - 1]
        copy(ways[i - 1], ways[i])
        i -= 1
    costs[i] = cost
    copy(way, ways[i])
