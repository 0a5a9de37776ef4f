"""Putting units on loads and vehicles and taking them off, with a journal so that a rejected round can be undone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.compiled import constant, entry, kernel
from dispatch.solve.instance import (
    ARRIVES,
    DEPARTS,
    FARE,
    FEEDER,
    FIRST_SEGMENT,
    FIXED,
    GATE,
    LAST_MILE,
    LAST_SEGMENT,
    LEAST,
    NONE,
    ONE,
    SIZE,
    VEHICLE,
    ZERO,
    Instance,
    Ints,
)
from dispatch.solve.loads import appraise
from dispatch.solve.state import (
    ABOARD,
    BOARD,
    BOARDINGS,
    BY_TRUNK,
    FIRST,
    KIND,
    LAST,
    LEG,
    MEMBER,
    MEMBERS,
    RIDE,
    START,
    STOPS,
    TYPE,
    UNSERVED,
    WAY,
    Draft,
    State,
)
from dispatch.solve.timetable import copy

LOADS, UNITS, VEHICLES = constant(0), constant(1), constant(2)


class Journal(NamedTuple):
    """Rows of a state as they were before the round: which loads, units and vehicles are kept, in a list of each."""

    kept: State
    marked: NDArray[np.bool_]  # (3, most)
    listed: Ints  # (3, most)
    counts: Ints  # (3,)


def new_journal(state: State) -> Journal:
    """An empty journal for a state."""
    most = max(len(state.coach), len(state.unit), len(state.vehicle), 1)
    kept = State._make(a.copy() for a in state)
    return Journal(kept, np.zeros((3, most), np.bool_), np.zeros((3, most), np.int64), np.zeros(3, np.int64))


@kernel
def _first_time(j: Journal, what: int, row: int) -> bool:
    if j.marked[what, row]:
        return False
    j.marked[what, row] = True
    j.listed[what, j.counts[what]] = row
    j.counts[what] += 1
    return True


@kernel
def keep_load(s: State, j: Journal, slot: int) -> None:
    """Remember a load's row before its first change."""
    if _first_time(j, LOADS, slot):
        copy(s.coach[slot], j.kept.coach[slot])
        copy(s.rows[slot], j.kept.rows[slot])
        j.kept.value[slot] = s.value[slot]


@kernel
def keep_unit(s: State, j: Journal, u: int) -> None:
    """Remember a unit's row before its first change."""
    if _first_time(j, UNITS, u):
        copy(s.unit[u], j.kept.unit[u])


@kernel
def keep_vehicle(s: State, j: Journal, v: int) -> None:
    """Remember a vehicle's row before its first change."""
    if _first_time(j, VEHICLES, v):
        copy(s.vehicle[v], j.kept.vehicle[v])


@entry
def accept(j: Journal) -> None:
    """Forget the journal: the round stands."""
    for what in range(3):
        for i in range(j.counts[what]):
            j.marked[what, j.listed[what, i]] = False
        j.counts[what] = 0


@kernel
def undo(s: State, j: Journal) -> None:
    """Put every remembered row back."""
    for i in range(j.counts[LOADS]):
        slot = j.listed[LOADS, i]
        _hire(s, slot, NONE)
        copy(j.kept.coach[slot], s.coach[slot])
        copy(j.kept.rows[slot], s.rows[slot])
        s.value[slot] = j.kept.value[slot]
        _hire(s, slot, ONE)
    for i in range(j.counts[UNITS]):
        u = j.listed[UNITS, i]
        copy(j.kept.unit[u], s.unit[u])
    for i in range(j.counts[VEHICLES]):
        v = j.listed[VEHICLES, i]
        copy(j.kept.vehicle[v], s.vehicle[v])
    accept(j)


