"""How wide the columns of a list are: as the office made them, else as wide as what they hold."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Sequence
from html import unescape
from itertools import islice
from pathlib import Path

from dispatch.intake.cells import as_text
from dispatch.intake.reader import Grid

_NARROWEST, _WIDEST = 6.0, 60.0
# Widths stand before the cells; looking further would unpack the sheet.
_HEAD = 20_000
_MEASURED_ROWS = 200
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_COLUMN = re.compile(r"<(?:\w+:)?col\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


def column_widths(path: Path, grids: Sequence[Grid]) -> dict[str, list[float]]:
    """The width of each column in characters, by sheet."""
    known = _of_workbook(path)
    return {grid.name: _complete(known.get(grid.name, {}), _measured(grid)) for grid in grids}


def _complete(known: dict[int, float], measured: Sequence[float]) -> list[float]:
    return [known.get(j, width) for j, width in enumerate(measured)]


def _measured(grid: Grid) -> list[float]:
    """Widths by the cells of the first rows; a title spreads over its neighbours and is not counted."""
    widest: list[float] = []
    for row in islice(grid.rows, _MEASURED_ROWS):
        alone = sum(1 for cell in row if as_text(cell)) == 1
        widest += [_NARROWEST] * (len(row) - len(widest))
        for j, cell in enumerate(row):
            width = 0 if alone else 2 + sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in as_text(cell))
            widest[j] = min(_WIDEST, max(widest[j], width))
    return widest


def _of_workbook(path: Path) -> dict[str, dict[int, float]]:
    """The widths that an .xlsx gives, by sheet and column from 0; nothing where they cannot be found."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = {
                said["Id"]: said["Target"].lstrip("/").removeprefix("xl/")
                for said in _said(_RELATION, _text(book, "xl/_rels/workbook.xml.rels"))
            }
            sheets = _said(_SHEET, _text(book, "xl/workbook.xml"))
            return {unescape(s["name"]): _columns(_text(book, f"xl/{parts[s['r:id']]}")) for s in sheets}
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError):
        return {}


def _text(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as part:
        return part.read(_HEAD).decode("utf-8", "replace")


def _said(tag: re.Pattern[str], source: str) -> list[dict[str, str]]:
    return [dict(_ATTRIBUTE.findall(found)) for found in tag.findall(source)]


def _columns(source: str) -> dict[int, float]:
    widths = {}
    for said in _said(_COLUMN, source):
        first, last = int(said["min"]), int(said["max"])
        # Some programs give one width to all 16,384 columns.
        for j in range(first, min(last, first + 200) + 1):
            widths[j - 1] = min(_WIDEST, float(said.get("width", _NARROWEST)))
    return widths
