"""Which start each load takes, so that no hour of a square holds more than it may: a program through OR-Tools."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.solve.instance import Floats
from dispatch.solve.linear import Rows, Status, minimise, minimise_over
from dispatch.solve.starts import Cell, Start

PATIENT_S = 60.0  # that OR-Tools may take, so that no clock decides but in the extreme
ENOUGH = "limits/nodes = 500\nlimits/gap = 0.001"


class Room(NamedTuple):
    """People and coaches."""

    people: int
    coaches: int


NOTHING = Room(0, 0)


class Program:
    """Which start each load takes, one of its options or none. ``boards`` are the people who board a load at each of
    its squares, ``people`` all its riders; ``room`` is what each cell takes, ``coaches`` what each type has each day.
    """

    def __init__(
        self,
        options: Mapping[int, Sequence[Start]],
        boards: Mapping[int, Mapping[int, int]],
        people: Mapping[int, int],
        room: Mapping[Cell, Room],
        coaches: Mapping[tuple[int, int], int],
    ) -> None:
        self.options, self.boards, self.people, self.room, self.coaches = options, boards, people, room, coaches

    def best(self) -> dict[int, Start]:
        """First the most people with a start, then the least cost."""
        chosen = self.greedy()
        left = sum(self.people[s] for s in self.options if s not in chosen)
        if left:
            rows, columns, missing = self._model(None)
            answer = minimise(rows, "scip", PATIENT_S, _hint(columns, missing, chosen), ENOUGH)
            if answer.status is not Status.NO_SOLUTION and answer.objective < left - 0.5:
                chosen, left = _taken(columns, answer.values), round(answer.objective)
        rows, columns, missing = self._model(left)
        hint = _hint(columns, missing, chosen)
        known = float(np.array(rows.cost)[hint].sum())
        if known >= 1:
            _, answer = minimise_over(rows, PATIENT_S, hint, known, ENOUGH)
            if answer.status is not Status.NO_SOLUTION and answer.objective < known - 0.5:
                chosen = _taken(columns, answer.values)
        return chosen

    def greedy(self) -> dict[int, Start]:
        """Each load's cheapest start that those before it leave; first who loses most by another hour."""
        used: dict[Cell, Room] = {}
        hired: Counter[tuple[int, int]] = Counter()
        chosen = {}
        for slot in sorted(self.options, key=lambda s: (-self._regret(s), -self.people[s], s)):
            for start in self.options[slot]:
                now = with_start(used, start, self.boards[slot])
                key = (start.type, start.day)
                if hired[key] < self.coaches[key] and all(within(n, self.room[c]) for c, n in now.items()):
                    chosen[slot] = start
                    used |= now
                    hired[key] += 1
                    break
        return chosen

    def _regret(self, slot: int) -> float:
        first, *others = self.options[slot] or (None,)
        return next((s.value - first.value for s in others if s.cells != first.cells), 0.0) if first else 0.0

    def _model(self, left: int | None) -> tuple[Rows, dict[tuple[int, Start], int], dict[int, int]]:
        """The model for the people without a start or, where their number is given, for the cost; its columns by load
        and start, and those of loads without one.
        """
        rows, columns, missing = Rows(), dict[tuple[int, Start], int](), dict[int, int]()
        in_cell: dict[Cell, list[tuple[int, int]]] = defaultdict(list)
        on_day: dict[tuple[int, int], list[int]] = defaultdict(list)
        for slot, starts in self.options.items():
            for start in starts:
                column = rows.column(0.0 if left is None else start.value - starts[0].value, 1.0, integer=True)
                columns[slot, start] = column
                on_day[start.type, start.day].append(column)
                for cell in start.cells:
                    in_cell[cell].append((column, self.boards[slot][cell[0]]))
            missing[slot] = rows.column(float(self.people[slot]) if left is None else 0.0, 1.0, integer=True)
            own = [*(columns[slot, s] for s in starts), missing[slot]]
            rows.row(own, [1.0] * len(own), 1.0, 1.0)
        for cell, some in in_cell.items():
            most, some_columns = self.room[cell], [c for c, _ in some]
            if sum(people for _, people in some) > most.people:
                rows.row(some_columns, [float(p) for _, p in some], -np.inf, float(most.people))
            if len(some) > most.coaches:
                rows.row(some_columns, [1.0] * len(some), -np.inf, float(most.coaches))
        for key, some_columns in on_day.items():
            if len(some_columns) > self.coaches[key]:
                rows.row(some_columns, [1.0] * len(some_columns), -np.inf, float(self.coaches[key]))
        if left is not None:
            rows.row(list(missing.values()), [float(self.people[s]) for s in missing], 0.0, float(left))
        return rows, columns, missing


def _hint(
    columns: Mapping[tuple[int, Start], int], missing: Mapping[int, int], chosen: Mapping[int, Start]
) -> list[int]:
    return [columns[slot, chosen[slot]] if slot in chosen else column for slot, column in missing.items()]


def _taken(columns: Mapping[tuple[int, Start], int], values: Floats) -> dict[int, Start]:
    return {slot: start for (slot, start), column in columns.items() if values[column] > 0.5}


def with_start(used: Mapping[Cell, Room], start: Start, boards: Mapping[int, int]) -> dict[Cell, Room]:
    """The cells of a start once it is taken."""
    found = {}
    for cell in start.cells:
        before = used.get(cell, NOTHING)
        found[cell] = Room(before.people + boards[cell[0]], before.coaches + 1)
    return found


def within(used: Room, most: Room) -> bool:
    return used.people <= most.people and used.coaches <= most.coaches
