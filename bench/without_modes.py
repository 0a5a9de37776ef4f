#!/usr/bin/env python3
"""What an operation costs without one of its modes: ``python bench/without_modes.py [NAME ...] [--write]``.

Each operation of ``configs/`` (or those named) is planned up to four times through the library, with the limit, seed
and processes of its config, each time in a fresh process; where nothing of a mode is quoted, there is no plan without:

* *as it is*;
* *no flights*, *no trains*: the departures of that mode are not there;
* *no direct coaches*: no coach goes from home to gate. Coaches to and from stations stay; one that is quoted for
  anything is a feeder and a last-mile coach then, with its number of vehicles for each of the two uses, which can only
  flatter this plan.

*Cost* is money, *generalised* adds the passengers' time; the bound is of that plan's own problem. A plan without a mode
may leave people out: then its cost is that of fewer people, *per head* is what compares, and no bound is shown. A mode
pays where the plan without it costs more; it is proven where the bound without it lies above the plan as it is. A ratio
below 1 is what the search missed: a plan without a mode is a plan of the operation as it is.

    --seconds N        another limit than the config's
    --from FILE ...    rows planned before, replaced by those planned anew; without names nothing is planned
    --save FILE        keep the rows, with those of --from, after each operation
    --write            put the table into RESULTS.md
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from apart import apart
from hand_plan import problem_of
from results_page import called, machine, put, table
from solved import money_fen, passenger_hours, people_by_mode, served
from workspaces import config_of, known

from dispatch.config import load_settings
from dispatch.model.problem import Problem
from dispatch.model.supply import Mode, Role
from dispatch.solve import Limits, solve

MODES = ("coach", "train", "flight")


def without(problem: Problem, mode: Mode) -> Problem:
    """The problem with no departure of a mode."""
    return replace(problem, departures=tuple(d for d in problem.departures if d.mode is not mode))


def without_direct(problem: Problem) -> Problem:
    """The problem with coaches to and from stations only."""
    ends = (Role.FEEDER, Role.LAST_MILE)
    kept = [
        replace(coach, role=role)
        for coach in problem.coaches
        for role in (ends if coach.role is Role.ANY else (coach.role,))
        if role in ends
    ]
    return replace(problem, coaches=tuple(kept))


PLANS: Mapping[str, Callable[[Problem], Problem]] = {
    "as it is": lambda problem: problem,
    "no flights": lambda problem: without(problem, Mode.FLIGHT),
    "no trains": lambda problem: without(problem, Mode.TRAIN),
    "no direct coaches": without_direct,
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One plan: money in fen, people by what carries them the long way, and the command that made it."""

    plan: str
    people: int
    served: int
    cost_fen: int
    generalised_fen: int
    bound_fen: int
    passenger_hours: float
    modes: dict[str, int]
    measured_by: str


def planned(name: str, plan: str, seconds: float | None, measured_by: str) -> Variant | None:
    """Plan an operation without a mode, None where nothing of it is quoted; runs in a process of its own."""
    config = config_of(name)
    limits = load_settings(config).solver
    whole = problem_of(config)[0]
    problem = PLANS[plan](whole)
    if problem is not whole and (problem.departures, problem.coaches) == (whole.departures, whole.coaches):
        return None
    result = solve(
        problem,
        Limits(
            seconds or limits.time_limit_s, 0 if seconds else limits.rounds, limits.seed, limits.threads, limits.gap
        ),
    )
    return Variant(
        plan=plan,
        people=problem.heads,
        served=served(problem, result),
        cost_fen=money_fen(problem, result),
        generalised_fen=result.objective_fen,
        bound_fen=result.bound.value_fen,
        passenger_hours=round(passenger_hours(problem, result), 1),
        modes=people_by_mode(problem, result),
        measured_by=measured_by,
    )


def read_rows(files: Iterable[Path]) -> dict[str, list[Variant]]:
    """Plans kept by ``--save`` by operation; of one that stands in several files, the last."""
    rows = {}
    for file in files:
        kept = json.loads(file.read_text("utf-8"))
        rows |= {name: [Variant(**plan) for plan in plans] for name, plans in kept.items()}
    return rows


def save_rows(rows: Mapping[str, list[Variant]], file: Path) -> None:
    content = {name: [asdict(plan) for plan in rows[name]] for name in sorted(rows)}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


HEADS = "served,cost,generalised,of the plan's,per head,of the plan's,lower bound,by coach,by train,by flight"


def cells(variant: Variant, plan: Variant) -> list[str]:
    """What a table says of a plan beside the plan as it is."""
    heads = variant.generalised_fen / max(1, variant.served), plan.generalised_fen / max(1, plan.served)
    return [
        f"{variant.served:,}/{variant.people:,}",
        f"{variant.cost_fen / 100:,.0f}",
        f"{variant.generalised_fen / 100:,.0f}",
        ratio(variant.generalised_fen, plan.generalised_fen),
        f"{heads[0] / 100:,.0f}",
        ratio(*heads),
        f"{variant.bound_fen / 100:,.0f}" if variant.served == variant.people else "–",
        *(f"{variant.modes[mode]:,}" for mode in MODES),
    ]


def ratio(a: float, b: float) -> str:
    return f"{a / b:.3f}" if b else "–"


def page(rows: Mapping[str, list[Variant]]) -> str:
    made_by = [variant.measured_by for plans in rows.values() for variant in plans]
    commands = ", ".join(f"`{c}`" for c in dict.fromkeys([*made_by, called()]))
    lines = ([f"{name}, {v.plan}", *cells(v, rows[name][0])] for name in sorted(rows) for v in rows[name])
    about = f"{commands}, on {machine('numba', 'ortools', 'numpy')}."
    return f"{about}\n\n{table(['plan', *HEADS.split(',')], lines)}"


def main() -> None:
    """Plan and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known()))
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--from", nargs="+", type=Path, default=[], dest="kept", metavar="FILE")
    parser.add_argument("--save", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known()):
        parser.error(f"no config {', '.join(sorted(unknown))}; there are {', '.join(known())}")
    rows = read_rows(asked.kept)
    for name in asked.names or ([] if asked.kept else known()):
        made: list[Variant] = []
        for plan in PLANS:
            variant = apart(None, planned, name, plan, asked.seconds, called())
            if variant is None:
                continue
            made.append(variant)
            print(name, plan, *cells(made[-1], made[0]), file=sys.stderr, flush=True)
        rows[name] = made
        if asked.save:
            save_rows(rows, asked.save)
    text = page(rows)
    print(text)
    if asked.write:
        put("without a mode", text)


if __name__ == "__main__":
    main()
