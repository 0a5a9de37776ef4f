"""Rows with known columns, and the findings about them: the door behind which no raw cell goes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from dispatch.formulas import may_start_formula, starts_formula
from dispatch.intake.cells import Parser, as_text
from dispatch.intake.coded import Coded, Objects, objects
from dispatch.intake.identity import numbers_hidden
from dispatch.intake.reader import Cell
from dispatch.model.notice import Notice, Severity

Suggest = Callable[[str], Sequence[str]]
# Near misses cost milliseconds each. They help with slips, of which a list has few: where thousands of texts mean
# nothing, the column is another one, and a list of likely names for each helps nobody.
MOST_TEXTS, MOST_COMPARED = 100, 50_000
# What is longer is no name.
LONGEST_NAME = 40


@dataclass(slots=True)
class Findings:
    """The notices of a whole intake in the order found."""

    notices: list[Notice] = field(default_factory=list)

    def told(self) -> tuple[Notice, ...]:
        """All of them without a full ID number: where cells have slipped, one may stand in any column."""
        return tuple(map(_without_numbers, self.notices))

    def file(
        self,
        code: str,
        file: str,
        *,
        severity: Severity = Severity.ERROR,
        value: str = "",
        sheet: str = "",
        suggestions: tuple[str, ...] = (),
        **params: str,
    ) -> None:
        """A finding about a whole file, or a whole sheet of it."""
        self.notices.append(
            Notice(
                code,
                severity,
                file,
                value=value,
                sheet=sheet,
                suggestions=suggestions,
                params=tuple(params.items()),
            )
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet that gave rows: its file, its name, its headings by key, and the row of its first row of data.

    ``label`` is what a table's index calls that first row; the others follow.
    """

    file: str
    sheet: str
    headings: Mapping[str, str]
    first_row: int
    label: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file, sheet, row as a spreadsheet counts."""

    file: str
    sheet: str
    row: int


@dataclass
class Table:
    """The rows of one or several sheets. ``frame`` has raw cells: a column per known key, a label per row. ``columns``
    are those of the frame whose distinct cells are known.

    ``place`` says where a label's row stands; a row keeps its label whatever rows are left out.
    """

    parts: tuple[Part, ...]
    frame: pd.DataFrame
    findings: Findings
    worker_ids: pd.Series[Any] | None = None
    columns: dict[str, Coded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.refused = pd.Series(data=False, index=self.frame.index)
        self._starts = [part.label for part in self.parts]
        self._texts: dict[tuple[str, object], pd.Series[Any]] = {}
        self._longest: dict[tuple[str, object], int] = {}
        self._repeated: list[tuple[pd.Series[Any], pd.Series[Any]]] = []

    def __contains__(self, key: str) -> bool:
        return key in self.frame.columns

    def __len__(self) -> int:
        return len(self.frame)

    def with_frame(self, frame: pd.DataFrame) -> Table:
        """The same sheets with other cells, or fewer rows; those that stay are refused, and called, as before."""
        ids = self.worker_ids
        table = Table(self.parts, frame, self.findings, None if ids is None else ids.loc[frame.index])
        table.refused = self.refused.loc[frame.index].copy()
        return table

    def part(self, label: int) -> Part:
        """The sheet in which a row stands."""
        return self.parts[bisect_right(self._starts, label) - 1]

    def place(self, label: int) -> Place:
        """Where a row stands."""
        part = self.part(label)
        return Place(part.file, part.sheet, label - part.label + part.first_row)

    def part_numbers(self) -> pd.Series[Any]:
        """The number of its sheet, from 0, for each row."""
        if len(self.parts) == 1:
            return pd.Series(0, index=self.frame.index)
        numbers = np.searchsorted(self._starts, self.frame.index.to_numpy(), side="right") - 1
        return pd.Series(numbers, index=self.frame.index)

    def row_numbers(self) -> list[int]:
        """The row of each row in its own sheet, as a spreadsheet shows it."""
        labels = self.frame.index.to_numpy()
        at = np.searchsorted(self._starts, labels, side="right") - 1
        first = np.array([part.first_row - part.label for part in self.parts] or [0], dtype=np.int64)
        numbers: list[int] = (labels + first[at]).tolist() if len(labels) else []
        return numbers

    def row_names(self, prefix: str) -> pd.Series[Any]:
        """A name for each row: W12 on the first sheet, W2.12 on the second."""
        parts = self.part_numbers()
        names = [
            f"{prefix}{part + 1}.{row}" if part else f"{prefix}{row}"
            for part, row in zip(parts, self.row_numbers(), strict=True)
        ]
        return mapped(self.frame.index, names)

    def heading(self, key: str) -> str:
        """What the first sheet that has a column calls it; empty where none has."""
        return next((part.headings[key] for part in self.parts if key in part.headings), "")

    def raw(self, key: str) -> pd.Series[Any]:
        """Raw cells of a column; a column that is not there is empty."""
        return self.frame[key] if key in self else pd.Series("", index=self.frame.index, dtype=object)

    def text(self, key: str, how: Callable[[Cell], str] = as_text) -> pd.Series[Any]:
        """A column as text; worked out once, however often it is asked for."""
        if (key, how) not in self._texts:
            self._texts[key, how] = pd.Series(self._column(key).text(how), index=self.frame.index, dtype=object)
        return self._texts[key, how]

    def distinct(self, key: str, how: Callable[[Cell], str] = as_text) -> Objects:
        """The texts of a column, those of many rows mostly once, and some perhaps of no row; not to be written to."""
        return self._column(key).read(how)

    def longest(self, key: str, how: Callable[[Cell], str]) -> int:
        """The characters of the longest text of a column, perhaps of no row; worked out once."""
        if (key, how) not in self._longest:
            self._longest[key, how] = max(map(len, self.distinct(key, how).tolist()), default=0)
        return self._longest[key, how]

    def repeated(self, values: pd.Series[Any]) -> pd.Series[Any]:
        """Which values of a column stand in several rows; worked out once, however often it is asked for."""
        for column, known in self._repeated:
            if column is values:
                return known
        self._repeated.append((values, values.duplicated(keep=False)))
        return self._repeated[-1][1]

    def parsed(
        self, key: str, parser: Parser, code: str, *, default: object = None, severity: Severity = Severity.ERROR
    ) -> pd.Series[Any]:
        """A column's values: ``default`` where blank, and where the parser refuses the cell, which is then flagged."""
        if key not in self:
            return mapped(self.frame.index, [default] * len(self))
        column = self._column(key)
        values = [_parse(parser, cell, default) for cell in column.cells.tolist()]
        bad = np.array([value is _BAD for value in values], dtype=bool)
        if bad.any():
            values = [default if value is _BAD else value for value in values]
            mask = pd.Series(column.spread(bad), index=self.frame.index)
            self.flag(key, mask, code, severity=severity)
        return pd.Series(column.spread(objects(values)), index=self.frame.index, dtype=object)

    def _column(self, key: str) -> Coded:
        if key not in self.columns:
            cells = self.raw(key).to_numpy(object)
            self.columns[key] = Coded.of(*pd.factorize(cells)) if key in self else Coded.same("", len(cells))
        return self.columns[key]

    def flag(
        self,
        key: str,
        mask: pd.Series[Any],
        code: str,
        *,
        severity: Severity = Severity.ERROR,
        values: pd.Series[Any] | None = None,
        suggest: Suggest | None = None,
        other: pd.Series[Any] | None = None,
        **params: pd.Series[Any] | str,
    ) -> None:
        """A notice for each row of ``mask``; an error also refuses the row. ``params`` are one text or one per row.

        ``other`` has the label of another row that the finding speaks of; it is told from the row's own place.
        """
        if not mask.any():
            return
        rows = self.frame.index[mask.to_numpy()]
        shown = (values if values is not None else self.text(key))[mask]
        for label, value in zip(rows, shown, strict=True):
            filled = tuple((k, str(v if isinstance(v, str) else v[label])) for k, v in params.items())
            if other is not None:
                filled += self._told(int(label), int(other[label]))
            part = self.part(label)
            self.findings.notices.append(
                Notice(
                    code,
                    severity,
                    part.file,
                    int(label) - part.label + part.first_row,
                    part.headings.get(key, key),
                    value,
                    part.sheet,
                    "" if self.worker_ids is None else self.worker_ids[label],
                    tuple(suggest(value)) if suggest else (),
                    filled,
                )
            )
        if severity is Severity.ERROR:
            self.refused |= mask

    def _told(self, own: int, other: int) -> tuple[tuple[str, str], ...]:
        """Another row as a reader of the own row needs it: file and sheet only where they differ."""
        mine, place = self.place(own), self.place(other)
        told = [("first", str(place.row))]
        if (mine.file, mine.sheet) != (place.file, place.sheet) and place.sheet:
            told.append(("first_sheet", place.sheet))
        if mine.file != place.file:
            told.append(("first_file", place.file))
        return tuple(told)

    def tally(self, code: str, mask: pd.Series[Any], severity: Severity, *, value: str = "", **params: str) -> None:
        """A finding about each file that has rows of ``mask``, with their ``count``."""
        files = [part.file for part in self.parts]
        counts = np.bincount(self.part_numbers()[mask].to_numpy(), minlength=len(files)).tolist()
        for file in dict.fromkeys(files):
            if count := sum(n for name, n in zip(files, counts, strict=True) if name == file):
                told = tuple({"count": str(count), **params}.items())
                self.findings.notices.append(Notice(code, severity, file, value=value, params=told))

    def duplicates(
        self,
        key: str,
        values: pd.Series[Any],
        code: str,
        *,
        severity: Severity = Severity.ERROR,
        shown: pd.Series[Any] | None = None,
    ) -> None:
        """Flag every row whose non-empty value an earlier row has, which the finding tells."""
        if not self.repeated(values).any():
            return
        repeated = values.duplicated() & filled(values)
        if not repeated.any():
            return
        labels = zip(values.index[::-1], values[::-1], strict=True)
        first = values.map({value: label for label, value in labels})
        self.flag(key, repeated, code, severity=severity, values=shown, other=first)


