"""A plan for large units as one for the smaller units that they fall into: everybody goes on as they did."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from dispatch.solve.instance import SIZE, Compiled, Ints, Unit
from dispatch.solve.seen import Loads, Whole
from dispatch.solve.snapshot import Snapshot, riders
from dispatch.solve.state import BOARD, LEG, MEMBER, MEMBERS, RIDERS


def refined(coarse: Compiled, fine: Compiled, plan: Snapshot) -> Snapshot | None:
    """The plan by the units of ``fine``, each of which is a part of one of ``coarse``, over the same trunk legs; None
    where a load would hold more than ``RIDERS`` units.
    """
    whole = _wholes(coarse, fine)
    coach, rows, fits = _refined(whole, len(coarse.units), plan.coach, plan.rows)
    if not fits.all():
        return None
    return Snapshot(coach.astype(np.int64), rows.astype(np.int64), plan.value, plan.way[whole])


def refined_loads(coarse: Compiled, fine: Compiled, loads: Loads) -> Loads:
    """The same for loads that were seen; those that would hold too many units are forgotten."""
    coach, rows, fits = _refined(_wholes(coarse, fine), len(coarse.units), loads.coach, loads.rows)
    return Loads(coach[fits], rows[fits], loads.value[fits])


def _wholes(coarse: Compiled, fine: Compiled) -> Ints:
    """The unit of ``coarse`` that each unit of ``fine`` is a part of."""
    unit_of = {member: u for u, unit in enumerate(coarse.units) for member in unit.members}
    return np.array([unit_of[unit.members[0]] for unit in fine.units], np.int64)


def _refined(whole: Ints, wholes: int, coach: Whole, rows: Whole) -> tuple[Whole, Whole, np.ndarray]:
    """Head rows and rows by the smaller units, and which of the loads have places for them."""
    pieces = np.argsort(whole, kind="stable")
    counts = np.bincount(whole, minlength=wholes)
    first = np.cumsum(counts) - counts
    load, position = riders(rows, coach)
    members = np.bincount(load, counts[rows[load, MEMBER + position]], len(coach)).astype(np.int64)
    fits = members <= RIDERS
    load, position = load[fits[load]], position[fits[load]]
    old = rows[load, MEMBER + position]
    many = counts[old]
    load, position = np.repeat(load, many), np.repeat(position, many)
    unit = pieces[np.repeat(first[old] - np.cumsum(many) + many, many) + np.arange(many.sum())]
    place = np.arange(len(load)) - np.searchsorted(load, np.arange(len(coach)))[load]
    fine_rows, fine_coach = rows.copy(), coach.copy()
    for column in (BOARD, LEG):
        fine_rows[load, column + place] = rows[load, column + position]
    fine_rows[load, MEMBER + place] = unit
    fine_coach[:, MEMBERS] = np.where(fits, members, coach[:, MEMBERS])
    return fine_coach, fine_rows, fits


def apart(compiled: Compiled, alone: Collection[int], party_size: Sequence[int]) -> Compiled:
    """The same instance with some units apart, party by party, each held to what its unit may do; ``party_size`` is
    that of each demand.
    """
    parts = [
        (u, part)
        for u, unit in enumerate(compiled.units)
        for part in ([Unit((m,), unit.like, party_size[m[0]]) for m in unit.members] if u in alone else [unit])
    ]
    x, units = compiled.instance, tuple(part for _, part in parts)
    whole = np.array([u for u, _ in parts], np.int64)
    unit = x.unit[whole]
    unit[:, SIZE] = [part.size for part in units]
    solo = x.solo[whole]
    solo[np.isin(whole, list(alone))] = -1
    fine = x._replace(unit=unit, span=x.span[whole], seat=x.seat[whole], solo=solo)
    return replace(compiled, instance=fine, units=units)
