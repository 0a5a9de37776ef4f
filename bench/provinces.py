#!/usr/bin/env python3
"""The whole plan for generated provinces of any size: ``python bench/provinces.py [--heads 1000 5000] [--write]``.

Each case is a province (first two digits of its counties' codes), a number of people and a seed, written by
``make_province.py`` beside the repository (``DISPATCH_BENCH_DATA`` names its folder) and solved through the library in
a fresh process, with each limit of ``--seconds`` and two threads. The seed is the generator's and the search's.

    --heads 1000 5000 --provinces 14 52 --seeds 1 --seconds 60 600    the cases, each with each
    --days 30             the horizon
    --save FILE           keep the measured rows, with those of --from, after each case
    --from FILE ...       rows measured before, replaced by those measured anew; without --heads nothing is measured
    --no-peers            without the hand practice and the greedy plan
    --write               put the tables into RESULTS.md

*First plan* is when the search first tells of one that serves somebody. *Wall* is ``solve``, with the proof, the last
choice and the reading back; *intake* reads the files and builds the network. *Peak MB* is the largest resident memory
of the solving process plus that of each of its search's processes, each counted as large as the largest of them: pages
that they share count in each, so it is no less than what was used. Compiled code comes from the cache: small cases are
solved before, which count nowhere.

In the first case of a workspace the hand practice (``hand_plan.py``, up to 27,000 people and 120 s; the cheapest
reading that was done by then) and ``greedy.py`` plan the same problem after the search, in the same process. *Cost* is
generalised cost: money plus the passengers' time. Not for Windows.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from apart import LostError, apart, given
from greedy import greedy_plans
from hand_plan import READINGS, charters_of, planned
from results_page import SHARED, called, machine, put, table
from run_operations import RSS_UNIT
from solved import passenger_hours, served

from dispatch import pipeline
from dispatch.config import load_settings
from dispatch.model.problem import Problem
from dispatch.solve import Limits, Progress, solve

GENERATOR = SHARED / "make_province.py"
THREADS = 2
AIMS: Mapping[int, Mapping[int, float]] = {
    1_000: {60: 0.08, 600: 0.03},
    5_000: {60: 0.07, 600: 0.04},
    27_000: {60: 0.09, 600: 0.06},
    100_000: {60: 0.12, 600: 0.08},
    1_000_000: {600: 0.20},
}  # gaps that a case of so many people should reach in so many seconds
WARM = {300: 5.0, 2_200: 10.0}  # people and seconds of the cases that fill the cache, few and many
HAND_MOST, PEER_S = 27_000, 120
GREEDY_S = (1.0, 10.0)  # that the greedy plan is improved for


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement: a workspace and a limit."""

    province: str
    heads: int
    seed: int
    days: int
    seconds: float

    @property
    def workspace(self) -> tuple[str, int, int, int]:
        return self.province, self.heads, self.seed, self.days


@dataclass(frozen=True, slots=True)
class Peer:
    """Another plan of the same problem, and the seconds it took."""

    name: str
    served: int
    cost_fen: int
    passenger_hours: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """One case measured, and by which command; ``trace`` holds (seconds, cost, bound) as the search told of them."""

    case: Case
    people: int
    served: int
    cost_fen: int
    bound_fen: int
    passenger_hours: float
    first_plan_s: float | None
    wall_s: float
    intake_s: float
    peak_mb: float
    rounds: int
    trace: tuple[tuple[float, int, int], ...]
    measured_by: str
    peers: tuple[Peer, ...] = ()

    @property
    def gap(self) -> float:
        return 1 - self.bound_fen / self.cost_fen if self.cost_fen else math.nan


class Quiet:
    """A watch that looks away."""

    stages: pipeline.Stages = {}  # noqa: RUF012 - nobody writes to it

    def stage(self, name: str) -> nullcontext[None]:
        return nullcontext()

    def search(self, progress: Progress) -> None:
        pass

    def publishing(self, part: str, done: int, of: int) -> None:
        pass


def problem_of(config: Path) -> tuple[Problem, frozenset[str]]:
    """The problem of a workspace as the tool reads it, and its offers of whole trains and flights."""
    settings = load_settings(config)
    inputs, _ = pipeline.read(settings, Quiet())
    return pipeline.build(settings, inputs, Quiet())[0], charters_of(inputs)


