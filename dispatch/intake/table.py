"""A sheet as a table with known columns, and the findings about it: the door behind which no raw cell goes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from dispatch.intake.cells import Parser, as_text
from dispatch.intake.reader import Cell, Grid
from dispatch.model.notice import Notice, Severity

Suggest = Callable[[str], Sequence[str]]

# Headings are looked for in this many rows: below title, unit line and grouped headings the data has begun.
_HEADING_ROWS = 30
_FOOTER = re.compile(r"(合|总|小)\s*计|填表|填报|制表|审核|负责人|注[:：]|备注[:：]|说明[:：]|total", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the contract's name, other headings for it, whether a table can do without."""

    key: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """A table of the contract. ``either`` lists groups of columns of which one at least must be there."""

    name: str
    columns: tuple[Column, ...]
    either: tuple[tuple[str, ...], ...] = ()

    def headings(self) -> dict[str, str]:
        """Every known heading in its plain form, and the column it means; the first column to claim one has it."""
        known: dict[str, str] = {}
        for column in self.columns:
            for heading in (column.key, *column.aliases):
                known.setdefault(_plain(heading), column.key)
        return known

    def missing(self, keys: Iterable[str]) -> list[tuple[str, ...]]:
        """The columns, or groups of columns, that a table needs and ``keys`` lack."""
        have = set(keys)
        needed = [(c.key,) for c in self.columns if c.required] + list(self.either)
        return [group for group in needed if not have & set(group)]

    def label(self, key: str, language: str) -> str:
        """The heading to show for a column: its name, or in Chinese its first alias."""
        aliases = next(c.aliases for c in self.columns if c.key == key)
        return aliases[0] if language == "zh" and aliases else key


@dataclass(slots=True)
class Findings:
    """The notices of a whole intake in the order found."""

    notices: list[Notice] = field(default_factory=list)

    def file(
        self, code: str, file: str, *, severity: Severity = Severity.ERROR, value: str = "", **params: str
    ) -> None:
        """A finding about a whole file."""
        self.notices.append(Notice(code, severity, file, value=value, params=tuple(params.items())))


@dataclass
class Table:
    """The rows of a sheet. ``frame`` has raw cells: a column per known key, indexed by row as a spreadsheet counts."""

    file: str
    sheet: str
    frame: pd.DataFrame
    headings: Mapping[str, str]
    findings: Findings
    worker_ids: pd.Series[Any] | None = None

    def __post_init__(self) -> None:
        self.refused = pd.Series(data=False, index=self.frame.index)

    def __contains__(self, key: str) -> bool:
        return key in self.frame.columns

    def raw(self, key: str) -> pd.Series[Any]:
        """Raw cells of a column; a column that is not there is empty."""
        return self.frame[key] if key in self else pd.Series("", index=self.frame.index, dtype=object)

    def text(self, key: str, how: Callable[[Cell], str] = as_text) -> pd.Series[Any]:
        """A column as text."""
        return each(self.raw(key), how)

    def parsed(
        self, key: str, parser: Parser, code: str, *, default: object = None, severity: Severity = Severity.ERROR
    ) -> pd.Series[Any]:
        """A column's values: ``default`` where blank, and where the parser refuses the cell, which is then flagged."""
        values = each(self.raw(key), lambda cell: _parse(parser, cell, default))
        bad = values.map(lambda v: v is _BAD).astype(bool)
        self.flag(key, bad, code, severity=severity)
        return values.where(~bad, other=default)

    def flag(
        self,
        key: str,
        mask: pd.Series[Any],
        code: str,
        *,
        severity: Severity = Severity.ERROR,
        values: pd.Series[Any] | None = None,
        suggest: Suggest | None = None,
        **params: pd.Series[Any] | str,
    ) -> None:
        """A notice for each row of ``mask``; an error also refuses the row. ``params`` are one text or one per row."""
        if not mask.any():
            return
        rows = self.frame.index[mask.to_numpy()]
        shown = (values if values is not None else self.text(key))[mask]
        for row, value in zip(rows, shown, strict=True):
            filled = tuple((k, str(v if isinstance(v, str) else v[row])) for k, v in params.items())
            self.findings.notices.append(
                Notice(
                    code,
                    severity,
                    self.file,
                    int(row),
                    self.headings.get(key, key),
                    value,
                    self.sheet,
                    "" if self.worker_ids is None else self.worker_ids[row],
                    tuple(suggest(value)) if suggest else (),
                    filled,
                )
            )
        if severity is Severity.ERROR:
            self.refused |= mask

    def duplicates(
        self,
        key: str,
        values: pd.Series[Any],
        code: str,
        *,
        severity: Severity = Severity.ERROR,
        shown: pd.Series[Any] | None = None,
    ) -> None:
        """Flag every row whose non-empty value an earlier row has; ``first`` tells that row."""
        repeated = values.duplicated() & (values != "")
        if not repeated.any():
            return
        first = values.map({v: str(row) for row, v in zip(values.index[::-1], values[::-1], strict=True)})
        self.flag(key, repeated, code, severity=severity, values=shown, first=first)

    @cached_property
    def rows(self) -> list[int]:
        """Row numbers as a spreadsheet shows them."""
        return [int(r) for r in self.frame.index]


