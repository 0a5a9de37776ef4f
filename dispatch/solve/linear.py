"""Linear and mixed-integer models through OR-Tools, each answer rechecked before anybody believes it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Thread

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder as mb
from ortools.linear_solver.python.model_builder_helper import SolveStatus

TOLERANCE = 1e-5
HEARS_S = 0.2  # seconds at most until Ctrl-C is heard
PARAMETERS = {"scip": "misc/catchctrlc = FALSE"}  # or it would keep Ctrl-C to itself


class Status(StrEnum):
    """What came of a model: proven best, an incumbent, or nothing."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NO_SOLUTION = "no_solution"


STATUS = {
    SolveStatus.OPTIMAL: Status.OPTIMAL,
    SolveStatus.FEASIBLE: Status.FEASIBLE,
    SolveStatus.INFEASIBLE: Status.NO_SOLUTION,
    SolveStatus.UNBOUNDED: Status.NO_SOLUTION,
    SolveStatus.ABNORMAL: Status.NO_SOLUTION,
    SolveStatus.NOT_SOLVED: Status.NO_SOLUTION,
    SolveStatus.CANCELLED_BY_USER: Status.NO_SOLUTION,
    SolveStatus.UNKNOWN_STATUS: Status.NO_SOLUTION,
}


@dataclass
class Rows:
    """A model being written: columns with cost and bounds, rows of (columns, coefficients) with bounds."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    row_of: list[int] = field(default_factory=list)
    column_of: list[int] = field(default_factory=list)
    value_of: list[float] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)

    def column(self, cost: float, upper: float, integer: bool = False) -> int:
        """A new variable between 0 and ``upper``; its index."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def row(self, columns: Sequence[int], values: Sequence[float], low: float, high: float) -> int:
        """A new constraint low <= sum <= high; its index."""
        r = len(self.row_low)
        self.row_low.append(low)
        self.row_high.append(high)
        self.row_of.extend([r] * len(columns))
        self.column_of.extend(columns)
        self.value_of.extend(values)
        return r

    def matrix(self) -> sp.csr_matrix:
        """The constraint matrix, shape (rows, columns)."""
        shape = (len(self.row_low), len(self.cost))
        return sp.csr_matrix((self.value_of, (self.row_of, self.column_of)), shape=shape)


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer: values by column, duals by row (continuous models only), objective, proven bound of the
    model.
    """

    status: Status
    values: NDArray[np.float64]
    duals: NDArray[np.float64]
    objective: float
    bound: float


def minimise_over(
    rows: Rows, time_limit_s: float, hint: Sequence[int], known: float, enough: str = ""
) -> tuple[Answer, Answer]:
    """Minimise a mixed-integer model whose solution ``hint`` costs ``known``; the relaxed model's answer, and its own.

    Columns that cannot be in anything better, by their reduced costs, are closed before SCIP sees them. A third of the
    time is the relaxed model's.
    """
    relaxed_s = time_limit_s / 3
    loose = minimise(replace(rows, integer=[False] * len(rows.cost)), "glop", relaxed_s)
    if loose.status is not Status.OPTIMAL:
        return loose, minimise(rows, "scip", time_limit_s - relaxed_s, hint, enough)
    reduced = np.array(rows.cost) - rows.matrix().T @ loose.duals
    cannot = (reduced > known - loose.objective + TOLERANCE * (1 + abs(known))) & (loose.values < TOLERANCE)
    cannot[list(hint)] = False
    upper = np.where(cannot, 0.0, np.array(rows.upper)).tolist()
    return loose, minimise(replace(rows, upper=upper), "scip", time_limit_s - relaxed_s, hint, enough)


def minimise(rows: Rows, solver: str, time_limit_s: float, hint: Sequence[int] = (), enough: str = "") -> Answer:
    """Minimise a model; ``hint`` lists columns at 1 in a known solution, ``enough`` are the solver's own settings of
    when to stop. An answer that breaks a row counts as none.
    """
    model = mb.Model()
    cost, upper = np.array(rows.cost), np.array(rows.upper)
    matrix = rows.matrix()
    low, high = np.array(rows.row_low), np.array(rows.row_high)
    model.helper.fill_model_from_sparse_data(np.zeros(len(cost)), upper, cost, low, high, matrix)
    for column in np.flatnonzero(rows.integer).tolist():
        model.helper.set_var_integrality(column, True)
    for column in hint:
        model.helper.add_hint(int(column), 1.0)
    engine = mb.Solver(solver)
    engine.set_time_limit_in_seconds(max(0.05, time_limit_s))
    engine.set_solver_specific_parameters("\n".join(filter(None, (PARAMETERS.get(solver), enough))))
    status = STATUS[_solved(engine, model)]
    return _checked(status, engine, model, rows, matrix, low, high)


def _solved(engine: mb.Solver, model: mb.Model) -> SolveStatus:
    """The solver's status; from a thread of its own, so that Ctrl-C need not wait for it: the thread is left behind,
    and ends with its time limit or with the process.
    """
    said: Future[SolveStatus] = Future()

    def work() -> None:
        try:
            said.set_result(engine.solve(model))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the caller gets it
            said.set_exception(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(HEARS_S)
    return said.result()


def _checked(
    status: Status,
    engine: mb.Solver,
    model: mb.Model,
    rows: Rows,
    matrix: sp.csr_matrix,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> Answer:
    nothing = np.zeros(0)
    if status is Status.NO_SOLUTION:
        return Answer(status, nothing, nothing, float("inf"), float("-inf"))
    values = np.asarray(engine.values(model.get_variables()), np.float64)
    whole = np.array(rows.integer, bool)
    outside = (values < -TOLERANCE) | (values > np.array(rows.upper) + TOLERANCE)
    broken = whole & (np.abs(values - np.round(values)) > TOLERANCE)
    if not np.isfinite(values).all() or outside.any() or broken.any():
        return Answer(Status.NO_SOLUTION, nothing, nothing, float("inf"), float("-inf"))
    activity = matrix @ values
    scale = 1 + np.abs(activity)
    if np.any(activity < low - TOLERANCE * scale) or np.any(activity > high + TOLERANCE * scale):
        return Answer(Status.NO_SOLUTION, nothing, nothing, float("inf"), float("-inf"))
    objective = float(np.array(rows.cost) @ values)
    duals = nothing if any(rows.integer) else np.asarray(engine.dual_values(model.get_linear_constraints()))
    bound = float(engine.best_objective_bound) if any(rows.integer) else objective
    if bound > objective + TOLERANCE * (1 + abs(objective)):
        return Answer(Status.NO_SOLUTION, nothing, nothing, float("inf"), float("-inf"))
    return Answer(status, values, duals, objective, min(bound, objective))
