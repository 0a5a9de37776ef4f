"""People who travel more than once in one plan, out and back: a row of the roster for each journey."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dispatch.intake.cells import as_code, as_name
from dispatch.intake.identity import MIN_LENGTH, as_id, is_number, masked, persons
from dispatch.intake.table import Table, filled, mapped, only
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

    Where a person's rows have one ``worker_id``, the second journey is ``W12-2``: in a plan an id is one journey. Every
    township numbers its list from 1: number 3 of the second list is ``2.3`` where the first has a 3 too.
    """
    given, numbers = table.text("worker_id", as_code), _numbers(table)
    given = given.where(~numbers, "") if numbers.any() else given
    blank = ~filled(given)
    repeated = table.repeated(given) & ~blank
    if not (blank | repeated).any():
        return given
    people = persons(table.text("id_number", as_id), table.text("name", as_name))
    if len(table.parts) > 1:
        given = _told_apart(given, people, table.part_numbers())
    taken = set(given)
    times: Counter[tuple[str, str]] = Counter()
    ids = given.copy()
    which = (blank | repeated).to_numpy(bool)
    rows = zip(table.row_names("W")[which], given[which], people[which], strict=True)
    ids[which] = [_own_id(made, code, person, taken, times) for made, code, person in rows]
    return ids


def _own_id(made: str, code: str, person: str, taken: set[str], times: Counter[tuple[str, str]]) -> str:
    """The id of a row by its own code, else by the name made of its place; a person's second one gets a number."""
    if not code:
        return f"{made}r" if made in taken else made
    times[code, person] += 1
    again = times[code, person] if person else 1
    return code if again == 1 else f"{code}-{again}"


def of_part(part: int, code: str) -> str:
    """What a list's own number is called among those of several lists, counted from 0."""
    return f"{part + 1}.{code}" if part else code


def _told_apart(given: pd.Series[Any], people: pd.Series[Any], parts: pd.Series[Any]) -> pd.Series[Any]:
    first: dict[str, tuple[int, str]] = {}
    codes = []
    for code, person, part in zip(given, people, parts, strict=True):
        elsewhere, known = first.setdefault(code, (part, person)) if code else (part, person)
        codes.append(code if elsewhere == part or (person and person == known) else of_part(part, code))
    return mapped(given.index, codes)


def note_numbers(table: Table) -> None:
    """Say how many ids are ID numbers, which ``row_ids`` does not use."""
    table.tally("worker_id_is_number", _numbers(table), Severity.NOTE)


def _numbers(table: Table) -> pd.Series[Any]:
    """Which worker ids are ID numbers; the short ones, as most are, cannot be."""
    if table.longest("worker_id", as_code) < MIN_LENGTH:
        return pd.Series(data=False, index=table.frame.index)
    codes = table.text("worker_id", as_code)
    numbers = [len(code) >= MIN_LENGTH and is_number(code) for code in codes.tolist()]
    return pd.Series(numbers, index=codes.index, dtype=bool)


def check_journeys(table: Table, journeys: Journeys, employers: Mapping[str, str]) -> None:
    """Somebody may stand in several rows whose windows do not meet; the others are the same journey twice.

    ``employers`` has the name of each employer, to say where somebody is promised to two of them.
    """
    repeated = table.repeated(journeys.persons) & filled(journeys.persons)
    if not repeated.any():
        return
    labels: dict[str, list[int]] = defaultdict(list)
    people = journeys.persons[repeated]
    for label, person in zip(people.index, people, strict=True):
        labels[person].append(label)
    first = {
        label: met
        for own in labels.values()
        for i, label in enumerate(own)
        if (met := _meets(journeys, label, own[:i]))
    }
    again = [label for own in labels.values() if any(one not in first for one in own[1:]) for label in own[1:2]]
    index = table.frame.index
    twice = pd.Series(index.isin(first), index=index)
    other = pd.Series(first, dtype=object).reindex(index)
    promised = mapped(index, [employers.get(e, e) for e in journeys.employers])
    two = pd.Series(index.isin([a for a, b in first.items() if _two_employers(journeys, a, b)]), index=index)
    shown = only(journeys.numbers, twice, masked)
    table.flag("id_number", twice & ~two, "duplicate_id_number", values=shown, other=other)
    names = mapped(index, [promised[first[label]] if label in first else "" for label in index])
    table.flag("id_number", two, "two_employers", values=shown, other=other, employer=promised, another=names)
    table.tally("travels_again", pd.Series(index.isin(again), index=index), Severity.NOTE)


def _two_employers(journeys: Journeys, a: int, b: int) -> bool:
    return bool(journeys.employers[a] and journeys.employers[b] and journeys.employers[a] != journeys.employers[b])


def _meets(journeys: Journeys, label: int, others: Sequence[int]) -> int:
    """The first of some rows whose window has a minute in common with that of ``label``; 0 where there is none."""
    return next((o for o in others if overlap(journeys, label, o)), 0)


def overlap(journeys: Journeys, a: int, b: int) -> bool:
    """Whether the windows of two rows meet."""
    return bool(journeys.ready[a] <= journeys.due[b] and journeys.ready[b] <= journeys.due[a])