def generate(case: Case, room: Path) -> Path:
    """Write a case's workspace; its config."""
    out = room / f"p{case.province}-{case.heads}-{case.seed}"
    config = out / "configs" / f"{out.name}.yaml"
    if not config.exists():
        options = {"province": case.province, "heads": case.heads, "days": case.days, "seed": case.seed, "out": out}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        subprocess.run([sys.executable, str(GENERATOR), *words], check=True, stdout=subprocess.DEVNULL)
    return config


def measure(case: Case, config: Path, measured_by: str, with_peers: bool) -> Row:
    """Read and solve one case; runs in a process of its own."""
    start = time.monotonic()
    problem, charters = problem_of(config)
    intake_s = time.monotonic() - start
    trace: list[tuple[float, int, int]] = []
    start = time.monotonic()
    result = solve(
        problem,
        Limits(case.seconds, threads=THREADS, seed=case.seed),
        lambda p: trace.append((round(p.elapsed_s, 2), p.cost_fen, p.bound_fen)),
    )
    wall_s = time.monotonic() - start
    peak_mb = peak_of_all_mb()
    return Row(
        case=case,
        people=problem.heads,
        served=served(problem, result),
        cost_fen=result.objective_fen,
        bound_fen=result.bound.value_fen,
        passenger_hours=round(passenger_hours(problem, result), 1),
        first_plan_s=next((elapsed for elapsed, cost, _ in trace if cost > 0), None),
        wall_s=round(wall_s, 2),
        intake_s=round(intake_s, 2),
        peak_mb=round(peak_mb),
        rounds=result.iterations,
        trace=(*trace, (round(wall_s, 2), result.objective_fen, result.bound.value_fen)),
        measured_by=measured_by,
        peers=tuple(peers(problem, charters)) if with_peers else (),
    )


def peak_of_all_mb() -> float:
    """Megabytes of this process at its largest, and of each process of the search as the largest of them."""
    own, largest = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + THREADS * largest) * RSS_UNIT / 1e6


def peers(problem: Problem, charters: frozenset[str]) -> Iterator[Peer]:
    """The cheapest reading of the hand practice, and the greedy plan, as far as there is time for them."""
    by_hand = []
    if problem.heads <= HAND_MOST:
        with given(PEER_S):
            for reading in READINGS:
                start = time.monotonic()
                figures = planned(problem, charters, reading)
                by_hand.append(_peer(f"by hand, per {reading}", figures, time.monotonic() - start))
    if by_hand:
        yield min(by_hand, key=lambda peer: (-peer.served, peer.cost_fen))
    found = []
    with given(PEER_S):
        for seconds, figures in zip(GREEDY_S, greedy_plans(problem, charters, GREEDY_S), strict=True):
            found.append(_peer(f"greedy, {seconds:g} s", figures, figures["seconds"]))
    yield from found


def _peer(name: str, figures: Mapping[str, Any], seconds: float) -> Peer:
    served = figures["people"] - figures["unserved"]
    cost = round(100 * figures["generalised_cost_cny"])
    return Peer(name, served, cost, figures["passenger_hours"], round(seconds, 2))


def read_rows(files: Iterable[Path]) -> dict[Case, Row]:
    """Rows kept by ``--save``; of a case that stands in several files, the last."""
    rows = {}
    for file in files:
        for kept in json.loads(file.read_text("utf-8")):
            case = Case(**kept.pop("case"))
            trace, others = tuple((t, c, b) for t, c, b in kept.pop("trace")), kept.pop("peers")
            rows[case] = Row(case=case, trace=trace, peers=tuple(Peer(**p) for p in others), **kept)
    return rows


def save_rows(rows: Mapping[Case, Row], file: Path) -> None:
    """Rows as JSON, one a line."""
    lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in in_order(rows))
    file.write_text(f"[\n{lines}\n]\n", "utf-8")


def in_order(rows: Mapping[Case, Row]) -> list[Row]:
    return [rows[c] for c in sorted(rows, key=lambda c: (c.heads, c.province, c.seed, c.days, c.seconds))]


