"""When a coach load leaves: the windows of its stops, its soonest, latest and best starts, and its legal schedule.

The load being timed is a ``Draft``.
"""

from __future__ import annotations

import numpy as np

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import (
    AFTER,
    ARRIVES,
    BEFORE,
    CLOSES,
    DEPARTS,
    DIRECT,
    DUE,
    FAR,
    FEEDER,
    GATE,
    LAST_MILE,
    OPENS,
    RELEASE,
    SIZE,
    Instance,
)
from dispatch.solve.schedule import earliest
from dispatch.solve.state import (
    ALIGHTING,
    BOARD,
    BOARDING,
    DRIVE,
    LEG,
    MEMBER,
    STOP_CLOSES,
    STOP_DUE,
    STOP_OPENS,
    STOP_RELEASE,
    Draft,
)
from dispatch.solve.timetable import UNLIMITED, next_open, previous_open, simulate

DAY = 1440
JUMP_CHANCE = 0.2  # of trying another part of the day, or another day, when a direct line is timed anew
OVERLONG_FEN = 1e6  # per minute over ``coach.ride_max``, while a direct line is timed
GRID_MIN = 60  # start times of direct lines are tried on this grid, then refined


@entry
def windows(x: Instance, d: Draft, kind: int, n: int, boardings: int, members: int) -> tuple[int, int, int, int]:
    """Fill the draft's windows and weights from its riders: (people, metres, driving minutes, person-minute
    constant).
    """
    metres = 0
    minutes = 0
    for i in range(n):
        stop = d.row[i]
        d.window[STOP_RELEASE, i] = 0
        d.window[STOP_DUE, i] = FAR
        d.window[STOP_OPENS, i] = x.stop[stop, OPENS]
        d.window[STOP_CLOSES, i] = x.stop[stop, CLOSES]
        always = d.window[STOP_OPENS, i] == 0 and d.window[STOP_CLOSES, i] >= DAY
        if 0 < i < boardings and not always and d.window[STOP_CLOSES, i] - d.window[STOP_OPENS, i] > x.rules.dwell:
            d.window[STOP_CLOSES, i] -= x.rules.dwell
        d.window[BOARDING, i] = 0
        d.window[ALIGHTING, i] = 0
        if i + 1 < n:
            d.window[DRIVE, i] = x.minutes[stop, d.row[i + 1]]
            metres += x.metres[stop, d.row[i + 1]]
            minutes += d.window[DRIVE, i]
    people = 0
    constant = 0
    for m in range(members):
        u = d.row[MEMBER + m]
        size = x.unit[u, SIZE]
        people += size
        if kind == LAST_MILE:
            t = d.row[LEG + m]
            d.window[STOP_RELEASE, 0] = max(d.window[STOP_RELEASE, 0], x.leg[t, ARRIVES] + x.leg[t, AFTER])
            constant -= size * x.leg[t, ARRIVES]
        else:
            for i in range(boardings):
                if d.row[i] == d.row[BOARD + m]:
                    d.window[STOP_RELEASE, i] = max(d.window[STOP_RELEASE, i], x.unit[u, RELEASE])
                    d.window[BOARDING, i] += size
                    break
        if kind == FEEDER:
            t = d.row[LEG + m]
            d.window[STOP_DUE, n - 1] = min(d.window[STOP_DUE, n - 1], x.leg[t, DEPARTS] - x.leg[t, BEFORE])
            constant += size * x.leg[t, DEPARTS]
        else:
            gate = x.unit[u, GATE]
            for i in range(boardings, n):
                if d.row[i] == gate:
                    d.window[STOP_DUE, i] = min(d.window[STOP_DUE, i], x.unit[u, DUE])
                    d.window[ALIGHTING, i] += size
                    break
    return people, metres, minutes, constant


@kernel
def person_minutes(d: Draft, n: int) -> int:
    """Person-minutes of the schedule in ``d.out``, up to the draft's constant."""
    total = 0
    for i in range(n):
        total += d.window[ALIGHTING, i] * d.out.arrives[i] - d.window[BOARDING, i] * d.out.departs[i]
    return total


@kernel
def best_start(
    x: Instance, d: Draft, kind: int, n: int, drivers: int, metres: int, minutes: int, hour_fen: float, hint: int
) -> int:
    """Start of the best legal schedule found, whose times are then in ``d.out``; -1 where none was found."""
    if kind == FEEDER:
        return _latest(x, d, n, drivers, metres, minutes)
    if kind == LAST_MILE:
        return _soonest(x, d, n, drivers, metres)
    return _spread(x, d, n, drivers, metres, minutes, hour_fen, hint)


@entry
def run_from(x: Instance, d: Draft, n: int, start: int, drivers: int, metres: int) -> int:
    """Schedule the draft from ``start``; the number of stands on the way, -1 where it cannot run."""
    if d.lines[0] == 1:
        return simulate(
            n,
            d.window[DRIVE],
            d.window[STOP_RELEASE],
            d.window[STOP_DUE],
            d.window[STOP_OPENS],
            d.window[STOP_CLOSES],
            start,
            drivers,
            metres,
            x.rules,
            UNLIMITED,
            d.out,
        )
    return earliest(
        n,
        d.window[DRIVE],
        d.window[STOP_RELEASE],
        d.window[STOP_DUE],
        d.window[STOP_OPENS],
        d.window[STOP_CLOSES],
        start,
        drivers,
        metres,
        x.rules,
        UNLIMITED,
        d.lines[0],
        d.out,
    )


