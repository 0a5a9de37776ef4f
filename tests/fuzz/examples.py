"""How long the fuzz of the readers goes on: so many examples and so many seconds a test.

The suite takes the same examples each time. ``DISPATCH_FUZZ=1 pytest tests/fuzz`` takes others at each run, as the gate
does behind the suite; ``DISPATCH_FUZZ=20`` twenty times as many. What is found is printed, with the line that repeats
it (``@reproduce_failure``); it belongs into ``found/`` or a list ``FOUND`` beside its test.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, Phase, settings

ASKED = os.environ.get("DISPATCH_FUZZ", "")
FACTOR = int(ASKED or "1")
# Of one test; all of them together take at most as many times as long.
SECONDS = 20 * FACTOR

Test = Callable[..., Any]


class Clock:
    """The time of one test. Who has found something gets all the time it takes to repeat it and make it small."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A test begins."""
        self._end = time.monotonic() + SECONDS
        self._found = False

    def bound(self, example: Test) -> Test:
        """The example as long as there is time, nothing afterwards: so it draws before, with ``given``, and not itself,
        which Hypothesis would take for a test that is not of one mind.
        """

        @wraps(example)
        def bounded(*args: Any, **kwargs: Any) -> None:
            if not self._found and time.monotonic() > self._end:
                return
            try:
                example(*args, **kwargs)
            except Exception:
                self._found = True
                raise

        return bounded


CLOCK = Clock()


def bounded(examples: int) -> Callable[[Test], Test]:
    """So many examples, or as many as the clock allows; a slow one is no finding, since the machine may be busy."""
    chosen = settings(
        max_examples=examples * FACTOR,
        derandomize=not ASKED,
        deadline=None,
        database=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    def choose(test: Any) -> Test:
        test.hypothesis.inner_test = CLOCK.bound(test.hypothesis.inner_test)
        return chosen(test)

    return choose
