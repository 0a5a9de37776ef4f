"""The bound of a problem, worked out beside the search; until it is there nothing is proven."""

from __future__ import annotations

import math
from dataclasses import replace
from threading import Thread

from dispatch.model.problem import Bound, Problem
from dispatch.solve.bound import SCOPE, Clock, WholePlanBound, group
from dispatch.solve.options import LeastCosts


class Proof:
    """A bound that may still be to come."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        self.bound: WholePlanBound | None = None
        self._thread: Thread | None = None
        self._error: Exception | None = None
        self._stopped = self._given_up = False

    def begin(self, least: LeastCosts, time_limit_s: float) -> None:
        """Work it out in a thread; its kernels leave the interpreter free."""

        def work() -> None:
            try:
                self.work_out(least, time_limit_s)
            except MemoryError:
                pass  # what does not fit into memory is not proven; the plan stays
            except Exception as error:  # noqa: BLE001 - raised again where it is waited for
                self._error = error

        self._thread = Thread(target=work, daemon=True)
        self._thread.start()

    def work_out(self, least: LeastCosts, time_limit_s: float = math.inf) -> None:
        """Work it out now, and improve its prices for so long."""
        bound = WholePlanBound(self.problem, least)
        bound.stopped = self._stopped
        if not self._given_up:
            self.bound = bound
            bound.improve(time_limit_s, self.clock)

    def value(self, unserved: int) -> Bound:
        """What is proven by now about plans that leave so many people out."""
        return Bound(0, 0, SCOPE, ()) if self.bound is None else self.bound.value(unserved)

    def proven(self, unserved: int) -> Bound:
        """``value`` as a result tells it: with a price for each group, be it 0."""
        value = self.value(unserved)
        return value if self.bound is not None else replace(value, prices=(0,) * len(group(self.problem)))

    def end(self, wait: bool) -> None:
        """No more steps; with ``wait`` a bound that is still to come is waited for, else it comes no more. Raises what
        went wrong.
        """
        self._stopped, self._given_up = True, not wait
        if self.bound is not None:
            self.bound.stopped = True
        if self._thread is not None and (wait or self.bound is not None):
            self._thread.join()
        if self._error is not None:
            raise self._error

    @property
    def pruned(self) -> dict[str, int]:
        """Rides that no best plan needs, by why; empty before there is a bound."""
        return {} if self.bound is None else self.bound.pruned
