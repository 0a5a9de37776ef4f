"""A sheet's list as CSV: UTF-8 with BOM for Excel, no cell that starts a formula."""

from __future__ import annotations

import csv
from pathlib import Path

from dispatch.publish.manifests.sheet import Sheet

# Full-width signs count: Excel in a Chinese locale reads them as their narrow twins.
_STARTERS = tuple("=+-@＝＋－＠\t\r\n")


def inert(value: str) -> str:
    """The cell with a leading ``'`` where a spreadsheet would start a formula, even behind blanks."""
    return f"'{value}" if value.lstrip(" \u3000\u00a0").startswith(_STARTERS) or value.startswith(_STARTERS) else value


def write_delimited(sheet: Sheet, path: Path, stamp: tuple[tuple[str, str], ...]) -> None:
    """Write the list without ink columns, the sheet's context before and ``stamp`` (heading, value) after each row."""
    columns = [column.heading for column in sheet.main.columns if not column.ink]
    before, after = [v for _, v in sheet.context], [v for _, v in stamp]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([inert(h) for h in (*(h for h, _ in sheet.context), *columns, *(h for h, _ in stamp))])
        writer.writerows([inert(cell) for cell in (*before, *row, *after)] for row in sheet.main.rows)