def _without_numbers(notice: Notice) -> Notice:
    value = numbers_hidden(notice.value)
    params = tuple((key, numbers_hidden(said)) for key, said in notice.params)
    same = value == notice.value and params == notice.params
    return notice if same else replace(notice, value=value, params=params)


_BAD = object()


def _parse(parser: Parser, cell: Cell, default: object) -> object:
    if isinstance(cell, str) and not as_text(cell):
        return default
    try:
        return parser(cell)
    except (ValueError, OverflowError, ArithmeticError):
        return _BAD


def refuse_formulas(table: Table, key: str, ids: pd.Series[Any]) -> None:
    """Refuse ids that a spreadsheet would run: the plan's tables show them as they are, since programs join them."""
    if may_start_formula("".join(ids.tolist())):
        table.flag(key, each(ids, starts_formula).astype(bool), "id_formula", values=ids)


def each(column: pd.Series[Any], how: Callable[[Any], Any]) -> pd.Series[Any]:
    """``how`` of every cell (no None among them), once per distinct one: a roster repeats its dates and places."""
    return several(column, how)[0]


def several(column: pd.Series[Any], *hows: Callable[[Any], Any]) -> list[pd.Series[Any]]:
    """What each of ``hows`` gives, as ``each`` does."""
    codes, distinct = pd.factorize(column.to_numpy(object))
    values = (objects([how(cell) for cell in distinct])[codes] for how in hows)
    return [pd.Series(of_rows, index=column.index, dtype=object) for of_rows in values]


