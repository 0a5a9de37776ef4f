"""Every way to serve a unit, ranked by estimate: direct lines, and feeder, trunk leg and last mile together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solve.compiled import kernel
from dispatch.solve.instance import (
    ACCESS,
    ACCESS_KEPT,
    AFTER,
    ARRIVES,
    BEFORE,
    COACH_FIXED,
    COACH_SEATS,
    DEPARTS,
    DESTINATION,
    DIRECT,
    DUE,
    FARE,
    FEEDER,
    FIRST_SEGMENT,
    FIXED,
    GATE,
    HOUR,
    KM,
    LAST_MILE,
    LAST_SEGMENT,
    LEAST,
    NONE,
    ORIGIN,
    RELEASE,
    RIDES_COACH,
    SEATS,
    SIZE,
    VEHICLE,
    Floats,
    Instance,
    Ints,
)
from dispatch.solve.state import (
    ABOARD,
    BOARDINGS,
    END,
    HIRE,
    KIND,
    MEMBERS,
    PEOPLE,
    RIDERS,
    ROUTE,
    START,
    STOPS,
    TYPE,
    State,
)
from dispatch.solve.timetable import copy

NOWHERE = 1e17
NOT_NEEDED, NEW = -1, -2  # instead of a load
NEW_ACCESS = 2  # boarding stops from which a feeder of a unit's own is tried
OPTIONS_TRIED = 12  # trunk legs with room, cheapest at best first
RANKED = 8  # ways kept after ranking all by estimate
LATE_MOST = 1080  # minutes that a shared feeder or last-mile coach may be moved for one unit
ONLY_TRUE, AMORTISED = 0, 1


class Mood(NamedTuple):
    """How a round repairs: openings amortised or at full price, a vehicle closed or favoured (-1 for none).

    Amortised, a new coach or vehicle is expected to be filled to ``fill`` of its seats. ``blink`` is the chance of
    overlooking a load.
    """

    amortised: int
    closed: int
    favoured: int
    fill: float
    blink: float


@kernel
def _detours(
    x: Instance, s: State, slot: int, u: int, kind: int, per_metre: float, per_minute: float, way: Ints
) -> float:
    """Cheapest extra way to serve ``u`` on load ``slot``; fills ``way`` with stop, boarding and alighting positions
    (-1: there already).
    """
    n, boardings = s.coach[slot, STOPS], s.coach[slot, BOARDINGS]
    total = 0.0
    way[0] = s.rows[slot, 0]
    way[1] = -1
    way[2] = -1
    added = 0
    if kind != LAST_MILE:
        best = NOWHERE
        for i in range(ACCESS_KEPT):
            a = x.unit[u, ACCESS + i]
            if a < 0 or best == 0.0:
                break
            for at in range(boardings):
                if s.rows[slot, at] == a:
                    best = 0.0
                    way[0] = a
                    way[1] = -1
            if best == 0.0:
                break
            for at in range(boardings + 1):
                after = s.rows[slot, at]
                metres = float(x.metres[a, after])
                minutes = float(x.minutes[a, after])
                if at == 0 and x.types_from[kind * len(x.stop) + a] == x.types_from[kind * len(x.stop) + a + 1]:
                    continue  # no coach may start there
                if at > 0:
                    before = s.rows[slot, at - 1]
                    metres += x.metres[before, a] - x.metres[before, after]
                    minutes += x.minutes[before, a] - x.minutes[before, after] + x.rules.dwell
                cost = per_metre * metres + per_minute * minutes
                if cost < best:
                    best = cost
                    way[0] = a
                    way[1] = at
        total += best
        if way[1] >= 0:
            added += 1
    if kind != FEEDER:
        gate = x.unit[u, GATE]
        best = NOWHERE
        for to in range(boardings, n):
            if s.rows[slot, to] == gate:
                best = 0.0
                way[2] = -1
        if best > 0.0:
            for to in range(boardings, n + 1):
                before = s.rows[slot, to - 1]
                metres = float(x.metres[before, gate])
                minutes = float(x.minutes[before, gate]) + x.rules.dwell
                if to < n:
                    after = s.rows[slot, to]
                    metres += x.metres[gate, after] - x.metres[before, after]
                    minutes += x.minutes[gate, after] - x.minutes[before, after]
                cost = per_metre * metres + per_minute * minutes
                if cost < best:
                    best = cost
                    way[2] = to
            added += 1
        total += best
    return NOWHERE if n + added > ROUTE else total


@kernel
def gap_cost(minute_fen: float, gap: int, joining: int, aboard: int) -> float:
    """What waiting costs: the joining wait ``gap`` minutes for those aboard, or these for them where it is negative."""
    if abs(gap) > LATE_MOST:
        return NOWHERE
    return minute_fen * max(gap * joining, -gap * aboard)


@kernel
def survey(x: Instance, s: State, u: int, static: Floats, spots: Ints) -> None:
    """What joining each load would cost ``u`` and its riders apart from waiting: ``static`` by load, stop and positions
    in ``spots``.
    """
    for slot in range(s.top[0]):
        static[slot] = NOWHERE
        kind = s.coach[slot, KIND]
        if kind < 0 or s.coach[slot, MEMBERS] >= RIDERS - 1 or (kind == DIRECT and not x.unit[u, RIDES_COACH]):
            continue
        k = s.coach[slot, TYPE]
        aboard = s.coach[slot, PEOPLE]
        cost = 0.0
        if aboard + x.unit[u, SIZE] > x.coach[k, COACH_SEATS]:
            cost += 0.15 * s.coach[slot, HIRE]
        if kind == FEEDER:
            minutes = x.minutes[x.unit[u, ACCESS], s.rows[slot, s.coach[slot, STOPS] - 1]]
            cost += x.minute_fen * x.unit[u, SIZE] * minutes
        elif kind == LAST_MILE:
            cost += x.minute_fen * x.unit[u, SIZE] * x.minutes[s.rows[slot, 0], x.unit[u, GATE]]
        per_minute = x.coach[k, HOUR] / 60 + x.minute_fen * aboard * (0.8 if kind == DIRECT else 0.5)
        static[slot] = cost + _detours(x, s, slot, u, kind, x.coach[k, KM] / 1000, per_minute, spots[slot])


@kernel
def _estimate_new(x: Instance, u: int, kind: int, leg: int, a: int, mood: Mood) -> float:
    """Estimated value of a feeder or last-mile coach of a unit's own from stop ``a``."""
    to = x.leg[leg, ORIGIN] if kind == FEEDER else x.unit[u, GATE]
    metres, minutes = x.metres[a, to], x.minutes[a, to]
    size = x.unit[u, SIZE]
    best = NOWHERE
    at = kind * len(x.stop) + a
    for i in range(x.types_from[at], x.types_from[at + 1]):
        k = x.types[i]
        seats = x.coach[k, COACH_SEATS]
        if seats >= size:
            hire = x.coach[k, COACH_FIXED] + x.coach[k, KM] * metres / 1000 + x.coach[k, HOUR] * minutes / 60
            if mood.amortised == AMORTISED:
                hire *= min(1.0, size / (mood.fill * seats))
            best = min(best, hire)
    return best + x.minute_fen * size * minutes if best < NOWHERE else NOWHERE


