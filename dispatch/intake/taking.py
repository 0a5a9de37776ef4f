"""A file of the office taken in: its sheets, and the findings about the file itself."""

from __future__ import annotations

from pathlib import Path

from dispatch.config import Reading
from dispatch.intake.reader import Source, UnreadableError, read_source
from dispatch.intake.table import Findings, Table
from dispatch.model.notice import Notice, Severity
from dispatch.system_text import readable


def take(path: Path, name: str, reading: Reading, findings: Findings) -> Source | None:
    """The content of a file within the config's limits; None, with a finding, where it cannot be read as a table.

    Findings call the file by its ``name``.
    """
    try:
        source = read_source(
            path,
            max_file_mb=reading.max_file_mb,
            max_unpacked_mb=reading.max_unpacked_mb,
            leave_hidden_out=reading.hidden_rows == "leave_out",
        )
    except UnreadableError as error:
        sheet = error.params.get("sheet", "")
        params = tuple((key, shown) for key, shown in error.params.items() if key != "sheet")
        found = Notice(error.code, Severity.ERROR, name, value=readable(str(path)), sheet=sheet, params=params)
        findings.notices.append(found)
        return None
    findings.notices += [
        Notice(each.code, each.severity, name, value=each.value, sheet=each.sheet, params=each.params)
        for each in source.remarks
    ]
    return source


def flag_lost_characters(table: Table) -> None:
    """An error in each cell that holds the mark of bytes which were no character of the file's encoding."""
    for key in table.frame.columns:
        lost = table.raw(key).map(lambda cell: isinstance(cell, str) and "\ufffd" in cell).astype(bool)
        table.flag(str(key), lost, "character_lost")
