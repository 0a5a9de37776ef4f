"""Guardians with their minors: as many beside them as there are seats, the others within a row, in one block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from dispatch.plan.places import Place, Rider, Taken, beside, is_free

Family = list[Rider]  # the guardian first
_FLAWS = 8  # a minor who is not beside the guardian weighs more than strangers beside all others


class Block(NamedTuple):
    """Seats of a family by index. ``flaws`` is 0 where minors sit beside their guardian and beside no stranger."""

    guardian: int
    minors: tuple[int, ...]
    flaws: int


class _Vehicle(NamedTuple):
    """Its seats, how many can be directly beside one, and whether they are filled tightly."""

    rows: Sequence[Place]
    most_beside: int
    tight: bool


def seat_families(families: Sequence[Family], rows: Sequence[Place]) -> tuple[Taken, dict[str, int]]:
    """Which seats are taken when, and each person's seat by index; a family that finds no block is left out.

    A block is a guardian and the minors, who have all the seats beside, unless these are more than the minors, and
    others within a row. The first arrangement gives each family the best block there is. Where that leaves families
    out, tighter ones follow in several orders, and the one that leaves out the fewest minors counts.
    """
    most = max((len(beside(rows, i)) for i in range(len(rows))), default=0)
    attempts: tuple[tuple[Iterable[Family], bool], ...] = (
        (families, False),
        (families, True),
        (sorted(families, key=len), True),
        (sorted(families, key=len, reverse=True), True),
        (_large_and_small(families), True),
    )
    made = []
    for order, tight in attempts:
        made.append(_arranged(order, _Vehicle(rows, most, tight)))
        if not made[-1][0]:
            break
    _, taken, found = min(made, key=lambda m: m[0])
    return taken, found


def _large_and_small(families: Sequence[Family]) -> list[Family]:
    """The largest, the smallest, the second largest …: single seats that one leaves are near the next."""
    ordered = sorted(families, key=len, reverse=True)
    middle = (len(ordered) + 1) // 2
    both = zip_longest(ordered[:middle], reversed(ordered[middle:]))
    return [family for pair in both for family in pair if family is not None]


def _arranged(families: Iterable[Family], vehicle: _Vehicle) -> tuple[int, Taken, dict[str, int]]:
    """How many minors are left out, and the seats of the others."""
    taken: Taken = defaultdict(list)
    found: dict[str, int] = {}
    left_out = 0
    for family in families:
        free = [all(is_free(taken[i], r) for r in family) for i in range(len(vehicle.rows))]
        block = _block(len(family) - 1, free, vehicle)
        if block is None:
            left_out += len(family) - 1
            continue
        for rider, i in zip(family, (block.guardian, *block.minors), strict=True):
            taken[i].append((rider.from_seq, rider.to_seq))
            found[rider.worker_id] = i
    return left_out, taken, found


def _block(minors: int, free: Sequence[bool], vehicle: _Vehicle) -> Block | None:
    """The best block on free seats, the foremost of equals; where it is ``tight`` the foremost of all."""
    best: Block | None = None
    for i, usable in enumerate(free):
        block = _around(i, minors, free, vehicle) if usable else None
        if block is not None and (best is None or block.flaws < best.flaws):
            best = block
            if vehicle.tight or not block.flaws:
                break
    return best


def _around(i: int, minors: int, free: Sequence[bool], vehicle: _Vehicle) -> Block | None:
    """A block on seat ``i``, the free seats beside it and others within a row: the nearest, or the foremost."""
    rows = vehicle.rows
    next_to = [j for j in beside(rows, i) if free[j]][:minors]
    pool = [j for j in _within_a_row(rows, i) if free[j] and j not in next_to]
    if not vehicle.tight:
        pool.sort(key=lambda j: (abs(rows[j].row - rows[i].row), abs(rows[j].column - rows[i].column), j))
    seats = (i, *next_to, *pool[: minors - len(next_to)])
    if len(seats) <= minors:
        return None
    return min(filter(None, (_led_from(g, seats, vehicle) for g in seats)), key=lambda b: b.flaws, default=None)


def _within_a_row(rows: Sequence[Place], i: int) -> list[int]:
    """Other seats of the row, the one before and the one behind, from the front."""
    first = last = i
    while first and rows[first - 1].row >= rows[i].row - 1:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].row <= rows[i].row + 1:
        last += 1
    return [j for j in range(first, last + 1) if j != i]


def _led_from(guardian: int, seats: Sequence[int], vehicle: _Vehicle) -> Block | None:
    """The block with the guardian on one of its seats, None where that leaves a minor too far away."""
    rows = vehicle.rows
    minors = [j for j in seats if j != guardian]
    next_to = beside(rows, guardian)
    own = [j for j in minors if j in next_to]
    full = bool(own) and len(own) == len(next_to)
    if len(own) < len(minors) and not (full and all(abs(rows[j].row - rows[guardian].row) <= 1 for j in minors)):
        return None
    wanting = min(len(minors), vehicle.most_beside) - len(own)
    strangers = sum(any(k not in seats for k in beside(rows, j)) for j in own)
    return Block(guardian, (*own, *(j for j in minors if j not in own)), _FLAWS * wanting + strangers)
