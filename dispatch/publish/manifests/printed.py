"""A sheet as a PDF for A4: what the workbook holds, set so that no text leaves its cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from dispatch.language import Language, text
from dispatch.publish.locked import locked_pdf
from dispatch.publish.manifests.ruled import lanes, ruled
from dispatch.publish.manifests.sheet import Sheet, Table
from dispatch.publish.paper import print_pdf, trip_code_mm, trip_code_svg
from dispatch.publish.paper.fitting import fitted
from dispatch.publish.passwords import Secret

_TEMPLATE = "manifests/manifest.typ"
_INK_PT = {False: 538.5, True: 785.0}  # A4 upright and across, less 10 mm at each side
_LARGEST_PT = 9.0
# Points of text for a point of one narrow character's width: the widest columns of digits then fit without shrinking.
_TEXT_OF_UNIT = 1.92
_ROW_PT, _PEN_PT = 15.5, 21.5  # the least height of a row of a list, and where somebody signs in it
_WRITTEN_PT = 20.0  # the least height of a fact that is written by hand; what is printed needs no more than its letters
_LETTER, _AROUND_PT = 0.733, 7.0  # height of the letters in ems, and the room above and below them
_FOOTER_PT, _FOOTER_SHARE, _REFERENCE = 7, 0.25, 80  # size of its text; what the reference has of its width and at most


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
        "reference": _reference(reference, ink),
        "stamp": sheet.stamp,
        "note": sheet.note,
        "pages": text(language, "manifests.pages", page="{page}", pages="{pages}"),
        "landscape": sheet.landscape,
        "size": round(size, 2),
        "facts": _facts(sheet, grid, size),
        "code": trip_code_svg(sheet.code) if sheet.code else "",
        "code_mm": trip_code_mm(sheet.code) if sheet.code else 0,
        "tables": [_table(table, grid, size) for table in (sheet.overview, sheet.main) if table],
        "signoff": sheet.signoff,
    }


def _reference(value: str, ink: float) -> dict[str, object]:
    fit = fitted(value, _FOOTER_SHARE * ink / _FOOTER_PT)
    return {"text": value, "scale": fit.scale, "loose": fit.loose}


def _facts(sheet: Sheet, grid: Sequence[float], size: float) -> list[dict[str, object]]:
    """Labels and values in rows, as wide as the sheet says; what is left over at the right is the code's."""
    spans = sheet.fact_spans
    labels = [n % 2 == 0 for n in range(len(spans))]
    across = lanes(spans, grid, centred=labels, head=labels)
    cells = [cell for pair in sheet.facts for cell in pair]
    rows = [cells[at : at + len(spans)] for at in range(0, len(cells), len(spans))]
    # rows of one height with as many columns
    alike = groupby(rows, lambda row: (_lettered(size) if all(row) else _WRITTEN_PT, len(row)))
    return [ruled(across[:columns], found, size, least) for (least, columns), found in alike]


def _table(table: Table, grid: Sequence[float], size: float) -> dict[str, object]:
    spans, centred = [column.span for column in table.columns], [column.centred for column in table.columns]
    yes, no = [True] * len(spans), [False] * len(spans)
    headings = [[column.heading for column in table.columns]]
    least = _PEN_PT if any(column.ink for column in table.columns) else _ROW_PT
    return {
        "head": ruled(lanes(spans, grid, centred=yes, head=yes), headings, size, _lettered(size)),
        "body": ruled(lanes(spans, grid, centred=centred, head=no), table.rows, size, least),
    }


def _lettered(size: float) -> float:
    return round(_LETTER * size + _AROUND_PT, 2)
