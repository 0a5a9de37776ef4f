"""Legal schedules against the reference table, and how many a second: ``python bench/timetables.py [--write]``.

``timetable_reference.json`` holds the minutes of one leg at 75 km/h for one and two drivers and each start of the day.
A *best start* is the quickest of the 96 quarter hours of a day; the rate is of best starts on random roads, one thread.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time

import numpy as np
from results_page import SHARED, put

from dispatch.model.problem import DrivingRules
from dispatch.solve.schedule import best_start, earliest_arrival
from dispatch.solve.timetable import rules_of, scratch

KMH, DWELL, QUARTER = 75, 5, 15
ROADS = 300
RULES = DrivingRules()


def minutes(km: int, hour: int, drivers: int) -> int:
    """Minutes from the start at ``hour`` to the arrival, one leg."""
    always = [(0, 1440)] * 2
    start = hour * 60
    times = earliest_arrival([km * 60 // KMH], [0, 0], [1 << 40] * 2, always, start, drivers, km * 1000, RULES, DWELL)
    return times[-1] - start if times else -1


def quickest(km: int, drivers: int) -> tuple[int, int]:
    """Best start of the day and its minutes."""
    out, zero, late = scratch(2), np.zeros(2, np.int64), np.full(2, 1 << 40, np.int64)
    start = best_start(
        2, np.array([km * 60 // KMH], np.int64), zero, late, zero, np.full(2, 1440, np.int64), 0, 1439, QUARTER,
        drivers, km * 1000, rules_of(RULES, DWELL), out,
    )  # fmt: skip
    return start, int(out.arrives[1]) - start


def rate(drivers: int, kms: list[int]) -> float:
    """Best starts a second over roads of these lengths, compiled beforehand; the best of three rounds."""
    quickest(100, drivers)
    seconds = []
    for _ in range(3):
        began = time.process_time()
        for km in kms:
            quickest(km, drivers)
        seconds.append(time.process_time() - began)
    return len(kms) / min(seconds)


def main() -> int:
    """Print the tables; with ``--write`` put them into ``RESULTS.md``."""
    parser = argparse.ArgumentParser(description="Time legal schedules.")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    source = SHARED / "timetable_reference.json"
    if not source.exists():
        sys.stderr.write(f"{source.name}: not here; skipped\n")
        return 0
    reference = json.loads(source.read_text("utf-8"))
    cells = [(r, hour, known) for r in reference for hour, known in zip(r["hours"], r["duration"], strict=True)]
    equal = sum(minutes(r["km"], hour, r["drivers"]) == known for r, hour, known in cells)
    best = sum(quickest(r["km"], r["drivers"]) == (r["best_start"], r["min_duration"]) for r in reference)
    draw = random.Random(1)
    short, any_length, long = (
        [draw.randint(*span) for _ in range(ROADS)] for span in ((20, 400), (20, 1700), (400, 1700))
    )
    text = "\n".join([
        "| | |", "|---|---|",
        f"| minutes equal to the reference | {equal} of {len(cells)} |",
        f"| best start and its minutes equal to the reference | {best} of {len(reference)} |",
        f"| best starts a second, one driver, 20-400 km | {rate(1, short):,.0f} |",
        f"| best starts a second, one driver, 20-1,700 km | {rate(1, any_length):,.0f} |",
        f"| best starts a second, two drivers, 400-1,700 km | {rate(2, long):,.0f} |",
    ])  # fmt: skip
    sys.stdout.write(text + "\n")
    if asked.write:
        put("timetables", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
