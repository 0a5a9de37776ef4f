"""A web page with a table, as many an office system exports it under the name .xls: cells are text, nothing runs.

To open such a file in a spreadsheet program and save it anew would turn its ID numbers into rounded numbers; so it is
read as it is.
"""

from __future__ import annotations

from html.parser import HTMLParser

from dispatch.intake.files.encoding import encoding_of
from dispatch.intake.files.grid import MAX_CELL, Budget, Cell, Content, Grid, UnreadableError

# A cell that spans more rows or columns is read as one that spans so many.
_MAX_SPAN = 200


def read_markup(content: bytes, budget: Budget) -> Content:
    """The tables of a page, each a grid; raises ``UnreadableError``."""
    reader = _Tables(budget)
    text = content.decode(encoding_of(content), errors="replace")
    try:
        reader.feed(text)
        reader.close()
    except (ValueError, AssertionError) as error:
        raise UnreadableError("file_damaged", str(error)) from error
    # A table alone is the page; of several each has its number for a name, so that a row's place is one row's.
    several = len(reader.tables) > 1
    grids = tuple(Grid(str(n) if several else "", rows) for n, rows in enumerate(reader.tables, 1))
    return Content(grids, lossy="\ufffd" in text)


class _Tables(HTMLParser):
    def __init__(self, budget: Budget) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[Cell]]] = []
        self._budget = budget
        self._cells = 0
        self._open: list[list[list[Cell]]] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._below: dict[int, tuple[int, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._close_cell()
            self._open.append([])
            self.tables.append(self._open[-1])
            self._below = {}
        elif tag == "tr" and self._open:
            self._close_row()
            self._open[-1].append([])
        elif tag in {"td", "th"} and self._open and self._open[-1]:
            self._close_cell()
            given = dict(attrs)
            self._cell, self._span = [], (_span(given.get("rowspan")), _span(given.get("colspan")))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._close_cell()
        elif tag in {"tr", "table"}:
            self._close_row()
            if tag == "table" and self._open:
                self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close_cell(self) -> None:
        if self._cell is None:
            return
        words, self._cell = " ".join("".join(self._cell).split()), None
        row = self._open[-1][-1]
        if len(words) > MAX_CELL:
            raise UnreadableError("file_cell_too_long", row=str(len(self._open[-1])), limit=str(MAX_CELL))
        self._fill(row)
        down, across = self._span
        if down > 1:
            self._below[len(row)] = (down - 1, words if across == 1 else "")
        row += [words] + [""] * (across - 1)
        self._cells += across
        if self._cells > self._budget.cells:
            raise UnreadableError("file_too_many_cells", row=str(len(self._open[-1])))

    def _fill(self, row: list[Cell]) -> None:
        """Put in what a cell above that spans rows says here."""
        while (span := self._below.get(len(row))) is not None:
            left, words = span
            if left > 1:
                self._below[len(row)] = (left - 1, words)
            else:
                del self._below[len(row)]
            row.append(words)
            self._cells += 1

    def _close_row(self) -> None:
        self._close_cell()
        if self._open and self._open[-1]:
            self._fill(self._open[-1][-1])


def _span(text: str | None) -> int:
    return min(int(text), _MAX_SPAN) if text and text.isdecimal() and len(text) < 9 and int(text) else 1
