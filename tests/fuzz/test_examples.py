"""The clock of the fuzz: it ends a test's examples, and never the search for what was found."""

from contextlib import suppress

import examples
from examples import Clock


def times_run(clock, end):
    """How many of three calls are run when the time is over before the second, and the first ends with ``end``."""
    ran = []

    def example():
        ran.append(1)
        if end is not None and len(ran) == 1:
            raise end

    bound = clock.bound(example)
    for _ in range(3):
        with suppress(ValueError):
            bound()
        clock._end = 0.0
    return len(ran)


def test_when_its_time_is_over_a_test_takes_no_more_examples():
    assert times_run(Clock(), None) == 1


def test_what_was_found_may_be_repeated_as_often_as_it_takes():
    assert times_run(Clock(), ValueError()) == 3


def test_each_test_has_a_time_of_its_own(monkeypatch):
    clock = Clock()
    assert times_run(clock, ValueError()) == 3
    monkeypatch.setattr(examples, "SECONDS", 100)
    clock.start()
    assert times_run(clock, None) == 1
