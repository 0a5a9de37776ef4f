"""Models through OR-Tools: every status has a meaning, and an answer is believed only after a recheck."""

import os
import signal
import sys
import time
from threading import Timer

import numpy as np
import pytest
from ortools.linear_solver.python import model_builder as mb
from ortools.linear_solver.python.model_builder_helper import SolveStatus

from dispatch.solve.linear import STATUS, Rows, Status, minimise


def knapsack(integer=True):
    """Least cost of a weight of 7 out of pieces of 3 (cost 5) and 4 (cost 9), at most four of each."""
    rows = Rows()
    columns = [rows.column(5.0, 4.0, integer), rows.column(9.0, 4.0, integer)]
    rows.row(columns, [3.0, 4.0], 7.0, np.inf)
    return rows


def test_the_best_answer_comes_with_its_proof():
    answer = minimise(knapsack(), "scip", 5.0)
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, pytest.approx(14), pytest.approx(14))
    assert answer.values == pytest.approx([1, 1])


def test_a_continuous_model_has_the_price_of_each_row():
    answer = minimise(knapsack(integer=False), "glop", 5.0)
    assert answer.objective == answer.bound == pytest.approx(35 / 3)
    assert answer.duals == pytest.approx([5 / 3])


@pytest.mark.parametrize("hint", [(), (0, 1), (0,)])
def test_a_hint_never_changes_the_best_cost(hint):
    assert minimise(knapsack(), "scip", 5.0, hint).objective == pytest.approx(14)


def test_a_model_without_answer_says_so():
    rows = knapsack()
    rows.row([0, 1], [1.0, 1.0], 0.0, 1.0)
    answer = minimise(rows, "scip", 5.0)
    assert (answer.status, len(answer.values), answer.objective) == (Status.NO_SOLUTION, 0, float("inf"))


@pytest.mark.parametrize("wrong", [[0.0, 1.0], [0.0, 0.0], [1.0, 0.9]])
def test_an_answer_that_breaks_a_row_counts_as_none(monkeypatch, wrong):
    monkeypatch.setattr(mb.Solver, "values", lambda *_: np.array(wrong))
    assert minimise(knapsack(), "scip", 5.0).status is Status.NO_SOLUTION


@pytest.mark.parametrize("wrong", [[1.5, 1.0], [-1.0, 2.5], [9.0, 0.0], [float("nan"), 2.0]])
def test_an_answer_outside_its_columns_counts_as_none(monkeypatch, wrong):
    """Part of a coach, less than none of it, or more than there are, is no answer either."""
    monkeypatch.setattr(mb.Solver, "values", lambda *_: np.array(wrong))
    assert minimise(knapsack(), "scip", 5.0).status is Status.NO_SOLUTION


def test_every_status_that_may_come_back_has_a_meaning():
    known = {value for name, value in vars(SolveStatus).items() if name.isupper()}
    trouble = {s for s in known if s.name in {"MODEL_IS_VALID", "MODEL_INVALID", "INVALID_SOLVER_PARAMETERS"}}
    trouble |= {s for s in known if s.name in {"SOLVER_TYPE_UNAVAILABLE", "INCOMPATIBLE_OPTIONS"}}
    assert known - trouble == set(STATUS)  # the others mean that the model itself was written wrongly: they crash
    assert {s for s, meaning in STATUS.items() if meaning is not Status.NO_SOLUTION} == {
        SolveStatus.OPTIMAL,
        SolveStatus.FEASIBLE,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="a console event cannot be sent to one process")
def test_ctrl_c_does_not_wait_for_the_solver_nor_does_the_solver_keep_it_to_itself():
    draw, rows = np.random.default_rng(1), Rows()
    for worth in draw.integers(50, 100, 300):
        rows.column(-float(worth), 1.0, integer=True)
    for _ in range(60):
        rows.row(range(300), draw.integers(10, 99, 300).astype(float).tolist(), -np.inf, 3_600.0)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    ctrl_c = Timer(1.0, os.kill, [os.getpid(), signal.SIGINT])
    ctrl_c.start()
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            minimise(rows, "scip", 6.0)
    finally:
        ctrl_c.cancel()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - began < 4
