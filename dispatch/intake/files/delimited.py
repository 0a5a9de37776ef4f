"""Text to one grid: .csv in whatever encoding an office saved it, with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from dispatch.intake.files.encoding import encoding_of
from dispatch.intake.files.grid import MAX_CELL, Budget, Content, Grid, UnreadableError

# A line of a roster has a few hundred bytes. What is longer is no table, and would be split into millions of cells.
MAX_LINE = 1 << 20
# Characters of one record, of cells with several lines; more means that a quote was never closed.
MAX_RECORD = 2 * MAX_LINE
_LINE_END = re.compile(rb"[\r\n]")


def read_delimited(content: bytes, budget: Budget) -> Content:
    """The table of a text file; raises ``UnreadableError``."""
    _check_lines(content)
    encoding = encoding_of(content)
    with io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline="") as text:
        start = text.read(4000)
        text.seek(0)
        rows, lossy = _rows(text, _delimiter(start), budget)
    return Content((Grid("", rows),), lossy=lossy)


def _check_lines(content: bytes) -> None:
    for i in range(0, len(content) - MAX_LINE, MAX_LINE):
        if _LINE_END.search(content, i, i + MAX_LINE) is None:
            raise UnreadableError("file_line_too_long", line=str(content.count(b"\n", 0, i) + 1))


def _delimiter(start: str) -> str:
    # Excel saves "Unicode text" with tabs and, in some locales, .csv with semicolons.
    return max(",\t;", key=start.count)


class _Lines:
    """The lines of a text one by one; ``size`` counts the characters of the record that is being read."""

    __slots__ = ("_text", "lossy", "row", "size")

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.row = 1
        self.size = 0
        self.lossy = False

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.size += len(line)
            if self.size > MAX_RECORD:
                raise UnreadableError("file_quote_open", row=str(self.row))
            if "\ufffd" in line:
                self.lossy = True
            yield line


def _rows(text: TextIO, delimiter: str, budget: Budget) -> tuple[list[list[str]], bool]:
    lines, cells, texts, last = _Lines(text), 0, 0, 0
    rows: list[list[str]] = []
    tall: list[int] = []
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            cells += len(row)
            texts += len(row) - row.count("")
            if cells > budget.cells or texts > budget.texts:
                raise UnreadableError("file_too_many_cells", row=str(lines.row))
            if lines.size > MAX_CELL:
                _check_cells(row, lines.row)
            if reader.line_num - last > 1:
                tall.append(len(rows))
            last = reader.line_num
            rows.append(row)
            lines.row += 1
            lines.size = 0
    except csv.Error as error:
        code = "file_quote_open" if reader.line_num - last > 1 else "file_cell_too_long"
        raise UnreadableError(code, str(error), row=str(lines.row), limit=str(MAX_CELL)) from error
    _check_quotes(rows, tall, delimiter)
    return rows, lines.lossy


def _check_cells(row: Sequence[str], number: int) -> None:
    if any(len(cell) > MAX_CELL for cell in row):
        raise UnreadableError("file_cell_too_long", row=str(number), limit=str(MAX_CELL))


def _check_quotes(rows: list[list[str]], tall: Sequence[int], delimiter: str) -> None:
    """A quote without its partner takes the next rows into its cell: there are then separators enough for two rows."""
    if not tall:
        return
    width = Counter(len(row) for row in rows[:200]).most_common(1)[0][0]
    for i in tall:
        separators = len(rows[i]) - 1 + sum(cell.count(delimiter) for cell in rows[i] if "\n" in cell or "\r" in cell)
        if width > 1 and separators >= 2 * (width - 1):
            raise UnreadableError("file_quote_open", row=str(i + 1))
