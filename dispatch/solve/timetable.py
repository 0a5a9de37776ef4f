"""Times for a coach's stops under the driving-hour rules: a truck-driver scheduling problem (Goel 2010).

A coach drives until a rule forces it to stop; each forced stop is a rest, a swap of drivers, or the wait that the
curfew or the rolling 24 hours ask for. All times are minutes from the problem's epoch, which is a local midnight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import DrivingRules
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import constant, entry, kernel

IntArray = NDArray[np.int64]

MAX_PIECES = 128
FIRST_DRIVER, SECOND_DRIVER = constant(0), constant(1)


class Rules(NamedTuple):
    """The driving rules as plain integers that compiled code can read; see ``DrivingRules`` for their meaning."""

    continuous: int
    continuous_night: int
    rest: int
    night_from: int
    night_to: int
    daily: int
    curfew_from: int
    curfew_to: int
    curfew_exempt_m: int
    second_driver_m: int
    swap: int
    dwell: int


class Scratch(NamedTuple):
    """Working memory of one timetable: calls (arrival, departure), forced stops on the way, driving pieces by
    driver.
    """

    arrives: IntArray
    departs: IntArray
    rests: IntArray  # (n, 4): leg, start, minutes, minutes driven on that leg before it
    pieces: IntArray  # (n, 3): start, end, driver


def rules_of(driving: DrivingRules, dwell_min: int) -> Rules:
    """The rules of a problem in compiled form."""
    return Rules(
        driving.continuous,
        driving.continuous_night,
        driving.rest,
        driving.night_from,
        driving.night_to,
        driving.daily,
        driving.curfew_from,
        driving.curfew_to,
        driving.curfew_exempt_m,
        driving.second_driver_m,
        driving.swap,
        dwell_min,
    )


def scratch(stops: int) -> Scratch:
    """Working memory for routes of up to ``stops`` stops."""
    return Scratch(
        np.zeros(stops, np.int64),
        np.zeros(stops, np.int64),
        np.zeros((MAX_PIECES, 4), np.int64),
        np.zeros((MAX_PIECES, 3), np.int64),
    )


@kernel
def copy(source: IntArray, target: IntArray) -> None:
    """Copy a row; a loop compiles in a fraction of the time of an array assignment with its shape checks."""
    for i in range(len(source)):
        target[i] = source[i]


@kernel
def next_open(minute: int, opens: int, closes: int) -> int:
    """The first minute at or after ``minute`` inside daily hours (``opens > closes`` spans midnight)."""
    m = minute % 1440
    if opens <= closes:
        if opens <= m <= closes:
            return minute
    elif m >= opens or m <= closes:
        return minute
    return minute + (opens - m) % 1440


@kernel
def previous_open(minute: int, opens: int, closes: int) -> int:
    """The last minute at or before ``minute`` inside daily hours."""
    m = minute % 1440
    if opens <= closes:
        if opens <= m <= closes:
            return minute
    elif m >= opens or m <= closes:
        return minute
    return minute - (m - closes) % 1440


@kernel
def _in_span(m: int, start: int, end: int) -> bool:
    return start <= m < end if start <= end else (m >= start or m < end)


@kernel
def _budget(driver: int, now: int, count: int, pieces: IntArray, daily: int) -> int:
    """Minutes the driver may drive from ``now`` without passing ``daily`` in any 24 hours."""
    oldest = now - 1440
    used = 0
    rolling_off = 0
    for i in range(count):
        if pieces[i, 2] == driver and pieces[i, 1] > oldest:
            if pieces[i, 0] <= oldest:
                rolling_off = pieces[i, 1] - oldest
                used += rolling_off
            else:
                used += pieces[i, 1] - pieces[i, 0]
    return daily - used + rolling_off


@kernel
def simulate(
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
    out: Scratch,
) -> int:
    """Earliest legal schedule from ``start`` over ``n`` stops; the number of forced stops, or -1 where a stop's
    ``due`` is missed.

    ``drive[i]`` minutes lead from stop i to i+1. No departure lies before ``release``; no arrival outside the daily
    hours: the coach waits just before the stop. Fills ``out``.
    """
    exempt = distance_m <= rules.curfew_exempt_m
    now = start
    pieces = FIRST_DRIVER * 1  # a plain integer, not a literal
    forced = 0
    driven_first = 0
    driven_second = 0
    driver = FIRST_DRIVER
    count = 0  # continuous driving of the one at the wheel
    other_count = 0
    other_off = start - 1440
    out.arrives[0] = start
    out.departs[0] = start
    if start < release[0]:
        return -1
    for leg in range(n - 1):
        left = drive[leg]
        driven = 0
        while left > 0:
            m = now % 1440
            if not exempt and _in_span(m, rules.curfew_from, rules.curfew_to):
                wait = (rules.curfew_to - m) % 1440
                if forced >= MAX_PIECES:
                    return -1
                out.rests[forced, 0] = leg
                out.rests[forced, 1] = now
                out.rests[forced, 2] = wait
                out.rests[forced, 3] = driven
                forced += 1
                now += wait
                if wait >= rules.rest:
                    count = 0
                    other_count = 0
                continue
            night = _in_span(m, rules.night_from, rules.night_to)
            span = (rules.night_to - m) % 1440 if night else (rules.night_from - m) % 1440
            if not exempt:
                span = min(span, (rules.curfew_from - m) % 1440)
            limit = rules.continuous_night if night else rules.continuous
            run = min(left, span, limit - count)
            budget = rules.daily - (driven_first if driver == FIRST_DRIVER else driven_second)
            if budget < run:
                # only who comes near the daily limit needs to know what leaves the 24 hours
                budget = _budget(driver, now, pieces, out.pieces, rules.daily)
                run = min(run, budget)
            if run > 0:
                if pieces > 0 and out.pieces[pieces - 1, 1] == now and out.pieces[pieces - 1, 2] == driver:
                    out.pieces[pieces - 1, 1] = now + run
                else:
                    if pieces >= MAX_PIECES:
                        return -1
                    out.pieces[pieces, 0] = now
                    out.pieces[pieces, 1] = now + run
                    out.pieces[pieces, 2] = driver
                    pieces += 1
                if driver == FIRST_DRIVER:
                    driven_first += run
                else:
                    driven_second += run
                now += run
                left -= run
                driven += run
                count += run
                continue
            if forced >= MAX_PIECES:
                return -1
            pause = rules.rest
            if drivers == 2 and _budget(1 - driver, now + rules.swap, pieces, out.pieces, rules.daily) > 0:
                fresh = 0 if now + rules.swap - other_off >= rules.rest else other_count
                if fresh < limit:
                    pause = rules.swap
                    other_count, count = count, fresh
                    other_off = now
                    driver = 1 - driver
            if pause == rules.rest:
                if budget <= 0:
                    # nobody may drive until the oldest driving leaves the 24 hours
                    frees = now + 1440
                    for i in range(pieces):
                        if out.pieces[i, 1] > now - 1440:
                            frees = min(frees, max(out.pieces[i, 0] + 1440, now))
                    pause = max(rules.rest, frees - now)
                count = 0
                other_count = 0
                if drivers == 2:
                    a = _budget(FIRST_DRIVER, now + pause, pieces, out.pieces, rules.daily)
                    b = _budget(SECOND_DRIVER, now + pause, pieces, out.pieces, rules.daily)
                    driver = FIRST_DRIVER if a >= b else SECOND_DRIVER
            out.rests[forced, 0] = leg
            out.rests[forced, 1] = now
            out.rests[forced, 2] = pause
            out.rests[forced, 3] = driven
            forced += 1
            now += pause
        arrival = next_open(now, opens[leg + 1], closes[leg + 1])
        if arrival > now:
            if forced >= MAX_PIECES:
                return -1
            out.rests[forced, 0] = leg
            out.rests[forced, 1] = now
            out.rests[forced, 2] = arrival - now
            out.rests[forced, 3] = driven
            forced += 1
        if arrival > due[leg + 1]:
            return -1
        out.arrives[leg + 1] = arrival
        departure = arrival
        if leg + 2 < n:
            departure = max(arrival + rules.dwell, release[leg + 1])
        out.departs[leg + 1] = departure
        pause = departure - arrival
        if pause >= rules.rest or arrival - now >= rules.rest:
            count = 0
            other_count = 0
        elif drivers == 2 and pause >= rules.swap:
            mine = _budget(driver, departure, pieces, out.pieces, rules.daily)
            theirs = _budget(1 - driver, departure, pieces, out.pieces, rules.daily)
            if theirs > mine:
                fresh = 0 if departure - other_off >= rules.rest else other_count
                other_count, count = count, fresh
                other_off = arrival
                driver = 1 - driver
        now = departure
    return forced


@entry
def earliest_legal(drive_min: int, start: int, drivers: int, distance_m: int, rules: Rules, out: Scratch) -> int:
    """Minutes from ``start`` to arrival of one leg of ``drive_min`` minutes; -1 where no schedule was found."""
    drive = np.array([drive_min], np.int64)
    zero = np.zeros(2, np.int64)
    due = np.full(2, 1 << 40, np.int64)
    closes = np.full(2, DAY_MIN, np.int64)
    if simulate(2, drive, zero, due, zero, closes, start, drivers, distance_m, rules, out) < 0:
        return -1
    return out.arrives[1] - start
