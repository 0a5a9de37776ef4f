"""Serving a unit the cheapest way: the best few by estimate are timed and priced in full, the best of them is taken."""

from __future__ import annotations

import numpy as np

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import (
    ACCESS,
    ACCESS_KEPT,
    AFTER,
    ARRIVES,
    BEFORE,
    COACH_SEATS,
    DEPARTS,
    DESTINATION,
    DIRECT,
    FEEDER,
    GATE,
    LAST_MILE,
    NONE,
    ONE,
    ORIGIN,
    RIDES_COACH,
    SIZE,
    Floats,
    Instance,
    Ints,
)
from dispatch.solve.loads import appraise, appraise_alone
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
from dispatch.solve.ranking import (
    AMORTISED,
    NEW,
    NEW_ACCESS,
    NOT_NEEDED,
    NOWHERE,
    RANKED,
    Mood,
    gap_cost,
    rank,
    survey,
    vehicle_cost,
)
from dispatch.solve.state import (
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
    START,
    STOPS,
    TYPE,
    WAY,
    Draft,
    State,
    new_draft,
    new_state,
)
from dispatch.solve.timetable import copy

APPRAISED = 2  # of them timed and priced in full
REFINED = 3  # feeders, and last-mile coaches, appraised in full for the way chosen


@kernel
def _try_load(x: Instance, s: State, d: Draft, head: Ints, slot: int, u: int, kind: int, leg: int, way: Ints) -> float:
    """Extra value of load ``slot`` with ``u`` placed by ``way``, or NOWHERE."""
    draft_of(s, slot, d)
    members = s.coach[slot, MEMBERS]
    n, b = place(x, d, kind, s.coach[slot, STOPS], s.coach[slot, BOARDINGS], members, u, way[0], way[1], way[2], leg)
    value = appraise(x, s, d, kind, n, b, members + 1, slot, s.coach[slot, START], head)
    return NOWHERE if value < 0 else value - s.value[slot]


@kernel
def _try_new(x: Instance, s: State, d: Draft, head: Ints, u: int, kind: int, leg: int, a: int, mood: Mood) -> float:
    """Value of a load of its own for ``u`` from stop ``a``, its hire shared with people yet to come where
    amortised; or NOWHERE.
    """
    value = appraise_alone(x, s, d, kind, u, a, leg, x.solo[u, 1] if kind == DIRECT else NONE, head)
    if value < 0:
        return NOWHERE
    if mood.amortised == AMORTISED:
        share = min(1.0, x.unit[u, SIZE] / (mood.fill * x.coach[head[TYPE], COACH_SEATS]))
        value -= (1.0 - share) * head[HIRE]
    return value


@kernel
def true_value(
    x: Instance, s: State, d: Draft, head: Ints, u: int, kind: int, leg: int, way: Ints, mood: Mood
) -> float:
    if way[0] == NOT_NEEDED:
        return 0.0
    if way[0] == NEW:
        return _try_new(x, s, d, head, u, kind, leg, way[1], mood)
    return _try_load(x, s, d, head, way[0], u, kind, leg, way[1:4])


@kernel
def _refine(
    x: Instance,
    s: State,
    d: Draft,
    head: Ints,
    u: int,
    kind: int,
    leg: int,
    mood: Mood,
    static: Floats,
    spots: Ints,
    way: Ints,
) -> None:
    """Appraise the likeliest loads of the kind in full; ``way`` goes from the best by estimate to the best."""
    costs = np.full(REFINED, NOWHERE)
    loads = np.zeros((REFINED, 4), np.int64)
    station = x.leg[leg, ORIGIN] if kind == FEEDER else x.leg[leg, DESTINATION]
    meets = x.leg[leg, DEPARTS] - x.leg[leg, BEFORE] if kind == FEEDER else x.leg[leg, ARRIVES] + x.leg[leg, AFTER]
    for slot in range(s.top[0]):
        if s.coach[slot, KIND] != kind or static[slot] >= costs[REFINED - 1]:
            continue
        if s.rows[slot, s.coach[slot, STOPS] - 1 if kind == FEEDER else 0] != station:
            continue
        gap = meets - s.coach[slot, END] if kind == FEEDER else s.coach[slot, START] - meets
        cost = static[slot] + gap_cost(x.minute_fen, gap, x.unit[u, SIZE], s.coach[slot, PEOPLE])
        if cost >= costs[REFINED - 1]:
            continue
        i = REFINED - 1
        while i > 0 and costs[i - 1] > cost:
            costs[i] = costs[i - 1]
            copy(loads[i - 1], loads[i])
            i -= 1
        costs[i] = cost
        loads[i, 0] = slot
        copy(spots[slot], loads[i, 1:4])
    best = true_value(x, s, d, head, u, kind, leg, way, mood)
    for i in range(REFINED):
        if costs[i] < NOWHERE and loads[i, 0] != way[0]:
            value = true_value(x, s, d, head, u, kind, leg, loads[i], mood)
            if value < best:
                best = value
                copy(loads[i], way)


