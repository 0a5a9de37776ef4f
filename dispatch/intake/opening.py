"""Sheets of one or several files to one table: which sheets belong to it, and which of their rows are data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.intake.cells import as_text
from dispatch.intake.coded import Coded
from dispatch.intake.files.columns import Columns
from dispatch.intake.headings import Answers, Header, read_header
from dispatch.intake.identity import is_number
from dispatch.intake.reader import Cell, Grid
from dispatch.intake.schema import Schema
from dispatch.intake.table import Findings, Part, Table
from dispatch.model.notice import Notice, Severity

# Two sheets hold the same kind of rows if they share so many of their headings.
_ALIKE = 0.5
# A sheet is looked through so far for people that no heading stands over.
_LOOKED_THROUGH = 50
_UNREAD_SHOWN = 20
_FOOTER = re.compile(r"(合|总|小|共)\s*计|填表|填报|制表|审核|负责人|注[:：]|备注[:：]|说明[:：]|total", re.IGNORECASE)
_TOTAL = re.compile(r"(合|总|小|共)\s*计|sub-?total|total", re.IGNORECASE)
# Of the headings that mean nothing, one so like a missing column's is worth a thought.
_PERHAPS = 0.4
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Source = tuple[str, Sequence[Grid]]
Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet of a file and its headings."""

    file: str
    grid: Grid
    header: Header


def open_table(sources: Iterable[Source], schema: Schema, findings: Findings, answers: Answers) -> Table | None:
    """One table of every sheet that has the schema's headings; None, with findings, where none can be used.

    A file's sheets are let go before the next file is asked for.
    """
    parts: list[Part] = []
    read: list[dict[str, Coded]] = []
    labels: list[Labels] = []
    label = 0
    for file, grids in sources:
        for sheet in _chosen(file, grids, schema, findings, answers):
            _say_headings(sheet, schema, findings)
            if _lacks(sheet, schema, findings):
                continue
            first_row = sheet.header.row + 2
            label = label or first_row
            parts.append(Part(file, sheet.grid.name, dict(sheet.header.texts), first_row, label))
            columns = _columns(sheet)
            keep = _data_rows(sheet, columns, parts[-1], schema, findings)
            read.append({key: column.rows(keep) for key, column in columns.items()})
            labels.append(np.flatnonzero(keep) + label)
            label += len(keep)
            del sheet
        del grids
    if not parts:
        return None
    columns = _joined(read, labels, schema)
    cells = {key: column.spread(column.cells) for key, column in columns.items()}
    frame = pd.DataFrame(cells, np.concatenate(labels), dtype=object, copy=False)
    return _filled_down(Table(tuple(parts), frame, findings, columns=columns), schema)


def _chosen(file: str, grids: Sequence[Grid], schema: Schema, findings: Findings, answers: Answers) -> Iterator[_Sheet]:
    """The sheet of a file that fits best, and those like it; the others that hold something are findings."""
    sheets = [_Sheet(file, grid, read_header(grid, schema, answers)) for grid in grids]
    sheets = sheets or [_Sheet(file, Grid("", ()), Header())]
    best = max(sheets, key=lambda s: (not schema.missing(s.header.keys), len(s.header.keys)))
    for sheet in sheets:
        if sheet is best or _alike(sheet.header, best.header):
            yield sheet
        elif not schema.missing(sheet.header.keys):
            findings.file("sheet_ignored", file, severity=Severity.WARNING, value=sheet.grid.name, used=best.grid.name)
        elif "id_number" in schema.who and _has_people(sheet.grid):
            findings.file("sheet_without_headings", file, value=sheet.grid.name, sheet=sheet.grid.name)


def _alike(header: Header, best: Header) -> bool:
    keys, others = set(header.keys), set(best.keys)
    return len(keys & others) >= _ALIKE * len(keys | others)


def _has_people(grid: Grid) -> bool:
    return any(isinstance(c, str) and is_number(c) for row in grid.rows[:_LOOKED_THROUGH] for c in row)


def _say_headings(sheet: _Sheet, schema: Schema, findings: Findings) -> None:
    """What was guessed, what has to be asked, what is not read."""
    header, file, name = sheet.header, sheet.file, sheet.grid.name
    for key in header.guessed:
        findings.notices.append(
            Notice(
                "heading_guessed",
                Severity.WARNING,
                file,
                header.row + 1,
                header.texts[key],
                header.texts[key],
                name,
                params=(("en", key), ("zh", schema.label(key, "zh"))),
            )
        )
    for question in header.unclear:
        findings.notices.append(
            Notice(
                "heading_unclear",
                Severity.ERROR,
                file,
                0,
                question.text,
                question.text,
                name,
                suggestions=tuple(_named(schema, key) for key in question.candidates),
                params=(
                    ("letter", _letter(question.column)),
                    ("heading_row", str(question.row + 1)),
                    ("keys", " ".join(question.candidates)),
                    ("first_key", question.candidates[0]),
                ),
            )
        )
    if header.unread:
        shown = "、".join(header.unread[:_UNREAD_SHOWN]) + "…" * (len(header.unread) > _UNREAD_SHOWN)
        findings.file("columns_unread", file, severity=Severity.NOTE, value=shown, sheet=name)


def _named(schema: Schema, key: str) -> str:
    label = schema.label(key, "zh")
    return key if label == key else f"{key}（{label}）"


