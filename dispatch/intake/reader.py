"""Files to grids of raw cells, whoever made them: .xlsx and .xls in a child process with limits, text in place.

What a file is its bytes say and not its name. Whatever cannot be read as a table is an ``UnreadableError`` with the
code of a notice; nothing in a file can end the program, and none costs more than its size allows (``Budget``).
"""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

from dispatch.intake.files.delimited import read_delimited
from dispatch.intake.files.grid import Budget, Cell, Content, Grid, Remark, Source, UnreadableError
from dispatch.intake.files.kinds import Kind, kind_of
from dispatch.intake.files.workbook import read_apart
from dispatch.model.notice import Severity
from dispatch.regular_file import NotRegularError, TooLargeError, read_regular

__all__ = ["Cell", "Grid", "Remark", "Source", "UnreadableError", "read_source"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")


def read_source(
    path: Path, *, max_file_mb: int = 300, max_unpacked_mb: int | None = None, leave_hidden_out: bool = False
) -> Source:
    """The visible sheets of a file; raises ``UnreadableError`` for whatever cannot be read as a table.

    The limits are those of the config's section ``reading``.
    """
    content = _bytes(path, max_file_mb * 2**20)
    budget = Budget.of(len(content), unpacked_mb=max_unpacked_mb, leave_hidden_out=leave_hidden_out)
    kind, named_workbook = kind_of(content), path.suffix.lower() in _WORKBOOKS
    if kind is Kind.OTHER:
        raise UnreadableError("file_kind")
    if not content and named_workbook:
        raise UnreadableError("file_truncated")
    read = _read_text(content, budget) if kind is Kind.TEXT else read_apart(content, kind, budget)
    if named_workbook != (kind in {Kind.ARCHIVE, Kind.COMPOUND}):
        read = Content(read.grids, (*read.remarks, Remark(f"named_otherwise_{kind}", Severity.NOTE)), read.lossy)
    return Source(read.grids, hashlib.sha256(content).hexdigest(), read.remarks, read.lossy)


def _read_text(content: bytes, budget: Budget) -> Content:
    try:
        return read_delimited(content, budget)
    except MemoryError as error:
        raise UnreadableError("file_too_costly") from error


def _bytes(path: Path, most: int) -> bytes:
    try:
        return read_regular(path, most)
    except NotRegularError as error:
        raise UnreadableError("file_not_regular") from error
    except TooLargeError as error:
        raise UnreadableError("file_too_large", limit=str(most // 2**20)) from error
    except FileNotFoundError as error:
        raise UnreadableError("file_missing") from error
    except OSError as error:
        if error.errno in {errno.EISDIR, errno.ENXIO}:
            raise UnreadableError("file_not_regular") from error
        raise UnreadableError("file_unreadable", error.strerror or "") from error
