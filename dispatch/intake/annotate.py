"""The roster handed back: a copy with each problem marked in its cell, and a sheet that lists them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from xlsxwriter import Workbook

from dispatch.config import Settings
from dispatch.intake.cells import as_text
from dispatch.intake.notices import describe
from dispatch.intake.read import input_path
from dispatch.intake.reader import Cell, Grid, UnreadableError, read_source
from dispatch.language import Language, text
from dispatch.model.notice import Notice, Severity

# A larger roster is not copied: mending the original with the list beside it is faster.
MAX_ROWS = 200_000
# Beyond this many, cells are coloured only: a spreadsheet with tens of thousands of comments hardly opens.
MAX_COMMENTS = 2_000
_COLOURS = {Severity.ERROR: "#FFC7CE", Severity.WARNING: "#FFEB9C", Severity.NOTE: "#DDEBF7"}
_LIST = ("severity", "file", "sheet", "row", "column", "value", "what", "remedy")
_WIDTHS = (8, 18, 12, 6, 16, 26, 50, 50)

Marks = Mapping[tuple[int, int], Sequence[Notice]]


def annotate_roster(settings: Settings, notices: Sequence[Notice], target: Path) -> Path | None:
    """Write the marked copy of the roster to ``target`` (.xlsx), whole or not at all; None where nothing can be marked.

    Colours follow the severity; a comment in the cell says what is wrong and what to do. Raises ``OSError`` where the
    target cannot be written.
    """
    path = input_path(settings, "workers")
    if path is None:
        return None
    try:
        grids = read_source(path).grids
    except UnreadableError:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, suffix=".xlsx", delete=False) as draft:
        try:
            _write(draft, path.name, grids, notices, settings.publish.language)
        except BaseException:
            Path(draft.name).unlink()
            raise
    Path(draft.name).replace(target)
    return target


def _write(draft: Any, file: str, grids: Sequence[Grid], notices: Sequence[Notice], language: Language) -> None:  # noqa: ANN401
    with Workbook(draft, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        for grid in grids:
            if len(grid.rows) <= MAX_ROWS:
                own = [n for n in notices if n.file == file and n.sheet == grid.name and n.row]
                _copy(book, grid, own, language)
        _list_all(book, notices, language)


def _copy(book: Workbook, grid: Grid, notices: Sequence[Notice], language: Language) -> None:
    sheet = book.add_worksheet(grid.name or text(language, "intake.roster"))
    marks = _marks(grid, notices)
    colours = {severity: _format(book, colour) for severity, colour in _COLOURS.items()}
    plain = _format(book, "")
    for i, row in enumerate(grid.rows):
        for j, cell in enumerate(row):
            found = marks.get((i, j), ())
            _put(sheet, i, j, cell, colours[_worst(found)] if found else plain)
    for (i, j), found in list(marks.items())[:MAX_COMMENTS]:
        words = "\n".join("\n".join(describe(n, language)) for n in found)
        sheet.write_comment(i, j, words, {"x_scale": 2, "y_scale": 0.5 + len(found)})


def _marks(grid: Grid, notices: Iterable[Notice]) -> Marks:
    """Notices by cell, both indices from 0; a finding about no column of the sheet marks the row's first cell."""
    columns: dict[str, int] = {}
    for row in grid.rows[:30]:
        for j, cell in enumerate(row):
            columns.setdefault(as_text(cell), j)
    marks: defaultdict[tuple[int, int], list[Notice]] = defaultdict(list)
    for notice in notices:
        marks[notice.row - 1, columns.get(notice.column, 0)].append(notice)
    return marks


def _worst(notices: Iterable[Notice]) -> Severity:
    return min((n.severity for n in notices), key=list(Severity).index)


def _format(book: Workbook, colour: str) -> dict[str, Any]:
    """The formats of a cell by what it holds; text keeps its leading zeros and never starts a formula."""
    look = {"bg_color": colour} if colour else {}
    kinds = {"text": {"num_format": "@", "quote_prefix": True}, "number": {}}
    kinds |= {"date": {"num_format": "yyyy-mm-dd"}, "time": {"num_format": "hh:mm"}}
    return {kind: book.add_format({**form, **look}) for kind, form in kinds.items()}


def _put(sheet: Any, i: int, j: int, cell: Cell, form: Mapping[str, Any]) -> None:  # noqa: ANN401
    if isinstance(cell, bool | str):
        sheet.write_string(i, j, as_text(cell) if isinstance(cell, bool) else cell, form["text"])
    elif isinstance(cell, float | int):
        sheet.write_number(i, j, cell, form["number"])
    elif isinstance(cell, date):
        sheet.write_datetime(i, j, cell, form["date"])
    elif isinstance(cell, time | timedelta):
        sheet.write_datetime(i, j, cell, form["time"])


def _list_all(book: Workbook, notices: Sequence[Notice], language: Language) -> None:
    sheet = book.add_worksheet(text(language, "intake.problems"))
    bold = book.add_format({"bold": True, "bg_color": "#D9E1F2"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    for j, (key, width) in enumerate(zip(_LIST, _WIDTHS, strict=True)):
        sheet.set_column(j, j, width)
        sheet.write_string(0, j, text(language, f"intake.list.{key}"), bold)
    for i, notice in enumerate(notices[:MAX_ROWS], start=1):
        where = notice.file, notice.sheet, str(notice.row or ""), notice.column, notice.value
        words = text(language, f"intake.severity.{notice.severity}"), *where, *describe(notice, language)
        for j, word in enumerate(words):
            sheet.write_string(i, j, word, wrapped)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(notices)), len(_LIST) - 1)
