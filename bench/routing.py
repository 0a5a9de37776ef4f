#!/usr/bin/env python3
"""Route public instances with four solvers: ``python bench/routing.py [--seconds 10 60] [--write]``.

Heterogeneous fleets (Pessoa, Sadykov and Uchoa 2018), X instances and one with time windows, read from
``../shared/bench/routing`` or the folder in ``DISPATCH_BENCH_ROUTING``. Each solver gets the same instance, the same
limit of wall time and two threads at most, one after the other: ``route()`` of this package (two processes), PyVRP
called directly (one thread, as it has no other way), OR-Tools routing (guided local search, one thread), VROOM by
``pyvroom`` (exploration level 5, two threads). What each found is priced here from its routes, checked for seats,
windows and for everybody being served, and compared with the best known solution's routes priced the same way.

``--sets hfvrp cvrp vrptw``, ``--only NAME ...`` and ``--solvers ...`` choose; sets but the first get the least limit
only. Needs ``pip install -e .[bench]``. 9 + 5 instances at 10 s take ten minutes, at 60 s another forty.
"""
# ruff: noqa: PLC0415 - a peer is loaded where it is called, not in the processes that ``route()`` starts

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from results_page import SHARED, called, put

DATA = Path(os.environ.get("DISPATCH_BENCH_ROUTING", SHARED / "routing"))
SETS = {"hfvrp": "heterogeneous fleet", "cvrp": "X instances", "vrptw": "time windows"}
DIGITS = {"hfvrp": 1000, "cvrp": 1, "vrptw": 10}  # arcs per unit: as each set's best known solutions were measured
ROUNDING = {"hfvrp": "exact", "cvrp": "round", "vrptw": "dimacs"}  # PyVRP's words for them

Tour = tuple[int, list[int]]  # vehicle type, places in order without the depot


