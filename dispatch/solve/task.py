"""A piece of the search that one process does alone: cut out of the instance, improved, handed back.

What comes out depends on the task and the instance only, so that a task may be done by any process, or done again by
another when one is killed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from dispatch.solve.assignment import STRANDED_FEN, Around, Pool, choose_part, rebuild
from dispatch.solve.insertion import fill_solo, new_head
from dispatch.solve.instance import AVAILABLE, FARE, SIZE, VEHICLE, Floats, Instance, Ints
from dispatch.solve.local_search import LocalSearch
from dispatch.solve.seen import Loads, Whole, loads_seen
from dispatch.solve.snapshot import Snapshot, riders, snapshot_of, state_of
from dispatch.solve.state import LEG, MEMBER, RIDE, State, new_draft, new_state

BATCH_S = 0.2
CHOICE_SHARE = 0.5  # of a task's seconds at most, for OR-Tools
CHOICE_LEAST_S = 1.0  # in less it seldom answers, and the search does more with the time
PATIENT_S = 120.0  # that OR-Tools may take when rounds are the limit, so that no clock decides but in the extreme


@dataclass(frozen=True, slots=True)
class Start:
    """How a plan is made from nothing: new coaches are expected to be filled to ``fill``; ``rides`` names the trunk leg
    meant for each unit of the task, -1 for none; with ``closes`` nothing below its minimum stays.
    """

    fill: float
    rides: Ints
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Effort:
    """So many rounds, or where these are 0 so many seconds; ``done`` is the share of the whole search before and after
    them, which sets temperatures and the price of minimums not reached.
    """

    rounds: int
    seconds: float
    done: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Task:
    """Units by number, the first ``free`` of them to be moved, with the loads and vehicles that are theirs.

    ``plan`` holds the part's loads and the ways of ``units``, all by the numbers of the whole instance; ``aboard`` is
    who else rides, ``coaches`` how many more of each type and day the part may hire. From the loads of a ``pool``
    OR-Tools chooses before the search begins; units that seem ``dear`` are looked at more often.
    """

    units: Ints
    free: int
    vehicles: Ints
    plan: Snapshot
    aboard: Ints
    coaches: Ints
    solo: Ints | None
    seed: int
    effort: Effort
    start: Start | None = None
    pool: Loads | None = None
    dear: Floats | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The part's loads and the ways of its free units, by the numbers of the whole instance; the loads seen on the way,
    and what each free unit seems to pay too much.
    """

    units: Ints
    plan: Snapshot
    solo: Ints
    rounds: int
    seen: Loads
    dear: Floats


def perform(x: Instance, task: Task) -> Found:
    """Do a task on the whole instance ``x``."""
    part, legs, vehicles = _cut(x, task)
    snapshot = _renumbered(task.plan, task.units, legs)
    state = _begin(part, snapshot, task, vehicles)
    if task.solo is None:
        fill_solo(part, new_state(part, 1), new_draft(), new_head())
    search = LocalSearch(part, state, task.free, task.seed, task.dear)
    if task.start is not None:
        search.construct(task.start.fill, _renumbered_legs(task.start.rides[: task.free], legs))
        if task.start.closes:
            search.close_short()
            search.serve_left(1)
    began = time.perf_counter()
    if task.pool is not None and (task.effort.rounds or task.effort.seconds * CHOICE_SHARE >= CHOICE_LEAST_S):
        _choose(search, _known(task.pool, task.units, legs), task.effort)
    rounds = _improve(search, task.effort, began)
    plan = snapshot_of(search.state)
    way = plan.way[: task.free].copy()
    way[:, RIDE] = _numbers(way[:, RIDE], legs)
    back = _original(plan, task.units, legs)
    seen = loads_seen(search.seen)
    rows = _by_whole(seen.rows, seen.coach, task.units, legs)
    return Found(
        task.units[: task.free], back._replace(way=way), part.solo[: task.free], rounds, seen._replace(rows=rows),
        search.dear,
    )  # fmt: skip


def _choose(search: LocalSearch, loads: Loads, effort: Effort) -> None:
    """Let OR-Tools choose among loads of the pool around what is not the part's; its prices steer the search."""
    x, s = search.x, search.state
    around, pool = Around.of(x, s, search.free), Pool()
    pool.add(loads)
    pool.collect(snapshot_of(s))
    choice = choose_part(x, pool, s, around, PATIENT_S if effort.rounds else effort.seconds * CHOICE_SHARE)
    if choice is None:
        return
    if choice.prices is not None:
        search.dear = np.maximum(0.0, choice.prices[: search.free] - _least_fen(x)[: search.free])
    rebuilt = rebuild(x, choice, s, around)
    if rebuilt is not None:
        search.take(rebuilt)


def _least_fen(x: Instance) -> Floats:
    """What each unit costs at least, on the road or by rail; hire of trains not included."""
    least = np.where(np.isfinite(x.seat), x.seat, STRANDED_FEN)
    unit = np.repeat(np.arange(len(x.unit)), x.span[:, 1] - x.span[:, 0])
    at = np.concatenate([np.arange(a, b) for a, b in x.span.tolist()]) if len(unit) else np.zeros(0, np.int64)
    np.minimum.at(least, unit, x.worth[at] + x.vehicle[x.vehicle_of[at], FARE])
    fen: Floats = least * x.unit[:, SIZE]
    return fen


