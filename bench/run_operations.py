#!/usr/bin/env python3
"""Run whole operations and measure them: ``python bench/run_operations.py [NAME ...] [--write]``.

Each operation of ``configs/`` (or those named) is copied into an empty workspace with the files that its config names,
where ``dispatch run`` is a process of its own. It is warm: a plan with a limit of a few seconds is made before, which
counts nowhere, so that the compiled code is in its cache. One operation is also run cold, with an empty cache, since
what is compiled is the same for all. Wall time is this program's clock; CPU (user and system) is what the operating
system counts for the process and its children. Peak memory is the largest of the process itself plus, for each process
of the search, the largest of any of them: pages that they share count in each, so it is no less than what was used.
People, money and bound come from ``summary.json``, stages from ``dispatch run --json``; exit code 0 says that the audit
found nothing, 5 that it did. ``hand_plan.py`` prices the hand practice on the same workspace; of a large operation only
if asked, and only the readings that are done within their time.

    --from FILE ...    rows measured before, replaced by those measured anew; without names nothing is measured
    --save FILE        keep the measured rows, with those of --from, after each operation
    --keep FOLDER      leave the workspaces there, with plan, papers and maps
    --hand             the hand practice of large operations too
    --write            put the tables into RESULTS.md

Not for Windows, where nobody tells what a child used.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from apart import given
from hand_plan import READINGS, planned, problem_of
from results_page import called, machine, put, table
from workspaces import config_of, copied, known, limited

from dispatch.config import load_settings

DISPATCH = str(Path(sys.executable).with_name("dispatch"))
COUNTED = str(Path(__file__).with_name("counted.py"))
COLD = "dingxi-qingdao-2023"  # the operation that is run cold too: it has feeders, a charter and last miles
WARM_S = 5  # limit of the plan that fills the cache
HELP_RUNS = 5
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes elsewhere
VERDICT = {0: "clean", 5: "violations"}
AIM = 0.10  # gap
HAND_MOST, HAND_S = 3_000, 120.0
STAGES = ("intake", "network", "solve", "assemble", "audit", "publish")
MODES = ("coach", "train", "flight")
LOADS = ("coach_trunk", "coach_feeder", "coach_last_mile", "train", "flight")
KEPT = (
    "rostered", "served", "unserved", "unserved_by_reason", "cost", "cost_by_mode", "objective", "lower_bound", "gap",
    "passenger_hours", "night_arrivals", "load_factors", "long_haul_coaches", "rounds", "road_times", "reproducible",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Used:
    """What one process took: exit code, seconds by the clock and of CPU, peak memory in MB with the search's."""

    code: int
    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """One operation measured, and by which command: what its plan comes to, what it took, the hand plan by reading.

    ``modes`` counts people by what carries them the long way, ``trips`` vehicles by mode and role, ``days`` people by
    the day they leave home; ``span`` is the first departure and the last arrival.
    """

    name: str
    measured_by: str
    summary: dict[str, Any]
    modes: dict[str, int]
    trips: dict[str, int]
    days: dict[str, int]
    span: tuple[str, str]
    warm: Used
    stages: dict[str, float]
    cold: Used | None
    hand: dict[str, dict[str, Any]]


def measured(command: Sequence[str], folder: Path, answer: Path, **environment: str) -> tuple[Used, list[int]]:
    """Run ``counted.py`` with a verb, its standard output into a file; what it took, and the peaks it told."""
    peaks, complaints = folder / "peaks.json", folder / "complaints.txt"
    peaks.unlink(missing_ok=True)
    start = time.monotonic()
    with answer.open("wb") as out, complaints.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, COUNTED, str(peaks), *command],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=out,
            stderr=err,
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # waited for: Popen need not
    wall = time.monotonic() - start
    if process.returncode not in VERDICT or not peaks.exists():
        told = complaints.read_text("utf-8", "replace")[-2000:]
        sys.exit(f"dispatch {' '.join(command)} ended with code {process.returncode}\n{told}")
    took = Used(process.returncode, round(wall, 2), round(used.ru_utime + used.ru_stime, 2), 0.0)
    return took, json.loads(peaks.read_text("utf-8"))


