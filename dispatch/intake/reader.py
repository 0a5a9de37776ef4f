"""Files to grids of raw cells: .xlsx and .xls through calamine, .csv in whatever encoding an office saved it."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

Cell = str | float | int | bool | date | datetime | time | timedelta

# An honest roster of a million rows unpacks to about 600 MB; an archive that promises more is not a roster.
MAX_UNPACKED_BYTES = 1_500_000_000
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


class UnreadableError(Exception):
    """A file that cannot be taken: ``code`` is the notice's code, the message says why in the system's words."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet from its first row and column; ``name`` is empty for a .csv. Empty cells are ``""``."""

    name: str
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file's sheets and the digest of its bytes."""

    grids: tuple[Grid, ...]
    sha256: str


def read_source(path: Path) -> Source:
    """The visible sheets of a file; raises ``UnreadableError`` for whatever cannot be read as a table."""
    try:
        if not path.exists():
            raise UnreadableError("file_missing")
        if not path.is_file():
            raise UnreadableError("file_unreadable", "not a regular file")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError("file_unreadable", error.strerror or "") from error
    read = _workbook if path.suffix.lower() in _WORKBOOKS or content[:4] == b"PK\x03\x04" else _csv
    return Source(tuple(read(content)), hashlib.sha256(content).hexdigest())


def _workbook(content: bytes) -> list[Grid]:
    _check_unpacked_size(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        return [_sheet(book, name) for name in visible]
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableError("file_unreadable", str(error)) from error


def _check_unpacked_size(content: bytes) -> None:
    # The one place where an archive is looked at before the reader unpacks it.
    if content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableError("file_unreadable", str(error)) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableError("file_too_large", str(unpacked))


def _sheet(book: CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _spread(rows, slice(top, bottom + 1), slice(left, right + 1))
    return Grid(name, rows)


def _spread(rows: list[list[Cell]], down: slice, across: slice) -> None:
    """A merged block says its value once, in its corner; below it means the same. Titles stay single."""
    if across.stop - across.start > 1:
        return
    block = rows[down]
    for row in block[1:]:
        row[across.start] = block[0][across.start]


def _csv(content: bytes) -> list[Grid]:
    if b"\0" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableError("file_unreadable", "not a text file")
    try:
        text = _decode(content)
        return [Grid("", list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))))]
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableError("file_unreadable", str(error)) from error


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _delimiter(text: str) -> str:
    # Excel saves "Unicode text" with tabs and, in some locales, .csv with semicolons.
    return max(",\t;", key=text[:4000].count)
