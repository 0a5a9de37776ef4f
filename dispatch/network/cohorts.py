"""People who are alike travel as one commodity: same access stops, gate, window, party size and restrictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from dispatch.model.demand import Worker
from dispatch.model.problem import Demand
from dispatch.model.supply import Mode


class Cohort(NamedTuple):
    """What makes parties alike; sorts into a stable order."""

    access: tuple[str, ...]
    gate: str
    release_min: int
    due_min: int
    barred: tuple[Mode, ...]
    party_size: int


def parties_of(workers: Sequence[Worker]) -> list[list[int]]:
    """Indices of the workers of each party, people without one alone, in roster order."""
    found: dict[str, list[int]] = defaultdict(list)
    for i, worker in enumerate(workers):
        found[f"party {worker.party}" if worker.party else f"worker {worker.worker_id}"].append(i)
    return list(found.values())


def demands(
    workers: Sequence[Worker],
    access: Sequence[tuple[str, ...]],
    stop_index: Mapping[str, int],
    epoch: datetime,
    last_min: int,
) -> tuple[Demand, ...]:
    """Cohorts of whole parties, in a stable order. ``last_min`` is the last minute of the horizon.

    A party's access stops are those that every member reaches; its window is the members' common window.
    """
    minutes = {at: int((at - epoch).total_seconds() // 60) for w in workers for at in (w.ready_at, w.due_at)}
    cohorts: dict[Cohort, list[tuple[str, ...]]] = defaultdict(list)
    for members in parties_of(workers):
        cohort = Cohort(
            access=_common(access, members),
            gate=workers[members[0]].employer_id,
            release_min=max(0, *(minutes[workers[i].ready_at] for i in members)),
            due_min=min(last_min, *(minutes[workers[i].due_at] for i in members)),
            barred=tuple(sorted({m for i in members for m in workers[i].modes_barred})),
            party_size=len(members),
        )
        cohorts[cohort].append(tuple(workers[i].worker_id for i in members))
    return tuple(
        Demand(
            access=tuple(stop_index[s] for s in c.access),
            gate=stop_index[c.gate],
            release_min=c.release_min,
            due_min=c.due_min,
            barred=frozenset(c.barred),
            party_size=c.party_size,
            parties=tuple(cohorts[c]),
        )
        for c in sorted(cohorts)
    )


def _common(access: Sequence[tuple[str, ...]], members: Sequence[int]) -> tuple[str, ...]:
    first = access[members[0]]
    others = [set(access[i]) for i in members[1:] if access[i] != first]
    return tuple(s for s in first if all(s in other for other in others))
