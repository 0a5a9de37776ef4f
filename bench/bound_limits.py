#!/usr/bin/env python3
"""How far better prices of coaches could raise the bound: ``python bench/bound_limits.py [--heads 1000] [--write]``.

A column generation on coach loads finds the best prices that no load undercuts. Whatever it finds, a person's price is
at most what one coach filled at that person's own stop (or gate) that day costs a head, because that is a load too.
So the bound is worked out with exactly these, and then with direct coaches so dear that they never limit a price:
no column generation on coach loads by day can prove more. The last column is no bound: it is what everybody costs on
whole trains and flights, chosen greedily, at the bound's own prices of coaches. So no more than its distance to the
bound lies with the trains that relaxation runs in fractions; the rest lies with the prices of coaches and the plan.

    --heads 1000 5000 --provinces 14 --seed 1    generated provinces, as in ``provinces.py``
    --seconds 60                                 for the ascent of each bound
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from provinces import GENERATOR, Case, generate, problem_of
from results_page import called, machine, put, table

from dispatch.model.problem import Problem
from dispatch.solve import end_prices
from dispatch.solve.bound import WholePlanBound
from dispatch.solve.charters import market_cost
from dispatch.solve.compile import compile_instance
from dispatch.solve.instance import Floats, Ints, pack_units
from dispatch.solve.opening import market, rides
from dispatch.solve.options import LeastCosts
from dispatch.solve.sharing import Terms

UNIT_HEADS, OPTIONS = 12, 1_200  # people moved together, and trunk legs that they may choose from
NEVER = 3.0  # times its least cost a direct coach limits no price
Prices = Callable[[Sequence[Terms], Ints, tuple[Floats, Floats], tuple[Floats, Floats]], Floats]


def one_stop(terms: Sequence[Terms], people: Ints, between: tuple[Floats, Floats], to: tuple[Floats, Floats]) -> Floats:
    """What a coach filled at one place costs a head, by place and day."""
    found = np.full(people.shape, np.inf)
    for hire, metre, minute, fare, seats in terms:
        cost = hire + metre * to[1] + minute * to[0]
        found = np.minimum(found, fare + cost[:, None] / np.minimum(seats, np.maximum(1, people)))
    found[people == 0] = np.inf
    return found


def bound(problem: Problem, seconds: float, ends: Prices, lines: float) -> float:
    """The bound in CNY with other prices of feeders and last miles, and direct coaches so many times as dear."""
    kept, rings = end_prices.shared_prices, end_prices.RINGED_MOST
    if ends is not kept:
        end_prices.shared_prices, end_prices.RINGED_MOST = ends, 0
    try:
        least = LeastCosts(problem)
    finally:
        end_prices.shared_prices, end_prices.RINGED_MOST = kept, rings
    directs = least.directs
    least.directs = lambda demands: lines * directs(demands)  # type: ignore[method-assign]
    proven = WholePlanBound(problem, least)
    proven.improve(seconds, time.monotonic)
    return proven.value(proven.stranded).value_fen / 100


def whole_trains(problem: Problem) -> float:
    """What people cost in CNY on whole trains and flights, and direct coaches, at the least costs of the bound."""
    x = compile_instance(problem, LeastCosts(problem), pack_units(problem, UNIT_HEADS), OPTIONS).instance
    prices = market(x, 1.0, 1.0)
    return market_cost(x, prices, rides(x, prices)) / 100


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--heads", type=int, nargs="+", default=[1_000, 5_000, 27_000])
    options.add_argument("--provinces", nargs="+", default=["14"])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = options.parse_args()
    if not GENERATOR.exists():
        sys.exit(f"{GENERATOR.name} is not here: skipped; name its folder in DISPATCH_BENCH_DATA")
    rows = []
    with tempfile.TemporaryDirectory() as room:
        for heads in asked.heads:
            for province in asked.provinces:
                config = generate(Case(province, heads, asked.seed, asked.days, asked.seconds), Path(room))
                problem = problem_of(config)[0]
                now = bound(problem, asked.seconds, end_prices.shared_prices, 1.0)
                others = [
                    bound(problem, asked.seconds, *change)
                    for change in ((one_stop, 1.0), (end_prices.shared_prices, NEVER), (one_stop, NEVER))
                ]
                cells = [f"{v:,.0f} ({v / now - 1:+.1%})" for v in (*others, whole_trains(problem))]
                rows.append((f"{heads:,}, {province}", f"{now:,.0f}", *cells))
                print(rows[-1], flush=True)
    heads_of = (
        "people, province",
        "bound",
        "feeders and last miles at best",
        "direct coaches at best",
        "both",
        "whole trains",
    )
    text = f"`{called()}`, on {machine('numba', 'numpy')}.\n\n{table(heads_of, rows)}"
    if asked.write:
        put("limits of the bound", text)
    print(text)


if __name__ == "__main__":
    main()
