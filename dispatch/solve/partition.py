"""Parts of a plan that can be improved side by side: units near one another in time, origin and gate, with the loads
and vehicles that are theirs alone.

Whoever rides in a load of one part and in a load of another stays as they are until the parts are drawn anew, so that
what is found in the parts fits together again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.compiled import entry
from dispatch.solve.instance import (
    ACCESS,
    DEPARTS,
    DUE,
    FAR,
    FIXED,
    GATE,
    LEAST,
    RELEASE,
    SIZE,
    VEHICLE,
    Floats,
    Instance,
    Ints,
)
from dispatch.solve.snapshot import Snapshot, aboard, loads_of_units, riders
from dispatch.solve.state import BY_TRUNK, MEMBER, RIDE, WAY

TIME, ORIGINS, GATES = np.eye(5)[0], np.array([0.0, 1, 1, 0, 0]), np.array([0.0, 0, 0, 1, 1])
TOGETHER_MIN = 1_800  # minutes by which windows spread where all may meet
GATES_FIRST = 0.7  # of the cuts are by gate, the others by origin

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """Units that may be moved, units that only sit in the part's loads, the loads, and the vehicles to choose from."""

    free: Ints
    fixed: Ints
    loads: Ints
    vehicles: Ints


def places(x: Instance, where: NDArray[np.float64]) -> Floats:
    """What units may be near one another in: time, origin, gate, in minutes; shape (U, 5). ``where`` holds each stop's
    (north, east) in minutes of road.
    """
    middle = (x.unit[:, RELEASE] + x.unit[:, DUE]) / 2
    return np.column_stack([middle, where[x.unit[:, ACCESS]], where[x.unit[:, GATE]]])


def bisect(at: Floats, most: int, least_parts: int, draw: np.random.Generator) -> Ints:
    """A part number for each unit: halves of halves, along random directions, of at most ``most`` units; shape (U,)."""
    part = np.zeros(len(at), np.int64)
    parts = 1
    while parts < least_parts or len(at) > parts * most:
        for p in range(parts):
            mine = np.flatnonzero(part == p)
            # people at other times never meet; of those who could, who shares a gate's region shares most
            spread = np.maximum(1.0, at[mine].std(axis=0))
            axes = TIME if spread[0] > TOGETHER_MIN else GATES if draw.random() < GATES_FIRST else ORIGINS
            key = at[mine] @ (draw.normal(size=5) * axes / spread)
            order = np.argsort(key, kind="stable")
            part[mine[order[len(order) // 2 :]]] += parts
        parts *= 2
    return part


def by_time(x: Instance, ride: Ints, parts: int) -> list[Part]:
    """Parts of everybody for a first plan: the vehicles of a part leave before those of the next, and whoever is meant
    for one of them is in its part.
    """
    leaves = np.full(len(x.vehicle), FAR)
    np.minimum.at(leaves, x.leg[:, VEHICLE], x.leg[:, DEPARTS])
    when = (x.unit[:, RELEASE] + x.unit[:, DUE]) // 2
    on = np.flatnonzero(ride >= 0)
    when[on] = leaves[x.leg[ride[on], VEHICLE]]
    cuts = np.quantile(when, np.arange(1, parts) / parts) if len(when) else np.zeros(parts - 1)
    unit_part, vehicle_part = np.searchsorted(cuts, when), np.searchsorted(cuts, leaves)
    none = np.zeros(0, np.int64)
    return [Part(np.flatnonzero(unit_part == p), none, none, np.flatnonzero(vehicle_part == p)) for p in range(parts)]


def divide(x: Instance, s: Snapshot, part: Ints, draw: np.random.Generator) -> list[Part]:
    """The parts with what is theirs: a load goes where most of its riders are, a hired vehicle likewise."""
    parts = int(part.max(initial=0)) + 1
    load, position = riders(s.rows, s.coach)
    unit = s.rows[load, MEMBER + position]
    load_part = _most(load, part[unit], x.unit[unit, SIZE], len(s.coach), parts)
    owner = _owners(x, s, part, parts, draw)
    free = _free(x, s, part, load_part, owner)
    fixed_at = np.flatnonzero(~free[unit])
    found = []
    for p in range(parts):
        loads = np.flatnonzero(load_part == p)
        fixed = np.unique(unit[fixed_at[load_part[load[fixed_at]] == p]])
        found.append(Part(np.flatnonzero(free & (part == p)), fixed, loads, np.flatnonzero(owner == p)))
    return found


def _most(row: Ints, part: Ints, weight: Ints, rows: int, parts: int) -> Ints:
    """For each row the part with the most weight."""
    table = np.zeros((rows, parts))
    np.add.at(table, (row, part), weight)
    return np.argmax(table, axis=1) if rows else np.zeros(0, np.int64)


def _owners(x: Instance, s: Snapshot, part: Ints, parts: int, draw: np.random.Generator) -> Ints:
    """The part of each vehicle: that of most of its riders; of an empty one, that of some unit that could ride."""
    interest = _interest(x, part, parts)
    owner = np.argmax(interest * draw.random(interest.shape), axis=1)
    on = np.flatnonzero(s.way[:, WAY] == BY_TRUNK)
    if len(on):
        vehicle = x.leg[s.way[on, RIDE], VEHICLE]
        riding = _most(vehicle, part[on], x.unit[on, SIZE], len(x.vehicle), parts)
        used = aboard(x, s.way)[:, 0] > 0
        owner[used] = riding[used]
    return owner


@entry
def _interest(x: Instance, part: Ints, parts: int) -> Floats:
    """How many people of each part could ride each vehicle, once for each leg; shape (V, parts)."""
    table = np.zeros((len(x.vehicle), parts))
    for u in range(len(x.unit)):
        for o in range(x.span[u, 0], x.span[u, 1]):
            table[x.leg[x.option[o], VEHICLE], part[u]] += x.unit[u, SIZE]
    return table


def _free(x: Instance, s: Snapshot, part: Ints, load_part: Ints, owner: Ints) -> Bools:
    """Whether all of a unit's loads are in its part, and the vehicle too where it must be hired or filled."""
    free = np.ones(len(part), bool)
    for load in loads_of_units(s).T:
        rides = load >= 0
        free[rides] &= load_part[load[rides]] == part[rides]
    on = np.flatnonzero(s.way[:, WAY] == BY_TRUNK)
    vehicle = x.leg[s.way[on, RIDE], VEHICLE]
    hired = (x.vehicle[vehicle, FIXED] > 0) | (x.vehicle[vehicle, LEAST] > 1)
    free[on] &= ~hired | (owner[vehicle] == part[on])
    return free
