"""What a load would cost if it began at another minute, and in which hours people would then board it at squares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dispatch.model.units import DAY_MIN
from dispatch.solve.best_start import person_minutes, run_from, windows
from dispatch.solve.compiled import entry
from dispatch.solve.instance import (
    AVAILABLE,
    CLOSES,
    COACH_FARE,
    COACH_FIXED,
    COACH_LEAST,
    COACH_SEATS,
    COACHES_HOUR,
    FAR,
    FIRST_DAY,
    HOUR,
    KM,
    LAST_DAY,
    LAST_MILE,
    OPENS,
    PEOPLE_HOUR,
    SIZE,
    TWO,
    Instance,
    Ints,
)
from dispatch.solve.loads import ride_too_long
from dispatch.solve.moves import draft_of
from dispatch.solve.state import (
    BOARD,
    BOARDINGS,
    DRIVERS,
    KIND,
    MEMBER,
    MEMBERS,
    METRES,
    PEOPLE,
    ROUTE,
    START,
    STOPS,
    TYPE,
    Draft,
    State,
)
from dispatch.solve.timetable import next_open

OTHER_TYPES = 3  # coach types tried on a day that is not the load's own, the cheapest first
HOUR_MIN = 60
CREW, ENDS, LASTS, WAITS, BOARDS = range(5)  # columns of ``try_starts``

Cell = tuple[int, int]  # a square and a clock hour, counted from the epoch


class Start(NamedTuple):
    """A load as it is when it begins at a minute: coach type, drivers, end, hire, value, and the cells it boards in."""

    minute: int
    type: int
    drivers: int
    end: int
    hire: int
    value: float
    cells: tuple[Cell, ...]

    @property
    def day(self) -> int:
        """The day a coach is hired for."""
        return self.minute // DAY_MIN


@entry
def try_starts(
    x: Instance, d: Draft, kind: int, n: int, boardings: int, members: int, crew: int, starts: Ints, found: Ints
) -> None:
    """Time the draft from each start with ``crew`` drivers at least; a row of ``found`` has the drivers (0 where it
    cannot run), the end, minutes from first departure to end, person-minutes, the departure from each boarding stop.
    """
    _, metres, minutes, constant = windows(x, d, kind, n, boardings, members)
    least = 2 if metres > x.rules.second_driver_m or minutes > x.rules.daily else crew
    opens, closes = x.stop[d.row[0], OPENS], x.stop[d.row[0], CLOSES]
    for i in range(len(starts)):
        start = starts[i]
        found[i, CREW] = 0
        if start < 0 or start >= x.days * 1440 or next_open(start, opens, closes) > start:
            continue
        drivers = least
        forced = run_from(x, d, n, start, drivers, metres)
        if forced < 0 and drivers == 1 and minutes > min(x.rules.continuous, x.rules.continuous_night):
            drivers = TWO
            forced = run_from(x, d, n, start, drivers, metres)
        if forced < 0 or ride_too_long(x, d, kind, n, boardings, members):
            continue
        found[i, CREW] = drivers
        found[i, ENDS] = d.out.arrives[n - 1]
        found[i, LASTS] = d.out.arrives[n - 1] - d.out.departs[0]
        found[i, WAITS] = person_minutes(d, n) + constant
        for b in range(boardings):
            found[i, BOARDS + b] = d.out.departs[b]


def limited(x: Instance) -> bool:
    """Whether any stop of an instance is a square with limits."""
    return bool((x.stop[:, [PEOPLE_HOUR, COACHES_HOUR]] < FAR).any())


class Starts:
    """Other starts of the loads of one state, timed as the finished plan will be."""

    def __init__(self, x: Instance, state: State, draft: Draft) -> None:
        self.x, self.state, self.draft = x, state, draft
        self.square = (x.stop[:, PEOPLE_HOUR] < FAR) | (x.stop[:, COACHES_HOUR] < FAR)
        self._known: dict[bytes, tuple[Start | None, dict[int, int]]] = {}
        self._others: dict[tuple[bytes, int], list[Start]] = {}

    def loads(self) -> list[int]:
        """Loads that people board at a square."""
        top = int(self.state.top[0])
        coach, route = self.state.coach[:top], self.state.rows[:top, :ROUTE]
        boarded = np.arange(ROUTE) < coach[:, [BOARDINGS]]
        found: list[int] = np.flatnonzero((coach[:, KIND] >= 0) & (self.square[route] & boarded).any(axis=1)).tolist()
        return found

    def now(self, slot: int) -> tuple[Start | None, dict[int, int]]:
        """The load as it stands, and the people who board it at each of its squares; None where it cannot begin when it
        does, or holds too few.
        """
        head = self.state.coach[slot]
        key = head.tobytes() + self.state.rows[slot].tobytes()
        if key not in self._known:
            minute = np.array([head[START]], np.int64)
            self._known[key] = next(self._timed(slot, minute, int(head[DRIVERS])), None), self._boards(slot)
        return self._known[key]

    def near(self, slot: int, reach: int, step: int) -> list[Start]:
        """Legal starts within ``reach`` minutes, the cheapest first: one for each coach, day and set of cells."""
        head = self.state.coach[slot]
        key = head.tobytes() + self.state.rows[slot].tobytes()
        if (key, reach) not in self._others:
            self._others[key, reach] = self._near(slot, reach, step)
        return self._others[key, reach]

    def _near(self, slot: int, reach: int, step: int) -> list[Start]:
        now = int(self.state.coach[slot, START])
        first, last = max(0, now - reach), min(now + reach, self.x.days * DAY_MIN - 1)
        # besides the grid, the present minute of each hour and, for who leaves as late as may be, its last one
        steps = ((first - first % step, step), (now % HOUR_MIN, HOUR_MIN), (HOUR_MIN - 1, HOUR_MIN))
        minutes = np.array(sorted({m for at, by in steps for m in range(at, last + 1, by) if m >= first}), np.int64)
        best: dict[tuple[int, int, tuple[Cell, ...]], tuple[float, int, Start]] = {}
        for start in self._timed(slot, minutes, 1):
            key, rank = (start.type, start.day, start.cells), (start.value, abs(start.minute - now), start)
            if key not in best or rank < best[key]:
                best[key] = rank
        return [start for *_, start in sorted(best.values())]

    def _boards(self, slot: int) -> dict[int, int]:
        row, head = self.state.rows[slot], self.state.coach[slot]
        found = dict.fromkeys((s for _, s in self._squares(slot)), 0)
        if head[KIND] == LAST_MILE:
            return dict.fromkeys(found, int(head[PEOPLE]))
        for m in range(int(head[MEMBERS])):
            stop = int(row[BOARD + m])
            if stop in found:
                found[stop] += int(self.x.unit[row[MEMBER + m], SIZE])
        return found

    def _squares(self, slot: int) -> list[tuple[int, int]]:
        """Numbers of the boarding calls at squares, and the squares."""
        stops: list[int] = self.state.rows[slot, : self.state.coach[slot, BOARDINGS]].tolist()
        return [(b, s) for b, s in enumerate(stops) if self.square[s]]

    def _timed(self, slot: int, minutes: Ints, crew: int) -> Iterator[Start]:
        head = self.state.coach[slot]
        draft_of(self.state, slot, self.draft)
        kind, n, boardings = int(head[KIND]), int(head[STOPS]), int(head[BOARDINGS])
        found = np.zeros((len(minutes), BOARDS + boardings), np.int64)
        try_starts(self.x, self.draft, kind, n, boardings, int(head[MEMBERS]), crew, minutes, found)
        squares = self._squares(slot)
        for i in np.flatnonzero(found[:, CREW]).tolist():
            drivers, end, lasts, waits, *departs = found[i].tolist()
            minute = int(minutes[i])
            cells = tuple((s, departs[b] // HOUR_MIN) for b, s in squares)
            for k, hire in self._hires(slot, minute // DAY_MIN, lasts):
                yield Start(minute, k, drivers, end, round(hire), hire + self.x.minute_fen * waits, cells)

    def _hires(self, slot: int, day: int, minutes: int) -> list[tuple[int, float]]:
        """The load's own coach on its own day; on another the cheapest that hold it, whether free or not."""
        x, head = self.x, self.state.coach[slot]
        people, metres = int(head[PEOPLE]), int(head[METRES])
        at = int(head[KIND]) * len(x.stop) + int(self.state.rows[slot, 0])
        own = day == head[START] // DAY_MIN
        found = []
        for k in [int(head[TYPE])] if own else x.types[x.types_from[at] : x.types_from[at + 1]].tolist():
            c = x.coach[k]
            if c[COACH_LEAST] <= people <= c[COACH_SEATS] and c[FIRST_DAY] <= day <= c[LAST_DAY] and c[AVAILABLE] > 0:
                fen = c[COACH_FIXED] + c[KM] * metres / 1000 + c[HOUR] * minutes / 60 + c[COACH_FARE] * people
                found.append((k, float(fen)))
        return sorted(found, key=lambda f: (f[1], f[0]))[:OTHER_TYPES]
