"""Which trains and flights to run, before anybody has a seat: the one that saves most, again and again.

Every way of a unit is priced by its least costs, what a coach costs raised by what usually stays empty and what
detours take. The vehicle whose riders then save most, its hire taken off, is opened, and whoever gains by it moves
there (greedy facility location, Jain et al. 2003, with capacities; evaluated lazily, Minoux 1978). A vehicle that loses
too many riders to a later one is closed again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import (
    ARRIVES,
    DEPARTS,
    FARE,
    FIXED,
    LEAST,
    NONE,
    SEATS,
    SIZE,
    VEHICLE,
    Floats,
    Instance,
    Ints,
)

STRANDED = 5e5  # fen a head that anybody without a direct coach would pay
STEPS_MOST = 6  # openings tried for each vehicle there is

Bools = NDArray[np.bool_]


@kernel
def _worth(
    x: Instance, v: int, running: bool, first: int, last: int, unit: Ints, cost: Floats, now: Floats, order: Ints
) -> tuple[float, int]:
    """What opening (or filling) vehicle ``v`` saves, and how many entries of ``order`` then ride."""
    count = 0
    for e in range(first, last):
        if now[unit[e]] > cost[e]:
            count += 1
    gain = np.zeros(count)
    which = np.zeros(count, np.int64)
    count = 0
    for e in range(first, last):
        if now[unit[e]] > cost[e]:
            # of the legs that a unit may ride on the vehicle, which stand side by side, the cheapest
            again = count > 0 and unit[which[count - 1]] == unit[e]
            if again and cost[which[count - 1]] <= cost[e]:
                continue
            count -= 1 if again else 0
            gain[count] = (cost[e] - now[unit[e]]) / x.unit[unit[e], SIZE]
            which[count] = e
            count += 1
    room = order[0]
    people = x.vehicle[v, SEATS] - room
    saved = 0.0 if running else -float(x.vehicle[v, FIXED])
    taken = 0
    for i in np.argsort(gain[:count]):
        u = unit[which[i]]
        if x.unit[u, SIZE] <= room:
            room -= x.unit[u, SIZE]
            people += x.unit[u, SIZE]
            saved += now[u] - cost[which[i]]
            taken += 1
            order[taken] = which[i]
            if room == 0:
                break
    if people < x.vehicle[v, LEAST]:
        return -1.0, 0
    return saved, taken


@entry
def choose_rides(x: Instance, own: Floats, start: Ints, unit: Ints, leg: Ints, cost: Floats) -> Ints:
    """The trunk leg of each unit, -1 for a direct coach; shape (U,).

    Entries ``start[v]:start[v + 1]`` of ``unit``, ``leg`` and ``cost`` belong to vehicle v; ``own`` is what each unit
    pays on the road.
    """
    vehicles = len(x.vehicle)
    now = own.copy()
    ride = np.full(len(own), NONE, np.int64)
    room = x.vehicle[:, SEATS].copy()
    running = np.zeros(vehicles, np.bool_)
    order = np.zeros(len(own) + 2, np.int64)
    key = np.zeros(vehicles)
    for v in range(vehicles):
        order[0] = room[v]
        if start[v + 1] > start[v]:
            key[v] = _worth(x, v, running[v], start[v], start[v + 1], unit, cost, now, order)[0]
    for _ in range(STEPS_MOST * vehicles):
        v = int(np.argmax(key))
        if key[v] <= 0:
            break
        order[0] = room[v]
        saved, taken = _worth(x, v, running[v], start[v], start[v + 1], unit, cost, now, order)
        if saved < 0.999 * key[v]:
            key[v] = saved
            continue
        key[v] = 0.0
        running[v] = True
        for i in range(1, taken + 1):
            e = order[i]
            u = unit[e]
            if ride[u] >= 0:
                left = x.leg[ride[u], VEHICLE]
                room[left] += x.unit[u, SIZE]
                key[left] = max(key[left], 1.0) if left != v else key[left]
            ride[u] = leg[e]
            now[u] = cost[e]
            room[v] -= x.unit[u, SIZE]
        _close_poor(x, own, now, ride, room, running, key)
    return ride


@kernel
def _close_poor(x: Instance, own: Floats, now: Floats, ride: Ints, room: Ints, running: Bools, key: Floats) -> None:
    """Close vehicles below their minimum, or whose riders would pay less on the road than their hire."""
    saved = np.zeros(len(x.vehicle))
    for u in range(len(own)):
        if ride[u] >= 0:
            saved[x.leg[ride[u], VEHICLE]] += own[u] - now[u]
    for v in range(len(x.vehicle)):
        if running[v] and (x.vehicle[v, SEATS] - room[v] < x.vehicle[v, LEAST] or saved[v] < x.vehicle[v, FIXED]):
            running[v] = False
            room[v] = x.vehicle[v, SEATS]
            key[v] = 0.0
            for u in range(len(own)):
                if ride[u] >= 0 and x.leg[ride[u], VEHICLE] == v:
                    ride[u] = -1
                    now[u] = own[u]


class Market(NamedTuple):
    """What each unit would pay: by itself on the road, and on every vehicle that is worth looking at.

    Entries ``start[v]:start[v + 1]`` of ``unit``, ``leg`` and ``cost`` belong to vehicle v, one for each unit.
    """

    own: Floats  # (U,) fen
    start: Ints  # (V + 1,)
    unit: Ints
    leg: Ints
    cost: Floats  # fen of the unit, hire not included


def market(x: Instance, ends: float, lines: float) -> Market:
    """Feeders with last miles at ``ends`` times their least costs, direct coaches at ``lines`` times."""
    own: Floats = np.where(np.isfinite(x.seat), lines * x.seat, STRANDED).astype(np.float64) * x.unit[:, SIZE]
    return Market(own, *_by_vehicle(x, ends))


def rides(x: Instance, prices: Market) -> Ints:
    """The trunk leg that suits each unit, -1 for a direct coach; shape (U,)."""
    return choose_rides(x, *prices)


@entry
def _by_vehicle(x: Instance, ends: float) -> tuple[Ints, Ints, Ints, Floats]:
    """Where each vehicle's entries begin, and their units, legs and costs; of the legs that a vehicle sells a unit, the
    cheapest.
    """
    start = np.zeros(len(x.vehicle) + 1, np.int64)
    last = np.full(len(x.vehicle), NONE, np.int64)
    for u in range(len(x.unit)):
        for o in range(x.span[u, 0], x.span[u, 1]):
            v = x.vehicle_of[o]
            if x.vehicle[v, SEATS] >= x.unit[u, SIZE] and last[v] != u:
                last[v] = u
                start[v + 1] += 1
    start = np.cumsum(start)
    at = start.copy()
    unit = np.zeros(start[-1], np.int64)
    leg = np.zeros(start[-1], np.int64)
    costs = np.zeros(start[-1])
    last[:] = NONE
    for u in range(len(x.unit)):
        for o in range(x.span[u, 0], x.span[u, 1]):
            v = x.vehicle_of[o]
            if x.vehicle[v, SEATS] < x.unit[u, SIZE]:
                continue
            t = x.option[o]
            ride = x.minute_fen * (x.leg[t, ARRIVES] - x.leg[t, DEPARTS])
            cost = (x.vehicle[v, FARE] + ride + ends * (x.worth[o] - ride)) * x.unit[u, SIZE]
            if last[v] != u:
                last[v] = u
                at[v] += 1
            elif cost >= costs[at[v] - 1]:
                continue
            unit[at[v] - 1] = u
            leg[at[v] - 1] = t
            costs[at[v] - 1] = cost
    return start, unit, leg, costs