@kernel
def _own_value(
    x: Instance, s: State, d: Draft, head: Ints, u: int, kind: int, leg: int, way: Ints, mood: Mood
) -> float:
    """As ``true_value``, but ``way`` goes to a coach of the unit's own where the load it would join cannot take it."""
    value = true_value(x, s, d, head, u, kind, leg, way, mood)
    if value < NOWHERE or kind == DIRECT or way[0] == NEW:
        return value
    best = NOWHERE
    for i in range(NEW_ACCESS if kind == FEEDER else 1):
        a = x.unit[u, ACCESS + i] if kind == FEEDER else x.leg[leg, DESTINATION]
        if a < 0:
            break
        value = _try_new(x, s, d, head, u, kind, leg, a, mood)
        if value < best:
            best = value
            way[0] = NEW
            way[1] = a
            way[2] = -1
            way[3] = -1
    return best


@kernel
def _best_way(
    x: Instance, s: State, d: Draft, head: Ints, u: int, mood: Mood, costs: Floats, ways: Ints, alone: bool
) -> int:
    """The best of the first ranked ways that can run, -1 where none can; with ``alone`` a coach of the unit's own
    stands in for a load that cannot take it, as one that is full and cheap by estimate hides every other.
    """
    best = NOWHERE
    chosen: int = NONE
    appraised = 0
    for i in range(RANKED):
        if costs[i] >= NOWHERE or appraised >= APPRAISED:
            break
        t = ways[i, 0]
        value = 0.0 if t < 0 else vehicle_cost(x, s, u, t, mood)
        kind = DIRECT if t < 0 else FEEDER
        if alone:
            value += _own_value(x, s, d, head, u, kind, t, ways[i, 1:5], mood)
        else:
            value += true_value(x, s, d, head, u, kind, t, ways[i, 1:5], mood)
        if value < best and t >= 0:
            if alone:
                value += _own_value(x, s, d, head, u, LAST_MILE, t, ways[i, 5:9], mood)
            else:
                value += true_value(x, s, d, head, u, LAST_MILE, t, ways[i, 5:9], mood)
        if value < NOWHERE:
            appraised += 1
        if value < best:
            best = value
            chosen = i
    return chosen


@kernel
def insert(x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, mood: Mood) -> bool:
    """Serve unit ``u`` the cheapest way found; False where there is none."""
    if x.unit[u, ACCESS] < 0:
        return False
    costs = np.full(RANKED, NOWHERE)
    ways = np.zeros((RANKED, 9), np.int64)
    static = np.zeros(s.top[0])
    spots = np.zeros((s.top[0], 3), np.int64)
    at = np.full((2, len(x.stop)), NONE, np.int64)
    following = np.full(s.top[0], NONE, np.int64)
    low = np.full((2, len(x.stop)), NOWHERE)
    survey(x, s, u, mood, static, spots, at, following, low)
    chosen = -1
    for only in (mood.favoured, NONE):
        if chosen >= 0 or (only < 0 and mood.favoured == NONE and costs[0] < NOWHERE):
            break
        for i in range(RANKED):
            costs[i] = NOWHERE
        rank(x, s, u, mood, static, spots, at, following, low, costs, ways, only)
        chosen = _best_way(x, s, d, head, u, mood, costs, ways, False)
        if chosen < 0 and costs[0] < NOWHERE:
            chosen = _best_way(x, s, d, head, u, mood, costs, ways, True)
    if chosen < 0:
        # every way ranked joins somebody who cannot wait or make room: coaches of the unit's own are left
        for slot in range(s.top[0]):
            static[slot] = NOWHERE
        for row in range(2):
            for station in range(len(x.stop)):
                low[row, station] = NOWHERE
        for i in range(RANKED):
            costs[i] = NOWHERE
        rank(x, s, u, mood, static, spots, at, following, low, costs, ways, NONE)
        chosen = _best_way(x, s, d, head, u, mood, costs, ways, False)
    if chosen < 0:
        return False
    way = ways[chosen]
    if way[1] != NOT_NEEDED and way[0] >= 0:
        _refine(x, s, d, head, u, FEEDER, way[0], mood, static, spots, way[1:5])
    if way[5] != NOT_NEEDED:
        _refine(x, s, d, head, u, LAST_MILE, way[0], mood, static, spots, way[5:9])
    return _serve(x, s, j, d, head, u, way)


