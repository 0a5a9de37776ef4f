"""A finding about the user's input, with coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error refuses the input, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Notice:
    """One finding: what (``code``), where (file, row as the user's program counts it, column), the value.

    The wording and the remedy are the catalogue's: ``notices.CODE`` and ``notices.CODE.remedy``, filled with ``value``,
    ``suggestions`` and ``params``.

    ``row`` is 0 and ``column`` empty where the finding concerns the whole file. ``value`` never holds a full ID number.
    ``worker_id`` names the person whom the finding makes unserved or rejected, where there is one.
    """

    code: str
    severity: Severity
    file: str
    row: int = 0
    column: str = ""
    value: str = ""
    sheet: str = ""
    worker_id: str = ""
    suggestions: tuple[str, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
