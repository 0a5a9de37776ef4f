"""A sheet as a PDF for A4: what the workbook holds, set so that no text leaves its cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from pathlib import Path

from dispatch.language import Language, text
from dispatch.publish.locked import locked_pdf
from dispatch.publish.manifests.sheet import Sheet, Table
from dispatch.publish.paper import print_pdf, trip_code_mm, trip_code_svg
from dispatch.publish.paper.fitting import AS_IT_IS, fitted
from dispatch.publish.passwords import Secret

_TEMPLATE = "manifests/manifest.typ"
_INK_PT = {False: 538.5, True: 785.0}  # A4 upright and across, less 10 mm at each side
_INSET_PT = 2.4
_LARGEST_PT = 9.0
# Points of text for a point of one narrow character's width: the widest columns of digits then fit without shrinking.
_TEXT_OF_UNIT = 1.92
_ROW_PT, _PEN_PT = 15.5, 21.5  # the least height of a row, and where somebody signs in it
_FOOTER_PT, _FOOTER_SHARE, _REFERENCE = 7, 0.25, 80  # size of its text; what the reference has of its width and at most
_HEAD = 1.05  # headings have a stroke around them

# A cell of the template: text alone, or with the scale of its size, whether it is on one line and whether its words
# may break anywhere.
_Cell = str | tuple[str, float, bool, bool]


def write_pdf(sheet: Sheet, path: Path, *, language: Language, made_at: datetime, secret: Secret | None = None) -> None:
    """Write the sheet, under a password where there is one; else the same sheet and ``made_at`` give the same bytes.

    Raises ``OSError``.
    """
    printed = print_pdf(_TEMPLATE, _layout(sheet, language), language=language, made_at=made_at)
    path.write_bytes(locked_pdf(printed, secret))


def _layout(sheet: Sheet, language: Language) -> dict[str, object]:
    ink = _INK_PT[sheet.landscape]
    unit = ink / sum(column.width for column in sheet.main.columns)
    grid = [column.width * unit for column in sheet.main.columns]
    size = min(_LARGEST_PT, unit * _TEXT_OF_UNIT)
    reference = " ".join(sheet.reference.split())[:_REFERENCE]
    return {
        "name": f"{sheet.title} {reference}",
        "title": sheet.title,
        "reference": _cell(reference, _FOOTER_SHARE * ink / _FOOTER_PT),
        "stamp": sheet.stamp,
        "note": sheet.note,
        "pages": text(language, "manifests.pages", page="{page}", pages="{pages}"),
        "landscape": sheet.landscape,
        "size": round(size, 2),
        "inset": _INSET_PT,
        "facts": _facts(sheet, grid, size),
        "code": trip_code_svg(sheet.code) if sheet.code else "",
        "code_mm": trip_code_mm(sheet.code) if sheet.code else 0,
        "tables": [_table(table, grid, size) for table in (sheet.overview, sheet.main) if table],
        "signoff": sheet.signoff,
    }


def _facts(sheet: Sheet, grid: Sequence[float], size: float) -> dict[str, object]:
    """Labels and values in rows, as wide as the sheet says; what is left over at the right is the code's."""
    widths = _spanned(sheet.fact_spans, grid)
    cells = _cells([cell for pair in sheet.facts for cell in pair], widths, size, [_HEAD, 1.0] * len(widths))
    pairs = list(zip(cells[::2], cells[1::2], strict=True))
    return {"widths": widths, "pairs": pairs, "free": -len(cells) % len(widths)}


def _table(table: Table, grid: Sequence[float], size: float) -> dict[str, object]:
    widths = _spanned([column.span for column in table.columns], grid)
    plain = [1.0] * len(widths)
    blanks = [""] * len(widths)
    rows = [_cells([*row, *blanks[len(row) :]], widths, size, plain) for row in table.rows]
    signed = any(column.ink for column in table.columns)
    return {
        "widths": widths,
        "centred": [column.centred for column in table.columns],
        "heads": _cells([column.heading for column in table.columns], widths, size, [_HEAD] * len(widths)),
        "rows": rows,
        "height": _PEN_PT if signed else _ROW_PT,
        "signed": signed,
        "grows": [not all(isinstance(cell, str) or cell[2] for cell in row) for row in rows],
    }


def _spanned(spans: Iterable[int], grid: Sequence[float]) -> list[float]:
    edges = pairwise([0, *accumulate(spans)])
    return [round(sum(grid[first:end]), 2) for first, end in edges]


def _cells(values: Sequence[str], widths: Sequence[float], size: float, heavier: Sequence[float]) -> list[_Cell]:
    return [
        _cell(value, (widths[n % len(widths)] - 2 * _INSET_PT) / (size * heavier[n % len(heavier)]))
        for n, value in enumerate(values)
    ]


def _cell(value: str, room: float) -> _Cell:
    fit = fitted(value, room)
    return value if fit == AS_IT_IS else (value, fit.scale, fit.one_line, fit.loose)
