"""The earliest legal schedule of a coach, and its best start: a search among the choices at each stand.

Driving until a rule forces the coach to stand is the best there is, but for the choices at the stand itself (rest,
swap, wait for the day's limit) and, with two drivers, swaps made early so that both can use all their hours. So the
schedule is a depth-first branch and bound over lines of choices, and over early swaps where a driver ran out of hours
(truck-driver scheduling: Goel 2010, Goel and Kok 2012 for two drivers).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.model.problem import DrivingRules
from dispatch.solve.compiled import constant, entry, kernel
from dispatch.solve.timetable import (
    CAP,
    CHOICE,
    DAY,
    ILLEGAL,
    LEFT,
    MAX_PIECES,
    NOTE,
    OPTIONS,
    POINTS,
    REACH,
    UNLIMITED,
    WHO,
    IntArray,
    Rules,
    Scratch,
    copy,
    least_end,
    least_pause,
    next_open,
    rules_of,
    scratch,
    simulate,
)

EARLY_PIECES = 16  # driving pieces that may be cut short
TWO_DRIVERS = constant(2)
ALL_LINES = constant(4_000)  # lines of choices tried for one start; most trips need a handful
EARLY_SWAPS = 3  # in one schedule
PROPOSALS = 96  # sets of early swaps tried for one start


@kernel
def least_arrival(
    n: int,
    drive: IntArray,
    release: IntArray,
    due: IntArray,
    opens: IntArray,
    closes: IntArray,
    start: int,
    drivers: int,
    distance_m: int,
    rules: Rules,
) -> int:
    """A minute before which the last stop cannot be reached: dwell, releases, opening hours, and as many stands as
    the easier of the continuous limits asks for. ``UNLIMITED`` where some stop's ``due`` is missed even so.
    """
    now = start
    total = 0
    for leg in range(n - 1):
        total += drive[leg]
        now = next_open(now + drive[leg], opens[leg + 1], closes[leg + 1])
        if now > due[leg + 1]:
            return UNLIMITED
        if leg + 2 < n:
            now = max(now + rules.dwell, release[leg + 1])
    # in each 24 hours all drivers together drive no longer than their hours
    days = max(0, (total - 1) // (drivers * rules.daily))
    left = total - days * drivers * rules.daily
    exempt = distance_m <= rules.curfew_exempt_m
    pause = least_pause(n, drivers, rules)
    end = least_end(start, total, 0, (n - 2) * rules.dwell, pause, exempt, rules)
    if days > 0:
        end = max(end, least_end(start + days * DAY, left, 0, 0, pause, exempt, rules))
    return max(now, end)


@kernel
def _line(
    n: int,
    drive: IntArray,
    release: IntArray,
    due: IntArray,
    opens: IntArray,
    closes: IntArray,
    start: int,
    drivers: int,
    distance_m: int,
    rules: Rules,
    least: int,
    cutoff: int,
    lines: IntArray,
    out: Scratch,
    best: IntArray,
) -> int:
    """Earliest last arrival before ``cutoff`` over all lines of choices with the early swaps in ``out``; puts the
    line into ``best``. ``cutoff`` itself where there is none. Takes the lines tried from ``lines[0]``.
    """
    for i in range(MAX_PIECES):
        out.way[CHOICE, i] = 0
    while lines[0] > 0:
        lines[0] -= 1
        forced = simulate(n, drive, release, due, opens, closes, start, drivers, distance_m, rules, cutoff, out)
        if forced >= 0 and out.arrives[n - 1] < cutoff:
            cutoff = out.arrives[n - 1]
            copy(out.way[CHOICE], best)
            if cutoff <= least:
                return cutoff
        k = out.way[NOTE, POINTS] - 1
        while k >= 0 and out.way[CHOICE, k] + 1 >= out.way[OPTIONS, k]:
            out.way[CHOICE, k] = 0
            k -= 1
        if k < 0:
            return cutoff
        out.way[CHOICE, k] += 1
    return cutoff


@kernel
def _early_swaps(
    n: int,
    drive: IntArray,
    release: IntArray,
    due: IntArray,
    opens: IntArray,
    closes: IntArray,
    start: int,
    distance_m: int,
    rules: Rules,
    least: int,
    cutoff: int,
    lines: IntArray,
    out: Scratch,
    best: IntArray,
    plans: IntArray,
) -> int:
    """As ``_line``, for two drivers one of whom ran out of hours: pieces of that driver are cut short by what is
    missing, so that the other one takes more. ``plans[0]`` receives the cuts of the line in ``best``.
    """
    for i in range(EARLY_PIECES):
        plans[0, i] = UNLIMITED
        plans[1, i] = UNLIMITED
    plans[1, EARLY_PIECES] = 0
    made = 2
    at = 1
    line = np.zeros(MAX_PIECES, np.int64)
    while at < made and cutoff > least and lines[0] > 0:
        for i in range(EARLY_PIECES):
            out.way[CAP, i] = plans[at, i]
        reached = _line(
            n,
            drive,
            release,
            due,
            opens,
            closes,
            start,
            TWO_DRIVERS,
            distance_m,
            rules,
            least,
            cutoff,
            lines,
            out,
            line,
        )
        if reached < cutoff:
            cutoff = reached
            copy(line, best)
            for i in range(EARLY_PIECES):
                plans[0, i] = plans[at, i]
        if plans[at, EARLY_PIECES] < EARLY_SWAPS:
            for i in range(MAX_PIECES):
                out.way[CHOICE, i] = 0
            simulate(n, drive, release, due, opens, closes, start, TWO_DRIVERS, distance_m, rules, UNLIMITED, out)
            left = out.way[NOTE, LEFT]
            for way in range(2):
                missing = min(left, out.way[NOTE, REACH]) if way == 0 else left
                if missing <= 0 or (way == 1 and left <= out.way[NOTE, REACH]):
                    continue
                for j in range(EARLY_PIECES):
                    long = out.pieces[j, 1] - out.pieces[j, 0]
                    if made < PROPOSALS and out.pieces[j, 2] == out.way[NOTE, WHO] and long > missing:
                        copy(plans[at], plans[made])
                        plans[made, j] = long - missing
                        plans[made, EARLY_PIECES] += 1
                        made += 1
        at += 1
    for i in range(EARLY_PIECES):
        out.way[CAP, i] = UNLIMITED
    return cutoff


@entry
def earliest(
    n: int,
    drive: IntArray,
    release: IntArray,
    due: IntArray,
    opens: IntArray,
    closes: IntArray,
    start: int,
    drivers: int,
    distance_m: int,
    rules: Rules,
    cutoff: int,
    most: int,
    out: Scratch,
) -> int:
    """Earliest legal schedule from ``start``, left in ``out``; the number of stands on the way, -1 where there is none
    that arrives before ``cutoff``. At most ``most`` lines of choices are tried.

    Arguments as ``dispatch.solve.timetable.simulate``; the choices in ``out`` are all 0 before and after.
    """
    cutoff = min(cutoff, due[n - 1] + 1)
    least = least_arrival(n, drive, release, due, opens, closes, start, drivers, distance_m, rules)
    if least >= cutoff:
        return ILLEGAL
    forced = simulate(n, drive, release, due, opens, closes, start, drivers, distance_m, rules, cutoff, out)
    if out.way[NOTE, POINTS] == 0 or (forced >= 0 and out.arrives[n - 1] <= least):
        return forced if forced >= 0 and out.arrives[n - 1] < cutoff else ILLEGAL
    best = np.zeros(MAX_PIECES, np.int64)
    lines = np.full(1, most, np.int64)
    reached = _line(
        n, drive, release, due, opens, closes, start, drivers, distance_m, rules, least, cutoff, lines, out, best
    )
    total = 0
    for leg in range(n - 1):
        total += drive[leg]
    early = drivers == 2 and total > rules.daily and reached > least
    plans = np.zeros((PROPOSALS if early else 1, EARLY_PIECES + 1), np.int64)
    if early:
        reached = _early_swaps(
            n, drive, release, due, opens, closes, start, distance_m, rules, least, reached, lines, out, best, plans
        )
    for i in range(MAX_PIECES):
        out.way[CHOICE, i] = 0
    if reached == cutoff:
        return ILLEGAL
    copy(best, out.way[CHOICE])
    if early:
        for i in range(EARLY_PIECES):
            out.way[CAP, i] = plans[0, i]
    forced = simulate(n, drive, release, due, opens, closes, start, drivers, distance_m, rules, UNLIMITED, out)
    for i in range(EARLY_PIECES):
        out.way[CAP, i] = UNLIMITED
    for i in range(MAX_PIECES):
        out.way[CHOICE, i] = 0
    return forced


@entry
def best_start(
    n: int,
    drive: IntArray,
    release: IntArray,
    due: IntArray,
    opens: IntArray,
    closes: IntArray,
    first: int,
    last: int,
    step: int,
    drivers: int,
    distance_m: int,
    rules: Rules,
    out: Scratch,
) -> int:
    """The start among ``first``, ``first + step`` ... up to ``last`` whose schedule is the shortest, the earliest of
    these; -1 where no start is legal. Its schedule is left in ``out``.
    """
    least = 0
    for leg in range(n - 1):
        least += drive[leg]
    exempt = True  # whatever the clock says
    least = least_end(0, least, 0, (n - 2) * rules.dwell, least_pause(n, drivers, rules), exempt, rules)
    chosen = -1
    duration = UNLIMITED
    # with two drivers the search among lines costs more: what the plainest line reaches from some start limits it
    start = first
    while drivers == 2 and start <= last and duration > least + 1:
        end = start + duration
        forced = simulate(n, drive, release, due, opens, closes, start, drivers, distance_m, rules, end, out)
        if forced >= 0 and out.arrives[n - 1] < end:
            duration = out.arrives[n - 1] - start + 1
        start += step
    start = first
    while start <= last and duration > least:
        forced = earliest(
            n, drive, release, due, opens, closes, start, drivers, distance_m, rules, start + duration, ALL_LINES, out
        )
        if forced >= 0:
            chosen = start
            duration = out.arrives[n - 1] - start
        start += step
    if chosen >= 0:
        earliest(n, drive, release, due, opens, closes, chosen, drivers, distance_m, rules, UNLIMITED, ALL_LINES, out)
    return chosen


def earliest_arrival(
    drive: Sequence[int],
    release: Sequence[int],
    due: Sequence[int],
    hours: Sequence[tuple[int, int]],
    start: int,
    drivers: int,
    distance_m: int,
    rules: DrivingRules,
    dwell_min: int,
) -> list[int] | None:
    """Arrival minutes at all stops of the schedule from ``start`` that reaches the last one first; ``None`` where no
    legal one was found.

    ``drive`` holds the minutes from each stop to the next; ``release``, ``due`` and daily ``hours`` (opens, closes, in
    minutes after midnight) have an entry for each stop. The coach stands ``dwell_min`` at every stop on the way.
    """
    n = len(release)
    out = scratch(n)
    opens, closes = np.array(hours, np.int64).T
    forced = earliest(
        n, np.array(drive, np.int64), np.array(release, np.int64), np.array(due, np.int64), opens.copy(), closes.copy(),
        start, drivers, distance_m, rules_of(rules, dwell_min), UNLIMITED, ALL_LINES, out,
    )  # fmt: skip
    return out.arrives.tolist() if forced >= 0 else None
