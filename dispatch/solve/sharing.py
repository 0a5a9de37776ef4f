"""The least share of a coach's hire that one person bears, over every load that could contain that person.

Whoever is aboard, the route covers the way of each pair of riders. So a coach that costs C holds, with person p, only
people whose detour with p costs at most C, and p's share is at least min over C of C / min(seats, people within C).
Sorting by detour gives that minimum exactly at the detours themselves. Valid for any route, order and day.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dispatch.model.problem import CoachType
from dispatch.solve.instance import Floats, Ints

Terms = tuple[float, float, float, float, float]  # hire, fen per metre, fen per minute, fen per person, seats


def distinct_terms(coaches: Iterable[CoachType]) -> list[Terms]:
    """The different prices among coach types."""
    return sorted({(c.fixed_fen, c.km_fen / 1000, c.hour_fen / 60, c.seat_fen, c.seats) for c in coaches})


def least_share(metres: Floats, minutes: Floats, heads: Ints, terms: list[Terms]) -> Floats:
    """Least fen per head, shape (n,), for people p whose coach covers ``metres[p, q]`` and ``minutes[p, q]`` when q
    is aboard.

    ``heads[p, q]`` or ``heads[q]`` counts the people q stands for; p's own entry must be among the q. inf without
    coaches.
    """
    least = np.full(len(metres), np.inf)
    for hire, per_metre, per_minute, fare, seats in terms:
        cost = hire + per_metre * metres + per_minute * minutes
        order = np.argsort(cost, axis=1)
        aboard = np.cumsum(np.take_along_axis(np.broadcast_to(heads, cost.shape), order, axis=1), axis=1)
        share = np.take_along_axis(cost, order, axis=1) / np.clip(aboard, 1, seats)
        np.minimum(least, fare + share.min(axis=1, initial=np.inf), out=least)
    return least
