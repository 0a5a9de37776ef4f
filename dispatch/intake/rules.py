"""Rules that look at several rows or tables at once: guardians and parties, headcounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dispatch.config import PeoplePolicy, Settings
from dispatch.intake.cells import as_code, as_name
from dispatch.intake.identity import as_id, without_number
from dispatch.intake.journeys import Journeys, of_part, overlap
from dispatch.intake.table import Table, each, filled, mapped, nearest, only
from dispatch.model.demand import ADULT_AGE, Worker
from dispatch.model.notice import Notice, Severity
from dispatch.model.supply import Employer, Stop


@dataclass(frozen=True, slots=True)
class Parties:
    """Party and guardian's worker id of each row, empty where there is none; a minor is in the guardian's party."""

    parties: pd.Series[Any]
    guardians: pd.Series[Any]


@dataclass(frozen=True, slots=True)
class Ages:
    """Whole years of each row on the first day of its window and on the horizon's last, NaN where unknown."""

    first: pd.Series[Any]
    last: pd.Series[Any]


def join_guardians(table: Table, journeys: Journeys, ages: Ages, policy: PeoplePolicy) -> Parties:
    """Check ages and guardians, and put every minor into the guardian's party: only ``party`` matters later."""
    ids, named = journeys.ids, table.text("guardian_id")
    parts = table.part_numbers()
    guardians = _guardians(journeys, named, parts)
    given = each(named, without_number)
    child = ages.last < policy.guardian_age
    limit = str(policy.guardian_age)
    named_none = ~filled(given)
    lone = child & named_none
    table.flag("guardian_id", lone, "minor_without_guardian", values=only(ages.last, lone, shown_age), limit=limit)
    if not named_none.all():
        guardians = _checked(table, journeys, guardians, given, ages, policy)
    alone = (ages.last < policy.min_age) & named_none & ~child
    old = ages.last > policy.max_age
    for code, mask, bound in (("under_age", alone, policy.min_age), ("over_age", old, policy.max_age)):
        shown = only(ages.last, mask, shown_age)
        table.flag("id_number", mask, code, severity=Severity.WARNING, values=shown, limit=str(bound))
    parties = _joined(_of_their_lists(table, parts), ids, guardians)
    _flag_twice(table, journeys.persons, parties)
    _refuse_with_guardian(table, ids, guardians, given)
    return Parties(parties, guardians)


def _checked(
    table: Table,
    journeys: Journeys,
    guardians: pd.Series[Any],
    given: pd.Series[Any],
    ages: Ages,
    policy: PeoplePolicy,
) -> pd.Series[Any]:
    """The guardians without those who are their own; unknown, minor and crowded ones are flagged."""
    table.flag("guardian_id", (guardians == "") & (given != ""), "guardian_unknown", values=given)
    of_age = max(ADULT_AGE, policy.guardian_age)
    young = guardians.isin(set(journeys.ids[ages.first < of_age]))
    # Lists of teams have the leader's own name beside the leader too.
    guardians = guardians.where((guardians != journeys.ids) | young, "")
    table.flag("guardian_id", young, "guardian_is_minor", values=given, limit=str(of_age))
    _flag_crowds(table, guardians.where(ages.first < ADULT_AGE, ""), given, policy.children_per_escort)
    return guardians


def _of_their_lists(table: Table, parts: pd.Series[Any]) -> pd.Series[Any]:
    """The parties of the rows; two lists that both have a party 1 mean two parties."""
    parties = table.text("party", as_code)
    if len(table.parts) == 1:
        return parties
    first = parts.groupby(parties).transform("min")
    elsewhere = (parties != "") & (parts != first)
    table.tally("party_in_two_lists", elsewhere, Severity.NOTE)
    own = [of_part(part, party) for part, party in zip(parts, parties, strict=True)]
    return parties.where(~elsewhere, mapped(parties.index, own))


def shown_age(age: float) -> str:
    """An age as a finding shows it."""
    return "" if pd.isna(age) else str(int(age))


def _flag_twice(table: Table, persons: pd.Series[Any], parties: pd.Series[Any]) -> None:
    """Two journeys of one person in one party: it would have to leave in two windows at once."""
    known = table.repeated(persons) & filled(persons) & filled(parties) & ~table.refused
    if known.any():
        table.duplicates("party", (persons + " " + parties).where(known, ""), "party_twice", shown=parties)


def _flag_crowds(table: Table, guardians: pd.Series[Any], given: pd.Series[Any], limit: int) -> None:
    """The minors beyond the number that one guardian or escort may have."""
    if not filled(guardians).any():
        return
    number = guardians.groupby(guardians).cumcount() + 1
    count = guardians.map(guardians.value_counts()).map(str)
    beyond = (guardians != "") & (number > limit)
    table.flag("guardian_id", beyond, "escort_too_many", values=given, limit=str(limit), count=count)


