"""The process that opens a workbook: a file from its standard input, grids to its standard output, under limits.

Run as ``python -m dispatch.intake.files.child KIND BUDGET``. It answers with marshalled tuples whose first item is
``ready``, ``sheet``, ``rows``, ``remark``, ``lossy``, ``error`` or, when nothing is missing, ``end``. Only its parent
reads them.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import io
import json
import marshal
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from dispatch.intake.files.grid import MAX_CELL, Budget, UnreadableError
from dispatch.intake.files.kinds import Kind
from dispatch.intake.files.packing import BLOCK, Packer
from dispatch.intake.files.sheet_xml import Layout, letters

try:
    import resource
except ImportError:  # Windows: the parent's clock alone
    resource = None  # type: ignore[assignment]

_SHOWN = 12
Message = tuple[Any, ...]


def main() -> None:
    """Read the one file and answer; how the process ends says nothing that the last message does not."""
    kind, budget = Kind(sys.argv[1]), Budget(**json.loads(sys.argv[2]))
    limit(budget)
    out = sys.stdout.buffer
    _tell(out, ("ready",))
    out.flush()
    content = sys.stdin.buffer.read()
    for message in answer(content, kind, budget):
        _tell(out, message)
    out.flush()


def answer(content: bytes, kind: Kind, budget: Budget) -> Iterator[Message]:
    """Everything that is to be said of a file; never raises, as far as Python can help it."""
    try:
        yield from _grids(content, kind, budget)
        yield ("end",)
    except UnreadableError as error:
        yield "error", error.code, error.params
    except MemoryError:
        yield "error", "file_too_costly", {"reason": ""}
    except (CalamineError, ValueError, OSError, RecursionError) as error:
        yield "error", "file_damaged", {"reason": str(error)[:200]}
    except GeneratorExit:
        raise
    except BaseException as error:  # noqa: BLE001 - told to the parent
        # A panic of the library in Rust is no Exception; anything else is a mistake of ours and no file's fault.
        if type(error).__name__ == "PanicException":
            yield "error", "file_damaged", {"reason": str(error)[:200]}
        else:
            yield "mistake", repr(type(error))


def _tell(out: BinaryIO, message: Message) -> None:
    """A message behind its length, since reading from a pipe piece by piece costs more than the reading of the file."""
    said = marshal.dumps(message)
    out.write(len(said).to_bytes(8, "big"))
    out.write(said)


def limit(budget: Budget) -> None:
    """Let this process have no more memory and time than the budget; on Windows the parent's clock alone counts."""
    if resource is None:
        return
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, budget.cpu_s),
        (resource.RLIMIT_AS, budget.memory),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def _grids(content: bytes, kind: Kind, budget: Budget) -> Iterator[Message]:
    # Each kind imports its own reader: a start without the others' is a tenth of a second of an office's patience.
    if kind is Kind.MARKUP:
        from dispatch.intake.files.markup import read_markup

        read = read_markup(content, budget)
        for grid in read.grids:
            yield "sheet", grid.name
            yield from _batches(map(list, grid.rows))
        if read.lossy:
            yield ("lossy",)
        return
    layouts: Sequence[Layout] | dict[str, Layout]
    if kind is Kind.ARCHIVE:
        from dispatch.intake.files import archive

        looked = archive.look(content, budget)
        layouts, macros = looked.layouts, looked.macros
        if looked.links:
            yield _remark("external_links")
    else:
        from dispatch.intake.files import legacy

        layouts, macros = legacy.look(content)
    if macros:
        yield _remark("macros_ignored")
    yield from _sheets(content, layouts, budget)


def _remark(code: str, severity: str = "note", sheet: str = "", value: str = "", **params: str) -> Message:
    return "remark", code, severity, sheet, value, params


def _sheets(content: bytes, layouts: Sequence[Layout] | dict[str, Layout], budget: Budget) -> Iterator[Message]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise UnreadableError("file_encrypted") from error
    for i, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(about.name)
        if about.visible is not Visible.Visible:
            if sheet.end is not None:
                yield _remark("sheet_hidden", sheet=about.name, value=about.name)
            continue
        if isinstance(layouts, dict):
            layout = layouts.get(about.name, Layout())
        else:
            layout = layouts[i] if i < len(layouts) else Layout()
        yield "sheet", about.name
        yield from _sheet(sheet, about.name, layout, budget)


