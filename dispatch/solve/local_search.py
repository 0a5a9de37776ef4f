"""One process's search: its instance, the current and the best state, and what the compiled search works with."""

from __future__ import annotations

import numpy as np

from dispatch.solve.insertion import new_head, with_solo
from dispatch.solve.instance import COACH_LEAST, LEAST, VEHICLE, Floats, Instance, Ints
from dispatch.solve.moves import accept, new_journal, plan_value, settle
from dispatch.solve.ranking import AMORTISED, ONLY_TRUE, Mood
from dispatch.solve.search import (
    SHORT_FEN,
    UNSERVED_FEN,
    anneal,
    copy_state,
    neighbours,
    recreate,
    seed_random,
    take_all,
)
from dispatch.solve.seen import new_seen
from dispatch.solve.state import (
    ABOARD,
    KIND,
    MEMBER,
    MEMBERS,
    PEOPLE,
    RIDE,
    RIDERS,
    START,
    TYPE,
    UNSERVED,
    WAY,
    State,
    new_draft,
)

RUIN_MOST = 14  # units aimed at in a round, at most
WARM, COLD = 0.05, 0.002  # first and last temperature, in shares of the mean value of a unit
WITHOUT_LINES = 0.2  # of the repairs pass over direct coaches
SHORT_FIRST, SHORT_LAST = 50_000.0, 500_000.0  # fen a person missing to a minimum, while such plans may pass
SHORT_UNTIL = 0.5  # of the search; then minimums are as good as hard
FIRST_FILL = 0.5  # of its seats that a coach opened for the first plan is expected to fill


