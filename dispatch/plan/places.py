"""The seats of a vehicle, and who asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GROUPS = {"2+2": ("AB", "CD"), "3+2": ("ABC", "DF"), "3+3": ("ABC", "DEF"), "2+1": ("AB", "C"), "1+2": ("A", "BC")}

# Stretches of calls for which each seat is taken, by the seat's index.
Taken = dict[int, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Rider:
    """Somebody who needs a seat between two calls; ``order`` sorts people who should sit near each other."""

    worker_id: str
    party: str
    guardian_id: str
    from_seq: int
    to_seq: int
    order: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A seat: its label, row from 1, side of the aisle and column from the left, both from 0."""

    label: str
    row: int
    side: int
    column: int


def places(layout: str, seats: int) -> tuple[Place, ...]:
    """The seats of a vehicle from the front, an unknown layout taken as 2+2.

    A last row of one seat is the middle of a bench with the row before it and takes the letter E; it counts as beside
    no other, as nobody should be put into it for the neighbours.
    """
    groups = GROUPS.get(layout, GROUPS["2+2"])
    letters = [(letter, side) for side, group in enumerate(groups) for letter in group]
    full, spare = divmod(seats, len(letters))
    made = [Place(f"{r}{x}", r, s, i) for r in range(1, full + 1) for i, (x, s) in enumerate(letters)]
    if spare == 1 and full and "E" not in "".join(groups):
        return (*made, Place(f"{full}E", full, 2, len(groups[0])))
    last = full + 1
    return (*made, *(Place(f"{last}{x}", last, s, i) for i, (x, s) in enumerate(letters[:spare])))


def beside(rows: Sequence[Place], i: int) -> list[int]:
    """The seats directly next to one: same row, no aisle between."""
    return [
        j for j in (i - 1, i + 1) if 0 <= j < len(rows) and (rows[j].row, rows[j].side) == (rows[i].row, rows[i].side)
    ]


def is_free(spans: Sequence[tuple[int, int]], rider: Rider) -> bool:
    """Whether nobody has the seat while ``rider`` needs it."""
    return all(end <= rider.from_seq or rider.to_seq <= begin for begin, end in spans)
