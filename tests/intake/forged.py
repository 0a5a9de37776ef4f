"""Workbooks as no spreadsheet program writes them, made from one that it does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from xlsxwriter import Workbook

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ROWS = [["姓名", "身份证号"], ["示例甲", "140829199001010000"], ["示例乙", "140829199002010000"]]

Change = bytes | Callable[[bytes], bytes]


def workbook(fill: Callable[[Workbook, Any], object] | None = None, rows: list[list[Any]] = ROWS) -> bytes:
    """An honest workbook with these rows; ``fill`` may do more to it."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
        if fill:
            fill(book, sheet)
    return content.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(content: bytes, changes: Mapping[str, Change]) -> bytes:
    """The workbook with other parts, or more of them."""
    had = parts(content)
    for name, change in changes.items():
        had[name] = change if isinstance(change, bytes) else change(had[name])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in had.items():
            archive.writestr(name, part)
    return made.getvalue()


def sheet(rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A workbook whose one sheet is this XML."""
    xml = HEAD + before + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"
    return changed(workbook(), {SHEET: xml})


def text_cell(place: str, text: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()
