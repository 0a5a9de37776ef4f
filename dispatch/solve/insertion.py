"""Where a unit fits best: on a direct line, or on a feeder, a trunk leg and a last-mile run together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

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
    ONE,
    ORIGIN,
    RELEASE,
    SEATS,
    SIZE,
    VEHICLE,
    Instance,
    Ints,
)
from dispatch.solve.loads import (
    ABOARD,
    BOARDINGS,
    BY_COACH,
    BY_TRUNK,
    COACH_WIDTH,
    END,
    FIRST,
    HIRE,
    KIND,
    LAST,
    MEMBERS,
    PEOPLE,
    RIDE,
    RIDERS,
    ROUTE,
    START,
    STOPS,
    TYPE,
    WAY,
    Draft,
    State,
    appraise,
    appraise_alone,
)
from dispatch.solve.moves import (
    Journal,
    board_vehicle,
    draft_of,
    drop_from_load,
    free_slot,
    keep_unit,
    place,
    settle,
    store,
)
from dispatch.solve.timetable import copy, kernel

NOWHERE = 1e17
NEW = -2
NEW_ACCESS = 2  # boarding stops from which a feeder of a unit's own is tried
SCREENED = 4  # loads appraised in full after ranking all by detour
OPTIONS_TRIED = 10
AMORTISED_FILL = 0.8  # share of the seats a new coach is expected to fill
ONLY_TRUE = 0
AMORTISED = 1


class Mood(NamedTuple):
    """How a round repairs: openings amortised or at full price, a vehicle closed or favoured (-1 for none), skipping at random."""

    amortised: int
    closed: int
    favoured: int
    blink: float


@kernel
def _detours(x: Instance, s: State, l: int, u: int, kind: int, per_metre: float, per_minute: float, way: Ints) -> float:
    """Cheapest extra way to serve ``u`` on load ``l``; fills ``way`` with stop, boarding and alighting positions (-1: there already)."""
    n, boardings = s.coach[l, STOPS], s.coach[l, BOARDINGS]
    total = 0.0
    way[0] = s.rows[l, 0]
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
                if s.rows[l, at] == a:
                    best = 0.0
                    way[0] = a
                    way[1] = -1
            if best == 0.0:
                break
            for at in range(boardings + 1):
                after = s.rows[l, at]
                metres = float(x.metres[a, after])
                minutes = float(x.minutes[a, after])
                if at > 0:
                    before = s.rows[l, at - 1]
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
            if s.rows[l, to] == gate:
                best = 0.0
                way[2] = -1
        if best > 0.0:
            for to in range(boardings, n + 1):
                before = s.rows[l, to - 1]
                metres = float(x.metres[before, gate])
                minutes = float(x.minutes[before, gate]) + x.rules.dwell
                if to < n:
                    after = s.rows[l, to]
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
def _try_load(x: Instance, s: State, d: Draft, head: Ints, l: int, u: int, kind: int, leg: int, way: Ints) -> float:
    """Extra value of load ``l`` with ``u`` placed by ``way``, or NOWHERE."""
    draft_of(s, l, d)
    members = s.coach[l, MEMBERS]
    n, b = place(x, d, kind, s.coach[l, STOPS], s.coach[l, BOARDINGS], members, u, way[0], way[1], way[2], leg)
    value = appraise(x, s, d, kind, n, b, members + 1, l, s.coach[l, START], head)
    return NOWHERE if value < 0 else value - s.value[l]


@kernel
def _try_new(x: Instance, s: State, d: Draft, head: Ints, u: int, kind: int, leg: int, a: int, mood: Mood) -> float:
    """Value of a load of its own for ``u`` from stop ``a``, its hire shared with people yet to come where amortised; or NOWHERE."""
    value = appraise_alone(x, s, d, kind, u, a, leg, x.solo[u, 1] if kind == DIRECT else NONE, head)
    if value < 0:
        return NOWHERE
    if mood.amortised == AMORTISED:
        share = min(1.0, x.unit[u, SIZE] / (AMORTISED_FILL * x.coach[head[TYPE], COACH_SEATS]))
        value -= (1.0 - share) * head[HIRE]
    return value


@kernel
def best_load(x: Instance, s: State, d: Draft, head: Ints, u: int, kind: int, leg: int, mood: Mood, out: Ints) -> float:
    """Cheapest load of a kind for ``u`` (an existing one or a new one); fills ``out`` with load, stop, positions."""
    best = NOWHERE
    screened = np.full(SCREENED, NOWHERE)
    loads = np.zeros(SCREENED, np.int64)
    ways = np.zeros((SCREENED, 3), np.int64)
    way = np.zeros(3, np.int64)
    size = x.unit[u, SIZE]
    for l in range(s.top[0]):
        if s.coach[l, KIND] != kind or s.coach[l, MEMBERS] >= RIDERS - 1:
            continue
        wait = 0.0
        if kind == FEEDER:
            if s.rows[l, s.coach[l, STOPS] - 1] != x.leg[leg, ORIGIN]:
                continue
            gap = x.leg[leg, DEPARTS] - x.leg[leg, BEFORE] - s.coach[l, END]
            if gap > 1080 or gap < -1080:
                continue
            wait = x.minute_fen * (gap * size if gap > 0 else -gap * s.coach[l, PEOPLE])
        elif kind == LAST_MILE:
            if s.rows[l, 0] != x.leg[leg, DESTINATION]:
                continue
            gap = x.leg[leg, ARRIVES] + x.leg[leg, AFTER] - s.coach[l, START]
            if gap > 1080 or gap < -1080:
                continue
            wait = x.minute_fen * (-gap * size if gap < 0 else gap * s.coach[l, PEOPLE])
        elif s.coach[l, START] > x.unit[u, DUE] or s.coach[l, END] < x.unit[u, RELEASE]:
            continue
        k = s.coach[l, TYPE]
        if s.coach[l, PEOPLE] + size > x.coach[k, COACH_SEATS]:
            wait += 0.1 * x.coach[k, COACH_FIXED]
        if mood.blink > 0.0 and np.random.random() < mood.blink:
            continue
        per_minute = x.coach[k, HOUR] / 60 + x.minute_fen * s.coach[l, PEOPLE] * (0.5 if kind != DIRECT else 0.8)
        cost = wait + _detours(x, s, l, u, kind, x.coach[k, KM] / 1000, per_minute, way)
        if cost < screened[SCREENED - 1]:
            i = SCREENED - 1
            while i > 0 and screened[i - 1] > cost:
                screened[i] = screened[i - 1]
                loads[i] = loads[i - 1]
                copy(ways[i - 1], ways[i])
                i -= 1
            screened[i] = cost
            loads[i] = l
            copy(way, ways[i])
    for i in range(SCREENED):
        if screened[i] >= NOWHERE:
            break
        cost = _try_load(x, s, d, head, loads[i], u, kind, leg, ways[i])
        if cost < best:
            best = cost
            out[0] = loads[i]
            copy(ways[i], out[1:4])
    for i in range(NEW_ACCESS if kind == FEEDER else 1):
        a = x.unit[u, ACCESS + i]
        if kind == LAST_MILE:
            a = x.leg[leg, DESTINATION]
        elif kind == DIRECT:
            a = x.solo[u, 0]
        if a < 0:
            break
        cost = _try_new(x, s, d, head, u, kind, leg, a, mood)
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
def _vehicle_cost(x: Instance, s: State, u: int, t: int, mood: Mood) -> float:
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
            fixed *= min(1.0, x.unit[u, SIZE] / (AMORTISED_FILL * x.vehicle[v, SEATS]))
        cost += fixed
    elif v == mood.favoured:
        cost += x.vehicle[v, FIXED] * x.unit[u, SIZE] / x.vehicle[v, SEATS]
    return cost


@kernel
def insert(x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, mood: Mood) -> bool:
    """Serve unit ``u`` the cheapest way found; False where there is none."""
    best = NOWHERE
    best_leg = NONE
    chosen = np.full(4, -1, np.int64)
    chosen_last = np.full(4, -1, np.int64)
    out = np.zeros(4, np.int64)
    out_last = np.zeros(4, np.int64)
    if x.unit[u, ACCESS] < 0:
        return False
    cost = best_load(x, s, d, head, u, DIRECT, NONE, mood, out)
    if cost < best:
        best = cost
        copy(out, chosen)
    tried = 0
    for o in range(x.option_from[u], x.option_from[u + 1]):
        t = x.option[o]
        cost = _vehicle_cost(x, s, u, t, mood)
        if cost >= best:
            continue
        if tried >= OPTIONS_TRIED:
            break
        tried += 1
        out[0] = -1
        out_last[0] = -1
        if not _at_station(x, u, x.leg[t, ORIGIN]):
            cost += best_load(x, s, d, head, u, FEEDER, t, mood, out)
        if cost < best and x.leg[t, DESTINATION] != x.unit[u, GATE]:
            cost += best_load(x, s, d, head, u, LAST_MILE, t, mood, out_last)
        if cost < best:
            best = cost
            best_leg = t
            copy(out, chosen)
            copy(out_last, chosen_last)
    if best >= NOWHERE:
        return False
    first = -1
    last = -1
    if chosen[0] != -1:
        first = _commit(x, s, j, d, head, u, DIRECT if best_leg < 0 else FEEDER, best_leg, chosen)
        if first < 0:
            return False
    if chosen_last[0] != -1:
        last = _commit(x, s, j, d, head, u, LAST_MILE, best_leg, chosen_last)
        if last < 0:
            # feeder and last mile wanted the same last coach of a day
            if first >= 0:
                drop_from_load(x, s, j, d, head, first, u)
                if s.coach[first, KIND] >= 0:
                    settle(x, s, j, d, head, first, s.coach[first, START])
            return False
    keep_unit(s, j, u)
    s.unit[u, FIRST] = first
    s.unit[u, LAST] = last
    s.unit[u, RIDE] = best_leg
    s.unit[u, WAY] = BY_COACH
    if best_leg >= 0:
        s.unit[u, WAY] = BY_TRUNK
        board_vehicle(x, s, j, u, best_leg, ONE)
    return True


@kernel
def _commit(
    x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, kind: int, leg: int, choice: NDArray[np.int64]
) -> int:
    l = choice[0]
    if l == NEW:
        l = free_slot(s)
        if l < 0:
            return -1
        hint = x.solo[u, 1] if kind == DIRECT else NONE
        value = appraise_alone(x, s, d, kind, u, choice[1], leg, hint, head)
    else:
        draft_of(s, l, d)
        members = s.coach[l, MEMBERS]
        n, b = place(
            x, d, kind, s.coach[l, STOPS], s.coach[l, BOARDINGS], members, u, choice[1], choice[2], choice[3], leg
        )
        value = appraise(x, s, d, kind, n, b, members + 1, l, s.coach[l, START], head)
    if value < 0:
        return -1
    store(s, j, l, d, head, value)
    return l


@njit(cache=True)
def fill_solo(x: Instance, s: State, d: Draft, head: Ints) -> None:
    """Fill ``x.solo`` on an empty state."""
    for u in range(len(x.unit)):
        best = NOWHERE
        for i in range(ACCESS_KEPT):
            a = x.unit[u, ACCESS + i]
            if a < 0:
                break
            value = appraise_alone(x, s, d, DIRECT, u, a, NONE, NONE, head)
            if 0 <= value < best:
                best = value
                x.solo[u, 0] = a
                x.solo[u, 1] = head[START]


def new_head() -> Ints:
    """One row of ``State.coach``."""
    return np.zeros(COACH_WIDTH, np.int64)