@dataclass(frozen=True, slots=True)
class Kind:
    """A vehicle type: cost = fixed + rate * arcs."""

    number: int
    seats: int
    fixed: int
    rate: int


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Depot 0; ``arcs`` are whole and cost distance as well as time; windows are for the start of service."""

    path: Path
    arcs: NDArray[np.int64]
    demand: list[int]
    kinds: list[Kind]
    service: int
    windows: list[tuple[int, int]] | None
    best: list[Tour]

    @property
    def name(self) -> str:
        return self.path.stem


def read(path: Path) -> Instance:
    import vrplib

    raw = vrplib.read_instance(path)
    scale = DIGITS[path.parent.name]
    edges = np.asarray(raw["edge_weight"]) * scale
    # Solomon's and Homberger's one decimal is cut off, X instances round to whole numbers
    arcs = (np.floor(edges + 1e-9) if path.parent.name == "vrptw" else np.round(edges)).astype(np.int64)
    number, n = int(raw.get("vehicles", len(arcs) - 1)), len(arcs)
    seats = np.broadcast_to(raw["capacity"], number).astype(int).tolist()
    fixed = np.broadcast_to(raw.get("vehicles_fixed_cost", 0), number).astype(int).tolist()
    rates = np.broadcast_to(raw.get("vehicles_unit_distance_cost", 1), number).astype(int).tolist()
    terms = list(zip(seats, (scale * f for f in fixed), rates, strict=True))
    kinds = list(dict.fromkeys(terms))
    service = np.broadcast_to(raw.get("service_time", 0), n)
    windows = raw.get("time_window")
    return Instance(
        path=path,
        arcs=arcs,
        demand=[int(d) for d in raw["demand"]],
        kinds=[Kind(terms.count(k), *k) for k in kinds],
        service=int(max(service)) * scale,
        windows=None if windows is None else [(int(a) * scale, int(b) * scale) for a, b in windows],
        best=_solution(path.with_suffix(".sol"), terms, kinds),
    )


def _solution(path: Path, terms: list[tuple[int, int, int]], kinds: list[tuple[int, int, int]]) -> list[Tour]:
    """Routes of a ``.sol`` file; the number of a route is that of its vehicle, where vehicles differ."""
    found = re.findall(r"^Route #(\d+):\s*([\d ]*)$", path.read_text(), re.MULTILINE)
    kind = [kinds.index(terms[int(number) - 1]) if len(kinds) > 1 else 0 for number, _ in found]
    return [(k, [int(p) for p in places.split()]) for k, (_, places) in zip(kind, found, strict=True) if places.strip()]


def cost(i: Instance, tours: Iterable[Tour]) -> int:
    """What tours cost; ``ValueError`` where they break the instance."""
    total, seen, used = 0, [], [0] * len(i.kinds)
    for kind, places in tours:
        used[kind] += 1
        way = [0, *places, 0]
        total += i.kinds[kind].fixed + i.kinds[kind].rate * sum(int(i.arcs[a, b]) for a, b in pairwise(way))
        if sum(i.demand[p] for p in places) > i.kinds[kind].seats or late(i, way):
            raise ValueError(f"{i.name}: a tour is overfull or late")
        seen += places
    if sorted(seen) != list(range(1, len(i.demand))) or any(n > k.number for n, k in zip(used, i.kinds, strict=True)):
        raise ValueError(f"{i.name}: not everybody is served once, or too many vehicles are used")
    return total


def late(i: Instance, way: Sequence[int]) -> bool:
    if i.windows is None:
        return False
    now = i.windows[0][0]
    for a, b in pairwise(way):
        now = max(now + int(i.arcs[a, b]) + (i.service if a else 0), i.windows[b][0])
        if now > i.windows[b][1]:
            return True
    return False


def ours(i: Instance, seconds: float) -> list[Tour]:
    from dispatch.solve.routing import NEVER, Request, RoutingProblem, Shape, Stop, Vehicle, route

    scale = DIGITS[i.path.parent.name]
    opens, closes = i.windows[0] if i.windows else (0, NEVER)
    # the last service and the way home are no part of a window here: they are taken off each place's own
    windows = [
        (a, min(b, closes - i.service - int(i.arcs[p, 0])))
        for p, (a, b) in enumerate(i.windows or [(0, NEVER)] * len(i.arcs))
    ]
    problem = RoutingProblem(
        shape=Shape.ROUND,
        hub=0,
        minutes=i.arcs if i.windows else np.zeros_like(i.arcs),
        metres=i.arcs,
        requests=tuple(Request(p, (i.demand[p],), opens, *windows[p]) for p in range(1, len(i.arcs))),
        vehicles=tuple(
            Vehicle(str(n), k.seats, k.number, k.fixed // scale, k.rate * 1000 // scale) for n, k in enumerate(i.kinds)
        ),
        dwell_min=i.service,
    )
    return [(t.vehicle, [v.place for v in t.visits]) for t in route(problem, Stop(seconds)).trips]


def pyvrp_directly(i: Instance, seconds: float) -> list[Tour]:
    import pyvrp

    # by its own reader and the rounding its own benchmarks take, which scales loads as well
    data = pyvrp.read(i.path, ROUNDING[i.path.parent.name])
    best = pyvrp.solve(data, pyvrp.stop.MaxRuntime(seconds), seed=1, collect_stats=False).best
    return [(r.vehicle_type(), [a.idx + 1 for a in r if a.is_client()]) for r in best.routes()]


def or_tools(i: Instance, seconds: float) -> list[Tour]:
    from ortools.constraint_solver import pywrapcp
    from ortools.constraint_solver.routing_enums_pb2 import FirstSolutionStrategy, LocalSearchMetaheuristic

    least = [-(-sum(i.demand) // k.seats) for k in i.kinds]
    fleet = [n for n, k in enumerate(i.kinds) for _ in range(min(k.number, 2 * least[n] + 5))]
    manager = pywrapcp.RoutingIndexManager(len(i.arcs), len(fleet), 0)
    model = pywrapcp.RoutingModel(manager)
    for rate in {k.rate for k in i.kinds}:
        arc = model.RegisterTransitMatrix((i.arcs * rate).tolist())
        for v, n in enumerate(fleet):
            if i.kinds[n].rate == rate:
                model.SetArcCostEvaluatorOfVehicle(arc, v)
    for v, n in enumerate(fleet):
        model.SetFixedCostOfVehicle(i.kinds[n].fixed, v)
    load = model.RegisterUnaryTransitVector(i.demand)
    model.AddDimensionWithVehicleCapacity(load, 0, [i.kinds[n].seats for n in fleet], True, "load")
    if i.windows:
        stand = i.arcs + np.where(np.arange(len(i.arcs)) > 0, i.service, 0)[:, None]
        np.fill_diagonal(stand, 0)
        model.AddDimension(model.RegisterTransitMatrix(stand.tolist()), i.windows[0][1], i.windows[0][1], False, "time")
        clock = model.GetDimensionOrDie("time")
        for p, (a, b) in enumerate(i.windows):
            if p:
                clock.CumulVar(manager.NodeToIndex(p)).SetRange(a, b)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    found = model.SolveWithParameters(search)
    if found is None:
        return []
    tours = []
    for v, n in enumerate(fleet):
        at, places = found.Value(model.NextVar(model.Start(v))), []
        while not model.IsEnd(at):
            places.append(manager.IndexToNode(at))
            at = found.Value(model.NextVar(at))
        if places:
            tours.append((n, places))
    return tours


def vroom_by_pyvroom(i: Instance, seconds: float) -> list[Tour]:
    import vroom

    # VROOM costs are 32 bits: the same matrix for all types, priced per kilometre, and a time matrix of its own
    job = vroom.Input()
    least = [-(-sum(i.demand) // k.seats) for k in i.kinds]
    fleet = [n for n, k in enumerate(i.kinds) for _ in range(min(k.number, 2 * least[n] + 5))]
    rates = sorted({k.rate for k in i.kinds})
    unit = 1.0 if max(rates) * int(i.arcs.max()) < 1e6 else 1e6 / (max(rates) * int(i.arcs.max()))
    for rate in rates:
        job.set_costs_matrix(profile=str(rate), matrix_input=np.round(i.arcs * rate * unit).astype(np.uint32))
        job.set_durations_matrix(
            profile=str(rate), matrix_input=(i.arcs if i.windows else np.zeros_like(i.arcs)).astype(np.uint32)
        )
        job.set_distances_matrix(profile=str(rate), matrix_input=np.zeros_like(i.arcs).astype(np.uint32))
    horizon = {"time_window": vroom.TimeWindow(*i.windows[0])} if i.windows else {}
    job.add_vehicle(
        [
            vroom.Vehicle(
                v,
                0,
                0,
                str(i.kinds[n].rate),
                [i.kinds[n].seats],
                costs=vroom.VehicleCosts(round(i.kinds[n].fixed * unit)),
                **horizon,
            )
            for v, n in enumerate(fleet)
        ]
    )
    job.add_job(
        [
            vroom.Job(
                p, p, default_service=i.service, delivery=vroom.Amount([i.demand[p]]),
                time_windows=[vroom.TimeWindow(*i.windows[p])] if i.windows else [],
            )
            for p in range(1, len(i.arcs))
        ]
    )  # fmt: skip
    table = job.solve(exploration_level=5, nb_threads=2, timeout=timedelta(seconds=seconds)).routes
    jobs = table[table["type"] == "job"]
    return [(fleet[int(v)], [int(p) for p in rows["id"]]) for v, rows in jobs.groupby("vehicle_id")]


SOLVERS: dict[str, Callable[[Instance, float], list[Tour]]] = {
    "dispatch `route()`": ours,
    "PyVRP": pyvrp_directly,
    "OR-Tools": or_tools,
    "VROOM": vroom_by_pyvroom,
}


@dataclass(frozen=True, slots=True)
class Found:
    """One solver's answer: gap to the best known solution (None where it has none that holds), seconds by the clock."""

    gap: float | None
    wall_s: float


