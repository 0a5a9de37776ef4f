"""Rounding cuts on sets of stops: what a coach pays for leaving each set, charged to the people who could be in it.

A set S is left by every coach that serves anybody in it, and at most min(seats, people of S) share that coach. So thin
flows pay for their own detours, which equal shares of full coaches never see. Sets are the clusters that Kruskal's
algorithm (1956) makes; what they take off the arcs is a feasible dual of the cuts, largest sets last.
``docs/mathematics.md``, "Rings", has the proof.
"""

from __future__ import annotations

import numpy as np

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import NONE, Floats, Ints


@entry
def ringed_prices(
    arcs: Floats, hire: Floats, fare: Floats, seats: Floats, people: Ints, pairs: Ints, limit: int
) -> Floats:
    """Fen a head by place so that no load pays less than its riders' sum, shape (n,).

    ``arcs`` (K, n, n + 1) are fen by coach type, from place to place and in the last column to the station; ``pairs``
    (m, 2) all pairs of places, nearest first. Sets of more than ``limit`` people have no ring.
    """
    price, left = _rings(arcs, seats, people, pairs, limit)
    return price + _shares(left, hire, fare, seats, people)


@kernel
def _rings(arcs: Floats, seats: Floats, people: Ints, pairs: Ints, limit: int) -> tuple[Floats, Floats]:
    """What each place pays for the rings around it, and what is left of the arcs."""
    types, n = arcs.shape[0], arcs.shape[1]
    taken = np.zeros((types, n))  # off the arcs that leave each place for beyond its outermost ring
    price = np.zeros(n)
    left = arcs.copy()
    following = np.full(n, NONE, np.int64)  # place in the same set
    tail = np.arange(n)
    of = np.arange(n)  # the first place of each place's set
    heads = people.copy()  # of the set that begins with a place
    for i in range(n):
        if heads[i] <= limit:
            _ring(arcs, seats, i, heads[i], of, following, taken, price)
    joined = 1
    for e in range(len(pairs)):
        if joined == n:
            break
        a, b = of[pairs[e, 0]], of[pairs[e, 1]]
        if a == b:
            continue
        joined += 1
        i = a
        while i >= 0:
            j = b
            while j >= 0:
                for k in range(types):
                    left[k, i, j] = max(0.0, arcs[k, i, j] - taken[k, i])
                    left[k, j, i] = max(0.0, arcs[k, j, i] - taken[k, j])
                j = following[j]
            i = following[i]
        j = b
        while j >= 0:
            of[j] = a
            j = following[j]
        following[tail[a]] = b
        tail[a] = tail[b]
        heads[a] += heads[b]
        if heads[a] <= limit:
            _ring(arcs, seats, a, heads[a], of, following, taken, price)
    for i in range(n):
        for k in range(types):
            left[k, i, n] = max(0.0, arcs[k, i, n] - taken[k, i])
    return price, left


@kernel
def _ring(
    arcs: Floats, seats: Floats, first: int, heads: int, of: Ints, following: Ints, taken: Floats, price: Floats
) -> None:
    """The widest ring that still fits around the set which begins with a place."""
    n = arcs.shape[1]
    width = np.inf
    i = first
    while i >= 0:
        for k in range(len(seats)):
            share = min(seats[k], float(heads))
            for j in range(n + 1):
                if j == n or of[j] != first:
                    width = min(width, (arcs[k, i, j] - taken[k, i]) / share)
        i = following[i]
    width = max(0.0, width)
    i = first
    while i >= 0:
        price[i] += width
        for k in range(len(seats)):
            taken[k, i] += width * min(seats[k], float(heads))
        i = following[i]


@kernel
def _shares(arcs: Floats, hire: Floats, fare: Floats, seats: Floats, people: Ints) -> Floats:
    """Least share of a coach over the pair ways of some arcs, ways over other places included; ``arcs`` are lost."""
    n = arcs.shape[1]
    least = np.full(n, np.inf)
    cost = np.zeros(n)
    for k in range(len(seats)):
        way = arcs[k]
        for over in range(n):
            for i in range(n):
                for j in range(n + 1):
                    way[i, j] = min(way[i, j], way[i, over] + way[over, j])
        for p in range(n):
            for q in range(n):
                cost[q] = hire[k] + min(way[p, q] + way[q, n], way[q, p] + way[p, n])
            cost[p] = hire[k] + way[p, n]
            aboard = 0
            for q in np.argsort(cost):
                aboard += people[q]
                least[p] = min(least[p], fare[k] + cost[q] / min(seats[k], float(aboard)))
                if aboard >= seats[k]:
                    break
    return least