@kernel
def _hire(s: State, slot: int, sign: int) -> None:
    if s.coach[slot, KIND] >= 0:
        s.used[s.coach[slot, TYPE], s.coach[slot, START] // 1440] += sign


@entry
def draft_of(s: State, slot: int, d: Draft) -> None:
    """Copy a load into the draft."""
    copy(s.rows[slot], d.row)


@entry
def store(s: State, j: Journal, slot: int, d: Draft, head: Ints, value: float) -> None:
    """Write the draft and its head row into slot ``slot``."""
    keep_load(s, j, slot)
    _hire(s, slot, NONE)
    copy(head, s.coach[slot])
    copy(d.row, s.rows[slot])
    s.value[slot] = value
    _hire(s, slot, ONE)


@kernel
def free(s: State, j: Journal, slot: int) -> None:
    """Empty slot ``slot``."""
    keep_load(s, j, slot)
    _hire(s, slot, NONE)
    s.coach[slot, KIND] = -1
    s.coach[slot, MEMBERS] = 0
    s.value[slot] = 0.0


@entry
def free_slot(s: State) -> int:
    """A slot without a load; -1 when all are taken."""
    for slot in range(s.top[0]):
        if s.coach[slot, KIND] < 0:
            return slot
    if s.top[0] < len(s.coach):
        s.top[0] += 1
        return s.top[0] - 1
    return -1


@kernel
def place(
    x: Instance, d: Draft, kind: int, n: int, boardings: int, members: int, u: int, a: int, at: int, to: int, leg: int
) -> tuple[int, int]:
    """Add unit ``u`` to the draft: board at stop ``a`` inserted at ``at`` (-1: already there), alight likewise at
    ``to``.

    For a feeder ``to`` is -1, for a last-mile run ``at``. Returns the new (stops, boardings); the caller counts the
    member.
    """
    if at >= 0:
        for i in range(n, at, -1):
            d.row[i] = d.row[i - 1]
        d.row[at] = a
        n += 1
        boardings += 1
        if to >= 0:
            to += 1
    if to >= 0:
        for i in range(n, to, -1):
            d.row[i] = d.row[i - 1]
        d.row[to] = x.unit[u, GATE]
        n += 1
    d.row[MEMBER + members] = u
    d.row[BOARD + members] = a
    d.row[LEG + members] = leg
    return n, boardings


@entry
def drop_from_load(x: Instance, s: State, j: Journal, d: Draft, head: Ints, slot: int, u: int) -> None:
    """Take unit ``u`` off load ``slot``, with its stops where nobody else needs them; re-time it later with
    ``settle``.
    """
    keep_load(s, j, slot)
    kind, n, boardings, members = (
        s.coach[slot, KIND],
        s.coach[slot, STOPS],
        s.coach[slot, BOARDINGS],
        s.coach[slot, MEMBERS],
    )
    m = 0
    while s.rows[slot, MEMBER + m] != u:
        m += 1
    board = s.rows[slot, BOARD + m]
    for i in range(m, members - 1):
        s.rows[slot, MEMBER + i] = s.rows[slot, MEMBER + i + 1]
        s.rows[slot, BOARD + i] = s.rows[slot, BOARD + i + 1]
        s.rows[slot, LEG + i] = s.rows[slot, LEG + i + 1]
    members -= 1
    s.coach[slot, MEMBERS] = members
    if members == 0:
        free(s, j, slot)
        return
    if kind != LAST_MILE and not _any(s.rows[slot, BOARD:], members, board):
        n = _strike(s, slot, n, ZERO, boardings, board)
        boardings -= 1
    if kind != FEEDER:
        gate = x.unit[u, GATE]
        shared = False
        for i in range(members):
            shared = shared or x.unit[s.rows[slot, MEMBER + i], GATE] == gate
        if not shared:
            n = _strike(s, slot, n, boardings, n, gate)
    s.coach[slot, STOPS] = n
    s.coach[slot, BOARDINGS] = boardings


@kernel
def _any(row: Ints, count: int, value: int) -> bool:
    for i in range(count):
        if row[i] == value:
            return True
    return False


@kernel
def _strike(s: State, slot: int, n: int, low: int, high: int, stop: int) -> int:
    for i in range(low, high):
        if s.rows[slot, i] == stop:
            for k in range(i, n - 1):
                s.rows[slot, k] = s.rows[slot, k + 1]
            return n - 1
    return n


@entry
def settle(x: Instance, s: State, j: Journal, d: Draft, head: Ints, slot: int, hint: int) -> bool:
    """Re-time and re-price a load after people left it; False where that failed and it must be emptied."""
    draft_of(s, slot, d)
    row = s.coach[slot]
    value = appraise(x, s, d, row[KIND], row[STOPS], row[BOARDINGS], row[MEMBERS], slot, hint, head)
    if value < 0:
        return False
    store(s, j, slot, d, head, value)
    return True


@entry
def board_vehicle(x: Instance, s: State, j: Journal, u: int, t: int, sign: int) -> None:
    """Add (or with ``sign`` -1 take away) a unit's seats on a trunk leg."""
    v = x.leg[t, VEHICLE]
    keep_vehicle(s, j, v)
    for i in range(x.leg[t, FIRST_SEGMENT], x.leg[t, LAST_SEGMENT] + 1):
        s.vehicle[v, 1 + i] += sign * x.unit[u, SIZE]
    s.vehicle[v, ABOARD] += sign * x.unit[u, SIZE]


@kernel
def take_off(x: Instance, s: State, j: Journal, d: Draft, head: Ints, u: int, dirty: Ints, count: int) -> int:
    """Unserve unit ``u``; loads it leaves are listed in ``dirty``, whose new length is returned."""
    keep_unit(s, j, u)
    if s.unit[u, WAY] == BY_TRUNK:
        board_vehicle(x, s, j, u, s.unit[u, RIDE], NONE)
    for slot in (s.unit[u, FIRST], s.unit[u, LAST]):
        if slot >= 0:
            drop_from_load(x, s, j, d, head, slot, u)
            if s.coach[slot, KIND] >= 0:
                known = False
                for i in range(count):
                    known = known or dirty[i] == slot
                if not known:
                    dirty[count] = slot
                    count += 1
    s.unit[u, WAY] = UNSERVED
    s.unit[u, RIDE] = -1
    s.unit[u, FIRST] = -1
    s.unit[u, LAST] = -1
    return count


@kernel
def _unit_value(x: Instance, s: State, u: int, unserved_fen: float) -> float:
    if s.unit[u, WAY] == UNSERVED:
        return unserved_fen * x.unit[u, SIZE]
    if s.unit[u, WAY] != BY_TRUNK:
        return 0.0
    t = s.unit[u, RIDE]
    fare = x.vehicle[x.leg[t, VEHICLE], FARE]
    return float(x.unit[u, SIZE] * (fare + x.minute_fen * (x.leg[t, ARRIVES] - x.leg[t, DEPARTS])))


@kernel
def _vehicle_value(x: Instance, s: State, v: int, short_fen: float) -> float:
    if s.vehicle[v, ABOARD] == 0:
        return 0.0
    return float(x.vehicle[v, FIXED] + short_fen * max(0, x.vehicle[v, LEAST] - s.vehicle[v, ABOARD]))


@entry
def plan_value(x: Instance, s: State, unserved_fen: float, short_fen: float) -> float:
    """Generalised cost of the state in fen, with so much per unserved person and per person missing to a minimum."""
    total = 0.0
    for slot in range(s.top[0]):
        if s.coach[slot, KIND] >= 0:
            total += s.value[slot]
    for v in range(len(s.vehicle)):
        total += _vehicle_value(x, s, v, short_fen)
    for u in range(len(s.unit)):
        total += _unit_value(x, s, u, unserved_fen)
    return total


@kernel
def change(x: Instance, s: State, j: Journal, unserved_fen: float, short_fen: float) -> float:
    """By how much the plan's value has risen since the journal was empty."""
    total = 0.0
    for i in range(j.counts[LOADS]):
        slot = j.listed[LOADS, i]
        total += s.value[slot] - j.kept.value[slot]
    for i in range(j.counts[VEHICLES]):
        v = j.listed[VEHICLES, i]
        total += _vehicle_value(x, s, v, short_fen) - _vehicle_value(x, j.kept, v, short_fen)
    for i in range(j.counts[UNITS]):
        u = j.listed[UNITS, i]
        total += _unit_value(x, s, u, unserved_fen) - _unit_value(x, j.kept, u, unserved_fen)
    return total
