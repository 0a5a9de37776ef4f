"""Text to one grid: .csv in whatever encoding an office saved it, with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import accumulate, chain
from typing import TextIO

from dispatch.intake.files.columns import Columns
from dispatch.intake.files.encoding import encoding_of, may_be_utf8
from dispatch.intake.files.grid import MAX_CELL, Budget, Cell, Content, Grid, UnreadableError
from dispatch.intake.files.packing import WIDEST, Packer

# A line of a roster has a few hundred bytes. What is longer is no table, and would be split into millions of cells.
MAX_LINE = 1 << 20
# Characters of one record, of cells with several lines; more means that a quote was never closed.
MAX_RECORD = 2 * MAX_LINE
# Characters that are read at a time, up to the end of their last line.
_STEP = 1 << 16
_LINE_END = re.compile(rb"[\r\n]")


def read_delimited(content: bytes, budget: Budget) -> Content:
    """The table of a text file; raises ``UnreadableError``."""
    _check_lines(content)
    if may_be_utf8(content):
        # Read as what nearly every list is, it need not be decoded beforehand to see that it is that.
        with suppress(UnicodeDecodeError, UnreadableError):
            return _read(content, budget, "utf-8-sig", "strict")
    return _read(content, budget, encoding_of(content), "replace")


def _read(content: bytes, budget: Budget, encoding: str, errors: str) -> Content:
    with io.TextIOWrapper(io.BytesIO(content), encoding, errors=errors, newline="") as text:
        start = text.read(4000)
        text.seek(0)
        reader = _Reader(text, _delimiter(start), budget)
        reader.read()
    return Content((Grid("", reader.rows),), lossy=reader.lossy)


def _check_lines(content: bytes) -> None:
    for i in range(0, len(content) - MAX_LINE, MAX_LINE):
        if _LINE_END.search(content, i, i + MAX_LINE) is None:
            raise UnreadableError("file_line_too_long", line=str(content.count(b"\n", 0, i) + 1))


def _delimiter(start: str) -> str:
    # Excel saves "Unicode text" with tabs and, in some locales, .csv with semicolons.
    return max(",\t;", key=start.count)


class _Reader:
    """Reads the records of a text, many at a time where each line is one."""

    def __init__(self, text: TextIO, delimiter: str, budget: Budget) -> None:
        self.rows = Columns()
        self.lossy = False
        self._text, self._delimiter, self._budget = text, delimiter, budget
        self._cells, self._texts = 0, -1
        self._tall: list[int] = []

    def read(self) -> None:
        """Read the whole text; raises ``UnreadableError``."""
        packer = Packer(mixed=False)
        while chunk := self._text.read(_STEP):
            chunk += self._text.readline()
            plain = _is_plain(chunk)
            if plain and (columns := _even_columns(chunk, self._delimiter)):
                self.lossy = self.lossy or "\ufffd" in chunk
                self._count(len(columns) * len(columns[0]), lambda: list(zip(*columns, strict=True)))
                self.rows.add(packer.pack_columns(columns))
                continue
            rows = self._plain(chunk) if plain else self._one_by_one(chunk)
            self._count(sum(map(len, rows)), lambda: rows)  # noqa: B023 - asked here and now, as above
            self.rows.add(packer.pack(rows))
        self._check_quotes()

    def _plain(self, chunk: str) -> list[list[str]]:
        self.lossy = self.lossy or "\ufffd" in chunk
        return list(csv.reader(io.StringIO(chunk, newline=""), delimiter=self._delimiter))

    def _one_by_one(self, chunk: str) -> list[list[str]]:
        """The records of a piece of text, the last one to its end beyond the piece."""
        lines = _Lines(chain(io.StringIO(chunk, newline=""), self._text), len(self.rows) + 1)
        reader, rows, last = csv.reader(lines, delimiter=self._delimiter), list[list[str]](), 0
        try:
            for row in reader:
                if lines.size > MAX_CELL:
                    _check_cells(row, lines.row)
                if reader.line_num - last > 1:
                    self._tall.append(lines.row - 1)
                last = reader.line_num
                rows.append(row)
                lines.row += 1
                lines.size = 0
                if lines.read >= len(chunk):
                    break
        except csv.Error as error:
            code = "file_quote_open" if reader.line_num - last > 1 else "file_cell_too_long"
            raise UnreadableError(code, str(error), row=str(lines.row), limit=str(MAX_CELL)) from error
        self.lossy = self.lossy or lines.lossy
        return rows

    def _count(self, cells: int, rows: Callable[[], Sequence[Sequence[Cell]]]) -> None:
        """Refuse more cells, or more filled ones, than the budget has; the rows are looked at where they may be."""
        before, self._cells = self._cells, self._cells + cells
        if self._cells <= min(self._budget.cells, self._budget.texts):
            return
        if self._texts < 0:
            self._texts = sum(map(_filled, self.rows))
        counts = [(len(row), _filled(row)) for row in rows()]
        own, filled = zip(*counts, strict=True)
        texts, self._texts = self._texts, self._texts + sum(filled)
        if self._cells <= self._budget.cells and self._texts <= self._budget.texts:
            return
        sums = zip(accumulate(own, initial=before), accumulate(filled, initial=texts), strict=True)
        over = next(i for i, (c, t) in enumerate(sums) if c > self._budget.cells or t > self._budget.texts)
        raise UnreadableError("file_too_many_cells", row=str(len(self.rows) + over))

    def _check_quotes(self) -> None:
        """A quote without its partner takes the next rows into its cell: there are then separators enough for two."""
        if not self._tall:
            return
        width = Counter(len(row) for row in self.rows[:200]).most_common(1)[0][0]
        for i in self._tall:
            cells = list(map(str, self.rows[i]))
            inside = sum(cell.count(self._delimiter) for cell in cells if "\n" in cell or "\r" in cell)
            if width > 1 and len(cells) - 1 + inside >= 2 * (width - 1):
                raise UnreadableError("file_quote_open", row=str(i + 1))


def _is_plain(chunk: str) -> bool:
    """Whether each line is a record of its own, and none is so long that a cell of it could be too long."""
    step = MAX_CELL // 2
    ends = (chunk.find("\n", i, i + step) >= 0 or chunk.find("\r", i, i + step) >= 0
            for i in range(0, len(chunk) - step, step))  # fmt: skip
    return '"' not in chunk and all(ends)


def _even_columns(chunk: str, delimiter: str) -> list[list[str]] | None:
    """The columns of lines without quotes that have as many cells each, from two up; None where they have not.

    All cells are cut at once, the ends of the lines as cells of their own, by which the widths are seen to be right.
    """
    if "\r" in chunk:
        chunk = chunk.replace("\r\n", "\n").replace("\r", "\n")
    chunk = chunk.removesuffix("\n")
    size, width = chunk.count("\n") + 1, chunk.partition("\n")[0].count(delimiter) + 1
    cells = f"{chunk}\n".replace("\n", f"{delimiter}\n{delimiter}").removesuffix(delimiter).split(delimiter)
    even = 1 < width <= WIDEST and len(cells) == size * (width + 1) and cells[width :: width + 1].count("\n") == size
    return [cells[j :: width + 1] for j in range(width)] if even else None


def _filled(row: Sequence[Cell]) -> int:
    """How many of its cells are not empty."""
    return len(row) - row.count("")


class _Lines:
    """Lines one by one; ``size`` counts the characters of the record that is being read, ``read`` those of all."""

    __slots__ = ("_lines", "lossy", "read", "row", "size")

    def __init__(self, lines: Iterable[str], row: int) -> None:
        self._lines = lines
        self.row = row
        self.size = self.read = 0
        self.lossy = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.size += len(line)
            self.read += len(line)
            if self.size > MAX_RECORD:
                raise UnreadableError("file_quote_open", row=str(self.row))
            if "\ufffd" in line:
                self.lossy = True
            yield line


def _check_cells(row: Sequence[str], number: int) -> None:
    if any(len(cell) > MAX_CELL for cell in row):
        raise UnreadableError("file_cell_too_long", row=str(number), limit=str(MAX_CELL))
