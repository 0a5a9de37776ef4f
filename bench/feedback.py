"""What routed costs change: ``python bench/feedback.py [NAME ...] [--seconds 20] [--seeds 3] [--write]``.

Each operation is planned twice with the same time and seeds. *Trunk first*: each group of people takes the trunk leg
that is cheapest by the lower bounds of its feeder's and last mile's prices, and coaches are then routed to that choice.
*Fed back*: the whole plan, in which routed costs decide who takes which leg or a direct coach. Audits are
run_operations.py's work.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from functools import partial
from pathlib import Path

from results_page import ROOT, put

from dispatch.config import load_settings
from dispatch.geo.datum import to_wgs84
from dispatch.geo.gazetteer import Gazetteer
from dispatch.geo.travel import road_times
from dispatch.intake.read import read_inputs
from dispatch.model.problem import Problem
from dispatch.network import build_problem
from dispatch.solve import Limits, solve, whole


def problem_of(config: Path) -> Problem:
    """The problem of a shipped operation."""
    settings = load_settings(config)
    gazetteer = Gazetteer()
    inputs, _ = read_inputs(settings, gazetteer.resolve_all, partial(to_wgs84, settings.datum), gazetteer.suggest)
    roads = partial(road_times, entries=inputs.travel_entries, policy=settings.policy.travel)
    return build_problem(inputs, settings, roads)[0]


def cost(problem: Problem, options: int, seconds: float, seeds: int) -> tuple[float, int]:
    """Median generalised cost in CNY over the seeds, and most people left out, with so many trunk legs for a group."""
    kept = whole.OPTIONS_FEW, whole.OPTIONS
    whole.OPTIONS_FEW = whole.OPTIONS = options
    try:
        found = [solve(problem, Limits(seconds, seed=seed)) for seed in range(1, seeds + 1)]
    finally:
        whole.OPTIONS_FEW, whole.OPTIONS = kept
    left = max(sum(problem.demands[n.demand].party_size for n in r.not_served) for r in found)
    return statistics.median(r.objective_fen for r in found) / 100, left


def main() -> int:
    """Print the table; with ``--write`` put it into ``RESULTS.md``."""
    parser = argparse.ArgumentParser(description="Measure what routed costs change.")
    parser.add_argument("names", nargs="*", help="operations; all without")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    configs = [ROOT / "configs" / f"{n}.yaml" for n in asked.names] or sorted((ROOT / "configs").glob("*.yaml"))
    lines = ["| operation | trunk first, CNY (left out) | fed back, CNY (left out) | change |", "|---|---:|---:|---:|"]
    for config in configs:
        problem = problem_of(config)
        before, after = (cost(problem, options, asked.seconds, asked.seeds) for options in (1, whole.OPTIONS_FEW))
        change = f"{after[0] / before[0] - 1:+.1%}"
        lines.append(f"| {config.stem} | {before[0]:,.0f} ({before[1]}) | {after[0]:,.0f} ({after[1]}) | {change} |")
    text = "\n".join(lines)
    sys.stdout.write(text + "\n")
    if asked.write:
        put("feedback", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