@kernel
def _rank_load(
    x: Instance, s: State, u: int, kind: int, leg: int, mood: Mood, static: Floats, spots: Ints, out: Ints
) -> float:
    """Feeder or last-mile coach of least estimated value; fills ``out`` with load (or NEW), stop, positions."""
    best = NOWHERE
    size = x.unit[u, SIZE]
    station = x.leg[leg, ORIGIN] if kind == FEEDER else x.leg[leg, DESTINATION]
    meets = x.leg[leg, DEPARTS] - x.leg[leg, BEFORE] if kind == FEEDER else x.leg[leg, ARRIVES] + x.leg[leg, AFTER]
    for slot in range(s.top[0]):
        # what a cheap look rules out costs no call: the tables are many to hand over
        if s.coach[slot, KIND] != kind or static[slot] >= best:
            continue
        if kind == FEEDER:
            if s.rows[slot, s.coach[slot, STOPS] - 1] != station:
                continue
            gap = meets - s.coach[slot, END]
        else:
            if s.rows[slot, 0] != station:
                continue
            gap = s.coach[slot, START] - meets
        cost = static[slot] + gap_cost(x.minute_fen, gap, size, s.coach[slot, PEOPLE])
        if cost < best and (mood.blink <= 0.0 or np.random.random() >= mood.blink):
            best = cost
            out[0] = slot
            copy(spots[slot], out[1:4])
    for i in range(NEW_ACCESS if kind == FEEDER else 1):
        a = x.unit[u, ACCESS + i] if kind == FEEDER else x.leg[leg, DESTINATION]
        if a < 0:
            break
        cost = _estimate_new(x, u, kind, leg, a, mood)
        if cost < best:
            best = cost
            out[0] = NEW
            out[1] = a
            out[2] = -1
            out[3] = -1
    return best


@kernel
def _at_station(x: Instance, u: int, stop: int) -> bool:
    for i in range(ACCESS_KEPT):
        if x.unit[u, ACCESS + i] == stop:
            return True
    return False