def _known(pool: Loads, units: Ints, legs: Ints) -> Loads:
    """The loads of a pool by the numbers of the part, those with strangers or on other legs left out."""
    order = np.argsort(units, kind="stable")
    load, position = riders(pool.rows, pool.coach)
    unit, leg = pool.rows[load, MEMBER + position], pool.rows[load, LEG + position]
    at = np.minimum(np.searchsorted(units[order], unit), len(units) - 1)
    here, number = units[order][at] == unit, _renumbered_legs(leg.astype(np.int64), legs)
    whole = np.ones(len(pool.coach), bool)
    whole[load[~here | ((leg >= 0) & (number < 0))]] = False
    rows = pool.rows.copy()
    rows[load, MEMBER + position] = order[at]
    rows[load, LEG + position] = number
    return Loads(pool.coach[whole], rows[whole], pool.value[whole])


def _improve(search: LocalSearch, effort: Effort, began: float) -> int:
    """All rounds or seconds of the task since it began, cooled on the way."""
    low, high = effort.done
    rounds, batch = 0, 20
    while True:
        share = rounds / effort.rounds if effort.rounds else (time.perf_counter() - began) / max(1e-9, effort.seconds)
        if share >= 1 or search.free == 0 or (not effort.rounds and effort.seconds <= 0):
            return rounds
        now = time.perf_counter()
        batch = min(batch, effort.rounds - rounds) if effort.rounds else batch
        search.improve(batch, low + (high - low) * share)
        rounds += batch
        if not effort.rounds:
            left = effort.seconds - (time.perf_counter() - began)
            fit = batch * min(BATCH_S, max(0.01, left)) / max(1e-4, time.perf_counter() - now)
            batch = max(5, min(100_000, 4 * batch, round(fit)))


def _cut(x: Instance, task: Task) -> tuple[Instance, Ints, Ints]:
    """The instance of the task's units, the legs it keeps and their vehicles; minimums count who else rides."""
    first, last = x.span[task.units].T
    counts = last - first
    counts[task.free :] = 0
    flat = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    option = x.option[flat]
    open_to_us = np.zeros(len(x.vehicle), bool)
    open_to_us[task.vehicles] = True
    kept = open_to_us[x.leg[option, VEHICLE]]
    option, of_unit = option[kept], np.repeat(np.arange(len(counts)), counts)[kept]
    ride = task.plan.way[:, RIDE]
    legs = np.unique(np.concatenate([option, ride[ride >= 0]]))
    vehicles = np.unique(x.leg[legs, VEHICLE])
    leg = x.leg[legs].copy()
    leg[:, VEHICLE] = np.searchsorted(vehicles, leg[:, VEHICLE])
    starts = np.concatenate([[0], np.cumsum(np.bincount(of_unit, minlength=len(task.units)))])
    solo = np.full((len(task.units), x.solo.shape[1]), -1, np.int64) if task.solo is None else task.solo.copy()
    local = np.searchsorted(legs, option).astype(np.int64)
    part = x._replace(
        unit=x.unit[task.units],
        span=np.column_stack([starts[:-1], starts[1:]]).astype(np.int64),
        option=local,
        vehicle_of=leg[local, VEHICLE],
        worth=x.worth[flat][kept],
        seat=x.seat[task.units],
        leg=leg,
        vehicle=x.vehicle[vehicles],
        solo=solo,
    )
    return part, legs, vehicles


def _begin(part: Instance, snapshot: Snapshot, task: Task, vehicles: Ints) -> State:
    """The part's state, with whoever else sits in its vehicles, and with its share of the coaches."""
    state = state_of(part, snapshot, len(snapshot.coach) + min(2 * task.free, 64 + task.free) + 16)
    state.vehicle[:] = task.aboard[vehicles][:, : state.vehicle.shape[1]]
    state.used[:] = part.coach[:, AVAILABLE, None] - task.coaches
    return state


def _renumbered(plan: Snapshot, units: Ints, legs: Ints) -> Snapshot:
    """The plan by the numbers of the part."""
    order = np.argsort(units, kind="stable")
    load, position = riders(plan.rows, plan.coach)
    rows = plan.rows.copy()
    rows[load, MEMBER + position] = order[np.searchsorted(units[order], rows[load, MEMBER + position])]
    rows[load, LEG + position] = _renumbered_legs(rows[load, LEG + position], legs)
    way = plan.way.copy()
    way[:, RIDE] = _renumbered_legs(way[:, RIDE], legs)
    return plan._replace(rows=rows, way=way)


def _renumbered_legs(numbers: Ints, legs: Ints) -> Ints:
    """By the numbers of the part; -1 for none, or one that the part does not have."""
    at = np.minimum(np.searchsorted(legs, numbers), max(0, len(legs) - 1))
    known = (numbers >= 0) & (legs[at] == numbers) if len(legs) else np.zeros(len(numbers), bool)
    found: Ints = np.where(known, at, -1)
    return found


def _original(plan: Snapshot, units: Ints, legs: Ints) -> Snapshot:
    """The plan by the numbers of the whole instance."""
    return plan._replace(rows=_by_whole(plan.rows, plan.coach, units, legs).astype(np.int64))


def _by_whole(rows: Whole, coach: Whole, units: Ints, legs: Ints) -> Whole:
    load, position = riders(rows, coach)
    rows = rows.copy()
    rows[load, MEMBER + position] = units[rows[load, MEMBER + position]]
    rows[load, LEG + position] = _numbers(rows[load, LEG + position], legs)
    return rows


def _numbers(legs_of_part: Whole, legs: Ints) -> Ints:
    kept: Ints = np.where(legs_of_part >= 0, legs[legs_of_part] if len(legs) else legs_of_part, -1)
    return kept
