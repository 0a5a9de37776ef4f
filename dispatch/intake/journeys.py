"""People who travel more than once in one plan, out and back: a row of the roster for each journey."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dispatch.intake.cells import as_code, as_name
from dispatch.intake.identity import as_id, is_number, masked, persons
from dispatch.intake.table import Table
from dispatch.model.notice import Severity


@dataclass(frozen=True, slots=True)
class Journeys:
    """What the rows of a roster say of who goes where and when; ``persons`` is empty where the ID number is wrong."""

    ids: pd.Series[Any]
    names: pd.Series[Any]
    numbers: pd.Series[Any]
    persons: pd.Series[Any]
    employers: pd.Series[Any]
    ready: pd.Series[Any]
    due: pd.Series[Any]


def row_ids(table: Table) -> pd.Series[Any]:
    """The id of each row: its ``worker_id``, made from the row where blank or an ID number, since every table and
    message shows ids.

    Where a person's rows have one ``worker_id``, the second journey is ``W12-2``: in a plan an id is one journey.
    """
    given = table.text("worker_id", as_code).map(lambda code: "" if is_number(code) else code)
    people = persons(table.text("id_number", as_id), table.text("name", as_name))
    times: Counter[tuple[str, str]] = Counter()
    taken = set(given)
    ids = []
    for row, code, person in zip(table.rows, given, people, strict=True):
        times[code, person] += 1
        again = times[code, person] if code and person else 1
        made = f"W{row}r" if f"W{row}" in taken else f"W{row}"
        ids.append((code or made) + (f"-{again}" if again > 1 else ""))
    return pd.Series(ids, index=given.index, dtype=object)


def note_numbers(table: Table) -> None:
    """Say how many ids are ID numbers, which ``row_ids`` does not use."""
    count = int(table.text("worker_id", as_code).map(is_number).sum())
    if count:
        table.findings.file("worker_id_is_number", table.file, severity=Severity.NOTE, count=str(count))


def check_journeys(table: Table, journeys: Journeys) -> None:
    """Somebody may stand in several rows whose windows do not meet; the others are the same journey twice."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, person in zip(table.rows, journeys.persons, strict=True):
        if person:
            rows[person].append(row)
    several = [own for own in rows.values() if len(own) > 1]
    first = {row: met for own in several for i, row in enumerate(own) if (met := _meets(journeys, row, own[:i]))}
    twice = pd.Series([row in first for row in table.rows], index=table.frame.index)
    shown = journeys.numbers.map(masked)
    told = pd.Series([str(first.get(row, "")) for row in table.rows], index=twice.index, dtype=object)
    table.flag("id_number", twice, "duplicate_id_number", values=shown, first=told)
    again = sum(any(row not in first for row in own[1:]) for own in several)
    if again:
        table.findings.file("travels_again", table.file, severity=Severity.NOTE, count=str(again))


def _meets(journeys: Journeys, row: int, others: Sequence[int]) -> int:
    """The first of some rows whose window has a minute in common with that of ``row``; 0 where there is none."""
    return next((o for o in others if overlap(journeys, row, o)), 0)


def overlap(journeys: Journeys, a: int, b: int) -> bool:
    """Whether the windows of two rows meet."""
    return bool(journeys.ready[a] <= journeys.due[b] and journeys.ready[b] <= journeys.due[a])