_BAD = object()


def _parse(parser: Parser, cell: Cell, default: object) -> object:
    if isinstance(cell, str) and not as_text(cell):
        return default
    try:
        return parser(cell)
    except (ValueError, OverflowError, ArithmeticError):
        return _BAD


def each(column: pd.Series[Any], how: Callable[[Any], Any]) -> pd.Series[Any]:
    """``how`` of every cell (no None among them), once per distinct one: a roster repeats its dates and places."""
    codes, distinct = pd.factorize(column.to_numpy(object))
    values = np.empty(len(distinct), dtype=object)
    values[:] = [how(v) for v in distinct]
    return pd.Series(values[codes] if len(distinct) else [], index=column.index, dtype=object)


def find_table(file: str, grids: Sequence[Grid], schema: Schema, findings: Findings) -> Table | None:
    """The table of the sheet that holds most of the schema's headings; None, with a finding, if columns are missing."""
    known = schema.headings()
    candidates = [(grid, *_heading(grid, known)) for grid in grids]
    grid, row, keys = max(candidates, key=lambda c: len(c[2]), default=(Grid("", ()), 0, {}))
    if missing := schema.missing(keys):
        for group in missing:
            names = [schema.label(key, "zh") for key in group]
            findings.file("missing_column", file, value=" / ".join(group), zh=" 或 ".join(names))
        return None
    for other, _, others in candidates:
        if other is not grid and not schema.missing(others):
            findings.file("sheet_ignored", file, severity=Severity.WARNING, value=other.name, used=grid.name)
    frame = _frame(grid, row, list(keys.values()))
    headings = {key: as_text(grid.rows[row][i]) or _above(grid, row, i) for key, i in keys.items()}
    table = Table(file, grid.name, frame.set_axis(list(keys), axis=1), headings, findings)
    return _without_blank_rows(table, grid, row)


def _heading(grid: Grid, known: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """The row that holds most known headings, and the column of each key."""
    best: tuple[int, dict[str, int]] = (0, {})
    for row in range(min(_HEADING_ROWS, len(grid.rows))):
        keys: dict[str, int] = {}
        for i, cell in enumerate(grid.rows[row]):
            # Of two-storey headings the lower counts; a heading that spans both storeys stands in the upper.
            key = known.get(_plain(as_text(cell))) if as_text(cell) else known.get(_plain(_above(grid, row, i)))
            if key:
                keys.setdefault(key, i)
        if len(keys) > len(best[1]):
            best = row, keys
    return best


def _above(grid: Grid, row: int, column: int) -> str:
    above = grid.rows[row - 1] if row else ()
    return as_text(above[column]) if column < len(above) else ""


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\s()\[\]【】<>《》/、,:：*＊_\-.。|]", "", text)


def _frame(grid: Grid, heading: int, columns: list[int]) -> pd.DataFrame:
    body = grid.rows[heading + 1 :]
    index = pd.RangeIndex(heading + 2, heading + 2 + len(body))
    cells = {n: [row[i] if i < len(row) else "" for row in body] for n, i in enumerate(columns)}
    return pd.DataFrame({n: pd.Series(v, index=index, dtype=object) for n, v in cells.items()}, index=index)


def _without_blank_rows(table: Table, grid: Grid, heading: int) -> Table:
    """The table without blank rows and without the totals and signatures below it."""
    frame = table.frame
    filled = np.array([_filled(cells) for cells in zip(*(frame[key] for key in frame.columns), strict=True)], dtype=int)
    keep = filled > 0
    for i in np.flatnonzero((filled > 0) & (filled <= 2)).tolist():
        first = _first_text(grid.rows[heading + 1 + i])
        if _FOOTER.match(first):
            keep[i] = False
            row = int(frame.index[i])
            table.findings.notices.append(
                Notice("row_skipped", Severity.NOTE, table.file, row, value=first, sheet=table.sheet)
            )
    return Table(table.file, table.sheet, frame[keep], table.headings, table.findings)


def _filled(cells: Iterable[Cell]) -> int:
    """The number of cells with something in them, counted up to three, which no signature line has."""
    return sum(1 for _ in islice((c for c in cells if c != "" and as_text(c)), 3))


def _first_text(row: Sequence[Cell]) -> str:
    return next((text for text in map(as_text, row) if text), "")


def nearest(names: Sequence[str]) -> Suggest:
    """A function that gives the three names most like a text; asked once per distinct text."""

    @cache
    def suggest(text: str) -> list[str]:
        return get_close_matches(text, names, 3, 0.3)

    return suggest