@kernel
def vehicle_cost(x: Instance, s: State, u: int, t: int, mood: Mood) -> float:
    """Extra cost of the trunk ride of ``u``, or NOWHERE where the vehicle is full or closed."""
    v = x.leg[t, VEHICLE]
    if v == mood.closed or (s.vehicle[v, ABOARD] == 0 and x.vehicle[v, LEAST] > x.unit[u, SIZE] and v != mood.favoured):
        return NOWHERE  # a minimum is reached by opening for many at once, not for one
    for i in range(x.leg[t, FIRST_SEGMENT], x.leg[t, LAST_SEGMENT] + 1):
        if s.vehicle[v, 1 + i] + x.unit[u, SIZE] > x.vehicle[v, SEATS]:
            return NOWHERE
    cost = x.unit[u, SIZE] * (x.vehicle[v, FARE] + x.minute_fen * (x.leg[t, ARRIVES] - x.leg[t, DEPARTS]))
    if s.vehicle[v, ABOARD] == 0 and v != mood.favoured:
        fixed = float(x.vehicle[v, FIXED])
        if mood.amortised == AMORTISED:
            fixed *= min(1.0, x.unit[u, SIZE] / (mood.fill * x.vehicle[v, SEATS]))
        cost += fixed
    elif v == mood.favoured:
        cost += x.vehicle[v, FIXED] * x.unit[u, SIZE] / x.vehicle[v, SEATS]
    return cost


@kernel
def _keep_ranked(cost: float, leg: int, first: Ints, last: Ints, costs: Floats, ways: Ints) -> None:
    """Enter a way into the ranking: ``costs`` ascending, ``ways`` rows of leg, first load and positions, last
    likewise.
    """
    i = RANKED - 1
    if cost >= costs[i]:
        return
    while i > 0 and costs[i - 1] > cost:
        costs[i] = costs[i - 1]
        copy(ways[i - 1], ways[i])
        i -= 1
    costs[i] = cost
    ways[i, 0] = leg
    for k in range(4):
        ways[i, 1 + k] = first[k]
        ways[i, 5 + k] = last[k]


@kernel
def rank(x: Instance, s: State, u: int, mood: Mood, static: Floats, spots: Ints, costs: Floats, ways: Ints) -> None:
    """Rank every way to serve ``u`` by estimate."""
    first = np.full(4, NOT_NEEDED, np.int64)
    last = np.full(4, NOT_NEEDED, np.int64)
    for slot in range(s.top[0]):
        if s.coach[slot, KIND] != DIRECT or static[slot] >= costs[RANKED - 1]:
            continue
        if s.coach[slot, START] > x.unit[u, DUE] or s.coach[slot, END] < x.unit[u, RELEASE]:
            continue
        cost = static[slot] + x.minute_fen * x.unit[u, SIZE] * (s.coach[slot, END] - s.coach[slot, START])
        if cost < costs[RANKED - 1] and (mood.blink <= 0.0 or np.random.random() >= mood.blink):
            first[0] = slot
            copy(spots[slot], first[1:4])
            _keep_ranked(cost, NONE, first, last, costs, ways)
    if x.solo[u, 0] >= 0:
        cost = float(x.solo[u, 2])
        if mood.amortised == AMORTISED:
            cost -= x.solo[u, 3] * (1.0 - min(1.0, x.unit[u, SIZE] / (mood.fill * x.solo[u, 4])))
        first[0] = NEW
        first[1] = x.solo[u, 0]
        _keep_ranked(cost, NONE, first, last, costs, ways)
    tried = 0
    for o in range(x.option_from[u], x.option_from[u + 1]):
        t = x.option[o]
        cost = vehicle_cost(x, s, u, t, mood)
        if cost >= NOWHERE:
            continue
        tried += 1
        if tried > OPTIONS_TRIED:
            break
        first[0] = NOT_NEEDED
        last[0] = NOT_NEEDED
        if cost < costs[RANKED - 1] and not _at_station(x, u, x.leg[t, ORIGIN]):
            cost += (
                _rank_load(x, s, u, FEEDER, t, mood, static, spots, first)
                + x.minute_fen * x.unit[u, SIZE] * x.leg[t, BEFORE]
            )
        if cost < costs[RANKED - 1] and x.leg[t, DESTINATION] != x.unit[u, GATE]:
            cost += (
                _rank_load(x, s, u, LAST_MILE, t, mood, static, spots, last)
                + x.minute_fen * x.unit[u, SIZE] * x.leg[t, AFTER]
            )
        if cost < costs[RANKED - 1]:
            _keep_ranked(cost, t, first, last, costs, ways)
