"""Coach loads: route, riders, best legal times and cheapest coach of one feeder, direct line or last-mile run.

A load's value counts its hire and its riders' time on it, waiting at the station included, so that the plan's value
is the sum over loads, vehicles and trunk rides. Loads live in a ``State``; ``Draft`` is the load being tried.
"""

from __future__ import annotations

import numpy as np

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import (
    AFTER,
    ARRIVES,
    AVAILABLE,
    BEFORE,
    CLOSES,
    COACH_FARE,
    COACH_FIXED,
    COACH_LEAST,
    COACH_SEATS,
    DEPARTS,
    DIRECT,
    DUE,
    FAR,
    FEEDER,
    FIRST_DAY,
    GATE,
    HOUR,
    KM,
    LAST_DAY,
    LAST_MILE,
    NONE,
    ONE,
    OPENS,
    ORIGIN,
    RELEASE,
    SIZE,
    TWO,
    ZERO,
    Instance,
    Ints,
)
from dispatch.solve.schedule import earliest
from dispatch.solve.state import (
    ALIGHTING,
    BOARD,
    BOARDING,
    BOARDINGS,
    DRIVE,
    DRIVERS,
    END,
    HIRE,
    KIND,
    LEG,
    MEMBER,
    MEMBERS,
    METRES,
    PEOPLE,
    START,
    STOP_CLOSES,
    STOP_DUE,
    STOP_OPENS,
    STOP_RELEASE,
    STOPS,
    TYPE,
    Draft,
    State,
)
from dispatch.solve.timetable import UNLIMITED, next_open, previous_open, simulate

DAY = 1440
JUMP_CHANCE = 0.2  # of trying another part of the day, or another day, when a direct line is timed anew
DAYS_TRIED = 5  # days before and after on which a coach is looked for when those of the best day are taken
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


@kernel
def cheapest_type(
    x: Instance,
    s: State,
    kind: int,
    stop: int,
    day: int,
    people: int,
    metres: int,
    minutes: int,
    own: int,
    own_day: int,
) -> tuple[int, float]:
    """Cheapest coach type free on the day that holds the people, and its hire in fen; (-1, 0) where there is none.

    ``own`` on ``own_day`` is the coach the load has now, which counts as free.
    """
    chosen = -1
    cost = 0.0
    at = kind * len(x.stop) + stop
    for i in range(x.types_from[at], x.types_from[at + 1]):
        k = x.types[i]
        if x.coach[k, COACH_SEATS] < people or day < x.coach[k, FIRST_DAY] or day > x.coach[k, LAST_DAY]:
            continue
        taken = s.used[k, day] - (1 if k == own and day == own_day else 0)
        if taken >= x.coach[k, AVAILABLE]:
            continue
        hire = (
            x.coach[k, COACH_FIXED]
            + x.coach[k, KM] * metres / 1000
            + x.coach[k, HOUR] * minutes / 60
            + x.coach[k, COACH_FARE] * people
        )
        if people < x.coach[k, COACH_LEAST]:
            hire += 1e7 * (x.coach[k, COACH_LEAST] - people)
        if chosen < 0 or hire < cost:
            chosen = k
            cost = hire
    return chosen, cost


