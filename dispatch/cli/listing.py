"""The findings of a check as files: every notice, and the rows that were left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from dispatch.formulas import inert
from dispatch.model.demand import RejectedRow
from dispatch.model.notice import Notice, Severity
from dispatch.private_file import write_private

Words = tuple[str, str]
NOTICES = ("severity", "code", "file", "sheet", "row", "column", "value", "worker_id", "what", "remedy")
REJECTED = ("file", "sheet", "row", "worker_id", "name", "what", "remedy")
ASKING = frozenset({"heading_unclear", "heading_twice"})
HEADINGS = ("heading", "column", "candidates", "file", "sheet", "letter")


def write_notices(path: Path, notices: Sequence[Notice], words: Sequence[Words]) -> None:
    """Every notice with its wording, as UTF-8 CSV with BOM; the file is there whole or not at all."""
    _write(path, NOTICES, (_notice_row(n, *w) for n, w in zip(notices, words, strict=True)))


def write_rejected(
    path: Path, rejected: Sequence[RejectedRow], notices: Sequence[Notice], words: Sequence[Words], mark: str
) -> None:
    """One line per row of the roster that was left out, and per row of another input that holds an error.

    Each says all that is wrong with the row, ``mark`` in between; a row that is left out for a fault of a whole file
    says nothing.
    """
    faults: dict[tuple[str, str, int], list[tuple[Notice, Words]]] = {(r.file, r.sheet, r.row): [] for r in rejected}
    for notice, said in zip(notices, words, strict=True):
        if notice.severity is Severity.ERROR and notice.row:
            faults.setdefault((notice.file, notice.sheet, notice.row), []).append((notice, said))
    who = {(r.file, r.sheet, r.row): (r.worker_id, r.name) for r in rejected}
    _write(path, REJECTED, (_rejected_row(place, who.get(place), faults[place], mark) for place in sorted(faults)))


def write_headings(path: Path, unclear: Sequence[Notice]) -> None:
    """A line for each heading to answer, to be given back with ``--headings``: the likeliest column is filled in, and
    nothing where several headings mean the same.
    """
    rows = []
    for notice in unclear:
        params = dict(notice.params)
        likeliest = "" if notice.code == "heading_twice" else params["first_key"]
        rows.append((notice.value, likeliest, params["keys"], notice.file, notice.sheet, params["letter"]))
    _write(path, HEADINGS, dict.fromkeys(rows))


def _notice_row(notice: Notice, what: str, remedy: str) -> tuple[object, ...]:
    where = notice.file, notice.sheet, notice.row or "", notice.column, notice.value, notice.worker_id
    return (notice.severity, notice.code, *where, what, remedy)


def _rejected_row(
    place: tuple[str, str, int], who: tuple[str, str] | None, faults: Sequence[tuple[Notice, Words]], mark: str
) -> tuple[object, ...]:
    worker_id, name = who or (next((n.worker_id for n, _ in faults if n.worker_id), ""), "")
    what, remedy = (mark.join(dict.fromkeys(words[i] for _, words in faults)) for i in (0, 1))
    return (*place, worker_id, name, what, remedy)


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(headings)
    # A value quoted from a hostile sheet must not become a formula in this one.
    writer.writerows([[inert(str(cell)) for cell in row] for row in rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, content.getvalue().encode("utf-8-sig"))