def _sheet(sheet: CalamineSheet, name: str, layout: Layout, budget: Budget) -> Iterator[Message]:
    hidden: list[int] = []
    columns = _columns(layout)
    told: set[int] = set()
    yield from _batches(_rows(sheet, layout, hidden, (columns, told), leave_out=budget.leave_hidden_out), name)
    if hidden:
        how = "filter" if layout.filtered else "hand"
        code = f"hidden_rows_left_out_{how}" if budget.leave_hidden_out else f"hidden_rows_{how}"
        yield _remark(code, "warning", name, str(len(hidden)), rows=spans(hidden))
    if told:
        yield _remark("hidden_columns", "note", name, "、".join(letters(c) for c in sorted(told)[:_SHOWN]))


def _columns(layout: Layout) -> set[int]:
    """Hidden columns from 1, as far as a table may reach."""
    return {c for first, last in layout.hidden_columns for c in range(max(first, 1), min(last, 16_384) + 1)}


def _rows(
    sheet: CalamineSheet,
    layout: Layout,
    hidden: list[int],
    columns: tuple[set[int], set[int]],
    *,
    leave_out: bool,
) -> Iterator[list[Any]]:
    """The sheet's rows from its first row and column; ``hidden`` and the second of ``columns`` get what is hidden and
    not empty.
    """
    left = [""] * (sheet.start[1] if sheet.start else 0)
    merged = _Merged(sheet.merged_cell_ranges or ())
    wanted, found = columns
    if not (left or merged or wanted or layout.hidden_rows):
        yield from sheet.iter_rows()
        return
    for i, cells in enumerate(sheet.iter_rows()):
        row = left + cells
        merged.spread(i, row)
        if i + 1 in layout.hidden_rows and any(cell != "" for cell in row):
            hidden.append(i + 1)
            if leave_out:
                row = [""] * len(row)
        if wanted:
            found.update(c for c in wanted if c <= len(row) and row[c - 1] != "")
        yield row


class _Merged:
    """A merged block says its value once, in its corner; below it means the same. Titles stay single."""

    def __init__(self, blocks: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        tall = [(top, left, bottom) for (top, left), (bottom, right) in blocks if left == right and bottom > top]
        self._waiting = sorted(tall, reverse=True)
        self._open: dict[int, tuple[int, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def spread(self, i: int, row: list[Any]) -> None:
        for column, (bottom, value) in list(self._open.items()):
            if i <= bottom and column < len(row):
                row[column] = value
            else:
                del self._open[column]
        while self._waiting and self._waiting[-1][0] <= i:
            top, column, bottom = self._waiting.pop()
            if top == i and column < len(row):
                self._open[column] = bottom, row[column]


_MOMENTS = (datetime, date, time, timedelta)


def _batches(rows: Iterable[list[Any]], sheet: str = "") -> Iterator[Message]:
    """Rows in messages of a few thousand, by column where they are of one width."""
    packer, rows, before = Packer(mixed=True), iter(rows), 0
    while batch := list(islice(rows, BLOCK)):
        size, columns, uneven = packer.pack(batch)
        try:
            said = [(codes, _sayable(cells)) for codes, cells in columns], [_sayable(row) for row in uneven]
        except _TooLongError as error:
            number = before + next(i for i, row in enumerate(batch, 1) if any(map(_too_long, row)))
            raise UnreadableError("file_cell_too_long", sheet=sheet, row=str(number), limit=str(MAX_CELL)) from error
        yield "rows", size, *said
        before += size


class _TooLongError(Exception):
    """A cell has more characters than a cell can have."""


def _sayable(cells: Sequence[Any]) -> Sequence[Any]:
    """Cells as they can be marshalled, dates and times as the name of their type and numbers."""
    kinds = set(map(type, cells))
    if kinds == {str} and max(map(len, cells)) <= MAX_CELL:
        return cells
    if any(map(_too_long, cells)):
        raise _TooLongError
    return [(type(c).__name__, *_numbers(c)) if isinstance(c, _MOMENTS) else _finite(c) for c in cells]


def _finite(cell: Any) -> Any:  # noqa: ANN401
    """A number that is none, which no spreadsheet program writes, is a word."""
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell


def _too_long(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) > MAX_CELL


def _numbers(moment: date | time | timedelta) -> tuple[int, ...]:
    if isinstance(moment, timedelta):
        return moment.days, moment.seconds, moment.microseconds
    if isinstance(moment, datetime):
        return (*moment.timetuple()[:6], moment.microsecond)
    if isinstance(moment, date):
        return moment.year, moment.month, moment.day
    return moment.hour, moment.minute, moment.second, moment.microsecond


def spans(numbers: Sequence[int]) -> str:
    """Ascending numbers in words: ``3-7, 9``; beyond a dozen spans an ellipsis."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    words = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:_SHOWN]]
    return ", ".join(words) + (" …" if len(runs) > _SHOWN else "")


if __name__ == "__main__":
    main()
