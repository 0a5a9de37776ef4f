"""A sheet as an .xlsx workbook for A4: text only, no clock inside, the list's heading repeated on each page."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from dispatch.language import Language, text
from dispatch.publish.locked import locked_xlsx
from dispatch.publish.manifests.sheet import Sheet, Table
from dispatch.publish.paper.code import QUIET_MODULES, trip_code
from dispatch.publish.passwords import Secret
from dispatch.sheet_text import put_text

LINE_PT = 14.0
ROW_PT = 21.0
QR_PX = 104
EXCEL_TEXT = 32_767
_A4 = 9
_GREY, _PALE = "#8C8C8C", "#EDF1F5"
_FONTS = {"zh": ("宋体", "黑体"), "en": ("Arial", "Arial")}
_LINED = {"border": 1, "border_color": _GREY, "text_wrap": True, "valign": "vcenter", "quote_prefix": True}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 17, "align": "center", "valign": "vcenter", "quote_prefix": True},
    "stamp": {"font_size": 9, "align": "center", "valign": "vcenter", "font_color": "#595959", "quote_prefix": True},
    "note": {"font_size": 9, "text_wrap": True, "valign": "vcenter", "font_color": "#595959", "quote_prefix": True},
    "head": {**_LINED, "bold": True, "font_size": 10, "align": "center", "bg_color": _PALE},
    "left": {**_LINED, "font_size": 10, "indent": 1},
    "centred": {**_LINED, "font_size": 10, "align": "center"},
    "sign": {"font_size": 10.5, "valign": "bottom", "indent": 1, "quote_prefix": True},
    "line": {"bottom": 1},
}


def write_workbook(
    sheet: Sheet, path: Path, *, language: Language, made_at: datetime, secret: Secret | None = None
) -> None:
    """Write the sheet, under a password where there is one; else the same sheet and ``made_at`` give the same bytes."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    created = made_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": sheet.title, "comments": sheet.stamp, "created": created})
    _Page(book, sheet, language).fill()
    book.close()
    path.write_bytes(locked_xlsx(made.getvalue(), secret))


@lru_cache(maxsize=1 << 14)
def lines(value: str, width: float) -> int:
    """Lines that ``value`` wraps to in a column of ``width`` narrow characters; a Han character takes two."""
    if 2 * len(value) <= width - 2 and "\n" not in value:
        return 1
    wide = len(value) if value.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in value)
    return max(1, ceil(wide / max(1.0, width - 2)), value.count("\n") + 1)


