"""The plan improved by parts: drawn anew each time, done side by side, put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.solve.engine import Engine
from dispatch.solve.instance import AVAILABLE, Instance, Ints
from dispatch.solve.local_search import short_fen
from dispatch.solve.opening import Market, market, rides
from dispatch.solve.partition import Part, bisect, by_time, divide, places
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.seen import Loads, nothing_seen, together
from dispatch.solve.snapshot import Snapshot, aboard, cost, empty, hired, riders
from dispatch.solve.state import MEMBER
from dispatch.solve.task import Effort, Found, Start, Task

PART_UNITS = 1_900  # in a part at most: a round costs more in a larger one
RIVAL_UNITS = 800  # of fewer, every other turn is on the whole
SPLIT_UNITS = 240  # of fewer, processes do not take parts but try the whole in ways of their own
SEEDS = 1 << 31
CHOSEN = 2  # OR-Tools chooses in every so many turns
SEEN_IN_ALL = 60_000  # loads that are remembered
POOLED_MOST = 4_000  # of them in one choice


class Outlook(NamedTuple):
    """What a first plan expects: coaches filled to ``fill`` of their seats; feeders with last miles, and direct
    coaches, at so many times their least costs.
    """

    fill: float
    ends: float
    lines: float


class Parts:
    """Draws parts, and keeps what each unit's own coach costs."""

    def __init__(self, x: Instance, processes: int, seed: int, seen: Loads | None = None) -> None:
        self.x, self.processes = x, max(1, processes)
        self.draw = np.random.default_rng(seed)
        self.solo: Ints | None = None
        self.seen, self.dear = seen or nothing_seen(), np.zeros(len(x.unit))
        self.turn = 0
        self.at = places(x, x.minutes[:, _far_apart(x)].astype(float)) if len(x.unit) else np.zeros((0, 5))

    @property
    def count(self) -> int:
        """Parts of the next turn."""
        n = len(self.x.unit)
        if n < SPLIT_UNITS * self.processes or (n <= RIVAL_UNITS and self.turn % 2 == 0):
            return 1
        least = self.processes
        while n > least * PART_UNITS:
            least *= 2
        return least

    def begin(
        self,
        engine: Engine,
        outlooks: Sequence[Outlook],
        effort: Effort,
        meant: Callable[[Instance, Market], Ints] = rides,
    ) -> Snapshot:
        """A plan made from nothing: each part with every outlook and improved by the effort, then its best. ``meant``
        says which trunk leg suits each unit by the first outlook.
        """
        x, nothing = self.x, empty(len(self.x.unit))
        parts = 1 if len(x.unit) < SPLIT_UNITS * self.processes else self.processes
        people = aboard(x, nothing.way)
        tasks, of_part = [], []
        # parts are those of the first outlook: who is meant for a vehicle of another part goes as seems best
        prices = [market(x, outlook.ends, outlook.lines) for outlook in outlooks]
        suiting = [meant(x, prices[0]), *(rides(x, m) for m in prices[1:])]
        divided = by_time(x, suiting[0], parts)
        for outlook, ride in zip(outlooks, suiting, strict=True):
            for i, part in enumerate(divided):
                of_part.append(i)
                coaches = self._coaches(nothing, parts, i)
                tasks.append(self._task(nothing, part, people, coaches, effort, outlook.fill, ride))
        found = engine.run(tasks)
        values = [cost(x, self._together([f], nothing), UNSERVED_FEN, SHORT_FEN) for f in found]
        best = [min((v, k) for k, v in enumerate(values) if of_part[k] == i)[1] for i in range(parts)]
        return self._together([found[k] for k in best], nothing)

    def improve(self, engine: Engine, plan: Snapshot, effort: Effort) -> tuple[Snapshot, int]:
        """The plan with each part improved, and the rounds that took; the effort is meant for the whole."""
        parts = self.count
        self.turn += 1
        one = np.zeros(len(self.x.unit), np.int64)
        divided = divide(self.x, plan, bisect(self.at, PART_UNITS, parts, self.draw) if parts > 1 else one, self.draw)
        if len(divided) == 1:
            return self._rivals(engine, plan, divided[0], effort)
        share = Effort(-(-effort.rounds // len(divided)), effort.seconds * self.processes / len(divided), effort.done)
        people = aboard(self.x, plan.way)
        tasks = [
            self._task(plan, part, people, self._coaches(plan, len(divided), i), share)
            for i, part in enumerate(divided)
        ]
        found = engine.run(tasks)
        self._remember(found)
        return self._together(found, plan), sum(f.rounds for f in found)

    def _rivals(self, engine: Engine, plan: Snapshot, whole: Part, effort: Effort) -> tuple[Snapshot, int]:
        """The best of what processes find for the whole with seeds of their own."""
        people, coaches = aboard(self.x, plan.way), self._coaches(plan, 1, 0)
        found = engine.run([self._task(plan, whole, people, coaches, effort) for _ in range(self.processes)])
        self._remember(found)
        return self._best([self._together([f], plan) for f in found], effort.done[1]), sum(f.rounds for f in found)

    def _best(self, plans: Sequence[Snapshot], done: float) -> Snapshot:
        values = [cost(self.x, p, UNSERVED_FEN, short_fen(done)) for p in plans]
        return plans[int(np.argmin(values))]

    def _task(
        self,
        plan: Snapshot,
        part: Part,
        people: Ints,
        coaches: Ints,
        effort: Effort,
        fill: float = 0.0,
        ride: Ints | None = None,
    ) -> Task:
        units = np.concatenate([part.free, part.fixed])
        return Task(
            units=units,
            free=len(part.free),
            vehicles=part.vehicles,
            plan=Snapshot(plan.coach[part.loads], plan.rows[part.loads], plan.value[part.loads], plan.way[units]),
            aboard=people,
            coaches=coaches,
            solo=None if self.solo is None else self.solo[units],
            seed=int(self.draw.integers(SEEDS)),
            effort=effort,
            start=None if ride is None else Start(fill, ride[units]),
            pool=self._pool(units) if ride is None and self.turn % CHOSEN == 0 else None,
            dear=self.dear[part.free],
        )

    def _remember(self, found: Sequence[Found]) -> None:
        self.seen = together([self.seen, *(f.seen for f in found)], SEEN_IN_ALL)

    def _pool(self, units: Ints) -> Loads:
        """The latest loads seen whose riders are all among some units."""
        strangers = np.ones(len(self.x.unit), bool)
        strangers[units] = False
        load, position = riders(self.seen.rows, self.seen.coach)
        whole = np.ones(len(self.seen.coach), bool)
        whole[load[strangers[self.seen.rows[load, MEMBER + position]]]] = False
        kept = np.flatnonzero(whole)[-POOLED_MOST:]
        return Loads(self.seen.coach[kept], self.seen.rows[kept], self.seen.value[kept])

    def _coaches(self, plan: Snapshot, parts: int, number: int) -> Ints:
        """How many more coaches of each type and day a part may hire: an even share, the rest to one part in turn."""
        left = np.maximum(0, self.x.coach[:, AVAILABLE, None] - hired(self.x, plan.coach))
        turn = np.add.outer(np.arange(left.shape[0]), np.arange(left.shape[1])) + self.turn
        share: Ints = left // parts + np.where(turn % parts == number, left % parts, 0)
        return share

    def _together(self, found: list[Found], plan: Snapshot) -> Snapshot:
        if self.solo is None:
            self.solo = np.full(self.x.solo.shape, -1, np.int64)
        way = plan.way.copy()
        for f in found:
            way[f.units] = f.plan.way
            self.dear[f.units] = f.dear
            self.solo[f.units] = f.solo
        plans = [f.plan for f in found]
        coach, rows = np.concatenate([p.coach for p in plans]), np.concatenate([p.rows for p in plans])
        return Snapshot(coach, rows, np.concatenate([p.value for p in plans]), way)


def _far_apart(x: Instance) -> list[int]:
    """Two stops far from each other, as landmarks: minutes to them tell where a stop is."""
    first = int(np.argmax(x.minutes[0]))
    return [first, int(np.argmax(x.minutes[first]))]
