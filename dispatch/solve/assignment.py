"""OR-Tools decides who goes on what over the loads the search collected: set partitioning with trunk seats, in tiers.

The model knows only the loads in the pool, so its bound is a bound for the pool and never the plan's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

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
    Floats,
    Instance,
    Ints,
)
from dispatch.solve.linear import Rows, Status, minimise, minimise_over
from dispatch.solve.moves import Journal, accept, board_vehicle, drop_from_load, free_slot, new_journal, settle, store
from dispatch.solve.seen import Loads
from dispatch.solve.snapshot import Snapshot, aboard, hired, snapshot_of
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
STRANDED_FEN = 1e6  # a head left out, in a choice that may leave out nobody more than before


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

    def add(self, loads: Loads) -> None:
        """Add loads that are columns; who rides them rides their trunk legs."""
        members = loads.coach[:, MEMBERS].tolist()
        stops = loads.coach[:, STOPS].tolist()
        for head, row, value, m, n in zip(
            loads.coach.tolist(), loads.rows.tolist(), loads.value.tolist(), members, stops, strict=True
        ):
            units, legs = row[MEMBER : MEMBER + m], row[LEG : LEG + m]
            riders = tuple(sorted(zip(units, row[BOARD : BOARD + m], legs, strict=True)))
            load = PooledLoad(tuple(head), tuple(row[:n]), riders, value)
            self.loads.pop(load, None)
            self.loads[load] = None
            if head[KIND] != DIRECT:
                self.rides.update(dict.fromkeys(zip(units, legs, strict=True)))
        while len(self.loads) > POOL_MOST:
            self.loads.pop(next(iter(self.loads)))

    def collect(self, plan: Snapshot) -> None:
        """Add every load of a plan."""
        self.add(Loads(plan.coach, plan.rows, plan.value))
        for u in np.flatnonzero(plan.way[:, WAY] == BY_TRUNK).tolist():
            self.rides[u, int(plan.way[u, RIDE])] = None


@dataclass(frozen=True, slots=True)
class Around:
    """What stays as it is around a choice: people on vehicles and coaches hired by others; the units that must go on
    as they do, from ``free`` on.
    """

    aboard: Ints
    hired: Ints
    free: int

    @classmethod
    def of(cls, x: Instance, s: State, free: int) -> Self:
        """Around a state, whose first ``free`` units may be moved."""
        own = snapshot_of(s)
        return cls(s.vehicle - aboard(x, own.way)[:, : s.vehicle.shape[1]], s.used - hired(x, own.coach), free)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the model chose: loads, and each unit's trunk leg; with its tiers' statuses, objective and bound in fen.

    ``prices`` is what each unit costs in the relaxed model, and what its loads cost above their prices.
    """

    loads: tuple[PooledLoad, ...]
    leg_of: dict[int, int]
    unserved_status: Status
    status: Status
    objective: float
    bound: float
    prices: Floats | None = None