def each_same(column: pd.Series[Any], *hows: Callable[[Any], Any]) -> list[pd.Series[Any]]:
    """What each of ``hows`` gives of every object, asked once for those that are one and the same; to tell which are
    equal would take longer.
    """
    cells = column.to_numpy(object)
    codes, distinct = pd.factorize(np.fromiter(map(id, cells), np.uint64, len(cells)))
    some = np.empty(len(distinct), dtype=np.intp)
    some[codes] = np.arange(len(cells))
    values = (objects([how(cell) for cell in cells[some].tolist()])[codes] for how in hows)
    return [pd.Series(of_rows, index=column.index, dtype=object) for of_rows in values]


def filled(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Which texts are not empty: what each is by itself is told sooner than what it is compared with another."""
    return texts.astype(bool)


def mapped(index: pd.Index, values: Iterable[object]) -> pd.Series[Any]:
    """Values, one per row, as a column of objects."""
    return pd.Series(list(values), index=index, dtype=object)


def only(column: pd.Series[Any], mask: pd.Series[Any], how: Callable[[Any], str]) -> pd.Series[Any]:
    """``how`` of the rows of ``mask``, which are few; the others are empty."""
    values = np.full(len(column), "", dtype=object)
    values[mask.to_numpy(bool)] = [how(v) for v in column[mask]]
    return pd.Series(values, index=column.index, dtype=object)


def sparing(suggest: Suggest, most: int = MOST_TEXTS) -> Suggest:
    """The same, asked once per distinct text, for short texts only and for ``most`` of them: the others get nothing."""
    told: dict[str, Sequence[str]] = {}

    def ask(text: str) -> Sequence[str]:
        if text not in told:
            if len(told) >= most or len(text) > LONGEST_NAME:
                return ()
            told[text] = suggest(text)
        return told[text]

    return ask


def nearest(names: Sequence[str]) -> Suggest:
    """A function that gives the three names most like a text, for as many texts as a list's reader waits for."""
    short = [name for name in names if len(name) <= LONGEST_NAME]
    most = min(MOST_TEXTS, MOST_COMPARED // max(1, len(short)))
    return sparing(lambda text: get_close_matches(text, short, 3, 0.3), most)
