"""Ctrl-C between two steps of the search leaves the plan in hand, whole."""

import pytest
from crowd import crowd

from dispatch.solve import Limits, solve, whole
from dispatch.solve.engine import Engine
from dispatch.solve.whole import _Search


@pytest.mark.parametrize(("of", "step", "time"), [(Engine, "take", 2), (_Search, "_take", 1)])
def test_a_plan_and_its_instance_belong_together(monkeypatch, of, step, time):
    """Before the processes have the finer units, and before the first plan of the search is taken."""
    monkeypatch.setattr(whole, "APART_HEADS", 0)
    real, called = getattr(of, step), []

    def interrupted(*given):
        called.append(step)
        if len(called) == time:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(of, step, interrupted)
    result = solve(crowd(), Limits(time_limit_s=20, rounds=12, threads=1))
    assert result.interrupted
    assert not result.not_served