class _Model:
    """Columns and rows over a pool."""

    def __init__(
        self, x: Instance, s: State, around: Around, pool: Pool, least_unserved: int | None, stranded: float = 0.0
    ) -> None:
        self.x, self.s, self.around = x, s, around
        self.loads = list(pool.loads)
        self.rows = rows = Rows()
        tier_two = least_unserved is not None
        self.load_at = [rows.column(load.value if tier_two else 0.0, 1.0, True) for load in self.loads]
        ways: dict[int, list[int]] = defaultdict(list)
        carried: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        on_day: dict[tuple[int, int], list[int]] = defaultdict(list)
        for load, column in zip(self.loads, self.load_at, strict=True):
            on_day[load.head[TYPE], load.head[START] // 1440].append(column)
            for u, _, t in load.riders:
                if load.kind == DIRECT:
                    ways[u].append(column)
                else:
                    carried[load.kind, u, t].append(column)
        rides = (r for r in pool.rides if all((k, *r) in carried for k in purposes(x, s, around, *r)))
        self.ride_at = {(u, t): self._ride(u, t, tier_two) for u, t in rides}
        for (u, t), column in self.ride_at.items():
            ways[u].append(column)
            for kind in purposes(x, s, around, u, t):
                by = carried[kind, u, t]
                rows.row([column, *by], [1.0] + [-1.0] * len(by), -np.inf, 0.0)
        self.left_at, self.covered_at = {}, []
        for u in range(len(x.unit)):
            price = stranded * float(x.unit[u, SIZE]) if tier_two else float(x.unit[u, SIZE])
            self.left_at[u] = rows.column(price, 1.0 if u < around.free else 0.0)
            columns = [*ways[u], self.left_at[u]]
            self.covered_at.append(rows.row(columns, [1.0] * len(columns), 1.0, np.inf))
        for (k, day), columns in on_day.items():
            left = float(max(0, x.coach[k, AVAILABLE] - around.hired[k, day]))
            if len(columns) > left:
                rows.row(columns, [1.0] * len(columns), 0.0, left)
        self._vehicles(tier_two)
        if least_unserved is not None:
            sizes = [float(s) for s in x.unit[:, SIZE]]
            rows.row(list(self.left_at.values()), sizes, 0.0, float(least_unserved))

    def _ride(self, u: int, t: int, priced: bool) -> int:
        x = self.x
        v = x.leg[t, VEHICLE]
        fare = x.unit[u, SIZE] * (x.vehicle[v, FARE] + x.minute_fen * (x.leg[t, ARRIVES] - x.leg[t, DEPARTS]))
        return self.rows.column(float(fare) if priced else 0.0, 1.0, True)

    def _vehicles(self, priced: bool) -> None:
        x, rows, others = self.x, self.rows, self.around.aboard
        riders: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for (u, t), column in self.ride_at.items():
            riders[int(x.leg[t, VEHICLE])].append((u, t, column))
        self.open_at = {}
        for v, some in riders.items():
            runs = others[v, ABOARD] > 0
            opened = rows.column(float(x.vehicle[v, FIXED]) if priced and not runs else 0.0, 1.0, True)
            self.open_at[v] = opened
            for segment in range(max(int(x.leg[t, LAST_SEGMENT]) for _, t, _ in some) + 1):
                over = [(u, c) for u, t, c in some if x.leg[t, FIRST_SEGMENT] <= segment <= x.leg[t, LAST_SEGMENT]]
                if over:
                    room = float(max(0, x.vehicle[v, SEATS] - others[v, 1 + segment]))
                    rows.row([*(c for _, c in over), opened], [*self._sizes(over), -room], -np.inf, 0.0)
            least = float(x.vehicle[v, LEAST] - others[v, ABOARD])
            if least > 0:
                rows.row([*(c for _, _, c in some), opened], [*self._sizes(some), -least], 0.0, np.inf)
                if runs:
                    rows.row([opened], [1.0], 1.0, 1.0)
            if x.vehicle[v, FIXED] > 0 and not runs:
                for _, _, column in some:
                    rows.row([column, opened], [1.0, -1.0], -np.inf, 0.0)

    def _sizes(self, riders: Sequence[tuple[int, ...]]) -> list[float]:
        return [float(self.x.unit[r[0], SIZE]) for r in riders]

    def hint(self) -> list[int]:
        """Columns of the plan the search has now."""
        known = Pool()
        known.collect(snapshot_of(self.s))
        at = {load: c for load, c in zip(self.loads, self.load_at, strict=True) if load in known.loads}
        rides = [self.ride_at[r] for r in known.rides if r in self.ride_at]
        opened = [c for v, c in self.open_at.items() if self.s.vehicle[v, ABOARD] > 0]
        left = [c for u, c in self.left_at.items() if self.s.unit[u, WAY] == UNSERVED]
        return [*at.values(), *rides, *opened, *left]


def purposes(x: Instance, s: State, around: Around, u: int, t: int) -> tuple[int, ...]:
    """The coaches that unit ``u`` needs to ride leg ``t``: FEEDER, LAST_MILE, both or none; of one that must go on as
    it does only those that are part of the state.
    """
    if u >= around.free:
        slots = ((FEEDER, s.unit[u, FIRST]), (LAST_MILE, s.unit[u, LAST]))
        return tuple(kind for kind, slot in slots if slot >= 0)
    first = () if x.leg[t, ORIGIN] in x.unit[u, ACCESS:] else (FEEDER,)
    return first if x.leg[t, DESTINATION] == x.unit[u, GATE] else (*first, LAST_MILE)


def choose(x: Instance, pool: Pool, incumbent: State, time_limit_s: float) -> Choice | None:
    """Serve the most people, then at the least cost, with loads of the pool; None where no answer stood the recheck."""
    left = int(x.unit[incumbent.unit[:, WAY] == UNSERVED, SIZE].sum())
    around = Around.of(x, incumbent, len(x.unit))
    first = Status.OPTIMAL
    if left > 0:
        model = _Model(x, incumbent, around, pool, None)
        answer = minimise(model.rows, "scip", time_limit_s / 3, model.hint())
        first = answer.status
        left = min(left, round(answer.objective)) if first is not Status.NO_SOLUTION else left
    return _decide(_Model(x, incumbent, around, pool, left), time_limit_s, first)


def choose_part(x: Instance, pool: Pool, incumbent: State, around: Around, time_limit_s: float) -> Choice | None:
    """The least cost with loads of the pool around what stays, with no more people left out than before."""
    left = int(x.unit[incumbent.unit[:, WAY] == UNSERVED, SIZE].sum())
    return _decide(_Model(x, incumbent, around, pool, left, STRANDED_FEN), time_limit_s, Status.FEASIBLE)


def _decide(model: _Model, time_limit_s: float, first: Status) -> Choice | None:
    hint = model.hint()
    known = float(np.array(model.rows.cost)[hint].sum())
    loose, answer = minimise_over(model.rows, time_limit_s, hint, known)
    if answer.status is Status.NO_SOLUTION:
        return None
    prices = loose.duals[model.covered_at] if len(loose.duals) else None
    on = answer.values > 0.5
    return Choice(
        loads=tuple(load for load, c in zip(model.loads, model.load_at, strict=True) if on[c]),
        leg_of={u: t for (u, t), c in model.ride_at.items() if on[c]},
        unserved_status=first,
        status=answer.status,
        objective=answer.objective,
        bound=answer.bound,
        prices=prices,
    )


def rebuild(x: Instance, choice: Choice, incumbent: State, around: Around | None = None) -> State | None:
    """A state with the chosen loads; whoever is on two loads of one purpose leaves the later one.

    None where a load cannot be timed anew after people left it, or somebody who must stay would not: the plan the
    search has stays.
    """
    around = around or Around.of(x, incumbent, len(x.unit))
    s = new_state(x, len(incumbent.coach))
    s.vehicle[:], s.used[:] = around.aboard, around.hired
    j, d, head = new_journal(s), new_draft(), np.zeros(COACH_WIDTH, np.int64)
    needed = {(k, u): t for u, t in choice.leg_of.items() for k in purposes(x, incumbent, around, u, t)}
    on: dict[tuple[int, int], int] = {}
    # every load first, so that none takes the coach of another when it is timed anew
    written = [(_write(s, j, load), load) for load in choice.loads]
    thinner = set()
    for slot, load in written:
        for u, _, t in load.riders:
            wanted = u not in choice.leg_of if load.kind == DIRECT else needed.get((load.kind, u)) == t
            if wanted and (load.kind, u) not in on:
                on[load.kind, u] = slot
            else:
                drop_from_load(x, s, j, d, head, slot, u)
                thinner.add(slot)
    for slot in sorted(thinner):
        if s.coach[slot, KIND] >= 0 and not settle(x, s, j, d, head, slot, s.coach[slot, START]):
            return None
    _seat(x, s, j, choice.leg_of, on, needed)
    accept(j)
    stays = (s.unit[around.free :, [WAY, RIDE]] == incumbent.unit[around.free :, [WAY, RIDE]]).all()
    return s if stays and (s.used <= x.coach[:, AVAILABLE, None]).all() else None


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
        if all((k, u) in on for k in (FEEDER, LAST_MILE) if (k, u) in needed):
            s.unit[u, WAY], s.unit[u, RIDE] = BY_TRUNK, t
            s.unit[u, FIRST], s.unit[u, LAST] = on.get((FEEDER, u), -1), on.get((LAST_MILE, u), -1)
            board_vehicle(x, s, j, u, t, 1)