def run(config: Path, folder: Path, processes: int, **environment: str) -> tuple[Used, dict[str, Any]]:
    """``dispatch run`` on a workspace: what it took, and what it told."""
    answer = folder / "told.json"
    took, (own, largest) = measured(["run", "--json", str(config)], folder, answer, **environment)
    peak_mb = round((own + processes * largest) * RSS_UNIT / 1e6)
    return Used(took.code, took.wall_s, took.cpu_s, peak_mb), json.loads(answer.read_text("utf-8"))


def operate(name: str, folder: Path, hand: bool) -> Row:
    """Copy an operation into an empty workspace, run it, and plan it by hand."""
    config = copied(config_of(name), folder)
    settings = load_settings(config)
    cold, environment = None, {}
    if name == COLD:
        environment = {"NUMBA_CACHE_DIR": str(folder / "cache")}
        cold, _ = run(config, folder, settings.solver.threads, **environment)
    else:
        limited(config, time_limit_s=WARM_S, rounds=0)
        measured(["plan", "-q", str(config)], folder, folder / "told.json")
        shutil.copy(config_of(name), config)
    clear(settings.out, settings.maps)
    warm, told = run(config, folder, settings.solver.threads, **environment)
    bundle = settings.out / "plan"
    summary = json.loads((bundle / "summary.json").read_text("utf-8"))
    return Row(
        name=name,
        measured_by=called(),
        summary={key: summary[key] for key in KEPT},
        **journeys(bundle),
        warm=warm,
        stages={stage: round(used["wall_s"], 1) for stage, used in told["stages"].items()},
        cold=cold,
        hand=by_hand(config, hand),
    )


