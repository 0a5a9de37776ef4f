"""A printed form, before it becomes a workbook, a CSV file or a page."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.publish.privacy import Audience


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``width`` counts narrow characters; ``span`` counts columns of the sheet's grid.

    An ``ink`` column is left empty for a pen: rows carry no value for it, and it must stand last.
    """

    heading: str
    width: float = 0
    span: int = 1
    centred: bool = False
    ink: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and their rows of text; a row may be shorter by the ink columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form on A4: title, facts (an empty value is a blank to fill in), overview, the list itself, sign-off blanks.

    The columns of ``main`` are the grid: their spans are 1, and ``fact_spans`` (label, value, label, value, …) and the
    spans of ``overview`` count them; what the facts leave free at the right holds the QR code of ``code``.
    ``context`` is repeated on each row of the CSV file.
    """

    title: str
    stamp: str
    reference: str
    audience: Audience
    facts: tuple[tuple[str, str], ...]
    fact_spans: tuple[int, ...]
    overview: Table | None
    main: Table
    signoff: tuple[str, ...]
    note: str
    context: tuple[tuple[str, str], ...]
    code: str = ""
    landscape: bool = False

    def __post_init__(self) -> None:
        grid = len(self.main.columns)
        if self.overview and sum(c.span for c in self.overview.columns) != grid:
            raise ValueError(f"the overview of {self.title} does not cover its {grid} columns")
        if sum(self.fact_spans) > grid:
            raise ValueError(f"the facts of {self.title} are wider than its {grid} columns")
