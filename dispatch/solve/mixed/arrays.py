"""What the compiled search reads and changes: the instance, the routes under construction and scratch, as arrays.

A *node* is a pick-up (a request, all of whose riders board there and alight at one gate) or a gate. Times are seconds
and mean when boarding or alighting begins; a hop from a to b ends there too, so it includes the halt at b.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.compiled import constant

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

ROUTE = 192  # nodes of a route at most
FOREVER = 1e12
PLACE, GATE, RIDERS = range(3)  # columns of Arrays.node; GATE counts gates from 0 and is -1 for a gate itself
SERVICE, BOARD_FROM, BOARD_UNTIL, ARRIVE_FROM, ARRIVE_UNTIL = range(5)  # of Arrays.time
SEATS, AVAILABLE, FIXED, PER_M, PER_S = range(5)  # of Arrays.vehicle
RIDE, ONE_LOAD, TIMED_BOARDING = range(3)  # of Arrays.rule
TMIN, TMAX, GAP, SERVED = range(4)  # of State.real
LENGTH, TYPE = range(2)  # of State.route
ABSENT = constant(-1)


class Arrays(NamedTuple):
    """An instance of C pick-ups, G gates at P places, and T types of vehicle."""

    hop: Matrix  # (P, P) seconds from leaving a to the first rider's step at b
    back: Matrix  # its transpose, so that a node's hops from everywhere lie together
    metres: Matrix  # (P, P)
    sertem: Matrix  # its transpose
    node: Ints  # (C + G, 3) PLACE, GATE, RIDERS
    time: Floats  # (C + G, 5) SERVICE s in all (at a gate per rider), windows of boarding and of arrival
    vehicle: Floats  # (T, 5) SEATS ... PER_S
    rule: Floats  # (3,) RIDE s between the two beginnings; the others are 0 or 1
    alone: NDArray[np.bool_]  # (C,) whether some vehicle can carry the request by itself


class State(NamedTuple):
    """Routes under construction; a route of length 0 is free."""

    node: Ints  # (S, ROUTE)
    real: Floats  # (S, 4, ROUTE) TMIN, TMAX earliest and latest time, GAP delay that fits behind, SERVED s
    load: Ints  # (S, ROUTE) riders aboard after the node
    route: Ints  # (S, 2) LENGTH, TYPE
    cost: Floats  # (S,)
    where: Ints  # (C,) route of each request or ABSENT
    used: Ints  # (T,) vehicles of each type in use


class Work(NamedTuple):
    """Scratch of one search."""

    draft: Ints  # (ROUTE,) the route being tried
    real: Floats  # (8, ROUTE) its schedule, see ``schedule``
    load: Ints  # (ROUTE,)
    visit: Ints  # (2, ROUTE) node and first boarding of each gate visit
    batch: Ints  # (3, G) of riders aboard for a gate: round it was opened in, first boarding, riders
    span: Floats  # (2, G) when they may arrive
    tick: Ints  # (1,)
    choice: Ints  # (4,) route, place of the pick-up, place of a new gate visit or -1, vehicle type


def new_state(x: Arrays, routes: int) -> State:
    """Nobody served, with room for so many routes."""
    return State(
        node=np.zeros((routes, ROUTE), np.int64),
        real=np.zeros((routes, 4, ROUTE)),
        load=np.zeros((routes, ROUTE), np.int64),
        route=np.zeros((routes, 2), np.int64),
        cost=np.zeros(routes),
        where=np.full(len(x.alone), -1, np.int64),
        used=np.zeros(len(x.vehicle), np.int64),
    )


def new_work(x: Arrays) -> Work:
    """Scratch for an instance."""
    gates = len(x.node) - len(x.alone)
    return Work(
        draft=np.zeros(ROUTE, np.int64),
        real=np.zeros((8, ROUTE)),
        load=np.zeros(ROUTE, np.int64),
        visit=np.zeros((2, ROUTE), np.int64),
        batch=np.zeros((3, gates), np.int64),
        span=np.zeros((2, gates)),
        tick=np.zeros(1, np.int64),
        choice=np.zeros(4, np.int64),
    )