def measured(cases: Sequence[Case], rows: dict[Case, Row], with_peers: bool) -> Iterator[None]:
    """Measure every case into ``rows``."""
    with tempfile.TemporaryDirectory() as room:
        warm_up(max(c.heads for c in cases), Path(room))
        for case in cases:
            known = next((r.peers for r in rows.values() if r.case.workspace == case.workspace and r.peers), ())
            config = generate(case, Path(room))
            try:
                row = apart(None, measure, case, config, called(), with_peers and not known)
            except LostError as lost:
                print(f"{case}: {lost}", file=sys.stderr)
                continue
            rows[case] = replace(row, peers=row.peers or known)
            print(" ".join(cells(rows[case])), file=sys.stderr, flush=True)
            yield


def warm_up(most: int, room: Path) -> None:
    """Solve a small case of few, and where there are many of many, so that the compiled code is in its cache."""
    for heads, seconds in WARM.items():
        if heads == min(WARM) or most > min(WARM):
            case = Case("14", heads, 1, 10, seconds)
            apart(None, measure, case, generate(case, room), "", False)


def cells(row: Row) -> list[str]:
    aim = AIMS.get(row.case.heads, {}).get(round(row.case.seconds))
    return [
        row.case.province,
        str(row.case.seed),
        f"{row.case.seconds:g}",
        f"{row.served:,}/{row.people:,}",
        f"{row.cost_fen / 100:,.0f}",
        f"{row.bound_fen / 100:,.0f}",
        f"{row.gap:.1%}",
        "" if aim is None else f"{aim:.0%}",
        "" if row.first_plan_s is None else f"{row.first_plan_s:.1f}",
        f"{row.wall_s:.0f}",
        f"{row.intake_s:.1f}",
        f"{row.peak_mb:,.0f}",
        f"{row.rounds:,}",
    ]


def plans(rows: Iterable[Row]) -> str:
    heads = "province,seed,limit s,served,cost,lower bound,gap,aim,first plan s,wall s,intake s,peak MB,rounds"
    return table(heads.split(","), map(cells, rows))


def beside(rows: Iterable[Row]) -> str:
    heads = "province,seed,people,peer,served,cost,of the plan's,hours,of the plan's,took s,plan's limit s"
    return table(heads.split(","), (peer_cells(row, peer) for row in rows for peer in row.peers))


def peer_cells(row: Row, peer: Peer) -> list[str]:
    return [
        row.case.province,
        str(row.case.seed),
        f"{row.people:,}",
        peer.name,
        f"{peer.served:,}",
        f"{peer.cost_fen / 100:,.0f}",
        f"{peer.cost_fen / row.cost_fen:.2f}",
        f"{peer.passenger_hours:,.0f}",
        f"{peer.passenger_hours / row.passenger_hours:.2f}",
        f"{peer.seconds:.1f}",
        f"{row.case.seconds:g}",
    ]


def page(rows: Sequence[Row]) -> str:
    commands = ", ".join(f"`{c}`" for c in dict.fromkeys([*(row.measured_by for row in rows), called()]))
    about = f"{commands}, on {machine('numba', 'ortools', 'numpy')}; {THREADS} processes search."
    return f"{about}\n\n{plans(rows)}\n\n{beside(rows)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", nargs="+", type=int)
    parser.add_argument("--provinces", nargs="+", default=["14", "52"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--seconds", nargs="+", type=float, default=[60.0, 600.0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--from", nargs="+", type=Path, default=[], dest="kept", metavar="FILE")
    parser.add_argument("--save", type=Path, metavar="FILE")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    asked = parser.parse_args()
    rows = read_rows(asked.kept)
    sizes = asked.heads or ([] if asked.kept else [1_000, 5_000])
    cases = [
        Case(province, heads, seed, asked.days, seconds)
        for heads in sizes
        for province in asked.provinces
        for seed in asked.seeds
        for seconds in asked.seconds
    ]
    if cases and not GENERATOR.exists():
        print(f"{GENERATOR.name} is not here: skipped; name its folder in DISPATCH_BENCH_DATA", file=sys.stderr)
        return
    for _ in measured(cases, rows, not asked.no_peers) if cases else ():
        if asked.save:
            save_rows(rows, asked.save)
    text = page(in_order(rows))
    print(text)
    if asked.save:
        save_rows(rows, asked.save)
    if asked.write:
        put("provinces", text)


if __name__ == "__main__":
    main()
