"""What a map shows, as tables: for screen readers, keyboards, paper, and whoever likes lists better."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first cell opens ``target`` (``routes:3``) on the map, its last holds people.

    It is shown with its ``kind`` at the times of ``when``; where that is None always.
    """

    cells: tuple[str, ...]
    target: str
    kind: str = ""
    when: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A table with a caption and a heading per cell."""

    title: str
    heading: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
