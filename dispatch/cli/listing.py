"""The findings of a check as files: every notice, and the rows that were left out."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from dispatch.model.notice import Notice, Severity

Words = tuple[str, str]
NOTICES = ("severity", "code", "file", "sheet", "row", "column", "value", "worker_id", "what", "remedy")
REJECTED = ("file", "sheet", "row", "worker_id", "what")


def write_notices(path: Path, notices: Sequence[Notice], words: Sequence[Words]) -> None:
    """Every notice with its wording, as UTF-8 CSV with BOM; the file is there whole or not at all."""
    _write(path, NOTICES, (_notice_row(n, *w) for n, w in zip(notices, words, strict=True)))


def write_rejected(path: Path, notices: Sequence[Notice], words: Sequence[Words], mark: str) -> None:
    """One line per row that holds an error, with all that is wrong with it, ``mark`` in between."""
    faults = [(n, what) for n, (what, _) in zip(notices, words, strict=True) if n.severity is Severity.ERROR and n.row]
    faults.sort(key=lambda fault: (fault[0].file, fault[0].sheet, fault[0].row))
    rows = groupby(faults, key=lambda fault: (fault[0].file, fault[0].sheet, fault[0].row))
    _write(path, REJECTED, (_rejected_row(list(group), mark) for _, group in rows))


def _notice_row(notice: Notice, what: str, remedy: str) -> tuple[object, ...]:
    where = notice.file, notice.sheet, notice.row or "", notice.column, notice.value, notice.worker_id
    return (notice.severity, notice.code, *where, what, remedy)


def _rejected_row(faults: Sequence[tuple[Notice, str]], mark: str) -> tuple[object, ...]:
    first = faults[0][0]
    worker_id = next((n.worker_id for n, _ in faults if n.worker_id), "")
    return (first.file, first.sheet, first.row, worker_id, mark.join(what for _, what in faults))


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[_inert(str(cell)) for cell in row] for row in rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(content.getvalue(), encoding="utf-8-sig", newline="")
    unfinished.replace(path)


def _inert(cell: str) -> str:
    # A value quoted from a hostile sheet must not become a formula in this one.
    return f"'{cell}" if cell.lstrip()[:1] in tuple("=+-@＝＋－＠") else cell
