"""A column of cells: each distinct one once, and which of them each row has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from dispatch.intake.cells import all_texts, as_text, leaves
from dispatch.intake.reader import Cell

_T = TypeVar("_T", bound=np.generic)
_MANY = 1_000
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Coded:
    """Distinct ``cells``, some of which no row may have, their texts, and for each row the number of its own cell.

    ``alone``: each row has a cell of its own, and they stand in the order of the rows.
    """

    codes: npt.NDArray[np.integer[Any]]
    cells: Objects
    texts: Objects
    alone: bool = False

    @classmethod
    def of(cls, codes: npt.NDArray[np.integer[Any]], cells: Objects) -> Coded:
        """A column by its cells."""
        alone = len(codes) == len(cells) and bool((codes == np.arange(len(codes))).all())
        return cls(codes, cells, _changed(cells, all_texts), alone)

    @classmethod
    def same(cls, cell: Cell, size: int) -> Coded:
        """So many rows with one cell."""
        return cls.of(np.zeros(size, dtype=np.int32), objects([cell]))

    @classmethod
    def joined(cls, columns: Sequence[Coded]) -> Coded:
        """Columns one below the other."""
        starts = np.cumsum([0, *(len(column.cells) for column in columns)])
        codes = [column.codes + start for column, start in zip(columns, starts, strict=False)]
        cells, texts = ([getattr(column, name) for column in columns] for name in ("cells", "texts"))
        return cls(np.concatenate(codes), np.concatenate(cells), np.concatenate(texts))

    def rows(self, keep: npt.NDArray[np.bool_]) -> Coded:
        """Some of the rows."""
        return self if keep.all() else replace(self, codes=self.codes[keep], alone=False)

    def spread(self, values: npt.NDArray[_T]) -> npt.NDArray[_T]:
        """A value per row from a value per distinct cell; not to be written to."""
        if self.alone:
            return values
        spread: npt.NDArray[_T] = values[self.codes]
        return spread

    def text(self, how: Callable[[Cell], str]) -> Objects:
        """Each row's cell as text, read by a function that sees no more in a cell than its text."""
        return self.spread(self.read(how))

    def read(self, how: Callable[[Cell], str]) -> Objects:
        """Each distinct cell as text, read by such a function; not to be written to."""
        if how is as_text:
            return self.texts
        return _changed(self.texts, lambda texts: texts if leaves(how, texts) else list(map(how, texts)))


def _changed(cells: Objects, how: Callable[[list[Any]], list[str]]) -> Objects:
    """Cells as ``how`` makes them, some at a time while they are close at hand: itself where it makes no change."""
    changed = cells
    for i in range(0, len(cells), _MANY):
        some = cells[i : i + _MANY].tolist()
        if (read := how(some)) != some:
            changed = cells.copy() if changed is cells else changed
            changed[i : i + _MANY] = read
    return changed


def objects(values: Sequence[Any]) -> Objects:
    """Values as an array of objects, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