class _Page:
    """The one worksheet of a workbook, filled from the top."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet, language: Language) -> None:
        body, heading = _FONTS[language]
        strong = {"title", "head"}
        self.formats = {
            name: book.add_format({"font_name": heading if name in strong else body, **style})
            for name, style in _STYLES.items()
        }
        self.sheet, self.language = sheet, language
        self.page = book.add_worksheet(text(language, "manifests.tab"))
        self.widths = [column.width for column in sheet.main.columns]
        self.row = 0
        self.places: dict[tuple[int, ...], list[tuple[int, int, float]]] = {}

    def fill(self) -> None:
        self._set_up()
        self._across(self.sheet.title, "title", 30)
        self._across(self.sheet.stamp, "stamp", 21)
        self._facts()
        if self.sheet.overview:
            self._gap()
            self._table(self.sheet.overview)
        self._gap()
        self.page.repeat_rows(self.row)
        self._table(self.sheet.main)
        self._sign()
        self._across(self.sheet.note, "note", LINE_PT * lines(self.sheet.note, sum(self.widths)) + 4)
        self.page.print_area(0, 0, self.row - 1, len(self.widths) - 1)

    def _set_up(self) -> None:
        page = self.page
        page.set_paper(_A4)
        if self.sheet.landscape:
            page.set_landscape()
        page.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.65)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.hide_gridlines(2)
        for column, width in enumerate(self.widths):
            page.set_column(column, column, width)
        reference, stamp = (_footer_text(part) for part in (self.sheet.reference, self.sheet.stamp))
        pages = text(self.language, "manifests.pages", page="&P", pages="&N")
        page.set_footer(f"&L&8{reference}&C&9{pages}&R&8{stamp}", {"margin": 0.3})

    def _put(self, column: int, span: int, value: str, style: str) -> None:
        """One string over ``span`` columns of the current row; never a number, a link or a formula."""
        shown = self.formats[style]
        if span > 1:
            # merge_range guesses a type, so it only draws the frame and the text is written as a string.
            self.page.merge_range(self.row, column, self.row, column + span - 1, "", shown)
        if value:
            put_text(self.page, self.row, column, value[:EXCEL_TEXT], shown)
        elif span == 1:
            self.page.write_blank(self.row, column, None, shown)

    def _across(self, value: str, style: str, height: float) -> None:
        self.page.set_row(self.row, height)
        self._put(0, len(self.widths), value, style)
        self.row += 1

    def _gap(self) -> None:
        self.page.set_row(self.row, 8)
        self.row += 1

    def _facts(self) -> None:
        spans, top = self.sheet.fact_spans, self.row
        a_row = len(spans) // 2
        facts = list(self.sheet.facts)
        facts += [("", "")] * (-len(facts) % a_row)
        for at in range(0, len(facts), a_row):
            values = [value for pair in facts[at : at + a_row] for value in pair]
            self._spanned(values, spans, ["head", "left"] * a_row)
        if self.sheet.code:
            self._code(top, sum(spans))

    def _code(self, row: int, column: int) -> None:
        picture = BytesIO()
        code = trip_code(self.sheet.code)
        code.save(picture, kind="png", scale=4, border=QUIET_MODULES)
        scale = QR_PX / (4 * (code.symbol_size(border=QUIET_MODULES)[0]))
        free = sum(7 * width + 5 for width in self.widths[column:])
        place = {"image_data": picture, "x_scale": scale, "y_scale": scale, "description": self.sheet.reference}
        self.page.insert_image(
            row, column, "code.png", {**place, "x_offset": max(0, (free - QR_PX) // 2), "y_offset": 4}
        )

    def _table(self, table: Table) -> None:
        spans = [column.span for column in table.columns]
        self._spanned([column.heading for column in table.columns], spans, ["head"] * len(spans))
        styles = ["centred" if column.centred else "left" for column in table.columns]
        blanks = [""] * len(spans)
        for row in table.rows:
            self._spanned([*row, *blanks[len(row) :]], spans, styles)

    def _spanned(self, values: list[str], spans: tuple[int, ...] | list[int], styles: list[str]) -> None:
        most = 1
        for value, (column, span, width), style in zip(values, self._places(tuple(spans)), styles, strict=True):
            self._put(column, span, value, style)
            if value:
                most = max(most, lines(value, width))
        self.page.set_row(self.row, max(ROW_PT, LINE_PT * most + 4))
        self.row += 1

    def _places(self, spans: tuple[int, ...]) -> list[tuple[int, int, float]]:
        """First column, columns and width of each cell of a row; asked for row after row."""
        if spans not in self.places:
            starts = [0, *accumulate(spans)]
            self.places[spans] = [
                (at, span, sum(self.widths[at : at + span])) for at, span in zip(starts, spans, strict=False)
            ]
        return self.places[spans]

    def _sign(self) -> None:
        """Labels with a line to sign on, two a row."""
        left, right = _halves(self.widths)
        for at in range(0, len(self.sheet.signoff), 2):
            self.page.set_row(self.row, 30)
            for label, (first, mid, last) in zip(self.sheet.signoff[at : at + 2], (left, right), strict=False):
                self._put(first, mid - first, label, "sign")
                for column in range(mid, last):
                    self._put(column, 1, "", "line")
            self.row += 1
        self._gap()


def _halves(widths: list[float]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Columns of two label-and-line pairs side by side: (first, where the line starts, end)."""
    middle = next(m for m in range(len(widths), 0, -1) if sum(widths[:m]) <= sum(widths) / 2)

    def label_end(first: int) -> int:
        return next(end for end in range(first + 1, len(widths)) if sum(widths[first:end]) >= 18)

    return (0, label_end(0), middle), (middle, label_end(middle), len(widths))


def _footer_text(value: str) -> str:
    """Text for a footer: its codes doubled, and short, since Excel allows 255 characters in all."""
    return " ".join(value.split())[:80].replace("&", "&&")
