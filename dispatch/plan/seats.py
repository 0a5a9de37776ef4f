"""Who sits where: parties together, people of one boarding stop and township near each other, minors first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dispatch.plan.families import seat_families
from dispatch.plan.places import Place, Rider, Taken, is_free, places


def assign_seats(riders: Sequence[Rider], layout: str, seats: int) -> dict[str, str]:
    """A seat label for each worker id; the same riders give the same seats.

    Raises ``ValueError`` where a segment holds more people than seats.
    """
    rows = places(layout, seats)
    families, others = _blocks(riders)
    # Minors and those they are with choose while every side of every row is free.
    taken, found = seat_families(families, rows)
    full: dict[tuple[int, int], int] = {}
    for party in (*(f for f in families if f[0].worker_id not in found), *others):
        chosen = _seats_for(party, rows, taken, full)
        for rider, i in zip(party, chosen, strict=True):
            taken[i].append((rider.from_seq, rider.to_seq))
            found[rider.worker_id] = i
    return {worker_id: rows[i].label for worker_id, i in found.items()}


def _blocks(riders: Iterable[Rider]) -> tuple[list[list[Rider]], list[list[Rider]]]:
    """Guardians each with their minors behind them, and what is left of the parties."""
    parties: dict[str, list[Rider]] = defaultdict(list)
    for rider in sorted(riders, key=lambda r: (r.order, r.worker_id)):
        parties[rider.party or rider.worker_id].append(rider)
    families, others = [], []
    for party in parties.values():
        own = _families(party)
        with_minors = {r.worker_id for family in own for r in family}
        families += own
        others.append([r for r in party if r.worker_id not in with_minors])
    return families, [rest for rest in others if rest]


def _families(party: Sequence[Rider]) -> list[list[Rider]]:
    minors: dict[str, list[Rider]] = defaultdict(list)
    here = {r.worker_id: r for r in party}
    for rider in party:
        if rider.guardian_id in here:
            minors[rider.guardian_id].append(rider)
    return [[here[guardian], *some] for guardian, some in minors.items()]


def _seats_for(
    party: Sequence[Rider], rows: Sequence[Place], taken: Taken, full: dict[tuple[int, int], int]
) -> list[int]:
    """Consecutive seats where there are such, else the foremost ones.

    ``full`` keeps, by the calls between which somebody rides, the foremost seat that may be free: a train has
    hundreds, and none of them becomes free again.
    """
    n = len(party)
    low = max(_foremost(rider, rows, taken, full) for rider in party)
    for i in range(low, len(rows) - n + 1):
        if all(is_free(taken[j], r) for j in range(i, i + n) for r in party):
            return list(range(i, i + n))
    scattered: list[int] = []
    for rider in party:
        behind = range(_foremost(rider, rows, taken, full), len(rows))
        seat = next((i for i in behind if i not in scattered and is_free(taken[i], rider)), None)
        if seat is None:
            raise ValueError(f"no seat left for {rider.worker_id}")
        scattered.append(seat)
    return scattered


def _foremost(rider: Rider, rows: Sequence[Place], taken: Taken, full: dict[tuple[int, int], int]) -> int:
    span = rider.from_seq, rider.to_seq
    full[span] = next((i for i in range(full.get(span, 0), len(rows)) if is_free(taken[i], rider)), len(rows))
    return full[span]
