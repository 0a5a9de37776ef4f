"""Tiny instances whose best plan is known from trying them all: the bound lies below, the search mostly on it."""

import random
from array import array
from dataclasses import replace
from functools import cache
from itertools import combinations, count
from math import ceil

import pytest
from enumerated import best_plan
from rules import FAMILIES
from tiny import coach, demand, problem, scattered, train

from dispatch.model.problem import TravelTimes
from dispatch.model.supply import Role
from dispatch.solve import Limits, least_ways, sharing, solve
from dispatch.solve.bound import WholePlanBound
from dispatch.solve.options import LeastCosts

SEEDS = range(24)


def tiny_problem(seed):
    """Four or five people from three places to two gates 60 to 120 km away, one or two trains, coaches of few seats."""
    draw = random.Random(seed)
    far = draw.uniform(60, 120)
    places = scattered(draw, ("A1", "A2", "A3"), 0, 0, 30) | scattered(draw, ("R1",), 10, 10, 10)
    places |= scattered(draw, ("R2",), far, 10, 10) | scattered(draw, ("G1", "G2"), far, 0, 25)
    names = count(1)
    demands = [
        demand(
            sorted(draw.sample(range(3), draw.randint(1, 2))), draw.choice((5, 6)), release=360, due=1300, names=names
        )
        for _ in range(draw.choice((4, 4, 5)))
    ]
    scale = draw.choice((0.2, 1.0, 3.0))
    coaches = [
        coach("C", 0, draw.choice((2, 3, 5)), fixed_fen=round(20_000 * scale), seat_fen=draw.choice((0, 200))),
        coach("F", 0, 4, Role.FEEDER, fixed_fen=round(3_000 * scale), least=draw.choice((1, 2))),
        coach("L", 4, 3, Role.LAST_MILE, fixed_fen=round(4_000 * scale), km_fen=300),
    ]
    trains = [
        train([(3, at, at), (4, at + 50, at + 50)], f"T{at}", seats=draw.choice((2, 3, 9)), copies=draw.randint(1, 2),
              fixed=draw.choice((0, 0, 9_000)), fare=draw.choice((500, 2_000)), least=draw.choice((0, 0, 2)))
        for at in draw.sample((660, 690, 780), draw.choice((1, 2)))
    ]  # fmt: skip
    return problem(places, demands, coaches, trains)


@cache
def tried(seed):
    """The instance, the cost of its best plan, the plan found."""
    made = tiny_problem(seed)
    return made, best_plan(made), solve(made, Limits(time_limit_s=20, rounds=300))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_at_all_is_below_the_bound(seed):
    _, best, result = tried(seed)
    assert result.bound.unserved == 0
    assert result.bound.value_fen <= best + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_search_claims_no_plan_better_than_the_best(seed):
    made, best, result = tried(seed)
    assert not result.not_served
    assert [f for family in FAMILIES.values() for f in family(made, result)] == []
    assert result.objective_fen >= best - 1


def test_the_search_finds_the_best_plan_mostly():
    found = [result.objective_fen <= best + 1 for _, best, result in map(tried, SEEDS)]
    assert sum(found) >= 0.6 * len(found)


def test_the_instances_differ_in_what_is_best():
    used = [
        bool(result.used) + 2 * any(r.role is Role.TRUNK for r in result.runs) for _, _, result in map(tried, SEEDS)
    ]
    assert set(used) == {1, 2, 3}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("nearest", [1, 2])
def test_no_plan_is_below_the_bound_where_only_the_nearest_are_compared(seed, nearest, monkeypatch):
    made, best, _ = tried(seed)
    exact = WholePlanBound(made, LeastCosts(made))
    exact.improve(5.0, lambda: 0.0)
    monkeypatch.setattr(sharing, "NEAREST", nearest)
    loose = WholePlanBound(made, LeastCosts(made))
    loose.improve(5.0, lambda: 0.0)
    assert 0 < loose.value(0).value_fen <= best + 1
    assert (loose.ceiling <= exact.ceiling).all()


def over_the_motorway():
    """The estimate's own roads: 59 km to the station at 45 km/h, 61 km to the stop beyond it at 75 km/h."""
    places = {"A1": (0, 0), "A2": (61, 0), "R1": (59, 0), "G1": (400, 0)}
    km = [[abs(a[0] - b[0]) * 1.25 for b in places.values()] for a in places.values()]
    minutes = [ceil(d * 60 / (75 if d > 75 else 45)) for row in km for d in row]
    travel = TravelTimes(4, array("i", minutes), array("i", [round(d * 1000) for row in km for d in row]), "estimate")
    people = [demand([0], 3, 4, release=360, due=1300), demand([1], 3, 1, release=360, due=1300, names=count(5))]
    feeder = coach("F", 0, 5, Role.FEEDER, hour_fen=0)
    return problem(places, people, [feeder], [train([(2, 660, 660), (3, 760, 760)])], travel=travel)


@pytest.mark.parametrize("closed_most", [2_000, 0])
def test_the_bound_holds_where_a_detour_is_quicker_than_the_straight_road(closed_most, monkeypatch):
    """Also for instances with too many stops to look at every detour."""
    monkeypatch.setattr(least_ways, "CLOSED_MOST", closed_most)
    made = over_the_motorway()
    result = solve(made, Limits(time_limit_s=20, rounds=40))
    assert result.bound.value_fen <= best_plan(made) == result.objective_fen


def test_nobody_is_given_up_whom_a_detour_would_bring_to_the_train_in_time():
    made = over_the_motorway()
    late = replace(made, demands=tuple(replace(d, release_min=515) for d in made.demands))
    result = solve(late, Limits(time_limit_s=20, rounds=40))
    assert (result.not_served, result.bound.unserved) == ((), 0)


def test_a_coach_with_a_minimum_is_opened_where_many_together_are_worth_it():
    places = {"R1": (0, 0), "R2": (100, 0), "G1": (100, 5), "G2": (98, 0)} | {f"A{i}": (3 * i, 10) for i in range(6)}
    names = count(1)
    people = [demand([4 + i], 2 + i % 2, 2, release=300, names=names) for i in range(6)]
    dear = train([(0, 600, 600), (1, 650, 650)], fare=100_000)
    types = [coach("C", 4, 20, least=12), coach("F", 0, 8, Role.FEEDER), coach("L", 1, 8, Role.LAST_MILE)]
    result = solve(problem(places, people, types, [dear]), Limits(time_limit_s=20, rounds=100))
    assert [run.role for run in result.runs] == [Role.TRUNK]
    assert not result.used


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_holds_for_any_number_of_people_left_out(seed):
    """Whoever is left out: the bound for k of them is no more than the best plan of those who stay."""
    made = tiny_problem(seed)
    bound = WholePlanBound(made, LeastCosts(made))
    bound.improve(5.0, lambda: 0.0)
    n = len(made.demands)
    values = [bound.value(k).value_fen for k in range(n + 1)]
    assert values == sorted(values, reverse=True)
    assert values[n] == 0
    for k in (1, 2):
        staying = (replace(made, demands=some) for some in combinations(made.demands, n - k))
        assert values[k] <= min(best_plan(some) for some in staying) + 1
