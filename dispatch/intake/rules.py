"""Rules that look at several rows or tables at once: guardians and parties, headcounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dispatch.config import PeoplePolicy, Settings
from dispatch.intake.cells import as_code
from dispatch.intake.table import Table, nearest
from dispatch.model.demand import Worker
from dispatch.model.notice import Notice, Severity
from dispatch.model.supply import Employer, Stop


@dataclass(frozen=True, slots=True)
class Parties:
    """Party and guardian's worker id of each row, empty where there is none; a minor is in the guardian's party."""

    parties: pd.Series[Any]
    guardians: pd.Series[Any]


def join_guardians(
    table: Table, names: pd.Series[Any], numbers: pd.Series[Any], ages: pd.Series[Any], policy: PeoplePolicy
) -> Parties:
    """Check ages and guardians, and put every minor into the guardian's party: only ``party`` matters later."""
    assert table.worker_ids is not None
    ids = table.worker_ids
    given = table.text("guardian_id")
    guardians = given.where(given == "", other=given.map(_finder(ids, names, numbers)))
    child = ages < policy.guardian_age
    shown = ages.map(lambda a: "" if pd.isna(a) else str(int(a)))
    limit = str(policy.guardian_age)
    table.flag("guardian_id", child & (given == ""), "minor_without_guardian", values=shown, limit=limit)
    table.flag("guardian_id", (guardians == "") & (given != ""), "guardian_unknown", values=given)
    table.flag("guardian_id", guardians.isin(set(ids[child])), "guardian_is_minor", values=given, limit=limit)
    alone = (ages < policy.min_age) & (given == "") & ~child
    table.flag("id_number", alone, "under_age", severity=Severity.WARNING, values=shown, limit=str(policy.min_age))
    old = ages > policy.max_age
    table.flag("id_number", old, "over_age", severity=Severity.WARNING, values=shown, limit=str(policy.max_age))
    _refuse_with_guardian(table, ids, guardians, given)
    return Parties(_joined(table.text("party", as_code), ids, guardians), guardians)


def _finder(ids: pd.Series[Any], names: pd.Series[Any], numbers: pd.Series[Any]) -> dict[str, str]:
    """Worker ids by id, by ID number and by a name that only one person has; what is not in it finds nobody."""
    counts = names.value_counts()
    single = names[names.map(counts) == 1]
    found: dict[str, str] = _Finder(zip(single, ids[single.index], strict=True))
    found.update(zip(numbers[numbers != ""], ids[numbers != ""], strict=True))
    found.update(zip(ids, ids, strict=True))
    return found


class _Finder(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _refuse_with_guardian(table: Table, ids: pd.Series[Any], guardians: pd.Series[Any], given: pd.Series[Any]) -> None:
    # Guardians are of age and so have no guardian of their own that matters: one pass settles it.
    refused = set(ids[table.refused])
    table.flag("guardian_id", guardians.isin(refused) & ~table.refused, "guardian_rejected", values=given)


def _joined(parties: pd.Series[Any], ids: pd.Series[Any], guardians: pd.Series[Any]) -> pd.Series[Any]:
    """Parties with minors' and guardians' parties made one, under the guardian's name for it."""
    party_of = dict(zip(ids, parties, strict=True))
    merged: dict[str, str] = {}
    for child, own, guardian in zip(ids, parties, guardians, strict=True):
        if not guardian:
            continue
        target = party_of[guardian] or f"guardian-{guardian}"
        party_of[guardian] = party_of[child] = target
        if own and own != target:
            merged[own] = target
    return pd.Series([_root(merged, party_of[i]) for i in ids], index=parties.index, dtype=object)


def _root(merged: dict[str, str], party: str) -> str:
    seen = {party}
    while (party := merged.get(party, party)) not in seen:
        seen.add(party)
    return party


def headcount_notices(file: str, employers: Iterable[Employer], workers: Iterable[Worker]) -> list[Notice]:
    """A warning for each employer that asked for another number of people than the roster sends."""
    people = Counter[Hashable](w.employer_id for w in workers)
    return [
        Notice(
            "headcount_differs",
            Severity.WARNING,
            file,
            value=e.name,
            params=(("headcount", str(e.headcount)), ("people", str(people[e.employer_id]))),
        )
        for e in employers
        if e.headcount is not None and e.headcount != people[e.employer_id]
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
