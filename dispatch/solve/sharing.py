"""The least share of a coach's hire that one person bears, over every load that could contain that person.

Whoever is aboard, the route covers the way of each pair of riders. So a coach that costs C holds, with person p, only
people whose detour with p costs at most C, and p's share is at least min over C of C / min(seats, people within C).
Sorting by detour gives that minimum exactly at the detours themselves. Valid for any route, order and day. People
count as company only where their days allow it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import CoachType, Demand, DrivingRules
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import Floats, Ints

Terms = tuple[float, float, float, float, float]  # hire, fen per metre, fen per minute, fen per person, seats
NEAREST = 64  # places compared one by one; all beyond them count as full of people
SPANS = 7  # days from the first on which a coach may run to the last; beyond, everybody counts as company


def distinct_terms(coaches: Iterable[CoachType]) -> list[Terms]:
    """The different prices among coach types."""
    return sorted({(c.fixed_fen, c.km_fen / 1000, c.hour_fen / 60, c.seat_fen, c.seats) for c in coaches})


class Company(NamedTuple):
    """People by place: all, those released after each day, those due before it. Shapes (n,), (n, days), (n, days)."""

    everybody: Ints
    later: Ints
    earlier: Ints


def company(places: Ints, demands: Iterable[tuple[Demand, Iterable[int]]], days: int) -> Company:
    """The people of demands at each of some sorted places, each demand at all the places that stand beside it."""
    # a party whose windows do not meet travels with nobody
    whole = [(d, tuple(at)) for d, at in demands if d.release_min <= d.due_min]
    rows = np.searchsorted(places, np.array([a for _, at in whole for a in at], np.int64))
    of = np.repeat(np.arange(len(whole)), [len(at) for _, at in whole])
    people = np.array([d.party_size * len(d.parties) for d, _ in whole], np.int64)[of]
    first = np.array([min(days - 1, d.release_min // DAY_MIN) for d, _ in whole], np.int64)[of]
    last = np.array([min(days - 1, max(0, d.due_min) // DAY_MIN) for d, _ in whole], np.int64)[of]
    released = np.zeros((len(places), days), np.int64)
    due = np.zeros((len(places), days), np.int64)
    np.add.at(released, (rows, first), people)
    np.add.at(due, (rows, last), people)
    everybody = released.sum(axis=1)
    return Company(everybody, everybody[:, None] - np.cumsum(released, axis=1), np.cumsum(due, axis=1) - due)


def least_shares(metres: Floats, minutes: Floats, who: Company, terms: list[Terms]) -> Floats:
    """Least fen a head for a person at place p whose coach covers ``metres[p, q]`` and ``minutes[p, q]`` when somebody
    of q is aboard, by the first day i on which it may run and the days w to the last; shape (n, days, SPANS).

    Company are those released by the last day and due on the first or later; with the last span, all. inf without
    coaches.
    """
    least = np.full((len(metres), who.later.shape[1], SPANS), np.inf)
    for hire, per_metre, per_minute, fare, seats in terms:
        cost = hire + per_metre * metres + per_minute * minutes
        if cost.shape[1] > NEAREST:
            order = np.argpartition(cost, NEAREST, axis=1)[:, :NEAREST]
            order = np.take_along_axis(order, np.argsort(np.take_along_axis(cost, order, axis=1), axis=1), axis=1)
        else:
            order = np.argsort(cost, axis=1)
        _walk(cost, order, float(seats), float(fare), who.everybody, who.later, who.earlier, least)
    return least


@entry
def _walk(
    cost: Floats, order: Ints, seats: float, fare: float, everybody: Ints, later: Ints, earlier: Ints, least: Floats
) -> None:
    days = later.shape[1]
    for p in range(len(cost)):
        for i in range(days):
            for w in range(least.shape[2]):
                whole = w == least.shape[2] - 1
                last = min(days - 1, i + w)
                aboard = 0
                best = least[p, i, w] - fare
                for k in range(order.shape[1]):
                    q = order[p, k]
                    aboard += everybody[q] if whole else everybody[q] - later[q, last] - earlier[q, i]
                    best = min(best, cost[p, q] / max(1.0, min(seats, float(aboard))))
                    if aboard >= seats:
                        break
                else:
                    if order.shape[1] < cost.shape[1]:
                        # whoever else comes along costs no less than the farthest of these
                        best = min(best, cost[p, order[p, order.shape[1] - 1]] / seats)
                least[p, i, w] = fare + best


@kernel
def legal_minutes(drive: float, day: int, limit: int, pause: int) -> float:
    """As ``options.least_legal_minutes``, of one number."""
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
) -> Floats:
    """Least fen a head on a direct coach for each of n kinds of people, shape (n,).

    ``at`` (n, most) holds boarding stops, -1 beyond the last, ``window`` (n, 2) release and due, ``terms`` rows of
    ``Terms``, ``legal`` is ``legal_terms``. p and q share a coach only where each can alight in time after the other
    has boarded, since every boarding comes before the first alighting.
    """
    n = len(gate)
    day, limit, pause = legal[0], legal[1], legal[2]
    least = np.full(n, np.inf)
    far = np.zeros(n)
    long = np.zeros(n)
    who = np.zeros(n, np.int64)
    cost = np.zeros(n)
    for p in range(n):
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
        for t in range(len(terms)):
            hire, per_metre, per_minute, fare, seats = terms[t]
            for k in range(count):
                cost[k] = hire + per_metre * far[k] + per_minute * long[k]
            aboard = 0
            for k in np.argsort(cost[:count]):
                aboard += heads[who[k]]
                least[p] = min(least[p], fare + cost[k] / min(seats, float(aboard)))
                if aboard >= seats:
                    break
    return least
