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
    NEAR_FIRST,
    NEAR_LAST,
    NONE,
    ORIGIN,
    RELEASE,
    RIDES_COACH,
    SEATS,
    SIZE,
    VEHICLE,
    ZERO,
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
FAR_OFF = 0.3  # of a direct coach's hire: a gate farther off its way than that is not for it
RANKED = 6  # ways kept after ranking all by estimate
LATE_MOST = 1080  # minutes that a shared feeder or last-mile coach may be moved for one unit
OPENS_ONE_OF = 4  # empty vehicles that must be hired are looked at in a round
ONLY_TRUE, AMORTISED = 0, 1
EXPECTED_SHORT = 0.1  # of the people missing to a minimum that are expected to stay missing


class Mood(NamedTuple):
    """How a round repairs: openings amortised or at full price, a vehicle closed or favoured (-1 for none).

    Amortised, a new coach or vehicle is expected to be filled to ``fill`` of its seats. ``blink`` is the chance of
    overlooking a load. ``lines`` is 0 where direct coaches are passed over, 1 where they are not. ``short`` is the
    price in fen of each person missing to the minimum of a train or flight. ``draw`` says which empty ones are looked
    at.
    """

    amortised: int
    closed: int
    favoured: int
    fill: float
    blink: float
    lines: int
    short: float
    draw: int