@kernel
def _hired_from(
    x: Instance,
    s: State,
    d: Draft,
    kind: int,
    n: int,
    start: int,
    drivers: int,
    people: int,
    metres: int,
    own: int,
    own_day: int,
) -> tuple[int, float]:
    """Schedule the draft from ``start`` with the cheapest coach of that day, as ``cheapest_type``; (-1, 0) where none
    is free or it cannot run.
    """
    if start < 0 or start >= x.days * DAY:
        return -1, 0.0
    # whether one is free does not hang on what it costs, and is quicker to know than a schedule
    free, _ = cheapest_type(x, s, kind, d.row[0], start // DAY, people, metres, ZERO, own, own_day)
    if free < 0 or run_from(x, d, n, start, drivers, metres) < 0:
        return -1, 0.0
    duration = d.out.arrives[n - 1] - d.out.departs[0]
    return cheapest_type(x, s, kind, d.row[0], start // DAY, people, metres, duration, own, own_day)


@kernel
def _cheapest_day(
    x: Instance,
    s: State,
    d: Draft,
    kind: int,
    n: int,
    start: int,
    drivers: int,
    people: int,
    metres: int,
    own: int,
    own_day: int,
    hire: float,
) -> int:
    """The same clock time on the day with the least hire, the start's own where no other is below ``hire``; the draft
    is left with some other schedule.
    """
    best = start
    duration = d.out.arrives[n - 1] - d.out.departs[0]
    for day in range(x.days):
        another = start + (day - start // DAY) * DAY
        k, cost = cheapest_type(x, s, kind, d.row[0], day, people, metres, duration, own, own_day)
        if k >= 0 and cost < hire - 1e-6 and run_from(x, d, n, another, drivers, metres) >= 0:
            best = another
            hire = cost
    return best


@kernel
def _ride_too_long(x: Instance, d: Draft, kind: int, n: int, boardings: int, members: int) -> bool:
    """Whether somebody sits in the coach for longer than ``coach.ride_max`` allows."""
    most = x.ride_most[kind]
    if d.out.arrives[n - 1] - d.out.departs[0] <= most:
        return False
    if kind != DIRECT:
        return True
    for m in range(members):
        boards = 0
        while d.row[boards] != d.row[BOARD + m]:
            boards += 1
        alights = boardings
        while d.row[alights] != x.unit[d.row[MEMBER + m], GATE]:
            alights += 1
        if d.out.arrives[alights] - d.out.departs[boards] > most:
            return True
    return False


@kernel
def appraise(
    x: Instance, s: State, d: Draft, kind: int, n: int, boardings: int, members: int, own: int, hint: int, head: Ints
) -> float:
    """Value of the draft load in fen, or -1 where it cannot run. ``own`` is the slot it replaces, -1 for a new load;
    ``hint`` a start time near which a direct line is tried first, -1 for all times.

    Fills ``head`` (one row of ``State.coach``) and the schedule in ``d.out``.
    """
    people, metres, minutes, constant = windows(x, d, kind, n, boardings, members)
    at = kind * len(x.stop) + d.row[0]
    if x.types_from[at] == x.types_from[at + 1]:
        return -1.0
    drivers = 2 if metres > x.rules.second_driver_m or minutes > x.rules.daily else 1
    rate = x.coach[x.types[x.types_from[at]], HOUR]
    start = best_start(x, d, kind, n, drivers, metres, minutes, rate, hint)
    if start < 0 and drivers == 1 and minutes > min(x.rules.continuous, x.rules.continuous_night):
        # too late with the rests of one driver; a second one is never forbidden
        drivers = TWO
        start = best_start(x, d, kind, n, drivers, metres, minutes, rate, hint)
    if start < 0:
        return -1.0
    duration = d.out.arrives[n - 1] - d.out.departs[0]
    day = start // 1440
    if day < 0 or day >= x.days:
        return -1.0
    own_type = s.coach[own, TYPE] if own >= 0 else -1
    own_day = s.coach[own, START] // 1440 if own >= 0 else -1
    k, hire = cheapest_type(x, s, kind, d.row[0], day, people, metres, duration, own_type, own_day)
    # Where the coaches of that day are taken, or none run: another day, earlier for a feeder and later for a last mile.
    tried = DAYS_TRIED if kind == DIRECT else 1
    for shift in range(-tried, tried + 1):
        if k >= 0:
            break
        wrong_way = (kind == FEEDER and shift > 0) or (kind == LAST_MILE and shift < 0)
        if shift == 0 or wrong_way:
            continue
        another = start + shift * DAY
        k, hire = _hired_from(x, s, d, kind, n, another, drivers, people, metres, own_type, own_day)
        if k >= 0:
            start = another
    # An offer may run on few days of a long window.
    for far in range(2 * (tried + 1), 2 * x.days):
        if k >= 0 or kind != DIRECT:
            break
        another = start + (far // 2) * (DAY if far % 2 else -DAY)
        k, hire = _hired_from(x, s, d, kind, n, another, drivers, people, metres, own_type, own_day)
        if k >= 0:
            start = another
    if k >= 0 and kind == DIRECT and hint < 0:
        start = _cheapest_day(x, s, d, kind, n, start, drivers, people, metres, own_type, own_day, hire)
        k, hire = _hired_from(x, s, d, kind, n, start, drivers, people, metres, own_type, own_day)
    if k < 0 or _ride_too_long(x, d, kind, n, boardings, members):
        return -1.0
    head[KIND] = kind
    head[TYPE] = k
    head[DRIVERS] = drivers
    head[BOARDINGS] = boardings
    head[STOPS] = n
    head[MEMBERS] = members
    head[PEOPLE] = people
    head[START] = start
    head[END] = d.out.arrives[n - 1]
    head[METRES] = metres
    head[HIRE] = round(hire)
    return hire + x.minute_fen * (person_minutes(d, n) + constant)


@kernel
def appraise_alone(
    x: Instance, s: State, d: Draft, kind: int, u: int, a: int, leg: int, hint: int, head: Ints
) -> float:
    """Draft and appraise a load of unit ``u`` alone, from stop ``a``; as ``appraise``."""
    d.row[0] = a
    d.row[1] = x.leg[leg, ORIGIN] if kind == FEEDER else x.unit[u, GATE]
    d.row[MEMBER] = u
    d.row[BOARD] = a
    d.row[LEG] = leg
    return appraise(x, s, d, kind, TWO, ONE, ONE, NONE, hint, head)
