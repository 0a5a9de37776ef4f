"""A plan as compact columns that travel between processes: its loads, and how each unit goes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.instance import (
    ARRIVES,
    DEPARTS,
    FARE,
    FIRST_SEGMENT,
    FIXED,
    LAST_MILE,
    LAST_SEGMENT,
    LEAST,
    SIZE,
    VEHICLE,
    Instance,
    Ints,
)
from dispatch.solve.state import (
    ABOARD,
    BY_TRUNK,
    COACH_WIDTH,
    FIRST,
    KIND,
    LAST,
    MEMBER,
    MEMBERS,
    RIDE,
    RIDERS,
    ROW,
    START,
    TYPE,
    UNSERVED,
    WAY,
    State,
    new_state,
)


class Snapshot(NamedTuple):
    """L loads, none of them empty, and U units."""

    coach: Ints  # (L, COACH_WIDTH)
    rows: Ints  # (L, ROW)
    value: NDArray[np.float64]  # (L,) fen
    way: Ints  # (U, 2) WAY and RIDE


def empty(units: int) -> Snapshot:
    """A plan that serves nobody."""
    way = np.full((units, 2), -1, np.int64)
    way[:, WAY] = UNSERVED
    return Snapshot(np.zeros((0, COACH_WIDTH), np.int64), np.zeros((0, ROW), np.int64), np.zeros(0), way)


def riders(rows: NDArray[np.integer[Any]], coach: NDArray[np.integer[Any]]) -> tuple[Ints, Ints]:
    """Every rider of every load: (load, position among its members), flat."""
    load, position = np.nonzero(np.arange(RIDERS) < coach[:, MEMBERS, None])
    return load.astype(np.int64), position.astype(np.int64)


def loads_of_units(s: Snapshot) -> Ints:
    """The load to the station, or the direct one, and the load from it of each unit, -1 for none; shape (U, 2)."""
    found = np.full((len(s.way), 2), -1, np.int64)
    load, position = riders(s.rows, s.coach)
    unit = s.rows[load, MEMBER + position]
    found[unit, (s.coach[load, KIND] == LAST_MILE).astype(np.int64)] = load
    return found


def aboard(x: Instance, way: Ints) -> Ints:
    """People on each vehicle in all, then on each of its segments; shape (V, 1 + segments)."""
    segments = int(x.leg[:, LAST_SEGMENT].max()) + 1 if len(x.leg) else 1
    people = np.zeros((len(x.vehicle), 1 + segments), np.int64)
    on = np.flatnonzero(way[:, WAY] == BY_TRUNK)
    leg = x.leg[way[on, RIDE]]
    size = x.unit[on, SIZE]
    np.add.at(people[:, ABOARD], leg[:, VEHICLE], size)
    for k in range(segments):
        rides = (leg[:, FIRST_SEGMENT] <= k) & (k <= leg[:, LAST_SEGMENT])
        np.add.at(people[:, 1 + k], leg[rides, VEHICLE], size[rides])
    return people


def hired(x: Instance, coach: Ints) -> Ints:
    """Coaches hired of each type on each day; shape (K, days + 2)."""
    used = np.zeros((len(x.coach), x.days + 2), np.int64)
    np.add.at(used, (coach[:, TYPE], coach[:, START] // 1440), 1)
    return used


def state_of(x: Instance, s: Snapshot, slots: int) -> State:
    """A state with room for ``slots`` loads."""
    state = new_state(x, slots)
    n = len(s.coach)
    state.coach[:n], state.rows[:n], state.value[:n], state.top[0] = s.coach, s.rows, s.value, n
    state.unit[:, [WAY, RIDE]] = s.way
    state.unit[:, [FIRST, LAST]] = loads_of_units(s)
    state.vehicle[:] = aboard(x, s.way)
    state.used[:] = hired(x, s.coach)
    return state


def snapshot_of(state: State) -> Snapshot:
    """The loads of a state, and its units."""
    kept = np.flatnonzero(state.coach[: int(state.top[0]), KIND] >= 0)
    return Snapshot(
        state.coach[kept].copy(), state.rows[kept].copy(), state.value[kept].copy(), state.unit[:, [WAY, RIDE]].copy()
    )


def cost(x: Instance, s: Snapshot, unserved_fen: float, short_fen: float) -> float:
    """Generalised cost in fen, with so much per unserved person and per person missing to a minimum."""
    people = aboard(x, s.way)[:, ABOARD]
    running = people > 0
    total = float(s.value.sum()) + float(x.vehicle[running, FIXED].sum())
    total += short_fen * float(np.maximum(0, x.vehicle[running, LEAST] - people[running]).sum())
    total += unserved_fen * float(x.unit[s.way[:, WAY] == UNSERVED, SIZE].sum())
    on = np.flatnonzero(s.way[:, WAY] == BY_TRUNK)
    leg = x.leg[s.way[on, RIDE]]
    fares = x.vehicle[leg[:, VEHICLE], FARE] + x.minute_fen * (leg[:, ARRIVES] - leg[:, DEPARTS])
    return total + float((x.unit[on, SIZE] * fares).sum())