@kernel
def _latest(x: Instance, d: Draft, n: int, drivers: int, metres: int, minutes: int) -> int:
    due = d.window[STOP_DUE, n - 1]
    goal = previous_open(due, d.window[STOP_OPENS, n - 1], d.window[STOP_CLOSES, n - 1])
    d.window[STOP_DUE, n - 1] = FAR
    start = goal - minutes - (n - 2) * x.rules.dwell
    found = -1
    for _ in range(12):
        start = previous_open(start, d.window[STOP_OPENS, 0], d.window[STOP_CLOSES, 0])
        if start < d.window[STOP_RELEASE, 0]:
            break
        if run_from(x, d, n, start, drivers, metres) < 0:
            break
        late = d.out.arrives[n - 1] - goal
        if late <= 0:
            found = start
            break
        start -= late
    d.window[STOP_DUE, n - 1] = due
    # timed again with the due time, so that the schedule is the one that comes out when it is written down
    return found if found >= 0 and run_from(x, d, n, found, drivers, metres) >= 0 else -1


@kernel
def _soonest(x: Instance, d: Draft, n: int, drivers: int, metres: int) -> int:
    start = next_open(d.window[STOP_RELEASE, 0], d.window[STOP_OPENS, 0], d.window[STOP_CLOSES, 0])
    forced = run_from(x, d, n, start, drivers, metres)
    if forced < 0:
        return -1
    # waiting before the first gate costs the coach's hours: wait at the station instead
    for f in range(forced):
        if d.out.rests[f, 0] == 0 and d.out.rests[f, 3] == d.window[DRIVE, 0]:
            minutes = person_minutes(d, n)
            later = next_open(start + d.out.rests[f, 2], d.window[STOP_OPENS, 0], d.window[STOP_CLOSES, 0])
            if run_from(x, d, n, later, drivers, metres) >= 0 and person_minutes(d, n) <= minutes:
                return later
            run_from(x, d, n, start, drivers, metres)
            break
    return start


@kernel
def _worth(x: Instance, d: Draft, n: int, hour_fen: float) -> float:
    duration = d.out.arrives[n - 1] - d.out.departs[0]
    over = max(0, duration - x.ride_most[DIRECT])  # a start at which nobody sits too long is looked for first
    return x.minute_fen * person_minutes(d, n) + hour_fen / 60 * duration + OVERLONG_FEN * over


@kernel
def _spread(x: Instance, d: Draft, n: int, drivers: int, metres: int, minutes: int, hour_fen: float, hint: int) -> int:
    low = d.window[STOP_RELEASE, 0]
    high = FAR
    gone = 0
    for i in range(1, n):
        gone += d.window[DRIVE, i - 1]
        high = min(high, d.window[STOP_DUE, i] - gone)
        if d.window[STOP_RELEASE, i] > 0:
            low = max(low, d.window[STOP_RELEASE, i] - gone - 240)
    best = -1
    best_worth = 0.0
    if hint >= 0:
        start = min(max(hint, low), high)
        if run_from(x, d, n, start, drivers, metres) >= 0:
            best = start
            best_worth = _worth(x, d, n, hour_fen)
            if np.random.random() < JUMP_CHANCE:
                for jump in (-1440, -720, -360, 360, 720, 1440):
                    shifted = start + jump
                    if low <= shifted <= high and run_from(x, d, n, shifted, drivers, metres) >= 0:
                        worth = _worth(x, d, n, hour_fen)
                        if worth < best_worth - 1e-6:
                            best = shifted
                            best_worth = worth
            for sign in (-1, 1):
                step = 30
                while low <= best + sign * step <= high and step <= 480:
                    if run_from(x, d, n, best + sign * step, drivers, metres) < 0:
                        break
                    worth = _worth(x, d, n, hour_fen)
                    if worth >= best_worth - 1e-6:
                        break
                    best += sign * step
                    best_worth = worth
                    step *= 2
        if best < 0:
            # too late for somebody, as a rule: leave earlier, or give up on this change of the load
            for step in (60, 150, 300, 540):
                if low <= start - step and run_from(x, d, n, start - step, drivers, metres) >= 0:
                    best = start - step
                    break
            if best < 0:
                return -1
    if best < 0:
        start = low
        while start <= high and start < low + 6 * 1440:
            if run_from(x, d, n, start, drivers, metres) >= 0:
                worth = _worth(x, d, n, hour_fen)
                if best < 0 or worth < best_worth - 1e-6:
                    best = start
                    best_worth = worth
            start = start + GRID_MIN - start % GRID_MIN
        if best < 0:
            return -1
        for step in (30, 15, 5):
            base = best
            for sign in (-1, 1):
                start = base + sign * step
                if low <= start <= high and run_from(x, d, n, start, drivers, metres) >= 0:
                    worth = _worth(x, d, n, hour_fen)
                    if worth < best_worth - 1e-6:
                        best = start
                        best_worth = worth
    opened = next_open(best, d.window[STOP_OPENS, 0], d.window[STOP_CLOSES, 0])
    if opened != best:
        return opened if opened <= high and run_from(x, d, n, opened, drivers, metres) >= 0 else -1
    run_from(x, d, n, best, drivers, metres)
    return best
