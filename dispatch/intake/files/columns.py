"""The rows of a sheet as they were packed, for those who read columns and for those who read rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from dispatch.intake.files.grid import Cell
from dispatch.intake.files.packing import BLOCK, Packed, Packer

Codes = npt.NDArray[np.int32]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of one width by column, each column as numbers or as cells, or rows of unequal width."""

    columns: list[Codes | list[Cell]]
    rows: Sequence[Sequence[Cell]]


class Columns(Sequence[Sequence[Cell]]):
    """The rows of a sheet, equal cells of a column being mostly one object."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._ends: list[int] = []
        self._distinct: list[list[Cell]] = []

    @classmethod
    def of(cls, rows: Sequence[Sequence[Cell]]) -> Columns:
        """Any rows."""
        if isinstance(rows, cls):
            return rows
        own, packer = cls(), Packer(mixed=True)
        for i in range(0, len(rows), BLOCK):
            own.add(packer.pack(rows[i : i + BLOCK]))
        return own

    def add(self, packed: Packed) -> None:
        """Add the next block of a packer."""
        size, columns, rows = packed
        self._distinct += [[] for _ in range(len(columns) - len(self._distinct))]
        block = _Block([], rows)
        for distinct, (codes, cells) in zip(self._distinct, columns, strict=False):
            if codes is None:
                block.columns.append(cells)
            else:
                distinct.extend(cells)
                block.columns.append(np.frombuffer(codes, dtype=np.int32))
        self._blocks.append(block)
        self._ends.append(len(self) + size)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, at: int) -> Sequence[Cell]: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[Cell]]: ...

    def __getitem__(self, at: int | slice) -> Sequence[Cell] | Sequence[Sequence[Cell]]:
        where = range(len(self))[at]
        if isinstance(where, range):
            return [self[i] for i in where]
        k = bisect_right(self._ends, where)
        block, i = self._blocks[k], where - (self._ends[k - 1] if k else 0)
        if not block.columns:
            return block.rows[i]
        pairs = zip(block.columns, self._distinct, strict=False)
        return [column[i] if isinstance(column, list) else cells[column[i]] for column, cells in pairs]

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for block in self._blocks:
            if block.columns:
                yield from map(list, zip(*(self._cells(block, j) for j in range(len(block.columns))), strict=True))
            else:
                yield from block.rows

    def column(self, j: int) -> tuple[Codes, Objects]:
        """A column from the top: the distinct cells, and which of them each row has. Cells that hardly repeat are told
        apart by their rows alone; a row that is too short has an empty one.
        """
        listed = [block.columns[j] if j < len(block.columns) else None for block in self._blocks]
        if any(isinstance(column, list) for column in listed):
            cells = _objects(list(chain.from_iterable(self._cells(block, j) for block in self._blocks)))
            return np.arange(len(cells), dtype=np.int32), cells
        distinct = list(self._distinct[j]) if j < len(self._distinct) else []
        codes: list[Codes] = []
        known: dict[tuple[type, Cell], int] = {}
        for block, column in zip(self._blocks, listed, strict=True):
            if isinstance(column, np.ndarray):
                codes.append(column)
                continue
            known = known or {(type(cell), cell): code for code, cell in enumerate(distinct)}
            keys = [(type(cell), cell) for cell in self._cells(block, j)]
            for key in keys:
                if key not in known:
                    known[key] = len(distinct)
                    distinct.append(key[1])
            codes.append(np.array([known[key] for key in keys], dtype=np.int32))
        return np.concatenate([np.empty(0, np.int32), *codes]), _objects(distinct)

    def _cells(self, block: _Block, j: int) -> list[Cell]:
        """The cells of a column in one block."""
        if not block.columns:
            return [row[j] if j < len(row) else "" for row in block.rows]
        if j >= len(block.columns):
            return [""] * len(block.columns[0])
        column = block.columns[j]
        if isinstance(column, list):
            return column
        return list(map(self._distinct[j].__getitem__, column.tolist()))


def _objects(cells: list[Any]) -> Objects:
    objects = np.empty(len(cells), dtype=object)
    objects[:] = cells
    return objects
