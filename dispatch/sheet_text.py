"""Text of anybody's making in the cells of a workbook."""

from __future__ import annotations

from typing import Any


def put_text(sheet: Any, row: int, column: int, words: str, look: Any) -> None:  # noqa: ANN401
    """Write a text into a cell of an XlsxWriter sheet, in the format ``look``, as it is and whatever it holds."""
    if words.startswith("<r>") and words.endswith("</r>"):
        # XlsxWriter takes such a text for markup of its own and writes it raw, which spoils the workbook or gives
        # every later cell another's text. In two runs it is a rich text, whose markup XlsxWriter makes itself.
        sheet.write_rich_string(row, column, words[:1], look, words[1:], look)
    else:
        sheet.write_string(row, column, words, look)
