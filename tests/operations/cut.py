"""A large operation cut to some of its people, so that a test can run it: those who are due first, city by city."""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import openpyxl

from dispatch import pipeline
from dispatch.config import Settings
from dispatch.model.demand import Inputs, Worker


class Silent:
    """Looks on and says nothing."""

    stages = {}  # noqa: RUF012

    def stage(self, _name):
        return nullcontext()


def cut(settings: Settings, most: int) -> None:
    """Leave at most so many people in the roster of a copied operation; its other files stay as they are."""
    inputs, _ = pipeline.read(settings, Silent())
    if len(inputs.workers) <= most:
        return
    kept = set(_chosen(inputs, most))
    dropped = {w.row for w in inputs.workers if w.worker_id not in kept}
    roster = settings.path.parent / settings.inputs.workers[0]
    {".csv": _cut_csv, ".xlsx": _cut_xlsx}[roster.suffix](roster, dropped)


def _chosen(inputs: Inputs, most: int) -> Iterator[str]:
    city = {e.employer_id: e.city for e in inputs.employers}
    groups = sorted(
        _together(inputs.workers),
        key=lambda group: (min(w.due_at for w in group).date(), city[group[0].employer_id], group[0].worker_id),
    )
    for group in groups:
        if len(group) <= most:
            yield from (w.worker_id for w in group)
            most -= len(group)


def _together(workers: Iterable[Worker]) -> list[list[Worker]]:
    """People who cannot be told apart: a party, a guardian with the wards, somebody's way out and back."""
    of: dict[Hashable, list[Worker]] = {}
    for worker in workers:
        keys = [("id", worker.worker_id), ("number", worker.id_number or worker.worker_id)]
        keys += [("party", worker.party)] if worker.party else []
        keys += [("id", worker.guardian_id)] if worker.guardian_id else []
        groups = {id(of[key]): of[key] for key in keys if key in of}
        joined = [w for group in groups.values() for w in group] + [worker]
        old = [key for key, group in of.items() if id(group) in groups] if len(groups) > 1 else []
        if len(groups) == 1:
            joined = next(iter(groups.values()))
            joined.append(worker)
        of |= dict.fromkeys([*old, *keys], joined)
    return list({id(group): group for group in of.values()}.values())


def _cut_csv(roster: Path, dropped: set[int]) -> None:
    with roster.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for number, row in enumerate(csv.reader(file), 1) if number not in dropped]
    with roster.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def _cut_xlsx(roster: Path, dropped: set[int]) -> None:
    source = openpyxl.load_workbook(roster, read_only=True)
    book = openpyxl.Workbook(write_only=True)
    for sheet in source.worksheets:
        copy = book.create_sheet(sheet.title)
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number not in dropped or sheet is not source.worksheets[0]:
                copy.append(row)
    source.close()
    book.save(roster)
