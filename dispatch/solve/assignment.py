"""OR-Tools decides who goes on what over the loads the search collected: set partitioning with trunk seats, in tiers.

The model knows only the loads in the pool, so its bound is a bound for the pool and never the plan's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dispatch.solve.instance import (
    ACCESS,
    ARRIVES,
    AVAILABLE,
    DEPARTS,
    DESTINATION,
    DIRECT,
    FARE,
    FEEDER,
    FIRST_SEGMENT,
    FIXED,
    GATE,
    LAST_MILE,
    LAST_SEGMENT,
    LEAST,
    ORIGIN,
    SEATS,
    SIZE,
    VEHICLE,
    Instance,
)
from dispatch.solve.linear import Answer, Rows, Status, minimise
from dispatch.solve.moves import Journal, accept, board_vehicle, drop_from_load, free_slot, new_journal, settle, store
from dispatch.solve.snapshot import Snapshot, snapshot_of
from dispatch.solve.state import (
    ABOARD,
    BOARD,
    BY_COACH,
    BY_TRUNK,
    COACH_WIDTH,
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
    State,
    new_draft,
    new_state,
)

POOL_MOST = 12_000


@dataclass(frozen=True, slots=True)
class PooledLoad:
    """A load as the search left it: head row, route, and (unit, boarding stop, trunk leg) of each rider."""

    head: tuple[int, ...]
    route: tuple[int, ...]
    riders: tuple[tuple[int, int, int], ...]
    value: float

    @property
    def kind(self) -> int:
        """FEEDER, DIRECT or LAST_MILE."""
        return self.head[KIND]


class Pool:
    """Distinct loads seen, and the ways units used the trunk."""

    def __init__(self) -> None:
        self.loads: dict[PooledLoad, None] = {}
        self.rides: dict[tuple[int, int], None] = {}

    def collect(self, plan: Snapshot) -> None:
        """Add every load of a plan."""
        for head, row, value in zip(plan.coach, plan.rows, plan.value.tolist(), strict=True):
            m = int(head[MEMBERS])
            riders = zip(
                row[MEMBER : MEMBER + m].tolist(),
                row[BOARD : BOARD + m].tolist(),
                row[LEG : LEG + m].tolist(),
                strict=True,
            )
            load = PooledLoad(tuple(head.tolist()), tuple(row[: head[STOPS]].tolist()), tuple(sorted(riders)), value)
            self.loads.pop(load, None)
            self.loads[load] = None
        for u in np.flatnonzero(plan.way[:, WAY] == BY_TRUNK).tolist():
            self.rides[u, int(plan.way[u, RIDE])] = None
        while len(self.loads) > POOL_MOST:
            self.loads.pop(next(iter(self.loads)))


@dataclass(frozen=True, slots=True)
class Choice:
    """What the model chose: loads, and each unit's trunk leg; with its tiers' statuses, objective and bound in fen."""

    loads: tuple[PooledLoad, ...]
    leg_of: dict[int, int]
    unserved_status: Status
    status: Status
    objective: float
    bound: float


class _Model:
    """Columns and rows over a pool."""

    def __init__(self, x: Instance, pool: Pool, least_unserved: int | None) -> None:
        self.x = x
        self.loads = list(pool.loads)
        self.rows = rows = Rows()
        tier_two = least_unserved is not None
        self.load_at = [rows.column(load.value if tier_two else 0.0, 1.0, True) for load in self.loads]
        ways: dict[int, list[int]] = defaultdict(list)
        carried: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        hired: dict[tuple[int, int], list[int]] = defaultdict(list)
        for load, column in zip(self.loads, self.load_at, strict=True):
            hired[load.head[TYPE], load.head[START] // 1440].append(column)
            for u, _, t in load.riders:
                if load.kind == DIRECT:
                    ways[u].append(column)
                else:
                    carried[load.kind, u, t].append(column)
        self.ride_at = {(u, t): self._ride(u, t, tier_two) for u, t in pool.rides}
        for (u, t), column in self.ride_at.items():
            ways[u].append(column)
            self._link(u, t, column, carried)
        self.left_at = {}
        for u in range(len(x.unit)):
            self.left_at[u] = rows.column(0.0 if tier_two else float(x.unit[u, SIZE]), 1.0)
            columns = [*ways[u], self.left_at[u]]
            rows.row(columns, [1.0] * len(columns), 1.0, np.inf)
        for (k, _), columns in hired.items():
            if len(columns) > x.coach[k, AVAILABLE]:
                rows.row(columns, [1.0] * len(columns), 0.0, float(x.coach[k, AVAILABLE]))
        self._vehicles(tier_two)
        if least_unserved is not None:
            sizes = [float(s) for s in x.unit[:, SIZE]]
            rows.row(list(self.left_at.values()), sizes, 0.0, float(least_unserved))

    def _ride(self, u: int, t: int, priced: bool) -> int:
        x = self.x
        v = x.leg[t, VEHICLE]
        fare = x.unit[u, SIZE] * (x.vehicle[v, FARE] + x.minute_fen * (x.leg[t, ARRIVES] - x.leg[t, DEPARTS]))
        return self.rows.column(float(fare) if priced else 0.0, 1.0, True)

    def _link(self, u: int, t: int, column: int, carried: dict[tuple[int, int, int], list[int]]) -> None:
        x = self.x
        if x.leg[t, ORIGIN] not in x.unit[u, ACCESS:]:
            by = carried[FEEDER, u, t]
            self.rows.row([column, *by], [1.0] + [-1.0] * len(by), -np.inf, 0.0)
        if x.leg[t, DESTINATION] != x.unit[u, GATE]:
            by = carried[LAST_MILE, u, t]
            self.rows.row([column, *by], [1.0] + [-1.0] * len(by), -np.inf, 0.0)

    def _vehicles(self, priced: bool) -> None:
        x, rows = self.x, self.rows
        riders: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for (u, t), column in self.ride_at.items():
            riders[int(x.leg[t, VEHICLE])].append((u, t, column))
        self.open_at = {}
        for v, some in riders.items():
            opened = rows.column(float(x.vehicle[v, FIXED]) if priced else 0.0, 1.0, True)
            self.open_at[v] = opened
            for segment in range(max(int(x.leg[t, LAST_SEGMENT]) for _, t, _ in some) + 1):
                over = [(u, c) for u, t, c in some if x.leg[t, FIRST_SEGMENT] <= segment <= x.leg[t, LAST_SEGMENT]]
                if over:
                    weights = [float(x.unit[u, SIZE]) for u, _ in over] + [-float(x.vehicle[v, SEATS])]
                    rows.row([*(c for _, c in over), opened], weights, -np.inf, 0.0)
            if x.vehicle[v, LEAST] > 0:
                weights = [float(x.unit[u, SIZE]) for u, _, _ in some] + [-float(x.vehicle[v, LEAST])]
                rows.row([*(c for _, _, c in some), opened], weights, 0.0, np.inf)
            if x.vehicle[v, FIXED] > 0:
                for _, _, column in some:
                    rows.row([column, opened], [1.0, -1.0], -np.inf, 0.0)

    def hint(self, s: State) -> list[int]:
        """Columns of the plan the search has now."""
        known = Pool()
        known.collect(snapshot_of(s))
        at = {load: c for load, c in zip(self.loads, self.load_at, strict=True) if load in known.loads}
        rides = [self.ride_at[r] for r in known.rides]
        opened = [c for v, c in self.open_at.items() if s.vehicle[v, ABOARD] > 0]
        left = [c for u, c in self.left_at.items() if s.unit[u, WAY] == UNSERVED]
        return [*at.values(), *rides, *opened, *left]


def choose(x: Instance, pool: Pool, incumbent: State, time_limit_s: float) -> Choice | None:
    """Serve the most people, then at the least cost, with loads of the pool; None where no answer stood the recheck."""
    left = int(x.unit[incumbent.unit[:, WAY] == UNSERVED, SIZE].sum())
    first = Status.OPTIMAL
    if left > 0:
        model = _Model(x, pool, None)
        answer = minimise(model.rows, "scip", time_limit_s / 3, model.hint(incumbent))
        first = answer.status
        left = min(left, round(answer.objective)) if first is not Status.NO_SOLUTION else left
    model = _Model(x, pool, left)
    answer = minimise(model.rows, "scip", time_limit_s, model.hint(incumbent))
    return None if answer.status is Status.NO_SOLUTION else _read(model, answer, first)


def _read(model: _Model, answer: Answer, first: Status) -> Choice:
    on = answer.values > 0.5
    return Choice(
        loads=tuple(load for load, c in zip(model.loads, model.load_at, strict=True) if on[c]),
        leg_of={u: t for (u, t), c in model.ride_at.items() if on[c]},
        unserved_status=first,
        status=answer.status,
        objective=answer.objective,
        bound=answer.bound,
    )


def rebuild(x: Instance, choice: Choice, slots: int) -> State | None:
    """A state with the chosen loads; whoever is on two loads of one purpose leaves the later one.

    None where a load cannot be timed anew after people left it: the plan the search has stays.
    """
    s = new_state(x, slots)
    j, d, head = new_journal(s), new_draft(), np.zeros(COACH_WIDTH, np.int64)
    needed = {(FEEDER, u): t for u, t in choice.leg_of.items() if x.leg[t, ORIGIN] not in x.unit[u, ACCESS:]}
    needed |= {(LAST_MILE, u): t for u, t in choice.leg_of.items() if x.leg[t, DESTINATION] != x.unit[u, GATE]}
    on: dict[tuple[int, int], int] = {}
    # every load first, so that none takes the coach of another when it is timed anew
    written = [(_write(s, j, load), load) for load in choice.loads]
    for slot, load in written:
        for u, _, t in load.riders:
            wanted = u not in choice.leg_of if load.kind == DIRECT else needed.get((load.kind, u)) == t
            if wanted and (load.kind, u) not in on:
                on[load.kind, u] = slot
            else:
                drop_from_load(x, s, j, d, head, slot, u)
    for slot, _ in written:
        if s.coach[slot, KIND] >= 0 and not settle(x, s, j, d, head, slot, s.coach[slot, START]):
            return None
    _seat(x, s, j, choice.leg_of, on, needed)
    accept(j)
    return s if (s.used <= x.coach[:, AVAILABLE, None]).all() else None


def _write(s: State, j: Journal, load: PooledLoad) -> int:
    draft = new_draft()
    draft.row[: len(load.route)] = load.route
    for i, (u, board, leg) in enumerate(load.riders):
        draft.row[MEMBER + i], draft.row[BOARD + i], draft.row[LEG + i] = u, board, leg
    slot = int(free_slot(s))
    store(s, j, slot, draft, np.array(load.head, np.int64), load.value)
    return slot


def _seat(
    x: Instance,
    s: State,
    j: Journal,
    leg_of: dict[int, int],
    on: dict[tuple[int, int], int],
    needed: dict[tuple[int, int], int],
) -> None:
    for (kind, u), slot in on.items():
        if kind == DIRECT:
            s.unit[u, WAY], s.unit[u, FIRST] = BY_COACH, slot
    for u, t in leg_of.items():
        purposes: Iterable[int] = [k for k in (FEEDER, LAST_MILE) if (k, u) in needed]
        if all((k, u) in on for k in purposes):
            s.unit[u, WAY], s.unit[u, RIDE] = BY_TRUNK, t
            s.unit[u, FIRST], s.unit[u, LAST] = on.get((FEEDER, u), -1), on.get((LAST_MILE, u), -1)
            board_vehicle(x, s, j, u, t, 1)