class LocalSearch:
    """Ruin and recreate on one instance; of its units the first ``free`` may be moved."""

    def __init__(self, x: Instance, state: State, free: int, seed: int, dear: Floats | None = None) -> None:
        self.x, self.state, self.free = x, state, free
        self.seen = new_seen()
        self.dear: Floats = np.zeros(free) if dear is None else dear
        self.best = State._make(a.copy() for a in state)
        self.journal = new_journal(state)
        self.draft, self.head = new_draft(), new_head()
        seed_random(seed)
        self.value = self.best_value = plan_value(x, state, UNSERVED_FEN, SHORT_FEN)
        self._near: Ints | None = None

    def construct(self, fill: float, ride: Ints) -> None:
        """Put everybody free on something: on the trunk leg meant for them, vehicle by vehicle, or else on what is
        cheapest; openings of coaches are amortised over ``fill`` of their seats.
        """
        vehicle = np.where(ride >= 0, self.x.leg[ride, VEHICLE], -1) if len(self.x.leg) else np.full(self.free, -1)
        for v in np.unique(vehicle)[::-1].tolist():
            units = np.flatnonzero(vehicle == v)
            mood = Mood(AMORTISED, -1, v, fill, 0.0, 1, SHORT_FEN, 0)
            recreate(self.x, self.state, self.journal, self.draft, self.head, units, len(units), mood, 2)
        accept(self.journal)
        self._measure()

    def take(self, state: State) -> None:
        """Go on from another state, of the same size, where it is better."""
        if plan_value(self.x, state, UNSERVED_FEN, SHORT_FEN) < self.value:
            copy_state(state, self.state)
            self._measure()

    def _measure(self) -> None:
        self.value = plan_value(self.x, self.state, UNSERVED_FEN, SHORT_FEN)
        if self.value < self.best_value:
            self.best_value = self.value
            copy_state(self.state, self.best)

    def improve(self, rounds: int, done: float, without: float = WITHOUT_LINES) -> None:
        """So many rounds; ``done`` in [0, 1] sets the temperature and the price of minimums not reached."""
        if self.free == 0:
            return
        if self._near is None:
            self._near = neighbours(self.x, self.free)
        mean = max(1.0, plan_value(self.x, self.state, 0.0, 0.0)) / max(1, len(self.x.unit))
        temperature = mean * WARM * (COLD / WARM) ** done
        most = max(2, min(RUIN_MOST, self.free // 4))
        short = short_fen(done)
        self.value = plan_value(self.x, self.state, UNSERVED_FEN, short)
        self.value, self.best_value = anneal(
            self.x, self.state, self.best, self.journal, self.draft, self.head, self._near, rounds, temperature,
            self.value, self.best_value, most, without, short, self.seen, self.dear,
        )  # fmt: skip

    def close_short(self) -> None:
        """Move whoever rides below a minimum; who then still does stays behind."""
        x, s = self.x, self.state
        for v in self._short():
            self._reinsert(self._riders(v), v)
        # whoever was moved may have opened another short vehicle, or rides a coach below its minimum: these stay behind
        for v in self._short():
            self._take(self._riders(v))
        for slot in range(int(s.top[0])):
            row = s.coach[slot]
            if row[KIND] >= 0 and row[PEOPLE] < x.coach[row[TYPE], COACH_LEAST]:
                self._take(s.rows[slot, MEMBER : MEMBER + row[MEMBERS]].copy())
        accept(self.journal)

    def finish(self, lines: int) -> None:
        """Close what stays below its minimum, and give every load its best start and earliest legal schedule among so
        many lines of choices.
        """
        self.close_short()
        self.draft.lines[0] = lines
        self.serve_left(lines)
        for slot in range(int(self.state.top[0])):
            if self.state.coach[slot, KIND] >= 0:
                self._time_again(slot)
        accept(self.journal)
        copy_state(self.state, self.best)
        self.best_value = plan_value(self.x, self.best, UNSERVED_FEN, SHORT_FEN)

    def serve_left(self, lines: int) -> None:
        """Whoever is left out, once more, with timetables of so many lines of choices."""
        left = np.flatnonzero(self.state.unit[:, WAY] == UNSERVED)
        if len(left) == 0:
            return
        self.x = with_solo(self.x, left, lines)
        mood = Mood(ONLY_TRUE, -1, -1, FIRST_FILL, 0.0, 1, SHORT_FEN, 0)
        recreate(self.x, self.state, self.journal, self.draft, self.head, left, len(left), mood, 1)
        # they may have opened what too few of them fill
        self.close_short()

    def _time_again(self, slot: int) -> None:
        """The best start and schedule of a load; whoever rides one that cannot be timed so finely is served anew."""
        value, start = self.state.value[slot], int(self.state.coach[slot, START])
        timed = False
        for hint in (-1, start):
            timed = settle(self.x, self.state, self.journal, self.draft, self.head, slot, hint) or timed
            if timed and self.state.value[slot] <= value:
                return
        if not timed:
            riders = self.state.rows[slot, MEMBER : MEMBER + self.state.coach[slot, MEMBERS]].copy()
            self._reinsert(riders, -1)

    def _short(self) -> list[int]:
        aboard = self.state.vehicle[:, ABOARD]
        return np.flatnonzero((aboard > 0) & (aboard < self.x.vehicle[:, LEAST])).tolist()

    def _riders(self, v: int) -> Ints:
        ride = self.state.unit[:, RIDE]
        return np.flatnonzero((ride >= 0) & (self.x.leg[ride, VEHICLE] == v))

    def _reinsert(self, units: Ints, closed: int) -> None:
        gone = self._take(units)
        mood = Mood(AMORTISED, closed, -1, FIRST_FILL, 0.0, 1, SHORT_FEN, 0)
        recreate(self.x, self.state, self.journal, self.draft, self.head, gone, len(gone), mood, 1)

    def _take(self, units: Ints) -> Ints:
        n = len(self.x.unit)
        listed = np.zeros(2 * n + 1, np.int64)
        listed[: len(units)] = units
        dirty, extra = np.zeros(4 * len(self.state.coach), np.int64), np.zeros(RIDERS, np.int64)
        count = take_all(self.x, self.state, self.journal, self.draft, self.head, listed, len(units), n, dirty, extra)
        return listed[:count]


def short_fen(done: float) -> float:
    """Price of a person missing to a minimum: low at first, so that large vehicles fill up, then as good as hard."""
    return SHORT_FEN if done > SHORT_UNTIL else SHORT_FIRST * (SHORT_LAST / SHORT_FIRST) ** (done / SHORT_UNTIL)
