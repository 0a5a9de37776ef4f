"""A plan for large units as one for the smaller units that they fall into: everybody goes on as they did."""

from __future__ import annotations

import numpy as np

from dispatch.solve.instance import Compiled
from dispatch.solve.snapshot import Snapshot, riders
from dispatch.solve.state import BOARD, LEG, MEMBER, MEMBERS, RIDERS


def refined(coarse: Compiled, fine: Compiled, plan: Snapshot) -> Snapshot | None:
    """The plan by the units of ``fine``, each of which is a part of one of ``coarse``, over the same trunk legs; None
    where a load would hold more than ``RIDERS`` units.
    """
    unit_of = {member: u for u, unit in enumerate(coarse.units) for member in unit.members}
    whole = np.array([unit_of[unit.members[0]] for unit in fine.units], np.int64)
    pieces = np.argsort(whole, kind="stable")
    counts = np.bincount(whole, minlength=len(coarse.units))
    first = np.cumsum(counts) - counts
    load, position = riders(plan.rows, plan.coach)
    old = plan.rows[load, MEMBER + position]
    many = counts[old]
    load, position = np.repeat(load, many), np.repeat(position, many)
    unit = pieces[np.repeat(first[old] - np.cumsum(many) + many, many) + np.arange(many.sum())]
    start = np.searchsorted(load, np.arange(len(plan.coach)))
    place = np.arange(len(load)) - start[load]
    if len(place) and place.max() >= RIDERS:
        return None
    rows, coach = plan.rows.copy(), plan.coach.copy()
    for column in (BOARD, LEG):
        rows[load, column + place] = plan.rows[load, column + position]
    rows[load, MEMBER + place] = unit
    coach[:, MEMBERS] = np.bincount(load, minlength=len(coach))
    return Snapshot(coach, rows, plan.value, plan.way[whole])
