"""A bundle taken apart so that it can be broken: its tables as text, and what it is audited against."""

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dispatch.config import Settings
from dispatch.model.demand import Inputs, Worker
from dispatch.model.supply import Offer

TABLES = ("trips", "calls", "legs", "unserved", "costs")
Row = dict[str, str]


class NotApplicableError(Exception):
    """This bundle has nothing of the kind that the mutation breaks."""


@dataclass
class Case:
    """A bundle's tables as rows of text, its summary, and what it is audited against."""

    tables: dict[str, list[Row]]
    summary: dict[str, Any]
    inputs: Inputs
    settings: Settings
    gone: str = ""
    problem: str | None = None

    @property
    def trips(self) -> list[Row]:
        return self.tables["trips"]

    @property
    def legs(self) -> list[Row]:
        return self.tables["legs"]

    def calls(self, trip_id: str) -> list[Row]:
        return [c for c in self.tables["calls"] if c["trip_id"] == trip_id]

    def rides(self) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for leg in self.legs:
            found[leg["worker_id"]].append(leg)
        return dict(found)

    def trip(self, trip_id: str) -> Row:
        return first(t for t in self.trips if t["trip_id"] == trip_id)

    def coach(self, role: str = "") -> Row:
        return first(
            t for t in self.trips if t["mode"] == "coach" and role in ("", t["role"]) and t["passengers"] != "0"
        )

    def scheduled(self) -> Row:
        return first(t for t in self.trips if t["mode"] != "coach")

    def long_coach(self, km: float) -> Row:
        return first(t for t in self.trips if t["mode"] == "coach" and float(t["distance_km"]) > km)

    def change_worker(self, worker_id: str, **changes: Any) -> None:
        people = tuple(replace(w, **changes) if w.worker_id == worker_id else w for w in self.inputs.workers)
        self.inputs = replace(self.inputs, workers=people)

    def change_offer(self, offer_id: str, **changes: Any) -> None:
        offers = tuple(replace(o, **changes) if o.offer_id == offer_id else o for o in self.inputs.offers)
        self.inputs = replace(self.inputs, offers=offers)

    def change_policy(self, section: str, **changes: Any) -> None:
        policy = self.settings.policy
        part = getattr(policy, section).model_copy(update=changes)
        self.settings = self.settings.model_copy(update={"policy": policy.model_copy(update={section: part})})

    def worker(self, worker_id: str) -> Worker:
        return first(w for w in self.inputs.workers if w.worker_id == worker_id)

    def offer(self, trip: Row) -> Offer:
        return first(o for o in self.inputs.offers if o.offer_id == trip["offer_id"])

    def retime(self, trip_id: str, shift: Callable[[int], timedelta]) -> None:
        """Move every time of a trip, in all tables, by ``shift(seq)``."""
        seqs = [int(c["seq"]) for c in self.calls(trip_id)]
        for c in self.calls(trip_id):
            move(c, "arrives_at", shift(int(c["seq"])))
            move(c, "departs_at", shift(int(c["seq"])))
        for leg in self.legs:
            if leg["trip_id"] == trip_id:
                move(leg, "departs_at", shift(int(leg["from_seq"])))
                move(leg, "arrives_at", shift(int(leg["to_seq"])))
        move(self.trip(trip_id), "departs_at", shift(seqs[0]))
        move(self.trip(trip_id), "arrives_at", shift(seqs[-1]))


def first(found: Iterable[Any]) -> Any:
    for item in found:
        return item
    raise NotApplicableError


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def move(row: Row, column: str, by: timedelta) -> None:
    row[column] = (when(row[column]) + by).isoformat()


MUTATIONS: dict[str, tuple[str, Callable[[Case], object]]] = {}


def breaks(rule: str) -> Callable[[Callable[[Case], object]], Callable[[Case], object]]:
    """Registers a mutation under its function's name, with the rule that must notice it."""

    def register(function: Callable[[Case], object]) -> Callable[[Case], object]:
        MUTATIONS[function.__name__] = (rule, function)
        return function

    return register


def broken(name: str, folder: Path, into: Path, inputs: Inputs, settings: Settings) -> tuple[Inputs, Settings]:
    """Write the bundle of ``folder`` broken by mutation ``name`` into ``into``."""
    tables = {}
    for table in TABLES:
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            tables[table] = list(csv.DictReader(file))
    columns = {t: _heading(folder / f"{t}.csv") for t in TABLES}
    case = Case(tables, json.loads((folder / "summary.json").read_text("utf-8")), inputs, settings)
    MUTATIONS[name][1](case)
    shutil.copytree(folder, into)
    for table, rows in case.tables.items():
        with (into / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else columns[table])
            writer.writeheader()
            writer.writerows(rows)
    (into / "summary.json").write_text(json.dumps(case.summary, ensure_ascii=False), "utf-8")
    if case.problem is not None:
        (into / "problem.json").write_text(case.problem, "utf-8")
    if case.gone:
        (into / case.gone).unlink()
    return case.inputs, case.settings


def _heading(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))
