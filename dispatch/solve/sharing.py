"""The least share of a coach's hire that one person bears, over every load that could contain that person.

Whoever is aboard, the route covers the way of each pair of riders. So a coach that costs C holds, with person p, only
people whose detour with p costs at most C, and p's share is at least min over C of C / min(seats, people within C).
Sorting by detour gives that minimum exactly at the detours themselves. Valid for any route and order. People count as
company on the days on which they could be aboard.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import CoachType, DrivingRules
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import Floats, Ints

Terms = tuple[float, float, float, float, float]  # hire, fen per metre, fen per minute, fen per person, seats
COMPARED_MOST = 200  # places up to which all are compared
NEAREST = 64  # of more, those compared one by one; all beyond them count as full of people


def distinct_terms(coaches: Iterable[CoachType]) -> list[Terms]:
    """The different prices among coach types."""
    return sorted({(c.fixed_fen, c.km_fen / 1000, c.hour_fen / 60, c.seat_fen, c.seats) for c in coaches})


def least_shares(metres: Floats, minutes: Floats, people: Ints, terms: list[Terms]) -> Floats:
    """Least fen a head for a person at place p whose coach covers ``metres[p, q]`` and ``minutes[p, q]`` when somebody
    of q is aboard, by day; shape (n, days). Company are the ``people`` (n, days) of the day; inf without any at p, or
    without coaches.
    """
    least = np.full(people.shape, np.inf)
    for hire, per_metre, per_minute, fare, seats in terms:
        cost = hire + per_metre * metres + per_minute * minutes
        if cost.shape[1] > COMPARED_MOST:
            order = np.argpartition(cost, NEAREST, axis=1)[:, :NEAREST]
            order = np.take_along_axis(order, np.argsort(np.take_along_axis(cost, order, axis=1), axis=1), axis=1)
        else:
            order = np.argsort(cost, axis=1)
        _walk(cost, order, float(seats), float(fare), people, least)
    return least


@entry
def _walk(cost: Floats, order: Ints, seats: float, fare: float, people: Ints, least: Floats) -> None:
    for p in range(len(cost)):
        for day in range(people.shape[1]):
            if people[p, day] == 0:
                continue
            aboard = 0
            best = least[p, day] - fare
            for k in range(order.shape[1]):
                q = order[p, k]
                if people[q, day] == 0:
                    continue
                aboard += people[q, day]
                best = min(best, cost[p, q] / min(seats, float(aboard)))
                if aboard >= seats:
                    break
            else:
                if order.shape[1] < cost.shape[1]:
                    # whoever else comes along costs no less than the farthest of these
                    best = min(best, cost[p, order[p, order.shape[1] - 1]] / seats)
            least[p, day] = fare + best


@kernel
def legal_minutes(drive: float, day: int, limit: int, pause: int) -> float:
    """As ``least_ways.least_legal_minutes``, of one number."""
    whole = max(0.0, np.ceil(drive / day) - 1.0)
    rest = drive - whole * day
    return whole * 1440.0 + rest + max(0.0, np.ceil(rest / limit) - 1.0) * pause


def legal_terms(rules: DrivingRules) -> tuple[int, int, int]:
    """Minutes two drivers may drive in a day, the longest drive without a stop, the least stop."""
    return 2 * rules.daily, max(rules.continuous, rules.continuous_night), min(rules.swap, rules.rest)


@kernel
def _way(m: NDArray[np.int32], at: Ints, p: int, q: int, gate_p: int, gate_q: int) -> float:
    """Least way over both boardings, then both gates, p's boarding first, at any stops that either may board at."""
    best = np.inf
    for i in range(at.shape[1]):
        a = at[p, i]
        if a < 0:
            break
        for k in range(at.shape[1]):
            b = at[q, k]
            if b < 0:
                break
            onward = min(m[b, gate_p] + m[gate_p, gate_q], m[b, gate_q] + m[gate_q, gate_p])
            best = min(best, float(m[a, b] + onward))
    return best


