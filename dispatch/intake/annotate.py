"""The roster handed back: a copy of each list with every problem marked in its cell, and a sheet that lists them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import chain, count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from xlsxwriter import Workbook

from dispatch.config import Settings
from dispatch.intake.answers import read_answers
from dispatch.intake.cells import as_text
from dispatch.intake.headings import Answers, read_header
from dispatch.intake.notices import describe
from dispatch.intake.paths import input_paths, labels
from dispatch.intake.reader import Cell, Grid
from dispatch.intake.table import Findings
from dispatch.intake.taking import take
from dispatch.intake.widths import column_widths
from dispatch.intake.workers import WORKERS
from dispatch.language import Language, text
from dispatch.model.demand import Home, Inputs, RejectedRow, Worker
from dispatch.model.notice import Notice, Severity
from dispatch.sheet_text import put_text

# A larger roster is not copied: mending the original with the list beside it is faster.
MAX_ROWS = 200_000
# Beyond this many, cells are coloured only: a spreadsheet with tens of thousands of comments hardly opens.
MAX_COMMENTS = 2_000
_COLOURS = {Severity.ERROR: "#FFC7CE", Severity.WARNING: "#FFEB9C", Severity.NOTE: "#DDEBF7"}
_LIST = ("severity", "file", "sheet", "row", "column", "value", "what", "remedy")
_WIDTHS = (8, 18, 12, 6, 16, 26, 50, 50)
_REJECTED = ("sheet", "row", "worker_id", "name", "what")
_REJECTED_WIDTHS = (14, 6, 12, 14, 90)
_RESULT = ("result", "home", "level")
# What Excel allows of a sheet's name: none of these signs, and so many units of UTF-16.
_NOT_IN_A_NAME = frozenset("[]:*?/\\")
_LONGEST_NAME = 31

Marks = Mapping[tuple[int, int], Sequence[Notice]]
Row = Worker | RejectedRow


@dataclass(frozen=True, slots=True)
class _Copy:
    """What goes into the copy of one list: its sheets, the findings about it, what became of its rows."""

    file: str
    path: Path
    grids: Sequence[Grid]
    notices: Sequence[Notice]
    rows: Mapping[tuple[str, int], Row]
    answers: Answers
    language: Language


def annotate_roster(settings: Settings, inputs: Inputs, notices: Sequence[Notice]) -> tuple[Path, ...]:
    """Write the marked copy of each list that has something to mend; older copies go. The copies' paths.

    One list gives ``out/NAME/roster_marked.xlsx``, several a workbook each in ``out/NAME/roster_marked``. Colours
    follow the severity; a comment in the cell says what is wrong and what to do. Beside the office's columns stand
    whether the row was accepted, and the home as it was understood. Raises ``OSError`` where it cannot write.
    """
    paths = input_paths(settings, "workers")
    single, folder = settings.out / "roster_marked.xlsx", settings.out / "roster_marked"
    for old in (single, *folder.glob("*.xlsx")):
        old.unlink(missing_ok=True)
    answers, _ = read_answers(settings, (WORKERS,), Findings())
    by_file = _by_file(inputs)
    marked = []
    for path, file in zip(paths, labels(paths), strict=True):
        own = [n for n in notices if n.file == file]
        if all(n.severity is Severity.NOTE for n in own):
            continue
        source = take(path, file, settings.reading, Findings())
        if source is None:
            continue
        target = single if len(paths) == 1 else folder / (file.replace("/", "_") + ".xlsx")
        # What is wrong with the other inputs is listed too where one list is all the roster.
        said = notices if len(paths) == 1 else own
        _save(target, _Copy(file, path, source.grids, said, by_file[file], answers, settings.publish.language))
        marked.append(target)
    return tuple(marked)


def _by_file(inputs: Inputs) -> defaultdict[str, dict[tuple[str, int], Row]]:
    found: defaultdict[str, dict[tuple[str, int], Row]] = defaultdict(dict)
    rows: Iterable[Row] = chain(inputs.workers, inputs.rejected_rows)
    for row in rows:
        found[row.file][row.sheet, row.row] = row
    return found


def _save(target: Path, copy: _Copy) -> None:
    """The workbook, whole or not at all, and readable by its owner only, as temporary files are."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, suffix=".xlsx", delete=False) as draft:
        try:
            _write(draft, copy)
        except BaseException:
            Path(draft.name).unlink()
            raise
    Path(draft.name).replace(target)