@kernel
def _serve(x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, way: Ints) -> bool:
    """Put ``u`` on the loads and the vehicle of a ranked way."""
    leg = way[0]
    first = NONE
    last = NONE
    if way[1] != NOT_NEEDED:
        first = commit(x, s, j, d, head, u, DIRECT if leg < 0 else FEEDER, leg, way[1:5])
        if first < 0:
            return False
    if way[5] != NOT_NEEDED:
        last = commit(x, s, j, d, head, u, LAST_MILE, leg, way[5:9])
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
    s.unit[u, RIDE] = leg
    s.unit[u, WAY] = BY_COACH
    if leg >= 0:
        s.unit[u, WAY] = BY_TRUNK
        board_vehicle(x, s, j, u, leg, ONE)
    return True


@kernel
def commit(x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, kind: int, leg: int, choice: Ints) -> int:
    slot = choice[0]
    if slot == NEW:
        slot = free_slot(s)
        if slot < 0:
            return -1
        hint = x.solo[u, 1] if kind == DIRECT else NONE
        value = appraise_alone(x, s, d, kind, u, choice[1], leg, hint, head)
    else:
        draft_of(s, slot, d)
        members = s.coach[slot, MEMBERS]
        n, b = place(
            x, d, kind, s.coach[slot, STOPS], s.coach[slot, BOARDINGS], members, u, choice[1], choice[2], choice[3], leg
        )
        value = appraise(x, s, d, kind, n, b, members + 1, slot, s.coach[slot, START], head)
    if value < 0:
        return -1
    store(s, j, slot, d, head, value)
    return slot


@entry
def fill_solo(x: Instance, s: State, d: Draft, head: Ints) -> None:
    """Fill ``x.solo`` on an empty state: from the stop with the shortest road, or where none can run from there, from
    the best of all.
    """
    for u in range(len(x.unit)):
        if not x.unit[u, RIDES_COACH]:
            continue
        nearest: int = NONE
        for i in range(ACCESS_KEPT):
            a = x.unit[u, ACCESS + i]
            at = DIRECT * len(x.stop) + a
            if a < 0 or x.types_from[at] == x.types_from[at + 1]:
                continue
            if nearest < 0 or x.metres[a, x.unit[u, GATE]] < x.metres[nearest, x.unit[u, GATE]]:
                nearest = a
        if nearest < 0 or _fill_from(x, s, d, head, u, nearest, NOWHERE) < NOWHERE:
            continue
        best = NOWHERE
        for i in range(ACCESS_KEPT):
            a = x.unit[u, ACCESS + i]
            if a >= 0 and a != nearest:
                best = _fill_from(x, s, d, head, u, a, best)


@kernel
def _fill_from(x: Instance, s: State, d: Draft, head: Ints, u: int, a: int, best: float) -> float:
    """The lesser of ``best`` and the value of a direct coach of the unit's own from stop ``a``, then noted."""
    value = appraise_alone(x, s, d, DIRECT, u, a, NONE, NONE, head)
    if value < 0 or value >= best:
        return best
    x.solo[u, 0] = a
    x.solo[u, 1] = head[START]
    x.solo[u, 2] = round(value)
    x.solo[u, 3] = head[HIRE]
    x.solo[u, 4] = x.coach[head[TYPE], COACH_SEATS]
    return value


def new_head() -> Ints:
    """One row of ``State.coach``."""
    return np.zeros(COACH_WIDTH, np.int64)


def with_solo(x: Instance, units: Ints, lines: int = 1) -> Instance:
    """The instance with the best coach of their own noted for some units, timed by so many lines of choices."""
    solo = x.solo.copy()
    some = x._replace(unit=x.unit[units], solo=np.full((len(units), solo.shape[1]), -1, np.int64))
    fill_solo(some, new_state(some, 1), new_draft(lines), new_head())
    solo[units] = some.solo
    return x._replace(solo=solo)
