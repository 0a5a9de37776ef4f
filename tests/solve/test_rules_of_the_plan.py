"""Random small operations: whatever the search comes up with breaks no rule, and says honestly what it costs."""

from functools import cache
from itertools import count

import pytest
from rules import FAMILIES, objective
from tiny import coach, demand, problem, random_problem, train

from dispatch.model.supply import Mode
from dispatch.solve import Limits, solve

SEEDS = range(30)
LIMITS = Limits(time_limit_s=20, rounds=40)  # the rounds end it, not the clock


@cache
def solved(seed):
    problem = random_problem(seed)
    return problem, solve(problem, LIMITS)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_breaks_no_rule(seed, family):
    assert list(FAMILIES[family](*solved(seed))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_objective_is_the_sum_of_its_parts(seed):
    problem, result = solved(seed)
    assert result.objective_fen == pytest.approx(objective(problem, result), abs=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_lies_below_the_plan(seed):
    problem, result = solved(seed)
    left = sum(problem.demands[w.demand].party_size for w in result.not_served)
    assert result.bound.value_fen <= result.objective_fen
    assert result.bound.unserved <= left


def test_the_instances_are_worth_trying():
    results = [solved(seed)[1] for seed in SEEDS]
    kinds = {str(r.role) for result in results for r in result.runs}
    assert kinds == {"feeder", "trunk", "last_mile"}
    assert sum(len(result.used) for result in results) > 30
    assert any(result.not_served for result in results)
    assert sum(not result.not_served for result in results) > 5
    assert any(run.drivers == 2 for result in results for run in result.runs)
    assert any(c.stop < 0 for result in results for run in result.runs for c in run.calls)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_same_seed_and_rounds_give_the_same_result(seed):
    problem, first = solved(seed)
    assert solve(problem, LIMITS) == first


def test_whoever_may_not_ride_a_coach_takes_the_train_or_stays():
    places = {"R1": (0, 0), "G1": (90, 0), "A1": (5, 0)}
    barred = {Mode.COACH}
    people = [demand([0], 1, barred=barred), demand([2], 1, barred=barred, names=count(2))]
    railway = problem(places, people, [coach(seats=9)], [train([(0, 600, 600), (1, 660, 660)])])
    result = solve(railway, LIMITS)
    assert list(FAMILIES["journeys"](railway, result)) == []
    assert [(w.demand, w.reason) for w in result.not_served] == [(1, "barred")]


def test_a_result_after_so_many_rounds_does_not_hang_on_how_fast_the_computer_is():
    made = random_problem(0)
    ticks = count(0, 60)
    assert solve(made, LIMITS, clock=lambda: 0.0) == solve(made, LIMITS, clock=lambda: next(ticks))


def test_people_board_at_three_minutes_to_midnight_where_a_stop_never_closes():
    places = {"A1": (0, 0), "A2": (57 * 1.25, 0), "G1": (57 * 1.25 + 60, 0)}
    people = [demand([0], 2, release=1380, due=1490), demand([1], 2, release=1380, due=1490, names=count(2))]
    result = solve(problem(places, people, [coach(available=1)], days=2), LIMITS)
    assert result.not_served == ()
