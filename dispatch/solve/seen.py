"""Loads of plans that the search accepted, each once: what OR-Tools may choose from.

The table has a fixed size. A load stands at one of a few places that its own digest names; where all are taken, the one
seen longest ago gives way.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.compiled import constant, kernel
from dispatch.solve.instance import Ints
from dispatch.solve.moves import LOADS, Journal
from dispatch.solve.state import (
    BOARD,
    COACH_WIDTH,
    KIND,
    LEG,
    MEMBER,
    MEMBERS,
    RIDERS,
    ROUTE,
    ROW,
    START,
    STOPS,
    TYPE,
    State,
)

SEEN_MOST = 1 << 12  # loads one search remembers
PLACES = constant(4)  # where a load may stand
FIRST_PRIME, SECOND_PRIME = constant(0x1000_0000_01B3), constant(0x9E37_79B9_7F4A_7C1)


Whole = NDArray[np.integer[Any]]


class Loads(NamedTuple):
    """Loads as columns, as in ``State``; int32 where they travel between processes."""

    coach: Whole  # (L, COACH_WIDTH)
    rows: Whole  # (L, ROW)
    value: NDArray[np.float64]  # (L,)


class Seen(NamedTuple):
    """The table: a load's columns, its digest and when it was seen last, 0 for an empty place."""

    coach: Ints  # (SEEN_MOST, COACH_WIDTH)
    rows: Ints  # (SEEN_MOST, ROW)
    value: NDArray[np.float64]  # (SEEN_MOST,)
    key: Ints  # (SEEN_MOST,)
    when: Ints  # (SEEN_MOST + 1,) the last entry counts


def new_seen(most: int = SEEN_MOST) -> Seen:
    """A table without loads."""
    return Seen(
        np.zeros((most, COACH_WIDTH), np.int64),
        np.zeros((most, ROW), np.int64),
        np.zeros(most),
        np.zeros(most, np.int64),
        np.zeros(most + 1, np.int64),
    )


@kernel
def _digest(s: State, slot: int) -> int:
    head = s.coach[slot]
    key = head[KIND] * 64 + head[TYPE]
    key = key * FIRST_PRIME + head[START]
    for i in range(head[STOPS]):
        key = key * FIRST_PRIME + s.rows[slot, i]
    for m in range(head[MEMBERS]):  # in any order
        one = s.rows[slot, MEMBER + m] * SECOND_PRIME + s.rows[slot, BOARD + m]
        one = one * FIRST_PRIME + s.rows[slot, LEG + m]
        key += one ^ (one >> 29)
    return key


@kernel
def remember(s: State, j: Journal, seen: Seen) -> None:
    """Note every load that the round in the journal left behind."""
    most = len(seen.value)
    for i in range(j.counts[LOADS]):
        slot = j.listed[LOADS, i]
        if s.coach[slot, KIND] < 0:
            continue
        key = _digest(s, slot)
        seen.when[most] += 1
        first = ((key ^ (key >> 31)) % most + most) % most
        at = first
        for k in range(PLACES):
            place = (first + k) % most
            if seen.key[place] == key and seen.when[place] > 0:
                at = place
                break
            if seen.when[place] < seen.when[at]:
                at = place
        seen.when[at] = seen.when[most]
        if seen.key[at] != key or seen.value[at] == 0.0:
            seen.key[at] = key
            seen.coach[at] = s.coach[slot]
            seen.rows[at] = s.rows[slot]
            seen.value[at] = s.value[slot]


def loads_seen(seen: Seen) -> Loads:
    """The loads in the table, those seen longest ago first."""
    held = np.flatnonzero(seen.when[:-1])
    held = held[np.argsort(seen.when[held], kind="stable")]
    return Loads(seen.coach[held].astype(np.int32), seen.rows[held].astype(np.int32), seen.value[held])


def nothing_seen() -> Loads:
    """No loads."""
    return Loads(np.zeros((0, COACH_WIDTH), np.int32), np.zeros((0, ROW), np.int32), np.zeros(0))


def together(parts: list[Loads], most: int) -> Loads:
    """Loads of several tables, each once, the latest ``most`` of them."""
    coach, rows = np.concatenate([p.coach for p in parts]), np.concatenate([p.rows for p in parts])
    value = np.concatenate([p.value for p in parts])
    key = _digests(coach, rows)
    _, last = np.unique(key[::-1], return_index=True)
    kept = np.sort(len(key) - 1 - last)[-most:]
    return Loads(coach[kept], rows[kept], value[kept])


def _digests(coach: Whole, rows: Whole) -> NDArray[np.uint64]:
    weight = np.random.default_rng(7).integers(1, 1 << 62, ROUTE + 6, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    route = np.where(np.arange(ROUTE) < coach[:, STOPS, None], rows[:, :ROUTE] + 1, 0).astype(np.uint64)
    key: NDArray[np.uint64] = (route * weight[:ROUTE]).sum(axis=1, dtype=np.uint64)
    rides = np.arange(RIDERS) < coach[:, MEMBERS, None]
    one = np.zeros((len(coach), RIDERS), np.uint64)
    for n, column in enumerate((MEMBER, BOARD, LEG)):
        one = (one + (rows[:, column : column + RIDERS] + 2).astype(np.uint64)) * weight[ROUTE + n]
    one ^= one >> np.uint64(29)
    key += np.where(rides, one, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    for n, column in enumerate((KIND, TYPE, START)):
        key += (coach[:, column] + 1).astype(np.uint64) * weight[ROUTE + 3 + n]
    return key