@kernel
def detours(
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
        if kind == DIRECT and total > FAR_OFF * s.coach[slot, HIRE]:
            return NOWHERE
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
    return NOWHERE if n + added > ROUTE else total


@kernel
def gap_cost(minute_fen: float, gap: int, joining: int, aboard: int) -> float:
    """What waiting costs: the joining wait ``gap`` minutes for those aboard, or these for them where it is negative."""
    if abs(gap) > LATE_MOST:
        return NOWHERE
    return minute_fen * max(gap * joining, -gap * aboard)


@kernel
def survey(
    x: Instance, s: State, u: int, mood: Mood, static: Floats, spots: Ints, at: Ints, following: Ints, low: Floats
) -> None:
    """What joining each load would cost ``u`` and its riders apart from waiting: ``static`` by load, stop and positions
    in ``spots``. ``at`` (2, S) and ``following`` list the feeders, and the last miles, of each station; ``low`` (2, S)
    is the least of their costs.

    Loads at another time than the unit's are passed over, and by the mood's chance some others.
    """
    release, due = x.unit[u, RELEASE], x.unit[u, DUE]
    for slot in range(s.top[0]):
        static[slot] = NOWHERE
        kind = s.coach[slot, KIND]
        if kind < 0 or s.coach[slot, START] > due or s.coach[slot, END] < release:
            continue
        if s.coach[slot, MEMBERS] >= RIDERS - 1 or (kind == DIRECT and not (x.unit[u, RIDES_COACH] and mood.lines)):
            continue
        if mood.blink > 0.0 and np.random.random() < mood.blink:
            continue
        k = s.coach[slot, TYPE]
        aboard = s.coach[slot, PEOPLE]
        cost = 0.0
        station = ZERO
        if aboard + x.unit[u, SIZE] > x.coach[k, COACH_SEATS]:
            cost += 0.15 * s.coach[slot, HIRE]
        if kind == FEEDER:
            station = s.rows[slot, s.coach[slot, STOPS] - 1]
            if x.minutes[x.unit[u, ACCESS], station] > x.unit[u, NEAR_FIRST]:
                continue
            cost += x.minute_fen * x.unit[u, SIZE] * x.minutes[x.unit[u, ACCESS], station]
            following[slot] = at[0, station]
            at[0, station] = slot
        elif kind == LAST_MILE:
            station = s.rows[slot, 0]
            if x.minutes[station, x.unit[u, GATE]] > x.unit[u, NEAR_LAST]:
                continue
            cost += x.minute_fen * x.unit[u, SIZE] * x.minutes[station, x.unit[u, GATE]]
            following[slot] = at[1, station]
            at[1, station] = slot
        per_minute = x.coach[k, HOUR] / 60 + x.minute_fen * aboard * (0.8 if kind == DIRECT else 0.5)
        static[slot] = cost + detours(x, s, slot, u, kind, x.coach[k, KM] / 1000, per_minute, spots[slot])
        if kind != DIRECT:
            row = 0 if kind == FEEDER else 1
            low[row, station] = min(low[row, station], static[slot])


@kernel
def estimate_new(x: Instance, u: int, kind: int, leg: int, a: int, mood: Mood) -> float:
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
def new_load(x: Instance, u: int, kind: int, leg: int, mood: Mood, station: int, news: Floats, stops: Ints) -> float:
    """Least estimated value of a coach of the unit's own between its stops and a station, worked out once for each:
    ``news`` (2, S) and the boarding stop in ``stops``.
    """
    row = 0 if kind == FEEDER else 1
    if news[row, station] < 0:
        news[row, station] = NOWHERE
        for i in range(NEW_ACCESS if kind == FEEDER else 1):
            a = x.unit[u, ACCESS + i] if kind == FEEDER else station
            if a < 0:
                break
            cost = estimate_new(x, u, kind, leg, a, mood)
            if cost < news[row, station]:
                news[row, station] = cost
                stops[row, station] = a
    return news[row, station]


@kernel
def _rank_load(
    x: Instance,
    s: State,
    u: int,
    kind: int,
    station: int,
    meets: int,
    least: float,
    static: Floats,
    first: int,
    following: Ints,
) -> tuple[float, int]:
    """Least cost of joining a feeder or last mile of a station that meets the trunk at ``meets``, if below ``least``;
    and the load, -1 for none.
    """
    best = least
    chosen = -1
    size = x.unit[u, SIZE]
    slot = first
    while slot >= 0:
        if static[slot] < best:
            gap = meets - s.coach[slot, END] if kind == FEEDER else s.coach[slot, START] - meets
            cost = static[slot] + gap_cost(x.minute_fen, gap, size, s.coach[slot, PEOPLE])
            if cost < best:
                best = cost
                chosen = slot
        slot = following[slot]
    return best, chosen


@kernel
def at_station(x: Instance, u: int, stop: int) -> bool:
    for i in range(ACCESS_KEPT):
        if x.unit[u, ACCESS + i] == stop:
            return True
    return False


@kernel
def _opens(mood: Mood, v: int) -> bool:
    """Whether vehicle ``v``, empty so far, is looked at in a round: only where openings are amortised, and the same few
    for all units of the round, so that these meet.
    """
    return mood.amortised == AMORTISED and ((v + 1) * 40503 + mood.draw) % OPENS_ONE_OF == 0


@kernel
def vehicle_cost(x: Instance, s: State, u: int, t: int, mood: Mood) -> float:
    """Extra cost of the trunk ride of ``u``, or NOWHERE where the vehicle is full or closed."""
    v = x.leg[t, VEHICLE]
    if v == mood.closed:
        return NOWHERE
    for i in range(x.leg[t, FIRST_SEGMENT], x.leg[t, LAST_SEGMENT] + 1):
        if s.vehicle[v, 1 + i] + x.unit[u, SIZE] > x.vehicle[v, SEATS]:
            return NOWHERE
    cost = x.unit[u, SIZE] * (x.vehicle[v, FARE] + x.minute_fen * (x.leg[t, ARRIVES] - x.leg[t, DEPARTS]))
    missing = x.vehicle[v, LEAST] - s.vehicle[v, ABOARD]
    if missing > 0 and v != mood.favoured:
        if s.vehicle[v, ABOARD] > 0:
            cost -= mood.short * min(missing, x.unit[u, SIZE])
        elif missing > x.unit[u, SIZE]:
            share = EXPECTED_SHORT if mood.amortised == AMORTISED else 1.0
            cost += mood.short * share * (missing - x.unit[u, SIZE])
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
def rank(
    x: Instance,
    s: State,
    u: int,
    mood: Mood,
    static: Floats,
    spots: Ints,
    at: Ints,
    following: Ints,
    low: Floats,
    costs: Floats,
    ways: Ints,
    only: int,
) -> None:
    """Rank every way to serve ``u`` by estimate; with ``only`` >= 0 the ways on that vehicle."""
    first = np.full(4, NOT_NEEDED, np.int64)
    last = np.full(4, NOT_NEEDED, np.int64)
    size = x.unit[u, SIZE]
    for slot in range(s.top[0] if mood.lines and only < 0 else 0):
        if s.coach[slot, KIND] != DIRECT or static[slot] >= costs[RANKED - 1]:
            continue
        cost = static[slot] + x.minute_fen * size * (s.coach[slot, END] - s.coach[slot, START])
        if cost < costs[RANKED - 1]:
            first[0] = slot
            copy(spots[slot], first[1:4])
            _keep_ranked(cost, NONE, first, last, costs, ways)
    if x.solo[u, 0] >= 0 and mood.lines and only < 0:
        cost = float(x.solo[u, 2])
        if mood.amortised == AMORTISED:
            cost -= x.solo[u, 3] * (1.0 - min(1.0, size / (mood.fill * x.solo[u, 4])))
        first[0] = NEW
        first[1] = x.solo[u, 0]
        _keep_ranked(cost, NONE, first, last, costs, ways)
    news = np.full((2, len(x.stop)), -1.0)
    stops = np.full((2, len(x.stop)), NONE, np.int64)
    for o in range(x.span[u, 0], x.span[u, 1]):
        v = x.vehicle_of[o]
        if only >= 0:
            if v != only:
                continue
        elif s.vehicle[v, ABOARD] == 0 and x.vehicle[v, FIXED] + x.vehicle[v, LEAST] > 1 and not _opens(mood, v):
            continue
        t = x.option[o]
        cost = vehicle_cost(x, s, u, t, mood)
        if cost >= costs[RANKED - 1]:
            continue
        first[0] = NOT_NEEDED
        last[0] = NOT_NEEDED
        origin, destination = x.leg[t, ORIGIN], x.leg[t, DESTINATION]
        driven, met = not at_station(x, u, origin), destination != x.unit[u, GATE]
        new_first = 0.0
        new_last = 0.0
        if driven:
            cost += x.minute_fen * size * x.leg[t, BEFORE]
            new_first = new_load(x, u, FEEDER, t, mood, origin, news, stops)
        if met:
            cost += x.minute_fen * size * x.leg[t, AFTER]
            new_last = new_load(x, u, LAST_MILE, t, mood, destination, news, stops)
        least_first = min(new_first, low[0, origin])
        least_last = min(new_last, low[1, destination])
        if cost + least_first + least_last >= costs[RANKED - 1]:
            continue
        if driven:
            meets = x.leg[t, DEPARTS] - x.leg[t, BEFORE]
            joined, slot = _rank_load(x, s, u, FEEDER, origin, meets, new_first, static, at[0, origin], following)
            cost += joined
            _take(first, slot, stops[0, origin], spots)
        if met and cost + least_last < costs[RANKED - 1]:
            meets = x.leg[t, ARRIVES] + x.leg[t, AFTER]
            joined, slot = _rank_load(
                x, s, u, LAST_MILE, destination, meets, new_last, static, at[1, destination], following
            )
            cost += joined
            _take(last, slot, stops[1, destination], spots)
        elif met:
            continue
        if cost < costs[RANKED - 1]:
            _keep_ranked(cost, t, first, last, costs, ways)


@kernel
def _take(way: Ints, slot: int, stop: int, spots: Ints) -> None:
    """A way of one coach: a load to join, or a new one from ``stop``."""
    if slot >= 0:
        way[0] = slot
        copy(spots[slot], way[1:4])
    else:
        way[0] = NEW
        way[1] = stop
        way[2] = -1
        way[3] = -1
