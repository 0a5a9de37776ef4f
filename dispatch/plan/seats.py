"""Who sits where: minors beside their guardian, parties together, people of one boarding stop and township near
each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GROUPS = {"2+2": ("AB", "CD"), "3+2": ("ABC", "DF"), "3+3": ("ABC", "DEF"), "2+1": ("AB", "C"), "1+2": ("A", "BC")}


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
    """A seat: its label and whether it is the first of its side of the row."""

    label: str
    starts_side: bool


def places(layout: str, seats: int) -> tuple[Place, ...]:
    """The seats of a vehicle from the front, an unknown layout taken as 2+2.

    A last row of one seat is the middle of a bench with the row before it and takes the letter E.
    """
    groups = GROUPS.get(layout, GROUPS["2+2"])
    row = [Place(letter, i == 0) for group in groups for i, letter in enumerate(group)]
    full, spare = divmod(seats, len(row))
    made = [Place(f"{r + 1}{p.label}", p.starts_side) for r in range(full) for p in row]
    if spare == 1 and full and "E" not in "".join(groups):
        return (*made, Place(f"{full}E", False))
    return (*made, *(Place(f"{full + 1}{p.label}", p.starts_side) for p in row[:spare]))


def assign_seats(riders: Sequence[Rider], layout: str, seats: int) -> dict[str, str]:
    """A seat label for each worker id; the same riders give the same seats.

    Raises ``ValueError`` where a segment holds more people than seats.
    """
    rows = places(layout, seats)
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    full: dict[tuple[int, int], int] = {}
    found: dict[str, str] = {}
    for party in _in_order(riders):
        chosen = _seats_for(party, rows, taken, full)
        for rider, i in zip(party, chosen, strict=True):
            taken[i].append((rider.from_seq, rider.to_seq))
            found[rider.worker_id] = rows[i].label
    return found


def _in_order(riders: Iterable[Rider]) -> list[list[Rider]]:
    """Parties with minors first, while every side of every row is free; in a party each guardian amid the minors."""
    parties: dict[str, list[Rider]] = defaultdict(list)
    for rider in sorted(riders, key=lambda r: (r.order, r.worker_id)):
        parties[rider.party or rider.worker_id].append(rider)
    arranged = [_arranged(p) for p in parties.values()]
    blocks = [block for blocks in arranged for block in blocks]
    return [b for b in blocks if _has_minor(b)] + [b for b in blocks if not _has_minor(b)]


def _has_minor(party: Sequence[Rider]) -> bool:
    here = {r.worker_id for r in party}
    return any(r.guardian_id in here for r in party)


def _arranged(party: list[Rider]) -> list[list[Rider]]:
    """A party as blocks: each guardian with the minors (one before, the others behind), then the rest."""
    minors: dict[str, list[Rider]] = defaultdict(list)
    here = {r.worker_id: r for r in party}
    for rider in party:
        if rider.guardian_id in here:
            minors[rider.guardian_id].append(rider)
    blocks = [[some[0], here[guardian], *some[1:]] for guardian, some in minors.items()]
    seated = {r.worker_id for block in blocks for r in block}
    rest = [r for r in party if r.worker_id not in seated]
    return [*blocks, rest] if rest else blocks


def _seats_for(
    party: Sequence[Rider],
    rows: Sequence[Place],
    taken: dict[int, list[tuple[int, int]]],
    full: dict[tuple[int, int], int],
) -> list[int]:
    """``full`` keeps, by the calls between which somebody rides, the foremost seat that may be free: a train has
    hundreds, and none of them becomes free again.
    """
    n = len(party)
    low = max(_foremost(rider, rows, taken, full) for rider in party)
    minor = _has_minor(party)
    for i in range(low, len(rows) - n + 1):
        if all(_free(taken[j], r) for j in range(i, i + n) for r in party) and (
            not minor or (rows[i].starts_side and not rows[i + 1].starts_side)
        ):
            return list(range(i, i + n))
    scattered: list[int] = []
    for rider in party:
        behind = range(_foremost(rider, rows, taken, full), len(rows))
        seat = next((i for i in behind if i not in scattered and _free(taken[i], rider)), None)
        if seat is None:
            raise ValueError(f"no seat left for {rider.worker_id}")
        scattered.append(seat)
    return scattered


def _foremost(
    rider: Rider,
    rows: Sequence[Place],
    taken: dict[int, list[tuple[int, int]]],
    full: dict[tuple[int, int], int],
) -> int:
    span = rider.from_seq, rider.to_seq
    full[span] = next((i for i in range(full.get(span, 0), len(rows)) if _free(taken[i], rider)), len(rows))
    return full[span]


def _free(spans: Sequence[tuple[int, int]], rider: Rider) -> bool:
    return all(end <= rider.from_seq or rider.to_seq <= begin for begin, end in spans)
