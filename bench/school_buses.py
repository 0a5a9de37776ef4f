#!/usr/bin/env python3
"""School buses with mixed loads: ``python bench/school_buses.py [INSTANCE ...] [--seconds 60] [--write]``.

Park, Tae & Kim's set (2012): every instance with both ride limits, two processes with a seed each, of which the better
answer counts. ``SBRP`` names the folder of the set; without it, it is looked for beside the repository. Compiling is
done before and told by itself. Every answer, ours and the supplied one, goes through ``school_bus_checker.py``; the
supplied ones are rounded down to seconds, so they get 10 s. ``--write`` puts the table into ``RESULTS.md``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from results_page import SHARED, called, machine, put, table
from school_bus_checker import SEATS, Call, Case, faults, read_case, read_supplied

from dispatch.solve.mixed import MixedInstance, MixedLimits, VehicleType, route_mixed

SET = Path(os.environ.get("SBRP", SHARED / "sbrp"))
RIDE_LIMITS_S = (2700, 5400)
SEEDS = (1, 2)
FEET_PER_S = 29.33
METRES_PER_FOOT = 0.3048
SUPPLIED_ALLOWANCE_S = 10.0
BUS_KM = 1000.0  # what a bus costs, in kilometres


@dataclass(frozen=True, slots=True)
class Task:
    """One search."""

    name: str
    ride_limit_s: int
    seconds: float
    seed: int
    rounds: int = 1 << 62


@dataclass(frozen=True, slots=True)
class Answer:
    """What one search found, and what it took."""

    buses: list[list[Call]]
    absent: int
    rounds: int
    wall_s: float
    cpu_s: float


def search(task: Task) -> Answer:
    """Route one case; runs in a process of its own."""
    case = read_case(SET / task.name)
    names = [*case.stops, *case.schools]
    number = {name: k for k, name in enumerate(names)}
    at = np.array([(place.x, place.y) for place in (*case.stops.values(), *case.schools.values())])
    feet = np.abs(at[:, None] - at).sum(2)
    schools = [case.schools[stop.school] for stop in case.stops.values()]
    count = len(schools)
    instance = MixedInstance(
        drive_s=feet / FEET_PER_S,
        metres=feet * METRES_PER_FOOT,
        stop=np.arange(count),
        gate=np.array([number[stop.school] for stop in case.stops.values()]),
        riders=np.array([stop.riders for stop in case.stops.values()]),
        board_from_s=np.full(count, -np.inf),
        board_until_s=np.full(count, np.inf),
        arrive_from_s=np.array([school.opens_s for school in schools], float),
        arrive_until_s=np.array([school.closes_s for school in schools], float),
        vehicles=(VehicleType(SEATS, count, fixed=BUS_KM, per_km=1.0),),
        ride_limit_s=task.ride_limit_s,
        board_halt_s=19.0,
        board_each_s=2.6,
        alight_halt_s=29.0,
        alight_each_s=1.9,
    )
    wall, cpu = time.monotonic(), time.process_time()
    found = route_mixed(instance, MixedLimits(task.seconds, task.rounds, fleet=True), task.seed)
    calls = [
        Call(names[place], float(arrives), abs(int(riders)))
        for place, arrives, riders in zip(found.place, found.arrives_s, found.riders, strict=True)
    ]
    buses = [calls[a:b] for a, b in zip(found.first, found.first[1:], strict=False)]
    took = time.monotonic() - wall, time.process_time() - cpu
    return Answer(buses, int(found.absent.sum()), found.rounds, *took)


@dataclass(frozen=True, slots=True)
class Row:
    """One case: buses ours and supplied, broken rules of both, the better search."""

    task: Task
    case: Case
    ours: Answer
    supplied: list[list[Call]]

    def faults(self) -> tuple[int, int]:
        limit = self.task.ride_limit_s
        return (
            len(faults(self.case, self.ours.buses, limit, 0.0)),
            len(faults(self.case, self.supplied, limit, SUPPLIED_ALLOWANCE_S)),
        )

    def cells(self) -> list[str]:
        ours, supplied = len(self.ours.buses), len(self.supplied)
        used = [f"{self.ours.rounds:,}", f"{self.ours.wall_s:.0f}", f"{self.ours.cpu_s:.0f}"]
        broken = [str(count) for count in self.faults()]
        change = f"{ours / supplied - 1:+.1%}"
        return [self.task.name, f"{self.task.ride_limit_s:,}", str(ours), str(supplied), change, *broken, *used]


def run(names: Iterable[str], seconds: float, pool: ProcessPoolExecutor) -> Iterable[Row]:
    """Every case in turn, its seeds side by side."""
    for name in names:
        case = read_case(SET / name)
        for limit in RIDE_LIMITS_S:
            tasks = [Task(name, limit, seconds, seed) for seed in SEEDS]
            better = min(pool.map(search, tasks), key=lambda answer: (answer.absent, len(answer.buses)))
            yield Row(tasks[0], case, better, read_supplied(SET / name / f"solution_{limit}.txt", case))


def buses(rows: Sequence[Row]) -> str:
    heads = [
        "instance",
        "ride ≤ s",
        "buses",
        "supplied",
        "",
        "faults",
        "supplied's faults",
        "rounds",
        "wall s",
        "CPU s",
    ]
    ours, supplied = sum(len(r.ours.buses) for r in rows), sum(len(r.supplied) for r in rows)
    broken = [str(sum(counts)) for counts in zip(*(r.faults() for r in rows), strict=True)]
    total = ["all", "", str(ours), str(supplied), f"{ours / supplied - 1:+.1%}", *broken, "", "", ""]
    return table(heads, [*(row.cells() for row in rows), total])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="INSTANCE")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall time of a case")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    if not SET.is_dir():
        sys.exit(f"skipped: {SET.name} is not beside the repository; name its folder in SBRP")
    known = sorted(folder.name for folder in SET.iterdir() if folder.is_dir())
    if unknown := set(asked.names) - set(known):
        parser.error(f"no instance {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["NUMBA_CACHE_DIR"] = cache
        with ProcessPoolExecutor(len(SEEDS), mp_context=get_context("spawn")) as pool:
            before = time.monotonic()
            pool.submit(search, Task(known[0], RIDE_LIMITS_S[0], 600.0, 1, rounds=2)).result()
            compiled_s = time.monotonic() - before
            list(pool.map(search, [Task(known[0], RIDE_LIMITS_S[0], 600.0, 1, rounds=2)] * 4))
            rows = []
            for row in run(asked.names or known, asked.seconds, pool):
                rows.append(row)
                print(" ".join(row.cells()), flush=True)
    about = f"`{called()}`, on {machine()}; compiling took {compiled_s:.0f} s before."
    about += " Wall and CPU seconds are one process's, of two."
    text = f"{about}\n\n{buses(rows)}"
    print(text)
    if asked.write:
        put("school buses", text)


if __name__ == "__main__":
    main()
