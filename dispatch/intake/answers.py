"""What the user answers where a heading is not clear: a mapping in the config, or a small table in a file."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from dispatch.config import Settings
from dispatch.intake.cells import as_text
from dispatch.intake.headings import NOT_READ, Answers
from dispatch.intake.schema import Schema
from dispatch.intake.table import Findings
from dispatch.intake.taking import take


def read_answers(settings: Settings, schemas: Iterable[Schema], findings: Findings) -> tuple[Answers, str]:
    """The column of each heading that the user named, and the digest of the file where they stand in one.

    An answer that is no column is a finding.
    """
    given, digest = settings.inputs.headings, ""
    if isinstance(given, dict):
        answers, file = given, settings.path.name
    else:
        path = settings.path.resolve().parent / given
        file = path.name
        source = take(path, file, settings.reading, findings)
        if source is None:
            return {}, ""
        rows = [[as_text(cell) for cell in row[:2]] for grid in source.grids[:1] for row in grid.rows[1:]]
        digest = source.sha256
        answers = {row[0]: row[1] for row in rows if len(row) == 2 and all(row)}
    columns = sorted({column.key for schema in schemas for column in schema.columns})
    for heading, key in answers.items():
        if key != NOT_READ and key not in columns:
            near = tuple(get_close_matches(key, columns, 3, 0.4))
            findings.file("heading_answer_unknown", file, value=key, suggestions=near, heading=heading)
    return answers, digest
