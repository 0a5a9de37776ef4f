"""Coach loads: riders, ride limits, cheapest coach and worth of one feeder, direct line or last-mile run.

A load's value counts its hire and its riders' time on it, waiting at the station included, so that the plan's value
is the sum over loads, vehicles and trunk rides. Loads live in a ``State``; ``Draft`` is the load being tried.
"""

from __future__ import annotations

from dispatch.solve.best_start import best_start, person_minutes, run_from, windows
from dispatch.solve.compiled import kernel
from dispatch.solve.instance import (
    AVAILABLE,
    COACH_FARE,
    COACH_FIXED,
    COACH_LEAST,
    COACH_SEATS,
    DIRECT,
    FEEDER,
    FIRST_DAY,
    GATE,
    HOUR,
    KM,
    LAST_DAY,
    LAST_MILE,
    NONE,
    ONE,
    ORIGIN,
    PEOPLE_HOUR,
    TWO,
    ZERO,
    Instance,
    Ints,
)
from dispatch.solve.state import (
    BOARD,
    BOARDING,
    BOARDINGS,
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
    STOPS,
    TYPE,
    Draft,
    State,
)

DAY = 1440
DAYS_TRIED = 5  # days before and after on which a coach is looked for when those of the best day are taken


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
def ride_too_long(x: Instance, d: Draft, kind: int, n: int, boardings: int, members: int) -> bool:
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
def _too_many_board(x: Instance, d: Draft, kind: int, boardings: int, people: int) -> bool:
    """Whether more people board somewhere than may leave from there in an hour, whichever it is."""
    for i in range(boardings):
        boards = people if kind == LAST_MILE else d.window[BOARDING, i]
        if boards > x.stop[d.row[i], PEOPLE_HOUR]:
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
    if x.types_from[at] == x.types_from[at + 1] or _too_many_board(x, d, kind, boardings, people):
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
    if k < 0 or ride_too_long(x, d, kind, n, boardings, members):
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