@kernel
def _own_way(m: NDArray[np.int32], at: Ints, p: int, gate: int) -> float:
    best = np.inf
    for i in range(at.shape[1]):
        if at[p, i] < 0:
            break
        best = min(best, float(m[at[p, i], gate]))
    return best


@entry
def direct_shares(
    metres: NDArray[np.int32],
    minutes: NDArray[np.int32],
    at: Ints,
    gate: Ints,
    window: Ints,
    heads: Ints,
    terms: Floats,
    legal: Ints,
    days: int,
    some: Ints,
) -> Floats:
    """Least fen a head on a direct coach for ``some`` of n kinds of people, in their order.

    ``at`` (n, most) holds boarding stops, -1 beyond the last, ``window`` (n, 2) release and due, ``terms`` rows of
    ``Terms``, ``legal`` is ``legal_terms``. p and q share a coach only where each can alight in time after the other
    has boarded, since every boarding comes before the first alighting, and where both can be aboard on the day on
    which the coach leaves its last boarding stop.
    """
    n = len(gate)
    day, limit, pause = legal[0], legal[1], legal[2]
    latest = window[:, 1] - _reach(minutes, at, gate, day, limit, pause)
    least = np.full(len(some), np.inf)
    far = np.zeros(n)
    long = np.zeros(n)
    who = np.zeros(n, np.int64)
    cost = np.zeros(n)
    for at_p in range(len(some)):
        p = some[at_p]
        count = 0
        for q in range(n):
            if window[p, 0] >= window[q, 1] or window[q, 0] >= window[p, 1]:
                continue
            if p == q:
                far[count] = _own_way(metres, at, p, gate[p])
                long[count] = legal_minutes(_own_way(minutes, at, p, gate[p]), day, limit, pause)
            else:
                to_mine = legal_minutes(_own_way(minutes, at, q, gate[p]), day, limit, pause)
                to_theirs = legal_minutes(_own_way(minutes, at, p, gate[q]), day, limit, pause)
                if window[q, 0] + to_mine > window[p, 1] or window[p, 0] + to_theirs > window[q, 1]:
                    continue
                far[count] = min(_way(metres, at, p, q, gate[p], gate[q]), _way(metres, at, q, p, gate[q], gate[p]))
                long[count] = legal_minutes(
                    min(_way(minutes, at, p, q, gate[p], gate[q]), _way(minutes, at, q, p, gate[q], gate[p])),
                    day,
                    limit,
                    pause,
                )
            who[count] = q
            count += 1
        first = min(days - 1, max(0, window[p, 0] // DAY_MIN))
        last = min(days - 1, max(0, latest[p] // DAY_MIN))
        for t in range(len(terms)):
            hire, per_metre, per_minute, fare, seats = terms[t]
            for k in range(count):
                cost[k] = hire + per_metre * far[k] + per_minute * long[k]
            order = np.argsort(cost[:count])
            for today in range(first, last + 1):
                aboard = 0
                for k in order:
                    q = who[k]
                    if today < days - 1 and window[q, 0] >= DAY_MIN * (today + 1):
                        continue
                    if today > 0 and latest[q] < DAY_MIN * today:
                        continue
                    aboard += heads[q]
                    least[at_p] = min(least[at_p], fare + cost[k] / min(seats, float(aboard)))
                    if aboard >= seats:
                        break
    return least


@kernel
def _reach(minutes: NDArray[np.int32], at: Ints, gate: Ints, day: int, limit: int, pause: int) -> Ints:
    """Least legal minutes from anybody's boarding stop to the gate of each kind, shape (n,)."""
    least = np.full(minutes.shape[1], np.inf)
    boards = np.zeros(minutes.shape[0], np.bool_)
    for p in range(len(at)):
        for i in range(at.shape[1]):
            if at[p, i] >= 0:
                boards[at[p, i]] = True
    reach = np.zeros(len(gate), np.int64)
    for p in range(len(gate)):
        g = gate[p]
        if least[g] == np.inf:
            for a in range(len(boards)):
                if boards[a]:
                    least[g] = min(least[g], float(minutes[a, g]))
        reach[p] = int(legal_minutes(least[g], day, limit, pause))
    return reach