def _write(draft: Any, copy: _Copy) -> None:  # noqa: ANN401
    names = {text(copy.language, f"intake.{key}").casefold() for key in ("problems", "rejected")}
    taken = set(names)
    with Workbook(draft, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        widths = column_widths(copy.path, copy.grids)
        for grid in copy.grids:
            # A copy that is sent back already has the lists of last time.
            if len(grid.rows) <= MAX_ROWS and grid.name.casefold() not in names:
                _copy_sheet(book, _sheet_name(grid.name, copy.language, taken), copy, grid, widths.get(grid.name, ()))
        _list_all(book, copy.notices, copy.language)
        _list_rejected(book, copy)


def _sheet_name(name: str, language: Language, taken: set[str]) -> str:
    """A sheet's name as Excel allows it, unlike those that are ``taken``, which it joins."""
    allowed = "".join(c if c.isprintable() and c not in _NOT_IN_A_NAME else " " for c in name).strip(" '")
    for n in count(1):
        end = f" ({n})" if n > 1 else ""
        units = 2 * (_LONGEST_NAME - len(end))
        cut = (allowed or text(language, "intake.roster")).encode("utf-16-le")[:units].decode("utf-16-le", "ignore")
        tried = cut.rstrip(" '") + end
        if tried.casefold() not in taken:
            break
    taken.add(tried.casefold())
    return tried


def _copy_sheet(book: Workbook, name: str, copy: _Copy, grid: Grid, widths: Sequence[float]) -> None:
    sheet = book.add_worksheet(name)
    header = read_header(grid, WORKERS, copy.answers)
    notices = [n for n in copy.notices if n.file == copy.file and n.sheet == grid.name]
    marks = _marks({header.texts[key]: i for key, i in header.keys.items()}, notices)
    colours = {severity: _format(book, colour) for severity, colour in _COLOURS.items()}
    plain = _format(book, "")
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    for i, row in enumerate(grid.rows):
        for j, cell in enumerate(row):
            found = marks.get((i, j), ())
            _put(sheet, i, j, cell, colours[_worst(found)] if found else plain)
    _fit(sheet)
    if header.keys:
        sheet.freeze_panes(header.row + 1, 0)
        _add_results(book, sheet, copy, grid, header.row)
    for (i, j), found in list(marks.items())[:MAX_COMMENTS]:
        words = "\n".join("\n".join(describe(n, copy.language)) for n in found)
        sheet.write_comment(i, j, words, {"x_scale": 2, "y_scale": 0.5 + len(found)})


def _add_results(book: Workbook, sheet: Any, copy: _Copy, grid: Grid, heading: int) -> None:  # noqa: ANN401
    """What became of each row, right of the office's own columns; the columns of an earlier copy are written over."""
    language = copy.language
    headings = [text(language, f"intake.result.{key}") for key in _RESULT]
    own = [as_text(cell) for cell in grid.rows[heading]]
    last = max((len(row) for row in grid.rows), default=0)
    start = own.index(headings[0]) if headings[0] in own else last
    bold = book.add_format({"bold": True, "bg_color": "#E2EFDA"})
    look = book.add_format({"quote_prefix": True, "font_color": "#375623"})
    bad = book.add_format({"quote_prefix": True, "font_color": "#C00000", "bold": True})
    for j, (words, width) in enumerate(zip(headings, (10, 28, 10), strict=True), start=start):
        sheet.write_string(heading, j, words, bold)
        sheet.set_column(j, j, width)
    for i in range(heading + 1, len(grid.rows)):
        row = copy.rows.get((grid.name, i + 1))
        if row is None:
            continue
        accepted = isinstance(row, Worker)
        key = "accepted" if accepted else "rejected"
        sheet.write_string(i, start, text(language, f"intake.result.{key}"), look if accepted else bad)
        if isinstance(row, Worker):
            put_text(sheet, i, start + 1, row.home.division_name, look)
            sheet.write_string(i, start + 2, text(language, f"intake.level.{_level(row.home)}"), look)


def _level(home: Home) -> str:
    return "guessed" if home.guessed else home.level


def _fit(sheet: Any) -> None:  # noqa: ANN401
    """On paper all columns of a row stand on one page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _marks(columns: Mapping[str, int], notices: Iterable[Notice]) -> Marks:
    """Notices by cell, both indices from 0; a finding about no column of the sheet marks the row's first cell."""
    marks: defaultdict[tuple[int, int], list[Notice]] = defaultdict(list)
    for notice in notices:
        params = dict(notice.params)
        row = notice.row or int(params.get("heading_row", 0))
        if row:
            column = int(params.get("heading_column", columns.get(notice.column, 0)))
            marks[row - 1, column].append(notice)
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
        put_text(sheet, i, j, as_text(cell) if isinstance(cell, bool) else cell, form["text"])
    elif isinstance(cell, float | int):
        sheet.write_number(i, j, cell, form["number"])
    elif isinstance(cell, date):
        sheet.write_datetime(i, j, cell, form["date"])
    elif isinstance(cell, time | timedelta):
        sheet.write_datetime(i, j, cell, form["time"])


def _list_all(book: Workbook, notices: Sequence[Notice], language: Language) -> None:
    said = notices[:MAX_ROWS]
    rows = [
        (
            text(language, f"intake.severity.{n.severity}"),
            *(n.file, n.sheet, str(n.row or ""), n.column, n.value),
            *describe(n, language),
        )
        for n in said
    ]
    _list(book, text(language, "intake.problems"), [text(language, f"intake.list.{k}") for k in _LIST], _WIDTHS, rows)


def _list_rejected(book: Workbook, copy: _Copy) -> None:
    """Each row that was not accepted, with all that is wrong with it."""
    faults: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for notice in copy.notices:
        if notice.severity is Severity.ERROR and notice.file == copy.file:
            faults[notice.sheet, notice.row].append(describe(notice, copy.language)[0])
    rows = [
        (row.sheet, str(row.row), row.worker_id, row.name, "；".join(dict.fromkeys(faults[place])))
        for place, row in copy.rows.items()
        if isinstance(row, RejectedRow)
    ]
    if rows:
        headings = [text(copy.language, f"intake.list.{key}") for key in _REJECTED]
        _list(book, text(copy.language, "intake.rejected"), headings, _REJECTED_WIDTHS, rows)


def _list(
    book: Workbook, name: str, headings: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bg_color": "#D9E1F2"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    for j, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(j, j, width)
        sheet.write_string(0, j, heading, bold)
    for i, row in enumerate(rows, start=1):
        for j, word in enumerate(row):
            put_text(sheet, i, j, word, wrapped)
    _fit(sheet)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(headings) - 1)
