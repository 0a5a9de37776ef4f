"""Departures from squares with hourly limits, staggered: the last step of a plan.

The search gives every load its best start, as if any number of coaches could leave a square at once. Here each load
that boards in an hour with too many people or coaches, or near one, gets a list of other legal starts, and one program
chooses among them at the least added cost. Who finds no start is served anew, within the limits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from dispatch.model.units import DAY_MIN
from dispatch.solve.insertion import with_solo
from dispatch.solve.instance import (
    ACCESS,
    AVAILABLE,
    COACHES_HOUR,
    DUE,
    LEAST,
    PEOPLE_HOUR,
    RELEASE,
    SIZE,
    VEHICLE,
    Compiled,
    Instance,
    Ints,
)
from dispatch.solve.local_search import FIRST_FILL, LocalSearch
from dispatch.solve.moves import accept, board_vehicle, drop_from_load, plan_value, store
from dispatch.solve.ranking import ONLY_TRUE, Mood
from dispatch.solve.refine import apart, refined
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN, copy_state, recreate
from dispatch.solve.snapshot import snapshot_of, state_of
from dispatch.solve.start_choice import NOTHING, Program, Room, with_start, within
from dispatch.solve.starts import HOUR_MIN, Cell, Start, Starts
from dispatch.solve.state import (
    ABOARD,
    BY_TRUNK,
    DRIVERS,
    END,
    FIRST,
    HIRE,
    KIND,
    LAST,
    MEMBER,
    MEMBERS,
    METRES,
    PEOPLE,
    RIDE,
    START,
    STOPS,
    TYPE,
    UNSERVED,
    WAY,
    State,
)

REACH_MIN, STEP_MIN = DAY_MIN, 15  # loads of a square so near to an overfull hour may move, so far, in such steps
FAR_MIN, FAR_STEP_MIN = 14 * DAY_MIN, 60  # the same for those who find no start within it
DAYS_TRIED = 12  # from which somebody is served anew
PROGRAMS = 8  # in which others make room for somebody served anew, at most
TRIES = 1_000  # of serving a unit in other orders, at most
LOADS_MOST = 3  # that are taken off together for it
APART_UNITS = 300  # of no more than so many all are apart by then


class Staggering:
    """A finished plan made to keep the hourly limits of its squares."""

    def __init__(self, local: LocalSearch) -> None:
        self.local, self.x, self.state = local, local.x, local.state
        self.starts = Starts(local.x, local.state, local.draft)
        self.programs, self.tries = PROGRAMS, TRIES
        self.saved = State._make(a.copy() for a in local.state)

    def run(self) -> None:
        """Stagger, and serve anew whoever found no start."""
        if self._overfull():
            without = self._reshuffle(FAR_MIN)
            self._serve(self._take([u for slot in without for u in self._riders(slot)]))
            self._shed()
        self._keep()

    def serve(self, units: Sequence[int]) -> None:
        """Serve some of those left out, within the limits."""
        lost = self._serve(units)
        if lost:
            self._rearrange(lost)
        self._keep()

    def _keep(self) -> None:
        local = self.local
        copy_state(self.state, local.best)
        local.best_value = plan_value(self.x, self.state, UNSERVED_FEN, SHORT_FEN)

    # what is there

    def _used(self, without: Collection[int] = ()) -> dict[Cell, Room]:
        """What boards in each cell."""
        used: dict[Cell, Room] = {}
        for slot in self.starts.loads():
            now, boards = self.starts.now(slot)
            if slot not in without and now:
                used |= with_start(used, now, boards)
        return used

    def _most(self, stop: int) -> Room:
        return Room(int(self.x.stop[stop, PEOPLE_HOUR]), int(self.x.stop[stop, COACHES_HOUR]))

    def _overfull(self) -> list[Cell]:
        return sorted(c for c, used in self._used().items() if not within(used, self._most(c[0])))

    def _movable(self) -> list[int]:
        """Loads that board at a square near one of its overfull hours."""
        hours: dict[int, list[int]] = defaultdict(list)
        for stop, hour in self._overfull():
            hours[stop].append(hour)
        found = []
        for slot in self.starts.loads():
            now, _ = self.starts.now(slot)
            if now and any(abs(h - o) <= REACH_MIN // HOUR_MIN for stop, h in now.cells for o in hours.get(stop, ())):
                found.append(slot)
        return found

    def _riders(self, slot: int) -> list[int]:
        units: list[int] = self.state.rows[slot, MEMBER : MEMBER + self.state.coach[slot, MEMBERS]].tolist()
        return units

    # starts

    def _reshuffle(self, reach: int) -> list[int]:
        """Give loads other starts so that the limits hold, and hand back those for which there is none, looked for as
        far as ``reach``.
        """
        options = {slot: self.starts.near(slot, REACH_MIN, STEP_MIN) for slot in self._movable()}
        chosen = self._program(options).best()
        lost = [slot for slot in options if slot not in chosen]
        if lost and reach > REACH_MIN:
            for slot in lost:
                options[slot] = list(dict.fromkeys([*options[slot], *self.starts.near(slot, reach, FAR_STEP_MIN)]))
            chosen = self._program(options).best()
        for slot, start in chosen.items():
            self._begin(slot, start)
        accept(self.local.journal)
        return [slot for slot in options if slot not in chosen]

    def _program(self, options: Mapping[int, Sequence[Start]]) -> Program:
        used, coach = self._used(without=options), self.state.coach
        room = {}
        for cell in {c for starts in options.values() for s in starts for c in s.cells}:
            most, taken = self._most(cell[0]), used.get(cell, NOTHING)
            room[cell] = Room(most.people - taken.people, most.coaches - taken.coaches)
        own = Counter((int(coach[slot, TYPE]), int(coach[slot, START]) // DAY_MIN) for slot in options)
        coaches = {}
        for k, day in {(s.type, s.day) for starts in options.values() for s in starts}:
            coaches[k, day] = int(self.x.coach[k, AVAILABLE] - self.state.used[k, day]) + own[k, day]
        boards = {slot: self.starts.now(slot)[1] for slot in options}
        people = {slot: int(coach[slot, PEOPLE]) for slot in options}
        return Program(options, boards, people, room, coaches)

    def _begin(self, slot: int, start: Start) -> None:
        head = self.state.coach[slot].copy()
        head[[START, TYPE, DRIVERS, END, HIRE]] = start.minute, start.type, start.drivers, start.end, start.hire
        self.local.draft.row[:] = self.state.rows[slot]
        store(self.state, self.local.journal, slot, self.local.draft, head, start.value)

    def _fitted(self, slot: int) -> bool:
        """Give one load the cheapest start that all others leave it."""
        for reach, step in ((REACH_MIN, STEP_MIN), (FAR_MIN, FAR_STEP_MIN)):
            chosen = self._program({slot: self.starts.near(slot, reach, step)}).greedy()
            if slot in chosen:
                self._begin(slot, chosen[slot])
                return True
        return False

    # people

    def _take(self, units: Sequence[int]) -> list[int]:
        """Leave some units out, and all who cannot go on without them; loads that stay keep their starts."""
        local, s = self.local, self.state
        queue, gone = list(units), []
        while queue:
            u = queue.pop()
            if s.unit[u, WAY] == UNSERVED:
                continue
            gone.append(u)
            if s.unit[u, WAY] == BY_TRUNK:
                board_vehicle(self.x, s, local.journal, u, s.unit[u, RIDE], -1)
            loads = [int(slot) for slot in s.unit[u, [FIRST, LAST]] if slot >= 0]
            s.unit[u] = -1
            for slot in loads:
                drop_from_load(self.x, s, local.journal, local.draft, local.head, slot, u)
                if s.coach[slot, KIND] >= 0 and not self._goes_on(slot):
                    queue += self._riders(slot)
            queue += () if queue else self._short()
        accept(local.journal)
        return gone

    def _goes_on(self, slot: int) -> bool:
        """Time a load again, after somebody left it, from the start it has."""
        head = self.state.coach[slot]
        stops = self.state.rows[slot, : head[STOPS]]
        head[PEOPLE] = self.x.unit[self._riders(slot), SIZE].sum()
        head[METRES] = self.x.metres[stops[:-1], stops[1:]].sum()
        now, _ = self.starts.now(slot)
        if now:
            self._begin(slot, now)
        return now is not None

    def _short(self) -> list[int]:
        """Riders of trains and flights below their minimum."""
        aboard, ride = self.state.vehicle[:, ABOARD], self.state.unit[:, RIDE]
        short = (aboard > 0) & (aboard < self.x.vehicle[:, LEAST])
        if not short.any():
            return []
        found: list[int] = np.flatnonzero((ride >= 0) & short[self.x.leg[ride, VEHICLE]]).tolist()
        return found

    def _serve(self, units: Sequence[int]) -> list[int]:
        """Serve each unit in turn, the largest first; those that found no place."""
        return [u for u in sorted(units, key=lambda u: (-int(self.x.unit[u, SIZE]), u)) if not self._placed(u)]

    def _placed(self, u: int) -> bool:
        """Serve a unit the first way that keeps the limits, others moving for it where there is no such way."""
        copy_state(self.state, self.saved)
        for x, mood in self._attempts(u):
            self.tries -= 1
            if self._served(x, u, mood):
                return True
            copy_state(self.saved, self.state)
        for x, mood in islice(self._attempts(u), self.programs and 2):
            self.programs -= 1
            if self._served(x, u, mood, others=True):
                return True
            copy_state(self.saved, self.state)
        return False

    def _rearrange(self, lost: Sequence[int]) -> None:
        """Take off some loads at the squares of somebody left out, and serve everybody again in another order; what
        carries more people, or as many for less, is kept.
        """
        self.programs, self.tries = 0, TRIES
        draw = np.random.default_rng(len(lost))
        best, value = State._make(a.copy() for a in self.state), self._value()
        before = State._make(a.copy() for a in self.state)
        known = set(lost)
        while self.tries > 0 and (left := [u for u in sorted(known) if self.state.unit[u, WAY] == UNSERVED]):
            copy_state(self.state, before)
            people = self._left_out()
            riders = self._around(left[draw.integers(len(left))], draw)
            if not riders:
                return
            some = [*left, *self._take(riders)]
            known.update(some)
            for i in draw.permutation(len(some)).tolist():
                self._placed(some[i])
            self.tries -= 1
            if self._left_out() > people:
                copy_state(before, self.state)
            elif self._value() < value - 1:
                value = self._value()
                copy_state(self.state, best)
        copy_state(best, self.state)

    def _around(self, u: int, draw: np.random.Generator) -> list[int]:
        """Riders of a few loads that leave a square of a unit, or would be in its way on the day it may leave."""
        squares = {a for a in self.x.unit[u, ACCESS:].tolist() if a >= 0 and self.starts.square[a]}
        loads = [s for s in self.starts.loads() if squares.intersection(self.starts.now(s)[1])]
        days = range(int(self.x.unit[u, RELEASE]) // DAY_MIN, int(self.x.unit[u, DUE]) // DAY_MIN + 1)
        loads = [s for s in loads if int(self.state.coach[s, START]) // DAY_MIN in days]
        others = [s for s in self.starts.loads() if s not in loads]
        chosen = draw.permutation(loads).tolist()[: 1 + int(draw.integers(LOADS_MOST))]
        chosen += draw.permutation(others).tolist()[: int(draw.integers(2))]
        return [rider for slot in chosen for rider in self._riders(slot)]

    def _left_out(self) -> int:
        return int(self.x.unit[self.state.unit[:, WAY] == UNSERVED, SIZE].sum())

    def _value(self) -> float:
        return plan_value(self.x, self.state, UNSERVED_FEN, SHORT_FEN)

    def _attempts(self, u: int) -> Iterator[tuple[Instance, Mood]]:
        """Terms on which a unit may find a place: as the search would, on a coach of its own, from stops that are no
        squares or one that has room, by train, and from later hours with room.
        """
        stops = [a for a in self.x.unit[u, ACCESS:].tolist() if a >= 0]
        free = [a for a in stops if not self.starts.square[a]]
        hours = {a: some for a in stops if self.starts.square[a] and (some := self._hours_with_room(u, a))}
        yield self.x, _mood()
        yield self.x, _mood(blink=1.0)
        for some in ([free] if free else []) + [[a] for a in hours]:
            if len(some) < len(stops):
                access = np.full(self.x.unit.shape[1] - ACCESS, -1, np.int64)
                access[: len(some)] = some
                only = self._changed(u, slice(ACCESS, None), access)
                yield only, _mood()
                yield only, _mood(blink=1.0)
        yield self.x, _mood(lines=0)
        first = {
            hour * HOUR_MIN // DAY_MIN: hour for hour in sorted({h for some in hours.values() for h in some})[::-1]
        }
        for hour in sorted(first.values())[:DAYS_TRIED]:
            later = self._changed(u, RELEASE, hour * HOUR_MIN)
            yield later, _mood()
            yield later, _mood(blink=1.0)

    def _changed(self, u: int, column: int | slice, value: int | Ints) -> Instance:
        unit = self.x.unit.copy()
        unit[u, column] = value
        return with_solo(self.x._replace(unit=unit), np.array([u], np.int64), int(self.local.draft.lines[0]))

    def _hours_with_room(self, u: int, stop: int) -> list[int]:
        """Hours after a unit is ready in which a square takes it, in a coach that may be there."""
        size, release, due = (int(self.x.unit[u, c]) for c in (SIZE, RELEASE, DUE))
        used, most = self._used(), self._most(stop)
        hours = range(-(-release // HOUR_MIN), min(due, self.x.days * DAY_MIN) // HOUR_MIN + 1)
        return [h for h in hours if used.get((stop, h), NOTHING).people + size <= most.people]

    def _served(self, x: Instance, u: int, mood: Mood, others: bool = False) -> bool:
        """Whether a unit finds a place that keeps all limits and minimums; ``others`` may move for it."""
        local, s = self.local, self.state
        recreate(x, s, local.journal, local.draft, local.head, np.array([u], np.int64), 1, mood, 1)
        accept(local.journal)
        if s.unit[u, WAY] == UNSERVED:
            return False
        loads = [int(slot) for slot in s.unit[u, [FIRST, LAST]] if slot >= 0]
        if not all(self._goes_on(slot) for slot in loads) or self._short():
            return False
        if others:
            return not self._reshuffle(REACH_MIN) and not self._overfull()
        return all(self._fitted(slot) for slot in loads if slot in self.starts.loads())

    def _shed(self) -> None:
        """Take off loads of an hour that is overfull all the same."""
        while cells := self._overfull():
            in_cell = [s for s in self.starts.loads() if (now := self.starts.now(s)[0]) and cells[0] in now.cells]
            least = min(in_cell, key=lambda s: (int(self.state.coach[s, PEOPLE]), s))
            self._take(self._riders(least))


def _mood(blink: float = 0.0, lines: int = 1) -> Mood:
    return Mood(ONLY_TRUE, -1, -1, FIRST_FILL, blink, lines, SHORT_FEN, 0)


def staggered(compiled: Compiled, local: LocalSearch, party_size: Sequence[int]) -> tuple[Compiled, LocalSearch]:
    """A search whose best plan keeps the limits of all squares, made of one that is finished, and its instance.

    ``party_size`` is that of each demand: of units that find no place each party is tried alone, and in other orders.
    """
    before = set(_left(local))
    Staggering(local).run()
    lost = {u for u in _left(local) if u not in before}
    if not lost:
        return compiled, local
    few = len(compiled.units) <= APART_UNITS
    alone = {u for u, unit in enumerate(compiled.units) if len(unit.members) > 1 and (few or u in lost)}
    fine = apart(compiled, alone, party_size)
    plan = refined(compiled, fine, snapshot_of(local.best))
    if plan is None:
        return compiled, local
    finer = LocalSearch(fine.instance, state_of(fine.instance, plan, len(local.state.coach)), len(fine.units), 1)
    finer.draft.lines[0] = local.draft.lines[0]
    parties = {party for u in lost for party in compiled.units[u].members}
    Staggering(finer).serve([u for u in _left(finer) if fine.units[u].members[0] in parties])
    return fine, finer


def _left(local: LocalSearch) -> list[int]:
    units: list[int] = np.flatnonzero(local.best.unit[:, WAY] == UNSERVED).tolist()
    return units