def _guardians(journeys: Journeys, given: pd.Series[Any], parts: pd.Series[Any]) -> pd.Series[Any]:
    """The id of each row's guardian, empty where nobody is named, or nobody in particular.

    A guardian is named by id, by ID number, or by a name that only one person has, or only one of the ward's own list.
    Of somebody who travels more than once, it is the journey at the ward's time and to the ward's site.
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    if not filled(given).any():
        return mapped(given.index, [""] * len(given))
    named: dict[object, set[str]] = defaultdict(set)
    numbered: dict[str, set[str]] = defaultdict(set)
    columns = (journeys.persons.index, journeys.persons, journeys.names, journeys.numbers, parts)
    for row, person, name, number, part in zip(*columns, strict=True):
        key = person or f"row {row}"
        rows_of[key].append(row)
        named[name].add(key)
        named[name, part].add(key)
        numbered[number].add(key)
    row_of = dict(zip(journeys.ids, journeys.ids.index, strict=True))
    key_of = {row: key for key, rows in rows_of.items() for row in rows}

    def find(ward: int, text: str) -> str:
        part, code, name = parts[ward], as_code(text), as_name(text)
        own = row_of.get(of_part(part, code), row_of.get(code))
        known = {key_of[own]} if own is not None else numbered.get(as_id(text)) or named.get(name) or set()
        known = known if len(known) == 1 else named.get((name, part), set())
        if len(known) != 1:
            return ""
        return str(journeys.ids[min(rows_of[next(iter(known))], key=lambda row: _unlike(journeys, ward, row, own))])

    found = [find(ward, text) if text else "" for ward, text in zip(journeys.ids.index, given, strict=True)]
    return pd.Series(found, index=given.index, dtype=object)


def _unlike(journeys: Journeys, ward: int, row: int, own: int | None) -> tuple[bool, bool, bool]:
    """How little a guardian's journey is the ward's; the one named by its id comes first among equals."""
    together = overlap(journeys, ward, row)
    return not together, journeys.employers[ward] != journeys.employers[row], row != own


def _refuse_with_guardian(table: Table, ids: pd.Series[Any], guardians: pd.Series[Any], given: pd.Series[Any]) -> None:
    if not filled(guardians).any():
        return
    # A guardian may have a leader, whose refusal comes down to the children.
    while (lost := guardians.isin(set(ids[table.refused])) & ~table.refused).any():
        table.flag("guardian_id", lost, "guardian_rejected", values=given)


def _joined(parties: pd.Series[Any], ids: pd.Series[Any], guardians: pd.Series[Any]) -> pd.Series[Any]:
    """Parties with minors' and guardians' parties made one, under the guardian's name for it.

    A guardian may have a leader, who may have another: all of them are one party.
    """
    if not filled(guardians).any():
        return parties
    involved = {*ids[guardians != ""], *guardians}
    named = {i: own or (f"guardian-{i}" if i in involved else "") for i, own in zip(ids, parties, strict=True)}
    merged: dict[str, str] = {}
    for child, guardian in zip(ids, guardians, strict=True):
        if guardian and (own := _root(merged, named[child])) != (target := _root(merged, named[guardian])):
            merged[own] = target
    given = [party or (named[i] if i in involved else "") for i, party in zip(ids, parties, strict=True)]
    return mapped(parties.index, [_root(merged, party) for party in given])


def _root(merged: dict[str, str], party: str) -> str:
    while party in merged:
        party = merged[party]
    return party


def headcount_notices(file: str, employers: Iterable[Employer], workers: Iterable[Worker]) -> list[Notice]:
    """A warning for each employer that asked for another number of people than the roster sends."""
    asked = [e for e in employers if e.headcount is not None]
    people = Counter[Hashable](w.employer_id for w in workers) if asked else Counter[Hashable]()
    return [
        Notice(
            "headcount_differs",
            Severity.WARNING,
            file,
            value=e.name,
            params=(("headcount", str(e.headcount)), ("people", str(people[e.employer_id]))),
        )
        for e in asked
        if e.headcount != people[e.employer_id]
    ]


def square_notices(settings: Settings, stops: Sequence[Stop]) -> list[Notice]:
    """An error for each square of the config that is no stop; none while there are no stops to compare with."""
    known = {s.stop_id for s in stops}
    near = nearest(sorted(known))
    return [
        Notice(
            "unknown_square",
            Severity.ERROR,
            settings.path.name,
            column="policy.squares",
            value=stop,
            suggestions=tuple(near(stop)),
            params=(("stops", settings.inputs.stops.name),),
        )
        for stop in settings.policy.squares
        if known and stop not in known
    ]
