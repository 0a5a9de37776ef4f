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
from dispatch.intake.files.sheet_xml import letters
from dispatch.intake.headings import NOT_READ, Answers, Header, Repeated, Unclear, read_header
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
_FOOTER = re.compile(r"填表|填报|制表|审核|负责人|注[:：]|备注[:：]|说明[:：]")
# A total says so at its beginning or, behind what was counted, at its end. In between stand those two characters in
# the names of firms (联合计算机), and behind a single surname they are somebody's name.
_TOTAL = re.compile(
    r"(合|总|小|共)\s*计(?![算划量时]).*"
    r"|(.{2,}|[省市县区乡镇村组男女])(合|总|小|共)\s*计[\s\d:：人名()（）]*"
    r"|((sub|grand)[\s-]?)?total[\s\d:：]*",
    re.IGNORECASE | re.DOTALL,
)
# Of the headings that mean nothing, one so like a missing column's is worth a thought.
_PERHAPS = 0.4

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
    best = max(sheets, key=lambda s: (not schema.missing(s.header.meant), len(s.header.meant)))
    for sheet in sheets:
        if sheet is best or _alike(sheet.header, best.header):
            yield sheet
        elif not schema.missing(sheet.header.meant):
            findings.file("sheet_ignored", file, severity=Severity.WARNING, value=sheet.grid.name, used=best.grid.name)
        elif "id_number" in schema.who and _has_people(sheet.grid):
            findings.file("sheet_without_headings", file, value=sheet.grid.name, sheet=sheet.grid.name)


def _alike(header: Header, best: Header) -> bool:
    keys, others = header.meant, best.meant
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
    findings.notices += [_unclear(question, sheet, schema) for question in header.unclear]
    for again in header.repeated:
        findings.notices += _repeated(again, sheet, schema)
    if header.unread:
        shown = "、".join(header.unread[:_UNREAD_SHOWN]) + "…" * (len(header.unread) > _UNREAD_SHOWN)
        findings.file("columns_unread", file, severity=Severity.NOTE, value=shown, sheet=name)


def _unclear(question: Unclear, sheet: _Sheet, schema: Schema) -> Notice:
    """A question about a heading that may mean several columns."""
    return Notice(
        "heading_unclear",
        Severity.ERROR,
        sheet.file,
        0,
        question.text,
        question.text,
        sheet.grid.name,
        suggestions=tuple(_named(schema, key) for key in question.candidates),
        params=(
            ("letter", letters(question.column + 1)),
            ("heading_row", str(question.row + 1)),
            ("heading_column", str(question.column)),
            ("keys", " ".join(question.candidates)),
            ("first_key", question.candidates[0]),
        ),
    )


def _repeated(again: Repeated, sheet: _Sheet, schema: Schema) -> Iterator[Notice]:
    """A question about each of the columns that mean the same, or that the others of them are not read."""
    header, asked = sheet.header, again.read is None
    some = [column for column in again.columns if column != again.read][:_UNREAD_SHOWN]
    for column in some:
        called = again.columns[column]
        others = [other for other in some if other != column] if again.read is None else [again.read]
        yield Notice(
            "heading_twice" if asked else "heading_second",
            Severity.ERROR if asked else Severity.WARNING,
            sheet.file,
            0 if asked else header.row + 1,
            called,
            called,
            sheet.grid.name,
            params=(
                ("letter", letters(column + 1)),
                ("others", "、".join(letters(other + 1) for other in others)),
                ("heading_row", str(header.row + 1)),
                ("heading_column", str(column)),
                ("keys", f"{again.key} {NOT_READ}"),
                ("first_key", again.key),
                ("en", again.key),
                ("zh", schema.label(again.key, "zh")),
            ),
        )


def _named(schema: Schema, key: str) -> str:
    label = schema.label(key, "zh")
    return key if label == key else f"{key}（{label}）"


def _lacks(sheet: _Sheet, schema: Schema, findings: Findings) -> bool:
    """Whether a sheet lacks a column that it needs; said unless a question about a heading is about that column."""
    asked = {key for question in sheet.header.unclear for key in question.candidates} | sheet.header.asked
    missing = schema.missing(sheet.header.keys)
    for group in missing:
        if not asked & set(group):
            names = " 或 ".join(schema.label(key, "zh") for key in group)
            known = [heading for heading, key in schema.headings().items() if key in group]
            close = (get_close_matches(heading, sheet.header.unread_names(), 2, _PERHAPS) for heading in known)
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
    said = {key: column.spread(column.texts.astype(bool)) for key, column in columns.items()}
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
    told = texts if schema.who else texts[:1]
    if any(map(_TOTAL.fullmatch, told)) or (filled <= 2 and _FOOTER.match(texts[0])):
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
