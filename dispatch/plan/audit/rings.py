"""Prices of places by rings: what every coach that serves somewhere inside a set of places pays on leaving it.

A ring takes the least of what its leaving arcs have left and charges it to as many people inside as a coach holds; a
coach leaves each ring it visits at least once. What is left of the arcs, and the hire, is shared as without rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dispatch.plan.audit.given import Floats, Ints, Price

PLACES_MOST = 128  # with people, up to which rings are tried
PEOPLE_MOST = 20  # a place on average
AROUND_MOST = np.array((20, np.iinfo(np.int64).max))  # people that a ring is put around, in each of two systems


class Joins(NamedTuple):
    """An order of places in which every component stands together, and which of them meet: begin, border, end."""

    order: Ints
    spans: list[tuple[int, int, int]]


def ranked(metres: Floats) -> Ints:
    """The order of pairs of places by the shorter of their two ways, then by the places; shape of ``metres``."""
    n = len(metres)
    one, two = np.triu_indices(n, 1)
    order = np.argsort(np.minimum(metres, metres.T)[one, two], kind="stable")
    rank = np.zeros((n, n), np.int64)
    rank[one[order], two[order]] = np.arange(len(order))
    return np.maximum(rank, rank.T)


def joins(rank: Ints) -> Joins:
    """The components that meet, pair by pair in the order of ``rank``, until all are one (Kruskal).

    No two ranks are equal, so that there is one least tree; it is grown from its first place (Prim) and then sorted.
    """
    n = len(rank)
    outside = np.ones(n, bool)
    outside[:1] = False
    near, to = rank[:1].ravel().copy(), np.zeros(n, np.int64)
    edges = []
    for _ in range(n - 1):
        j = int(np.flatnonzero(outside)[near[outside].argmin()])
        edges.append((int(near[j]), int(to[j]), j))
        outside[j] = False
        nearer = rank[j] < near
        near[nearer], to[nearer] = rank[j, nearer], j
    part = [np.array([i]) for i in range(n)]
    pairs = []
    for _, i, j in sorted(edges):
        pairs.append((part[i], part[j]))
        whole = np.concatenate(pairs[-1])
        for member in whole:
            part[member] = whole
    at = np.argsort(part[0])
    return Joins(part[0], [(at[a[0]], at[b[0]], at[a[0]] + len(a) + len(b)) for a, b in pairs])


def ring_prices(arcs: Floats, exits: Floats, heads: Ints, prices: Sequence[Price], meets: Joins) -> Floats:
    """Fen a head at each place in each system of rings, shape (systems, places).

    ``arcs`` (K, n, n) and ``exits`` (K, n) are fen between places and to the station at each of the prices.
    """
    arcs, exits, heads = arcs[:, meets.order][:, :, meets.order], exits[:, meets.order], heads[meets.order]
    most = AROUND_MOST if heads.sum() > AROUND_MOST.min() else AROUND_MOST[:1]
    seats = np.array([p.seats for p in prices])
    charged, arcs_left, exits_left = _ringed(arcs, exits, heads, seats, meets.spans, most)
    across = _least(arcs_left)
    home = (across + exits_left[:, :, None, :]).min(axis=3)
    shared = np.full(charged.shape, np.inf)
    for k, p in enumerate(prices):
        for system in range(len(most)):
            cost = p.hire + over_both(across[system, k], home[system, k])
            np.minimum(shared[system], p.seat + _shares(cost, heads, p.seats), out=shared[system])
    total = np.empty_like(charged)
    total[:, meets.order] = charged + shared
    return total


def over_both(between: Floats, onward: Floats) -> Floats:
    """The least way of a coach that serves a place (down) and another (across) and then goes on from either."""
    least: Floats = np.minimum(between + onward, between.T + onward[:, None])
    np.fill_diagonal(least, onward)
    return least


def _ringed(
    arcs: Floats, exits: Floats, heads: Ints, seats: Ints, spans: list[tuple[int, int, int]], most: Ints
) -> tuple[Floats, Floats, Floats]:
    """Fen a head charged by rings (systems, n); what is left of arcs (systems, K, n, n), of exits (systems, K, n)."""
    n = len(heads)
    leaving = np.concatenate((arcs, exits[:, :, None]), axis=2)
    leaving[:, np.arange(n), np.arange(n)] = np.inf
    room = np.minimum(seats[:, None], heads)
    charged = np.where(heads <= most[:, None], (leaving.min(axis=2) / room).min(axis=0), 0.0)
    taken = charged[:, None, :] * room
    leaving = leaving - taken[..., None]  # from now on by component, in the row of its first member
    left = np.repeat(arcs[None], len(most), axis=0)
    for begin, border, end in spans:
        one, two, whole = slice(begin, border), slice(border, end), slice(begin, end)
        for a, b in ((one, two), (two, one)):
            left[:, :, a, b] -= taken[:, :, a, None]
        outward = np.minimum(leaving[:, :, begin], leaving[:, :, border])
        outward[:, :, whole] = np.inf
        people = int(heads[whole].sum())
        room = np.minimum(seats, people)
        more = np.where(people <= most, np.maximum(0.0, (outward.min(axis=2) / room).min(axis=1)), 0.0)
        charged[:, whole] += more[:, None]
        taken[:, :, whole] += (more[:, None] * room)[:, :, None]
        leaving[:, :, begin] = outward - (more[:, None] * room)[:, :, None]
    return charged, np.maximum(0.0, left), np.maximum(0.0, exits - taken)


def _least(arcs: Floats) -> Floats:
    """Least ways over any places (Floyd 1962) along the last two axes, in place."""
    for table in arcs.reshape(-1, *arcs.shape[2:]):
        room = np.empty_like(table)
        for over in range(len(table)):
            np.add(table[:, over, None], table[over], out=room)
            np.minimum(table, room, out=table)
    return arcs


def _shares(cost: Floats, heads: Ints, seats: int) -> Floats:
    order = np.argsort(cost, axis=1)
    so_far = np.minimum(seats, heads[order].cumsum(axis=1))
    least: Floats = (np.take_along_axis(cost, order, axis=1) / so_far).min(axis=1)
    return least
