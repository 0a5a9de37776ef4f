"""Rows packed a column at a time: what a column says is kept once, and a row has a number in its place.

A roster repeats its places, employers and dates. Packed, it takes a third of the room, one process tells it to another
in few pieces, and a cell that stands in a thousand rows is read once.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from dispatch.intake.files.grid import Cell

# Rows in a block: few enough to stay close at hand, enough that a block's own cost is nothing.
BLOCK = 2_000
# Rows of more cells than any table has stay rows: a column apiece would cost more than the cells in it.
WIDEST = 512
# A column is not worth its numbers where its cells are new: after the first rows nearly all, later half of them.
_EARLY, _LATE = (2 * BLOCK, 0.9), (50 * BLOCK, 0.5)

# A block: how many rows; its columns, each as the numbers of its cells (the bytes of an ``array`` of type i) with the
# cells that are new, or as its cells; rows of unequal length as they are, with no columns.
Column = tuple[bytes | None, list[Cell]]
Packed = tuple[int, list[Column], Sequence[Sequence[Cell]]]


class Packer:
    """Packs the blocks of one sheet in their order. ``mixed``: its cells may be something else than text."""

    def __init__(self, *, mixed: bool) -> None:
        self._mixed = mixed
        self._coders: list[_Coder] = []

    def pack(self, rows: Sequence[Sequence[Cell]]) -> Packed:
        """One block, from one row up."""
        if not 0 < len(rows[0]) <= WIDEST or len(set(map(len, rows))) > 1:
            return len(rows), [], rows
        return self.pack_columns(list(zip(*rows, strict=True)))

    def pack_columns(self, columns: Sequence[Sequence[Cell]]) -> Packed:
        """One block by its columns, one to ``WIDEST`` of them, of one length."""
        self._coders += [_Coder() for _ in range(len(columns) - len(self._coders))]
        pairs = zip(self._coders, columns, strict=False)
        return len(columns[0]), [coder.pack(cells, mixed=self._mixed) for coder, cells in pairs], []


class _Coder(dict[Cell, int]):
    """The number of each distinct cell of a column, in the order met, as long as that is worth it."""

    def __init__(self) -> None:
        super().__init__()
        self._new: list[Cell] = []
        self._kinds: set[Any] = set()
        self._seen = 0
        self._plain = False

    def __missing__(self, cell: Cell) -> int:
        code = self[cell] = len(self)
        self._new.append(cell)
        return code

    def pack(self, cells: Sequence[Cell], *, mixed: bool) -> Column:
        if mixed and not self._plain:
            # 1, 1.0 and True are equal and are not the same.
            self._kinds.update(set(map(type, cells)) & {bool, int, float})
            self._plain = len(self._kinds) > 1
        if self._plain:
            self.clear()
            return None, list(cells)
        self._new = []
        codes = array("i", list(map(self.__getitem__, cells)))
        self._seen += len(cells)
        self._plain = any(self._seen >= rows and len(self) > share * self._seen for rows, share in (_EARLY, _LATE))
        return codes.tobytes(), self._new