def clear(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def journeys(bundle: Path) -> dict[str, Any]:
    """What the tables of a bundle say of people and vehicles."""
    trips = {trip["trip_id"]: trip for trip in rows_of(bundle / "trips.csv")}
    legs: dict[str, list[dict[str, str]]] = {}
    for leg in rows_of(bundle / "legs.csv"):
        legs.setdefault(leg["worker_id"], []).append(leg)
    modes, days = Counter(dict.fromkeys(MODES, 0)), Counter[str]()
    for own in legs.values():
        own.sort(key=lambda leg: int(leg["leg"]))
        long = [trips[leg["trip_id"]]["mode"] for leg in own if trips[leg["trip_id"]]["role"] == "trunk"]
        modes[long[0] if long else "coach"] += 1
        days[own[0]["departs_at"][:10]] += 1
    times = sorted(own[0]["departs_at"] for own in legs.values()), sorted(o[-1]["arrives_at"] for o in legs.values())
    kinds = Counter(f"{t['mode']}_{t['role']}" if t["mode"] == "coach" else t["mode"] for t in trips.values())
    return {
        "modes": dict(modes),
        "trips": dict(sorted(kinds.items())),
        "days": dict(sorted(days.items())),
        "span": (times[0][0], times[1][-1]) if legs else ("", ""),
    }


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def by_hand(config: Path, large_too: bool) -> dict[str, dict[str, Any]]:
    """The figures of the readings that are done in time; none of a large operation unless asked."""
    problem, charters = problem_of(config)
    found: dict[str, dict[str, Any]] = {}
    if problem.heads <= HAND_MOST or large_too:
        with given(HAND_S):
            for reading in READINGS:
                found[reading] = planned(problem, charters, reading)
    return found


def help_cpu(folder: Path) -> float:
    """Median CPU seconds of ``dispatch --help``."""
    spent = []
    for _ in range(HELP_RUNS):
        process = subprocess.Popen([DISPATCH, "--help"], cwd=folder, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent.append(used.ru_utime + used.ru_stime)
    return statistics.median(spent)


def read_rows(files: Iterable[Path]) -> dict[str, Row]:
    """Rows kept by ``--save``; of an operation that stands in several files, the last."""
    rows = {}
    for file in files:
        for kept in json.loads(file.read_text("utf-8")):
            warm, cold = Used(**kept.pop("warm")), kept.pop("cold")
            rows[kept["name"]] = Row(warm=warm, cold=Used(**cold) if cold else None, **kept)
    return rows


def save_rows(rows: Mapping[str, Row], file: Path) -> None:
    """Rows as JSON, one a line."""
    lines = ",\n".join(json.dumps(asdict(rows[name]), ensure_ascii=False) for name in sorted(rows))
    file.write_text(f"[\n{lines}\n]\n", "utf-8")


def plans(rows: Iterable[Row]) -> str:
    heads = "operation,served,audit,cost,objective,lower bound,gap,aim,passenger-hours"
    return table(heads.split(","), map(plan_cells, rows))


def plan_cells(row: Row) -> list[str]:
    s = row.summary
    money = [f"{s[key]:,.0f}" for key in ("cost", "objective", "lower_bound")]
    served = f"{s['served']:,}/{s['rostered']:,}"
    gap = [f"{s['gap']:.1%}", f"{AIM:.0%}"]
    return [row.name, served, VERDICT[row.warm.code], *money, *gap, f"{s['passenger_hours']:,.0f}"]


def carried(rows: Iterable[Row]) -> str:
    heads = "people and seats,by coach,by train,by flight,direct coaches,feeders,last mile,trains,flights"
    return table(heads.split(","), map(carried_cells, rows))


def carried_cells(row: Row) -> list[str]:
    factors = row.summary["load_factors"]
    loads = [f"{row.trips[kind]:,}, {factors[kind]:.0%}" if row.trips.get(kind) else "–" for kind in LOADS]
    return [row.name, *(f"{row.modes[mode]:,}" for mode in MODES), *loads]


def times(rows: Iterable[Row]) -> str:
    heads = ["`dispatch run`", "wall s", "CPU s", "peak MB", "search rounds", *STAGES]
    return table(heads, (cells for row in rows for cells in time_cells(row)))


def time_cells(row: Row) -> Iterator[list[str]]:
    stages = [f"{row.stages[stage]:.1f}" if stage in row.stages else "–" for stage in STAGES]
    for which, used, more in (
        ("cold", row.cold, [""] * (1 + len(STAGES))),
        ("warm", row.warm, [f"{row.summary['rounds']:,}", *stages]),
    ):
        if used is not None:
            name = f"{row.name}, {which}" if row.cold else row.name
            yield [name, f"{used.wall_s:.1f}", f"{used.cpu_s:.1f}", f"{used.peak_mb:,.0f}", *more]


def against_hand(rows: Iterable[Row]) -> str:
    heads = ["by hand, per", "served", "cost", "of the plan's", "generalised cost", "of the plan's", "passenger-hours"]
    return table(heads, (hand_cells(row, reading) for row in rows for reading in row.hand))


def hand_cells(row: Row, reading: str) -> list[str]:
    hand, plan = row.hand[reading], row.summary
    cost, whole = hand["cost_cny"], hand["generalised_cost_cny"]
    return [
        f"{reading}, {row.name}",
        f"{hand['people'] - hand['unserved']:,}/{hand['people']:,}",
        f"{cost:,.0f}",
        f"{cost / plan['cost']:.2f}",
        f"{whole:,.0f}",
        f"{whole / plan['objective']:.2f}",
        f"{hand['passenger_hours']:,.0f}",
    ]


def page(rows: Sequence[Row], help_s: float) -> str:
    commands = ", ".join(f"`{c}`" for c in dict.fromkeys([*(row.measured_by for row in rows), called()]))
    parts = [
        f"{commands}, on {machine('numba', 'ortools', 'numpy')}.",
        plans(rows),
        carried(rows),
        times(rows),
        f"`dispatch --help`: {help_s:.3f} s CPU (median of {HELP_RUNS}).",
        against_hand(rows),
    ]
    return "\n\n".join(parts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known()))
    parser.add_argument("--from", nargs="+", type=Path, default=[], dest="kept", metavar="FILE")
    parser.add_argument("--save", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--hand", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known()):
        parser.error(f"no config {', '.join(sorted(unknown))}; there are {', '.join(known())}")
    rows = read_rows(asked.kept)
    with tempfile.TemporaryDirectory() as room:
        for name in asked.names or ([] if asked.kept else known()):
            folder = Path(asked.keep or room, name).resolve()
            clear(folder)
            folder.mkdir(parents=True)
            rows[name] = operate(name, folder, asked.hand)
            print(" ".join(plan_cells(rows[name])), file=sys.stderr, flush=True)
            if asked.save:
                save_rows(rows, asked.save)
        text = page([rows[name] for name in sorted(rows)], help_cpu(Path(room)))
    print(text)
    if asked.save:
        save_rows(rows, asked.save)
    if asked.write:
        put("measured", text)


if __name__ == "__main__":
    main()
