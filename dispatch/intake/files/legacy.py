"""The old binary workbook (.xls): hidden rows and columns, passwords and macros, which calamine does not tell."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from dispatch.intake.files.grid import UnreadableError
from dispatch.intake.files.sheet_xml import Layout

_SHEET, _ROW, _COLUMNS, _PASSWORD, _END = 0x85, 0x208, 0x7D, 0x2F, 0x0A
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01


def look(content: bytes) -> tuple[list[Layout], bool]:
    """The layout of each sheet in the workbook's order, and whether there are macros; raises ``UnreadableError``."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as compound:
            if compound.exists("EncryptedPackage"):
                raise UnreadableError("file_encrypted")
            macros = compound.exists("_VBA_PROJECT_CUR")
            name = next((n for n in ("Workbook", "Book") if compound.exists(n)), "")
            if not name:
                raise UnreadableError("file_kind")
            stream = compound.openstream(name).read()
    except (OSError, ValueError, LookupError, TypeError, RecursionError, struct.error) as error:
        raise UnreadableError("file_damaged", str(error)) from error
    return _layouts(stream), macros


def _layouts(stream: bytes) -> list[Layout]:
    begins = []
    for kind, body in _records(stream, 0):
        if kind == _PASSWORD:
            raise UnreadableError("file_encrypted")
        if kind == _SHEET and len(body) >= 4:
            begins.append(struct.unpack_from("<I", body)[0])
    return [_layout(stream, begin) for begin in begins]


def _layout(stream: bytes, begin: int) -> Layout:
    layout = Layout()
    for kind, body in _records(stream, begin):
        if kind == _ROW and len(body) >= 16:
            row, flags = struct.unpack_from("<H10xH", body)
            if flags & _HIDDEN_ROW:
                layout.hidden_rows.add(row + 1)
        elif kind == _COLUMNS and len(body) >= 10:
            first, last, flags = struct.unpack_from("<HH4xH", body)
            if flags & _HIDDEN_COLUMN:
                layout.hidden_columns.append((first + 1, last + 1))
    return layout


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a substream up to its end; charts inside a sheet are substreams and passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        depth += (kind == 0x809) - (kind == _END)
        if depth <= 1:
            yield kind, stream[at : at + size]
        if depth <= 0:
            return
        at += size
