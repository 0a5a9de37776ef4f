#!/usr/bin/env python3
"""Run whole operations and measure them: ``python bench/run_operations.py [NAME ...] [--write]``.

Each operation of ``configs/`` (or those named) is copied into an empty workspace, where ``dispatch run`` is started
twice as a process of its own: cold, with nothing compiled yet, then warm. Wall time is this program's clock; CPU (user
and system) and peak memory are what the operating system counts for the process and its children. People, money and
bound come from the warm run's ``summary.json``; exit code 0 says that the audit found nothing, 5 that it did.
``hand_plan.py`` prices the hand practice on the same workspace. ``--write`` puts the tables into ``RESULTS.md``.

Not for Windows, where nobody tells what a child used.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hand_plan import READINGS, by_hand
from results_page import ROOT, called, put, table

DISPATCH = str(Path(sys.executable).with_name("dispatch"))
HELP_RUNS = 5
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes elsewhere
VERDICT = {0: "clean", 5: "violations"}


@dataclass(frozen=True, slots=True)
class Used:
    """What one process took: exit code, seconds by the clock and of CPU, peak memory in MB."""

    code: int
    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation measured: cold and warm run, the warm run's summary, the hand plan by reading."""

    name: str
    cold: Used
    warm: Used
    summary: dict[str, Any]
    hand: dict[str, dict[str, Any]]


def measured(arguments: Sequence[str], folder: Path, cache: Path) -> Used:
    """Run ``dispatch`` in silence and wait for what it took."""
    start = time.monotonic()
    process = subprocess.Popen(
        [DISPATCH, *arguments],
        cwd=folder,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # waited for: Popen need not
    wall = time.monotonic() - start
    return Used(process.returncode, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * RSS_UNIT / 1e6)


def operate(name: str, folder: Path) -> Operation:
    """Copy an operation into an empty workspace, run it cold and warm, and plan it by hand."""
    shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    config = folder / "configs" / f"{name}.yaml"
    config.parent.mkdir()
    shutil.copy(ROOT / "configs" / config.name, config)
    cold, warm = (measured(["run", "-q", str(config)], folder, folder / "cache") for _ in range(2))
    summary = folder / "out" / name / "plan" / "summary.json"
    if warm.code not in VERDICT or not summary.exists():
        sys.exit(f"{name}: dispatch run ended with code {warm.code}")
    return Operation(
        name, cold, warm, json.loads(summary.read_text("utf-8")), {r: by_hand(config, r) for r in READINGS}
    )


def help_cpu(folder: Path) -> float:
    """Median CPU seconds of ``dispatch --help``."""
    return statistics.median(measured(["--help"], folder, folder).cpu_s for _ in range(HELP_RUNS))


def plans(operations: Iterable[Operation]) -> str:
    heads = ["operation", "served", "audit", "cost", "objective", "lower bound", "gap", "passenger-hours"]
    return table(heads, (plan_row(o) for o in operations))


def plan_row(o: Operation) -> list[str]:
    s = o.summary
    money = [f"{s[key]:,.0f}" for key in ("cost", "objective", "lower_bound")]
    served = f"{s['served']}/{s['rostered']}"
    return [o.name, served, VERDICT[o.warm.code], *money, f"{s['gap']:.1%}", f"{s['passenger_hours']:,.0f}"]


def times(operations: Iterable[Operation]) -> str:
    heads = ["`dispatch run`", "wall s", "CPU s", "peak MB", "search rounds"]
    return table(heads, (row for o in operations for row in time_rows(o)))


def time_rows(o: Operation) -> Iterable[list[str]]:
    for which, used, rounds in (("cold", o.cold, ""), ("warm", o.warm, f"{o.summary['rounds']:,}")):
        yield [f"{o.name}, {which}", f"{used.wall_s:.1f}", f"{used.cpu_s:.1f}", f"{used.peak_mb:.0f}", rounds]


def against_hand(operations: Iterable[Operation]) -> str:
    heads = ["by hand, per", "served", "cost", "of the plan's", "generalised cost", "of the plan's", "passenger-hours"]
    return table(heads, (hand_row(o, reading) for o in operations for reading in READINGS))


def hand_row(o: Operation, reading: str) -> list[str]:
    hand, plan = o.hand[reading], o.summary
    cost, whole = hand["cost_cny"], hand["generalised_cost_cny"]
    return [
        f"{reading}, {o.name}",
        f"{hand['people'] - hand['unserved']}/{hand['people']}",
        f"{cost:,.0f}",
        f"{cost / plan['cost']:.2f}",
        f"{whole:,.0f}",
        f"{whole / plan['objective']:.2f}",
        f"{hand['passenger_hours']:,.0f}",
    ]


def machine(summary: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {summary['versions'][name]}" for name in ("numba", "ortools", "numpy"))
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {system}, {versions}"


def page(operations: Sequence[Operation], help_s: float, command: str) -> str:
    parts = [
        f"`{command}`, on {machine(operations[0].summary)}.",
        plans(operations),
        times(operations),
        f"`dispatch --help`: {help_s:.3f} s CPU (median of {HELP_RUNS}).",
        against_hand(operations),
    ]
    return "\n\n".join(parts)


def main() -> None:
    """Measure and print."""
    known = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"no config {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory() as room:
        operations = []
        for name in asked.names or known:
            folder = Path(room, name)
            folder.mkdir()
            operations.append(operate(name, folder))
        text = page(operations, help_cpu(Path(room)), called())
    print(text)
    if asked.write:
        put("measured", text)


if __name__ == "__main__":
    main()
