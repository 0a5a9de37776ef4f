"""Ctrl-C between two steps of the search leaves the plan in hand, whole."""

import pytest
from crowd import crowd

from dispatch.solve import Limits, proof, solve, whole
from dispatch.solve.engine import Engine
from dispatch.solve.proof import Proof
from dispatch.solve.whole import _Search


@pytest.mark.parametrize(
    ("of", "step", "time"), [(Engine, "take", 2), (_Search, "_take", 1), (_Search, "finish", 1), (Proof, "end", 1)]
)
def test_a_plan_and_its_instance_belong_together(monkeypatch, of, step, time):
    """Before the processes have the finer units, before the first plan of the search is taken, in the last steps."""
    monkeypatch.setattr(whole, "APART_HEADS", 0)
    real, called = getattr(of, step), []

    def interrupted(*given, **named):
        called.append(step)
        if len(called) == time:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(of, step, interrupted)
    result = solve(crowd(), Limits(time_limit_s=20, rounds=12, threads=1))
    assert result.interrupted
    assert not result.not_served


def test_a_second_one_in_the_last_steps_leaves_nothing(monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(_Search, "finish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        solve(crowd(), Limits(time_limit_s=20, rounds=4, threads=1))


def test_a_proof_that_does_not_fit_into_memory_leaves_the_plan(monkeypatch):
    def none(*given):
        raise MemoryError

    monkeypatch.setattr(proof, "WholePlanBound", none)
    result = solve(crowd(), Limits(time_limit_s=2, threads=1))
    assert not result.not_served
    assert result.bound.value_fen == 0