def _letter(column: int) -> str:
    """A column as a spreadsheet calls it, from 0."""
    return (_letter(column // 26 - 1) if column >= 26 else "") + _LETTERS[column % 26]


def _lacks(sheet: _Sheet, schema: Schema, findings: Findings) -> bool:
    """Whether a sheet lacks a column that it needs; said unless a question about a heading is about that column."""
    asked = {key for question in sheet.header.unclear for key in question.candidates}
    missing = schema.missing(sheet.header.keys)
    for group in missing:
        if not asked & set(group):
            names = " 或 ".join(schema.label(key, "zh") for key in group)
            known = [heading for heading, key in schema.headings().items() if key in group]
            close = (get_close_matches(heading, sheet.header.unread, 2, _PERHAPS) for heading in known)
            near = tuple(dict.fromkeys(heading for some in close for heading in some))[:3]
            value, name = " / ".join(group), sheet.grid.name
            findings.file("missing_column", sheet.file, value=value, sheet=name, suggestions=near, zh=names)
    return bool(missing)


def _columns(sheet: _Sheet) -> dict[str, Coded]:
    """The cells below the heading, a column per key."""
    rows, start = Columns.of(sheet.grid.rows), sheet.header.row + 1
    columns = {}
    for key, i in sheet.header.keys.items():
        codes, cells = rows.column(i)
        own = start if len(codes) == len(cells) and codes[-1] == len(codes) - 1 else 0
        columns[key] = Coded.of(codes[start:] - own, cells[own:])
    return columns


def _joined(read: Sequence[dict[str, Coded]], labels: Sequence[Labels], schema: Schema) -> dict[str, Coded]:
    """The columns of several sheets one below the other; a sheet that lacks one has empty cells there."""
    if len(read) == 1:
        return read[0]
    keys = [c.key for c in schema.columns if any(c.key in columns for columns in read)]
    sizes = list(map(len, labels))
    return {
        key: Coded.joined([own.get(key) or Coded.same("", size) for own, size in zip(read, sizes, strict=True)])
        for key in keys
    }


def _data_rows(sheet: _Sheet, columns: dict[str, Coded], part: Part, schema: Schema, findings: Findings) -> Mask:
    """Which rows are data: no blank ones, and none of the totals, signatures and titles between and below them."""
    said = {key: column.spread(column.texts != "") for key, column in columns.items()}
    filled = np.vstack(list(said.values())).sum(axis=0)
    none: Mask = np.zeros(len(filled), dtype=bool)
    nobody: Mask = none
    if schema.who:
        nobody = np.vstack([said.get(key, none) for key in schema.who]).sum(axis=0) == 0
    numberless = ~said["id_number"] if schema.who and "id_number" in said else none
    first = next(iter(said))
    again = columns[first].spread(columns[first].cells == sheet.header.texts[first])
    keep: Mask = filled > 0
    numbered = 0
    for i in np.flatnonzero(keep & ((filled <= 2) | nobody | numberless | again)).tolist():
        cells = sheet.grid.rows[sheet.header.row + 1 + i]
        code = _no_data(cells, int(filled[i]), schema, nobody=bool(nobody[i]), header=sheet.header)
        keep[i] = not code
        if code == "row_numbered":
            numbered += 1
        elif code:
            where = part.file, part.first_row + i
            value = _first_texts(cells)[0]
            findings.notices.append(Notice(code, Severity.NOTE, *where, value=value, sheet=part.sheet))
    if numbered:
        findings.file("row_numbered", part.file, severity=Severity.NOTE, sheet=part.sheet, count=str(numbered))
    return keep


def _no_data(cells: Sequence[Cell], filled: int, schema: Schema, *, nobody: bool, header: Header) -> str:
    """Why a row is no data, as a code; empty where it is."""
    texts = _first_texts(cells)
    if (filled <= 2 and _FOOTER.match(texts[0])) or (schema.who and any(map(_TOTAL.search, texts))):
        return "row_skipped"
    if _repeats(cells, header):
        return "heading_again"
    if not schema.who or not nobody or filled > 2:
        return ""
    return "row_numbered" if all(text.isdigit() for text in texts) else "row_skipped"


def _repeats(cells: Sequence[Cell], header: Header) -> bool:
    same = sum(i < len(cells) and as_text(cells[i]) == header.texts[key] for key, i in header.keys.items())
    return same == len(header.keys)


def _first_texts(cells: Sequence[Cell]) -> list[str]:
    """The first two texts of a row."""
    return list(islice((text for text in map(as_text, cells) if text), 2)) or [""]


def _filled_down(table: Table, schema: Schema) -> Table:
    """The table with the blanks below merged cells filled from above, each of them a finding.

    A blank is filled where no wider column of its row says anything: below a village of another township it stays.
    """
    keys = [key for key in schema.filled_down if key in table]
    if not keys or table.frame.empty:
        return table
    blank = {key: table.text(key) == "" for key in keys}
    free = (table.text("home") == "") & (table.text("home_lat") == "") & (table.text("boarding_stop") == "")
    frame, numbers = table.frame, table.part_numbers()
    filled: dict[str, pd.Series[Any]] = {}
    for key in keys:
        above = table.text(key).where(~blank[key]).groupby(numbers).ffill()
        fill = free & blank[key] & above.notna()
        free &= blank[key]
        if fill.any():
            filled[key] = fill
            frame = frame.assign(**{key: frame[key].where(~fill, above)})
    if not filled:
        return table
    full = table.with_frame(frame)
    for key, fill in filled.items():
        full.flag(key, fill, "filled_from_above", severity=Severity.WARNING)
    return full