def measure(i: Instance, solver: str, seconds: float) -> Found:
    start = time.monotonic()
    tours = SOLVERS[solver](i, seconds)
    wall = time.monotonic() - start
    best = cost(i, i.best)
    try:
        gap = cost(i, tours) / best - 1
    except ValueError as broken:
        print(f"  {solver}: {broken}", file=sys.stderr)
        return Found(None, wall)
    print(f"  {i.name} {seconds:g} s {solver}: {gap:.2%} in {wall:.1f} s", file=sys.stderr, flush=True)
    return Found(gap, wall)


def shown(gaps: Sequence[float | None]) -> str:
    solved = [g for g in gaps if g is not None]
    if not solved:
        return "none"
    text = f"{statistics.fmean(solved):.2%}"
    return text if len(solved) == len(gaps) else f"{text} ({len(solved)} of {len(gaps)} solved)"


def page(rows: dict[tuple[str, float, str], dict[str, Found]], command: str) -> str:
    versions = ", ".join(f"{n} {version(n)}" for n in ("pyvrp", "ortools", "pyvroom"))
    solvers = list(dict.fromkeys(s for found in rows.values() for s in found))
    parts = [f"`{command}`, on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, {versions}.", ""]
    parts += [
        f"| mean gap to best known | instances | limit s | {' | '.join(solvers)} |",
        f"| --- |{' ---: |' * (2 + len(solvers))}",
    ]
    for folder, seconds in dict.fromkeys((folder, seconds) for folder, seconds, _ in rows):
        here = [found for (f, s, _), found in rows.items() if (f, s) == (folder, seconds)]
        cells = [shown([found[s].gap for found in here]) for s in solvers]
        parts.append(f"| {SETS[folder]} | {len(here)} | {seconds:g} | {' | '.join(cells)} |")
    parts += ["", f"| instance | limit s | {' | '.join(solvers)} |", f"| --- |{' ---: |' * (1 + len(solvers))}"]
    for (_, seconds, name), found in rows.items():
        parts.append(f"| {name} | {seconds:g} | {' | '.join(shown([found[s].gap]) for s in solvers)} |")
    return "\n".join(parts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", nargs="+", type=float, default=[10.0, 60.0], help="limits for the first set")
    parser.add_argument(
        "--sets", nargs="+", choices=list(SETS), default=list(SETS), help="the others only get the least limit"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="instances, all by default")
    parser.add_argument("--solvers", nargs="+", choices=list(SOLVERS), default=list(SOLVERS))
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    asked = parser.parse_args()
    if not DATA.is_dir():
        print(f"no instances at {DATA}: skipped; set DISPATCH_BENCH_ROUTING to a folder with hfvrp, cvrp and vrptw")
        return
    rows: dict[tuple[str, float, str], dict[str, Found]] = {}
    for folder in asked.sets:
        paths = [p for p in sorted((DATA / folder).glob("*.vrp")) if not asked.only or p.stem in asked.only]
        instances = [read(path) for path in paths]
        for seconds in asked.seconds if folder == "hfvrp" else [min(asked.seconds)]:
            for i in instances:
                rows[folder, seconds, i.name] = {s: measure(i, s, seconds) for s in asked.solvers}
    text = page(rows, called())
    print(text)
    if asked.write:
        put("routing", text)


if __name__ == "__main__":
    main()
