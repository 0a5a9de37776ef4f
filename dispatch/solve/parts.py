"""The plan improved by parts: drawn anew each time, done side by side, put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dispatch.model.units import DAY_MIN
from dispatch.solve.engine import Engine, InThreads
from dispatch.solve.instance import AVAILABLE, DUE, RELEASE, SIZE, Instance, Ints
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
        return self._parts_of(PART_UNITS)

    def _parts_of(self, most: int) -> int:
        """Parts of no more than so many units, a power of two for each process."""
        parts = self.processes
        while len(self.x.unit) > parts * most:
            parts *= 2
        return parts

    def _share(self, effort: Effort, parts: int) -> Effort:
        """What each part may take of an effort that is meant for the whole."""
        rounds = -(-effort.rounds * self.processes // parts)
        return Effort(rounds, effort.seconds * self.processes / parts, effort.done)

    def begin(
        self,
        engine: Engine | InThreads,
        outlooks: Sequence[Outlook],
        effort: Effort,
        closes: bool = False,
        meant: Callable[[Instance, Market], Ints] = rides,
    ) -> Snapshot:
        """A plan made from nothing: each part with every outlook and improved by the effort, then its best; the effort
        is meant for the whole. With ``closes`` nothing below its minimum stays. ``meant`` says which trunk leg suits
        each unit by the first outlook.
        """
        x, nothing = self.x, empty(len(self.x.unit))
        parts = 1 if len(x.unit) < SPLIT_UNITS * self.processes else self._parts_of(2 * PART_UNITS)
        share = self._share(effort, parts) if parts > 1 else effort
        people = aboard(x, nothing.way)
        tasks, of_part = [], []
        # parts are those of the first outlook: who is meant for a vehicle of another part goes as seems best
        prices = [market(x, outlook.ends, outlook.lines) for outlook in outlooks]
        suiting = [meant(x, prices[0]), *(rides(x, m) for m in prices[1:])]
        divided = by_time(x, suiting[0], parts)
        coaches = self._coaches(nothing, divided)
        for outlook, ride in zip(outlooks, suiting, strict=True):
            start = Start(outlook.fill, ride, closes)
            for i, part in enumerate(divided):
                of_part.append(i)
                tasks.append(self._task(nothing, part, people, coaches[i], share, start))
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
        share = self._share(effort, len(divided))
        share = replace(share, rounds=-(-effort.rounds // len(divided)))
        people = aboard(self.x, plan.way)
        tasks = [
            self._task(plan, part, people, coaches, share)
            for part, coaches in zip(divided, self._coaches(plan, divided), strict=True)
        ]
        found = engine.run(tasks)
        self._remember(found)
        return self._together(found, plan), sum(f.rounds for f in found)

    def _rivals(self, engine: Engine, plan: Snapshot, whole: Part, effort: Effort) -> tuple[Snapshot, int]:
        """The best of what processes find for the whole with seeds of their own."""
        people, (coaches,) = aboard(self.x, plan.way), self._coaches(plan, [whole])
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
        start: Start | None = None,
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
            start=None if start is None else replace(start, rides=start.rides[units]),
            pool=self._pool(units) if start is None and self.turn % CHOSEN == 0 else None,
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

    def _coaches(self, plan: Snapshot, parts: Sequence[Part]) -> list[Ints]:
        """How many more coaches of each type and day each part may hire: shares by the people who may travel that day,
        so that parts of other days do not keep what they cannot use.
        """
        left = np.maximum(0, self.x.coach[:, AVAILABLE, None] - hired(self.x, plan.coach))
        if len(parts) == 1:
            return [left]
        upto = np.cumsum([self._people_by_day(part.free, left.shape[1]) for part in parts], axis=0)
        odd = upto[-1] * (self.turn * 618 % 1000) // 1000  # what a division leaves goes to other parts each turn
        given = [np.zeros_like(left), *((left * cut + odd) // upto[-1] for cut in upto[:-1]), left]
        return [np.minimum(b, left) - np.minimum(a, left) for a, b in pairwise(given)]

    def _people_by_day(self, units: Ints, days: int) -> Ints:
        """People of some units who may be on the road on each day, one more so that no day is nobody's."""
        first, last = (np.clip(self.x.unit[units, column] // DAY_MIN, 0, days - 1) for column in (RELEASE, DUE))
        change = np.zeros(days + 1, np.int64)
        np.add.at(change, first, self.x.unit[units, SIZE])
        np.add.at(change, np.maximum(first, last) + 1, -self.x.unit[units, SIZE])
        return np.cumsum(change)[:days] + 1

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
