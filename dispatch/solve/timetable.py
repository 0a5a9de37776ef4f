"""Times for a coach's stops under the driving-hour rules: a truck-driver scheduling problem (Goel 2010).

A coach drives until a rule forces it to stand. At each stand there are few choices: the drivers swap, everybody rests,
or the coach waits for the hour at which the day's limit holds again. ``simulate`` times one line of choices;
``dispatch.solve.schedule`` searches among them. All times are minutes from the problem's epoch, which is a local
midnight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import DrivingRules
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import constant, kernel

IntArray = NDArray[np.int64]

MAX_PIECES = 128
DAY, WEEK = constant(DAY_MIN), constant(7 * DAY_MIN)
UNLIMITED = constant(1 << 40)
MARGIN = constant(120)  # minutes of short waits that may put off the last arrival
ILLEGAL, TOO_LATE = constant(-1), constant(-2)


class Rules(NamedTuple):
    """The driving rules as plain integers that compiled code can read; see ``DrivingRules`` for their meaning."""

    continuous: int
    continuous_night: int
    rest: int
    night_from: int
    night_to: int
    daily: int
    weekly: int
    curfew_from: int
    curfew_to: int
    curfew_exempt_m: int
    second_driver_m: int
    swap: int
    dwell: int


class Scratch(NamedTuple):
    """Working memory of one timetable: calls (arrival, departure), stands on the way, driving pieces by driver, and
    the line of choices that leads to it.
    """

    arrives: IntArray
    departs: IntArray
    rests: IntArray  # (n, 4): leg, start, minutes, minutes driven on that leg before it
    pieces: IntArray  # (n, 3): start, end, driver
    way: IntArray  # (6, MAX_PIECES): the rows below


# rows of ``Scratch.way``
CHOICE = constant(0)  # option taken at each point of choice
OPTIONS = constant(1)  # how many options there were at each point
CAP = constant(2)  # longest allowed length of each driving piece: a shorter one makes an early swap
PAUSE, NEXT = constant(3), constant(4)  # at the present stand: minutes of each option, and who drives then
NOTE = constant(5)  # and its columns:
POINTS = constant(0)  # points of choice met
# where hours first ran out: minutes LEFT to drive, WHO has none, minutes that driver could go on but for the hours
LEFT, WHO, REACH = constant(1), constant(2), constant(3)


def rules_of(driving: DrivingRules, dwell_min: int) -> Rules:
    """The rules of a problem in compiled form."""
    return Rules(
        driving.continuous,
        driving.continuous_night,
        driving.rest,
        driving.night_from,
        driving.night_to,
        driving.daily,
        driving.weekly,
        driving.curfew_from,
        driving.curfew_to,
        driving.curfew_exempt_m,
        driving.second_driver_m,
        driving.swap,
        dwell_min,
    )


def scratch(stops: int) -> Scratch:
    """Working memory for routes of up to ``stops`` stops."""
    made = Scratch(
        np.zeros(stops, np.int64),
        np.zeros(stops, np.int64),
        np.zeros((MAX_PIECES, 4), np.int64),
        np.zeros((MAX_PIECES, 3), np.int64),
        np.zeros((6, MAX_PIECES), np.int64),
    )
    made.way[CAP] = UNLIMITED
    return made


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
def _left_of(driver: int, now: int, count: int, pieces: IntArray, limit: int, window: int) -> int:
    """Minutes the driver may drive from ``now`` without passing ``limit`` in any ``window`` minutes."""
    oldest = now - window
    used = 0
    rolling_off = 0
    for i in range(count):
        if pieces[i, 2] == driver and pieces[i, 1] > oldest:
            if pieces[i, 0] <= oldest:
                rolling_off = pieces[i, 1] - oldest
                used += rolling_off
            else:
                used += pieces[i, 1] - pieces[i, 0]
    return limit - used + rolling_off


@kernel
def _budget(driver: int, driven: int, wanted: int, now: int, count: int, pieces: IntArray, rules: Rules) -> int:
    """Minutes the driver, who has ``driven`` so many in all, may drive from ``now`` by the daily and weekly limits."""
    left = rules.daily - driven
    if left < wanted and pieces[0, 0] <= now - DAY:
        left = _left_of(driver, now, count, pieces, rules.daily, DAY)
    if rules.weekly - driven < wanted:
        left = min(left, _left_of(driver, now, count, pieces, rules.weekly, WEEK))
    return left


@kernel
def _frees(driver: int, now: int, count: int, pieces: IntArray, rules: Rules) -> int:
    """First minute from ``now`` on at which the driver may drive again."""
    at = now
    for _ in range(count + 1):
        day = _left_of(driver, at, count, pieces, rules.daily, DAY)
        week = _left_of(driver, at, count, pieces, rules.weekly, WEEK)
        if day > 0 and week > 0:
            return at
        window = DAY if day <= 0 else WEEK
        following = UNLIMITED
        for i in range(count):
            if pieces[i, 2] == driver and pieces[i, 0] + window > at:
                following = min(following, pieces[i, 0] + window)
        at = following
    return UNLIMITED


@kernel
def least_end(now: int, left: int, count: int, standing: int, pause: int, exempt: bool, rules: Rules) -> int:
    """A minute before which nobody who must still drive ``left`` minutes and stand ``standing`` at stops arrives: as
    many further stands of ``pause`` as the easier of the continuous limits asks for, and no driving in the curfew.
    """
    stands = max(0, (count + left - 1) // max(rules.continuous, rules.continuous_night))
    end = now + left + standing + stands * pause
    if exempt or rules.curfew_from == rules.curfew_to:
        return end
    closed = (rules.curfew_to - rules.curfew_from) % 1440
    at = now
    if _in_span(now % 1440, rules.curfew_from, rules.curfew_to):
        at += (rules.curfew_to - now) % 1440
        stands -= 1
    crossed = 0 * now  # a plain integer, not a literal
    while True:
        moving = left + max(0, stands - crossed) * pause
        if moving <= (rules.curfew_from - at) % 1440 + crossed * (1440 - closed):
            return max(end, at + moving + crossed * closed)
        crossed += 1


@kernel
def least_pause(n: int, drivers: int, rules: Rules) -> int:
    """Minutes that a stand for the drivers costs at least; standing at a stop on the way counts towards it."""
    pause = min(rules.rest, rules.swap) if drivers == 2 else rules.rest
    return max(0, pause - rules.dwell) if n > 2 else pause


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
    cutoff: int,
    out: Scratch,
) -> int:
    """Time ``n`` stops from ``start`` along the choices in ``out``; the number of stands on the way, ``ILLEGAL`` where
    a stop's ``due`` is missed, ``TOO_LATE`` where the last arrival cannot lie before ``cutoff``.

    ``drive[i]`` minutes lead from stop i to i+1. No departure lies before ``release``; no arrival outside the daily
    hours: the coach waits just before the stop. Fills ``out``: calls, stands, driving pieces, and at which points
    there was something to choose.
    """
    out.way[NOTE, POINTS] = 0
    out.way[NOTE, LEFT] = 0
    out.way[NOTE, WHO] = 0
    out.way[NOTE, REACH] = 0
    out.arrives[0] = start
    out.departs[0] = start
    if start < release[0]:
        return ILLEGAL
    exempt = distance_m <= rules.curfew_exempt_m
    easiest = max(rules.continuous, rules.continuous_night)
    tightest = min(rules.continuous, rules.continuous_night)
    left_all = 0  # minutes to drive until the last stop
    for leg in range(n - 1):
        left_all += drive[leg]
    pause_least = least_pause(n, drivers, rules)
    scarce = drivers == 2 and left_all > rules.daily  # who drives how long matters
    now = start
    pieces = 0 * drivers  # a plain integer, not a literal
    forced = 0 * drivers
    driver = 0 * drivers
    driven_first = 0
    driven_second = 0
    count = 0  # continuous driving of the one at the wheel
    other_count = 0
    off = start - DAY  # since when the other one has not driven
    drove_until = start - DAY  # end of the last piece
    length = 0  # of the present piece
    for leg in range(n - 1):
        left = drive[leg]
        driven = 0
        dwells = (n - 2 - leg) * rules.dwell
        while left > 0:
            if cutoff < UNLIMITED and (least_end(now, left_all, count, dwells, pause_least, exempt, rules) >= cutoff):
                return TOO_LATE
            m = now % 1440
            offers = 0
            if not exempt and _in_span(m, rules.curfew_from, rules.curfew_to):
                wait = (rules.curfew_to - m) % 1440
                out.way[PAUSE, 0] = wait
                out.way[NEXT, 0] = driver
                offers = 1
                if drivers == 2 and wait >= rules.swap and (scarce or wait < rules.rest):
                    first = _budget(0, driven_first, rules.daily, now + wait, pieces, out.pieces, rules)
                    second = _budget(1, driven_second, rules.daily, now + wait, pieces, out.pieces, rules)
                    out.way[PAUSE, 1] = wait
                    better = 0 if first >= second else 1
                    out.way[NEXT, 0] = better
                    out.way[NEXT, 1] = 1 - better
                    offers = 2
            else:
                night = _in_span(m, rules.night_from, rules.night_to)
                span = (rules.night_to - m) % 1440 if night else (rules.night_from - m) % 1440
                if span == 0:
                    span = DAY
                if not exempt:
                    span = min(span, (rules.curfew_from - m) % 1440)
                limit = rules.continuous_night if night else rules.continuous
                run = min(left, span, limit - count)
                mine = driven_first if driver == 0 else driven_second
                budget = rules.daily - mine
                if budget < run or rules.weekly - mine < run:
                    # only who comes near a limit needs to know what leaves its window
                    budget = _budget(driver, mine, run, now, pieces, out.pieces, rules)
                run = min(run, budget, out.way[CAP, pieces - 1] - length if length > 0 else out.way[CAP, pieces])
                if run > 0:
                    if length > 0:
                        out.pieces[pieces - 1, 1] = now + run
                    else:
                        if pieces >= MAX_PIECES - 1:
                            return ILLEGAL
                        out.pieces[pieces, 0] = now
                        out.pieces[pieces, 1] = now + run
                        out.pieces[pieces, 2] = driver
                        pieces += 1
                    if driver == 0:
                        driven_first += run
                    else:
                        driven_second += run
                    now += run
                    drove_until = now
                    left -= run
                    left_all -= run
                    driven += run
                    count += run
                    length += run
                    continue
                if budget <= 0 and out.way[NOTE, LEFT] == 0:
                    out.way[NOTE, LEFT] = left_all
                    out.way[NOTE, WHO] = driver
                    out.way[NOTE, REACH] = min(limit - count, span)
                till_day = (rules.night_to - m) % 1440
                until_day = night and till_day < rules.rest and count < rules.continuous and budget > 0
                if until_day and (till_day <= rules.swap or (drivers == 1 and left_all <= rules.continuous - count)):
                    out.way[PAUSE, offers] = till_day
                    out.way[NEXT, offers] = driver
                    offers += 1
                    until_day = False
                if drivers == 2:
                    theirs = driven_second if driver == 0 else driven_first
                    for way in range(2):
                        at = rules.swap if way == 0 else till_day
                        if way == 1 and not (night and rules.swap < till_day < rules.rest):
                            continue
                        then = (now + at) % 1440
                        bound = (
                            rules.continuous_night
                            if _in_span(then, rules.night_from, rules.night_to)
                            else rules.continuous
                        )
                        fresh = 0 if now + at - off >= rules.rest else other_count
                        if fresh >= bound:
                            continue
                        if _budget(1 - driver, theirs, 1, now + at, pieces, out.pieces, rules) <= 0:
                            if out.way[NOTE, LEFT] == 0:
                                out.way[NOTE, LEFT] = left_all
                                out.way[NOTE, WHO] = 1 - driver
                                out.way[NOTE, REACH] = min(bound - fresh, span)
                        else:
                            out.way[PAUSE, offers] = at
                            out.way[NEXT, offers] = 1 - driver
                            offers += 1
                if until_day:
                    out.way[PAUSE, offers] = till_day
                    out.way[NEXT, offers] = driver
                    offers += 1
                for step in range(drivers):
                    who = (driver + step) % 2
                    at = now + (rules.rest if step == 0 else max(rules.rest, rules.swap))
                    if _budget(who, driven_second if who else driven_first, 1, now, pieces, out.pieces, rules) <= 0:
                        frees = _frees(who, now, pieces, out.pieces, rules)
                        if step == 0 and frees < at and count < limit:
                            # hours come back before a rest would end: the driver goes on without one
                            out.way[PAUSE, offers] = frees - now
                            out.way[NEXT, offers] = driver
                            offers += 1
                        at = max(at, frees)
                    if at < UNLIMITED:
                        out.way[PAUSE, offers] = at - now
                        out.way[NEXT, offers] = who
                        offers += 1
                if drivers == 2 and offers >= 2 and out.way[PAUSE, offers - 1] < out.way[PAUSE, offers - 2]:
                    for row in (PAUSE, NEXT):
                        swapped = out.way[row, offers - 1]
                        out.way[row, offers - 1] = out.way[row, offers - 2]
                        out.way[row, offers - 2] = swapped
                if offers == 0:
                    return ILLEGAL
            if forced >= MAX_PIECES:
                return ILLEGAL
            taken = 0
            if offers > 1:
                out.way[OPTIONS, out.way[NOTE, POINTS]] = offers
                taken = out.way[CHOICE, out.way[NOTE, POINTS]]
                out.way[NOTE, POINTS] += 1
            pause = out.way[PAUSE, taken]
            out.rests[forced, 0] = leg
            out.rests[forced, 1] = now
            out.rests[forced, 2] = pause
            out.rests[forced, 3] = driven
            forced += 1
            length = 0
            if out.way[NEXT, taken] != driver:
                fresh = 0 if now + pause - off >= rules.rest else other_count
                other_count = count
                count = fresh
                off = drove_until
                driver = 1 - driver
            elif now + pause - drove_until >= rules.rest:
                count = 0
            now += pause
        arrival = next_open(now, opens[leg + 1], closes[leg + 1])
        if arrival > now:
            if forced >= MAX_PIECES:
                return ILLEGAL
            out.rests[forced, 0] = leg
            out.rests[forced, 1] = now
            out.rests[forced, 2] = arrival - now
            out.rests[forced, 3] = driven
            forced += 1
        if arrival > due[leg + 1]:
            return ILLEGAL
        out.arrives[leg + 1] = arrival
        out.departs[leg + 1] = arrival
        if leg + 2 == n:
            break
        departure = max(arrival + rules.dwell, release[leg + 1])
        pause = departure - now
        taken = 0
        offers = 1
        follows = departure % 1440
        late = follows + left_all + dwells + MARGIN
        dark = _in_span(follows, rules.night_from, rules.night_to) or late >= rules.night_from
        pressed = count + left_all > (tightest if dark else easiest)
        out.way[PAUSE, 0] = pause
        out.way[NEXT, 0] = driver
        if drivers == 2 and (pressed or scarce):
            if pause >= rules.swap:
                first = _budget(0, driven_first, rules.daily, departure, pieces, out.pieces, rules)
                second = _budget(1, driven_second, rules.daily, departure, pieces, out.pieces, rules)
                if first != second:
                    out.way[NEXT, 0] = 0 if first > second else 1
                out.way[PAUSE, 1] = pause
                out.way[NEXT, 1] = 1 - out.way[NEXT, 0]
                offers = 2
            else:
                out.way[PAUSE, 1] = rules.swap
                out.way[NEXT, 1] = 1 - driver
                offers = 2
        if pressed and count > 0 and pause < rules.rest:
            for who in range(drivers):
                out.way[PAUSE, offers] = rules.rest if who == 0 else max(rules.rest, rules.swap)
                out.way[NEXT, offers] = (driver + who) % 2
                offers += 1
        if offers > 1 and next_open(now + rules.rest, opens[leg + 1], closes[leg + 1]) > now + rules.rest:
            kept = 0
            for i in range(offers):
                if out.way[PAUSE, i] == pause:
                    out.way[PAUSE, kept] = pause
                    out.way[NEXT, kept] = out.way[NEXT, i]
                    kept += 1
            offers = kept
        if offers > 1:
            out.way[OPTIONS, out.way[NOTE, POINTS]] = offers
            taken = out.way[CHOICE, out.way[NOTE, POINTS]]
            out.way[NOTE, POINTS] += 1
        pause = out.way[PAUSE, taken]
        length = 0
        if out.way[NEXT, taken] != driver:
            fresh = 0 if now + pause - off >= rules.rest else other_count
            other_count = count
            count = fresh
            off = drove_until
            driver = 1 - driver
        elif now + pause - drove_until >= rules.rest:
            count = 0
        now += pause
        out.departs[leg + 1] = now
    return forced
