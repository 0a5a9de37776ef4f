"""Rides that are left out of the bound's model are counted, and none of them could have been worth it."""

import numpy as np
from tiny import coach, demand, problem, train

from dispatch.model.supply import Role
from dispatch.solve import Limits, solve
from dispatch.solve.bound import WholePlanBound
from dispatch.solve.options import LeastCosts


def two_ways(fare):
    """One person, 100 km by direct coach or by one of two trains; the second leaves before anybody is ready."""
    places = {"A1": (0, 0), "R1": (1, 0), "R2": (99, 0), "G1": (100, 0)}
    coaches = [coach("C", 0, 4), coach("F", 0, 4, Role.FEEDER), coach("L", 2, 4, Role.LAST_MILE)]
    trains = [train([(1, at, at), (2, at + 60, at + 60)], f"T{at}", fare=fare) for at in (300, 700)]
    return problem(places, [demand([0], 3, release=360, due=1300)], coaches, trains)


def test_impossible_and_dear_rides_are_counted_apart():
    cheap, dear = (WholePlanBound(p, LeastCosts(p)).pruned for p in (two_ways(100), two_ways(10**9)))
    assert cheap == {"rides": 2, "rides_impossible": 1, "rides_dearer_than_a_direct_coach": 0}
    assert dear == {"rides": 2, "rides_impossible": 1, "rides_dearer_than_a_direct_coach": 1}


def test_counts_add_up_to_what_is_left_in_the_model():
    made = two_ways(100)
    bound = WholePlanBound(made, LeastCosts(made))
    assert bound.pruned["rides"] - sum(v for k, v in bound.pruned.items() if k != "rides") == len(bound.who)


def test_a_ride_dearer_than_a_direct_coach_changes_no_bound():
    """With and without the dear train the bound is that of the coach alone."""
    made = two_ways(10**9)
    least = LeastCosts(made)
    alone = WholePlanBound(made, least)
    assert alone.value(0).value_fen == int(np.floor(least.directs(made.demands[:1])[0])) - 2


def test_the_counts_stand_in_the_result():
    result = solve(two_ways(100), Limits(10, rounds=20, threads=1))
    assert result.pruned["rides"] == 2
