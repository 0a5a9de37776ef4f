"""A sheet's list as CSV: UTF-8 with BOM for Excel, no cell that starts a formula."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from dispatch.formulas import inert
from dispatch.publish.manifests.sheet import Sheet


def write_delimited(sheet: Sheet, path: Path, stamp: tuple[tuple[str, str], ...]) -> None:
    """Write the list without ink columns, the sheet's context before and ``stamp`` (heading, value) after each row."""
    columns = [column.heading for column in sheet.main.columns if not column.ink]
    before, after = [v for _, v in sheet.context], [v for _, v in stamp]
    headings = (*(h for h, _ in sheet.context), *columns, *(h for h, _ in stamp))
    write_rows(path, headings, ((*before, *row, *after) for row in sheet.main.rows))


def write_rows(path: Path, headings: Iterable[str], rows: Iterable[Iterable[str]], *, mode: int = 0o666) -> None:
    """Write a new file of those rows; ``mode`` is who may read it, where the system knows. Raises ``OSError``."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8-sig", newline=""
    ) as file:
        writer = csv.writer(file)
        writer.writerow(map(inert, headings))
        writer.writerows(map(inert, row) for row in rows)
