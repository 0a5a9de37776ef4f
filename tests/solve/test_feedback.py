"""Coaches routed anew, ride limits and second drivers: what joins the plan is legal and never makes it dearer."""

import time
from dataclasses import replace

import pytest
from rules import timetable_faults
from searching import searched
from tiny import coach, demand, problem, random_problem

from dispatch.model.problem import RideLimits
from dispatch.model.supply import Role
from dispatch.solve import Limits, feedback, solve
from dispatch.solve.feedback import groups, routed_loads


@pytest.fixture
def small_groups(monkeypatch):
    """Groups of one load are routed anew too, so that small problems have some of each kind."""
    monkeypatch.setattr(feedback, "LOADS_LEAST", dict.fromkeys(feedback.LOADS_LEAST, 1))


@pytest.mark.parametrize("seed", range(6))
def test_loads_routed_anew_hold_each_rider_of_their_group_at_most_once(seed, small_groups):
    made = random_problem(seed)
    search = searched(made)
    found = groups(search.x, search.state())
    assert found
    for group in found:
        loads = routed_loads(made, search.compiled, group, 0.0, 50, seed)
        units = [unit for load in loads for unit, _, _ in load.riders]
        assert len(units) == len(set(units))
        assert set(units) <= {r.unit for r in group.riders}
        assert all(load.kind == group.kind for load in loads)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_fed_back_never_makes_the_plan_dearer(seed, small_groups):
    made = random_problem(seed)
    search = searched(made, rounds=5)
    before, known = search.best_value, len(search.pool.loads)
    search.reroute(made, 0.0, 50, seed, time.monotonic)
    assert len(search.pool.loads) >= known
    search.assign(5.0)
    assert search.best_value <= before


def two_gates(**changes):
    """One coach would do for both gates, with a ride of about two hours and a quarter to the second."""
    demands = [demand([0], 1, parties=2, release=360), demand([0], 2, parties=2, release=360)]
    return problem(
        {"A1": (0, 0), "G1": (80, 0), "G2": (160, 0)}, demands, [coach(seats=8, fixed_fen=100_000)], days=9, **changes
    )


def test_nobody_rides_a_coach_for_longer_than_the_limit():
    assert len(solve(two_gates(), Limits(60, rounds=60)).runs) == 1
    short = solve(two_gates(ride_limits=RideLimits(direct=130)), Limits(60, rounds=60))
    assert short.not_served == ()
    rides = [c.arrives_min - r.calls[0].departs_min for r in short.runs for c in r.calls[1:]]
    assert sorted(rides) == [64, 128]
    assert len(solve(two_gates(ride_limits=RideLimits(direct=100)), Limits(60, rounds=60)).not_served) == 2


def test_a_second_driver_goes_where_the_rests_of_one_would_be_too_late():
    """Five hours by day: 300 minutes and a rest of 20 with one driver, a swap of 5 with two."""
    due = 480 + 310
    made = problem({"A1": (0, 0), "G1": (375, 0)}, [demand([0], 1, parties=3, release=480, due=due)], [coach()], days=2)
    late = replace(made, demands=tuple(replace(d, due_min=due + 30) for d in made.demands))
    assert [r.drivers for r in solve(made, Limits(60, rounds=30)).runs] == [2]
    assert [r.drivers for r in solve(late, Limits(60, rounds=30)).runs] == [1]
    for run in solve(made, Limits(60, rounds=30)).runs:
        assert list(timetable_faults(made, run)) == []
        assert run.role is Role.TRUNK
